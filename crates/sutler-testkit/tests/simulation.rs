//! The simulation's proofs: every crash point of a fixed scenario, many seeds, every fault, every mutant, and the walks of
//! the write-verbs table.

use std::collections::BTreeMap;
use sutler_core::time::Duration;
use sutler_sandbox::Faults;
use sutler_testkit::sim::{
    Plan, Scenario,
    audit::{Drift, Sum},
    run, search,
};

/// Seeds that once failed, kept for ever.
const ONCE_FAILED: &[u64] = &[5, 6, 7, 14, 15, 19, 21, 22, 27, 30, 76, 77, 128, 141, 149, 159, 175];

fn fixed(batch_sets_from: usize) -> Scenario {
    Scenario { batch_sets_from, ..Scenario::fixed() }
}

#[test]
fn one_seed_is_one_run() {
    let (a, b) =
        (run(9, &Scenario::drawn(9), &Plan::default()), run(9, &Scenario::drawn(9), &Plan::default()));
    let (a, b) = (a.expect("a run"), b.expect("the same run"));
    assert_eq!((a.hash, a.passed, a.calls), (b.hash, b.passed, b.calls));
    assert_ne!(a.hash, run(10, &Scenario::drawn(10), &Plan::default()).expect("another run").hash);
}

/// Walk 1: a crash before `Sent` is durable, after it, after the first byte, after the answer, after the outcome is stored,
/// for each write verb; and at every other point of the scenario.
#[test]
fn g18_every_crash_point_of_the_fixed_scenario_is_survived() {
    let mut visited = 0;
    for batch in [100, 2] {
        let scenario = fixed(batch);
        // A feed's commits are those of its rows, and its calls are the feed's.
        let stock = if batch == 2 { "us feed" } else { "us inventory" };
        let recorded = |seed| run(seed, &scenario, &Plan { record: true, ..Plan::default() });
        let sends = |seed: &u64| {
            let points = recorded(*seed).map(|plain| plain.points).unwrap_or_default();
            points
                .iter()
                .any(|point| point.label == "call.sent" && point.about.iter().any(|about| about == stock))
        };
        // Whether two sets are due at the same time, and so make a feed, is a matter of the seed.
        let seed = (1..=60).find(sends).expect("a seed whose levels travel so");
        let plain = recorded(seed).expect("the fault-free run");
        assert_eq!(plain.points.len() as u64, plain.passed);
        let mut seen: BTreeMap<&str, BTreeMap<&str, u32>> = BTreeMap::new();
        for point in &plain.points {
            for about in &point.about {
                let (verb, event) = about.split_once(':').unwrap_or((about, ""));
                let place = match (point.label, event) {
                    ("commit.before", "sent") => "before sent is durable",
                    ("commit.after", "sent") => "after sent is durable",
                    ("call.sent", _) => "after the first byte",
                    ("call.answered", _) => "after the answer",
                    ("commit.after", "done" | "accepted") => "after the outcome is stored",
                    _ => continue,
                };
                *seen.entry(verb).or_default().entry(place).or_default() += 1;
            }
        }
        for verb in ["us acknowledge", "us confirm_shipment", "us cancel"] {
            assert_eq!(seen.get(verb).map_or(0, BTreeMap::len), 5, "{verb}: {seen:?}");
        }
        assert!(
            seen.get(stock).is_some_and(|places| places.contains_key("after the first byte")),
            "{seen:?}"
        );
        assert!(
            seen.get("us set_level").is_some_and(|places| places.contains_key("before sent is durable")),
            "{seen:?}"
        );
        let points: Vec<u64> = (1..=plain.passed).collect();
        let survived = search::share(&points, |point| {
            run(seed, &scenario, &Plan { crash_at: vec![*point], ..Plan::default() }).map(|_| ())
        });
        for (point, survived) in points.iter().zip(survived) {
            if let Err(what) = survived {
                panic!("point {point} ({:?}): {what}", plain.points.get(*point as usize - 1));
            }
            visited += 1;
        }
    }
    println!("{visited} crash points visited, each verb at all five of walk 1");
}

