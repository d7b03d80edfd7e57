//! One driver a channel: a future that starts what the chooser chose, keeps several calls in flight, and writes down what
//! came of them. It spawns nothing and asks no clock but the port, so a simulation can run it on one thread.

mod asking;
mod doubt;
mod flight;
mod gate;
mod hints;
mod judges;
mod land;
mod levels;
mod pages;
mod plan;
mod queue;
mod read;
mod returns;
mod start;
mod tell;
mod upkeep;
mod write;

pub use upkeep::is_ours;

use crate::{
    health::{ChannelStatus, TokenState},
    job::Job,
    lease,
    mirror::Mirror,
    outcome::Ended,
    settings::Mode,
    shared::Shared,
    stock::Reading,
};
use asking::Judging;
use flight::{Landed, Room};
use futures_util::{StreamExt, stream::FuturesUnordered};
use gate::HELD_OFF;
use hints::Hints;
use pages::Pulling;
use std::{
    collections::{BTreeMap, BTreeSet},
    future::poll_fn,
    sync::Arc,
    task::Poll,
};
use sutler_core::{
    Error, Result, Timestamp,
    channel::Channel,
    command::{Command, Verb},
    id::{ChannelId, Sku},
    next::{ChannelView, Next, Work, next},
    ports::{BoxFuture, store::StoreExt},
    time::Duration,
};

/// What one `step` came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stepped {
    /// Pieces of work done.
    pub done: u64,
    /// When the next is due; none when nothing is until something comes in.
    pub next_at: Option<Timestamp>,
}

/// When a driver returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Until {
    /// When nothing is due now and nothing is in flight.
    Quiet,
    /// When it is told to stop and everything in flight has landed.
    Stopped,
}

pub(crate) struct Driver {
    shared: Arc<Shared>,
    channel: Arc<dyn Channel>,
    id: ChannelId,
    epoch: u64,
    lease_until: Timestamp,
    flights: FuturesUnordered<BoxFuture<'static, Landed>>,
    /// Watches the intake; in flight always, and no work.
    watch: Option<BoxFuture<'static, ()>>,
    room: Room,
    mirror: Mirror,
    /// Orders that pushes told of.
    hints: Hints,
    /// What judges are to be asked, and have said.
    judging: Judging,
    /// The long poll of a queue of pushes; in flight always where there is one, and no work.
    listening: Option<BoxFuture<'static, Result<usize>>>,
    listen_at: Timestamp,
    /// Commands durably sent and not yet on the wire.
    cleared: std::collections::VecDeque<Command>,
    outcomes: Vec<(Command, Ended)>,
    /// SKUs whose levels are to be set; what must go to zero (false) comes first.
    sets: BTreeSet<(bool, Sku)>,
    /// Sets the channel refused.
    refused: BTreeMap<Sku, levels::Refusal>,
    level_reads: BTreeSet<Sku>,
    /// What buyers send back, where the channel tells of it.
    returning: Option<returns::Returning>,
    pull: Pulling,
    /// What this driver holds of the [`gate`](crate::gate), and whether a pull waits for it.
    reads: bool,
    raises: bool,
    held_off: bool,
    /// Orders may wait for a decision until the pull is complete; and it is.
    undecided: bool,
    decide_now: bool,
    /// How far that has come.
    decide_after: Option<String>,
    check_at: Option<Timestamp>,
    checked: bool,
    sweep_at: Timestamp,
    intake_at: Option<Timestamp>,
    /// Failures in a row, of any call: after a few, writing pauses until a call goes through.
    trouble: u32,
    trouble_until: Timestamp,
    store_pause_until: Timestamp,
    status: ChannelStatus,
    fatal: Option<Error>,
    until: Until,
    done: u64,
}

