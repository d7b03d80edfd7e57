//! Who waits for stock gets it, whatever brings or frees it (G12); and what stands in nobody's way: channels that are gone, wishes
//! that were refused, a seller that was mistyped.

#[path = "shared/shops.rs"]
#[expect(dead_code, reason = "other tests need the rest")]
mod shops;

use async_trait::async_trait;
use bytes::Bytes;
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};
use sutler_core::{
    channel::Channel,
    command::CancelReason,
    error::{ErrorKind, Result},
    id::{ChannelId, ChannelOrderId},
    order::LineQuantity,
    policy::{OnCancelRequest, Policy},
    ports::{
        Clock,
        store::{Input, IntakeOutcome, StoreExt},
    },
    state::{OrderState, Phase},
    stock::Count,
    time::{Duration, Timestamp, from_millis},
};
use sutler_engine::{Engine, Ports, Settings};
use sutler_http::{Request, Response, Transport, TransportError};
use sutler_sandbox::{
    Marketplace, ebay,
    plan::{Plan, PlannedOrder},
    walmart,
};
use sutler_store::memory::MemoryStore;
use sutler_testkit::bench::{Bench, InProcess, at_once};

fn origin() -> Timestamp {
    from_millis(1_795_420_800_000)
}

fn mug(id: &str, minutes_ago: i64, units: u32) -> PlannedOrder {
    PlannedOrder::seller(origin() - Duration::minutes(minutes_ago)).id(id).line("MUG", units)
}

fn walmart_of(plan: Vec<PlannedOrder>) -> walmart::Settings {
    walmart::Settings {
        plan: Plan::Explicit(plan),
        latency_ms: (0, 0),
        ..walmart::Settings::new(3, origin())
    }
}

fn count(units: i64, as_of: Timestamp) -> Input {
    Input::OnHand(Count { sku: "MUG".into(), quantity: units, as_of })
}

/// An engine on one marketplace and a store that outlives it.
struct Shop<M> {
    bench: Bench<M>,
    engine: Engine,
    store: Arc<MemoryStore>,
    channel: ChannelId,
}

impl Shop<walmart::World> {
    fn walmart(plan: Vec<PlannedOrder>, store: Arc<MemoryStore>, policy: Policy) -> Result<Self> {
        let settings = walmart_of(plan);
        let walmart = shops::walmart(&settings, &settings.client_secret);
        let bench = Bench::new(walmart::World::new(settings));
        let transport = Arc::new(bench.market.clone());
        Shop::on(bench, transport, store, policy, |parts| {
            Ok(Arc::new(walmart.build("walmart".into(), parts)?))
        })
    }
}

impl<M: Marketplace> Shop<M> {
    fn on(
        bench: Bench<M>,
        transport: Arc<dyn Transport>,
        store: Arc<MemoryStore>,
        policy: Policy,
        build: impl FnOnce(sutler_http::Parts) -> Result<Arc<dyn Channel>>,
    ) -> Result<Self> {
        let parts = bench.parts(transport);
        let ports = Ports {
            store: store.clone(),
            clock: parts.clock.clone(),
            entropy: parts.entropy.clone(),
            budgets: parts.budgets.clone(),
        };
        let channel = build(parts)?;
        let id = channel.id().clone();
        let engine = Engine::new(ports, policy, Settings::default(), vec![channel])?;
        Ok(Shop { bench, engine, store, channel: id })
    }

    fn live(&mut self, span: Duration, pause: Duration) -> Result<()> {
        let until = self.bench.clock.now() + span;
        while self.bench.clock.now() < until {
            at_once(self.engine.step())?;
            self.bench.clock.pass(pause);
        }
        Ok(())
    }

    fn ask(&self, input: Input) -> Result<i64> {
        let now = self.bench.clock.now();
        at_once(self.store.transact(move |tx| tx.add_input(&input, now)))
    }

    fn order(&self, id: &str) -> Result<OrderState> {
        let (channel, id) = (self.channel.clone(), ChannelOrderId::new(id));
        at_once(self.store.view(move |view| {
            let (key, _) = view.known(&channel, &id)?.unwrap_or_else(|| panic!("order {id} is not stored"));
            Ok(view.order(key)?.expect("stored"))
        }))
    }

    fn phases(&self, phase: Phase) -> Result<u64> {
        at_once(self.store.view(move |view| {
            Ok(view.totals()?.phases.iter().filter(|(_, p, _)| *p == phase).map(|(.., n)| n).sum())
        }))
    }
}

