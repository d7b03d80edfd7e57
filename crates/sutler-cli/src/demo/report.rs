//! The summary: in words for a person, in JSON for a program.

use super::{
    Ended,
    tally::{Tally, Times},
};
use serde_json::{Map, Value, json};
use std::{fmt::Write as _, path::PathBuf, time::Duration as Wait};

/// Everything the summary tells.
#[derive(Debug)]
pub(super) struct Report {
    /// One for each marketplace.
    pub(super) tallies: Vec<Tally>,
    /// Their sum.
    pub(super) all: Tally,
    /// Units that could have been sold too often at most.
    pub(super) exposure_bound: u64,
    pub(super) ended: Ended,
    pub(super) elapsed: Wait,
    pub(super) seed: u64,
    pub(super) db: PathBuf,
    pub(super) faults: String,
    pub(super) speed: f64,
}

impl Report {
    pub(super) fn json(&self) -> Value {
        let mut whole = counts(&self.all);
        whole.remove("budgets");
        let stock = &self.all.effects;
        whole.insert(
            "stock".into(),
            json!({
                "listings": self.all.offers.listings,
                "as_desired": self.all.offers.as_desired,
                "reoffered_after_seen": stock.reoffered_after_seen,
                "oversold_in_window": stock.oversold_in_window,
                "exposure_bound": self.exposure_bound,
            }),
        );
        let marketplaces: Map<String, Value> = self
            .tallies
            .iter()
            .map(|tally| (tally.marketplace.to_owned(), Value::Object(counts(tally))))
            .collect();
        let more = [
            ("marketplaces", Value::Object(marketplaces)),
            ("finished", (self.ended == Ended::Done).into()),
            ("elapsed_s", rounded(self.elapsed.as_secs_f64()).into()),
            ("seed", self.seed.into()),
            ("speed", self.speed.into()),
            ("faults", self.faults.clone().into()),
            ("db", self.db.display().to_string().into()),
        ];
        whole.extend(more.map(|(name, value)| (name.to_owned(), value)));
        Value::Object(whole)
    }

    pub(super) fn words(&self) -> String {
        let all = &self.all;
        let mut text = String::new();
        // Writing to a string cannot fail.
        let mut say = |line: String| {
            let _ = writeln!(text, "{line}");
        };
        for line in self.table() {
            say(line);
        }
        say(format!(
            "by phase      {}",
            listed(all.by_phase.iter().map(|(phase, n)| format!("{n} {}", phase.replace('_', " "))))
        ));
        say(format!(
            "stock         {} of {} listings offer what they should; {} units offered again after a sale was seen, {} oversold in between ({} at most)",
            all.offers.as_desired,
            all.offers.listings,
            all.effects.reoffered_after_seen,
            all.effects.oversold_in_window,
            self.exposure_bound
        ));
        say(format!(
            "http          {} requests, {} refused as too many",
            all.effects.requests, all.effects.status_429
        ));
        if all.unresolved > 0 {
            say(format!("unresolved    {} commands wait for a person (sutler resolve)", all.unresolved));
        }
        say(format!("held          {} orders wait for a person or for stock", all.held.len()));
        for held in &all.held {
            say(format!("  {:<8} {:<20}  {}", held.marketplace, held.order, held.why));
        }
        for problem in &all.problems {
            say(format!("WRONG         {problem}"));
        }
        let ended = match &self.ended {
            Ended::Done => "everything settled".to_owned(),
            Ended::OutOfTime => "not everything settled in time".to_owned(),
            Ended::Stopped => "stopped before everything settled".to_owned(),
            Ended::Broken(why) => format!("the engine ended: {why}"),
        };
        say(format!(
            "ended         {ended}, after {:.1} s at speed {}",
            self.elapsed.as_secs_f64(),
            self.speed
        ));
        say(format!("seed {}, faults {}; the store is {}", self.seed, self.faults, self.db.display()));
        text.trim_end().to_owned()
    }

