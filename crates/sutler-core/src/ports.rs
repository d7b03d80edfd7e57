//! Ports to the world that the pure code never takes: time, randomness, tokens, judges, the store.

mod judge;
pub mod store;

pub use judge::{Asked, Judge};

use crate::{
    error::Result,
    id::ChannelId,
    time::{Duration, Timestamp, millis},
};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::{fmt, future::Future, pin::Pin};

/// A boxed future that may move between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Marketplace time. With a live marketplace it is real time; with a sandbox it may run faster.
pub trait Clock: Send + Sync + fmt::Debug {
    /// Now.
    fn now(&self) -> Timestamp;
    /// Ends at `until`, or soon after.
    fn sleep_until(&self, until: Timestamp) -> BoxFuture<'static, ()>;
    /// How much marketplace time passes in `real` seconds: call time-outs and leases are real.
    fn real(&self, real: std::time::Duration) -> Duration;
}

/// Randomness, for jitter and ids that need not be guessed.
pub trait Entropy: Send + Sync + fmt::Debug {
    /// Uniform in all bits.
    fn next(&self) -> u64;

    /// Uniform in `0..below` (0 when `below` is 0).
    fn below(&self, below: u64) -> u64 {
        if below == 0 { 0 } else { self.next() % below }
    }
}

/// A token as a channel gave it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredToken {
    /// The secret itself, as the store keeps it.
    pub secret: String,
    /// When it dies.
    #[serde(with = "millis")]
    pub expires_at: Timestamp,
}

/// Keeps rotating refresh tokens, stored before they are used.
#[async_trait]
pub trait TokenStore: Send + Sync + fmt::Debug {
    /// The last refresh token of a channel, if one was ever rotated.
    async fn refresh_token(&self, channel: &ChannelId) -> Result<Option<StoredToken>>;
    /// Stores a rotated refresh token; durable when this returns.
    async fn put_refresh_token(&self, channel: &ChannelId, token: &StoredToken) -> Result<()>;
}
