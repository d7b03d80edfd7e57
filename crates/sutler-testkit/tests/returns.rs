//! Returns through the running engine: read on a clock of their own, kept for orders not seen yet, and in nobody's way.

#[path = "shared/shops.rs"]
mod shops;

use async_trait::async_trait;
use bytes::Bytes;
use serde_json::Value;
use std::sync::{Arc, Mutex, PoisonError};
use sutler_core::{
    channel::Channel,
    error::Result,
    id::ChannelOrderId,
    journal::Entry,
    order::{LineQuantity, ShipmentReport},
    ports::{
        Clock,
        store::{Input, StoreExt},
    },
    push::Told,
    returns::ReturnStage,
    state::OrderState,
    stock::Count,
    time::{Duration, Timestamp, from_millis},
};
use sutler_engine::Engine;
use sutler_http::{Parts, Request, Response, Transport, TransportError};
use sutler_sandbox::{
    Faults, Marketplace, amazon, ebay,
    plan::{FulfilledBy, Plan, PlannedOrder},
    walmart,
};
use sutler_store::memory::MemoryStore;
use sutler_testkit::bench::{Bench, InProcess, Watch, Watched, at_once};

fn origin() -> Timestamp {
    from_millis(1_795_420_800_000)
}

/// Refuses every list of returns where it is told to.
#[derive(Debug)]
struct Refusing<M> {
    inner: InProcess<M>,
    returns: bool,
}

#[async_trait]
impl<M: Marketplace> Transport for Refusing<M> {
    async fn send(&self, request: Request) -> std::result::Result<Response, TransportError> {
        if self.returns && request.uri().path().contains("/return") {
            let refusal = br#"{"error":[{"code":"FORBIDDEN.GMP_GATEWAY_API","description":"no right"}]}"#;
            let answer = http::Response::builder().status(403).header("content-type", "application/json");
            let answer = answer.body(Bytes::from_static(refusal));
            return answer.map_err(|error| TransportError::not_sent(error.to_string()));
        }
        self.inner.send(request).await
    }
}

struct Shop<M> {
    bench: Bench<M>,
    engine: Engine,
    store: Arc<MemoryStore>,
}

impl<M: Marketplace> Shop<M> {
    fn open(
        world: M,
        refuse: bool,
        build: impl FnOnce(Parts) -> Result<Arc<dyn Channel>>,
    ) -> Result<Shop<M>> {
        let bench = Bench::new(world);
        let refusing = Refusing { inner: bench.market.clone(), returns: refuse };
        let parts = bench.parts(Arc::new(refusing));
        Shop::with(bench, parts, build)
    }

    fn with(
        bench: Bench<M>,
        parts: Parts,
        build: impl FnOnce(Parts) -> Result<Arc<dyn Channel>>,
    ) -> Result<Shop<M>> {
        let channel = build(parts.clone())?;
        let (engine, store) = shops::engine(parts, channel)?;
        let count = Count { sku: "MUG".into(), quantity: 100, as_of: origin() - Duration::days(30) };
        at_once(store.transact(move |tx| tx.add_input(&Input::OnHand(count.clone()), origin())))?;
        Ok(Shop { bench, engine, store })
    }

    fn live(&mut self, span: Duration, pause: Duration) -> Result<()> {
        let until = self.bench.clock.now() + span;
        while self.bench.clock.now() < until {
            at_once(self.engine.step())?;
            self.bench.clock.pass(pause);
        }
        Ok(())
    }

    fn order(&self, id: &str) -> Result<Option<(OrderState, Vec<&'static str>)>> {
        let id = ChannelOrderId::new(id);
        at_once(self.store.view(move |view| {
            let Some((key, _)) = view.known(&"shop".into(), &id)? else { return Ok(None) };
            let kinds = view.history(key)?.iter().map(|row| row.entry.kind()).collect();
            Ok(view.order(key)?.map(|state| (state, kinds)))
        }))
    }

