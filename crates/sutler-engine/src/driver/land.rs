//! What landings mean.

use super::{
    Driver,
    flight::{Ingested, Landed, Marked, SetsMarked},
};
use crate::{health::TokenState, outcome::NotNow, pull, stock::Plan};
use sutler_core::{
    Error, Result, Timestamp,
    channel::{Page, Pulled, Standing},
    command::{Command, Verb},
    error::ErrorKind,
    id::Sku,
    ports::store::StreamRow,
    time::Duration,
};

/// Failures in a row after which writing pauses until a call goes through.
const TROUBLE: u32 = 4;

impl Driver {
    pub(super) fn land(&mut self, landed: Landed) {
        match landed {
            Landed::Renewed(result) => {
                self.room.renewing = false;
                match result {
                    Ok(until) => self.lease_until = until,
                    Err(error) => self.met(error),
                }
            }
            Landed::Checked(result) => self.land_check(result),
            Landed::Drained(result) => {
                self.room.draining = false;
                match result {
                    Ok((taken, touched)) => {
                        if taken > 0 {
                            self.intake_at = Some(self.now());
                        }
                        self.hear(touched);
                    }
                    Err(error) => {
                        self.intake_at = Some(self.now());
                        self.met(error);
                    }
                }
            }
            Landed::Decided(result) => {
                self.room.deciding = false;
                match result {
                    Ok((looked_at, touched)) => {
                        self.hear(touched);
                        self.decide_now = looked_at > 0;
                    }
                    Err(error) => self.met(error),
                }
            }
            Landed::Recorded(outcomes, result) => {
                self.room.recording = false;
                match result {
                    Ok(touched) => {
                        self.hear(touched);
                        self.refill();
                    }
                    Err(error) => {
                        // Nothing is lost: they wait to be written down.
                        self.outcomes.splice(0..0, outcomes);
                        self.met(error);
                    }
                }
            }
            Landed::Sent(asked, result) => self.land_sent(asked, result),
            Landed::Performed { ended, kind, is_set } => {
                self.room.writes = self.room.writes.saturating_sub(1);
                if is_set {
                    self.room.sets = self.room.sets.saturating_sub(1);
                }
                self.went(kind);
                self.outcomes.extend(ended);
            }
            Landed::Pulled { row, asked_at, result } => self.land_pull(row, asked_at, result),
            Landed::Ingested(result) => self.land_ingest(result),
            Landed::Looked { command, asked_at, result, kind } => {
                self.room.reads = self.room.reads.saturating_sub(1);
                self.went(kind);
                match result {
                    Ok((look, touched)) => {
                        self.hear(touched);
                        self.mirror.forget_waiting(&command.key);
                        if let Some(look) = look {
                            self.mirror.looks.insert(command.key.clone(), look);
                        }
                        let wait = if look.is_some() { asked_at } else { self.now() + Duration::seconds(30) };
                        self.mirror.defer(command, &NotNow::Until(wait));
                    }
                    Err(error) => {
                        let later = self.now() + Duration::seconds(10);
                        self.mirror.defer(command, &NotNow::Until(later));
                        self.met(error);
                    }
                }
            }
            Landed::Probed { mut command, result, kind } => {
                self.room.reads = self.room.reads.saturating_sub(1);
                self.went(kind);
                let failed = kind.is_some() || result.is_err();
                match result {
                    Ok(touched) => self.hear(touched),
                    Err(error) => self.met(error),
                }
                if failed {
                    command.not_before = self.now() + Duration::seconds(30);
                    self.mirror.doubts.insert(command.key.clone(), command);
                }
            }
            Landed::Settled { ended, later, result, kind } => {
                self.room.reads = self.room.reads.saturating_sub(1);
                self.went(kind);
                self.outcomes.extend(ended);
                let now = self.now();
                for mut command in later {
                    command.not_before = now + Duration::minutes(1);
                    let handle = command.handle.clone().unwrap_or_default();
                    self.mirror.pending.entry(handle).or_default().insert(command.key.clone(), command);
                }
                match result {
                    Ok(touched) => self.hear(touched),
                    Err(error) => self.met(error),
                }
            }
            Landed::Planned(skus, result) => {
                self.room.planning = false;
                match result {
                    Ok((plans, touched)) => {
                        self.hear(touched);
                        plans.into_iter().for_each(|(sku, plan)| self.take_plan(sku, plan));
                    }
                    Err(error) => self.plan_again(skus, error),
                }
            }
            Landed::SetsSent(skus, result) => self.land_sets(skus, result),
            Landed::Levels { skus, result, kind } => {
                self.room.reads = self.room.reads.saturating_sub(1);
                self.went(kind);
                match result {
                    Ok((_, touched)) => self.hear(touched),
                    Err(error) => self.met(error),
                }
                let again =
                    self.now() + if kind.is_some() { Duration::seconds(30) } else { Duration::zero() };
                skus.into_iter().for_each(|sku| self.mirror.dirty(sku, again));
            }
            Landed::Listened(heard) => self.listened(heard),
            Landed::Hinted { order, hint, result } => self.land_hint(order, hint, result),
            Landed::Swept(result) => {
                self.room.reads = self.room.reads.saturating_sub(1);
                let now = self.now();
                match result {
                    Ok(orders) => orders.into_iter().for_each(|(_, id)| {
                        self.sweep_one(id, now);
                    }),
                    Err(error) => self.met(error),
                }
            }
            Landed::SweptOne { result, kind } => {
                self.room.reads = self.room.reads.saturating_sub(1);
                self.went(kind);
                match result {
                    Ok(touched) => self.hear(touched),
                    Err(error) => self.met(error),
                }
            }
            Landed::Refilled(result, seq) => match result {
                Ok(commands) => commands.into_iter().for_each(|command| self.mirror.hear(command, seq)),
                Err(error) => {
                    self.mirror.queues.values_mut().for_each(|queue| queue.overflow = true);
                    self.met(error);
                }
            },
        }
    }

