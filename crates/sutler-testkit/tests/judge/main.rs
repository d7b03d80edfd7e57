//! Judges through the running engine: orders wait for them, up to a margin before their deadline; each is asked once about what it
//! looks at; and what one of them does is nobody's error but its own.

mod clerk;
#[path = "../shared/shops.rs"]
#[expect(dead_code, reason = "other tests need the rest")]
mod shops;

use clerk::{Clerk, Frail, Mood, holds, passes};
use serde_json::Value;
use std::sync::{Arc, atomic::Ordering};
use sutler_core::{
    error::{ErrorKind, Result},
    hold::HoldReason,
    id::ChannelOrderId,
    journal::{Entry, JournalRow},
    policy::Policy,
    ports::{
        Clock, Judge,
        store::{Input, StoreExt},
    },
    rule::{Proof, Verdict},
    state::{OrderState, Phase},
    stock::Count,
    time::{Duration, Timestamp, from_millis},
};
use sutler_engine::{Engine, JudgeHealth, Ports, Settings};
use sutler_sandbox::{
    plan::{Plan, PlannedOrder},
    walmart,
};
use sutler_testkit::{
    bench::{Bench, Counting, at_once},
    sim::{Plan as Disturbed, Scenario, checks::replay, run, search},
};

fn origin() -> Timestamp {
    from_millis(1_795_420_800_000)
}

fn mug(id: &str, minutes_ago: i64) -> PlannedOrder {
    PlannedOrder::seller(origin() - Duration::minutes(minutes_ago))
        .id(id)
        .line("MUG", 1)
        .ship_by(origin() + Duration::days(3))
}

struct Shop {
    bench: Bench<walmart::World>,
    store: Arc<Frail>,
    plan: Vec<PlannedOrder>,
    engine: Option<Engine>,
}

impl Shop {
    fn new(plan: Vec<PlannedOrder>) -> Result<Shop> {
        let bench = Bench::new(walmart::World::new(settings(plan.clone())));
        let store = Arc::new(Frail::default());
        let shop = Shop { bench, store, plan, engine: None };
        shop.ask(Input::OnHand(Count { sku: "MUG".into(), quantity: 9_000, as_of: origin() }))?;
        Ok(shop)
    }

    /// Opens the shop with these judges, after whatever ended it.
    fn open(&mut self, judges: &[&Arc<Clerk>]) -> Result<()> {
        let settings = settings(self.plan.clone());
        let parts = self.bench.parts(Arc::new(self.bench.market.clone()));
        let ports = Ports {
            store: self.store.clone(),
            clock: parts.clock.clone(),
            entropy: Arc::new(Counting::default()),
            budgets: parts.budgets.clone(),
        };
        let walmart = shops::walmart(&settings, &settings.client_secret).backfill(Duration::days(5));
        let channel = Arc::new(walmart.build("shop".into(), parts)?);
        let judges = judges.iter().map(|clerk| Arc::clone(clerk) as Arc<dyn Judge>).collect();
        self.engine = None;
        self.store.broken.store(false, Ordering::Relaxed);
        self.engine =
            Some(Engine::with_judges(ports, Policy::standard(), Settings::default(), vec![channel], judges)?);
        Ok(())
    }

    fn live(&mut self, span: Duration) -> Result<()> {
        let until = self.bench.clock.now() + span;
        while self.bench.clock.now() < until {
            let engine = self.engine.as_mut().expect("open");
            at_once(engine.step())?;
            self.bench.clock.pass(Duration::seconds(30));
        }
        Ok(())
    }

    fn live_until(&mut self, at: Timestamp) -> Result<()> {
        self.live(at - self.bench.clock.now())
    }

    fn ask(&self, input: Input) -> Result<i64> {
        let now = self.bench.clock.now();
        at_once(self.store.transact(move |tx| tx.add_input(&input, now)))
    }

    fn order(&self, id: &str) -> Result<(OrderState, Vec<JournalRow>)> {
        let id = ChannelOrderId::new(id);
        at_once(self.store.view(move |view| {
            let (key, _) = view.known(&"shop".into(), &id)?.unwrap_or_else(|| panic!("{id} is not stored"));
            Ok((view.order(key)?.expect("stored"), view.history(key)?))
        }))
    }

    fn phase(&self, id: &str) -> Result<Phase> {
        Ok(self.order(id)?.0.phase())
    }

    fn judged(&self, id: &str) -> Result<usize> {
        let (_, history) = self.order(id)?;
        Ok(history.iter().filter(|row| matches!(row.entry, Entry::Judged(_))).count())
    }

