//! The engine: channels, one store, one policy; run it, or step it.

use crate::{
    declared,
    driver::{Driver, Stepped, Until},
    health::{Health, TokenState},
    job::World,
    judges,
    settings::Settings,
    shared::{Ports, Shared},
};
use futures_util::future::join_all;
use std::{
    collections::BTreeMap,
    sync::{
        Arc, PoisonError,
        atomic::{AtomicI64, AtomicU64},
    },
};
use sutler_core::{
    Error, Result, Timestamp,
    channel::{Capabilities, Channel, LevelRead},
    command::Verb,
    error::ErrorKind,
    exposure::{PublishPath, exposure_max},
    id::{ChannelId, Sku},
    policy::Policy,
    ports::{
        Judge,
        store::{InboxQuery, Input, Sort, StoreExt},
    },
    time::Duration,
};

/// An engine over a store. Nothing runs until [`Engine::run`] or [`Engine::step`] is polled, and nothing runs after.
pub struct Engine {
    shared: Arc<Shared>,
    drivers: Vec<Driver>,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("channels", &self.shared.world.channels.keys()).finish_non_exhaustive()
    }
}

/// Asks a running engine to stop: it starts nothing more, lets what is in flight land, and gives its channels back.
#[derive(Clone, Debug)]
pub struct Stopper(Arc<Shared>);

impl Stopper {
    /// Asks. Returns at once.
    pub fn stop(&self) {
        self.0.stop();
    }
}

impl Engine {
    /// Puts an engine together.
    ///
    /// # Errors
    /// `Config` when two channels have one name.
    pub fn new(
        ports: Ports,
        policy: Policy,
        settings: Settings,
        channels: Vec<Arc<dyn Channel>>,
    ) -> Result<Engine> {
        Engine::with_judges(ports, policy, settings, channels, Vec::new())
    }

    /// The same with judges, who are asked about every order that is ours to ship.
    ///
    /// # Errors
    /// `Config` when two channels have one name, a judge has that of another or of a rule, or a channel declares what cannot be.
    pub fn with_judges(
        ports: Ports,
        policy: Policy,
        settings: Settings,
        channels: Vec<Arc<dyn Channel>>,
        judges: Vec<Arc<dyn Judge>>,
    ) -> Result<Engine> {
        let mut by_id: BTreeMap<ChannelId, Arc<dyn Channel>> = BTreeMap::new();
        for channel in channels {
            declared::check(&*channel)?;
            let id = channel.id().clone();
            if by_id.insert(id.clone(), channel).is_some() {
                return Err(Error::new(ErrorKind::Config, "engine.channels")
                    .message(format!("two channels are called {id}; each needs a name of its own")));
            }
        }
        let judges = judges::seat(judges, &policy)?;
        let world = World {
            policy,
            settings,
            channels: by_id,
            judges,
            jobs: AtomicU64::new(1),
            begun: AtomicI64::new(i64::MIN),
        };
        Ok(Engine { shared: Arc::new(Shared::new(ports, world)), drivers: Vec::new() })
    }

    /// A handle that can stop it from elsewhere.
    pub fn stopper(&self) -> Stopper {
        Stopper(self.shared.clone())
    }

    /// What it runs on.
    pub fn ports(&self) -> &Ports {
        &self.shared.ports
    }

    /// A handle that asks how the channels are doing, also while the engine runs.
    pub fn watcher(&self) -> Watcher {
        Watcher(self.shared.clone())
    }

    async fn begin(&mut self) -> Result<()> {
        if !self.drivers.is_empty() {
            return Ok(());
        }
        self.shared.restore_spent().await?;
        self.shared.world.begin(self.shared.ports.clock.now());
        for channel in self.shared.world.channels.values() {
            self.drivers.push(Driver::begin(self.shared.clone(), channel.clone()).await?);
        }
        Ok(())
    }

    /// Does all that is due now on every channel, and says when more will be.
    ///
    /// # Errors
    /// `Store`, `NewerSchema`, `Config`, or `Closed` when the lease is another's. What a marketplace answers is no error
    /// here: it is in the orders, the commands and [`Watcher::health`].
    pub async fn step(&mut self) -> Result<Stepped> {
        // It ends by itself: a stop before it is for runs, and one meanwhile for it alone.
        self.shared.start();
        let stepped = self.step_to_the_end().await;
        self.shared.start();
        stepped
    }

