//! Every fault, alone and always: it does what it says, stays within its bounds, and is counted.

use std::collections::BTreeSet;

use chrono::Duration;
use serde_json::json;

use super::support::*;
use crate::ebay::plan::PlannedOrder;
use crate::ebay::{FAULTS, Faults, Settings};

fn faulty(faults: Faults) -> Client {
    let mut settings = quiet(vec![order("O1").line("A", 5), order("O2").line("A", 1)]);
    settings.on_hand.insert("A".into(), 50);
    let mut client = Client::new(settings);
    client.world.settings.faults = faults;
    client
}

fn shipped(client: &mut Client) -> u32 {
    client.world.effects(client.now).ship.values().sum()
}

/// Ships one unit without asking for the order first.
fn ship(client: &mut Client) -> u16 {
    let body = parcel("10000000000001", 1, "1Z1");
    client.post(&format!("{ORDERS}/O1/shipping_fulfillment"), &body).0
}

#[test]
fn late_orders_show_within_the_bound_and_not_by_id_before() {
    let faults = Faults { late_visible: 1000, late_visible_max_s: 3600, ..Faults::default() };
    let sale = PlannedOrder::seller(after(10)).id("O1").line("A", 1);
    let mut client = Client::new(with(faults, vec![sale]));
    client.at(10);
    assert_eq!(
        (client.get(ORDERS).1["total"].clone(), client.get(&format!("{ORDERS}/O1")).0),
        (0.into(), 404)
    );
    assert_eq!(client.level("A"), 0);
    client.at(10 + 3600);
    assert_eq!(
        (client.get(ORDERS).1["total"].clone(), client.get(&format!("{ORDERS}/O1")).0),
        (1.into(), 200)
    );
    assert_eq!(client.fired("late_visible"), 1);
}

#[test]
fn reads_lag_behind_a_write_within_the_bound() {
    let mut client = faulty(Faults { read_lag: 1000, read_lag_max_s: 60, ..Faults::default() });
    assert_eq!(ship(&mut client), 201);
    assert_eq!(client.one("O1")["orderFulfillmentStatus"], "NOT_STARTED");
    assert_eq!(client.get(&format!("{ORDERS}/O1/shipping_fulfillment")).1["total"], 0);
    assert!(client.fired("read_lag") > 1);
    client.at(60);
    assert_eq!(client.one("O1")["orderFulfillmentStatus"], "IN_PROGRESS");
    assert_eq!(client.set(item("A", 7)).0, 200);
    let quantity = |client: &mut Client| {
        client.get("/sell/inventory/v1/inventory_item/A").1["availability"]["shipToLocationAvailability"]["quantity"].clone()
    };
    assert_eq!((quantity(&mut client), client.level("A")), (44.into(), 7));
    client.at(120);
    assert_eq!(quantity(&mut client), 7);
}

#[test]
fn pages_that_shift_show_it_in_the_total() {
    let orders = (0..30).map(|n| order(&format!("O{n}")).line("A", 1)).collect();
    let mut client = Client::new(with(Faults { page_repeat: 1000, ..Faults::default() }, orders));
    let (_, first) = client.get(&format!("{ORDERS}?limit=10"));
    let (_, second) = client.get(&format!("{ORDERS}?limit=10&offset=10"));
    assert!(ids(&second).iter().any(|id| ids(&first).contains(id)), "rows of the page before");
    let total = |body: &serde_json::Value| body["total"].as_u64().unwrap_or_default();
    assert!(total(&first) == 30 && (31..=33).contains(&total(&second)));
    assert_eq!(client.fired("page_repeat"), 1);
}

