//! The marketplace: its orders, its rules, its counts.

use super::{ANSWER_WITHIN_HOURS, document, push};
use crate::{
    channel_suite::Sale,
    examples::{
        book::{Book, Order, Parcel, Refusal, refuse},
        stall::Shop,
        wire::Far,
    },
};
use serde_json::Value;
use std::collections::BTreeMap;
use sutler_core::{
    id::ChannelOrderId,
    push::PushRequest,
    time::{Duration, Timestamp},
};
use sutler_sandbox::Effects;

/// The seller it has.
pub(super) const SELLER: &str = "shop-7";
/// The secret it accepts, and signs pushes with.
pub(super) const SECRET: &str = "arranging-secret";
/// Orders on one page.
const PAGE: usize = 60;
/// Lists show an order, or a change of it, so much later.
pub(super) const LIST_LAG: Duration = Duration::seconds(90);
/// Single reads and levels show what was so long ago.
pub(super) const READ_LAG: Duration = Duration::seconds(15);

/// A parcel as a seller arranges it: under which number, and units of which items.
#[derive(Clone, Debug)]
pub(super) struct Arranged {
    pub(super) tracking: String,
    pub(super) carrier: String,
    pub(super) items: Vec<(String, u32)>,
}

/// The marketplace.
#[derive(Debug)]
pub struct Arranging {
    book: Book,
}

impl Arranging {
    /// One in which nothing was sold yet.
    pub fn new(from: Timestamp) -> Arranging {
        Arranging { book: Book::new("AR", from) }
    }

    /// A buyer buys, and the marketplace prints the labels.
    pub fn sell_labelled(&mut self, now: Timestamp, sale: Sale) -> ChannelOrderId {
        let id = self.book.sell(now, sale);
        if let Ok(order) = self.book.order(id.as_str()) {
            self.book.put(now, Order { labelled: true, ..order });
        }
        id
    }

    /// The number on the marketplace's label for an item.
    pub fn label(order: &ChannelOrderId, item: &str) -> String {
        format!("{order}L{item}")
    }

    /// Arranges the shipment of a whole order, which takes it.
    pub(super) fn arrange(
        &mut self,
        now: Timestamp,
        id: &str,
        parcels: &[Arranged],
        whatever_the_buyer_wishes: bool,
    ) -> Result<String, Refusal> {
        let mut order = self.book.sellers(id)?;
        if order.taken {
            return refuse("arranged_already", format!("the shipment of order {id} is arranged already"));
        }
        if order.wish.is_some() && !whatever_the_buyer_wishes {
            return refuse("cancel_pending", format!("the buyer of order {id} waits for an answer first"));
        }
        let mut packed: BTreeMap<&str, u32> = BTreeMap::new();
        for parcel in parcels {
            let [(item, units)] = parcel.items.as_slice() else {
                return refuse("given_packages", "a parcel is of exactly one of the packages given");
            };
            if order.labelled && parcel.tracking != Self::label(&id.into(), item) {
                let right = Self::label(&id.into(), item);
                return refuse("not_the_label", format!("package P{item} leaves under its label, {right}"));
            }
            *packed.entry(item).or_default() += units;
        }
        for item in &order.items {
            let units = packed.remove(item.id.as_str()).unwrap_or(0);
            if units != item.open() {
                let why = format!("{units} units of item {} of which {} are open", item.id, item.open());
                return refuse("not_all", format!("all packages are arranged at once; {why}"));
            }
        }
        if let Some(item) = packed.keys().next() {
            return refuse("not_found", format!("order {id} has no item {item}"));
        }
        if order.items.iter().all(|item| item.open() == 0) {
            return refuse("nothing_open", format!("nothing of order {id} is open"));
        }
        // A wish that came too late still waits for its answer.
        self.book.take(&mut order);
        for parcel in parcels {
            for (item, units) in &parcel.items {
                let (tracking, carrier) = (parcel.tracking.clone(), parcel.carrier.clone());
                self.book.ship(&mut order, item, Parcel { tracking, carrier, units: *units });
            }
        }
        self.book.put(now, order);
        Ok(format!("the shipment of order {id} is arranged"))
    }

    /// Cancels a whole order.
    pub(super) fn cancel(
        &mut self,
        now: Timestamp,
        id: &str,
        items: &[(String, u32)],
    ) -> Result<String, Refusal> {
        let order = self.book.sellers(id)?;
        if order.taken {
            return refuse("arranged_already", format!("the shipment of order {id} is arranged"));
        }
        let whole = |item: &crate::examples::book::Item| {
            items.iter().any(|(id, units)| *id == item.id && *units == item.units)
        };
        if items.len() != order.items.len() || !order.items.iter().all(whole) {
            return refuse("whole_orders", format!("order {id} is cancelled as a whole or not at all"));
        }
        self.cancel_all(now, order)
    }

