//! Code of the host's language that the engine calls: its rules and channels. What is asked and answered crosses as JSON, so a
//! binding knows one thing only: how a method is called.

mod channel;
mod rule;

pub use channel::{ForeignChannel, OwnChannel};
pub use rule::ForeignRule;

use crate::error::Failure;
use serde::{Serialize, de::DeserializeOwned};
use std::{future::Future, pin::Pin, sync::Arc};
use sutler::{Applied, Error, ErrorKind, Result};

/// An answer that is awaited.
pub type Answer = Pin<Box<dyn Future<Output = Result<String, Failure>> + Send>>;

/// An object of the host's language.
pub trait Foreign: Send + Sync {
    /// Calls a method with its argument as JSON, and answers JSON. What the method raised is an error; so is a host that ends.
    fn call(&self, method: &str, argument: String) -> Answer;
}

impl<F: Foreign + ?Sized> Foreign for Arc<F> {
    fn call(&self, method: &str, argument: String) -> Answer {
        (**self).call(method, argument)
    }
}

/// The longest text of the host's that is kept, in characters: it may stand in the history of an order.
const TEXT_MAX: usize = 500;

/// A text of the host's, no longer than anybody reads.
pub(crate) fn cut(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(TEXT_MAX) {
        text.truncate(end);
        text.push('…');
    }
    text
}

/// An error of the host's code. It is met where that code was asked, and is never one of our own store or engine.
fn theirs(failure: Failure, op: &str, method: &str) -> Error {
    let ours = [ErrorKind::Store, ErrorKind::NewerSchema, ErrorKind::Closed].map(ErrorKind::as_str);
    let kind = if ours.contains(&failure.kind.as_str()) { ErrorKind::Remote.as_str() } else { &failure.kind };
    let message = match failure.op.as_str() {
        "" => failure.message,
        within => format!("{within}: {}", failure.message),
    };
    Error::from(Failure {
        kind: kind.to_owned(),
        op: format!("{op}.{method}"),
        message: cut(message),
        ..failure
    })
}

/// Asks a method, and reads what it answers.
pub(crate) async fn ask<T: DeserializeOwned>(
    host: &dyn Foreign,
    op: &str,
    method: &str,
    argument: &impl Serialize,
) -> Result<T> {
    let broken = |what: &str, error: serde_json::Error| {
        Error::new(ErrorKind::Protocol, format!("{op}.{method}"))
            .message(format!("{what}: {error}"))
            .with_applied(Applied::Unknown)
    };
    let argument =
        serde_json::to_string(argument).map_err(|error| broken("what is asked cannot be written", error))?;
    let answer = host.call(method, argument).await.map_err(|failure| theirs(failure, op, method))?;
    serde_json::from_str(&answer).map_err(|error| broken("what it answered cannot be read", error))
}
