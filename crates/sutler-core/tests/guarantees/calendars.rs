//! G27: dates reckoned by a calendar, across changes of the clock, in zones of every kind.

use chrono::{NaiveDate, NaiveTime, Weekday};
use proptest::{collection::vec, option, prelude::*};
use std::process::Command;
use sutler_core::{
    Timestamp,
    calendar::{Calendar, Hours, Tz, end_of_day},
    deadline::{DayEnd, ShipCalendar, ShipRule},
    time::Duration,
};

/// Changes of one hour, of half an hour, at midnight, of whole days; none; offsets of half and of quarter hours.
const ZONES: [&str; 10] = [
    "America/New_York",
    "America/Los_Angeles",
    "America/Sao_Paulo",
    "Asia/Beirut",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Europe/London",
    "Pacific/Apia",
    "Pacific/Chatham",
];

fn zone() -> impl Strategy<Value = Tz> {
    proptest::sample::select(&ZONES).prop_map(|name| name.parse().expect("a zone"))
}

fn time() -> impl Strategy<Value = NaiveTime> {
    (0u32..86_400)
        .prop_map(|second| NaiveTime::from_num_seconds_from_midnight_opt(second, 0).expect("a time"))
}

fn hours() -> impl Strategy<Value = Hours> {
    (time(), time()).prop_map(|(a, b)| Hours { opens: a.min(b), cut_off: a.max(b) })
}

/// Few days, so that closures and changes of the clock are met often.
fn date(span: u64) -> impl Strategy<Value = NaiveDate> {
    (0..span).prop_map(|ahead| first_day() + chrono::Days::new(ahead))
}

fn first_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2011, 1, 1).expect("a date")
}

/// An instant of two years that hold Samoa's missing day and changes of every zone's clock.
fn placed() -> impl Strategy<Value = Timestamp> {
    (0i64..730 * 86_400)
        .prop_map(|second| first_day().and_time(NaiveTime::MIN).and_utc() + Duration::seconds(second))
}

/// Any calendar; closed for ever too.
pub(crate) fn calendar() -> impl Strategy<Value = Calendar> {
    let week = proptest::array::uniform7(option::weighted(0.7, hours()));
    (zone(), week, vec((date(730), option::of(hours())), 0..20)).prop_map(|(zone, week, dates)| Calendar {
        zone,
        week,
        dates: dates.into_iter().collect(),
    })
}

fn ends() -> impl Strategy<Value = DayEnd> {
    prop_oneof![Just(DayEnd::CutOff), Just(DayEnd::EndOfDay), time().prop_map(DayEnd::LastPickUp)]
}

fn rule() -> impl Strategy<Value = ShipCalendar> {
    (calendar(), 0u32..4, ends()).prop_map(|(calendar, handling_days, ends)| ShipCalendar {
        calendar,
        handling_days,
        ends,
    })
}

fn due(ship: &ShipCalendar, placed: Timestamp) -> Timestamp {
    ShipRule::Calendar(ship.clone()).due(placed)
}

/// Spans of seconds to years: neighbours within one change of the clock are as frequent as far ones.
fn span() -> impl Strategy<Value = Duration> {
    prop_oneof![0i64..60, 0i64..7_200, 0i64..200_000, 0i64..60_000_000].prop_map(Duration::seconds)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn g27_a_ship_date_is_monotone_in_when_it_was_placed_across_changes_of_the_clock(
        ship in rule(), placed in placed(), more in span(),
    ) {
        let (early, late) = (due(&ship, placed), due(&ship, placed + more));
        prop_assert!(placed <= early && early <= late, "{} {}", early, late);
    }

    #[test]
    fn g27_a_closed_day_more_never_makes_a_ship_date_earlier(
        ship in rule(), placed in placed(), ahead in 0i64..10, theirs in calendar(),
    ) {
        let before = due(&ship, placed);
        let day = (placed + Duration::days(ahead)).with_timezone(&ship.calendar.zone).date_naive();
        let closed = ShipCalendar { calendar: ship.calendar.clone().closed_on(day), ..ship.clone() };
        prop_assert!(before <= due(&closed, placed));
        // Nor do another's days, closed on all of which we are open.
        let whole = Calendar { week: theirs.week.map(|day| day.map(|_| Hours::WHOLE_DAY)), ..theirs };
        let dates = whole.dates.keys().map(|date| (*date, None)).collect();
        let both = ShipCalendar { calendar: ship.calendar.and(&Calendar { dates, ..whole }), ..ship };
        prop_assert!(before <= due(&both, placed));
    }

    #[test]
    fn g27_the_cut_off_is_exact_to_the_second(
        zone in zone(), cut_off in time(), day in date(730), ms in 0i64..1_000,
    ) {
        let calendar = Calendar { week: [Some(Hours { opens: NaiveTime::MIN, cut_off }); 7], ..Calendar::always(zone) };
        let ship = ShipCalendar { calendar, handling_days: 0, ends: DayEnd::EndOfDay };
        let last = sutler_core::calendar::instant(zone, day.and_time(cut_off));
        // The day that Samoa left out has no cut-off.
        prop_assume!(last.with_timezone(&zone).date_naive() == day);
        prop_assert_eq!(due(&ship, last + Duration::milliseconds(ms)), end_of_day(zone, day));
        let after = due(&ship, last + Duration::seconds(1));
        prop_assert!(after > end_of_day(zone, day), "{} {}", last, after);
    }

    #[test]
    fn g27_a_ship_date_of_a_cautious_calendar_is_never_later_than_the_channels(
        theirs in rule(), placed in placed(), more_days in proptest::array::uniform7(any::<bool>()), fewer in 0u32..4, later in time(),
    ) {
        // The channel's own calendar is in the seller center. Cautious is: no day less, no cut-off earlier, no day of handling more.
        let mut ours = ShipCalendar { ends: DayEnd::EndOfDay, ..theirs.clone() };
        let theirs = ShipCalendar { ends: DayEnd::EndOfDay, ..theirs };
        ours.handling_days = ours.handling_days.saturating_sub(fewer);
        for (day, more) in ours.calendar.week.iter_mut().zip(more_days) {
            if let Some(hours) = day {
                hours.cut_off = hours.cut_off.max(later);
            } else if more {
                *day = Some(Hours::WHOLE_DAY);
            }
        }
        ours.calendar.dates.retain(|_, hours| hours.is_some());
        prop_assert!(due(&ours, placed) <= due(&theirs, placed));
    }

    #[test]
    fn g27_a_day_counts_where_it_counts_in_both(a in calendar(), b in calendar(), day in date(730)) {
        let both = a.and(&b);
        let wanted = a.hours(day).zip(b.hours(day)).and_then(|(a, b)| {
            let hours = Hours { opens: a.opens.max(b.opens), cut_off: a.cut_off.min(b.cut_off) };
            (hours.opens <= hours.cut_off).then_some(hours)
        });
        prop_assert_eq!(both.hours(day), wanted);
        prop_assert_eq!(both.zone, a.zone);
    }
}

