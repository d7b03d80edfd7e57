//! Documents of feeds and reports: put and fetched at addresses that live five minutes, without a token.

use super::{AmazonChannel, unreadable};
use bytes::Bytes;
use encoding_rs::Encoding;
use flate2::read::GzDecoder;
use http::{Method, header};
use serde::Deserialize;
use std::io::Read;
use sutler_core::{
    channel::CallCx,
    error::{Error, ErrorKind, Result, Retry},
};
use sutler_http::{Call, DocumentHosts};

/// Where Amazon keeps documents: S3, and in the samples of its models CloudFront (inferred from both; the exact hosts are
/// published nowhere).
const HOSTS: DocumentHosts = DocumentHosts(&[".amazonaws.com", ".cloudfront.net"]);
/// The longest document that is read, unpacked. A report of 100,000 orders is some 60 MB.
const UNPACKED_MAX: u64 = 256 << 20;

/// Where a document is, as `getFeedDocument` and `getReportDocument` say it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Place {
    url: String,
    compression_algorithm: Option<String>,
}

impl AmazonChannel {
    /// Puts a document where `createFeedDocument` said, as what it was announced to be.
    pub(super) async fn put(
        &self,
        cx: &CallCx,
        call: &Call,
        url: &str,
        media: &str,
        body: Vec<u8>,
    ) -> Result<()> {
        let request = http::Request::builder()
            .method(Method::PUT)
            .uri(url)
            .header(header::CONTENT_TYPE, media)
            .body(Bytes::from(body))
            .map_err(|_| unreadable(call.op, "address of a document"))?;
        let call = call.timeout(self.settings.call_timeout);
        let response = self.pipe.document(cx, &call, HOSTS, request).await?;
        if response.status().is_success() {
            return Ok(());
        }
        Err(not_served(&call, response.status().as_u16()))
    }

    /// Fetches a document as text, unpacked and in the encoding that its `Content-Type` names.
    pub(super) async fn text(&self, cx: &CallCx, call: &Call, place: &Place) -> Result<String> {
        let request = http::Request::builder()
            .method(Method::GET)
            .uri(&place.url)
            .body(Bytes::new())
            .map_err(|_| unreadable(call.op, "address of a document"))?;
        let call = call.timeout(self.settings.call_timeout);
        let response = self.pipe.document(cx, &call, HOSTS, request).await?;
        if !response.status().is_success() {
            return Err(not_served(&call, response.status().as_u16()));
        }
        let media = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let bytes = match place.compression_algorithm.as_deref() {
            None => response.body().to_vec(),
            Some("GZIP") => unpack(&call, response.body())?,
            Some(other) => {
                return Err(Error::new(ErrorKind::Protocol, call.op)
                    .message(format!("the document is packed with {other:?}; GZIP is what is known")));
            }
        };
        Ok(decode(media.unwrap_or_default(), &bytes))
    }
}

fn not_served(call: &Call, status: u16) -> Error {
    // An address that has expired is asked for anew with the next try.
    Error::new(ErrorKind::Remote, call.op)
        .message(format!("the place of the document answered {status}"))
        .with_retry(Retry::Backoff)
}

fn unpack(call: &Call, packed: &[u8]) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    let read = GzDecoder::new(packed).take(UNPACKED_MAX + 1).read_to_end(&mut out);
    match read {
        Ok(length) if length as u64 <= UNPACKED_MAX => Ok(out),
        Ok(_) => Err(Error::new(ErrorKind::Protocol, call.op)
            .message(format!("the document is longer than the {UNPACKED_MAX} bytes that are read of one"))),
        Err(_) => Err(unreadable(call.op, "document in GZIP")),
    }
}

/// Text by the `charset` of its media type; UTF-8 where none, or an unknown one, is named. Cp1252 and Shift_JIS occur.
fn decode(media: &str, bytes: &[u8]) -> String {
    let named = media.split(';').find_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"'))
    });
    // Java's name for it, which the Encoding Standard does not list.
    let named = named.map(|name| if name.eq_ignore_ascii_case("cp1252") { "windows-1252" } else { name });
    let encoding = named.and_then(|name| Encoding::for_label(name.as_bytes())).unwrap_or(encoding_rs::UTF_8);
    encoding.decode(bytes).0.into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_in_the_encoding_its_type_names() {
        assert_eq!(decode("text/plain;charset=Cp1252", b"caf\xe9"), "café");
        assert_eq!(decode("text/plain; charset=\"Shift_JIS\"", b"\x93\xfa\x96\x7b"), "日本");
        assert_eq!(decode("text/xml", "café".as_bytes()), "café");
        assert_eq!(decode("text/plain;charset=klingon", "é".as_bytes()), "é");
    }

    #[test]
    fn what_is_no_gzip_is_an_error() {
        assert!(unpack(&crate::calls::FEED_RESULT, b"plain").is_err());
    }
}
