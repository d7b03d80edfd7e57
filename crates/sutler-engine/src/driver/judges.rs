//! Asking judges: after what they judge is stored, several at a time, with nothing locked and no transaction open. What is to
//! be asked is in memory alone; a start finds it again.

use super::{
    Driver,
    asking::Search,
    flight::{Landed, write},
};
use crate::{
    health::JudgeHealth,
    job::Touched,
    judges::{Said, Unheard, ask, fit, open, weigh},
};
use futures_util::{
    FutureExt,
    future::{Either, select},
};
use std::panic::AssertUnwindSafe;
use sutler_core::{
    Error, Result, Timestamp,
    error::ErrorKind,
    id::OrderKey,
    ports::store::{InboxQuery, Sort, StoreExt},
    rule::Verdict,
    state::Phase,
    time::Duration,
};

/// Answers, and orders whose time is up, written down in one transaction.
const WEIGHED_AT_ONCE: usize = 200;
/// Orders looked at in one read for questions nobody remembers.
const FOUND_AT_ONCE: u32 = 200;
/// Failures in a row after which a judge is left alone for a while, whatever it would be asked.
const FAILURES: u32 = 4;

/// The orders a judge may have something to say about.
const PHASES: &[Phase] = &[Phase::New, Phase::Held, Phase::Open, Phase::PartlyShipped];

/// How one question ended.
pub(super) enum Answered {
    /// With an answer.
    Said(Said),
    /// There was nothing to ask.
    Nothing,
    /// The judge gave none.
    Failed(Error),
    /// It was not asked: the store could not be read.
    Unread(Error),
}

impl Driver {
    pub(super) fn start_ask(&mut self, now: Timestamp) -> Option<()> {
        if self.judging.search_at().is_some_and(|at| at <= now) {
            return self.start_search();
        }
        let most = self.shared.world.settings.judges_in_flight;
        let mut asking = self.judging.asking.iter_mut().enumerate();
        let (seat, order) = asking.find_map(|(seat, asking)| {
            asking.at(most, now).filter(|at| *at <= now)?;
            asking.take().map(|order| (seat, order))
        })?;
        let shared = self.shared.clone();
        self.fly(async move {
            let (world, clock) = (shared.world.clone(), shared.ports.clock.clone());
            let store = shared.ports.store.clone();
            let ended = |answered| Landed::Asked { seat, order, answered };
            let reading = world.clone();
            let (asked, of) =
                match store.view(move |view| ask(view, &reading, seat, order, clock.now())).await {
                    Ok(Some(found)) => found,
                    Ok(None) => return ended(Answered::Nothing),
                    Err(error) => return ended(Answered::Unread(error)),
                };
            let Some(seated) = world.judges.get(seat) else { return ended(Answered::Nothing) };
            let clock = &shared.ports.clock;
            let call = AssertUnwindSafe(async { seated.judge.judge(&asked).await }).catch_unwind();
            let patience = clock.sleep_until(clock.now() + clock.real(world.settings.judge_timeout_real));
            let verdict: Result<Verdict> = match select(std::pin::pin!(call), patience).await {
                Either::Left((Ok(verdict), _)) => verdict,
                Either::Left((Err(_), _)) => Err(Error::new(ErrorKind::Invalid, "engine.judges")
                    .message(format!("judge {} panicked", seated.rule))),
                Either::Right(_) => Err(Error::new(ErrorKind::Timeout, "engine.judges")
                    .message(format!("judge {} did not answer in time", seated.rule))),
            };
            match verdict.and_then(|verdict| fit(&seated.rule, verdict)) {
                Ok(verdict) => {
                    ended(Answered::Said(Said { seat, order, opinion: seated.opinion(verdict, of) }))
                }
                Err(error) => ended(Answered::Failed(error)),
            }
        })
    }

    pub(super) fn land_asked(&mut self, seat: usize, order: OrderKey, answered: Answered) {
        let now = self.now();
        let Some(asking) = self.judging.asking.get_mut(seat) else { return };
        asking.flying = asking.flying.saturating_sub(1);
        match answered {
            // It stays in the air until it is written down.
            Answered::Said(said) => {
                (asking.failures, asking.pause_until) = (0, None);
                self.judging.said.push(said);
            }
            Answered::Nothing => self.judging.done(seat, order),
            Answered::Failed(error) => self.judge_failed(seat, order, &error, now),
            Answered::Unread(error) => {
                asking.again(order, now);
                self.job_failed(error);
            }
        }
    }

