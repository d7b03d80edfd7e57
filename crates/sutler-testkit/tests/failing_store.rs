//! A store that refuses to write now and then, or for hours: what is not stored was not read, and is read again (G1).

#[path = "shared/shops.rs"]
#[expect(dead_code, reason = "other tests need the rest")]
mod shops;

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};
use sutler_core::{
    channel::Channel,
    error::{Error, ErrorKind, Result},
    policy::Policy,
    ports::{
        BoxFuture, Clock,
        store::{Answer, ReadJob, Store, StoreExt, WriteJob},
    },
    time::{Duration, Timestamp, from_millis},
};
use sutler_engine::{Engine, Ports, Settings};
use sutler_http::Parts;
use sutler_sandbox::{Marketplace, amazon, ebay, walmart};
use sutler_store::memory::MemoryStore;
use sutler_testkit::bench::{Bench, at_once};

fn origin() -> Timestamp {
    from_millis(1_795_420_800_000)
}

/// Refuses some writes, as a full disk does: nothing of a refused one is kept.
#[derive(Debug)]
struct Failing {
    inner: Arc<MemoryStore>,
    /// Of a thousand writes.
    refused: AtomicU64,
    writes: AtomicU64,
    lost: AtomicU64,
}

impl Store for Failing {
    fn write(&self, job: WriteJob) -> BoxFuture<'_, Result<Answer>> {
        let number = self.writes.fetch_add(1, Ordering::Relaxed);
        // A number's own chance: well mixed, and the same in every run.
        let dice = (number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
        if dice % 1_000 < self.refused.load(Ordering::Relaxed) {
            self.lost.fetch_add(1, Ordering::Relaxed);
            let error = Error::new(ErrorKind::Store, "store.write").message("database or disk is full");
            return Box::pin(async move { Err(error) });
        }
        self.inner.write(job)
    }

    fn read(&self, job: ReadJob) -> BoxFuture<'_, Result<Answer>> {
        self.inner.read(job)
    }

    fn intake_changed(&self) -> BoxFuture<'_, ()> {
        self.inner.intake_changed()
    }
}

/// Runs an engine over a failing store for some hours; answers how many orders are stored, and how many writes were refused.
fn run<M: Marketplace>(
    world: M,
    in_a_thousand: u64,
    build: impl FnOnce(Parts) -> Result<Arc<dyn Channel>>,
) -> Result<(u64, u64)> {
    let bench = Bench::new(world);
    let parts = bench.parts(Arc::new(bench.market.clone()));
    let channel = build(parts.clone())?;
    let inner = Arc::new(MemoryStore::new());
    let store = Arc::new(Failing {
        inner: inner.clone(),
        refused: AtomicU64::new(0),
        writes: AtomicU64::new(0),
        lost: AtomicU64::new(0),
    });
    let ports = Ports {
        store: store.clone(),
        clock: parts.clock.clone(),
        entropy: parts.entropy.clone(),
        budgets: parts.budgets.clone(),
    };
    let mut engine = Engine::new(ports, Policy::standard(), Settings::default(), vec![channel])?;
    let live = |engine: &mut Engine, span: Duration| {
        let until = bench.clock.now() + span;
        while bench.clock.now() < until {
            // A step says when the store failed it; the next one goes on.
            let _ = at_once(engine.step());
            bench.clock.pass(Duration::seconds(5));
        }
    };
    at_once(engine.step()).ok();
    for refused in [in_a_thousand, 1_000, in_a_thousand] {
        store.refused.store(refused, Ordering::Relaxed);
        live(&mut engine, Duration::minutes(40));
    }
    store.refused.store(0, Ordering::Relaxed);
    live(&mut engine, Duration::hours(4));
    let stored = at_once(inner.view(|view| Ok(view.totals()?.phases.iter().map(|(.., n)| n).sum::<u64>())))?;
    Ok((stored, store.lost.load(Ordering::Relaxed)))
}

const ORDERS: u32 = 300;

#[test]
fn g01_what_could_not_be_stored_is_read_again_at_walmart() -> Result<()> {
    let settings = walmart::Settings {
        orders: ORDERS,
        arrivals_per_minute: 1.0,
        arrivals_max: 120,
        latency_ms: (0, 0),
        ..walmart::Settings::new(5, origin())
    };
    let walmart = shops::walmart(&settings, &settings.client_secret).page_limit(20);
    let (stored, lost) =
        run(walmart::World::new(settings), 300, |parts| Ok(Arc::new(walmart.build("shop".into(), parts)?)))?;
    assert_eq!(stored, u64::from(ORDERS) + 120);
    assert!(lost > 30, "{lost} writes were refused");
    Ok(())
}

#[test]
fn g01_what_could_not_be_stored_is_read_again_at_ebay() -> Result<()> {
    let settings = ebay::Settings {
        orders: ORDERS,
        arrivals_per_minute: 1.0,
        arrivals_max: 120,
        latency_ms: (0, 0),
        ..ebay::Settings::new(5, origin())
    };
    let ebay = shops::ebay(&settings, &settings.client_secret).page_limit(20);
    let (stored, lost) =
        run(ebay::World::new(settings), 300, |parts| Ok(Arc::new(ebay.build("shop".into(), parts)?)))?;
    assert_eq!(stored, u64::from(ORDERS) + 120);
    assert!(lost > 30, "{lost} writes were refused");
    Ok(())
}

#[test]
fn g01_what_could_not_be_stored_is_read_again_at_amazon_also_of_a_report() -> Result<()> {
    let settings =
        amazon::Settings { orders: 2_600, latency_ms: (0, 0), ..amazon::Settings::new(11, origin()) };
    let amazon =
        shops::amazon(&settings, &settings.client_secret).page_limit(50).backfill(Duration::days(25));
    let (stored, lost) =
        run(amazon::World::new(settings), 200, |parts| Ok(Arc::new(amazon.build("shop".into(), parts)?)))?;
    assert_eq!(stored, 2_600);
    assert!(lost > 30, "{lost} writes were refused");
    Ok(())
}
