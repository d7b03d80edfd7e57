//! Reading the maps.

use super::{
    data::{Data, OrderRow, digest},
    undo::Change,
};
use crate::inbox::{self, NARROW_MAX, Path};
use std::{
    collections::BTreeMap,
    ops::Bound::{Excluded, Included, Unbounded},
};
use sutler_core::{
    Timestamp,
    command::{Command, CommandKey, State},
    error::Result,
    id::{ChannelId, ChannelOrderId, OrderKey, Seq, Sku, StreamId},
    journal::JournalRow,
    ports::store::{
        ChannelRow, Digest, InboxPage, InboxQuery, InboxRow, IntakeOutcome, IntakeRow, Personal, StreamRow,
        Totals, View,
    },
    state::OrderState,
    stock::{Item, Listing},
};

impl Data {
    fn journal_at(&self, seq: Seq) -> Option<&JournalRow> {
        usize::try_from(seq.0.checked_sub(1)?).ok().and_then(|at| self.journal.get(at))
    }

    /// The orders of a narrow question before any other filter: bounded, or refused.
    fn check_narrow(&self, query: &InboxQuery) -> Result<()> {
        let by = if query.order_id.is_some() {
            InboxQuery {
                channel: query.channel.clone(),
                order_id: query.order_id.clone(),
                ..Default::default()
            }
        } else {
            InboxQuery { sku: query.sku.clone(), ..Default::default() }
        };
        let found = self.orders.values().filter(|row| inbox::matches(&by, &row.state, &row.derived));
        if found.take(NARROW_MAX + 1).count() > NARROW_MAX { Err(inbox::too_many()) } else { Ok(()) }
    }
}

impl View for Data {
    fn channels(&self) -> Result<Vec<ChannelRow>> {
        Ok(self.channels.values().cloned().collect())
    }

    fn digest_of(&self, raw: &[u8]) -> Digest {
        digest(raw)
    }

    fn known(&self, channel: &ChannelId, order: &ChannelOrderId) -> Result<Option<(OrderKey, Digest)>> {
        let key = self.by_identity.get(&(channel.clone(), order.clone()));
        Ok(key.map(|key| {
            (OrderKey(*key), self.personal.get(key).map_or(Digest::default(), |(_, digest)| *digest))
        }))
    }

    fn order(&self, key: OrderKey) -> Result<Option<OrderState>> {
        Ok(self.orders.get(&key.0).map(|row| row.state.clone()))
    }

    fn personal(&self, key: OrderKey) -> Result<Option<Personal>> {
        Ok(self.personal.get(&key.0).map(|(personal, _)| personal.clone()))
    }

    fn orders_of_buyer(&self, channel: &ChannelId, name: &str, limit: usize) -> Result<Vec<OrderKey>> {
        let name = digest(name.as_bytes());
        let all = self.buyers.range((channel.clone(), name, i64::MIN)..);
        let own = all.take_while(|((other, theirs, _), ())| (other, theirs) == (channel, &name));
        Ok(own.take(limit).map(|((_, _, key), ())| OrderKey(*key)).collect())
    }

    fn commands(&self, order: OrderKey) -> Result<Vec<Command>> {
        let all =
            self.of_order.range((order.0, CommandKey::first())..).take_while(|((key, _), _)| *key == order.0);
        Ok(all
            .filter_map(|((_, key), channel)| self.commands.get(&(channel.clone(), key.clone())).cloned())
            .collect())
    }

    fn command(&self, channel: &ChannelId, key: &CommandKey) -> Result<Option<Command>> {
        Ok(self.commands.get(&(channel.clone(), key.clone())).cloned())
    }

    fn open_commands(&self, channel: &ChannelId, state: State, limit: usize) -> Result<Vec<Command>> {
        let from = (channel.clone(), state, i64::MIN, CommandKey::first());
        let all =
            self.open.range(from..).take_while(|((c, s, _, _), ())| c == channel && *s == state).take(limit);
        Ok(all
            .filter_map(|((_, _, _, key), ())| self.commands.get(&(channel.clone(), key.clone())).cloned())
            .collect())
    }

    fn target(&self, channel: &ChannelId, target: &str) -> Result<Option<CommandKey>> {
        Ok(self.targets.get(&(channel.clone(), target.to_owned())).cloned())
    }

    fn item(&self, sku: &Sku) -> Result<Option<Item>> {
        Ok(self.items.get(sku).cloned())
    }

