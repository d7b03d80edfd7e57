//! The standard plan, and what a connector needs to know to connect.

use std::collections::BTreeSet;

use super::support::*;
use crate::Marketplace as _;
use crate::ebay::plan::{Defect, FulfilledBy};
use crate::ebay::{Settings, World};

fn standard() -> Settings {
    Settings { orders: 300, ..Settings::new(7, origin()) }
}

#[test]
fn it_has_some_of_everything() {
    let world = World::new(standard());
    let plan = world.plan();
    assert_eq!(plan.len(), 300);
    let count = |defect| plan.iter().filter(|entry| entry.defect == defect).count();
    for (defect, least) in [
        (Defect::BadAddress, 6),
        (Defect::ShortStock, 6),
        (Defect::UnmappedSku, 1),
        (Defect::CancelRequest, 3),
    ] {
        assert!(count(defect) >= least, "{defect:?}");
    }
    assert!(plan.iter().filter(|entry| entry.fulfilled_by == FulfilledBy::Marketplace).count() >= 20);
    let orders = &world.orders;
    assert!(orders.iter().any(|order| order.standing.lines.len() > 1));
    assert!(orders.iter().any(|order| order.standing.lines.iter().any(|line| line.ordered > 1)));
    assert!(orders.iter().any(|order| order.pays > origin().timestamp_millis()), "unpaid at the start");
    assert!(orders.iter().any(|order| order.is_in("EBAY_INTERNATIONAL_SHIPPING")));
    let deadlines = |order: &crate::ebay::order::Order| {
        order.standing.lines.iter().map(|line| line.ship_by).collect::<BTreeSet<_>>().len()
    };
    assert!(orders.iter().any(|order| deadlines(order) > 1), "each line its own deadline");
    let trading = world.listings.values().filter(|listing| listing.offer_id.is_none()).count();
    assert!((1..20).contains(&trading), "{trading}");
}

#[test]
fn ids_are_unique_and_shaped_as_ebays() {
    let world = World::new(Settings { orders: 2_000, ..standard() });
    let ids: BTreeSet<String> = world.plan().into_iter().map(|entry| entry.id).collect();
    assert_eq!(ids.len(), 2_000);
    assert!(ids.iter().all(|id| {
        let parts: Vec<usize> = id.split('-').map(str::len).collect();
        parts == [2, 5, 5] && id.bytes().all(|b| b.is_ascii_digit() || b == b'-')
    }));
    let items: BTreeSet<&String> = world.items.keys().collect();
    assert_eq!(items.len(), world.listings.len());
}

#[test]
fn its_skus_are_walmarts_and_their_stock_is_enough() {
    let ebay = World::new(standard());
    let walmart = crate::walmart::World::new(crate::walmart::Settings {
        orders: 300,
        ..crate::walmart::Settings::new(7, origin())
    });
    let skus = |on_hand: std::collections::BTreeMap<String, i64>| -> BTreeSet<String> {
        on_hand.into_keys().filter(|sku| sku.starts_with("SKU")).collect()
    };
    assert_eq!(skus(ebay.on_hand()), skus(walmart.on_hand()));
    let other = World::new(Settings { skus: "EB".into(), ..standard() });
    assert!(other.on_hand().keys().any(|sku| sku.starts_with("EB-")));
}

#[test]
fn orders_arrive_and_are_paid_in_time() {
    let mut client = Client::new(Settings {
        arrivals_per_minute: 60.0,
        arrivals_max: 50,
        latency_ms: (0, 0),
        ..standard()
    });
    client.at(1_800);
    client.renew();
    assert_eq!(client.world.plan().len(), 350);
    let (_, body) = client.get(&format!("{ORDERS}?limit=200"));
    assert_eq!(body["total"], 350, "all are paid half an hour after the origin");
}

#[test]
fn the_door_says_where_and_with_what() {
    let world = World::new(standard());
    let fields = world.door().fields("http://127.0.0.1:8080");
    assert_eq!(fields["marketplace"], "ebay");
    assert_eq!(fields["token_url"], "http://127.0.0.1:8080/identity/v1/oauth2/token");
    assert_eq!(fields["refresh_token"], "v^1.1#i^1#r^1#sandbox-refresh");
    let key = fields["notification_key_url"].as_str().unwrap_or_default();
    assert!(key.starts_with("http://127.0.0.1:8080/commerce/notification/v1/public_key/"), "{key}");
}

#[test]
fn the_effects_have_the_agreed_keys() {
    let mut client = Client::new(quiet(vec![order("O1").line("A", 1)]));
    let (_, body) = client.get("/_sandbox/effects");
    for key in [
        "acknowledge",
        "ship",
        "shipments",
        "cancel",
        "stock",
        "reoffered_after_seen",
        "oversold_in_window",
        "requests",
        "status_429",
    ] {
        assert!(body.get(key).is_some(), "{key}");
    }
    assert_eq!(client.call("POST", "/_sandbox/on-hand", "{\"A\":5}").1["A"], 5);
    assert_eq!(client.call("POST", "/_sandbox/on-hand", "{\"A\":-5}").0, 400);
    assert_eq!(client.get("/_sandbox/plan").1["orders"][0]["id"], "O1");
    assert!(client.get("/_sandbox/fired").1.is_object());
    assert_eq!(client.get("/_sandbox/nothing").0, 404);
}
