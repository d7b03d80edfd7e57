//! Opening a file: whose it is, which version, which settings.

use super::{
    codec::Bodies,
    core::{Core, Role},
    fault::{Fault, Sql, foreign, named},
    lock::{Lock, private},
    migrate,
    pack::{self, Packer},
    payload,
};
use rusqlite::{Connection, OpenFlags, OptionalExtension, config::DbConfig, params};
use std::{io::Read, path::Path, time::Duration};
use sutler_core::error::{Error, ErrorKind, Result};

/// Row ids of one tenant: 2^40 of each kind.
pub(super) const TENANT_SHIFT: u32 = 40;

/// How hard a commit is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Synchronous {
    /// A commit is on the disk before it is answered.
    #[default]
    Full,
    /// A commit may be lost when the power fails, never when the process dies. Commands can then happen twice after a
    /// power failure: only for data that can be read again.
    Normal,
}

/// How a store is opened.
#[derive(Clone, Debug)]
pub struct Options {
    pub(super) tenant: String,
    pub(super) synchronous: Synchronous,
    pub(super) inline: bool,
    pub(super) max_pages: Option<u32>,
    pub(super) busy: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            tenant: "default".into(),
            synchronous: Synchronous::Full,
            inline: false,
            max_pages: None,
            busy: Duration::from_secs(5),
        }
    }
}

impl Options {
    /// Opened for this tenant; `default` unless said.
    pub fn tenant(mut self, name: impl Into<String>) -> Self {
        self.tenant = name.into();
        self
    }

    /// How hard a commit is; [`Synchronous::Full`] unless said.
    pub fn synchronous(mut self, synchronous: Synchronous) -> Self {
        self.synchronous = synchronous;
        self
    }

    /// Jobs run where they are awaited, without threads: for tests and the simulation.
    pub fn inline(mut self) -> Self {
        self.inline = true;
        self
    }

    /// How long a job waits, real time, for another process's transaction; 5 s unless said.
    pub fn busy(mut self, at_most: Duration) -> Self {
        self.busy = at_most;
        self
    }

    /// The file grows to at most this many pages of 4,096 bytes; further writes fail as on a full disk.
    pub fn max_pages(mut self, pages: u32) -> Self {
        self.max_pages = Some(pages);
        self
    }
}

/// The engine's connection to a file, made and migrated where needed.
pub(super) fn engine(path: &Path, options: &Options) -> Result<Core> {
    refuse_foreign(path)?;
    let lock = Lock::take(path)?;
    make_private(path)?;
    let core = build(path, options, Role::Engine)?;
    Ok(core.with_lock(lock))
}

/// Refuses what is plainly not ours before anything is made beside it.
fn refuse_foreign(path: &Path) -> Result<()> {
    const MAGIC: &[u8] = b"SQLite format 3\0";
    let mut begins = Vec::with_capacity(MAGIC.len());
    let read = std::fs::File::open(path).and_then(|file| file.take(16).read_to_end(&mut begins));
    // What cannot be read, or is not there yet, is named by the opening itself; an empty file is a store to be made.
    if read.is_ok() && !begins.is_empty() && begins != MAGIC {
        return Err(Error::new(ErrorKind::Store, "store.open").message(foreign(&path.display().to_string())));
    }
    Ok(())
}

/// Another connection to a file that exists: reads, and appends to the intake.
pub(super) fn host(path: &Path, options: &Options) -> Result<Core> {
    if !path.exists() {
        return Err(Error::new(ErrorKind::NotFound, "store.open").message(format!(
            "there is no store at {}; an engine makes it when it first runs",
            path.display()
        )));
    }
    build(path, options, Role::Host)
}

/// A connection to a database of its own that goes with it.
pub(super) fn in_memory(options: &Options) -> Result<Core> {
    let open = || -> Sql<Core> {
        let mut db = Connection::open_in_memory()?;
        settings(&db, options)?;
        migrate::migrate(&mut db)?;
        finish(db, "the store in memory", options, Role::Engine)
    };
    open().map_err(|fault| named("store.open", "the store in memory", fault))
}

