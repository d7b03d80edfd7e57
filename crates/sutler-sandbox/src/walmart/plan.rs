//! Which orders there are, when they come, and what is wrong with which.

use chrono::Duration;
use serde::{Deserialize, Serialize};

use super::dice::{Dice, Roll, identity};
use super::places::{BAD_STREETS, FIRST_NAMES, LAST_NAMES, PLACES, STREETS};
use super::settings::Settings;
use crate::Timestamp;

/// Which orders a world holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Plan {
    /// The mix of the demonstration, [`Settings::orders`] of them; see [`standard`](self).
    Standard,
    /// Exactly these.
    Explicit(Vec<PlannedOrder>),
}

/// Who ships an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FulfilledBy {
    /// The seller (`SellerFulfilled`).
    Seller,
    /// Walmart (`WFSFulfilled`).
    Marketplace,
    /// A third party on the seller's behalf (`3PLFulfilled`).
    ThirdParty,
}

impl FulfilledBy {
    /// Walmart's word, as in `shipNodeType` and `shipNode.type`.
    pub fn node_type(self) -> &'static str {
        match self {
            FulfilledBy::Seller => "SellerFulfilled",
            FulfilledBy::Marketplace => "WFSFulfilled",
            FulfilledBy::ThirdParty => "3PLFulfilled",
        }
    }

    /// The reverse of [`node_type`](Self::node_type).
    pub fn from_node_type(text: &str) -> Option<FulfilledBy> {
        [FulfilledBy::Seller, FulfilledBy::Marketplace, FulfilledBy::ThirdParty]
            .into_iter()
            .find(|f| f.node_type() == text)
    }
}

/// What an order is planned to be held for; at most one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Defect {
    /// Nothing is wrong.
    None,
    /// A missing or impossible postal code, or placeholder text for a street.
    BadAddress,
    /// More units of an item than were ever on hand.
    ShortStock,
    /// A SKU the host never declared.
    UnmappedSku,
    /// The buyer asks to cancel at `cancel_request_at`.
    CancelRequest,
}

/// A delivery address, as Walmart names its parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Address {
    /// The recipient.
    pub name: String,
    /// Street and number.
    pub address1: String,
    /// Flat, floor, building.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address2: Option<String>,
    /// City.
    pub city: String,
    /// Two-letter state.
    pub state: String,
    /// ZIP or ZIP+4; empty in one kind of bad address.
    pub postal_code: String,
}

/// A line to be placed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedLine {
    /// What is bought.
    pub sku: String,
    /// How many.
    pub quantity: u32,
    /// The price of one, in cents.
    pub unit_cents: i64,
}

/// An order to be placed. [`PlannedOrder::seller`] and the methods after it build one in a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedOrder {
    /// The purchase order id; `None` for one derived from the order's position.
    pub id: Option<String>,
    /// The instant of the sale.
    pub placed_at: Timestamp,
    /// Who ships it.
    pub fulfilled_by: FulfilledBy,
    /// At least one line.
    pub lines: Vec<PlannedLine>,
    /// Where to; `None` for a good address by seed.
    pub address: Option<Address>,
    /// What it is planned to be held for.
    pub defect: Defect,
    /// When the buyer asks to cancel.
    pub cancel_request_at: Option<Timestamp>,
    /// Until when it must be shipped; `None` for 05:00 UTC two days after the day it was placed.
    pub ship_by: Option<Timestamp>,
}

impl PlannedOrder {
    /// A good seller-fulfilled order without lines.
    pub fn seller(placed_at: Timestamp) -> PlannedOrder {
        PlannedOrder {
            id: None,
            placed_at,
            fulfilled_by: FulfilledBy::Seller,
            lines: Vec::new(),
            address: None,
            defect: Defect::None,
            cancel_request_at: None,
            ship_by: None,
        }
    }

    /// With one more line at 19.99 a piece.
    pub fn line(mut self, sku: &str, quantity: u32) -> PlannedOrder {
        self.lines.push(PlannedLine { sku: sku.into(), quantity, unit_cents: 1999 });
        self
    }

    /// With that purchase order id.
    pub fn id(mut self, id: &str) -> PlannedOrder {
        self.id = Some(id.into());
        self
    }

    /// Shipped by someone else.
    pub fn fulfilled_by(mut self, by: FulfilledBy) -> PlannedOrder {
        self.fulfilled_by = by;
        self
    }

    /// To another address.
    pub fn to(mut self, address: Address) -> PlannedOrder {
        self.address = Some(address);
        self
    }

