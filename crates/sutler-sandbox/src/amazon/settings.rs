//! What a world is made from. Two worlds with equal settings and equal requests are equal.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::dice::identity;
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
    /// The seller's id (merchant token).
    pub seller: String,
    /// The store, by its id; it also says which region this is.
    pub marketplace_id: String,
    /// The client id that Login with Amazon accepts.
    pub client_id: String,
    /// The secret that goes with it.
    pub client_secret: String,
    /// The refresh token by which the seller authorised the application.
    pub refresh_token: String,
    /// How long access tokens live, in seconds of marketplace time.
    pub token_life_s: u32,
    /// Whether the application has the role without which what identifies buyers is left out.
    pub buyer_role: bool,
    /// Which orders there are.
    pub plan: Plan,
    /// How the SKUs of the standard plan begin; `SKU` for the same ones as the local Walmart's.
    pub skus: String,
    /// On hand as the host would declare it, added to (and winning over) what the plan brings.
    pub on_hand: BTreeMap<String, i64>,
    /// Levels the listings start with; others start at a stale number near what is declared (standard plan) or at what
    /// is declared (explicit plan).
    pub levels: BTreeMap<String, i64>,
    /// The shortest and the longest time an answer takes, in milliseconds of marketplace time.
    pub latency_ms: (u32, u32),
    /// Every published rate and burst is multiplied by this, for measurements against the sandbox; 1 is Amazon's.
    pub rate_factor: u32,
    /// How long an accepted quantity takes to apply, at least and at most, in milliseconds of marketplace time.
    pub stock_lag_ms: (u32, u32),
    /// How long a feed takes at least and at most, in seconds of marketplace time. In production 5 to 30 minutes are
    /// usual.
    pub feed_s: (u32, u32),
    /// How long a report takes at least and at most, in seconds of marketplace time.
    pub report_s: (u32, u32),
    /// Whether order changes and finished feeds and reports are told of from the start, as to a seller who has
    /// subscribed.
    pub subscribed: bool,
    /// The queue that a served world sends notifications to, as `http://host:port/account/name` of an SQS that wants no
    /// signature. Setting it subscribes.
    pub sqs_queue_url: Option<String>,
    /// How many in a thousand orders the buyer sends something back of, by seed, five to twelve days after the sale.
    #[serde(default)]
    pub returns: u16,
    /// Whether the world keeps lines for [`World::take_log`](super::World::take_log).
    pub log: bool,
}

impl Settings {
    /// A quiet marketplace in the United States with no orders: add a plan, orders, faults as needed.
    pub fn new(seed: u64, origin: Timestamp) -> Settings {
        Settings {
            seed,
            orders: 0,
            arrivals_per_minute: 0.0,
            arrivals_max: 0,
            faults: Faults::default(),
            origin,
            seller: "A2SUTLERSANDBX".into(),
            marketplace_id: "ATVPDKIKX0DER".into(),
            client_id: "amzn1.application-oa2-client.sandbox".into(),
            client_secret: "amzn1.oa2-cs.v1.sandbox".into(),
            refresh_token: "Atzr|sandbox-refresh-token".into(),
            token_life_s: 3600,
            buyer_role: true,
            plan: Plan::Standard,
            skus: "AMZ".into(),
            on_hand: BTreeMap::new(),
            levels: BTreeMap::new(),
            latency_ms: (40, 250),
            rate_factor: 1,
            stock_lag_ms: (500, 5_000),
            feed_s: (60, 300),
            report_s: (30, 180),
            subscribed: false,
            sqs_queue_url: None,
            returns: 0,
            log: false,
        }
    }

    /// What the standard plan is mixed from: another mix than Walmart's of the same seed.
    pub(super) fn mix(&self) -> Mix {
        Mix {
            seed: self.order_seed(),
            orders: self.orders,
            origin: self.origin,
            coming: if self.arrivals_per_minute > 0.0 { self.arrivals_max } else { 0 },
            skus: self.skus.clone(),
            scarce: "SCARCE-AMZ".into(),
        }
    }

    /// Where chance about orders comes from.
    pub(super) fn order_seed(&self) -> u64 {
        self.seed ^ identity(&["amazon"])
    }
}
