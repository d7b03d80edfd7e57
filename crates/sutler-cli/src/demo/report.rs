//! The summary: in words for a person, in JSON for a program.

use super::{
    Ended,
    tally::{Tally, Times},
};
use serde_json::{Value, json};
use std::{fmt::Write as _, path::PathBuf, time::Duration as Wait};
use sutler::ports::BudgetUse;

/// Everything the summary tells.
#[derive(Debug)]
pub(super) struct Report {
    pub(super) tally: Tally,
    pub(super) budgets: Vec<BudgetUse>,
    pub(super) ended: Ended,
    pub(super) elapsed: Wait,
    pub(super) seed: u64,
    pub(super) db: PathBuf,
    pub(super) faults: String,
    pub(super) speed: f64,
}

impl Report {
    fn phase(&self, names: &[&str]) -> u64 {
        names.iter().filter_map(|name| self.tally.by_phase.get(name)).sum()
    }

    pub(super) fn json(&self) -> Value {
        let tally = &self.tally;
        let held: Vec<Value> = tally
            .held
            .iter()
            .map(|held| {
                json!({
                    "order": held.order,
                    "reasons": held.reasons,
                    "why": held.why,
                    "planned_defect": held.planned,
                })
            })
            .collect();
        let budgets: Vec<Value> = self
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
        json!({
            "orders": {
                "placed": tally.placed,
                "stored": tally.stored,
                "seller_fulfilled": tally.sellers,
                "foreign": tally.foreign,
                "acknowledged": tally.acknowledged,
                "held": self.phase(&["held"]),
                "shipped": self.phase(&["shipped", "delivered"]),
                "cancelled": self.phase(&["cancelled"]),
                "by_phase": tally.by_phase,
            },
            "effects": {
                "acknowledge": times(tally.acknowledge),
                "ship": times(tally.ship),
                "cancel": times(tally.cancel),
                "reoffered_after_seen": tally.effects.reoffered_after_seen,
                "oversold_in_window": tally.effects.oversold_in_window,
            },
            "ack_latency_s": {"p50": tally.latency_s(50), "p99": tally.latency_s(99)},
            "held": held,
            "unresolved": tally.unresolved,
            "stock": {"listings": tally.listings.0, "as_desired": tally.listings.1},
            "http": {"requests": tally.effects.requests, "status_429": tally.effects.status_429},
            "budgets": budgets,
            "problems": tally.problems,
            "finished": self.ended == Ended::Done,
            "elapsed_s": rounded(self.elapsed.as_secs_f64()),
            "seed": self.seed,
            "speed": self.speed,
            "faults": self.faults,
            "db": self.db.display().to_string(),
        })
    }

    pub(super) fn words(&self) -> String {
        let tally = &self.tally;
        let mut text = String::new();
        // Writing to a string cannot fail.
        let mut say = |line: String| {
            let _ = writeln!(text, "{line}");
        };
        say(format!(
            "orders        {} placed, {} stored: {} the seller's, {} fulfilled by others (read, never written)",
            tally.placed, tally.stored, tally.sellers, tally.foreign
        ));
        let phases: Vec<String> =
            tally.by_phase.iter().map(|(phase, n)| format!("{n} {}", phase.replace('_', " "))).collect();
        say(format!("by phase      {}", phases.join(", ")));
        let latency = |percent| tally.latency_s(percent).map_or("-".into(), spoken);
        say(format!(
            "acknowledged  {}, after {} (median), {} (99th percentile) of marketplace time",
            tally.acknowledged,
            latency(50),
            latency(99)
        ));
        say("took effect   (counted by the marketplace)".into());
        for (verb, counted) in
            [("acknowledge", tally.acknowledge), ("ship", tally.ship), ("cancel", tally.cancel)]
        {
            say(format!(
                "  {verb:<12}{} once, {} repeated, {} missing",
                counted.once, counted.repeated, counted.missing
            ));
        }
        say(format!(
            "stock         {} of {} listings offer what they should; {} units offered again after a sale was seen, {} oversold in between",
            tally.listings.1,
            tally.listings.0,
            tally.effects.reoffered_after_seen,
            tally.effects.oversold_in_window
        ));
        say(format!(
            "http          {} requests, {} refused as too many",
            tally.effects.requests, tally.effects.status_429
        ));
        for used in self.budgets.iter().filter(|used| used.taken > 0) {
            let name = used.scope.split('@').next().unwrap_or(&used.scope);
            say(format!("  {name:<22}{:>5} used, {:.0} a minute allowed", used.taken, used.per_minute));
        }
        if tally.unresolved > 0 {
            say(format!("unresolved    {} commands wait for a person (sutler resolve)", tally.unresolved));
        }
        say(format!("held          {} orders wait for a person or for stock", tally.held.len()));
        for held in &tally.held {
            say(format!("  {}  {}", held.order, held.why));
        }
        for problem in &tally.problems {
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
}

fn times(times: Times) -> Value {
    json!({"once": times.once, "repeated": times.repeated, "missing": times.missing})
}

fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

/// Seconds as a person says them.
fn spoken(seconds: f64) -> String {
    if seconds < 120.0 { format!("{seconds:.0} s") } else { format!("{:.1} min", seconds / 60.0) }
}
