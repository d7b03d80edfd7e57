//! G27: with a channel's instant a deadline equals it; a reckoned one is marked, monotone, and never later than the channel's.

use crate::{
    calendars::calendar,
    told::{at, facts, fresh, instant, observation},
};
use chrono::NaiveDate;
use proptest::{collection::vec, option, prelude::*};
use sutler_core::{
    Timestamp,
    deadline::{
        DayEnd, DeadlineKind, DeadlinePolicies, DeadlinePolicy, DeadlineSource, ShipCalendar, ShipRule,
    },
    journal::Entry,
    order::OrderFacts,
    time::Duration,
};

const KINDS: [DeadlineKind; 5] = [
    DeadlineKind::Acknowledge,
    DeadlineKind::Ship,
    DeadlineKind::Deliver,
    DeadlineKind::AutoCancel,
    DeadlineKind::AnswerCancel,
];

/// The ship date by the published rule: an order before the cut-off ships today, a later one on the next operational day;
/// `lag` more operational days may follow. The date ends at local midnight.
fn channel_ship_by(zone: &Zone, placed: Timestamp, cutoff: i64, closed: &[bool], lag: usize) -> Timestamp {
    let local = zone.local_seconds(placed);
    let (mut day, second) = (local.div_euclid(86_400), local.rem_euclid(86_400));
    let is_open = |day: i64| !closed[day.rem_euclid(closed.len() as i64) as usize];
    if second > cutoff || !is_open(day) {
        day += 1;
    }
    let mut left = lag;
    while !is_open(day) || left > 0 {
        left -= usize::from(is_open(day) && left > 0);
        day += 1;
    }
    zone.instant((day + 1) * 86_400)
}

/// A zone with one change of its offset, at two in the morning, local.
#[derive(Clone, Debug)]
struct Zone {
    before: i64,
    after: i64,
    change: i64,
}

impl Zone {
    fn local_seconds(&self, instant: Timestamp) -> i64 {
        let utc = instant.timestamp();
        utc + if utc < self.change { self.before } else { self.after }
    }
    fn instant(&self, local: i64) -> Timestamp {
        let early = local - self.before;
        let utc = if early < self.change { early } else { local - self.after };
        Timestamp::from_timestamp(utc, 0).expect("in range")
    }
}

fn zone() -> impl Strategy<Value = Zone> {
    let day = at(0).timestamp().div_euclid(86_400);
    (-10i64..-4, prop_oneof![Just(-3_600i64), Just(0), Just(3_600)], 0i64..12).prop_map(
        move |(hours, shift, after)| Zone {
            before: hours * 3_600,
            after: hours * 3_600 + shift,
            change: (day + after) * 86_400 + 7_200 - hours * 3_600,
        },
    )
}

