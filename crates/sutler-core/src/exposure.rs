//! The window between a sale and its push: how long it lasts at most, and how many units can be sold in it (G15).

use crate::{budget::Rate, time::Duration};

/// What the publishing of one channel is bounded by, while the channel answers.
#[derive(Clone, Debug, PartialEq)]
pub struct PublishPath {
    /// Listings that may all have to change at once.
    pub listings: u64,
    /// The rate of setting one level a call.
    pub set_rate: Option<Rate>,
    /// Levels in one call, its rate, and how long it may be worked on; none where there are no such calls, or where so
    /// few listings would not travel so.
    pub batch: Option<(usize, Option<Rate>, Duration)>,
    /// The rate of reading one level a call.
    pub read_rate: Option<Rate>,
    /// The longest a call may take.
    pub call_timeout: Duration,
    /// How long a set may still take effect after its answer; zero where an answer means applied.
    pub apply_max: Duration,
    /// How long a level read may lag behind a set.
    pub read_lag: Duration,
    /// Pages of one complete pull.
    pub pull_pages: u64,
}

/// A budget that was refused is believed to refill half as fast at worst.
const LEARNT: f64 = 0.5;
/// A wish for a pull is put off so long at most before it begins.
const PULL_SOON: Duration = Duration::seconds(20);

impl PublishPath {
    /// From what changes a listing's right level (a sale taken in, a count) to the last of all listings having it, at most.
    ///
    /// One after the other, each at its worst: the last set of the same listing ends and can be seen; every level is read;
    /// a pull in flight ends, and another one that began after the read; every set gets its token, leaves, and takes
    /// effect. Faults of the channel are not in it: a call that fails is repeated, and the window is then longer.
    pub fn latency_max(&self) -> Duration {
        let before = self.call_timeout + self.apply_max + self.read_lag;
        let read = queue(self.listings, self.read_rate) + self.call_timeout;
        let pull = self.call_timeout * i32::try_from(self.pull_pages.clamp(1, 100_000)).unwrap_or(1);
        let singly = queue(self.listings, self.set_rate) + self.call_timeout + self.apply_max;
        let set = match self.batch {
            Some((rows, rate, apply)) => {
                let calls = self.listings.div_ceil(rows.max(1) as u64);
                // The last few may still go by themselves.
                singly.min(queue(rows as u64, self.set_rate)) + queue(calls, rate) + self.call_timeout + apply
            }
            None => singly,
        };
        before + read + pull * 2 + PULL_SOON + set
    }
}

/// How long the last of `calls` waits for its token when the bucket is empty.
fn queue(calls: u64, rate: Option<Rate>) -> Duration {
    let Some(rate) = rate else { return Duration::zero() };
    let seconds = calls as f64 / (rate.per_second * LEARNT).max(1e-9);
    Duration::milliseconds((seconds * 1_000.0).ceil().min(1e15) as i64)
}

/// Units of one SKU that can be sold beyond what there is, if every listing sells out before any push takes effect.
/// `offered` is the level of each listing, `available` what is nobody's (negative when more is wanted than there is).
pub fn exposure_max(offered: impl IntoIterator<Item = i64>, available: i64) -> i64 {
    let offered = offered.into_iter().map(|level| level.max(0)).fold(0_i64, i64::saturating_add);
    offered.saturating_sub(available.max(0)).max(0)
}
