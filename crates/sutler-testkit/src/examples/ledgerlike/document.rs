//! An order as the marketplace writes it, and as the connector reads it. The two sides share nothing but this page.

use crate::examples::{
    book::{Item, Order},
    model::{self, ADDRESS},
};
use serde::Deserialize;
use serde_json::{Value, json};
use sutler_core::{
    channel::RawOrder,
    order::{CancelWish, ChannelOrder, Line, LinePackage, OrderFacts, Unmapped},
    time::Timestamp,
};

/// The marketplace's side.
pub(super) fn of(order: &Order) -> Value {
    json!({
        "poNumber": order.id,
        "poDate": order.placed_at.to_rfc3339(),
        "shipBy": order.ship_by.map(|at| at.to_rfc3339()),
        "shipsFrom": if order.shipped_by_marketplace { "warehouse" } else { "supplier" },
        "orderTotal": model::cents(order.total()),
        "shipTo": ADDRESS,
        "accepted": order.taken,
        "cancelAsked": order.wish.is_some(),
        "products": order.items.iter().map(product).collect::<Vec<_>>(),
    })
}

fn product(item: &Item) -> Value {
    let notices = item.parcels.iter().map(
        |parcel| json!({"tracking": parcel.tracking, "carrier": parcel.carrier, "quantity": parcel.units}),
    );
    json!({
        "line": item.id,
        "partNumber": item.sku,
        "quantity": item.units,
        "quantityCancelled": item.cancelled,
        "price": item.price.map(|price| model::cents(price * i64::from(item.units))),
        "notices": notices.collect::<Vec<_>>(),
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    po_date: String,
    ship_by: Option<String>,
    ships_from: String,
    order_total: String,
    ship_to: Vec<String>,
    accepted: bool,
    cancel_asked: bool,
    products: Vec<WireProduct>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireProduct {
    line: String,
    part_number: String,
    quantity: u32,
    quantity_cancelled: u32,
    price: Option<String>,
    notices: Vec<WireNotice>,
}

#[derive(Deserialize)]
struct WireNotice {
    tracking: String,
    carrier: String,
    quantity: u32,
}

/// The connector's side. Total: what cannot be read is said to be unread.
pub(super) fn read(raw: &RawOrder) -> ChannelOrder {
    match serde_json::from_slice::<Wire>(&raw.raw) {
        Ok(wire) => model::order(raw, facts(&wire), &wire.ship_to),
        Err(error) => model::unread(raw, error.to_string()),
    }
}

/// An instant as the marketplace writes it; noted where it is none.
fn instant(field: &str, text: &str, unmapped: &mut Vec<Unmapped>) -> Option<Timestamp> {
    match chrono::DateTime::parse_from_rfc3339(text) {
        Ok(at) => Some(at.with_timezone(&chrono::Utc)),
        Err(error) => {
            unmapped.push(Unmapped { field: field.into(), detail: format!("{text:?}: {error}") });
            None
        }
    }
}

fn facts(wire: &Wire) -> OrderFacts {
    let mut facts = OrderFacts::unknown();
    let mut unmapped = Vec::new();
    facts.placed_at = instant("poDate", &wire.po_date, &mut unmapped);
    facts.ship_by = wire.ship_by.as_deref().and_then(|text| instant("shipBy", text, &mut unmapped));
    facts.fulfilled_by = model::fulfilled_by(&wire.ships_from, "supplier", "warehouse");
    facts.total = model::money(&wire.order_total);
    facts.lines = wire.products.iter().map(|product| line(wire, product, &mut unmapped)).collect();
    facts.lines.sort_by(|a, b| a.line_id.cmp(&b.line_id));
    facts.unmapped = unmapped;
    facts
}

fn line(wire: &Wire, product: &WireProduct, unmapped: &mut Vec<Unmapped>) -> Line {
    let sku = product.part_number.as_str();
    let mut line = Line::new(product.line.as_str().into(), Some(sku.into()), product.quantity);
    line.cancelled = product.quantity_cancelled;
    for notice in &product.notices {
        line.shipped = line.shipped.saturating_add(notice.quantity);
        line.packages.push(LinePackage {
            tracking: notice.tracking.clone(),
            carrier: notice.carrier.clone(),
            quantity: notice.quantity,
        });
    }
    line.packages.sort();
    line.acknowledged = if wire.accepted { line.ordered.saturating_sub(line.cancelled) } else { 0 };
    line.cancel_wish = CancelWish::open_if(wire.cancel_asked && line.open() > 0);
    if let Some(text) = &product.price {
        match model::money(text) {
            Some(amount) => line.charges.push(model::goods(amount)),
            None => unmapped.push(Unmapped {
                field: format!("products.{}.price", product.line),
                detail: format!("{text:?} is no amount"),
            }),
        }
    }
    line
}
