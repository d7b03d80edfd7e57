//! Listings: what a SKU has on eBay, who may revise it, and how often.
//!
//! A listing of the Inventory API has two quantities, the item's and the offer's; what sells is the smaller one. A listing
//! made otherwise has one, and the Inventory API does not know it.

use super::World;
use super::limits::day;
use super::order_json::listing_id;
use crate::clock::Ms;
use crate::dice::{Dice, Roll, identity};

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Listing {
    pub(crate) item_id: String,
    /// `None` for a listing not made with the Inventory API.
    pub(crate) offer_id: Option<String>,
    pub(crate) item: i64,
    pub(crate) offer: i64,
    pub(crate) cents: i64,
    pub(crate) sold: i64,
    /// The day, and how often the listing was revised in it.
    revised: (i64, u32),
    /// What lagging reads show, and until when.
    shadow: Option<((i64, i64), Ms)>,
}

impl Listing {
    pub(crate) fn level(&self) -> i64 {
        if self.offer_id.is_some() { self.item.min(self.offer) } else { self.item }
    }

    pub(crate) fn sell(&mut self, units: i64) {
        self.item = (self.item - units).max(0);
        self.offer = (self.offer - units).max(0);
        self.sold += units;
    }

    /// Both quantities as a read at `now` has them, and whether they are old.
    pub(crate) fn shown(&self, now: Ms) -> ((i64, i64), bool) {
        let real = (self.item, self.offer);
        match self.shadow {
            Some((old, until)) if now < until => (old, old != real),
            _ => (real, false),
        }
    }
}

/// What a listing is to become; `None` stays as it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Revision {
    pub(crate) item: Option<i64>,
    pub(crate) offer: Option<i64>,
    pub(crate) cents: Option<i64>,
}

/// What came of a revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Revised {
    Done,
    /// Nothing was to change; it counts against no limit.
    Redundant,
    /// The day's revisions of this listing are used up.
    TooOften,
}

impl World {
    /// Sees to it that a SKU is listed.
    pub(super) fn list_sku(&mut self, sku: &str) {
        if self.listings.contains_key(sku) {
            return;
        }
        let dice = Dice::new(self.settings.seed, identity(&["listing", sku]), 0);
        let by_trading = self.settings.trading.contains(sku)
            || (self.settings.plan == crate::plan::Plan::Standard
                && dice.chance(Roll::Shape, self.settings.trading_per_mille));
        let item_id = listing_id(sku);
        let offer_id = (!by_trading).then(|| format!("9{}", item_id.get(1..).unwrap_or_default()));
        if let Some(offer) = &offer_id {
            self.offers.insert(offer.clone(), sku.to_owned());
        }
        self.items.insert(item_id.clone(), sku.to_owned());
        let level = self.stock.entry(sku.to_owned()).or_default().level;
        let listing = Listing {
            item_id,
            offer_id,
            item: level,
            offer: level,
            cents: 1999,
            sold: 0,
            revised: (i64::MIN, 0),
            shadow: None,
        };
        self.listings.insert(sku.to_owned(), listing);
    }

    /// Revises a listing, on what the host could know when it asked.
    pub(super) fn revise(&mut self, at: Ms, sku: &str, wanted: Revision, seen_sold: i64, lag: Ms) -> Revised {
        let Some(listing) = self.listings.get_mut(sku) else { return Revised::Redundant };
        let item = wanted.item.unwrap_or(listing.item);
        let offer = wanted.offer.unwrap_or(listing.offer);
        let cents = wanted.cents.unwrap_or(listing.cents);
        if listing.revised.0 != day(at) {
            listing.revised = (day(at), 0);
        }
        let redundant = (item, offer, cents) == (listing.item, listing.offer, listing.cents);
        if !redundant {
            if listing.revised.1 >= self.settings.revisions_max {
                return Revised::TooOften;
            }
            listing.revised.1 += 1;
        }
        if lag > 0 && listing.shadow.is_none_or(|(_, until)| until <= at) {
            listing.shadow = Some(((listing.item, listing.offer), at + lag));
        }
        (listing.item, listing.offer, listing.cents) = (item, offer, cents);
        let level = listing.level();
        // A redundant set says anew what is offered, so it is judged like any other.
        if let Some(stock) = self.stock.get_mut(sku) {
            self.effects.reoffered_after_seen += stock.set(at, level, seen_sold, 0) as u64;
        }
        self.changes += 1;
        if redundant { Revised::Redundant } else { Revised::Done }
    }

    /// What the host could know of each SKU's sales by now.
    pub(super) fn seen_sold(&self, sku: &str) -> i64 {
        self.stock.get(sku).map_or(0, |stock| stock.seen_sold())
    }
}
