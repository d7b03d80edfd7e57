//! The port to a store: jobs over a synchronous transaction.
//!
//! A job is a closure that reads and writes through [`Tx`] and is committed as a whole or not at all. It never awaits, so
//! no transaction is ever open across an await; it may be run again after a conflict, so it must depend on nothing but
//! what it reads and captured. Reads of a job see the writes before them in the same job.

use super::BoxFuture;
use crate::{
    address::Address,
    command::{Command, CommandKey, State},
    error::{Error, Result},
    hold::HoldReason,
    id::{ChannelId, ChannelOrderId, OrderKey, Seq, Sku, StreamId},
    journal::{Entry, JournalRow},
    money::Money,
    order::{LineQuantity, ShipmentReport},
    state::{OrderState, Phase},
    stock::{Count, Item, Listing},
    time::{Timestamp, millis, millis_option},
};
use bytes::Bytes;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::{any::Any, fmt};

/// A keyed digest of a raw payload. Equal digests mean an equal payload.
pub type Digest = [u8; 16];

/// Personal data of an order, in a table of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Personal {
    /// Address and contact, the best copy of each part.
    pub ship_to: Address,
    /// The last payload, as received.
    pub raw: Bytes,
}

impl Personal {
    /// The tombstone of an erasure (G35).
    pub fn erased() -> Personal {
        Personal { ship_to: Address::erased(), raw: Bytes::new() }
    }

    /// Was it erased?
    pub fn is_erased(&self) -> bool {
        self.ship_to.is_erased()
    }
}

/// A channel the store knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelRow {
    /// The host's name for it.
    pub id: ChannelId,
    /// The marketplace it is on.
    pub marketplace: String,
    /// The seller it is: its identity.
    pub seller: String,
    /// The lease: grows by one with each owner.
    pub epoch: u64,
    /// Who holds the lease.
    pub holder: String,
    /// When the lease ends unless renewed.
    #[serde(with = "millis")]
    pub lease_until: Timestamp,
}

/// How far one stream of a channel has been read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamRow {
    /// Its name.
    pub id: StreamId,
    /// Every order the channel could show us up to here is stored. Never passes `now − D` of the pull that set it.
    #[serde(with = "millis_option")]
    pub watermark: Option<Timestamp>,
    /// When the last finished pull began: what the channel showed by then is stored.
    #[serde(with = "millis_option")]
    pub pulled_at: Option<Timestamp>,
    /// The windows still to be read of the pull under way, first one first.
    pub windows: Vec<WindowRow>,
    /// When the pull under way began.
    #[serde(with = "millis_option")]
    pub began_at: Option<Timestamp>,
}

/// One window of a pull under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowRow {
    /// From.
    #[serde(with = "millis")]
    pub from: Timestamp,
    /// To.
    #[serde(with = "millis")]
    pub to: Timestamp,
    /// Where the last stored page ended.
    pub cursor: Option<String>,
    /// How many orders the window it was split from held. A half may hold as many: splitting ends with the span, not with this.
    pub parent_total: Option<u64>,
    /// A digest of the ids of the last page, so that a repeated page is found.
    pub last_page: Option<u64>,
}

/// What a host asks of the engine: appended by any process with our SQLite, taken in order by the running engine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Input {
    /// A physical count.
    OnHand(Count),
    /// A package handed to a carrier.
    ReportShipment {
        /// Which channel.
        channel: ChannelId,
        /// Which order.
        order: ChannelOrderId,
        /// The package.
        report: ShipmentReport,
    },
    /// Cancel units at the channel.
    Cancel {
        /// Which channel.
        channel: ChannelId,
        /// Which order.
        order: ChannelOrderId,
        /// Which units; empty means all that are open.
        lines: Vec<LineQuantity>,
        /// Why.
        reason: crate::command::CancelReason,
        /// Who asked.
        by: String,
    },
    /// Release a hold, whatever the rules say.
    Release {
        /// Which channel.
        channel: ChannelId,
        /// Which order.
        order: ChannelOrderId,
        /// Which hold.
        reason: HoldReason,
        /// Who.
        by: String,
    },
    /// Give money back.
    Refund {
        /// Which channel.
        channel: ChannelId,
        /// Which order.
        order: ChannelOrderId,
        /// What.
        refund: crate::command::Refund,
        /// Who asked.
        by: String,
    },
    /// Refuse the buyer's wish to cancel at the channel.
    RefuseCancel {
        /// Which channel.
        channel: ChannelId,
        /// Which order.
        order: ChannelOrderId,
        /// Who.
        by: String,
    },
    /// An authentic push.
    Pushed {
        /// Which channel.
        channel: ChannelId,
        /// The push's own id.
        id: String,
        /// What it told.
        told: Vec<crate::push::Told>,
    },
    /// Close an unresolved command.
    Resolve {
        /// Which channel.
        channel: ChannelId,
        /// Which command.
        command: CommandKey,
        /// What a person found out.
        outcome: Resolution,
        /// Who.
        by: String,
    },
    /// Erase what is personal of one order (G35).
    Erase {
        /// Which channel.
        channel: ChannelId,
        /// Which order.
        order: ChannelOrderId,
        /// Who asked.
        by: String,
    },
    /// Erase what is personal of all orders of a buyer (G35).
    EraseBuyer {
        /// Which channel.
        channel: ChannelId,
        /// Names the channel knows the buyer by.
        names: Vec<String>,
        /// Who asked.
        by: String,
    },
}