    async fn step_to_the_end(&mut self) -> Result<Stepped> {
        self.begin().await?;
        let mut all = Stepped::default();
        loop {
            let stepped = join_all(self.drivers.iter_mut().map(|driver| driver.drive(Until::Quiet))).await;
            all.next_at = None;
            for one in stepped {
                let one = one?;
                all.done += one.done;
                all.next_at = [all.next_at, one.next_at].into_iter().flatten().min();
            }
            // What one did last may be news to another that was done already.
            if !self.shared.is_told() {
                break;
            }
        }
        self.shared.keep_spent().await?;
        Ok(all)
    }

    /// Runs until [`Stopper::stop`], also one that was said before it began, then lets what is in flight land and gives the
    /// channels back. A channel whose driver ends with an error does not stop the others; the first such error is returned at
    /// the end.
    ///
    /// # Errors
    /// As [`Engine::step`].
    pub async fn run(&mut self) -> Result<()> {
        let ran = self.run_until_stopped().await;
        // One that is said from here on is for the next run.
        self.shared.start();
        ran
    }

    async fn run_until_stopped(&mut self) -> Result<()> {
        self.begin().await?;
        let ended = join_all(self.drivers.iter_mut().map(|driver| driver.drive(Until::Stopped))).await;
        let saved = self.shared.keep_spent().await;
        let mut first = None;
        for (driver, result) in self.drivers.drain(..).zip(ended) {
            let result = match result {
                Ok(_) => driver.end().await,
                Err(error) => Err(error),
            };
            first = first.or(result.err());
        }
        match first {
            Some(error) => Err(error),
            None => saved,
        }
    }

    /// Gives the channels back after stepping.
    pub async fn close(mut self) -> Result<()> {
        self.shared.stop();
        let mut first = None;
        for mut driver in self.drivers.drain(..) {
            let ended = driver.drive(Until::Stopped).await;
            first = first.or(ended.err());
            first = first.or(driver.end().await.err());
        }
        first.map_or(Ok(()), Err)
    }
}

/// Asks how channels are doing.
#[derive(Clone, Debug)]
pub struct Watcher(Arc<Shared>);

impl Watcher {
    /// One entry a channel.
    ///
    /// # Errors
    /// `Store` when the store cannot be read.
    pub async fn health(&self) -> Result<Vec<Health>> {
        let now = self.0.ports.clock.now();
        let mut all = Vec::new();
        for (id, channel) in &self.0.world.channels {
            let status = {
                let all = self.0.status.lock().unwrap_or_else(PoisonError::into_inner);
                all.get(id).cloned().unwrap_or_default()
            };
            let margin = self.0.world.deadlines(id).margin;
            let drain = status.drained_by.map_or_else(Duration::zero, |at| (at - now).max(Duration::zero()));
            let (own, buffer) = (id.clone(), i64::from(self.0.world.policy.buffer));
            let others: Vec<ChannelId> = self.0.world.channels.keys().cloned().collect();
            let (at_risk, exposure, exposure_bound, listed) = self
                .0
                .ports
                .store
                .view(move |view| {
                    let query = InboxQuery {
                        channel: Some(own.clone()),
                        sort: Sort::Due,
                        limit: 500,
                        ..InboxQuery::default()
                    };
                    let page = view.inbox(&query)?;
                    let soon = now + margin + drain;
                    let at_risk =
                        page.rows.iter().filter(|row| row.due_at.is_some_and(|due| due <= soon)).count()
                            as u64;
                    let (mut exposure, mut bound, mut listed) = (0, 0, 0);
                    let mut after: Option<Sku> = None;
                    loop {
                        let listings = view.listings(&own, after.as_ref(), 1_000)?;
                        for listing in &listings {
                            let available = view.item(&listing.sku)?.map_or(0, |item| item.available());
                            let offered = listing.level.unwrap_or(0);
                            exposure += (offered - listing.desired(available, listing.unseen, buffer)).max(0);
                            let mut levels = Vec::with_capacity(others.len());
                            for other in &others {
                                let theirs = view.listing(other, &listing.sku)?;
                                levels.push(theirs.and_then(|listing| listing.level).unwrap_or(0));
                            }
                            bound += exposure_max(levels, available);
                            listed += 1;
                        }
                        after = listings.last().map(|listing| listing.sku.clone());
                        if listings.len() < 1_000 {
                            return Ok((at_risk, exposure, bound, listed));
                        }
                    }
                })
                .await?;
            let mut budgets = self.0.ports.budgets.usage(now);
            budgets
                .retain(|budget| belongs(channel.capabilities(), channel.seller().as_str(), &budget.scope));
            all.push(Health {
                channel: id.clone(),
                complete_to: status.complete_to,
                token: status.token,
                waiting: status.waiting,
                drain,
                deadlines_at_risk: at_risk,
                doubts: status.doubts,
                unresolved: status.unresolved,
                pending: status.pending,
                exposure,
                exposure_bound,
                publish_within: self.publish_within(&**channel, listed, status.pull_pages),
                publish_slowest: status.publish_slowest,
                last_error: status.last_error,
                ended: status.ended,
                next_pull_at: status.next_pull_at,
                pulls: status.pulls,
                clock_offset_ms: status.clock_offset_ms,
                heard_at: status.heard_at,
                hints: status.hints,
                missing_rights: status.missing_rights,
                budgets,
                judges: status.judges,
            });
        }
        Ok(all)
    }