    /// Whose buyer asks to cancel at that instant.
    pub fn cancel_requested_at(mut self, at: Timestamp) -> PlannedOrder {
        self.cancel_request_at = Some(at);
        self.defect = Defect::CancelRequest;
        self
    }

    /// To be shipped until that instant.
    pub fn ship_by(mut self, at: Timestamp) -> PlannedOrder {
        self.ship_by = Some(at);
        self
    }
}

/// One order as [`World::plan`](super::World::plan) and `GET /_sandbox/plan` list it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanEntry {
    /// The purchase order id.
    pub id: String,
    /// Who ships it.
    pub fulfilled_by: FulfilledBy,
    /// What it is planned to be held for.
    pub defect: Defect,
    /// When the buyer asks (or asked) to cancel.
    pub cancel_request_at: Option<Timestamp>,
    /// The instant of the sale.
    pub placed_at: Timestamp,
}

/// How many SKUs the standard plan sells from an ample stock.
const CATALOGUE: u64 = 40;

/// The standard plan and what is on hand for it.
///
/// About 10 % are fulfilled by Walmart and 1 % by a third party. Of the seller's, about 2 % go to a bad address, 2 %
/// want more than was ever on hand, 1 % are asked back by their buyers within the first minutes, and one names a SKU
/// that nobody declared: never two of these on one order, and at least 85 % have none. Small plans have fewer kinds.
pub(crate) fn standard(settings: &Settings) -> (Vec<PlannedOrder>, Vec<(String, i64)>) {
    let count = settings.orders as u64;
    let dice = Dice::new(settings.seed, identity(&["plan"]), 0);
    let mut places: Vec<u64> = (0..count).collect();
    for at in (1..places.len()).rev() {
        places.swap(at, dice.nth(at as u64).below(Roll::Shape, at as u64 + 1) as usize);
    }
    let two_in_hundred = (count * 2 + 50) / 100;
    let asked_back = if count >= 100 { (count / 100).max(2) } else { u64::from(count >= 40) };
    let groups = [
        (count / 10, FulfilledBy::Marketplace, Defect::None),
        (count / 100, FulfilledBy::ThirdParty, Defect::None),
        (if count >= 25 { two_in_hundred } else { 0 }, FulfilledBy::Seller, Defect::BadAddress),
        (if count >= 25 { two_in_hundred } else { 0 }, FulfilledBy::Seller, Defect::ShortStock),
        (u64::from(count >= 20), FulfilledBy::Seller, Defect::UnmappedSku),
        (asked_back, FulfilledBy::Seller, Defect::CancelRequest),
    ];
    let mut kinds = vec![(FulfilledBy::Seller, Defect::None); places.len()];
    let mut chosen = places.into_iter();
    for (size, by, defect) in groups {
        for place in chosen.by_ref().take(size as usize) {
            kinds[place as usize] = (by, defect);
        }
    }

    let span_ms = Duration::hours(3).num_milliseconds();
    let mut on_hand: Vec<(String, i64)> = Vec::new();
    let mut demand = vec![0_i64; CATALOGUE as usize];
    let mut orders = Vec::with_capacity(kinds.len());
    for (index, (by, defect)) in kinds.into_iter().enumerate() {
        let dice = dice_of(settings, index as u64);
        let slot = span_ms / count as i64;
        let offset = slot * index as i64 + dice.between(Roll::Moment, 0, (slot - 1).max(0));
        let placed_at = settings.origin - Duration::milliseconds(span_ms - offset);
        let mut order = PlannedOrder { fulfilled_by: by, defect, ..PlannedOrder::seller(placed_at) };
        match defect {
            Defect::ShortStock => {
                let sku = format!("SCARCE-{:03}", on_hand.len() + 1);
                let quantity = dice.between(Roll::Quantity, 2, 4) as u32;
                order.lines.push(PlannedLine { sku: sku.clone(), quantity, unit_cents: price(dice) });
                on_hand.push((sku, 1));
            }
            Defect::UnmappedSku => {
                order.lines.push(PlannedLine {
                    sku: "NEW-LISTING-001".into(),
                    quantity: 1,
                    unit_cents: price(dice),
                });
            }
            _ => order.lines = catalogue_lines(dice),
        }
        if defect == Defect::BadAddress {
            order.address = Some(bad_address(dice));
        }
        if defect == Defect::CancelRequest {
            let after = dice.between(Roll::Gap, 30_000, 180_000);
            order.cancel_request_at = Some(settings.origin + Duration::milliseconds(after));
        }
        for line in order.lines.iter().filter(|_| defect != Defect::ShortStock) {
            if let Some(wanted) = catalogue_index(&line.sku).and_then(|i| demand.get_mut(i)) {
                *wanted += i64::from(line.quantity);
            }
        }
        orders.push(order);
    }
    // Arrivals draw from the same shelf; twelve units is the most that one of them can want.
    let coming = if settings.arrivals_per_minute > 0.0 {
        i64::from(settings.arrivals_max).min(1_000_000) * 12
    } else {
        0
    };
    for (index, wanted) in demand.into_iter().enumerate() {
        let spare =
            20 + Dice::new(settings.seed, identity(&["shelf"]), index as u64).below(Roll::Count, 80) as i64;
        on_hand.push((catalogue_sku(index as u64), wanted + coming + spare));
    }
    (orders, on_hand)
}

