//! What both marketplaces keep: orders with every version they had, and a shelf with every level it had. Reads show what was
//! some seconds ago.

use crate::channel_suite::{SKUS, Sale};
use std::collections::BTreeMap;
use sutler_core::{
    id::ChannelOrderId,
    time::{Duration, Timestamp},
};
use sutler_sandbox::Effects;

/// Cents a unit of anything costs.
const PRICE: i64 = 1_250;

/// Why something is not done: a code, and words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: &'static str,
    pub(crate) why: String,
}

pub(crate) fn refuse<T>(code: &'static str, why: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal { code, why: why.into() })
}

/// One thing bought.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) id: String,
    pub(crate) sku: String,
    pub(crate) units: u32,
    /// Cents a unit, where the order says what it costs.
    pub(crate) price: Option<i64>,
    pub(crate) cancelled: u32,
    pub(crate) parcels: Vec<Parcel>,
}

impl Item {
    pub(crate) fn shipped(&self) -> u32 {
        self.parcels.iter().map(|parcel| parcel.units).sum()
    }

    pub(crate) fn open(&self) -> u32 {
        self.units - self.cancelled - self.shipped()
    }
}

/// Units of an item that left under one number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Parcel {
    pub(crate) tracking: String,
    pub(crate) carrier: String,
    pub(crate) units: u32,
}

/// An order as it was at some time.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) id: String,
    pub(crate) placed_at: Timestamp,
    pub(crate) ship_by: Option<Timestamp>,
    pub(crate) shipped_by_marketplace: bool,
    /// The marketplace prints its labels.
    pub(crate) labelled: bool,
    pub(crate) taken: bool,
    /// The buyer wishes to cancel, and until when an answer is waited for.
    pub(crate) wish: Option<Timestamp>,
    pub(crate) items: Vec<Item>,
}

impl Order {
    pub(crate) fn item(&mut self, id: &str) -> Option<&mut Item> {
        self.items.iter_mut().find(|item| item.id == id)
    }

    /// Cents of everything that was bought.
    pub(crate) fn total(&self) -> i64 {
        self.items.iter().map(|item| item.price.unwrap_or(PRICE) * i64::from(item.units)).sum()
    }
}

/// Orders, shelf and counts.
#[derive(Debug)]
pub(crate) struct Book {
    prefix: &'static str,
    orders: BTreeMap<String, Vec<(Timestamp, Order)>>,
    shelf: BTreeMap<String, Vec<(Timestamp, i64)>>,
    effects: Effects,
}

impl Book {
    /// A hundred units of everything, and nothing sold.
    pub(crate) fn new(prefix: &'static str, from: Timestamp) -> Book {
        let shelf = SKUS.map(|sku| (sku.to_owned(), vec![(from, 100)])).into();
        Book { prefix, orders: BTreeMap::new(), shelf, effects: Effects::default() }
    }

    pub(crate) fn effects(&self) -> Effects {
        let now = |levels: &Vec<(Timestamp, i64)>| levels.last().map_or(0, |(_, level)| *level);
        let stock = self.shelf.iter().map(|(sku, levels)| (sku.clone(), now(levels))).collect();
        Effects { stock, ..self.effects.clone() }
    }

    pub(crate) fn counts(&mut self) -> &mut Effects {
        &mut self.effects
    }

    /// A buyer buys, and pays what a unit costs. More than is offered may be sold: other buyers were as fast.
    pub(crate) fn sell(&mut self, now: Timestamp, sale: Sale) -> ChannelOrderId {
        let id = format!("{}{:06}", self.prefix, self.orders.len() + 1);
        let skus = [Some(sale.sku), sale.and].into_iter().flatten();
        let items = skus.zip(1..).map(|(sku, at)| Item {
            id: format!("{at}"),
            sku: sku.to_owned(),
            units: sale.units,
            price: Some(PRICE),
            cancelled: 0,
            parcels: Vec::new(),
        });
        let order = Order {
            id: id.clone(),
            placed_at: now,
            ship_by: Some(now + Duration::days(2)),
            shipped_by_marketplace: sale.shipped_by_marketplace,
            labelled: false,
            taken: false,
            wish: None,
            items: items.collect(),
        };
        if !sale.shipped_by_marketplace {
            for item in &order.items {
                let left = self.level(&item.sku, now).unwrap_or(0) - i64::from(item.units);
                self.put_level(&item.sku, now, left.max(0));
            }
        }
        self.orders.insert(id.clone(), vec![(now, order)]);
        id.into()
    }

