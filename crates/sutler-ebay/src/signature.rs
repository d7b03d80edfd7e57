//! Message signatures (RFC 9421 as eBay wants them) for the calls that need one of sellers in the EU and the UK; elsewhere
//! eBay ignores them, so whoever has a key signs.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderValue, request};
use ring::signature::Ed25519KeyPair;
use std::fmt;
use sutler_core::{
    error::{Error, ErrorKind, Result},
    time::Timestamp,
};
use sutler_http::{ExposeSecret, SecretString};

const OP: &str = "ebay.signature";

/// An Ed25519 key of eBay's Key Management API, with the JWE that names it.
pub struct SigningKey {
    pair: Ed25519KeyPair,
    jwe: HeaderValue,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey")
    }
}

impl SigningKey {
    /// The key as eBay gives it: `privateKey` (base64 of PKCS#8, with or without PEM markers) and `jwe`.
    ///
    /// # Errors
    /// `Config` when either cannot be such a thing.
    pub fn new(private_key: &SecretString, jwe: &str) -> Result<SigningKey> {
        let wrong = |why: &str| Error::new(ErrorKind::Config, OP).message(why.to_owned());
        let text: String = private_key
            .expose_secret()
            .lines()
            .filter(|line| !line.starts_with("-----"))
            .collect::<String>()
            .split_whitespace()
            .collect();
        let der = STANDARD
            .decode(text)
            .map_err(|_| wrong("the private key is not base64; `privateKey` of createSigningKey is right"))?;
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der).map_err(|_| {
            wrong("the private key is no Ed25519 key; one created with signingKeyCipher ED25519 is right")
        })?;
        let jwe = HeaderValue::from_str(jwe.trim()).map_err(|_| wrong("the jwe cannot stand in a header"))?;
        if jwe.is_empty() {
            return Err(wrong("the jwe is empty; `jwe` of createSigningKey is right"));
        }
        Ok(SigningKey { pair, jwe })
    }

    /// Puts the four headers on a request. `authority` is the host alone, `path` has no query.
    ///
    /// # Errors
    /// `Invalid` when a header cannot be written, which no request of ours causes.
    pub(crate) fn sign(&self, head: &mut request::Parts, body: &[u8], now: Timestamp) -> Result<()> {
        let wrong = |_| Error::new(ErrorKind::Invalid, OP).message("the signature cannot stand in a header");
        let jwe = self.jwe.to_str().unwrap_or_default();
        let digest = (!body.is_empty()).then(|| {
            let hash = ring::digest::digest(&ring::digest::SHA256, body);
            format!("sha-256=:{}:", STANDARD.encode(hash))
        });
        let (base, input) = base(
            digest.as_deref(),
            jwe,
            head.method.as_str(),
            head.uri.path(),
            head.uri.host().unwrap_or_default(),
            now.timestamp(),
        );
        let signature = STANDARD.encode(self.pair.sign(base.as_bytes()));
        let headers = &mut head.headers;
        if let Some(digest) = digest {
            headers.insert("content-digest", HeaderValue::try_from(digest).map_err(wrong)?);
        }
        headers.insert("x-ebay-signature-key", self.jwe.clone());
        headers.insert("signature-input", HeaderValue::try_from(format!("sig1={input}")).map_err(wrong)?);
        headers.insert("signature", HeaderValue::try_from(format!("sig1=:{signature}:")).map_err(wrong)?);
        Ok(())
    }
}

/// What is signed, and the list of what it covers. Lines end with a line feed but for the last.
fn base(
    digest: Option<&str>,
    jwe: &str,
    method: &str,
    path: &str,
    authority: &str,
    created: i64,
) -> (String, String) {
    let mut lines = String::new();
    let mut covered = String::from("(");
    if let Some(digest) = digest {
        lines += &format!("\"content-digest\": {digest}\n");
        covered += "\"content-digest\" ";
    }
    covered += "\"x-ebay-signature-key\" \"@method\" \"@path\" \"@authority\")";
    let input = format!("{covered};created={created}");
    lines += &format!(
        "\"x-ebay-signature-key\": {jwe}\n\"@method\": {method}\n\"@path\": {path}\n\"@authority\": {authority}\n\"@signature-params\": {input}"
    );
    (lines, input)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::signature::{ED25519, KeyPair, UnparsedPublicKey};
    use sutler_core::time::from_millis;

    /// The test key of RFC 9421, appendix B.1.4 (`test-key-ed25519`).
    const KEY: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF\n-----END PRIVATE KEY-----";

    #[test]
    fn what_is_signed_covers_body_key_method_path_and_host() {
        let (text, input) =
            base(Some("sha-256=:x:"), "jwe", "POST", "/sell/a", "api.ebay.com", 1_663_459_378);
        let want = "\"content-digest\": sha-256=:x:\n\"x-ebay-signature-key\": jwe\n\"@method\": POST\n\"@path\": /sell/a\n\"@authority\": api.ebay.com\n\"@signature-params\": (\"content-digest\" \"x-ebay-signature-key\" \"@method\" \"@path\" \"@authority\");created=1663459378";
        assert_eq!(text, want);
        assert!(!base(None, "j", "GET", "/", "h", 1).1.contains("content-digest"), "{input}");
    }

    #[test]
    fn a_signature_is_verified_by_the_public_key_and_covers_no_query() {
        let key = SigningKey::new(&SecretString::from(KEY), "jwe").expect("the RFC's own key");
        let request = http::Request::post("https://api.ebay.com/post-order/v2/cancellation?x=1")
            .body(())
            .expect("a request");
        let (mut head, ()) = request.into_parts();
        key.sign(&mut head, b"{\"a\":1}", from_millis(1_663_459_378_000)).expect("signed");
        let header = |name: &str| head.headers[name].to_str().expect("text").to_owned();
        let signature = STANDARD
            .decode(header("signature").trim_start_matches("sig1=:").trim_end_matches(':'))
            .expect("base64");
        let (text, _) = base(
            Some(&header("content-digest")),
            "jwe",
            "POST",
            "/post-order/v2/cancellation",
            "api.ebay.com",
            1_663_459_378,
        );
        UnparsedPublicKey::new(&ED25519, key.pair.public_key().as_ref())
            .verify(text.as_bytes(), &signature)
            .expect("ours");
        assert!(header("signature-input").ends_with(";created=1663459378"));
    }

    #[test]
    fn what_is_no_key_is_refused_by_its_name() {
        let error =
            |key: &str| SigningKey::new(&SecretString::from(key), "j").expect_err("no key").to_string();
        assert!(error("%%%").contains("not base64"));
        assert!(error("AAAA").contains("no Ed25519 key"));
        assert!(SigningKey::new(&SecretString::from(KEY), " ").is_err());
    }
}