fn weekdays(zone: &str, cut_off: &str) -> ShipCalendar {
    let days = [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri];
    let hours = Hours { opens: NaiveTime::MIN, cut_off: cut_off.parse().expect("a time") };
    let calendar = Calendar::weekly(zone.parse().expect("a zone"), &days, hours);
    ShipCalendar { calendar, handling_days: 0, ends: DayEnd::EndOfDay }
}

#[test]
fn g27_known_orders_are_due_when_they_must() {
    for (zone, cut_off, handling_days, placed, wanted) in [
        // A leap day is a day like others, and its year's first of March is one later.
        ("America/New_York", "14:00:00", 0, "2028-02-28T20:00:00Z", "2028-03-01T05:00:00Z"),
        ("America/New_York", "14:00:00", 1, "2028-02-28T18:59:59Z", "2028-03-01T05:00:00Z"),
        // The Friday before the clocks change: Monday's midnight comes an hour earlier.
        ("America/New_York", "14:00:00", 0, "2026-03-06T19:00:01Z", "2026-03-10T04:00:00Z"),
        ("America/New_York", "14:00:00", 0, "2026-10-30T18:00:01Z", "2026-11-03T05:00:00Z"),
        // Half past: 14:00 in Kolkata is 08:30 in Greenwich.
        ("Asia/Kolkata", "14:00:00", 0, "2026-06-01T08:30:00Z", "2026-06-01T18:30:00Z"),
        ("Asia/Kolkata", "14:00:00", 0, "2026-06-01T08:30:01Z", "2026-06-02T18:30:00Z"),
        // Lord Howe's clocks move half an hour, on a Sunday.
        ("Australia/Lord_Howe", "14:00:00", 0, "2026-04-03T03:00:01Z", "2026-04-06T13:30:00Z"),
    ] {
        let ship = ShipCalendar { handling_days, ..weekdays(zone, cut_off) };
        let placed: Timestamp = placed.parse().expect("an instant");
        assert_eq!(due(&ship, placed), wanted.parse::<Timestamp>().expect("an instant"), "{zone} {placed}");
    }
}

/// The list above again, in processes that believe to be elsewhere.
#[test]
fn g27_a_ship_date_does_not_depend_on_the_hosts_zone() {
    for zone in ["Pacific/Apia", "Asia/Kathmandu", "America/Los_Angeles", "UTC"] {
        let mut again = Command::new(std::env::current_exe().expect("this test"));
        let again =
            again.env("TZ", zone).args(["--exact", "calendars::g27_known_orders_are_due_when_they_must"]);
        let output = again.output().expect("a run");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && said.contains("1 passed"), "in {zone}: {said}");
    }
}

#[test]
fn last_pick_up_and_cut_off_end_a_day_too() {
    let ship = |ends| ShipCalendar { ends, ..weekdays("America/Chicago", "11:00:00") };
    let placed: Timestamp = "2026-06-01T15:00:00Z".parse().expect("an instant");
    assert_eq!(due(&ship(DayEnd::CutOff), placed).to_rfc3339(), "2026-06-01T16:00:00+00:00");
    let half_past_four = DayEnd::LastPickUp("16:30:00".parse().expect("a time"));
    assert_eq!(due(&ship(half_past_four), placed).to_rfc3339(), "2026-06-01T21:30:00+00:00");
}
