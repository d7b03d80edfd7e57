//! What becomes of a payload.

use crate::samples::{BARE, FULL, LOOSE};
use sutler_core::{
    address::PartState,
    open::Open,
    order::{ChargeKind, FulfilledBy, LinePackage, OtherStatus},
    time::from_millis,
};
use sutler_walmart::{normalise_order, normalise_page};

#[test]
fn a_full_order_is_read_whole() {
    let order = normalise_order(FULL.as_bytes());
    let facts = &order.facts;
    assert_eq!(facts.unmapped, []);
    assert_eq!(order.channel_order_id.as_str(), "129114917403021");
    assert_eq!(facts.placed_at, Some(from_millis(1_700_000_000_000)));
    assert_eq!(facts.ship_by, Some(from_millis(1_700_193_600_000)));
    assert_eq!(facts.deliver_by, Some(from_millis(1_700_420_400_000)));
    assert_eq!(facts.fulfilled_by, Open::Known(FulfilledBy::Seller));
    assert_eq!((facts.method.as_deref(), facts.ship_node.as_deref()), (Some("Value"), Some("10000003527")));
    let aliases: Vec<_> = facts.aliases.iter().map(|a| (a.role.as_str(), a.value.as_str())).collect();
    assert_eq!(aliases, [("customer_order_id", "200012345678901"), ("seller_order_id", "S-1")]);
    assert_eq!(facts.total.map(|t| t.to_string()).as_deref(), Some("89.97 USD"));

    let to = &order.ship_to;
    assert_eq!(
        [&to.name, &to.line1, &to.line2, &to.city, &to.region, &to.postal_code, &to.country],
        ["Jo Example", "12 Mill Rd", "", "Fresno", "CA", "93650", "US"]
    );
    assert_eq!(to.states.lines, PartState::Full);
    assert_eq!((to.phone.as_str(), to.states.phone), ("3155550142", PartState::Full));
    assert_eq!(facts.place, to.place());

    let ids: Vec<_> = facts.lines.iter().map(|l| l.line_id.as_str()).collect();
    assert_eq!(ids, ["4", "9"], "lines are sorted, their numbers are not dense");
    let lamp = &facts.lines[1];
    assert_eq!((lamp.title.as_str(), lamp.sku.as_ref().unwrap().as_str()), ("Lamp \"Dawn\"", "LAMP 1/2"));
    assert_eq!((lamp.ordered, lamp.acknowledged, lamp.shipped, lamp.delivered, lamp.open()), (3, 3, 2, 1, 1));
    let package = |tracking: &str, carrier: &str| LinePackage {
        tracking: tracking.into(),
        carrier: carrier.into(),
        quantity: 1,
    };
    assert_eq!(lamp.packages, [package("1Z999AA10123456784", "UPS"), package("P1", "Pony")]);
    let charges: Vec<_> = lamp
        .charges
        .iter()
        .map(|c| (c.kind.known(), c.amount.to_string(), c.tax.map(|t| t.to_string())))
        .collect();
    assert_eq!(
        charges,
        [
            (Some(ChargeKind::Product), "59.97 USD".into(), Some("4.80 USD".into())),
            (Some(ChargeKind::Shipping), "5 USD".into(), None)
        ],
        "amounts keep the digits they were written with"
    );
    let mug = &facts.lines[0];
    assert_eq!((mug.ordered, mug.cancelled, mug.open()), (2, 1, 1));
    assert_eq!(mug.cancel_reason.as_deref(), Some("SELLER_CANCEL_OUT_OF_STOCK"));
    assert!(mug.cancel_requested() && !lamp.cancel_requested());
    assert_eq!(mug.charges[1].kind, Open::Other("TIP".into()));
}