fn build(path: &Path, options: &Options, role: Role) -> Result<Core> {
    let file = path.display().to_string();
    let open = || -> Sql<Core> {
        let has_log = std::fs::metadata(format!("{file}-wal")).is_ok_and(|log| log.len() > 0);
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut db = Connection::open_with_flags(path, flags)?;
        // Until we know the file is ours to write, closing must not fold its log into it. An empty log is only swept away.
        db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, has_log)?;
        db.busy_timeout(options.busy)?;
        let stored = migrate::check(&db, &file)?;
        match role {
            Role::Engine => {
                settings(&db, options)?;
                migrate::migrate(&mut db)?;
            }
            Role::Host if stored < migrate::NEWEST => {
                return Err(Error::new(ErrorKind::Store, "store.open")
                    .message(format!(
                        "{file} has schema {stored}, and this version wants {}; its engine brings it up when it starts",
                        migrate::NEWEST
                    ))
                    .into());
            }
            Role::Host => settings(&db, options)?,
            Role::Reader => {
                settings(&db, options)?;
                // It reads what the writer has just written or few rows by index: the system's cache serves it as well.
                db.pragma_update(None, "cache_size", -2_000)?;
                db.pragma_update(None, "query_only", true)?;
            }
        }
        db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
        finish(db, &file, options, role)
    };
    open().map_err(|fault| named("store.open", &file, fault))
}

/// A second connection to an open store, for reads.
pub(super) fn reader(path: &Path, options: &Options) -> Result<Core> {
    build(path, options, Role::Reader)
}

fn settings(db: &Connection, options: &Options) -> Sql<()> {
    // Plans must not depend on the values bound: our SQLite is built to plan anew for each value otherwise, which costs
    // more than the statements themselves.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    db.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    let synchronous = match options.synchronous {
        Synchronous::Full => "FULL",
        Synchronous::Normal => "NORMAL",
    };
    db.pragma_update(None, "synchronous", synchronous)?;
    // In KiB. More buys nothing that was measured, and costs that much memory.
    db.pragma_update(None, "cache_size", -8_000)?;
    // Savepoints keep what they replace in memory, not in a file.
    db.pragma_update(None, "temp_store", "MEMORY")?;
    // Longer than the default: with random order ids each checkpoint writes many scattered pages.
    db.pragma_update(None, "wal_autocheckpoint", 4_000)?;
    db.pragma_update(None, "journal_size_limit", 64 << 20)?;
    if let Some(pages) = options.max_pages {
        db.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))?;
    }
    db.set_prepared_statement_cache_capacity(160);
    Ok(())
}

fn finish(db: Connection, file: &str, options: &Options, role: Role) -> Sql<Core> {
    let find = |db: &Connection| -> rusqlite::Result<Option<(i64, Vec<u8>)>> {
        let sql = "SELECT id, digest_key FROM tenant WHERE name = ?";
        db.query_row(sql, [&options.tenant], |row| Ok((row.get(0)?, row.get(1)?))).optional()
    };
    let found = match find(&db)? {
        Some(found) => found,
        None if role == Role::Engine => {
            let mut key = [0; 32];
            getrandom::fill(&mut key).map_err(|error| {
                Fault::Own(Error::new(ErrorKind::Store, "store.open").message(format!(
                    "the system gave no random bytes for the digest key of {file}: {error}"
                )))
            })?;
            let sql = "INSERT INTO tenant SELECT coalesce(max(id) + 1, 0), ?, ? FROM tenant";
            db.execute(sql, params![options.tenant, key])?;
            find(&db)?.ok_or(rusqlite::Error::QueryReturnedNoRows)?
        }
        None => {
            return Err(Error::new(ErrorKind::NotFound, "store.open")
                .message(format!(
                    "{file} has no tenant {:?}; an engine adds it when it first runs for it",
                    options.tenant
                ))
                .into());
        }
    };
    let (tenant, key) = found;
    let digests = payload::Digests::new(&key)?;
    let (payloads, bodies) = (Packer::new(&pack::PAYLOADS)?, Bodies::new()?);
    Ok(Core::new(db, file.to_owned(), role, tenant, digests, payloads, bodies))
}

/// Makes the file, if there is none, before SQLite does: its owner alone may read it, and SQLite gives the files beside
/// it the same mode. An existing file is left as its owner set it, and is not even opened: closing it here would drop
/// the locks of every other connection of this process.
fn make_private(path: &Path) -> Result<()> {
    match private().write(true).create_new(true).open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(Error::new(ErrorKind::Store, "store.open").message(format!(
            "{} cannot be made ({error}); its folder must exist and be writable",
            path.display()
        ))),
    }
}
