//! Notifications: what is told, of what, with which faults.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::support::*;
use crate::Marketplace as _;
use crate::amazon::{Notification, Settings, World};
use crate::faults::Faults;
use crate::plan::PlannedOrder;

fn subscribed(faults: Faults, orders: Vec<PlannedOrder>) -> Client {
    Client::new(Settings { subscribed: true, ..with(faults, orders) })
}

fn sale() -> PlannedOrder {
    PlannedOrder::seller(after(10)).id("111-1").line("A", 2)
}

fn bodies(notes: &[Notification]) -> Vec<Value> {
    notes.iter().map(|note| serde_json::from_str(&note.body).unwrap_or_default()).collect()
}

#[test]
fn an_order_is_told_of_with_all_that_stock_and_deadlines_need() {
    let mut client = subscribed(Faults::default(), vec![sale()]);
    assert!(client.world.take_notifications(after(10)).is_empty(), "a moment later");
    let notes = client.world.take_notifications(after(20));
    let [body] = bodies(&notes).try_into().unwrap_or_default();
    assert_eq!((&body["NotificationType"], &body["PayloadVersion"]), (&json!("ORDER_CHANGE"), &json!("1.0")));
    let change = &body["Payload"]["OrderChangeNotification"];
    assert_eq!(
        (&change["AmazonOrderId"], &change["OrderChangeType"]),
        (&json!("111-1"), &json!("OrderStatusChange"))
    );
    let summary = &change["Summary"];
    assert_eq!((&summary["OrderStatus"], &summary["FulfillmentType"]), (&json!("Unshipped"), &json!("MFN")));
    assert_eq!(
        (&summary["OrderItems"][0]["SellerSKU"], &summary["OrderItems"][0]["Quantity"]),
        (&json!("A"), &json!(2))
    );
    assert!(
        summary["LatestShipDate"].is_string()
            && body["NotificationMetadata"]["NotificationId"] == notes[0].id.as_str()
    );
    assert!(client.world.take_notifications(after(60)).is_empty(), "each is taken once");
}

#[test]
fn a_pending_order_is_told_of_when_it_can_be_shipped() {
    let mut client = subscribed(Faults::default(), vec![sale().paid_at(after(300))]);
    assert!(client.world.take_notifications(after(299)).is_empty());
    assert_eq!(client.world.take_notifications(after(310)).len(), 1);
}

#[test]
fn wishes_shipments_feeds_and_reports_are_told_of() {
    let mut client = subscribed(Faults::default(), vec![order("111-1").line("A", 2)]);
    client.world.take_notifications(after(0));
    client.call("POST", "/_sandbox/orders/111-1/cancel-request", "");
    let change =
        bodies(&client.world.take_notifications(after(5))).remove(0)["Payload"]["OrderChangeNotification"]
            .clone();
    assert_eq!(
        (&change["OrderChangeType"], &change["Summary"]["OrderItems"][0]["IsBuyerRequestedCancel"]),
        (&json!("BuyerRequestedChange"), &json!(true))
    );
    let parcel = client.at(6).parcel("111-1", "1", 1, "T1");
    client.confirm("111-1", &parcel);
    let change =
        bodies(&client.world.take_notifications(after(11))).remove(0)["Payload"]["OrderChangeNotification"]
            .clone();
    assert_eq!(
        (&change["Summary"]["OrderStatus"], &change["Summary"]["NumberOfItemsShipped"]),
        (&json!("PartiallyShipped"), &json!(1))
    );
    let feed = client.at(12).feed("POST_ORDER_ACKNOWLEDGEMENT_DATA", "text/xml", "<a/>");
    let told = bodies(&client.world.take_notifications(after(400))).remove(0);
    let payload = &told["payload"]["feedProcessingFinishedNotification"];
    assert_eq!(
        (&told["notificationType"], &payload["feedId"], &payload["processingStatus"]),
        (&json!("FEED_PROCESSING_FINISHED"), &json!(feed), &json!("FATAL"))
    );
    let wanted = json!({"reportType": "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL", "marketplaceIds": [STORE]});
    client.at(401).post("/reports/2021-06-30/reports", &wanted);
    let told = bodies(&client.world.take_notifications(after(700))).remove(0);
    let payload = &told["payload"]["reportProcessingFinishedNotification"];
    assert_eq!(payload["processingStatus"], "DONE");
    assert!(payload["reportDocumentId"].is_string());
}

