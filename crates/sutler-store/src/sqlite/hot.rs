//! What an engine touched last, decoded: most orders are touched three times within seconds (stored, sent, answered), and
//! reading one costs more than writing it.
//!
//! It is right because one engine owns the file: nobody else writes these tables. A job that fails clears it, so it never
//! shows what was rolled back.

use super::{orders::Before, row::Places};
use std::{borrow::Borrow, collections::BTreeMap, mem};
use sutler_core::{command::Command, id::Sku, state::OrderState, stock::Item};

/// Orders of a generation; two are kept. Enough that an order outlives the commands in flight and the pages stored
/// between its steps, and no more: each is some KB.
const ORDERS: usize = 1_024;
/// Items of a generation: each is some hundred bytes.
const ITEMS: usize = 4_096;

/// One order as the tables have it.
#[derive(Debug)]
pub(super) struct Kept {
    /// What its columns say.
    pub(super) before: Before,
    /// What its row holds.
    pub(super) decoded: Decoded,
}

/// What an order's row decodes to.
#[derive(Debug)]
pub(super) struct Decoded {
    /// The order.
    pub(super) state: OrderState,
    /// Where parts of its row stand.
    pub(super) places: Places,
    /// All its commands by key, once they were read.
    pub(super) commands: Option<Vec<Command>>,
}

impl Kept {
    /// Does a command of a channel stand among this order's own, as the tables would show it?
    pub(super) fn is_about(&self, channel: i64, command: &Command) -> bool {
        self.before.is_named(channel, command.channel_order_id.as_ref())
    }
}

/// See the module.
#[derive(Debug)]
pub(super) struct Hot {
    /// Orders by row id.
    pub(super) orders: Recent<i64, Kept>,
    /// Items by SKU.
    pub(super) items: Recent<Sku, Item>,
}

impl Default for Hot {
    fn default() -> Self {
        Hot { orders: Recent::new(ORDERS), items: Recent::new(ITEMS) }
    }
}

impl Hot {
    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        self.orders.clear();
        self.items.clear();
    }
}

/// The last touched of many, in two generations.
#[derive(Debug)]
pub(super) struct Recent<K, V> {
    most: usize,
    young: BTreeMap<K, V>,
    old: BTreeMap<K, V>,
}

impl<K: Ord, V> Recent<K, V> {
    fn new(most: usize) -> Self {
        Recent { most, young: BTreeMap::new(), old: BTreeMap::new() }
    }

    /// What is kept under `key`; it is among the last touched again.
    pub(super) fn get<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        if let Some((key, kept)) = self.old.remove_entry(key) {
            self.put(key, kept);
        }
        self.young.get_mut(key)
    }

    /// Takes it out.
    pub(super) fn take<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.young.remove(key).or_else(|| self.old.remove(key))
    }

    /// Keeps it.
    pub(super) fn put(&mut self, key: K, kept: V) {
        if self.young.len() >= self.most {
            self.old = mem::take(&mut self.young);
        }
        self.old.remove(&key);
        self.young.insert(key, kept);
    }

    fn clear(&mut self) {
        self.young.clear();
        self.old.clear();
    }
}
