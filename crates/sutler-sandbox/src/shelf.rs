//! Stock: what a listing offers, what really lies on the shelf, and a shelf that several marketplaces sell from.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use crate::clock::Ms;

/// What one marketplace adds to the account of a SKU.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Figures {
    /// What the host has on hand; `None` for a SKU it never declared.
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    pub(crate) declared: Option<i64>,
    /// Units sold from the seller's stock.
    #[serde(rename = "s", default)]
    pub(crate) sold: i64,
    /// Units of orders that delivered answers named, and how many of those were cancelled since.
    #[serde(rename = "n", default)]
    pub(crate) seen_sold: i64,
    #[serde(rename = "c", default)]
    pub(crate) seen_cancelled: i64,
}

impl Figures {
    fn and(self, other: Figures) -> Figures {
        let declared = match (self.declared, other.declared) {
            (None, None) => None,
            (own, theirs) => Some(own.unwrap_or(0) + theirs.unwrap_or(0)),
        };
        Figures {
            declared,
            sold: self.sold + other.sold,
            seen_sold: self.seen_sold + other.seen_sold,
            seen_cancelled: self.seen_cancelled + other.seen_cancelled,
        }
    }
}

/// One SKU as one marketplace lists it.
///
/// The level is what the listing still offers: sales take from it, a set replaces it (the last write wins, whatever was
/// sold in between).
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Stock {
    pub(crate) level: i64,
    pub(crate) own: Figures,
    /// What the marketplaces that sell from the same shelf add.
    others: Figures,
    /// What lagging reads show, and until when.
    shadow: Option<(i64, Ms)>,
}

impl Stock {
    /// What the host has on hand, on whatever marketplace it said so.
    pub(crate) fn declared(&self) -> Option<i64> {
        self.own.and(self.others).declared
    }

    /// The host says how many there are in all.
    pub(crate) fn declare(&mut self, quantity: i64) {
        self.own.declared = Some(quantity - self.others.declared.unwrap_or(0));
    }

    /// Units the host was told of as sold, over all marketplaces of the shelf.
    pub(crate) fn seen_sold(&self) -> i64 {
        self.own.seen_sold + self.others.seen_sold
    }

    /// Whether there is more than was sold.
    pub(crate) fn has_some(&self) -> bool {
        let all = self.own.and(self.others);
        all.declared.is_some_and(|declared| declared > all.sold)
    }

    pub(crate) fn shown(&self, now: Ms) -> i64 {
        match self.shadow {
            Some((level, until)) if now < until => level,
            _ => self.level,
        }
    }

    /// A sale of `units`; returns how many of them were never there though the level offered them.
    pub(crate) fn sell(&mut self, units: i64) -> i64 {
        let all = self.own.and(self.others);
        // Of a SKU that was never declared nobody can say what is too much.
        let left = all.declared.map_or(i64::MAX, |declared| (declared - all.sold).max(0));
        let offered = self.level;
        self.own.sold += units;
        self.level = (self.level - units).max(0);
        (units.min(offered) - left).max(0)
    }

    /// Replaces the level; returns how many units are offered again that the host could know to be sold, when `seen_sold`
    /// units had been told to it before it sent this.
    ///
    /// A unit that was sold elsewhere and that this listing offered all the time is offered too long (and counted when it
    /// sells), not again: a level that falls offers nothing again, unless of what this very listing had sold.
    pub(crate) fn set(&mut self, at: Ms, level: i64, seen_sold: i64, lag: Ms) -> i64 {
        if lag > 0 && self.shadow.is_none_or(|(_, until)| until <= at) {
            self.shadow = Some((self.level, at + lag));
        }
        let all = self.own.and(self.others);
        let declared = all.declared.unwrap_or(0);
        let left = (declared - (seen_sold - all.seen_cancelled)).max(0);
        let seen_here = (seen_sold - self.others.seen_sold) - self.own.seen_cancelled;
        let still_offered = self.level.min((declared - seen_here).max(0));
        self.level = level;
        (level - left.max(still_offered)).max(0)
    }
}

/// All SKUs of one marketplace.
pub(crate) type Shelf = BTreeMap<String, Stock>;

/// One stock that several marketplaces sell from: give it to each of their worlds
/// ([`Marketplace::share`](crate::Marketplace::share)), and what is offered again or sold too often is counted over all of
/// them. What is on hand is the sum of what each world's plan brings; a later declaration of a total replaces the sum.
#[derive(Debug, Default)]
pub struct Pool {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    /// How many will sell from it, where that was said.
    expected: usize,
    members: Vec<BTreeMap<String, Figures>>,
    /// Grows with every change of anyone's figures.
    version: u64,
}

impl Pool {
    /// A pool nobody sells from yet.
    pub fn new() -> Arc<Pool> {
        Arc::default()
    }

    /// A pool that so many worlds will sell from. A world that goes on from its log keeps what it knew of the others until all
    /// of them are back.
    pub fn of(worlds: usize) -> Arc<Pool> {
        Arc::new(Pool { inner: Mutex::new(Inner { expected: worlds, ..Inner::default() }) })
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One world's part in a [`Pool`].
///
/// A world is a function of its log, so what the others did reaches it only through [`Share::look`], whose findings are
/// logged.
#[derive(Debug, Clone)]
pub(crate) struct Share {
    pool: Arc<Pool>,
    member: usize,
    /// Its world goes on from a log, and knows what the others did.
    goes_on: bool,
    version: Option<(u64, usize)>,
}

impl Share {
    pub(crate) fn join(pool: &Arc<Pool>, goes_on: bool) -> Share {
        let mut inner = pool.lock();
        inner.members.push(BTreeMap::new());
        let member = inner.members.len() - 1;
        drop(inner);
        Share { pool: Arc::clone(pool), member, goes_on, version: None }
    }

    /// What the others' figures are now, of the SKUs of this shelf where they are not as this shelf knows them.
    pub(crate) fn look(&mut self, shelf: &Shelf) -> BTreeMap<String, Figures> {
        let inner = self.pool.lock();
        let some_are_missing = self.goes_on && inner.members.len() < inner.expected;
        if some_are_missing || self.version == Some((inner.version, shelf.len())) {
            return BTreeMap::new();
        }
        self.version = Some((inner.version, shelf.len()));
        let others = inner.members.iter().enumerate().filter(|(member, _)| *member != self.member);
        let others: Vec<_> = others.map(|(_, figures)| figures).collect();
        let sum = |sku: &String| {
            others.iter().filter_map(|figures| figures.get(sku)).fold(Figures::default(), |a, b| a.and(*b))
        };
        shelf
            .iter()
            .map(|(sku, stock)| (sku, stock, sum(sku)))
            .filter(|(_, stock, found)| stock.others != *found)
            .map(|(sku, _, found)| (sku.clone(), found))
            .collect()
    }

    /// Tells the others this shelf's own figures.
    pub(crate) fn tell(&self, shelf: &Shelf) {
        let mut inner = self.pool.lock();
        let Some(told) = inner.members.get_mut(self.member) else { return };
        let mut changed = false;
        for (sku, stock) in shelf {
            if told.get(sku).copied().unwrap_or_default() != stock.own {
                told.insert(sku.clone(), stock.own);
                changed = true;
            }
        }
        inner.version += u64::from(changed);
    }
}

/// Notes on a shelf what the others' figures are now.
pub(crate) fn note(shelf: &mut Shelf, found: &BTreeMap<String, Figures>) {
    for (sku, figures) in found {
        if let Some(stock) = shelf.get_mut(sku) {
            stock.others = *figures;
        }
    }
}
