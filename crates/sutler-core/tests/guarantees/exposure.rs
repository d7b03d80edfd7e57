//! G15: the window between sale and push is bounded and known.

use proptest::{collection::vec, prelude::*};
use sutler_core::{
    budget::Rate,
    exposure::{PublishPath, exposure_max},
    next::{PRIORITY, Work},
    time::Duration,
};

fn path(listings: u64, per_minute: u32) -> PublishPath {
    PublishPath {
        listings,
        set_rate: Some(Rate::per_minute(per_minute)),
        batch: None,
        read_rate: Some(Rate::per_minute(per_minute)),
        call_timeout: Duration::seconds(30),
        apply_max: Duration::zero(),
        read_lag: Duration::seconds(60),
        pull_pages: 6,
    }
}

proptest! {
    /// More listings, slower budgets, slower calls: never a shorter window.
    #[test]
    fn g15_the_window_only_grows_with_what_can_make_it_longer(
        listings in 0..100_000u64, rate in 1..5_000u32, more in 1..50_000u64, pages in 1..500u64,
    ) {
        let base = path(listings, rate);
        let window = base.latency_max();
        prop_assert!(path(listings + more, rate).latency_max() >= window);
        prop_assert!(path(listings, rate + 1).latency_max() <= window);
        let slow = PublishPath { pull_pages: base.pull_pages + pages, ..base.clone() };
        prop_assert!(slow.latency_max() >= window);
        let late = PublishPath { apply_max: Duration::seconds(120), ..base };
        prop_assert!(late.latency_max() >= window + Duration::seconds(120));
    }

    /// However buyers share out what is offered, no more than the bound is sold beyond what there is.
    #[test]
    fn g15_no_selling_out_of_all_listings_exceeds_the_exposure(
        offers in vec((0..50i64, 0..=100u32), 0..4), available in -20..60i64,
    ) {
        let sold: i64 = offers.iter().map(|(level, share)| level * i64::from(*share) / 100).sum();
        let beyond = (sold - available.max(0)).max(0);
        prop_assert!(beyond <= exposure_max(offers.iter().map(|(level, _)| *level), available));
    }
}

#[test]
fn g15_a_batch_counts_by_its_calls_and_a_set_goes_before_everything_but_what_must_not_wait() {
    let rate = Some(Rate::per_hour(50));
    let batch = PublishPath { batch: Some((1_000, rate, Duration::hours(6))), ..path(20_000, 200) };
    assert!(batch.latency_max() < path(20_000, 200).latency_max() + Duration::hours(6));
    let at = |work: Work| PRIORITY.iter().position(|known| *known == work).expect("every kind has its place");
    for later in [Work::Send, Work::Probe, Work::Look, Work::Hint, Work::Pull, Work::Levels, Work::Sweep] {
        assert!(at(Work::Set) < at(later) && at(Work::Plan) < at(later), "{later:?}");
    }
}
