//! Cancellations: the buyer's wish and the seller's word, always for the whole order.

use serde_json::json;

use super::support::*;
use crate::ebay::Settings;

fn asked() -> Client {
    Client::new(quiet(vec![order("O1").line("A", 2).line("B", 1).cancel_requested_at(after(10))]))
}

fn search(client: &mut Client) -> serde_json::Value {
    client.get(&format!("{CANCEL}/search?legacy_order_id=O1")).1
}

fn cancel_id(client: &mut Client) -> String {
    search(client)["cancellations"][0]["cancelId"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn a_wish_is_granted_once_and_the_money_follows() {
    let mut client = asked();
    assert_eq!(search(&mut client)["total"], 0);
    client.at(20);
    let found = search(&mut client)["cancellations"][0].clone();
    assert_eq!(
        (&found["requestorType"], &found["cancelState"], &found["cancelStatus"]),
        (&"BUYER".into(), &"APPROVAL_PENDING".into(), &"CANCEL_REQUESTED".into())
    );
    let id = cancel_id(&mut client);
    assert_eq!(client.call("POST", &format!("{CANCEL}/{id}/approve"), "").0, 200);
    assert_eq!(search(&mut client)["cancellations"][0]["cancelState"], "REFUND_PENDING");
    assert_eq!(client.one("O1")["cancelStatus"]["cancelState"], "IN_PROGRESS");
    let again = client.call("POST", &format!("{CANCEL}/{id}/approve"), "");
    assert_eq!((again.0, number(&again.1)), (400, 1616));
    client.at(20 + 120);
    assert_eq!(search(&mut client)["cancellations"][0]["cancelStatus"], "CANCEL_CLOSED_WITH_REFUND");
    let order = client.one("O1");
    assert_eq!(order["cancelStatus"]["cancelState"], "CANCELED");
    assert_eq!(order["cancelStatus"]["cancelRequests"][0]["cancelRequestState"], "COMPLETED");
    assert_eq!(order["orderPaymentStatus"], "FULLY_REFUNDED");
    let effects = client.world.effects(client.now);
    assert_eq!(effects.cancel.values().copied().collect::<Vec<_>>(), [2, 1], "the whole order, once");
    assert!(effects.refund.is_empty(), "the refund belongs to the cancellation");
    assert_eq!(number(&client.ship("O1", 1, "1Z1").1), 32_600, "a cancelled order takes no package");
}

#[test]
fn a_wish_is_refused_or_lapses_and_the_order_goes_on() {
    let mut client = asked();
    let id = cancel_id(client.at(20));
    let body = json!({"shipmentDate": {"value": "2026-11-23T00:00:00.000Z"}, "trackingNumber": "1Z1"});
    assert_eq!(client.post(&format!("{CANCEL}/{id}/reject"), &body).0, 200);
    assert_eq!(search(&mut client)["cancellations"][0]["cancelStatus"], "CANCEL_REJECTED");
    assert_eq!(client.one("O1")["cancelStatus"]["cancelState"], "NONE_REQUESTED");
    assert_eq!(client.ship("O1", 1, "1Z1").0, 201);
    let mut client = asked();
    client.at(10 + 3 * 86_400).renew();
    assert_eq!(search(&mut client)["cancellations"][0]["cancelStatus"], "CANCEL_REJECTED");
    assert!(client.world.effects(client.now).cancel.is_empty());
}

#[test]
fn a_wish_cannot_be_granted_after_a_package_left() {
    let mut client = asked();
    client.at(20);
    assert_eq!(client.ship("O1", 1, "1Z1").0, 201);
    let id = cancel_id(&mut client);
    assert_eq!(client.call("POST", &format!("{CANCEL}/{id}/approve"), "").0, 400);
    assert_eq!(client.get(&format!("{CANCEL}/{id}")).1["cancelDetail"]["cancelStatus"], "CANCEL_REQUESTED");
}

#[test]
fn the_seller_cancels_the_whole_order_and_a_second_time_is_told_why_not() {
    let mut client = Client::new(quiet(vec![order("O1").line("A", 2)]));
    let body =
        json!({"legacyOrderId": "O1", "cancelReason": "OUT_OF_STOCK_OR_CANNOT_FULFILL", "buyerPaid": true});
    let check = format!("{CANCEL}/check_eligibility");
    assert_eq!(client.post(&check, &json!({"legacyOrderId": "O1"})).1["eligible"], true);
    let (status, answer) = client.post(CANCEL, &body);
    assert!(status == 200 && answer["cancelId"].is_string(), "{answer}");
    let (status, answer) = client.post(CANCEL, &body);
    assert!(status == 200 && answer.get("cancelId").is_none(), "no error, and nothing done: {answer}");
    assert_eq!(answer["orderEligibilityResult"]["failureReason"][0], "CANCELLATION_EXIST");
    assert_eq!(client.post(&check, &json!({"legacyOrderId": "O1"})).1["eligible"], false);
    assert_eq!(client.world.effects(client.now).cancel.values().sum::<u32>(), 2);
    assert_eq!(search(&mut client)["cancellations"][0]["requestorType"], "SELLER");
    let refused = client.post(CANCEL, &json!({"legacyOrderId": "O1", "cancelReason": "WHIM"}));
    assert_eq!(refused.0, 400);
    assert!(refused.1["errorMessage"]["error"][0]["parameter"].is_array());
    assert_eq!(client.post(CANCEL, &json!({"legacyOrderId": "none", "cancelReason": "ORDER_UNPAID"})).0, 404);
}

#[test]
fn what_was_shipped_cannot_be_cancelled() {
    let mut client = Client::new(quiet(vec![order("O1").line("A", 2)]));
    assert_eq!(client.ship("O1", 1, "1Z1").0, 201);
    let (_, answer) =
        client.post(CANCEL, &json!({"legacyOrderId": "O1", "cancelReason": "BUYER_ASKED_CANCEL"}));
    assert_eq!(answer["orderEligibilityResult"]["eligible"], false);
    assert!(client.world.effects(client.now).cancel.is_empty());
    let (_, answer) = client.call("POST", "/_sandbox/orders/O1/cancel-request", "");
    assert_eq!(answer["cancel_requested"], false, "and the buyer comes too late");
}

#[test]
fn an_unpaid_order_is_cancelled_without_a_refund() {
    let unpaid = order("O1").line("A", 1).paid_at(after(9_000));
    let mut client = Client::new(Settings { refund_s: (1, 1), ..quiet(vec![unpaid]) });
    let (_, answer) = client.post(CANCEL, &json!({"legacyOrderId": "O1", "cancelReason": "ORDER_UNPAID"}));
    let id = answer["cancelId"].as_str().unwrap_or_default().to_owned();
    let detail = client.get(&format!("{CANCEL}/{id}")).1["cancelDetail"].clone();
    assert_eq!(detail["cancelStatus"], "CANCEL_CLOSED_FOR_COMMITMENT");
}
