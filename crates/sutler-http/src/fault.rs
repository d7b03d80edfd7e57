//! The pipe's own errors, and what each says of a write.

use crate::{
    call::{Call, Safety},
    transport::{Sent, TransportError},
};
use sutler_core::{
    channel::CallCx,
    error::{Applied, Error, ErrorKind, Result, Retry},
    time::Timestamp,
};

/// Refuses a hand-over that comes too late: after the end of the call, or after the lease allows writes.
pub(crate) fn may_leave(cx: &CallCx, call: &Call, now: Timestamp, end: Timestamp) -> Result<()> {
    if now >= end {
        return Err(no_answer(call, false));
    }
    match cx.write_by {
        Some(by) if call.safety == Safety::Write && now >= by => Err(Error::new(ErrorKind::Closed, call.op)
            .message(format!("the write was not sent: it had to leave before {by} and it is {now}"))
            .with_retry(Retry::Backoff)),
        _ => Ok(()),
    }
}

/// The call ran out of time.
pub(crate) fn no_answer(call: &Call, departed: bool) -> Error {
    Error::new(ErrorKind::Timeout, call.op)
        .message(if departed {
            "no answer came in time"
        } else {
            "there was no time left to send it; the token took too long, or the deadline was too near"
        })
        .with_retry(Retry::Backoff)
        .with_applied(doubt(call, departed))
}

/// The transport brought no answer.
pub(crate) fn no_connection(call: &Call, error: TransportError) -> Error {
    let departed = error.sent == Sent::Maybe;
    error.error(call.op).with_applied(doubt(call, departed))
}

/// The marketplace said: too many requests.
pub(crate) fn rate_limited(call: &Call, now: Timestamp, until: Option<Timestamp>) -> Error {
    Error::new(ErrorKind::RateLimited, call.op)
        .message("the marketplace said that there were too many requests")
        .with_retry(until.map_or(Retry::Backoff, |until| {
            Retry::After((until - now).to_std().unwrap_or(std::time::Duration::ZERO))
        }))
}

/// A write that may have left is in doubt; a read never is.
fn doubt(call: &Call, departed: bool) -> Applied {
    if departed && call.safety == Safety::Write { Applied::Unknown } else { Applied::No }
}

/// A token that was just given was not accepted either. That is no proof that the credential is dead (G25).
pub(crate) fn not_accepted(call: &Call) -> Error {
    Error::new(ErrorKind::Unauthorized, call.op)
        .message("a token that was minted a moment ago was not accepted")
        .with_retry(Retry::Backoff)
}

/// The budget gives nothing before the deadline.
pub(crate) fn no_budget(call: &Call, scope: &str, now: Timestamp, ready: Timestamp) -> Error {
    Error::new(ErrorKind::RateLimited, call.op)
        .message(format!("the budget {scope} has no token before the deadline"))
        .with_retry(Retry::After((ready - now).to_std().unwrap_or_default()))
}