    fn items(&self, after: Option<&Sku>, limit: usize) -> Result<Vec<Item>> {
        let from = after.map_or(Unbounded, Excluded);
        Ok(self.items.range::<Sku, _>((from, Unbounded)).take(limit).map(|(_, item)| item.clone()).collect())
    }

    fn departed_since(&self, sku: &Sku, since: Timestamp) -> Result<i64> {
        let from = Excluded((sku.clone(), since.timestamp_millis()));
        let to = Included((sku.clone(), i64::MAX));
        Ok(self.departures.range((from, to)).map(|(_, units)| units).sum())
    }

    fn listing(&self, channel: &ChannelId, sku: &Sku) -> Result<Option<Listing>> {
        Ok(self.listings.get(&(channel.clone(), sku.clone())).cloned())
    }

    fn listings(&self, channel: &ChannelId, after: Option<&Sku>, limit: usize) -> Result<Vec<Listing>> {
        let from = match after {
            Some(sku) => Excluded((channel.clone(), sku.clone())),
            None => Included((channel.clone(), Sku::new(""))),
        };
        let all = self.listings.range((from, Unbounded)).take_while(|((c, _), _)| c == channel).take(limit);
        Ok(all.map(|(_, listing)| listing.clone()).collect())
    }

    fn waiting(&self, sku: &Sku, limit: usize) -> Result<Vec<OrderKey>> {
        let all = self
            .waiting
            .range((sku.clone(), i64::MIN, 0)..)
            .take_while(|((s, _, _), ())| s == sku)
            .take(limit);
        Ok(all.map(|((_, _, key), ())| OrderKey(*key)).collect())
    }

    fn stream(&self, channel: &ChannelId, id: &StreamId) -> Result<Option<StreamRow>> {
        Ok(self.streams.get(&(channel.clone(), id.clone())).cloned())
    }

    fn stale(
        &self,
        channel: &ChannelId,
        before: Timestamp,
        limit: usize,
    ) -> Result<Vec<(OrderKey, ChannelOrderId)>> {
        let swept = self.swept.range((channel.clone(), 0)..).take_while(|((c, _), ())| c == channel);
        let rows = swept.filter_map(|((_, key), ())| self.orders.get(key).map(|row| (*key, &row.state)));
        let stale = rows.filter(|(_, state)| state.looked_at < before).take(limit);
        Ok(stale.map(|(key, state)| (OrderKey(key), state.channel_order_id.clone())).collect())
    }

    fn journal(&self, after: Seq, limit: usize) -> Result<Vec<JournalRow>> {
        let from = usize::try_from(after.0).unwrap_or(0);
        Ok(self.journal.iter().skip(from).take(limit).cloned().collect())
    }

    fn history(&self, order: OrderKey) -> Result<Vec<JournalRow>> {
        let mut at = self.orders.get(&order.0).map_or(Seq(0), |row| row.state.version);
        let mut rows = Vec::new();
        while let Some(row) = self.journal_at(at) {
            rows.push(row.clone());
            at = row.prev;
        }
        rows.reverse();
        Ok(rows)
    }

    fn intake(&self, limit: usize) -> Result<Vec<IntakeRow>> {
        let waiting = self.untaken.keys().take(limit);
        Ok(waiting
            .filter_map(|id| {
                self.intake.get(id).map(|(input, _)| IntakeRow { id: *id, input: input.clone() })
            })
            .collect())
    }

    fn intake_outcome(&self, id: i64) -> Result<Option<IntakeOutcome>> {
        Ok(self.intake.get(&id).map(|(_, outcome)| outcome.clone()))
    }

    fn inbox(&self, query: &InboxQuery) -> Result<InboxPage> {
        let plan = inbox::plan(query)?;
        if plan.path == Path::Narrow {
            self.check_narrow(query)?;
        }
        let after = plan.after.map(|(sort_key, key)| inbox::place(query.sort, sort_key, key));
        let mut found: Vec<((i64, i64), &OrderRow)> = self
            .orders
            .iter()
            .filter(|(_, row)| inbox::matches(query, &row.state, &row.derived))
            .map(|(key, row)| {
                (inbox::place(query.sort, inbox::sort_key(query.sort, &row.derived), *key), row)
            })
            .filter(|(place, _)| after.is_none_or(|after| *place > after))
            .collect();
        found.sort_unstable_by_key(|(place, _)| *place);
        let more = found.len() > plan.limit;
        found.truncate(plan.limit);
        let last = found.last().filter(|_| more).map(|(_, row)| row);
        let next = last.map(|row| {
            inbox::write_cursor(query.sort, inbox::sort_key(query.sort, &row.derived), row.state.key)
        });
        Ok(InboxPage { rows: found.into_iter().map(|(_, row)| inbox_row(row)).collect(), next })
    }

