//! Levels: `GET|PUT /v3/inventory`, `GET /v3/inventories`, `GET /v3/inventories/{sku}`, `GET /v3/settings/shipping/shipnodes`.
//!
//! In the calls per node that is `availToSellQty`; `inputQty` includes what is sold and not shipped.

use serde_json::Value;
use std::borrow::Cow;

use super::refusal::Refusal;
use super::{Page, World};
use crate::clock::Ms;
use crate::dice::{Dice, Roll};
use crate::json::{integer, put, quote, text, uncomma};
use crate::request::Ask;

/// A refusal of the inventory service.
fn invalid(field: &str, description: impl Into<String>) -> Refusal {
    Refusal::new(400, "INVALID_REQUEST_CONTENT.GMP_INVENTORY_API", description).field(field)
}

fn unknown(sku: &str) -> Refusal {
    Refusal::new(404, "CONTENT_NOT_FOUND.GMP_INVENTORY_API", format!("SKU {sku:?} was not found"))
        .field("sku")
}

impl World {
    /// The SKU named by the query, and that its ship node is ours.
    pub(super) fn stock_target(&self, ask: &Ask) -> Result<String, Refusal> {
        let mut sku = None;
        for (name, value) in ask.members() {
            match &*name {
                "sku" => sku = Some(value),
                "shipNode" if value != self.settings.ship_node => {
                    return Err(invalid(
                        "shipNode",
                        format!("shipNode {value:?} does not belong to this seller"),
                    ));
                }
                _ => {}
            }
        }
        sku.filter(|sku| !sku.is_empty()).map(Cow::into_owned).ok_or_else(|| {
            Refusal::new(400, "INVALID_REQUEST_PARAM.GMP_INVENTORY_API", "sku is missing from the query")
                .field("sku")
        })
    }

    pub(super) fn level(&mut self, now: Ms, ask: &Ask) -> Result<Page, Refusal> {
        let sku = self.stock_target(ask)?;
        let stock = self.stock.get(&sku).ok_or_else(|| unknown(&sku))?;
        let shown = stock.shown(now);
        if shown != stock.level {
            self.fire("read_lag");
        }
        Ok(Page::json(level_body(&sku, shown)))
    }

    /// Checks a set and returns the level it asks for; `set_level` applies it.
    pub(super) fn read_level(&self, sku: &str, body: &str) -> Result<i64, Refusal> {
        let body: Value = serde_json::from_str(body)
            .map_err(|error| invalid("data", format!("request body is not valid: {error}")))?;
        match body.get("sku").and_then(Value::as_str) {
            Some(given) if given == sku => {}
            Some(given) => {
                return Err(invalid("sku", format!("sku {given:?} of the body is not {sku:?} of the query")));
            }
            None => return Err(invalid("sku", "sku is missing from the body")),
        }
        let quantity = body.get("quantity").unwrap_or(&Value::Null);
        let level = amount(quantity).map_err(|why| invalid("quantity", why))?;
        if !self.stock.contains_key(sku) {
            return Err(unknown(sku));
        }
        Ok(level)
    }

    pub(super) fn set_level(&mut self, at: Ms, sku: &str, level: i64, seen_sold: i64, lag: Ms) {
        if let Some(stock) = self.stock.get_mut(sku) {
            self.effects.reoffered_after_seen += stock.set(at, level, seen_sold, lag) as u64;
            self.changes += 1;
        }
    }

    pub(super) fn levels_of_one(&mut self, now: Ms, sku: &str) -> Result<Page, Refusal> {
        let mut body = String::with_capacity(256);
        if !self.stock.contains_key(sku) {
            return Err(unknown(sku));
        }
        self.nodes_of(&mut body, now, sku);
        Ok(Page::json(body))
    }

