//! The marketplace: its orders, its ledger, its rules, its counts.

use super::{
    document,
    work::{Job, Promised, Report, WORKED_ON_AFTER, Work},
};
use crate::{
    channel_suite::Sale,
    examples::{
        book::{Book, Order, Parcel, Refusal, refuse},
        stall::Shop,
        wire::Far,
    },
};
use serde_json::Value;
use sutler_core::{
    id::ChannelOrderId,
    push::PushRequest,
    time::{Duration, Timestamp},
};
use sutler_sandbox::Effects;

/// The supplier it has.
pub(super) const SELLER: &str = "supplier-3";
/// The secret it accepts.
pub(super) const SECRET: &str = "ledgerlike-secret";
/// Orders on one page.
const PAGE: usize = 75;
/// Lists show an order, or a change of it, so much later.
pub(super) const LIST_LAG: Duration = Duration::minutes(4);
/// Single reads, levels and the ledger show what was so long ago.
pub(super) const READ_LAG: Duration = Duration::seconds(30);

/// An entry of the stock ledger.
#[derive(Clone, Debug)]
struct Entry {
    at: Timestamp,
    reference: String,
}

/// The marketplace.
#[derive(Debug)]
pub struct Ledgerlike {
    book: Book,
    ledger: Vec<Entry>,
    jobs: Vec<Job>,
}

impl Ledgerlike {
    /// One in which nothing was sold yet.
    pub fn new(from: Timestamp) -> Ledgerlike {
        Ledgerlike { book: Book::new("LL", from), ledger: Vec::new(), jobs: Vec::new() }
    }

    /// A buyer buys, and nobody has said yet when it is to ship.
    pub fn sell_unsettled(&mut self, now: Timestamp, sale: Sale) -> ChannelOrderId {
        let id = self.book.sell(now, sale);
        if let Ok(order) = self.book.order(id.as_str()) {
            self.book.put(now, Order { ship_by: None, ..order });
        }
        id
    }

    /// The marketplace says by when an order is to ship.
    pub fn date(&mut self, now: Timestamp, order: &ChannelOrderId, ship_by: Timestamp) {
        if let Ok(order) = self.book.order(order.as_str()) {
            self.book.put(now, Order { ship_by: Some(ship_by), ..order });
        }
    }

    /// Entries of the ledger, by their references, in the order they were made.
    pub fn ledger(&self) -> Vec<String> {
        self.ledger.iter().map(|entry| entry.reference.clone()).collect()
    }

    /// Puts down what is asked for; it is worked on later.
    pub(super) fn ask(&mut self, now: Timestamp, works: Vec<(String, Work)>) -> String {
        let handle = format!("H{:05}", self.jobs.len() + 1);
        self.jobs.push(Job { handle: handle.clone(), due: now + WORKED_ON_AFTER, works, done: None });
        handle
    }

    /// What became of each thing asked for under a handle: none while it is worked on.
    ///
    /// # Errors
    /// When there is no such handle.
    pub(super) fn report(&self, handle: &str) -> Result<Option<Report>, Refusal> {
        match self.jobs.iter().find(|job| job.handle == handle) {
            Some(job) => Ok(job.done.clone()),
            None => refuse("not_found", format!("nothing was asked for under {handle}")),
        }
    }

    fn work(&mut self, at: Timestamp, reference: &str, work: Work) -> Result<String, Refusal> {
        match work {
            Work::Accept { order, promises } => self.accept(at, &order, &promises),
            Work::Ship { order, tracking, carrier, lines } => {
                self.ship(at, &order, (&tracking, &carrier), &lines)
            }
            Work::Cancel { order, lines } => self.cancel(at, &order, &lines),
            Work::Move { sku, by } => self.move_level(at, &sku, by, reference),
            Work::Unknown { what } => refuse("unknown", format!("there is no {what} of this kind")),
        }
    }

    fn accept(&mut self, at: Timestamp, id: &str, promises: &[Promised]) -> Result<String, Refusal> {
        let mut order = self.book.sellers(id)?;
        let Some(ship_by) = order.ship_by else {
            return refuse("no_date", format!("nobody has said yet when order {id} is to ship"));
        };
        for item in order.items.iter().filter(|item| item.open() > 0) {
            let Some(promised) = promises.iter().find(|promised| promised.line == item.id) else {
                return refuse("no_promise", format!("nothing is promised for line {}", item.id));
            };
            if promised.units != item.open() {
                return refuse("units", format!("{} of line {} are open", item.open(), item.id));
            }
            if promised.cents != item.price.map(|price| price * i64::from(item.units)) {
                return refuse("price_differs", format!("line {} costs something else", item.id));
            }
            if promised.ships_at > ship_by {
                return refuse("too_late", format!("line {} is to ship by {ship_by}", item.id));
            }
        }
        if order.items.iter().all(|item| item.open() == 0) {
            return refuse("nothing_open", format!("nothing of order {id} is open"));
        }
        if !order.taken {
            self.book.take(&mut order);
            self.book.put(at, order);
        }
        Ok(format!("order {id} is accepted"))
    }

