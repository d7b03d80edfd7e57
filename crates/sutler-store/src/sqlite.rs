//! The store in one SQLite file (bundled SQLite, WAL).
//!
//! One *engine* owns a file: it alone writes orders, commands and stock, and a lock on `FILE.lock` keeps a second one out.
//! Any process may open the same file as a *host*: it reads everything and appends to the intake. Files are made for their
//! owner alone (mode 0600).
//!
//! A job is one transaction. With threads, all jobs that wait share one commit and one fsync, and each still fails alone.
//! Nothing of a job happens before its future is first polled; after that it runs to its end, polled or not.

mod codec;
mod commands;
mod core;
mod fault;
#[cfg(test)]
mod fixtures;
mod hot;
mod inbox;
mod journal;
mod lock;
mod migrate;
mod names;
mod open;
mod orders;
mod pack;
mod payload;
mod personal;
#[cfg(test)]
mod plans;
mod pointers;
mod port;
mod row;
mod stock;
mod tally;
mod threads;

use self::core::Core;
use crate::arrivals::Arrivals;
pub use open::{Options, Synchronous};
use std::{
    fmt,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use sutler_core::{
    error::Result,
    ports::{
        BoxFuture,
        store::{Answer, ReadJob, Store, WriteJob},
    },
};
use threads::Worker;

/// A store in one file, opened for one tenant. Dropping it finishes what was handed over and closes the file.
pub struct SqliteStore {
    front: Front,
    arrivals: Arc<Arrivals>,
    file: String,
}

enum Front {
    /// Jobs run where they are awaited.
    Inline(Box<Mutex<Core>>),
    /// Jobs run on two threads. The reader first, so that the writer closes the file last and folds its log in.
    Threads { reader: Worker<ReadJob>, writer: Worker<WriteJob> },
}

impl SqliteStore {
    /// Opens a file as its engine, makes it if there is none, and brings its schema up.
    ///
    /// # Errors
    /// - `Conflict` while another engine has it open, in this process or another.
    /// - `NewerSchema` when a newer version wrote it; the file is left as it was.
    /// - `Store` when it cannot be read or written, or is no database of ours.
    pub fn open_engine(path: impl AsRef<Path>, options: &Options) -> Result<Self> {
        let path = path.as_ref();
        Self::start(path, open::engine(path, options)?, options)
    }

    /// Opens a file that an engine has made, to read it and to append inputs. Everything else is refused as `Invalid`.
    ///
    /// # Errors
    /// - `NotFound` when there is no such file, or no such tenant in it.
    /// - `NewerSchema` when a newer version wrote it; `Store` when its engine must first bring it up, or it cannot be read.
    pub fn open_host(path: impl AsRef<Path>, options: &Options) -> Result<Self> {
        let path = path.as_ref();
        Self::start(path, open::host(path, options)?, options)
    }

    /// A store without a file, which ends with the handle; jobs run where they are awaited.
    ///
    /// # Errors
    /// `Store` when there is no memory or no randomness.
    pub fn in_memory(options: &Options) -> Result<Self> {
        Ok(Self::inline(open::in_memory(options)?))
    }

    fn start(path: &Path, core: Core, options: &Options) -> Result<Self> {
        if options.inline {
            return Ok(Self::inline(core));
        }
        let file = core.file.clone();
        let arrivals = Arc::<Arrivals>::default();
        let reader = threads::reader(open::reader(path, options)?, arrivals.clone())?;
        let writer = threads::writer(core, arrivals.clone())?;
        Ok(SqliteStore { front: Front::Threads { reader, writer }, arrivals, file })
    }

    fn inline(core: Core) -> Self {
        let file = core.file.clone();
        SqliteStore { front: Front::Inline(Box::new(Mutex::new(core))), arrivals: Arc::default(), file }
    }

    /// Tells the waiter of inputs that nothing woke: without threads nobody else looks.
    fn look_at_intake(&self) {
        if let Front::Inline(core) = &self.front
            && let Ok(Some(id)) = lock(core).newest_input()
        {
            self.arrivals.arrived(id);
        }
    }
}

impl Store for SqliteStore {
    fn write(&self, mut job: WriteJob) -> BoxFuture<'_, Result<Answer>> {
        Box::pin(async move {
            match &self.front {
                Front::Threads { writer, .. } => writer.run(job).await,
                Front::Inline(core) => {
                    let mut core = lock(core);
                    let answer = core.write(&mut job);
                    if let Some(id) = core.take_arrived() {
                        self.arrivals.arrived(id);
                    }
                    answer
                }
            }
        })
    }

    fn read(&self, mut job: ReadJob) -> BoxFuture<'_, Result<Answer>> {
        Box::pin(async move {
            match &self.front {
                Front::Threads { reader, .. } => reader.run(job).await,
                Front::Inline(core) => lock(core).read(&mut job),
            }
        })
    }

    fn intake_changed(&self) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            self.look_at_intake();
            self.arrivals.next().await;
        })
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore").field("file", &self.file).finish_non_exhaustive()
    }
}

/// A job's panic is caught and its transaction rolled back, so the core behind a poisoned lock is whole.
fn lock(core: &Mutex<Core>) -> MutexGuard<'_, Core> {
    core.lock().unwrap_or_else(PoisonError::into_inner)
}
