//! A world and its log are one; the same seed is the same world.

use serde_json::json;

use super::support::*;
use crate::ebay::{Faults, RecoverError, Settings, World};
use crate::{Marketplace, Pool};

fn lively() -> Settings {
    Settings {
        orders: 60,
        arrivals_per_minute: 20.0,
        arrivals_max: 30,
        faults: Faults::preset("hostile").unwrap_or_default(),
        log: true,
        ..Settings::new(11, origin())
    }
}

/// Does a bit of everything.
fn busy(client: &mut Client) {
    let ids: Vec<String> = client.world.plan().into_iter().map(|entry| entry.id).collect();
    for (round, id) in ids.iter().enumerate() {
        client.now += chrono::Duration::seconds(3);
        if client.get(&format!("{ORDERS}?limit=20")).0 == 401 {
            client.renew();
        }
        client.ship(id, 1, &format!("1Z{round}"));
        client.set(item("SKU-0001", round as i64));
        client.trade(
            "ReviseInventoryStatus",
            "<InventoryStatus><SKU>SKU-0002</SKU><Quantity>3</Quantity></InventoryStatus>",
        );
        if round % 9 == 0 {
            client.post(CANCEL, &json!({"legacyOrderId": id, "cancelReason": "BUYER_ASKED_CANCEL"}));
        }
        let reply = client.send("GET", ORDERS, "");
        if round % 7 == 0 {
            client.world.dropped(reply.id);
        }
        client.world.take_notifications(client.now);
    }
}

#[test]
fn a_recovered_world_goes_on_as_if_nothing_had_happened() -> Result<(), RecoverError> {
    let mut client = Client::new(lively());
    busy(&mut client);
    let lines = client.world.take_log();
    let mut again = World::recover(lively(), lines.iter().map(String::as_str))?;
    assert_eq!(again.last_instant(), client.world.last_instant());
    assert_eq!(again.fired(), client.world.fired());
    let later = client.now + chrono::Duration::hours(2);
    assert_eq!(again.effects(later), client.world.effects(later));
    let request = client.request("GET", ORDERS, "");
    let body = |world: &mut World| world.receive(later, &request).answer.map(|answer| answer.into_body());
    assert_eq!(body(&mut again), body(&mut client.world));
    Ok(())
}

#[test]
fn the_same_seed_is_the_same_world_and_another_is_not() {
    let run = |seed: u64| {
        let mut client = Client::new(Settings { seed, ..lively() });
        busy(&mut client);
        (client.world.effects(client.now), client.world.fired().clone(), client.get(ORDERS).1)
    };
    assert_eq!(run(1), run(1));
    assert_ne!(run(1).2, run(2).2);
}

#[test]
fn a_torn_line_is_dropped_and_another_log_refused() {
    let mut client = Client::new(lively());
    client.get(ORDERS);
    let mut lines = client.world.take_log();
    lines.push("{\"t\":17954".into());
    assert!(World::recover(lively(), lines.iter().map(String::as_str)).is_ok());
    let other = Settings { seed: 12, ..lively() };
    let refused = World::recover(other, lines.iter().map(String::as_str));
    assert!(matches!(refused, Err(RecoverError::Settings { field, .. }) if field == "seed"));
    let walmart = [String::from("{\"sutler_sandbox\":\"walmart\",\"format\":2,\"settings\":{}}")];
    assert!(matches!(
        World::recover(lively(), walmart.iter().map(String::as_str)),
        Err(RecoverError::Header(_))
    ));
}

#[test]
fn it_shares_a_shelf_with_a_walmart_that_sells_the_same() {
    let on_hand = || [("A".to_owned(), 1)].into_iter().collect();
    let pool = Pool::new();
    let mut ebay = World::new(Settings {
        on_hand: on_hand(),
        ..quiet(vec![crate::plan::PlannedOrder::seller(after(2)).line("A", 1)])
    });
    let mut walmart = crate::walmart::World::new(crate::walmart::Settings {
        on_hand: on_hand(),
        plan: crate::plan::Plan::Explicit(vec![crate::plan::PlannedOrder::seller(after(1)).line("A", 1)]),
        ..crate::walmart::Settings::new(1, origin())
    });
    Marketplace::share(&mut walmart, &pool);
    Marketplace::share(&mut ebay, &pool);
    assert_eq!(walmart.effects(after(5)).oversold_in_window, 0);
    assert_eq!(ebay.effects(after(5)).oversold_in_window, 1, "the one unit was gone already");
}
