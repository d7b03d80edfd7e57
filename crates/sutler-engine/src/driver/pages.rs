//! Pulling: pages asked for, stored, and what their end means.

use super::flight::Ingested;
use super::{
    Driver,
    flight::{Landed, told, write},
};
use crate::{ingest::take_in, job::Job, pull};
use sutler_core::{
    Error, Result, Timestamp,
    channel::{Page, PullFrom, Pulled},
    error::ErrorKind,
    ports::store::{StoreExt, StreamRow},
    time::Duration,
};

/// Did the channel say no? What was merely lost on the way is asked again.
fn is_an_answer(kind: ErrorKind) -> bool {
    use ErrorKind::{Forbidden, Invalid, NotFound, Protocol, Refused};
    matches!(kind, Forbidden | Invalid | NotFound | Protocol | Refused)
}

impl Driver {
    pub(super) fn start_pull(&mut self, now: Timestamp) -> Option<()> {
        if self.streams.iter().all(|row| row.windows.is_empty()) {
            if now < self.pull_at {
                return None;
            }
            self.begin_pull(now);
        }
        self.pull_wait = None;
        let row = self.running()?.clone();
        let from = pull::from(&row)?;
        if !self.begin_read() {
            return None;
        }
        self.fetch_page(row, from, now)
    }

    /// Reads one page. While it is in flight, orders may have been served that we do not have.
    pub(super) fn fetch_page(&mut self, row: StreamRow, from: PullFrom, now: Timestamp) -> Option<()> {
        self.room.pulls += 1;
        self.pages_now += 1;
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
        // What was read in full since its pull began need not be looked at again for what another way of reading hides.
        let since = self.stands_for(&row).and(row.began_at.or(row.pulled_at));
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
                .filter_map(|(at, digest)| {
                    let mut told = told(&*channel, orders.get(at)?, coverage, digest, asked_at);
                    told.hides = channel.wants_look(&told.order.facts);
                    told.since = since;
                    Some(told)
                })
                .collect();
            let own = id.clone();
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
            Landed::Ingested(done.map(|(_, touched)| (rows, complete, touched)))
        })
    }

    pub(super) fn land_pull(&mut self, mut row: StreamRow, asked_at: Timestamp, result: Result<Pulled>) {
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
                        let now = self.now();
                        if let Some(row) = ahead
                            && !self.may_hand_over(&row, now)
                            && self.room.ingests < 2
                            && self.pull_budget_at(now) <= now
                            && !self.has_backlog(now)
                            && let Some(from) = pull::from(&row)
                        {
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
                        pull::give_up(&mut row);
                        self.keep(&row);
                        self.pull_failed(error);
                    }
                }
            }
            Err(error) => {
                self.went(Some(super::start::trouble(&error)));
                if self.stands_for(&row).is_some() && is_an_answer(error.kind()) {
                    self.stand_in_failed(row, error);
                    return;
                }
                let expired = pull::is_expired(&row, error.kind());
                if error.kind() == ErrorKind::Protocol || expired {
                    pull::restart(&mut row);
                    self.keep(&row);
                }
                self.pull_failed(error);
                if expired {
                    // The pages before it go through again and would end the pause; refused for good, it must grow.
                    let wait = self.jittered(5_000 << self.restarts.min(8));
                    self.restarts += 1;
                    self.pull_wait = Some(self.now() + Duration::milliseconds(wait));
                }
            }
        }
    }

    pub(super) fn keep(&mut self, row: &StreamRow) {
        if let Some(mine) = self.streams.iter_mut().find(|mine| mine.id == row.id) {
            mine.clone_from(row);
        }
    }

    pub(super) fn same_seller(&self, page: &Page) -> Result<()> {
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
    pub(super) fn pull_failed(&mut self, error: Error) {
        self.clean = false;
        self.may_have_missed();
        self.pull_failures += 1;
        let wait = self.jittered(5_000 << self.pull_failures.min(6));
        self.pull_at = self.now() + Duration::milliseconds(wait);
        self.met(error);
    }

    pub(super) fn land_ingest(&mut self, result: Result<Ingested>) {
        self.room.ingests = self.room.ingests.saturating_sub(1);
        match result {
            Ok((rows, complete, touched)) => {
                let news = touched.new_orders + touched.changed_orders;
                self.hear(touched);
                rows.iter().skip(1).for_each(|row| self.keep(row));
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

    pub(super) fn pull_complete(&mut self) {
        let now = self.now();
        self.reckon_rate(now);
        self.pages_most = self.pages_most.max(std::mem::take(&mut self.pages_now));
        self.clean = true;
        self.restarts = 0;
        self.pulled_by = Some(now);
        self.shared.gate.pulled(&self.id);
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
    pub(super) fn reload_streams(&mut self) {
        self.streams.iter_mut().for_each(pull::restart);
    }
}
