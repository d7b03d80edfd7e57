//! Metrics are exact: the fold is what a recount from the lives themselves gives, and thresholds break where they must.

use crate::{
    lateness::{Cancelled, Life, life},
    told::at,
};
use proptest::{collection::vec, prelude::*};
use sutler_core::{
    command::CancelReason,
    deadline::DeadlinePolicy,
    lateness::{Punctuality, lateness},
    metric::{Judgement, Measure, Metric, MetricFold, MetricPolicy, Outcome},
};

const DAY: i64 = 86_400;
const NOW: i64 = 45 * DAY;

fn cancellation(life: &Life) -> Outcome {
    match life.cancelled {
        None => Outcome::Kept,
        Some((_, Cancelled::ByUs(CancelReason::BuyerAsked))) => Outcome::Kept,
        Some((_, Cancelled::ByUs(_))) => Outcome::Missed,
        Some((_, Cancelled::Shown(reason))) if reason.starts_with("CUSTOMER") => Outcome::Kept,
        Some((_, Cancelled::Shown(reason))) if reason.starts_with("SELLER") => Outcome::Missed,
        Some((_, Cancelled::Shown(_))) => Outcome::Undecided,
    }
}

fn tracking(life: &Life) -> Outcome {
    match (life.confirmed, life.shown, life.delivered) {
        (Some(_), ..) | (_, Some((_, true)), _) | (_, Some(_), Some(_)) => Outcome::Kept,
        (None, Some((_, false)), None) => Outcome::Missed,
        (None, None, _) => Outcome::NotCounted,
    }
}

fn timely(punctuality: Punctuality) -> Outcome {
    match punctuality {
        Punctuality::InTime => Outcome::Kept,
        Punctuality::Late => Outcome::Missed,
        Punctuality::Pending | Punctuality::Unknown => Outcome::Undecided,
        Punctuality::NotAsked => Outcome::NotCounted,
    }
}

/// Counts anew, one measure at a time, from the lives.
fn recount(lives: &[Life], metric: &Metric) -> [u64; 3] {
    let deadlines = DeadlinePolicy::walmart_us();
    let counted = lives.iter().filter(|life| at(life.placed) >= at(NOW) - chrono::Duration::days(30));
    let outcomes: Vec<Outcome> = counted
        .map(|life| {
            let lived = life.live();
            let late = lateness(&deadlines, &lived.state, &lived.history, at(NOW)).expect("a whole history");
            match metric.measure {
                Measure::Cancellation => cancellation(life),
                Measure::ValidTracking => tracking(life),
                Measure::OnTimeDelivery => timely(late.delivered),
                Measure::Acknowledgment => timely(late.acknowledged),
            }
        })
        .collect();
    [Outcome::Kept, Outcome::Missed, Outcome::Undecided]
        .map(|wanted| outcomes.iter().filter(|outcome| **outcome == wanted).count() as u64)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_metric_is_a_recount_of_the_orders_in_its_window(lives in vec(life(), 0..30)) {
        let (policy, deadlines) = (MetricPolicy::published("walmart"), DeadlinePolicy::walmart_us());
        let mut fold = MetricFold::new(&policy, at(NOW));
        for life in &lives {
            let lived = life.live();
            fold.add(&policy.judge(&deadlines, &lived.state, &lived.commands, &lived.history, at(NOW)).expect("a whole history"));
        }
        let metrics = fold.finish();
        prop_assert_eq!(metrics.len(), 4);
        for metric in &metrics {
            prop_assert_eq!([metric.kept, metric.missed, metric.undecided], recount(&lives, metric), "{:?}", metric);
            prop_assert_eq!(&metric.policy, &policy.name);
        }
    }

    #[test]
    fn a_threshold_breaks_with_the_miss_after_the_last_that_is_left(kept in 0usize..400, missed in 0usize..20) {
        let policy = MetricPolicy::published("walmart");
        let rate = |kept: usize, missed: usize| {
            let mut fold = MetricFold::new(&policy, at(NOW));
            let all = std::iter::repeat_n(Outcome::Kept, kept).chain(std::iter::repeat_n(Outcome::Missed, missed));
            all.for_each(|outcome| fold.add(&Judgement::new(at(NOW), [outcome; 4])));
            fold.finish()
        };
        let before = rate(kept, missed);
        for (at, metric) in before.iter().enumerate() {
            let Some(left) = metric.misses_left() else {
                prop_assert!(!metric.is_broken(), "no threshold, none broken");
                continue;
            };
            let max = u64::from(metric.missed_per_mille_max.expect("a threshold"));
            prop_assert_eq!(metric.is_broken(), metric.missed * 1_000 > max * metric.counted());
            let left = left as usize;
            if metric.is_broken() {
                prop_assert_eq!(left, 0);
            } else if left <= kept {
                // Judged orders turn out missed one by one.
                prop_assert!(!rate(kept - left, missed + left)[at].is_broken());
                if left < kept {
                    prop_assert!(rate(kept - left - 1, missed + left + 1)[at].is_broken());
                }
            }
        }
    }
}

#[test]
fn a_marketplace_without_published_standards_has_no_threshold() {
    let policy = MetricPolicy::published("elsewhere");
    let metrics = MetricFold::new(&policy, at(NOW)).finish();
    assert!(metrics.iter().all(|metric| metric.misses_left().is_none() && !metric.is_broken()));
    assert_eq!(MetricFold::new(&policy, at(NOW)).from(), Some(at(NOW - 30 * DAY)));
}