impl Driver {
    /// Takes the channel over and rebuilds the picture of open work from the store.
    pub(crate) async fn begin(shared: Arc<Shared>, channel: Arc<dyn Channel>) -> Result<Driver> {
        let id = channel.id().clone();
        let lease_span = shared.ports.clock.real(shared.world.settings.lease_real);
        let epoch = loop {
            let (world, clock, taking) = (shared.world.clone(), shared.ports.clock.clone(), channel.clone());
            let taken = shared
                .ports
                .store
                .transact(move |tx| {
                    let mut job = Job::new(tx, &world, clock.now());
                    lease::take(&mut job, &*taking, lease_span)
                })
                .await?;
            match taken {
                lease::Taken::Ours(epoch) => break epoch,
                lease::Taken::Until(until) => shared.ports.clock.sleep_until(until).await,
            }
        };
        let now = shared.ports.clock.now();
        let judging = Judging::new(shared.world.judges.len(), now);
        let mut driver = Driver {
            shared,
            channel,
            id,
            epoch,
            lease_until: now + lease_span,
            flights: FuturesUnordered::new(),
            watch: None,
            room: Room::default(),
            mirror: Mirror::default(),
            hints: Hints::default(),
            judging,
            listening: None,
            listen_at: now,
            cleared: Default::default(),
            outcomes: Vec::new(),
            sets: BTreeSet::new(),
            refused: BTreeMap::new(),
            level_reads: BTreeSet::new(),
            returning: None,
            pull: Pulling::new(now),
            reads: false,
            raises: false,
            held_off: false,
            undecided: true,
            decide_now: false,
            decide_after: None,
            check_at: Some(now),
            checked: false,
            sweep_at: now + Duration::minutes(10),
            intake_at: Some(now),
            trouble: 0,
            trouble_until: now,
            store_pause_until: now,
            status: ChannelStatus::default(),
            fatal: None,
            until: Until::Quiet,
            done: 0,
        };
        driver.shared.gate.join(&driver.id, now);
        driver.share_with_pushes(now);
        driver.recover().await?;
        Ok(driver)
    }

    /// Runs until `until`, or until something ends the channel.
    pub(crate) async fn drive(&mut self, until: Until) -> Result<Stepped> {
        let begun = self.done;
        let mut last = None;
        self.until = until;
        if until == Until::Quiet {
            self.listen_once();
        }
        // Between two steps nobody listens: what hosts put in meanwhile is due now.
        self.intake_at = Some(self.now());
        loop {
            if let Some(error) = self.fatal.take() {
                self.ended(&error);
                return Err(error);
            }
            for touched in self.shared.news(&self.id) {
                self.hear(touched);
            }
            self.release_gate();
            let stopping = self.shared.is_stopping();
            let now = self.now();
            let view = self.view(now, stopping);
            match next(&view, now) {
                // A kind of work that found nothing to do after all must not be chosen again at the same instant.
                Next::Do(work) if last != Some((work, now, self.flights.len())) => {
                    last = self.start(work, now).is_none().then_some((work, now, self.flights.len()));
                    continue;
                }
                Next::Do(_) if self.flights.is_empty() => {
                    self.land_or(Some(now + Duration::milliseconds(50))).await
                }
                Next::Do(_) => self.land_or(None).await,
                chosen => {
                    let at = if let Next::SleepUntil(at) = chosen { Some(at) } else { None };
                    // A judge may take long and hides from nobody how things stand; nor does it keep the engine from
                    // stopping: what it was asked it is asked again.
                    if self.flights.len() <= self.judging.flying() {
                        let quiet = until == Until::Quiet && !self.held_off && self.flights.is_empty();
                        self.publish(now);
                        if stopping || quiet {
                            return Ok(Stepped { done: self.done - begun, next_at: at });
                        }
                    }
                    self.land_or(at).await;
                }
            }
            last = None;
        }
    }

    /// Gives the channel back.
    pub(crate) async fn end(self) -> Result<()> {
        let (world, clock, id, epoch) =
            (self.shared.world.clone(), self.shared.ports.clock.clone(), self.id.clone(), self.epoch);
        let store = self.shared.ports.store.clone();
        store.transact(move |tx| lease::release(&mut Job::new(tx, &world, clock.now()), &id, epoch)).await
    }

    fn now(&self) -> Timestamp {
        self.shared.ports.clock.now()
    }

    /// Marketplace time by the server's clock.
    fn server_now(&self, now: Timestamp) -> Timestamp {
        now + self.clock_offset()
    }

    /// Our time of an instant by the server's clock.
    fn our_time(&self, server: Timestamp) -> Timestamp {
        server - self.clock_offset()
    }

    fn clock_offset(&self) -> Duration {
        let checked = || Duration::milliseconds(self.status.clock_offset_ms);
        self.channel.clock_offset().unwrap_or_else(checked)
    }

    fn reading(&self) -> Reading {
        let own = self.pull.streams.iter().filter(|row| self.stands_for(row).is_none());
        let pulled_at = own.map(|row| row.pulled_at).min().flatten();
        Reading {
            pulled_at: pulled_at.filter(|_| self.pull.clean),
            pulled_by: self.pull.stored_by,
            unread: self.pull.unread || self.room.pulls > 0,
            others: !self.raises && !self.shared.gate.may_raise(&self.id, self.now()),
        }
    }