#[test]
fn nobody_is_told_who_has_not_subscribed() {
    let mut client = Client::new(quiet(vec![sale()]));
    assert!(client.world.take_notifications(after(60)).is_empty());
    let seller = client.token.clone();
    client.token = client.grantless();
    let arn = |name: &str| json!({"name": "n", "resourceSpecification": {"sqs": {"arn": format!("arn:aws:sqs:us-east-1:1:{name}")}}});
    assert_eq!(
        client.post("/notifications/v1/destinations", &arn("q.fifo")).0,
        400,
        "a FIFO queue gets nothing"
    );
    let (status, body) = client.post("/notifications/v1/destinations", &arn("q"));
    assert_eq!(status, 200, "{body}");
    assert_eq!(client.post("/notifications/v1/destinations", &arn("q")).0, 409);
    client.token = seller;
    let path = "/notifications/v1/subscriptions/ORDER_CHANGE";
    let wanted = json!({"payloadVersion": "1.0", "destinationId": body["payload"]["destinationId"]});
    let (status, made) = client.post(path, &wanted);
    assert_eq!(status, 200, "{made}");
    assert_eq!(client.post(path, &wanted).0, 409);
    assert_eq!(client.get(path).1, made);
    assert_eq!(client.post("/notifications/v1/subscriptions/ANY_OFFER_CHANGED", &wanted).0, 400);
    client.at(100).call("POST", "/_sandbox/orders/111-1/cancel-request", "");
    assert_eq!(client.world.take_notifications(after(110)).len(), 1);
    client.token = client.grantless();
    let id = made["payload"]["subscriptionId"].as_str().unwrap_or_default().to_owned();
    assert_eq!(client.call("DELETE", &format!("{path}/{id}"), "").0, 200);
}

#[test]
fn pushes_get_lost_come_twice_and_come_late() {
    let orders = || {
        (0..40).map(|n| PlannedOrder::seller(after(10 + n)).id(&format!("111-{n}")).line("A", 1)).collect()
    };
    let mut lost = subscribed(Faults { push_drop: 1000, ..Faults::default() }, orders());
    assert!(lost.world.take_notifications(after(9_000)).is_empty() && lost.fired("push_drop") == 40);
    let mut twice = subscribed(Faults { push_repeat: 1000, ..Faults::default() }, orders());
    let notes = twice.world.take_notifications(after(9_000));
    let ids: BTreeSet<&String> = notes.iter().map(|note| &note.id).collect();
    assert_eq!((notes.len(), ids.len(), twice.fired("push_repeat")), (80, 40, 40));
    let mut late = subscribed(Faults { push_late: 500, push_late_max_s: 600, ..Faults::default() }, orders());
    let notes = late.world.take_notifications(after(9_000));
    let told: Vec<String> = bodies(&notes).iter().map(|body| body["EventTime"].to_string()).collect();
    assert!(
        notes.len() == 40 && late.fired("push_late") > 5 && !told.is_sorted(),
        "younger ones come before older ones"
    );
    assert!(notes.iter().all(|note| note.at <= after(60 + 604)));
}

#[test]
fn a_configured_queue_gets_them_as_sqs_messages() {
    let url = "http://127.0.0.1:5000/123456789012/orders";
    let mut world = World::new(Settings { sqs_queue_url: Some(url.into()), ..quiet(vec![sale()]) });
    let pushes = world.take_pushes(after(60));
    let [push] = pushes.as_slice() else { panic!("one push, not {}", pushes.len()) };
    assert_eq!((push.request.method().as_str(), push.request.uri().to_string().as_str()), ("POST", url));
    assert_eq!(push.request.headers()["x-amz-target"], "AmazonSQS.SendMessage");
    let body = json_of(push.request.body());
    assert_eq!(body["QueueUrl"], url);
    let message: Value =
        body["MessageBody"].as_str().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    assert_eq!(message["NotificationType"], "ORDER_CHANGE");
    assert!(world.take_pushes(after(120)).is_empty());
}
