//! The count at the end, for one marketplace: what was planned, what the store says, and what the *marketplace* counted as
//! having taken effect.

use super::{shop::Shop, stock::Offers};
use std::collections::{BTreeMap, BTreeSet};
use sutler::{
    Engine, ErrorKind, Result,
    command::{Act, State, Verb},
    model::{Entry, HoldReason, Phase, Timestamp, tracking_key},
    order::WholeOrder,
    ports::BudgetUse,
    sandbox::{Defect, Effects, FulfilledBy, PlanEntry},
};

/// Effects of one verb, by how often they happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Times {
    /// As often as intended.
    pub(super) once: u64,
    /// More often, or although nobody intended it.
    pub(super) repeated: u64,
    /// Not at all or not in full, and neither held nor in doubt.
    pub(super) missing: u64,
}

impl Times {
    fn add(&mut self, more: Times) {
        self.once += more.once;
        self.repeated += more.repeated;
        self.missing += more.missing;
    }
}

/// An order that waits at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct HeldOrder {
    pub(super) marketplace: &'static str,
    pub(super) order: String,
    pub(super) reasons: Vec<String>,
    pub(super) why: String,
    pub(super) planned: Defect,
}

/// What it all came to at one marketplace.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    pub(super) marketplace: &'static str,
    pub(super) placed: u64,
    pub(super) sellers: u64,
    pub(super) stored: u64,
    pub(super) acknowledged: u64,
    pub(super) by_phase: BTreeMap<&'static str, u64>,
    pub(super) foreign: u64,
    pub(super) unresolved: u64,
    pub(super) acknowledge: Times,
    pub(super) ship: Times,
    pub(super) cancel: Times,
    pub(super) effects: Effects,
    /// Seconds of marketplace time from the sale (or the start, where that is later) to the acknowledgment, ascending.
    pub(super) latencies_s: Vec<f64>,
    pub(super) held: Vec<HeldOrder>,
    pub(super) offers: Offers,
    pub(super) budgets: Vec<BudgetUse>,
    /// What is not as it should be, one sentence each.
    pub(super) problems: Vec<String>,
}

impl Tally {
    /// A percentile of the acknowledgment latency, by the nearest rank; nothing when none was acknowledged.
    pub(super) fn latency_s(&self, percent: usize) -> Option<f64> {
        let rank = (self.latencies_s.len() * percent).div_ceil(100);
        self.latencies_s.get(rank.saturating_sub(1)).copied()
    }
}

/// Counts. `strict` expects every order to be held by its planned reason and no other: payloads that cannot be read in
/// full add one.
pub(super) async fn count(engine: &Engine, shop: &Shop, offers: Offers, strict: bool) -> Result<Tally> {
    let (plan, effects, origin) = (shop.plan(), shop.effects(), shop.origin());
    let mut tally = Tally { marketplace: shop.name(), placed: plan.len() as u64, offers, ..Tally::default() };
    let mut expected = Expected::default();
    let told = shop.is_told(engine);
    for entry in &plan {
        let order = match engine.order(shop.name(), entry.id.as_str()).await {
            Ok(order) => order,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                tally.problems.push(format!("order {} is lost: placed, and not stored", entry.id));
                continue;
            }
            Err(error) => return Err(error),
        };
        let acknowledged = if told {
            effects.acknowledge.get(&entry.id).copied().unwrap_or(0)
        } else {
            // Taking the order is a note of ours: nothing takes effect there, and the store alone can say.
            u32::from(order.state().acknowledged_at.is_some())
        };
        tally.order(entry, &order, acknowledged, origin, strict);
        expected.add(&entry.id, &order);
    }
    (tally.ship, tally.cancel) = expected.compare(&effects, &mut tally.problems);
    if effects.reoffered_after_seen > 0 {
        tally
            .problems
            .push(format!("{} units were offered again after they were sold", effects.reoffered_after_seen));
    }
    tally.latencies_s.sort_by(f64::total_cmp);
    tally.effects = effects;
    let health = engine.health().await?.into_iter().find(|health| health.channel.as_str() == shop.name());
    tally.budgets = health.map(|health| health.budgets).unwrap_or_default();
    Ok(tally)
}

