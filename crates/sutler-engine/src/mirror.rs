//! The driver's picture of open work: what is ready, doubtful, pending, dirty. The store has the truth; this is rebuilt
//! from it at every start.

use crate::outcome::{Look, NotNow};
use std::collections::{BTreeMap, BTreeSet};
use sutler_core::{
    Timestamp,
    command::{Command, CommandKey, State, Verb},
    id::{ChannelOrderId, OrderKey, Sku},
    time::Duration,
};

/// Commands ready in memory per verb at most; beyond that they wait in the store.
pub(crate) const READY_MAX: usize = 2_048;

#[derive(Debug, Default)]
pub(crate) struct Queue {
    /// By latest safe instant, then key.
    ready: BTreeSet<(Timestamp, CommandKey)>,
    /// Not before an instant.
    later: BTreeSet<(Timestamp, Timestamp, CommandKey)>,
    /// There is more in the store than fits here.
    pub overflow: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Mirror {
    pub queues: BTreeMap<Verb, Queue>,
    known: BTreeMap<CommandKey, Known>,
    heard: BTreeMap<CommandKey, u64>,
    /// Keys that wait for something else of their order.
    blocked: BTreeMap<OrderKey, BTreeSet<CommandKey>>,
    /// Orders that must be read before a command of theirs may go.
    pub wants_look: BTreeMap<CommandKey, (Command, ChannelOrderId)>,
    pub looks: BTreeMap<CommandKey, Look>,
    /// Doubtful commands, by when to ask.
    pub doubts: BTreeMap<CommandKey, Command>,
    /// Accepted work, by handle.
    pub pending: BTreeMap<String, BTreeMap<CommandKey, Command>>,
    /// SKUs whose listing may need something, by when to look.
    pub dirty: BTreeMap<Sku, Timestamp>,
    pub unresolved: BTreeSet<CommandKey>,
    /// SKUs whose right level changed, since when, and whether a set was needed for it.
    unpublished: BTreeMap<Sku, (Timestamp, bool)>,
}

#[derive(Debug)]
struct Known {
    latest_safe: Timestamp,
    not_before: Timestamp,
    order: Option<OrderKey>,
}

impl Mirror {
    /// Takes over how a command stands now.
    ///
    /// Landings may come in another order than their jobs ran; `seq` is the job's, and an older one says nothing.
    pub(crate) fn hear(&mut self, command: Command, seq: u64) {
        if self.heard.get(&command.key).is_some_and(|heard| *heard > seq) {
            return;
        }
        self.forget(&command.key);
        if command.is_open() {
            self.heard.insert(command.key.clone(), seq);
        } else {
            self.heard.remove(&command.key);
        }
        match command.state {
            State::Intended if command.order.is_some() => self.queue(&command),
            State::InDoubt => {
                self.looks.remove(&command.key);
                self.doubts.insert(command.key.clone(), command);
            }
            State::Accepted => {
                let handle = command.handle.clone().unwrap_or_default();
                self.pending.entry(handle).or_default().insert(command.key.clone(), command);
            }
            State::Unresolved => {
                self.unresolved.insert(command.key);
            }
            _ => {
                self.looks.remove(&command.key);
            }
        }
    }

    fn queue(&mut self, command: &Command) {
        let queue = self.queues.entry(command.key.verb).or_default();
        if queue.ready.len() + queue.later.len() >= READY_MAX {
            queue.overflow = true;
            // It waits in the store alone, and so does what was heard of it: memory does not grow with the backlog. Older
            // news of it that lands later is harmless, because the job that sends it reads it again.
            self.heard.remove(&command.key);
            return;
        }
        queue.later.insert((command.not_before, command.latest_safe, command.key.clone()));
        self.known.insert(
            command.key.clone(),
            Known { latest_safe: command.latest_safe, not_before: command.not_before, order: command.order },
        );
    }

    /// Removes a command from everywhere but its look.
    fn forget(&mut self, key: &CommandKey) {
        self.forget_waiting(key);
        self.doubts.remove(key);
        self.unresolved.remove(key);
        self.pending.retain(|_, commands| {
            commands.remove(key);
            !commands.is_empty()
        });
    }

    /// Removes a command from what waits to be sent; what was heard of it since stays.
    pub(crate) fn forget_waiting(&mut self, key: &CommandKey) {
        if let Some(known) = self.known.remove(key) {
            if let Some(queue) = self.queues.get_mut(&key.verb) {
                let _ = queue.ready.remove(&(known.latest_safe, key.clone()))
                    || queue.later.remove(&(known.not_before, known.latest_safe, key.clone()));
            }
            if let Some(keys) = known.order.and_then(|order| self.blocked.get_mut(&order)) {
                keys.remove(key);
            }
        }
        self.wants_look.remove(key);
    }

