//! The audit after every commit of a run, and the drift that proves it would be seen.

use crate::audit::Audit;
use std::sync::{Mutex, MutexGuard, PoisonError};
use sutler_core::{
    Result,
    ports::store::{Tx, WriteJob},
    stock::Item,
};
use sutler_store::memory::MemoryStore;

/// Audits a run's store whenever a commit wrote what stock follows from.
#[derive(Debug, Default)]
pub struct Auditor(Mutex<Seen>);

#[derive(Debug, Default)]
struct Seen {
    commits: u64,
    version: u64,
    audits: u64,
    wrong: Option<String>,
}

impl Auditor {
    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The number of the commit that is about to be made; the first is 1.
    pub fn begin(&self) -> u64 {
        let mut seen = self.lock();
        seen.commits += 1;
        seen.commits
    }

    /// Commit `number` was made, or failed.
    pub fn committed(&self, number: u64, store: &MemoryStore) {
        let mut seen = self.lock();
        let version = store.stock_version();
        if std::mem::replace(&mut seen.version, version) == version {
            return;
        }
        seen.audits += 1;
        let wrong = store.look(Audit::of_rows);
        if !wrong.is_empty() && seen.wrong.is_none() {
            seen.wrong = Some(format!("after commit {number} stock does not add up: {wrong:?}"));
        }
    }

    /// The first audit that did not agree.
    pub fn wrong(&self) -> Option<String> {
        self.lock().wrong.clone()
    }

    /// Commits made, and audits made after them.
    pub fn counts(&self) -> (u64, u64) {
        let seen = self.lock();
        (seen.commits, seen.audits)
    }
}

/// One sum of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sum {
    /// What open orders want.
    Demand,
    /// What is promised.
    Allocated,
    /// What left since the count.
    Departed,
    /// The count itself.
    Counted,
}

/// A defect on purpose: commit `commit` moves one sum of an item, and no order with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drift {
    /// Which commit.
    pub commit: u64,
    /// Which sum.
    pub sum: Sum,
}

impl Drift {
    /// The job with the defect in it.
    pub fn spoil(self, mut job: WriteJob) -> WriteJob {
        Box::new(move |tx| {
            let answer = job(tx)?;
            self.apply(tx)?;
            Ok(answer)
        })
    }

    fn apply(self, tx: &mut dyn Tx) -> Result<()> {
        let mut item = tx.items(None, 1)?.pop().unwrap_or_else(|| Item::new("A".into()));
        match self.sum {
            Sum::Demand => item.demand += 1,
            Sum::Allocated => item.allocated += 1,
            Sum::Departed => item.departed += 1,
            Sum::Counted => item.counted = Some(item.counted.unwrap_or(0) + 1),
        }
        tx.put_item(&item)
    }
}
