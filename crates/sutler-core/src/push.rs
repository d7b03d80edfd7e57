//! Pushes: what a marketplace tells us unasked. A hint, never the truth (G11): it is believed only if it is authentic, ranks
//! below any read, and what it tells of is read again.

use crate::{channel::CallCx, command::Handle, error::Result, id::ChannelOrderId, time::Timestamp};
use async_trait::async_trait;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, fmt};

/// One HTTP request of a marketplace's, as it arrived: the body byte for byte, since signatures cover the bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct PushRequest {
    /// `GET` or `POST`.
    pub method: String,
    /// Path and query, as they arrived.
    pub target: String,
    /// Names in any case, values as they arrived.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
}

impl PushRequest {
    /// The value of a header, by its name in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

impl fmt::Debug for PushRequest {
    /// Without header values and body: they hold secrets and personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.target.split('?').next().unwrap_or_default();
        f.debug_struct("PushRequest")
            .field("method", &self.method)
            .field("path", &path)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// What to answer the marketplace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushReply {
    /// The HTTP status.
    pub status: u16,
    /// The content type of the body, if there is one.
    pub content_type: Option<Cow<'static, str>>,
    /// The body.
    pub body: String,
}

impl PushReply {
    /// A status without a body.
    pub fn status(status: u16) -> PushReply {
        PushReply { status, content_type: None, body: String::new() }
    }
}

/// One thing a push tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Told {
    /// Something about this order is new: read it again. Read before others that are due later, if it says when.
    Order {
        /// Which.
        order: ChannelOrderId,
        /// When it is due, where the push says so.
        #[serde(with = "crate::time::millis_option")]
        due: Option<Timestamp>,
    },
    /// Work the channel accepted is finished: ask after it now.
    Finished(Handle),
    /// The buyer of these names closed the account: erase what is personal of all orders of theirs (G35).
    EraseBuyer(Vec<String>),
    /// The seller withdrew our authorization.
    Revoked,
}

/// What became of a push.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PushOutcome {
    /// Authentic. `told` must be durable before `reply` is given.
    Told {
        /// The push's own id; the same one again tells nothing new.
        id: String,
        /// What it tells; may be empty (a test push).
        told: Vec<Told>,
        /// What to answer then.
        reply: PushReply,
    },
    /// A question about us (a challenge): only an answer is wanted.
    Answer(PushReply),
    /// Its key is not known yet: call [`Pushes::learn_key`] with it, then ask again.
    WantsKey(String),
    /// Not authentic, or not readable: nothing of it is believed.
    Refused {
        /// What to answer.
        reply: PushReply,
        /// Why, without anything of its content.
        why: String,
    },
}

/// Pushes over HTTP.
///
/// # Behavior
/// - `receive` verifies over the raw bytes, decodes, and changes nothing. It waits for nobody, unless the code that verifies is
///   a host's; the marketplace waits for the answer meanwhile.
/// - It never panics, whatever arrives, and does no work worth an attack before the signature is checked.
#[async_trait]
pub trait Pushes: Send + Sync {
    /// Verifies and decodes.
    async fn receive(&self, now: Timestamp, request: &PushRequest) -> PushOutcome;
    /// Gets a verification key and remembers it; also remembers for a while that there is none (negative caching).
    ///
    /// # Errors
    /// As any read; `NotFound` when the marketplace has no such key.
    async fn learn_key(&self, cx: &CallCx, key: &str) -> Result<()>;
}

/// One message of a queue.
#[derive(Clone, PartialEq, Eq)]
pub struct Delivery {
    /// What removes it from the queue.
    pub receipt: String,
    /// Its own id.
    pub id: String,
    /// What it tells; a message that cannot be read tells nothing, and `unreadable` says why.
    pub told: Vec<Told>,
    /// Why it could not be read.
    pub unreadable: Option<String>,
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery").field("id", &self.id).field("told", &self.told).finish_non_exhaustive()
    }
}

/// Pushes through a queue that we read (SQS): at least once, in any order.
///
/// # Behavior
/// - A message is removed only after what it tells is durable.
/// - Neither call loops or retries.
#[async_trait]
pub trait PushQueue: Send + Sync {
    /// Waits for messages, as long as one long poll takes; at most ten.
    async fn receive(&self, cx: &CallCx) -> Result<Vec<Delivery>>;
    /// Removes messages.
    async fn remove(&self, cx: &CallCx, receipts: &[String]) -> Result<()>;
}
