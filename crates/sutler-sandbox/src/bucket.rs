//! A token bucket in whole numbers, so that the same requests are granted on every machine.

use crate::clock::Ms;

/// Holds up to `burst` tokens and gains `gain` of them in every `period` milliseconds.
///
/// One token is `period` shares; every millisecond adds `gain` shares.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Bucket {
    burst: i64,
    gain: i64,
    period: i64,
    shares: i64,
    since: Ms,
}

impl Bucket {
    /// A full bucket; all three are at least 1.
    pub(crate) fn new(burst: i64, gain: i64, period: i64, start: Ms) -> Bucket {
        let (burst, gain, period) = (burst.max(1), gain.max(1), period.max(1));
        Bucket { burst, gain, period, shares: burst * period, since: start }
    }

    pub(crate) fn refill(&mut self, now: Ms) {
        let full = self.burst * self.period;
        // Longer than it takes to fill: any more would only overflow.
        let elapsed = (now - self.since).clamp(0, full / self.gain + 1);
        self.shares = (self.shares + elapsed * self.gain).min(full);
        self.since = now;
    }

    pub(crate) fn tokens(&self) -> i64 {
        self.shares / self.period
    }

    /// Takes a token if there is one.
    pub(crate) fn take(&mut self) -> bool {
        let granted = self.tokens() > 0;
        if granted {
            self.shares -= self.period;
        }
        granted
    }

    /// When there is one more token than now; now itself when full.
    pub(crate) fn next(&self, now: Ms) -> Ms {
        let wanted = ((self.tokens() + 1) * self.period).min(self.burst * self.period);
        now + (wanted - self.shares + self.gain - 1) / self.gain
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_and_then_the_rate() {
        // 0.0056 a second with a burst of 20: 56 in 10,000 seconds.
        let mut bucket = Bucket::new(20, 56, 10_000_000, 0);
        assert!((0..20).all(|_| bucket.take()) && !bucket.take());
        assert_eq!(bucket.next(0), 178_572);
        bucket.refill(178_571);
        assert!(!bucket.take());
        bucket.refill(178_572);
        assert!(bucket.take() && !bucket.take());
        bucket.refill(Ms::MAX / 2);
        assert_eq!(bucket.tokens(), 20);
        assert_eq!(bucket.next(7), 7);
    }
}
