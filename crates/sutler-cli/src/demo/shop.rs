//! One marketplace of the demo, whichever it is.

use crate::exit::Outcome;
use clap::ValueEnum;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use sutler::{
    Amazon, Ebay, Engine, Walmart,
    channel::Acknowledgment,
    clock::Pace,
    engine::Builder,
    model::{StreamId, Timestamp},
    ports::BoxFuture,
    sandbox::{self as local, Effects, Faults, Market, Marketplace, PlanEntry, Pool, Recover},
};

/// Which marketplaces there are to try. Their names are the names of the channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(super) enum Kind {
    Walmart,
    Amazon,
    Ebay,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Kind::Walmart => "walmart",
            Kind::Amazon => "amazon",
            Kind::Ebay => "ebay",
        }
    }
}

/// What the demo asks of a marketplace beside its HTTP.
trait Open: Send + Sync {
    fn base_url(&self) -> String;
    fn origin(&self) -> Timestamp;
    fn plan(&self) -> Vec<PlanEntry>;
    fn effects(&self) -> Effects;
    fn stop(self: Box<Self>) -> BoxFuture<'static, ()>;
}

impl<M: Marketplace> Open for Market<M> {
    fn base_url(&self) -> String {
        Market::base_url(self)
    }

    fn origin(&self) -> Timestamp {
        Market::origin(self)
    }

    fn plan(&self) -> Vec<PlanEntry> {
        Market::plan(self)
    }

    fn effects(&self) -> Effects {
        Market::effects(self)
    }

    fn stop(self: Box<Self>) -> BoxFuture<'static, ()> {
        Box::pin(Market::stop(*self))
    }
}

/// A marketplace that runs.
pub(super) struct Shop {
    kind: Kind,
    market: Box<dyn Open>,
}

impl Shop {
    pub(super) fn name(&self) -> &'static str {
        self.kind.name()
    }

    pub(super) fn base_url(&self) -> String {
        self.market.base_url()
    }

    pub(super) fn origin(&self) -> Timestamp {
        self.market.origin()
    }

    pub(super) fn plan(&self) -> Vec<PlanEntry> {
        self.market.plan()
    }

    pub(super) fn effects(&self) -> Effects {
        self.market.effects()
    }

    pub(super) async fn stop(self) {
        self.market.stop().await;
    }

    /// Must the marketplace be told that an order is taken, or is that a note of ours alone?
    pub(super) fn is_told(&self, engine: &Engine) -> bool {
        let mut channels = engine.running_channels().iter();
        channels.any(|channel| {
            channel.id().as_str() == self.name()
                && channel.capabilities().acknowledgment == Acknowledgment::Required
        })
    }

    /// The streams a complete read of it goes through.
    pub(super) fn streams(&self, engine: &Engine) -> Vec<StreamId> {
        let own = engine.running_channels().iter().filter(|channel| channel.id().as_str() == self.name());
        own.flat_map(|channel| channel.capabilities().own_streams()).map(|stream| stream.id.clone()).collect()
    }
}

/// How the marketplaces are begun.
pub(super) struct Opening<'a> {
    pub(super) db: &'a Path,
    pub(super) seed: u64,
    pub(super) orders: u32,
    pub(super) arrivals: u32,
    pub(super) faults: &'a Faults,
    pub(super) speed: f64,
    /// The latest instant the engine saw.
    pub(super) not_before: Option<Timestamp>,
}

impl Opening<'_> {
    /// Starts them all, on one shelf and by one time, and gives each to the engine as a channel.
    pub(super) async fn start(&self, kinds: &[Kind], builder: Builder) -> Outcome<(Vec<Shop>, Builder)> {
        let mut pace =
            Pace { origin: Timestamp::UNIX_EPOCH, started: Timestamp::UNIX_EPOCH, speed: self.speed };
        for kind in kinds {
            pace.origin = pace.origin.max(match kind {
                Kind::Walmart => self.begun(*kind, local::walmart()).last_instant()?,
                Kind::Amazon => self.begun(*kind, local::amazon().same_skus()).last_instant()?,
                Kind::Ebay => self.begun(*kind, local::ebay()).last_instant()?,
            });
        }
        pace.started = chrono::Utc::now();
        let pool = Pool::of(kinds.len());
        let (mut shops, mut builder) = (Vec::new(), builder);
        for kind in kinds.iter().copied() {
            let market: Box<dyn Open> = match kind {
                Kind::Walmart => {
                    let market = self.open(kind, local::walmart(), pace, &pool).await?;
                    builder = builder.channel(kind.name(), Walmart::at(&market));
                    Box::new(market)
                }
                Kind::Amazon => {
                    let market = self.open(kind, local::amazon().same_skus(), pace, &pool).await?;
                    builder = builder.channel(kind.name(), Amazon::at(&market));
                    Box::new(market)
                }
                Kind::Ebay => {
                    let market = self.open(kind, local::ebay(), pace, &pool).await?;
                    builder = builder.channel(kind.name(), Ebay::at(&market));
                    Box::new(market)
                }
            };
            shops.push(Shop { kind, market });
        }
        Ok((shops, builder))
    }

    fn begun<M: Recover>(&self, kind: Kind, sandbox: local::Sandbox<M>) -> local::Sandbox<M> {
        let mut state = self.db.as_os_str().to_owned();
        state.push(format!(".sandbox.{}", kind.name()));
        let mut sandbox = sandbox
            .seed(self.seed)
            .orders(self.orders)
            .faults(self.faults.clone())
            .speed(self.speed)
            .state(PathBuf::from(state));
        if self.arrivals > 0 {
            // All within about ten minutes of marketplace time.
            sandbox = sandbox.arrivals(f64::from(self.arrivals) / 10.0, self.arrivals);
        }
        match self.not_before {
            Some(at) => sandbox.not_before(at),
            None => sandbox,
        }
    }

    async fn open<M: Recover>(
        &self,
        kind: Kind,
        sandbox: local::Sandbox<M>,
        pace: Pace,
        pool: &Arc<Pool>,
    ) -> Outcome<Market<M>> {
        Ok(self.begun(kind, sandbox).pace(pace).shelf(pool).start().await?)
    }
}