#[test]
fn requests_are_refused_though_the_day_has_calls() {
    for (faults, name) in [
        (Faults { throttle: 1000, ..Faults::default() }, "throttle"),
        (Faults { storm: 1000, ..Faults::default() }, "storm"),
    ] {
        let mut client = faulty(faults);
        assert_eq!(client.get(ORDERS).0, 429);
        assert!(client.trade("GetUser", "").1.contains("<ErrorCode>518</ErrorCode>"));
        assert_eq!((client.fired(name), client.world.effects(client.now).status_429), (2, 1));
    }
    let mut client = Client::new(with(Faults { bucket_percent: 50, ..Faults::default() }, Vec::new()));
    let granted = (0..5_000).filter(|_| client.get("/post-order/v2/return/search").0 == 200).count();
    assert_eq!((granted, client.fired("small_bucket")), (2_500, 2_500));
}

#[test]
fn failing_or_lost_before_changes_nothing() {
    let mut client = faulty(Faults { error_before: 1000, ..Faults::default() });
    assert!(ship(&mut client) >= 500 && client.get(ORDERS).0 >= 500);
    assert_eq!((shipped(&mut client), client.fired("error_before")), (0, 2));
    let mut client = faulty(Faults { lost_before: 1000, hang: 1000, ..Faults::default() });
    let reply = client.send("GET", ORDERS, "");
    assert!(reply.answer.is_none() && reply.hang);
    assert_eq!(ship(&mut client), 0);
    assert_eq!((shipped(&mut client), client.fired("lost_before")), (0, 2));
}

#[test]
fn single_rows_of_a_bulk_fail_for_a_while() {
    let mut client = faulty(Faults { error_before: 200, ..Faults::default() });
    let mut partial = 0;
    for level in 0..60 {
        let (status, body) = client.set(item("A", level));
        if status == 207 {
            partial += 1;
            assert_eq!(body["responses"][0]["errors"][0]["errorId"], 25_001);
            assert_eq!(body["responses"][0]["errors"][0]["category"], "APPLICATION");
            assert_ne!(client.level("A"), level);
        }
    }
    assert!(partial > 0);
}

#[test]
fn failing_or_lost_after_has_changed_everything() {
    let mut client = faulty(Faults { error_after: 1000, ..Faults::default() });
    assert!(ship(&mut client) >= 500);
    assert_eq!((shipped(&mut client), client.fired("error_after")), (1, 1));
    let mut client = faulty(Faults { lost_after: 1000, hang: 0, ..Faults::default() });
    assert_eq!(ship(&mut client), 0);
    assert_eq!((shipped(&mut client), client.fired("lost_after")), (1, 1));
    let refused = client.post(&format!("{ORDERS}/O1/shipping_fulfillment"), &parcel("7", 1, "1Z1"));
    assert_eq!(refused.0, 400, "a refusal is still answered");
    assert_eq!(client.fired("lost_after"), 1);
}

#[test]
fn a_late_write_applies_later_within_the_bound() {
    let mut client = faulty(Faults { late_apply: 1000, apply_max_s: 120, ..Faults::default() });
    assert_eq!((ship(&mut client), shipped(&mut client)), (0, 0));
    client.at(120);
    assert_eq!((shipped(&mut client), client.fired("late_apply")), (1, 1));
    assert_eq!(client.set(item("A", 3)).0, 0);
    assert_eq!(client.level("A"), 44);
    client.at(240);
    assert_eq!(client.level("A"), 3);
}

#[test]
fn a_set_may_be_answered_and_ignored() {
    let mut client = faulty(Faults { stock_ignored: 1000, ..Faults::default() });
    assert_eq!((client.set(item("A", 3)).0, client.level("A")), (200, 44));
    assert_eq!(client.fired("stock_ignored"), 1);
}

#[test]
fn tokens_die_early_and_are_refused() {
    let mut client = faulty(Faults { token_death: 1000, ..Faults::default() });
    assert_eq!(client.get(ORDERS).0, 401);
    client.world.settings.faults = Faults::default();
    assert_eq!(client.get("/sell/inventory/v1/inventory_item").0, 403, "dead tokens stay dead");
    client.renew();
    assert_eq!(client.get(ORDERS).0, 200);
    client.world.settings.faults = Faults { token_refused: 1000, ..Faults::default() };
    let (status, _) = client.ask_token("grant_type=client_credentials");
    assert!(status >= 429);
    assert_eq!((client.fired("token_death"), client.fired("token_refused")), (1, 1));
}

