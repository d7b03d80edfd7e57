//! A request as the world hears it: what of it can matter, and nothing else, so that it can be kept and heard again.

use std::borrow::Cow;
use std::collections::BTreeMap;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::clock::Ms;

/// The parts of a request that any answer depends on. The short names are those of the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Ask {
    #[serde(rename = "m")]
    pub(crate) method: String,
    /// The path as it was sent, percent-encoded.
    #[serde(rename = "p")]
    pub(crate) path: String,
    #[serde(rename = "q", default, skip_serializing_if = "String::is_empty")]
    pub(crate) query: String,
    /// Scheme and host the client used, for answers that name whole addresses.
    #[serde(rename = "o", default, skip_serializing_if = "String::is_empty")]
    pub(crate) origin: String,
    /// The headers that matter, by their names in small letters.
    #[serde(rename = "h", default, skip_serializing_if = "BTreeMap::is_empty")]
    headers: BTreeMap<String, String>,
    #[serde(rename = "b", default, skip_serializing_if = "String::is_empty")]
    pub(crate) body: String,
    /// A body that is no text; `body` is empty then.
    #[serde(rename = "z", default, skip_serializing_if = "Vec::is_empty", with = "in_base64")]
    binary: Vec<u8>,
}

/// The headers a marketplace looks at, by their names in small letters.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Heard {
    /// Those whose values matter.
    pub(crate) values: &'static [&'static str],
    /// Those of which it only matters that they are there and not blank. Their values are left out: they differ from run
    /// to run.
    pub(crate) presence: &'static [&'static str],
}

impl Ask {
    pub(crate) fn read(request: &http::Request<Bytes>, heard: Heard) -> Ask {
        let headers = request.headers();
        let value = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
        let present = |name: &str| headers.get(name).is_some_and(|v| !v.as_bytes().trim_ascii().is_empty());
        let uri = request.uri();
        let origin = match (uri.scheme_str(), uri.authority()) {
            (Some(scheme), Some(authority)) => format!("{scheme}://{authority}"),
            _ => value("host").map(|host| format!("http://{host}")).unwrap_or_default(),
        };
        let values = heard.values.iter().filter_map(|name| Some(((*name).to_owned(), value(name)?)));
        let presence = heard
            .presence
            .iter()
            .filter(|name| present(name))
            .map(|name| ((*name).to_owned(), "1".to_owned()));
        let (body, binary) = match std::str::from_utf8(request.body()) {
            Ok(text) => (text.to_owned(), Vec::new()),
            Err(_) => (String::new(), request.body().to_vec()),
        };
        Ask {
            method: request.method().as_str().to_owned(),
            path: uri.path().to_owned(),
            query: uri.query().unwrap_or_default().to_owned(),
            origin,
            headers: values.chain(presence).collect(),
            body,
            binary,
        }
    }

    /// A header that matters, by its name in small letters.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// What stands behind this scheme in `Authorization`. Its case does not matter (RFC 9110, 11.1): eBay's own
    /// event-notification-nodejs-sdk 1.0.3 writes `bearer`.
    pub(crate) fn credentials(&self, scheme: &str) -> Option<&str> {
        let (given, rest) = self.header("authorization")?.split_once(' ')?;
        given.eq_ignore_ascii_case(scheme).then_some(rest)
    }

    /// The body as it was sent.
    pub(crate) fn bytes(&self) -> &[u8] {
        if self.binary.is_empty() { self.body.as_bytes() } else { &self.binary }
    }

    /// The parts of the path, decoded.
    pub(crate) fn parts(&self) -> Vec<String> {
        self.path.split('/').skip(1).map(|part| decode(part, false).into_owned()).collect()
    }

    /// The query's members, decoded, in the order they were sent.
    pub(crate) fn members(&self) -> Vec<(Cow<'_, str>, Cow<'_, str>)> {
        members(&self.query)
    }

    pub(crate) fn wants_json(&self) -> bool {
        self.header("accept").is_some_and(|a| a.contains("application/json"))
    }
}

/// Bytes in a line of JSON.
mod in_base64 {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(&STANDARD.encode(bytes))
    }

    pub(super) fn deserialize<'a, D: Deserializer<'a>>(from: D) -> Result<Vec<u8>, D::Error> {
        STANDARD.decode(String::deserialize(from)?).map_err(D::Error::custom)
    }
}

/// Splits `a=1&b=2` and decodes both sides; `+` is a space, as in a form.
pub(crate) fn members(query: &str) -> Vec<(Cow<'_, str>, Cow<'_, str>)> {
    query
        .split('&')
        .filter(|member| !member.is_empty())
        .map(|member| {
            let (name, value) = member.split_once('=').unwrap_or((member, ""));
            (decode(name, true), decode(value, true))
        })
        .collect()
}

/// Undoes percent-encoding; a stray `%` stays as it is.
pub(crate) fn decode(text: &str, plus_is_space: bool) -> Cow<'_, str> {
    if !text.bytes().any(|b| b == b'%' || b == b'+') {
        return Cow::Borrowed(text);
    }
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let pair = text.get(at + 1..at + 3).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (byte, pair) {
            (b'%', Some(value)) => {
                out.push(value);
                at += 3;
                continue;
            }
            (b'+', _) if plus_is_space => out.push(b' '),
            _ => out.push(*byte),
        }
        at += 1;
    }
    Cow::Owned(String::from_utf8_lossy(&out).into_owned())
}

/// Percent-encodes all but what never needs it.
pub(crate) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => crate::json::put(&mut out, format_args!("%{byte:02X}")),
        }
    }
    out
}

/// An instant in a query: `2020-03-16` or RFC 3339. A bare date as the end of a window means the end of that day.
pub(crate) fn instant(text: &str, end: bool) -> Option<Ms> {
    if let Ok(at) = chrono::DateTime::parse_from_rfc3339(text) {
        return Some(at.timestamp_millis());
    }
    let day = chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    let midnight = day.and_hms_opt(0, 0, 0)?.and_utc().timestamp_millis();
    Some(if end { midnight + crate::clock::DAY - 1 } else { midnight })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_decode() {
        let all = members("sku=SKU%2F0011&a=b+c&limit=10&&x");
        let wanted = [("sku", "SKU/0011"), ("a", "b c"), ("limit", "10"), ("x", "")];
        assert!(all.iter().map(|(k, v)| (&**k, &**v)).eq(wanted));
        assert_eq!(decode("100%", false), "100%");
        assert_eq!(decode(&encode("a b/ü&"), false), "a b/ü&");
    }

    #[test]
    fn a_raw_plus_in_an_offset_is_no_date() {
        let read = |text: &str| members(text).pop().and_then(|(_, v)| instant(&v, false));
        assert_eq!(read("d=2020-03-16T10:30:15%2B01:00"), Some(1_584_351_015_000));
        assert_eq!(read("d=2020-03-16T10:30:15+01:00"), None);
        assert_eq!(instant("2020-03-16", true), Some(1_584_316_800_000 + 86_399_999));
    }
}
