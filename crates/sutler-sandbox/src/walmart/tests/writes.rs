//! Acknowledge, ship, cancel: each refusal, and what a repeated request does.

use serde_json::{Value, json};

use super::support::*;
use crate::walmart::Settings;
use crate::walmart::plan::FulfilledBy;

fn one(quantity: u32) -> Settings {
    quiet(vec![order("PO1").line("A", quantity).line("B", 1)])
}

/// A client with an acknowledged order, and the numbers of its lines.
fn acknowledged(quantity: u32) -> (Client, Vec<String>) {
    let mut client = Client::new(one(quantity));
    assert_eq!(client.acknowledge("PO1").0, 200);
    let (_, lines) = client.shape("PO1");
    (client, lines)
}

fn refused(answer: (u16, Value), text: &str) {
    assert_eq!(answer.0, 400, "{}", answer.1);
    assert!(why(&answer.1).contains(text), "{:?} does not say {text:?}", why(&answer.1));
}

#[test]
fn acknowledging_twice_takes_effect_once() {
    let mut client = Client::new(one(2));
    let (status, body) = client.acknowledge("PO1");
    assert_eq!(status, 200);
    let line = &body["order"]["orderLines"]["orderLine"][0];
    assert_eq!(line["orderLineStatuses"]["orderLineStatus"][0]["status"], "Acknowledged");
    assert_eq!(client.acknowledge("PO1").0, 200);
    let effects = client.world.effects(client.now);
    assert_eq!(effects.acknowledge.get("PO1"), Some(&1));
}

#[test]
fn an_unknown_order_is_not_found() {
    let mut client = Client::new(one(2));
    let (status, body) = client.acknowledge("PO9");
    assert_eq!((status, code(&body).as_str()), (404, "CONTENT_NOT_FOUND.GMP_ORDER_API"));
}

#[test]
fn what_others_fulfil_is_refused() {
    for by in [FulfilledBy::Marketplace, FulfilledBy::ThirdParty] {
        let mut client = Client::new(quiet(vec![order("PO1").line("A", 1).fulfilled_by(by)]));
        refused(client.acknowledge("PO1"), by.node_type());
        let (_, lines) = client.shape("PO1");
        let parcel = client.parcel("PO1", &lines[0], 1, "T1");
        refused(client.ship("PO1", &parcel), by.node_type());
        refused(client.cancel("PO1", &lines[0], 1, "SELLER_CANCEL_PRICING_ERROR"), by.node_type());
    }
}

#[test]
fn shipping_before_acknowledgment_is_refused() {
    let mut client = Client::new(one(2));
    let (_, lines) = client.shape("PO1");
    let parcel = client.parcel("PO1", &lines[0], 1, "T1");
    refused(client.ship("PO1", &parcel), "not acknowledged");
}

#[test]
fn a_partial_shipment_sent_twice_ships_twice() {
    let (mut client, lines) = acknowledged(5);
    let parcel = client.parcel("PO1", &lines[0], 2, "T1");
    assert_eq!(client.ship("PO1", &parcel).0, 200);
    assert_eq!(client.ship("PO1", &parcel).0, 200);
    refused(client.ship("PO1", &parcel), "Qty OverShipped");
    let effects = client.world.effects(client.now);
    assert_eq!(effects.ship.get(&format!("PO1/{}", lines[0])), Some(&4));
    assert_eq!(effects.shipments.get(&format!("PO1/{}/T1", lines[0])), Some(&4));
}

#[test]
fn several_packages_of_one_line_are_several_statuses() {
    let (mut client, lines) = acknowledged(3);
    for (units, tracking) in [(1, "T1"), (2, "T2")] {
        let parcel = client.parcel("PO1", &lines[0], units, tracking);
        assert_eq!(client.ship("PO1", &parcel).0, 200);
    }
    let (_, body) = client.get("/v3/orders/PO1");
    let statuses = &body["order"]["orderLines"]["orderLine"][0]["orderLineStatuses"]["orderLineStatus"];
    let shown: Vec<(&str, &str)> = statuses
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|s| {
            Some((s["statusQuantity"]["amount"].as_str()?, s["trackingInfo"]["trackingNumber"].as_str()?))
        })
        .collect();
    assert_eq!(shown, [("1", "T1"), ("2", "T2")]);
    let parcel = client.parcel("PO1", &lines[0], 1, "T3");
    refused(client.ship("PO1", &parcel), &format!("The Line: {} of PO: PO1 is in SHIPPED status", lines[0]));
    refused(client.acknowledge("PO1"), "Some or all qty in higher status");
}

