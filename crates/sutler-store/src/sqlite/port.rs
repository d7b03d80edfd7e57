//! The port over the core: each method names the operation its failure is met in, and nothing else.

use super::core::Core;
use sutler_core::{
    Timestamp,
    command::{Command, CommandKey, State},
    error::Result,
    id::{ChannelId, ChannelOrderId, OrderKey, Seq, Sku, StreamId},
    journal::{Entry, JournalRow},
    ports::store::{
        ChannelRow, Digest, InboxPage, InboxQuery, Input, IntakeOutcome, IntakeRow, Personal, StreamRow,
        Totals, Tx, View,
    },
    state::OrderState,
    stock::{Item, Listing},
};

impl View for Core {
    fn digest_of(&self, raw: &[u8]) -> Digest {
        self.digests.of(raw)
    }

    fn channels(&self) -> Result<Vec<ChannelRow>> {
        self.channel_rows().map_err(|fault| self.fault("store.channel", fault))
    }

    fn known(&self, channel: &ChannelId, order: &ChannelOrderId) -> Result<Option<(OrderKey, Digest)>> {
        self.known_order(channel, order).map_err(|fault| self.fault("store.known", fault))
    }

    fn order(&self, key: OrderKey) -> Result<Option<OrderState>> {
        self.order_state(key).map_err(|fault| self.fault("store.order", fault))
    }

    fn personal(&self, key: OrderKey) -> Result<Option<Personal>> {
        self.personal_data(key).map_err(|fault| self.fault("store.personal", fault))
    }

    fn orders_of_buyer(&self, channel: &ChannelId, name: &str, limit: usize) -> Result<Vec<OrderKey>> {
        self.buyers_orders(channel, name, limit).map_err(|fault| self.fault("store.personal", fault))
    }

    fn commands(&self, order: OrderKey) -> Result<Vec<Command>> {
        self.commands_of(order).map_err(|fault| self.fault("store.command", fault))
    }

    fn command(&self, channel: &ChannelId, key: &CommandKey) -> Result<Option<Command>> {
        self.command_at(channel, key).map_err(|fault| self.fault("store.command", fault))
    }

    fn open_commands(&self, channel: &ChannelId, state: State, limit: usize) -> Result<Vec<Command>> {
        self.commands_in(channel, state, limit).map_err(|fault| self.fault("store.command", fault))
    }

    fn target(&self, channel: &ChannelId, target: &str) -> Result<Option<CommandKey>> {
        self.target_holder(channel, target).map_err(|fault| self.fault("store.target", fault))
    }

    fn item(&self, sku: &Sku) -> Result<Option<Item>> {
        self.item_row(sku).map_err(|fault| self.fault("store.item", fault))
    }

    fn items(&self, after: Option<&Sku>, limit: usize) -> Result<Vec<Item>> {
        self.item_rows(after, limit).map_err(|fault| self.fault("store.item", fault))
    }

    fn departed_since(&self, sku: &Sku, since: Timestamp) -> Result<i64> {
        self.departures_since(sku, since).map_err(|fault| self.fault("store.departure", fault))
    }

    fn listing(&self, channel: &ChannelId, sku: &Sku) -> Result<Option<Listing>> {
        self.listing_row(channel, sku).map_err(|fault| self.fault("store.listing", fault))
    }

    fn listings(&self, channel: &ChannelId, after: Option<&Sku>, limit: usize) -> Result<Vec<Listing>> {
        self.listing_rows(channel, after, limit).map_err(|fault| self.fault("store.listing", fault))
    }

    fn waiting(&self, sku: &Sku, limit: usize) -> Result<Vec<OrderKey>> {
        self.waiting_orders(sku, limit).map_err(|fault| self.fault("store.waiting", fault))
    }

    fn stream(&self, channel: &ChannelId, id: &StreamId) -> Result<Option<StreamRow>> {
        self.stream_row(channel, id).map_err(|fault| self.fault("store.stream", fault))
    }

    fn stale(
        &self,
        channel: &ChannelId,
        before: Timestamp,
        limit: usize,
    ) -> Result<Vec<(OrderKey, ChannelOrderId)>> {
        self.stale_orders(channel, before, limit).map_err(|fault| self.fault("store.stale", fault))
    }

    fn journal(&self, after: Seq, limit: usize) -> Result<Vec<JournalRow>> {
        self.journal_rows(after, limit).map_err(|fault| self.fault("store.journal", fault))
    }

