//! Calendars: which civil days count at a place, between which hours, and how civil time becomes instants and back.
//!
//! A calendar is data. Nothing here asks the host for its zone: the zones' rules are compiled in (`chrono-tz`), so equal
//! inputs give equal instants on every machine.

use crate::time::{Duration, Timestamp};
use chrono::{DateTime, Datelike, MappedLocalTime, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Weekday};
pub use chrono_tz::Tz;
use std::collections::BTreeMap;

/// Days looked through for operational ones: a year and a month. What no such day is found in ends then.
const HORIZON_DAYS: u64 = 396;

/// The hours of an operational day, on the wall's clock of the place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    /// Nothing is handed over before.
    pub opens: NaiveTime,
    /// What is placed up to this second is worked on this day; what comes later, on the next operational one.
    pub cut_off: NaiveTime,
}

impl Hours {
    /// Whatever is placed on the day is worked on that day.
    pub const WHOLE_DAY: Hours = Hours { opens: NaiveTime::MIN, cut_off: LAST_SECOND };

    /// Open in both. The hours of two that never meet are none.
    pub fn and(self, other: Hours) -> Option<Hours> {
        let both = Hours { opens: self.opens.max(other.opens), cut_off: self.cut_off.min(other.cut_off) };
        (both.opens <= both.cut_off).then_some(both)
    }
}

const LAST_SECOND: NaiveTime = match NaiveTime::from_hms_opt(23, 59, 59) {
    Some(time) => time,
    None => NaiveTime::MIN,
};

/// Which days count at a place: a week, and the civil dates that differ from it (closures, holidays, additional hours).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// The place's zone: its dates and hours are meant in it.
    pub zone: Tz,
    /// Monday first; none on a day that does not count.
    pub week: [Option<Hours>; 7],
    /// Dates that are otherwise than their weekday: closed, or open at these hours.
    pub dates: BTreeMap<NaiveDate, Option<Hours>>,
}

impl Calendar {
    /// Every day counts, whole.
    pub fn always(zone: Tz) -> Calendar {
        Calendar { zone, week: [Some(Hours::WHOLE_DAY); 7], dates: BTreeMap::new() }
    }

    /// The same hours on each of these weekdays, closed on the others.
    pub fn weekly(zone: Tz, days: &[Weekday], hours: Hours) -> Calendar {
        let open = |at: u32| days.iter().any(|day| day.num_days_from_monday() == at);
        let week = [0, 1, 2, 3, 4, 5, 6].map(|at| open(at).then_some(hours));
        Calendar { zone, week, dates: BTreeMap::new() }
    }

    /// The same, closed on `date`.
    pub fn closed_on(mut self, date: NaiveDate) -> Calendar {
        self.dates.insert(date, None);
        self
    }

    /// The hours of a date; none when it does not count.
    pub fn hours(&self, date: NaiveDate) -> Option<Hours> {
        match self.dates.get(&date) {
            Some(told) => *told,
            None => self.week.get(date.weekday().num_days_from_monday() as usize).copied().flatten(),
        }
    }

    /// A day counts where it counts in both, between the later opening and the earlier cut-off: seller ∩ location ∩ carrier
    /// ∩ marketplace. The zone is this one's: begin with the location, on whose wall the other hours are read as well.
    pub fn and(&self, other: &Calendar) -> Calendar {
        let both = |a: Option<Hours>, b: Option<Hours>| a.zip(b).and_then(|(a, b)| a.and(b));
        let mut week = [None; 7];
        for (day, (a, b)) in week.iter_mut().zip(self.week.iter().zip(&other.week)) {
            *day = both(*a, *b);
        }
        let dates = self.dates.keys().chain(other.dates.keys());
        let dates = dates.map(|date| (*date, both(self.hours(*date), other.hours(*date)))).collect();
        Calendar { zone: self.zone, week, dates }
    }

