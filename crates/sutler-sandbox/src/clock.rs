//! Marketplace time: wall time, moved to an origin and multiplied by a speed.

use chrono::{Duration, Utc};
use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// Milliseconds since 1970 of marketplace time.
pub(crate) type Ms = i64;

pub(crate) const DAY: Ms = 24 * 60 * 60 * 1000;

/// The instant as everybody else writes it; the epoch for one no calendar has.
pub(crate) fn timestamp(at: Ms) -> Timestamp {
    chrono::DateTime::from_timestamp_millis(at).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Maps wall time to marketplace time: at `started` (wall) it is `origin` (marketplace), and every second of wall time
/// is `speed` seconds of marketplace time. Two processes that share the three numbers agree on the time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SandboxClock {
    /// Marketplace time at `started`.
    pub origin: Timestamp,
    /// Wall time at which marketplace time was `origin`.
    pub started: Timestamp,
    /// Marketplace seconds per wall second; finite and above zero.
    pub speed: f64,
}

impl SandboxClock {
    /// A clock that shows `origin` at the wall's present instant and then runs at `speed`.
    pub fn starting_now(origin: Timestamp, speed: f64) -> SandboxClock {
        SandboxClock { origin, started: Utc::now(), speed }
    }

    /// Marketplace time at the wall instant `wall`.
    pub fn at(&self, wall: Timestamp) -> Timestamp {
        let elapsed = (wall - self.started).num_microseconds().unwrap_or(i64::MAX) as f64 * self.speed;
        self.origin + Duration::microseconds(elapsed as i64)
    }

    /// Marketplace time now.
    pub fn now(&self) -> Timestamp {
        self.at(Utc::now())
    }

    /// How long a span of marketplace time lasts on the wall; zero for a negative span.
    pub fn on_the_wall(&self, span: Duration) -> std::time::Duration {
        let micros = span.num_microseconds().unwrap_or(i64::MAX).max(0) as f64 / self.speed;
        std::time::Duration::from_micros(micros as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixty_times_as_fast() {
        let zero = Timestamp::UNIX_EPOCH;
        let clock = SandboxClock { origin: zero + Duration::days(1), started: zero, speed: 60.0 };
        assert_eq!(clock.at(zero + Duration::seconds(2)), zero + Duration::days(1) + Duration::seconds(120));
        assert_eq!(clock.on_the_wall(Duration::seconds(30)), std::time::Duration::from_millis(500));
        assert_eq!(clock.on_the_wall(Duration::seconds(-1)), std::time::Duration::ZERO);
    }
}