/// What a person found out about an unresolved command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Resolution {
    /// It happened.
    Happened,
    /// It did not; do it again.
    Again,
    /// It did not; drop it.
    Drop,
}

/// An input where it stands in the intake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntakeRow {
    /// Its position.
    pub id: i64,
    /// What is asked.
    pub input: Input,
}

/// What became of an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IntakeOutcome {
    /// Not taken yet.
    Waiting,
    /// Taken; what it did, in words.
    Done(String),
    /// Refused; why.
    Refused(String),
}

/// How an inbox page is sorted. Ties go by the store's key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Sort {
    /// Newest placed first.
    #[default]
    PlacedDescending,
    /// Oldest placed first.
    PlacedAscending,
    /// Next deadline first; orders without one are left out.
    Due,
    /// Largest total first; orders without one last.
    AmountDescending,
}

/// Which orders. Every set field narrows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InboxQuery {
    /// Of this channel.
    pub channel: Option<ChannelId>,
    /// In this phase.
    pub phase: Option<Phase>,
    /// Held for this reason.
    pub hold: Option<HoldReason>,
    /// Placed at or after.
    pub placed_from: Option<Timestamp>,
    /// Placed before.
    pub placed_to: Option<Timestamp>,
    /// Total at least, major units.
    pub amount_from: Option<Decimal>,
    /// Total at most, major units.
    pub amount_to: Option<Decimal>,
    /// Order id equal to this, or starting with it when it ends in `*`.
    pub order_id: Option<String>,
    /// A line's SKU equal to this, or starting with it when it ends in `*`.
    pub sku: Option<String>,
    /// Only orders with an exception.
    pub exceptions: bool,
    /// Order of the page.
    pub sort: Sort,
    /// Where the last page ended.
    pub after: Option<String>,
    /// Orders a page; 1 to 500.
    pub limit: u32,
}

/// One order in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxRow {
    /// The store's key.
    pub key: OrderKey,
    /// The channel.
    pub channel: ChannelId,
    /// The channel's id.
    pub channel_order_id: ChannelOrderId,
    /// Phase.
    pub phase: Phase,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// Next deadline, if any.
    pub due_at: Option<Timestamp>,
    /// Total, if the channel gives one.
    pub total: Option<Money>,
    /// Codes of its holds.
    pub holds: Vec<HoldReason>,
    /// Acknowledged at the channel?
    pub acknowledged: bool,
    /// Number of lines.
    pub lines: u32,
}

/// One page of the inbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboxPage {
    /// Its orders.
    pub rows: Vec<InboxRow>,
    /// Where to go on; none at the end.
    pub next: Option<String>,
}

/// How many orders stand where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// By channel and phase, sorted.
    pub phases: Vec<(ChannelId, Phase, u64)>,
    /// Acknowledged orders by channel.
    pub acknowledged: Vec<(ChannelId, u64)>,
    /// Journal position of the last entry.
    pub last: Seq,
}

