//! What SQLite says, in words for people.

use rusqlite::ErrorCode;
use sutler_core::error::{Error, ErrorKind, Retry};

/// A failure inside the store, before it is named.
#[derive(Debug)]
pub(super) enum Fault {
    Sql(rusqlite::Error),
    Own(Error),
}

pub(super) type Sql<T> = std::result::Result<T, Fault>;

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Fault::Sql(error)
    }
}
impl From<rusqlite::types::FromSqlError> for Fault {
    fn from(error: rusqlite::types::FromSqlError) -> Self {
        Fault::Sql(error.into())
    }
}
impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Fault::Own(error)
    }
}

/// Names a failure: where, which file, what would be right.
pub(super) fn named(op: &'static str, file: &str, fault: Fault) -> Error {
    let error = match fault {
        Fault::Own(error) => return error,
        Fault::Sql(error) => error,
    };
    let (text, retry) = describe(file, &error);
    Error::new(ErrorKind::Store, op).message(text).with_retry(retry).with_source(error)
}

fn describe(file: &str, error: &rusqlite::Error) -> (String, Retry) {
    let later = |text: String| (text, Retry::Backoff);
    let never = |text: String| (text, Retry::Never);
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => later(format!(
            "the disk under {file} is full; nothing of this job was kept and nothing before it is lost; free some space"
        )),
        Some(ErrorCode::ReadOnly) => never(format!(
            "{file} can be read but not written; the file, its folder and the disk must be writable"
        )),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => later(format!(
            "{file} was locked by another program for longer than a job waits; close what holds it"
        )),
        Some(ErrorCode::NotADatabase) => never(foreign(file)),
        Some(ErrorCode::DatabaseCorrupt) => {
            never(format!("{file} is damaged ({error}); restore it from a backup and do not write to it"))
        }
        Some(ErrorCode::CannotOpen) => {
            never(format!("{file} cannot be opened ({error}); its folder must exist and be writable"))
        }
        Some(ErrorCode::PermissionDenied | ErrorCode::AuthorizationForStatementDenied) => {
            never(format!("{file} may not be opened by this user"))
        }
        Some(ErrorCode::SystemIoFailure) => later(format!(
            "{file} cannot be read or written ({error}); the disk may be full or failing; nothing of this job was kept"
        )),
        _ => never(format!("{file}: {error}")),
    }
}

/// A file of another kind.
pub(super) fn foreign(file: &str) -> String {
    format!("{file} is not an SQLite database; name a file of sutler's, or one that does not exist yet")
}

/// A stored value that this version cannot read.
pub(super) fn damaged(what: &str, detail: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Store, "store.read").message(format!(
        "a stored {what} cannot be read ({detail}); the file is damaged or of another version"
    ))
}