#[test]
fn nothing_gets_through_an_outage() {
    let mut client = faulty(Faults { outage_start_s: 60, outage_length_s: 5 * 3600, ..Faults::default() });
    assert_eq!(client.at(59).get(ORDERS).0, 200);
    for second in [60, 3600, 5 * 3600 + 59] {
        let status = client.at(second).get(ORDERS).0;
        assert!(status == 0 || status >= 500, "{status}");
    }
    client.at(5 * 3600 + 60).renew();
    assert_eq!((client.get(ORDERS).0, client.fired("outage")), (200, 3));
}

#[test]
fn payloads_are_strange_but_whole() {
    let faults = Faults { unknown_text: 1000, loose: 1000, masked: 1000, ..Faults::default() };
    let mut client = Client::new(with(faults, vec![order("O1").line("A", 5)]));
    assert_eq!(client.one("O1")["lineItems"][0]["soldFormat"], "LIVE_SHOW");
    assert_eq!(ship(&mut client), 201);
    let (mut bare, mut hushed) = (0, 0);
    for _ in 0..40 {
        let order = client.one("O1");
        let line = &order["lineItems"][0];
        assert_eq!((&line["sku"], &line["quantity"]), (&"A".into(), &5.into()));
        bare += usize::from(line.get("refunds").is_none());
        hushed +=
            usize::from(order["fulfillmentStartInstructions"][0].get("ebaySupportedFulfillment").is_none());
        let ship_to = &order["fulfillmentStartInstructions"][0]["shippingStep"]["shipTo"];
        assert!(ship_to.get("fullName").is_none() && ship_to["contactAddress"]["city"].is_string());
    }
    assert!(bare > 0 && hushed > 0, "{bare} {hushed}");
    assert!(["unknown_text", "loose", "masked"].into_iter().all(|fault| client.fired(fault) > 0));
}

#[test]
fn all_faults_fire_in_a_hostile_world_and_only_named_ones() {
    let mut seen = BTreeSet::new();
    for seed in 0..6 {
        let faults = Faults::preset("hostile").unwrap_or_default();
        let mut settings = Settings { orders: 60, seed, faults, ..Settings::new(seed, origin()) };
        settings.latency_ms = (0, 0);
        // A day's calls are too many to use up here.
        settings.faults.bucket_percent = 1;
        let mut client = Client::new(settings);
        let ids: Vec<String> = client.world.plan().into_iter().map(|entry| entry.id).collect();
        for (round, id) in ids.iter().cycle().take(300).enumerate() {
            client.now += Duration::milliseconds(1_400);
            if client.get(&format!("{ORDERS}?limit=20")).0 == 401 {
                client.renew();
            }
            client.get(&format!("{ORDERS}?limit=20&offset=20"));
            client.ship(id, 1, &format!("1Z{round}"));
            client.set(item("SKU-0001", round as i64));
            client.get("/post-order/v2/return/search");
            if round % 30 == 0 {
                client.post(CANCEL, &json!({"legacyOrderId": id, "cancelReason": "BUYER_ASKED_CANCEL"}));
                client.renew();
            }
        }
        seen.extend(client.world.fired().keys().copied());
    }
    let all: BTreeSet<&str> = FAULTS.into_iter().collect();
    assert_eq!(seen, all);
}

#[test]
fn the_same_request_again_throws_other_dice_and_the_rest_of_the_world_none() {
    let statuses = |extra: bool| {
        let mut client = faulty(Faults { error_before: 500, ..Faults::default() });
        (0..20)
            .map(|_| {
                if extra {
                    client.get(&format!("{ORDERS}/O2"));
                }
                ship(&mut client)
            })
            .collect::<Vec<_>>()
    };
    let alone = statuses(false);
    assert!(alone.contains(&201) && alone.iter().any(|status| *status >= 500));
    assert_eq!(alone, statuses(true), "other requests in between change nothing");
}
