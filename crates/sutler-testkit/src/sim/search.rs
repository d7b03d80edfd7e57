//! Many runs: seeds, crash points, mutants. A run is one thread; many runs are shared out over the machine's cores, and what
//! they came to is told in the order of the seeds, whoever was done first.

use super::{Outcome, Plan, Scenario, Shop, gate::Rng, run};
use std::{
    collections::BTreeMap,
    num::NonZeroUsize,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};
use sutler_core::time::Duration;

/// What many runs came to.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Runs made.
    pub runs: u64,
    /// What failed, in words, each with its seed.
    pub failures: Vec<String>,
    /// Faults that fired, by channel and name, over all runs.
    pub fired: BTreeMap<(&'static str, &'static str), u64>,
}

impl Found {
    /// Adds what fired in a run.
    pub fn note(&mut self, outcome: &Outcome) {
        for (channel, end) in &outcome.shops {
            for (fault, times) in &end.fired {
                *self.fired.entry((channel, fault)).or_default() += times;
            }
        }
    }

    /// Faults of these marketplaces that never fired.
    pub fn silent(&self, shops: &[Shop]) -> Vec<(&'static str, &'static str)> {
        let all = shops.iter().flat_map(|shop| shop.kind.faults().iter().map(|fault| (shop.channel, *fault)));
        all.filter(|fault| !self.fired.contains_key(fault)).collect()
    }
}

/// For each seed the scenario drawn by it: once undisturbed, once with a crash, once with two, once with a frozen worker.
pub fn seeds(seeds: impl IntoIterator<Item = u64>, drawn: fn(u64) -> Scenario) -> Found {
    let seeds: Vec<u64> = seeds.into_iter().collect();
    let mut all = Found::default();
    for found in share(&seeds, |seed| one(*seed, drawn)) {
        all.runs += found.runs;
        all.failures.extend(found.failures);
        found.fired.into_iter().for_each(|(fault, times)| *all.fired.entry(fault).or_default() += times);
    }
    all
}

fn one(seed: u64, drawn: fn(u64) -> Scenario) -> Found {
    let (mut found, scenario) = (Found::default(), drawn(seed));
    if let Some(passed) = take(&mut found, seed, &scenario, &Plan::default()) {
        for plan in disturbed(seed, passed) {
            take(&mut found, seed, &scenario, &plan);
        }
    }
    found
}

/// How many runs are under way at once.
pub fn cores() -> usize {
    thread::available_parallelism().map_or(1, NonZeroUsize::get)
}

/// Does `work` for each item, on all cores; the answers stand in the order of the items.
///
/// # Panics
/// When `work` does.
pub fn share<I: Sync, T: Send>(items: &[I], work: impl Fn(&I) -> T + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(at) else { return done };
            done.push((at, work(item)));
        }
    };
    let mut all: Vec<(usize, T)> = thread::scope(|scope| {
        let workers: Vec<_> = (0..cores().min(items.len())).map(|_| scope.spawn(worker)).collect();
        let ended = workers.into_iter().map(|worker| worker.join());
        ended.flat_map(|done| done.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    });
    all.sort_unstable_by_key(|(at, _)| *at);
    all.into_iter().map(|(_, done)| done).collect()
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
            found.note(&outcome);
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
    let all: Vec<u64> = (1..=seeds).collect();
    // A few at a time: most mutants are caught early.
    all.chunks(cores() * 2).find_map(|some| {
        let caught = share(some, |seed| escapes(mutant, *seed).err().map(|what| (*seed, what)));
        caught.into_iter().flatten().next()
    })
}

#[cfg(feature = "mutants")]
fn escapes(mutant: sutler_engine::Mutant, seed: u64) -> Result<(), String> {
    let scenario = Scenario::drawn(seed);
    let mutated = |plan: Plan| Plan { mutant: Some(mutant), ..plan };
    let passed = run(seed, &scenario, &mutated(Plan::default()))?.passed;
    disturbed(seed, passed).into_iter().try_for_each(|plan| run(seed, &scenario, &mutated(plan)).map(|_| ()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_work_answers_in_the_order_of_its_items() {
        let items: Vec<u64> = (0..100).collect();
        assert_eq!(share(&items, |n| n * n), items.iter().map(|n| n * n).collect::<Vec<_>>());
        assert!(share(&[], |n: &u64| *n).is_empty());
    }
}