#[test]
fn one_request_may_not_overship_in_two_entries() {
    let (mut client, lines) = acknowledged(3);
    let mut parcel = client.parcel("PO1", &lines[0], 2, "T1");
    let entries =
        &mut parcel["orderShipment"]["orderLines"]["orderLine"][0]["orderLineStatuses"]["orderLineStatus"];
    let copy = entries[0].clone();
    if let Some(entries) = entries.as_array_mut() {
        entries.push(copy);
    }
    refused(client.ship("PO1", &parcel), "Qty OverShipped");
    assert!(client.world.effects(client.now).ship.is_empty(), "a refused request does nothing");
}

#[test]
fn a_shipment_is_refused_for_each_wrong_part() {
    let (mut client, lines) = acknowledged(3);
    let good = client.parcel("PO1", &lines[0], 1, "T1");
    let future = client.now.timestamp_millis() + 1;
    let wrong: [(&str, Value, &str); 11] = [
        ("/trackingInfo/carrierName", json!({"carrier": "ups"}), "is not supported"),
        ("/trackingInfo/carrierName", json!({"otherCarrier": "Pigeon"}), "trackingURL is required"),
        ("/trackingInfo/carrierName", json!({}), "either carrier or otherCarrier"),
        ("/trackingInfo/methodCode", json!("WhiteGlove"), "Method code is not supported in line number"),
        ("/trackingInfo/shipDateTime", json!(future), "must not be in the future"),
        ("/trackingInfo/shipDateTime", json!(1_000_000), "later than the order date"),
        ("/trackingInfo/shipDateTime", json!("2026-11-23T00:00:00Z"), "number of milliseconds"),
        ("/trackingInfo/trackingNumber", json!(" "), "trackingNumber is missing"),
        ("/statusQuantity/amount", json!("0"), "above 0"),
        ("/statusQuantity/unitOfMeasurement", json!("BOX"), "is not EACH or EA"),
        ("/status", json!("Acknowledged"), "must be Shipped"),
    ];
    for (part, value, text) in wrong {
        let mut parcel = good.clone();
        let path = format!("/orderShipment/orderLines/orderLine/0/orderLineStatuses/orderLineStatus/0{part}");
        if let Some(place) = parcel.pointer_mut(&path) {
            *place = value;
        }
        refused(client.ship("PO1", &parcel), text);
    }
    let mut parcel = good.clone();
    parcel["orderShipment"]["orderLines"]["orderLine"][0]["lineNumber"] = json!("77");
    refused(client.ship("PO1", &parcel), "does not exist");
    let mut parcel = good.clone();
    parcel["orderShipment"]["processMode"] = json!("PARTIAL_UPDATE");
    refused(client.ship("PO1", &parcel), "PARTIAL_UPDATE is not supported");
    assert_eq!(client.ship("PO1", &json!([])).0, 400);
    assert!(client.world.effects(client.now).ship.is_empty());
    assert_eq!(client.ship("PO1", &good).0, 200);
}

#[test]
fn another_carrier_with_its_url_is_taken() {
    let (mut client, lines) = acknowledged(3);
    let mut parcel = client.parcel("PO1", &lines[0], 1, "T1");
    let path = "/orderShipment/orderLines/orderLine/0/orderLineStatuses/orderLineStatus/0/trackingInfo";
    if let Some(info) = parcel.pointer_mut(path) {
        info["carrierName"] = json!({"otherCarrier": "Pigeon"});
        info["trackingURL"] = json!("https://pigeon.example/T1");
    }
    let (status, body) = client.ship("PO1", &parcel);
    assert_eq!(status, 200, "{body}");
    let statuses = &body["order"]["orderLines"]["orderLine"][0]["orderLineStatuses"]["orderLineStatus"];
    assert_eq!(statuses[1]["trackingInfo"]["carrierName"]["otherCarrier"], "Pigeon");
}