    fn stored(&self, id: &str) -> Result<(OrderState, Vec<&'static str>)> {
        Ok(self.order(id)?.unwrap_or_else(|| panic!("order {id} is not stored")))
    }

    /// Ships all of an order.
    fn ship(&mut self, id: &str) -> Result<()> {
        let (state, _) = self.stored(id)?;
        let lines = state.facts.lines.iter();
        let report = ShipmentReport {
            package: 1,
            carrier: "ups".into(),
            tracking: "1Z999AA10123456784".into(),
            tracking_url: None,
            shipped_at: self.bench.clock.now(),
            lines: lines
                .map(|line| LineQuantity { line_id: line.line_id.clone(), quantity: line.ordered })
                .collect(),
        };
        let input = Input::ReportShipment { channel: "shop".into(), order: id.into(), report };
        let now = self.bench.clock.now();
        at_once(self.store.transact(move |tx| tx.add_input(&input, now)))?;
        self.live(Duration::minutes(20), Duration::minutes(1))
    }
}

fn on_walmart(plan: Vec<PlannedOrder>, refuse: bool) -> Result<Shop<walmart::World>> {
    let settings = walmart::Settings {
        plan: Plan::Explicit(plan),
        latency_ms: (0, 0),
        ..walmart::Settings::new(3, origin())
    };
    let walmart = shops::walmart(&settings, &settings.client_secret).backfill(Duration::days(5));
    Shop::open(walmart::World::new(settings), refuse, |parts| {
        Ok(Arc::new(walmart.build("shop".into(), parts)?))
    })
}

fn mug(id: &str, hours_ago: i64) -> PlannedOrder {
    PlannedOrder::seller(origin() - Duration::hours(hours_ago)).id(id).line("MUG", 2)
}

#[test]
fn a_return_is_followed_from_its_announcement_to_its_end_and_raises_no_stock() -> Result<()> {
    let mut shop = on_walmart(vec![mug("PO1", 2)], false)?;
    shop.live(Duration::minutes(30), Duration::minutes(1))?;
    shop.ship("PO1")?;
    let item = |shop: &Shop<walmart::World>| at_once(shop.store.view(|view| view.item(&"MUG".into())));
    let stock = item(&shop)?;
    shop.bench.ask("orders/PO1/return", &Value::Null)?;
    shop.live(Duration::hours(3), Duration::minutes(10))?;
    let (state, kinds) = shop.stored("PO1")?;
    let stage = |state: &OrderState| {
        let [one] = state.returns.as_slice() else { panic!("{:?}", state.returns) };
        (one.told.stage, state.counters(&state.facts.lines[0]).returned)
    };
    assert_eq!(stage(&state), (ReturnStage::Announced, 0));
    assert_eq!(kinds.iter().filter(|kind| **kind == "returned").count(), 1, "{kinds:?}");
    let entries = kinds.len();
    shop.live(Duration::days(1), Duration::minutes(30))?;
    assert_eq!(shop.stored("PO1")?.1.len(), entries, "told again, it is no news");
    shop.live(Duration::days(5), Duration::hours(1))?;
    let (state, kinds) = shop.stored("PO1")?;
    assert_eq!(stage(&state), (ReturnStage::Closed, 2));
    assert_eq!(kinds.iter().filter(|kind| **kind == "returned").count(), 3, "{kinds:?}");
    assert_eq!(item(&shop)?, stock, "what came back is on hand when somebody counts it");
    // The payload that is kept is the order's own.
    let raw = at_once(shop.store.view(|view| {
        let (key, _) = view.known(&"shop".into(), &"PO1".into())?.expect("stored");
        Ok(view.personal(key)?.map(|personal| personal.raw))
    }))?;
    assert!(raw.is_some_and(|raw| String::from_utf8_lossy(&raw).contains("purchaseOrderId")));
    Ok(())
}

