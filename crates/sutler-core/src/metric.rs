//! Seller metrics: what a marketplace judges an account by, counted exactly from our own journal.
//!
//! Every order is *kept*, *missed*, *undecided* or *not counted* for each measure; a metric is the number of the missed and
//! the kept. Whole numbers only: a threshold is met or not, and no fraction is ever rounded.

mod published;

use crate::{
    command::{Act, CancelReason, Command, State},
    deadline::DeadlinePolicy,
    error::Result,
    journal::JournalRow,
    lateness::{Punctuality, lateness},
    order::tracking_key,
    state::OrderState,
    time::{Duration, Timestamp, earlier},
};

/// What is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    /// Orders of which the seller cancelled a unit are missed.
    Cancellation,
    /// Shipped orders with a unit without tracking are missed. Whether a carrier knows the number is the marketplace's to say.
    ValidTracking,
    /// Orders delivered after the channel's date are missed.
    OnTimeDelivery,
    /// Orders acknowledged after the deadline are missed. No marketplace publishes a threshold.
    Acknowledgment,
}

impl Measure {
    /// Every measure.
    pub const ALL: [Measure; 4] =
        [Measure::Cancellation, Measure::ValidTracking, Measure::OnTimeDelivery, Measure::Acknowledgment];

    /// `cancellation`, `valid_tracking`, `on_time_delivery` or `acknowledgment`.
    pub fn as_str(self) -> &'static str {
        match self {
            Measure::Cancellation => "cancellation",
            Measure::ValidTracking => "valid_tracking",
            Measure::OnTimeDelivery => "on_time_delivery",
            Measure::Acknowledgment => "acknowledgment",
        }
    }
}

/// How a marketplace judges one measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricRule {
    /// What is judged.
    pub measure: Measure,
    /// Orders placed within this before now are counted.
    pub window: Duration,
    /// Missed orders in a thousand that are tolerated; none where no threshold is published.
    pub missed_per_mille_max: Option<u32>,
    /// Where it was read.
    pub source: String,
}

/// How a marketplace judges an account: data with a date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricPolicy {
    /// Its dated name.
    pub name: String,
    /// The channel's reasons for a cancellation that say that the buyer wanted it.
    pub buyer_reasons: Vec<String>,
    /// The channel's reasons that say that the seller wanted it, by their beginning.
    pub seller_reasons: Vec<String>,
    /// What it judges.
    pub rules: Vec<MetricRule>,
}

/// How one order stands in one measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// As it should be, so far.
    Kept,
    /// Not as it should be.
    Missed,
    /// It cannot be told, or not yet.
    Undecided,
    /// Has no part in it.
    NotCounted,
}

/// One order, judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// When it was placed: whether it lies in a window.
    pub placed_at: Timestamp,
    outcomes: [Outcome; 4],
}

impl Judgement {
    /// How it stands in one measure.
    pub fn of(&self, measure: Measure) -> Outcome {
        let at = Measure::ALL.iter().position(|known| *known == measure);
        at.and_then(|at| self.outcomes.get(at)).copied().unwrap_or(Outcome::NotCounted)
    }

    /// One with these outcomes, in the order of [`Measure::ALL`].
    pub fn new(placed_at: Timestamp, outcomes: [Outcome; 4]) -> Judgement {
        Judgement { placed_at, outcomes }
    }
}

/// One metric of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metric {
    /// What is judged.
    pub measure: Measure,
    /// Orders placed at or after this are counted, up to now.
    pub from: Timestamp,
    /// Orders as they should be.
    pub kept: u64,
    /// Orders that are not.
    pub missed: u64,
    /// Orders that could still become either, or of which we were not told enough. In neither number.
    pub undecided: u64,
    /// Missed orders in a thousand that are tolerated.
    pub missed_per_mille_max: Option<u32>,
    /// The policy's dated name.
    pub policy: String,
    /// Where the threshold was read.
    pub source: String,
}

impl Metric {
    /// Orders that were judged: the denominator.
    pub fn counted(&self) -> u64 {
        self.kept + self.missed
    }

    /// How many more of the judged orders may turn out missed before the threshold is broken: 0 when one more breaks it or
    /// it is broken already, none without a threshold.
    pub fn misses_left(&self) -> Option<u64> {
        self.missed_per_mille_max.map(|max| self.tolerated(max).saturating_sub(self.missed))
    }

    /// Is the threshold broken?
    pub fn is_broken(&self) -> bool {
        self.missed_per_mille_max.is_some_and(|max| self.missed > self.tolerated(max))
    }