/// All marketplaces together; without what only one of them has (budgets, levels).
pub(super) fn sum(tallies: &[Tally]) -> Tally {
    let mut all = Tally { marketplace: "all", ..Tally::default() };
    for one in tallies {
        all.placed += one.placed;
        all.sellers += one.sellers;
        all.stored += one.stored;
        all.acknowledged += one.acknowledged;
        all.foreign += one.foreign;
        all.unresolved += one.unresolved;
        for (phase, n) in &one.by_phase {
            *all.by_phase.entry(phase).or_default() += n;
        }
        all.acknowledge.add(one.acknowledge);
        all.ship.add(one.ship);
        all.cancel.add(one.cancel);
        all.effects.reoffered_after_seen += one.effects.reoffered_after_seen;
        all.effects.oversold_in_window += one.effects.oversold_in_window;
        all.effects.requests += one.effects.requests;
        all.effects.status_429 += one.effects.status_429;
        all.latencies_s.extend(&one.latencies_s);
        all.held.extend(one.held.iter().cloned());
        all.offers.listings += one.offers.listings;
        all.offers.as_desired += one.offers.as_desired;
        all.problems.extend(one.problems.iter().map(|problem| format!("{}: {problem}", one.marketplace)));
    }
    all.latencies_s.sort_by(f64::total_cmp);
    all
}

impl Tally {
    fn order(
        &mut self,
        entry: &PlanEntry,
        order: &WholeOrder,
        acknowledged: u32,
        origin: Timestamp,
        strict: bool,
    ) {
        let state = order.state();
        let phase = order.phase();
        self.stored += 1;
        *self.by_phase.entry(phase.as_str()).or_default() += 1;
        if phase == Phase::Held {
            self.held.push(HeldOrder {
                marketplace: self.marketplace,
                order: entry.id.clone(),
                reasons: order.holds().iter().map(|hold| hold.reason.to_string()).collect(),
                why: order.why(),
                planned: entry.defect,
            });
        }
        self.unresolved += order.commands().iter().filter(|c| c.state == State::Unresolved).count() as u64;
        if entry.fulfilled_by != FulfilledBy::Seller {
            self.foreign += 1;
            return;
        }
        self.sellers += 1;
        let waits = order.commands().iter().any(|c| c.key.verb == Verb::Acknowledge && c.is_open());
        match acknowledged {
            0 if matches!(phase, Phase::Held | Phase::Cancelled) || waits => {}
            0 => {
                self.acknowledge.missing += 1;
                self.problems.push(format!(
                    "order {} is unexplained: {}, and neither acknowledged, held, cancelled nor in doubt",
                    entry.id,
                    phase.as_str()
                ));
            }
            1 => self.acknowledge.once += 1,
            times => {
                self.acknowledge.repeated += 1;
                self.problems.push(format!("order {} was acknowledged {times} times", entry.id));
            }
        }
        // An order cancelled before it was acknowledged needs no acknowledgment any more, and had none.
        if acknowledged > 0
            && let Some(at) = state.acknowledged_at
        {
            self.acknowledged += 1;
            self.latencies_s
                .push((at - entry.placed_at.max(origin)).num_milliseconds().max(0) as f64 / 1000.0);
        }
        self.reasons(entry, order, strict);
    }

    /// Was it held, at any time, by what was planned and by nothing else? That the buyer has not paid yet is nobody's defect.
    fn reasons(&mut self, entry: &PlanEntry, order: &WholeOrder, strict: bool) {
        let mut reasons: BTreeSet<HoldReason> = BTreeSet::new();
        for row in &order.history {
            if let Entry::Decided(decided) = &row.entry {
                reasons.extend(decided.holds.iter().map(|hold| hold.reason.clone()));
            }
        }
        reasons.remove(&HoldReason::NotReady);
        let own = match entry.defect {
            Defect::None => None,
            Defect::BadAddress => Some(HoldReason::BadAddress),
            Defect::ShortStock => Some(HoldReason::ShortOfStock),
            Defect::UnmappedSku => Some(HoldReason::UnmappedSku),
            Defect::CancelRequest => Some(HoldReason::BuyerAskedToCancel),
        };
        if let Some(own) = &own
            && !reasons.remove(own)
        {
            self.problems.push(format!("order {} was planned to be held for {own} and never was", entry.id));
        }
        if !strict {
            reasons.remove(&HoldReason::Unmapped);
        }
        for other in reasons {
            let planned = own.as_ref().map_or("nothing".into(), |own| own.code());
            self.problems.push(format!("order {} was held for {other}, planned was {planned}", entry.id));
        }
    }
}