#[test]
fn g12_what_the_marketplace_cancels_goes_to_who_waits() -> Result<()> {
    let first = mug("A", 30, 1).ship_by(origin() + Duration::hours(2));
    let second = mug("B", 20, 1).ship_by(origin() + Duration::days(30));
    let mut shop = Shop::walmart(vec![first, second], Arc::new(MemoryStore::new()), Policy::standard())?;
    shop.ask(count(1, origin() - Duration::days(1)))?;
    shop.live(Duration::hours(1), Duration::minutes(1))?;
    assert_eq!((shop.order("A")?.phase(), shop.order("B")?.phase()), (Phase::Open, Phase::Held));
    let mut days = 0;
    while shop.order("A")?.phase() != Phase::Cancelled {
        shop.live(Duration::hours(6), Duration::minutes(5))?;
        days += 1;
        assert!(days < 60, "Walmart cancels what is not shipped");
    }
    assert_eq!(shop.order("B")?.phase(), Phase::Open, "{}", shop.order("B")?.why());
    Ok(())
}

#[test]
fn g12_everybody_who_waits_is_served_while_there_is_stock() -> Result<()> {
    let orders: Vec<_> = (0..520).map(|n| mug(&format!("{n:03}"), 600 - n, 1)).collect();
    let mut shop = Shop::walmart(orders, Arc::new(MemoryStore::new()), Policy::standard())?;
    shop.live(Duration::minutes(30), Duration::minutes(1))?;
    assert_eq!(shop.phases(Phase::Held)?, 520, "nobody has counted it");
    shop.ask(count(510, origin()))?;
    shop.live(Duration::minutes(5), Duration::minutes(1))?;
    assert_eq!((shop.phases(Phase::Open)?, shop.phases(Phase::Held)?), (510, 10));
    assert_eq!(shop.order("519")?.phase(), Phase::Held, "who came last");
    Ok(())
}

#[test]
fn orders_of_a_channel_that_is_not_configured_any_more_hold_up_nobody() -> Result<()> {
    let store = Arc::new(MemoryStore::new());
    let settings = ebay::Settings {
        plan: Plan::Explicit(vec![mug("E", 40, 1)]),
        latency_ms: (0, 0),
        ..ebay::Settings::new(3, origin())
    };
    let ebay = shops::ebay(&settings, &settings.client_secret);
    let bench = Bench::new(ebay::World::new(settings));
    let transport = Arc::new(bench.market.clone());
    let mut gone = Shop::on(bench, transport, store.clone(), Policy::standard(), |parts| {
        Ok(Arc::new(ebay.build("ebay".into(), parts)?))
    })?;
    gone.live(Duration::minutes(30), Duration::minutes(1))?;
    assert_eq!(gone.order("E")?.phase(), Phase::Held);
    at_once(gone.engine.close())?;

    let mut shop = Shop::walmart(vec![mug("W", 30, 1)], store, Policy::standard())?;
    shop.live(Duration::minutes(10), Duration::minutes(1))?;
    let asked = shop.ask(count(5, origin()))?;
    shop.live(Duration::minutes(10), Duration::minutes(1))?;
    let outcome = at_once(shop.store.view(move |view| view.intake_outcome(asked)))?;
    assert!(matches!(outcome, Some(IntakeOutcome::Done(_))), "{outcome:?}");
    let taken = shop.order("W")?;
    assert!(taken.phase() == Phase::Open && taken.is_acknowledged(), "{}", taken.why());
    Ok(())
}

#[test]
fn a_line_named_twice_in_a_cancellation_is_refused_and_nothing_of_it_is_done() -> Result<()> {
    let mut shop = Shop::walmart(vec![mug("A", 30, 2)], Arc::new(MemoryStore::new()), Policy::standard())?;
    shop.ask(count(5, origin()))?;
    shop.live(Duration::minutes(10), Duration::minutes(1))?;
    let line = shop.order("A")?.facts.lines[0].line_id.clone();
    let before = at_once(shop.store.view(|view| Ok(view.totals()?.last)))?;
    let asked = shop.ask(Input::Cancel {
        channel: "walmart".into(),
        order: "A".into(),
        lines: vec![
            LineQuantity { line_id: line.clone(), quantity: 1 },
            LineQuantity { line_id: line, quantity: 1 },
        ],
        reason: CancelReason::OutOfStock,
        by: "ann".into(),
    })?;
    shop.live(Duration::minutes(2), Duration::minutes(1))?;
    let outcome = at_once(shop.store.view(move |view| view.intake_outcome(asked)))?;
    let Some(IntakeOutcome::Refused(why)) = outcome else { panic!("{outcome:?}") };
    assert!(why.contains("named twice"), "{why}");
    assert_eq!(at_once(shop.store.view(|view| Ok(view.totals()?.last)))?, before, "the journal says nothing");
    Ok(())
}

