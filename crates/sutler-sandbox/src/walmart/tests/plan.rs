//! The standard plan: the promised mix for any seed, and the same world for the same seed.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::support::*;
use crate::walmart::plan::{Defect, FulfilledBy};
use crate::walmart::{Settings, World};

fn standard(seed: u64, orders: u32) -> Settings {
    Settings { orders, ..Settings::new(seed, origin()) }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_mix_holds_for_every_seed(seed in any::<u64>(), orders in 0_u32..400) {
        let mut world = World::new(standard(seed, orders));
        let plan = world.plan();
        prop_assert_eq!(plan.len(), orders as usize);
        let ids: BTreeSet<_> = plan.iter().map(|entry| &entry.id).collect();
        prop_assert_eq!(ids.len(), plan.len());
        let mut defects: BTreeMap<Defect, usize> = BTreeMap::new();
        for entry in &plan {
            *defects.entry(entry.defect).or_default() += 1;
            prop_assert!(entry.defect == Defect::None || entry.fulfilled_by == FulfilledBy::Seller);
            prop_assert_eq!(entry.cancel_request_at.is_some(), entry.defect == Defect::CancelRequest);
            prop_assert!(entry.placed_at < origin() && entry.placed_at >= after(-3 * 3600));
        }
        let sellers = plan.iter().filter(|entry| entry.fulfilled_by == FulfilledBy::Seller).count();
        let sound = plan.iter().filter(|e| e.fulfilled_by == FulfilledBy::Seller && e.defect == Defect::None).count();
        prop_assert!(sound * 100 >= sellers * 85, "{sound} of {sellers}");
        if orders >= 100 {
            prop_assert_eq!(defects.get(&Defect::UnmappedSku), Some(&1));
            prop_assert!(defects.get(&Defect::CancelRequest).is_some_and(|n| *n >= 2));
            prop_assert!(defects.contains_key(&Defect::BadAddress) && defects.contains_key(&Defect::ShortStock));
        }
        // Only the planned shortages and the unmapped SKU are short.
        let on_hand = world.on_hand();
        world.effects(origin());
        for order in &world.orders {
            let short = order.standing.lines.iter().any(|line| {
                on_hand.get(&line.sku).is_none_or(|n| *n < world.stock.get(&line.sku).map_or(0, |s| s.own.sold))
            });
            let planned = matches!(order.defect, Defect::ShortStock | Defect::UnmappedSku);
            prop_assert_eq!(order.sellers() && short, planned, "{}", order.id);
        }
    }
}

#[test]
fn the_same_seed_is_the_same_world_byte_for_byte() {
    let bodies = |seed: u64| {
        let mut client = Client::new(standard(seed, 50));
        ["/v3/orders?limit=50", "/_sandbox/plan", "/_sandbox/on-hand", "/v3/inventories?limit=50"]
            .map(|path| client.send("GET", path, "").answer.map(|answer| answer.into_body()))
    };
    assert_eq!(bodies(7), bodies(7));
    assert_ne!(bodies(7), bodies(8));
}

#[test]
fn orders_arrive_at_the_rate_and_stop_at_the_most() {
    let settings = Settings { arrivals_per_minute: 30.0, arrivals_max: 100, ..standard(7, 10) };
    let mut world = World::new(settings);
    world.advance(after(60));
    let arrived = world.plan().len() - 10;
    assert!((20..=40).contains(&arrived), "{arrived} in the first minute");
    world.advance(after(3600));
    assert_eq!(world.plan().len(), 110);
}

#[test]
fn advancing_in_steps_or_at_once_is_the_same() {
    let settings = Settings { arrivals_per_minute: 5.0, arrivals_max: 50, ..standard(7, 20) };
    let (mut steps, mut once) = (World::new(settings.clone()), World::new(settings));
    for minute in 0..600 {
        steps.advance(after(minute * 1440));
    }
    once.advance(after(599 * 1440));
    assert_eq!(steps.orders, once.orders);
    assert_eq!(steps.stock, once.stock);
    assert_eq!(steps.effects, once.effects);
}

#[test]
fn what_walmart_fulfils_goes_its_own_way() {
    let sale = order("W1").line("A", 2).fulfilled_by(FulfilledBy::Marketplace);
    let mut client = Client::new(quiet(vec![sale]));
    let mut status = |seconds: i64| {
        client.at(seconds).renew();
        let (_, body) = client.get("/v3/orders/W1");
        let line = &body["order"]["orderLines"]["orderLine"][0];
        line["orderLineStatuses"]["orderLineStatus"][0]["status"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!([status(0), status(86_400), status(4 * 86_400)], ["Acknowledged", "Shipped", "Delivered"]);
}
