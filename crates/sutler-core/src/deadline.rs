//! Deadlines: what must have happened by when, who says so, and what follows if not.

mod published;
mod ship;

pub use published::DeadlinePolicies;
pub use ship::{DayEnd, ShipCalendar, ShipRule};

use crate::{
    order::{OrderFacts, ShipmentReport},
    state::{OrderState, Phase},
    time::{Duration, Timestamp, earlier, later, millis, millis_option},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What follows when a wish to cancel is not answered: at Shopee and TikTok it is granted.
const UNANSWERED: &str = "the marketplace answers the buyer's wish to cancel by itself";

/// So long an order waits for its judges at least.
pub const ASKED_AT_ALL: Duration = Duration::minutes(1);

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
    /// The channel has our answer to the buyer's wish to cancel.
    AnswerCancel,
}

impl DeadlineKind {
    /// `acknowledge`, `ship`, `deliver`, `auto_cancel` or `answer_cancel`.
    pub fn as_str(self) -> &'static str {
        match self {
            DeadlineKind::Acknowledge => "acknowledge",
            DeadlineKind::Ship => "ship",
            DeadlineKind::Deliver => "deliver",
            DeadlineKind::AutoCancel => "auto_cancel",
            DeadlineKind::AnswerCancel => "answer_cancel",
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
    /// Our own aim, where we have one: never later than `due`, and it replaces nothing.
    #[serde(with = "millis_option")]
    pub target: Option<Timestamp>,
    /// When a person should hear of it if it has not happened: at the latest the margin before `due`.
    #[serde(with = "millis")]
    pub alarm_at: Timestamp,
    /// Who says so.
    pub source: DeadlineSource,
    /// Reckoned by us; only an instant of the channel's own is not (G27).
    pub estimated: bool,
    /// What follows if not, in words.
    pub consequence: String,
}

/// What follows when a deadline passes, in words, for each kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consequences {
    /// Not acknowledged.
    pub acknowledge: String,
    /// Not shipped.
    pub ship: String,
    /// Not delivered.
    pub deliver: String,
    /// Still not shipped.
    pub auto_cancel: String,
}

/// What we aim at, well before a marketplace asks for it. Targets order work and raise alarms; they replace no deadline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Targets {
    /// An acknowledgment leaves within this of the order being placed.
    pub acknowledge_aim: Duration,
    /// A person hears of one that did not within this.
    pub acknowledge_alarm: Duration,
    /// It has left within this.
    pub acknowledge: Duration,
    /// Handed over within so many days, the one it is worked on included: operational days where there is a calendar.
    pub hand_over_days: u32,
    /// The same for channel methods (`facts.method`) of another service level.
    pub hand_over_days_by_method: BTreeMap<String, u32>,
    /// Tracking is uploaded within this of the hand-over.
    pub tracking: Duration,
    /// A buyer's message is answered within this. Nothing reads messages yet; hosts may ask for it.
    pub message: Duration,
}

impl Default for Targets {
    /// What the first users run by: aim 15 minutes, alarm 30, 1 hour; hand over within 2 days, or 3 where the host says so
    /// for a method; tracking within 24 hours of the hand-over; messages within 24 hours.
    fn default() -> Self {
        Targets {
            acknowledge_aim: Duration::minutes(15),
            acknowledge_alarm: Duration::minutes(30),
            acknowledge: Duration::hours(1),
            hand_over_days: 2,
            hand_over_days_by_method: BTreeMap::new(),
            tracking: Duration::hours(24),
            message: Duration::hours(24),
        }
    }
}

