//! Commands: intents to change the world, and the table of what may become of them.

pub mod act;
pub mod table;

use crate::{
    id::{ChannelOrderId, LineId, OrderKey},
    open::Open,
    order::{Charge, FulfilledBy, OrderFacts},
    time::{Timestamp, millis, millis_option},
};
pub use act::{
    Accept, Acknowledge, Act, AnswerCancel, Cancel, CancelReason, ConfirmPackages, ConfirmShipment,
    MoveLevel, Promise, Refund, RefundPart, RefundReason, SetLevel, Verb,
};
use serde::{Deserialize, Serialize};
use std::fmt;
pub use table::{Event, State};

/// What a command is about: unique for ever together with verb and ordinal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CommandKey {
    /// What is to be done.
    pub verb: Verb,
    /// About what: the channel's order id, `ORDER/PACKAGE`, or a SKU.
    pub subject: String,
    /// Grows only by an explicit "again" (a new level, a person's `resolve`).
    pub ordinal: u32,
}

impl CommandKey {
    /// What the texts of all keys of this verb and subject begin with, whatever their ordinal.
    pub(crate) fn series(&self) -> String {
        format!("{} {} #", self.verb.as_str(), self.subject)
    }
}

impl fmt::Display for CommandKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} #{}", self.verb.as_str(), self.subject, self.ordinal)
    }
}

/// A handle the channel gave for work it will finish later (a feed id).
pub type Handle = String;

/// What was known of a command's order when the command was marked as sent: by it a channel sees whether the order may be
/// written at all, and what it may say of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderBrief {
    /// Who ships it.
    pub fulfilled_by: Open<FulfilledBy>,
    /// When the buyer placed it, as the channel says.
    pub placed_at: Option<Timestamp>,
    /// What each line was charged. Filled in where money is given back.
    pub charges: Vec<(LineId, Vec<Charge>)>,
}

impl OrderBrief {
    /// The same with what each line was charged.
    pub fn with_charges(mut self, facts: &OrderFacts) -> Self {
        self.charges = facts.lines.iter().map(|line| (line.line_id.clone(), line.charges.clone())).collect();
        self
    }

    /// What a line was charged, where that is known.
    pub fn charges_of(&self, line: &LineId) -> Option<&[Charge]> {
        self.charges.iter().find(|(id, _)| id == line).map(|(_, charges)| charges.as_slice())
    }
}

impl From<&OrderFacts> for OrderBrief {
    fn from(facts: &OrderFacts) -> Self {
        OrderBrief {
            fulfilled_by: facts.fulfilled_by.clone(),
            placed_at: facts.placed_at,
            charges: Vec::new(),
        }
    }
}

/// One intent and what has become of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Command {
    /// Who it is.
    pub key: CommandKey,
    /// The store's key of the order it belongs to; none for stock.
    pub order: Option<OrderKey>,
    /// The channel's order id; none for stock.
    pub channel_order_id: Option<ChannelOrderId>,
    /// What exactly is to be done.
    pub act: Act,
    /// Where it stands.
    pub state: State,
    /// Counts the times it was sent; 0 before the first.
    pub attempt: u32,
    /// The lease under which it was last sent.
    pub epoch: u64,
    /// When it was intended.
    #[serde(with = "millis")]
    pub intended_at: Timestamp,
    /// Work is ordered by this: due − time to drain − margin.
    #[serde(with = "millis")]
    pub latest_safe: Timestamp,
    /// Nothing before this: a pause after a failure.
    #[serde(with = "millis")]
    pub not_before: Timestamp,
    /// When it was last sent.
    #[serde(with = "millis_option")]
    pub sent_at: Option<Timestamp>,
    /// From then on no byte of any attempt can still take effect. A maximum, never lowered.
    #[serde(with = "millis_option")]
    pub quiet_until: Option<Timestamp>,
    /// How often a probe could not tell since the last send.
    pub probes: u32,
    /// Probes that said "no" since the last send; two are needed.
    pub noes: u32,
    /// Units already shown for what a `Once` verb is about to add, read before the send.
    pub before: Option<u32>,
    /// What the channel calls the work it accepted.
    pub handle: Option<Handle>,
    /// Evidence or reason of the last step, in words, without personal data.
    pub why: String,
    /// Of its order. It goes to the channel with the command and is not stored: it would be old when it is read.
    #[serde(skip)]
    pub brief: Option<OrderBrief>,
}

impl Command {
    /// A command intended now.
    pub fn intend(key: CommandKey, act: Act, now: Timestamp, latest_safe: Timestamp) -> Self {
        Command {
            key,
            order: None,
            channel_order_id: None,
            act,
            state: State::Intended,
            attempt: 0,
            epoch: 0,
            intended_at: now,
            latest_safe,
            not_before: now,
            sent_at: None,
            quiet_until: None,
            probes: 0,
            noes: 0,
            before: None,
            handle: None,
            why: String::new(),
            brief: None,
        }
    }

    /// Is there anything left to be done about it?
    pub fn is_open(&self) -> bool {
        !self.state.is_terminal()
    }

    /// The things only one open command at a time may touch.
    pub fn targets(&self) -> Vec<String> {
        self.act.targets(&self.key.subject)
    }
}
