//! The store behind feeds and reports: addresses that live five minutes, where bodies are put and fetched without a token.
//!
//! In production these are pre-signed addresses of S3; here they are paths of the sandbox itself.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};

use bytes::Bytes;
use serde_json::{Value, json};

use super::refusal::Refusal;
use super::{Page, World};
use crate::clock::Ms;
use crate::dice::{Dice, Roll, identity};
use crate::request::Ask;

const FIVE_MINUTES: Ms = 300_000;
/// Feeds beyond this are refused ("10 MiB" is what Amazon recommends as the most).
const UNPACKED_MAX: u64 = 64 << 20;

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Document {
    pub(crate) id: String,
    /// What a body put here must come as, or what one fetched here is.
    pub(crate) media: String,
    pub(crate) content: Option<Vec<u8>>,
    pub(crate) gzip: bool,
    /// Units sold by SKU that the host had been told of when it put the body.
    pub(crate) seen_sold: BTreeMap<String, i64>,
    /// Orders that whoever reads it is told of.
    pub(crate) named: Vec<u32>,
    /// Whether it identifies buyers, and so wants a token for restricted data.
    pub(crate) restricted: bool,
}

impl World {
    /// `POST /feeds/2021-06-30/documents`.
    pub(super) fn create_document(&mut self, now: Ms, ask: &Ask) -> Result<Page, Refusal> {
        let body = super::parse(&ask.body)?;
        let media = body["contentType"].as_str().filter(|media| !media.trim().is_empty());
        let media = media.ok_or_else(|| Refusal::input("contentType is missing"))?.to_owned();
        let id = self.keep_document(Document {
            id: String::new(),
            media,
            content: None,
            gzip: false,
            seen_sold: BTreeMap::new(),
            named: Vec::new(),
            restricted: false,
        });
        let url = self.address(now, &id, ask);
        self.changes += 1;
        Ok(Page { status: 201, ..Page::json(&json!({"feedDocumentId": id, "url": url})) })
    }

    /// Keeps a document under a new id.
    pub(super) fn keep_document(&mut self, document: Document) -> String {
        let place = self.documents.len() as u64;
        let word = Dice::new(self.settings.seed, identity(&["document"]), place).draw(Roll::Number);
        let region = super::regions::of(&self.settings.marketplace_id).region.short();
        let id = format!("amzn1.tortuga.4.{region}.{word:016x}-{place:08x}.T2SANDBOX");
        self.documents.push(Document { id: id.clone(), ..document });
        id
    }

    /// A document that was finished: packed or not, in an encoding that its `Content-Type` names.
    pub(super) fn finish_document(
        &mut self,
        text: &str,
        kind: &str,
        named: Vec<u32>,
        restricted: bool,
    ) -> String {
        let place = self.documents.len() as u64;
        let dice = Dice::new(self.settings.seed, identity(&["packing"]), place);
        let (charset, bytes) = match dice.below(Roll::Shape, 3) {
            0 if kind == "text/plain" => ("Cp1252", cp1252(text)),
            _ => ("UTF-8", text.as_bytes().to_vec()),
        };
        let gzip = dice.below(Roll::Count, 2) == 0;
        let content = if gzip { pack(&bytes) } else { bytes };
        self.keep_document(Document {
            id: String::new(),
            media: format!("{kind};charset={charset}"),
            content: Some(content),
            gzip,
            seen_sold: BTreeMap::new(),
            named,
            restricted,
        })
    }

    /// `GET` of the document of a feed or report: its address, and how it is packed.
    pub(super) fn document(&mut self, now: Ms, id: &str, name: &str, ask: &Ask) -> Result<Page, Refusal> {
        let document = self.documents.iter().find(|document| document.id == id);
        let document = document.ok_or_else(|| Refusal::missing(&format!("Document {id}")))?;
        if document.restricted && !World::restricted(ask) {
            return Err(Refusal::denied("A restricted data token is required for this report document."));
        }
        let gzip = document.gzip;
        let mut body = json!({name: id, "url": self.address(now, id, ask)});
        if gzip {
            body["compressionAlgorithm"] = Value::String("GZIP".into());
        }
        Ok(Page::json(&body))
    }

