//! Refunds under lost calls, kills and hosts that ask twice: what is given back is what was asked for, once, and never more
//! than was charged (G22).

#[path = "shared/shops.rs"]
#[expect(dead_code, reason = "other tests need the rest")]
mod shops;

use async_trait::async_trait;
use rust_decimal::Decimal;
use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};
use sutler_core::{
    channel::Channel,
    command::{Act, Command, Refund, RefundPart, RefundReason, State},
    error::Result,
    id::{ChannelId, ChannelOrderId},
    money::Money,
    order::{LineQuantity, ShipmentReport},
    policy::Policy,
    ports::{
        Clock,
        store::{Input, IntakeOutcome, StoreExt},
    },
    state::OrderState,
    time::{Duration, Timestamp, from_millis},
};
use sutler_engine::{Engine, Ports, Settings};
use sutler_http::{Parts, Request, Response, Transport, TransportError};
use sutler_sandbox::{
    Effects, Marketplace, ebay,
    plan::{Plan, PlannedOrder},
    walmart,
};
use sutler_store::memory::MemoryStore;
use sutler_testkit::{
    bench::{Bench, InProcess, at_once},
    store_suite::sample::Dice,
};

const ORDER: &str = "PO1";

fn origin() -> Timestamp {
    from_millis(1_795_420_800_000)
}

/// What becomes of a call that gives money back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    Answered,
    LostBefore,
    LostAfter,
    KilledBefore,
    KilledAfter,
}

const FATES: [Fate; 5] =
    [Fate::Answered, Fate::LostBefore, Fate::LostAfter, Fate::KilledBefore, Fate::KilledAfter];

/// Does to each refund on its way what the dice say, and tells when the process is to die.
#[derive(Debug)]
struct Fickle<M> {
    inner: InProcess<M>,
    dice: Mutex<Dice>,
    seen: Mutex<BTreeMap<Fate, u32>>,
    /// From now on all fares well.
    calm: AtomicBool,
    killed: AtomicBool,
}

impl<M: Marketplace> Fickle<M> {
    fn fate(&self) -> Fate {
        if self.calm.load(Ordering::Relaxed) {
            return Fate::Answered;
        }
        let fate = self.dice.lock().unwrap_or_else(PoisonError::into_inner).of(&FATES);
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner).entry(fate).or_default() += 1;
        fate
    }
}

/// The process dies: nothing that was under way is written down any more.
fn die(killed: &AtomicBool) -> ! {
    killed.store(true, Ordering::Relaxed);
    resume_unwind(Box::new("killed"))
}

#[async_trait]
impl<M: Marketplace> Transport for Fickle<M> {
    async fn send(&self, request: Request) -> std::result::Result<Response, TransportError> {
        let path = request.uri().path();
        let gives_back = path.ends_with("/refund") || path.ends_with("/issue_refund");
        match if gives_back { self.fate() } else { Fate::Answered } {
            Fate::Answered => self.inner.send(request).await,
            Fate::LostBefore => Err(TransportError::maybe_sent("lost on its way")),
            Fate::LostAfter => {
                self.inner.send(request).await?;
                Err(TransportError::maybe_sent("its answer was lost"))
            }
            Fate::KilledBefore => die(&self.killed),
            Fate::KilledAfter => {
                self.inner.send(request).await?;
                die(&self.killed)
            }
        }
    }
}

/// A seller's engine, which is killed and starts again over the same store.
struct Shop<M> {
    bench: Bench<M>,
    fickle: Arc<Fickle<M>>,
    store: MemoryStore,
    build: fn(Parts) -> Result<Arc<dyn Channel>>,
    engine: Engine,
    kills: u32,
}

impl<M: Marketplace> Shop<M> {
    fn open(world: M, seed: u64, build: fn(Parts) -> Result<Arc<dyn Channel>>) -> Result<Shop<M>> {
        let bench = Bench::new(world);
        let fickle = Arc::new(Fickle {
            inner: bench.market.clone(),
            dice: Mutex::new(Dice(seed)),
            seen: Mutex::default(),
            calm: AtomicBool::new(false),
            killed: AtomicBool::new(false),
        });
        let store = MemoryStore::new();
        let engine = start(&bench, &fickle, &store, build)?;
        Ok(Shop { bench, fickle, store, build, engine, kills: 0 })
    }

