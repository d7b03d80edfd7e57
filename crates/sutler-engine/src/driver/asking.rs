//! What judges are to be asked: bounded, and in memory alone.

use crate::judges::{Said, Unheard};
use std::collections::{BTreeMap, BTreeSet};
use sutler_core::{Result, Timestamp, id::OrderKey, time::Duration};

/// Questions of one judge kept at most. Beyond that they are found again in the store.
const QUESTIONS_MAX: usize = 50_000;
/// What was not remembered is looked for after this long.
const SEARCH_AGAIN: Duration = Duration::minutes(10);

/// Where a question is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Ready,
    Later(Timestamp),
    Flying,
}

#[derive(Clone, Copy, Debug)]
struct Question {
    by: Timestamp,
    tries: u32,
    place: Place,
    /// It was wanted anew while it was in the air.
    again: bool,
}

/// What one judge is to be asked. What is decided first without an answer is asked first.
#[derive(Debug, Default)]
pub(super) struct Asking {
    questions: BTreeMap<OrderKey, Question>,
    ready: BTreeSet<(Timestamp, OrderKey)>,
    later: BTreeSet<(Timestamp, OrderKey)>,
    pub(super) flying: usize,
    /// Failures in a row.
    pub(super) failures: u32,
    pub(super) pause_until: Option<Timestamp>,
    pub(super) last_error: Option<(Timestamp, String)>,
}

impl Asking {
    /// Wants a question asked. Answers whether it is remembered.
    fn want(&mut self, order: OrderKey, by: Timestamp, waits: bool) -> bool {
        if let Some(known) = self.questions.get_mut(&order) {
            known.again |= known.place == Place::Flying;
            return true;
        }
        // Orders that wait go before those that stand decided.
        let most = if waits { QUESTIONS_MAX } else { QUESTIONS_MAX / 4 };
        if self.questions.len() >= most {
            return false;
        }
        self.questions.insert(order, Question { by, tries: 0, place: Place::Ready, again: false });
        self.ready.insert((by, order));
        true
    }

    /// When the next may be asked, while fewer than `most` are in the air.
    pub(super) fn at(&mut self, most: usize, now: Timestamp) -> Option<Timestamp> {
        if self.flying >= most {
            return None;
        }
        while let Some((at, order)) = self.later.first().copied().filter(|(at, _)| *at <= now) {
            self.later.remove(&(at, order));
            if let Some(question) = self.questions.get_mut(&order) {
                question.place = Place::Ready;
                self.ready.insert((question.by, order));
            }
        }
        let first = if self.ready.is_empty() { self.later.first()?.0 } else { now };
        Some(self.pause_until.map_or(first, |until| first.max(until)))
    }

    /// Takes the one to ask next.
    pub(super) fn take(&mut self) -> Option<OrderKey> {
        let (_, order) = self.ready.pop_first()?;
        if let Some(question) = self.questions.get_mut(&order) {
            question.place = Place::Flying;
        }
        self.flying += 1;
        Some(order)
    }

    /// It was answered, or there is nothing to ask: it is wanted no more, unless it was wanted anew meanwhile.
    fn done(&mut self, order: OrderKey) {
        if let Some(question) = self.questions.remove(&order)
            && question.again
        {
            self.want(order, question.by, true);
        }
    }

    /// It is asked again at `at`.
    pub(super) fn again(&mut self, order: OrderKey, at: Timestamp) {
        if let Some(question) = self.questions.get_mut(&order) {
            question.tries = question.tries.saturating_add(1);
            (question.place, question.again) = (Place::Later(at), false);
            self.later.insert((at, order));
        }
    }

    /// Its order waits no longer: it makes room where there is little.
    pub(super) fn yields(&mut self, order: OrderKey) {
        if self.questions.len() < QUESTIONS_MAX / 4 {
            return;
        }
        if let Some(question) = self.questions.get(&order).copied().filter(|one| one.place != Place::Flying) {
            self.questions.remove(&order);
            self.ready.remove(&(question.by, order));
            if let Place::Later(at) = question.place {
                self.later.remove(&(at, order));
            }
        }
    }

    /// How often it failed.
    pub(super) fn tries(&self, order: OrderKey) -> u32 {
        self.questions.get(&order).map_or(0, |question| question.tries)
    }
}

/// How far the search for forgotten questions is.
#[derive(Clone, Debug, Default)]
pub(super) struct Search {
    pub(super) phase: usize,
    pub(super) after: Option<String>,
}

