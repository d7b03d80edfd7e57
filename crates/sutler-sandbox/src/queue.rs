//! What is due at an instant, in the order of the instants.
//!
//! A world is lazy: nothing runs between calls. Whatever is due is caught up on before anything else is done, so a world
//! asked once an hour is the same as one asked every second.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use crate::clock::Ms;

/// An event in the queue: by instant, and in the order of scheduling where instants are equal.
#[derive(Debug, Clone)]
struct Due<E> {
    at: Ms,
    place: u64,
    event: E,
}

impl<E> PartialEq for Due<E> {
    fn eq(&self, other: &Due<E>) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<E> Eq for Due<E> {}

impl<E> Ord for Due<E> {
    fn cmp(&self, other: &Due<E>) -> Ordering {
        // Reversed: the standard heap gives out the greatest first.
        (other.at, other.place).cmp(&(self.at, self.place))
    }
}

impl<E> PartialOrd for Due<E> {
    fn partial_cmp(&self, other: &Due<E>) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The events to come.
#[derive(Debug, Clone)]
pub(crate) struct Queue<E> {
    due: BinaryHeap<Due<E>>,
    scheduled: u64,
}

impl<E> Queue<E> {
    pub(crate) fn with_capacity(events: usize) -> Queue<E> {
        Queue { due: BinaryHeap::with_capacity(events), scheduled: 0 }
    }

    pub(crate) fn schedule(&mut self, at: Ms, event: E) {
        self.scheduled += 1;
        self.due.push(Due { at, place: self.scheduled, event });
    }

    /// The next event due up to and including `now`.
    pub(crate) fn pop(&mut self, now: Ms) -> Option<(Ms, E)> {
        if self.due.peek().is_none_or(|due| due.at > now) {
            return None;
        }
        self.due.pop().map(|due| (due.at, due.event))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_by_instant_and_then_as_scheduled() {
        let mut queue = Queue::with_capacity(4);
        for (at, name) in [(5, "late"), (1, "first"), (1, "second"), (9, "never")] {
            queue.schedule(at, name);
        }
        let mut told = Vec::new();
        while let Some((at, name)) = queue.pop(5) {
            told.push((at, name));
        }
        assert_eq!(told, [(1, "first"), (1, "second"), (5, "late")]);
    }
}
