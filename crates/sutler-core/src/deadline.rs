//! Deadlines: what must have happened by when, who says so, and what follows if not.

use crate::{
    order::OrderFacts,
    state::{OrderState, Phase},
    time::{Duration, Timestamp, millis},
};
use serde::{Deserialize, Serialize};

/// What must have happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum DeadlineKind {
    /// The channel knows that we take the order.
    Acknowledge,
    /// The channel has valid tracking.
    Ship,
    /// The buyer has the goods.
    Deliver,
    /// The channel cancels by itself what is unshipped.
    AutoCancel,
}

impl DeadlineKind {
    /// `acknowledge`, `ship`, `deliver` or `auto_cancel`.
    pub fn as_str(self) -> &'static str {
        match self {
            DeadlineKind::Acknowledge => "acknowledge",
            DeadlineKind::Ship => "ship",
            DeadlineKind::Deliver => "deliver",
            DeadlineKind::AutoCancel => "auto_cancel",
        }
    }
}

/// Who says so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DeadlineSource {
    /// The channel, in this field.
    Channel(String),
    /// We reckoned it by this dated policy.
    Computed(String),
}

/// One deadline of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// What must have happened.
    pub kind: DeadlineKind,
    /// By when. With a channel instant it equals it.
    #[serde(with = "millis")]
    pub due: Timestamp,
    /// Who says so.
    pub source: DeadlineSource,
    /// Reckoned by us; only an instant of the channel's own is not (G27).
    pub estimated: bool,
    /// What follows if not, in words.
    pub consequence: String,
}

/// How deadlines are reckoned where the channel gives none. Data with a date, never constants in code: marketplaces change them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadlinePolicy {
    /// Its dated name (`walmart-us@2023-06-06`).
    pub name: String,
    /// Acknowledge within this of being placed.
    pub acknowledge: Duration,
    /// Our own aim for acknowledging; orders work, replaces nothing.
    pub acknowledge_target: Duration,
    /// Ship within this of being placed, where the channel gives no date. Conservative: never later than the channel's.
    pub ship: Duration,
    /// The channel cancels unshipped lines this long after the ship date.
    pub auto_cancel: Option<Duration>,
    /// Left for a person before a deadline is called at risk.
    pub margin: Duration,
}

impl DeadlinePolicy {
    /// Walmart US. Acknowledge within 4 hours (developer.walmart.com, acknowledge-a-created-order); unshipped lines are
    /// cancelled 4 calendar days after `estimatedShipDate` since 2023-06-06 (purchase-order-po-line-auto-canceled-event).
    /// Four calendar days are 95 hours when a clock change lies between.
    /// The ship date follows a cut-off of 14:00 local at the latest and the day's end, so 10 hours after placing is never
    /// later than the channel's own.
    pub fn walmart_us() -> Self {
        DeadlinePolicy {
            name: "walmart-us@2023-06-06".into(),
            acknowledge: Duration::hours(4),
            acknowledge_target: Duration::minutes(15),
            ship: Duration::hours(10),
            auto_cancel: Some(Duration::hours(95)),
            margin: Duration::minutes(30),
        }
    }

    /// Every deadline of an order with these facts, placed at `placed_at`.
    pub fn deadlines(&self, facts: &OrderFacts, placed_at: Timestamp) -> Vec<Deadline> {
        let computed = || DeadlineSource::Computed(self.name.clone());
        let (ship, ship_source) = match facts.ship_by {
            Some(due) => (due, DeadlineSource::Channel("ship_by".into())),
            None => (placed_at + self.ship, computed()),
        };
        let mut all = vec![
            Deadline {
                kind: DeadlineKind::Acknowledge,
                due: placed_at + self.acknowledge,
                source: computed(),
                estimated: true,
                consequence: "the marketplace may cancel the order".into(),
            },
            Deadline {
                kind: DeadlineKind::Ship,
                due: ship,
                source: ship_source,
                estimated: facts.ship_by.is_none(),
                consequence: "late shipment counts against the account".into(),
            },
        ];
        if let Some(due) = facts.deliver_by {
            all.push(Deadline {
                kind: DeadlineKind::Deliver,
                due,
                source: DeadlineSource::Channel("deliver_by".into()),
                estimated: false,
                consequence: "late delivery counts against the account".into(),
            });
        }
        if let Some(after) = self.auto_cancel {
            all.push(Deadline {
                kind: DeadlineKind::AutoCancel,
                due: ship + after,
                source: computed(),
                estimated: true,
                consequence: "the marketplace cancels unshipped lines, counted against the account".into(),
            });
        }
        all
    }

    /// The next deadline an order has not met, if we ship it.
    pub fn next(&self, order: &OrderState) -> Option<Deadline> {
        if !order.facts.is_sellers()
            || matches!(order.phase(), Phase::Shipped | Phase::Delivered | Phase::Cancelled)
        {
            return None;
        }
        let acknowledged = order.is_acknowledged();
        self.deadlines(&order.facts, order.placed_at())
            .into_iter()
            .filter(|d| match d.kind {
                DeadlineKind::Acknowledge => !acknowledged,
                DeadlineKind::Ship | DeadlineKind::AutoCancel => true,
                DeadlineKind::Deliver => false,
            })
            .min_by_key(|d| d.due)
    }

    /// When the next deadline an order has not met is due: [`DeadlinePolicy::next`] without its words.
    pub fn due(&self, order: &OrderState) -> Option<Timestamp> {
        if !order.facts.is_sellers()
            || matches!(order.phase(), Phase::Shipped | Phase::Delivered | Phase::Cancelled)
        {
            return None;
        }
        let ship = order.facts.ship_by.unwrap_or(order.placed_at() + self.ship);
        let acknowledge = order.placed_at() + self.acknowledge;
        Some(if order.is_acknowledged() { ship } else { ship.min(acknowledge) })
    }

    /// When an acknowledgment should leave at the latest: our target, but never past the deadline less the margin.
    pub fn acknowledge_by(&self, placed_at: Timestamp) -> Timestamp {
        placed_at + self.acknowledge_target.min(self.acknowledge - self.margin)
    }
}
