//! One error: what it is, may it be sent again, and did the other side act?

use std::{borrow::Cow, fmt};

/// `std::result::Result` with [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, by who must act. `docs/ERRORS.md` lists each with what to do; kinds are API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An argument, a payload or a policy is wrong; the caller must change it.
    Invalid,
    /// A configuration is wrong or contradicts itself; found before any call.
    Config,
    /// The thing named does not exist, or is not visible to this seller.
    NotFound,
    /// Something else holds what was asked for: a lock, an open command, another value.
    Conflict,
    /// The marketplace refused the credential; only a person can renew it.
    Unauthorized,
    /// The credential is good but lacks the right to do this.
    Forbidden,
    /// Too many requests; wait as told.
    RateLimited,
    /// The other side did not answer in time.
    Timeout,
    /// No connection, or it broke.
    Network,
    /// The other side failed (5xx) or answered what cannot be read.
    Remote,
    /// The marketplace understood and refused.
    Refused,
    /// The marketplace's answer breaks its own rules (a cursor that repeats, a window that cannot be split).
    Protocol,
    /// The store cannot read or write: disk full, read-only, damaged.
    Store,
    /// The store was written by a newer version.
    NewerSchema,
    /// The engine is closed, or lost its lease.
    Closed,
}

impl ErrorKind {
    /// Every kind with its text, in the order of the enum.
    pub const ALL: &'static [(ErrorKind, &'static str)] = &[
        (ErrorKind::Invalid, "invalid"),
        (ErrorKind::Config, "config"),
        (ErrorKind::NotFound, "not_found"),
        (ErrorKind::Conflict, "conflict"),
        (ErrorKind::Unauthorized, "unauthorized"),
        (ErrorKind::Forbidden, "forbidden"),
        (ErrorKind::RateLimited, "rate_limited"),
        (ErrorKind::Timeout, "timeout"),
        (ErrorKind::Network, "network"),
        (ErrorKind::Remote, "remote"),
        (ErrorKind::Refused, "refused"),
        (ErrorKind::Protocol, "protocol"),
        (ErrorKind::Store, "store"),
        (ErrorKind::NewerSchema, "newer_schema"),
        (ErrorKind::Closed, "closed"),
    ];

    /// The stable text of a kind.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("unknown", |(_, text)| text)
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// May the same request be sent again?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// It would fail the same way.
    Never,
    /// After a pause that grows.
    Backoff,
    /// After this long, as the other side said.
    After(std::time::Duration),
}

/// Did the other side act on the request?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// Surely not: it never left, or was refused before anything happened.
    No,
    /// Yes, although the answer is an error.
    Yes,
    /// Nobody can tell; only a probe can.
    Unknown,
}

impl Applied {
    /// `no`, `yes` or `unknown`.
    pub fn as_str(self) -> &'static str {
        match self {
            Applied::No => "no",
            Applied::Yes => "yes",
            Applied::Unknown => "unknown",
        }
    }
}

/// The one error type of sutler. Messages carry no secret and no personal data.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    op: Cow<'static, str>,
    message: String,
    retry: Retry,
    applied: Applied,
    context: Vec<(&'static str, String)>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error of `kind` met in the operation `op` (dotted: `walmart.orders.ship`); not to be retried, not applied.
    pub fn new(kind: ErrorKind, op: impl Into<Cow<'static, str>>) -> Self {
        Error(Box::new(Inner {
            kind,
            op: op.into(),
            message: String::new(),
            retry: Retry::Never,
            applied: Applied::No,
            context: Vec::new(),
            source: None,
        }))
    }

    /// Says what is wrong, with what value, and what would be right.
    pub fn message(mut self, text: impl Into<String>) -> Self {
        self.0.message = text.into();
        self
    }

    /// Sets whether the request may be sent again.
    pub fn with_retry(mut self, retry: Retry) -> Self {
        self.0.retry = retry;
        self
    }

    /// Sets whether the other side acted. Only the pipe and a connector's `classify` know.
    pub fn with_applied(mut self, applied: Applied) -> Self {
        self.0.applied = applied;
        self
    }

    /// Adds a named fact (`status`, `correlation_id`).
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.0.context.push((name, value.into()));
        self
    }

    /// Keeps the error that caused this one.
    pub fn with_source(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// What it is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }
    /// Where it was met.
    pub fn op(&self) -> &str {
        &self.0.op
    }
    /// What is wrong and what would be right.
    pub fn text(&self) -> &str {
        &self.0.message
    }
    /// May the request be sent again?
    pub fn retry(&self) -> Retry {
        self.0.retry
    }
    /// Did the other side act?
    pub fn applied(&self) -> Applied {
        self.0.applied
    }
    /// The named facts, in the order they were added.
    pub fn context(&self) -> &[(&'static str, String)] {
        &self.0.context
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.op, self.0.message)?;
        for (name, value) in &self.0.context {
            write!(f, " ({name}: {value})")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("op", &self.0.op)
            .field("message", &self.0.message)
            .field("retry", &self.0.retry)
            .field("applied", &self.0.applied)
            .field("context", &self.0.context)
            .field("source", &self.0.source)
            .finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