#[test]
fn a_loose_order_is_read_as_well() {
    let order = normalise_order(LOOSE.as_bytes());
    let facts = &order.facts;
    assert_eq!(facts.unmapped, []);
    assert_eq!(order.channel_order_id.as_str(), "1796277083022");
    assert_eq!(facts.placed_at, Some(from_millis(1_700_000_000_000)));
    assert_eq!((facts.ship_by, facts.deliver_by), (Some(from_millis(1_700_193_600_000)), None));
    assert_eq!(facts.method.as_deref(), Some("Standard"));
    assert_eq!(facts.fulfilled_by, Open::Known(FulfilledBy::Marketplace));
    let states = order.ship_to.states;
    assert_eq!((states.name, states.lines), (PartState::Absent, PartState::Absent));
    assert_eq!((states.phone, states.email), (PartState::Masked, PartState::Pending));
    let line = &facts.lines[0];
    assert_eq!(line.sku.as_ref().unwrap().as_str(), "12345678901234567890123");
    assert_eq!((line.line_id.as_str(), line.ordered, line.open(), line.title.as_str()), ("1", 2, 2, ""));
    assert_eq!(line.charges[0].amount.to_string(), "12.10 USD");
    assert!(!line.cancel_requested());
    assert_eq!(facts.total, None);
}

#[test]
fn the_least_order_has_nothing_odd() {
    let order = normalise_order(BARE.as_bytes());
    assert_eq!(order.facts.unmapped, []);
    assert_eq!(order.facts.fulfilled_by, Open::Known(FulfilledBy::Seller));
    let wrapped = normalise_order(format!("{{\"order\":{BARE}}}").as_bytes());
    assert_eq!(wrapped.facts, order.facts);
    let listed =
        normalise_page(format!("{{\"list\":{{\"elements\":{{\"order\":[{BARE}]}}}}}}").as_bytes()).unwrap();
    assert_eq!(listed, [order]);
    assert!(normalise_page(b"{}").is_err());
}

fn changed(from: &str, to: &str) -> sutler_core::order::ChannelOrder {
    assert!(FULL.contains(from), "{from}");
    normalise_order(FULL.replacen(from, to, 1).as_bytes())
}

fn fields(order: &sutler_core::order::ChannelOrder) -> Vec<&str> {
    order.facts.unmapped.iter().map(|odd| odd.field.as_str()).collect()
}

