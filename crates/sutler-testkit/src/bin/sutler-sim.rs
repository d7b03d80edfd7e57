//! Runs the simulation by hand: `sutler-sim [--three] [--seeds N] [--seed S] [--crash K] [--mutant NAME] [--fixed]`, or
//! `sutler-sim [--three] --speed N [--one-thread]` for its speed. With `--three` on Walmart, Amazon and eBay together.

use std::{process::ExitCode, time::Instant};
use sutler_testkit::sim::{Plan, Scenario, run, search};

#[cfg(feature = "fast")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let value =
        |name: &str| arguments.iter().position(|a| a == name).and_then(|at| arguments.get(at + 1)).cloned();
    let number = |name: &str| value(name).and_then(|text| text.parse::<u64>().ok());
    if let Some(name) = value("--mutant") {
        return mutant(&name, number("--seeds").unwrap_or(300));
    }
    let three = arguments.iter().any(|a| a == "--three");
    let fixed = if three { Scenario::three } else { Scenario::fixed };
    let drawn = if three { Scenario::three_drawn } else { Scenario::drawn };
    if let Some(seed) = number("--seed") {
        let scenario = if arguments.iter().any(|a| a == "--fixed") { fixed() } else { drawn(seed) };
        let record = arguments.iter().any(|a| a == "--record");
        let plan = Plan { crash_at: number("--crash").into_iter().collect(), record, ..Plan::default() };
        return match run(seed, &scenario, &plan) {
            Ok(mut outcome) => {
                outcome.points.clear();
                println!("{outcome:#?}");
                ExitCode::SUCCESS
            }
            Err(what) => {
                println!("{what}");
                ExitCode::FAILURE
            }
        };
    }
    if let Some(runs) = number("--speed") {
        let (begun, scenario) = (Instant::now(), fixed());
        let failed = |seed: &u64| run(*seed, &scenario, &Plan::default()).is_err();
        let seeds: Vec<u64> = (1..=runs).collect();
        let (failed, threads) = if arguments.iter().any(|a| a == "--one-thread") {
            (seeds.iter().filter(|seed| failed(seed)).count(), 1)
        } else {
            (search::share(&seeds, failed).into_iter().filter(|failed| *failed).count(), search::cores())
        };
        let seconds = begun.elapsed().as_secs_f64();
        println!(
            "{runs} runs of the fixed scenario on {threads} threads in {seconds:.2} s, {:.0} a second, {failed} failed",
            runs as f64 / seconds
        );
        return if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    let seeds = number("--seeds").unwrap_or(300);
    let begun = Instant::now();
    let found = search::seeds(1..=seeds, drawn);
    let seconds = begun.elapsed().as_secs_f64();
    println!(
        "{} runs in {seconds:.1} s, {:.0} a second, {} failed",
        found.runs,
        found.runs as f64 / seconds,
        found.failures.len()
    );
    println!("faults fired: {:?}", found.fired);
    for failure in found.failures.iter().take(10) {
        println!("{}", failure.lines().next().unwrap_or_default());
    }
    if found.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

#[cfg(feature = "mutants")]
fn mutant(name: &str, seeds: u64) -> ExitCode {
    let Some((mutant, _)) = sutler_engine::Mutant::ALL.iter().find(|(_, known)| *known == name) else {
        let known: Vec<&str> = sutler_engine::Mutant::ALL.iter().map(|(_, name)| *name).collect();
        eprintln!("no mutant is called {name:?}; there are {}", known.join(", "));
        return ExitCode::from(2);
    };
    match search::catch(*mutant, seeds) {
        Some((seed, what)) => {
            println!("mutant {name} is caught by seed {seed}: {}", what.lines().next().unwrap_or_default());
            ExitCode::SUCCESS
        }
        None => {
            println!("mutant {name} is not caught within {seeds} seeds");
            ExitCode::FAILURE
        }
    }
}

#[cfg(not(feature = "mutants"))]
fn mutant(_: &str, _: u64) -> ExitCode {
    eprintln!("mutants need a build with the feature `mutants`; `cargo xtask sim --mutant NAME` makes one");
    ExitCode::from(2)
}
