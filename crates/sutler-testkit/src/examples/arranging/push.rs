//! Pushes: what the marketplace signs, and what the connector believes.

use super::channel::ArrangingChannel;
use async_trait::async_trait;
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use serde_json::json;
use sha2::Sha256;
use std::fmt::Write;
use sutler_core::{
    channel::CallCx,
    error::{Error, ErrorKind, Result},
    id::ChannelOrderId,
    push::{PushOutcome, PushReply, PushRequest, Pushes, Told},
    time::{Timestamp, from_millis},
};

/// Where the marketplace pushes to.
const TARGET: &str = "/hooks/arranging";

/// Of the address, a bar and the body, as on Shopee.
fn mac(secret: &str, target: &str, body: &[u8]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(target.as_bytes());
    mac.update(b"|");
    mac.update(body);
    Some(mac)
}

/// A push that tells that something of an order is new.
pub(super) fn signed(secret: &str, now: Timestamp, order: &ChannelOrderId) -> PushRequest {
    let at = now.timestamp_millis();
    let told = json!({"push_id": format!("{order}@{at}"), "order_sn": order, "timestamp": at / 1_000});
    let body = told.to_string();
    let mut signature = String::new();
    for byte in
        mac(secret, TARGET, body.as_bytes()).map(|mac| mac.finalize().into_bytes()).unwrap_or_default()
    {
        // Writing to a text does not fail.
        let _ = write!(signature, "{byte:02x}");
    }
    PushRequest {
        method: "POST".into(),
        target: TARGET.into(),
        headers: vec![("Authorization".into(), signature)],
        body: body.into(),
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    let byte =
        |pair: &[u8]| std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok());
    text.len().is_multiple_of(2).then(|| pairs.map(byte).collect()).flatten()
}

#[derive(Deserialize)]
struct Wire {
    push_id: String,
    order_sn: String,
    #[serde(default)]
    ship_by: Option<i64>,
}

#[async_trait]
impl Pushes for ArrangingChannel {
    async fn receive(&self, _: Timestamp, request: &PushRequest) -> PushOutcome {
        let refused =
            |status, why: &str| PushOutcome::Refused { reply: PushReply::status(status), why: why.into() };
        let told = request.header("authorization").and_then(unhex);
        let own = mac(&self.secret, &request.target, &request.body);
        let (Some(told), Some(own)) = (told, own) else {
            return refused(401, "it carries no signature");
        };
        if own.verify_slice(&told).is_err() {
            return refused(401, "its signature is not of this address and body");
        }
        match serde_json::from_slice::<Wire>(&request.body) {
            Ok(push) => PushOutcome::Told {
                id: push.push_id,
                told: vec![Told::Order {
                    order: push.order_sn.into(),
                    due: push.ship_by.map(|at| from_millis(at.saturating_mul(1_000))),
                }],
                reply: PushReply::status(200),
            },
            Err(_) => refused(400, "its body is not a push"),
        }
    }

    async fn learn_key(&self, _: &CallCx, key: &str) -> Result<()> {
        Err(Error::new(ErrorKind::NotFound, "arranging.push.key")
            .message(format!("there is no key {key}; pushes are signed with the seller's secret")))
    }
}