#[test]
fn the_buyers_wish_to_cancel_blocks_shipping_without_override() {
    let settings = quiet(vec![order("PO1").line("A", 2).cancel_requested_at(after(10))]);
    let mut client = Client::new(settings);
    assert_eq!(client.acknowledge("PO1").0, 200);
    let (_, lines) = client.shape("PO1");
    refused(
        client.cancel("PO1", &lines[0], 1, "CUSTOMER_REQUESTED_SELLER_TO_CANCEL"),
        "did not ask to cancel",
    );
    client.at(11);
    let (_, body) = client.get("/v3/orders/PO1");
    assert!(body["order"]["orderLines"]["orderLine"][0]["intentToCancel"].is_string());
    let mut parcel = client.parcel("PO1", &lines[0], 1, "T1");
    refused(client.ship("PO1", &parcel), "intentToCancelOverride");
    parcel["orderShipment"]["orderLines"]["orderLine"][0]["intentToCancelOverride"] = json!(true);
    assert_eq!(client.ship("PO1", &parcel).0, 200);
    assert_eq!(client.cancel("PO1", &lines[0], 1, "CUSTOMER_REQUESTED_SELLER_TO_CANCEL").0, 200);
    let effects = client.world.effects(client.now);
    assert_eq!(effects.cancel.get(&format!("PO1/{}", lines[0])), Some(&1));
}

#[test]
fn a_cancellation_takes_five_reasons_and_what_is_left() {
    let (mut client, lines) = acknowledged(5);
    for reason in ["CUSTOMER_CHANGED_MIND", "NO_INVENTORY", ""] {
        refused(client.cancel("PO1", &lines[0], 1, reason), "is invalid for line number");
    }
    refused(client.cancel("PO1", &lines[0], 6, "SELLER_CANCEL_PRICING_ERROR"), "exceeds the 5 left");
    for reason in [
        "SELLER_CANCEL_PRICING_ERROR",
        "SELLER_CANCEL_FRAUD_STOP_SHIPMENT",
        "SELLER_CANCEL_ADDRESS_NOT_SERVICEABLE",
    ] {
        assert_eq!(client.cancel("PO1", &lines[0], 1, reason).0, 200);
    }
    assert_eq!(client.cancel("PO1", &lines[0], 2, "SELLER_CANCEL_PRICING_ERROR").0, 200);
    refused(client.cancel("PO1", &lines[0], 1, "SELLER_CANCEL_PRICING_ERROR"), "is in CANCELLED status");
    let effects = client.world.effects(client.now);
    assert_eq!(effects.cancel.get(&format!("PO1/{}", lines[0])), Some(&5));
    let parcel = client.parcel("PO1", &lines[1], 1, "T1");
    assert_eq!(client.ship("PO1", &parcel).0, 200);
    refused(client.cancel("PO1", &lines[1], 1, "SELLER_CANCEL_PRICING_ERROR"), "is in SHIPPED status");
}

#[test]
fn out_of_stock_zeroes_the_level() {
    let mut settings = one(2);
    settings.on_hand.insert("A".into(), 50);
    let mut client = Client::new(settings);
    assert_eq!(client.get("/v3/inventory?sku=A").1["quantity"]["amount"], 48);
    let (_, lines) = client.shape("PO1");
    assert_eq!(client.cancel("PO1", &lines[0], 1, "SELLER_CANCEL_OUT_OF_STOCK").0, 200);
    assert_eq!(client.get("/v3/inventory?sku=A").1["quantity"]["amount"], 0);
}

#[test]
fn lines_not_shipped_are_cancelled_four_days_after_the_ship_date() {
    let settings = quiet(vec![order("PO1").line("A", 3).line("B", 1).ship_by(after(86_400))]);
    let mut client = Client::new(settings);
    assert_eq!(client.acknowledge("PO1").0, 200);
    let (_, lines) = client.shape("PO1");
    let parcel = client.parcel("PO1", &lines[0], 2, "T1");
    assert_eq!(client.ship("PO1", &parcel).0, 200);
    let due = 5 * 86_400;
    client.at(due - 1).renew();
    let open = |body: &Value| body["order"]["orderLines"]["orderLine"].to_string().contains("Acknowledged");
    assert!(open(&client.get("/v3/orders/PO1").1));
    client.at(due);
    let (_, body) = client.get("/v3/orders/PO1");
    assert!(!open(&body), "{body}");
    let shown = body["order"]["orderLines"]["orderLine"][0]["orderLineStatuses"]["orderLineStatus"].clone();
    assert_eq!(shown[0]["status"], "Shipped");
    assert_eq!(
        (&shown[1]["status"], &shown[1]["statusQuantity"]["amount"]),
        (&json!("Cancelled"), &json!("1"))
    );
    assert!(client.world.effects(client.now).cancel.is_empty(), "only what a call cancelled is counted");
}
