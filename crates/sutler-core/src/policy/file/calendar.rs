//! The calendar keys of a table: zone, days, hours, closures, additional hours, and the carrier's own days.

use super::read::Section;
use crate::{
    calendar::{Calendar, Hours, Tz},
    deadline::{DayEnd, ShipCalendar, ShipRule},
    error::Result,
};
use chrono::{NaiveDate, NaiveTime, Weekday};

const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Mon),
    ("tue", Weekday::Tue),
    ("wed", Weekday::Wed),
    ("thu", Weekday::Thu),
    ("fri", Weekday::Fri),
    ("sat", Weekday::Sat),
    ("sun", Weekday::Sun),
];
const WORKING: [Weekday; 5] = [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri];
const HANDLING_MAX: u32 = 60;
const TIME: &str = "a time such as \"14:00\" or \"14:00:30\"";

/// What a table says of days and hours.
#[derive(Default)]
struct CalendarKeys {
    days: Option<Vec<Weekday>>,
    opens: Option<NaiveTime>,
    cut_off: Option<NaiveTime>,
    dates: Vec<(NaiveDate, Option<Hours>)>,
}

/// What a table says of when goods leave.
pub(super) struct ShipKeys {
    zone: Option<Tz>,
    own: CalendarKeys,
    carrier: Option<CalendarKeys>,
    handling_days: Option<u32>,
    ends: Option<DayEnd>,
}

/// A whole number of days.
pub(super) fn known_days(section: &Section<'_>, key: &str) -> Result<Option<u32>> {
    section.whole(key, HANDLING_MAX)
}

impl ShipKeys {
    pub(super) fn read(section: &Section<'_>) -> Result<ShipKeys> {
        let zone = match section.text("zone")? {
            Some(name) => Some(name.parse().map_err(|_| {
                section.wrong("zone", "no zone of the IANA list", "a name such as \"America/Chicago\"")
            })?),
            None => None,
        };
        let carrier = match section.section("carrier")? {
            Some(carrier) => {
                carrier.only(&["days", "opens", "cut_off", "closed", "additional"])?;
                Some(CalendarKeys::read(&carrier)?)
            }
            None => None,
        };
        let ends = match section.text("due")? {
            None => None,
            Some("cut_off") => Some(DayEnd::CutOff),
            Some("end_of_day") => Some(DayEnd::EndOfDay),
            Some(text) => Some(DayEnd::LastPickUp(clock(text).ok_or_else(|| {
                let right = "\"cut_off\", \"end_of_day\" or the last pick-up such as \"16:30\"";
                section.wrong("due", "not known", right)
            })?)),
        };
        Ok(ShipKeys {
            zone,
            own: CalendarKeys::read(section)?,
            carrier,
            handling_days: known_days(section, "handling_days")?,
            ends,
        })
    }

    /// Is anything said?
    pub(super) fn is_some(&self) -> bool {
        self.zone.is_some()
            || self.own.is_some()
            || self.carrier.is_some()
            || self.handling_days.is_some()
            || self.ends.is_some()
    }

    /// The calendar that results when this is said on top of `before`; none when nothing is said.
    pub(super) fn over(&self, section: &Section<'_>, before: &ShipRule) -> Result<Option<ShipCalendar>> {
        if !self.is_some() {
            return Ok(None);
        }
        let before = match before {
            ShipRule::Calendar(ship) => Some(ship),
            ShipRule::Within(_) => None,
        };
        let Some(zone) = self.zone.or(before.map(|ship| ship.calendar.zone)) else {
            let right = "the zone of the place the goods are at, such as \"America/Chicago\",";
            return Err(section.wrong("zone", "missing beside a calendar", right));
        };
        let hours = Hours { opens: NaiveTime::MIN, cut_off: noon_and_two() };
        let standard = || Calendar::weekly(zone, &WORKING, hours);
        let mut calendar = before.map_or_else(standard, |ship| Calendar { zone, ..ship.calendar.clone() });
        self.own.apply(section, &mut calendar)?;
        if let Some(carrier) = &self.carrier {
            let mut theirs = Calendar::always(zone);
            carrier.apply(section, &mut theirs)?;
            calendar = calendar.and(&theirs);
        }
        if calendar.week.iter().all(Option::is_none) {
            return Err(section.wrong(
                "days",
                "a week without an operational day",
                "at least one of mon to sun",
            ));
        }
        Ok(Some(ShipCalendar {
            calendar,
            handling_days: self.handling_days.or(before.map(|ship| ship.handling_days)).unwrap_or(0),
            ends: self.ends.or(before.map(|ship| ship.ends)).unwrap_or(DayEnd::EndOfDay),
        }))
    }
}