    /// The command whose order is to be read next: the one that must leave first.
    pub(crate) fn take_wanting_look(&mut self) -> Option<(Command, ChannelOrderId)> {
        let first = self.wants_look.iter().min_by_key(|(key, (command, _))| (command.latest_safe, *key))?;
        let key = first.0.clone();
        self.wants_look.remove(&key)
    }

    /// A command could not be sent now, and why.
    pub(crate) fn defer(&mut self, command: Command, why: &NotNow) {
        self.forget_waiting(&command.key);
        match why {
            NotNow::Gone => {}
            NotNow::Blocked => {
                if let Some(order) = command.order {
                    self.blocked.entry(order).or_default().insert(command.key);
                }
            }
            NotNow::Look => {
                self.looks.remove(&command.key);
                if let Some(order) = command.channel_order_id.clone() {
                    self.wants_look.insert(command.key.clone(), (command, order));
                }
            }
            NotNow::Until(at) => {
                let mut later = command;
                later.not_before = later.not_before.max(*at);
                self.queue(&later);
            }
        }
    }

    /// When the first command of a verb is ready; moves those whose time has come.
    pub(crate) fn ready_at(&mut self, verb: Verb, now: Timestamp) -> Option<Timestamp> {
        let queue = self.queues.get_mut(&verb)?;
        while let Some((not_before, latest_safe, key)) = queue.later.first().cloned() {
            if not_before > now {
                break;
            }
            queue.later.pop_first();
            if let Some(known) = self.known.get_mut(&key) {
                known.not_before = not_before;
            }
            queue.ready.insert((latest_safe, key));
        }
        if queue.ready.is_empty() { queue.later.first().map(|(at, _, _)| *at) } else { Some(now) }
    }

    /// Takes the most urgent ready command of a verb, with its order.
    pub(crate) fn take(&mut self, verb: Verb) -> Option<(CommandKey, Option<OrderKey>)> {
        let (_, key) = self.queues.get_mut(&verb)?.ready.pop_first()?;
        let order = self.known.remove(&key).and_then(|known| known.order);
        Some((key, order))
    }

    /// How many commands of a verb are here.
    pub(crate) fn len(&self, verb: Verb) -> usize {
        self.queues.get(&verb).map_or(0, |queue| queue.ready.len() + queue.later.len())
    }

    /// When the first doubtful command should be asked about.
    pub(crate) fn probe_at(&self) -> Option<Timestamp> {
        self.doubts.values().map(|c| c.not_before).min()
    }

    /// The doubtful command to ask about first.
    pub(crate) fn take_doubt(&mut self, now: Timestamp) -> Option<Command> {
        let key = self
            .doubts
            .values()
            .filter(|c| c.not_before <= now)
            .min_by_key(|c| (c.latest_safe, c.key.clone()))
            .map(|c| c.key.clone())?;
        self.doubts.remove(&key)
    }

    /// Accepted work is said to be finished: ask after it now.
    pub(crate) fn settle_now(&mut self, handle: &str, now: Timestamp) {
        for command in self.pending.get_mut(handle).into_iter().flat_map(|commands| commands.values_mut()) {
            command.not_before = command.not_before.min(now);
        }
    }

    /// When the first accepted work should be asked after.
    pub(crate) fn settle_at(&self) -> Option<Timestamp> {
        self.pending.values().filter_map(|commands| commands.values().map(|c| c.not_before).min()).min()
    }

    /// The accepted work to ask after first.
    pub(crate) fn take_pending(&mut self, now: Timestamp) -> Option<(String, Vec<Command>)> {
        let handle = self
            .pending
            .iter()
            .find(|(_, commands)| commands.values().any(|c| c.not_before <= now))
            .map(|(handle, _)| handle.clone())?;
        let commands = self.pending.remove(&handle)?;
        Some((handle, commands.into_values().collect()))
    }

    /// Something moved what the listing should offer.
    pub(crate) fn moved(&mut self, sku: &Sku, now: Timestamp) {
        self.unpublished.entry(sku.clone()).or_insert((now, false));
    }

    /// The listing offers what it should, or not yet. Answers how long it took, where a set was needed.
    pub(crate) fn offers(&mut self, sku: &Sku, rightly: bool, now: Timestamp) -> Option<Duration> {
        if !rightly {
            if let Some((_, needed)) = self.unpublished.get_mut(sku) {
                *needed = true;
            }
            return None;
        }
        let (since, needed) = self.unpublished.remove(sku)?;
        needed.then(|| now - since)
    }

    /// Marks a SKU to be looked at from `at` on, or sooner where it already is.
    pub(crate) fn dirty(&mut self, sku: Sku, at: Timestamp) {
        let due = self.dirty.entry(sku).or_insert(at);
        *due = (*due).min(at);
    }
}
