//! Refunds: asked for once, done later, and what stands in their way.

use serde_json::{Value, json};

use super::support::*;
use crate::ebay::Settings;

fn shop() -> Client {
    Client::new(Settings { refund_s: (60, 60), ..quiet(vec![order("O1").line("A", 2).line("B", 1)]) })
}

fn whole(value: &str) -> Value {
    json!({"reasonForRefund": "OTHER_ADJUSTMENT", "orderLevelRefundAmount": {"value": value, "currency": "USD"}})
}

fn refund(client: &mut Client, body: &Value) -> (u16, Value) {
    client.post(&format!("{ORDERS}/O1/issue_refund"), body)
}

#[test]
fn a_refund_is_pending_and_then_done() {
    let mut client = shop();
    let line = client.lines("O1").remove(0);
    let body = json!({"reasonForRefund": "BUYER_RETURN", "comment": "sorry", "refundItems": [
        {"lineItemId": line, "refundAmount": {"value": "10.5", "currency": "USD"}},
    ]});
    let (status, answer) = refund(&mut client, &body);
    assert_eq!((status, &answer["refundStatus"]), (200, &"PENDING".into()));
    assert_eq!(number(&refund(&mut client, &body).1), 34_922, "while it is processed");
    let shown = client.one("O1");
    assert_eq!(shown["paymentSummary"]["refunds"][0]["refundStatus"], "PENDING");
    assert_eq!(
        (&shown["orderPaymentStatus"], &shown["lineItems"][0]["refunds"][0]["amount"]["value"]),
        (&"PAID".into(), &"10.5".into())
    );
    client.at(60);
    let shown = client.one("O1");
    assert_eq!(shown["paymentSummary"]["refunds"][0]["refundStatus"], "REFUNDED");
    assert_eq!(shown["orderPaymentStatus"], "PARTIALLY_REFUNDED");
    assert_eq!(client.world.effects(client.now).refund.get(&format!("O1/{line}")), Some(&1050));
    assert_eq!(refund(&mut client, &body).0, 200, "nothing recognises a repetition once it is done");
    assert_eq!(client.world.effects(client.now).refund.get(&format!("O1/{line}")), Some(&2100));
}

#[test]
fn the_amounts_that_are_refused() {
    let mut client = shop();
    let total = client.one("O1")["pricingSummary"]["total"]["value"].as_str().unwrap_or_default().to_owned();
    let line = client.lines("O1").remove(1);
    let of_line = |value: &str| {
        json!({"reasonForRefund": "BUYER_RETURN", "refundItems": [
        {"lineItemId": line, "refundAmount": {"value": value, "currency": "USD"}}]})
    };
    for (body, id) in [
        (whole("1000.00"), 34_915),
        (of_line("500.00"), 34_924),
        (whole("0.00"), 34_907),
        (whole("1.001"), 34_907),
        (whole("-1.00"), 34_907),
        (
            json!({"reasonForRefund": "BUYER_RETURN", "orderLevelRefundAmount": {"value": "1.00", "currency": "EUR"}}),
            34_909,
        ),
        (json!({"reasonForRefund": "BUYER_RETURN", "orderLevelRefundAmount": {"value": "1.00"}}), 34_908),
        (json!({"reasonForRefund": "BUYER_RETURN", "orderLevelRefundAmount": {"currency": "USD"}}), 34_906),
        (json!({"reasonForRefund": "BUYER_RETURN"}), 34_905),
        (
            json!({"reasonForRefund": "WHIM", "orderLevelRefundAmount": {"value": "1.00", "currency": "USD"}}),
            34_903,
        ),
        (
            json!({"reasonForRefund": "BUYER_RETURN", "refundItems": [{"lineItemId": "7", "refundAmount": {"value": "1.00", "currency": "USD"}}]}),
            34_914,
        ),
        (
            json!({"reasonForRefund": "BUYER_RETURN", "refundItems": [{"refundAmount": {"value": "1.00", "currency": "USD"}}]}),
            34_910,
        ),
        (
            json!({"reasonForRefund": "BUYER_RETURN", "comment": "x".repeat(1001), "orderLevelRefundAmount": {"value": "1.00", "currency": "USD"}}),
            34_921,
        ),
        (json!([]), 34_902),
    ] {
        assert_eq!(number(&refund(&mut client, &body).1), id, "{body}");
    }
    assert!(client.world.effects(client.now).refund.is_empty());
    assert_eq!(refund(&mut client, &whole(&total)).0, 200);
    client.at(60);
    assert_eq!(number(&refund(&mut client, &whole("1.00")).1), 34_917, "all is back already");
    assert_eq!(client.post(&format!("{ORDERS}/12-12345-12345/issue_refund"), &whole("1.00")).0, 404);
}

#[test]
fn an_open_return_sends_the_refund_through_itself() {
    let mut client = shop();
    assert_eq!(client.call("POST", "/_sandbox/orders/O1/return", "").0, 409, "nothing was shipped yet");
    assert_eq!(client.ship("O1", 2, "1Z1").0, 201);
    let (_, opened) = client.call("POST", "/_sandbox/orders/O1/return", "");
    let id = opened["return_id"].as_str().unwrap_or_default().to_owned();
    assert_eq!(number(&refund(&mut client, &whole("1.00")).1), 34_916);
    let (_, found) = client.get("/post-order/v2/return/search?order_id=O1");
    let member = &found["members"][0];
    assert_eq!(
        (&member["returnId"], &member["orderId"], &found["paginationOutput"]["totalEntries"]),
        (&id.as_str().into(), &"O1".into(), &1.into())
    );
    assert_eq!(client.get(&format!("/post-order/v2/return/{id}")).1["summary"]["state"], "ITEM_DELIVERED");
    assert_eq!(client.get("/post-order/v2/return/1").0, 404);
    let path = format!("/post-order/v2/return/{id}/issue_refund");
    assert_eq!(client.call("POST", &path, "{}").0, 200);
    assert_eq!(client.call("POST", &path, "{}").0, 400, "closed");
    assert_eq!(client.world.effects(client.now).refund.len(), 1);
}

#[test]
fn money_that_did_not_come_is_not_given_back() {
    let unpaid = order("O1").line("A", 1).paid_at(after(9_000));
    let mut client = Client::new(quiet(vec![unpaid]));
    let (status, body) = refund(&mut client, &whole("1.00"));
    assert_eq!((status, number(&body)), (404, 34_913), "an unpaid order is not there at all");
}
