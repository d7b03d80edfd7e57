//! Walmart's webhooks for orders: verified by what the subscription was made with, decoded, and taken as hints.
//!
//! Facts: developer.walmart.com, webhooks (page of 2026-02-11); `PO_CREATED` and its kin end on 2026-12-15 for `ORDER_UPDATES`,
//! whose `subEventType` stands in `payload.meta` by the table and in `payload` by the prose: both are read. A message has no
//! time stamp that is signed, so a replay cannot be told from the first delivery: it tells the same order again, which is
//! read once more and changes nothing.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use std::fmt;
use sutler_core::{
    error::{Error, ErrorKind, Result},
    id::ChannelOrderId,
    push::{PushOutcome, PushReply, PushRequest, Told},
    time::Timestamp,
};
use sutler_http::{ExposeSecret, SecretString};

/// How a subscription proves that a message is Walmart's (`authDetails` of the subscription).
#[derive(Clone, Debug)]
pub(crate) enum PushAuth {
    /// `BASIC_AUTH`: user and password.
    Basic(SecretString),
    /// `HMAC`: HMAC-SHA256 of the whole body under `clientSecret`, in the header `authHeaderName`. Whether hexadecimal or
    /// base64 is not published; both are taken.
    Hmac {
        /// The header's name.
        header: String,
        /// `clientSecret`.
        secret: SecretString,
    },
}

impl PushAuth {
    pub(crate) fn basic(user: &str, password: &str) -> PushAuth {
        PushAuth::Basic(SecretString::from(format!(
            "Basic {}",
            STANDARD.encode(format!("{user}:{password}"))
        )))
    }

    /// Is the message Walmart's? The comparison takes as long for a near miss as for any other.
    fn holds(&self, request: &PushRequest) -> Result<(), &'static str> {
        match self {
            PushAuth::Basic(wanted) => {
                let told = request.header("authorization").ok_or("no Authorization header")?;
                let same = equal(told.trim().as_bytes(), wanted.expose_secret().as_bytes());
                same.then_some(()).ok_or("another user or password")
            }
            PushAuth::Hmac { header, secret } => {
                let told = request.header(header).ok_or("the signature header is missing")?.trim();
                let signature = hex(told).or_else(|| STANDARD.decode(told).ok());
                let signature = signature.ok_or("the signature is neither hexadecimal nor base64")?;
                let mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes());
                let mut mac = mac.map_err(|_| "the secret cannot be a key")?;
                mac.update(&request.body);
                mac.verify_slice(&signature).map_err(|_| "the signature is not over this body")
            }
        }
    }
}

/// Compares without saying where two differ.
fn equal(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let bytes = text.as_bytes();
    if bytes.len() != 64 || !bytes.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16);
    bytes
        .chunks_exact(2)
        .map(|pair| match pair {
            [high, low] => u8::try_from(digit(*high)? * 16 + digit(*low)?).ok(),
            _ => None,
        })
        .collect()
}

/// One message, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// `source.eventId`: the same one again is a redelivery.
    pub id: String,
    /// `ORDER_UPDATES`, or one of the events it replaces.
    pub event: String,
    /// `PO_CREATED`, `PO_LINE_AUTOCANCELLED`, `INTENT_TO_CANCEL`, `FRAUD_CANCEL`, …; empty where there is none.
    pub sub_event: String,
    /// What it tells.
    pub told: Vec<Told>,
}

impl fmt::Display for Notification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({} orders)", self.event, self.sub_event, self.told.len())
    }
}

/// Reads a message.
///
/// # Errors
/// `Invalid` when it is no envelope of Walmart's.
pub fn decode_notification(body: &[u8]) -> Result<Notification> {
    let wrong = |why: &str| Error::new(ErrorKind::Invalid, "walmart.pushes.decode").message(why.to_owned());
    let value: Value = serde_json::from_slice(body).map_err(|_| wrong("the message is not JSON"))?;
    let source = field(&value, "source")
        .ok_or_else(|| wrong("the message has no source; {source, payload} is right"))?;
    let event = text(source, "eventType")
        .ok_or_else(|| wrong("the message names no event; source.eventType is right"))?;
    let payload = field(&value, "payload");
    let sub_event = payload
        .and_then(|payload| {
            field(payload, "meta")
                .and_then(|meta| text(meta, "subEventType"))
                .or_else(|| text(payload, "subEventType"))
        })
        .unwrap_or_default();
    let orders = ["ORDER_UPDATES", "PO_CREATED", "PO_LINE_AUTOCANCELLED", "INTENT_TO_CANCEL"];
    let told = if orders.contains(&event.as_str()) {
        let order = payload.and_then(|payload| field(payload, "order").or(Some(payload)));
        let id = order.and_then(|order| text(order, "purchaseOrderId"));
        let due = order.and_then(|order| text(order, "estimatedShipDate")).and_then(|at| instant(&at));
        id.into_iter().map(|id| Told::Order { order: ChannelOrderId::new(id), due }).collect()
    } else {
        Vec::new()
    };
    let id = text(source, "eventId").unwrap_or_default();
    Ok(Notification { id, event, sub_event, told })
}

/// A member by its name; keys were captured with a trailing space.
fn field<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    let map = value.as_object()?;
    map.get(name).or_else(|| map.iter().find(|(key, _)| key.trim() == name).map(|(_, value)| value))
}