#[test]
fn g18_seeds_with_faults_crashes_and_frozen_workers_lose_and_double_nothing() {
    let seeds = ONCE_FAILED.iter().copied().chain(1..=300);
    let mut found = search::seeds(seeds, Scenario::drawn);
    // A bucket's size shows only to who asks for more than it holds.
    let mut crowd = Scenario::backlog(90);
    crowd.shops[0].faults.bucket_percent = 60;
    found.note(&run(1, &crowd, &Plan::default()).unwrap_or_else(|what| panic!("{what}")));
    assert!(
        found.failures.is_empty(),
        "{} of {} runs failed, first: {}",
        found.failures.len(),
        found.runs,
        found.failures[0]
    );
    assert_eq!(found.silent(&crowd.shops), [], "faults that never fired");
    println!("{} runs, every fault fired: {:?}", found.runs, found.fired);
}

#[cfg(feature = "mutants")]
#[test]
fn g18_a_build_without_one_rule_is_caught() {
    for (mutant, name) in sutler_engine::Mutant::ALL {
        let caught = search::catch(*mutant, 300);
        let (seed, what) = caught.unwrap_or_else(|| panic!("mutant {name} is not caught within 300 seeds"));
        println!("mutant {name}: seed {seed}: {}", what.lines().next().unwrap_or_default());
    }
}

/// Every commit of every run is audited. That the audit bites: an item that moves without its order, in any commit and in
/// any of its sums, ends the run at that commit.
#[test]
fn g17_an_audit_from_zero_agrees_after_every_step() {
    let sums = [Sum::Demand, Sum::Allocated, Sum::Departed, Sum::Counted];
    let mut audits = 0;
    for seed in ONCE_FAILED.iter().copied().chain(1..=30) {
        let outcome =
            run(seed, &Scenario::drawn(seed), &Plan::default()).unwrap_or_else(|what| panic!("{what}"));
        assert!(outcome.audits > 15, "seed {seed}: {} audits of {} commits", outcome.audits, outcome.commits);
        audits += outcome.audits;
    }
    let plain = run(1, &Scenario::fixed(), &Plan::default()).expect("the run without a defect");
    for commit in 1..=plain.commits {
        for sum in sums {
            let plan = Plan { drift: Some(Drift { commit, sum }), ..Plan::default() };
            let what = run(1, &Scenario::fixed(), &plan).map(|_| ()).expect_err("drift");
            assert!(
                what.contains(&format!("after commit {commit} stock does not add up")),
                "{sum:?}: {what}"
            );
        }
    }
    println!("{audits} audits agreed; drift in each of {} commits was seen at that commit", plain.commits);
}

/// Only these faults, always or often, in the fixed scenario.
fn with(seed: u64, change: impl FnOnce(&mut Faults)) -> sutler_testkit::sim::Outcome {
    let mut scenario = fixed(100);
    change(&mut scenario.shops[0].faults);
    run(seed, &scenario, &Plan::default()).unwrap_or_else(|what| panic!("{what}"))
}

#[test]
fn g18_walk_2_a_probe_that_reads_too_early_is_not_believed() {
    for seed in 1..=10 {
        let outcome = with(seed, |faults| {
            (faults.lost_after, faults.late_apply, faults.read_lag) = (200, 300, 900);
            (faults.read_lag_max_s, faults.hang) = (59, 0);
        });
        assert!(
            outcome.at("us").fired.contains_key("late_apply")
                || outcome.at("us").fired.contains_key("lost_after")
        );
    }
}

#[test]
fn g18_walk_3_a_worker_frozen_past_its_lease_does_nothing_twice() {
    let scenario = fixed(100);
    let plain = run(3, &scenario, &Plan { record: true, ..Plan::default() }).expect("the fault-free run");
    let sends: Vec<u64> = (1..=plain.passed)
        .filter(|at| matches!(plain.points[*at as usize - 1].label, "commit.after" | "call.sent"))
        .filter(|at| !plain.points[*at as usize - 1].about.is_empty())
        .collect();
    assert!(sends.len() > 20);
    for point in sends {
        let plan = Plan { crash_at: vec![point], freeze: Some(Duration::seconds(140)), ..Plan::default() };
        run(3, &scenario, &plan).unwrap_or_else(|what| panic!("frozen at {point}: {what}"));
    }
}