/// What all judges of a channel are to be asked, and have said.
#[derive(Debug, Default)]
pub(super) struct Judging {
    pub(super) asking: Vec<Asking>,
    /// Answers that are not written down yet.
    pub(super) said: Vec<Said>,
    /// Orders that wait, by when they are decided without an answer.
    due: BTreeSet<(Timestamp, OrderKey)>,
    /// The same by order: each is there once.
    due_of: BTreeMap<OrderKey, Timestamp>,
    pub(super) weighing: bool,
    pub(super) search: Option<(Timestamp, Search)>,
    pub(super) searching: bool,
    /// Some questions were not remembered.
    forgot: bool,
}

impl Judging {
    pub(super) fn new(judges: usize, now: Timestamp) -> Judging {
        let asking = (0..judges).map(|_| Asking::default()).collect();
        let search = (judges > 0).then(|| (now, Search::default()));
        Judging { asking, search, ..Judging::default() }
    }

    /// Calls of judges in the air: harmless to drop.
    pub(super) fn flying(&self) -> usize {
        self.asking.iter().map(|asking| asking.flying).sum()
    }

    pub(super) fn want(&mut self, unheard: Unheard, now: Timestamp) {
        let Some(asking) = self.asking.get_mut(unheard.seat) else { return };
        if !asking.want(unheard.order, unheard.by, unheard.waits) {
            self.forgot = true;
            if !self.searching && self.search.is_none() {
                self.search = Some((now + SEARCH_AGAIN, Search::default()));
                self.forgot = false;
            }
        } else if unheard.waits {
            self.is_due(unheard.order, unheard.by);
        }
    }

    /// An order that waits is decided at `by`, whatever was said before of when.
    pub(super) fn is_due(&mut self, order: OrderKey, by: Timestamp) {
        if let Some(before) = self.due_of.insert(order, by) {
            self.due.remove(&(before, order));
        }
        self.due.insert((by, order));
    }

    /// Takes at most `most` of the orders whose time is up.
    pub(super) fn take_due(&mut self, now: Timestamp, most: usize) -> Vec<(Timestamp, OrderKey)> {
        let mut taken = Vec::new();
        while taken.len() < most
            && let Some((by, order)) = self.due.first().copied().filter(|(by, _)| *by <= now)
        {
            self.due.remove(&(by, order));
            self.due_of.remove(&order);
            taken.push((by, order));
        }
        taken
    }

    /// A judge answered, or there is nothing to ask it. An order about which nobody is asked any more waits for nobody.
    pub(super) fn done(&mut self, seat: usize, order: OrderKey) {
        if let Some(asking) = self.asking.get_mut(seat) {
            asking.done(order);
        }
        let is_asked = self.asking.iter().any(|asking| asking.questions.contains_key(&order));
        if !is_asked && let Some(by) = self.due_of.remove(&order) {
            self.due.remove(&(by, order));
        }
    }

    /// When something can be written down.
    pub(super) fn weigh_at(&self, now: Timestamp) -> Option<Timestamp> {
        if self.weighing {
            return None;
        }
        if self.said.is_empty() { self.due.first().map(|(by, _)| *by) } else { Some(now) }
    }

    /// Are there answers to be written down?
    pub(super) fn has_said(&self) -> bool {
        !self.said.is_empty() && !self.weighing
    }

    /// When a judge can be asked something, while fewer than `most` questions of it are in the air.
    pub(super) fn ask_at(&mut self, most: usize, now: Timestamp) -> Option<Timestamp> {
        let search = self.search_at();
        let asked = self.asking.iter_mut().filter_map(|asking| asking.at(most, now)).min();
        [search, asked].into_iter().flatten().min()
    }

    /// Half of what is remembered must be free, so that the search does not only find what it has to forget.
    pub(super) fn search_at(&self) -> Option<Timestamp> {
        let free = self.asking.iter().all(|asking| asking.questions.len() < QUESTIONS_MAX / 2);
        let (at, _) = self.search.as_ref().filter(|_| !self.searching && free)?;
        Some(*at)
    }

    pub(super) fn searched(
        &mut self,
        result: Result<(Option<Search>, Vec<Unheard>)>,
        now: Timestamp,
    ) -> Result<()> {
        self.searching = false;
        let (next, found) = result?;
        self.search = next.map(|next| (now, next));
        found.into_iter().for_each(|unheard| self.want(unheard, now));
        if self.search.is_none() && std::mem::take(&mut self.forgot) {
            self.search = Some((now + SEARCH_AGAIN, Search::default()));
        }
        Ok(())
    }
}