    /// A call ended: with an answer, or with this kind of error.
    pub(super) fn went(&mut self, kind: Option<ErrorKind>) {
        let now = self.now();
        match kind {
            None => {
                self.trouble = 0;
                self.trouble_until = now;
                self.status.token = TokenState::Good;
            }
            Some(ErrorKind::Unauthorized) => self.revoked(now),
            Some(ErrorKind::Network | ErrorKind::Timeout | ErrorKind::Remote) => {
                self.trouble += 1;
                if self.trouble >= TROUBLE {
                    let wait = 10_000_i64 << (self.trouble - TROUBLE).min(5);
                    self.trouble_until = now + Duration::milliseconds(self.jittered(wait));
                }
            }
            Some(_) => {}
        }
    }

    fn jittered(&self, ms: i64) -> i64 {
        let tenth = (ms / 10).max(1);
        ms - tenth + self.shared.ports.entropy.below(2 * tenth as u64) as i64
    }

    /// Loud within one call: nothing goes out until a check goes through again.
    fn revoked(&mut self, now: Timestamp) {
        if !matches!(self.status.token, TokenState::ReauthorizationNeeded(_)) {
            tracing::error!(channel = %self.id, "the marketplace refuses the credential; a person must authorise again");
            self.status.token = TokenState::ReauthorizationNeeded(now);
        }
        self.check_at = Some(now + Duration::minutes(5));
    }