    fn tolerated(&self, max: u32) -> u64 {
        let tolerated = u128::from(self.counted()) * u128::from(max) / 1_000;
        u64::try_from(tolerated).unwrap_or(u64::MAX)
    }
}

/// Judges orders one by one and sums up.
#[derive(Clone, Debug)]
pub struct MetricFold {
    metrics: Vec<Metric>,
}

impl MetricFold {
    /// Nothing counted yet; windows end now.
    pub fn new(policy: &MetricPolicy, now: Timestamp) -> MetricFold {
        let metric = |rule: &MetricRule| Metric {
            measure: rule.measure,
            from: earlier(now, rule.window),
            kept: 0,
            missed: 0,
            undecided: 0,
            missed_per_mille_max: rule.missed_per_mille_max,
            policy: policy.name.clone(),
            source: rule.source.clone(),
        };
        MetricFold { metrics: policy.rules.iter().map(metric).collect() }
    }

    /// Orders placed before this are in no window.
    pub fn from(&self) -> Option<Timestamp> {
        self.metrics.iter().map(|metric| metric.from).min()
    }

    /// Counts one order.
    pub fn add(&mut self, judgement: &Judgement) {
        for metric in self.metrics.iter_mut().filter(|metric| judgement.placed_at >= metric.from) {
            match judgement.of(metric.measure) {
                Outcome::Kept => metric.kept += 1,
                Outcome::Missed => metric.missed += 1,
                Outcome::Undecided => metric.undecided += 1,
                Outcome::NotCounted => {}
            }
        }
    }

    /// The metrics, in the policy's order.
    pub fn finish(self) -> Vec<Metric> {
        self.metrics
    }
}

impl MetricPolicy {
    /// Judges one order by its state, its commands and its whole journal.
    ///
    /// # Errors
    /// As [`lateness`].
    pub fn judge(
        &self,
        deadlines: &DeadlinePolicy,
        order: &OrderState,
        commands: &[Command],
        history: &[JournalRow],
        now: Timestamp,
    ) -> Result<Judgement> {
        if !order.facts.is_sellers() {
            return Ok(Judgement::new(order.placed_at(), [Outcome::NotCounted; 4]));
        }
        let late = lateness(deadlines, order, history, now)?;
        let outcomes = [
            self.cancellation(order, commands),
            valid_tracking(order),
            of_time(late.delivered),
            of_time(late.acknowledged),
        ];
        Ok(Judgement::new(order.placed_at(), outcomes))
    }

    fn cancellation(&self, order: &OrderState, commands: &[Command]) -> Outcome {
        let (mut sellers, mut unclear) = (false, false);
        for command in commands.iter().filter(|command| command.state == State::Confirmed) {
            if let Act::Cancel(cancel) = &command.act {
                sellers |= cancel.reason != CancelReason::BuyerAsked;
            }
        }
        for line in &order.facts.lines {
            let by_us = order.ours.get(&line.line_id).map_or(0, |ours| ours.cancelled);
            if line.cancelled <= by_us {
                continue;
            }
            match line.cancel_reason.as_deref() {
                Some(reason) if self.buyer_reasons.iter().any(|known| known == reason) => {}
                Some(reason) if self.seller_reasons.iter().any(|known| reason.starts_with(known)) => {
                    sellers = true
                }
                _ => unclear = true,
            }
        }
        match (sellers, unclear) {
            (true, _) => Outcome::Missed,
            (false, true) => Outcome::Undecided,
            (false, false) => Outcome::Kept,
        }
    }
}

fn valid_tracking(order: &OrderState) -> Outcome {
    let mut shipped = false;
    for line in &order.facts.lines {
        let units = order.counters(line).shipped;
        shipped |= units > 0;
        let tracked = line.packages.iter().filter(|package| !tracking_key(&package.tracking).is_empty());
        let shown = tracked.map(|package| package.quantity).fold(0, u32::saturating_add);
        // What the channel confirmed to us went with the number the host reported.
        let ours = order.ours.get(&line.line_id).map_or(0, |ours| ours.shipped);
        if shown.max(ours) < units {
            return Outcome::Missed;
        }
    }
    if shipped { Outcome::Kept } else { Outcome::NotCounted }
}

fn of_time(punctuality: Punctuality) -> Outcome {
    match punctuality {
        Punctuality::InTime => Outcome::Kept,
        Punctuality::Late => Outcome::Missed,
        Punctuality::Pending | Punctuality::Unknown => Outcome::Undecided,
        Punctuality::NotAsked => Outcome::NotCounted,
    }
}