impl Asking {
    /// Orders about which it has not answered.
    pub(super) fn len(&self) -> usize {
        self.questions.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sutler_core::time::from_millis;

    fn at(ms: i64) -> Timestamp {
        from_millis(ms)
    }

    #[test]
    fn what_is_decided_first_without_an_answer_is_asked_first_and_each_once() {
        let mut asking = Asking::default();
        for (order, by) in [(1, 30), (2, 10), (3, 20), (2, 10)] {
            assert!(asking.want(OrderKey(order), at(by), true));
        }
        let mut order = Vec::new();
        while asking.at(9, at(0)).is_some() {
            order.extend(asking.take());
        }
        assert_eq!(order, [OrderKey(2), OrderKey(3), OrderKey(1)]);
        assert_eq!(asking.flying, 3);
        assert!(asking.want(OrderKey(2), at(10), true), "in the air already");
        assert_eq!(asking.at(9, at(0)), None);
    }

    #[test]
    fn what_is_wanted_anew_while_in_the_air_is_asked_once_more() {
        let mut asking = Asking::default();
        asking.want(OrderKey(1), at(10), true);
        assert_eq!(asking.take(), Some(OrderKey(1)));
        asking.want(OrderKey(1), at(10), true);
        asking.done(OrderKey(1));
        assert_eq!(asking.take(), Some(OrderKey(1)));
        asking.done(OrderKey(1));
        assert_eq!(asking.take(), None);
        assert!(asking.questions.is_empty());
    }

    #[test]
    fn what_failed_waits_and_only_so_many_are_in_the_air() {
        let mut asking = Asking::default();
        asking.want(OrderKey(1), at(10), true);
        asking.want(OrderKey(2), at(20), true);
        assert_eq!(asking.take(), Some(OrderKey(1)));
        assert_eq!(asking.at(1, at(0)), None, "one is in the air");
        asking.flying = 0;
        asking.again(OrderKey(1), at(50));
        assert_eq!(asking.take(), Some(OrderKey(2)));
        assert_eq!(asking.at(2, at(0)), Some(at(50)));
        assert_eq!(asking.at(2, at(50)), Some(at(50)));
        assert_eq!(asking.take(), Some(OrderKey(1)));
        assert_eq!(asking.tries(OrderKey(1)), 1);
    }

    #[test]
    fn an_order_about_which_nobody_is_asked_waits_for_nobody() {
        let mut judging = Judging::new(2, at(0));
        let unheard = |seat: usize, by: i64| Unheard {
            channel: "us".into(),
            seat,
            order: OrderKey(1),
            by: at(by),
            waits: true,
        };
        judging.want(unheard(0, 50), at(0));
        judging.want(unheard(1, 50), at(0));
        judging.want(unheard(1, 60), at(0));
        assert_eq!(judging.weigh_at(at(0)), Some(at(60)), "what was said last of when");
        judging.done(0, OrderKey(1));
        assert_eq!(judging.weigh_at(at(0)), Some(at(60)), "another judge has not answered");
        judging.done(1, OrderKey(1));
        assert_eq!(judging.weigh_at(at(0)), None);
        judging.is_due(OrderKey(1), at(70));
        assert_eq!(judging.take_due(at(69), 9), []);
        assert_eq!(judging.take_due(at(70), 9), [(at(70), OrderKey(1))]);
        assert_eq!(judging.weigh_at(at(0)), None);
    }

    #[test]
    fn memory_has_a_bound_and_orders_that_wait_go_first() {
        let mut judging = Judging::new(1, at(0));
        judging.searched(Ok((None, Vec::new())), at(0)).expect("found nothing");
        let unheard = |order: i64, waits: bool| Unheard {
            channel: "us".into(),
            seat: 0,
            order: OrderKey(order),
            by: at(order),
            waits,
        };
        for order in 0..2 * QUESTIONS_MAX as i64 {
            judging.want(unheard(order, false), at(0));
        }
        assert_eq!(judging.asking[0].questions.len(), QUESTIONS_MAX / 4);
        for order in 0..3 * QUESTIONS_MAX as i64 {
            judging.want(unheard(order, true), at(0));
        }
        assert_eq!(judging.asking[0].questions.len(), QUESTIONS_MAX);
        assert_eq!(judging.search_at(), None, "what it would find has no room");
        let decided = judging.asking[0].questions.keys().copied().collect::<Vec<_>>();
        decided.into_iter().for_each(|order| judging.asking[0].yields(order));
        assert_eq!(judging.asking[0].questions.len(), QUESTIONS_MAX / 4 - 1);
        assert_eq!(judging.search_at(), Some(at(0) + SEARCH_AGAIN), "what was forgotten is looked for");
    }
}
