//! `POST /sell/fulfillment/v1/order/{orderId}/shipping_fulfillment`: one package a call, and nothing can be taken back.
//!
//! Nothing recognises a repeated request: a second one is a second package, even beyond the units ordered. That eBay does
//! not refuse those is what the facts' "acts again" says.

use serde::Deserialize;

use super::World;
use super::order::{Order, Package};
use super::order_json::is_global;
use super::refusal::Refusal;
use crate::clock::Ms;
use crate::effects;

/// An order takes no more tracking numbers than these; eBay has a maximum (34100) but does not print it, this is a choice.
const PACKAGES_MAX: usize = 50;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    line_items: Option<Vec<Row>>,
    shipped_date: Option<String>,
    shipping_carrier_code: Option<String>,
    tracking_number: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    line_item_id: Option<String>,
    quantity: Option<i64>,
}

impl World {
    /// Applies the report of one package; returns the fulfillment's id.
    pub(super) fn ship(&mut self, at: Ms, id: &str, body: &str, lag: Ms) -> Result<String, Refusal> {
        let index = self.find(at, id)?;
        let Some(order) = self.orders.get_mut(index as usize) else { return Ok(String::new()) };
        let package = read(order, body, at)?;
        order.keep_shadow(at, lag);
        for (line, units) in &package.lines {
            let key = format!("{id}/{line}");
            effects::count(&mut self.effects.shipments, &format!("{key}/{}", package.id), *units);
            effects::count(&mut self.effects.ship, &key, *units);
            for own in order.standing.lines.iter_mut().filter(|own| own.id == *line) {
                own.shipped = own.shipped.saturating_add(*units);
            }
        }
        let fulfillment = package.id.clone();
        order.standing.packages.push(package);
        order.changed(at);
        self.changes += 1;
        Ok(fulfillment)
    }
}

fn refuse<T>(id: u32, message: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::fulfillment(400, id, message))
}

fn read(order: &Order, body: &str, at: Ms) -> Result<Package, Refusal> {
    let body: Body = match serde_json::from_str(body) {
        Ok(body) => body,
        Err(error) => return refuse(32_600, format!("Invalid input data: {error}")),
    };
    if !order.sellers() {
        return refuse(32_600, "Invalid input data: the order is fulfilled by eBay");
    }
    if order.standing.cancelled() {
        return refuse(32_600, "Invalid input data: the order is cancelled");
    }
    let (tracking, carrier) = match (&body.tracking_number, &body.shipping_carrier_code) {
        (None, None) => (String::new(), String::new()),
        (Some(tracking), Some(carrier))
            if !tracking.is_empty()
                && !carrier.is_empty()
                && tracking.bytes().all(|b| b.is_ascii_alphanumeric()) =>
        {
            (tracking.clone(), carrier.clone())
        }
        // Both or none, and neither spaces nor hyphens.
        _ => return refuse(32_300, "Invalid shipment tracking number or carrier"),
    };
    let shipped = match &body.shipped_date {
        None => at,
        Some(text) => match chrono::DateTime::parse_from_rfc3339(text) {
            Ok(date) if date.timestamp_millis() <= at => date.timestamp_millis(),
            _ => return refuse(32_500, "Invalid shipped date"),
        },
    };
    let lines = lines(order, body.line_items)?;
    if order.standing.packages.len() >= PACKAGES_MAX {
        return refuse(34_100, "Maximum tracking number for order is exceeded");
    }
    let id = if tracking.is_empty() { "999".to_owned() } else { tracking.clone() };
    Ok(Package { lines, tracking, carrier, shipped, id })
}

/// The lines of the package; without any, what is left of the order (the specification does not say; an inference).
fn lines(order: &Order, rows: Option<Vec<Row>>) -> Result<Vec<(String, u32)>, Refusal> {
    let own = &order.standing.lines;
    let Some(rows) = rows.filter(|rows| !rows.is_empty()) else {
        let left = own.iter().filter(|line| line.shipped < line.ordered);
        return Ok(left.map(|line| (line.id.clone(), line.ordered - line.shipped)).collect());
    };
    let mut lines: Vec<(String, u32)> = Vec::with_capacity(rows.len());
    let (mut global, mut other) = (0, 0);
    for row in rows {
        let id = row.line_item_id.unwrap_or_default();
        let Some(place) = own.iter().position(|line| line.id == id) else {
            return Err(Refusal::fulfillment(400, 32_200, format!("Invalid line item id: {id}"))
                .with("lineItemId", id));
        };
        if lines.iter().any(|(known, _)| *known == id) {
            return refuse(32_210, "Duplicate line item in the request");
        }
        let ordered = own.get(place).map_or(0, |line| line.ordered);
        let quantity = row.quantity.unwrap_or(1);
        let Some(units) = u32::try_from(quantity).ok().filter(|units| (1..=ordered).contains(units)) else {
            return refuse(32_600, format!("Invalid input data: quantity {quantity} of line item {id}"));
        };
        if is_global(order, place) {
            global += 1;
        } else {
            other += 1;
        }
        lines.push((id, units));
    }
    match (global, other) {
        (1.., 1..) => refuse(
            34_200,
            "Line Items contain Global Shipping Program and non-Global Shipping Program orders",
        ),
        (2.., 0) => {
            refuse(34_300, "Mark As Shipped for multiple Global Shipping Program line items is not supported")
        }
        _ => Ok(lines),
    }
}
