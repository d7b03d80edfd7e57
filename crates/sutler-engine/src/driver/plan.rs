//! Which streams a pull reads, and what a stream that stands for another one completes.

use super::Driver;
use sutler_core::{
    Timestamp,
    channel::{ReadNeed, StreamSpec},
    id::StreamId,
    ports::store::StreamRow,
    time::Duration,
};

impl Driver {
    /// What the channel's own plan chooses by.
    pub(super) fn read_need(&self, now: Timestamp) -> ReadNeed {
        let (budgets, scope) = (&self.shared.ports.budgets, &self.channel.capabilities().pull_budget);
        ReadNeed {
            now: self.server_now(now),
            streams: self.streams.iter().map(|row| (row.id.clone(), row.watermark)).collect(),
            hinted: self.hints.len(),
            orders_per_day: self.orders_per_day,
            pull_tokens: budgets.tokens(scope, now),
            pull_rate: budgets.rate(scope).map_or(f64::INFINITY, |rate| rate.per_second),
        }
    }

    /// Orders a day, by what the pulls of the last hour and more brought.
    pub(super) fn reckon_rate(&mut self, now: Timestamp) {
        let Some(since) = self.counted_from else {
            // What the first pull brought is a backlog and no rate.
            (self.counted_from, self.brought) = (Some(now), 0);
            return;
        };
        let span = now - since;
        if span >= Duration::hours(1) {
            let a_day = self.brought as f64 * 86_400_000.0 / span.num_milliseconds() as f64;
            self.orders_per_day = Some(a_day.min(f64::from(u32::MAX)) as u32);
            (self.counted_from, self.brought) = (Some(now), 0);
        }
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
        let mut theirs = self.streams.iter().find(|known| known.id == *other)?.clone();
        theirs.watermark = theirs.watermark.max(row.watermark);
        theirs.pulled_at = theirs.pulled_at.max(row.pulled_at);
        Some(theirs)
    }
}