    fn acknowledged(&self) -> usize {
        self.bench.market.world().effects(self.bench.clock.now()).acknowledge.len()
    }

    fn judges(&self) -> Result<Vec<JudgeHealth>> {
        let health = at_once(self.engine.as_ref().expect("open").watcher().health())?;
        let met = health[0].last_error.as_ref().map_or("", |(_, what)| what);
        assert!(!met.contains("judge") && !met.contains("asleep"), "no error of the channel: {met}");
        Ok(health[0].judges.clone())
    }

    /// The journal gives the rows, and nothing was done twice.
    fn close(self) {
        replay(&self.store.inner).expect("the journal gives the rows");
        let effects = self.bench.market.world().effects(self.bench.clock.now());
        assert!(effects.acknowledge.values().all(|times| *times == 1), "{:?}", effects.acknowledge);
    }
}

fn settings(plan: Vec<PlannedOrder>) -> walmart::Settings {
    walmart::Settings {
        plan: Plan::Explicit(plan),
        latency_ms: (0, 0),
        rate_factor: 10,
        ..walmart::Settings::new(3, origin())
    }
}

fn verdict(state: &OrderState, rule: &str) -> Option<Verdict> {
    state.judged.iter().find(|judged| judged.rule.as_str() == rule).map(|judged| judged.verdict.clone())
}

fn unanswered(rule: &str) -> HoldReason {
    HoldReason::Unanswered(rule.into())
}

#[test]
fn an_order_is_judged_before_it_is_decided_and_asked_about_once() -> Result<()> {
    let clerk = Arc::new(Clerk::new("fraud", Mood::Says(passes())));
    let mut shop = Shop::new(vec![mug("A", 30)])?;
    shop.open(&[&clerk])?;
    shop.live(Duration::hours(2))?;
    let (state, history) = shop.order("A")?;
    assert!(state.phase() == Phase::Open && state.is_acknowledged(), "{}", state.why());
    assert_eq!(verdict(&state, "fraud"), Some(passes()), "the proofs show it");
    let kinds: Vec<&str> = history.iter().map(|row| row.entry.kind()).collect();
    assert_eq!(kinds[..4], ["observed", "judged", "decided", "intended"], "{kinds:?}");
    assert_eq!(clerk.times(), 1, "our acknowledgment is no new question");
    let asked = clerk.asked().remove(0);
    assert_eq!((asked.channel.as_str(), asked.channel_order_id.as_str()), ("shop", "A"));
    assert_eq!(asked.demand, [("MUG".into(), 1)]);
    assert!(asked.ship_to.is_some_and(|address| !address.postal_code.is_empty()));
    assert_eq!(asked.items.values().next().and_then(|item| item.counted), Some(9_000));
    assert_eq!((shop.judges()?[0].waiting, shop.acknowledged()), (0, 1));
    shop.close();
    Ok(())
}

#[test]
fn what_a_judge_holds_waits_for_a_person_who_releases_it() -> Result<()> {
    let clerk = Arc::new(Clerk::new("fraud", Mood::Says(holds())));
    let mut shop = Shop::new(vec![mug("A", 30)])?;
    shop.open(&[&clerk])?;
    shop.live(Duration::minutes(30))?;
    let (state, _) = shop.order("A")?;
    assert_eq!(state.phase(), Phase::Held);
    assert_eq!(state.why(), "rule fraud holds it: score: 97 of 100");
    let reason = HoldReason::Rule("fraud".into());
    shop.ask(Input::Release { channel: "shop".into(), order: "A".into(), reason, by: "ann".into() })?;
    shop.live(Duration::minutes(30))?;
    let (state, _) = shop.order("A")?;
    assert!(state.phase() == Phase::Open && state.is_acknowledged(), "{}", state.why());
    assert_eq!(verdict(&state, "fraud"), Some(holds()), "heard, and overruled");
    assert_eq!((clerk.times(), shop.judged("A")?), (1, 1));
    shop.close();
    Ok(())
}