    /// Later, and ever later, again: an error of this judge, and of nobody else.
    fn judge_failed(&mut self, seat: usize, order: OrderKey, error: &Error, now: Timestamp) {
        let tries = self.judging.asking.get(seat).map_or(0, |asking| asking.tries(order));
        let wait = Duration::milliseconds(self.jittered(5_000 << tries.min(7)));
        let Some(asking) = self.judging.asking.get_mut(seat) else { return };
        let rule = self.shared.world.judges.get(seat).map_or("", |seat| seat.rule.as_str());
        tracing::warn!(channel = %self.id, judge = rule, kind = %error.kind(), %error, "a judge failed");
        asking.last_error = Some((now, error.to_string()));
        asking.again(order, now + wait);
        // What was in the air when the first failed fails with it, and is no sign of more.
        if asking.pause_until.is_none_or(|until| until <= now) {
            asking.failures = asking.failures.saturating_add(1);
            if asking.failures >= FAILURES {
                let pause = 10_000_i64 << (asking.failures - FAILURES).min(5);
                asking.pause_until = Some(now + Duration::milliseconds(pause));
            }
        }
    }

    pub(super) fn start_weigh(&mut self, now: Timestamp) -> Option<()> {
        let judging = &mut self.judging;
        let said: Vec<Said> = judging.said.drain(..judging.said.len().min(WEIGHED_AT_ONCE)).collect();
        let due = judging.take_due(now, WEIGHED_AT_ONCE);
        if said.is_empty() && due.is_empty() {
            return None;
        }
        judging.weighing = true;
        // An older order may be on a page not stored yet, and stock goes to who came first.
        let more_follows = !self.pull.is_read() || self.room.ingests > 0;
        let (shared, id, epoch) = (self.shared.clone(), self.id.clone(), self.epoch);
        let (heard, orders) = (said.clone(), due.iter().map(|(_, order)| *order).collect::<Vec<_>>());
        self.fly(async move {
            let done = write(shared, id, epoch, move |job| {
                job.more_follows = more_follows;
                weigh(job, &heard, &orders)?;
                job.more_follows = false;
                Ok(())
            })
            .await;
            Landed::Weighed { said, due, result: done.map(|((), touched)| touched) }
        })
    }

    pub(super) fn land_weighed(
        &mut self,
        said: Vec<Said>,
        due: Vec<(Timestamp, OrderKey)>,
        result: Result<Touched>,
    ) {
        self.judging.weighing = false;
        match result {
            Ok(touched) => {
                for (_, order) in due {
                    self.judging.asking.iter_mut().for_each(|asking| asking.yields(order));
                }
                said.iter().for_each(|one| self.judging.done(one.seat, one.order));
                self.hear(touched);
            }
            Err(error) => {
                // Nothing is lost: it waits to be written down.
                self.judging.said.splice(0..0, said);
                due.into_iter().for_each(|(by, order)| self.judging.is_due(order, by));
                self.job_failed(error);
            }
        }
    }

    /// Looks for questions that nobody remembers: those of an earlier run, and what was too much to keep.
    fn start_search(&mut self) -> Option<()> {
        let (_, Search { phase, after }) = self.judging.search.clone()?;
        self.judging.searching = true;
        let (shared, own) = (self.shared.clone(), self.id.clone());
        self.fly(async move {
            let world = shared.world.clone();
            let found = shared.ports.store.view(move |view| {
                let query = InboxQuery {
                    channel: Some(own.clone()),
                    phase: PHASES.get(phase).copied(),
                    sort: Sort::PlacedAscending,
                    after: after.clone(),
                    limit: FOUND_AT_ONCE,
                    ..InboxQuery::default()
                };
                let page = view.inbox(&query)?;
                let mut unheard = Vec::new();
                for row in &page.rows {
                    unheard.extend(open(view, &world, row.key)?);
                }
                let next = match page.next {
                    Some(after) => Some(Search { phase, after: Some(after) }),
                    None => (phase + 1 < PHASES.len()).then_some(Search { phase: phase + 1, after: None }),
                };
                Ok((next, unheard))
            });
            Landed::Searched(found.await)
        })
    }

    pub(super) fn land_searched(&mut self, result: Result<(Option<Search>, Vec<Unheard>)>) {
        let now = self.now();
        if let Err(error) = self.judging.searched(result, now) {
            self.job_failed(error);
        }
    }

    /// How each judge is doing, for hosts.
    pub(super) fn judges_health(&self) -> Vec<JudgeHealth> {
        let seats = self.shared.world.judges.iter().zip(&self.judging.asking);
        let health = seats.map(|(seat, asking)| JudgeHealth {
            judge: seat.rule.clone(),
            waiting: asking.len() as u64,
            failures: asking.failures,
            last_error: asking.last_error.clone(),
        });
        health.collect()
    }
}
