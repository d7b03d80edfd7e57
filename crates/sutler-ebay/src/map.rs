//! Between eBay's documents and the model. Pure.

pub(crate) mod address;
pub(crate) mod cancel;
pub(crate) mod line;
pub(crate) mod page;
pub(crate) mod push;
pub(crate) mod refund;
pub(crate) mod returns;
pub(crate) mod shipment;
pub(crate) mod stock;
pub(crate) mod trading;

use serde_json::Value;
use sutler_core::{
    channel::RawOrder,
    money::Money,
    open::Open,
    order::{Alias, ChannelOrder, FulfilledBy, OrderFacts},
    time::Timestamp,
};
pub(crate) use sutler_wire::escaped;
use sutler_wire::{Look, Notes};

/// The field that a list cannot fill while a cancellation is under way; the order waits for a single read (G7).
const CANCEL_REQUESTS: &str = "cancelStatus.cancelRequests";

/// Reads one order. Total: whatever the payload is, the order keeps the id the page gave it, and what could not be mapped
/// is in `facts.unmapped`.
pub(crate) fn order(raw: &RawOrder) -> ChannelOrder {
    let notes = Notes::default();
    let value = serde_json::from_slice::<Value>(&raw.raw).unwrap_or_else(|_| {
        notes.add("", "the payload is not JSON");
        Value::Null
    });
    let root = Look::at(&value, &notes);
    if !value.is_null() && !value.is_object() {
        notes.add("", "the payload is not an object");
    }
    match root.text("orderId") {
        Some(told) if told == raw.channel_order_id.as_str() => {}
        Some(_) => notes.add("orderId", "differs from the id under which the order was listed"),
        None => notes.add("orderId", "the order has no id"),
    }
    let placed_at = root.instant("creationDate");
    if placed_at.is_none() {
        notes.add("creationDate", "the order does not say when it was placed");
    }
    let start = root.list("fulfillmentStartInstructions").into_iter().next();
    let ship_to = address::address(&root, start.as_ref());
    let lines = line::lines(&root);
    let due = |field: &'static str| -> Option<Timestamp> {
        let open = |line: &Look<'_>| line.text("lineItemFulfillmentStatus").as_deref() != Some("FULFILLED");
        let all = root.list("lineItems");
        let of = |only_open: bool| {
            all.iter()
                .filter(|line| !only_open || open(line))
                .filter_map(|line| line.get("lineItemFulfillmentInstructions")?.instant(field))
                .min()
        };
        // The order's deadline is the first of its unshipped lines'.
        of(true).or_else(|| of(false))
    };
    let username = root.get("buyer").and_then(|buyer| buyer.text("username"));
    let buyer = username.map(|name| name.into_owned()).into_iter().collect();
    let facts = OrderFacts {
        placed_at,
        fulfilled_by: fulfilled_by(start.as_ref()),
        aliases: aliases(&root, start.as_ref()),
        method: start
            .as_ref()
            .and_then(|start| start.get("shippingStep")?.text("shippingServiceCode"))
            .map(|code| code.into_owned()),
        ship_node: None,
        total: total(&root),
        ship_by: due("shipByDate"),
        deliver_by: due("maxEstimatedDeliveryDate"),
        place: ship_to.place(),
        address: ship_to.states,
        lines,
        not_ready: not_ready(&root),
        unmapped: notes.into_unmapped(),
    };
    ChannelOrder {
        channel_order_id: raw.channel_order_id.clone(),
        facts: facts.into(),
        ship_to,
        buyer,
        raw: raw.raw.clone(),
    }
}

/// Does the payload say that a cancellation is under way without showing whose wish it is?
pub(crate) fn hides_cancel_requests(facts: &OrderFacts) -> bool {
    facts.unmapped.iter().any(|odd| odd.field == CANCEL_REQUESTS)
}

fn fulfilled_by(start: Option<&Look<'_>>) -> Open<FulfilledBy> {
    let kind = start.and_then(|start| start.text("fulfillmentInstructionsType"));
    Open::Known(match kind.as_deref() {
        Some("FULFILLED_BY_EBAY") => FulfilledBy::Marketplace,
        _ => FulfilledBy::Seller,
    })
}

/// "Ship only when PAID": anything else of a payment that may still fail holds the order, unless money went back since.
fn not_ready(root: &Look<'_>) -> Option<String> {
    let status = root.text("orderPaymentStatus")?;
    (!matches!(&*status, "PAID" | "PARTIALLY_REFUNDED" | "FULLY_REFUNDED"))
        .then(|| format!("payment {status}"))
}

/// Other names. The reference that eBay's hubs want printed above the street is one of them.
fn aliases(root: &Look<'_>, start: Option<&Look<'_>>) -> Vec<Alias> {
    let mut all = Vec::new();
    let mut add = |role: &str, value: Option<std::borrow::Cow<'_, str>>| {
        if let Some(value) = value {
            all.push(Alias { role: role.into(), value: value.into_owned() });
        }
    };
    add("legacy_order_id", root.text("legacyOrderId"));
    add("sales_record", root.text("salesRecordReference"));
    add("label_reference", start.and_then(|start| start.get("shippingStep")?.text("shipToReferenceId")));
    all.sort();
    all
}

/// What the buyer pays, without tax that eBay collects and remits.
fn total(root: &Look<'_>) -> Option<Money> {
    root.get("pricingSummary")?.money("total")
}

/// An instant as filters and bodies want it: `yyyy-MM-ddTHH:mm:ss.SSSZ`.
pub(crate) fn instant_text(at: Timestamp) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}