#[test]
fn it_is_asked_anew_when_the_order_changes_and_when_its_version_does() -> Result<()> {
    let clerk = Arc::new(Clerk::new("fraud", Mood::Says(holds())));
    let mut shop = Shop::new(vec![mug("A", 30)])?;
    shop.open(&[&clerk])?;
    shop.live(Duration::minutes(30))?;
    shop.bench.ask("orders/A/cancel-request", &Value::Null)?;
    shop.live(Duration::minutes(30))?;
    assert_eq!((clerk.times(), shop.judged("A")?), (2, 2), "the buyer asks to cancel");

    shop.open(&[&clerk])?;
    shop.live(Duration::minutes(30))?;
    assert_eq!(clerk.times(), 2, "its answer is kept");

    let newer = Arc::new(Clerk { version: "2".into(), ..Clerk::new("fraud", Mood::Says(passes())) });
    shop.open(&[&newer])?;
    shop.live(Duration::minutes(30))?;
    assert_eq!((newer.times(), shop.judged("A")?), (1, 3));
    let (state, _) = shop.order("A")?;
    assert_eq!(
        state.holds.iter().map(|hold| hold.reason.clone()).collect::<Vec<_>>(),
        [HoldReason::BuyerAskedToCancel]
    );
    shop.close();
    Ok(())
}

#[test]
fn an_order_whose_judge_hangs_is_held_in_time_and_taken_when_it_answers_after_all() -> Result<()> {
    let clerk = Arc::new(Clerk::new("fraud", Mood::Hangs));
    let mut shop = Shop::new(vec![mug("A", 30)])?;
    shop.open(&[&clerk])?;
    // Walmart wants it within four hours; two margins of half an hour before that are for the judge.
    let by = origin() - Duration::minutes(30) + Duration::hours(3);
    shop.live_until(by - Duration::minutes(2))?;
    let (state, history) = shop.order("A")?;
    assert_eq!((state.phase(), history.len()), (Phase::New, 1), "undecided, and nothing intended");
    let health = shop.judges()?.remove(0);
    assert_eq!((health.judge.as_str(), health.waiting), ("fraud", 1));
    assert!(health.failures > 3, "{health:?}");
    assert!(
        health.last_error.is_some_and(|(_, why)| why.contains("judge fraud did not answer in time")),
        "shown"
    );
    shop.live_until(by + Duration::minutes(2))?;
    let (state, _) = shop.order("A")?;
    assert_eq!(state.holds.len(), 1, "{}", state.why());
    assert_eq!(state.holds[0].reason, unanswered("fraud"));
    assert_eq!(state.why(), "judge fraud has not answered: no answer in time");
    assert!(clerk.times() < 40, "asked again with a growing pause: {}", clerk.times());

    clerk.is(Mood::Says(passes()));
    shop.live(Duration::minutes(20))?;
    assert_eq!((shop.phase("A")?, shop.acknowledged()), (Phase::Open, 1));
    shop.close();
    Ok(())
}

#[test]
fn a_judge_may_say_what_counts_otherwise() -> Result<()> {
    let otherwise = Verdict::Pass(Proof::code("fraud.unknown"));
    let clerk = Clerk { otherwise: Some(otherwise.clone()), ..Clerk::new("fraud", Mood::Fails) };
    let clerk = Arc::new(clerk);
    let mut shop = Shop::new(vec![mug("A", 30)])?;
    shop.open(&[&clerk])?;
    let due = origin() - Duration::minutes(30) + Duration::hours(4);
    shop.live_until(due - Duration::minutes(80))?;
    assert_eq!(shop.phase("A")?, Phase::New);
    shop.live_until(due - Duration::minutes(50))?;
    let (state, _) = shop.order("A")?;
    assert_eq!(verdict(&state, "fraud"), Some(otherwise));
    assert!(state.acknowledged_at.is_some_and(|at| at < due), "in time: {}", state.why());
    clerk.is(Mood::Says(holds()));
    shop.live(Duration::minutes(30))?;
    assert_eq!(shop.phase("A")?, Phase::Held, "its answer counts, late as it is");
    shop.close();
    Ok(())
}

#[test]
fn who_will_not_wait_for_a_judge_releases_the_wait() -> Result<()> {
    let clerk = Arc::new(Clerk::new("fraud", Mood::Hangs));
    let mut shop = Shop::new(vec![mug("A", 30), mug("B", 30)])?;
    shop.open(&[&clerk])?;
    shop.live(Duration::minutes(10))?;
    let reason = unanswered("fraud");
    shop.ask(Input::Release { channel: "shop".into(), order: "A".into(), reason, by: "ann".into() })?;
    shop.live(Duration::minutes(10))?;
    assert_eq!((shop.phase("A")?, shop.phase("B")?), (Phase::Open, Phase::New));
    shop.close();
    Ok(())
}

