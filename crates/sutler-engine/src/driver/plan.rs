//! Which streams a pull reads, and what a stream that stands for another one completes.

use super::Driver;
use crate::pull;
use sutler_core::{
    Error, Timestamp,
    channel::{ReadNeed, StreamSpec},
    id::StreamId,
    ports::store::StreamRow,
    time::Duration,
};

/// After a stream that stands for another failed, it is not read for this long: what failed it may last, and while it is tried
/// the other one stands still.
const LEFT_ALONE: Duration = Duration::hours(4);

impl Driver {
    /// What the channel's own plan chooses by.
    pub(super) fn read_need(&self, now: Timestamp, waits: Option<Duration>) -> ReadNeed {
        let (budgets, scope) = (&self.shared.ports.budgets, &self.channel.capabilities().pull_budget);
        ReadNeed {
            now: self.server_now(now),
            streams: self.pull.streams.iter().map(|row| (row.id.clone(), row.watermark)).collect(),
            hinted: self.hints.len(),
            orders_per_day: self.pull.orders_per_day,
            waits,
            pull_tokens: budgets.tokens(scope, now),
            pull_rate: budgets.rate(scope).map_or(f64::INFINITY, |rate| rate.per_second),
        }
    }

    /// Orders a day, by what the pulls of the last hour and more brought.
    pub(super) fn reckon_rate(&mut self, now: Timestamp) {
        let Some(since) = self.pull.counted_from else {
            // What the first pull brought is a backlog and no rate.
            (self.pull.counted_from, self.pull.brought) = (Some(now), 0);
            return;
        };
        let span = now - since;
        if span >= Duration::hours(1) {
            let a_day = self.pull.brought as f64 * 86_400_000.0 / span.num_milliseconds() as f64;
            self.pull.orders_per_day = Some(a_day.min(f64::from(u32::MAX)) as u32);
            (self.pull.counted_from, self.pull.brought) = (Some(now), 0);
        }
    }

    /// The streams the channel's plan asks for. One that stands for another is not among them for a while after it failed.
    fn planned(&self, now: Timestamp, waits: Option<Duration>) -> Vec<StreamId> {
        let asked = self.channel.plan(&self.read_need(now, waits));
        if now >= self.pull.stand_ins_from {
            return asked;
        }
        self.channel.capabilities().own_streams().map(|spec| spec.id.clone()).collect()
    }

    /// Begins a pull of what the channel's plan asks for.
    pub(super) fn begin_pull(&mut self, now: Timestamp) {
        let (server_now, planned) = (self.server_now(now), self.planned(now, None));
        let capabilities = self.channel.capabilities();
        for spec in &capabilities.streams {
            if let Some(row) =
                self.pull.streams.iter_mut().find(|row| row.id == spec.id && planned.contains(&row.id))
            {
                pull::begin(row, spec, server_now, capabilities.visibility_delay);
            }
        }
    }

    /// The next page of `row` has to wait: another way of reading the same may be faster by now.
    pub(super) fn may_hand_over(&mut self, row: &StreamRow, now: Timestamp) -> bool {
        let waits = self.pull_budget_at(now) - now;
        let planned = if waits > Duration::zero() { self.planned(now, Some(waits)) } else { Vec::new() };
        let takes_over =
            |other: &StreamRow| planned.contains(&other.id) && self.stands_for(other) == Some(&row.id);
        let Some(place) = self.pull.streams.iter().position(takes_over) else { return false };
        if let Some(other) = self.pull.streams.get_mut(place) {
            pull::hand_over(row, other);
        }
        true
    }

    /// The stream whose page is read next. One that stands for another goes first: the other one waits for it.
    pub(super) fn running(&self) -> Option<&StreamRow> {
        let under_way = || self.pull.streams.iter().filter(|row| !row.windows.is_empty());
        under_way().find(|row| self.stands_for(row).is_some()).or_else(|| under_way().next())
    }

    /// A stream that stood for another one failed: the other one goes on where it was.
    pub(super) fn stand_in_failed(&mut self, mut row: StreamRow, error: Error) {
        pull::give_up(&mut row);
        self.keep(&row);
        self.pull.stand_ins_from = self.now() + LEFT_ALONE;
        self.pull_failed(error);
    }

    /// When the budget lets the next page be asked for.
    pub(super) fn pull_budget_at(&self, now: Timestamp) -> Timestamp {
        let own = self.running().and_then(|row| self.spec(&row.id)?.budget.as_ref());
        let scope = own.unwrap_or(&self.channel.capabilities().pull_budget);
        self.shared.ports.budgets.ready_at(scope, now, 0.0)
    }

    fn spec(&self, id: &StreamId) -> Option<&StreamSpec> {
        self.channel.capabilities().streams.iter().find(|spec| spec.id == *id)
    }

    /// The stream that `row` stands for.
    pub(super) fn stands_for(&self, row: &StreamRow) -> Option<&StreamId> {
        self.spec(&row.id)?.stands_for.as_ref()
    }

    /// The stream that a complete `row` completes too, as it is to be stored.
    pub(super) fn stood_for(&self, row: &StreamRow) -> Option<StreamRow> {
        let other = self.stands_for(row)?;
        let mut theirs = self.pull.streams.iter().find(|known| known.id == *other)?.clone();
        theirs.watermark = theirs.watermark.max(row.watermark);
        theirs.pulled_at = theirs.pulled_at.max(row.pulled_at);
        pull::give_up(&mut theirs);
        Some(theirs)
    }
}