    /// All SKUs, ten unless asked for up to fifty. The cursor is opaque here and sent as a parameter.
    pub(super) fn levels(&mut self, now: Ms, ask: &Ask) -> Result<Page, Refusal> {
        let (mut limit, mut from) = (10_usize, 0_usize);
        for (name, value) in ask.members() {
            let refuse = || {
                Refusal::new(
                    400,
                    "INVALID_REQUEST_PARAM.GMP_INVENTORY_API",
                    format!("{name} {value:?} is not valid"),
                )
                .field(name.to_string())
            };
            match &*name {
                "limit" => limit = value.parse().ok().filter(|n| (1..=50).contains(n)).ok_or_else(refuse)?,
                "nextCursor" if !value.is_empty() => {
                    let hex = value.strip_prefix("c0ffee").ok_or_else(refuse)?;
                    from = usize::from_str_radix(hex, 16).map_err(|_| refuse())?;
                }
                _ => {}
            }
        }
        let total = self.stock.len();
        let skus: Vec<String> = self.stock.keys().skip(from).take(limit).cloned().collect();
        if skus.is_empty() {
            return Err(
                Refusal::new(404, "CONTENT_NOT_FOUND.GMP_INVENTORY_API", "No inventory was found").info()
            );
        }
        let mut body = format!("{{\"meta\":{{\"totalCount\":{total}");
        let next = from + skus.len();
        if next < total {
            put(&mut body, format_args!(",\"nextCursor\":\"c0ffee{next:x}\""));
        }
        body.push_str("},\"elements\":{\"inventories\":[");
        for sku in &skus {
            self.nodes_of(&mut body, now, sku);
            body.push(',');
        }
        uncomma(&mut body);
        body.push_str("]}}");
        Ok(Page::json(body))
    }

    fn nodes_of(&mut self, out: &mut String, now: Ms, sku: &str) {
        let (level, shown) = self.stock.get(sku).map_or((0, 0), |stock| (stock.level, stock.shown(now)));
        if shown != level {
            self.fire("read_lag");
        }
        let reserved: i64 = self
            .orders
            .iter()
            .filter(|order| order.sellers() && order.placed <= now)
            .flat_map(|order| &order.standing.lines)
            .filter(|line| line.sku == sku)
            .map(|line| i64::from(line.open))
            .sum();
        out.push('{');
        text(out, "sku", sku);
        out.push_str("\"nodes\":[{");
        text(out, "shipNode", &self.settings.ship_node);
        for (name, units) in
            [("inputQty", shown + reserved), ("availToSellQty", shown), ("reservedQty", reserved)]
        {
            put(out, format_args!("\"{name}\":{{\"unit\":\"EACH\",\"amount\":{units}}},"));
        }
        uncomma(out);
        out.push_str("}]}");
    }

    pub(super) fn ship_nodes(&self) -> Page {
        let mut body = String::from("[{");
        text(&mut body, "shipNode", &self.settings.ship_node);
        body.push_str(
            "\"nodeType\":\"PHYSICAL\",\"shipNodeName\":\"Main warehouse\",\"status\":\"ACTIVE\",\"timeZone\":\"EST\",\
             \"distributorSupportedServices\":[\"TWO_DAY_DELIVERY\"],\"postalAddress\":{\"addressLine1\":\
             \"702 SW 8th St\",\"city\":\"Bentonville\",\"state\":\"AR\",\"country\":\"USA\",\"postalCode\":\"72712\"},\
             \"shippingDetails\":[{\"twoDayShipping\":[{\"carrierMethodName\":\"FEDEX\",\"carrierMethodType\":\
             \"GROUND\"}]}]}]",
        );
        Page::json(body)
    }

    /// Whether this set is one of those that are answered and never applied.
    pub(super) fn ignores_set(&mut self, dice: Dice) -> bool {
        let ignored = dice.chance(Roll::StockIgnored, self.settings.faults.stock_ignored);
        if ignored {
            self.fire("stock_ignored");
        }
        ignored
    }
}

pub(crate) fn level_body(sku: &str, level: i64) -> String {
    let mut body = String::from("{\"sku\":");
    quote(&mut body, sku);
    body.push_str(",\"quantity\":{\"unit\":\"EACH\",\"amount\":");
    integer(&mut body, level);
    body.push_str("}}");
    body
}

/// Reads `{"unit":"EACH","amount":n}`; a flat number is refused, as production does.
pub(crate) fn amount(quantity: &Value) -> Result<i64, String> {
    let Some(members) = quantity.as_object() else {
        return Err("quantity must be an object with unit and amount".into());
    };
    match members.get("unit").and_then(Value::as_str) {
        Some("EACH") => {}
        _ => return Err("quantity.unit must be EACH".into()),
    }
    let amount = members.get("amount").and_then(Value::as_i64);
    // No largest amount is documented; this one keeps sums in bounds.
    amount
        .filter(|n| (0..=1_000_000_000).contains(n))
        .ok_or_else(|| "quantity.amount must be a whole number of 0 or more".into())
}
