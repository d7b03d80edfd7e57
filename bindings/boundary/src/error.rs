//! Errors as they cross: what went wrong, where, may it be tried again, and did the other side act.

use crate::schema::Texts;
use serde::{Deserialize, Serialize};
use sutler::{Applied, Error, ErrorKind, Retry};

/// An error. Every language has one class for each kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Which kind (`invalid`, `not_found`, …); `type` for a value of a wrong type.
    pub kind: String,
    /// Where it was met, dotted.
    pub op: String,
    /// What is wrong, with what value, and what would be right.
    pub message: String,
    /// After how many milliseconds it may be tried again; none where nobody said.
    pub retry_after_ms: Option<u64>,
    /// Did the other side act: `no`, `yes` or `unknown`.
    pub applied: String,
}

impl Failure {
    /// Code of the host's that gave no answer: nobody knows whether the other side acted.
    pub fn unanswered(kind: ErrorKind, message: impl std::fmt::Display) -> Failure {
        Failure {
            kind: kind.as_str().to_owned(),
            op: String::new(),
            message: message.to_string(),
            retry_after_ms: None,
            applied: Applied::Unknown.as_str().to_owned(),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure {
            kind: error.kind().as_str().to_owned(),
            op: error.op().to_owned(),
            message: error.to_string(),
            retry_after_ms: match error.retry() {
                Retry::After(wait) => Some(wait.as_millis().min(u128::from(u64::MAX)) as u64),
                Retry::Never | Retry::Backoff => None,
            },
            applied: error.applied().as_str().to_owned(),
        }
    }
}

impl From<Failure> for Error {
    /// What a channel or a rule of another language raised. Of what it did not say, the safest is believed.
    fn from(failure: Failure) -> Self {
        let kind = ErrorKind::ALL.iter().find(|(_, text)| *text == failure.kind);
        let kind = kind.map_or(ErrorKind::Remote, |(kind, _)| *kind);
        let applied = match failure.applied.as_str() {
            "no" => Applied::No,
            "yes" => Applied::Yes,
            _ => Applied::Unknown,
        };
        let retry = match failure.retry_after_ms {
            Some(wait) => Retry::After(std::time::Duration::from_millis(wait)),
            None if matches!(kind, ErrorKind::Remote | ErrorKind::Network | ErrorKind::Timeout) => {
                Retry::Backoff
            }
            None => Retry::Never,
        };
        Error::new(kind, failure.op).message(failure.message).with_applied(applied).with_retry(retry)
    }
}

/// An argument that is not what the call takes.
pub fn wrong(op: impl Into<std::borrow::Cow<'static, str>>, message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Invalid, op).message(message)
}

/// The kinds, each with what it means.
pub fn kinds() -> Texts {
    let known = [
        ("invalid", "An argument, a payload or a policy is wrong; the caller must change it."),
        ("config", "A configuration is wrong or contradicts itself; found before any call."),
        ("not_found", "The thing named does not exist, or is not visible to this seller."),
        ("conflict", "Something else holds what was asked for: a lock, an open command, another value."),
        ("unauthorized", "The marketplace refused the credential; only a person can renew it."),
        ("forbidden", "The credential is good but lacks the right to do this."),
        ("rate_limited", "Too many requests; wait as told."),
        ("timeout", "The other side did not answer in time."),
        ("network", "No connection, or it broke."),
        ("remote", "The other side failed, or answered what cannot be read."),
        ("refused", "The marketplace understood and refused."),
        ("protocol", "The marketplace's answer breaks its own rules."),
        ("store", "The store cannot read or write: disk full, read-only, damaged."),
        ("newer_schema", "The store was written by a newer version."),
        ("closed", "The engine is closed, or lost its lease."),
    ];
    Texts {
        name: "ErrorKind",
        doc: "What went wrong, by who must act.".into(),
        known: known.into_iter().map(|(text, meaning)| (text, meaning.to_owned())).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_described_and_comes_back_as_it_went() {
        let described: Vec<&str> = kinds().known.iter().map(|(text, _)| *text).collect();
        let known: Vec<&str> = ErrorKind::ALL.iter().map(|(_, text)| *text).collect();
        assert_eq!(described, known);
        for (kind, _) in ErrorKind::ALL {
            let error = Error::new(*kind, "a.b").message("c").with_applied(Applied::Yes);
            let back = Error::from(Failure::from(error));
            assert_eq!((back.kind(), back.applied(), back.op()), (*kind, Applied::Yes, "a.b"));
        }
    }
}