    /// Does what is due; begins anew where it was killed.
    fn step(&mut self) -> Result<()> {
        let stepped = catch_unwind(AssertUnwindSafe(|| at_once(self.engine.step())));
        match stepped {
            Ok(stepped) => stepped.map(drop),
            Err(what) if what.is::<&str>() && self.fickle.killed.swap(false, Ordering::Relaxed) => {
                self.kills += 1;
                self.store = self.store.reopen();
                self.engine = start(&self.bench, &self.fickle, &self.store, self.build)?;
                Ok(())
            }
            Err(what) => resume_unwind(what),
        }
    }

    fn live(&mut self, steps: u32, minutes: i64) -> Result<()> {
        for _ in 0..steps {
            self.step()?;
            self.bench.clock.pass(Duration::minutes(minutes));
        }
        Ok(())
    }

    fn ask(&self, input: Input) -> Result<i64> {
        let now = self.bench.clock.now();
        at_once(self.store.transact(move |tx| tx.add_input(&input, now)))
    }

    fn outcome(&self, id: i64) -> Result<Option<IntakeOutcome>> {
        at_once(self.store.view(move |view| view.intake_outcome(id)))
    }

    fn order(&self) -> Result<(OrderState, Vec<Command>)> {
        at_once(self.store.view(|view| {
            let (key, _) = view.known(&"shop".into(), &ORDER.into())?.expect("the order is stored");
            Ok((view.order(key)?.expect("the order is stored"), view.commands(key)?))
        }))
    }

    fn effects(&self) -> Effects {
        let now = self.bench.clock.now();
        self.bench.market.world().effects(now)
    }
}

fn start<M: Marketplace>(
    bench: &Bench<M>,
    fickle: &Arc<Fickle<M>>,
    store: &MemoryStore,
    build: fn(Parts) -> Result<Arc<dyn Channel>>,
) -> Result<Engine> {
    let parts = bench.parts(fickle.clone());
    let channel = build(parts.clone())?;
    let ports = Ports {
        store: Arc::new(store.clone()),
        clock: parts.clock,
        entropy: parts.entropy,
        budgets: parts.budgets,
    };
    Engine::new(ports, Policy::standard(), Settings::default(), vec![channel])
}

fn channel() -> ChannelId {
    "shop".into()
}

fn order_id() -> ChannelOrderId {
    ORDER.into()
}

fn plan() -> Plan {
    let order = PlannedOrder::seller(origin() - Duration::hours(2)).id(ORDER).line("MUG", 2).line("BOWL", 1);
    Plan::Explicit(vec![order])
}

/// Some share of some charges of some lines.
fn draw(dice: &mut Dice, state: &OrderState) -> Refund {
    let mut parts = Vec::new();
    for line in &state.facts.lines {
        for charge in &line.charges {
            let share = Decimal::from(dice.below(100)) / Decimal::ONE_HUNDRED;
            let of = |money: Money| Money { amount: (money.amount * share).trunc_with_scale(2), ..money };
            let amount = of(charge.amount);
            if dice.once_in(2) && amount.amount > Decimal::ZERO {
                let tax = charge.tax.filter(|_| dice.once_in(2)).map(of);
                parts.push(RefundPart {
                    line_id: line.line_id.clone(),
                    charge: charge.kind.clone(),
                    amount,
                    tax,
                });
            }
        }
    }
    let refund = 1 + u32::try_from(dice.below(5)).expect("small");
    Refund { refund, parts, reason: RefundReason::ALL[dice.below(5) as usize].0, via: None }
}

fn gross(part: &RefundPart) -> Decimal {
    part.amount.amount + part.tax.map_or(Decimal::ZERO, |tax| tax.amount)
}

