//! The job, step by step: a fresh store, counts, one pass of the engine, and what it came to.

use crate::{End, usage};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};
use sutler::{clock::MarketClock, ports::OsEntropy};
use sutler_core::{
    Result,
    budget::Budgets,
    channel::Channel,
    error::{Error, ErrorKind},
    id::Sku,
    journal::Entry,
    policy::Policy,
    ports::{
        Clock,
        store::{StoreExt, StreamRow},
    },
    stock::Item,
    time::Duration,
};
use sutler_engine::{Engine, Ports, Settings};
use sutler_http::{Parts, Reqwest, Transport};
use sutler_store::sqlite::{Options, SqliteStore};
use sutler_walmart::Walmart;

/// Budgets are this many times what Walmart publishes, so that none is ever waited for.
const RATE_FACTOR: f64 = 100_000.0;
const CHANNEL: &str = "us";

/// A marketplace on this machine, and a file to keep its orders in.
#[derive(Clone, Debug)]
pub struct Job {
    /// What stands in for the marketplace's scheme and host.
    pub base_url: String,
    /// Seller, client id and secret that it accepts.
    pub account: [String; 3],
    /// The store's file. Made anew.
    pub db: PathBuf,
    /// What is on hand.
    pub on_hand: BTreeMap<String, i64>,
    /// Commands marked as sent in one commit, at most ([`Settings::window`]).
    pub window: usize,
}

/// What one pass came to.
#[derive(Clone, Debug)]
pub struct Pass {
    /// From the first request to the last confirmed acknowledgment, seconds.
    pub wall_s: f64,
    /// CPU seconds of the whole process meanwhile.
    pub cpu_s: f64,
    /// The most memory the process held until then, MiB.
    pub peak_rss_mb: f64,
    /// The store's file and its log, once it is closed.
    pub db_bytes: u64,
    /// What is in it.
    pub end: End,
}

/// What is asked of a pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// On a fresh store.
    Fresh,
    /// On what the last pass left, reading everything from the beginning of time.
    FromTheStart,
}

impl Job {
    /// The counts that the peers' stub is made for: 5,000 SKUs, every 25th of them scarce.
    pub fn peers_counts() -> BTreeMap<String, i64> {
        (0..5_000).map(|n| (format!("SKU-{n:05}"), if n % 25 == 0 { 8 } else { 1_000 })).collect()
    }

    /// Runs one pass to its end: everything that is due is done and everything sent is answered.
    ///
    /// # Errors
    /// Whatever kept it from its end, and `Remote` with the last error met where something is left undone.
    pub async fn pass(&self, again: Again) -> Result<Pass> {
        if again == Again::Fresh {
            ["", "-wal", "-shm", ".lock"].iter().for_each(|end| {
                // A file that is not there need not be removed; one that cannot be is met when it is opened.
                let _ = std::fs::remove_file(beside(&self.db, end));
            });
        }
        let store = Arc::new(SqliteStore::open_engine(&self.db, &Options::default())?);
        let clock: Arc<dyn Clock> = Arc::new(MarketClock::real());
        let channel = self.channel(&clock)?;
        match again {
            Again::Fresh => self.count(&store, &*clock).await?,
            Again::FromTheStart => forget_how_far(&store, &*channel.0).await?,
        }
        let mut engine = engine(store.clone(), clock, channel, self.window)?;
        let watcher = engine.watcher();

        let (started, spent) = (Instant::now(), usage::cpu_seconds());
        engine.step().await?;
        let (wall_s, cpu_s) = (started.elapsed().as_secs_f64(), usage::cpu_seconds() - spent);
        let peak_rss_mb = usage::peak_rss_mb();

        // The peers' stub sells and has nothing sent back: it does not know that call, which is none of the job.
        let returns = |what: &str| what.starts_with("walmart.returns.pull: walmart answered 404");
        let met = watcher.last_errors().into_iter().find(|(_, _, what)| !returns(what));
        if let Some((_, at, what)) = met {
            return Err(Error::new(ErrorKind::Remote, "benches.pass")
                .message(format!("at {at} the engine met an error, which a pass must not: {what}")));
        }
        engine.close().await?;
        let end = End::of(&store).await?;
        drop((watcher, store));
        let size = |end| std::fs::metadata(beside(&self.db, end)).map_or(0, |file| file.len());
        Ok(Pass { wall_s, cpu_s, peak_rss_mb, db_bytes: size("") + size("-wal"), end })
    }

    fn channel(&self, clock: &Arc<dyn Clock>) -> Result<(Arc<dyn Channel>, Arc<Budgets>)> {
        let transport: Arc<dyn Transport> = Arc::new(Reqwest::new()?);
        let budgets = Arc::<Budgets>::default();
        let parts =
            Parts { transport, budgets: budgets.clone(), clock: clock.clone(), entropy: Arc::new(OsEntropy) };
        Ok((Arc::new(self.walmart().build(CHANNEL.into(), parts)?), budgets))
    }

    fn walmart(&self) -> Walmart {
        let [seller, id, secret] = &self.account;
        Walmart::new(seller.as_str(), id.as_str(), secret.as_str())
            .local(self.base_url.as_str(), format!("{}/v3/token", self.base_url))
            .rate_factor(RATE_FACTOR)
            .page_limit(100)
    }

    /// Declares the counts as the engine does when it takes them, but before the clock starts: peers have theirs then, too.
    async fn count(&self, store: &SqliteStore, clock: &dyn Clock) -> Result<()> {
        // As of long before the first order, so that whatever leaves is subtracted.
        let (now, as_of) = (clock.now(), clock.now() - Duration::days(200));
        let counts: Vec<(Sku, i64)> =
            self.on_hand.iter().map(|(sku, n)| (Sku::new(sku.as_str()), *n)).collect();
        store
            .transact(move |tx| {
                for (sku, quantity) in &counts {
                    let entry = Entry::Counted { sku: sku.clone(), quantity: *quantity, as_of };
                    tx.append(None, None, Default::default(), now, &entry)?;
                    tx.put_item(&Item { counted: Some(*quantity), as_of, ..Item::new(sku.clone()) })?;
                }
                Ok(())
            })
            .await
    }
}

fn engine(
    store: Arc<SqliteStore>,
    clock: Arc<dyn Clock>,
    (channel, budgets): (Arc<dyn Channel>, Arc<Budgets>),
    window: usize,
) -> Result<Engine> {
    let policy = Policy { publish_stock: false, ..Policy::standard() };
    // One pull is measured, not the next.
    let settings = Settings { pull_interval: Duration::minutes(15), window, ..Settings::default() };
    Engine::new(
        Ports { store, clock, entropy: Arc::new(OsEntropy), budgets },
        policy,
        settings,
        vec![channel],
    )
}

/// Sets the watermarks back, so that a pull shows every order once more.
async fn forget_how_far(store: &SqliteStore, channel: &dyn Channel) -> Result<()> {
    let ids: Vec<_> = channel.capabilities().streams.iter().map(|stream| stream.id.clone()).collect();
    store
        .transact(move |tx| {
            for id in &ids {
                let none = StreamRow {
                    id: id.clone(),
                    watermark: None,
                    pulled_at: None,
                    windows: Vec::new(),
                    began_at: None,
                };
                tx.put_stream(&CHANNEL.into(), &none)?;
            }
            Ok(())
        })
        .await
}

fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}