    /// A column for each marketplace, and one for all where there are several.
    fn table(&self) -> Vec<String> {
        let mut columns: Vec<&Tally> = self.tallies.iter().collect();
        if columns.len() > 1 {
            columns.push(&self.all);
        }
        let row = |label: &str, cell: &dyn Fn(&Tally) -> String| {
            let cells: String = columns.iter().map(|tally| format!("{:>10}", cell(tally))).collect();
            format!("{label:<34}{cells}")
        };
        let latency = |tally: &Tally, percent| tally.latency_s(percent).map_or("-".into(), spoken);
        let mut lines = vec![
            row("", &|tally| tally.marketplace.into()),
            row("orders placed", &|tally| tally.placed.to_string()),
            row("  stored", &|tally| tally.stored.to_string()),
            row("  fulfilled by others, only read", &|tally| tally.foreign.to_string()),
            row("acknowledged or taken", &|tally| tally.acknowledged.to_string()),
            row("  after, median", &|tally| latency(tally, 50)),
            row("  after, 99th percentile", &|tally| latency(tally, 99)),
        ];
        type Of = fn(&Tally) -> Times;
        let verbs: [(&str, Of); 3] =
            [("acknowledge", |t| t.acknowledge), ("ship", |t| t.ship), ("cancel", |t| t.cancel)];
        for (verb, of) in verbs {
            lines.push(row(&format!("{verb}: once"), &|tally| of(tally).once.to_string()));
            lines.push(row("  repeated, missing", &|tally| {
                let times = of(tally);
                format!("{}, {}", times.repeated, times.missing)
            }));
        }
        lines.push(row("requests", &|tally| tally.effects.requests.to_string()));
        lines
    }
}

/// What is counted of one marketplace, or of all.
fn counts(tally: &Tally) -> Map<String, Value> {
    let phase = |names: &[&str]| -> u64 { names.iter().filter_map(|name| tally.by_phase.get(name)).sum() };
    let held: Vec<Value> = tally
        .held
        .iter()
        .map(|held| {
            json!({
                "marketplace": held.marketplace,
                "order": held.order,
                "reasons": held.reasons,
                "why": held.why,
                "planned_defect": held.planned,
            })
        })
        .collect();
    let budgets: Vec<Value> = tally
        .budgets
        .iter()
        .map(|used| {
            json!({
                "scope": used.scope,
                "taken": used.taken,
                "refused": used.refused,
                "per_minute": rounded(used.per_minute),
            })
        })
        .collect();
    let parts = [
        (
            "orders",
            json!({
                "placed": tally.placed,
                "stored": tally.stored,
                "seller_fulfilled": tally.sellers,
                "foreign": tally.foreign,
                "acknowledged": tally.acknowledged,
                "held": phase(&["held"]),
                "shipped": phase(&["shipped", "delivered"]),
                "cancelled": phase(&["cancelled"]),
                "by_phase": tally.by_phase,
            }),
        ),
        (
            "effects",
            json!({
                "acknowledge": times(tally.acknowledge),
                "ship": times(tally.ship),
                "cancel": times(tally.cancel),
                "reoffered_after_seen": tally.effects.reoffered_after_seen,
                "oversold_in_window": tally.effects.oversold_in_window,
            }),
        ),
        ("ack_latency_s", json!({"p50": tally.latency_s(50), "p99": tally.latency_s(99)})),
        ("held", held.into()),
        ("unresolved", tally.unresolved.into()),
        ("stock", json!({"listings": tally.offers.listings, "as_desired": tally.offers.as_desired})),
        ("http", json!({"requests": tally.effects.requests, "status_429": tally.effects.status_429})),
        ("budgets", budgets.into()),
        ("problems", json!(tally.problems)),
    ];
    parts.map(|(name, value)| (name.to_owned(), value)).into_iter().collect()
}

fn times(times: Times) -> Value {
    json!({"once": times.once, "repeated": times.repeated, "missing": times.missing})
}

fn listed(parts: impl Iterator<Item = String>) -> String {
    let parts: Vec<String> = parts.collect();
    if parts.is_empty() { "none".into() } else { parts.join(", ") }
}

fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

/// Seconds as a person says them.
fn spoken(seconds: f64) -> String {
    if seconds < 120.0 { format!("{seconds:.0} s") } else { format!("{:.1} min", seconds / 60.0) }
}
