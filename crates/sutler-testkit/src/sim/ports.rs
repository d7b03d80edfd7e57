//! The ports of a simulated worker but for the wire: time, chance and the store, each behind gates.

use super::{
    audit::{Auditor, Drift},
    gate::{Rng, Sim},
};
use std::sync::{Arc, Mutex, PoisonError};
use sutler_core::{
    Result, Timestamp,
    id::Seq,
    journal::Entry,
    ports::{
        BoxFuture, Clock, Entropy,
        store::{Answer, ReadJob, Store, StoreExt, WriteJob},
    },
    time::{Duration, from_millis},
};
use sutler_store::memory::MemoryStore;

/// Virtual time as a worker sees it.
#[derive(Clone, Debug)]
pub struct SimClock {
    /// The scheduler.
    pub sim: Sim,
    /// Whose clock it is.
    pub who: u32,
}

impl Clock for SimClock {
    fn now(&self) -> Timestamp {
        from_millis(self.sim.now())
    }
    fn sleep_until(&self, until: Timestamp) -> BoxFuture<'static, ()> {
        let gate = self.sim.until(self.who, until.timestamp_millis());
        Box::pin(gate)
    }
    fn real(&self, real: std::time::Duration) -> Duration {
        Duration::from_std(real).unwrap_or(Duration::MAX)
    }
}

/// Chance by seed.
#[derive(Debug)]
pub struct SimEntropy(pub Mutex<Rng>);

impl Entropy for SimEntropy {
    fn next(&self) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).draw()
    }
}

/// The store in memory behind gates; what it holds outlives a crash.
#[derive(Clone, Debug)]
pub struct SimStore {
    /// The scheduler.
    pub sim: Sim,
    /// Whose handle it is.
    pub who: u32,
    /// The data.
    pub store: MemoryStore,
    /// Whether points are recorded, and so annotated.
    pub record: bool,
    /// Looks after every commit.
    pub auditor: Arc<Auditor>,
    /// A defect on purpose.
    pub drift: Option<Drift>,
}

impl SimStore {
    fn last(&self) -> Seq {
        let read = self.store.read_now(Box::new(|view| Ok(Box::new(view.totals()?.last) as Answer)));
        read.ok().and_then(|answer| answer.downcast::<Seq>().ok()).map_or(Seq(0), |seq| *seq)
    }

    fn said(&self, after: Seq) -> Vec<String> {
        let read =
            self.store.read_now(Box::new(move |view| Ok(Box::new(view.journal(after, 1_000)?) as Answer)));
        let rows = read.ok().and_then(|a| a.downcast::<Vec<sutler_core::journal::JournalRow>>().ok());
        rows.map_or_else(Vec::new, |rows| {
            rows.iter()
                .filter_map(|row| match &row.entry {
                    Entry::Stepped { key, step } => {
                        let channel = row.channel.as_ref().map_or("", |channel| channel.as_str());
                        Some(format!("{channel} {}:{}", key.verb.as_str(), step.event.as_str()))
                    }
                    _ => None,
                })
                .collect()
        })
    }
}

impl Store for SimStore {
    fn write(&self, job: WriteJob) -> BoxFuture<'_, Result<Answer>> {
        Box::pin(async move {
            let before = self.sim.point(self.who, "commit.before", Vec::new()).pass().await;
            let last = if self.record { self.last() } else { Seq(0) };
            let number = self.auditor.begin();
            let answer = self.store.write_now(match self.drift.filter(|drift| drift.commit == number) {
                Some(drift) => drift.spoil(job),
                None => job,
            });
            self.auditor.committed(number, &self.store);
            if self.record {
                self.sim.annotate(before, &self.said(last));
            }
            let after = self.sim.point(self.who, "commit.after", Vec::new()).pass().await;
            if self.record {
                // Only this job's entries: another worker's commit cannot come between, both are one poll.
                self.sim.annotate(after, &self.sim.about(before));
            }
            answer
        })
    }

    fn read(&self, job: ReadJob) -> BoxFuture<'_, Result<Answer>> {
        Box::pin(async move {
            self.sim.point(self.who, "read", Vec::new()).pass().await;
            self.store.read_now(job)
        })
    }

    fn intake_changed(&self) -> BoxFuture<'_, ()> {
        self.store.intake_changed()
    }
}

/// Reads a store outside every gate.
pub fn peek<T: Send + 'static>(
    store: &MemoryStore,
    look: impl FnMut(&dyn sutler_core::ports::store::View) -> Result<T> + Send + 'static,
) -> Result<T> {
    // A memory store is ready at once, so one poll is enough.
    let mut waiting = Box::pin(store.view(look));
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    match waiting.as_mut().poll(&mut cx) {
        std::task::Poll::Ready(answer) => answer,
        std::task::Poll::Pending => Err(sutler_core::Error::new(sutler_core::ErrorKind::Store, "sim.peek")
            .message("a store in memory had to wait")),
    }
}
