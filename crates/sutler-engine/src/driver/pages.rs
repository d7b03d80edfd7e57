//! Pulling: pages asked for, stored, and what their end means.

use super::flight::Ingested;
use super::{
    Driver,
    flight::{Landed, told, write},
};
use crate::{ingest::take_in, job::Job, outcome::told_pause, pull};
use sutler_core::{
    Error, Result, Timestamp,
    channel::{Page, Pending, PullFrom, Pulled},
    command::Handle,
    error::ErrorKind,
    ports::store::{StoreExt, StreamRow},
    time::Duration,
};

/// Did the channel say no? What was merely lost on the way is asked again.
fn is_an_answer(kind: ErrorKind) -> bool {
    use ErrorKind::{Forbidden, Invalid, NotFound, Protocol, Refused};
    matches!(kind, Forbidden | Invalid | NotFound | Protocol | Refused)
}

/// How far reading has come. What is in `streams` runs ahead of the store by the pages in flight; whatever may be lost on its
/// way there is asked for again from where `stored` ends.
pub(super) struct Pulling {
    pub(super) streams: Vec<StreamRow>,
    /// The same as the store has it.
    pub(super) stored: Vec<StreamRow>,
    /// A page that waits for the one before it to be stored.
    pub(super) ahead: Option<Box<ReadPage>>,
    /// Pages lost on their way into the store.
    pub(super) losses: u64,
    /// A page that was read and is not stored yet, or may have been: see [`Reading::unread`](crate::stock::Reading::unread).
    pub(super) unread: bool,
    /// The last pull that began finished in full.
    pub(super) clean: bool,
    /// When all that the last complete pull brought was stored; none before the first since the start.
    pub(super) stored_by: Option<Timestamp>,
    /// When the next one begins, and one that failed goes on.
    pub(super) at: Timestamp,
    /// The channel works on what is being pulled; nothing is asked before.
    pub(super) wait: Option<Timestamp>,
    /// What a push names when that is done.
    pub(super) awaited: Option<Handle>,
    /// In a row.
    pub(super) failures: u32,
    /// Windows begun anew since the last complete pull, because their cursors were refused.
    pub(super) restarts: u32,
    /// Streams that stand for others are left alone until then.
    pub(super) stand_ins_from: Timestamp,
    /// Pages of the pull under way, and of the longest so far.
    pub(super) pages_now: u64,
    pub(super) pages_most: u64,
    /// Orders that were new or changed since `counted_from`, and what that comes to a day.
    pub(super) brought: u64,
    pub(super) counted_from: Option<Timestamp>,
    pub(super) orders_per_day: Option<u32>,
}

impl Pulling {
    pub(super) fn new(now: Timestamp) -> Pulling {
        Pulling {
            streams: Vec::new(),
            stored: Vec::new(),
            ahead: None,
            losses: 0,
            unread: false,
            clean: false,
            stored_by: None,
            at: now,
            wait: None,
            awaited: None,
            failures: 0,
            restarts: 0,
            stand_ins_from: now,
            pages_now: 0,
            pages_most: 0,
            brought: 0,
            counted_from: None,
            orders_per_day: None,
        }
    }

    /// A page is stored, and where it left its streams.
    fn stored(&mut self, rows: Vec<StreamRow>) {
        for row in rows {
            if let Some(stored) = self.stored.iter_mut().find(|stored| stored.id == row.id) {
                *stored = row;
            }
        }
    }

    /// A page is not stored, so nothing that follows from it may be: on from where the store says it ended.
    fn lost(&mut self) {
        self.losses += 1;
        self.ahead = None;
        self.streams.clone_from(&self.stored);
        self.streams.iter_mut().for_each(pull::restart);
    }

    /// Is the pull under way read to its end?
    pub(super) fn is_read(&self) -> bool {
        self.streams.iter().all(|row| row.windows.is_empty())
    }
}

/// A page, or whatever a pull gave, as it landed.
pub(super) struct ReadPage {
    pub(super) row: StreamRow,
    pub(super) asked_at: Timestamp,
    pub(super) result: Result<Pulled>,
    /// How many pages had been lost on their way into the store when it was asked for.
    pub(super) losses: u64,
}

impl Driver {
    pub(super) fn start_pull(&mut self, now: Timestamp) -> Option<()> {
        if self.pull.is_read() {
            if now < self.pull.at {
                return None;
            }
            self.begin_pull(now);
        }
        (self.pull.wait, self.pull.awaited) = (None, None);
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
        self.pull.pages_now += 1;
        self.pull.unread = true;
        let (channel, cx) = (self.channel.clone(), self.read_cx(now));
        let clock = self.shared.ports.clock.clone();
        // What stands for another shows the time when it was begun, however late it is handed on.
        let as_of = self.stands_for(&row).and(row.began_at).map(|at| self.our_time(at));
        let losses = self.pull.losses;
        self.fly(async move {
            let asked_at = as_of.unwrap_or_else(|| clock.now());
            let result: Result<Pulled> = channel.pull(&cx, &from).await;
            Landed::Pulled(Box::new(ReadPage { row, asked_at, result, losses }))
        })
    }