/// How the deadlines of one marketplace are reckoned where the channel gives none. Data with a date, never constants in
/// code: marketplaces change them. [`DeadlinePolicies`] has those that were published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadlinePolicy {
    /// Its dated name (`walmart-us@2023-06-06`).
    pub name: String,
    /// The marketplace it is of, as connectors name it; empty for any other.
    pub marketplace: String,
    /// Where its figures were read.
    pub sources: Vec<String>,
    /// Acknowledge within this of being placed; none where orders need no acknowledgment.
    pub acknowledge: Option<Duration>,
    /// Ship by, where the channel gives no date. Conservative: never later than the channel's.
    pub ship: ShipRule,
    /// The channel cancels unshipped lines so many civil days after the ship date; none where it does not.
    pub auto_cancel_days: Option<u32>,
    /// Left for a person before a deadline is called at risk.
    pub margin: Duration,
    /// Our own aims.
    pub targets: Targets,
    /// What follows.
    pub consequences: Consequences,
}

impl DeadlinePolicy {
    /// By when an order is to be shipped: the channel's own instant, else reckoned.
    pub fn ship_due(&self, facts: &OrderFacts, placed_at: Timestamp) -> Timestamp {
        facts.ship_by.unwrap_or_else(|| self.ship.due(placed_at))
    }

    /// When the channel cancels by itself what was to be shipped by `ship_due`. Civil days of the location, where it is
    /// known; else as many days as have an hour less, since a change of the clock may lie between.
    fn auto_cancel_at(&self, ship_due: Timestamp) -> Option<Timestamp> {
        let days = self.auto_cancel_days?;
        Some(match &self.ship {
            ShipRule::Calendar(ship) => ship.calendar.days_later(ship_due, days),
            ShipRule::Within(_) => {
                let span = Duration::days(i64::from(days)) - Duration::hours(1);
                later(ship_due, span.max(Duration::zero()))
            }
        })
    }

    /// Every deadline of an order with these facts, placed at `placed_at`.
    pub fn deadlines(&self, facts: &OrderFacts, placed_at: Timestamp) -> Vec<Deadline> {
        let (targets, words) = (&self.targets, &self.consequences);
        let told = |field: &str, told: Option<Timestamp>| match told {
            Some(_) => DeadlineSource::Channel(field.into()),
            None => DeadlineSource::Computed(self.name.clone()),
        };
        let deadline = |kind, due, source: DeadlineSource, consequence: &String| Deadline {
            kind,
            due,
            target: None,
            alarm_at: earlier(due, self.margin),
            estimated: matches!(source, DeadlineSource::Computed(_)),
            source,
            consequence: consequence.clone(),
        };
        let mut all = Vec::with_capacity(4);
        if let Some(within) = self.acknowledge {
            let due = later(placed_at, within);
            let mut one = deadline(DeadlineKind::Acknowledge, due, told("", None), &words.acknowledge);
            one.target = Some(later(placed_at, targets.acknowledge).min(due));
            one.alarm_at = later(placed_at, targets.acknowledge_alarm).min(one.alarm_at);
            all.push(one);
        }
        let ship = self.ship_due(facts, placed_at);
        let mut one = deadline(DeadlineKind::Ship, ship, told("ship_by", facts.ship_by), &words.ship);
        one.target = Some(self.hand_over_target(facts, placed_at).min(ship));
        all.push(one);
        if let Some(due) = facts.deliver_by {
            all.push(deadline(DeadlineKind::Deliver, due, told("deliver_by", Some(due)), &words.deliver));
        }
        if let Some(due) = self.auto_cancel_at(ship) {
            all.push(deadline(DeadlineKind::AutoCancel, due, told("", None), &words.auto_cancel));
        }
        if let Some(due) = facts.answer_cancel_by() {
            let (source, decides) = (told("cancel_wish", Some(due)), UNANSWERED.to_owned());
            all.push(deadline(DeadlineKind::AnswerCancel, due, source, &decides));
        }
        all
    }