fn text(value: &Value, name: &str) -> Option<String> {
    match field(value, name)? {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn instant(text: &str) -> Option<Timestamp> {
    chrono::DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc())
}

/// Verifies and decodes one request.
pub(crate) fn receive(auth: &PushAuth, request: &PushRequest) -> PushOutcome {
    let refused =
        |status: u16, why: &str| PushOutcome::Refused { reply: PushReply::status(status), why: why.into() };
    if !request.method.eq_ignore_ascii_case("POST") {
        return refused(405, "no POST");
    }
    if let Err(why) = auth.holds(request) {
        return refused(401, why);
    }
    match decode_notification(&request.body) {
        Ok(read) => PushOutcome::Told { id: read.id, told: read.told, reply: PushReply::status(204) },
        // It is Walmart's own and we cannot read it: sending it again would not help, and the pull shows the same.
        Err(_) => PushOutcome::Told { id: String::new(), told: Vec::new(), reply: PushReply::status(204) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    const BODY: &str = r#"{"source":{"eventType":"ORDER_UPDATES","eventId":"e1"},"payload":{"meta":{"subEventType":"INTENT_TO_CANCEL"},"order":{"purchaseOrderId":"108","estimatedShipDate":"2026-01-31T08:00:00Z","shippingProgramType ":"x"}}}"#;

    fn post(headers: &[(&str, &str)], body: &str) -> PushRequest {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        PushRequest {
            method: "POST".into(),
            target: "/hook".into(),
            headers,
            body: Bytes::copy_from_slice(body.as_bytes()),
        }
    }

    fn hmac(body: &str) -> Vec<u8> {
        let mut mac = Hmac::<Sha256>::new_from_slice(b"hush").expect("any key");
        mac.update(body.as_bytes());
        mac.finalize().into_bytes().to_vec()
    }

    fn told(outcome: PushOutcome) -> Vec<Told> {
        match outcome {
            PushOutcome::Told { told, .. } => told,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn g11_only_what_the_subscription_proves_is_believed() {
        let auth = PushAuth::Hmac { header: "X-Sig".into(), secret: SecretString::from("hush") };
        let as_hex: String = hmac(BODY).iter().map(|byte| format!("{byte:02x}")).collect();
        for signature in [as_hex, STANDARD.encode(hmac(BODY))] {
            assert_eq!(told(receive(&auth, &post(&[("x-sig", &signature)], BODY))).len(), 1);
            let forged = BODY.replace("108", "109");
            assert!(matches!(
                receive(&auth, &post(&[("x-sig", &signature)], &forged)),
                PushOutcome::Refused { .. }
            ));
            let cut = &BODY[..BODY.len() - 1];
            assert!(matches!(
                receive(&auth, &post(&[("x-sig", &signature)], cut)),
                PushOutcome::Refused { .. }
            ));
        }
        assert!(matches!(receive(&auth, &post(&[], BODY)), PushOutcome::Refused { .. }));
        let basic = PushAuth::basic("sutler", "secret");
        let right = format!("Basic {}", STANDARD.encode("sutler:secret"));
        assert_eq!(told(receive(&basic, &post(&[("Authorization", &right)], BODY))).len(), 1);
        let wrong = format!("Basic {}", STANDARD.encode("sutler:secres"));
        assert!(matches!(
            receive(&basic, &post(&[("Authorization", &wrong)], BODY)),
            PushOutcome::Refused { .. }
        ));
    }

    #[test]
    fn both_places_of_the_sub_event_and_the_old_events_are_read() {
        let read = decode_notification(BODY.as_bytes()).expect("an envelope");
        assert_eq!((read.sub_event.as_str(), read.id.as_str()), ("INTENT_TO_CANCEL", "e1"));
        let due = instant("2026-01-31T08:00:00Z");
        assert_eq!(read.told, [Told::Order { order: "108".into(), due }]);
        let prose = r#"{"source":{"eventType":"ORDER_UPDATES"},"payload":{"subEventType":"PO_CREATED","order":{"purchaseOrderId ":108}}}"#;
        let read = decode_notification(prose.as_bytes()).expect("an envelope");
        assert_eq!((read.sub_event.as_str(), read.told.len()), ("PO_CREATED", 1));
        let old = r#"{"source":{"eventType":"PO_CREATED","eventId":"e"},"payload":{"purchaseOrderId":"7","orderLines":[]}}"#;
        assert_eq!(decode_notification(old.as_bytes()).expect("an envelope").told.len(), 1);
        let other = r#"{"source":{"eventType":"BUY_BOX_CHANGED"},"payload":{"purchaseOrderId":"7"}}"#;
        assert!(decode_notification(other.as_bytes()).expect("an envelope").told.is_empty());
        for none in ["", "[]", "{}", r#"{"source":{}}"#] {
            assert!(decode_notification(none.as_bytes()).is_err(), "{none}");
        }
    }

    #[test]
    fn a_replay_tells_the_same_again() {
        let basic = PushAuth::basic("u", "p");
        let right = format!("Basic {}", STANDARD.encode("u:p"));
        let request = post(&[("authorization", &right)], BODY);
        assert_eq!(receive(&basic, &request), receive(&basic, &request));
    }
}
