//! What is in flight, and what may land.

use super::{asking::Search, hints::Hint, judges::Answered, pages::ReadPage, returns::Took};
use crate::{
    ingest::Told,
    job::{Job, Touched},
    judges::{Said, Unheard},
    lease,
    outcome::{Ended, Look, NotNow},
    shared::{BUDGETS, Shared},
    stock::{Plan, serve_freed},
};
use std::sync::Arc;
use sutler_core::{
    Result, Timestamp,
    channel::{LevelAnswer, Standing},
    command::Command,
    error::ErrorKind,
    id::{ChannelId, ChannelOrderId, OrderKey, Sku},
    ports::store::{StoreExt, StreamRow},
};

/// How much is in flight.
#[derive(Debug, Default)]
pub(super) struct Room {
    pub writes: usize,
    pub reads: usize,
    pub pulls: usize,
    pub ingests: usize,
    /// Orders being read because somebody told of them.
    pub hints: usize,
    pub sending: bool,
    pub setting: bool,
    /// Sets on the wire: no page is asked for meanwhile, so that none is served before a set that cannot know of it.
    pub sets: usize,
    pub recording: bool,
    pub draining: bool,
    pub planning: bool,
    pub deciding: bool,
    pub checking: bool,
    pub renewing: bool,
}

/// Commands that are durably marked as sent, and those that could not be, each with why.
pub(super) type Marked = (Vec<Command>, Vec<(Command, NotNow)>, Touched);
/// The same for sets: what could not be set, with what it needs instead.
pub(super) type SetsMarked = (Vec<Command>, Vec<(Sku, Plan)>, Touched);

/// The streams a stored page moved, its own first; whether its pull is complete; orders to read by themselves.
pub(super) type Ingested = (Vec<StreamRow>, bool, Touched);

/// What listings need next, and whether each offers what it should.
pub(super) type Planned = (Vec<(Sku, Plan, bool)>, Touched);

/// What came back.
pub(super) enum Landed {
    Renewed(Result<Timestamp>),
    Checked(Result<Standing>),
    Drained(Result<(usize, Touched)>),
    /// Where to go on with what was left undecided.
    Decided(Result<(Option<String>, Touched)>),
    Recorded(Vec<(Command, Ended)>, Result<Touched>),
    /// A judge's call ended.
    Asked {
        seat: usize,
        order: OrderKey,
        answered: Answered,
    },
    /// What was to be written down, and whether it is.
    Weighed {
        said: Vec<Said>,
        due: Vec<(Timestamp, OrderKey)>,
        result: Result<Touched>,
    },
    /// Questions nobody remembered, and where to go on.
    Searched(Result<(Option<Search>, Vec<Unheard>)>),
    /// Commands marked as sent, and those that could not be; one token each was taken.
    Sent(Vec<Command>, Result<Marked>),
    /// Calls that ended.
    Performed {
        ended: Vec<(Command, Ended)>,
        kind: Option<ErrorKind>,
        is_set: bool,
    },
    Pulled(Box<ReadPage>),
    Ingested(Result<Ingested>),
    Returned(Result<Took>),
    Looked {
        command: Command,
        asked_at: Timestamp,
        result: Result<(Option<Look>, Touched)>,
        kind: Option<ErrorKind>,
    },
    Probed {
        command: Command,
        result: Result<Touched>,
        kind: Option<ErrorKind>,
    },
    Settled {
        ended: Vec<(Command, Ended)>,
        later: Vec<Command>,
        result: Result<Touched>,
        kind: Option<ErrorKind>,
    },
    Planned(Vec<Sku>, Result<Planned>),
    /// Sets marked as sent, and what else is to be done; one token was taken.
    SetsSent(Vec<Sku>, Result<SetsMarked>),
    Levels {
        skus: Vec<Sku>,
        result: Result<(Vec<LevelAnswer>, Touched)>,
        kind: Option<ErrorKind>,
    },
    Swept(Result<Vec<(OrderKey, ChannelOrderId)>>),
    SweptOne {
        result: Result<Touched>,
        kind: Option<ErrorKind>,
    },
    Listened(Result<usize>),
    Hinted {
        order: ChannelOrderId,
        hint: Hint,
        result: Result<(bool, Result<Touched>), ErrorKind>,
    },
    Refilled(Result<Vec<Command>>, u64),
}

/// Runs a job under the lease. What it frees of stock goes to who waits for it.
pub(super) async fn write<T: Send + 'static>(
    shared: Arc<Shared>,
    channel: ChannelId,
    epoch: u64,
    mut act: impl FnMut(&mut Job<'_>) -> Result<T> + Send + 'static,
) -> Result<(T, Touched)> {
    let (world, clock) = (shared.world.clone(), shared.ports.clock.clone());
    let store = shared.ports.store.clone();
    let from = channel.clone();
    let spent = shared.spent(clock.now());
    let (answer, touched) = store
        .transact(move |tx| {
            #[cfg(feature = "mutants")]
            let fenced = !world.settings.lacks(crate::Mutant::EpochIgnored);
            #[cfg(not(feature = "mutants"))]
            let fenced = true;
            if fenced {
                lease::fence(tx, &channel, epoch)?;
            }
            let mut job = Job::new(tx, &world, clock.now());
            let answer = act(&mut job)?;
            serve_freed(&mut job)?;
            if let Some(spent) = &spent {
                job.tx.put_note(BUDGETS, spent)?;
            }
            Ok((answer, job.finish()?))
        })
        .await?;
    Ok((answer, shared.spread(&from, touched)))
}

/// Everything an observation of one order needs on its way into the store.
pub(super) fn told(
    channel: &dyn sutler_core::channel::Channel,
    raw: &sutler_core::channel::RawOrder,
    coverage: sutler_core::observation::Coverage,
    digest: sutler_core::ports::store::Digest,
    asked_at: Timestamp,
) -> Told {
    Told { order: channel.normalise(raw), digest, coverage, hides: false, since: None, asked_at }
}
