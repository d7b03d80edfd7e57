//! How far the marketplace's clock is from ours, learnt from the `Date` of its answers.

use std::sync::{Mutex, PoisonError};
use sutler_core::time::{Duration, Timestamp};

/// The instant of an HTTP `Date` header, whole seconds.
pub fn http_date(text: &str) -> Option<Timestamp> {
    chrono::DateTime::parse_from_rfc2822(text).ok().map(|date| date.to_utc())
}

/// What all answers so far allow the offset to be.
///
/// `Date` has whole seconds and was written somewhere between our sending and our reading, so each answer allows a range;
/// the ranges of all answers are cut with each other. An answer that contradicts the earlier ones (a clock was set) starts
/// anew.
#[derive(Debug, Default)]
pub struct ClockOffset(Mutex<Option<(Duration, Duration)>>);

impl ClockOffset {
    /// Takes in one answer: sent and read at these instants of ours, dated `date` by the marketplace.
    pub fn learn(&self, sent_at: Timestamp, read_at: Timestamp, date: Timestamp) {
        let (low, high) = (date - read_at, date + Duration::milliseconds(999) - sent_at);
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *known = Some(match *known {
            Some((known_low, known_high)) if low <= known_high && known_low <= high => {
                (low.max(known_low), high.min(known_high))
            }
            _ => (low, high),
        });
    }

    /// Marketplace time less ours: the smallest that fits all answers, so 0 while nothing speaks against it.
    pub fn get(&self) -> Duration {
        match *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            Some((low, _)) if low > Duration::zero() => low,
            Some((_, high)) if high < Duration::zero() => high,
            _ => Duration::zero(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sutler_core::time::from_millis;

    #[test]
    fn a_date_header_is_read() {
        assert_eq!(http_date("Sun, 06 Nov 1994 08:49:37 GMT"), Some(from_millis(784_111_777_000)));
        assert_eq!(http_date("yesterday"), None);
    }

    #[test]
    fn a_right_clock_has_no_offset_and_ranges_narrow() {
        let offset = ClockOffset::default();
        assert_eq!(offset.get(), Duration::zero());
        offset.learn(from_millis(10_300), from_millis(10_400), from_millis(10_000));
        assert_eq!(offset.get(), Duration::zero());
        // The marketplace is 90.5 s ahead: 20_100 is 110_600 there, written as 110_000.
        let ahead = ClockOffset::default();
        ahead.learn(from_millis(20_100), from_millis(20_200), from_millis(110_000));
        assert_eq!(ahead.get(), Duration::milliseconds(89_800));
        ahead.learn(from_millis(20_500), from_millis(20_550), from_millis(111_000));
        assert_eq!(ahead.get(), Duration::milliseconds(90_450));
    }

    #[test]
    fn a_clock_behind_gives_a_negative_offset_and_a_set_clock_starts_anew() {
        let offset = ClockOffset::default();
        offset.learn(from_millis(100_000), from_millis(100_100), from_millis(40_000));
        assert_eq!(offset.get(), Duration::milliseconds(-59_001));
        offset.learn(from_millis(200_000), from_millis(200_100), from_millis(200_000));
        assert_eq!(offset.get(), Duration::zero());
    }
}
