//! G24: a bucket never gives more than was published, is ready exactly when it says, and a restart gives nothing twice.

use crate::told::at;
use proptest::{collection::vec, prelude::*};
use sutler_core::{
    Timestamp,
    budget::{Bucket, Budgets, Rate},
    time::Duration,
};

#[derive(Clone, Debug)]
enum Event {
    Wait(i64),
    Take,
    Refused(Option<i64>),
    Correct(f64, f64),
    Ease,
    Spent,
    /// The last token taken was not used.
    GiveBack,
    /// Saved, closed, opened again under another rate; in whichever order the parts come up.
    Restart {
        declared_first: bool,
        other: bool,
    },
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => (0i64..90_000).prop_map(Event::Wait),
        8 => Just(Event::Take),
        1 => proptest::option::of(0i64..60_000).prop_map(Event::Refused),
        1 => (0f64..80.0, 0f64..5.0).prop_map(|(left, flying)| Event::Correct(left, flying)),
        1 => Just(Event::Ease),
        1 => Just(Event::Spent),
        1 => Just(Event::GiveBack),
        1 => (any::<bool>(), any::<bool>()).prop_map(|(declared_first, other)| Event::Restart { declared_first, other }),
    ]
}

fn rate() -> impl Strategy<Value = Rate> {
    prop_oneof![
        (1u32..120).prop_map(Rate::per_minute),
        (1u32..200).prop_map(Rate::per_hour),
        (1u32..40, 0.01f64..20.0)
            .prop_map(|(capacity, per_second)| Rate { capacity: f64::from(capacity), per_second }),
    ]
}

/// No window holds more than a bucketful and what came back in it.
fn fits(taken: &[Timestamp], capacity: f64, per_second: f64) -> Result<(), TestCaseError> {
    for (first, from) in taken.iter().enumerate() {
        for (count, to) in taken[first..].iter().enumerate() {
            let seconds = (*to - *from).num_milliseconds() as f64 / 1_000.0;
            let most = capacity + per_second * seconds + 1e-6;
            prop_assert!((count + 1) as f64 <= most, "{} in {seconds} s", count + 1);
        }
    }
    Ok(())
}

fn ms(count: i64) -> Duration {
    Duration::milliseconds(count)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn g24_no_window_holds_more_than_was_published(rate in rate(), events in vec(event(), 1..150)) {
        let other = Rate { capacity: rate.capacity * 2.0, per_second: rate.per_second };
        let (mut budgets, mut now, mut taken) = (Budgets::default(), at(0), Vec::<Timestamp>::new());
        let mut closed = now;
        budgets.declare("one", rate, now);
        for event in events {
            let before = budgets.tokens("one", now);
            match event {
                Event::Wait(span) => now += ms(span),
                Event::Take => match budgets.take("one", now) {
                    Ok(()) => {
                        prop_assert!(now >= closed, "a closed bucket gave a token");
                        taken.push(now);
                    }
                    Err(next) => prop_assert!(next > now),
                },
                Event::Refused(until) => {
                    let until = until.map(|span| now + ms(span));
                    budgets.refused("one", now, until);
                    closed = closed.max(until.unwrap_or(now + ms(1)));
                    prop_assert!(budgets.ready_at("one", now, 0.0) >= closed);
                    prop_assert!(budgets.take("one", now).is_err());
                }
                Event::Correct(left, flying) => {
                    budgets.correct("one", now, left, flying);
                    let after = budgets.tokens("one", now);
                    prop_assert!(after <= before && after <= (left - flying).max(0.0));
                }
                // `Budgets` never loses its state by itself.
                Event::Ease | Event::Spent => budgets.ease(),
                Event::GiveBack => {
                    if taken.pop().is_some() {
                        budgets.give_back("one");
                    }
                }
                Event::Restart { declared_first, other: changed } => {
                    let saved = budgets.snapshot();
                    budgets = Budgets::default();
                    // A doubled capacity comes and goes with the configuration; it must not give a bucketful either.
                    let declare = |budgets: &Budgets| {
                        if changed {
                            budgets.declare("one", other, now);
                        }
                        budgets.declare("one", rate, now);
                    };
                    if declared_first {
                        declare(&budgets);
                    }
                    budgets.restore(saved);
                    declare(&budgets);
                    prop_assert!(budgets.tokens("one", now) <= before + 1e-9, "a restart gave tokens");
                    prop_assert!(budgets.ready_at("one", now, 0.0) >= closed.min(now));
                }
            }
        }
        fits(&taken, rate.capacity, rate.per_second)?;
    }

    #[test]
    fn g24_ready_at_is_the_first_millisecond_at_which_a_token_is_there(
        rate in rate(), events in vec(event(), 0..60), reserve in 0f64..6.0, back in 0i64..5_000,
    ) {
        let (mut bucket, mut now) = (Bucket::full(rate, at(0)), at(0));
        for event in events {
            match event {
                Event::Wait(span) => now += ms(span),
                Event::Take => { let _ = bucket.take(now); }
                Event::Refused(until) => bucket.refused(now, until.map(|span| now + ms(span))),
                Event::Correct(left, flying) => bucket.correct(now, left, flying),
                Event::Ease => bucket.eased(),
                Event::Spent => bucket.spent(now),
                Event::GiveBack => bucket.give_back(),
                Event::Restart { .. } => {}
            }
        }
        // Also asked by a clock that was set back.
        for asked in [now, now - ms(back)] {
            let ready = bucket.ready_at(asked, 0.0);
            let can = |when: Timestamp| { let mut copy = bucket; copy.take(when) };
            prop_assert!(ready >= asked && can(ready), "not ready at {ready}");
            prop_assert!(ready == asked || !can(ready - ms(1)), "ready before {ready}");
            let kept = reserve.min(rate.capacity - 1.0).max(0.0);
            let later = bucket.ready_at(asked, reserve);
            prop_assert!(later >= ready && bucket.tokens(later) + 1e-6 >= 1.0 + kept);
        }
    }

    #[test]
    fn g24_a_smaller_bucket_is_learnt_and_the_rate_creeps_back(rate in rate(), refusals in 1usize..40) {
        let mut bucket = Bucket::full(rate, at(0));
        let mut before = bucket.learnt_per_second;
        for _ in 0..refusals {
            bucket.refused(at(0), None);
            prop_assert!(bucket.learnt_per_second <= before && bucket.learnt_per_second >= rate.per_second * 0.5 - 1e-12);
            before = bucket.learnt_per_second;
        }
        for _ in 0..200 {
            bucket.eased();
            prop_assert!(bucket.learnt_per_second >= before && bucket.learnt_per_second <= rate.per_second);
            before = bucket.learnt_per_second;
        }
        prop_assert_eq!(before, rate.per_second);
    }
}

/// Asking as fast as it may, a bucket gives what was published and not a token less: no stall.
#[test]
fn g24_asking_at_ready_at_reaches_the_published_rate() {
    let (rate, mut now) = (Rate::per_minute(60), at(0));
    let mut bucket = Bucket::full(rate, now);
    let mut taken = 0u32;
    while now < at(600) {
        now = bucket.ready_at(now, 0.0);
        assert!(bucket.take(now), "ready and empty at {now}");
        taken += 1;
    }
    assert_eq!(taken, 60 + 600, "a bucketful and ten minutes of refill");
}
