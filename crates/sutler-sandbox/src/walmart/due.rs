//! What happens by itself: sales, late applications, automatic cancellations, each at its own instant.

use super::World;
use super::order::{AUTO_CANCEL_AFTER, Carrier, Order, Package};
use super::write::Write;
use crate::clock::{DAY, Ms};
use crate::dice::{Dice, Roll, identity};
use crate::plan::{FulfilledBy, PlannedOrder};
use crate::standard::arrival;

/// Something that is due at an instant.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Event {
    /// An order is placed and takes from the level.
    Sale(u32),
    /// A buyer asks to cancel.
    CancelRequest(u32),
    /// Whatever the seller has not shipped is cancelled.
    AutoCancel(u32),
    /// Someone else ships the order.
    Shipped(u32),
    /// It arrives.
    Delivered(u32),
    /// The n-th order after the origin is placed.
    Arrival(u32),
    /// A write whose answer was lost is applied after all.
    Late(Box<Write>),
    /// A feed's rows apply.
    FeedDone(u32),
    /// A buyer sends something back.
    Return(u32),
    /// It arrives.
    ReturnArrived(usize),
    /// And is done with.
    ReturnDone(usize),
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
            let shipped = order.placed + dice.between(Roll::Moment, 4 * 3_600_000, 20 * 3_600_000);
            self.schedule(shipped, Event::Shipped(index));
            self.schedule(shipped + 2 * DAY, Event::Delivered(index));
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
            Event::Arrival(number) => {
                let instant = chrono::DateTime::from_timestamp_millis(at).unwrap_or(self.settings.origin);
                let planned = arrival(&self.settings.mix(), number, instant);
                self.place(&planned);
                self.schedule_arrival(number + 1, at);
            }
            Event::CancelRequest(index) => self.ask_to_cancel(at, index),
            Event::AutoCancel(index) => self.auto_cancel(at, index),
            Event::Shipped(index) => self.shipped_elsewhere(at, index),
            Event::Delivered(index) => {
                if let Some(order) = self.orders.get_mut(index as usize) {
                    for line in &mut order.standing.lines {
                        line.packages.iter_mut().for_each(|package| package.delivered = true);
                        line.status_at = at;
                    }
                    order.changed(at);
                }
            }
            Event::Late(write) => {
                // Nobody hears what comes of it; a refusal then is simply nothing done.
                let _ = self.perform(at, &write);
            }
            Event::Return(index) => drop(self.ask_to_return(at, index)),
            Event::ReturnArrived(place) => self.return_arrived(at, place),
            Event::ReturnDone(place) => self.return_done(at, place),
            Event::FeedDone(place) => self.process_feed(at, place),
            Event::Seen { reply, orders } => {
                if self.in_flight.remove(&reply) {
                    orders.into_iter().for_each(|index| self.see(index));
                }
            }
        }
    }

    fn sell(&mut self, index: u32) {
        let Some(order) = self.orders.get(index as usize) else { return };
        let late = order.visible > order.placed;
        if order.sellers() {
            for line in &order.standing.lines {
                let stock = self.stock.entry(line.sku.clone()).or_default();
                self.effects.oversold_in_window += stock.sell(i64::from(line.ordered)) as u64;
            }
        }
        self.changes += 1;
        if late {
            self.fire("late_visible");
        }
    }

    fn see(&mut self, index: u32) {
        let Some(order) = self.orders.get_mut(index as usize).filter(|order| !order.seen) else { return };
        order.seen = true;
        if order.sellers() {
            for line in &order.standing.lines {
                if let Some(stock) = self.stock.get_mut(&line.sku) {
                    stock.own.seen_sold += i64::from(line.ordered);
                    stock.own.seen_cancelled += i64::from(line.cancelled_units());
                }
            }
        }
    }

    /// The buyer's wish; it comes too late where nothing is left to cancel.
    pub(super) fn ask_to_cancel(&mut self, at: Ms, index: u32) {
        if let Some(order) = self.orders.get_mut(index as usize)
            && order.sellers()
            && order.standing.lines.iter().any(|line| line.open > 0)
        {
            order.standing.cancel_asked = true;
            order.standing.modified = at;
            self.changes += 1;
        }
    }

    fn auto_cancel(&mut self, at: Ms, index: u32) {
        let Some(order) = self.orders.get_mut(index as usize) else { return };
        let seen = order.seen;
        let mut any = false;
        for line in order.standing.lines.iter_mut().filter(|line| line.open > 0) {
            let units = line.open;
            line.cancel(at, units, None);
            any = true;
            if let Some(stock) = self.stock.get_mut(&line.sku).filter(|_| seen) {
                stock.own.seen_cancelled += i64::from(units);
            }
        }
        if any {
            order.changed(at);
            self.changes += 1;
        }
    }

    fn shipped_elsewhere(&mut self, at: Ms, index: u32) {
        let Some(order) = self.orders.get_mut(index as usize) else { return };
        let carrier = if order.fulfilled_by == FulfilledBy::Marketplace { "FedEx" } else { "UPS" };
        for line in order.standing.lines.iter_mut().filter(|line| line.open > 0) {
            line.packages.push(Package {
                units: line.open,
                tracking: format!("61290999{:010}{:02}", index, line.number),
                carrier: Carrier::Listed(carrier),
                url: None,
                shipped: at,
                delivered: false,
            });
            line.open = 0;
            line.status_at = at;
        }
        order.changed(at);
    }
}
