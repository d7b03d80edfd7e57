//! The rows as they are kept, lent without a copy: for an audit that looks after every commit.

use super::{MemoryStore, data::Data, lock};
use std::fmt;
use sutler_core::{
    Timestamp,
    command::{Command, CommandKey},
    id::{ChannelId, Sku},
    journal::JournalRow,
    state::OrderState,
    stock::Item,
};

/// Everything of one tenant that stock follows from.
pub struct Rows<'a>(&'a Data);

impl fmt::Debug for Rows<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows").field("orders", &self.0.orders.len()).finish_non_exhaustive()
    }
}

impl<'a> Rows<'a> {
    /// Orders by key.
    pub fn orders(&self) -> impl Iterator<Item = &'a OrderState> + use<'a> {
        self.0.orders.values().map(|row| &row.state)
    }

    /// Commands by channel and key.
    pub fn commands(&self) -> impl Iterator<Item = (&'a ChannelId, &'a Command)> + use<'a> {
        self.0.commands.iter().map(|((channel, _), command)| (channel, command))
    }

    /// Commands as they are found by state and `latest_safe`.
    pub fn open(&self) -> impl Iterator<Item = (&'a ChannelId, &'a CommandKey)> + use<'a> {
        self.0.open.keys().map(|(channel, _, _, key)| (channel, key))
    }

    /// Which open command holds a target.
    pub fn targets(&self) -> impl Iterator<Item = (&'a ChannelId, &'a str, &'a CommandKey)> + use<'a> {
        self.0.targets.iter().map(|((channel, target), key)| (channel, target.as_str(), key))
    }

    /// Items by SKU.
    pub fn items(&self) -> impl Iterator<Item = &'a Item> + use<'a> {
        self.0.items.values()
    }

    /// Units of a SKU that left after `since`; all that ever left for none.
    pub fn departed(&self, sku: &Sku, since: Option<Timestamp>) -> i64 {
        let from = since.map_or(i64::MIN, |since| since.timestamp_millis().saturating_add(1));
        let left = self.0.departures.range((sku.clone(), from)..).take_while(|((of, _), _)| of == sku);
        left.map(|(_, units)| units).sum()
    }

    /// The journal in commit order.
    pub fn journal(&self) -> &'a [JournalRow] {
        &self.0.journal
    }
}

impl MemoryStore {
    /// Grows by one with every commit that wrote an order, a command, an item or a departure.
    pub fn stock_version(&self) -> u64 {
        lock(&self.tenant.data).stock_version
    }

    /// Looks at the rows as the last commit left them.
    pub fn look<T>(&self, look: impl FnOnce(&Rows<'_>) -> T) -> T {
        look(&Rows(&lock(&self.tenant.data)))
    }
}