    fn totals(&self) -> Result<Totals> {
        let mut phases = BTreeMap::new();
        let mut acknowledged = BTreeMap::new();
        for row in self.orders.values() {
            *phases.entry((row.state.channel.clone(), row.derived.phase)).or_default() += 1;
            if row.derived.acknowledged {
                *acknowledged.entry(row.state.channel.clone()).or_default() += 1;
            }
        }
        Ok(Totals {
            phases: phases.into_iter().map(|((channel, phase), count)| (channel, phase, count)).collect(),
            acknowledged: acknowledged.into_iter().collect(),
            last: Seq(self.journal.len() as i64),
        })
    }

    fn note(&self, name: &str) -> Result<Option<Vec<u8>>> {
        Ok(self.notes.get(name).cloned())
    }
}

fn inbox_row(row: &OrderRow) -> InboxRow {
    let OrderRow { state, derived } = row;
    InboxRow {
        key: state.key,
        channel: state.channel.clone(),
        channel_order_id: state.channel_order_id.clone(),
        phase: derived.phase,
        placed_at: state.placed_at(),
        due_at: derived.due.map(sutler_core::time::from_millis),
        total: state.facts.total,
        holds: state.holds.iter().map(|hold| hold.reason.clone()).collect(),
        acknowledged: derived.acknowledged,
        lines: u32::try_from(state.facts.lines.len()).unwrap_or(u32::MAX),
    }
}

/// The least of all keys, where a range begins.
trait First {
    fn first() -> Self;
}

impl First for CommandKey {
    fn first() -> Self {
        CommandKey { verb: sutler_core::command::Verb::Acknowledge, subject: String::new(), ordinal: 0 }
    }
}

macro_rules! reads_through {
    ($($name:ident($($arg:ident: $of:ty),*) -> $answer:ty;)*) => {
        /// A job sees its own writes: they are in the maps already.
        impl View for Change<'_> {
            $(fn $name(&self, $($arg: $of),*) -> $answer { self.data.$name($($arg),*) })*
        }
    };
}

reads_through! {
    channels() -> Result<Vec<ChannelRow>>;
    digest_of(raw: &[u8]) -> Digest;
    known(channel: &ChannelId, order: &ChannelOrderId) -> Result<Option<(OrderKey, Digest)>>;
    order(key: OrderKey) -> Result<Option<OrderState>>;
    personal(key: OrderKey) -> Result<Option<Personal>>;
    orders_of_buyer(channel: &ChannelId, name: &str, limit: usize) -> Result<Vec<OrderKey>>;
    commands(order: OrderKey) -> Result<Vec<Command>>;
    command(channel: &ChannelId, key: &CommandKey) -> Result<Option<Command>>;
    open_commands(channel: &ChannelId, state: State, limit: usize) -> Result<Vec<Command>>;
    target(channel: &ChannelId, target: &str) -> Result<Option<CommandKey>>;
    item(sku: &Sku) -> Result<Option<Item>>;
    items(after: Option<&Sku>, limit: usize) -> Result<Vec<Item>>;
    departed_since(sku: &Sku, since: Timestamp) -> Result<i64>;
    listing(channel: &ChannelId, sku: &Sku) -> Result<Option<Listing>>;
    listings(channel: &ChannelId, after: Option<&Sku>, limit: usize) -> Result<Vec<Listing>>;
    waiting(sku: &Sku, limit: usize) -> Result<Vec<OrderKey>>;
    stream(channel: &ChannelId, id: &StreamId) -> Result<Option<StreamRow>>;
    stale(channel: &ChannelId, before: Timestamp, limit: usize) -> Result<Vec<(OrderKey, ChannelOrderId)>>;
    journal(after: Seq, limit: usize) -> Result<Vec<JournalRow>>;
    history(order: OrderKey) -> Result<Vec<JournalRow>>;
    intake(limit: usize) -> Result<Vec<IntakeRow>>;
    intake_outcome(id: i64) -> Result<Option<IntakeOutcome>>;
    inbox(query: &InboxQuery) -> Result<InboxPage>;
    totals() -> Result<Totals>;
    note(name: &str) -> Result<Option<Vec<u8>>>;
}
