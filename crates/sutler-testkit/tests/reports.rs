//! A backlog at Amazon that the search cannot bring in time: a report of all orders stands for it (G1, G2), and what it shows
//! as open is read by itself before anything is decided.

#[path = "shared/shops.rs"]
#[expect(dead_code, reason = "reports are Amazon's")]
mod shops;

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};
use sutler_core::{
    error::Result,
    order::OrderFacts,
    ports::{
        Clock,
        store::{InboxQuery, StoreExt},
    },
    state::Phase,
    time::{Duration, Timestamp, from_millis},
};
use sutler_engine::Engine;
use sutler_http::{Request, Response};
use sutler_sandbox::{
    Faults,
    amazon::{Settings, World},
};
use sutler_store::memory::MemoryStore;
use sutler_testkit::bench::{Bench, Watch, Watched, at_once};

/// More than the search's burst of 20 pages brings, and than it brings in the time of a report.
const ORDERS: u32 = 2_600;
const PAGE: u16 = 50;

fn origin() -> Timestamp {
    from_millis(1_795_420_800_000)
}

/// Calls by what they are for.
#[derive(Debug, Default)]
struct Calls {
    search: AtomicU32,
    fetch: AtomicU32,
    report: AtomicU32,
}

/// Returns are a report too.
fn is_of_orders(request: &Request) -> bool {
    String::from_utf8_lossy(request.body()).contains("ALL_ORDERS")
}

impl Watch for Calls {
    fn passed(&self, request: &Request, _: &Response) {
        let path = request.uri().path();
        let count = match (request.method().as_str(), path) {
            ("GET", "/orders/2026-01-01/orders") => &self.search,
            ("GET", path) if path.starts_with("/orders/2026-01-01/orders/") => &self.fetch,
            ("POST", "/reports/2021-06-30/reports") if is_of_orders(request) => &self.report,
            _ => return,
        };
        count.fetch_add(1, Ordering::Relaxed);
    }
}

/// An engine on an Amazon with a backlog.
struct Run {
    bench: Bench<World>,
    engine: Engine,
    store: Arc<MemoryStore>,
    calls: Arc<Calls>,
}

impl Run {
    fn new(faults: Faults) -> Result<Run> {
        Run::of(Settings { faults, ..Settings::new(11, origin()) })
    }

    fn of(settings: Settings) -> Result<Run> {
        let settings = Settings { orders: ORDERS, latency_ms: (0, 0), ..settings };
        let amazon =
            shops::amazon(&settings, &settings.client_secret).page_limit(PAGE).backfill(Duration::days(25));
        let bench = Bench::new(World::new(settings));
        let calls = Arc::new(Calls::default());
        let parts = bench.parts(Arc::new(Watched::new(bench.market.clone(), Arc::clone(&calls))));
        let channel = Arc::new(amazon.build("amazon".into(), parts.clone())?);
        let (engine, store) = shops::engine(parts, channel)?;
        Ok(Run { bench, engine, store, calls })
    }

    /// Goes on until `done`, for some hours at most. Answers how long that took.
    fn until(&mut self, hours: i64, done: impl Fn(&Run) -> Result<bool>) -> Result<Duration> {
        let from = self.bench.clock.now();
        while !done(self)? {
            let passed = self.bench.clock.now() - from;
            assert!(passed < Duration::hours(hours), "not within {hours} h; {:?}", self.calls);
            at_once(self.engine.step())?;
            self.bench.clock.pass(Duration::seconds(10));
        }
        Ok(self.bench.clock.now() - from)
    }

    fn stored(&self) -> Result<u64> {
        at_once(self.store.view(|view| Ok(view.totals()?.phases.iter().map(|(.., n)| n).sum())))
    }

    fn facts(&self) -> Result<Vec<(Phase, Arc<OrderFacts>)>> {
        at_once(self.store.view(|view| {
            let mut all = Vec::new();
            let mut query = InboxQuery { limit: 500, ..InboxQuery::default() };
            loop {
                let page = view.inbox(&query)?;
                for row in &page.rows {
                    all.extend(view.order(row.key)?.map(|order| (row.phase, order.facts.clone())));
                }
                match page.next {
                    Some(next) => query.after = Some(next),
                    None => return Ok(all),
                }
            }
        }))
    }

