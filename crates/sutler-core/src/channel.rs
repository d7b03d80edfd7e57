//! The port to a marketplace: one seller account, as every marketplace has it.

pub mod image;
mod stock;

pub use stock::{InventoryPage, LevelAnswer, MarketplaceInventory, StockChannel};

use crate::{
    command::{Command, Handle, Verb},
    error::Result,
    id::{ChannelId, ChannelOrderId, SellerId, StreamId},
    observation::Coverage,
    order::{ChannelOrder, OrderFacts},
    push::{PushQueue, Pushes},
    returns::ReturnsChannel,
    time::{Duration, Timestamp},
};
use async_trait::async_trait;
use bytes::Bytes;
use std::{borrow::Cow, fmt, sync::Arc};

/// May a verb be sent again when nobody knows whether it happened?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// Sending again changes nothing.
    Repeatable,
    /// The other side refuses the second one.
    Guarded,
    /// A second one acts again.
    Once,
}

/// Can it be seen whether a verb happened?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProbeKind {
    /// A yes and a no can both be trusted, a no this long after the quiet time.
    Conclusive {
        /// How long the read side may lag.
        after: Duration,
    },
    /// Only a yes can.
    PositiveOnly,
    /// Neither.
    None,
}

/// How a connector declares one write verb. `channel_suite!` tests the declaration by killing after apply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerbSpec {
    /// Which verb.
    pub verb: Verb,
    /// May it be repeated?
    pub repeat: Repeat,
    /// The repeat of a part of a line's units, where it differs (a partial shipment at Walmart).
    pub repeat_partial: Repeat,
    /// Can it be seen?
    pub probe: ProbeKind,
    /// The full budget scope a call takes a token of (`walmart/acknowledge@SELLER`).
    pub budget: Arc<str>,
    /// The scope of a call that carries several commands at once, where it is another one (a feed).
    pub batch_budget: Option<Arc<str>>,
    /// The longest a call may take, in real seconds.
    pub call_timeout: std::time::Duration,
    /// The longest a call may still take effect after it was given up, marketplace time.
    pub apply_max: Duration,
    /// The same for a call that carries several commands.
    pub batch_apply_max: Duration,
    /// An answer means applied: the target opens with the answer.
    pub answer_means_applied: bool,
    /// Commands that may travel in one call.
    pub batch_max: usize,
    /// From how many on they do, where the engine's settings do not say more: a batch may be slower than some single calls.
    pub batch_from: usize,
}

/// Which orders a stream shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamKind {
    /// Orders placed in a window.
    Created,
    /// Orders changed in a window, whenever they were placed. What changed before the first pull is shown by another stream.
    Changed,
    /// Orders placed or changed in a window: the only stream a channel needs (Amazon).
    PlacedOrChanged,
}

/// One way of reading orders in windows of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamSpec {
    /// Its name.
    pub id: StreamId,
    /// What it shows.
    pub kind: StreamKind,
    /// How far back the first window reaches.
    pub horizon: Duration,
    /// Another way of reading what the stream of this name shows (a report for a list): a pull of this one completes that
    /// one too, and without it nothing is missed. Read only when [`Channel::plan`] asks for it; left alone for some hours
    /// after it failed.
    pub stands_for: Option<StreamId>,
    /// The full budget scope of its pulls, where it is another one than [`Capabilities::pull_budget`].
    pub budget: Option<Arc<str>>,
}

/// Whether and how levels can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LevelRead {
    /// A read shows now, or up to this long ago.
    Lagging(Duration),
    /// Levels cannot be read.
    None,
}

/// What taking an order means at the channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acknowledgment {
    /// The channel must be told, order by order (Walmart).
    Required,
    /// The channel has no such step: taking it is our own note (Amazon, eBay).
    Local,
    /// The channel must be told, and with it by when each line ships and at which price it is taken
    /// ([`Act::Accept`](crate::command::Act::Accept); Wayfair's `purchaseOrders.accept`).
    Promised,
    /// Arranging the shipment is taking the order: no call of its own exists, and the time for it is the time for arranging
    /// (Shopee's `ship_order`, Lazada's pack, TikTok's package).
    ImpliedByArranging,
}

