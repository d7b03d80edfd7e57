//! What happens by itself: sales, payments, quantities that apply, automatic cancellations, each at its own instant.

use super::World;
use super::listings::Asked;
use super::notify::Notification;
use super::order::{AUTO_CANCEL_AFTER, Order};
use super::write::Write;
use crate::clock::{DAY, Ms, timestamp};
use crate::dice::{Dice, Roll, identity};
use crate::plan::PlannedOrder;
use crate::standard::arrival;

/// Something that is due at an instant.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Event {
    /// An order is placed and takes from the level.
    Sale(u32),
    /// Its payment goes through.
    Paid(u32),
    /// A buyer asks to cancel.
    CancelRequest(u32),
    /// A buyer sends back what was shipped.
    Return(u32),
    /// Whatever the seller has not shipped is cancelled.
    AutoCancel(u32),
    /// Amazon ships the order.
    Shipped(u32),
    /// The n-th order after the origin is placed.
    Arrival(u32),
    /// A write whose answer was lost is applied after all.
    Late(Box<Write>),
    /// An accepted submission applies.
    Offer { sku: String, asked: Box<Asked>, seen_sold: i64, lag: Ms },
    /// A feed's messages apply.
    FeedDone(u32),
    /// A report is made.
    ReportDone(u32),
    /// A notification comes to the queue.
    Note(Box<Notification>),
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
        if order.paid > order.placed {
            self.schedule(order.paid, Event::Paid(index));
        }
        if let Some(at) = order.cancel_request_at {
            self.schedule(at, Event::CancelRequest(index));
        }
        let dice = Dice::new(self.settings.seed, identity(&["return"]), u64::from(index));
        let by_seed = dice.chance(Roll::Return, self.settings.returns);
        let after = by_seed.then(|| order.placed + dice.between(Roll::Moment, 5 * DAY, 12 * DAY));
        if let Some(at) = planned.return_at.map(|at| at.timestamp_millis()).or(after) {
            self.schedule(at, Event::Return(index));
        }
        if order.sellers() {
            self.schedule(order.ship_by + AUTO_CANCEL_AFTER, Event::AutoCancel(index));
        } else {
            let dice = Dice::new(self.settings.seed, identity(&["elsewhere"]), u64::from(index));
            let shipped = order.paid + dice.between(Roll::Moment, 4 * 3_600_000, 20 * 3_600_000);
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
            let dice = Dice::new(self.settings.order_seed(), identity(&["gap"]), u64::from(number));
            let gap = mean * (0.5 + dice.below(Roll::Gap, 1001) as f64 / 1000.0);
            self.schedule(after + (gap as Ms).max(1), Event::Arrival(number));
        }
    }

    fn happen(&mut self, at: Ms, event: Event) {
        match event {
            Event::Sale(index) => self.sell(at, index),
            Event::Paid(index) => {
                if let Some(order) = self.orders.get_mut(index as usize).filter(|o| o.standing.pending) {
                    order.standing.pending = false;
                    order.standing.modified = at;
                    self.changes += 1;
                    self.tell_of_order(at, index, false);
                }
            }
            Event::Arrival(number) => {
                let planned =
                    super::plan_of(arrival(&self.settings.mix(), number, timestamp(at)), &self.settings);
                self.place(&planned);
                self.schedule_arrival(number + 1, at);
            }
            Event::CancelRequest(index) => self.ask_to_cancel(at, index),
            Event::Return(index) => {
                self.ask_to_return(at, index, "CR-UNWANTED_ITEM");
            }
            Event::AutoCancel(index) => self.auto_cancel(at, index),
            Event::Shipped(index) => {
                if let Some(order) = self.orders.get_mut(index as usize).filter(|o| o.standing.open() > 0) {
                    let tracking = format!("TBA{:012}", 300_000_000_000 + u64::from(index));
                    order.ship_all(at, "AMZN_US", &tracking, false);
                    self.tell_of_order(at, index, false);
                }
            }
            Event::Late(write) => {
                // Nobody hears what comes of it; a refusal then is simply nothing done.
                let _ = self.perform(at, &write);
            }
            Event::Offer { sku, asked, seen_sold, lag } => self.set_offer(at, &sku, &asked, seen_sold, lag),
            Event::FeedDone(place) => self.process_feed(at, place),
            Event::ReportDone(place) => self.process_report(at, place),
            Event::Note(notification) => self.outbox.push(*notification),
            Event::Seen { reply, orders } => {
                if self.in_flight.remove(&reply) {
                    orders.into_iter().for_each(|index| self.see(index));
                }
            }
        }
    }

    fn sell(&mut self, at: Ms, index: u32) {
        let Some(order) = self.orders.get(index as usize) else { return };
        let (late, pending) = (order.visible > order.placed, order.standing.pending);
        if order.sellers() {
            for item in &order.standing.items {
                let stock = self.stock.entry(item.sku.clone()).or_default();
                self.effects.oversold_in_window += stock.sell(i64::from(item.ordered)) as u64;
            }
        }
        self.changes += 1;
        if late {
            self.fire("late_visible");
        }
        // The first that is told of an order is that it can be shipped; whether a pending one is told of is not known.
        if !pending {
            self.tell_of_order(at, index, false);
        }
    }

    fn see(&mut self, index: u32) {
        let Some(order) = self.orders.get_mut(index as usize).filter(|order| !order.seen) else { return };
        order.seen = true;
        if order.sellers() {
            for item in &order.standing.items {
                if let Some(stock) = self.stock.get_mut(&item.sku) {
                    stock.own.seen_sold += i64::from(item.ordered);
                    stock.own.seen_cancelled += i64::from(item.cancelled.as_ref().map_or(0, |c| c.units));
                }
            }
        }
    }

    /// The buyer's wish; it comes too late where nothing is left to cancel.
    pub(super) fn ask_to_cancel(&mut self, at: Ms, index: u32) {
        if let Some(order) = self.orders.get_mut(index as usize)
            && order.sellers()
            && order.standing.open() > 0
        {
            order.standing.cancel_asked = true;
            order.standing.modified = at;
            self.changes += 1;
            self.tell_of_order(at, index, true);
        }
    }

    fn auto_cancel(&mut self, at: Ms, index: u32) {
        let Some(order) = self.orders.get_mut(index as usize) else { return };
        let (seen, before) = (order.seen, order.standing.status());
        let mut any = false;
        for place in 0..order.standing.items.len() {
            let units = order.standing.cancel(place, "AMAZON", "Shipment was not confirmed in time");
            any |= units > 0;
            let item = order.standing.items.get(place);
            if let Some(stock) = item.and_then(|item| self.stock.get_mut(&item.sku)).filter(|_| seen) {
                stock.own.seen_cancelled += i64::from(units);
            }
        }
        if any {
            order.standing.modified = at;
            let changed = order.standing.status() != before;
            self.changes += 1;
            if changed {
                self.tell_of_order(at, index, false);
            }
        }
    }
}
