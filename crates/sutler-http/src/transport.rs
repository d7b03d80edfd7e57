//! The one method a connection to the world has.

use async_trait::async_trait;
use bytes::Bytes;
use std::fmt;
use sutler_core::error::{Error, ErrorKind, Retry};

/// What goes out: complete, authorised, with an absolute URI.
pub type Request = http::Request<Bytes>;
/// What came back, its body read to the end.
pub type Response = http::Response<Bytes>;

/// Could the other side have seen the request?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// Not one byte of it left.
    No,
    /// Some of it may have left; nobody can tell whether it was acted upon.
    Maybe,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TransportError {
    /// Could the other side have seen the request?
    pub sent: Sent,
    /// `Network` where repeating may help; `Protocol` or `Invalid` where it would fail the same way.
    pub kind: ErrorKind,
    /// In words: no URL, no header, no body.
    pub message: String,
}

impl TransportError {
    /// The request never left: no name, no connection, no handshake.
    pub fn not_sent(message: impl Into<String>) -> Self {
        TransportError { sent: Sent::No, kind: ErrorKind::Network, message: message.into() }
    }

    /// The connection broke, or the answer cannot be read, after the request may have left.
    pub fn maybe_sent(message: impl Into<String>) -> Self {
        TransportError { sent: Sent::Maybe, kind: ErrorKind::Network, message: message.into() }
    }

    /// The request cannot be put on a wire at all.
    pub fn unsendable(message: impl Into<String>) -> Self {
        TransportError { sent: Sent::No, kind: ErrorKind::Invalid, message: message.into() }
    }

    /// The answer's body is longer than `bytes_max`. The request was surely seen.
    pub fn too_large(bytes_max: usize) -> Self {
        TransportError {
            sent: Sent::Maybe,
            kind: ErrorKind::Protocol,
            message: format!("the answer is longer than the {bytes_max} bytes that are read of one"),
        }
    }

    /// It as an error of the call `op`: what a token source returns when its endpoint could not be asked. For calls the pipe
    /// does this, and says what may have been applied.
    pub fn error(self, op: &'static str) -> Error {
        let retry = if self.kind == ErrorKind::Network { Retry::Backoff } else { Retry::Never };
        Error::new(self.kind, op).message(self.message.clone()).with_retry(retry).with_source(self)
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for TransportError {}

/// Carries one request and brings back its answer.
///
/// # Behavior
/// - An answer is an answer: a status that is not 2xx is no error.
/// - A redirect is returned, never followed.
/// - Nothing is repeated here, and there is no time-out here: the pipe drops the future instead.
/// - The body is read whole and bounded; a longer one is [`TransportError::too_large`].
/// - `Sent::No` is a promise. Where it is not certain, the answer is `Sent::Maybe`.
#[async_trait]
pub trait Transport: Send + Sync + fmt::Debug {
    /// Sends `request` and reads the answer.
    async fn send(&self, request: Request) -> Result<Response, TransportError>;
}
