//! Acknowledge, ship, cancel: what Walmart refuses, and what takes effect.
//!
//! A request is applied whole or not at all. Nothing recognises a repeated request: a second "2 of 5" ships two more.

use super::World;
use super::order::{Line, Order, Package};
use super::refusal::Refusal;
use super::shipment::{BUYER_ASKED, Cancellation, OUT_OF_STOCK, Parcel, cancellations, parcels};
use crate::clock::Ms;
use crate::effects;

impl World {
    /// The whole order, Created to Acknowledged. Again on an acknowledged order is allowed and changes nothing.
    pub(super) fn acknowledge(&mut self, at: Ms, id: &str, lag: Ms) -> Result<u32, Refusal> {
        let index = self.find(at, id)?;
        let Some(order) = self.orders.get_mut(index as usize) else { return Ok(index) };
        sellers(order, "acknowledged")?;
        if order.standing.lines.iter().any(|line| line.open < line.ordered) {
            return Err(Refusal::content(format!(
                "Unable to acknowledge purchase order {id}: Some or all qty in higher status"
            )));
        }
        if order.standing.lines.iter().all(|line| line.acknowledged) {
            return Ok(index);
        }
        shadow(order, at, lag);
        for line in &mut order.standing.lines {
            line.acknowledged = true;
            line.status_at = at;
        }
        order.changed(at);
        effects::count(&mut self.effects.acknowledge, &order.id, 1);
        self.changes += 1;
        Ok(index)
    }

    pub(super) fn ship(&mut self, at: Ms, id: &str, body: &str, lag: Ms) -> Result<u32, Refusal> {
        let index = self.find(at, id)?;
        let parcels = parcels(body)?;
        let Some(order) = self.orders.get_mut(index as usize) else { return Ok(index) };
        sellers(order, "shipped")?;
        let mut left: Vec<(u32, u32)> =
            order.standing.lines.iter().map(|line| (line.number, line.open)).collect();
        for parcel in &parcels {
            may_ship(order, parcel, at)?;
            let Some((_, open)) = left.iter_mut().find(|(number, _)| *number == parcel.line) else {
                continue;
            };
            *open = open.checked_sub(parcel.units).ok_or_else(|| {
                Refusal::content(format!(
                    "Qty OverShipped for line number {} of PO: {id}, {} more than the {open} left",
                    parcel.line,
                    parcel.units - *open
                ))
            })?;
        }
        shadow(order, at, lag);
        for parcel in parcels {
            let key = format!("{id}/{}", parcel.line);
            effects::count(&mut self.effects.shipments, &format!("{key}/{}", parcel.tracking), parcel.units);
            effects::count(&mut self.effects.ship, &key, parcel.units);
            let Some(line) = order.line_mut(parcel.line) else { continue };
            line.open -= parcel.units;
            line.status_at = at;
            line.packages.push(Package {
                units: parcel.units,
                tracking: parcel.tracking,
                carrier: parcel.carrier,
                url: parcel.url,
                shipped: parcel.shipped,
                delivered: false,
            });
        }
        order.changed(at);
        self.changes += 1;
        Ok(index)
    }

    pub(super) fn cancel(&mut self, at: Ms, id: &str, body: &str, lag: Ms) -> Result<u32, Refusal> {
        let index = self.find(at, id)?;
        let cancellations = cancellations(body)?;
        let Some(order) = self.orders.get_mut(index as usize) else { return Ok(index) };
        sellers(order, "cancelled")?;
        let mut left: Vec<(u32, u32)> =
            order.standing.lines.iter().map(|line| (line.number, line.open)).collect();
        for cancellation in &cancellations {
            may_cancel(order, cancellation)?;
            let Some((_, open)) = left.iter_mut().find(|(number, _)| *number == cancellation.line) else {
                continue;
            };
            *open = open.checked_sub(cancellation.units).ok_or_else(|| {
                Refusal::content(format!(
                    "Cancel quantity {} exceeds the {open} left on line number {} of PO: {id}",
                    cancellation.units, cancellation.line
                ))
            })?;
        }
        shadow(order, at, lag);
        for cancellation in cancellations {
            effects::count(
                &mut self.effects.cancel,
                &format!("{id}/{}", cancellation.line),
                cancellation.units,
            );
            let seen = order.seen;
            let Some(line) = order.line_mut(cancellation.line) else { continue };
            line.cancel(at, cancellation.units, Some(cancellation.reason));
            if let Some(stock) = self.stock.get_mut(&line.sku) {
                stock.own.seen_cancelled += if seen { i64::from(cancellation.units) } else { 0 };
                if cancellation.reason == OUT_OF_STOCK {
                    stock.level = 0;
                }
            }
        }
        order.changed(at);
        self.changes += 1;
        Ok(index)
    }
}

/// Reads of the order show it as it is now until the lag is over.
pub(super) fn shadow(order: &mut Order, at: Ms, lag: Ms) {
    if lag > 0 {
        order.keep_shadow(at, at + lag);
    }
}

pub(super) fn sellers(order: &Order, what: &str) -> Result<(), Refusal> {
    if order.sellers() {
        return Ok(());
    }
    Err(Refusal::content(format!(
        "PO: {} is {} and cannot be {what} by the seller",
        order.id,
        order.fulfilled_by.node_type()
    )))
}

pub(super) fn line_of(order: &Order, number: u32) -> Result<&Line, Refusal> {
    order.standing.lines.iter().find(|line| line.number == number).ok_or_else(|| {
        Refusal::content(format!("Line number {number} does not exist on PO: {}", order.id))
            .field("lineNumber")
    })
}

/// A line with nothing left is refused in the words of the status its units are in.
fn finished(order: &Order, line: &Line) -> Result<(), Refusal> {
    if line.open > 0 {
        return Ok(());
    }
    let status = if line.packages.is_empty() {
        "CANCELLED"
    } else if line.packages.iter().all(|package| package.delivered) {
        "DELIVERED"
    } else {
        "SHIPPED"
    };
    Err(Refusal::content(format!("The Line: {} of PO: {} is in {status} status", line.number, order.id)))
}

fn may_ship(order: &Order, parcel: &Parcel, now: Ms) -> Result<(), Refusal> {
    let line = line_of(order, parcel.line)?;
    let number = line.number;
    finished(order, line)?;
    if !line.acknowledged {
        return Err(Refusal::content(format!(
            "The Line: {number} of PO: {} is not acknowledged and cannot be shipped",
            order.id
        )));
    }
    if order.standing.cancel_asked && !parcel.over_intent {
        return Err(Refusal::content(format!(
            "The buyer asked to cancel line number {number} of PO: {}, set intentToCancelOverride to ship it",
            order.id
        )));
    }
    if parcel.method != order.method {
        return Err(Refusal::content(format!("Method code is not supported in line number {number}")));
    }
    if parcel.shipped <= order.placed {
        return Err(Refusal::content(format!(
            "shipDateTime must be later than the order date in line number {number}"
        )));
    }
    if parcel.shipped > now {
        return Err(Refusal::content(format!(
            "shipDateTime must not be in the future in line number {number}"
        )));
    }
    Ok(())
}

fn may_cancel(order: &Order, cancellation: &Cancellation) -> Result<(), Refusal> {
    let line = line_of(order, cancellation.line)?;
    finished(order, line)?;
    if cancellation.reason == BUYER_ASKED && !order.standing.cancel_asked {
        return Err(Refusal::content(format!(
            "cancellationReason {BUYER_ASKED} is not allowed for line number {}: the buyer did not ask to cancel",
            line.number
        )));
    }
    Ok(())
}
