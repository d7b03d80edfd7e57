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
    let answer = host.call(method, argument).await.map_err(|mut failure| {
        if failure.op.is_empty() {
            failure.op = format!("{op}.{method}");
        }
        Error::from(failure)
    })?;
    serde_json::from_str(&answer).map_err(|error| broken("what it answered cannot be read", error))
}
