//! HTTP once: one pipe between every connector and its marketplace.
//!
//! A connector brings a const table of [`Call`]s, a [`Dialect`] (how to authorise a request and how to read an answer's
//! status) and a [`TokenSource`]. It never loops, sleeps or retries; [`Pipe::call`] does, and it is the only place that does.
//!
//! # Behavior
//! - Reads wait for their budget and are repeated until the call's deadline.
//! - Writes are handed to the transport once; what may have left and has no answer is `applied: Unknown`. The one
//!   exception is a 401, which proves that nothing was applied: the token is renewed once and the write sent again.
//! - Nothing leaves for a host that the configuration's environment does not name ([`BaseUrl`]).
//! - Nothing here needs an async runtime, spawns a task or owns a timer, except the `Reqwest` transport (feature `reqwest`).
//! - Secrets never reach `Debug`, an error or a trace event; neither do query values, which may hold personal data.

mod backoff;
mod call;
mod dialect;
mod document;
mod environment;
mod fault;
mod limits;
mod offset;
mod pipe;
mod redact;
#[cfg(feature = "reqwest")]
mod reqwest_transport;
mod scope;
mod token;
mod transport;

pub use call::{Attempt, CALL_TIMEOUT, Call, Safety};
pub use dialect::{BudgetHint, Dialect, Verdict};
pub use document::DocumentHosts;
pub use environment::{BaseUrl, Environment, Hosts, same_origin};
pub use limits::{BODY_BYTES_MAX, NESTING_MAX, check_nesting};
pub use offset::{ClockOffset, http_date};
pub use pipe::{Parts, Pipe};
pub use redact::{path_and_names, secret_header};
#[cfg(feature = "reqwest")]
pub use reqwest_transport::{Reqwest, ReqwestLimits};
pub use scope::{Scope, Scopes, seller_scope};
pub use token::{MintCx, REFRESH_BEFORE_SECONDS, Token, TokenSource, mint_fault};
pub use transport::{Request, Response, Sent, Transport, TransportError};

/// What an API key, a client secret or a token is kept in: its `Debug` shows nothing, and it is wiped when dropped.
pub use secrecy::{ExposeSecret, SecretString};
