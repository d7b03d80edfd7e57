//! Starting what the chooser chose. Each start takes its budget, notes what is in flight, and boxes one future.

use super::{
    Driver,
    flight::{Landed, told, write},
};
use crate::{
    ingest::take_in,
    intake::drain,
    job::Job,
    lease,
    outcome::{self, Ended, Look},
    pull,
    react::decide_left,
    stock,
};
use sutler_core::{
    Error, Result, Retry, Timestamp,
    channel::{Batch, CallCx, Fetched, Page, PullFrom, Pulled, Settled, VerbSpec},
    command::{Command, State, Verb},
    error::ErrorKind,
    id::{ChannelOrderId, Sku},
    next::Work,
    ports::store::{StoreExt, StreamRow},
    time::Duration,
};

/// Inputs taken in one transaction.
const INTAKE_AT_ONCE: usize = 100;
/// Orders decided in one transaction.
const DECIDED_AT_ONCE: u32 = 200;
/// Listings reckoned in one transaction.
const PLANS_AT_ONCE: usize = 64;
/// Orders swept in one go.
const SWEEP_AT_ONCE: usize = 50;

/// The kind by which a failed call counts. A token that a marketplace will not take is no proof of a dead credential
/// unless asking for a new one was refused too.
pub(super) fn trouble(error: &Error) -> ErrorKind {
    match (error.kind(), error.retry()) {
        (ErrorKind::Unauthorized, Retry::Backoff | Retry::After(_)) => ErrorKind::Remote,
        (kind, _) => kind,
    }
}

impl Driver {
    /// Starts `work` if there is any of it to do; none otherwise.
    pub(super) fn start(&mut self, work: Work, now: Timestamp) -> Option<()> {
        match work {
            Work::Renew => self.start_renew(),
            Work::Check => self.start_check(now),
            Work::Drain => self.start_drain(),
            Work::Record => self.start_record(),
            Work::Decide => self.start_decide(),
            Work::Settle => self.start_settle(now),
            Work::Plan => self.start_plan(now),
            Work::Set => self.start_set(now),
            Work::Send => self.start_send(now),
            Work::Probe => self.start_probe(now),
            Work::Look => self.start_look(now),
            Work::Levels => self.start_levels(now),
            Work::Hint => self.start_hint(now),
            Work::Pull => self.start_pull(now),
            Work::Sweep => self.start_sweep(now),
        }
    }

    pub(super) fn fly(&mut self, flight: impl Future<Output = Landed> + Send + 'static) -> Option<()> {
        self.flights.push(Box::pin(flight));
        Some(())
    }

    pub(super) fn read_cx(&self, now: Timestamp) -> CallCx {
        let timeout = self.shared.ports.clock.real(self.shared.world.settings.read_timeout_real);
        CallCx { deadline: now + timeout, write_by: None }
    }