fn refunds(commands: &[Command]) -> impl Iterator<Item = (State, &Refund)> {
    commands.iter().filter_map(|command| match &command.act {
        Act::Refund(refund) => Some((command.state, refund)),
        _ => None,
    })
}

/// What stands against an order's bounds: everything but what was surely not given back.
fn counts(state: State) -> bool {
    !matches!(state, State::Refused | State::Redirected | State::Void)
}

/// Per charge, per line and for the whole: neither what we count nor what took effect is more than was charged.
fn bounded(state: &OrderState, commands: &[Command], effects: &Effects) {
    let cents = |amount: Decimal| amount * Decimal::ONE_HUNDRED;
    for line in &state.facts.lines {
        let parts = || {
            let all = refunds(commands).filter(|(state, _)| counts(*state)).flat_map(|(_, one)| &one.parts);
            all.filter(|part| part.line_id == line.line_id)
        };
        for charge in &line.charges {
            let of = || parts().filter(|part| part.charge == charge.kind);
            let amount: Decimal = of().map(|part| part.amount.amount).sum();
            let tax: Decimal = of().filter_map(|part| part.tax).map(|tax| tax.amount).sum();
            assert!(amount <= charge.amount.amount, "{amount} of {charge:?}");
            assert!(tax <= charge.tax.map_or(Decimal::ZERO, |tax| tax.amount), "{tax} of {charge:?}");
        }
        let charged: Decimal = line
            .charges
            .iter()
            .map(|charge| charge.amount.amount + charge.tax.map_or(Decimal::ZERO, |tax| tax.amount))
            .sum();
        assert!(parts().map(gross).sum::<Decimal>() <= charged);
        let key = format!("{ORDER}/{}", line.line_id);
        let back = effects.refund.get(&key).copied().unwrap_or(0);
        assert!(Decimal::from(back) <= cents(charged), "{back} of {charged} came back of line {key}");
    }
    let total = state.facts.total.expect("both marketplaces give a total").amount;
    let back: u32 = effects.refund.values().sum();
    assert!(Decimal::from(back) <= cents(total), "{back} of {total} came back");
}

/// What happened over all seeds: a test in which nothing went wrong has shown nothing.
#[derive(Debug, Default)]
struct Seen {
    fates: BTreeMap<Fate, u32>,
    kills: u32,
    states: BTreeMap<&'static str, u32>,
    refused_here: BTreeMap<&'static str, u32>,
}

