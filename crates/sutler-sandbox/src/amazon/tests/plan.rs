//! The standard plan: the promised mix for any seed, and the same world for the same seed.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::support::*;
use crate::amazon::{Settings, World};
use crate::plan::{Defect, FulfilledBy};
use crate::{Pool, walmart};

fn standard(seed: u64, orders: u32) -> Settings {
    Settings { orders, ..Settings::new(seed, origin()) }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

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
            prop_assert!(entry.fulfilled_by != FulfilledBy::ThirdParty);
            prop_assert!(entry.defect == Defect::None || entry.fulfilled_by == FulfilledBy::Seller);
        }
        if orders >= 100 {
            prop_assert_eq!(defects.get(&Defect::UnmappedSku), Some(&1));
            prop_assert!(defects.contains_key(&Defect::BadAddress) && defects.contains_key(&Defect::ShortStock));
            prop_assert!(defects.get(&Defect::CancelRequest).is_some_and(|n| *n >= 2));
        }
        if orders >= 300 {
            prop_assert!(world.orders.iter().any(|order| order.standing.pending));
            prop_assert!(world.orders.iter().any(|order| order.programs.contains(&"PRIME".to_owned())));
        }
        let items: BTreeSet<&String> = world.orders.iter().flat_map(|o| &o.standing.items).map(|item| &item.id).collect();
        prop_assert_eq!(items.len(), world.orders.iter().map(|o| o.standing.items.len()).sum::<usize>());
        // Only the planned shortages and the unmapped SKU are short.
        let on_hand = world.on_hand();
        world.effects(origin());
        for order in &world.orders {
            let short = order.standing.items.iter().any(|item| {
                on_hand.get(&item.sku).is_none_or(|n| *n < world.stock.get(&item.sku).map_or(0, |s| s.own.sold))
            });
            let planned = matches!(order.defect, Defect::ShortStock | Defect::UnmappedSku);
            prop_assert_eq!(order.sellers() && short, planned, "{}", order.id);
        }
        world.advance(after(601));
        prop_assert!(world.orders.iter().all(|order| !order.standing.pending), "all are paid for ten minutes later");
    }
}

#[test]
fn the_same_seed_is_the_same_world_byte_for_byte() {
    let bodies = |seed: u64| {
        let mut client = Client::new(standard(seed, 50));
        let search =
            "/orders/2026-01-01/orders?createdAfter=2026-11-01&includedData=FULFILLMENT,RECIPIENT,PROCEEDS";
        [search, "/_sandbox/plan", "/_sandbox/on-hand", "/_sandbox/effects"]
            .map(|path| client.send("GET", path, "").answer.map(|answer| answer.into_body()))
    };
    assert_eq!(bodies(7), bodies(7));
    assert_ne!(bodies(7), bodies(8));
}

#[test]
fn it_can_sell_what_walmart_sells_from_the_same_shelf() {
    let mut walmart =
        walmart::World::new(walmart::Settings { orders: 60, ..walmart::Settings::new(7, origin()) });
    let mut amazon = World::new(Settings { skus: "SKU".into(), ..standard(7, 60) });
    let sum: i64 =
        [walmart.on_hand(), amazon.on_hand()].iter().filter_map(|shelf| shelf.get("SKU-0001")).sum();
    let pool = Pool::new();
    walmart.share(&pool);
    amazon.share(&pool);
    walmart.advance(origin());
    assert_eq!(
        (walmart.on_hand().get("SKU-0001"), amazon.on_hand().get("SKU-0001")),
        (Some(&sum), Some(&sum))
    );
    assert!(
        amazon.on_hand().keys().any(|sku| sku.starts_with("SCARCE-AMZ")),
        "what is scarce is each one's own"
    );
    let ids =
        |plan: Vec<crate::plan::PlanEntry>| plan.into_iter().map(|entry| entry.placed_at).collect::<Vec<_>>();
    assert_ne!(ids(walmart.plan()), ids(amazon.plan()), "other orders all the same");
    assert!(World::new(standard(7, 60)).on_hand().contains_key("AMZ-0001"));
}

#[test]
fn what_walmart_told_of_is_not_offered_again_here() {
    let units = [("A".to_owned(), 10)].into_iter().collect::<BTreeMap<_, _>>();
    let sale = crate::plan::PlannedOrder::seller(after(-3600)).id("PO1").line("A", 4);
    let mut walmart = walmart::World::new(walmart::Settings {
        plan: crate::plan::Plan::Explicit(vec![sale]),
        on_hand: units.clone(),
        latency_ms: (0, 0),
        ..walmart::Settings::new(7, origin())
    });
    let mut client = Client::new(Settings { on_hand: units, ..quiet(Vec::new()) });
    let pool = Pool::new();
    walmart.share(&pool);
    client.world.share(&pool);
    assert_eq!(client.set("A", 10).0, 200);
    assert_eq!(client.at(5).effects().reoffered_after_seen, 0, "Walmart has told nobody");
    let form = bytes::Bytes::from_static(b"grant_type=client_credentials");
    let ask = |method: &str, path: &str, name: &str, value: &str, body: bytes::Bytes| {
        http::Request::builder()
            .method(method)
            .uri(format!("https://marketplace.walmartapis.com{path}"))
            .header(name, value)
            .header("wm_qos.correlation_id", "1")
            .header("wm_svc.name", "x")
            .header("accept", "application/json")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body)
            .unwrap_or_default()
    };
    let basic = "Basic c2FuZGJveC1jbGllbnQ6c2FuZGJveC1zZWNyZXQ=";
    let answer = walmart.receive(after(5), &ask("POST", "/v3/token", "authorization", basic, form)).answer;
    let token =
        json_of(answer.unwrap_or_default().body())["access_token"].as_str().unwrap_or_default().to_owned();
    let list = ask("GET", "/v3/orders", "wm_sec.access_token", &token, bytes::Bytes::new());
    assert_eq!(walmart.receive(after(6), &list).answer.map(|a| a.status().as_u16()), Some(200));
    walmart.advance(after(7));
    assert_eq!(client.at(8).set("A", 9).0, 200);
    assert_eq!(client.at(12).effects().reoffered_after_seen, 0, "offered too long, and not again");
    assert_eq!(client.at(20).set("A", 0).0, 200);
    assert_eq!(client.at(30).set("A", 10).0, 200);
    assert_eq!(client.at(34).effects().reoffered_after_seen, 4);
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
    let settings =
        Settings { arrivals_per_minute: 5.0, arrivals_max: 50, subscribed: true, ..standard(7, 20) };
    let (mut steps, mut once) = (World::new(settings.clone()), World::new(settings));
    for minute in 0..600 {
        steps.advance(after(minute * 2880));
    }
    once.advance(after(599 * 2880));
    assert_eq!(steps.orders, once.orders);
    assert_eq!(steps.stock, once.stock);
    assert_eq!(steps.effects, once.effects);
    assert_eq!(steps.outbox, once.outbox);
}
