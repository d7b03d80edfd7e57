//! Schema versions. A migration is never changed once released; the newest is what this version writes.

use super::fault::Sql;
use rusqlite::{Connection, TransactionBehavior};
use sutler_core::error::{Error, ErrorKind};

/// `STLR`: tells our files from other programs'.
const APPLICATION_ID: i64 = 0x5354_4c52;

/// Every step, from an empty file on. Step `n` leads to version `n + 1`.
const STEPS: &[&str] = &[include_str!("../../schema/0001.sql"), include_str!("../../schema/0002.sql")];

/// The version this program writes.
pub(super) const NEWEST: i64 = STEPS.len() as i64;

/// Reads the version of a file and changes nothing.
///
/// # Errors
/// `NewerSchema` naming both versions; `Store` when it is another program's database, or none.
pub(super) fn check(db: &Connection, file: &str) -> Sql<i64> {
    let application: i64 = db.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    let version: i64 = db.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let tables: i64 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if application != APPLICATION_ID && (application, version, tables) != (0, 0, 0) {
        return Err(Error::new(ErrorKind::Store, "store.open")
            .message(format!(
                "{file} is a database of another program (application id {application}); name a file of sutler's, or one \
                 that does not exist yet"
            ))
            .into());
    }
    if version > NEWEST {
        return Err(Error::new(ErrorKind::NewerSchema, "store.open")
            .message(format!(
                "{file} has schema {version}, and this version of sutler knows {NEWEST}; use the version that wrote it, or \
                 a later one"
            ))
            .into());
    }
    Ok(version)
}

/// Brings a file to [`NEWEST`], all of it or nothing.
pub(super) fn migrate(db: &mut Connection) -> Sql<()> {
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let stored: i64 = tx.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if stored >= NEWEST {
        return Ok(());
    }
    if stored == 0 {
        tx.pragma_update(None, "application_id", APPLICATION_ID)?;
        tx.execute_batch("CREATE TABLE migration (version INTEGER PRIMARY KEY, at INTEGER NOT NULL) STRICT")?;
    }
    for (version, step) in (1..).zip(STEPS).filter(|(version, _)| *version > stored) {
        tx.execute_batch(step)?;
        tx.execute("INSERT INTO migration VALUES (?, unixepoch() * 1000)", [version])?;
    }
    tx.pragma_update(None, "user_version", NEWEST)?;
    Ok(tx.commit()?)
}
