//! What took effect, counted where it happens: the measure of "exactly once".

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The count of what took effect, with the keys of `GET /_sandbox/effects`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effects {
    /// Order → how often an acknowledgment changed it; a repeated one that changes nothing is not counted.
    pub acknowledge: BTreeMap<String, u32>,
    /// `order/line` → units shipped.
    pub ship: BTreeMap<String, u32>,
    /// `order/line/tracking` → units shipped under that number.
    pub shipments: BTreeMap<String, u32>,
    /// `order/line` → units cancelled by a call; automatic cancellations are not counted.
    pub cancel: BTreeMap<String, u32>,
    /// `order/line`, or `order` where a refund named no line → cents given back by calls. Absent where a marketplace's
    /// refunds are not modelled or there were none.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub refund: BTreeMap<String, u32>,
    /// SKU → the level the listing offers now.
    pub stock: BTreeMap<String, i64>,
    /// Units by which sets, when applied, exceeded what was declared on hand less the units sold in answers already
    /// served before the set was sent.
    pub reoffered_after_seen: u64,
    /// Units sold beyond what was left of the declared on hand because the level offered more.
    pub oversold_in_window: u64,
    /// Requests to the marketplace; control calls are not counted.
    pub requests: u64,
    /// Requests refused with 429.
    pub status_429: u64,
}

/// Adds to one count, without allocating where the key exists.
pub(crate) fn count(counts: &mut BTreeMap<String, u32>, key: &str, units: u32) {
    match counts.get_mut(key) {
        Some(count) => *count += units,
        None => {
            counts.insert(key.to_owned(), units);
        }
    }
}