    /// An order as it is.
    pub(crate) fn order(&self, id: &str) -> Result<Order, Refusal> {
        match self.orders.get(id).and_then(|versions| versions.last()) {
            Some((_, order)) => Ok(order.clone()),
            None => refuse("not_found", format!("nobody placed order {id}")),
        }
    }

    /// An order that the seller ships, as it is.
    pub(crate) fn sellers(&self, id: &str) -> Result<Order, Refusal> {
        let order = self.order(id)?;
        if order.shipped_by_marketplace {
            return refuse("not_yours", format!("order {id} is shipped by the marketplace"));
        }
        Ok(order)
    }

    /// The order is this from now on.
    pub(crate) fn put(&mut self, now: Timestamp, order: Order) {
        self.orders.entry(order.id.clone()).or_default().push((now, order));
    }

    /// An order as it was at an instant; as it was placed, where that is earlier.
    pub(crate) fn seen(&self, id: &str, at: Timestamp) -> Option<&Order> {
        let versions = self.orders.get(id)?;
        let seen = versions.iter().rev().find(|(since, _)| *since <= at).or(versions.first());
        seen.map(|(_, order)| order)
    }

    /// Orders that were placed or changed in a window, as they were at an instant, by when and by id.
    pub(crate) fn changed(&self, from: Timestamp, to: Timestamp, at: Timestamp) -> Vec<(Timestamp, &Order)> {
        let mut all: Vec<(Timestamp, &Order)> = Vec::new();
        for versions in self.orders.values() {
            let within = |(since, _): &&(Timestamp, Order)| *since >= from && *since <= to && *since <= at;
            let Some((since, _)) = versions.iter().rev().find(within) else { continue };
            let now = versions.iter().rev().find(|(since, _)| *since <= at);
            all.extend(now.map(|(_, order)| (*since, order)));
        }
        all.sort_by(|(a, one), (b, other)| (a, &one.id).cmp(&(b, &other.id)));
        all
    }

    /// Every order as it is.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Order> {
        self.orders.values().filter_map(|versions| versions.last()).map(|(_, order)| order)
    }

    /// What a listing offered at an instant; none of a SKU nobody lists.
    pub(crate) fn level(&self, sku: &str, at: Timestamp) -> Option<i64> {
        let levels = self.shelf.get(sku)?;
        levels.iter().rev().find(|(since, _)| *since <= at).or(levels.first()).map(|(_, level)| *level)
    }

    pub(crate) fn put_level(&mut self, sku: &str, now: Timestamp, level: i64) {
        if let Some(levels) = self.shelf.get_mut(sku) {
            levels.push((now, level));
        }
    }

    /// Units of items leave, and are counted where they do.
    pub(crate) fn ship(&mut self, order: &mut Order, item: &str, parcel: Parcel) {
        let name = format!("{}/{item}", order.id);
        *self.effects.ship.entry(name.clone()).or_default() += parcel.units;
        *self.effects.shipments.entry(format!("{name}/{}", parcel.tracking)).or_default() += parcel.units;
        if let Some(item) = order.item(item) {
            item.parcels.push(parcel);
        }
    }

    /// Units of an item are cancelled by a call, and counted.
    pub(crate) fn cancel(&mut self, order: &mut Order, item: &str, units: u32) {
        *self.effects.cancel.entry(format!("{}/{item}", order.id)).or_default() += units;
        if let Some(item) = order.item(item) {
            item.cancelled += units;
        }
    }

    /// The order is taken by a call, and counted.
    pub(crate) fn take(&mut self, order: &mut Order) {
        order.taken = true;
        *self.effects.acknowledge.entry(order.id.clone()).or_default() += 1;
    }
}
