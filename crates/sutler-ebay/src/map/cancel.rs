//! Cancellations of the Post-Order API: what the search shows, and the bodies of ours. Pure.

use super::instant_text;
use serde::{Deserialize, Serialize};
use sutler_core::{
    channel::Receipt,
    command::{AnswerCancel, Cancel, CancelReason},
    id::ChannelOrderId,
};

/// `GET /post-order/v2/cancellation/search`.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Cancellations {
    #[serde(default)]
    cancellations: Vec<Cancellation>,
}

impl Cancellations {
    /// Those of one order: the search is asked for it, and what else it brings is not ours to act on.
    pub(crate) fn of(self, order: &str) -> Vec<Cancellation> {
        self.cancellations.into_iter().filter(|one| one.order.is_empty() || one.order == order).collect()
    }
}

/// One cancellation or buyer's wish.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Cancellation {
    #[serde(rename = "cancelId", deserialize_with = "text")]
    pub(crate) id: String,
    #[serde(rename = "legacyOrderId", deserialize_with = "text")]
    order: String,
    #[serde(rename = "requestorType", deserialize_with = "text")]
    requestor: String,
    /// `INITIAL`, `APPROVAL_PENDING`, `REFUND_PENDING`, …, `CLOSED`.
    #[serde(rename = "cancelState", deserialize_with = "text")]
    pub(crate) state: String,
    /// `CANCEL_REQUESTED`, `CANCEL_PENDING`, `CANCEL_REJECTED`, `CANCEL_CLOSED_…`.
    #[serde(rename = "cancelStatus", deserialize_with = "text")]
    status: String,
}

/// A text, or a number as its text; anything else is empty.
fn text<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::String(text) => text,
        serde_json::Value::Number(number) => number.to_string(),
        _ => String::new(),
    })
}

/// How a cancellation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Closed {
    Cancelled,
    Refused,
}

impl Cancellation {
    /// Does a buyer's wish wait for the seller's word?
    pub(crate) fn waits_for_seller(&self) -> bool {
        let buyers = self.requestor.is_empty() || self.requestor.eq_ignore_ascii_case("BUYER");
        buyers
            && (self.state == "APPROVAL_PENDING"
                || (self.state == "INITIAL" && self.status == "CANCEL_REQUESTED"))
    }

    /// Is it granted and at work?
    pub(crate) fn is_under_way(&self) -> bool {
        self.closed().is_none() && !self.waits_for_seller()
    }

    pub(crate) fn closed(&self) -> Option<Closed> {
        match self.status.as_str() {
            "CANCEL_REJECTED" => Some(Closed::Refused),
            status if status.starts_with("CANCEL_CLOSED") => Some(Closed::Cancelled),
            _ if self.state == "CLOSED" => Some(Closed::Cancelled),
            _ => None,
        }
    }
}

/// eBay's word for a reason. Out of stock counts as a defect of the seller's, and is what it is.
fn reason(reason: CancelReason) -> &'static str {
    match reason {
        CancelReason::BuyerAsked => "BUYER_ASKED_CANCEL",
        CancelReason::AddressNotServiceable => "ADDRESS_ISSUES",
        // eBay has no other words for a seller who cannot or will not.
        _ => "OUT_OF_STOCK_OR_CANNOT_FULFILL",
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    legacy_order_id: &'a str,
    cancel_reason: &'static str,
    buyer_paid: bool,
}

/// The body of `POST /post-order/v2/cancellation`: the whole order, always.
pub(crate) fn body(order: &ChannelOrderId, cancel: &Cancel) -> Result<Vec<u8>, Receipt> {
    let body =
        Body { legacy_order_id: order.as_str(), cancel_reason: reason(cancel.reason), buyer_paid: true };
    serde_json::to_vec(&body).map_err(|_| Receipt::Refused {
        code: "unwritable".into(),
        why: "the body cannot be written as JSON".into(),
    })
}

/// The cancellation an answer names; else why there is none.
pub(crate) fn created(body: &[u8]) -> Result<String, String> {
    #[derive(Default, Deserialize)]
    #[serde(default, rename_all = "camelCase")]
    struct Created {
        #[serde(deserialize_with = "text")]
        cancel_id: String,
        eligibility_result: serde_json::Value,
        order_eligibility_result: serde_json::Value,
    }
    let created: Created = serde_json::from_slice(body).unwrap_or_default();
    if !created.cancel_id.is_empty() {
        return Ok(created.cancel_id);
    }
    let why =
        [created.order_eligibility_result, created.eligibility_result].into_iter().find(|why| !why.is_null());
    Err(match why {
        Some(why) => format!("eBay says that the order cannot be cancelled: {why}"),
        None => "eBay opened no cancellation and does not say why".into(),
    })
}

/// The body of `POST …/reject`: what shows that the goods left, where there is something.
pub(crate) fn rejection(answer: &AnswerCancel) -> Vec<u8> {
    let mut body = serde_json::Map::new();
    if let Some(at) = answer.shipped_at {
        body.insert("shipmentDate".into(), serde_json::json!({ "value": instant_text(at) }));
    }
    if let Some(tracking) = &answer.tracking {
        body.insert("trackingNumber".into(), sutler_core::order::tracking_key(tracking).into());
    }
    serde_json::Value::Object(body).to_string().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(state: &str, status: &str, requestor: &str) -> Cancellation {
        let text = format!(
            r#"{{"cancellations":[{{"cancelId":5000000001,"legacyOrderId":"O","requestorType":"{requestor}","cancelState":"{state}","cancelStatus":"{status}"}},{{"cancelId":"2","legacyOrderId":"other"}}]}}"#
        );
        let mut all = serde_json::from_str::<Cancellations>(&text).expect("a search").of("O");
        assert_eq!(all.len(), 1);
        all.remove(0)
    }

    #[test]
    fn a_wish_waits_until_it_is_granted_or_refused() {
        let wish = one("APPROVAL_PENDING", "CANCEL_REQUESTED", "BUYER");
        assert!(wish.waits_for_seller() && !wish.is_under_way() && wish.closed().is_none());
        assert_eq!(wish.id, "5000000001");
        assert!(one("REFUND_PENDING", "CANCEL_PENDING", "BUYER").is_under_way());
        assert_eq!(one("CLOSED", "CANCEL_CLOSED_WITH_REFUND", "SELLER").closed(), Some(Closed::Cancelled));
        assert_eq!(one("CLOSED", "CANCEL_REJECTED", "BUYER").closed(), Some(Closed::Refused));
        assert!(!one("APPROVAL_PENDING", "CANCEL_REQUESTED", "SELLER").waits_for_seller());
    }

    #[test]
    fn a_rejection_says_what_shows_that_the_goods_left() {
        let answer = AnswerCancel {
            grant: false,
            tracking: Some("1Z 9".into()),
            shipped_at: Some(sutler_core::time::from_millis(0)),
        };
        let body = String::from_utf8(rejection(&answer)).expect("JSON");
        assert_eq!(body, r#"{"shipmentDate":{"value":"1970-01-01T00:00:00.000Z"},"trackingNumber":"1Z9"}"#);
    }
}
