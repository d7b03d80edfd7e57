//! A judge that does what a test wants, and a store that breaks when a test wants.

use crate::origin;
use async_trait::async_trait;
use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};
use sutler_core::{
    error::{Error, ErrorKind, Result},
    hold::HoldReason,
    id::RuleId,
    ports::{
        Asked, BoxFuture, Clock, Judge,
        store::{Answer, Input, ReadJob, Store, StoreExt, WriteJob},
    },
    rule::{Proof, Verdict},
    stock::Count,
    time::Duration,
};
use sutler_store::memory::MemoryStore;
use sutler_testkit::bench::Leaping;

/// A store that refuses to write from a moment on, until it is opened anew.
#[derive(Debug, Default)]
pub(crate) struct Frail {
    pub(crate) inner: MemoryStore,
    pub(crate) broken: AtomicBool,
}

impl Store for Frail {
    fn write(&self, job: WriteJob) -> BoxFuture<'_, Result<Answer>> {
        if self.broken.load(Ordering::Relaxed) {
            let error = Error::new(ErrorKind::Store, "store.write").message("the process is going down");
            return Box::pin(async move { Err(error) });
        }
        self.inner.write(job)
    }

    fn read(&self, job: ReadJob) -> BoxFuture<'_, Result<Answer>> {
        self.inner.read(job)
    }

    fn intake_changed(&self) -> BoxFuture<'_, ()> {
        self.inner.intake_changed()
    }
}

/// What a judge does when it is asked.
#[derive(Clone, Debug)]
pub(crate) enum Mood {
    Says(Verdict),
    After(Duration, Leaping),
    Hangs,
    Fails,
    Panics,
    /// Counts a SKU and reads the order, as a host does, and passes.
    Calls(Arc<Frail>),
    /// Passes, and nothing is written after it.
    Breaks(Arc<Frail>),
}

#[derive(Debug)]
pub(crate) struct Clerk {
    pub(crate) id: RuleId,
    pub(crate) version: String,
    pub(crate) mood: Mutex<Mood>,
    pub(crate) otherwise: Option<Verdict>,
    pub(crate) asked: Mutex<Vec<Asked>>,
}

impl Clerk {
    pub(crate) fn new(id: &str, mood: Mood) -> Clerk {
        Clerk {
            id: id.into(),
            version: "1".into(),
            mood: Mutex::new(mood),
            otherwise: None,
            asked: Mutex::default(),
        }
    }

    pub(crate) fn is(&self, mood: Mood) {
        *self.mood.lock().unwrap_or_else(PoisonError::into_inner) = mood;
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn times(&self) -> usize {
        self.asked().len()
    }
}

#[async_trait]
impl Judge for Clerk {
    fn id(&self) -> &RuleId {
        &self.id
    }

    fn version(&self) -> &str {
        &self.version
    }

    fn otherwise(&self) -> Verdict {
        let unanswered = HoldReason::Unanswered(self.id.clone());
        self.otherwise.clone().unwrap_or(Verdict::Hold(unanswered, Proof::code("judge.no_answer_in_time")))
    }

    async fn judge(&self, asked: &Asked) -> Result<Verdict> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).push(asked.clone());
        let mood = self.mood.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match mood {
            Mood::Says(verdict) => Ok(verdict),
            Mood::After(span, clock) => {
                clock.sleep_until(clock.now() + span).await;
                Ok(passes())
            }
            Mood::Hangs => std::future::pending().await,
            Mood::Fails => Err(Error::new(ErrorKind::Closed, "engine.lease").message("the model is asleep")),
            Mood::Panics => panic!("the judge is mistaken"),
            Mood::Calls(store) => {
                let count = Count { sku: "CUP".into(), quantity: 7, as_of: asked.now };
                store.transact(move |tx| tx.add_input(&Input::OnHand(count.clone()), origin())).await?;
                let (channel, id) = (asked.channel.clone(), asked.channel_order_id.clone());
                let known = store.view(move |view| view.known(&channel, &id)).await?;
                assert!(known.is_some(), "it is stored before it is judged");
                Ok(passes())
            }
            Mood::Breaks(store) => {
                store.broken.store(true, Ordering::Relaxed);
                Ok(passes())
            }
        }
    }
}

pub(crate) fn passes() -> Verdict {
    Verdict::Pass(Proof::value("fraud.score", "3 of 100"))
}

pub(crate) fn holds() -> Verdict {
    Verdict::Hold(HoldReason::Rule("fraud".into()), Proof::value("fraud.score", "97 of 100"))
}