#[test]
fn errors_and_panics_of_a_judge_are_its_own() -> Result<()> {
    let failing = Arc::new(Clerk::new("model", Mood::Fails));
    let panicking = Arc::new(Clerk::new("script", Mood::Panics));
    let sound = Arc::new(Clerk::new("fraud", Mood::Says(passes())));
    let mut shop = Shop::new(vec![mug("A", 30), mug("B", 29)])?;
    shop.open(&[&failing, &panicking, &sound])?;
    shop.live(Duration::minutes(40))?;
    assert_eq!((shop.phase("A")?, shop.judged("A")?, sound.times()), (Phase::New, 1, 2));
    let health = shop.judges()?;
    let why = |at: usize| health[at].last_error.as_ref().map(|(_, why)| why.clone()).unwrap_or_default();
    assert!(why(0).contains("the model is asleep") && why(1).contains("judge script panicked"), "{health:?}");
    assert_eq!((health[2].failures, &health[2].last_error), (0, &None));
    for clerk in [&failing, &panicking] {
        assert!((6..30).contains(&clerk.times()), "ever later: {}", clerk.times());
        clerk.is(Mood::Says(passes()));
    }
    shop.live(Duration::minutes(20))?;
    assert_eq!((shop.phase("A")?, shop.phase("B")?, shop.acknowledged()), (Phase::Open, Phase::Open, 2));
    assert_eq!(sound.times(), 2);
    shop.close();
    Ok(())
}

#[test]
fn an_answer_lost_in_a_crash_is_asked_for_again_and_counts_once() -> Result<()> {
    let mut shop = Shop::new(vec![mug("A", 30)])?;
    let clerk = Arc::new(Clerk::new("fraud", Mood::Breaks(shop.store.clone())));
    shop.open(&[&clerk])?;
    let _ = shop.live(Duration::minutes(1));
    assert_eq!((clerk.times(), shop.judged("A")?, shop.phase("A")?), (1, 0, Phase::New));
    clerk.is(Mood::Says(passes()));
    shop.open(&[&clerk])?;
    shop.live(Duration::minutes(30))?;
    assert_eq!((clerk.times(), shop.judged("A")?, shop.phase("A")?), (2, 1, Phase::Open));
    shop.close();
    Ok(())
}

#[test]
fn a_store_that_fails_loses_no_answer() -> Result<()> {
    let mut shop = Shop::new(vec![mug("A", 30)])?;
    let clerk = Arc::new(Clerk::new("fraud", Mood::Breaks(shop.store.clone())));
    shop.open(&[&clerk])?;
    let _ = shop.live(Duration::minutes(1));
    shop.store.broken.store(false, Ordering::Relaxed);
    shop.live(Duration::minutes(30))?;
    assert_eq!((clerk.times(), shop.judged("A")?, shop.phase("A")?), (1, 1, Phase::Open));
    shop.close();
    Ok(())
}

#[test]
fn what_waited_when_the_engine_ended_waits_on_and_is_decided_when_its_time_is_up() -> Result<()> {
    let clerk = Arc::new(Clerk::new("fraud", Mood::Hangs));
    let mut shop = Shop::new(vec![mug("A", 30), mug("B", 20)])?;
    shop.open(&[&clerk])?;
    shop.live(Duration::minutes(10))?;
    shop.engine = None;
    shop.bench.clock.pass(Duration::hours(2) + Duration::minutes(25));
    shop.open(&[&clerk])?;
    shop.live(Duration::minutes(1))?;
    assert_eq!((shop.phase("A")?, shop.phase("B")?), (Phase::Held, Phase::New), "A's time is up");
    clerk.is(Mood::Says(passes()));
    shop.live(Duration::minutes(20))?;
    assert_eq!((shop.phase("A")?, shop.phase("B")?, shop.acknowledged()), (Phase::Open, Phase::Open, 2));
    shop.close();
    Ok(())
}

#[test]
fn a_judge_that_comes_later_stops_nothing_that_was_accepted() -> Result<()> {
    let mut shop = Shop::new(vec![mug("A", 30)])?;
    shop.open(&[])?;
    shop.live(Duration::minutes(20))?;
    assert_eq!(shop.phase("A")?, Phase::Open);
    let clerk = Arc::new(Clerk::new("fraud", Mood::Hangs));
    shop.open(&[&clerk])?;
    shop.live(Duration::hours(1))?;
    let entries = shop.order("A")?.1.len();
    assert_eq!((shop.phase("A")?, entries > 0, clerk.times() > 0), (Phase::Open, true, true));
    clerk.is(Mood::Says(holds()));
    shop.live(Duration::minutes(20))?;
    assert_eq!(shop.phase("A")?, Phase::Held, "its answer does");
    shop.close();
    Ok(())
}