    /// Orders that wait for their single read.
    fn owed(&self) -> Result<usize> {
        let open = |facts: &OrderFacts| facts.lines.iter().any(|line| line.open() > 0);
        Ok(self.facts()?.iter().filter(|(_, facts)| facts.is_provisional() && open(facts)).count())
    }
}

#[test]
fn g01_a_report_takes_over_where_the_search_has_to_wait_and_nothing_is_missed() -> Result<()> {
    let mut run = Run::new(Faults::default())?;
    let placed = run.bench.market.world().plan().len() as u64;
    assert_eq!(placed, u64::from(ORDERS));
    // What is sold or becomes visible while the report is made is the next sweep's.
    let stored_in = run.until(3, |run| Ok(run.stored()? >= placed * 99 / 100))?;
    // By search alone: pages beyond the burst, one in three minutes.
    let by_search = f64::from(ORDERS / u32::from(PAGE) - 20) / 0.0056;
    assert!(stored_in.num_seconds() < 15 * 60, "{stored_in} where the search takes {by_search} s");
    assert_eq!(run.calls.report.load(Ordering::Relaxed), 1);
    assert_eq!(run.calls.search.load(Ordering::Relaxed), 20);

    // What the report shows as open counts as demand before anything else is known of it, and is not judged.
    let owed = run.owed()?;
    assert!(owed > 500, "{owed}");
    for (phase, facts) in run.facts()?.iter().filter(|(_, facts)| facts.is_provisional()) {
        let open = facts.lines.iter().any(|line| line.open() > 0 && line.sku.is_some());
        assert!(!open || *phase == Phase::New || !facts.is_sellers(), "{phase:?} {facts:?}");
    }

    let before = run.calls.fetch.load(Ordering::Relaxed);
    let read_in = run.until(3, |run| Ok(run.owed()? == 0))?;
    let singles = f64::from(run.calls.fetch.load(Ordering::Relaxed) - before);
    // 30 at once and one in two seconds; what was read by the search is not read again.
    let bound = (owed as f64 - 30.0) / 0.5;
    assert!(singles <= owed as f64 * 1.05, "{singles} single reads of {owed}");
    assert!(read_in.num_seconds() as f64 <= bound * 1.05 + 60.0, "{read_in} where {bound} s are dictated");
    println!("{placed} orders stored in {stored_in}, {owed} read singly in {read_in} (dictated: {bound} s)");

    // The next pulls sweep from where the report ended.
    run.until(2, |run| Ok(run.stored()? == placed))?;
    assert_eq!(run.calls.report.load(Ordering::Relaxed), 1);
    Ok(())
}

#[test]
fn g01_a_report_that_takes_longer_than_a_page_of_the_search_is_asked_for_once() -> Result<()> {
    let mut run = Run::of(Settings { report_s: (700, 700), ..Settings::new(11, origin()) })?;
    run.until(3, |run| Ok(run.stored()? >= u64::from(ORDERS) * 99 / 100))?;
    let until = run.bench.clock.now() + Duration::minutes(30);
    run.until(3, |run| Ok(run.bench.clock.now() >= until))?;
    assert_eq!(run.calls.report.load(Ordering::Relaxed), 1);
    assert_eq!(run.stored()?, u64::from(ORDERS));
    Ok(())
}

#[test]
fn g01_a_report_that_fails_or_sticks_is_given_up_and_the_search_goes_on() -> Result<()> {
    let fatal = Faults { feed_fatal: 1_000, ..Faults::default() };
    let sticks = Faults { feed_stuck: 1_000, feed_stuck_max_s: 90_000, ..Faults::default() };
    for (faults, hours) in [(fatal, 6), (sticks, 9)] {
        let mut run = Run::new(faults)?;
        run.until(hours, |run| Ok(run.stored()? == u64::from(ORDERS)))?;
        assert!(run.calls.report.load(Ordering::Relaxed) >= 1);
        assert_eq!(run.owed()?, 0, "all of it came by the search");
    }
    Ok(())
}
