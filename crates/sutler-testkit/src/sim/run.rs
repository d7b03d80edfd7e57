//! One simulated run: workers that crash, a host that goes on, a world that remembers.

use super::{
    audit::{Auditor, Drift},
    checks,
    deaf::Deaf,
    gate::{Point, Rng, Sim, Task},
    host::Host,
    judge::SimJudge,
    ports::{SimClock, SimEntropy, SimStore, peek},
    scenario::{ORIGIN_MS, Scenario},
    shop::Markets,
    wire::{Oracle, SimTransport},
};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError, atomic::Ordering},
};
use sutler_core::{
    Error, Result,
    budget::Budgets,
    channel::Channel,
    command::Command,
    id::ChannelId,
    policy::Policy,
    ports::Judge,
    time::{Duration, from_millis},
};
use sutler_engine::{Engine, Mode, Ports, Settings, Stopper, Takeover, Watcher};
use sutler_http::Parts;
use sutler_sandbox::Effects;
use sutler_store::memory::MemoryStore;

/// How a run is disturbed.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Crash whoever passes these points.
    pub crash_at: Vec<u64>,
    /// Instead of dropping the worker, freeze it this long and let it thaw beside its successor.
    pub freeze: Option<Duration>,
    /// Keep every point's label.
    pub record: bool,
    /// Stop the engine after this long, finished or not, and leave the final checks out.
    pub until: Option<Duration>,
    /// Read and decide, and send nothing that writes.
    pub shadow: bool,
    /// Probes tell nothing.
    pub deaf: bool,
    /// Orders are judged, by a judge that is slow and often fails.
    pub judged: bool,
    /// A credential the marketplace does not know.
    pub secret: Option<String>,
    /// A defect on purpose: an item moves without its order.
    pub drift: Option<Drift>,
    /// Go on with what an earlier run left in its store.
    pub store: Option<MemoryStore>,
    /// A rule of the command table to leave out.
    #[cfg(feature = "mutants")]
    pub mutant: Option<sutler_engine::Mutant>,
}

/// What a run came to.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Crash points passed.
    pub passed: u64,
    /// Their labels, where recorded.
    pub points: Vec<Point>,
    /// Equal for equal seeds.
    pub hash: u64,
    /// Steps of the scheduler.
    pub steps: u64,
    /// Marketplace time it took.
    pub took: Duration,
    /// Commits the workers made.
    pub commits: u64,
    /// Audits of stock from zero: one after every commit that wrote what stock follows from.
    pub audits: u64,
    /// Calls through the wire.
    pub calls: u64,
    /// Calls by name, where recorded.
    pub by_call: BTreeMap<String, u64>,
    /// Commands left to a person.
    pub unresolved: Vec<Command>,
    /// Calls that wrote.
    pub writes: u64,
    /// Journal entries written after everything was quiet, but for the one that says that the channel shows what we did:
    /// reading back what we wrote moves nothing (G6).
    pub echoes: usize,
    /// What the store holds in the end.
    pub store: MemoryStore,
    /// What became of each marketplace, by the channel's name.
    pub shops: BTreeMap<&'static str, End>,
}

/// What became of one marketplace.
#[derive(Clone, Debug)]
pub struct End {
    /// What took effect there.
    pub effects: Effects,
    /// Faults that fired, by name.
    pub fired: BTreeMap<&'static str, u64>,
    /// The credential's state in the end.
    pub token: Option<sutler_engine::TokenState>,
    /// The window between sale and push as it was reckoned, and the longest there was.
    pub publishing: Option<(Duration, Option<Duration>)>,
}

impl Outcome {
    /// What became of the marketplace of that channel.
    ///
    /// # Panics
    /// When the scenario had no such channel.
    pub fn at(&self, channel: &str) -> &End {
        match self.shops.get(channel) {
            Some(end) => end,
            None => panic!("no channel is called {channel}; there are {:?}", self.shops.keys()),
        }
    }
}

/// The channel of runs that have one.
pub fn channel() -> ChannelId {
    ChannelId::new("us")
}

struct Worker {
    stopper: Option<Stopper>,
    watcher: Option<Watcher>,
    ended: Option<Result<()>>,
}

