//! What a world is made from. Two worlds with equal settings and equal requests are equal.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::faults::Faults;
use crate::plan::Plan;
use crate::standard::Mix;

/// The ingredients of a [`World`](super::World). [`Settings::new`] has defaults for all but the seed and the origin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// All chance comes from here.
    pub seed: u64,
    /// Orders of the standard plan, placed over the three hours before the origin.
    pub orders: u32,
    /// Orders per minute of marketplace time that arrive after the origin; 0 for none.
    pub arrivals_per_minute: f64,
    /// The most orders that arrive after the origin.
    pub arrivals_max: u32,
    /// What goes wrong.
    pub faults: Faults,
    /// Marketplace time at which the world began.
    pub origin: Timestamp,
    /// The seller's id at the marketplace (`partnerId`).
    pub seller: String,
    /// The seller's ship node, where all stock lies.
    pub ship_node: String,
    /// The client id that the token endpoint accepts.
    pub client_id: String,
    /// The secret that goes with it.
    pub client_secret: String,
    /// Which orders there are.
    pub plan: Plan,
    /// On hand as the host would declare it, added to (and winning over) what the plan brings.
    pub on_hand: BTreeMap<String, i64>,
    /// Levels the listings start with; others start at a stale number near what is declared (standard plan) or at what
    /// is declared (explicit plan).
    pub levels: BTreeMap<String, i64>,
    /// The shortest and the longest time an answer takes, in milliseconds of marketplace time.
    pub latency_ms: (u32, u32),
    /// Every published rate is multiplied by this, for measurements against the sandbox; 1 is what Walmart publishes.
    pub rate_factor: u32,
    /// After how many orders a list ends although its `totalCount` says more.
    pub result_cap: u32,
    /// How long a feed takes at least and at most, in seconds of marketplace time.
    pub feed_s: (u32, u32),
    /// How many in a thousand orders the buyer sends something back of, by seed, five to twelve days after the sale.
    #[serde(default)]
    pub returns: u16,
    /// Whether the world keeps lines for [`World::take_log`](super::World::take_log).
    pub log: bool,
}

impl Settings {
    /// What the standard plan is mixed from.
    pub(super) fn mix(&self) -> Mix {
        Mix {
            seed: self.seed,
            orders: self.orders,
            origin: self.origin,
            coming: if self.arrivals_per_minute > 0.0 { self.arrivals_max } else { 0 },
            skus: "SKU".into(),
            scarce: "SCARCE".into(),
        }
    }

    /// A quiet marketplace with no orders: add a plan, orders, faults as needed.
    pub fn new(seed: u64, origin: Timestamp) -> Settings {
        Settings {
            seed,
            orders: 0,
            arrivals_per_minute: 0.0,
            arrivals_max: 0,
            faults: Faults::default(),
            origin,
            seller: "10001106117".into(),
            ship_node: "10000003527".into(),
            client_id: "sandbox-client".into(),
            client_secret: "sandbox-secret".into(),
            plan: Plan::Standard,
            on_hand: BTreeMap::new(),
            levels: BTreeMap::new(),
            latency_ms: (40, 250),
            rate_factor: 1,
            // "10,000" in the guides of 2025-26, "20000" in the specification: the smaller one is the one to survive.
            result_cap: 10_000,
            feed_s: (10, 60),
            returns: 0,
            log: false,
        }
    }
}