    fn history(&self, order: OrderKey) -> Result<Vec<JournalRow>> {
        self.history_rows(order).map_err(|fault| self.fault("store.history", fault))
    }

    fn intake(&self, limit: usize) -> Result<Vec<IntakeRow>> {
        self.waiting_inputs(limit).map_err(|fault| self.fault("store.intake", fault))
    }

    fn intake_outcome(&self, id: i64) -> Result<Option<IntakeOutcome>> {
        self.input_outcome(id).map_err(|fault| self.fault("store.intake", fault))
    }

    fn inbox(&self, query: &InboxQuery) -> Result<InboxPage> {
        self.inbox_page(query).map_err(|fault| self.fault("store.inbox", fault))
    }

    fn totals(&self) -> Result<Totals> {
        self.count_all().map_err(|fault| self.fault("store.totals", fault))
    }

    fn note(&self, name: &str) -> Result<Option<Vec<u8>>> {
        self.note_value(name).map_err(|fault| self.fault("store.note", fault))
    }
}

impl Tx for Core {
    fn put_channel(&mut self, row: &ChannelRow) -> Result<()> {
        self.writable()?;
        self.put_channel_row(row).map_err(|fault| self.fault("store.channel", fault))
    }

    fn new_order_key(&mut self) -> Result<OrderKey> {
        self.writable()?;
        self.give_order_key().map_err(|fault| self.fault("store.order", fault))
    }

    fn put_order(
        &mut self,
        order: &OrderState,
        due_at: Option<Timestamp>,
        at_risk_at: Option<Timestamp>,
    ) -> Result<()> {
        self.writable()?;
        self.put_order_row(order, due_at, at_risk_at).map_err(|fault| self.fault("store.order", fault))
    }

    fn put_looked_at(&mut self, order: OrderKey, looked_at: Timestamp) -> Result<()> {
        self.writable()?;
        self.put_look_at(order, looked_at).map_err(|fault| self.fault("store.order", fault))
    }

    fn put_personal(&mut self, order: OrderKey, personal: &Personal, digest: &Digest) -> Result<()> {
        self.writable()?;
        self.put_personal_data(order, personal, digest).map_err(|fault| self.fault("store.personal", fault))
    }

    fn put_buyer(&mut self, channel: &ChannelId, order: OrderKey, names: &[String]) -> Result<()> {
        self.writable()?;
        self.put_buyer_names(channel, order, names).map_err(|fault| self.fault("store.personal", fault))
    }

    fn put_command(&mut self, channel: &ChannelId, command: &Command) -> Result<()> {
        self.writable()?;
        self.put_command_row(channel, command).map_err(|fault| self.fault("store.command", fault))
    }

    fn append(
        &mut self,
        order: Option<OrderKey>,
        channel: Option<&ChannelId>,
        prev: Seq,
        at: Timestamp,
        entry: &Entry,
    ) -> Result<Seq> {
        self.writable()?;
        self.append_row(order, channel, prev, at, entry).map_err(|fault| self.fault("store.journal", fault))
    }

    fn put_item(&mut self, item: &Item) -> Result<()> {
        self.writable()?;
        self.put_item_row(item).map_err(|fault| self.fault("store.item", fault))
    }

    fn add_departure(&mut self, sku: &Sku, at: Timestamp, units: i64) -> Result<()> {
        self.writable()?;
        self.put_departure(sku, at, units).map_err(|fault| self.fault("store.departure", fault))
    }

    fn put_listing(&mut self, channel: &ChannelId, listing: &Listing) -> Result<()> {
        self.writable()?;
        self.put_listing_row(channel, listing).map_err(|fault| self.fault("store.listing", fault))
    }

    fn put_stream(&mut self, channel: &ChannelId, stream: &StreamRow) -> Result<()> {
        self.writable()?;
        self.put_stream_row(channel, stream).map_err(|fault| self.fault("store.stream", fault))
    }

    fn take_input(&mut self, id: i64, outcome: &IntakeOutcome) -> Result<()> {
        self.writable()?;
        self.mark_input(id, outcome).map_err(|fault| self.fault("store.intake", fault))
    }

    fn put_note(&mut self, name: &str, value: &[u8]) -> Result<()> {
        self.writable()?;
        self.put_note_value(name, value).map_err(|fault| self.fault("store.note", fault))
    }

    /// The one write a host may make too.
    fn add_input(&mut self, input: &Input, at: Timestamp) -> Result<i64> {
        self.unbroken()?;
        self.append_input(input, at).map_err(|fault| self.fault("store.intake", fault))
    }
}
