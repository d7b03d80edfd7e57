//! Keeping the channel ours and the picture true: the lease, who we are, what hosts put in, what was left undecided.

use super::{
    Driver,
    flight::{Landed, write},
};
use crate::health::TokenState;
use crate::{
    intake::{Refusals, drain},
    job::Touched,
    lease,
    outcome::{self},
    react::decide_left,
    shared::Shared,
};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use sutler_core::channel::{Channel, Standing};
use sutler_core::{
    Error, Result, Timestamp,
    command::State,
    error::ErrorKind,
    id::{ChannelId, Sku, StreamId},
    ports::store::{StoreExt, StreamRow},
    time::Duration,
};

/// Rights are withdrawn and clocks drift: who we are and what time it is there is asked again after this long.
const CHECK_AGAIN: Duration = Duration::hours(6);
/// Inputs taken in one transaction.
const INTAKE_AT_ONCE: usize = 100;
/// Orders decided in one transaction.
const DECIDED_AT_ONCE: u32 = 200;

/// Does the credential belong to the seller the channel is said to be?
///
/// # Errors
/// `Config` naming both sellers.
pub fn is_ours(channel: &dyn Channel, standing: &Standing) -> Result<()> {
    let ours = channel.seller();
    match standing.seller.as_ref().filter(|seller| *seller != ours) {
        Some(seller) => Err(Error::new(ErrorKind::Config, "engine.check").message(format!(
            "the credential of channel {} belongs to seller {seller}, not to seller {ours}; nothing was read",
            channel.id()
        ))),
        None => Ok(()),
    }
}

/// Takes what hosts put in. What is refused is taken back whole, so each refusal costs a transaction more.
async fn take_inputs(shared: Arc<Shared>, id: ChannelId, epoch: u64) -> Result<(usize, Touched)> {
    let refusals = Arc::new(Mutex::new(Refusals::new()));
    loop {
        let (noted, before) = (refusals.clone(), locked(&refusals).len());
        let taken = write(shared.clone(), id.clone(), epoch, move |job| {
            let rows = job.tx.intake(INTAKE_AT_ONCE)?;
            drain(job, &rows, &mut locked(&noted))?;
            Ok(rows.len())
        });
        match taken.await {
            Err(_) if locked(&refusals).len() > before => {}
            taken => return taken,
        }
    }
}