    /// What could start when. The chooser does the rest.
    fn view(&mut self, now: Timestamp, stopping: bool) -> ChannelView {
        let mut view = ChannelView::default();
        // Said anew below, where a pull may begin at all.
        self.held_off = false;
        let before_others = self.shared.gate.wish_to_read(&self.id, false);
        let settings = &self.shared.world.settings;
        let budgets = &self.shared.ports.budgets;
        let capabilities = self.channel.capabilities();
        let store_free = self.store_pause_until;
        let revoked = matches!(self.status.token, TokenState::ReauthorizationNeeded(_));
        if !self.outcomes.is_empty() && !self.room.recording {
            view.offer(Work::Record, store_free);
        }
        if self.judging.has_said() {
            view.offer(Work::Weigh, store_free);
        }
        if stopping {
            return view;
        }
        if !self.room.renewing {
            let third = self.shared.ports.clock.real(settings.lease_real) / 3;
            view.offer(Work::Renew, (self.lease_until - third * 2).max(store_free));
        }
        if let Some(at) = self.check_at.filter(|_| !self.room.checking) {
            view.offer(Work::Check, at);
        }
        if let Some(at) = self.intake_at.filter(|_| !self.room.draining) {
            view.offer(Work::Drain, at.max(store_free));
        }
        if self.decide_now && !self.room.deciding {
            view.offer(Work::Decide, store_free);
        }
        if let Some(at) = self.mirror.dirty.values().min().filter(|_| !self.room.planning) {
            view.offer(Work::Plan, (*at).max(store_free));
        }
        if let Some(at) = self.judging.weigh_at(now) {
            view.offer(Work::Weigh, at.max(store_free));
        }
        if let Some(at) = self.judging.ask_at(settings.judges_in_flight, now) {
            view.offer(Work::Ask, at.max(store_free));
        }
        // Nothing goes out under a dead credential, nor before the first check said who we are.
        if revoked || !self.checked {
            return view;
        }
        let quiet = store_free.max(self.trouble_until);
        if self.room.reads < settings.reads_in_flight {
            if let Some(at) = self.mirror.settle_at() {
                view.offer(
                    Work::Settle,
                    at.max(quiet).max(budgets.ready_at(&capabilities.settle_budget, now, 0.0)),
                );
            }
            let fetch = budgets.ready_at(&capabilities.fetch_budget, now, 0.0).max(quiet);
            if let Some(at) = self.mirror.probe_at() {
                view.offer(Work::Probe, at.max(fetch));
            }
            if !self.mirror.wants_look.is_empty() {
                view.offer(Work::Look, fetch);
            }
            if let Some(at) = self.hint_at(now) {
                let free = self.reads || before_others;
                view.offer(Work::Hint, at.max(quiet).max(if free { at } else { now + HELD_OFF }));
            }
            if !self.level_reads.is_empty() && self.channel.stock().is_some() {
                view.offer(Work::Levels, quiet.max(budgets.ready_at(&capabilities.level_budget, now, 0.0)));
            }
            view.offer(Work::Sweep, self.sweep_at.max(fetch));
            if let Some(at) = self.returns_at(now) {
                view.offer(Work::Returns, at.max(quiet));
            }
        }
        let may_write = settings.mode == Mode::Live;
        if may_write && self.room.writes < settings.writes_in_flight && !self.cleared.is_empty() {
            view.offer(Work::Send, now);
        }
        if may_write && self.may_mark() {
            for verb in Verb::OF_ORDERS.iter().copied() {
                let Some(spec) = capabilities.verb(verb) else { continue };
                if let Some(at) = self.mirror.ready_at(verb, now) {
                    view.offer(Work::Send, at.max(quiet).max(budgets.ready_at(&spec.budget, now, 0.0)));
                }
            }
        }
        // Who waits to read goes first: what holds them up is let run out.
        let yields = self.raises && self.shared.gate.others_wait(&self.id);
        let sets_free = !yields
            && !self.sets.is_empty()
            && !self.room.setting
            && self.room.writes < settings.writes_in_flight;
        if may_write
            && sets_free
            && let Some(spec) = capabilities.verb(Verb::SetLevel)
        {
            view.offer(Work::Set, quiet.max(budgets.ready_at(&spec.budget, now, 0.0)));
        }
        let running = self.pull.streams.iter().any(|row| !row.windows.is_empty());
        // One page may be read ahead while the one before it is stored; a new pull begins when the last is stored whole.
        let room = self.room.ingests == 0 || running && self.pull.ahead.is_none();
        let may_pull = self.room.pulls == 0
            && !self.room.setting
            && self.room.sets == 0
            && room
            && !self.has_backlog(now);
        // A call that waits for its budget would hold up the levels of other channels, and time out on the way.
        let at = self.pull_due(now).max(store_free).max(self.pull_budget_at(now));
        let due = may_pull && at <= now;
        self.held_off = !self.reads && !self.shared.gate.wish_to_read(&self.id, due) && due;
        if may_pull {
            view.offer(Work::Pull, if self.held_off { now + HELD_OFF } else { at });
        }
        view
    }