    fn hand_over_target(&self, facts: &OrderFacts, placed_at: Timestamp) -> Timestamp {
        let targets = &self.targets;
        let by_method = facts.method.as_ref().and_then(|method| targets.hand_over_days_by_method.get(method));
        let days = by_method.copied().unwrap_or(targets.hand_over_days);
        match &self.ship {
            ShipRule::Within(_) => later(placed_at, Duration::days(i64::from(days))),
            ShipRule::Calendar(ship) => ship.due_after(placed_at, days.saturating_sub(1)),
        }
    }

    /// The next deadline an order has not met, if we ship it.
    pub fn next(&self, order: &OrderState) -> Option<Deadline> {
        if !is_open(order) {
            return None;
        }
        let acknowledged = order.is_acknowledged();
        self.deadlines(&order.facts, order.placed_at())
            .into_iter()
            .filter(|d| match d.kind {
                DeadlineKind::Acknowledge => !acknowledged,
                DeadlineKind::Ship | DeadlineKind::AutoCancel | DeadlineKind::AnswerCancel => true,
                DeadlineKind::Deliver => false,
            })
            .min_by_key(|d| d.due)
    }

    /// When the next deadline an order has not met is due: [`DeadlinePolicy::next`] without its words.
    pub fn due(&self, order: &OrderState) -> Option<Timestamp> {
        self.due_with(order, order.facts.answer_cancel_by())
    }

    /// The same where the buyer's wish is still to be answered by `answer_by`: none where our answer is given, which a
    /// read may not show yet.
    pub fn due_with(&self, order: &OrderState, answer_by: Option<Timestamp>) -> Option<Timestamp> {
        if !is_open(order) {
            return None;
        }
        // What is cancelled unshipped is cancelled after the ship date: it is never the next.
        let ship = self.ship_due(&order.facts, order.placed_at());
        let first = match self.acknowledge {
            Some(within) if !order.is_acknowledged() => ship.min(later(order.placed_at(), within)),
            _ => ship,
        };
        Some(answer_by.map_or(first, |by| by.min(first)))
    }

    /// The latest instant at which something due at `due` may still be begun when what waits before it takes `drain`: less
    /// the time to drain, less the margin. All work is ordered by it, and a deadline is at risk from it on.
    pub fn latest_safe(&self, due: Timestamp, drain: Duration) -> Timestamp {
        earlier(earlier(due, drain), self.margin)
    }

    /// When an acknowledgment should leave at the latest: our aim, but never past the deadline less the margin.
    pub fn acknowledge_by(&self, placed_at: Timestamp) -> Timestamp {
        let aim = later(placed_at, self.targets.acknowledge_aim);
        self.acknowledge
            .map_or(aim, |within| aim.min(self.latest_safe(later(placed_at, within), Duration::zero())))
    }

    /// When an order that waits for a judge is decided without: a second margin before the latest safe instant of its
    /// acknowledgment, or of its shipment where it is taken already or nothing is to be acknowledged. An order that is late
    /// when it is first seen has a minute yet: its judges are asked at all.
    pub fn judge_by(&self, order: &OrderState) -> Timestamp {
        let due = match self.acknowledge {
            Some(within) if !order.is_acknowledged() => later(order.placed_at(), within),
            _ => self.ship_due(&order.facts, order.placed_at()),
        };
        let by = earlier(self.latest_safe(due, Duration::zero()), self.margin);
        by.max(later(order.first_seen_at, ASKED_AT_ALL))
    }

    /// When a package should be confirmed at the latest: our target after its hand-over, never past the ship date, each
    /// less the margin.
    pub fn confirm_by(&self, order: &OrderState, report: &ShipmentReport) -> Timestamp {
        let due = self.ship_due(&order.facts, order.placed_at());
        self.latest_safe(due.min(later(report.shipped_at, self.targets.tracking)), Duration::zero())
    }
}

/// Is there anything left that we could be late with?
fn is_open(order: &OrderState) -> bool {
    order.facts.is_sellers() && !matches!(order.phase(), Phase::Shipped | Phase::Delivered | Phase::Cancelled)
}
