//! Many runs: seeds, crash points, mutants.

use super::{Plan, Scenario, gate::Rng, run};
use std::collections::BTreeMap;
use sutler_core::time::Duration;

/// What many runs came to.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Runs made.
    pub runs: u64,
    /// What failed, in words, each with its seed.
    pub failures: Vec<String>,
    /// Faults that fired, by name, over all runs.
    pub fired: BTreeMap<&'static str, u64>,
}

/// For each seed a drawn scenario: once undisturbed, once with a crash, once with two, once with a frozen worker.
pub fn seeds(seeds: impl IntoIterator<Item = u64>) -> Found {
    let mut found = Found::default();
    for seed in seeds {
        let scenario = Scenario::drawn(seed);
        let Some(passed) = take(&mut found, seed, &scenario, &Plan::default()) else { continue };
        for plan in disturbed(seed, passed) {
            take(&mut found, seed, &scenario, &plan);
        }
    }
    found
}

/// The ways a run with `passed` points is disturbed.
pub fn disturbed(seed: u64, passed: u64) -> Vec<Plan> {
    let mut rng = Rng::new(seed ^ 0xD157);
    let mut point = || 1 + rng.below(passed);
    let (one, two, three) = (point(), point(), point());
    vec![
        Plan { crash_at: vec![one], ..Plan::default() },
        Plan { crash_at: vec![two, two + 1 + three % 40], ..Plan::default() },
        Plan { crash_at: vec![three], freeze: Some(Duration::seconds(130)), ..Plan::default() },
    ]
}

fn take(found: &mut Found, seed: u64, scenario: &Scenario, plan: &Plan) -> Option<u64> {
    found.runs += 1;
    match run(seed, scenario, plan) {
        Ok(outcome) => {
            for (fault, times) in &outcome.fired {
                *found.fired.entry(fault).or_default() += times;
            }
            Some(outcome.passed)
        }
        Err(what) => {
            found.failures.push(what);
            None
        }
    }
}

/// The first seed under which a build without one rule fails, with what it failed by.
#[cfg(feature = "mutants")]
pub fn catch(mutant: sutler_engine::Mutant, seeds: u64) -> Option<(u64, String)> {
    for seed in 1..=seeds {
        let scenario = Scenario::drawn(seed);
        let mutated = |plan: Plan| Plan { mutant: Some(mutant), ..plan };
        let passed = match run(seed, &scenario, &mutated(Plan::default())) {
            Ok(outcome) => outcome.passed,
            Err(what) => return Some((seed, what)),
        };
        for plan in disturbed(seed, passed) {
            if let Err(what) = run(seed, &scenario, &mutated(plan)) {
                return Some((seed, what));
            }
        }
    }
    None
}
