//! One connection and what it knows: the synchronous core under both fronts.

use super::{
    codec::Bodies,
    commands::Targets,
    fault::{Fault, Sql, named},
    hot::Hot,
    lock::Lock,
    names::Names,
    open::TENANT_SHIFT,
    pack::Packer,
    payload::Digests,
    row::Told,
};
use rusqlite::Connection;
use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
};
use sutler_core::{
    command::CommandKey,
    error::{Error, ErrorKind, Result},
    ports::store::{Answer, ReadJob, WriteJob},
};

/// What a connection may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Everything.
    Engine,
    /// Read, and append to the intake.
    Host,
    /// Read.
    Reader,
}

/// See the module.
pub(super) struct Core {
    pub(super) db: Connection,
    pub(super) file: String,
    pub(super) role: Role,
    pub(super) tenant: i64,
    pub(super) digests: Digests,
    pub(super) payloads: RefCell<Packer>,
    pub(super) bodies: RefCell<Bodies>,
    pub(super) names: RefCell<Names>,
    pub(super) hot: RefCell<Hot>,
    pub(super) job: Job,
    /// The last order key given away; none before the first is asked for. Survives failed jobs: no key is given twice.
    pub(super) last_key: Option<i64>,
    /// A statement failed in this job: whatever the job makes of it, it is not kept.
    failed: Cell<bool>,
    // After `db`, so that it is let go only when the file is closed.
    _lock: Option<Lock>,
}

/// What a job changed beside the tables; gone with it when it fails.
#[derive(Debug, Default)]
pub(super) struct Job {
    /// It may write, so what it reads is worth remembering.
    pub(super) writing: bool,
    /// Keys given and not put yet: they are in no table.
    pub(super) fresh: Vec<i64>,
    /// Changes of counts, by channel and phase code.
    pub(super) tally: BTreeMap<(i64, i64), i64>,
    /// Commands this job has read or written, by channel, with the targets they hold.
    pub(super) commands: RefCell<BTreeMap<(i64, CommandKey), Targets>>,
    /// It put a command whose order was not hot.
    pub(super) commands_first: bool,
    /// What its last entries say of the order they are about.
    pub(super) told: Option<Told>,
    /// The last journal position, once read or written.
    pub(super) last_seq: Option<i64>,
    /// The last input appended.
    pub(super) arrived: Option<i64>,
}

impl Core {
    pub(super) fn new(
        db: Connection,
        file: String,
        role: Role,
        tenant: i64,
        digests: Digests,
        payloads: Packer,
        bodies: Bodies,
    ) -> Self {
        Core {
            db,
            file,
            role,
            tenant,
            digests,
            payloads: RefCell::new(payloads),
            bodies: RefCell::new(bodies),
            names: RefCell::default(),
            hot: RefCell::default(),
            job: Job::default(),
            last_key: None,
            failed: Cell::new(false),
            _lock: None,
        }
    }

    pub(super) fn with_lock(mut self, lock: Lock) -> Self {
        self._lock = Some(lock);
        self
    }

    /// The row id of a number the port shows; none when no row can have it.
    pub(super) fn row_id(&self, number: i64) -> Option<i64> {
        (1..1 << TENANT_SHIFT).contains(&number).then(|| self.first_id() + number)
    }

    /// The number the port shows for a row id.
    pub(super) fn number(&self, row_id: i64) -> i64 {
        row_id - self.first_id()
    }

    /// Below every row id of this tenant.
    pub(super) fn first_id(&self) -> i64 {
        self.tenant << TENANT_SHIFT
    }

    /// Above every row id of this tenant.
    pub(super) fn end_id(&self) -> i64 {
        (self.tenant + 1) << TENANT_SHIFT
    }

    /// Names a failure and remembers it.
    pub(super) fn fault(&self, op: &'static str, fault: Fault) -> Error {
        if matches!(fault, Fault::Sql(_)) {
            self.failed.set(true);
        }
        named(op, &self.file, fault)
    }

    /// Runs one statement without parameters.
    pub(super) fn run(&self, sql: &str) -> Sql<()> {
        Ok(self.db.prepare_cached(sql)?.raw_execute().map(drop)?)
    }

    /// Runs a job that reads, on one snapshot.
    pub(super) fn read(&mut self, job: &mut ReadJob) -> Result<Answer> {
        self.job = Job { last_seq: self.job.last_seq, ..Job::default() };
        self.run("BEGIN").map_err(|fault| self.fault("store.read", fault))?;
        let answer = catch_unwind(AssertUnwindSafe(|| job(self))).unwrap_or_else(|_| Err(panicked()));
        // Nothing was written, so ending it cannot lose anything; an error here shows again at the next BEGIN.
        let _ = self.run("COMMIT");
        answer
    }