    /// Each channel's window between a sale and its push: at most, with so many listings, and the longest there was. Asks no
    /// store.
    pub fn publishing(&self, listings: u64) -> Vec<(ChannelId, Duration, Option<Duration>)> {
        let all = self.0.status.lock().unwrap_or_else(PoisonError::into_inner);
        let of = |(id, channel): (&ChannelId, &Arc<dyn Channel>)| {
            let status = all.get(id).cloned().unwrap_or_default();
            (id.clone(), self.publish_within(&**channel, listings, status.pull_pages), status.publish_slowest)
        };
        self.0.world.channels.iter().map(of).collect()
    }

    /// What bounds the window between a sale and its push, by the channel's declarations and published rates.
    fn publish_within(&self, channel: &dyn Channel, listings: u64, pull_pages: u64) -> Duration {
        let capabilities = channel.capabilities();
        let LevelRead::Lagging(read_lag) = capabilities.levels else { return Duration::zero() };
        let Some(spec) = capabilities.verb(Verb::SetLevel) else { return Duration::zero() };
        let (settings, clock, budgets) = (&self.0.world.settings, &self.0.ports.clock, &self.0.ports.budgets);
        let in_batch = spec.batch_max > 1 && listings >= settings.batch_sets_from as u64;
        let batch_rate = budgets.rate(spec.batch_budget.as_ref().unwrap_or(&spec.budget));
        let call = clock.real(spec.call_timeout).max(clock.real(settings.read_timeout_real));
        PublishPath {
            listings: listings.max(1),
            set_rate: budgets.rate(&spec.budget),
            batch: in_batch.then_some((spec.batch_max, batch_rate, spec.batch_apply_max)),
            read_rate: budgets.rate(&capabilities.level_budget),
            call_timeout: call,
            apply_max: if spec.answer_means_applied { Duration::zero() } else { spec.apply_max },
            read_lag,
            pull_pages: pull_pages.max(capabilities.streams.len() as u64),
        }
        .latency_max()
    }

    /// The last error of each channel, with when it was met. Asks no store.
    pub fn last_errors(&self) -> Vec<(ChannelId, Timestamp, String)> {
        let all = self.0.status.lock().unwrap_or_else(PoisonError::into_inner);
        let met = all
            .iter()
            .filter_map(|(id, status)| status.last_error.clone().map(|(at, what)| (id.clone(), at, what)));
        met.collect()
    }

    /// The credential of each channel, as its last call found it. Asks no store.
    pub fn tokens(&self) -> Vec<(ChannelId, TokenState)> {
        let all = self.0.status.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().map(|(id, status)| (id.clone(), status.token.clone())).collect()
    }

    /// Puts an input into the intake and rings the drivers. Answers its position.
    ///
    /// # Errors
    /// `Store` when it could not be stored.
    pub async fn ask(&self, input: Input) -> Result<i64> {
        let clock = self.0.ports.clock.clone();
        self.0.ports.store.transact(move |tx| tx.add_input(&input, clock.now())).await
    }
}

/// Is the budget one this channel spends? Those it declares, and others of its marketplace's for the same seller.
fn belongs(capabilities: &Capabilities, seller: &str, scope: &str) -> bool {
    let own = scope.strip_suffix("#pushes").unwrap_or(scope);
    let reads = [
        &capabilities.pull_budget,
        &capabilities.fetch_budget,
        &capabilities.level_budget,
        &capabilities.settle_budget,
    ];
    let mut writes =
        capabilities.verbs.iter().flat_map(|spec| [Some(&spec.budget), spec.batch_budget.as_ref()]);
    reads.iter().any(|known| &***known == own)
        || writes.any(|known| known.is_some_and(|known| &**known == own))
        || own
            .strip_prefix(&*capabilities.marketplace)
            .and_then(|rest| rest.strip_prefix('/'))
            .is_some_and(|rest| rest.strip_suffix(seller).is_some_and(|rest| rest.ends_with('@')))
}
