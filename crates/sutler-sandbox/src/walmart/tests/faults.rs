//! Every fault, alone and always: it does what it says, stays within its bounds, and is counted.

use std::collections::BTreeSet;

use chrono::Duration;
use serde_json::Value;

use super::support::*;
use crate::walmart::plan::PlannedOrder;
use crate::walmart::{Faults, Settings};

fn faulty(faults: Faults) -> Client {
    let mut client = Client::new(quiet(vec![order("PO1").line("A", 5), order("PO2").line("A", 1)]));
    client.world.settings.faults = faults;
    client
}

fn acknowledged(client: &mut Client) -> bool {
    client.world.effects(client.now).acknowledge.contains_key("PO1")
}

fn fired(client: &Client, fault: &str) -> u64 {
    client.world.fired().get(fault).copied().unwrap_or_default()
}

#[test]
fn late_orders_show_within_the_bound_and_not_by_id_before() {
    let faults = Faults { late_visible: 1000, late_visible_max_s: 3600, ..Faults::default() };
    let sale = PlannedOrder::seller(after(10)).id("PO1").line("A", 1);
    let mut client = Client::new(with(faults, vec![sale]));
    client.at(10);
    assert_eq!((client.get("/v3/orders").0, client.get("/v3/orders/PO1").0), (404, 404));
    assert_eq!(client.world.effects(client.now).stock.get("A"), Some(&0));
    client.at(10 + 3600).renew();
    assert_eq!((client.get("/v3/orders").0, client.get("/v3/orders/PO1").0), (200, 200));
    assert_eq!(fired(&client, "late_visible"), 1);
}

#[test]
fn reads_lag_behind_a_write_within_the_bound() {
    let faults = Faults { read_lag: 1000, read_lag_max_s: 60, ..Faults::default() };
    let mut client = faulty(faults);
    let status = |body: &Value| {
        let line = &body["order"]["orderLines"]["orderLine"][0];
        line["orderLineStatuses"]["orderLineStatus"][0]["status"].as_str().unwrap_or_default().to_owned()
    };
    let (_, answer) = client.acknowledge("PO1");
    assert_eq!(status(&answer), "Acknowledged", "the write's own answer shows the new state");
    assert_eq!(status(&client.get("/v3/orders/PO1").1), "Created");
    assert_eq!(client.get("/v3/orders?status=Created").1["list"]["meta"]["totalCount"], 2);
    assert!(fired(&client, "read_lag") > 0);
    assert_eq!(status(&client.at(60).get("/v3/orders/PO1").1), "Acknowledged");
    assert_eq!(client.put_level("A", 77).0, 200);
    assert_ne!(client.get("/v3/inventory?sku=A").1["quantity"]["amount"], 77);
    assert_eq!(client.at(120).get("/v3/inventory?sku=A").1["quantity"]["amount"], 77);
}

#[test]
fn pages_repeat_but_never_skip() {
    let faults = Faults { page_repeat: 1000, ..Faults::default() };
    let orders = (0..30).map(|n| order(&format!("PO{n}")).line("A", 1)).collect();
    let mut client = Client::new(with(faults, orders));
    let (mut seen, mut rows, mut path) = (BTreeSet::new(), 0, "/v3/orders?limit=10".to_owned());
    for _ in 0..20 {
        let (_, body) = client.get(&path);
        for order in body["list"]["elements"]["order"].as_array().into_iter().flatten() {
            rows += 1;
            seen.insert(order["purchaseOrderId"].as_str().unwrap_or_default().to_owned());
        }
        match body["list"]["meta"]["nextCursor"].as_str() {
            Some(cursor) => path = format!("/v3/orders{cursor}"),
            None => break,
        }
    }
    assert_eq!(seen.len(), 30);
    assert!(rows > 30 && fired(&client, "page_repeat") > 0);
}