fn locked(refusals: &Mutex<Refusals>) -> MutexGuard<'_, Refusals> {
    refusals.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Driver {
    pub(super) fn start_renew(&mut self) -> Option<()> {
        self.room.renewing = true;
        let (shared, id, epoch) = (self.shared.clone(), self.id.clone(), self.epoch);
        let span = shared.ports.clock.real(shared.world.settings.lease_real);
        shared.ports.budgets.ease();
        self.fly(async move {
            let (id2, until) = (id.clone(), shared.ports.clock.now() + span);
            let done = write(shared, id, epoch, move |job| lease::renew(job, &id2, epoch, span)).await;
            Landed::Renewed(done.map(|_| until))
        })
    }

    pub(super) fn start_check(&mut self, now: Timestamp) -> Option<()> {
        self.room.checking = true;
        let (channel, cx, shared) = (self.channel.clone(), self.read_cx(now), self.shared.clone());
        self.fly(async move {
            let standing = channel.check(&cx).await;
            // It spends what is scarce, and nothing need be written for long after it.
            match shared.keep_spent().await {
                Ok(()) => Landed::Checked(standing),
                Err(error) => Landed::Checked(standing.and(Err(error))),
            }
        })
    }

    pub(super) fn start_drain(&mut self) -> Option<()> {
        self.room.draining = true;
        self.intake_at = None;
        let (shared, id, epoch) = (self.shared.clone(), self.id.clone(), self.epoch);
        self.fly(async move {
            // Most wakings find nothing: look before opening a transaction.
            let waiting = shared.ports.store.view(|view| Ok(view.intake(1)?.len())).await;
            let drained = match waiting {
                Ok(0) => Ok((0, Default::default())),
                Err(error) => Err(error),
                Ok(_) => take_inputs(shared, id, epoch).await,
            };
            Landed::Drained(drained)
        })
    }

    pub(super) fn start_decide(&mut self) -> Option<()> {
        self.room.deciding = true;
        self.decide_now = false;
        let after = self.decide_after.take();
        let (shared, id, epoch) = (self.shared.clone(), self.id.clone(), self.epoch);
        self.fly(async move {
            let own = id.clone();
            Landed::Decided(
                write(shared, id, epoch, move |job| decide_left(job, &own, after.clone(), DECIDED_AT_ONCE))
                    .await,
            )
        })
    }

    /// Rebuilds the picture of open work: what was sent under an earlier lease is in doubt.
    pub(super) async fn recover(&mut self) -> Result<()> {
        let (id, epoch) = (self.id.clone(), self.epoch);
        loop {
            let own = id.clone();
            let (left, touched) = write(self.shared.clone(), id.clone(), epoch, move |job| {
                let sent = job.tx.open_commands(&own, State::Sent, 500)?;
                for command in &sent {
                    outcome::lose(job, &own, command)?;
                }
                Ok(sent.len())
            })
            .await?;
            self.hear(touched);
            if left < 500 {
                break;
            }
        }
        let mut streams: Vec<StreamId> =
            self.channel.capabilities().streams.iter().map(|spec| spec.id.clone()).collect();
        streams.extend(self.channel.returns().map(|returns| returns.spec().stream));
        let own = id.clone();
        let (commands, mut streams, skus) = self
            .shared
            .ports
            .store
            .view(move |view| {
                let mut commands = Vec::new();
                for state in [State::Intended, State::InDoubt, State::Accepted, State::Unresolved] {
                    commands.extend(view.open_commands(&own, state, crate::mirror::READY_MAX)?);
                }
                let mut rows = Vec::new();
                for id in &streams {
                    rows.push(view.stream(&own, id)?.unwrap_or_else(|| StreamRow {
                        id: id.clone(),
                        watermark: None,
                        pulled_at: None,
                        windows: Vec::new(),
                        began_at: None,
                    }));
                }
                let mut skus = Vec::new();
                let mut after: Option<Sku> = None;
                loop {
                    let page = view.listings(&own, after.as_ref(), 1_000)?;
                    after = page.last().map(|listing| listing.sku.clone());
                    let full = page.len() == 1_000;
                    skus.extend(page.into_iter().map(|listing| listing.sku));
                    if !full {
                        break;
                    }
                }
                Ok((commands, rows, skus))
            })
            .await?;
        let seq = self.shared.world.jobs.load(std::sync::atomic::Ordering::Relaxed);
        let full = commands.len() >= crate::mirror::READY_MAX;
        for command in commands {
            self.mirror.hear(command, seq);
        }
        for queue in self.mirror.queues.values_mut() {
            queue.overflow |= full;
        }
        if self.channel.returns().is_some() {
            let now = self.now();
            self.returning = streams.pop().map(|row| super::returns::Returning::new(row, now));
        }
        self.pull.stored.clone_from(&streams);
        self.pull.streams = streams;
        let now = self.now();
        for sku in skus {
            self.mirror.dirty(sku, now);
        }
        Ok(())
    }

    /// Takes more ready commands from the store when memory runs low of them.
    pub(super) fn refill(&mut self) {
        let low = self
            .mirror
            .queues
            .iter()
            .any(|(verb, queue)| queue.overflow && self.mirror.len(*verb) < crate::mirror::READY_MAX / 4);
        if !low {
            return;
        }
        self.mirror.queues.values_mut().for_each(|queue| queue.overflow = false);
        let (shared, own) = (self.shared.clone(), self.id.clone());
        let seq = self.shared.world.jobs.load(std::sync::atomic::Ordering::Relaxed);
        self.fly(async move {
            let found = shared
                .ports
                .store
                .view(move |view| view.open_commands(&own, State::Intended, crate::mirror::READY_MAX))
                .await;
            Landed::Refilled(found, seq)
        });
    }

    /// Loud within one call: nothing goes out until a check goes through again.
    pub(super) fn revoked(&mut self, now: Timestamp) {
        if !matches!(self.status.token, TokenState::ReauthorizationNeeded(_)) {
            tracing::error!(channel = %self.id, "the marketplace refuses the credential; a person must authorise again");
            self.status.token = TokenState::ReauthorizationNeeded(now);
        }
        self.check_at = Some(now + Duration::minutes(5));
    }

    pub(super) fn land_check(&mut self, result: Result<Standing>) {
        self.room.checking = false;
        let now = self.now();
        match result {
            Ok(standing) => {
                if let Err(error) = is_ours(&*self.channel, &standing) {
                    self.fatal = Some(error);
                    return;
                }
                self.check_at = Some(now + CHECK_AGAIN);
                self.checked = true;
                self.trouble = 0;
                self.status.token = TokenState::Good;
                self.status.clock_offset_ms = standing.clock_offset_ms;
                self.status.missing_rights = standing.missing;
            }
            Err(error) => {
                if super::start::trouble(&error) == ErrorKind::Unauthorized {
                    self.revoked(now);
                } else {
                    self.trouble += 1;
                    let wait = self.jittered(5_000 << self.trouble.min(6));
                    self.check_at = Some(now + Duration::milliseconds(wait));
                }
                self.met(error);
            }
        }
    }
}
