//! Every fault, alone and always: it does what it says, stays within its bounds, and is counted.

use std::collections::BTreeSet;

use chrono::Duration;
use serde_json::json;

use super::support::*;
use crate::amazon::{FAULTS, Settings};
use crate::faults::Faults;
use crate::plan::PlannedOrder;
use crate::request::encode;

fn faulty(faults: Faults) -> Client {
    let mut client = Client::new(quiet(vec![order("111-1").line("A", 5), order("111-2").line("A", 1)]));
    client.world.settings.faults = faults;
    client
}

/// A confirmation of one unit of the first order, made before anything goes wrong.
fn parcel() -> (serde_json::Value, Client) {
    let mut client = faulty(Faults::default());
    (client.parcel("111-1", "1", 1, "T1"), client)
}

fn shipped(client: &mut Client) -> u32 {
    client.effects().ship.values().sum()
}

#[test]
fn late_orders_show_within_the_bound_and_not_by_id_before() {
    let faults = Faults { late_visible: 1000, late_visible_max_s: 3600, ..Faults::default() };
    let sale = PlannedOrder::seller(after(10)).id("111-1").line("A", 1);
    let mut client = Client::new(with(faults, vec![sale]));
    client.at(10);
    assert_eq!(client.get("/orders/2026-01-01/orders/111-1").0, 404);
    assert_eq!(client.effects().stock.get("A"), Some(&0));
    client.at(10 + 3600).renew();
    assert_eq!(client.get("/orders/2026-01-01/orders/111-1").0, 200);
    assert_eq!(client.fired("late_visible"), 1);
}

#[test]
fn reads_lag_behind_a_write_within_the_bound() {
    let (parcel, mut client) = parcel();
    client.world.settings.faults = Faults { read_lag: 1000, read_lag_max_s: 60, ..Faults::default() };
    assert_eq!(client.confirm("111-1", &parcel).0, 204);
    assert_eq!(client.status("111-1"), "UNSHIPPED");
    assert!(
        client.order("111-1")["packages"].as_array().is_some_and(Vec::is_empty)
            && client.fired("read_lag") > 0
    );
    assert_eq!(client.at(60).status("111-1"), "PARTIALLY_SHIPPED");
    assert_eq!(client.set("A", 77).0, 200);
    client.at(61);
    assert_eq!(client.effects().stock.get("A"), Some(&77));
    assert_ne!(client.level("A"), 77);
    assert_eq!(client.at(121).level("A"), 77);
}

#[test]
fn pages_repeat_but_never_skip_and_their_tokens_need_encoding() {
    let faults = Faults { page_repeat: 1000, cursor_variants: 1000, ..Faults::default() };
    let orders = (0..30).map(|n| order(&format!("111-{n}")).line("A", 1)).collect();
    let mut client = Client::new(with(faults, orders));
    let (mut seen, mut rows, mut more) = (BTreeSet::new(), 0, String::new());
    for _ in 0..20 {
        let (status, body) = client.search(&format!("&maxResultsPerPage=10{more}"));
        assert_eq!(status, 200);
        for order in body["orders"].as_array().into_iter().flatten() {
            rows += 1;
            seen.insert(order["orderId"].as_str().unwrap_or_default().to_owned());
        }
        let Some(token) = body["pagination"]["nextToken"].as_str() else { break };
        assert!(token.contains('+') && token.contains('/'), "{token}");
        assert_eq!(
            client.search(&format!("&maxResultsPerPage=10&paginationToken={token}")).0,
            400,
            "sent raw"
        );
        more = format!("&paginationToken={}", encode(token));
    }
    assert_eq!(seen.len(), 30);
    assert!(rows > 30 && client.fired("page_repeat") > 0 && client.fired("cursor_variants") > 0);
}

#[test]
fn requests_are_refused_though_the_bucket_has_tokens() {
    for (faults, name) in [
        (Faults { throttle: 1000, ..Faults::default() }, "throttle"),
        (Faults { storm: 1000, ..Faults::default() }, "storm"),
    ] {
        let mut client = faulty(faults);
        assert_eq!(client.get("/orders/2026-01-01/orders/111-1").0, 429);
        assert_eq!((client.fired(name), client.effects().status_429), (1, 1));
    }
    let faults = Faults { bucket_percent: 50, ..Faults::default() };
    let settings = Settings { rate_factor: 1, ..with(faults, vec![order("111-1").line("A", 5)]) };
    let mut client = Client::new(settings);
    let granted = (0..30).filter(|_| client.get("/orders/2026-01-01/orders/111-1").0 == 200).count();
    assert_eq!((granted, client.fired("small_bucket")), (15, 15));
}