fn one_seed<M: Marketplace>(
    seed: u64,
    world: M,
    build: fn(Parts) -> Result<Arc<dyn Channel>>,
    seen: &mut Seen,
) -> Result<()> {
    let mut shop = Shop::open(world, seed, build)?;
    let mut dice = Dice(seed ^ 0x5eed);
    shop.live(70, 1)?;
    let (state, _) = shop.order()?;
    let lines = state.facts.lines.iter();
    let report = ShipmentReport {
        package: 1,
        carrier: "ups".into(),
        tracking: "1Z999AA10123456784".into(),
        tracking_url: None,
        shipped_at: shop.bench.clock.now(),
        lines: lines
            .map(|line| LineQuantity { line_id: line.line_id.clone(), quantity: line.ordered })
            .collect(),
    };
    shop.ask(Input::ReportShipment { channel: channel(), order: order_id(), report })?;
    shop.live(10, 1)?;
    let mut asked = Vec::new();
    for _ in 0..4 {
        let (state, _) = shop.order()?;
        // Several at once, some of them the same number with the same or with other contents.
        for _ in 0..=dice.below(3) {
            let refund = draw(&mut dice, &state);
            for _ in 0..=dice.below(2) {
                let input = Input::Refund {
                    channel: channel(),
                    order: order_id(),
                    refund: refund.clone(),
                    by: "ann".into(),
                };
                asked.push(shop.ask(input)?);
            }
        }
        for _ in 0..dice.below(20) {
            shop.live(1, 1)?;
            let (state, commands) = shop.order()?;
            bounded(&state, &commands, &shop.effects());
        }
    }
    shop.fickle.calm.store(true, Ordering::Relaxed);
    shop.live(300, 2)?;
    let (state, commands) = shop.order()?;
    let effects = shop.effects();
    bounded(&state, &commands, &effects);
    // What is confirmed was given back, once; what is left to a person may have been.
    for line in &state.facts.lines {
        let sum = |wanted: &[State]| -> Decimal {
            let of = refunds(&commands).filter(|(state, _)| wanted.contains(state));
            of.flat_map(|(_, refund)| &refund.parts)
                .filter(|part| part.line_id == line.line_id)
                .map(gross)
                .sum()
        };
        let back = effects.refund.get(&format!("{ORDER}/{}", line.line_id)).copied().unwrap_or(0);
        let back = Decimal::from(back) / Decimal::ONE_HUNDRED;
        let (sure, open) = (sum(&[State::Confirmed]), sum(&[State::Unresolved]));
        assert!(sure <= back && back <= sure + open, "{sure} confirmed, {open} open, {back} came back");
    }
    for (state, _) in refunds(&commands) {
        let over = [State::Confirmed, State::Refused, State::Redirected, State::Unresolved, State::Void];
        assert!(over.contains(&state), "{state:?} after ten calm hours");
        *seen.states.entry(state.as_str()).or_default() += 1;
    }
    for id in asked {
        match shop.outcome(id)? {
            Some(IntakeOutcome::Refused(why)) => {
                let kinds = ["under way", "other contents", "more than", "would come to", "of nothing"];
                let kind = kinds.into_iter().find(|kind| why.contains(kind));
                *seen.refused_here.entry(kind.unwrap_or_else(|| panic!("{why}"))).or_default() += 1;
            }
            Some(IntakeOutcome::Done(_)) => {}
            other => panic!("asked for and not taken: {other:?}"),
        }
    }
    for (fate, times) in &*shop.fickle.seen.lock().unwrap_or_else(PoisonError::into_inner) {
        *seen.fates.entry(*fate).or_default() += times;
    }
    seen.kills += shop.kills;
    Ok(())
}

fn enough(seen: &Seen) {
    assert_eq!(seen.fates.len(), FATES.len(), "each fate was met: {seen:?}");
    assert!(seen.kills > 5, "{seen:?}");
    assert!(seen.states.contains_key("confirmed"), "{seen:?}");
    for kind in ["under way", "other contents"] {
        assert!(seen.refused_here.contains_key(kind), "{kind}: {seen:?}");
    }
    assert!(
        ["more than", "would come to"].iter().any(|kind| seen.refused_here.contains_key(kind)),
        "{seen:?}"
    );
}

const SEEDS: u64 = 40;

#[test]
fn g22_walmart_gives_back_what_was_asked_for_once_under_lost_calls_and_kills() -> Result<()> {
    let mut seen = Seen::default();
    for seed in 0..SEEDS {
        let settings =
            walmart::Settings { plan: plan(), latency_ms: (0, 0), ..walmart::Settings::new(seed, origin()) };
        one_seed(
            seed,
            walmart::World::new(settings),
            |parts| {
                let settings = walmart::Settings::new(0, origin());
                Ok(Arc::new(shops::walmart(&settings, &settings.client_secret).build("shop".into(), parts)?))
            },
            &mut seen,
        )?;
    }
    enough(&seen);
    Ok(())
}

#[test]
fn g22_ebay_gives_back_what_was_asked_for_once_under_lost_calls_and_kills() -> Result<()> {
    let mut seen = Seen::default();
    for seed in 0..SEEDS {
        let settings =
            ebay::Settings { plan: plan(), latency_ms: (0, 0), ..ebay::Settings::new(seed, origin()) };
        one_seed(
            seed,
            ebay::World::new(settings),
            |parts| {
                let settings = ebay::Settings::new(0, origin());
                Ok(Arc::new(shops::ebay(&settings, &settings.client_secret).build("shop".into(), parts)?))
            },
            &mut seen,
        )?;
    }
    enough(&seen);
    Ok(())
}