#[test]
fn g18_walk_4_overlapping_intents_exclude_each_other() {
    use sutler_core::command::CancelReason;
    use sutler_testkit::sim::scenario::{HostAct, Scripted, When};
    let mut scenario = fixed(100);
    let cancel = |lines| HostAct::Cancel(lines, CancelReason::PricingError);
    scenario.script = vec![
        Scripted { when: When::Acknowledged, order: "103", act: cancel(vec![(1, 1), (2, 2)]) },
        Scripted { when: When::Acknowledged, order: "103", act: cancel(vec![(2, 2)]) },
    ];
    for seed in 1..=5 {
        run(seed, &scenario, &Plan::default()).unwrap_or_else(|what| panic!("{what}"));
    }
}

#[test]
fn g18_walk_5_nothing_is_shipped_while_its_acknowledgment_is_in_doubt() {
    // The sandbox refuses a shipment before the acknowledgment; a refused command would show in the counts.
    for seed in 1..=10 {
        let outcome =
            with(seed, |faults| (faults.error_after, faults.lost_after, faults.hang) = (500, 300, 0));
        assert!(outcome.at("us").fired.get("error_after").is_some_and(|n| *n > 0));
    }
}

#[test]
fn g14_walk_6_a_doubtful_set_that_lands_late_does_not_stand() {
    for seed in 1..=10 {
        let outcome =
            with(seed, |faults| (faults.late_apply, faults.stock_ignored, faults.hang) = (400, 200, 0));
        assert!(outcome.at("us").fired.contains_key("late_apply"));
    }
}

#[test]
fn g18_walk_7_a_batch_lost_whole_is_in_doubt_row_by_row() {
    for seed in 1..=10 {
        let mut scenario = fixed(2);
        (
            scenario.shops[0].faults.feed_no_id,
            scenario.shops[0].faults.lost_after,
            scenario.shops[0].faults.hang,
        ) = (700, 200, 0);
        run(seed, &scenario, &Plan::default()).unwrap_or_else(|what| panic!("{what}"));
    }
}

#[test]
fn g25_walk_8_after_five_hours_of_outage_late_acknowledgments_still_go_out() {
    let outcome = with(8, |faults| (faults.outage_start_s, faults.outage_length_s) = (1, 5 * 3_600));
    assert!(outcome.took > Duration::hours(5));
    assert!(outcome.at("us").fired.get("outage").is_some_and(|n| *n > 0));
    assert!(outcome.unresolved.is_empty());
}

#[test]
fn g18_walk_9_what_stays_in_doubt_is_shown_and_closed_by_a_person_alone() {
    use sutler_core::{
        command::State,
        ports::store::{Answer, Input, Resolution},
    };
    use sutler_testkit::sim::{ports::peek, run::channel, scenario::origin};
    let unresolved = |store: &sutler_store::memory::MemoryStore| {
        peek(store, |view| view.open_commands(&channel(), State::Unresolved, 100)).expect("a view")
    };
    let mut shown = 0;
    for seed in 1..=12 {
        let mut scenario = fixed(100);
        (scenario.shops[0].faults.lost_before, scenario.shops[0].faults.hang) = (250, 0);
        let plan = Plan { deaf: true, ..Plan::default() };
        let outcome = run(seed, &scenario, &plan).unwrap_or_else(|what| panic!("{what}"));
        for command in unresolved(&outcome.store) {
            shown += 1;
            assert_eq!(
                command.probes, 5,
                "five pauses, each twice as long, before the sixth gives up: {command:?}"
            );
            let order = command.order.expect("an order's command");
            let state =
                peek(&outcome.store, move |view| view.order(order)).expect("a view").expect("the order");
            assert!(state.exceptions.iter().any(|e| e.code == "unresolved"), "{state:?}");
            let (command, by) = (command.key, "a person".to_owned());
            let input = Input::Resolve { channel: channel(), command, outcome: Resolution::Drop, by };
            let put = outcome
                .store
                .write_now(Box::new(move |tx| Ok(Box::new(tx.add_input(&input, origin())?) as Answer)));
            put.expect("the intake takes it");
        }
        let quiet = Scenario { script: Vec::new(), ..fixed(100) };
        let plan = Plan {
            store: Some(outcome.store.clone()),
            until: Some(Duration::minutes(5)),
            deaf: true,
            ..Plan::default()
        };
        run(seed, &quiet, &plan).unwrap_or_else(|what| panic!("{what}"));
        assert!(unresolved(&outcome.store).is_empty(), "a person closed them");
    }
    assert!(shown > 0, "nothing stayed in doubt");
}