#[test]
fn a_judge_may_call_back_while_it_thinks() -> Result<()> {
    let mut shop = Shop::new(vec![mug("A", 30)])?;
    let clerk = Arc::new(Clerk::new("fraud", Mood::Calls(shop.store.clone())));
    shop.open(&[&clerk])?;
    shop.live(Duration::minutes(30))?;
    assert_eq!((clerk.times(), shop.phase("A")?), (1, Phase::Open));
    let counted = at_once(shop.store.view(|view| view.item(&"CUP".into())))?;
    assert_eq!(counted.and_then(|item| item.counted), Some(7));
    shop.close();
    Ok(())
}

#[test]
fn judges_have_names_of_their_own() -> Result<()> {
    let mut shop = Shop::new(Vec::new())?;
    let clerk = Arc::new(Clerk::new("fraud", Mood::Hangs));
    let error = shop.open(&[&clerk, &clerk]).expect_err("one name twice");
    assert_eq!(error.kind(), ErrorKind::Config);
    let rule = Policy::standard().rules[0].id().to_string();
    let error = shop.open(&[&Arc::new(Clerk::new(&rule, Mood::Hangs))]).expect_err("a rule's name");
    assert!(error.text().contains(&rule), "{error}");
    Ok(())
}

#[test]
fn many_orders_and_a_slow_judge_hold_up_no_pull() -> Result<()> {
    const ORDERS: usize = 2_000;
    let plan: Vec<PlannedOrder> = (0..ORDERS).map(|n| mug(&format!("{n:04}"), 10 + n as i64 % 50)).collect();
    let pulls = |judged: bool| -> Result<(u64, usize, usize)> {
        let mut shop = Shop::new(plan.clone())?;
        let slow = Mood::After(Duration::milliseconds(10), shop.bench.clock.clone());
        let clerk = Arc::new(Clerk::new("fraud", slow));
        let judges = [&clerk];
        shop.open(if judged { &judges } else { &[] })?;
        shop.live(Duration::hours(1))?;
        let health = at_once(shop.engine.as_ref().expect("open").watcher().health())?;
        let open = at_once(shop.store.view(|view| {
            Ok(view
                .totals()?
                .phases
                .iter()
                .filter(|(_, phase, _)| *phase == Phase::Open)
                .map(|(.., n)| *n)
                .sum())
        }));
        let open: u64 = open?;
        assert_eq!((open as usize, clerk.times()), (ORDERS, if judged { ORDERS } else { 0 }));
        let counted = (health[0].pulls, shop.acknowledged(), clerk.times());
        shop.close();
        Ok(counted)
    };
    let (without, with) = (pulls(false)?, pulls(true)?);
    assert_eq!((with.1, with.2), (ORDERS, ORDERS));
    assert!(with.0 + 1 >= without.0 && with.0 > 8, "{with:?} pulls and acknowledgments, without {without:?}");
    Ok(())
}

#[test]
fn g18_every_crash_point_beside_a_slow_judge_is_survived() {
    let scenario = Scenario::fixed();
    let judged = || Disturbed { judged: true, ..Disturbed::default() };
    let plain = run(3, &scenario, &Disturbed { record: true, ..judged() }).expect("the fault-free run");
    let passed = |label: &str| plain.points.iter().filter(|point| point.label == label).count();
    assert!(passed("judge.answered") >= 5 && passed("judge.asked") > passed("judge.answered"));
    let points: Vec<u64> = (1..=plain.passed).collect();
    let survived = search::share(&points, |point| {
        run(3, &scenario, &Disturbed { crash_at: vec![*point], ..judged() }).map(|_| ())
    });
    for (point, survived) in points.iter().zip(survived) {
        if let Err(what) = survived {
            panic!("point {point} ({:?}): {what}", plain.points.get(*point as usize - 1));
        }
    }
}

#[test]
fn g18_drawn_worlds_beside_a_slow_judge_lose_and_double_nothing() {
    let seeds: Vec<u64> = (1..=120).collect();
    let ended = search::share(&seeds, |seed| {
        let judged = Disturbed { judged: true, crash_at: vec![40 + seed * 7 % 300], ..Disturbed::default() };
        run(*seed, &Scenario::drawn(*seed), &judged).map(|_| ())
    });
    ended.into_iter().for_each(|ended| ended.unwrap_or_else(|what| panic!("{what}")));
}
