//! `/_sandbox/*`: what no marketplace offers and every test needs.
//!
//! | call | does |
//! |---|---|
//! | `POST /_sandbox/orders` | places an order now; optional body `{"lines":[{"sku","quantity","price"}],"address":{..},"ship_node_type"}` |
//! | `POST /_sandbox/orders/{id}/cancel-request` | the buyer asks to cancel, now |
//! | `POST /_sandbox/orders/{id}/return` | the buyer sends the first shipped line back |
//! | `GET`, `POST /_sandbox/on-hand` | what the host declared, `{"<sku>":quantity}`; a post adds to it and replaces |
//! | `GET /_sandbox/effects` | what took effect, see [`Effects`](crate::Effects) |
//! | `GET /_sandbox/plan` | `{"orders":[…]}`, see [`PlanEntry`](crate::plan::PlanEntry) |
//! | `GET /_sandbox/fired` | how often each fault fired |

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::World;
use crate::clock::{Ms, timestamp};
use crate::placement::Counter;
use crate::request::{Ask, decode};

/// More of anything than anyone sells, and far from where sums would overflow.
const UNITS_MAX: i64 = 1_000_000_000;

impl World {
    /// Status and body of a control call.
    pub(super) fn control(&mut self, now: Ms, ask: &Ask) -> (u16, String) {
        let path = ask.path.strip_prefix("/_sandbox/").unwrap_or_default();
        let parts: Vec<_> = path.split('/').map(|part| decode(part, false)).collect();
        let parts: Vec<&str> = parts.iter().map(|part| &**part).collect();
        match (ask.method.as_str(), parts.as_slice()) {
            ("POST", ["orders"]) => self.place_by_hand(now, &ask.body),
            ("POST", ["orders", id, "cancel-request"]) => match self.by_id.get(*id).copied() {
                Some(index) => {
                    self.ask_to_cancel(now, index);
                    let asked =
                        self.orders.get(index as usize).is_some_and(|order| order.standing.cancel_asked);
                    (200, json!({"id": id, "cancel_requested": asked}).to_string())
                }
                None => fault(404, format!("there is no order {id}")),
            },
            ("POST", ["orders", id, "return"]) => match self.by_id.get(*id).copied() {
                Some(index) => match self.ask_to_return(now, index) {
                    Some(opened) => (201, json!({"id": id, "return_id": opened}).to_string()),
                    None => fault(409, format!("nothing of order {id} was shipped")),
                },
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
            ("GET", ["effects"]) => {
                let effects = self.count_effects();
                (200, serde_json::to_string(&effects).unwrap_or_default())
            }
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
            seed: self.settings.seed,
            index: self.orders.len() as u64,
            now: timestamp(now),
            sku: shelf.map_or("SKU-0000", |(sku, _)| sku),
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
}

fn fault(status: u16, message: String) -> (u16, String) {
    (status, Value::Object([("error".to_owned(), Value::String(message))].into_iter().collect()).to_string())
}