    fn land_check(&mut self, result: Result<Standing>) {
        self.room.checking = false;
        let now = self.now();
        match result {
            Ok(standing) => {
                let ours = self.channel.seller();
                if let Some(seller) = standing.seller.as_ref().filter(|seller| *seller != ours) {
                    self.fatal = Some(Error::new(ErrorKind::Config, "engine.check").message(format!(
                        "the credential of channel {} belongs to seller {seller}, not to seller {ours}; nothing was read",
                        self.id
                    )));
                    return;
                }
                self.check_at = None;
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

    fn land_sent(&mut self, asked: Vec<Command>, result: Result<Marked>) {
        self.room.sending = false;
        let channel = self.channel.clone();
        let give_back = |verb: Verb| {
            if let Some(spec) = channel.capabilities().verb(verb) {
                self.shared.ports.budgets.give_back(&spec.budget);
            }
        };
        match result {
            Ok((sent, not_now, touched)) => {
                not_now.iter().for_each(|(command, _)| give_back(command.key.verb));
                self.hear(touched);
                for command in &sent {
                    self.mirror.looks.remove(&command.key);
                }
                for (command, why) in not_now {
                    self.mirror.defer(command, &why);
                }
                self.cleared.extend(sent);
            }
            Err(error) => {
                asked.iter().for_each(|command| give_back(command.key.verb));
                // Nothing was marked, so nothing may leave; the store has them still.
                self.mirror.queues.values_mut().for_each(|queue| queue.overflow = true);
                self.met(error);
                self.refill();
            }
        }
    }

    fn land_sets(&mut self, skus: Vec<Sku>, result: Result<SetsMarked>) {
        let channel = self.channel.clone();
        let Some(spec) = channel.capabilities().verb(Verb::SetLevel) else { return };
        self.room.setting = false;
        match result {
            Ok((sent, other, touched)) => {
                self.hear(touched);
                let in_batch = skus.len() > 1 && skus.len() >= self.shared.world.settings.batch_sets_from;
                if !in_batch {
                    other.iter().for_each(|_| self.shared.ports.budgets.give_back(&spec.budget));
                }
                other.into_iter().for_each(|(sku, plan)| self.take_plan(sku, plan));
                if in_batch {
                    self.perform(sent);
                } else {
                    for command in sent {
                        self.perform(vec![command]);
                    }
                }
            }
            Err(error) => self.plan_again(skus, error),
        }
    }

    fn plan_again(&mut self, skus: Vec<Sku>, error: Error) {
        let later = self.now() + Duration::seconds(5);
        skus.into_iter().for_each(|sku| self.mirror.dirty(sku, later));
        self.met(error);
    }

    fn take_plan(&mut self, sku: Sku, plan: Plan) {
        self.sets.remove(&sku);
        match plan {
            Plan::Nothing => {}
            Plan::Later(at) => self.mirror.dirty(sku, at.max(self.now() + Duration::seconds(1))),
            Plan::Read => {
                self.level_reads.insert(sku);
            }
            Plan::Pull(since) => {
                let begun = self
                    .streams
                    .iter()
                    .filter(|row| !row.windows.is_empty())
                    .filter_map(|row| row.began_at)
                    .min();
                let soon = self.now() + Duration::seconds(10);
                if begun.is_none_or(|begun| begun < since) && self.pull_failures == 0 {
                    self.pull_at = self.pull_at.min(soon);
                }
                self.mirror.dirty(sku, soon + Duration::seconds(5));
            }
            Plan::Set(_) => {
                self.sets.insert(sku);
            }
        }
    }

    fn land_pull(&mut self, mut row: StreamRow, asked_at: Timestamp, result: Result<Pulled>) {
        self.room.pulls = self.room.pulls.saturating_sub(1);
        let delay = self.channel.capabilities().visibility_delay;
        match result {
            Ok(Pulled::Page(page)) => {
                self.went(None);
                if let Err(error) = self.same_seller(&page) {
                    self.fatal = Some(error);
                    return;
                }
                page.orders.iter().for_each(|raw| self.hints.shown(&raw.channel_order_id, asked_at));
                // More pages of the same window came or will come.
                let paged = page.next.is_some()
                    || row.windows.len() > 1
                    || row.windows.first().is_some_and(|w| w.cursor.is_some());
                match pull::advance(&mut row, &page, delay) {
                    Ok(complete) => {
                        self.keep(&row);
                        let ahead = (!complete).then(|| row.clone());
                        self.ingest(row, page, asked_at, paged, complete);
                        if let Some(row) = ahead
                            && self.room.ingests < 2
                            && let Some(from) = pull::from(&row)
                        {
                            let now = self.now();
                            self.fetch_page(row, from, now);
                        }
                    }
                    Err(error) => {
                        pull::restart(&mut row);
                        self.keep(&row);
                        self.pull_failed(error);
                    }
                }
            }
            Ok(Pulled::Pending { cursor, after }) => {
                self.went(None);
                pull::wait_at(&mut row, cursor);
                self.keep(&row);
                self.pull_wait = Some(self.now() + after.max(Duration::seconds(1)));
            }
            Ok(Pulled::TooMany { total }) => {
                self.went(None);
                match pull::split(&mut row, total) {
                    Ok(()) => self.keep(&row),
                    Err(error) => {
                        // The window is tried whole again at the next pull; until then the error stands.
                        row.windows.clear();
                        row.began_at = None;
                        self.keep(&row);
                        self.pull_failed(error);
                    }
                }
            }
            Err(error) => {
                self.went(Some(super::start::trouble(&error)));
                if error.kind() == ErrorKind::Protocol {
                    pull::restart(&mut row);
                    self.keep(&row);
                }
                self.pull_failed(error);
            }
        }
    }

    fn keep(&mut self, row: &StreamRow) {
        if let Some(mine) = self.streams.iter_mut().find(|mine| mine.id == row.id) {
            mine.clone_from(row);
        }
    }

    fn same_seller(&self, page: &Page) -> Result<()> {
        let ours = self.channel.seller();
        match page.seller.as_ref().filter(|seller| *seller != ours) {
            Some(seller) => Err(Error::new(ErrorKind::Config, "engine.pull").message(format!(
                "channel {} reads orders of seller {seller}, not of seller {ours}; nothing of it was stored",
                self.id
            ))),
            None => Ok(()),
        }
    }

    /// Backs off with jitter and goes on; sync never switches itself off (G25).
    fn pull_failed(&mut self, error: Error) {
        self.clean = false;
        self.pull_failures += 1;
        let wait = self.jittered(5_000 << self.pull_failures.min(6));
        self.pull_at = self.now() + Duration::milliseconds(wait);
        self.met(error);
    }

    fn land_ingest(&mut self, result: Result<Ingested>) {
        self.room.ingests = self.room.ingests.saturating_sub(1);
        match result {
            Ok((rows, complete, looks, touched)) => {
                let news = touched.new_orders + touched.changed_orders;
                self.hear(touched);
                rows.iter().skip(1).for_each(|row| self.keep(row));
                let now = self.now();
                looks.into_iter().for_each(|order| self.hints.hear(order, None, now));
                self.brought += news;
                self.pull_failures = 0;
                self.unread = self.room.pulls > 0 || self.room.ingests > 0 || !self.clean && self.unread;
                if complete && self.streams.iter().all(|row| row.windows.is_empty()) {
                    self.pull_complete();
                }
            }
            Err(error) => {
                // The page is not stored: begin again where the store says it ended.
                self.pull_failed(error);
                self.reload_streams();
            }
        }
    }

    fn pull_complete(&mut self) {
        let now = self.now();
        self.reckon_rate(now);
        self.clean = true;
        self.decide_now |= std::mem::take(&mut self.undecided);
        self.unread = self.room.pulls > 0 || self.room.ingests > 0;
        self.status.pulls += 1;
        let interval = self.shared.world.settings.pull_interval.min(Duration::minutes(15));
        self.pull_at = now + Duration::milliseconds(self.jittered(interval.num_milliseconds()));
        // What waited for a complete pull can be reckoned now.
        self.mirror.dirty.values_mut().for_each(|at| *at = (*at).min(now + Duration::seconds(1)));
    }

    /// After a page was lost on its way into the store, the windows are read anew from their beginnings: cheap, because
    /// what is stored already is known by its digest.
    fn reload_streams(&mut self) {
        self.streams.iter_mut().for_each(pull::restart);
    }
}
