//! Writing the maps.

use super::{
    data::{Data, OrderRow},
    undo::Change,
};
use crate::derive::{self, Derived};
use std::collections::BTreeMap;
use sutler_core::{
    Timestamp,
    command::{Command, CommandKey, State},
    error::Result,
    id::{ChannelId, ChannelOrderId, OrderKey, Seq, Sku, StreamId},
    journal::{Entry, JournalRow},
    ports::store::{ChannelRow, Digest, Input, IntakeOutcome, Personal, StreamRow, Tx},
    state::OrderState,
    stock::{Item, Listing},
};

/// A field of the data, as [`Change::set`] wants it.
macro_rules! map {
    ($field:ident: $key:ty => $value:ty) => {{
        fn field(data: &mut Data) -> &mut BTreeMap<$key, $value> {
            &mut data.$field
        }
        field
    }};
}

/// What points at an order besides its key.
struct Pointers {
    swept: Option<(ChannelId, i64)>,
    waiting: Vec<(Sku, i64, i64)>,
}

impl Pointers {
    fn of(state: &OrderState, derived: &Derived) -> Self {
        let key = state.key.0;
        let waiting = derive::awaited(state, derived.phase).into_iter();
        Pointers {
            swept: derived.swept.then(|| (state.channel.clone(), key)),
            waiting: waiting.map(|sku| (sku, derived.placed, key)).collect(),
        }
    }
}

impl Change<'_> {
    fn point(&mut self, pointers: Pointers, present: Option<()>) {
        if let Some(place) = pointers.swept {
            self.set(map!(swept: (ChannelId, i64) => ()), place, present);
        }
        for place in pointers.waiting {
            self.set(map!(waiting: (Sku, i64, i64) => ()), place, present);
        }
    }

    fn release(&mut self, channel: &ChannelId, command: &Command) -> Result<()> {
        let place = open_place(channel, command);
        self.set(map!(open: (ChannelId, State, i64, CommandKey) => ()), place, None);
        for target in derive::targets(command)? {
            self.set(map!(targets: (ChannelId, String) => CommandKey), (channel.clone(), target), None);
        }
        Ok(())
    }
}

fn open_place(channel: &ChannelId, command: &Command) -> (ChannelId, State, i64, CommandKey) {
    (channel.clone(), command.state, command.latest_safe.timestamp_millis(), command.key.clone())
}

