//! Pauses that grow, with jitter so that channels that failed together do not come back together.

use sutler_core::{
    ports::Entropy,
    time::{Duration, Timestamp},
};

const FIRST_MS: i64 = 500;
const LONGEST_MS: i64 = 60_000;

/// The pauses of one call: 0.5 s, doubling to 60 s of marketplace time, each between half of that and all of it.
#[derive(Debug)]
pub(crate) struct Backoff {
    next_ms: i64,
}

impl Backoff {
    pub(crate) fn new() -> Backoff {
        Backoff { next_ms: FIRST_MS }
    }

    /// The instant at which to try again.
    pub(crate) fn next(&mut self, now: Timestamp, entropy: &dyn Entropy) -> Timestamp {
        let half = self.next_ms / 2;
        self.next_ms = (self.next_ms * 2).min(LONGEST_MS);
        let jitter = i64::try_from(entropy.below(half.unsigned_abs() + 1)).unwrap_or(half);
        now + Duration::milliseconds(half + jitter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Fixed(u64);
    impl Entropy for Fixed {
        fn next(&self) -> u64 {
            self.0
        }
    }

    #[test]
    fn pauses_double_up_to_a_minute_and_never_leave_their_band() {
        for entropy in [Fixed(0), Fixed(u64::MAX), Fixed(12_345)] {
            let (mut backoff, now) = (Backoff::new(), Timestamp::default());
            for full in [500, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000] {
                let pause = (backoff.next(now, &entropy) - now).num_milliseconds();
                assert!((full / 2..=full).contains(&pause), "{pause} of {full}");
            }
        }
    }
}