    fn ship(
        &mut self,
        at: Timestamp,
        id: &str,
        (tracking, carrier): (&str, &str),
        lines: &[(String, u32)],
    ) -> Result<String, Refusal> {
        let mut order = self.book.sellers(id)?;
        if !order.taken {
            return refuse("not_accepted", format!("order {id} is not accepted"));
        }
        for (line, units) in lines {
            let Some(item) = order.item(line) else {
                return refuse("not_found", format!("order {id} has no line {line}"));
            };
            if item.parcels.iter().any(|parcel| parcel.tracking == tracking) {
                return refuse("noticed_already", format!("line {line} left under {tracking} already"));
            }
            if *units == 0 || *units > item.open() {
                return refuse(
                    "units",
                    format!("{units} units of line {line}, of which {} are open", item.open()),
                );
            }
        }
        for (line, units) in lines {
            let parcel = Parcel { tracking: tracking.into(), carrier: carrier.into(), units: *units };
            self.book.ship(&mut order, line, parcel);
        }
        self.book.put(at, order);
        Ok(format!("the notice of {tracking} stands"))
    }

    fn cancel(&mut self, at: Timestamp, id: &str, lines: &[(String, u32)]) -> Result<String, Refusal> {
        let mut order = self.book.sellers(id)?;
        for (line, units) in lines {
            let Some(item) = order.item(line) else {
                return refuse("not_found", format!("order {id} has no line {line}"));
            };
            if item.open() != item.units || *units != item.units {
                return refuse("whole_lines", format!("line {line} is cancelled whole, or not at all"));
            }
        }
        for (line, units) in lines {
            self.book.cancel(&mut order, line, *units);
        }
        order.wish = None;
        self.book.put(at, order);
        Ok(format!("lines of order {id} are cancelled"))
    }

    fn move_level(&mut self, at: Timestamp, sku: &str, by: i64, reference: &str) -> Result<String, Refusal> {
        let Some(level) = self.book.level(sku, at) else {
            return refuse("not_found", format!("nobody lists {sku}"));
        };
        if level + by < 0 {
            return refuse(
                "below_zero",
                format!("{sku} offers {level}, and {by:+} would leave less than nothing"),
            );
        }
        self.book.put_level(sku, at, level + by);
        self.ledger.push(Entry { at, reference: reference.to_owned() });
        Ok(format!("{sku} moved by {by:+}"))
    }

    /// Does the ledger show an entry of this reference?
    pub(super) fn is_entered(&self, now: Timestamp, reference: &str) -> bool {
        let shown = now - READ_LAG;
        self.ledger.iter().any(|entry| entry.reference == reference && entry.at <= shown)
    }

    pub(super) fn levels(&self, now: Timestamp, skus: &[&str]) -> Vec<Option<i64>> {
        skus.iter().map(|sku| self.book.level(sku, now - READ_LAG)).collect()
    }

    /// One order, as it was a while ago.
    pub(super) fn detail(&self, now: Timestamp, id: &str) -> Option<Value> {
        self.book.seen(id, now - READ_LAG).map(document::of)
    }

    /// A page of the orders placed or changed in a window, from this one on, and how many there are.
    pub(super) fn list(
        &self,
        now: Timestamp,
        window: (Timestamp, Timestamp),
        offset: usize,
    ) -> (Vec<(String, Value)>, usize) {
        let all = self.book.changed(window.0, window.1, now - LIST_LAG);
        let page = all.iter().skip(offset).take(PAGE);
        (page.map(|(_, order)| (order.id.clone(), document::of(order))).collect(), all.len())
    }
}

impl Far for Ledgerlike {
    /// Works on what is due, each thing at its own instant.
    fn advance(&mut self, now: Timestamp) {
        for at in 0..self.jobs.len() {
            let Some(job) = self.jobs.get(at).filter(|job| job.done.is_none() && job.due <= now).cloned()
            else {
                continue;
            };
            let work = |(reference, work): (String, Work)| {
                let done = self.work(job.due, &reference, work);
                (reference, done)
            };
            let done = job.works.into_iter().map(work).collect();
            if let Some(job) = self.jobs.get_mut(at) {
                job.done = Some(done);
            }
        }
    }

    fn knows(&self, secret: &str) -> bool {
        secret == SECRET
    }

    fn arrived(&mut self) {
        self.book.counts().requests += 1;
    }
}

impl Shop for Ledgerlike {
    fn sell(&mut self, now: Timestamp, sale: Sale) -> ChannelOrderId {
        self.book.sell(now, sale)
    }

    fn ask_to_cancel(&mut self, now: Timestamp, order: &ChannelOrderId) -> Result<(), String> {
        let found = self.book.order(order.as_str()).map_err(|refusal| refusal.why)?;
        self.book.put(now, Order { wish: Some(Timestamp::MAX_UTC), ..found });
        Ok(())
    }

    fn effects(&self) -> Effects {
        self.book.effects()
    }

    fn push(&self, _: Timestamp, _: &ChannelOrderId) -> Option<PushRequest> {
        None
    }
}
