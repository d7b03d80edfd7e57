//! The order: what a buyer placed, 1:1 with the channel's order, without personal data.

use crate::{
    address::{Address, AddressStates, Place},
    id::{ChannelId, ChannelOrderId, LineId, Sku},
    money::Money,
    open::{KnownText, Open},
    time::{Timestamp, millis, millis_option},
};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, sync::Arc};

/// Who ships an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FulfilledBy {
    /// The seller, from a location of its own.
    Seller,
    /// The marketplace's own warehouse (WFS, FBA): read, never written, no demand on our stock.
    Marketplace,
    /// A third party the marketplace instructs: read, never written.
    ThirdParty,
}

impl KnownText for FulfilledBy {
    const ALL: &'static [(Self, &'static str)] = &[
        (FulfilledBy::Seller, "seller"),
        (FulfilledBy::Marketplace, "marketplace"),
        (FulfilledBy::ThirdParty, "third_party"),
    ];
    fn text(self) -> &'static str {
        match self {
            FulfilledBy::Seller => "seller",
            FulfilledBy::Marketplace => "marketplace",
            FulfilledBy::ThirdParty => "third_party",
        }
    }
}

/// What an amount is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChargeKind {
    /// The goods.
    Product,
    /// Delivery.
    Shipping,
    /// A reduction, negative.
    Discount,
    /// Anything the channel adds.
    Fee,
}

impl KnownText for ChargeKind {
    const ALL: &'static [(Self, &'static str)] = &[
        (ChargeKind::Product, "product"),
        (ChargeKind::Shipping, "shipping"),
        (ChargeKind::Discount, "discount"),
        (ChargeKind::Fee, "fee"),
    ];
    fn text(self) -> &'static str {
        match self {
            ChargeKind::Product => "product",
            ChargeKind::Shipping => "shipping",
            ChargeKind::Discount => "discount",
            ChargeKind::Fee => "fee",
        }
    }
}

/// One amount of a line, for all its units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// What it is for.
    pub kind: Open<ChargeKind>,
    /// The channel's own name for it (`ItemPrice`); empty when it has none.
    pub name: String,
    /// The amount of the line, without tax.
    pub amount: Money,
    /// Tax on it; absent where the channel gives none.
    pub tax: Option<Money>,
}

/// Units of a line that left in one package, as the channel shows them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LinePackage {
    /// The carrier's number; empty where the channel shows none.
    pub tracking: String,
    /// The channel's carrier text, verbatim.
    pub carrier: String,
    /// Units.
    pub quantity: u32,
}

/// Units of a line in a status this version does not know (G9).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct OtherStatus {
    /// The channel's text, verbatim.
    pub status: String,
    /// Units.
    pub quantity: u32,
}

/// Does the buyer wish to cancel a line?
///
/// Stored as `bool` was before there was a deadline: the first two are its bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum CancelWish {
    /// No, or it was answered.
    #[default]
    None,
    /// Yes, and the channel names no time for an answer.
    Open,
    /// Yes, and the channel answers by itself when nobody has by then (Shopee, TikTok).
    Until(#[serde(with = "millis")] Timestamp),
}

impl CancelWish {
    /// A wish without a deadline, where there is one.
    pub fn open_if(asked: bool) -> CancelWish {
        if asked { CancelWish::Open } else { CancelWish::None }
    }
}

/// One line of an order: units of one SKU and what became of them. `ordered = open + cancelled + shipped` always (G20).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The channel's line id.
    pub line_id: LineId,
    /// The SKU; absent when the channel's payload had none.
    pub sku: Option<Sku>,
    /// Product name; may be empty.
    pub title: String,
    /// Units bought.
    pub ordered: u32,
    /// Units the channel shows as acknowledged or further.
    pub acknowledged: u32,
    /// Units the channel shows as cancelled.
    pub cancelled: u32,
    /// Units the channel shows as shipped or further.
    pub shipped: u32,
    /// Units the channel shows as delivered; part of `shipped`.
    pub delivered: u32,
    /// Units the channel shows as refunded; part of `shipped`.
    pub refunded: u32,
    /// The buyer asked to cancel and nobody has answered.
    pub cancel_wish: CancelWish,
    /// The channel's reason for what it cancelled, verbatim.
    pub cancel_reason: Option<String>,
    /// Units in statuses this version does not know.
    pub other_statuses: Vec<OtherStatus>,
    /// Amounts, of the line.
    pub charges: Vec<Charge>,
    /// Packages the channel shows, by (tracking, carrier).
    pub packages: Vec<LinePackage>,
}

