//! The orders an engine touched last, decoded: most are touched three times within seconds (stored, sent, answered), and
//! reading one costs more than writing it.
//!
//! It is right because one engine owns the file: nobody else writes these tables. A job that fails clears it, so it never
//! shows what was rolled back.

use super::orders::Before;
use std::collections::BTreeMap;
use sutler_core::{command::Command, state::OrderState};

/// Orders of a generation; two are kept. Enough that an order outlives the commands in flight and the pages stored
/// between its steps, and no more: each is some KB.
const GENERATION: usize = 512;

/// One order as the tables have it.
#[derive(Debug)]
pub(super) struct Kept {
    /// What its columns say.
    pub(super) before: Before,
    /// What its row decodes to.
    pub(super) state: OrderState,
    /// All its commands by key, once they were read.
    pub(super) commands: Option<Vec<Command>>,
}

impl Kept {
    /// Does a command of a channel stand among this order's own, as the tables would show it?
    pub(super) fn is_about(&self, channel: i64, command: &Command) -> bool {
        self.before.is_named(channel, command.channel_order_id.as_ref())
    }
}

/// Orders by row id.
#[derive(Debug, Default)]
pub(super) struct Hot {
    young: BTreeMap<i64, Kept>,
    old: BTreeMap<i64, Kept>,
}

impl Hot {
    /// The order, if it is kept; it is among the last touched again.
    pub(super) fn get(&mut self, id: i64) -> Option<&mut Kept> {
        if let Some(kept) = self.old.remove(&id) {
            self.put(id, kept);
        }
        self.young.get_mut(&id)
    }

    /// Takes the order out, if it is kept.
    pub(super) fn take(&mut self, id: i64) -> Option<Kept> {
        self.young.remove(&id).or_else(|| self.old.remove(&id))
    }

    /// Keeps the order.
    pub(super) fn put(&mut self, id: i64, kept: Kept) {
        if self.young.len() >= GENERATION {
            self.old = std::mem::take(&mut self.young);
        }
        self.old.remove(&id);
        self.young.insert(id, kept);
    }

    /// Forgets all of them.
    pub(super) fn clear(&mut self) {
        self.young.clear();
        self.old.clear();
    }
}
