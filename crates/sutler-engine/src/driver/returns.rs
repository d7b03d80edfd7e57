//! Reading what buyers send back: windows and cursors as those of orders, on a clock and a budget of their own. Nothing
//! waits for them: no pull is longer, no level rises later and no write pauses because they cannot be read.

use super::{
    Driver,
    flight::{Landed, write},
};
use crate::{job::Touched, outcome::told_pause, pull, returns::take_returns};
use sutler_core::{
    Error, Result, Timestamp,
    channel::{Page, Pending, RawOrder, StreamKind, StreamSpec},
    command::Handle,
    error::ErrorKind,
    observation::Coverage,
    ports::store::StreamRow,
    returns::{ReturnPage, ReturnsPulled, ReturnsSpec},
    time::Duration,
};

/// How far they have been read, and when they are read again.
#[derive(Debug)]
pub(super) struct Returning {
    pub(super) row: StreamRow,
    pub(super) at: Timestamp,
    flying: bool,
    failures: u32,
    /// What a push names when the channel has done what is waited for.
    awaited: Option<Handle>,
}

impl Returning {
    pub(super) fn new(row: StreamRow, now: Timestamp) -> Returning {
        Returning { row, at: now, flying: false, failures: 0, awaited: None }
    }

    /// What is waited for is done: it is read now.
    pub(super) fn go_on_with(&mut self, handle: &Handle, now: Timestamp) {
        if self.awaited.as_ref() == Some(handle) {
            self.at = self.at.min(now);
        }
    }
}

/// What a read of returns came to.
pub(super) enum Took {
    /// A page is stored: where the stream stands with it, and whether that ends the window.
    Stored { row: StreamRow, complete: bool, touched: Touched },
    /// The channel works on it.
    Waits(Pending),
}

impl Driver {
    /// When the next page may be asked for; none while one is under way, or where the channel tells of no returns. The first
    /// pull comes first: it brings the orders that are sent back, which would each be read by itself otherwise.
    pub(super) fn returns_at(&self, now: Timestamp) -> Option<Timestamp> {
        self.pull.stored_by?;
        let returning = self.returning.as_ref().filter(|one| !one.flying)?;
        let spec = self.channel.returns()?.spec();
        Some(returning.at.max(self.shared.ports.budgets.ready_at(&spec.budget, now, 0.0)))
    }

    pub(super) fn start_returns(&mut self, now: Timestamp) -> Option<()> {
        let server_now = self.server_now(now);
        let spec = self.channel.returns()?.spec();
        let returning = self.returning.as_mut()?;
        pull::begin(&mut returning.row, &window_of(&spec), server_now, spec.overlap);
        let from = pull::from(&returning.row)?;
        (returning.flying, returning.awaited) = (true, None);
        let mut row = returning.row.clone();
        self.room.reads += 1;
        let (shared, id, epoch, channel) =
            (self.shared.clone(), self.id.clone(), self.epoch, self.channel.clone());
        let cx = self.read_cx(now);
        self.fly(async move {
            let asked_at = shared.ports.clock.now();
            let pulled = match channel.returns() {
                Some(returns) => returns.pull(&cx, &from).await,
                None => Ok(ReturnsPulled::Page(ReturnPage::default())),
            };
            let page = match pulled {
                Ok(ReturnsPulled::Page(page)) => page,
                Ok(ReturnsPulled::Pending(pending)) => return Landed::Returned(Ok(Took::Waits(pending))),
                Err(error) => return Landed::Returned(Err(error)),
            };
            let complete = match pull::advance(&mut row, &ids(&page), spec.overlap, server_now) {
                Ok(complete) => complete,
                Err(error) => return Landed::Returned(Err(error)),
            };
            let (own, stored) = (id.clone(), row.clone());
            let done = write(shared, id, epoch, move |job| {
                take_returns(job, &own, &page.returns, asked_at)?;
                job.tx.put_stream(&own, &stored)
            })
            .await;
            Landed::Returned(done.map(|((), touched)| Took::Stored { row, complete, touched }))
        })
    }

    pub(super) fn land_returns(&mut self, result: Result<Took>) {
        self.room.reads = self.room.reads.saturating_sub(1);
        let now = self.now();
        let every = self.channel.returns().map_or(Duration::hours(1), |returns| returns.spec().every);
        match result {
            Ok(Took::Stored { row, complete, touched }) => {
                self.hear(touched);
                let next = if complete { self.jittered(every.num_milliseconds()) } else { 0 };
                if let Some(returning) = &mut self.returning {
                    returning.row = row;
                    (returning.flying, returning.failures) = (false, 0);
                    returning.at = now + Duration::milliseconds(next);
                }
            }
            // Not stored: after a crash it is asked for anew.
            Ok(Took::Waits(Pending { cursor, after, handle })) => {
                if let Some(returning) = &mut self.returning {
                    pull::wait_at(&mut returning.row, cursor);
                    returning.flying = false;
                    returning.at = now + after.max(Duration::seconds(1));
                    returning.awaited = handle;
                }
            }
            Err(error) => self.returns_failed(error, every, now),
        }
    }

    /// Later, and ever later, again; the channel's health shows why.
    fn returns_failed(&mut self, error: Error, every: Duration, now: Timestamp) {
        let failures = self.returning.as_ref().map_or(0, |one| one.failures);
        let wait = self.jittered(every.num_milliseconds().min(60_000 << failures.min(6)));
        if let Some(returning) = &mut self.returning {
            if error.kind() == ErrorKind::Protocol || pull::is_expired(&returning.row, error.kind()) {
                pull::restart(&mut returning.row);
            }
            returning.flying = false;
            returning.failures += 1;
            returning.at = now + Duration::milliseconds(wait).max(told_pause(&error));
        }
        self.met(error);
    }
}

/// As a stream of orders, for the arithmetic of windows.
fn window_of(spec: &ReturnsSpec) -> StreamSpec {
    StreamSpec {
        id: spec.stream.clone(),
        kind: StreamKind::PlacedOrChanged,
        horizon: spec.horizon,
        stands_for: None,
        budget: None,
    }
}

/// The page by its ids alone: what tells it from the one before.
fn ids(page: &ReturnPage) -> Page {
    let id = |(order, one): &(sutler_core::id::ChannelOrderId, sutler_core::returns::Return)| RawOrder {
        channel_order_id: format!("{order}/{}", one.id).as_str().into(),
        raw: Default::default(),
    };
    Page {
        orders: page.returns.iter().map(id).collect(),
        next: page.next.clone(),
        total: None,
        seller: None,
        coverage: Coverage::NONE,
    }
}