impl Line {
    /// A line of `ordered` units with nothing done yet.
    pub fn new(line_id: LineId, sku: Option<Sku>, ordered: u32) -> Self {
        Line {
            line_id,
            sku,
            title: String::new(),
            ordered,
            acknowledged: 0,
            cancelled: 0,
            shipped: 0,
            delivered: 0,
            refunded: 0,
            cancel_wish: CancelWish::None,
            cancel_reason: None,
            other_statuses: Vec::new(),
            charges: Vec::new(),
            packages: Vec::new(),
        }
    }

    /// The buyer asked to cancel and nobody has answered.
    pub fn cancel_requested(&self) -> bool {
        self.cancel_wish != CancelWish::None
    }

    /// Units neither cancelled nor shipped.
    pub fn open(&self) -> u32 {
        self.ordered.saturating_sub(self.cancelled).saturating_sub(self.shipped)
    }

    /// Does the channel show every unit as acknowledged, shipped or cancelled? `acknowledged` counts shipped ones already.
    pub fn is_acknowledged(&self) -> bool {
        self.acknowledged.max(self.shipped).saturating_add(self.cancelled) >= self.ordered
    }

    /// Units the channel shows under `tracking`, normalised as [`tracking_key`] does.
    pub fn shipped_under(&self, tracking: &str) -> u32 {
        let key = tracking_key(tracking);
        self.packages
            .iter()
            .filter(|p| tracking_key(&p.tracking) == key)
            .fold(0, |sum, p| sum.saturating_add(p.quantity))
    }
}

/// A tracking number for comparison: letters and digits, upper case.
pub fn tracking_key(tracking: &str) -> String {
    tracking.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

/// Another name of an order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Alias {
    /// What the name is (`customer_order_id`).
    pub role: String,
    /// The name.
    pub value: String,
}

/// A field of a payload that could not be mapped (G7): the order is kept, and held.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Unmapped {
    /// The channel's field path (`orderLines.orderLine[0].item.sku`).
    pub field: String,
    /// What is wrong with it, without personal data.
    pub detail: String,
}

/// What is known of an order, without personal data. Both what one read told and what all reads fold into.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderFacts {
    /// When the buyer placed it, by the channel; absent when the payload had none.
    #[serde(with = "millis_option")]
    pub placed_at: Option<Timestamp>,
    /// Who ships it.
    pub fulfilled_by: Open<FulfilledBy>,
    /// Other names, sorted.
    pub aliases: Vec<Alias>,
    /// The channel's shipping method code, to be echoed (Walmart `shippingInfo.methodCode`).
    pub method: Option<String>,
    /// The node the channel says it ships from.
    pub ship_node: Option<String>,
    /// The channel's total, where it gives one.
    pub total: Option<Money>,
    /// Ship by, as the channel says (Walmart `estimatedShipDate`).
    #[serde(with = "millis_option")]
    pub ship_by: Option<Timestamp>,
    /// Deliver by, as the channel says.
    #[serde(with = "millis_option")]
    pub deliver_by: Option<Timestamp>,
    /// City, region and country of the address.
    pub place: Place,
    /// How good each part of the address is.
    pub address: AddressStates,
    /// Lines, sorted by the channel's line id.
    pub lines: Vec<Line>,
    /// Why the channel says that it must not be shipped yet, in its own word (`PENDING`): its demand counts, its goods wait.
    pub not_ready: Option<String>,
    /// What could not be mapped.
    pub unmapped: Vec<Unmapped>,
}

impl OrderFacts {
    /// The line called `id`.
    pub fn line(&self, id: &LineId) -> Option<&Line> {
        self.lines.iter().find(|line| line.line_id == *id)
    }

    /// Is all that is known of its lines how many units of which SKU, without the lines' own ids? See [`LineId::provisional`].
    pub fn is_provisional(&self) -> bool {
        !self.lines.is_empty() && self.lines.iter().all(|line| line.line_id.is_provisional())
    }