/// What a job may read.
pub trait View {
    /// Every channel, by name.
    fn channels(&self) -> Result<Vec<ChannelRow>>;
    /// The keyed digest of a payload.
    fn digest_of(&self, raw: &[u8]) -> Digest;
    /// The stored digest of an order's last payload, if the order is known.
    fn known(&self, channel: &ChannelId, order: &ChannelOrderId) -> Result<Option<(OrderKey, Digest)>>;
    /// One order.
    fn order(&self, key: OrderKey) -> Result<Option<OrderState>>;
    /// Its personal data.
    fn personal(&self, key: OrderKey) -> Result<Option<Personal>>;
    /// Orders of a channel whose buyer has this name, by key, at most `limit`.
    fn orders_of_buyer(&self, channel: &ChannelId, name: &str, limit: usize) -> Result<Vec<OrderKey>>;
    /// All commands of an order, by key.
    fn commands(&self, order: OrderKey) -> Result<Vec<Command>>;
    /// One command of a channel.
    fn command(&self, channel: &ChannelId, key: &CommandKey) -> Result<Option<Command>>;
    /// Open commands of a channel in one state: by `latest_safe`, then key, at most `limit`.
    fn open_commands(&self, channel: &ChannelId, state: State, limit: usize) -> Result<Vec<Command>>;
    /// Which open command holds a target (`ORDER|order`, `ORDER|line/1`, `sku/SKU`).
    fn target(&self, channel: &ChannelId, target: &str) -> Result<Option<CommandKey>>;
    /// One item.
    fn item(&self, sku: &Sku) -> Result<Option<Item>>;
    /// Items by SKU, after `after`.
    fn items(&self, after: Option<&Sku>, limit: usize) -> Result<Vec<Item>>;
    /// Units of a SKU that left after `since`.
    fn departed_since(&self, sku: &Sku, since: Timestamp) -> Result<i64>;
    /// One listing.
    fn listing(&self, channel: &ChannelId, sku: &Sku) -> Result<Option<Listing>>;
    /// Listings of a channel by SKU, after `after`.
    fn listings(&self, channel: &ChannelId, after: Option<&Sku>, limit: usize) -> Result<Vec<Listing>>;
    /// Orders held with a demand for `sku`, oldest placed first.
    fn waiting(&self, sku: &Sku, limit: usize) -> Result<Vec<OrderKey>>;
    /// One stream of a channel.
    fn stream(&self, channel: &ChannelId, id: &StreamId) -> Result<Option<StreamRow>>;
    /// Open orders of a channel that we ship, not looked at since `before`, by key, at most `limit`.
    fn stale(
        &self,
        channel: &ChannelId,
        before: Timestamp,
        limit: usize,
    ) -> Result<Vec<(OrderKey, ChannelOrderId)>>;
    /// The journal after `after`, in commit order.
    fn journal(&self, after: Seq, limit: usize) -> Result<Vec<JournalRow>>;
    /// One order's journal, oldest first.
    fn history(&self, order: OrderKey) -> Result<Vec<JournalRow>>;
    /// Inputs not taken yet, in order.
    fn intake(&self, limit: usize) -> Result<Vec<IntakeRow>>;
    /// What became of an input.
    fn intake_outcome(&self, id: i64) -> Result<Option<IntakeOutcome>>;
    /// A page of the inbox.
    fn inbox(&self, query: &InboxQuery) -> Result<InboxPage>;
    /// How many orders stand where.
    fn totals(&self) -> Result<Totals>;
    /// A named blob (budgets, tokens).
    fn note(&self, name: &str) -> Result<Option<Vec<u8>>>;
}