    /// May more commands be marked as sent? While half of what may be in doubt at once is free: the wire is not left idle
    /// until the last marked command is on it.
    fn may_mark(&self) -> bool {
        let marked = self.cleared.len() + self.room.writes;
        !self.room.sending && marked <= self.shared.world.settings.window / 2
    }

    /// More waits to leave than is marked at once, and the marketplace would let it leave within a second: what is read
    /// further would only wait in memory. Where its limits hold back what leaves, reading goes on.
    fn has_backlog(&mut self, now: Timestamp) -> bool {
        let settings = &self.shared.world.settings;
        // While calls fail nothing leaves, and reading must not wait for that (G25).
        if settings.mode != Mode::Live || self.trouble > 0 {
            return false;
        }
        let (most, soon) = (2 * settings.window, now + Duration::seconds(1));
        let (channel, budgets) = (&self.channel, &self.shared.ports.budgets);
        Verb::OF_ORDERS.iter().copied().any(|verb| {
            if self.mirror.len(verb) <= most || self.mirror.ready_at(verb, now) != Some(now) {
                return false;
            }
            let Some(spec) = channel.capabilities().verb(verb) else { return false };
            budgets.tokens(&spec.budget, soon) >= most as f64
                && budgets.ready_at(&spec.budget, soon, 0.0) <= soon
        })
    }

    fn pull_due(&self, now: Timestamp) -> Timestamp {
        let running = self.pull.streams.iter().any(|row| !row.windows.is_empty());
        match self.pull.wait {
            Some(wait) if running => wait,
            _ if running && self.pull.failures == 0 => now,
            _ => self.pull.at,
        }
    }

    /// Waits for a landing, the bell, the intake, or the instant.
    async fn land_or(&mut self, at: Option<Timestamp>) {
        let shared = self.shared.clone();
        let mut sleep = at.map(|at| shared.ports.clock.sleep_until(at));
        if self.watch.is_none() {
            let store = shared.ports.store.clone();
            self.watch = Some(Box::pin(async move { store.intake_changed().await }));
        }
        if self.listening.is_none() && self.until == Until::Stopped && self.listen_at <= self.now() {
            self.listening = self.listen();
        }
        let (flights, watch, listening) = (&mut self.flights, &mut self.watch, &mut self.listening);
        let bell = shared.bells.get(&self.id);
        enum Woken {
            Landed(Box<Landed>),
            Intake,
            Listened(Result<usize>),
            Other,
        }
        let woken = poll_fn(|cx| {
            if let Poll::Ready(Some(landed)) = flights.poll_next_unpin(cx) {
                return Poll::Ready(Woken::Landed(Box::new(landed)));
            }
            if bell.is_some_and(|bell| bell.poll(cx).is_ready()) {
                return Poll::Ready(Woken::Other);
            }
            if watch.as_mut().is_some_and(|watch| watch.as_mut().poll(cx).is_ready()) {
                *watch = None;
                return Poll::Ready(Woken::Intake);
            }
            if let Some(Poll::Ready(heard)) = listening.as_mut().map(|listen| listen.as_mut().poll(cx)) {
                *listening = None;
                return Poll::Ready(Woken::Listened(heard));
            }
            match sleep.as_mut().map(|sleep| sleep.as_mut().poll(cx)) {
                Some(Poll::Ready(())) => Poll::Ready(Woken::Other),
                _ => Poll::Pending,
            }
        })
        .await;
        match woken {
            Woken::Landed(landed) => {
                // Looking into an empty intake is no work.
                self.done += u64::from(!matches!(*landed, Landed::Drained(Ok((0, _)))));
                self.land(*landed);
            }
            Woken::Intake => self.intake_at = Some(self.now()),
            Woken::Listened(heard) => self.listened(heard),
            Woken::Other => {}
        }
    }
}
