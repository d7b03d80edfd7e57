//! Orders to read by themselves, because a push told of them or because a list hid something of them; and what else pushes
//! tell: accepted work to ask after, an authorization withdrawn. Hints only: all of them may be lost with a crash. What a
//! push told, the next pull shows (G11); what is owed, the next look at undecided orders finds, or the sweep.

use super::{
    Driver,
    flight::{Landed, told, write},
    start::trouble,
};
use crate::ingest::take_in;
use std::collections::BTreeMap;
use sutler_core::{
    Result, Timestamp, budget::Rate, channel::Fetched, command::Handle, error::ErrorKind, id::ChannelOrderId,
    push::Told, time::Duration,
};

/// Hints kept at most; beyond that the pull brings them.
const HINTS_MAX: usize = 20_000;
/// An order that a push told of and a read does not show yet is asked for so often, then left to the pull.
const TRIES: u32 = 3;

/// Orders to be read by themselves.
#[derive(Debug, Default)]
pub(super) struct Hints {
    waiting: BTreeMap<ChannelOrderId, Hint>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Hint {
    /// When its order is due, where that is known.
    due: Option<Timestamp>,
    /// Owed for what a list hid: it may use the whole budget. A push may be anybody's flood, and has a part of it.
    owed: bool,
    heard_at: Timestamp,
    not_before: Timestamp,
    tries: u32,
}

impl Hints {
    /// A push told that something about `order` is new.
    pub(super) fn hear(&mut self, order: ChannelOrderId, due: Option<Timestamp>, now: Timestamp) {
        self.add(order, due, now, false);
    }

    /// A list hid something of `order`.
    pub(super) fn owe(&mut self, order: ChannelOrderId, due: Option<Timestamp>, now: Timestamp) {
        self.add(order, due, now, true);
    }

    fn add(&mut self, order: ChannelOrderId, due: Option<Timestamp>, now: Timestamp, owed: bool) {
        if self.waiting.len() >= HINTS_MAX && !self.waiting.contains_key(&order) {
            return;
        }
        let hint =
            self.waiting.entry(order).or_insert(Hint { due, owed, heard_at: now, not_before: now, tries: 0 });
        hint.heard_at = now;
        hint.owed |= owed;
        hint.due = [hint.due, due].into_iter().flatten().min();
    }

