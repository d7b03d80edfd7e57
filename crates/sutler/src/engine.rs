//! The engine as hosts see it: opened, given channels and a policy, then run or stepped.

use crate::{
    channel::{IntoChannel, Parts},
    clock::{MarketClock, Pace},
    entropy::OsEntropy,
    host::Host,
    open,
};
use std::{fmt, ops::Deref, sync::Arc};
use sutler_core::{
    Error, Result,
    budget::Budgets,
    channel::{CallCx, Channel, MarketplaceInventory, Standing},
    error::ErrorKind,
    id::ChannelId,
    policy::Policy,
    ports::{Clock, Entropy, Judge, store::Store},
    time::Duration,
};
use sutler_engine::{Ports, Stopper, Watcher};
use sutler_http::Transport;
use tokio::sync::Mutex;

pub use sutler_engine::{Health, JudgeHealth, Mode, Settings, Stepped, Takeover, TokenState};

/// An engine over a store. Cheap to clone; every clone is the same engine. It is a [`Host`] too: what a host can read and
/// ask, an engine can.
///
/// Nothing runs by itself: await [`Engine::run`], perhaps in a task, or call [`Engine::step`].
#[derive(Clone)]
pub struct Engine {
    host: Host,
    inner: Arc<Inner>,
}

struct Inner {
    engine: Mutex<Option<sutler_engine::Engine>>,
    stopper: Stopper,
    watcher: Watcher,
    channels: Vec<Arc<dyn Channel>>,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&ChannelId> = self.inner.channels.iter().map(|channel| channel.id()).collect();
        f.debug_struct("Engine").field("channels", &names).field("host", &self.host).finish()
    }
}

impl Deref for Engine {
    type Target = Host;

    fn deref(&self) -> &Host {
        &self.host
    }
}

/// An engine about to be started.
pub struct Builder {
    url: String,
    tenant: String,
    channels: Vec<(ChannelId, Box<dyn IntoChannel>)>,
    policy: Policy,
    judges: Vec<Arc<dyn Judge>>,
    settings: Settings,
    clock: Option<Arc<dyn Clock>>,
    pace: Option<Pace>,
    entropy: Arc<dyn Entropy>,
    transport: Option<Arc<dyn Transport>>,
    store: Option<Arc<dyn Store>>,
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&ChannelId> = self.channels.iter().map(|(name, _)| name).collect();
        f.debug_struct("Builder").field("url", &self.url).field("channels", &names).finish_non_exhaustive()
    }
}

impl Engine {
    /// An engine over the store at `url`: a path, `sqlite:PATH`, or `memory:` for one that ends with the process.
    pub fn open(url: impl Into<String>) -> Builder {
        Builder {
            url: url.into(),
            tenant: open::TENANT.into(),
            channels: Vec::new(),
            policy: Policy::standard(),
            judges: Vec::new(),
            settings: Settings::default(),
            clock: None,
            pace: None,
            entropy: Arc::new(OsEntropy),
            transport: None,
            store: None,
        }
    }

    /// Does everything that is due now on every channel, and says when more will be.
    ///
    /// # What it promises
    /// - It returns when nothing is due and nothing is in flight; calls in flight are awaited, so it may take as long as the
    ///   slowest call's time-out.
    /// - Everything it did is durable when it returns; called again at once it does nothing.
    /// - Dropping its future is like a crash: what was sent and not answered is in doubt, and asked after later.
    ///
    /// # Errors
    /// `Conflict` while [`Engine::run`] or another step is under way; `Closed` after [`Engine::close`]; `Store`,
    /// `NewerSchema` or `Config`. What a marketplace answers is no error here: it is in the orders and in
    /// [`Engine::health`].
    pub async fn step(&self) -> Result<Stepped> {
        self.free()?.as_mut().ok_or_else(closed)?.step().await
    }

    /// Runs until [`Engine::stop`], then lets what is in flight land and gives the channels back.
    ///
    /// # Errors
    /// As [`Engine::step`].
    pub async fn run(&self) -> Result<()> {
        self.free()?.as_mut().ok_or_else(closed)?.run().await
    }

    /// Asks a running engine to stop. Returns at once; `run` returns when everything in flight has landed. Asked while nothing
    /// runs, it ends the next run at its beginning.
    pub fn stop(&self) {
        self.inner.stopper.stop();
    }

    /// An engine to be built anew over the same open store, with other channels or another policy. Close this one first; its
    /// hosts and tickets stay good.
    pub fn again(&self) -> Builder {
        Builder { store: Some(self.host.store.clone()), ..Engine::open(String::new()) }
    }