impl Acknowledgment {
    /// Is there a call of its own for it, which must go before anything else?
    pub fn is_told(self) -> bool {
        matches!(self, Acknowledgment::Required | Acknowledgment::Promised)
    }
}

/// What one confirmation of a shipment carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShipUnit {
    /// One package, whatever it holds of the order (Walmart, Amazon, eBay).
    Package,
    /// Every package of the order at once ([`Act::ConfirmPackages`](crate::command::Act::ConfirmPackages)): a part is
    /// refused (Temu's `sendType` 1; the packages the channel itself gives at Shopee and Lazada).
    Order,
}

/// How a listing's level is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StockWrite {
    /// By the level it is to have: the last one wins (Walmart, Amazon, eBay).
    Absolute,
    /// By units to add or to take ([`Act::MoveLevel`](crate::command::Act::MoveLevel)): said twice it acts twice, so it is
    /// declared [`Repeat::Once`] and never sent again as it was (Wayfair's `DIFFERENTIAL` feed).
    Delta,
}

/// What one cancellation of ours covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CancelUnit {
    /// Some units of some lines (Walmart).
    Units,
    /// Whole lines (Amazon).
    Lines,
    /// The whole order, before anything of it left (eBay).
    Order,
}

/// Flavours and limits of a channel, as data. A flavour is here because a connector speaks it.
#[derive(Clone, Debug)]
pub struct Capabilities {
    /// `walmart`, `amazon`, `ebay`, …
    pub marketplace: Cow<'static, str>,
    /// What taking an order means there.
    pub acknowledgment: Acknowledgment,
    /// What one cancellation covers.
    pub cancel_unit: CancelUnit,
    /// What one confirmation of a shipment carries.
    pub ship_unit: ShipUnit,
    /// The channel waits for an answer to a buyer's wish to cancel ([`Verb::AnswerCancel`]). Until when is a fact of the
    /// wish: [`CancelWish::Until`](crate::order::CancelWish::Until).
    pub answers_cancel_requests: bool,
    /// Changes of one listing's level the channel takes in a day; a tenth is kept for going to zero. Days are counted from
    /// 08:00 UTC, which is midnight at eBay in winter and an hour past it in summer.
    pub revisions_per_day: Option<u32>,
    /// Write verbs, each declared.
    pub verbs: Vec<VerbSpec>,
    /// How orders are read.
    pub streams: Vec<StreamSpec>,
    /// An order may be invisible this long after it was placed (DESIGN: D).
    pub visibility_delay: Duration,
    /// The full budget scope of pulls.
    pub pull_budget: Arc<str>,
    /// The full budget scope of single-order reads.
    pub fetch_budget: Arc<str>,
    /// The full budget scope of level reads.
    pub level_budget: Arc<str>,
    /// The full budget scope of asking after accepted work.
    pub settle_budget: Arc<str>,
    /// How levels are read.
    pub levels: LevelRead,
    /// How they are written.
    pub stock_write: StockWrite,
    /// Cancelling for this reason sets the SKU's level to zero at the channel (Walmart).
    pub out_of_stock_zeroes: bool,
}

impl Capabilities {
    /// The streams that every complete pull reads: those that stand for no other.
    pub fn own_streams(&self) -> impl Iterator<Item = &StreamSpec> {
        self.streams.iter().filter(|spec| spec.stands_for.is_none())
    }

    /// How `verb` is declared; none means the channel cannot do it.
    pub fn verb(&self, verb: Verb) -> Option<&VerbSpec> {
        self.verbs.iter().find(|spec| spec.verb == verb)
    }
}

/// What surrounds one call.
#[derive(Clone, Debug)]
pub struct CallCx {
    /// The call is given up at this instant, marketplace time.
    pub deadline: Timestamp,
    /// A write must not leave at or after this instant: the lease may be another's then. Tested in the poll that writes.
    pub write_by: Option<Timestamp>,
}

