//! One simulated run: workers that crash, a host that goes on, a world that remembers.

use super::{
    audit::{Auditor, Drift},
    checks,
    deaf::Deaf,
    gate::{Point, Rng, Sim, Task},
    ports::{Oracle, SimClock, SimEntropy, SimStore, SimTransport, peek},
    scenario::{HostAct, ORIGIN_MS, Scenario, Scripted, When, origin},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError, atomic::Ordering},
};
use sutler_core::{
    Error, Result,
    budget::Budgets,
    channel::Channel,
    hold::HoldReason,
    id::ChannelId,
    order::{LineQuantity, ShipmentReport},
    policy::Policy,
    ports::store::{Answer, InboxQuery, Input},
    stock::Count,
    time::{Duration, from_millis},
};
use sutler_engine::{Engine, Mode, Ports, Settings, Stopper, Takeover, Watcher};
use sutler_http::Parts;
use sutler_sandbox::walmart::World;
use sutler_store::memory::MemoryStore;
use sutler_walmart::Walmart;

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
    /// Faults that fired, by name.
    pub fired: BTreeMap<&'static str, u64>,
    /// Commits the workers made.
    pub commits: u64,
    /// Audits of stock from zero: one after every commit that wrote what stock follows from.
    pub audits: u64,
    /// Calls through the wire.
    pub calls: u64,
    /// Calls by name, where recorded.
    pub by_call: BTreeMap<String, u64>,
    /// Commands left to a person.
    pub unresolved: u64,
    /// Calls that wrote.
    pub writes: u64,
    /// Journal entries written after everything was quiet, but for the one that says that the channel shows what we did:
    /// reading back what we wrote moves nothing (G6).
    pub echoes: usize,
    /// What the store holds in the end.
    pub store: MemoryStore,
    /// What took effect at the marketplace.
    pub effects: sutler_sandbox::walmart::Effects,
    /// The credential's state in the end.
    pub token: Option<sutler_engine::TokenState>,
    /// The window between sale and push as it was reckoned, and the longest there was.
    pub publishing: Option<(Duration, Option<Duration>)>,
}