#[test]
fn g09_unknown_texts_survive_and_are_told() {
    let order = changed(r#""status": "Created""#, r#""status": "OnHold""#);
    let mug = &order.facts.lines[0];
    assert_eq!(mug.other_statuses, [OtherStatus { status: "OnHold".into(), quantity: 1 }]);
    assert_eq!(fields(&order), ["orderLines.orderLine[1].orderLineStatuses.orderLineStatus[0].status"]);

    let order = changed("\"SellerFulfilled\"", "\"DroneFulfilled\"");
    assert_eq!(order.facts.fulfilled_by, Open::Other("DroneFulfilled".into()));
    assert!(!order.facts.is_sellers());
    assert_eq!(fields(&order), ["shipNode.type"]);

    let order = changed("\"USA\"", "\"ZZZ\"");
    assert_eq!(order.ship_to.country, "ZZZ");
    assert_eq!(fields(&order), ["shippingInfo.postalAddress.country"]);
    assert_eq!(changed("\"USA\"", "\"can\"").ship_to.country, "CA");
}

#[test]
fn g07_what_cannot_be_mapped_is_told_by_its_path() {
    for (from, to, field) in [
        ("1700000000000,\n  \"buyerId\"", "\"soon\",\n  \"buyerId\"", "orderDate"),
        ("\"sku\": \"MUG\"", "\"sku\": \"\"", "orderLines.orderLine[1].item.sku"),
        ("\"lineNumber\": \"4\"", "\"lineNumber\": null", "orderLines.orderLine[1].lineNumber"),
        ("\"lineNumber\": \"4\"", "\"lineNumber\": \"9\"", "orderLines.orderLine[1].lineNumber"),
        (
            "\"amount\": 20.10",
            "\"amount\": \"20,10\"",
            "orderLines.orderLine[1].charges.charge[0].chargeAmount.amount",
        ),
        (
            "\"amount\": 20.10",
            "\"amount\": {\"a\": 1}",
            "orderLines.orderLine[1].charges.charge[0].chargeAmount.amount",
        ),
        ("\"currencyUnit\": \"USD\"", "\"currencyUnit\": \"$\"", "orderSummary.totalAmount.currencyUnit"),
        ("\"amount\": \"3\"", "\"amount\": \"three\"", "orderLines.orderLine[0].orderLineQuantity.amount"),
        (
            "\"status\": \"Created\", \"statusQuantity\"",
            "\"status\": \"Created\", \"x\"",
            "orderLines.orderLine[1].orderLineStatuses.orderLineStatus[0].statusQuantity.amount",
        ),
        ("\"purchaseOrderId\": \"129114917403021\",", "", "purchaseOrderId"),
    ] {
        let order = changed(from, to);
        assert!(fields(&order).contains(&field), "{field} is not among {:?}", order.facts.unmapped);
    }
}

#[test]
fn g07_no_payload_is_lost() {
    for payload in ["", "null", "5", "\"x\"", "[]", "[1,2]", "{", "{}", "<order/>", "\u{feff}{}"] {
        let order = normalise_order(payload.as_bytes());
        assert!(!order.facts.unmapped.is_empty(), "{payload}");
        assert!(!order.channel_order_id.as_str().is_empty(), "{payload}");
    }
    let order = normalise_order(b"{\"purchaseOrderId\":\"7\xff\"}");
    assert!(fields(&order).contains(&"") || order.channel_order_id.as_str().starts_with('7'), "{order:?}");
}

#[test]
fn seconds_are_not_taken_for_milliseconds() {
    let order = changed("\"estimatedShipDate\": 1700193600000", "\"estimatedShipDate\": 1700193600");
    assert_eq!(order.facts.ship_by, None);
    assert_eq!(fields(&order), ["shippingInfo.estimatedShipDate"]);
}

#[test]
fn units_done_beyond_the_order_keep_the_sum() {
    let order = changed("\"amount\": \"3\"", "\"amount\": \"1\"");
    let lamp = &order.facts.lines[1];
    assert_eq!((lamp.ordered, lamp.shipped, lamp.open()), (2, 2, 0));
    assert_eq!(fields(&order), ["orderLines.orderLine[0].orderLineStatuses"]);
}

#[test]
fn a_refund_counts_as_shipped_once() {
    let beside = changed(
        r#"{ "status": "Acknowledged", "statusQuantity": {"unitOfMeasurement": "EACH", "amount": "1"}"#,
        r#"{ "status": "Refund", "statusQuantity": {"unitOfMeasurement": "EACH", "amount": "1"}"#,
    );
    let lamp = &beside.facts.lines[1];
    assert_eq!((lamp.refunded, lamp.shipped, lamp.open()), (1, 3, 0));
}

#[test]
fn details_hold_no_personal_data() {
    let mut text = FULL.to_owned();
    for (from, to) in [
        ("\"phone\": \"3155550142\"", "\"phone\": {\"a\": \"3155550142\"}"),
        ("\"name\": \"Jo Example\"", "\"name\": [\"Jo Example\", \"x\"]"),
        ("\"address1\": \"12 Mill Rd\"", "\"address1\": {\"x\": \"12 Mill Rd\"}"),
    ] {
        text = text.replace(from, to);
    }
    let order = normalise_order(text.as_bytes());
    assert_eq!(order.facts.unmapped.len(), 3);
    let shown = format!("{:?}", order.facts.unmapped);
    assert!(!shown.contains("Jo") && !shown.contains("Mill") && !shown.contains("315"), "{shown}");
}

/// The published examples, where the specifications lie beside the checkout.
#[test]
fn published_examples_are_read() {
    let Ok(specs) = std::env::var("SUTLER_SPECS") else {
        eprintln!("the published examples were not read: SUTLER_SPECS names no folder");
        return;
    };
    let path = std::path::Path::new(&specs).join("walmart/highsidelabs-2023-08/us-mp-orders.json");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    let mut found = Vec::new();
    collect(&document, &mut found);
    assert!(found.len() >= 10, "{} orders", found.len());
    for order in &found {
        let read = normalise_order(order.to_string().as_bytes());
        assert_eq!(read.channel_order_id.as_str(), order["purchaseOrderId"].as_str().unwrap());
        assert_eq!(read.facts.unmapped, [], "{order}");
        assert!(read.facts.placed_at.is_some() && !read.facts.lines.is_empty(), "{order}");
    }
}

fn collect<'v>(value: &'v serde_json::Value, found: &mut Vec<&'v serde_json::Value>) {
    if value.get("purchaseOrderId").is_some_and(|id| id.is_string()) && value.get("orderDate").is_some() {
        found.push(value);
    }
    let inner: Vec<_> = match value {
        serde_json::Value::Array(items) => items.iter().collect(),
        serde_json::Value::Object(members) => members.values().collect(),
        _ => Vec::new(),
    };
    inner.into_iter().for_each(|value| collect(value, found));
}
