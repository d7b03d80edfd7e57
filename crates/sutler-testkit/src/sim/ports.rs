//! The ports of a simulated worker: time, chance, the store and the wire, each behind gates.

use super::{
    audit::{Auditor, Drift},
    gate::{Rng, Sim},
};
use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};
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
use sutler_http::{Transport, TransportError};
use sutler_sandbox::walmart::World;
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
                        Some(format!("{}:{}", key.verb.as_str(), step.event.as_str()))
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
            let before = self.sim.point(self.who, "commit.before", "").pass().await;
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
            let after = self.sim.point(self.who, "commit.after", "").pass().await;
            if self.record {
                // Only this job's entries: another worker's commit cannot come between, both are one poll.
                let about =
                    self.sim.points().get(before as usize - 1).map(|p| p.about.clone()).unwrap_or_default();
                self.sim.annotate(after, &about);
            }
            answer
        })
    }

    fn read(&self, job: ReadJob) -> BoxFuture<'_, Result<Answer>> {
        Box::pin(async move {
            self.sim.point(self.who, "read", "").pass().await;
            self.store.read_now(job)
        })
    }

    fn intake_changed(&self) -> BoxFuture<'_, ()> {
        self.store.intake_changed()
    }
}

/// What the wire saw that must never be.
#[derive(Debug, Default)]
pub struct Oracle {
    /// Writes that left although no command of the store is marked as sent.
    pub unmarked: AtomicU64,
    /// Writes that left.
    pub writes: AtomicU64,
    /// Port calls made.
    pub calls: AtomicU64,
    /// Calls by method and the first two parts of the path.
    pub by_call: Mutex<std::collections::BTreeMap<String, u64>>,
}

/// The sandbox behind gates.
#[derive(Clone, Debug)]
pub struct SimTransport {
    /// The scheduler.
    pub sim: Sim,
    /// Whose wire it is.
    pub who: u32,
    /// The marketplace.
    pub world: Arc<Mutex<World>>,
    /// To look whether a write was marked before it left.
    pub store: MemoryStore,
    /// What must never be.
    pub oracle: Arc<Oracle>,
    /// Count calls by name too.
    pub count: bool,
}

/// The verb of a request that writes, by its path.
pub fn verb_of(request: &Request<Bytes>) -> Option<&'static str> {
    let path = request.uri().path();
    match request.method().as_str() {
        "POST" if path.ends_with("/acknowledge") => Some("acknowledge"),
        "POST" if path.ends_with("/shipping") => Some("confirm_shipment"),
        "POST" if path.ends_with("/cancel") => Some("cancel"),
        "POST" if path.ends_with("/refund") => Some("refund"),
        "PUT" if path.starts_with("/v3/inventor") => Some("set_level"),
        "POST" if path.starts_with("/v3/feeds") => Some("feed"),
        _ => None,
    }
}

impl SimTransport {
    fn world(&self) -> std::sync::MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// No write leaves unless a command of its verb is durably marked as sent.
    fn check_marked(&self, verb: &str) {
        self.oracle.writes.fetch_add(1, Ordering::Relaxed);
        let verb = sutler_core::command::Verb::from_text(if verb == "feed" { "set_level" } else { verb });
        let marked = self.store.read_now(Box::new(move |view| {
            let mut any = false;
            for channel in view.channels()? {
                for state in [sutler_core::command::State::Sent, sutler_core::command::State::InDoubt] {
                    let open = view.open_commands(&channel.id, state, 1_000)?;
                    any |= open.iter().any(|c| Some(c.key.verb) == verb);
                }
            }
            Ok(Box::new(any) as Answer)
        }));
        let any = marked.ok().and_then(|a| a.downcast::<bool>().ok()).is_some_and(|any| *any);
        if !any {
            self.oracle.unmarked.fetch_add(1, Ordering::Relaxed);
        }
    }
}

#[async_trait]
impl Transport for SimTransport {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        self.oracle.calls.fetch_add(1, Ordering::Relaxed);
        if self.count {
            let path: Vec<&str> = request.uri().path().split('/').take(4).collect();
            let call = format!("{} {}", request.method(), path.join("/"));
            *self.oracle.by_call.lock().unwrap_or_else(PoisonError::into_inner).entry(call).or_default() += 1;
        }
        let verb = verb_of(&request);
        let about = verb.unwrap_or("read");
        // What the pipe tested in this very poll cannot be tested again: a byte leaves here or never.
        let reply = {
            if let Some(verb) = verb {
                self.check_marked(verb);
            }
            let now = from_millis(self.sim.now());
            self.world().receive(now, &request)
        };
        let drop_guard = Undelivered { world: self.world.clone(), reply: reply.id, armed: true };
        self.sim.point(self.who, "call.sent", about).pass().await;
        let at = self.sim.now() + reply.after.num_milliseconds();
        if reply.answer.is_none() && reply.hang {
            std::future::pending::<()>().await;
        }
        self.sim.until(self.who, at).await;
        let Some(answer) = reply.answer else {
            return Err(TransportError::maybe_sent("the connection was cut before an answer came"));
        };
        drop_guard.delivered();
        self.sim.point(self.who, "call.answered", about).pass().await;
        Ok(answer)
    }
}

/// Tells the world that an answer never arrived, when the call is dropped before it did.
struct Undelivered {
    world: Arc<Mutex<World>>,
    reply: u64,
    armed: bool,
}

impl Undelivered {
    fn delivered(mut self) {
        self.armed = false;
    }
}

impl Drop for Undelivered {
    fn drop(&mut self) {
        if self.armed {
            self.world.lock().unwrap_or_else(PoisonError::into_inner).dropped(self.reply);
        }
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