    /// The buyer asked to cancel something that is still open.
    pub fn cancel_requested(&self) -> bool {
        self.lines.iter().any(|line| line.cancel_requested() && line.open() > 0)
    }

    /// By when the channel wants the first of the buyer's open wishes to cancel answered, where it says so.
    pub fn answer_cancel_by(&self) -> Option<Timestamp> {
        let due = |line: &Line| match line.cancel_wish {
            CancelWish::Until(due) if line.open() > 0 => Some(due),
            _ => None,
        };
        self.lines.iter().filter_map(due).min()
    }

    /// The seller ships it, as far as the channel says; an unknown text counts as not ours.
    pub fn is_sellers(&self) -> bool {
        self.fulfilled_by == Open::Known(FulfilledBy::Seller)
    }
}

/// What a rule sees of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderSnapshot {
    /// The channel it came by.
    pub channel: ChannelId,
    /// The channel's order id.
    pub channel_order_id: ChannelOrderId,
    /// What is known of it.
    pub facts: OrderFacts,
    /// The address, where it is loaded and not erased.
    pub ship_to: Option<Address>,
}

impl OrderSnapshot {
    /// The snapshot by reference.
    pub fn view(&self) -> OrderView<'_> {
        OrderView {
            channel: &self.channel,
            channel_order_id: &self.channel_order_id,
            facts: &self.facts,
            ship_to: self.ship_to.as_ref(),
        }
    }
}

/// A snapshot by reference: what the built-in rules read, without a copy.
#[derive(Clone, Copy, Debug)]
pub struct OrderView<'a> {
    /// The channel it came by.
    pub channel: &'a ChannelId,
    /// The channel's order id.
    pub channel_order_id: &'a ChannelOrderId,
    /// What is known of it.
    pub facts: &'a OrderFacts,
    /// The address, where it is loaded and not erased.
    pub ship_to: Option<&'a Address>,
}

/// Anything that can be shown as an order: a stored row, a fresh read, a host's own type.
pub trait Order {
    /// The order as rules see it. Borrow where the type holds one.
    fn snapshot(&self) -> Cow<'_, OrderSnapshot>;
}

impl Order for OrderSnapshot {
    fn snapshot(&self) -> Cow<'_, OrderSnapshot> {
        Cow::Borrowed(self)
    }
}

/// One order as one read showed it.
#[derive(Clone, Debug, PartialEq)]
pub struct ChannelOrder {
    /// The channel's order id.
    pub channel_order_id: ChannelOrderId,
    /// Everything but personal data. Shared with the journal entry and the stored order that come of it.
    pub facts: Arc<OrderFacts>,
    /// The address and contact.
    pub ship_to: Address,
    /// Names the channel knows the buyer by, where it tells of closed accounts by them. Personal: kept as keyed digests.
    pub buyer: Vec<String>,
    /// The channel's payload of this order, as received.
    pub raw: bytes::Bytes,
}

impl Order for (ChannelId, &ChannelOrder) {
    fn snapshot(&self) -> Cow<'_, OrderSnapshot> {
        Cow::Owned(OrderSnapshot {
            channel: self.0.clone(),
            channel_order_id: self.1.channel_order_id.clone(),
            facts: (*self.1.facts).clone(),
            ship_to: Some(self.1.ship_to.clone()),
        })
    }
}

/// A package the host reports as handed to a carrier. Repeating the same `package` changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShipmentReport {
    /// The host's own number of the package within the order, from 1.
    pub package: u32,
    /// The carrier, by any of its usual names (`ups`, `USPS`, `FedEx Ground`).
    pub carrier: String,
    /// The carrier's number for the package.
    pub tracking: String,
    /// Where the buyer can follow it; Walmart wants it for carriers it does not list.
    pub tracking_url: Option<String>,
    /// When it was handed over.
    #[serde(with = "millis")]
    pub shipped_at: Timestamp,
    /// What is in it.
    pub lines: Vec<LineQuantity>,
}

/// Units of one line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LineQuantity {
    /// Which line.
    pub line_id: LineId,
    /// How many units.
    pub quantity: u32,
}
