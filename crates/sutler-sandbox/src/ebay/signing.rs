//! Signatures: those of eBay's notifications, made with the sandbox's own key, and those of the seller's messages, checked.
//!
//! ring signs with P-256 over SHA-256 only and with a random number in every signature; eBay signs over SHA-1 and a sandbox
//! must answer the same twice. So p256 signs (RFC 6979), and ring, which TLS brings anyway, hashes and checks Ed25519.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use p256::ecdsa::signature::hazmat::PrehashSigner as _;
use p256::ecdsa::{Signature, SigningKey};
use p256::pkcs8::EncodePublicKey as _;
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use ring::signature::{ED25519, UnparsedPublicKey};
use serde_json::json;

use super::limits::Call;
use super::refusal::{Family, Refusal};
use super::settings::{Digest, MessageKey};
use crate::request::Ask;

/// What stands before the 32 bytes of an Ed25519 key in its SubjectPublicKeyInfo.
const ED25519_PREFIX: usize = 12;

/// The key notifications are signed with; the same for the same seed.
#[derive(Debug, Clone)]
pub(crate) struct NotificationKey {
    /// How it is named in the header and asked for.
    pub(crate) id: String,
    key: Option<SigningKey>,
    digest: Digest,
}

impl NotificationKey {
    pub(crate) fn of(seed: u64, digest_kind: Digest) -> NotificationKey {
        // A number too large for the curve occurs once in four thousand million seeds; the next one will do then.
        let key = (0_u32..8).find_map(|attempt| {
            let bytes = digest(&SHA256, format!("sutler sandbox {seed} {attempt}").as_bytes());
            SigningKey::from_slice(bytes.as_ref()).ok()
        });
        let word = digest(&SHA256, format!("sutler sandbox key {seed}").as_bytes());
        let hex = hex(word.as_ref());
        let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default().to_owned();
        let id = [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-");
        NotificationKey { id, key, digest: digest_kind }
    }

    /// The body of `GET /commerce/notification/v1/public_key/{id}`: the key stands on one line, markers and all.
    pub(crate) fn description(&self) -> String {
        let spki = self.key.as_ref().and_then(|key| key.verifying_key().to_public_key_der().ok());
        let base64 = STANDARD.encode(spki.as_ref().map_or(&[][..], |der| der.as_bytes()));
        json!({
            "key": format!("-----BEGIN PUBLIC KEY-----{base64}-----END PUBLIC KEY-----"),
            "algorithm": "ECDSA",
            "digest": self.digest.word(),
        })
        .to_string()
    }

    /// The value of `x-ebay-signature` for a body, as it goes over the wire.
    pub(crate) fn sign(&self, body: &[u8]) -> String {
        let hash = match self.digest {
            Digest::Sha1 => digest(&SHA1_FOR_LEGACY_USE_ONLY, body),
            Digest::Sha256 => digest(&SHA256, body),
        };
        let signed: Option<Signature> =
            self.key.as_ref().and_then(|key| key.sign_prehash(hash.as_ref()).ok());
        let der = signed.map(|signature| STANDARD.encode(signature.to_der())).unwrap_or_default();
        let header = json!({"alg": "ecdsa", "kid": self.id, "signature": der, "digest": self.digest.word()});
        STANDARD.encode(header.to_string())
    }
}

/// What the other side must answer to a challenge.
pub(crate) fn challenge_response(code: &str, token: &str, endpoint: &str) -> String {
    hex(digest(&SHA256, format!("{code}{token}{endpoint}").as_bytes()).as_ref())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Checks the signature of a message (RFC 9421, as eBay wants it).
///
/// eBay does not say with which status it refuses; 400 is an inference from its being a fault of the request.
pub(crate) fn check_message(ask: &Ask, call: Call, key: &MessageKey) -> Result<(), Refusal> {
    let refuse = |id: u32, why: &str| {
        Err(match call.family() {
            Family::PostOrder => Refusal::post_order(400, id, format!("Signature validation failed: {why}")),
            _ => Refusal::access(400, id, format!("Signature validation failed: {why}")),
        })
    };
    let (Some(input), Some(signature)) = (
        ask.header("signature-input").and_then(|input| input.strip_prefix("sig1=")),
        ask.header("signature").and_then(|signature| signature.strip_prefix("sig1=:")?.strip_suffix(':')),
    ) else {
        return refuse(215_120, "Signature-Input or Signature is missing");
    };
    if ask.header("x-ebay-signature-key") != Some(key.jwe.as_str()) {
        return refuse(215_122, "x-ebay-signature-key is not the key's JWE");
    }
    let Some((components, _)) = input.strip_prefix('(').and_then(|rest| rest.split_once(')')) else {
        return refuse(215_122, "Signature-Input names no components");
    };
    let covered: Vec<&str> = components.split(' ').map(|name| name.trim_matches('"')).collect();
    let mut wanted = vec!["x-ebay-signature-key", "@method", "@path", "@authority"];
    if !ask.bytes().is_empty() {
        wanted.insert(0, "content-digest");
        let hash = STANDARD.encode(digest(&SHA256, ask.bytes()));
        if ask.header("content-digest") != Some(format!("sha-256=:{hash}:").as_str()) {
            return refuse(215_122, "Content-Digest is not that of the body");
        }
    }
    if covered != wanted {
        return refuse(215_122, "the components are not those that must be covered");
    }
    let authority = ask.origin.rsplit('/').next().unwrap_or_default();
    let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
    let public = STANDARD.decode(&key.public_key).unwrap_or_default();
    let public = if public.len() == 32 { &public[..] } else { public.get(ED25519_PREFIX..).unwrap_or(&[]) };
    let signature = STANDARD.decode(signature).unwrap_or_default();
    // The host alone is what eBay's examples sign; with a port that is not the scheme's own, RFC 9421 adds it.
    let good = [host, authority].into_iter().any(|authority| {
        let mut base = String::new();
        for name in &covered {
            let value = match *name {
                "@method" => ask.method.as_str(),
                "@path" => ask.path.as_str(),
                "@authority" => authority,
                name => ask.header(name).unwrap_or_default(),
            };
            base.push_str(&format!("\"{name}\": {value}\n"));
        }
        base.push_str(&format!("\"@signature-params\": {input}"));
        UnparsedPublicKey::new(&ED25519, public).verify(base.as_bytes(), &signature).is_ok()
    });
    if good { Ok(()) } else { refuse(215_122, "the signature is not that of this message") }
}

#[cfg(test)]
mod tests {
    use p256::ecdsa::VerifyingKey;
    use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
    use p256::pkcs8::DecodePublicKey as _;
    use serde_json::Value;

    use super::*;

    #[test]
    fn a_notification_verifies_with_the_published_key_and_no_other() -> Result<(), Box<dyn std::error::Error>>
    {
        for kind in [Digest::Sha1, Digest::Sha256] {
            let key = NotificationKey::of(7, kind);
            let header: Value = serde_json::from_slice(&STANDARD.decode(key.sign(b"{\"a\":1}"))?)?;
            assert_eq!((&header["kid"], &header["digest"]), (&key.id.as_str().into(), &kind.word().into()));
            let published: Value = serde_json::from_str(&key.description())?;
            let pem = published["key"].as_str().unwrap_or_default();
            let base64 = pem.trim_start_matches("-----BEGIN PUBLIC KEY-----");
            let der = STANDARD.decode(base64.trim_end_matches("-----END PUBLIC KEY-----"))?;
            let public = VerifyingKey::from_public_key_der(&der)?;
            let signature =
                Signature::from_der(&STANDARD.decode(header["signature"].as_str().unwrap_or(""))?)?;
            let hash = match kind {
                Digest::Sha1 => digest(&SHA1_FOR_LEGACY_USE_ONLY, b"{\"a\":1}"),
                Digest::Sha256 => digest(&SHA256, b"{\"a\":1}"),
            };
            assert!(public.verify_prehash(hash.as_ref(), &signature).is_ok());
            assert!(public.verify_prehash(&[0; 32], &signature).is_err());
            assert_eq!(
                key.sign(b"x"),
                NotificationKey::of(7, kind).sign(b"x"),
                "the same seed, the same bytes"
            );
            assert_ne!(key.id, NotificationKey::of(8, kind).id);
        }
        Ok(())
    }

    #[test]
    fn the_challenge_is_answered_over_code_token_and_endpoint() {
        let answer = challenge_response("a", "b", "c");
        assert_eq!(
            answer, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            "SHA-256 of abc"
        );
    }
}
