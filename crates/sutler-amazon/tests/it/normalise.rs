//! Normalising is total: whatever becomes of a payload, its order is kept under its id and nothing panics (G7, G9).

use proptest::prelude::*;
use serde_json::{Value, json};
use sutler_amazon::{normalise, normalise_order, normalise_page};
use sutler_core::{
    address::PartState, channel::RawOrder, id::ChannelOrderId, open::Open, order::FulfilledBy,
};

const ID: &str = "111-1234567-1234567";

fn sample() -> Value {
    json!({
        "orderId": ID,
        "createdTime": "2026-01-05T10:00:00Z",
        "orderAliases": [{"aliasId": "S-1", "aliasType": "SELLER_ORDER_ID"}],
        "programs": ["PRIME"],
        "salesChannel": {"channelName": "AMAZON", "marketplaceId": "ATVPDKIKX0DER"},
        "buyer": {"buyerEmail": "x@marketplace.amazon.com"},
        "recipient": {"deliveryAddress": {
            "name": "Ann Example", "addressLine1": "1 Main St", "city": "Springfield", "stateOrRegion": "IL",
            "postalCode": "62701", "countryCode": "US", "phone": "2175550100",
        }},
        "proceeds": {"grandTotal": {"amount": "26.10", "currencyCode": "USD"}},
        "fulfillment": {
            "fulfillmentStatus": "UNSHIPPED",
            "fulfilledBy": "MERCHANT",
            "shipByWindow": {"latestDateTime": "2026-01-08T07:59:59Z"},
        },
        "orderItems": [{
            "orderItemId": "I1",
            "quantityOrdered": 2,
            "product": {"title": "A thing", "sellerSku": "SKU-1"},
            "proceeds": {
                "breakdowns": [
                    {"type": "ITEM", "subtotal": {"amount": "22.00", "currencyCode": "USD"}},
                    {"type": "SHIPPING", "subtotal": {"amount": "4.50", "currencyCode": "USD"}},
                    {"type": "TAX", "subtotal": {"amount": "1.60", "currencyCode": "USD"}},
                    {"type": "DISCOUNT", "subtotal": {"amount": "2.00", "currencyCode": "USD"}},
                ],
            },
            "cancellation": {"cancellationRequest": {"requester": "BUYER", "cancelReason": "no longer needed"}},
            "fulfillment": {"quantityFulfilled": 0, "quantityUnfulfilled": 2},
        }],
        "packages": [{
            "packageReferenceId": "1", "carrier": "UPS", "trackingNumber": "1Z9",
            "packageStatus": {"status": "SHIPPED"}, "packageItems": [{"orderItemId": "I1", "quantity": 1}],
        }],
    })
}

#[test]
fn g29_an_order_is_read_as_amazon_means_it() {
    let order = read(&sample());
    let facts = &order.facts;
    assert!(facts.unmapped.is_empty(), "{:?}", facts.unmapped);
    assert_eq!(facts.fulfilled_by, Open::Known(FulfilledBy::Seller));
    let charges = facts.lines[0].charges.iter();
    let sum: rust_decimal::Decimal =
        charges.map(|c| c.amount.amount + c.tax.map_or_else(Default::default, |t| t.amount)).sum();
    assert_eq!(
        Some(sum),
        facts.total.map(|total| total.amount),
        "a discount is a reduction whatever its sign"
    );
    assert!(facts.cancel_requested(), "a request without an execution waits for the seller");
    assert_eq!(facts.lines[0].packages[0].quantity, 1);
    let mut pending = sample();
    pending["fulfillment"]["fulfillmentStatus"] = json!("PENDING");
    pending["proceeds"] = Value::Null;
    let order = read(&pending);
    assert_eq!((order.facts.not_ready.as_deref(), order.facts.total), (Some("PENDING"), None));
}

#[test]
fn personal_data_that_is_not_granted_is_withheld_and_never_empty_text() {
    let mut bare = sample();
    bare["recipient"] = json!({"deliveryAddress": {"city": "Springfield", "countryCode": "US"}});
    let states = read(&bare).ship_to.states;
    assert_eq!((states.name, states.lines), (PartState::Withheld, PartState::Withheld));
    bare["fulfillment"]["fulfillmentStatus"] = json!("SHIPPED");
    assert_eq!(read(&bare).ship_to.states.lines, PartState::Expired);
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
