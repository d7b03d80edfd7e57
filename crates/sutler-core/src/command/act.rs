//! What can be done at a channel, as data.

use crate::{
    id::{LineId, Sku},
    money::Money,
    open::Open,
    order::{ChargeKind, LineQuantity, ShipmentReport},
    time::{Timestamp, millis, millis_option},
};
use serde::{Deserialize, Serialize};

/// A verb of ours; the channel's call may be named otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Verb {
    /// Tell the channel that we take the order.
    Acknowledge,
    /// Tell the channel that a package left.
    ConfirmShipment,
    /// Cancel units of lines.
    Cancel,
    /// Set a listing's sellable level, or move it there.
    SetLevel,
    /// Give money back.
    Refund,
    /// Answer the buyer's wish to cancel.
    AnswerCancel,
}

impl Verb {
    /// Every verb with its stable text.
    pub const ALL: &'static [(Verb, &'static str)] = &[
        (Verb::Acknowledge, "acknowledge"),
        (Verb::ConfirmShipment, "confirm_shipment"),
        (Verb::Cancel, "cancel"),
        (Verb::SetLevel, "set_level"),
        (Verb::Refund, "refund"),
        (Verb::AnswerCancel, "answer_cancel"),
    ];

    /// The verbs whose commands belong to an order, in the order in which they are sent when several are due.
    pub const OF_ORDERS: &'static [Verb] =
        &[Verb::Acknowledge, Verb::ConfirmShipment, Verb::AnswerCancel, Verb::Cancel, Verb::Refund];

    /// The stable text.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(verb, _)| *verb == self).map_or("unknown", |(_, text)| text)
    }

    /// Reads the stable text.
    pub fn from_text(text: &str) -> Option<Verb> {
        Self::ALL.iter().find(|(_, known)| *known == text).map(|(verb, _)| *verb)
    }
}

/// Why units are cancelled, in our words; each connector maps them to the channel's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum CancelReason {
    /// The buyer asked, and the channel shows it.
    BuyerAsked,
    /// We have none. Walmart zeroes the SKU's level at the node.
    OutOfStock,
    /// The price was wrong.
    PricingError,
    /// Confirmed fraud.
    Fraud,
    /// The address cannot be served.
    AddressNotServiceable,
}

impl CancelReason {
    /// Every reason with its stable text.
    pub const ALL: &'static [(CancelReason, &'static str)] = &[
        (CancelReason::BuyerAsked, "buyer_asked"),
        (CancelReason::OutOfStock, "out_of_stock"),
        (CancelReason::PricingError, "pricing_error"),
        (CancelReason::Fraud, "fraud"),
        (CancelReason::AddressNotServiceable, "address_not_serviceable"),
    ];

    /// The stable text.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(reason, _)| *reason == self).map_or("unknown", |(_, text)| text)
    }
}

/// Take the whole order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledge {}

/// Take the order with what is promised for it, where the channel wants a promise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accept {
    /// One for each line of which something is open.
    pub lines: Vec<Promise>,
}

/// What is promised for one line: when it ships and what it costs, both as the order itself says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promise {
    /// Which line.
    pub line_id: LineId,
    /// Units that are taken.
    pub quantity: u32,
    /// Ships by.
    #[serde(with = "millis")]
    pub ship_by: Timestamp,
    /// The price of the goods of the whole line, without tax and shipping.
    pub amount: Money,
    /// Of how many units that is the price: those ordered. A unit's price is the quotient, which need not be exact.
    pub of: u32,
}

/// Confirm one package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfirmShipment {
    /// What the host reported.
    pub report: ShipmentReport,
    /// The channel's shipping method code, echoed from the order.
    pub method: Option<String>,
    /// The buyer asked to cancel, but the package is handed over: say so.
    pub override_cancel: bool,
}

/// Confirm every package of an order in one call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfirmPackages {
    /// What the host reported, by package number.
    pub packages: Vec<ShipmentReport>,
    /// What they hold together, by line.
    pub lines: Vec<LineQuantity>,
    /// The channel's shipping method code, echoed from the order.
    pub method: Option<String>,
    /// The buyer asked to cancel, but the packages are handed over: say so.
    pub override_cancel: bool,
}

impl ConfirmPackages {
    /// These packages in one call.
    pub fn new(packages: Vec<ShipmentReport>, method: Option<String>, override_cancel: bool) -> Self {
        let mut lines: Vec<LineQuantity> = Vec::new();
        for part in packages.iter().flat_map(|package| &package.lines) {
            match lines.iter_mut().find(|line| line.line_id == part.line_id) {
                Some(line) => line.quantity = line.quantity.saturating_add(part.quantity),
                None => lines.push(part.clone()),
            }
        }
        lines.sort();
        ConfirmPackages { packages, lines, method, override_cancel }
    }
}

/// Cancel units of lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cancel {
    /// Which units.
    pub lines: Vec<LineQuantity>,
    /// Why.
    pub reason: CancelReason,
}

/// Set a listing's level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetLevel {
    /// Which listing.
    pub sku: Sku,
    /// Sellable units, absolute.
    pub level: u32,
}

/// Move a listing's level, where the channel takes no absolute one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoveLevel {
    /// Which listing.
    pub sku: Sku,
    /// Sellable units it offers now, as far as we know.
    pub from: i64,
    /// Sellable units it is to offer.
    pub level: u32,
}

impl MoveLevel {
    /// Units to add; to take, where negative. This is what the channel is told.
    pub fn by(&self) -> i64 {
        i64::from(self.level) - self.from
    }
}