#[test]
fn failing_or_lost_before_changes_nothing() {
    let (parcel, mut client) = parcel();
    client.world.settings.faults = Faults { error_before: 1000, ..Faults::default() };
    let (status, body) = client.confirm("111-1", &parcel);
    assert!(status >= 500 && body["errors"][0]["code"].is_string(), "{body}");
    client.world.settings.faults = Faults { lost_before: 1000, hang: 1000, ..Faults::default() };
    let reply = client.send("POST", "/orders/v0/orders/111-1/shipmentConfirmation", &parcel.to_string());
    assert!(reply.answer.is_none() && reply.hang);
    assert_eq!((shipped(&mut client), client.fired("error_before"), client.fired("lost_before")), (0, 1, 1));
}

#[test]
fn failing_or_lost_after_has_changed_everything() {
    for faults in [
        Faults { error_after: 1000, ..Faults::default() },
        Faults { lost_after: 1000, hang: 0, ..Faults::default() },
    ] {
        let (parcel, mut client) = parcel();
        client.world.settings.faults = faults;
        let status = client.confirm("111-1", &parcel).0;
        assert!(status == 0 || status >= 500);
        assert_eq!((shipped(&mut client), client.fired("error_after") + client.fired("lost_after")), (1, 1));
        assert_eq!(client.confirm("NONE", &parcel).0, 404, "a refusal is still answered");
    }
}

#[test]
fn a_late_write_applies_later_within_the_bound() {
    let (parcel, mut client) = parcel();
    client.world.settings.faults = Faults { late_apply: 1000, apply_max_s: 120, ..Faults::default() };
    assert_eq!(client.confirm("111-1", &parcel).0, 0);
    assert_eq!(shipped(&mut client), 0);
    assert_eq!(client.at(120).set("A", 77).0, 0);
    assert_eq!((shipped(&mut client), client.fired("late_apply")), (1, 2));
    assert_eq!(client.world.effects(after(241)).stock.get("A"), Some(&77));
}

#[test]
fn a_quantity_may_be_accepted_and_ignored() {
    let mut client = faulty(Faults { stock_ignored: 1000, ..Faults::default() });
    assert_eq!(client.set("A", 77).1["status"], "ACCEPTED");
    assert_ne!(client.world.effects(after(3600)).stock.get("A"), Some(&77));
    assert_eq!(client.fired("stock_ignored"), 1);
}

#[test]
fn tokens_die_early_and_are_refused() {
    let mut client = faulty(Faults { token_death: 1000, ..Faults::default() });
    assert_eq!(client.get("/orders/2026-01-01/orders/111-1").0, 403);
    client.world.settings.faults = Faults::default();
    assert_eq!(client.get("/orders/2026-01-01/orders/111-1").0, 403, "dead tokens stay dead");
    client.renew();
    assert_eq!(client.get("/orders/2026-01-01/orders/111-1").0, 200);
    client.world.settings.faults = Faults { token_refused: 1000, ..Faults::default() };
    let answer = client.world.receive(client.now, &login(&refresh())).answer;
    assert!(answer.is_some_and(|answer| answer.status().as_u16() >= 429));
    assert_eq!((client.fired("token_death"), client.fired("token_refused")), (1, 1));
}

#[test]
fn nothing_gets_through_an_outage() {
    let mut client = faulty(Faults { outage_start_s: 60, outage_length_s: 5 * 3600, ..Faults::default() });
    assert_eq!(client.at(59).get("/orders/2026-01-01/orders/111-1").0, 200);
    for second in [60, 3600, 5 * 3600 + 59] {
        let status = client.at(second).get("/orders/2026-01-01/orders/111-1").0;
        assert!(status == 0 || status >= 500, "{status}");
    }
    client.at(5 * 3600 + 60).renew();
    assert_eq!(client.get("/orders/2026-01-01/orders/111-1").0, 200);
    assert_eq!(client.fired("outage"), 3);
}

