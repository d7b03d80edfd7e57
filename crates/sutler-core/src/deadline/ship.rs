//! When an order must have left, where the channel does not say: reckoned from when it was placed.

use crate::{
    calendar::{Calendar, end_of_day, instant},
    time::{Duration, Timestamp, later},
};
use chrono::NaiveTime;

/// How the ship date is reckoned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShipRule {
    /// Nobody said where the goods are: this long after being placed, whatever day it is. 10 hours are never later than a
    /// rule with a cut-off of 14:00 at the latest and the day's end, in any zone.
    Within(Duration),
    /// By the days and hours of the place the goods are at.
    Calendar(ShipCalendar),
}

/// The calendar goods leave by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShipCalendar {
    /// Days that count where the goods are, to marketplace and carrier alike.
    pub calendar: Calendar,
    /// Operational days that may follow the first.
    pub handling_days: u32,
    /// When on the last day it is due.
    pub ends: DayEnd,
}

/// When on a day something is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayEnd {
    /// At the day's cut-off.
    CutOff,
    /// When the civil day ends.
    EndOfDay,
    /// When the carrier comes for the last time.
    LastPickUp(NaiveTime),
}

impl ShipRule {
    /// By when an order placed then must have left. Monotone in `placed_at`, and never before it.
    ///
    /// Marketplaces that count from the payment instead (eBay) give later dates: nobody pays before ordering.
    pub fn due(&self, placed_at: Timestamp) -> Timestamp {
        match self {
            ShipRule::Within(span) => later(placed_at, *span),
            ShipRule::Calendar(ship) => ship.due_after(placed_at, ship.handling_days),
        }
    }
}

impl ShipCalendar {
    /// The same with other handling days: what is placed after a day's cut-off, or on a day that does not count, has the
    /// next operational day for its first.
    pub fn due_after(&self, placed_at: Timestamp, handling_days: u32) -> Timestamp {
        let zone = self.calendar.zone;
        let day = self.calendar.last_day(placed_at, handling_days);
        let due = match (self.ends, self.calendar.hours(day)) {
            (DayEnd::CutOff, Some(hours)) => instant(zone, day.and_time(hours.cut_off)),
            (DayEnd::LastPickUp(time), _) => instant(zone, day.and_time(time)),
            (DayEnd::CutOff, None) | (DayEnd::EndOfDay, _) => end_of_day(zone, day),
        };
        due.max(placed_at)
    }
}
