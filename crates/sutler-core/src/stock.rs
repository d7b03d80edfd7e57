//! Stock: what is on hand, what open orders want, what a listing may offer.

use crate::{
    id::Sku,
    time::{Duration, Timestamp, millis, millis_option},
};
use serde::{Deserialize, Serialize};

/// One item (here: a SKU) at the seller's one location. Derived sums are kept with it and audited from zero (G17).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Which.
    pub sku: Sku,
    /// The last physical count; none when no `on_hand` ever named the SKU, which makes it unmapped.
    pub counted: Option<i64>,
    /// When it was counted.
    #[serde(with = "millis")]
    pub as_of: Timestamp,
    /// Units that left after the count.
    pub departed: i64,
    /// Units that open orders want.
    pub demand: i64,
    /// Units promised to accepted orders; part of `demand`.
    pub allocated: i64,
}

impl Item {
    /// An item never counted and not wanted.
    pub fn new(sku: Sku) -> Self {
        Item { sku, counted: None, as_of: crate::time::from_millis(0), departed: 0, demand: 0, allocated: 0 }
    }

    /// Was it ever named by `on_hand`?
    pub fn is_mapped(&self) -> bool {
        self.counted.is_some()
    }

    /// Physical units now.
    pub fn on_hand(&self) -> i64 {
        self.counted.unwrap_or(0) - self.departed
    }

    /// Units not yet promised: what a new order may be allocated.
    pub fn unallocated(&self) -> i64 {
        self.on_hand() - self.allocated
    }

    /// Units nobody wants yet; may be negative.
    pub fn available(&self) -> i64 {
        self.on_hand() - self.demand
    }
}

/// One SKU's listing on one channel: what we believe it offers. DESIGN §9.
///
/// `level` is a belief based on a set or a read that took effect some time in `base_from ..= base_to`. A sale placed
/// before that is in the level already; one placed after it lowers it; one placed within makes the belief void.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// Which.
    pub sku: Sku,
    /// The level we believe in; none before the first read, and when the belief is void.
    pub level: Option<i64>,
    /// Earliest instant at which the base of the belief can have been true.
    #[serde(with = "millis")]
    pub base_from: Timestamp,
    /// Latest such instant.
    #[serde(with = "millis")]
    pub base_to: Timestamp,
    /// Units gone from the level that no order we know explains: sales not told yet. Subtracted everywhere.
    pub unseen: i64,
    /// When the last level read was asked.
    #[serde(with = "millis_option")]
    pub read_at: Option<Timestamp>,
    /// No set before this: an earlier one can still land.
    #[serde(with = "millis_option")]
    pub closed_until: Option<Timestamp>,
    /// A set of ours waits to be seen; read the level at this instant.
    #[serde(with = "millis_option")]
    pub verify_at: Option<Timestamp>,
    /// Ordinal of the last set intended.
    pub ordinal: u32,
    /// The channel does not know the SKU.
    pub missing: bool,
    /// The last day on which it was set, counted from the first one of 1970, and how often on that day.
    pub revised: (i64, u32),
}

/// A channel's day begins at this hour, UTC: see [`crate::channel::Capabilities::revisions_per_day`].
const DAY_BEGINS_HOUR: i64 = 8;

fn day(at: Timestamp) -> i64 {
    (at.timestamp() - DAY_BEGINS_HOUR * 3_600).div_euclid(86_400)
}

fn day_begins(day: i64) -> Timestamp {
    crate::time::from_millis((day * 86_400 + DAY_BEGINS_HOUR * 3_600) * 1_000)
}

impl Listing {
    /// A listing never read nor set.
    pub fn new(sku: Sku) -> Self {
        let zero = crate::time::from_millis(0);
        Listing {
            sku,
            level: None,
            base_from: zero,
            base_to: zero,
            unseen: 0,
            read_at: None,
            closed_until: None,
            verify_at: None,
            ordinal: 0,
            missing: false,
            revised: (0, 0),
        }
    }

    /// A set leaves.
    pub fn revise(&mut self, now: Timestamp) {
        let today = day(now);
        self.revised =
            if self.revised.0 == today { (today, self.revised.1.saturating_add(1)) } else { (today, 1) };
    }

    /// A set that left surely did not arrive: it used none of the day's changes.
    pub fn unrevised(&mut self) {
        self.revised.1 = self.revised.1.saturating_sub(1);
    }

    /// When the channel takes another change, where it takes `a_day` of each listing; `None` for now. A tenth of a day's is
    /// kept for going to zero.
    pub fn revisable_at(&self, now: Timestamp, a_day: Option<u32>, to_zero: bool) -> Option<Timestamp> {
        let a_day = a_day?;
        let most = if to_zero { a_day } else { a_day - a_day.div_ceil(10) };
        let today = day(now);
        (self.revised.0 == today && self.revised.1 >= most).then(|| day_begins(today + 1))
    }

    /// An order we had not seen took `units`, placed at `placed_at`.
    pub fn sold(&mut self, units: i64, placed_at: Timestamp) {
        if placed_at < self.base_from {
            self.unseen = (self.unseen - units).max(0);
        } else if placed_at > self.base_to {
            self.level = self.level.map(|level| (level - units).max(0));
        } else {
            self.level = None;
        }
    }

    /// The channel says it offers `level`, asked at `asked_at`, answered at `answered_at`; what it shows may be `lag` old.
    /// A read that can show the time before our last set took effect says nothing. Answers whether it was believed.
    pub fn read(&mut self, level: i64, asked_at: Timestamp, answered_at: Timestamp, lag: Duration) -> bool {
        if asked_at - lag < self.closed_until.unwrap_or(asked_at - lag) {
            return false;
        }
        if let Some(before) = self.level {
            self.unseen += (before - level).max(0);
        }
        self.level = Some(level);
        (self.base_from, self.base_to) = (asked_at - lag, answered_at);
        self.read_at = Some(asked_at);
        if self.verify_at.is_some_and(|at| at <= asked_at) {
            self.verify_at = None;
        }
        true
    }

    /// Our set to `level` took effect some time between the two instants.
    pub fn set(&mut self, level: i64, sent_at: Timestamp, until: Timestamp) {
        self.level = Some(level);
        (self.base_from, self.base_to) = (sent_at, until);
    }

    /// Our move by `units` took effect at `until` at the latest, on top of whatever the level was: what was sold since the
    /// belief's base is in the sum already, or makes it void as it did before.
    pub fn moved(&mut self, units: i64, until: Timestamp) {
        self.level = self.level.map(|level| (level + units).max(0));
        self.base_to = self.base_to.max(until);
    }

    /// Pulls are complete up to `complete_to`, later than the last read by more than the visibility delay: what they did
    /// not explain was drift.
    pub fn settle_drift(&mut self, complete_to: Timestamp) {
        if self.read_at.is_some_and(|read| read < complete_to) {
            self.unseen = 0;
        }
    }

    /// What the listing should offer when `available` units are nobody's.
    pub fn desired(&self, available: i64, unseen_everywhere: i64, buffer: i64) -> i64 {
        (available - unseen_everywhere - buffer).max(0)
    }
}

/// What the host declares of an item: a physical count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// Of what.
    pub sku: Sku,
    /// Physical units, those promised to open orders included.
    pub quantity: i64,
    /// When they were counted: what left later is subtracted, what left earlier is not in it.
    #[serde(with = "millis")]
    pub as_of: Timestamp,
}
