//! An order placed by hand: the body of `POST /_sandbox/orders`, the same on every marketplace.

use std::collections::BTreeMap;

use chrono::Duration;
use serde::Deserialize;

use crate::Timestamp;
use crate::plan::{FulfilledBy, PlannedLine, PlannedOrder};
use crate::standard::{dice_of, good_address};

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct Placement {
    lines: Option<Vec<PlacedLine>>,
    address: Option<BTreeMap<String, String>>,
    ship_node_type: Option<String>,
    /// Seconds until the payment goes through.
    paid_after_s: Option<u32>,
    programs: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlacedLine {
    sku: String,
    quantity: u32,
    /// The price of one; 19.99 unless given.
    price: Option<f64>,
}

/// What an order placed by hand needs to know of its world.
pub(crate) struct Counter<'a> {
    /// Where chance about orders comes from.
    pub(crate) seed: u64,
    /// The order's place among all.
    pub(crate) index: u64,
    pub(crate) now: Timestamp,
    /// The SKU of an order that names none.
    pub(crate) sku: &'a str,
}

impl Counter<'_> {
    /// Reads the body, or says what is wrong with it.
    pub(crate) fn read(&self, body: &str) -> Result<PlannedOrder, String> {
        let read = if body.trim().is_empty() { Ok(Placement::default()) } else { serde_json::from_str(body) };
        let wanted: Placement = read.map_err(|error| format!("the order cannot be read: {error}"))?;
        let node = wanted.ship_node_type.as_deref().unwrap_or("SellerFulfilled");
        let fulfilled_by = FulfilledBy::from_node_type(node).ok_or_else(|| {
            format!("ship_node_type {node:?} is not SellerFulfilled, WFSFulfilled or 3PLFulfilled")
        })?;
        let mut planned = PlannedOrder { fulfilled_by, ..PlannedOrder::seller(self.now) };
        planned.paid_at = wanted.paid_after_s.map(|after| self.now + Duration::seconds(i64::from(after)));
        planned.programs = wanted.programs;
        match wanted.lines {
            Some(lines) => {
                let sound = |line: &PlacedLine| {
                    !line.sku.is_empty()
                        && (1..=100_000).contains(&line.quantity)
                        && line.price.is_none_or(|price| (0.0..=1e6).contains(&price))
                };
                if lines.is_empty() || !lines.iter().all(sound) {
                    return Err("every order has lines, and every line a sku, a quantity from 1 to 100000 and a price up to 1000000".into());
                }
                planned.lines.extend(lines.into_iter().map(|line| PlannedLine {
                    sku: line.sku,
                    quantity: line.quantity,
                    unit_cents: line.price.map_or(1999, |price| (price * 100.0).round() as i64),
                }));
            }
            None => {
                planned.lines.push(PlannedLine { sku: self.sku.to_owned(), quantity: 1, unit_cents: 1999 });
            }
        }
        if let Some(given) = wanted.address {
            let mut address = good_address(dice_of(self.seed, self.index));
            for (name, value) in given {
                match name.as_str() {
                    "name" => address.name = value,
                    "address1" => address.address1 = value,
                    "address2" => address.address2 = Some(value),
                    "city" => address.city = value,
                    "state" => address.state = value,
                    "postalCode" => address.postal_code = value,
                    _ => return Err(format!("address has no part {name:?}")),
                }
            }
            planned.address = Some(address);
        }
        Ok(planned)
    }
}