    /// Stores a page and where it leaves its streams: what is unchanged by its digest is not even parsed.
    fn ingest(
        &mut self,
        rows: Vec<StreamRow>,
        page: Page,
        asked_at: Timestamp,
        paged: bool,
        complete: bool,
    ) -> Option<()> {
        let row = rows.first()?.clone();
        self.room.ingests += 1;
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

    pub(super) fn land_pull(&mut self, read: Box<ReadPage>) {
        self.room.pulls = self.room.pulls.saturating_sub(1);
        if self.room.ingests > 0 {
            // Pages are stored in their order: one that is stored before its predecessor would hide that it is missing.
            self.pull.ahead = Some(read);
        } else {
            self.take_page(*read);
        }
    }

    fn take_page(&mut self, read: ReadPage) {
        let ReadPage { mut row, asked_at, result, losses } = read;
        if losses != self.pull.losses {
            // It goes on from a page that was lost.
            return;
        }
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
                match pull::advance(&mut row, &page, delay, self.server_now(self.now())) {
                    Ok(complete) => {
                        let next = (!complete).then(|| row.clone());
                        let mut rows = vec![row];
                        rows.extend(complete.then(|| self.stood_for(&rows[0])).flatten());
                        rows.iter().for_each(|row| self.keep(row));
                        self.ingest(rows, page, asked_at, paged, complete);
                        let now = self.now();
                        if let Some(row) = next
                            && !self.shared.is_stopping()
                            && !self.may_hand_over(&row, now)
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
            Ok(Pulled::Pending(Pending { cursor, after, handle })) => {
                self.went(None);
                pull::wait_at(&mut row, cursor);
                self.keep(&row);
                self.pull.wait = Some(self.now() + after.max(Duration::seconds(1)));
                self.pull.awaited = handle;
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
                    let wait = self.jittered(5_000 << self.pull.restarts.min(8));
                    self.pull.restarts += 1;
                    self.pull.wait = Some(self.now() + Duration::milliseconds(wait));
                }
            }
        }
    }

    pub(super) fn keep(&mut self, row: &StreamRow) {
        if let Some(mine) = self.pull.streams.iter_mut().find(|mine| mine.id == row.id) {
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
        self.pull.clean = false;
        self.may_have_missed();
        self.pull.failures += 1;
        let wait = Duration::milliseconds(self.jittered(5_000 << self.pull.failures.min(6)));
        self.pull.at = self.now() + wait.max(told_pause(&error));
        self.met(error);
    }

    pub(super) fn land_ingest(&mut self, result: Result<Ingested>) {
        self.room.ingests = self.room.ingests.saturating_sub(1);
        match result {
            Ok((rows, complete, touched)) => {
                let news = touched.new_orders + touched.changed_orders;
                self.hear(touched);
                self.pull.stored(rows);
                self.pull.brought += news;
                self.pull.failures = 0;
                if let Some(ahead) = self.pull.ahead.take() {
                    self.take_page(*ahead);
                }
                self.pull.unread =
                    self.room.pulls > 0 || self.room.ingests > 0 || !self.pull.clean && self.pull.unread;
                let stored = self.room.ingests == 0 && self.pull.is_read();
                if complete && stored {
                    self.pull_complete();
                }
            }
            Err(error) => {
                self.pull.lost();
                self.pull_failed(error);
            }
        }
    }

    pub(super) fn pull_complete(&mut self) {
        let now = self.now();
        self.reckon_rate(now);
        self.pull.pages_most = self.pull.pages_most.max(std::mem::take(&mut self.pull.pages_now));
        self.pull.clean = true;
        self.pull.restarts = 0;
        self.pull.stored_by = Some(now);
        self.shared.gate.pulled(&self.id);
        if std::mem::take(&mut self.undecided) {
            (self.decide_now, self.decide_after) = (true, None);
        }
        self.pull.unread = self.room.pulls > 0 || self.room.ingests > 0;
        self.status.pulls += 1;
        let interval = self.shared.world.settings.pull_interval.min(Duration::minutes(15));
        self.pull.at = now + Duration::milliseconds(self.jittered(interval.num_milliseconds()));
        // What waited for a complete pull can be reckoned now.
        self.mirror.dirty.values_mut().for_each(|at| *at = (*at).min(now + Duration::seconds(1)));
    }
}