#[test]
fn requests_are_refused_though_the_bucket_has_tokens() {
    for (faults, name) in [
        (Faults { throttle: 1000, ..Faults::default() }, "throttle"),
        (Faults { storm: 1000, ..Faults::default() }, "storm"),
    ] {
        let mut client = faulty(faults);
        let answer = client.send("GET", "/v3/orders/PO1", "").answer.unwrap_or_default();
        assert_eq!(answer.status(), 429);
        assert_ne!(answer.headers().get("x-current-token-count").map(|v| v.as_bytes()), Some(&b"0"[..]));
        assert_eq!((fired(&client, name), client.world.effects(client.now).status_429), (1, 1));
    }
    let faults = Faults { bucket_percent: 50, ..Faults::default() };
    let mut client = Client::new(with(faults, vec![order("PO1").line("A", 5)]));
    let granted = (0..60).filter(|_| client.acknowledge("PO1").0 == 200).count();
    assert_eq!((granted, fired(&client, "small_bucket")), (30, 30));
}

#[test]
fn failing_or_lost_before_changes_nothing() {
    let mut client = faulty(Faults { error_before: 1000, ..Faults::default() });
    assert!(client.acknowledge("PO1").0 >= 500);
    assert!(client.get("/v3/orders/PO1").0 >= 500);
    assert!(!acknowledged(&mut client) && fired(&client, "error_before") == 2);
    let mut client = faulty(Faults { lost_before: 1000, hang: 1000, ..Faults::default() });
    let reply = client.send("POST", "/v3/orders/PO1/acknowledge", "");
    assert!(reply.answer.is_none() && reply.hang);
    assert!(!acknowledged(&mut client) && fired(&client, "lost_before") == 1);
}

#[test]
fn failing_or_lost_after_has_changed_everything() {
    let mut client = faulty(Faults { error_after: 1000, ..Faults::default() });
    assert!(client.acknowledge("PO1").0 >= 500);
    assert!(acknowledged(&mut client) && fired(&client, "error_after") == 1);
    let mut client = faulty(Faults { lost_after: 1000, hang: 0, ..Faults::default() });
    let reply = client.send("POST", "/v3/orders/PO1/acknowledge", "");
    assert!(reply.answer.is_none() && !reply.hang);
    assert!(acknowledged(&mut client) && fired(&client, "lost_after") == 1);
}

#[test]
fn a_refusal_is_still_answered_when_answers_of_writes_get_lost() {
    let mut client = faulty(Faults { lost_after: 1000, ..Faults::default() });
    assert_eq!(client.acknowledge("NONE").0, 404);
    assert_eq!(fired(&client, "lost_after"), 0);
}

#[test]
fn a_late_write_applies_later_within_the_bound() {
    let mut client = faulty(Faults { late_apply: 1000, apply_max_s: 120, ..Faults::default() });
    assert_eq!(client.acknowledge("PO1").0, 0);
    assert!(!acknowledged(&mut client));
    client.at(120);
    assert!(acknowledged(&mut client) && fired(&client, "late_apply") == 1);
    assert_eq!(client.put_level("A", 77).0, 0);
    assert_ne!(client.world.effects(client.now).stock.get("A"), Some(&77));
    assert_eq!(client.world.effects(after(240)).stock.get("A"), Some(&77));
}

#[test]
fn a_set_may_be_answered_and_ignored() {
    let mut client = faulty(Faults { stock_ignored: 1000, ..Faults::default() });
    let (status, body) = client.put_level("A", 77);
    assert_eq!((status, &body["quantity"]["amount"]), (200, &77.into()));
    assert_ne!(client.world.effects(after(3600)).stock.get("A"), Some(&77));
    assert_eq!(fired(&client, "stock_ignored"), 1);
}

#[test]
fn tokens_die_early_and_are_refused() {
    let mut client = faulty(Faults { token_death: 1000, ..Faults::default() });
    assert_eq!(client.get("/v3/orders").0, 401);
    client.world.settings.faults = Faults::default();
    assert_eq!(client.get("/v3/orders").0, 401, "dead tokens stay dead");
    client.renew();
    assert_eq!(client.get("/v3/orders").0, 200);
    client.world.settings.faults = Faults { token_refused: 1000, ..Faults::default() };
    let answer = client.world.receive(client.now, &token_request("sandbox-client", "sandbox-secret")).answer;
    assert!(answer.is_some_and(|answer| answer.status().as_u16() >= 429));
    assert_eq!((fired(&client, "token_death"), fired(&client, "token_refused")), (1, 1));
}

