//! The standard plan: which orders there are, when they come, and what is wrong with which.

use chrono::Duration;

use crate::Timestamp;
use crate::dice::{Dice, Roll, identity};
use crate::places::{BAD_STREETS, FIRST_NAMES, LAST_NAMES, PLACES, STREETS};
use crate::plan::{Address, Defect, FulfilledBy, PlannedLine, PlannedOrder};

/// How many SKUs the standard plan sells from an ample stock.
const CATALOGUE: u64 = 40;

/// What the standard plan is mixed from.
#[derive(Debug, Clone)]
pub(crate) struct Mix {
    pub(crate) seed: u64,
    pub(crate) orders: u32,
    pub(crate) origin: Timestamp,
    /// The most orders that arrive later.
    pub(crate) coming: u32,
    /// How the SKUs of the catalogue begin. Marketplaces that sell the same ones have the same here.
    pub(crate) skus: String,
    /// How the SKUs begin of which there is one.
    pub(crate) scarce: String,
}

/// The orders of [`Plan::Standard`](super::plan::Plan::Standard), and what is on hand for them.
pub(crate) fn standard(mix: &Mix) -> (Vec<PlannedOrder>, Vec<(String, i64)>) {
    let count = mix.orders as u64;
    let dice = Dice::new(mix.seed, identity(&["plan"]), 0);
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
        let dice = dice_of(mix.seed, index as u64);
        let slot = span_ms / count as i64;
        let offset = slot * index as i64 + dice.between(Roll::Moment, 0, (slot - 1).max(0));
        let placed_at = mix.origin - Duration::milliseconds(span_ms - offset);
        let mut order = PlannedOrder { fulfilled_by: by, defect, ..PlannedOrder::seller(placed_at) };
        match defect {
            Defect::ShortStock => {
                let sku = format!("{}-{:03}", mix.scarce, on_hand.len() + 1);
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
            _ => order.lines = catalogue_lines(mix, dice),
        }
        if defect == Defect::BadAddress {
            order.address = Some(bad_address(dice));
        }
        if defect == Defect::CancelRequest {
            let after = dice.between(Roll::Gap, 30_000, 180_000);
            order.cancel_request_at = Some(mix.origin + Duration::milliseconds(after));
        }
        for line in order.lines.iter().filter(|_| defect != Defect::ShortStock) {
            if let Some(wanted) = mix.place_of(&line.sku).and_then(|i| demand.get_mut(i)) {
                *wanted += i64::from(line.quantity);
            }
        }
        orders.push(order);
    }
    // Arrivals draw from the same shelf; twelve units is the most that one of them can want.
    let coming = i64::from(mix.coming).min(1_000_000) * 12;
    for (index, wanted) in demand.into_iter().enumerate() {
        let spare =
            20 + Dice::new(mix.seed, identity(&["shelf"]), index as u64).below(Roll::Count, 80) as i64;
        on_hand.push((mix.sku(index as u64), wanted + coming + spare));
    }
    (orders, on_hand)
}

/// The `number`-th order that arrives after the origin: sound, and one in ten fulfilled by Walmart.
pub(crate) fn arrival(mix: &Mix, number: u32, placed_at: Timestamp) -> PlannedOrder {
    let dice = Dice::new(mix.seed, identity(&["arrival"]), u64::from(number));
    let by = if dice.chance(Roll::Shape, 100) { FulfilledBy::Marketplace } else { FulfilledBy::Seller };
    PlannedOrder { fulfilled_by: by, lines: catalogue_lines(mix, dice), ..PlannedOrder::seller(placed_at) }
}

/// The dice of the order at that position; everything about an order that a plan leaves open comes from them.
pub(crate) fn dice_of(seed: u64, index: u64) -> Dice {
    Dice::new(seed, identity(&["order"]), index)
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
        // Alaska, where none of the listed places is.
        1 => address.postal_code = "99501".into(),
        _ => address.address1 = dice.pick(Roll::Street, BAD_STREETS).into(),
    }
    address
}

fn catalogue_lines(mix: &Mix, dice: Dice) -> Vec<PlannedLine> {
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
            let sku = mix.sku((first + n * 7) % CATALOGUE);
            PlannedLine { sku, quantity, unit_cents: price(dice) }
        })
        .collect()
}

fn price(dice: Dice) -> i64 {
    dice.between(Roll::Price, 499, 12_999)
}

impl Mix {
    fn sku(&self, index: u64) -> String {
        let skus = &self.skus;
        // A space and reserved characters occur in real SKUs; a few of ours have them, so that nobody forgets to encode.
        match index {
            3 => format!("{skus} 0003"),
            11 => format!("{skus}/0011"),
            23 => format!("{skus}&0023"),
            _ => format!("{skus}-{index:04}"),
        }
    }

    fn place_of(&self, sku: &str) -> Option<usize> {
        sku.strip_prefix(&self.skus).and_then(|rest| rest.get(1..)).and_then(|digits| digits.parse().ok())
    }
}