    /// The day on which work on something placed at `placed_at` ends, when `handling_days` more operational days follow the
    /// first: that is the day itself when it counts and the cut-off is not past, else the next operational day.
    ///
    /// Monotone in `placed_at`; a day that is closed in addition never makes it earlier. Where fewer operational days are to
    /// be found within 396 days, it is the last of these.
    pub fn last_day(&self, placed_at: Timestamp, handling_days: u32) -> NaiveDate {
        let placed_at = within(placed_at);
        let first = placed_at.with_timezone(&self.zone).date_naive();
        // Instants are compared, not times of the wall's clock: where an hour comes twice, the second one is later.
        let in_time = |hours: Hours| {
            placed_at.timestamp() <= instant(self.zone, first.and_time(hours.cut_off)).timestamp()
        };
        let today = self.hours(first).is_some_and(in_time);
        let mut left = u64::from(handling_days);
        let mut day = first;
        for (ahead, date) in first.iter_days().take(HORIZON_DAYS as usize + 1).enumerate() {
            day = date;
            let counts =
                if ahead == 0 { today } else { self.hours(date).is_some() && exists(self.zone, date) };
            match (counts, left) {
                (true, 0) => return date,
                (true, _) => left -= 1,
                (false, _) => {}
            }
        }
        day
    }

    /// The same time of the wall's clock `days` civil days later.
    pub fn days_later(&self, at: Timestamp, days: u32) -> Timestamp {
        let local = within(at).with_timezone(&self.zone).naive_local();
        local
            .checked_add_signed(Duration::days(i64::from(days)))
            .map_or(at, |local| instant(self.zone, local))
    }
}

/// The instant at which a wall's clock shows `local`. An hour that comes twice means the first one; a time that a change of
/// the clock leaves out means the first instant after the gap. So it never falls when `local` rises.
pub fn instant(zone: Tz, local: NaiveDateTime) -> Timestamp {
    let at = |seconds: i64| {
        let local = local.checked_add_signed(Duration::seconds(seconds))?;
        match zone.from_local_datetime(&local) {
            MappedLocalTime::Single(one) => Some(one.to_utc()),
            MappedLocalTime::Ambiguous(one, other) => Some(one.to_utc().min(other.to_utc())),
            MappedLocalTime::None => None,
        }
    };
    if let Some(found) = at(0) {
        return found;
    }
    // No gap was ever longer than the day Samoa left out.
    let (mut missing, mut there) = (0, 86_400 + 3_600);
    while there - missing > 1 {
        let middle = missing + (there - missing) / 2;
        *if at(middle).is_some() { &mut there } else { &mut missing } = middle;
    }
    at(there).unwrap_or_else(|| local.and_utc())
}

/// The end of a civil day: the first instant of the next.
pub fn end_of_day(zone: Tz, date: NaiveDate) -> Timestamp {
    instant(zone, date.succ_opt().unwrap_or(date).and_time(NaiveTime::MIN))
}

/// Samoa had no 30 December 2011, and nobody worked on it.
fn exists(zone: Tz, date: NaiveDate) -> bool {
    instant(zone, date.and_time(NaiveTime::MIN)) < end_of_day(zone, date)
}

/// Instants of which every zone can tell the civil date, with room for sums: the years 1 to 9000. Others are of no order.
fn within(at: Timestamp) -> Timestamp {
    const FROM: i64 = -62_135_596_800;
    const TO: i64 = 221_845_392_000;
    let nanos = at.timestamp_subsec_nanos().min(999_999_999);
    DateTime::from_timestamp(at.timestamp().clamp(FROM, TO), nanos).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::{America::New_York, Pacific::Apia};

    fn local(text: &str) -> NaiveDateTime {
        text.parse().expect("a local time")
    }

    #[test]
    fn a_gap_means_its_end_and_an_overlap_its_first_hour() {
        let at = |text| instant(New_York, local(text)).to_rfc3339();
        assert_eq!(at("2026-03-08T01:59:59"), "2026-03-08T06:59:59+00:00");
        assert_eq!(at("2026-03-08T02:30:00"), "2026-03-08T07:00:00+00:00");
        assert_eq!(at("2026-11-01T01:30:00"), "2026-11-01T05:30:00+00:00");
        // 30 December 2011 does not exist in Samoa.
        let skipped = instant(Apia, local("2011-12-30T12:00:00"));
        assert_eq!(skipped, instant(Apia, local("2011-12-31T00:00:00")));
    }

    #[test]
    fn any_instant_has_a_day() {
        for at in [Timestamp::MIN_UTC, Timestamp::MAX_UTC] {
            let calendar = Calendar::always(New_York);
            let _ = (calendar.last_day(at, 3), calendar.days_later(at, 4));
        }
        let never = Calendar::weekly(New_York, &[], Hours::WHOLE_DAY);
        let placed = instant(New_York, local("2026-01-01T10:00:00"));
        assert_eq!(never.last_day(placed, 0).to_string(), "2027-02-01");
    }
}
