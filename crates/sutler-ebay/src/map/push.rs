//! Notifications: the challenge, the signature over the raw bytes, and what a message tells. Pure.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use p256::{
    ecdsa::{Signature as EcdsaSignature, VerifyingKey, signature::hazmat::PrehashVerifier},
    pkcs8::DecodePublicKey,
};
use serde::Deserialize;
use serde_json::Value;
use sutler_core::{
    error::{Error, ErrorKind, Result},
    id::ChannelOrderId,
    push::Told,
};

/// What to answer a challenge: SHA-256 over code, token and the *registered* endpoint, byte for byte.
pub fn challenge_response(code: &str, verification_token: &str, endpoint: &str) -> String {
    let mut context = ring::digest::Context::new(&ring::digest::SHA256);
    [code, verification_token, endpoint].iter().for_each(|part| context.update(part.as_bytes()));
    context.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The code of `GET …?challenge_code=`.
pub(crate) fn challenge_code(target: &str) -> Option<String> {
    let (_, query) = target.split_once('?')?;
    let value = query.split('&').find_map(|pair| pair.strip_prefix("challenge_code="))?;
    let code = unescaped(value)?;
    (!code.is_empty() && code.len() <= 512).then_some(code)
}

fn unescaped(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => {
                let (high, low) = (rest.next()?, rest.next()?);
                let digit = |byte: u8| char::from(byte).to_digit(16);
                bytes.push(u8::try_from(digit(high)? * 16 + digit(low)?).ok()?);
            }
            b'+' => bytes.push(b' '),
            other => bytes.push(other),
        }
    }
    String::from_utf8(bytes).ok()
}

/// eBay wants 32 to 80 letters, digits, `_` and `-`.
pub(crate) fn check_verification_token(what: &str, token: &str) -> Result<()> {
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if (32..=80).contains(&token.len()) && token.chars().all(legal) {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Config, what.to_owned())
        .message("it is none that eBay takes; 32 to 80 letters, digits, _ and - are right"))
}

/// What eBay calls the hash of a notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Digest {
    Sha1,
    Sha256,
}

/// The header `x-ebay-signature`, opened.
#[derive(Debug)]
pub(crate) struct Signature {
    pub(crate) kid: String,
    digest: Digest,
    signature: EcdsaSignature,
}

impl Signature {
    /// Base64 of JSON `{"alg","kid","signature","digest"}`.
    pub(crate) fn read(header: &str) -> Result<Signature, &'static str> {
        #[derive(Deserialize)]
        struct Opened {
            #[serde(default)]
            alg: String,
            kid: String,
            signature: String,
            digest: String,
        }
        if header.len() > 4_096 {
            return Err("the signature header is too long to be one");
        }
        let bytes = STANDARD.decode(header.trim()).map_err(|_| "the signature header is not base64")?;
        let opened: Opened =
            serde_json::from_slice(&bytes).map_err(|_| "the signature header holds no signature")?;
        if !opened.alg.is_empty() && !opened.alg.eq_ignore_ascii_case("ecdsa") {
            return Err("another algorithm than ECDSA");
        }
        // By allow-list: what the header names is chosen by whoever sends it.
        let digest = match opened.digest.to_ascii_uppercase().as_str() {
            "SHA1" | "SHA-1" => Digest::Sha1,
            "SHA256" | "SHA-256" => Digest::Sha256,
            _ => return Err("another digest than SHA1 and SHA256"),
        };
        let der = STANDARD.decode(opened.signature.trim()).map_err(|_| "the signature is not base64")?;
        let signature = EcdsaSignature::from_der(&der).map_err(|_| "the signature is no DER signature")?;
        Ok(Signature { kid: opened.kid, digest, signature })
    }
}

/// `GET /commerce/notification/v1/public_key/{kid}`.
#[derive(Debug, Deserialize)]
pub(crate) struct PublicKey {
    pub(crate) key: String,
    #[serde(default)]
    pub(crate) algorithm: String,
}

/// A public key of eBay's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotificationKey(VerifyingKey);