/// Runs `scenario` under `seed`.
///
/// # Errors
/// What was lost, doubled, left unexplained or never ended, in words, with the seed.
pub fn run(seed: u64, scenario: &Scenario, plan: &Plan) -> std::result::Result<Outcome, String> {
    let fail = |what: String| format!("seed {seed}, crash {:?}: {what}", plan.crash_at);
    let sim = Sim::new(seed, ORIGIN_MS, plan.crash_at.clone(), plan.record);
    let markets = Markets::open(seed, &scenario.shops, &scenario.on_hand);
    let store = plan.store.clone().unwrap_or_default();
    let (oracle, auditor) = (Arc::new(Oracle::default()), Arc::new(Auditor::default()));
    let mut host = Host::new(store.clone(), markets.clone(), scenario.script.clone());
    for (sku, quantity) in &scenario.on_hand {
        host.count(sku, *quantity).map_err(|e| fail(e.to_string()))?;
    }
    let mut workers: Vec<Arc<Mutex<Worker>>> = Vec::new();
    let mut tasks: Vec<Task> = Vec::new();
    let mut hire = |tasks: &mut Vec<Task>| {
        let who = workers.len() as u32 + 1;
        let slot = Arc::new(Mutex::new(Worker { stopper: None, watcher: None, ended: None }));
        workers.push(slot.clone());
        let parts = WorkerParts {
            who,
            seed,
            sim: sim.clone(),
            markets: markets.clone(),
            store: if plan.freeze.is_some() { store.clone() } else { store.reopen() },
            oracle: oracle.clone(),
            auditor: auditor.clone(),
            scenario: scenario.clone(),
            plan: plan.clone(),
        };
        tasks.push(Task::new(who, work(parts, slot.clone())));
        slot
    };
    let mut current = hire(&mut tasks);
    let (mut look_at, mut host_at) = (ORIGIN_MS, ORIGIN_MS);
    let mut busy = None;
    let limit = ORIGIN_MS + scenario.hours_max * 3_600_000;
    let mut quiet_since: Option<i64> = None;
    let mut quiet_at = None;
    // Long enough for one more pull, which must change nothing.
    let after_quiet = scenario.pull_interval.num_milliseconds() * 11 / 10 + 70_000;
    loop {
        tasks.retain_mut(|task| !task.poll());
        if let Some(wrong) = auditor.wrong() {
            return Err(fail(wrong));
        }
        if let Some(who) = sim.take_hit() {
            match plan.freeze {
                Some(span) => sim.freeze(who, sim.now() + span.num_milliseconds()),
                None => tasks.retain(|task| task.who != who),
            }
            current = hire(&mut tasks);
            continue;
        }
        let ended = current.lock().unwrap_or_else(PoisonError::into_inner).ended.take();
        match ended {
            Some(Ok(())) => break,
            Some(Err(error)) => return Err(fail(format!("the engine ended: {error}"))),
            None => {}
        }
        let now = sim.now();
        if plan.until.is_some_and(|span| now > ORIGIN_MS + span.num_milliseconds()) {
            let stopper = current.lock().unwrap_or_else(PoisonError::into_inner).stopper.clone();
            stopper.iter().for_each(Stopper::stop);
        } else if now > limit {
            let watcher = current.lock().unwrap_or_else(PoisonError::into_inner).watcher.clone();
            let met = watcher.map(|w| w.last_errors()).unwrap_or_default();
            let open = checks::open_work(&store);
            return Err(fail(format!(
                "not finished after {} h; {busy:?}; last errors {met:?}; {open}",
                scenario.hours_max
            )));
        }
        if now >= host_at && host.waits_to_do().is_some() {
            host_at = now + 5_000;
            host.act(now).map_err(|e| fail(e.to_string()))?;
        }
        if now >= look_at {
            look_at = now + 120_000;
            host.release(now).map_err(|e| fail(e.to_string()))?;
            busy = match host.waits_to_do() {
                Some(act) => Some(format!("the host still waits to do {act:?}")),
                None => checks::is_quiet(&store, &markets, now).err(),
            };
            quiet_since = busy.is_none().then(|| quiet_since.unwrap_or(now));
            quiet_at = quiet_since.and_then(|_| quiet_at.or_else(|| last(&store)));
            // A late write may still land: whatever was ever sent has applied or never will.
            if plan.until.is_none() && quiet_since.is_some_and(|since| now - since > after_quiet) {
                let stopper = current.lock().unwrap_or_else(PoisonError::into_inner).stopper.clone();
                if let Some(stopper) = stopper {
                    stopper.stop();
                }
            }
        }
        if tasks.is_empty() {
            return Err(fail("no worker is left".into()));
        }
        if !sim.step() {
            return Err(fail(format!(
                "deadlock: nothing waits and work is left: {}",
                checks::open_work(&store)
            )));
        }
    }
    let end = sim.now();
    if plan.until.is_none() {
        checks::at_the_end(&store, scenario, &markets, from_millis(end)).map_err(fail)?;
    }
    if oracle.unmarked.load(Ordering::Relaxed) > 0 {
        return Err(fail(format!(
            "{} writes left without being marked as sent",
            oracle.unmarked.load(Ordering::Relaxed)
        )));
    }
    let (commits, audits) = auditor.counts();
    let watcher = current.lock().unwrap_or_else(PoisonError::into_inner).watcher.clone();
    Ok(Outcome {
        passed: sim.passed(),
        points: sim.points(),
        hash: sim.hash(),
        steps: sim.steps(),
        took: Duration::milliseconds(end - ORIGIN_MS),
        commits,
        audits,
        calls: oracle.calls.load(Ordering::Relaxed),
        by_call: oracle.by_call.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        unresolved: checks::unresolved(&store),
        writes: oracle.writes.load(Ordering::Relaxed),
        echoes: match quiet_at {
            Some(quiet) => checks::echoes(&store, quiet).map_err(|e| fail(e.to_string()))?,
            None => 0,
        },
        shops: ends(&markets, watcher.as_ref(), end),
        store,
    })
}

