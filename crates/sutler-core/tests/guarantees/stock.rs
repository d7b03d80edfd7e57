//! G14, G17: what a listing is believed to offer, and what is left for orders.

use crate::told::at;
use proptest::{collection::vec, prelude::*};
use sutler_core::{
    stock::{Item, Listing},
    time::Duration,
};

/// What a marketplace with one listing does, and when we hear of it.
#[derive(Clone, Debug)]
enum Event {
    /// A buyer takes units; we are told of the order so many events later.
    Sale { units: i64, told_after: usize },
    /// We read the level.
    Read,
    /// Pulls become complete up to now.
    Complete,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        3 => (1i64..4, 0usize..6).prop_map(|(units, told_after)| Event::Sale { units, told_after }),
        3 => Just(Event::Read),
        1 => Just(Event::Complete),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// The channel's level is exact and nothing lags. Then what we believe, less what we know is missing, is never more
    /// than what the buyers left: no sale that a read showed is offered again.
    #[test]
    fn g14_a_sale_that_a_level_read_shows_is_never_offered_again(start in 0i64..40, events in vec(event(), 1..40)) {
        let mut listing = Listing::new("S".into());
        let (mut real, mut now) = (start, 0i64);
        // Orders placed and not told yet: (events to wait, units, placed at).
        let mut coming: Vec<(usize, i64, i64)> = Vec::new();
        let mut known_sold = 0i64;
        listing.read(start, at(0), at(0), Duration::zero());
        for event in events {
            now += 10;
            let mut later = Vec::new();
            for (wait, units, placed) in coming {
                if wait == 0 {
                    listing.sold(units, at(placed));
                    known_sold += units;
                } else {
                    later.push((wait - 1, units, placed));
                }
            }
            coming = later;
            match event {
                Event::Sale { units, told_after } => {
                    let units = units.min(real);
                    if units > 0 {
                        real -= units;
                        coming.push((told_after, units, now));
                    }
                }
                Event::Read => {
                    prop_assert!(listing.read(real, at(now), at(now), Duration::zero()));
                    // Physical stock is what we began with; what nobody wants is that less the orders we know.
                    let available = start - known_sold;
                    let desired = listing.desired(available, listing.unseen, 0);
                    prop_assert!(desired <= real, "offers {desired} where {real} are left");
                }
                Event::Complete => {
                    for (_, units, placed) in coming.drain(..) {
                        listing.sold(units, at(placed));
                        known_sold += units;
                    }
                    listing.settle_drift(at(now));
                }
            }
        }
        prop_assert!(listing.unseen >= 0);
    }

    #[test]
    fn g17_available_and_unallocated_are_what_is_on_hand_less_the_sums(
        counted in proptest::option::of(-5i64..100), departed in 0i64..50, demand in 0i64..50, allocated in 0i64..50,
    ) {
        let mut item = Item::new("S".into());
        (item.counted, item.departed, item.demand, item.allocated) = (counted, departed, demand, allocated);
        prop_assert_eq!(item.is_mapped(), counted.is_some());
        prop_assert_eq!(item.on_hand(), counted.unwrap_or(0) - departed);
        prop_assert_eq!(item.available() + demand, item.on_hand());
        prop_assert_eq!(item.unallocated() + allocated, item.on_hand());
    }
}

#[test]
fn g16_a_read_that_can_show_the_time_before_our_set_is_not_believed() {
    let mut listing = Listing::new("S".into());
    listing.set(5, at(10), at(20));
    (listing.closed_until, listing.verify_at) = (Some(at(20)), Some(at(20)));
    let lag = Duration::seconds(5);
    assert!(!listing.read(9, at(24), at(24), lag), "may show the level of second 19");
    assert_eq!((listing.level, listing.verify_at), (Some(5), Some(at(20))));
    assert!(listing.read(3, at(25), at(26), lag));
    assert_eq!((listing.level, listing.unseen, listing.verify_at), (Some(3), 2, None));
    assert_eq!((listing.base_from, listing.base_to), (at(20), at(26)));
}

#[test]
fn g14_a_sale_within_the_base_voids_the_belief_and_one_before_explains_what_was_missing() {
    let mut listing = Listing::new("S".into());
    listing.read(10, at(10), at(12), Duration::zero());
    listing.sold(2, at(20));
    assert_eq!(listing.level, Some(8));
    listing.read(5, at(30), at(31), Duration::zero());
    assert_eq!((listing.level, listing.unseen), (Some(5), 3));
    listing.sold(3, at(25));
    assert_eq!((listing.level, listing.unseen), (Some(5), 0));
    listing.sold(1, at(30));
    assert_eq!(listing.level, None);
}

#[test]
fn g24_a_listing_is_changed_no_more_often_than_its_channel_takes_and_zero_goes_longest() {
    use sutler_core::{stock::Listing, time::from_millis};
    let noon = from_millis(1_800_000_000_000);
    let mut listing = Listing::new("A".into());
    let mut raises = 0;
    while listing.revisable_at(noon, Some(250), false).is_none() {
        listing.revise(noon);
        raises += 1;
    }
    assert_eq!(raises, 225, "a tenth is kept");
    listing.unrevised();
    assert_eq!(listing.revisable_at(noon, Some(250), false), None, "what did not arrive uses none of it");
    listing.revise(noon);
    let mut zeroes = 0;
    while listing.revisable_at(noon, Some(250), true).is_none() {
        listing.revise(noon);
        zeroes += 1;
    }
    assert_eq!(zeroes, 25);
    let again = listing.revisable_at(noon, Some(250), true).expect("not today");
    assert_eq!(again.timestamp().rem_euclid(86_400), 8 * 3_600);
    assert!(again > noon && listing.revisable_at(again, Some(250), false).is_none());
    assert_eq!(listing.revisable_at(noon, None, false), None);
}
