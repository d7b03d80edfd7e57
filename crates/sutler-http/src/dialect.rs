//! What a connector knows of its marketplace's manners: how to sign a request, how to read a status.

use crate::{
    call::{Attempt, Call},
    token::Token,
    transport::Response,
};
use std::fmt;
use sutler_core::{
    error::{Applied, Error, Result},
    time::Timestamp,
};

/// How the pipe is to take an answer.
#[derive(Debug)]
pub enum Verdict {
    /// It is the answer, whatever its status: `map` reads it (a 404 that means "none" is one of these).
    Ok,
    /// The token was not accepted, and nothing was applied (401).
    Unauthorized,
    /// Too many requests, and nothing was applied (429).
    RateLimited {
        /// When the next one may go, by the marketplace's clock; none where it does not say.
        until: Option<Timestamp>,
    },
    /// It is no answer that `map` could read. The error's `retry` decides whether a read is repeated; the pause of an
    /// `After` is marketplace time.
    Fault {
        /// Did the marketplace act? Named at every place, since the wrong word sends a write twice. A 5xx to a write is
        /// `Unknown`. Reads apply nothing whatever stands here.
        applied: Applied,
        /// What went wrong.
        error: Error,
    },
}

/// What an answer's headers tell of a budget.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BudgetHint {
    /// Tokens left when the marketplace answered.
    pub left: f64,
    /// When there will be more, by the marketplace's clock; used when the answer is a refusal that names no instant.
    pub until: Option<Timestamp>,
}

/// The only code of a connector that knows status codes and headers.
pub trait Dialect: Send + Sync + fmt::Debug {
    /// Puts the token and everything that is fresh for each attempt (correlation id, date) on a request.
    fn authorize(
        &self,
        call: &Call,
        request: &mut http::request::Parts,
        token: &Token,
        attempt: &Attempt,
    ) -> Result<()>;

    /// Says what an answer is. `server_now` is the marketplace's time, for headers that count from now.
    fn classify(&self, call: &Call, response: &Response, server_now: Timestamp) -> Verdict;

    /// Reads what the headers tell of the call's budget.
    fn budget_hint(&self, call: &Call, response: &Response, server_now: Timestamp) -> Option<BudgetHint>;
}