impl NotificationKey {
    /// PEM on one line or several, or the bare base64 of the SPKI.
    ///
    /// # Errors
    /// In words, when it is no P-256 key.
    pub fn read(pem: &str, algorithm: &str) -> Result<NotificationKey, &'static str> {
        if !algorithm.is_empty() && !algorithm.eq_ignore_ascii_case("ecdsa") {
            return Err("the key is for another algorithm than ECDSA");
        }
        let bare: String = pem
            .replace("-----BEGIN PUBLIC KEY-----", "")
            .replace("-----END PUBLIC KEY-----", "")
            .split_whitespace()
            .collect();
        let der = STANDARD.decode(bare).map_err(|_| "the key is not base64")?;
        VerifyingKey::from_public_key_der(&der).map(NotificationKey).map_err(|_| "the key is no P-256 key")
    }
}

/// Verifies a notification over its raw bytes; where that fails, once more over its JSON written compactly with its keys in
/// order, which is what eBay's own library hashes.
///
/// # Errors
/// In words, when neither is what was signed.
pub(crate) fn verify_notification(
    key: &NotificationKey,
    signature: &Signature,
    body: &[u8],
) -> Result<(), &'static str> {
    let holds = |bytes: &[u8]| {
        let algorithm = match signature.digest {
            Digest::Sha1 => &ring::digest::SHA1_FOR_LEGACY_USE_ONLY,
            Digest::Sha256 => &ring::digest::SHA256,
        };
        let hash = ring::digest::digest(algorithm, bytes);
        key.0.verify_prehash(hash.as_ref(), &signature.signature).is_ok()
    };
    if holds(body) || compact(body).is_some_and(|text| holds(&text)) {
        Ok(())
    } else {
        Err("the signature is not over this body")
    }
}

/// The document without the white space between its tokens: nothing else of it changes, so keys keep their order.
fn compact(body: &[u8]) -> Option<Vec<u8>> {
    let _: Value = serde_json::from_slice(body).ok()?;
    let (mut out, mut in_text, mut escaped) = (Vec::with_capacity(body.len()), false, false);
    for byte in body {
        if in_text {
            out.push(*byte);
            match (escaped, byte) {
                (true, _) => escaped = false,
                (false, b'\\') => escaped = true,
                (false, b'"') => in_text = false,
                _ => {}
            }
        } else if !byte.is_ascii_whitespace() {
            in_text = *byte == b'"';
            out.push(*byte);
        }
    }
    (out != body).then_some(out)
}

/// One notification, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// `notificationId`: the same one again is a redelivery.
    pub id: String,
    /// The topic, as eBay names it.
    pub topic: String,
    /// What it tells; empty for topics that tell us nothing.
    pub told: Vec<Told>,
}