/// The channel every run has.
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
    let world = Arc::new(Mutex::new(World::new(scenario.world(seed))));
    let store = plan.store.clone().unwrap_or_default();
    let (oracle, auditor) = (Arc::new(Oracle::default()), Arc::new(Auditor::default()));
    for (sku, quantity) in &scenario.on_hand {
        let count = Count { sku: sku.as_str().into(), quantity: *quantity, as_of: origin() };
        append(&store, Input::OnHand(count)).map_err(|e| fail(e.to_string()))?;
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
            world: world.clone(),
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
    let mut done = vec![false; scenario.script.len()];
    let mut released = BTreeSet::new();
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
        if now >= host_at && !done.iter().all(|d| *d) {
            host_at = now + 5_000;
            host(&store, &world, &scenario.script, &mut done, now).map_err(|e| fail(e.to_string()))?;
        }
        if now >= look_at {
            look_at = now + 120_000;
            release(&store, &mut released, now).map_err(|e| fail(e.to_string()))?;
            busy = match done.iter().position(|d| !*d) {
                Some(at) => Some(format!("the host still waits to do {:?}", scenario.script.get(at))),
                None => checks::is_quiet(&store, scenario, &world, now).err(),
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
        checks::at_the_end(&store, scenario, &world, from_millis(end)).map_err(fail)?;
    }
    if oracle.unmarked.load(Ordering::Relaxed) > 0 {
        return Err(fail(format!(
            "{} writes left without being marked as sent",
            oracle.unmarked.load(Ordering::Relaxed)
        )));
    }
    let (commits, audits) = auditor.counts();
    let fired = world.lock().unwrap_or_else(PoisonError::into_inner).fired().clone();
    Ok(Outcome {
        passed: sim.passed(),
        points: sim.points(),
        hash: sim.hash(),
        steps: sim.steps(),
        took: Duration::milliseconds(end - ORIGIN_MS),
        fired,
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
        effects: world.lock().unwrap_or_else(PoisonError::into_inner).effects(from_millis(end)),
        publishing: {
            let watcher = workers.last().and_then(|w| w.lock().ok()?.watcher.clone());
            let listings = scenario.levels.len() as u64;
            watcher.and_then(|w| {
                w.publishing(listings).into_iter().map(|(_, within, slowest)| (within, slowest)).next()
            })
        },
        token: {
            let watcher = current.lock().unwrap_or_else(PoisonError::into_inner).watcher.clone();
            watcher.and_then(|w| w.tokens().into_iter().map(|(_, token)| token).next())
        },
        store,
    })
}

fn last(store: &MemoryStore) -> Option<i64> {
    peek(store, |view| Ok(view.totals()?.last.0)).ok()
}

struct WorkerParts {
    who: u32,
    seed: u64,
    sim: Sim,
    world: Arc<Mutex<World>>,
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
    let WorkerParts { who, seed, sim, world, store, oracle, auditor, scenario, plan } = parts;
    let clock = Arc::new(SimClock { sim: sim.clone(), who });
    let entropy = Arc::new(SimEntropy(Mutex::new(Rng::new(seed ^ u64::from(who) << 32))));
    let budgets = Arc::new(Budgets::default());
    let transport = Arc::new(SimTransport {
        sim: sim.clone(),
        who,
        world: world.clone(),
        store: store.clone(),
        oracle,
        count: plan.record,
    });
    let wire = Parts { transport, budgets: budgets.clone(), clock: clock.clone(), entropy: entropy.clone() };
    let settings = {
        let world = world.lock().unwrap_or_else(PoisonError::into_inner);
        world.settings().clone()
    };
    let walmart =
        Walmart::new(settings.seller, settings.client_id, plan.secret.unwrap_or(settings.client_secret))
            .local("http://127.0.0.1:9", "http://127.0.0.1:9/v3/token")
            .page_limit(3)
            .backfill(Duration::days(30));
    let built: Arc<dyn Channel> = Arc::new(walmart.build(channel(), wire)?);
    let built: Arc<dyn Channel> = if plan.deaf { Arc::new(Deaf(built)) } else { built };
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
    let mut engine = Engine::new(ports, Policy::standard(), settings, vec![built])?;
    {
        let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
        slot.stopper = Some(engine.stopper());
        slot.watcher = Some(engine.watcher());
    }
    engine.run().await
}

fn append(store: &MemoryStore, input: Input) -> Result<()> {
    store.write_now(Box::new(move |tx| Ok(Box::new(tx.add_input(&input, origin())?) as Answer))).map(|_| ())
}

/// Does what the script says is due. Each act once: the host remembers, whatever the engine does.
fn host(
    store: &MemoryStore,
    world: &Mutex<World>,
    script: &[Scripted],
    done: &mut [bool],
    now: i64,
) -> Result<()> {
    for (act, done) in script.iter().zip(done.iter_mut()).filter(|(_, done)| !**done) {
        let order = (!act.order.is_empty()).then_some(act.order);
        let due = match (act.when, order) {
            (When::After(span), _) => now >= ORIGIN_MS + span.num_milliseconds(),
            (_, None) => true,
            (when, Some(order)) => peek(store, move |view| {
                let Some((key, _)) = view.known(&channel(), &order.into())? else { return Ok(false) };
                let asked = |hold: &sutler_core::hold::Hold| hold.reason == HoldReason::BuyerAskedToCancel;
                // A person acts on what is held for the buyer's wish, too.
                let ready =
                    view.order(key)?.is_some_and(|o| o.is_acknowledged() || o.holds.iter().any(asked));
                Ok(when == When::Known || ready)
            })?,
        };
        if due {
            append(store, input(act, now)?)?;
            if let HostAct::OnHand(sku, quantity) = act.act {
                declare(world, sku, quantity, now);
            }
            *done = true;
        }
    }
    Ok(())
}

/// A person looks at orders held for a text nobody knows, and lets them go.
fn release(store: &MemoryStore, released: &mut BTreeSet<String>, now: i64) -> Result<()> {
    let held = peek(store, |view| {
        let query = InboxQuery { hold: Some(HoldReason::Unmapped), limit: 100, ..InboxQuery::default() };
        Ok(view
            .inbox(&query)?
            .rows
            .into_iter()
            .map(|row| row.channel_order_id.to_string())
            .collect::<Vec<_>>())
    })?;
    for order in held {
        if now > ORIGIN_MS + 600_000 && released.insert(order.clone()) {
            let (order, reason) = (order.into(), HoldReason::Unmapped);
            append(store, Input::Release { channel: channel(), order, reason, by: "host".into() })?;
        }
    }
    Ok(())
}

/// Tells the sandbox too, which counts by what is truly there.
fn declare(world: &Mutex<World>, sku: &str, quantity: i64, now: i64) {
    let body = bytes::Bytes::from(serde_json::json!({ sku: quantity }).to_string());
    if let Ok(request) = http::Request::post("http://127.0.0.1:9/_sandbox/on-hand").body(body) {
        world.lock().unwrap_or_else(PoisonError::into_inner).receive(from_millis(now), &request);
    }
}

fn input(act: &Scripted, now: i64) -> Result<Input> {
    let lines = |lines: &[(&'static str, u32)]| {
        lines
            .iter()
            .map(|(line, quantity)| LineQuantity { line_id: (*line).into(), quantity: *quantity })
            .collect()
    };
    Ok(match &act.act {
        HostAct::OnHand(sku, quantity) => {
            Input::OnHand(Count { sku: (*sku).into(), quantity: *quantity, as_of: from_millis(now) })
        }
        HostAct::Report { package, tracking, lines: parts } => Input::ReportShipment {
            channel: channel(),
            order: act.order.into(),
            report: ShipmentReport {
                package: *package,
                carrier: "UPS".into(),
                tracking: (*tracking).to_owned(),
                tracking_url: None,
                shipped_at: from_millis(now),
                lines: lines(parts),
            },
        },
        HostAct::Cancel(parts, reason) => Input::Cancel {
            channel: channel(),
            order: act.order.into(),
            lines: lines(parts),
            reason: *reason,
            by: "host".into(),
        },
    })
}

/// An error of the harness itself.
pub fn harness_error(what: &str) -> Error {
    Error::new(sutler_core::ErrorKind::Invalid, "sim").message(what)
}
