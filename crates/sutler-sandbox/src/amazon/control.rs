//! `/_sandbox/*`: what no marketplace offers and every test needs. The same calls as the local Walmart's, and some more.
//!
//! | call | does |
//! |---|---|
//! | `POST /_sandbox/orders` | places an order now; optional body `{"lines":[{"sku","quantity","price"}],"address":{..},"ship_node_type","paid_after_s","programs":[..]}` |
//! | `POST /_sandbox/orders/{id}/cancel-request` | the buyer asks to cancel, now |
//! | `POST /_sandbox/orders/{id}/label` | the seller buys a label from Amazon for all that is open, which confirms it |
//! | `POST /_sandbox/orders/{id}/return` | the buyer asks to send back what was shipped; optional body `{"reason"}` |
//! | `GET`, `POST /_sandbox/on-hand` | what the host declared, `{"<sku>":quantity}`; a post adds to it and replaces |
//! | `POST /_sandbox/revoke` | the seller takes the authorisation back |
//! | `GET /_sandbox/effects` | what took effect, see [`Effects`](crate::Effects); nothing is ever acknowledged here |
//! | `GET /_sandbox/plan` | `{"orders":[…]}`, see [`PlanEntry`](crate::plan::PlanEntry) |
//! | `GET /_sandbox/fired` | how often each fault fired |

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::World;
use super::report_rows::Return;
use crate::clock::{Ms, timestamp};
use crate::placement::Counter;
use crate::request::{Ask, decode};

/// More of anything than anyone sells, and far from where sums would overflow.
const UNITS_MAX: i64 = 1_000_000_000;

impl World {
    /// Status and body of a control call.
    pub(super) fn control(&mut self, now: Ms, ask: &Ask) -> (u16, String) {
        let path = ask.path.strip_prefix("/_sandbox/").unwrap_or_default();
        let parts: Vec<String> = path.split('/').map(|part| decode(part, false).into_owned()).collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        match (ask.method.as_str(), parts.as_slice()) {
            ("POST", ["orders"]) => self.place_by_hand(now, &ask.body),
            ("POST", ["orders", id, what]) => match self.by_id.get(*id).copied() {
                Some(index) => self.happen_by_hand(now, index, what, &ask.body),
                None => fault(404, format!("there is no order {id}")),
            },
            ("GET", ["on-hand"]) => (200, self.declared()),
            ("POST", ["on-hand"]) => match serde_json::from_str::<BTreeMap<String, i64>>(&ask.body) {
                Ok(given) if given.values().any(|quantity| !(0..=UNITS_MAX).contains(quantity)) => {
                    fault(400, format!("quantities on hand are whole numbers from 0 to {UNITS_MAX}"))
                }
                Ok(given) => {
                    for (sku, quantity) in given {
                        self.stock.entry(sku).or_default().declare(quantity);
                    }
                    (200, self.declared())
                }
                Err(error) => fault(400, format!("on-hand wants {{\"<sku>\":quantity}}: {error}")),
            },
            ("POST", ["revoke"]) => {
                self.revoke();
                (200, json!({"revoked": true}).to_string())
            }
            ("GET", ["effects"]) => (200, serde_json::to_string(&self.count_effects()).unwrap_or_default()),
            ("GET", ["plan"]) => (200, json!({"orders": self.plan()}).to_string()),
            ("GET", ["fired"]) => (200, json!(self.fired).to_string()),
            (method, _) => fault(404, format!("there is no control call {method} {}", ask.path)),
        }
    }

    fn declared(&self) -> String {
        serde_json::to_string(&self.on_hand()).unwrap_or_default()
    }

    fn place_by_hand(&mut self, now: Ms, body: &str) -> (u16, String) {
        let shelf = self.stock.iter().find(|(_, stock)| stock.has_some());
        let counter = Counter {
            seed: self.settings.order_seed(),
            index: self.orders.len() as u64,
            now: timestamp(now),
            sku: shelf.map_or("AMZ-0000", |(sku, _)| sku),
        };
        let planned = match counter.read(body) {
            Ok(planned) => planned,
            Err(why) => return fault(400, why),
        };
        let index = self.place(&planned);
        self.catch_up(now);
        let id = self.orders.get(index as usize).map(|order| order.id.clone()).unwrap_or_default();
        (201, json!({"id": id, "placed_at": planned.placed_at}).to_string())
    }

    fn happen_by_hand(&mut self, now: Ms, index: u32, what: &str, body: &str) -> (u16, String) {
        let id = self.orders.get(index as usize).map(|order| order.id.clone()).unwrap_or_default();
        match what {
            "cancel-request" => {
                self.ask_to_cancel(now, index);
                let asked = self.orders.get(index as usize).is_some_and(|order| order.standing.cancel_asked);
                (200, json!({"id": id, "cancel_requested": asked}).to_string())
            }
            "label" if self.buy_label(now, index) => (200, json!({"id": id, "label": true}).to_string()),
            "label" => fault(409, format!("nothing of order {id} is open to be shipped by the seller")),
            "return" => {
                let reason = serde_json::from_str::<Value>(body).unwrap_or_default();
                let reason = reason["reason"].as_str().unwrap_or("CR-UNWANTED_ITEM").to_owned();
                let asked = self.ask_to_return(now, index, &reason);
                if asked == 0 {
                    return fault(409, format!("nothing of order {id} was shipped"));
                }
                (201, json!({"id": id, "returns": asked}).to_string())
            }
            _ => fault(404, format!("there is no control call orders/{id}/{what}")),
        }
    }

    pub(super) fn ask_to_return(&mut self, now: Ms, index: u32, reason: &str) -> usize {
        let Some(order) = self.orders.get(index as usize) else { return 0 };
        let shipped = (0..order.standing.items.len())
            .map(|place| (place, order.standing.shipped_units(place)))
            .filter(|(_, units)| *units > 0);
        let before = self.returns.len();
        let asked: Vec<Return> = shipped
            .enumerate()
            .map(|(at, (item, units))| Return {
                id: format!("D{:08}RRMA", before + at + 10_000_001),
                order: index,
                item,
                units,
                asked: now,
                reason: reason.to_owned(),
            })
            .collect();
        self.returns.extend(asked);
        self.returns.len() - before
    }
}

fn fault(status: u16, message: String) -> (u16, String) {
    (status, json!({"error": message}).to_string())
}
