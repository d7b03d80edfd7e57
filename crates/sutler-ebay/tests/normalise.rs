//! Normalising is total: whatever becomes of a payload, its order is kept under its id and nothing panics (G7, G9).

use proptest::prelude::*;
use serde_json::{Value, json};
use sutler_core::{channel::RawOrder, id::ChannelOrderId, open::Open, order::FulfilledBy};
use sutler_ebay::{normalise, normalise_order, normalise_page};

const ID: &str = "12-00001-00001";

fn sample() -> Value {
    json!({
        "orderId": ID,
        "legacyOrderId": ID,
        "creationDate": "2026-01-05T10:00:00.000Z",
        "orderFulfillmentStatus": "NOT_STARTED",
        "orderPaymentStatus": "PAID",
        "pricingSummary": {
            "priceSubtotal": {"value": "20.00", "currency": "USD"},
            "deliveryCost": {"value": "4.50", "currency": "USD"},
            "tax": {"value": "1.60", "currency": "USD"},
            "total": {"value": "26.10", "currency": "USD"},
        },
        "cancelStatus": {"cancelState": "NONE_REQUESTED", "cancelRequests": []},
        "fulfillmentStartInstructions": [{
            "fulfillmentInstructionsType": "SHIP_TO",
            "shippingStep": {
                "shippingServiceCode": "USPSPriority",
                "shipToReferenceId": "ref-1",
                "shipTo": {
                    "fullName": "Ann Example",
                    "contactAddress": {"addressLine1": "1 Main St", "city": "Springfield", "postalCode": "62701", "countryCode": "US"},
                    "primaryPhone": {"phoneNumber": "2175550100"},
                },
            },
        }],
        "lineItems": [{
            "lineItemId": "L1",
            "legacyItemId": "110000000001",
            "sku": "SKU-1",
            "quantity": 2,
            "lineItemCost": {"value": "20.00", "currency": "USD"},
            "deliveryCost": {"shippingCost": {"value": "4.50", "currency": "USD"}},
            "taxes": [{"amount": {"value": "1.60", "currency": "USD"}}],
            "lineItemFulfillmentStatus": "NOT_STARTED",
            "lineItemFulfillmentInstructions": {"shipByDate": "2026-01-08T06:59:59.000Z"},
        }],
    })
}

#[test]
fn g29_an_order_is_read_as_ebay_means_it() {
    let order = read(&sample());
    let facts = &order.facts;
    assert!(facts.unmapped.is_empty(), "{:?}", facts.unmapped);
    assert_eq!(facts.fulfilled_by, Open::Known(FulfilledBy::Seller));
    let charges = facts.lines[0].charges.iter();
    let sum: rust_decimal::Decimal =
        charges.map(|c| c.amount.amount + c.tax.map_or_else(Default::default, |t| t.amount)).sum();
    assert_eq!(Some(sum), facts.total.map(|total| total.amount));
    assert_eq!(facts.ship_by.map(|at| at.to_rfc3339()).as_deref(), Some("2026-01-08T06:59:59+00:00"));
    assert!(facts.aliases.iter().any(|alias| alias.role == "label_reference" && alias.value == "ref-1"));
    assert_eq!(facts.not_ready, None);
}

#[test]
fn a_cancellation_under_way_holds_the_order_until_a_single_read_shows_whose_wish_it_is() {
    let mut listed = sample();
    listed["cancelStatus"] = json!({"cancelState": "IN_PROGRESS", "cancelRequests": []});
    let order = read(&listed);
    assert!(order.facts.unmapped.iter().any(|odd| odd.field == "cancelStatus.cancelRequests"));
    assert!(!order.facts.cancel_requested());
    listed["cancelStatus"]["cancelRequests"] =
        json!([{"cancelRequestId": "1", "cancelInitiator": "BUYER", "cancelRequestState": "REQUESTED"}]);
    let order = read(&listed);
    assert!(order.facts.unmapped.is_empty() && order.facts.cancel_requested());
    listed["orderPaymentStatus"] = json!("PENDING");
    assert_eq!(read(&listed).facts.not_ready.as_deref(), Some("payment PENDING"));
}

/// Every place of a document, as JSON pointers.
fn places(value: &Value, at: &str, all: &mut Vec<String>) {
    all.push(at.to_owned());
    match value {
        Value::Object(map) => {
            map.iter()
                .for_each(|(key, value)| places(value, &format!("{at}/{}", key.replace('/', "~1")), all));
        }
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(n, value)| places(value, &format!("{at}/{n}"), all));
        }
        _ => {}
    }
}

fn odd() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        Just(json!({})),
        Just(json!([])),
        Just(json!([[1]])),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        Just(json!({"value": "1e999", "currency": "USD", "amount": "x", "currencyCode": "dollars"})),
    ]
}

fn read(document: &Value) -> sutler_core::order::ChannelOrder {
    let raw = bytes(document);
    normalise(&RawOrder { channel_order_id: ChannelOrderId::new(ID), raw })
}

fn bytes(document: &Value) -> bytes::Bytes {
    bytes::Bytes::from(document.to_string())
}

proptest! {
    /// Any one field replaced by anything, dropped, or wrapped in a list.
    #[test]
    fn g07_any_field_may_be_anything(which in any::<prop::sample::Index>(), value in odd(), wrap in any::<bool>()) {
        let mut document = sample();
        let mut all = Vec::new();
        places(&document, "", &mut all);
        let place = which.get(&all);
        let target = document.pointer_mut(place).expect("a place of the document");
        *target = if wrap { json!([target.take()]) } else { value };
        let order = read(&document);
        prop_assert_eq!(order.channel_order_id.as_str(), ID);
        prop_assert_eq!(read(&document), order);
    }

    /// Any bytes at all.
    #[test]
    fn g07_any_bytes_keep_an_id(raw in prop::collection::vec(any::<u8>(), 0..200)) {
        let order = normalise_order(&raw);
        prop_assert!(!order.channel_order_id.as_str().is_empty());
        let _ = normalise_page(&raw);
    }
}

#[test]
fn g07_an_array_of_one_stands_for_its_element() {
    let whole = read(&sample());
    let mut all = Vec::new();
    places(&sample(), "", &mut all);
    for place in all.iter().filter(|place| !place.is_empty()) {
        let mut document = sample();
        let target = document.pointer_mut(place).expect("a place of the document");
        // A list of lists is another thing.
        if target.is_array() {
            continue;
        }
        *target = json!([target.take()]);
        let read = read(&document);
        assert_eq!(read.facts, whole.facts, "{place}");
    }
}
