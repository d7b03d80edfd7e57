//! What the drivers of one engine share.

use crate::{
    gate::Gate,
    health::ChannelStatus,
    job::{Touched, World},
};
use futures_util::task::AtomicWaker;
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::Poll,
};
use sutler_core::{
    Result, Timestamp,
    budget::Budgets,
    id::ChannelId,
    ports::{
        Clock, Entropy,
        store::{Store, StoreExt},
    },
};

/// The note that keeps what was spent of the budgets.
pub(crate) const BUDGETS: &str = "budgets";
/// It is kept with whatever is written, at most this often (real time).
const KEPT_EVERY: std::time::Duration = std::time::Duration::from_secs(1);

/// Parts an engine runs on.
#[derive(Clone, Debug)]
pub struct Ports {
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// Marketplace time.
    pub clock: Arc<dyn Clock>,
    /// Jitter.
    pub entropy: Arc<dyn Entropy>,
    /// Rate limits, shared with the pipes of the channels.
    pub budgets: Arc<Budgets>,
}

/// Rings one driver awake.
#[derive(Debug, Default)]
pub(crate) struct Bell {
    rung: AtomicBool,
    waker: AtomicWaker,
}

impl Bell {
    pub(crate) fn ring(&self) {
        self.rung.store(true, Ordering::Release);
        self.waker.wake();
    }

    /// Ready once for each time it was rung since.
    pub(crate) fn poll(&self, cx: &mut std::task::Context<'_>) -> Poll<()> {
        self.waker.register(cx.waker());
        if self.rung.swap(false, Ordering::AcqRel) { Poll::Ready(()) } else { Poll::Pending }
    }
}

/// Shared by the engine's handle and its drivers.
#[derive(Debug)]
pub(crate) struct Shared {
    pub ports: Ports,
    pub world: Arc<World>,
    pub bells: BTreeMap<ChannelId, Bell>,
    pub gate: Gate,
    pub status: Mutex<BTreeMap<ChannelId, ChannelStatus>>,
    /// Results of calls made before they were marked: see `Mutant::SentAfterCall`.
    #[cfg(feature = "mutants")]
    pub early: Mutex<BTreeMap<sutler_core::command::CommandKey, crate::outcome::Ended>>,
    stop: AtomicBool,
    news: Mutex<BTreeMap<ChannelId, Vec<Touched>>>,
    /// When what was spent of the budgets was last kept.
    kept_at: Mutex<Option<Timestamp>>,
}

impl Shared {
    pub(crate) fn new(ports: Ports, world: World) -> Self {
        let bells = world.channels.keys().map(|id| (id.clone(), Bell::default())).collect();
        Shared {
            ports,
            world: Arc::new(world),
            bells,
            gate: Gate::default(),
            status: Mutex::default(),
            #[cfg(feature = "mutants")]
            early: Mutex::default(),
            stop: AtomicBool::new(false),
            news: Mutex::default(),
            kept_at: Mutex::default(),
        }
    }

    /// What was spent of the budgets, to be kept with a write; none where that was done just now.
    pub(crate) fn spent(&self, now: Timestamp) -> Option<Vec<u8>> {
        let mut kept_at = self.kept_at.lock().unwrap_or_else(PoisonError::into_inner);
        if kept_at.is_some_and(|at| now - at < self.ports.clock.real(KEPT_EVERY)) {
            return None;
        }
        *kept_at = Some(now);
        serde_json::to_vec(&self.ports.budgets.snapshot()).ok()
    }

    /// Keeps what was spent of the budgets: a restart must not spend a second bucketful.
    pub(crate) async fn keep_spent(&self) -> Result<()> {
        let bytes = serde_json::to_vec(&self.ports.budgets.snapshot()).unwrap_or_default();
        self.ports.store.transact(move |tx| tx.put_note(BUDGETS, &bytes)).await
    }

    /// Believes what the last owner had spent.
    pub(crate) async fn restore_spent(&self) -> Result<()> {
        let saved = self.ports.store.view(|view| view.note(BUDGETS)).await?;
        if let Some(buckets) = saved.and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
            self.ports.budgets.restore(buckets);
        }
        Ok(())
    }

    pub(crate) fn stop(&self) {
        self.stop.store(true, Ordering::Release);
        self.bells.values().for_each(Bell::ring);
    }

    pub(crate) fn start(&self) {
        self.stop.store(false, Ordering::Release);
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.stop.load(Ordering::Acquire)
    }

    /// Tells the other drivers what a job of `from` touched, and answers what concerns `from` itself.
    pub(crate) fn spread(&self, from: &ChannelId, mut touched: Touched) -> Touched {
        if self.bells.len() < 2 {
            return touched;
        }
        let mut all = self.news.lock().unwrap_or_else(PoisonError::into_inner);
        for (id, bell) in self.bells.iter().filter(|(id, _)| *id != from) {
            let theirs: Vec<_> =
                touched.commands.iter().filter(|(channel, _)| channel == id).cloned().collect();
            let told: Vec<_> = touched.told.iter().filter(|(channel, _)| channel == id).cloned().collect();
            let unheard: Vec<_> = touched.unheard.iter().filter(|one| one.channel == *id).cloned().collect();
            if !(theirs.is_empty() && told.is_empty() && unheard.is_empty() && touched.skus.is_empty()) {
                let news = Touched {
                    seq: touched.seq,
                    skus: touched.skus.clone(),
                    commands: theirs,
                    told,
                    unheard,
                    ..Touched::default()
                };
                all.entry(id.clone()).or_default().push(news);
                bell.ring();
            }
        }
        let commands = std::mem::take(&mut touched.commands)
            .into_iter()
            .filter(|(channel, _)| channel == from)
            .collect();
        Touched { commands, ..touched }
    }

    /// Rings every driver but `own` awake: what it waited for may be free now.
    pub(crate) fn ring_others(&self, own: &ChannelId) {
        self.bells.iter().filter(|(id, _)| *id != own).for_each(|(_, bell)| bell.ring());
    }

    /// Is there something that a driver was told and has not heard?
    pub(crate) fn is_told(&self) -> bool {
        !self.news.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// What other drivers told this one.
    pub(crate) fn news(&self, channel: &ChannelId) -> Vec<Touched> {
        self.news.lock().unwrap_or_else(PoisonError::into_inner).remove(channel).unwrap_or_default()
    }
}