/// An inclusive window of instants, by the server's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// From.
    pub from: Timestamp,
    /// To.
    pub to: Timestamp,
}

/// What to read of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PullFrom {
    /// Which stream.
    pub stream: StreamId,
    /// Which window.
    pub window: Window,
    /// Where the last page ended: opaque, sent back verbatim (G28).
    pub cursor: Option<String>,
}

/// One order of a page, not yet read into the model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawOrder {
    /// The channel's id.
    pub channel_order_id: ChannelOrderId,
    /// The payload of this order alone.
    pub raw: Bytes,
}

/// One page of a window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its orders.
    pub orders: Vec<RawOrder>,
    /// Where to go on; none at the end of the window.
    pub next: Option<String>,
    /// How many orders the channel says the window holds.
    pub total: Option<u64>,
    /// The seller the channel says it is, where a read tells it.
    pub seller: Option<SellerId>,
    /// What the call showed of each order.
    pub coverage: Coverage,
}

/// What a pull gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pulled {
    /// A page.
    Page(Page),
    /// The window holds more than the channel will page through: split it. Nothing was read.
    TooMany {
        /// How many it holds, where the channel says.
        total: Option<u64>,
    },
    /// The channel works on it (a report).
    Pending(Pending),
}

/// What was asked for is not there yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// Where to go on.
    pub cursor: String,
    /// Ask again after this long, marketplace time.
    pub after: Duration,
    /// What a push names when it is done ([`crate::push::Told::Finished`]), to ask again at once.
    pub handle: Option<Handle>,
}

/// How far the streams of a channel have been read: what [`Channel::plan`] chooses by.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadNeed {
    /// Marketplace time.
    pub now: Timestamp,
    /// Each stream with its watermark: everything the channel could show up to there is stored.
    pub streams: Vec<(StreamId, Option<Timestamp>)>,
    /// Orders that pushes told of and that wait to be read.
    pub hinted: usize,
    /// Orders a day the channel brought of late, as far as is known.
    pub orders_per_day: Option<u32>,
    /// How long the next page of the pull under way must wait for its budget; none before a pull begins. A stream that is
    /// asked for then and stands for the one under way takes over what is left of its windows.
    pub waits: Option<Duration>,
    /// What stands in the pull's budget now, in calls.
    pub pull_tokens: f64,
    /// How fast it refills, in calls a second.
    pub pull_rate: f64,
}

/// What a fetch gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fetched {
    /// The order.
    Found(RawOrder, Coverage),
    /// Not there now; it may appear.
    NotVisible,
}

/// The channel's answer to one command. An answer, refusals included; no answer is an `Err`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Receipt {
    /// It took effect, or had already, with our values.
    Done {
        /// What shows it, in words.
        evidence: String,
    },
    /// It will be worked on.
    Accepted {
        /// Ask with this.
        handle: Handle,
    },
    /// Not by this way: another command is to be intended, under its own key (an eBay refund with an open return).
    Redirected {
        /// Where to, in the channel's words (`return/5012345`).
        to: String,
        /// In words, without personal data.
        why: String,
    },
    /// No, and why.
    Refused {
        /// The channel's code.
        code: String,
        /// In words, without personal data.
        why: String,
    },
    /// Surely not applied; may be tried again.
    NotApplied {
        /// In words.
        why: String,
        /// Not before this long.
        after: Option<std::time::Duration>,
    },
}

/// What a probe saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Probe {
    /// It happened.
    Happened {
        /// What shows it.
        evidence: String,
    },
    /// It is not there.
    DidNot,
    /// It cannot be told.
    Inconclusive {
        /// Why.
        why: String,
    },
}

/// What became of accepted work.
#[derive(Clone, Debug)]
pub enum Settled {
    /// Still worked on.
    NotYet,
    /// Done: one receipt for each command, in their order.
    Receipts(Vec<Receipt>),
    /// The channel does not know the handle.
    Lost {
        /// In words.
        why: String,
    },
}