    fn start_renew(&mut self) -> Option<()> {
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

    fn start_check(&mut self, now: Timestamp) -> Option<()> {
        self.room.checking = true;
        let (channel, cx) = (self.channel.clone(), self.read_cx(now));
        self.fly(async move { Landed::Checked(channel.check(&cx).await) })
    }

    fn start_drain(&mut self) -> Option<()> {
        self.room.draining = true;
        self.intake_at = None;
        let (shared, id, epoch) = (self.shared.clone(), self.id.clone(), self.epoch);
        self.fly(async move {
            // Most wakings find nothing: look before opening a transaction.
            let waiting = shared.ports.store.view(|view| Ok(view.intake(1)?.len())).await;
            let drained = match waiting {
                Ok(0) => Ok((0, Default::default())),
                Err(error) => Err(error),
                Ok(_) => {
                    write(shared, id, epoch, |job| {
                        let rows = job.tx.intake(INTAKE_AT_ONCE)?;
                        drain(job, &rows)?;
                        Ok(rows.len())
                    })
                    .await
                }
            };
            Landed::Drained(drained)
        })
    }

    fn start_decide(&mut self) -> Option<()> {
        self.room.deciding = true;
        let (shared, id, epoch) = (self.shared.clone(), self.id.clone(), self.epoch);
        self.fly(async move {
            let own = id.clone();
            Landed::Decided(
                write(shared, id, epoch, move |job| decide_left(job, &own, DECIDED_AT_ONCE)).await,
            )
        })
    }

    fn start_record(&mut self) -> Option<()> {
        if self.outcomes.is_empty() {
            return None;
        }
        self.room.recording = true;
        let (shared, id, epoch) = (self.shared.clone(), self.id.clone(), self.epoch);
        let outcomes = std::mem::take(&mut self.outcomes);
        self.fly(async move {
            let outcomes = std::sync::Arc::new(outcomes);
            let (list, channel) = (outcomes.clone(), id.clone());
            let done = write(shared, id, epoch, move |job| {
                for (command, ended) in list.iter() {
                    outcome::record(job, &channel, command, ended)?;
                }
                stock::serve_freed(job)
            })
            .await;
            let outcomes = std::sync::Arc::try_unwrap(outcomes).unwrap_or_else(|shared| shared.to_vec());
            Landed::Recorded(outcomes, done.map(|(_, touched)| touched))
        })
    }

    pub(super) fn take_budget(&self, scope: &str, now: Timestamp) -> bool {
        self.shared.ports.budgets.take(scope, now).is_ok()
    }

    fn call_span(&self, spec: &VerbSpec) -> Duration {
        self.shared.ports.clock.real(spec.call_timeout)
    }

    fn start_send(&mut self, now: Timestamp) -> Option<()> {
        let room = self.shared.world.settings.writes_in_flight.saturating_sub(self.room.writes);
        let mut started = None;
        for _ in 0..room {
            let Some(command) = self.cleared.pop_front() else { break };
            started = self.perform(vec![command]);
        }
        if !self.may_mark() {
            return started;
        }
        let free = self.shared.world.settings.window.saturating_sub(self.cleared.len() + self.room.writes);
        let mut chosen: Vec<(Command, Option<Look>, Duration)> = Vec::new();
        let channel = self.channel.clone();
        for verb in Verb::OF_ORDERS.iter().copied() {
            let Some(spec) = channel.capabilities().verb(verb) else { continue };
            while chosen.len() < free
                && self.mirror.ready_at(verb, now) == Some(now)
                && self.take_budget(&spec.budget, now)
            {
                let Some((key, order)) = self.mirror.take(verb) else {
                    self.shared.ports.budgets.give_back(&spec.budget);
                    break;
                };
                let look = self.mirror.looks.get(&key).copied();
                // Only its key and its order matter here: the job reads the rest.
                let act = sutler_core::command::Act::Acknowledge(sutler_core::command::Acknowledge {});
                let mut command = Command::intend(key, act, now, now);
                command.order = order;
                chosen.push((command, look, self.call_span(spec)));
            }
        }
        if chosen.is_empty() {
            return started;
        }
        self.room.sending = true;
        let (shared, id, epoch) = (self.shared.clone(), self.id.clone(), self.epoch);
        #[cfg(feature = "mutants")]
        let early = self.shared.world.settings.lacks(crate::Mutant::SentAfterCall).then(|| channel.clone());
        self.fly(async move {
            #[cfg(feature = "mutants")]
            if let Some(channel) = early {
                for (command, look, span) in &chosen {
                    let (own, key, look, span) = (id.clone(), command.key.clone(), *look, *span);
                    let found = shared.ports.store.view(move |view| view.command(&own, &key)).await;
                    let ready = look.is_some() || command.key.verb == Verb::Acknowledge;
                    if let Ok(Some(found)) = found
                        && ready
                        && found.state == State::Intended
                    {
                        let cx = CallCx { deadline: shared.ports.clock.now() + span, write_by: None };
                        let answered = channel.perform(&cx, &Batch { commands: &[found] }).await;
                        let ended = Ended::of(answered.and_then(|mut r| {
                            r.pop().ok_or_else(|| Error::new(ErrorKind::Protocol, "engine.perform"))
                        }));
                        let mut early =
                            shared.early.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                        early.insert(command.key.clone(), ended);
                    }
                }
            }
            let asked: Vec<Command> = chosen.iter().map(|(command, _, _)| command.clone()).collect();
            let channel = id.clone();
            let done = write(shared, id, epoch, move |job| {
                let (mut sent, mut not_now) = (Vec::new(), Vec::new());
                for (command, look, span) in &chosen {
                    match outcome::send(job, &channel, command, epoch, *look, *span)? {
                        Ok(command) => sent.push(command),
                        Err(why) => {
                            let known =
                                job.tx.command(&channel, &command.key)?.unwrap_or_else(|| command.clone());
                            not_now.push((known, why));
                        }
                    }
                }
                Ok((sent, not_now))
            })
            .await;
            Landed::Sent(asked, done.map(|((sent, not_now), touched)| (sent, not_now, touched)))
        })
    }

    /// Puts commands that are durably sent on the wire, in one call.
    pub(super) fn perform(&mut self, commands: Vec<Command>) -> Option<()> {
        let first = commands.first()?;
        let is_set = first.key.verb == Verb::SetLevel;
        let spec = self.channel.capabilities().verb(first.key.verb)?;
        let sent_at = first.sent_at.unwrap_or_else(|| self.now());
        let deadline = sent_at + self.call_span(spec);
        // A third of a call's time is left between the last byte and the lease's end.
        let write_by = self.lease_until.min(deadline);
        let cx = CallCx { deadline, write_by: Some(write_by) };
        #[cfg(feature = "mutants")]
        let cx = if self.shared.world.settings.lacks(crate::Mutant::EpochIgnored) {
            CallCx { deadline: deadline + Duration::days(1), write_by: None }
        } else {
            cx
        };
        self.room.writes += 1;
        self.room.sets += usize::from(is_set);
        #[cfg(feature = "mutants")]
        {
            let mut early = self.shared.early.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            if let Some(ended) = early.remove(&first.key) {
                drop(early);
                return self.fly(async move {
                    Landed::Performed { ended: vec![(commands[0].clone(), ended)], kind: None, is_set }
                });
            }
        }
        let channel = self.channel.clone();
        self.fly(async move {
            let answered = channel.perform(&cx, &Batch { commands: &commands }).await;
            let (ended, kind) = match answered {
                Ok(receipts) if receipts.len() == commands.len() => {
                    (commands.into_iter().zip(receipts).map(|(c, r)| (c, Ended::of(Ok(r)))).collect(), None)
                }
                Ok(receipts) => {
                    let error = Error::new(ErrorKind::Protocol, "engine.perform")
                        .with_applied(sutler_core::Applied::Unknown)
                        .message(format!("{} receipts came for {} commands", receipts.len(), commands.len()));
                    (commands.into_iter().map(|c| (c, Ended::lost(&error))).collect(), Some(trouble(&error)))
                }
                Err(error) => {
                    (commands.into_iter().map(|c| (c, Ended::lost(&error))).collect(), Some(trouble(&error)))
                }
            };
            Landed::Performed { ended, kind, is_set }
        })
    }

    fn start_settle(&mut self, now: Timestamp) -> Option<()> {
        let (handle, commands) = self.mirror.take_pending(now)?;
        self.room.reads += 1;
        let (shared, id, epoch, channel) =
            (self.shared.clone(), self.id.clone(), self.epoch, self.channel.clone());
        let cx = self.read_cx(now);
        self.fly(async move {
            let settled = channel.settle(&cx, &handle, &commands).await;
            let (ended, later, kind) = match settled {
                Ok(Settled::Receipts(receipts)) if receipts.len() == commands.len() => (
                    commands.into_iter().zip(receipts).map(|(c, r)| (c, Ended::of(Ok(r)))).collect(),
                    vec![],
                    None,
                ),
                Ok(Settled::Lost { why }) => {
                    let lost = |c| {
                        (
                            c,
                            Ended::NoAnswer {
                                applied: sutler_core::Applied::Unknown,
                                after: None,
                                why: why.clone(),
                            },
                        )
                    };
                    (commands.into_iter().map(lost).collect(), vec![], None)
                }
                Ok(_) => (vec![], commands, None),
                Err(error) => (vec![], commands, Some(trouble(&error))),
            };
            let waiting = later.clone();
            let own = id.clone();
            let result =
                write(shared, id, epoch, move |job| outcome::settled_later(job, &own, &waiting)).await;
            Landed::Settled { ended, later, result: result.map(|(_, touched)| touched), kind }
        })
    }

    fn start_probe(&mut self, now: Timestamp) -> Option<()> {
        let command = self.mirror.take_doubt(now)?;
        self.room.reads += 1;
        let (shared, id, epoch, channel) =
            (self.shared.clone(), self.id.clone(), self.epoch, self.channel.clone());
        let cx = self.read_cx(now);
        self.fly(async move {
            let asked_at = shared.ports.clock.now();
            let (result, kind) = match channel.probe(&cx, &command).await {
                Ok(saw) => {
                    let (own, doubt) = (id.clone(), command.clone());
                    let done = write(shared, id, epoch, move |job| {
                        outcome::probed(job, &own, &doubt, asked_at, &saw)?;
                        stock::serve_freed(job)
                    })
                    .await;
                    (done.map(|(_, touched)| touched), None)
                }
                Err(error) => (Ok(Default::default()), Some(trouble(&error))),
            };
            Landed::Probed { command, result, kind }
        })
    }

    fn start_look(&mut self, now: Timestamp) -> Option<()> {
        let (_, (command, order)) = self.mirror.wants_look.pop_first()?;
        self.room.reads += 1;
        let (shared, id, epoch, channel) =
            (self.shared.clone(), self.id.clone(), self.epoch, self.channel.clone());
        let cx = self.read_cx(now);
        self.fly(async move {
            let asked_at = shared.ports.clock.now();
            let (result, kind) = match channel.fetch(&cx, &order).await {
                Ok(Fetched::Found(raw, coverage)) => {
                    let digest = match shared
                        .ports
                        .store
                        .view({
                            let raw = raw.raw.clone();
                            move |view| Ok(view.digest_of(&raw))
                        })
                        .await
                    {
                        Ok(digest) => digest,
                        Err(error) => {
                            return Landed::Looked { command, asked_at, result: Err(error), kind: None };
                        }
                    };
                    let told = told(&*channel, &raw, coverage, digest, asked_at);
                    let look = Look { asked_at, before: channel.before_image(&command, &told.order) };
                    let own = id.clone();
                    let done =
                        write(shared, id, epoch, move |job| take_in(job, &own, std::slice::from_ref(&told)))
                            .await;
                    (done.map(|(_, touched)| (Some(look), touched)), None)
                }
                Ok(Fetched::NotVisible) => (Ok((None, Default::default())), None),
                Err(error) => (Ok((None, Default::default())), Some(trouble(&error))),
            };
            Landed::Looked { command, asked_at, result, kind }
        })
    }

    fn start_plan(&mut self, now: Timestamp) -> Option<()> {
        let skus: Vec<Sku> = self
            .mirror
            .dirty
            .iter()
            .filter(|(_, at)| **at <= now)
            .map(|(sku, _)| sku.clone())
            .take(PLANS_AT_ONCE)
            .collect();
        if skus.is_empty() {
            return None;
        }
        for sku in &skus {
            self.mirror.dirty.remove(sku);
        }
        self.room.planning = true;
        let (shared, id, epoch, reading) = (self.shared.clone(), self.id.clone(), self.epoch, self.reading());
        self.fly(async move {
            let (own, asked) = (id.clone(), skus.clone());
            let done = write(shared, id, epoch, move |job| {
                asked
                    .iter()
                    .map(|sku| Ok((sku.clone(), stock::plan(job, &own, sku, reading)?)))
                    .collect::<Result<Vec<_>>>()
            })
            .await;
            Landed::Planned(skus, done)
        })
    }

    fn start_set(&mut self, now: Timestamp) -> Option<()> {
        let channel = self.channel.clone();
        let spec = channel.capabilities().verb(Verb::SetLevel)?;
        let settings = &self.shared.world.settings;
        let in_batch = self.sets.len() >= settings.batch_sets_from && spec.batch_max > 1;
        let scope = spec.batch_budget.as_ref().filter(|_| in_batch).unwrap_or(&spec.budget).clone();
        let mut skus: Vec<Sku> = Vec::new();
        if in_batch {
            if self.take_budget(&scope, now) {
                while let Some(sku) = self.sets.pop_first() {
                    skus.push(sku);
                    if skus.len() == spec.batch_max {
                        break;
                    }
                }
            }
        } else {
            let room = settings.writes_in_flight.saturating_sub(self.room.writes);
            while skus.len() < room && !self.sets.is_empty() && self.take_budget(&scope, now) {
                skus.extend(self.sets.pop_first());
            }
        }
        if skus.is_empty() {
            return None;
        }
        self.room.setting = true;
        let (span, apply_max) =
            (self.call_span(spec), if in_batch { spec.batch_apply_max } else { spec.apply_max });
        let (shared, id, epoch, reading) = (self.shared.clone(), self.id.clone(), self.epoch, self.reading());
        self.fly(async move {
            let (own, asked) = (id.clone(), skus.clone());
            let done = write(shared, id, epoch, move |job| {
                let (mut sent, mut other) = (Vec::new(), Vec::new());
                for sku in &asked {
                    match stock::send_set(job, &own, sku, reading, epoch, span, apply_max)? {
                        Ok(command) => sent.push(command),
                        Err(plan) => other.push((sku.clone(), plan)),
                    }
                }
                Ok((sent, other))
            })
            .await;
            Landed::SetsSent(skus, done.map(|((sent, other), touched)| (sent, other, touched)))
        })
    }

    fn start_levels(&mut self, now: Timestamp) -> Option<()> {
        self.channel.stock()?;
        let sku = self.level_reads.pop_first()?;
        self.room.reads += 1;
        let (shared, id, epoch, channel) =
            (self.shared.clone(), self.id.clone(), self.epoch, self.channel.clone());
        let cx = self.read_cx(now);
        self.fly(async move {
            let skus = vec![sku];
            let asked_at = shared.ports.clock.now();
            let Some(stock) = channel.stock() else {
                return Landed::Levels { skus, result: Ok((Vec::new(), Default::default())), kind: None };
            };
            let (result, kind) = match stock.levels(&cx, &skus).await {
                Ok(answers) => {
                    let own = id.clone();
                    let levels: Vec<(Sku, Option<i64>)> = answers
                        .iter()
                        .filter_map(|a| a.level.as_ref().ok().map(|level| (a.sku.clone(), *level)))
                        .collect();
                    let kind = answers.iter().find_map(|a| a.level.as_ref().err().map(trouble));
                    let done = write(shared, id, epoch, move |job| {
                        levels
                            .iter()
                            .try_for_each(|(sku, level)| stock::read(job, &own, sku, *level, asked_at))
                    })
                    .await;
                    (done.map(|(_, touched)| (answers, touched)), kind)
                }
                Err(error) => (Ok((Vec::new(), Default::default())), Some(trouble(&error))),
            };
            Landed::Levels { skus, result, kind }
        })
    }

    fn start_pull(&mut self, now: Timestamp) -> Option<()> {
        let server_now = self.server_now(now);
        let delay = self.channel.capabilities().visibility_delay;
        if self.streams.iter().all(|row| row.windows.is_empty()) {
            if now < self.pull_at {
                return None;
            }
            let planned = self.channel.plan(&self.read_need(now));
            for spec in &self.channel.capabilities().streams {
                if let Some(row) =
                    self.streams.iter_mut().find(|row| row.id == spec.id && planned.contains(&row.id))
                {
                    pull::begin(row, spec, server_now, delay);
                }
            }
        }
        self.pull_wait = None;
        let row = self.streams.iter().find(|row| !row.windows.is_empty())?.clone();
        let from = pull::from(&row)?;
        self.fetch_page(row, from, now)
    }

    /// Reads one page. While it is in flight, orders may have been served that we do not have.
    pub(super) fn fetch_page(&mut self, row: StreamRow, from: PullFrom, now: Timestamp) -> Option<()> {
        self.room.pulls += 1;
        self.unread = true;
        let (channel, cx) = (self.channel.clone(), self.read_cx(now));
        let clock = self.shared.ports.clock.clone();
        self.fly(async move {
            let asked_at = clock.now();
            let result: Result<Pulled> = channel.pull(&cx, &from).await;
            Landed::Pulled { row, asked_at, result }
        })
    }

    /// Stores a page: what is unchanged by its digest is not even parsed.
    pub(super) fn ingest(
        &mut self,
        row: StreamRow,
        page: Page,
        asked_at: Timestamp,
        paged: bool,
        complete: bool,
    ) -> Option<()> {
        self.room.ingests += 1;
        let stood_for = complete.then(|| self.stood_for(&row)).flatten();
        let (shared, id, epoch, channel) =
            (self.shared.clone(), self.id.clone(), self.epoch, self.channel.clone());
        self.fly(async move {
            let coverage = page.coverage;
            let orders = std::sync::Arc::new(page.orders);
            let (lookup, own) = (orders.clone(), id.clone());
            let changed = shared
                .ports
                .store
                .view(move |view| {
                    let mut changed = Vec::new();
                    for (at, raw) in lookup.iter().enumerate() {
                        let digest = view.digest_of(&raw.raw);
                        let known = view.known(&own, &raw.channel_order_id)?;
                        if known.is_none_or(|(_, before)| before != digest) {
                            changed.push((at, digest));
                        }
                    }
                    Ok(changed)
                })
                .await;
            let changed = match changed {
                Ok(changed) => changed,
                Err(error) => return Landed::Ingested(Err(error)),
            };
            let told: Vec<_> = changed
                .into_iter()
                .filter_map(|(at, digest)| Some(told(&*channel, orders.get(at)?, coverage, digest, asked_at)))
                .collect();
            let own = id.clone();
            let looks: Vec<ChannelOrderId> = told
                .iter()
                .filter(|told| channel.wants_look(&told.order))
                .map(|told| told.order.channel_order_id.clone())
                .collect();
            let mut rows = vec![row];
            rows.extend(stood_for);
            let stored = rows.clone();
            let done = write(shared, id, epoch, move |job: &mut Job<'_>| {
                job.more_follows = paged;
                take_in(job, &own, &told)?;
                job.more_follows = false;
                stored.iter().try_for_each(|row| job.tx.put_stream(&own, row))
            })
            .await;
            Landed::Ingested(done.map(|(_, touched)| (rows, complete, looks, touched)))
        })
    }