    /// Runs one job as one transaction.
    pub(super) fn write(&mut self, job: &mut WriteJob) -> Result<Answer> {
        self.run("BEGIN IMMEDIATE").map_err(|fault| self.fault("store.begin", fault))?;
        let done = self.try_job(job).and_then(|answer| {
            self.run("COMMIT").map_err(|fault| self.fault("store.commit", fault))?;
            Ok(answer)
        });
        if done.is_err() {
            self.roll_back();
        }
        done
    }

    /// Runs jobs as one transaction, each of which fails alone. When the transaction itself fails, each runs again in
    /// one of its own, so that one that cannot be kept (a full disk) costs no other.
    pub(super) fn write_group(&mut self, jobs: &mut [WriteJob]) -> Vec<Result<Answer>> {
        if jobs.len() > 1
            && let Some(answers) = self.try_group(jobs)
        {
            return answers;
        }
        jobs.iter_mut().map(|job| self.write(job)).collect()
    }

    fn try_group(&mut self, jobs: &mut [WriteJob]) -> Option<Vec<Result<Answer>>> {
        self.run("BEGIN IMMEDIATE").ok()?;
        let mut answers = Vec::with_capacity(jobs.len());
        let mut kept = Ok(());
        for job in jobs {
            kept = self.run("SAVEPOINT job");
            if kept.is_err() {
                break;
            }
            let answer = self.try_job(job);
            // A full disk or a failing one ends the whole transaction, not this job alone.
            if self.db.is_autocommit() {
                kept = Err(rusqlite::Error::ExecuteReturnedResults.into());
                break;
            }
            if answer.is_err() {
                kept = self.run("ROLLBACK TO job");
                self.forget();
            }
            kept = kept.and_then(|()| self.run("RELEASE job"));
            answers.push(answer);
            if kept.is_err() {
                break;
            }
        }
        match kept.and_then(|()| self.run("COMMIT")) {
            Ok(()) => Some(answers),
            Err(_) => {
                self.roll_back();
                None
            }
        }
    }

    fn try_job(&mut self, job: &mut WriteJob) -> Result<Answer> {
        self.failed.set(false);
        let arrived = self.job.arrived;
        self.job = Job { writing: true, arrived, last_seq: self.job.last_seq, ..Job::default() };
        let answer = catch_unwind(AssertUnwindSafe(|| job(self))).unwrap_or_else(|_| Err(panicked()));
        let answer = answer.and_then(|answer| {
            self.flush_tally().map_err(|fault| self.fault("store.tally", fault))?;
            Ok(answer)
        });
        if self.failed.get() && answer.is_ok() {
            return Err(Error::new(ErrorKind::Store, "store.write").message(format!(
                "a write to {} failed and the job went on; nothing of it was kept: give the first error back",
                self.file
            )));
        }
        answer
    }

    /// May the job still write? After a failed statement the transaction may be gone, and a write would stand alone.
    pub(super) fn writable(&self) -> Result<()> {
        if self.role != Role::Engine {
            return Err(Error::new(ErrorKind::Invalid, "store.write").message(format!(
                "{} is open as a host, which may only append inputs; open it as the engine to write",
                self.file
            )));
        }
        self.unbroken()
    }

    /// Has no statement of this job failed?
    pub(super) fn unbroken(&self) -> Result<()> {
        if !self.failed.get() {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Store, "store.write")
            .message(format!("an earlier write of this job to {} failed, so it cannot be kept", self.file)))
    }

    /// The last input committed since this was asked.
    pub(super) fn take_arrived(&mut self) -> Option<i64> {
        self.job.arrived.take()
    }

    fn roll_back(&mut self) {
        if !self.db.is_autocommit() {
            // When even this fails, SQLite has ended the transaction itself, or the next BEGIN says what is wrong.
            let _ = self.run("ROLLBACK");
        }
        self.job.arrived = None;
        self.forget();
    }

    /// Forgets what the failed job may have made.
    fn forget(&mut self) {
        let arrived = self.job.arrived;
        self.job = Job { arrived, ..Job::default() };
        self.names.borrow_mut().clear();
        self.hot.borrow_mut().clear();
    }
}

fn panicked() -> Error {
    Error::new(ErrorKind::Store, "store.job")
        .message("a job panicked, which is a defect of the program; nothing of it was kept")
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Core").field("file", &self.file).field("role", &self.role).finish_non_exhaustive()
    }
}