fn policies() -> [DeadlinePolicy; 4] {
    [
        DeadlinePolicy::walmart_us(),
        DeadlinePolicy::amazon(),
        DeadlinePolicy::ebay(),
        DeadlinePolicy::unpublished(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn g27_a_channels_instant_is_the_deadline_and_ours_is_marked(facts in facts(), placed in instant()) {
        for policy in policies() {
            let all = policy.deadlines(&facts, placed);
            for kind in KINDS {
                prop_assert!(all.iter().filter(|d| d.kind == kind).count() <= 1);
            }
            for deadline in &all {
                let told = match deadline.kind {
                    DeadlineKind::Ship => facts.ship_by,
                    DeadlineKind::Deliver => facts.deliver_by,
                    DeadlineKind::AnswerCancel => facts.answer_cancel_by(),
                    _ => None,
                };
                match (&deadline.source, told) {
                    (DeadlineSource::Channel(_), Some(told)) => {
                        prop_assert_eq!(deadline.due, told);
                        prop_assert!(!deadline.estimated);
                    }
                    (DeadlineSource::Computed(name), None) => {
                        prop_assert_eq!(name, &policy.name);
                        prop_assert!(deadline.estimated);
                    }
                    other => prop_assert!(false, "{:?}", other),
                }
                prop_assert!(deadline.target <= Some(deadline.due), "a target replaces nothing: {:?}", deadline);
                prop_assert!(deadline.alarm_at <= deadline.due - policy.margin);
                prop_assert!(!deadline.consequence.is_empty(), "{:?}", deadline);
            }
        }
    }

    #[test]
    fn g27_reckoned_deadlines_are_monotone(a in 0i64..1_000_000_000, more in 0i64..1_000_000_000) {
        for policy in policies() {
            let facts = OrderFacts::unknown();
            let (early, late) = (policy.deadlines(&facts, at(a)), policy.deadlines(&facts, at(a + more)));
            for (early, late) in early.iter().zip(&late) {
                prop_assert_eq!(early.kind, late.kind);
                prop_assert_eq!(late.due - early.due, Duration::seconds(more), "instants, whatever a clock on a wall does");
            }
            prop_assert!(policy.acknowledge.is_none_or(|within| policy.acknowledge_by(at(a)) <= at(a) + within - policy.margin));
        }
    }

    #[test]
    fn g27_a_reckoned_ship_date_is_never_later_than_the_published_rule(
        zone in zone(), second in 0i64..864_000, cutoff in 11i64 * 3_600..=14 * 3_600,
        closed in proptest::array::uniform7(any::<bool>()), lag in 0usize..4,
    ) {
        let mut closed = closed;
        closed[0] = false;
        let placed = at(second);
        let by_rule = channel_ship_by(&zone, placed, cutoff, &closed, lag);
        let policy = DeadlinePolicy::walmart_us();
        let due = |facts: &OrderFacts, kind| policy.deadlines(facts, placed).into_iter().find(|d| d.kind == kind).map(|d| d.due);
        let mut facts = OrderFacts::unknown();
        prop_assert!(due(&facts, DeadlineKind::Ship) <= Some(by_rule));
        // Four calendar days later, at the same time of the wall's clock.
        facts.ship_by = Some(by_rule);
        let cancels = zone.instant(zone.local_seconds(by_rule) + 4 * 86_400);
        prop_assert!(due(&facts, DeadlineKind::AutoCancel) <= Some(cancels));
    }

    #[test]
    fn g27_the_next_deadline_is_due_when_the_short_way_says(told in vec(observation(), 0..4), calendar in option::of(calendar())) {
        let (mut state, mut commands) = (fresh(), Vec::new());
        for (number, told) in told.into_iter().enumerate() {
            state.apply(&mut commands, at(number as i64), &Entry::Observed(Box::new(told))).expect("a telling");
            for mut policy in policies() {
                if let Some(calendar) = &calendar {
                    policy.ship = ShipRule::Calendar(ShipCalendar { calendar: calendar.clone(), handling_days: 1, ends: DayEnd::EndOfDay });
                }
                let (next, due) = (policy.next(&state), policy.due(&state));
                prop_assert_eq!(next.as_ref().map(|next| next.due), due);
                if let (Some(due), Some(report)) = (due, state.reports.values().next()) {
                    prop_assert!(policy.confirm_by(&state, report) <= policy.latest_safe(due, Duration::zero()));
                }
            }
        }
    }

    #[test]
    fn g27_what_is_safe_leaves_the_time_to_drain_and_the_margin(due in 0i64..1_000_000, drain in 0i64..100_000) {
        let policy = DeadlinePolicy::walmart_us();
        let safe = policy.latest_safe(at(due), Duration::seconds(drain));
        prop_assert_eq!(at(due) - safe, Duration::seconds(drain) + policy.margin);
        prop_assert!(policy.latest_safe(at(due), Duration::MAX) <= safe, "no sum is too large");
    }
}

#[test]
fn marketplaces_differ_as_data_and_channels_from_their_marketplace() {
    let mut policies = DeadlinePolicies::published();
    let [walmart, amazon, ebay] =
        ["walmart", "amazon", "ebay"].map(|name| policies.of(&"us".into(), name).clone());
    assert_eq!((walmart.acknowledge, walmart.auto_cancel_days), (Some(Duration::hours(4)), Some(4)));
    assert_eq!((amazon.acknowledge, amazon.auto_cancel_days), (None, Some(7)));
    assert_eq!((ebay.acknowledge, ebay.auto_cancel_days), (None, None));
    for policy in [&walmart, &amazon, &ebay] {
        let (_, date) = policy.name.split_once('@').expect("a dated name");
        assert!(date.parse::<NaiveDate>().is_ok() && !policy.sources.is_empty(), "{}", policy.name);
    }
    let done: Result<(), ()> = policies.change("us".into(), |policy| {
        policy.margin = Duration::minutes(5);
        Ok(())
    });
    done.expect("a change");
    assert_eq!(policies.of(&"us".into(), "walmart").margin, Duration::minutes(5));
    assert_eq!(policies.of(&"other".into(), "walmart"), &walmart);
    assert_eq!(policies.of(&"other".into(), "elsewhere"), &DeadlinePolicy::unpublished());
}