    /// Gives the channels back after stepping. The store's file is free when every clone and host handle is gone.
    ///
    /// # Errors
    /// As [`Engine::step`]; closing twice is none.
    pub async fn close(&self) -> Result<()> {
        let engine = self.free()?.take();
        match engine {
            Some(engine) => engine.close().await,
            None => Ok(()),
        }
    }

    /// How each channel is doing, as of its last step.
    ///
    /// # Errors
    /// `Store` when the store cannot be read.
    pub async fn health(&self) -> Result<Vec<Health>> {
        self.inner.watcher.health().await
    }

    /// Asks each channel who we are there and what we may do. Writes nothing.
    pub async fn check(&self) -> Vec<(ChannelId, Result<Standing>)> {
        let mut all = Vec::new();
        for channel in &self.inner.channels {
            let standing = channel.check(&self.read_cx()).await;
            let standing = standing.and_then(|standing| {
                sutler_engine::is_ours(&**channel, &standing)?;
                Ok(standing)
            });
            all.push((channel.id().clone(), standing));
        }
        all
    }

    /// A marketplace's own inventory of the seller's goods (FBA), asked there now, by SKU. Nothing where it has none. Writes
    /// nothing.
    ///
    /// # Errors
    /// `NotFound` for a channel this engine does not run; the marketplace's errors.
    pub async fn marketplace_inventory(
        &self,
        channel: impl Into<ChannelId>,
    ) -> Result<Vec<MarketplaceInventory>> {
        let id = channel.into();
        let running = self.inner.channels.iter().find(|channel| *channel.id() == id).ok_or_else(|| {
            let known: Vec<&str> = self.inner.channels.iter().map(|channel| channel.id().as_str()).collect();
            Error::new(ErrorKind::NotFound, "engine.inventory")
                .message(format!("no channel {id} runs here; the channels are {}", known.join(", ")))
        })?;
        let Some(stock) = running.stock() else { return Ok(Vec::new()) };
        let mut all = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let page = stock.marketplace_inventory(&self.read_cx(), cursor.as_deref()).await?;
            all.extend(page.rows);
            if page.next.is_none() || page.next == cursor {
                break;
            }
            cursor = page.next;
        }
        all.sort_by(|a, b| a.sku.cmp(&b.sku));
        Ok(all)
    }

    /// The channels it runs.
    pub fn running_channels(&self) -> &[Arc<dyn Channel>] {
        &self.inner.channels
    }

    /// What hosts may do, without the right to run or stop it.
    pub fn host(&self) -> &Host {
        &self.host
    }

    fn read_cx(&self) -> CallCx {
        let patience = self.host.clock.real(std::time::Duration::from_secs(30));
        CallCx { deadline: self.host.now() + patience.max(Duration::seconds(1)), write_by: None }
    }

    fn free(&self) -> Result<tokio::sync::MutexGuard<'_, Option<sutler_engine::Engine>>> {
        self.inner.engine.try_lock().map_err(|_| {
            Error::new(ErrorKind::Conflict, "engine.run")
                .message("the engine runs already; stop it first, or leave the work to the one that runs")
        })
    }
}

fn closed() -> Error {
    Error::new(ErrorKind::Closed, "engine.run").message("the engine was closed; open it again")
}

impl Builder {
    /// Opened for this tenant, which sees nothing of the others in the same store; `default` unless said.
    pub fn tenant(mut self, tenant: impl Into<String>) -> Builder {
        self.tenant = tenant.into();
        self
    }

    /// Adds a channel under a name of the host's: a connector's configuration, or any [`Channel`].
    pub fn channel(mut self, name: impl Into<ChannelId>, channel: impl IntoChannel + 'static) -> Builder {
        self.channels.push((name.into(), Box::new(channel)));
        self
    }

    /// How orders are judged; [`Policy::standard`] unless said.
    pub fn policy(mut self, policy: Policy) -> Builder {
        self.policy = policy;
        self
    }

    /// Adds a judge: a rule that may take its time. Orders wait for its answer, up to a margin before they must be taken; see
    /// [`Judge`]. It may call back through a [`Host`] ([`Engine::host`]), not through the engine: that would keep itself alive.
    pub fn judge(mut self, judge: Arc<dyn Judge>) -> Builder {
        self.judges.push(judge);
        self
    }