    fn cancel_all(&mut self, now: Timestamp, mut order: Order) -> Result<String, Refusal> {
        let id = order.id.clone();
        let open: Vec<(String, u32)> =
            order.items.iter().map(|item| (item.id.clone(), item.open())).filter(|(_, n)| *n > 0).collect();
        if open.is_empty() {
            return refuse("nothing_open", format!("nothing of order {id} is open"));
        }
        order.wish = None;
        for (item, units) in open {
            self.book.cancel(&mut order, &item, units);
        }
        self.book.put(now, order);
        Ok(format!("order {id} is cancelled"))
    }

    /// Answers a buyer's wish.
    pub(super) fn answer(&mut self, now: Timestamp, id: &str, grant: bool) -> Result<String, Refusal> {
        let mut order = self.book.sellers(id)?;
        if order.wish.is_none() {
            return refuse("no_wish", format!("the buyer of order {id} waits for no answer"));
        }
        if grant {
            return self.cancel_all(now, order);
        }
        order.wish = None;
        self.book.put(now, order);
        Ok(format!("the buyer's wish to cancel order {id} is refused"))
    }

    pub(super) fn set(&mut self, now: Timestamp, sku: &str, level: u32) -> Result<String, Refusal> {
        if self.book.level(sku, now).is_none() {
            return refuse("not_found", format!("nobody lists {sku}"));
        }
        self.book.put_level(sku, now, i64::from(level));
        Ok(format!("{sku} offers {level}"))
    }

    pub(super) fn levels(&self, now: Timestamp, skus: &[&str]) -> Vec<Option<i64>> {
        skus.iter().map(|sku| self.book.level(sku, now - READ_LAG)).collect()
    }

    /// One order, as it was a while ago.
    pub(super) fn detail(&self, now: Timestamp, id: &str) -> Option<Value> {
        self.book.seen(id, now - READ_LAG).map(document::of)
    }

    /// A page of the orders placed or changed in a window, what comes after it, and how many there are.
    pub(super) fn list(
        &self,
        now: Timestamp,
        window: (Timestamp, Timestamp),
        after: Option<&str>,
    ) -> (Vec<(String, Value)>, Option<String>, u64) {
        let all = self.book.changed(window.0, window.1, now - LIST_LAG);
        let place = |at: &Timestamp, order: &Order| format!("{}~{}", at.timestamp_millis(), order.id);
        let skip = after.and_then(|after| all.iter().position(|(at, order)| place(at, order) == after));
        let page: Vec<_> = all.iter().skip(skip.map_or(0, |at| at + 1)).take(PAGE + 1).collect();
        let next = (page.len() > PAGE).then(|| page.get(PAGE - 1).map(|(at, order)| place(at, order)));
        let orders = page.iter().take(PAGE).map(|(_, order)| (order.id.clone(), document::of(order)));
        (orders.collect(), next.flatten(), all.len() as u64)
    }
}

impl Far for Arranging {
    /// Wishes that nobody answered in time are granted. No call of the seller's did it, so it is not counted.
    fn advance(&mut self, now: Timestamp) {
        let unanswered = |order: &&Order| order.wish.is_some_and(|due| due <= now);
        let due: Vec<Order> = self.book.all().filter(unanswered).cloned().collect();
        for mut order in due {
            for item in &mut order.items {
                item.cancelled += item.open();
            }
            let at = order.wish.take().unwrap_or(now);
            self.book.put(at, order);
        }
    }

    fn knows(&self, secret: &str) -> bool {
        secret == SECRET
    }

    fn arrived(&mut self) {
        self.book.counts().requests += 1;
    }
}

impl Shop for Arranging {
    fn sell(&mut self, now: Timestamp, sale: Sale) -> ChannelOrderId {
        self.book.sell(now, sale)
    }

    fn ask_to_cancel(&mut self, now: Timestamp, order: &ChannelOrderId) -> Result<(), String> {
        let found = self.book.order(order.as_str()).map_err(|refusal| refusal.why)?;
        self.book.put(now, Order { wish: Some(now + Duration::hours(ANSWER_WITHIN_HOURS)), ..found });
        Ok(())
    }

    fn effects(&self) -> Effects {
        self.book.effects()
    }

    fn push(&self, now: Timestamp, order: &ChannelOrderId) -> Option<PushRequest> {
        Some(push::signed(SECRET, now, order))
    }
}
