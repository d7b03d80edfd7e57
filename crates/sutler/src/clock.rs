//! Clocks over tokio's timer: real time, and marketplace time that runs faster for a sandbox.

use std::sync::atomic::{AtomicI64, Ordering};
use sutler_core::{
    Error, Result,
    error::ErrorKind,
    ports::{BoxFuture, Clock},
    time::{Duration, Timestamp, from_millis},
};

/// No single wait is longer than this, so that a wall clock that was set is noticed.
const NAP_MAX: std::time::Duration = std::time::Duration::from_secs(60);

/// Marketplace time as a sandbox runs it: at the wall's `started` it is `origin`, and each second of the wall is `speed`
/// seconds of the marketplace. At speed 1 with `origin == started` it is real time ([`MarketClock::real`]).
///
/// Two processes with the same three numbers agree on the time. It never goes back, whatever is done to the wall clock.
#[derive(Debug)]
pub struct MarketClock {
    pace: Pace,
    last: AtomicI64,
}

/// The three numbers of a [`MarketClock`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// Marketplace time at `started`.
    pub origin: Timestamp,
    /// Wall time at which it was `origin`.
    pub started: Timestamp,
    /// Marketplace seconds in a second of the wall; finite, above 0.
    pub speed: f64,
}

impl Pace {
    /// Real time.
    pub fn real() -> Pace {
        let zero = from_millis(0);
        Pace { origin: zero, started: zero, speed: 1.0 }
    }

    /// Does it show real time?
    pub fn is_real(&self) -> bool {
        self.speed == 1.0 && self.origin == self.started
    }

    /// Marketplace time at the wall instant `wall`.
    fn at(&self, wall: Timestamp) -> Timestamp {
        let micros = (wall - self.started).num_microseconds().unwrap_or(i64::MAX) as f64 * self.speed;
        sutler_core::time::later(self.origin, Duration::microseconds(micros as i64))
    }

    /// Marketplace time that passes in `real`.
    fn span(&self, real: std::time::Duration) -> Duration {
        Duration::microseconds((real.as_micros() as f64 * self.speed) as i64)
    }

    /// How long a span of marketplace time lasts on the wall; nothing for a negative one.
    fn on_the_wall(&self, span: Duration) -> std::time::Duration {
        let micros = span.num_microseconds().unwrap_or(i64::MAX).max(0) as f64 / self.speed;
        // Rounded up: waking a moment early would only mean to wait again.
        std::time::Duration::from_micros(micros.min(1e15) as u64 + 1)
    }
}

/// Faster than this, a second of ours is longer than any lease.
const SPEED_MAX: f64 = 1_000_000.0;

impl MarketClock {
    /// Real time.
    pub fn real() -> MarketClock {
        MarketClock { pace: Pace::real(), last: AtomicI64::new(i64::MIN) }
    }

    /// Marketplace time at this pace.
    ///
    /// # Errors
    /// `Config` when the speed is not a finite number above 0.
    pub fn at_pace(pace: Pace) -> Result<MarketClock> {
        if !(pace.speed > 0.0 && pace.speed <= SPEED_MAX) {
            return Err(Error::new(ErrorKind::Config, "clock.speed").message(format!(
                "speed {} is not possible; a number above 0 and up to {SPEED_MAX} is right, 1 being real time",
                pace.speed
            )));
        }
        Ok(MarketClock { pace, last: AtomicI64::new(i64::MIN) })
    }

    /// Its three numbers.
    pub fn pace(&self) -> Pace {
        self.pace
    }
}

impl Clock for MarketClock {
    fn now(&self) -> Timestamp {
        let now = self.pace.at(chrono::Utc::now());
        let before = self.last.fetch_max(now.timestamp_micros(), Ordering::Relaxed);
        chrono::DateTime::from_timestamp_micros(before).filter(|before| *before > now).unwrap_or(now)
    }

    fn sleep_until(&self, until: Timestamp) -> BoxFuture<'static, ()> {
        let pace = self.pace;
        Box::pin(async move {
            loop {
                let left = until - pace.at(chrono::Utc::now());
                if left <= Duration::zero() {
                    return;
                }
                tokio::time::sleep(pace.on_the_wall(left).min(NAP_MAX)).await;
            }
        })
    }

    fn real(&self, real: std::time::Duration) -> Duration {
        self.pace.span(real)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixty_times_as_fast_and_back_again() {
        let zero = from_millis(0);
        let pace = Pace { origin: zero + Duration::days(1), started: zero, speed: 60.0 };
        assert_eq!(pace.at(zero + Duration::seconds(2)), zero + Duration::days(1) + Duration::minutes(2));
        assert_eq!(pace.span(std::time::Duration::from_secs(5)), Duration::minutes(5));
        assert_eq!(pace.on_the_wall(Duration::minutes(1)).as_millis(), 1_000);
        assert_eq!(pace.on_the_wall(Duration::minutes(-1)).as_micros(), 1);
    }

    #[test]
    fn a_clock_that_stands_still_is_refused() {
        for speed in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            let error = MarketClock::at_pace(Pace { speed, ..Pace::real() }).expect_err("no such speed");
            assert_eq!(error.kind(), ErrorKind::Config);
        }
    }

    #[test]
    fn it_never_goes_back() {
        let clock = MarketClock::real();
        let ahead = chrono::Utc::now() + Duration::hours(1);
        clock.last.store(ahead.timestamp_micros(), Ordering::Relaxed);
        assert_eq!(clock.now().timestamp_micros(), ahead.timestamp_micros());
    }
}