#[test]
fn nothing_gets_through_an_outage() {
    let faults = Faults { outage_start_s: 60, outage_length_s: 5 * 3600, ..Faults::default() };
    let mut client = faulty(faults);
    assert_eq!(client.at(59).get("/v3/orders").0, 200);
    for second in [60, 3600, 5 * 3600 + 59] {
        let status = client.at(second).get("/v3/orders").0;
        assert!(status == 0 || status >= 500, "{status}");
    }
    client.at(5 * 3600 + 60).renew();
    assert_eq!(client.get("/v3/orders").0, 200);
    assert_eq!(fired(&client, "outage"), 3);
}

#[test]
fn payloads_are_strange_but_whole() {
    let faults = Faults { unknown_text: 1000, loose: 1000, masked: 1000, ..Faults::default() };
    let mut client = Client::new(with(faults, vec![order("PO1").line("A", 5)]));
    let real = client.get("/v3/orders/PO1").1;
    assert_eq!(real["order"]["orderType"], "SUBSCRIBE_AND_SAVE");
    assert_eq!(client.acknowledge("PO1").0, 200);
    let (mut nulls, mut bare, mut zeros) = (0, 0, 0);
    for _ in 0..40 {
        let (_, body) = client.get("/v3/orders/PO1");
        let order = &body["order"];
        let line = &order["orderLines"]["orderLine"][0];
        assert_eq!((&line["item"]["sku"], &line["orderLineQuantity"]["amount"]), (&"A".into(), &"5".into()));
        nulls += usize::from(order["customerEmailId"].is_null());
        bare += usize::from(line["orderLineStatuses"]["orderLineStatus"].is_object());
        zeros += usize::from(order["shippingInfo"]["phone"] == "0000000000");
    }
    assert!(nulls > 0 && bare > 0 && zeros > 0, "{nulls} {bare} {zeros}");
    assert!(["unknown_text", "loose", "masked"].into_iter().all(|fault| fired(&client, fault) > 0));
}

#[test]
fn all_faults_fire_in_a_hostile_world_and_only_named_ones() {
    let mut seen = BTreeSet::new();
    for seed in 0..6 {
        let faults = Faults::preset("hostile").unwrap_or_default();
        let mut settings = Settings { orders: 60, seed, faults, ..Settings::new(seed, origin()) };
        settings.latency_ms = (0, 0);
        let mut client = Client::new(settings);
        let ids: Vec<String> = client.world.plan().into_iter().map(|entry| entry.id).collect();
        for (round, id) in ids.iter().cycle().take(600).enumerate() {
            client.now += Duration::milliseconds(700);
            if client.get("/v3/orders?limit=20").0 == 401 {
                client.renew();
            }
            client.get("/v3/orders?limit=20&hasMoreElements=true&poIndex=20&soIndex=60");
            client.acknowledge(id);
            client.acknowledge(id);
            client.put_level("SKU-0001", round as i64);
            if round % 30 == 0 {
                let row = serde_json::json!({"sku": "SKU-0001", "quantity": {"unit": "EACH", "amount": 1}});
                let feed = serde_json::json!({"InventoryHeader": {"version": "1.4"}, "Inventory": [row]});
                client.call("POST", "/v3/feeds?feedType=inventory", &feed.to_string());
                client.renew();
            }
        }
        seen.extend(client.world.fired().keys().copied());
    }
    let all: BTreeSet<&str> = crate::walmart::FAULTS.into_iter().collect();
    assert_eq!(seen, all);
}

#[test]
fn the_same_request_again_throws_other_dice_and_the_rest_of_the_world_none() {
    let faults = Faults { error_before: 500, ..Faults::default() };
    let statuses = |extra: bool| {
        let mut client = faulty(faults.clone());
        (0..20)
            .map(|_| {
                if extra {
                    client.get("/v3/orders/PO2");
                }
                client.acknowledge("PO1").0
            })
            .collect::<Vec<_>>()
    };
    let alone = statuses(false);
    assert!(alone.contains(&200) && alone.iter().any(|status| *status >= 500));
    assert_eq!(alone, statuses(true), "other requests in between change nothing");
}