#[test]
fn payloads_are_strange_but_whole() {
    let faults = Faults { unknown_text: 1000, loose: 1000, masked: 1000, ..Faults::default() };
    let mut client = Client::new(with(faults, vec![order("111-1").line("A", 5)]));
    let (mut untitled, mut titled) = (0, 0);
    for _ in 0..40 {
        let order = client.order("111-1");
        let item = &order["orderItems"][0];
        assert_eq!((&item["product"]["sellerSku"], &item["quantityOrdered"]), (&json!("A"), &json!(5)));
        assert_eq!(order["fulfillment"]["fulfillmentServiceLevel"], "DRONE_2027");
        assert_eq!(order["programs"], json!(["AMAZON_MOONSHOT"]));
        let address = &order["recipient"]["deliveryAddress"];
        assert!(address["addressLine1"].is_string() && address.get("phone").is_none());
        untitled += usize::from(item["product"]["title"].is_null());
        titled += usize::from(item["product"]["title"].is_string());
    }
    assert!(untitled > 0 && titled > 0);
    assert!(["unknown_text", "loose", "masked"].into_iter().all(|fault| client.fired(fault) > 0));
}

#[test]
fn the_rate_may_be_missing_on_a_good_answer() {
    let mut client = faulty(Faults { header_variants: 1000, ..Faults::default() });
    let answer = client.send("GET", "/orders/2026-01-01/orders/111-1", "").answer.unwrap_or_default();
    assert!(answer.status() == 200 && answer.headers().get("x-amzn-ratelimit-limit").is_none());
    assert_eq!(client.fired("header_variants"), 1);
}

#[test]
fn feeds_and_reports_get_stuck_and_fail() {
    let mut client = faulty(Faults { feed_stuck: 1000, feed_stuck_max_s: 7200, ..Faults::default() });
    let id = client.feed("POST_ORDER_ACKNOWLEDGEMENT_DATA", "text/xml", "<a/>");
    let path = format!("/feeds/2021-06-30/feeds/{id}");
    client.at(301);
    assert_eq!(
        (client.get(&path).1["processingStatus"].clone(), client.fired("feed_stuck")),
        (json!("IN_PROGRESS"), 1)
    );
    client.at(7200).renew();
    assert_eq!(client.get(&path).1["processingStatus"], "FATAL");
    client.world.settings.faults = Faults { feed_fatal: 1000, ..Faults::default() };
    let wanted = json!({"reportType": "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL", "marketplaceIds": [STORE]});
    let (_, body) = client.post("/reports/2021-06-30/reports", &wanted);
    let path = format!("/reports/2021-06-30/reports/{}", body["reportId"].as_str().unwrap_or_default());
    assert_eq!(client.at(7400).get(&path).1["processingStatus"], "FATAL");
    assert_eq!(client.fired("feed_fatal"), 1);
}

#[test]
fn all_faults_fire_in_a_hostile_world_and_only_named_ones() {
    let mut seen = BTreeSet::new();
    for seed in 0..6 {
        let faults = Faults::preset("hostile").unwrap_or_default();
        let settings = Settings {
            orders: 60,
            seed,
            faults,
            latency_ms: (0, 0),
            subscribed: true,
            rate_factor: 8,
            ..Settings::new(seed, origin())
        };
        let mut client = Client::new(settings);
        let ids: Vec<String> = client.world.plan().into_iter().map(|entry| entry.id).collect();
        let report = json!({"reportType": "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL", "marketplaceIds": [STORE]});
        for (round, id) in ids.iter().cycle().take(600).enumerate() {
            client.now += Duration::milliseconds(900);
            let (status, body) = client.search("&maxResultsPerPage=10&includedData=FULFILLMENT");
            if status == 403 {
                client.renew();
            }
            if let Some(token) = body["pagination"]["nextToken"].as_str() {
                client.search(&format!(
                    "&maxResultsPerPage=10&includedData=FULFILLMENT&paginationToken={}",
                    encode(token)
                ));
            }
            client.order(id);
            let parcel = client.parcel(id, "1", 1, &format!("T{round}"));
            client.confirm(id, &parcel);
            client.set("AMZ-0001", round as i64);
            client.level("AMZ-0001");
            if round % 10 == 0 {
                client.post("/reports/2021-06-30/reports", &report);
                client.renew();
            }
        }
        client.world.take_notifications(client.now);
        seen.extend(client.world.fired().keys().copied());
    }
    let all: BTreeSet<&str> = FAULTS.into_iter().collect();
    assert_eq!(seen, all);
}
