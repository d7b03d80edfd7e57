//! Between Amazon's documents and the model. Pure.

pub(crate) mod address;
pub(crate) mod cancel;
pub(crate) mod feed;
pub(crate) mod line;
pub(crate) mod package;
pub(crate) mod page;
pub(crate) mod push;
pub(crate) mod report;
pub(crate) mod returns;
pub(crate) mod sheet;

use serde_json::Value;
use sutler_core::{
    channel::RawOrder,
    open::Open,
    order::{Alias, ChannelOrder, FulfilledBy, OrderFacts},
    time::Timestamp,
};
use sutler_wire::{Look, Notes};

/// Reads one order. Total: whatever the payload is, the order keeps the id the page gave it, and what could not be mapped
/// is in `facts.unmapped`.
pub(crate) fn order(raw: &RawOrder) -> ChannelOrder {
    if report::is_one(&raw.raw) {
        return report::order(raw);
    }
    let notes = Notes::default();
    let value = serde_json::from_slice::<Value>(&raw.raw).unwrap_or_else(|_| {
        notes.add("", "the payload is not JSON");
        Value::Null
    });
    if !value.is_null() && !value.is_object() {
        notes.add("", "the payload is not an object");
    }
    let root = Look::at(&value, &notes);
    match root.text("orderId") {
        Some(told) if told == raw.channel_order_id.as_str() => {}
        Some(_) => notes.add("orderId", "differs from the id under which the order was listed"),
        None => notes.add("orderId", "the order has no id"),
    }
    let placed_at = root.instant("createdTime");
    if placed_at.is_none() {
        notes.add("createdTime", "the order does not say when it was placed");
    }
    let fulfillment = root.get("fulfillment");
    let status = fulfillment.as_ref().and_then(|part| part.text("fulfillmentStatus"));
    if status.is_none() {
        notes.add(
            "fulfillment.fulfillmentStatus",
            "the order shows no status; a read that asks for FULFILLMENT does",
        );
    }
    let status = status.as_deref().unwrap_or_default();
    let ship_to = address::address(&root, status, is_merchants(fulfillment.as_ref()));
    let latest = |window: &str| fulfillment.as_ref()?.get(window)?.instant("latestDateTime");
    let facts = OrderFacts {
        placed_at,
        fulfilled_by: fulfilled_by(fulfillment.as_ref()),
        aliases: aliases(&root),
        method: fulfillment
            .as_ref()
            .and_then(|part| part.text("fulfillmentServiceLevel"))
            .map(|text| text.into_owned()),
        ship_node: None,
        // Absent while pending.
        total: root
            .get("proceeds")
            .and_then(|proceeds| proceeds.amount("grandTotal", "amount", "currencyCode")),
        ship_by: latest("shipByWindow"),
        deliver_by: latest("deliverByWindow"),
        place: ship_to.place(),
        address: ship_to.states,
        lines: line::lines(&root, status),
        not_ready: matches!(status, "PENDING" | "PENDING_AVAILABILITY").then(|| status.to_owned()),
        unmapped: notes.into_unmapped(),
    };
    ChannelOrder {
        channel_order_id: raw.channel_order_id.clone(),
        facts: facts.into(),
        ship_to,
        buyer: Vec::new(),
        raw: raw.raw.clone(),
    }
}

fn is_merchants(fulfillment: Option<&Look<'_>>) -> bool {
    fulfillment.and_then(|part| part.text("fulfilledBy")).is_none_or(|by| by == "MERCHANT")
}

fn fulfilled_by(fulfillment: Option<&Look<'_>>) -> Open<FulfilledBy> {
    match fulfillment.and_then(|part| part.text("fulfilledBy")).as_deref() {
        Some("MERCHANT") | None => Open::Known(FulfilledBy::Seller),
        Some("AMAZON") => Open::Known(FulfilledBy::Marketplace),
        Some(other) => Open::Other(other.to_owned()),
    }
}

/// Other names, and the programmes an order belongs to: a shipment of FBM_SHIP_PLUS is not ours to confirm.
fn aliases(root: &Look<'_>) -> Vec<Alias> {
    let mut all: Vec<Alias> = Vec::new();
    let mut add = |role: String, value: String| all.push(Alias { role, value });
    for alias in root.list("orderAliases") {
        if let (Some(kind), Some(id)) = (alias.text("aliasType"), alias.text("aliasId")) {
            add(kind.to_ascii_lowercase(), id.into_owned());
        }
    }
    for program in root.texts("programs") {
        add("program".into(), program.into_owned());
    }
    for other in root.list("associatedOrders") {
        if let (Some(kind), Some(id)) = (other.text("associationType"), other.text("orderId")) {
            add(kind.to_ascii_lowercase(), id.into_owned());
        }
    }
    if let Some(id) =
        root.get("salesChannel").and_then(|channel| channel.text("marketplaceId").map(|id| id.into_owned()))
    {
        add("marketplace_id".into(), id);
    }
    all.sort();
    all.dedup();
    all
}

/// An instant as queries and bodies want it.
pub(crate) fn instant_text(at: Timestamp) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}
