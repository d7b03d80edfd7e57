//! The journal: everything that ever changed an order, a command or a count, in commit order. Rows are its fold.

use crate::{
    command::{Command, CommandKey, Event},
    hold::{Hold, HoldReason},
    id::{ChannelId, OrderKey, Seq, Sku},
    judge::Opinion,
    observation::Observation,
    order::ShipmentReport,
    returns::ReturnTold,
    rule::Judged,
    time::{Timestamp, millis, millis_option},
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// One step of a command, with all that the step changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What happened.
    pub event: Event,
    /// The lease under which it happened.
    pub epoch: u64,
    /// For `Send` and doubts: nothing can still take effect from then on.
    #[serde(with = "millis_option")]
    pub quiet_until: Option<Timestamp>,
    /// Not to be touched again before.
    #[serde(with = "millis_option")]
    pub not_before: Option<Timestamp>,
    /// For `Send` of a `Once` verb: units shown before.
    pub before: Option<u32>,
    /// For `Accept`: the channel's handle.
    pub handle: Option<String>,
    /// Evidence or reason, in words, without personal data.
    pub why: String,
}

impl Step {
    /// A step with nothing but its event and reason.
    pub fn new(event: Event, epoch: u64, why: impl Into<String>) -> Self {
        Step {
            event,
            epoch,
            quiet_until: None,
            not_before: None,
            before: None,
            handle: None,
            why: why.into(),
        }
    }
}

/// What a decision came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// Take it: allocate and acknowledge. Otherwise `holds` says why not.
    pub accept: bool,
    /// Why it waits; empty when accepted.
    pub holds: Vec<Hold>,
    /// What each rule said, in the policy's order.
    pub judged: Arc<Vec<Judged>>,
}

/// One journal entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Entry {
    /// We were told something new about an order.
    Observed(Box<Observation>),
    /// The rules were asked, and the outcome differs from before.
    Decided(Box<Decided>),
    /// A command was intended.
    Intended(Box<Command>),
    /// Something happened to a command.
    Stepped {
        /// Which command.
        key: CommandKey,
        /// What happened.
        step: Box<Step>,
    },
    /// The host reported a package.
    Reported(Box<ShipmentReport>),
    /// A person released a hold, whatever the rules say from now on.
    Released {
        /// Which hold.
        reason: HoldReason,
        /// Who.
        by: String,
    },
    /// The order was taken where the channel has no step for it: our own note stands for the acknowledgment.
    TakenHere,
    /// The host declared a count.
    Counted {
        /// Of what.
        sku: Sku,
        /// Physical units.
        quantity: i64,
        /// As of when.
        #[serde(with = "millis")]
        as_of: Timestamp,
    },
    /// What was personal of the order was erased (G35).
    Erased {
        /// On whose word.
        by: String,
    },
    /// We were told something new about a return.
    Returned(Box<ReturnTold>),
    /// The order was taken by arranging its shipment, where the channel has no other step for it: the confirmation stands
    /// for the acknowledgment.
    TakenByArranging,
    /// A judge answered.
    Judged(Box<Opinion>),
    /// The marketplace shows another address than before. Which one is not told here: it is personal.
    AddressChanged,
}

impl Entry {
    /// The stable name of the entry's kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Entry::Observed(_) => "observed",
            Entry::Decided(_) => "decided",
            Entry::Intended(_) => "intended",
            Entry::Stepped { .. } => "stepped",
            Entry::Reported(_) => "reported",
            Entry::Released { .. } => "released",
            Entry::TakenHere => "taken_here",
            Entry::Counted { .. } => "counted",
            Entry::Erased { .. } => "erased",
            Entry::TakenByArranging => "taken_by_arranging",
            Entry::Returned(_) => "returned",
            Entry::Judged(_) => "judged",
            Entry::AddressChanged => "address_changed",
        }
    }
}

/// An entry where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalRow {
    /// Its position, by commit order.
    pub seq: Seq,
    /// The order's previous entry, or zero; following these is the order's history.
    pub prev: Seq,
    /// The order it is about, if one.
    pub order: Option<OrderKey>,
    /// The channel it is about, if one.
    pub channel: Option<ChannelId>,
    /// When it was written, marketplace time.
    #[serde(with = "millis")]
    pub at: Timestamp,
    /// What it says.
    pub entry: Entry,
}