    fn start_sweep(&mut self, now: Timestamp) -> Option<()> {
        self.sweep_at = now + Duration::minutes(10);
        self.room.reads += 1;
        let (shared, id) = (self.shared.clone(), self.id.clone());
        let before = now - shared.world.settings.sweep_interval;
        self.fly(async move {
            Landed::Swept(shared.ports.store.view(move |view| view.stale(&id, before, SWEEP_AT_ONCE)).await)
        })
    }

    /// Reads one order nobody told us of for long.
    pub(super) fn sweep_one(&mut self, order: ChannelOrderId, now: Timestamp) -> Option<()> {
        self.room.reads += 1;
        let (shared, id, epoch, channel) =
            (self.shared.clone(), self.id.clone(), self.epoch, self.channel.clone());
        let cx = self.read_cx(now);
        self.fly(async move {
            let asked_at = shared.ports.clock.now();
            match channel.fetch(&cx, &order).await {
                Ok(Fetched::Found(raw, coverage)) => {
                    let own = id.clone();
                    let result = write(shared, id, epoch, move |job| {
                        let digest = job.tx.digest_of(&raw.raw);
                        take_in(job, &own, &[told(&*channel, &raw, coverage, digest, asked_at)])
                    })
                    .await;
                    Landed::SweptOne { result: result.map(|(_, touched)| touched), kind: None }
                }
                Ok(Fetched::NotVisible) => Landed::SweptOne { result: Ok(Default::default()), kind: None },
                Err(error) => {
                    Landed::SweptOne { result: Ok(Default::default()), kind: Some(trouble(&error)) }
                }
            }
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
        let specs = self.channel.capabilities().streams.clone();
        let own = id.clone();
        let (commands, streams, skus) = self
            .shared
            .ports
            .store
            .view(move |view| {
                let mut commands = Vec::new();
                for state in [State::Intended, State::InDoubt, State::Accepted, State::Unresolved] {
                    commands.extend(view.open_commands(&own, state, crate::mirror::READY_MAX)?);
                }
                let mut streams = Vec::new();
                for spec in &specs {
                    streams.push(view.stream(&own, &spec.id)?.unwrap_or_else(|| StreamRow {
                        id: spec.id.clone(),
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
                Ok((commands, streams, skus))
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
        self.streams = streams;
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
}