/// 14:00: the cut-off of a Walmart fulfilment centre and of eBay's same-day handling, unless the seller set another.
fn noon_and_two() -> NaiveTime {
    NaiveTime::from_hms_opt(14, 0, 0).unwrap_or(NaiveTime::MIN)
}

impl CalendarKeys {
    fn read(section: &Section<'_>) -> Result<CalendarKeys> {
        let known = |text: &str| DAYS.iter().any(|(name, _)| *name == text);
        let days = section.texts("days", "a list of mon, tue, wed, thu, fri, sat, sun", known)?;
        let days = days.map(|names| {
            let day = |name: &String| DAYS.iter().find(|(known, _)| known == name).map(|(_, day)| *day);
            names.iter().filter_map(day).collect()
        });
        let mut dates = Vec::new();
        let right = "a list of dates in quotes such as [\"2026-12-25\"]";
        for text in section.texts("closed", right, |text| date(text).is_some())?.unwrap_or_default() {
            dates.extend(date(&text).map(|date| (date, None)));
        }
        const ADDITIONAL: &str = "[{ date = \"2026-11-28\", cut_off = \"12:00\" }]";
        for one in section.sections("additional", ADDITIONAL)? {
            one.only(&["date", "opens", "cut_off"])?;
            let Some(on) = one.text("date")?.and_then(date) else {
                return Err(one.wrong("date", "missing or no date", "a date such as \"2026-11-28\""));
            };
            let hours = Hours {
                opens: time(&one, "opens")?.unwrap_or(Hours::WHOLE_DAY.opens),
                cut_off: time(&one, "cut_off")?.unwrap_or(Hours::WHOLE_DAY.cut_off),
            };
            dates.push((on, Some(checked(&one, hours)?)));
        }
        Ok(CalendarKeys { days, opens: time(section, "opens")?, cut_off: time(section, "cut_off")?, dates })
    }

    fn is_some(&self) -> bool {
        self.days.is_some() || self.opens.is_some() || self.cut_off.is_some() || !self.dates.is_empty()
    }

    fn apply(&self, section: &Section<'_>, calendar: &mut Calendar) -> Result<()> {
        let usual = calendar.week.iter().flatten().next().copied().unwrap_or(Hours::WHOLE_DAY);
        if let Some(days) = &self.days {
            calendar.week = Calendar::weekly(calendar.zone, days, usual).week;
        }
        for hours in calendar.week.iter_mut().flatten() {
            hours.opens = self.opens.unwrap_or(hours.opens);
            hours.cut_off = self.cut_off.unwrap_or(hours.cut_off);
            *hours = checked(section, *hours)?;
        }
        calendar.dates.extend(self.dates.iter().copied());
        Ok(())
    }
}

fn checked(section: &Section<'_>, hours: Hours) -> Result<Hours> {
    if hours.opens > hours.cut_off {
        return Err(section.wrong("opens", "after the cut-off", "a time before cut_off"));
    }
    Ok(hours)
}

fn time(section: &Section<'_>, key: &str) -> Result<Option<NaiveTime>> {
    let Some(text) = section.text(key)? else { return Ok(None) };
    clock(text).map(Some).ok_or_else(|| section.wrong(key, "no time of the day", TIME))
}

fn clock(text: &str) -> Option<NaiveTime> {
    let read = |format| NaiveTime::parse_from_str(text, format).ok();
    read("%H:%M")
        .or_else(|| read("%H:%M:%S"))
        .filter(|time| chrono::Timelike::nanosecond(time) < 1_000_000_000)
}

fn date(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()
}