impl Tx for Change<'_> {
    fn put_channel(&mut self, row: &ChannelRow) -> Result<()> {
        self.set(map!(channels: ChannelId => ChannelRow), row.id.clone(), Some(row.clone()));
        Ok(())
    }

    fn new_order_key(&mut self) -> Result<OrderKey> {
        self.data.last_key += 1;
        Ok(OrderKey(self.data.last_key))
    }

    fn put_order(
        &mut self,
        order: &OrderState,
        due_at: Option<Timestamp>,
        at_risk_at: Option<Timestamp>,
    ) -> Result<()> {
        let key = order.key.0;
        if key < 1 || key > self.data.last_key {
            return Err(derive::no_such_order(order.key));
        }
        let identity = (order.channel.clone(), order.channel_order_id.clone());
        let before = self.data.orders.get(&key).map(|row| Pointers::of(&row.state, &row.derived));
        match (before, self.data.by_identity.get(&identity)) {
            (_, Some(other)) if *other != key => return Err(derive::stored_already(order, *other)),
            (Some(_), None) => return Err(derive::other_identity(order.key)),
            (Some(before), Some(_)) => self.point(before, None),
            (None, _) => {
                self.set(map!(by_identity: (ChannelId, ChannelOrderId) => i64), identity, Some(key));
            }
        }
        self.moved_stock = true;
        let row = OrderRow { state: order.clone(), derived: Derived::of(order, due_at, at_risk_at) };
        self.point(Pointers::of(&row.state, &row.derived), Some(()));
        self.set(map!(orders: i64 => OrderRow), key, Some(row));
        Ok(())
    }

    fn put_looked_at(&mut self, order: OrderKey, looked_at: Timestamp) -> Result<()> {
        let Some(row) = self.data.orders.get_mut(&order.0) else {
            return Err(derive::no_such_order(order));
        };
        let before = std::mem::replace(&mut row.state.looked_at, looked_at);
        self.on_undo(move |data| {
            if let Some(row) = data.orders.get_mut(&order.0) {
                row.state.looked_at = before;
            }
        });
        Ok(())
    }

    fn put_personal(&mut self, order: OrderKey, personal: &Personal, digest: &Digest) -> Result<()> {
        let value = (personal.clone(), *digest);
        self.set(map!(personal: i64 => (Personal, Digest)), order.0, Some(value));
        Ok(())
    }

    fn put_buyer(&mut self, channel: &ChannelId, order: OrderKey, names: &[String]) -> Result<()> {
        let mut wanted: Vec<Digest> = names.iter().map(|name| super::data::digest(name.as_bytes())).collect();
        wanted.sort_unstable();
        wanted.dedup();
        if let Some((channel, kept)) = self.data.buyer_of.get(&order.0).cloned() {
            for name in kept {
                let place = (channel.clone(), name, order.0);
                self.set(map!(buyers: (ChannelId, Digest, i64) => ()), place, None);
            }
        }
        for name in &wanted {
            let place = (channel.clone(), *name, order.0);
            self.set(map!(buyers: (ChannelId, Digest, i64) => ()), place, Some(()));
        }
        let kept = (!wanted.is_empty()).then(|| (channel.clone(), wanted));
        self.set(map!(buyer_of: i64 => (ChannelId, Vec<Digest>)), order.0, kept);
        Ok(())
    }

    fn put_command(&mut self, channel: &ChannelId, command: &Command) -> Result<()> {
        let targets = derive::targets(command)?;
        let id = (channel.clone(), command.key.clone());
        if command.is_open() {
            for target in &targets {
                if let Some(holder) = self.data.targets.get(&(channel.clone(), target.clone()))
                    && *holder != command.key
                {
                    return Err(derive::target_held(channel, command, target, holder));
                }
            }
        }
        if let Some(before) = self.data.commands.get(&id).filter(|before| before.is_open()).cloned() {
            self.release(channel, &before)?;
        }
        if command.is_open() {
            let place = open_place(channel, command);
            self.set(map!(open: (ChannelId, State, i64, CommandKey) => ()), place, Some(()));
            for target in targets {
                let holder = Some(command.key.clone());
                self.set(map!(targets: (ChannelId, String) => CommandKey), (channel.clone(), target), holder);
            }
        }
        self.moved_stock = true;
        if let Some(order) = command.order {
            let place = (order.0, command.key.clone());
            self.set(map!(of_order: (i64, CommandKey) => ChannelId), place, Some(channel.clone()));
        }
        self.set(map!(commands: (ChannelId, CommandKey) => Command), id, Some(command.clone()));
        Ok(())
    }

    fn append(
        &mut self,
        order: Option<OrderKey>,
        channel: Option<&ChannelId>,
        prev: Seq,
        at: Timestamp,
        entry: &Entry,
    ) -> Result<Seq> {
        let seq = Seq(self.data.journal.len() as i64 + 1);
        let row = JournalRow { seq, prev, order, channel: channel.cloned(), at, entry: entry.clone() };
        self.data.journal.push(row);
        self.on_undo(|data| {
            data.journal.pop();
        });
        Ok(seq)
    }

    fn put_item(&mut self, item: &Item) -> Result<()> {
        self.moved_stock = true;
        self.set(map!(items: Sku => Item), item.sku.clone(), Some(item.clone()));
        Ok(())
    }

    fn add_departure(&mut self, sku: &Sku, at: Timestamp, units: i64) -> Result<()> {
        self.moved_stock = true;
        let place = (sku.clone(), at.timestamp_millis());
        let sum = self.data.departures.get(&place).unwrap_or(&0) + units;
        self.set(map!(departures: (Sku, i64) => i64), place, Some(sum));
        Ok(())
    }

    fn put_listing(&mut self, channel: &ChannelId, listing: &Listing) -> Result<()> {
        let place = (channel.clone(), listing.sku.clone());
        self.set(map!(listings: (ChannelId, Sku) => Listing), place, Some(listing.clone()));
        Ok(())
    }

    fn put_stream(&mut self, channel: &ChannelId, stream: &StreamRow) -> Result<()> {
        let place = (channel.clone(), stream.id.clone());
        self.set(map!(streams: (ChannelId, StreamId) => StreamRow), place, Some(stream.clone()));
        Ok(())
    }

    fn add_input(&mut self, input: &Input, _at: Timestamp) -> Result<i64> {
        let id = self.data.intake.last_key_value().map_or(0, |(id, _)| *id) + 1;
        let row = (input.clone(), IntakeOutcome::Waiting);
        self.set(map!(intake: i64 => (Input, IntakeOutcome)), id, Some(row));
        self.set(map!(untaken: i64 => ()), id, Some(()));
        self.arrived = Some(id);
        Ok(id)
    }

    fn take_input(&mut self, id: i64, outcome: &IntakeOutcome) -> Result<()> {
        if *outcome == IntakeOutcome::Waiting {
            return Err(derive::no_outcome(id));
        }
        let Some((input, _)) = self.data.intake.get(&id).cloned() else {
            return Err(derive::no_such_input(id));
        };
        self.set(map!(untaken: i64 => ()), id, None);
        self.set(map!(intake: i64 => (Input, IntakeOutcome)), id, Some((input, outcome.clone())));
        Ok(())
    }

    fn put_note(&mut self, name: &str, value: &[u8]) -> Result<()> {
        self.set(map!(notes: String => Vec<u8>), name.to_owned(), Some(value.to_vec()));
        Ok(())
    }
}