/// What should have taken effect, by what the store says was reported and intended.
#[derive(Debug, Default)]
struct Expected {
    /// Units by order, line and tracking number, and whether a command about them is still open.
    ship: BTreeMap<(String, String, String), (u32, bool)>,
    /// Units by order and line, and whether a command about them is still open.
    cancel: BTreeMap<(String, String), (u32, bool)>,
}

impl Expected {
    fn add(&mut self, id: &str, order: &WholeOrder) {
        for (package, report) in &order.state().reports {
            let subject = format!("{id}/{package}");
            let command = order.commands().iter().rfind(|c| c.key.subject == subject);
            let open = command.is_none_or(|command| command.is_open());
            for part in &report.lines {
                let key = (id.to_owned(), part.line_id.to_string(), tracking_key(&report.tracking));
                let entry = self.ship.entry(key).or_default();
                entry.0 += part.quantity;
                entry.1 |= open;
            }
        }
        for command in order.commands() {
            let Act::Cancel(cancel) = &command.act else { continue };
            if matches!(command.state, State::Void | State::Refused | State::Redirected) {
                continue;
            }
            for part in &cancel.lines {
                let entry = self.cancel.entry((id.to_owned(), part.line_id.to_string())).or_default();
                entry.0 += part.quantity;
                entry.1 |= command.is_open();
            }
        }
    }

    fn compare(&self, effects: &Effects, problems: &mut Vec<String>) -> (Times, Times) {
        let mut shipped: BTreeMap<(String, String, String), u32> = BTreeMap::new();
        for (key, units) in &effects.shipments {
            if let [order, line, tracking] = *key.splitn(3, '/').collect::<Vec<_>>() {
                *shipped.entry((order.into(), line.into(), tracking_key(tracking))).or_default() += units;
            }
        }
        let mut cancelled: BTreeMap<(String, String), u32> = BTreeMap::new();
        for (key, units) in &effects.cancel {
            if let Some((order, line)) = key.split_once('/') {
                *cancelled.entry((order.into(), line.into())).or_default() += units;
            }
        }
        let ship = times(&self.ship, &shipped, problems, |(order, line, tracking)| {
            format!("line {line} of order {order} under {tracking}")
        });
        let cancel = times(&self.cancel, &cancelled, problems, |(order, line)| {
            format!("the cancellation of line {line} of order {order}")
        });
        (ship, cancel)
    }
}

fn times<K: Ord>(
    expected: &BTreeMap<K, (u32, bool)>,
    happened: &BTreeMap<K, u32>,
    problems: &mut Vec<String>,
    name: impl Fn(&K) -> String,
) -> Times {
    let mut times = Times::default();
    for (key, (wanted, open)) in expected {
        let units = happened.get(key).copied().unwrap_or(0);
        if units > *wanted {
            times.repeated += 1;
            problems.push(format!("{} took effect for {units} units, {wanted} were meant", name(key)));
        } else if units == *wanted {
            times.once += 1;
        } else if !open {
            times.missing += 1;
            problems.push(format!("{} took effect for {units} of {wanted} units", name(key)));
        }
    }
    for (key, units) in happened.iter().filter(|(key, _)| !expected.contains_key(key)) {
        times.repeated += 1;
        problems.push(format!("{} took effect for {units} units, and nobody meant it", name(key)));
    }
    times
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_effect_is_told_apart() {
        let expected = BTreeMap::from([
            ("once", (2, false)),
            ("twice", (2, false)),
            ("never", (1, false)),
            ("open", (1, true)),
        ]);
        let happened = BTreeMap::from([("once", 2), ("twice", 4), ("unasked", 1)]);
        let mut problems = Vec::new();
        let found = times(&expected, &happened, &mut problems, |key| (*key).to_owned());
        assert_eq!(found, Times { once: 1, repeated: 2, missing: 1 });
        assert_eq!(problems.len(), 3, "{problems:?}");
    }

    #[test]
    fn percentiles_go_by_the_nearest_rank() {
        let tally = Tally { latencies_s: (1..=200).map(f64::from).collect(), ..Tally::default() };
        assert_eq!((tally.latency_s(50), tally.latency_s(99)), (Some(100.0), Some(198.0)));
        assert_eq!(Tally::default().latency_s(50), None);
    }
}
