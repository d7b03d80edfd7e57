//! `/_sandbox/*`: what no marketplace offers and every test needs. The first six are those of every local marketplace.
//!
//! | call | does |
//! |---|---|
//! | `POST /_sandbox/orders` | places an order now; optional body `{"lines":[{"sku","quantity","price"}],"address":{..},"ship_node_type","paid_after_s","programs":[..]}` |
//! | `POST /_sandbox/orders/{id}/cancel-request` | the buyer asks to cancel, now |
//! | `GET`, `POST /_sandbox/on-hand` | what the host declared, `{"<sku>":quantity}`; a post adds to it and replaces |
//! | `GET /_sandbox/effects` | what took effect, see [`Effects`](crate::Effects) |
//! | `GET /_sandbox/plan` | `{"orders":[…]}`, see [`PlanEntry`](crate::plan::PlanEntry) |
//! | `GET /_sandbox/fired` | how often each fault fired |
//! | `POST /_sandbox/orders/{id}/return` | the buyer sends the first shipped line back |
//! | `POST /_sandbox/orders/{id}/account-deletion` | the buyer has their account deleted |
//! | `POST /_sandbox/revoke` | the seller takes the consent back; optional body `{"reason"}`, one of eBay's four |
//! | `POST /_sandbox/consent` | the seller consents anew; answers `{"refresh_token"}` |
//! | `POST /_sandbox/notifications/test` | a test notification; optional body `{"topic"}` |

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::World;
use super::notify::TOPICS;
use crate::clock::{Ms, timestamp};
use crate::placement::Counter;
use crate::request::{Ask, decode};

/// More of anything than anyone sells, and far from where sums would overflow.
const UNITS_MAX: i64 = 1_000_000_000;
/// Why a consent ends, in eBay's words.
const REASONS: [&str; 4] = ["REVOKED_BY_USER", "REVOKED_BY_APP", "REVOKED_BY_EBAY", "PASSWORD_CHANGE"];

impl World {
    /// Status and body of a control call.
    pub(super) fn control(&mut self, now: Ms, ask: &Ask) -> (u16, String) {
        let path = ask.path.strip_prefix("/_sandbox/").unwrap_or_default();
        let parts: Vec<String> = path.split('/').map(|part| decode(part, false).into_owned()).collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        match (ask.method.as_str(), parts.as_slice()) {
            ("POST", ["orders"]) => self.place_by_hand(now, &ask.body),
            ("POST", ["orders", id, verb]) => match self.by_id.get(*id).copied() {
                Some(index) => self.buyers_act(now, index, id, verb),
                None => fault(404, format!("there is no order {id}")),
            },
            ("GET", ["on-hand"]) => (200, self.declared()),
            ("POST", ["on-hand"]) => self.declare(&ask.body),
            ("GET", ["effects"]) => (200, serde_json::to_string(&self.count_effects()).unwrap_or_default()),
            ("GET", ["plan"]) => (200, json!({"orders": self.plan()}).to_string()),
            ("GET", ["fired"]) => (200, json!(self.fired).to_string()),
            ("POST", ["revoke"]) => match choice(&ask.body, "reason", &REASONS) {
                Ok(reason) => {
                    self.access.revoke();
                    self.announce_revocation(now, reason);
                    (200, json!({"revoked": reason}).to_string())
                }
                Err(why) => fault(400, why),
            },
            ("POST", ["consent"]) => (200, json!({"refresh_token": self.access.consent()}).to_string()),
            ("POST", ["notifications", "test"]) => match choice(&ask.body, "topic", &TOPICS) {
                Ok(topic) => {
                    self.announce_test(now, topic);
                    (200, json!({"topic": topic}).to_string())
                }
                Err(why) => fault(400, why),
            },
            (method, _) => fault(404, format!("there is no control call {method} {}", ask.path)),
        }
    }

    fn buyers_act(&mut self, now: Ms, index: u32, id: &str, verb: &str) -> (u16, String) {
        match verb {
            "cancel-request" => {
                self.ask_to_cancel(now, index);
                let asked = self.orders.get(index as usize).is_some_and(|order| order.standing.asked());
                (200, json!({"id": id, "cancel_requested": asked}).to_string())
            }
            "return" => match self.open_return(now, index) {
                Some(opened) => (201, json!({"id": id, "return_id": opened}).to_string()),
                None => fault(409, format!("nothing of order {id} was shipped")),
            },
            "account-deletion" => {
                self.delete_account(now, index);
                (200, json!({"id": id, "erased": true}).to_string())
            }
            verb => fault(404, format!("a buyer has no {verb:?}")),
        }
    }

    fn declare(&mut self, body: &str) -> (u16, String) {
        match serde_json::from_str::<BTreeMap<String, i64>>(body) {
            Ok(given) if given.values().any(|quantity| !(0..=UNITS_MAX).contains(quantity)) => {
                fault(400, format!("quantities on hand are whole numbers from 0 to {UNITS_MAX}"))
            }
            Ok(given) => {
                for (sku, quantity) in given {
                    self.list_sku(&sku);
                    self.stock.entry(sku).or_default().declare(quantity);
                }
                (200, self.declared())
            }
            Err(error) => fault(400, format!("on-hand wants {{\"<sku>\":quantity}}: {error}")),
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

/// The member of that name, or the first of the choices.
fn choice(body: &str, name: &str, choices: &[&'static str]) -> Result<&'static str, String> {
    let read = if body.trim().is_empty() { Ok(Value::Null) } else { serde_json::from_str::<Value>(body) };
    let body = read.map_err(|error| format!("the body cannot be read: {error}"))?;
    let given = body[name].as_str();
    let found = choices.iter().find(|choice| given.is_none_or(|given| given == **choice));
    found
        .copied()
        .ok_or_else(|| format!("{name} {:?} is none of {}", given.unwrap_or(""), choices.join(", ")))
}

fn fault(status: u16, message: String) -> (u16, String) {
    (status, json!({"error": message}).to_string())
}
