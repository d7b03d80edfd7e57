//! G27: with a channel's instant a deadline equals it; a reckoned one is marked, monotone, and never later than the channel's.

use crate::told::{at, facts, instant};
use proptest::prelude::*;
use sutler_core::{
    Timestamp,
    deadline::{DeadlineKind, DeadlinePolicy, DeadlineSource},
    order::OrderFacts,
    time::Duration,
};

const KINDS: [DeadlineKind; 4] =
    [DeadlineKind::Acknowledge, DeadlineKind::Ship, DeadlineKind::Deliver, DeadlineKind::AutoCancel];

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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn g27_a_channels_instant_is_the_deadline_and_ours_is_marked(facts in facts(), placed in instant()) {
        let policy = DeadlinePolicy::walmart_us();
        let all = policy.deadlines(&facts, placed);
        for kind in KINDS {
            prop_assert!(all.iter().filter(|d| d.kind == kind).count() <= 1);
        }
        for deadline in &all {
            let told = match deadline.kind {
                DeadlineKind::Ship => facts.ship_by,
                DeadlineKind::Deliver => facts.deliver_by,
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
        }
    }

    #[test]
    fn g27_reckoned_deadlines_are_monotone(a in 0i64..1_000_000_000, more in 0i64..1_000_000_000) {
        let policy = DeadlinePolicy::walmart_us();
        let facts = OrderFacts::unknown();
        let (early, late) = (policy.deadlines(&facts, at(a)), policy.deadlines(&facts, at(a + more)));
        for (early, late) in early.iter().zip(&late) {
            prop_assert_eq!(early.kind, late.kind);
            prop_assert!(early.due <= late.due);
            prop_assert_eq!(late.due - early.due, Duration::seconds(more), "instants, whatever a clock on a wall does");
        }
        prop_assert!(policy.acknowledge_by(at(a)) <= at(a) + policy.acknowledge - policy.margin);
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
}