/// Who we are to the channel, by `check`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// The seller id, where the channel tells it.
    pub seller: Option<SellerId>,
    /// What the credential may do, in the channel's words.
    pub scopes: Vec<String>,
    /// Rights that are missing, in words.
    pub missing: Vec<String>,
    /// Server time less ours, in milliseconds.
    pub clock_offset_ms: i64,
    /// The node stock is kept at.
    pub ship_node: Option<String>,
}

/// Commands of one verb, in one call.
#[derive(Clone, Debug)]
pub struct Batch<'a> {
    /// The commands; at least one.
    pub commands: &'a [Command],
}

/// A marketplace, as one seller sees it.
///
/// # Behavior
/// - Nothing here loops, sleeps or retries: the pipe below and the command table above do.
/// - `Err` means that we do not have the marketplace's answer; `Ok(Receipt)` that we have it, refusals included.
/// - `normalise` is total: every payload gives an order; what cannot be mapped is in `facts.unmapped`.
#[async_trait]
pub trait Channel: Send + Sync + fmt::Debug {
    /// The host's name for it.
    fn id(&self) -> &ChannelId;
    /// The seller it was configured for.
    fn seller(&self) -> &SellerId;
    /// Flavours and limits.
    fn capabilities(&self) -> &Capabilities;
    /// Asks who we are, what we may do, and what time it is there.
    async fn check(&self, cx: &CallCx) -> Result<Standing>;
    /// Marketplace time less ours, as far as all answers so far tell; none where only [`Channel::check`] does.
    fn clock_offset(&self) -> Option<Duration> {
        None
    }
    /// Which streams the next pull reads, in this order; by default each that stands for itself. Asked before a pull begins,
    /// and again when its next page has to wait ([`ReadNeed::waits`]). Pure.
    fn plan(&self, _need: &ReadNeed) -> Vec<StreamId> {
        self.capabilities().own_streams().map(|spec| spec.id.clone()).collect()
    }
    /// Reads one page.
    async fn pull(&self, cx: &CallCx, from: &PullFrom) -> Result<Pulled>;
    /// Reads one order.
    async fn fetch(&self, cx: &CallCx, order: &ChannelOrderId) -> Result<Fetched>;
    /// Reads a payload into the model. Pure.
    fn normalise(&self, raw: &RawOrder) -> ChannelOrder;
    /// Does the commands of a batch; one receipt each, in their order.
    async fn perform(&self, cx: &CallCx, batch: &Batch<'_>) -> Result<Vec<Receipt>>;
    /// Asks whether a doubtful command happened.
    async fn probe(&self, cx: &CallCx, doubt: &Command) -> Result<Probe>;
    /// Asks after accepted work; the commands all carry `handle`.
    async fn settle(&self, cx: &CallCx, handle: &Handle, commands: &[Command]) -> Result<Settled>;
    /// Units the order shows already done of what `command` is about to do: the before-image of a `Once` verb.
    /// Pure, on a fresh read. By default none is needed.
    fn before_image(&self, _command: &Command, _order: &ChannelOrder) -> Option<u32> {
        None
    }
    /// Must the order be read by itself before a rule may look at it? True where a list cannot show what a rule asks for
    /// (eBay's lists never show who asks to cancel). Of an order known already such a list gives only counters. Pure, on
    /// what a list showed.
    fn wants_look(&self, _facts: &OrderFacts) -> bool {
        false
    }
    /// Stock, where the channel has it.
    fn stock(&self) -> Option<&dyn StockChannel> {
        None
    }
    /// What buyers send back, where the channel tells of it.
    fn returns(&self) -> Option<&dyn ReturnsChannel> {
        None
    }
    /// Pushes over HTTP, where the channel sends them.
    fn pushes(&self) -> Option<&dyn Pushes> {
        None
    }
    /// Pushes through a queue, where one is configured.
    fn queue(&self) -> Option<&dyn PushQueue> {
        None
    }
}
