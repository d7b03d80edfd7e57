//! An order as the marketplace writes it, and as the connector reads it. The two sides share nothing but this page.

use super::market::Arranging;
use crate::examples::{
    book::{Item, Order},
    model::{self, ADDRESS},
};
use serde::Deserialize;
use serde_json::{Value, json};
use sutler_core::{
    channel::RawOrder,
    order::{Alias, CancelWish, ChannelOrder, Line, LinePackage, OrderFacts, Unmapped},
    time::{Timestamp, from_millis},
};

/// The marketplace's side. Instants are whole seconds.
pub(super) fn of(order: &Order) -> Value {
    let packages = order.items.iter().map(|item| package(order, item));
    json!({
        "order_sn": order.id,
        "create_time": order.placed_at.timestamp(),
        "ship_by": order.ship_by.map(|at| at.timestamp()),
        "fulfilled_by": if order.shipped_by_marketplace { "platform" } else { "seller" },
        "shipping_method": if order.labelled { "platform_label" } else { "own_carrier" },
        "total_amount": model::cents(order.total()),
        "recipient": ADDRESS,
        "arranged": order.taken,
        "answer_cancel_by": order.wish.map(|at| at.timestamp()),
        "packages": packages.collect::<Vec<_>>(),
    })
}

fn package(order: &Order, item: &Item) -> Value {
    let parcels = item.parcels.iter().map(
        |parcel| json!({"tracking_number": parcel.tracking, "carrier": parcel.carrier, "units": parcel.units}),
    );
    json!({
        "package_number": format!("P{}", item.id),
        "label": order.labelled.then(|| Arranging::label(&order.id.as_str().into(), &item.id)),
        "item_id": item.id,
        "model_sku": item.sku,
        "units": item.units,
        "units_cancelled": item.cancelled,
        "amount": model::cents(item.price.unwrap_or(0) * i64::from(item.units)),
        "parcels": parcels.collect::<Vec<_>>(),
    })
}

#[derive(Deserialize)]
struct Wire {
    create_time: i64,
    ship_by: Option<i64>,
    fulfilled_by: String,
    shipping_method: String,
    total_amount: String,
    recipient: Vec<String>,
    arranged: bool,
    answer_cancel_by: Option<i64>,
    packages: Vec<WirePackage>,
}

#[derive(Deserialize)]
struct WirePackage {
    package_number: String,
    label: Option<String>,
    item_id: String,
    model_sku: String,
    units: u32,
    units_cancelled: u32,
    amount: String,
    parcels: Vec<WireParcel>,
}

#[derive(Deserialize)]
struct WireParcel {
    tracking_number: String,
    carrier: String,
    units: u32,
}

/// The connector's side. Total: what cannot be read is said to be unread.
pub(super) fn read(raw: &RawOrder) -> ChannelOrder {
    match serde_json::from_slice::<Wire>(&raw.raw) {
        Ok(wire) => model::order(raw, facts(&wire), &wire.recipient),
        Err(error) => model::unread(raw, error.to_string()),
    }
}

fn seconds(at: i64) -> Timestamp {
    from_millis(at.saturating_mul(1_000))
}

fn facts(wire: &Wire) -> OrderFacts {
    let mut facts = OrderFacts::unknown();
    facts.placed_at = Some(seconds(wire.create_time));
    facts.ship_by = wire.ship_by.map(seconds);
    facts.fulfilled_by = model::fulfilled_by(&wire.fulfilled_by, "seller", "platform");
    facts.method = Some(wire.shipping_method.clone());
    facts.total = model::money(&wire.total_amount);
    for package in &wire.packages {
        let line = line(wire, package, &mut facts.unmapped);
        facts.lines.push(line);
        let role = format!("label/{}", package.package_number);
        facts.aliases.extend(package.label.clone().map(|value| Alias { role, value }));
    }
    facts.lines.sort_by(|a, b| a.line_id.cmp(&b.line_id));
    facts.aliases.sort();
    facts
}

fn line(wire: &Wire, package: &WirePackage, unmapped: &mut Vec<Unmapped>) -> Line {
    let sku = package.model_sku.as_str();
    let mut line = Line::new(package.item_id.as_str().into(), Some(sku.into()), package.units);
    line.cancelled = package.units_cancelled;
    for parcel in &package.parcels {
        line.shipped = line.shipped.saturating_add(parcel.units);
        line.packages.push(LinePackage {
            tracking: parcel.tracking_number.clone(),
            carrier: parcel.carrier.clone(),
            quantity: parcel.units,
        });
    }
    line.packages.sort();
    line.acknowledged = if wire.arranged { line.ordered.saturating_sub(line.cancelled) } else { 0 };
    if let Some(due) = wire.answer_cancel_by.filter(|_| line.open() > 0) {
        line.cancel_wish = CancelWish::Until(seconds(due));
    }
    match model::money(&package.amount) {
        Some(amount) => line.charges.push(model::goods(amount)),
        None => unmapped.push(Unmapped {
            field: format!("packages.{}.amount", package.package_number),
            detail: format!("{:?} is no amount", package.amount),
        }),
    }
    line
}
