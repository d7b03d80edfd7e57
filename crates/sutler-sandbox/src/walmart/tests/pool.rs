//! Two worlds that sell from one shelf.

use super::support::*;
use crate::Pool;
use crate::plan::PlannedOrder;
use crate::walmart::{RecoverError, Settings, World};

fn shop(seed: u64, orders: Vec<PlannedOrder>, units: i64) -> Settings {
    let on_hand = [("A".to_owned(), units)].into_iter().collect();
    Settings { seed, on_hand, log: true, ..quiet(orders) }
}

/// Two clients of one shelf with ten units, three of which the second sells after ten seconds.
fn shops() -> (Client, Client) {
    let pool = Pool::new();
    let mut shops = [
        Client::new(shop(1, vec![order("ONE").line("A", 1)], 10)),
        Client::new(shop(2, vec![PlannedOrder::seller(after(10)).id("TWO").line("A", 3)], 10)),
    ];
    shops.iter_mut().for_each(|shop| shop.world.share(&pool));
    shops.into()
}

#[test]
fn what_one_marketplace_told_of_is_not_there_for_the_other() {
    let (mut one, mut two) = shops();
    assert_eq!(one.world.on_hand().get("A"), Some(&10), "declared twice, there once");
    assert_eq!(one.get("/v3/orders").0, 200);
    one.at(20).world.advance(after(20));
    assert_eq!(one.put_level("A", 9).0, 200);
    assert_eq!(one.world.effects(one.now).reoffered_after_seen, 0, "nobody was told of the other's sale yet");
    assert_eq!(two.at(20).get("/v3/orders").0, 200);
    two.world.advance(after(20));
    assert_eq!(one.put_level("A", 8).0, 200);
    assert_eq!(one.world.effects(one.now).reoffered_after_seen, 0, "offered too long, and not again");
    assert_eq!(one.put_level("A", 6).0, 200);
    assert_eq!(one.put_level("A", 9).0, 200);
    assert_eq!(one.world.effects(one.now).reoffered_after_seen, 3, "ten less one less three are six");
    assert_eq!(one.put_level("A", 6).0, 200);
    assert_eq!(one.world.effects(one.now).reoffered_after_seen, 3);
    assert_eq!(two.put_level("A", 8).0, 200);
    assert_eq!(two.world.effects(two.now).reoffered_after_seen, 1, "seven are left of its own sales");
}

#[test]
fn the_last_unit_sold_on_both_is_oversold_once() {
    let pool = Pool::new();
    let mut worlds = [
        World::new(shop(1, vec![PlannedOrder::seller(after(1)).line("A", 1)], 1)),
        World::new(shop(2, vec![PlannedOrder::seller(after(2)).line("A", 1)], 1)),
    ];
    worlds.iter_mut().for_each(|world| world.share(&pool));
    assert_eq!(worlds.map(|mut world| world.effects(after(5)).oversold_in_window), [0, 1]);
}

#[test]
fn what_plans_bring_adds_up_and_a_declared_total_replaces_it() {
    let pool = Pool::new();
    let mut worlds = [1, 2].map(|seed| World::new(Settings { orders: 40, ..Settings::new(seed, origin()) }));
    let alone: Vec<i64> =
        worlds.iter().map(|world| world.on_hand().get("SKU-0001").copied().unwrap_or_default()).collect();
    worlds.iter_mut().for_each(|world| world.share(&pool));
    let [mut one, two] = worlds;
    one.advance(origin());
    assert_eq!(one.on_hand().get("SKU-0001"), Some(&alone.iter().sum()));
    let mut client = Client { world: two, token: String::new(), now: origin() };
    assert_eq!(client.call("POST", "/_sandbox/on-hand", "{\"SKU-0001\":5}").1["SKU-0001"], 5);
    one.advance(origin());
    assert_eq!(one.on_hand().get("SKU-0001"), Some(&5));
}

#[test]
fn a_world_of_a_pool_is_recovered_from_its_own_log_alone() -> Result<(), RecoverError> {
    let (mut one, mut two) = shops();
    two.at(20).get("/v3/orders");
    two.world.advance(after(21));
    one.at(30).put_level("A", 6);
    one.put_level("A", 9);
    one.at(31).get("/v3/orders");
    two.at(40).put_level("A", 9);
    for (client, seed) in [(&mut one, 1), (&mut two, 2)] {
        let lines = client.world.take_log();
        let settings = Settings { seed, ..client.world.settings().clone() };
        let mut again = World::recover(settings, lines.iter().map(String::as_str))?;
        let counted = client.world.effects(after(60));
        assert!(counted.reoffered_after_seen > 0);
        assert_eq!(again.effects(after(60)), counted);
        assert_eq!(again.on_hand(), client.world.on_hand());
        let pool = Pool::new();
        again.share(&pool);
        assert_eq!(again.effects(after(60)), counted, "shared once more it declares nothing again");
    }
    Ok(())
}