/// Reads a notification.
///
/// # Errors
/// `Invalid` when it is no envelope of eBay's.
pub fn decode_notification(body: &[u8]) -> Result<Notification> {
    let wrong = |why: &str| Error::new(ErrorKind::Invalid, "ebay.pushes.decode").message(why.to_owned());
    let value: Value = serde_json::from_slice(body).map_err(|_| wrong("the notification is not JSON"))?;
    let text = |path: &str| {
        value.pointer(path).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let topic = text("/metadata/topic")
        .ok_or_else(|| wrong("the notification names no topic; metadata.topic is right"))?;
    let id = text("/notification/notificationId").unwrap_or_default();
    let data = "/notification/data";
    let told = match topic.as_str() {
        "ORDER_CONFIRMATION" | "ITEM_MARKED_SHIPPED" => text(&format!("{data}/order/orderId"))
            .into_iter()
            .map(|order| Told::Order { order: ChannelOrderId::new(order), due: None })
            .collect(),
        "MARKETPLACE_ACCOUNT_DELETION" => {
            let names =
                ["username", "userId", "eiasToken"].iter().filter_map(|name| text(&format!("{data}/{name}")));
            let names: Vec<String> = names.collect();
            if names.is_empty() { Vec::new() } else { vec![Told::EraseBuyer(names)] }
        }
        "AUTHORIZATION_REVOCATION" => vec![Told::Revoked],
        _ => Vec::new(),
    };
    Ok(Notification { id, topic, told })
}

/// A key for tests: P-256, made for them.
#[cfg(test)]
pub(crate) fn tests_key() -> &'static str {
    static KEY: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    KEY.get_or_init(|| tests::pem(&tests::signer()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use p256::{
        ecdsa::{SigningKey, signature::hazmat::PrehashSigner},
        pkcs8::EncodePublicKey,
    };

    pub(super) fn signer() -> SigningKey {
        SigningKey::from_slice(&[7; 32]).expect("a scalar")
    }

    pub(super) fn pem(key: &SigningKey) -> String {
        let der = key.verifying_key().to_public_key_der().expect("a document");
        format!("-----BEGIN PUBLIC KEY-----{}-----END PUBLIC KEY-----", STANDARD.encode(der.as_bytes()))
    }

    fn signed(body: &[u8], digest: &str) -> String {
        let algorithm =
            if digest == "SHA1" { &ring::digest::SHA1_FOR_LEGACY_USE_ONLY } else { &ring::digest::SHA256 };
        let hash = ring::digest::digest(algorithm, body);
        let signature: EcdsaSignature = signer().sign_prehash(hash.as_ref()).expect("signed");
        let signature = STANDARD.encode(signature.to_der().as_bytes());
        STANDARD
            .encode(format!(r#"{{"alg":"ecdsa","kid":"k","signature":"{signature}","digest":"{digest}"}}"#))
    }

    #[test]
    fn a_challenge_is_answered_over_the_registered_endpoint() {
        // SHA-256 of "abc", from FIPS 180-4.
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(challenge_response("a", "b", "c"), abc);
        assert_eq!(challenge_code("/hook?x=1&challenge_code=a%20b").as_deref(), Some("a b"));
        assert_eq!((challenge_code("/hook"), challenge_code("/hook?challenge_code=%zz")), (None, None));
    }

    #[test]
    fn g11_only_what_ebay_signed_is_believed() {
        let key = NotificationKey::read(tests_key(), "ECDSA").expect("a key");
        let body = br#"{"metadata":{"topic":"ORDER_CONFIRMATION"}, "a":"x  y"}"#;
        for digest in ["SHA1", "SHA256"] {
            let header = signed(body, digest);
            let signature = Signature::read(&header).expect("a header");
            assert_eq!(verify_notification(&key, &signature, body), Ok(()));
            let mut forged = body.to_vec();
            forged[5] ^= 1;
            assert!(verify_notification(&key, &signature, &forged).is_err());
            assert!(verify_notification(&key, &signature, &body[..body.len() - 1]).is_err());
        }
        // A host's framework wrote it anew with white space; eBay signed the compact form.
        let compact = br#"{"metadata":{"topic":"ORDER_CONFIRMATION"},"a":"x  y"}"#;
        let signature = Signature::read(&signed(compact, "SHA1")).expect("a header");
        assert_eq!(verify_notification(&key, &signature, body), Ok(()));
    }

    #[test]
    fn headers_that_are_none_are_refused_with_why() {
        let of = |text: &str| Signature::read(&STANDARD.encode(text)).expect_err("refused");
        assert_eq!(Signature::read("%").expect_err("refused"), "the signature header is not base64");
        assert_eq!(of("{}"), "the signature header holds no signature");
        assert_eq!(
            of(r#"{"alg":"none","kid":"k","signature":"","digest":"SHA1"}"#),
            "another algorithm than ECDSA"
        );
        assert_eq!(
            of(r#"{"kid":"k","signature":"AA==","digest":"MD5"}"#),
            "another digest than SHA1 and SHA256"
        );
        assert_eq!(
            of(r#"{"kid":"k","signature":"AA==","digest":"SHA1"}"#),
            "the signature is no DER signature"
        );
    }

    #[test]
    fn what_topics_tell() {
        let read = |topic: &str, data: &str| {
            let text = format!(
                r#"{{"metadata":{{"topic":"{topic}"}},"notification":{{"notificationId":"n","data":{data}}}}}"#
            );
            decode_notification(text.as_bytes()).expect("an envelope").told
        };
        let order = Told::Order { order: "12-1".into(), due: None };
        assert_eq!(read("ORDER_CONFIRMATION", r#"{"order":{"orderId":"12-1"}}"#), [order]);
        assert_eq!(read("ORDER_CONFIRMATION", "{}"), []);
        let names = vec!["bob".to_owned(), "u1".to_owned()];
        assert_eq!(
            read("MARKETPLACE_ACCOUNT_DELETION", r#"{"username":"bob","userId":"u1","eiasToken":""}"#),
            [Told::EraseBuyer(names)]
        );
        assert_eq!(read("AUTHORIZATION_REVOCATION", "{}"), [Told::Revoked]);
        assert_eq!(read("NEW_TOPIC", "{}"), []);
        assert!(decode_notification(b"[]").is_err());
    }
}