fn ends(markets: &Markets, watcher: Option<&Watcher>, now: i64) -> BTreeMap<&'static str, End> {
    let end = |market: &super::shop::Market| {
        let channel = market.channel();
        let listings = market.shop.levels.len() as u64;
        let tokens = watcher.map(Watcher::tokens).unwrap_or_default();
        let publishing = watcher.map(|w| w.publishing(listings)).unwrap_or_default();
        let end = End {
            effects: market.effects(from_millis(now)),
            fired: market.world().fired().clone(),
            token: tokens.into_iter().find(|(id, _)| *id == channel).map(|(_, token)| token),
            publishing: publishing
                .into_iter()
                .find(|(id, ..)| *id == channel)
                .map(|(_, within, slowest)| (within, slowest)),
        };
        (market.shop.channel, end)
    };
    markets.iter().map(end).collect()
}

fn last(store: &MemoryStore) -> Option<i64> {
    peek(store, |view| Ok(view.totals()?.last.0)).ok()
}

struct WorkerParts {
    who: u32,
    seed: u64,
    sim: Sim,
    markets: Markets,
    store: MemoryStore,
    oracle: Arc<Oracle>,
    auditor: Arc<Auditor>,
    scenario: Scenario,
    plan: Plan,
}

async fn work(parts: WorkerParts, slot: Arc<Mutex<Worker>>) {
    let ended = employ(parts, &slot).await;
    slot.lock().unwrap_or_else(PoisonError::into_inner).ended = Some(ended);
}

async fn employ(parts: WorkerParts, slot: &Arc<Mutex<Worker>>) -> Result<()> {
    let WorkerParts { who, seed, sim, markets, store, oracle, auditor, scenario, plan } = parts;
    let clock = Arc::new(SimClock { sim: sim.clone(), who });
    let entropy = Arc::new(SimEntropy(Mutex::new(Rng::new(seed ^ u64::from(who) << 32))));
    let budgets = Arc::new(Budgets::default());
    let mut channels: Vec<Arc<dyn Channel>> = Vec::new();
    for (place, market) in markets.iter().enumerate() {
        let transport = Arc::new(SimTransport {
            sim: sim.clone(),
            who,
            markets: markets.clone(),
            place,
            store: store.clone(),
            oracle: oracle.clone(),
            record: plan.record,
        });
        let wire =
            Parts { transport, budgets: budgets.clone(), clock: clock.clone(), entropy: entropy.clone() };
        let built = market.connect(wire, plan.secret.clone(), scenario.batch_sets_from)?;
        channels.push(if plan.deaf { Arc::new(Deaf(built)) } else { built });
    }
    let judge = plan.judged.then(|| Arc::new(SimJudge::new(sim.clone(), who, seed)) as Arc<dyn Judge>);
    let store = SimStore { sim, who, store, record: plan.record, auditor, drift: plan.drift };
    let ports = Ports { store: Arc::new(store), clock, entropy, budgets };
    let takeover = if plan.freeze.is_some() { Takeover::AfterLease } else { Takeover::AtOnce };
    // Nobody waits for a lease to end but the successor of a frozen worker: elsewhere it is renewed seldom.
    let standard = Settings::default().lease_real;
    let lease_real = if plan.freeze.is_some() { standard } else { standard * 3 };
    let settings = Settings {
        takeover,
        mode: if plan.shadow { Mode::Shadow } else { Mode::Live },
        batch_sets_from: scenario.batch_sets_from,
        pull_interval: scenario.pull_interval,
        holder: format!("worker {who}"),
        #[cfg(feature = "mutants")]
        mutant: plan.mutant,
        lease_real,
        ..Settings::default()
    };
    let judges = judge.into_iter().collect();
    let mut engine = Engine::with_judges(ports, Policy::standard(), settings, channels, judges)?;
    {
        let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
        slot.stopper = Some(engine.stopper());
        slot.watcher = Some(engine.watcher());
    }
    engine.run().await
}

/// An error of the harness itself.
pub fn harness_error(what: &str) -> Error {
    Error::new(sutler_core::ErrorKind::Invalid, "sim").message(what)
}