    fn address(&self, now: Ms, id: &str, ask: &Ask) -> String {
        let signature = self.signature(id, now);
        let origin = if ask.origin.is_empty() { "http://127.0.0.1" } else { ask.origin.as_str() };
        format!("{origin}/_documents/{id}?X-Amz-Date={now}&X-Amz-Expires=300&X-Amz-Signature={signature}")
    }

    fn signature(&self, id: &str, now: Ms) -> String {
        format!(
            "{:016x}",
            Dice::new(self.settings.seed, identity(&["sign", id]), now as u64).draw(Roll::Number)
        )
    }

    /// What the store itself answers: no token, no limit, errors in S3's XML.
    pub(super) fn store(&mut self, now: Ms, ask: &Ask) -> Result<Page, Refusal> {
        let mut signed = (None, None);
        for (name, value) in ask.members() {
            match name.as_ref() as &str {
                "X-Amz-Date" => signed.0 = value.parse::<Ms>().ok(),
                "X-Amz-Signature" => signed.1 = Some(value),
                _ => {}
            }
        }
        let id = ask.parts().get(1).cloned().unwrap_or_default();
        let (Some(at), Some(signature)) = signed else {
            return Err(Refusal::document("AccessDenied", "Access Denied"));
        };
        let mismatch = || {
            let why = "The request signature we calculated does not match the signature you provided.";
            Refusal::document("SignatureDoesNotMatch", why)
        };
        if signature != self.signature(&id, at) {
            return Err(mismatch());
        }
        if now - at > FIVE_MINUTES {
            return Err(Refusal::document("AccessDenied", "Request has expired"));
        }
        let seen: BTreeMap<String, i64> =
            self.stock.iter().map(|(sku, stock)| (sku.clone(), stock.seen_sold())).collect();
        let Some(document) = self.documents.iter_mut().find(|document| document.id == id) else {
            return Err(Refusal::document("AccessDenied", "Access Denied"));
        };
        match ask.method.as_str() {
            "PUT" => {
                let media = ask.header("content-type").unwrap_or_default();
                let plain = |text: &str| text.to_ascii_lowercase().replace(' ', "");
                // The media type is part of what was signed.
                if plain(media) != plain(&document.media) {
                    return Err(mismatch());
                }
                document.gzip = ask.header("content-encoding").is_some_and(|encoding| encoding == "gzip");
                document.content = Some(ask.bytes().to_vec());
                document.seen_sold = seen;
                Ok(Page::json(&Value::Null).empty(200))
            }
            "GET" => {
                let content = document.content.clone();
                let content = content.ok_or_else(|| Refusal::document("AccessDenied", "Access Denied"))?;
                Ok(Page {
                    status: 200,
                    media: document.media.clone(),
                    body: Bytes::from(content),
                    named: document.named.clone(),
                })
            }
            _ => Err(Refusal::document("AccessDenied", "Access Denied")),
        }
    }

    /// The text that was put into a document.
    pub(super) fn put_text(&self, id: &str) -> Result<String, String> {
        let document = self.documents.iter().find(|document| document.id == id);
        let content =
            document.and_then(|document| document.content.as_ref()).ok_or("nothing was uploaded")?;
        let packed = content.starts_with(&[0x1f, 0x8b]);
        let bytes = if packed { unpack(content)? } else { content.clone() };
        String::from_utf8(bytes).map_err(|error| format!("the document is not UTF-8: {error}"))
    }
}

/// Packs bytes; the same bytes always the same way.
pub(crate) fn pack(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    // Memory does not refuse to be written to.
    packer.write_all(bytes).and_then(|()| packer.finish()).unwrap_or_default()
}

pub(crate) fn unpack(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    let read = flate2::read::GzDecoder::new(bytes).take(UNPACKED_MAX).read_to_end(&mut out);
    read.map(|_| out).map_err(|error| format!("the document is not valid GZIP: {error}"))
}

/// Western European text as old reports have it; what it cannot hold becomes a question mark.
fn cp1252(text: &str) -> Vec<u8> {
    let byte = |c: char| match u32::from(c) {
        code @ (..0x80 | 0xa0..=0xff) => code as u8,
        _ => b'?',
    };
    text.chars().map(byte).collect()
}