    /// A read asked at `asked_at` has shown `order`: hints heard before it are answered.
    pub(super) fn shown(&mut self, order: &ChannelOrderId, asked_at: Timestamp) {
        if self.waiting.get(order).is_some_and(|hint| hint.heard_at < asked_at) {
            self.waiting.remove(order);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// When the first may be read: of those that are owed, or of the rest.
    fn ready_at(&self, owed: bool) -> Option<Timestamp> {
        self.waiting.values().filter(|hint| hint.owed == owed).map(|hint| hint.not_before).min()
    }

    /// The one to read first, of all or of those alone that are owed: what is due first, then what says nothing of it.
    fn take(&mut self, now: Timestamp, pushes_too: bool) -> Option<(ChannelOrderId, Hint)> {
        let ready =
            self.waiting.iter().filter(|(_, hint)| hint.not_before <= now && (pushes_too || hint.owed));
        let first = ready.min_by_key(|(id, hint)| (hint.due.is_none(), hint.due, *id))?.0.clone();
        let hint = self.waiting.remove(&first)?;
        Some((first, hint))
    }

    fn again(&mut self, order: ChannelOrderId, mut hint: Hint, at: Timestamp) {
        hint.tries += 1;
        hint.not_before = at;
        if hint.tries < TRIES {
            self.waiting.entry(order).or_insert(hint);
        }
    }
}

/// The part of a budget that pushes may use: a bucket of its own beside it.
pub(super) fn share_of(scope: &str) -> String {
    format!("{scope}#pushes")
}

impl Driver {
    /// Gives pushes a quarter of the budget for single reads, and no more.
    pub(super) fn share_with_pushes(&self, now: Timestamp) {
        let (budgets, scope) = (&self.shared.ports.budgets, &self.channel.capabilities().fetch_budget);
        if let Some(rate) = budgets.rate(scope) {
            let quarter =
                Rate { capacity: (rate.capacity / 4.0).max(1.0), per_second: rate.per_second / 4.0 };
            budgets.declare(&share_of(scope), quarter, now);
        }
    }

    /// Takes in what a push told of this channel.
    pub(super) fn take_told(&mut self, told: Told) {
        let now = self.now();
        self.status.heard_at = self.status.heard_at.max(Some(now));
        match told {
            Told::Order { order, due } => self.hints.hear(order, due, now),
            Told::Finished(handle) => {
                self.mirror.settle_now(&handle, now);
                self.go_on_with(&handle, now);
            }
            // Not believed without a look: the next call shows whether it is so, loudly.
            Told::Revoked => self.check_at = Some(now),
            _ => {}
        }
    }

    /// What a read waits for is done: it goes on now.
    fn go_on_with(&mut self, handle: &Handle, now: Timestamp) {
        if self.pull.awaited.as_ref() == Some(handle) {
            self.pull.wait = self.pull.wait.map(|at| at.min(now));
        }
        if let Some(returning) = &mut self.returning {
            returning.go_on_with(handle, now);
        }
    }

    /// A hint's read may start when the budget has a token, and where a push told of it, the pushes' quarter of it too.
    pub(super) fn hint_at(&self, now: Timestamp) -> Option<Timestamp> {
        let (budgets, scope) = (&self.shared.ports.budgets, &self.channel.capabilities().fetch_budget);
        let share = budgets.ready_at(&share_of(scope), now, 0.0);
        let told = self.hints.ready_at(false).map(|at| at.max(share));
        let first = [self.hints.ready_at(true), told].into_iter().flatten().min()?;
        Some(first.max(budgets.ready_at(scope, now, 0.0)))
    }

    pub(super) fn start_hint(&mut self, now: Timestamp) -> Option<()> {
        let share = share_of(&self.channel.capabilities().fetch_budget);
        if self.hint_at(now).is_none_or(|at| at > now) || !self.begin_read() {
            return None;
        }
        let pushes_too = self.shared.ports.budgets.ready_at(&share, now, 0.0) <= now;
        let (order, hint) = self.hints.take(now, pushes_too)?;
        if !hint.owed {
            self.take_budget(&share, now);
        }
        self.room.reads += 1;
        self.room.hints += 1;
        let (shared, id, epoch, channel) =
            (self.shared.clone(), self.id.clone(), self.epoch, self.channel.clone());
        let cx = self.read_cx(now);
        self.fly(async move {
            let asked_at = shared.ports.clock.now();
            let result = match channel.fetch(&cx, &order).await {
                Ok(Fetched::Found(raw, coverage)) => {
                    let own = id.clone();
                    let done = write(shared, id, epoch, move |job| {
                        let digest = job.tx.digest_of(&raw.raw);
                        take_in(job, &own, &[told(&*channel, &raw, coverage, digest, asked_at)])
                    })
                    .await;
                    Ok((true, done.map(|(_, touched)| touched)))
                }
                Ok(Fetched::NotVisible) => Ok((false, Ok(Default::default()))),
                Err(error) => Err(trouble(&error)),
            };
            Landed::Hinted { order, hint, result }
        })
    }

    pub(super) fn land_hint(
        &mut self,
        order: ChannelOrderId,
        hint: Hint,
        result: Result<(bool, Result<crate::job::Touched>), ErrorKind>,
    ) {
        self.room.reads = self.room.reads.saturating_sub(1);
        self.room.hints = self.room.hints.saturating_sub(1);
        let now = self.now();
        match result {
            Ok((found, stored)) => {
                self.went(None);
                if !found {
                    self.hints.again(order, hint, now + Duration::minutes(1));
                }
                match stored {
                    Ok(touched) => self.hear(touched),
                    Err(error) => {
                        self.may_have_missed();
                        self.met(error);
                    }
                }
            }
            Err(kind) => {
                self.may_have_missed();
                self.went(Some(kind));
                self.hints.again(order, hint, now + Duration::seconds(30));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sutler_core::time::from_millis;

    #[test]
    fn hints_of_one_order_are_one_and_what_is_due_first_is_read_first() {
        let mut hints = Hints::default();
        hints.hear("B".into(), None, from_millis(1));
        hints.hear("C".into(), Some(from_millis(900)), from_millis(2));
        hints.hear("A".into(), Some(from_millis(500)), from_millis(3));
        hints.hear("A".into(), None, from_millis(4));
        assert_eq!(hints.len(), 3);
        let order: Vec<_> =
            std::iter::from_fn(|| hints.take(from_millis(10), true)).map(|(id, _)| id.to_string()).collect();
        assert_eq!(order, ["A", "C", "B"]);
    }

    #[test]
    fn what_a_list_hid_is_read_though_the_part_of_pushes_is_used_up() {
        let mut hints = Hints::default();
        hints.hear("told".into(), Some(from_millis(1)), from_millis(1));
        hints.owe("owed".into(), None, from_millis(1));
        assert_eq!(hints.take(from_millis(2), false).map(|(id, _)| id), Some("owed".into()));
        assert!(hints.take(from_millis(2), false).is_none());
        assert_eq!(hints.take(from_millis(2), true).map(|(id, _)| id), Some("told".into()));
    }

    #[test]
    fn g11_a_page_that_shows_the_order_answers_older_hints_alone() {
        let mut hints = Hints::default();
        hints.hear("A".into(), None, from_millis(10));
        hints.shown(&"A".into(), from_millis(10));
        assert_eq!(hints.len(), 1, "asked before it was heard");
        hints.shown(&"A".into(), from_millis(11));
        assert_eq!(hints.len(), 0);
    }

    #[test]
    fn an_order_that_no_read_shows_is_left_to_the_pull_in_the_end() {
        let mut hints = Hints::default();
        hints.hear("TEST".into(), None, from_millis(0));
        let mut reads = 0;
        while let Some((id, hint)) = hints.take(from_millis(i64::from(u32::MAX)), true) {
            reads += 1;
            hints.again(id, hint, from_millis(reads));
        }
        assert_eq!(reads, 3);
    }
}