#[test]
fn g10_a_return_of_an_order_not_seen_yet_is_kept_until_it_appears() -> Result<()> {
    // Placed before what the lists reach back to, and sent back now: only the return tells of it.
    let old = mug("OLD", 24 * 20)
        .fulfilled_by(FulfilledBy::Marketplace)
        .returned_at(origin() + Duration::minutes(1));
    let mut shop = on_walmart(vec![old], false)?;
    shop.live(Duration::minutes(50), Duration::minutes(1))?;
    assert!(shop.order("OLD")?.is_none(), "no list shows it");
    shop.live(Duration::hours(2), Duration::minutes(5))?;
    let (state, kinds) = shop.stored("OLD")?;
    assert_eq!(state.returns.len(), 1, "read by itself, with the return that told of it");
    assert_eq!(state.facts.lines.len(), 1);
    assert_eq!(kinds[..2], ["observed", "returned"], "{kinds:?}");
    let kept = at_once(shop.store.view(|view| view.note("returns/shop/OLD")))?;
    assert_eq!(kept.as_deref(), Some(&[][..]), "nothing is kept twice");
    Ok(())
}

#[test]
fn returns_that_cannot_be_read_hold_nothing_up() -> Result<()> {
    let mut shop = on_walmart(vec![mug("PO1", 2), mug("PO2", 1)], true)?;
    shop.live(Duration::hours(3), Duration::minutes(1))?;
    let health = at_once(shop.engine.watcher().health())?;
    assert!(health[0].pulls > 20, "{health:?}");
    assert!(
        health[0].last_error.as_ref().is_some_and(|(_, what)| what.contains("walmart.returns.pull")),
        "{health:?}"
    );
    let now = shop.bench.clock.now();
    assert_eq!(shop.bench.market.world().effects(now).acknowledge.len(), 2);
    Ok(())
}

#[test]
fn ebay_tells_of_returns_too() -> Result<()> {
    let settings = ebay::Settings {
        plan: Plan::Explicit(vec![mug("A", 2)]),
        latency_ms: (0, 0),
        ..ebay::Settings::new(3, origin())
    };
    let ebay = shops::ebay(&settings, &settings.client_secret);
    let mut shop = Shop::open(ebay::World::new(settings), false, |parts| {
        Ok(Arc::new(ebay.build("shop".into(), parts)?))
    })?;
    shop.live(Duration::minutes(30), Duration::minutes(1))?;
    shop.ship("A")?;
    shop.bench.ask("orders/A/return", &Value::Null)?;
    shop.live(Duration::hours(3), Duration::minutes(10))?;
    let (state, _) = shop.stored("A")?;
    let [one] = state.returns.as_slice() else { panic!("{:?}", state.returns) };
    assert_eq!(one.told.stage, ReturnStage::Confirmed);
    assert_eq!(state.counters(&state.facts.lines[0]).returned, 2);
    let entry = Entry::Returned(Box::new(one.clone()));
    assert_eq!(entry.kind(), "returned");
    Ok(())
}

/// The ids of reports of returns, as they are asked for.
#[derive(Debug, Default)]
struct Asked(Mutex<Vec<String>>);