    /// Intervals, bounds and margins.
    pub fn settings(mut self, settings: Settings) -> Builder {
        self.settings = settings;
        self
    }

    /// Live, or reading and deciding only. Say it after [`Builder::settings`], which holds a mode too.
    pub fn mode(mut self, mode: Mode) -> Builder {
        self.settings.mode = mode;
        self
    }

    /// Runs by a marketplace's own time. Refused unless every channel is local: a live marketplace keeps real time.
    pub fn pace(mut self, pace: Pace) -> Builder {
        self.pace = Some(pace);
        self
    }

    /// Runs by a clock of the host's own. It is not checked against the channels.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Builder {
        self.clock = Some(clock);
        self
    }

    /// Draws from here instead of the operating system: for a test that must repeat.
    pub fn entropy(mut self, entropy: Arc<dyn Entropy>) -> Builder {
        self.entropy = entropy;
        self
    }

    /// Sends through here instead of real sockets: a recorder, a proxy of the host's.
    pub fn transport(mut self, transport: Arc<dyn Transport>) -> Builder {
        self.transport = Some(transport);
        self
    }

    /// Opens the store and builds the channels. Nothing is sent and nothing runs.
    ///
    /// # Errors
    /// `Config` naming what is wrong, `Conflict` when another engine has the store, `Store` or `NewerSchema` when it cannot
    /// be used.
    pub async fn start(self) -> Result<Engine> {
        let clock = self.shared_clock()?;
        let budgets = Arc::new(Budgets::default());
        let transport = match self.transport {
            Some(transport) => transport,
            None => default_transport()?,
        };
        let parts = Parts {
            transport,
            budgets: budgets.clone(),
            clock: clock.clone(),
            entropy: self.entropy.clone(),
        };
        let mut channels = Vec::with_capacity(self.channels.len());
        for (name, channel) in self.channels {
            channels.push(channel.build(&name, &parts)?);
        }
        let store = match self.store {
            Some(store) => store,
            None => open::engine(&self.url, &self.tenant)?,
        };
        let host = Host {
            store: store.clone(),
            clock: clock.clone(),
            deadlines: Arc::new(self.policy.deadlines.clone()),
        };
        let ports = Ports { store, clock, entropy: self.entropy, budgets };
        let engine = sutler_engine::Engine::with_judges(
            ports,
            self.policy,
            self.settings,
            channels.clone(),
            self.judges,
        )?;
        let (stopper, watcher) = (engine.stopper(), engine.watcher());
        let inner = Inner { engine: Mutex::new(Some(engine)), stopper, watcher, channels };
        Ok(Engine { host, inner: Arc::new(inner) })
    }

    fn shared_clock(&self) -> Result<Arc<dyn Clock>> {
        if let Some(clock) = &self.clock {
            return Ok(clock.clone());
        }
        let mut pace = self.pace;
        for (name, channel) in &self.channels {
            match (pace, channel.pace()) {
                (None, brought) => pace = brought,
                (Some(ours), Some(theirs)) if ours != theirs => {
                    return Err(Error::new(ErrorKind::Config, "clock").message(format!(
                        "channel {name} keeps a time of its own, another than the rest; one time for all is right"
                    )));
                }
                _ => {}
            }
        }
        let pace = pace.unwrap_or_else(Pace::real);
        if !pace.is_real()
            && let Some((name, _)) = self.channels.iter().find(|(_, channel)| !channel.is_local())
        {
            return Err(Error::new(ErrorKind::Config, "clock").message(format!(
                "a time of its own needs every channel to be local, and channel {name} is not; leave the clock out"
            )));
        }
        Ok(Arc::new(MarketClock::at_pace(pace)?))
    }
}

#[cfg(feature = "http")]
fn default_transport() -> Result<Arc<dyn Transport>> {
    Ok(Arc::new(sutler_http::Reqwest::new()?))
}

#[cfg(not(feature = "http"))]
fn default_transport() -> Result<Arc<dyn Transport>> {
    Ok(Arc::new(without::NoTransport))
}

#[cfg(not(feature = "http"))]
mod without {
    use sutler_http::{Request, Response, Transport, TransportError};

    /// What a build without the feature `http` sends through: nothing.
    #[derive(Debug)]
    pub(super) struct NoTransport;

    #[async_trait::async_trait]
    impl Transport for NoTransport {
        async fn send(&self, _: Request) -> Result<Response, TransportError> {
            Err(TransportError::unsendable(
                "this build has no transport; the feature http, or a transport given to the builder, is right",
            ))
        }
    }
}
