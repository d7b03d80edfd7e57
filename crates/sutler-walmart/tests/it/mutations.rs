//! Any one field of any sample dropped, nulled, retyped, wrapped or renamed: the order stays, and so does the rest of it.

use crate::samples::ALL;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::sync::LazyLock;
use sutler_core::{channel::RawOrder, order::ChannelOrder};
use sutler_walmart::normalise;

/// Where every value of a document stands.
fn pointers(value: &Value, at: String, all: &mut Vec<String>) {
    match value {
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(n, item)| pointers(item, format!("{at}/{n}"), all));
        }
        Value::Object(members) => members.iter().for_each(|(k, v)| pointers(v, format!("{at}/{k}"), all)),
        _ => {}
    }
    all.push(at);
}

static PLACES: LazyLock<Vec<(usize, String)>> = LazyLock::new(|| {
    let mut all = Vec::new();
    for (sample, text) in ALL.iter().enumerate() {
        let mut places = Vec::new();
        pointers(&serde_json::from_str(text).unwrap(), String::new(), &mut places);
        all.extend(places.into_iter().map(|place| (sample, place)));
    }
    all
});

#[derive(Clone, Debug)]
enum Mutation {
    Drop,
    Rename(String),
    Replace(Value),
    Wrap,
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let value = prop_oneof![
        Just(json!(null)),
        Just(json!({})),
        Just(json!([])),
        Just(json!("")),
        Just(json!(true)),
        Just(json!({"a": {"b": [1, null]}})),
        Just(json!([null, {}, "x", 3])),
        any::<i64>().prop_map(|n| json!(n)),
        any::<u64>().prop_map(|n| json!(n)),
        any::<f64>().prop_map(|n| json!(n)),
        ".{0,12}".prop_map(|text| json!(text)),
    ];
    prop_oneof![
        Just(Mutation::Drop),
        Just(Mutation::Wrap),
        "[a-zA-Z]{1,8}".prop_map(Mutation::Rename),
        value.prop_map(Mutation::Replace),
    ]
}

fn apply(document: &mut Value, place: &str, mutation: &Mutation) {
    if let Mutation::Replace(value) = mutation {
        *document.pointer_mut(place).unwrap() = value.clone();
        return;
    }
    if let Mutation::Wrap = mutation {
        let inner = document.pointer_mut(place).unwrap();
        *inner = json!([inner.take()]);
        return;
    }
    let Some((parent, name)) = place.rsplit_once('/') else { return };
    match document.pointer_mut(parent).unwrap() {
        Value::Object(members) => {
            let taken = members.remove(name);
            if let (Mutation::Rename(to), Some(value)) = (mutation, taken) {
                members.insert(format!("x{to}"), value);
            }
        }
        Value::Array(items) => drop(items.remove(name.parse().unwrap())),
        _ => {}
    }
}

fn read(id: &str, document: &Value) -> ChannelOrder {
    normalise(&RawOrder { channel_order_id: id.into(), raw: document.to_string().into() })
}

/// The parts of an order that a change at `place` has nothing to do with, as text.
fn unrelated(order: &ChannelOrder, place: &str) -> Vec<String> {
    let top = place.split('/').nth(1).unwrap_or_default();
    let facts = &order.facts;
    let mut all = vec![order.channel_order_id.to_string()];
    let mut keep = |name: &str, shown: String| {
        if top != name {
            all.push(shown);
        }
    };
    keep("orderDate", format!("{:?}", facts.placed_at));
    keep("orderSummary", format!("{:?}", facts.total));
    keep("shipNode", format!("{:?} {:?}", facts.fulfilled_by, facts.ship_node));
    keep("customerEmailId", order.ship_to.email.clone());
    keep("shippingInfo", {
        let mut to = order.ship_to.clone();
        to.email.clear();
        to.states.email = Default::default();
        format!("{to:?} {:?} {:?} {:?}", facts.ship_by, facts.deliver_by, facts.method)
    });
    keep("orderLines", format!("{:?}", facts.lines));
    all
}

#[test]
fn g07_null_and_empty_and_absent_are_one() {
    for (sample, place) in PLACES.iter().filter(|(_, place)| !place.is_empty()) {
        let document: Value = serde_json::from_str(ALL[*sample]).unwrap();
        let parent = place.rsplit_once('/').map_or("", |(parent, _)| parent);
        if document.pointer(parent).is_some_and(Value::is_array) {
            continue;
        }
        let with = |mutation: &Mutation| {
            let mut changed = document.clone();
            apply(&mut changed, place, mutation);
            let order = read("ID-1", &changed);
            (order.facts, order.ship_to)
        };
        let absent = with(&Mutation::Drop);
        for nothing in [json!(null), json!({}), json!([]), json!(""), json!([null])] {
            assert_eq!(with(&Mutation::Replace(nothing.clone())), absent, "{place} as {nothing}");
        }
    }
}

#[test]
fn g07_any_value_may_stand_in_an_array_of_one() {
    for (sample, place) in PLACES.iter() {
        let document: Value = serde_json::from_str(ALL[*sample]).unwrap();
        let before = read("ID-1", &document);
        let mut wrapped = document.clone();
        apply(&mut wrapped, place, &Mutation::Wrap);
        let after = read("ID-1", &wrapped);
        assert_eq!((after.facts, after.ship_to), (before.facts, before.ship_to), "{place}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn g07_one_changed_field_changes_nothing_else(at in any::<prop::sample::Index>(), mutation in mutation()) {
        let (sample, place) = at.get(&PLACES);
        let document: Value = serde_json::from_str(ALL[*sample]).unwrap();
        let before = read("ID-1", &document);
        let mut changed = document.clone();
        apply(&mut changed, place, &mutation);
        let after = read("ID-1", &changed);
        prop_assert_eq!(after.channel_order_id.as_str(), "ID-1");
        let root = place.is_empty();
        // The root wrapped in an array is the same order; the root replaced is none.
        if !root || matches!(mutation, Mutation::Wrap) {
            prop_assert_eq!(unrelated(&before, place), unrelated(&after, place));
        }
        for line in &after.facts.lines {
            prop_assert_eq!(line.ordered, line.open() + line.cancelled + line.shipped);
        }
    }

    #[test]
    fn g09_any_text_for_an_enum_keeps_the_order(text in ".{1,20}", at in 0..6_usize) {
        let path = [
            "/orderLines/orderLine/0/orderLineStatuses/orderLineStatus/0/status",
            "/orderLines/orderLine/0/charges/charge/0/chargeType",
            "/shipNode/type",
            "/shippingInfo/methodCode",
            "/shippingInfo/postalAddress/country",
            "/orderType",
        ][at];
        let mut document: Value = serde_json::from_str(ALL[0]).unwrap();
        let before = read("ID-1", &document);
        *document.pointer_mut(path).unwrap() = json!(text);
        let after = read("ID-1", &document);
        prop_assert_eq!(unrelated(&before, path), unrelated(&after, path));
        prop_assert_eq!(after.facts.lines.len(), before.facts.lines.len());
        if path == "/shipNode/type" && !text.trim().is_empty() && !text.ends_with("Fulfilled") {
            prop_assert_eq!(after.facts.fulfilled_by.as_str(), text.as_str());
        }
    }

    #[test]
    fn g07_any_bytes_keep_the_id(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let order = normalise(&RawOrder { channel_order_id: "ID-1".into(), raw: bytes.into() });
        prop_assert_eq!(order.channel_order_id.as_str(), "ID-1");
        prop_assert!(!order.facts.unmapped.is_empty());
    }
}