/// Why money is given back, in our words; each connector maps them to the channel's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum RefundReason {
    /// The buyer returned the goods.
    Returned,
    /// The parcel did not arrive.
    NotReceived,
    /// The goods were damaged, defective or not as described.
    NotAsDescribed,
    /// We cancelled after payment.
    SellerCancelled,
    /// A courtesy, or an agreed part of the price.
    Adjustment,
}

impl RefundReason {
    /// Every reason with its stable text.
    pub const ALL: &'static [(RefundReason, &'static str)] = &[
        (RefundReason::Returned, "returned"),
        (RefundReason::NotReceived, "not_received"),
        (RefundReason::NotAsDescribed, "not_as_described"),
        (RefundReason::SellerCancelled, "seller_cancelled"),
        (RefundReason::Adjustment, "adjustment"),
    ];

    /// The stable text.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(reason, _)| *reason == self).map_or("unknown", |(_, text)| text)
    }
}

/// Money of one charge of one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundPart {
    /// Which line.
    pub line_id: LineId,
    /// Of which charge of it.
    pub charge: Open<ChargeKind>,
    /// How much, positive, without tax.
    pub amount: Money,
    /// The tax on it that goes back with it; zero or more.
    pub tax: Option<Money>,
}

/// Give money back. Never more than was charged, over all refunds of the order (G22).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// The host's own number of the refund within the order, from 1: asking again with it changes nothing.
    pub refund: u32,
    /// What of which charge.
    pub parts: Vec<RefundPart>,
    /// Why.
    pub reason: RefundReason,
    /// By which way, where the channel redirected the first try (`return/5012345`); none for its own.
    pub via: Option<String>,
}

/// Answer the buyer's wish to cancel, where the channel wants an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerCancel {
    /// Grant it? Otherwise it is refused, because the goods have left.
    pub grant: bool,
    /// What shows that they left: the tracking number of a package.
    pub tracking: Option<String>,
    /// When they left.
    #[serde(with = "millis_option")]
    pub shipped_at: Option<Timestamp>,
}

/// What a command does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Act {
    /// See [`Acknowledge`].
    Acknowledge(Acknowledge),
    /// See [`ConfirmShipment`].
    ConfirmShipment(ConfirmShipment),
    /// See [`Cancel`].
    Cancel(Cancel),
    /// See [`SetLevel`].
    SetLevel(SetLevel),
    /// See [`Refund`].
    Refund(Refund),
    /// See [`AnswerCancel`].
    AnswerCancel(AnswerCancel),
    /// See [`Accept`].
    Accept(Accept),
    /// See [`ConfirmPackages`].
    ConfirmPackages(ConfirmPackages),
    /// See [`MoveLevel`].
    MoveLevel(MoveLevel),
}

impl Act {
    /// Its verb.
    pub fn verb(&self) -> Verb {
        match self {
            Act::Acknowledge(_) | Act::Accept(_) => Verb::Acknowledge,
            Act::ConfirmShipment(_) | Act::ConfirmPackages(_) => Verb::ConfirmShipment,
            Act::Cancel(_) => Verb::Cancel,
            Act::SetLevel(_) | Act::MoveLevel(_) => Verb::SetLevel,
            Act::Refund(_) => Verb::Refund,
            Act::AnswerCancel(_) => Verb::AnswerCancel,
        }
    }

    /// The things only one open command may touch: `order`, `line/ID` or `sku/SKU`. An acknowledgment touches the
    /// order alone, so that it excludes a second one but no line's cancellation. One refund and one answer of an order are
    /// under way at a time.
    pub fn targets(&self, _subject: &str) -> Vec<String> {
        let lines = |lines: &[LineQuantity]| lines.iter().map(|l| format!("line/{}", l.line_id)).collect();
        match self {
            Act::Acknowledge(_) | Act::Accept(_) => vec!["order".into()],
            Act::ConfirmShipment(confirm) => lines(&confirm.report.lines),
            Act::ConfirmPackages(confirm) => lines(&confirm.lines),
            Act::Cancel(cancel) => lines(&cancel.lines),
            Act::SetLevel(SetLevel { sku, .. }) | Act::MoveLevel(MoveLevel { sku, .. }) => {
                vec![format!("sku/{sku}")]
            }
            Act::Refund(_) => vec!["refund".into()],
            Act::AnswerCancel(_) => vec!["cancel_request".into()],
        }
    }

    /// The units it ships or cancels, by line.
    pub fn quantities(&self) -> &[LineQuantity] {
        match self {
            Act::ConfirmShipment(confirm) => &confirm.report.lines,
            Act::ConfirmPackages(confirm) => &confirm.lines,
            Act::Cancel(cancel) => &cancel.lines,
            Act::Acknowledge(_)
            | Act::Accept(_)
            | Act::SetLevel(_)
            | Act::MoveLevel(_)
            | Act::Refund(_)
            | Act::AnswerCancel(_) => &[],
        }
    }

    /// The packages it confirms.
    pub fn packages(&self) -> &[ShipmentReport] {
        match self {
            Act::ConfirmShipment(confirm) => std::slice::from_ref(&confirm.report),
            Act::ConfirmPackages(confirm) => &confirm.packages,
            _ => &[],
        }
    }

    /// The listing it writes and the level that is to have; none for what is done to orders.
    pub fn level(&self) -> Option<(&Sku, u32)> {
        match self {
            Act::SetLevel(set) => Some((&set.sku, set.level)),
            Act::MoveLevel(moved) => Some((&moved.sku, moved.level)),
            _ => None,
        }
    }
}