/// What a job may write.
pub trait Tx: View {
    /// Inserts or replaces a channel.
    fn put_channel(&mut self, row: &ChannelRow) -> Result<()>;
    /// The next order key: sequential, never given twice, given back to nobody when the job fails.
    fn new_order_key(&mut self) -> Result<OrderKey>;
    /// Inserts or replaces the order at its key (never zero; from `new_order_key` for a new one) and everything that is
    /// derived from it (columns, lines, what it waits for). `due_at` is its next deadline, `at_risk_at` when that is in
    /// danger. Journal rows of the order may be appended before it is put.
    fn put_order(
        &mut self,
        order: &OrderState,
        due_at: Option<Timestamp>,
        at_risk_at: Option<Timestamp>,
    ) -> Result<()>;
    /// Moves the instant an order was last looked at, and nothing else.
    fn put_looked_at(&mut self, order: OrderKey, looked_at: Timestamp) -> Result<()>;
    /// Inserts or replaces personal data with the digest of its payload.
    fn put_personal(&mut self, order: OrderKey, personal: &Personal, digest: &Digest) -> Result<()>;
    /// Replaces the names an order's buyer is found by; only their keyed digests are kept.
    fn put_buyer(&mut self, channel: &ChannelId, order: OrderKey, names: &[String]) -> Result<()>;
    /// Inserts or replaces a command of a channel. An open one holds its targets; a closed one lets them go.
    ///
    /// # Errors
    /// `Conflict` naming the holder when another open command holds a target.
    fn put_command(&mut self, channel: &ChannelId, command: &Command) -> Result<()>;
    /// Appends to the journal and answers the position. `prev` is the order's last position, or zero.
    fn append(
        &mut self,
        order: Option<OrderKey>,
        channel: Option<&ChannelId>,
        prev: Seq,
        at: Timestamp,
        entry: &Entry,
    ) -> Result<Seq>;
    /// Inserts or replaces an item.
    fn put_item(&mut self, item: &Item) -> Result<()>;
    /// Records that units left.
    fn add_departure(&mut self, sku: &Sku, at: Timestamp, units: i64) -> Result<()>;
    /// Inserts or replaces a listing.
    fn put_listing(&mut self, channel: &ChannelId, listing: &Listing) -> Result<()>;
    /// Inserts or replaces a stream.
    fn put_stream(&mut self, channel: &ChannelId, stream: &StreamRow) -> Result<()>;
    /// Appends an input and answers its position.
    fn add_input(&mut self, input: &Input, at: Timestamp) -> Result<i64>;
    /// Marks an input as taken, and forgets what was asked: it may be personal, and what it did is in the journal.
    fn take_input(&mut self, id: i64, outcome: &IntakeOutcome) -> Result<()>;
    /// Inserts or replaces a named blob.
    fn put_note(&mut self, name: &str, value: &[u8]) -> Result<()>;
}

/// What a job answers, before its type is known again.
pub type Answer = Box<dyn Any + Send>;
/// A job that writes.
pub type WriteJob = Box<dyn FnMut(&mut dyn Tx) -> Result<Answer> + Send>;
/// A job that only reads.
pub type ReadJob = Box<dyn FnMut(&dyn View) -> Result<Answer> + Send>;

/// A store, opened for one tenant. Two fronts share one synchronous core: inline for the simulation, a writer thread with
/// group commit for the product.
///
/// # Behavior
/// - When `write` answers `Ok`, the job's writes are durable.
/// - When it answers `Err`, none of them is there, whatever other jobs shared the commit.
/// - Journal positions are in commit order: a reader that saw `n` has missed nothing below (G3).
pub trait Store: Send + Sync + fmt::Debug {
    /// Runs a job that writes.
    fn write(&self, job: WriteJob) -> BoxFuture<'_, Result<Answer>>;
    /// Runs a job that reads, on committed data.
    fn read(&self, job: ReadJob) -> BoxFuture<'_, Result<Answer>>;
    /// Ends when another process may have appended to the intake, or soon after `at_most` (real time).
    fn intake_changed(&self) -> BoxFuture<'_, ()>;
}

/// Typed calls over a [`Store`].
pub trait StoreExt: Store {
    /// Runs `job` as one transaction.
    fn transact<T: Send + 'static>(
        &self,
        mut job: impl FnMut(&mut dyn Tx) -> Result<T> + Send + 'static,
    ) -> impl Future<Output = Result<T>> + Send {
        let done = self.write(Box::new(move |tx| job(tx).map(|answer| Box::new(answer) as Answer)));
        async move { open(done.await?) }
    }

    /// Runs `job` on committed data.
    fn view<T: Send + 'static>(
        &self,
        mut job: impl FnMut(&dyn View) -> Result<T> + Send + 'static,
    ) -> impl Future<Output = Result<T>> + Send {
        let done = self.read(Box::new(move |view| job(view).map(|answer| Box::new(answer) as Answer)));
        async move { open(done.await?) }
    }
}

impl<S: Store + ?Sized> StoreExt for S {}

fn open<T: 'static>(answer: Answer) -> Result<T> {
    answer.downcast::<T>().map(|answer| *answer).map_err(|_| {
        Error::new(crate::error::ErrorKind::Store, "store.answer")
            .message("the store gave back another job's answer")
    })
}