impl Asked {
    fn all(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Watch for Asked {
    fn passed(&self, request: &Request, answer: &Response) {
        if request.method() != "POST" || !String::from_utf8_lossy(request.body()).contains("RETURNS_DATA") {
            return;
        }
        let made: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
        let id = made["reportId"].as_str().map(str::to_owned);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(id);
    }
}

fn on_amazon(faults: Faults, report_s: u32) -> Result<(Shop<amazon::World>, Arc<Asked>)> {
    let settings = amazon::Settings {
        plan: Plan::Explicit(vec![mug("A", 2)]),
        latency_ms: (0, 0),
        report_s: (report_s, report_s),
        faults,
        ..amazon::Settings::new(3, origin())
    };
    let amazon = shops::amazon(&settings, &settings.client_secret);
    let bench = Bench::new(amazon::World::new(settings));
    let asked = Arc::new(Asked::default());
    let parts = bench.parts(Arc::new(Watched::new(bench.market.clone(), asked.clone())));
    let shop = Shop::with(bench, parts, |parts| Ok(Arc::new(amazon.build("shop".into(), parts)?)))?;
    Ok((shop, asked))
}

#[test]
fn amazon_tells_of_returns_by_report_and_the_units_are_those_of_the_sku() -> Result<()> {
    let (mut shop, asked) = on_amazon(Faults::default(), 100)?;
    shop.live(Duration::minutes(30), Duration::minutes(1))?;
    shop.ship("A")?;
    shop.bench.ask("orders/A/return", &Value::Null)?;
    shop.live(Duration::hours(5), Duration::minutes(2))?;
    let stage = |shop: &Shop<amazon::World>| {
        let (state, kinds) = shop.stored("A")?;
        let [one] = state.returns.as_slice() else { panic!("{:?}", state.returns) };
        assert_eq!(one.told.lines[0].sku, Some("MUG".into()));
        let told = kinds.iter().filter(|kind| **kind == "returned").count();
        Ok((one.told.stage, state.counters(&state.facts.lines[0]).returned, told))
    };
    assert_eq!(stage(&shop)?, (ReturnStage::Announced, 0, 1));
    let reports = asked.all().len();
    shop.live(Duration::days(1), Duration::minutes(10))?;
    assert_eq!(stage(&shop)?, (ReturnStage::Announced, 0, 1), "told again, it is no news");
    assert!(asked.all().len() <= reports + 7, "a report every four hours: {}", asked.all().len());
    shop.live(Duration::hours(54), Duration::minutes(30))?;
    assert_eq!(stage(&shop)?, (ReturnStage::Confirmed, 2, 2));
    shop.live(Duration::days(1), Duration::minutes(30))?;
    assert_eq!(stage(&shop)?, (ReturnStage::Closed, 2, 3));
    let (state, _) = shop.stored("A")?;
    assert!(state.returns[0].told.refund.as_deref().is_some_and(|text| text.ends_with(" USD")));
    Ok(())
}

#[test]
fn a_push_that_tells_of_a_finished_report_has_it_read_at_once() -> Result<()> {
    let until_read = |push: bool| -> Result<Duration> {
        let (mut shop, asked) = on_amazon(Faults::default(), 5)?;
        shop.live(Duration::minutes(30), Duration::minutes(1))?;
        shop.ship("A")?;
        shop.bench.ask("orders/A/return", &Value::Null)?;
        let before = asked.all().len();
        while asked.all().len() == before {
            shop.live(Duration::seconds(1), Duration::seconds(1))?;
        }
        let from = shop.bench.clock.now();
        shop.live(Duration::seconds(6), Duration::seconds(1))?;
        if push {
            let told = asked.all().last().cloned().map(Told::Finished).into_iter().collect();
            let pushed = Input::Pushed { channel: "shop".into(), id: "n1".into(), told };
            at_once(shop.store.transact(move |tx| tx.add_input(&pushed, origin())))?;
        }
        while shop.stored("A")?.0.returns.is_empty() {
            shop.live(Duration::seconds(1), Duration::seconds(1))?;
        }
        Ok(shop.bench.clock.now() - from)
    };
    let (told, untold) = (until_read(true)?, until_read(false)?);
    assert!(told <= Duration::seconds(10), "{told}");
    assert!((Duration::seconds(55)..Duration::seconds(70)).contains(&untold), "{untold}");
    Ok(())
}

#[test]
fn a_report_of_returns_that_ends_fatal_is_asked_for_anew_and_holds_nothing_up() -> Result<()> {
    let (mut shop, asked) = on_amazon(Faults { feed_fatal: 1_000, ..Faults::default() }, 5)?;
    shop.live(Duration::hours(3), Duration::minutes(1))?;
    let health = at_once(shop.engine.watcher().health())?;
    assert!(health[0].pulls > 10, "{health:?}");
    let error = health[0].last_error.as_ref().map(|(_, what)| what.clone()).unwrap_or_default();
    assert!(error.contains("FATAL; it is asked for anew"), "{error}");
    let asked = asked.all().len();
    assert!((3..40).contains(&asked), "ever later: {asked}");
    Ok(())
}
