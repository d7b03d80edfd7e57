//! Instants. The core is told what time it is; it never asks.

/// An instant in UTC. Channels give milliseconds at best, and stores keep milliseconds.
pub type Timestamp = chrono::DateTime<chrono::Utc>;
/// A span of time.
pub type Duration = chrono::Duration;

/// The instant `ms` milliseconds after the epoch; the epoch itself when out of chrono's range.
pub fn from_millis(ms: i64) -> Timestamp {
    chrono::DateTime::from_timestamp_millis(ms).unwrap_or_default()
}

/// `at` and `span` more; the last instant there is where the sum is beyond it.
pub fn later(at: Timestamp, span: Duration) -> Timestamp {
    at.checked_add_signed(span).unwrap_or(Timestamp::MAX_UTC)
}

/// `at` less `span`; the first instant there is where the difference is before it.
pub fn earlier(at: Timestamp, span: Duration) -> Timestamp {
    at.checked_sub_signed(span).unwrap_or(Timestamp::MIN_UTC)
}

/// Serde for instants as milliseconds since the epoch: compact in journals, exact in stores.
pub mod millis {
    pub use chrono::serde::ts_milliseconds::{deserialize, serialize};
}

/// The same for instants that may be absent.
pub mod millis_option {
    pub use chrono::serde::ts_milliseconds_option::{deserialize, serialize};
}
