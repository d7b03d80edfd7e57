//! The count at the end: what was planned, what the store says, and what the *marketplace* counted as having taken effect.

use super::CHANNEL;
use std::collections::{BTreeMap, BTreeSet};
use sutler::{
    ErrorKind, Host, Result,
    command::{Act, State, Verb},
    model::{Entry, HoldReason, Phase, Sku, Timestamp, tracking_key},
    order::WholeOrder,
    sandbox::{Defect, Effects, FulfilledBy, Market, PlanEntry},
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

/// An order that waits at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct HeldOrder {
    pub(super) order: String,
    pub(super) reasons: Vec<String>,
    pub(super) why: String,
    pub(super) planned: Defect,
}

/// What it all came to.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
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
    /// Listings, and how many of them offer what they should.
    pub(super) listings: (u64, u64),
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
pub(super) async fn count(host: &Host, market: &Market, strict: bool) -> Result<Tally> {
    let (plan, effects, origin) = (market.plan(), market.effects(), market.origin());
    let mut tally = Tally { placed: plan.len() as u64, ..Tally::default() };
    let mut expected = Expected::default();
    for entry in &plan {
        let order = match host.order(CHANNEL, entry.id.as_str()).await {
            Ok(order) => order,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                tally.problems.push(format!("order {} is lost: placed, and not stored", entry.id));
                continue;
            }
            Err(error) => return Err(error),
        };
        tally.order(entry, &order, &effects, origin, strict);
        expected.add(&entry.id, &order);
    }
    (tally.ship, tally.cancel) = expected.compare(&effects, &mut tally.problems);
    tally.stock(host, &effects).await?;
    if effects.reoffered_after_seen > 0 {
        tally
            .problems
            .push(format!("{} units were offered again after they were sold", effects.reoffered_after_seen));
    }
    tally.latencies_s.sort_by(f64::total_cmp);
    tally.effects = effects;
    Ok(tally)
}

impl Tally {
    fn order(
        &mut self,
        entry: &PlanEntry,
        order: &WholeOrder,
        effects: &Effects,
        origin: Timestamp,
        strict: bool,
    ) {
        let state = order.state();
        let phase = order.phase();
        self.stored += 1;
        *self.by_phase.entry(phase.as_str()).or_default() += 1;
        if phase == Phase::Held {
            self.held.push(HeldOrder {
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
        match effects.acknowledge.get(&entry.id).copied().unwrap_or(0) {
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
        if effects.acknowledge.contains_key(&entry.id)
            && let Some(at) = state.acknowledged_at
        {
            self.acknowledged += 1;
            self.latencies_s
                .push((at - entry.placed_at.max(origin)).num_milliseconds().max(0) as f64 / 1000.0);
        }
        self.reasons(entry, order, strict);
    }

    /// Was it held, at any time, by what was planned and by nothing else?
    fn reasons(&mut self, entry: &PlanEntry, order: &WholeOrder, strict: bool) {
        let mut reasons: BTreeSet<HoldReason> = BTreeSet::new();
        for row in &order.history {
            if let Entry::Decided(decided) = &row.entry {
                reasons.extend(decided.holds.iter().map(|hold| hold.reason.clone()));
            }
        }
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

    async fn stock(&mut self, host: &Host, effects: &Effects) -> Result<()> {
        let mut after: Option<Sku> = None;
        loop {
            let listings = host.listings(CHANNEL, after, 500).await?;
            for listing in &listings {
                let available = host.item(listing.sku.clone()).await?.map_or(0, |item| item.available());
                let offered = effects.stock.get(listing.sku.as_str()).copied();
                self.listings.0 += 1;
                self.listings.1 += u64::from(offered == Some(listing.desired(available, listing.unseen, 0)));
            }
            after = listings.last().map(|listing| listing.sku.clone());
            if listings.len() < 500 {
                return Ok(());
            }
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
