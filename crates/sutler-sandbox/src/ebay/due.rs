//! What happens by itself: sales, payments, late applications, refunds that arrive, each at its own instant.

use super::World;
use super::order::{Order, Package};
use super::write::Write;
use crate::clock::{DAY, Ms, timestamp};
use crate::dice::{Dice, Roll, identity};
use crate::plan::PlannedOrder;
use crate::standard::arrival;

/// Something that is due at an instant.
#[derive(Debug, Clone)]
pub(crate) enum Event {
    /// A buyer commits to buy, which takes from the level.
    Sale(u32),
    /// And pays; only then anyone is told.
    Paid(u32),
    /// A buyer asks to cancel.
    CancelRequest(u32),
    /// Nobody answered the buyer.
    CancelLapses { order: u32, cancellation: usize },
    /// The money of a refund is back.
    Refunded { order: u32, refund: usize },
    /// eBay ships an order of its own.
    Shipped(u32),
    /// The n-th order after the origin is placed.
    Arrival(u32),
    /// A write whose answer was lost is applied after all.
    Late(Box<Write>),
    /// A buyer sends something back.
    Return(u32),
    /// An answer reaches its client, which from now on knows these orders.
    Seen { reply: u64, orders: Vec<u32> },
}

impl World {
    pub(super) fn schedule(&mut self, at: Ms, event: Event) {
        self.due.schedule(at, event);
    }

    /// Lets everything up to and including `now` happen. True when something did.
    pub(super) fn catch_up(&mut self, now: Ms) -> bool {
        let mut moved = false;
        while let Some((at, event)) = self.due.pop(now) {
            self.now = self.now.max(at);
            self.happen(at, event);
            moved = true;
        }
        self.now = self.now.max(now);
        moved
    }

    /// Puts an order into the world and schedules its life; returns its place.
    pub(super) fn place(&mut self, planned: &PlannedOrder) -> u32 {
        let index = self.orders.len() as u32;
        let order = Order::place(&self.settings, index, planned);
        self.schedule(order.placed, Event::Sale(index));
        self.schedule(order.pays, Event::Paid(index));
        if let Some(at) = order.cancel_request_at {
            self.schedule(at, Event::CancelRequest(index));
        }
        let dice = Dice::new(self.settings.seed, identity(&["return"]), u64::from(index));
        let by_seed = dice.chance(Roll::Return, self.settings.returns);
        let after = by_seed.then(|| order.placed + dice.between(Roll::Moment, 5 * DAY, 12 * DAY));
        if let Some(at) = planned.return_at.map(|at| at.timestamp_millis()).or(after) {
            self.schedule(at, Event::Return(index));
        }
        if !order.sellers() {
            let dice = Dice::new(self.settings.seed, identity(&["elsewhere"]), u64::from(index));
            let shipped = order.pays + dice.between(Roll::Moment, 4 * 3_600_000, 20 * 3_600_000);
            self.schedule(shipped, Event::Shipped(index));
        }
        self.by_id.entry(order.id.clone()).or_insert(index);
        self.orders.push(order);
        index
    }

    pub(super) fn schedule_arrival(&mut self, number: u32, after: Ms) {
        let rate = self.settings.arrivals_per_minute;
        if rate.is_finite() && rate > 0.0 && number < self.settings.arrivals_max {
            let mean = 60_000.0 / rate;
            let dice = Dice::new(self.settings.seed, identity(&["gap"]), u64::from(number));
            let gap = mean * (0.5 + dice.below(Roll::Gap, 1001) as f64 / 1000.0);
            self.schedule(after + (gap as Ms).max(1), Event::Arrival(number));
        }
    }

    fn happen(&mut self, at: Ms, event: Event) {
        match event {
            Event::Sale(index) => self.sell(index),
            Event::Paid(index) => self.paid(at, index),
            Event::Arrival(number) => {
                let planned = arrival(&self.settings.mix(), number, timestamp(at));
                self.place(&planned);
                self.schedule_arrival(number + 1, at);
            }
            Event::CancelRequest(index) => self.ask_to_cancel(at, index),
            Event::CancelLapses { order, cancellation } => self.lapse(at, order, cancellation),
            Event::Refunded { order, refund } => self.refunded(at, order, refund),
            Event::Return(index) => drop(self.open_return(at, index)),
            Event::Shipped(index) => self.shipped_by_ebay(at, index),
            Event::Late(write) => {
                // Nobody hears what comes of it; a refusal then is simply nothing done.
                let _ = self.perform(at, &write);
            }
            Event::Seen { reply, orders } => {
                if self.in_flight.remove(&reply) {
                    orders.into_iter().for_each(|index| self.see(index));
                }
            }
        }
    }

    fn sell(&mut self, index: u32) {
        let Some(order) = self.orders.get(index as usize) else { return };
        let late = order.visible > order.pays;
        let sold: Vec<(String, i64)> = match order.sellers() {
            true => {
                order.standing.lines.iter().map(|line| (line.sku.clone(), i64::from(line.ordered))).collect()
            }
            false => Vec::new(),
        };
        for (sku, units) in sold {
            self.list_sku(&sku);
            if let Some(listing) = self.listings.get_mut(&sku) {
                listing.sell(units);
            }
            if let Some(stock) = self.stock.get_mut(&sku) {
                self.effects.oversold_in_window += stock.sell(units) as u64;
            }
        }
        self.changes += 1;
        if late {
            self.fire("late_visible");
        }
    }

    fn paid(&mut self, at: Ms, index: u32) {
        let Some(order) = self.orders.get_mut(index as usize) else { return };
        if order.standing.paid.is_none() {
            order.standing.paid = Some(at);
            order.standing.modified = at;
        }
        self.confirm(at, index);
    }

    fn see(&mut self, index: u32) {
        let Some(order) = self.orders.get_mut(index as usize).filter(|order| !order.seen) else { return };
        order.seen = true;
        let cancelled = order.standing.cancelled();
        if order.sellers() {
            for line in &order.standing.lines {
                if let Some(stock) = self.stock.get_mut(&line.sku) {
                    let units = i64::from(line.ordered);
                    stock.own.seen_sold += units;
                    stock.own.seen_cancelled += if cancelled { units } else { 0 };
                }
            }
        }
    }

    fn shipped_by_ebay(&mut self, at: Ms, index: u32) {
        let Some(order) = self.orders.get_mut(index as usize) else { return };
        let tracking = format!("9261290999{index:012}");
        let lines = order.standing.lines.iter().map(|line| (line.id.clone(), line.ordered)).collect();
        for line in &mut order.standing.lines {
            line.shipped = line.ordered;
        }
        order.standing.packages.push(Package {
            lines,
            id: tracking.clone(),
            tracking,
            carrier: "USPS".into(),
            shipped: at,
        });
        order.changed(at);
    }
}