/// Refuses every cancellation, and counts them.
#[derive(Debug)]
struct NoCancel {
    inner: InProcess<walmart::World>,
    asked: AtomicU32,
}

#[async_trait]
impl Transport for NoCancel {
    async fn send(&self, request: Request) -> std::result::Result<Response, TransportError> {
        if !request.uri().path().ends_with("/cancel") {
            return self.inner.send(request).await;
        }
        self.asked.fetch_add(1, Ordering::Relaxed);
        let body =
            br#"{"errors":{"error":[{"code":"INVALID_REQUEST.GMP_ORDER_API","description":"not now"}]}}"#;
        let answer = http::Response::builder().status(400).header("content-type", "application/json");
        let answer = answer.body(Bytes::from_static(body));
        answer.map_err(|error| TransportError::not_sent(error.to_string()))
    }
}

#[test]
fn a_cancellation_that_the_marketplace_refuses_is_not_asked_again_by_itself() -> Result<()> {
    let wished = mug("A", 30, 1).cancel_requested_at(origin() + Duration::minutes(5));
    let settings = walmart_of(vec![wished.ship_by(origin() + Duration::days(9))]);
    let walmart = shops::walmart(&settings, &settings.client_secret);
    let bench = Bench::new(walmart::World::new(settings));
    let transport = Arc::new(NoCancel { inner: bench.market.clone(), asked: AtomicU32::new(0) });
    let policy = Policy { on_cancel_request: OnCancelRequest::Cancel, ..Policy::standard() };
    let mut shop = Shop::on(bench, transport.clone(), Arc::new(MemoryStore::new()), policy, |parts| {
        Ok(Arc::new(walmart.build("walmart".into(), parts)?))
    })?;
    shop.ask(count(5, origin()))?;
    shop.live(Duration::hours(10), Duration::minutes(1))?;
    assert_eq!(transport.asked.load(Ordering::Relaxed), 1);
    let order = shop.order("A")?;
    assert_eq!(order.phase(), Phase::Held, "a person decides: {}", order.why());
    Ok(())
}

/// One eBay, and the engine of somebody who says to be `seller` there.
fn on_ebay(seller: &str, store: Arc<MemoryStore>) -> Result<Shop<ebay::World>> {
    let settings = ebay::Settings {
        plan: Plan::Explicit(vec![mug("E", 30, 1)]),
        latency_ms: (0, 0),
        ..ebay::Settings::new(3, origin())
    };
    let seller = if seller.is_empty() { settings.seller.clone() } else { seller.to_owned() };
    let said = ebay::Settings { seller, ..settings.clone() };
    let ebay = shops::ebay(&said, &said.client_secret);
    let bench = Bench::new(ebay::World::new(settings));
    let transport = Arc::new(bench.market.clone());
    Shop::on(bench, transport, store, Policy::standard(), |parts| {
        Ok(Arc::new(ebay.build("ebay".into(), parts)?))
    })
}

#[test]
fn a_seller_that_was_mistyped_is_told_at_once_and_may_be_mended() -> Result<()> {
    let store = Arc::new(MemoryStore::new());
    let mut wrong = on_ebay("somebody else", store.clone())?;
    let error = at_once(wrong.engine.step()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    let health = at_once(wrong.engine.watcher().health())?;
    assert!(health[0].ended.as_deref().is_some_and(|why| why.contains("somebody else")), "{health:?}");

    // The right one begins as soon as the lease of the wrong one is over.
    let mut right = on_ebay("", store.clone())?;
    right.live(Duration::minutes(20), Duration::minutes(1))?;
    assert_eq!(right.order("E")?.phase(), Phase::Held, "read: nobody has counted it");
    at_once(right.engine.close())?;

    // Once anything was read under a name, it is that seller's.
    let error = at_once(on_ebay("another", store)?.engine.step()).unwrap_err();
    assert!(error.kind() == ErrorKind::Config && error.text().contains("another name is right"), "{error}");
    Ok(())
}