/// The `number`-th order that arrives after the origin: sound, and one in ten fulfilled by Walmart.
pub(crate) fn arrival(settings: &Settings, number: u32, placed_at: Timestamp) -> PlannedOrder {
    let dice = Dice::new(settings.seed, identity(&["arrival"]), u64::from(number));
    let by = if dice.chance(Roll::Shape, 100) { FulfilledBy::Marketplace } else { FulfilledBy::Seller };
    PlannedOrder { fulfilled_by: by, lines: catalogue_lines(dice), ..PlannedOrder::seller(placed_at) }
}

/// The dice of the order at that position; everything about an order that a plan leaves open comes from them.
pub(crate) fn dice_of(settings: &Settings, index: u64) -> Dice {
    Dice::new(settings.seed, identity(&["order"]), index)
}

/// A sound address in one of the known places.
pub(crate) fn good_address(dice: Dice) -> Address {
    let (city, state, zip) = dice.pick(Roll::Place, PLACES);
    let number = dice.between(Roll::Street, 10, 9899);
    let street = dice.nth(1).pick(Roll::Street, STREETS);
    let name =
        format!("{} {}", dice.pick(Roll::Person, FIRST_NAMES), dice.nth(1).pick(Roll::Person, LAST_NAMES));
    let address2 = match dice.nth(2).below(Roll::Street, 5) {
        0 => Some(format!("Apt {}", dice.nth(3).between(Roll::Street, 1, 40))),
        _ => None,
    };
    Address {
        name,
        address1: format!("{number} {street}"),
        address2,
        city: city.into(),
        state: state.into(),
        postal_code: zip.into(),
    }
}

fn bad_address(dice: Dice) -> Address {
    let mut address = good_address(dice);
    match dice.below(Roll::Shape, 3) {
        0 => address.postal_code = String::new(),
        1 => {
            // No two of the listed states share a first digit range with Alaska's 995–999.
            address.postal_code = "99501".into();
            if address.state == "AK" {
                address.state = "FL".into();
            }
        }
        _ => address.address1 = dice.pick(Roll::Street, BAD_STREETS).into(),
    }
    address
}

fn catalogue_lines(dice: Dice) -> Vec<PlannedLine> {
    let count = match dice.below(Roll::Count, 10) {
        0..=6 => 1,
        7 | 8 => 2,
        _ => 3,
    };
    let first = dice.below(Roll::Sku, CATALOGUE);
    (0..count)
        .map(|n| {
            let dice = dice.nth(n);
            let quantity = match dice.below(Roll::Quantity, 10) {
                0..=6 => 1,
                7 => 2,
                8 => 3,
                _ => 4,
            };
            // Steps of 7 in 40 never meet, so no order names one SKU twice.
            let sku = catalogue_sku((first + n * 7) % CATALOGUE);
            PlannedLine { sku, quantity, unit_cents: price(dice) }
        })
        .collect()
}

fn price(dice: Dice) -> i64 {
    dice.between(Roll::Price, 499, 12_999)
}

fn catalogue_sku(index: u64) -> String {
    // A space and reserved characters occur in real SKUs; a few of ours have them, so that nobody forgets to encode.
    match index {
        3 => "SKU 0003".into(),
        11 => "SKU/0011".into(),
        23 => "SKU&0023".into(),
        _ => format!("SKU-{index:04}"),
    }
}

fn catalogue_index(sku: &str) -> Option<usize> {
    sku.strip_prefix("SKU").and_then(|rest| rest.get(1..)).and_then(|digits| digits.parse().ok())
}
