//! The counts, and the control calls.

use serde_json::{Value, json};

use super::support::*;
use crate::walmart::plan::PlannedOrder;
use crate::walmart::{Faults, Settings};

fn shelf(orders: Vec<PlannedOrder>, units: i64) -> Settings {
    Settings { on_hand: [("A".to_owned(), units)].into_iter().collect(), ..quiet(orders) }
}

#[test]
fn offering_again_what_was_seen_sold_is_counted() {
    let sale = PlannedOrder::seller(after(10)).id("PO1").line("A", 3);
    let mut client = Client::new(shelf(vec![sale], 10));
    client.at(20);
    assert_eq!(client.put_level("A", 10).0, 200);
    assert_eq!(client.world.effects(client.now).reoffered_after_seen, 0, "nobody was told of the sale yet");
    assert_eq!(client.get("/v3/orders").0, 200);
    assert_eq!(client.put_level("A", 7).0, 200);
    assert_eq!(client.world.effects(client.now).reoffered_after_seen, 0);
    assert_eq!(client.put_level("A", 9).0, 200);
    assert_eq!(client.world.effects(client.now).reoffered_after_seen, 2);
    let (_, lines) = client.shape("PO1");
    assert_eq!(client.cancel("PO1", &lines[0], 2, "SELLER_CANCEL_PRICING_ERROR").0, 200);
    assert_eq!(client.put_level("A", 9).0, 200);
    assert_eq!(
        client.world.effects(client.now).reoffered_after_seen,
        2,
        "cancelled units may be offered again"
    );
    assert_eq!(client.put_level("A", 10).0, 200);
    assert_eq!(client.world.effects(client.now).reoffered_after_seen, 3);
}

#[test]
fn an_answer_still_on_its_way_has_told_nothing() {
    let sale = PlannedOrder::seller(after(-10)).line("A", 3);
    let settings = Settings { latency_ms: (1000, 1000), ..shelf(vec![sale], 10) };
    let mut client = Client::new(settings);
    assert_eq!(client.get("/v3/orders").0, 200);
    assert_eq!(client.put_level("A", 10).0, 200);
    assert_eq!(client.world.effects(client.now).reoffered_after_seen, 0);
    client.at(1);
    assert_eq!(client.put_level("A", 10).0, 200);
    assert_eq!(client.world.effects(client.now).reoffered_after_seen, 3);
}

#[test]
fn an_answer_that_was_dropped_or_lost_has_told_nothing() {
    let sale = PlannedOrder::seller(after(-10)).line("A", 3);
    let settings = Settings { latency_ms: (1000, 1000), ..shelf(vec![sale.clone()], 10) };
    let mut client = Client::new(settings);
    let reply = client.send("GET", "/v3/orders", "");
    client.world.dropped(reply.id);
    client.at(2);
    assert_eq!(client.put_level("A", 10).0, 200);
    assert_eq!(client.world.effects(client.now).reoffered_after_seen, 0);

    let mut client = Client::new(shelf(vec![sale], 10));
    client.world.settings.faults = Faults { lost_before: 1000, ..Faults::default() };
    assert_eq!(client.get("/v3/orders").0, 0);
    client.world.settings.faults = Faults::default();
    assert_eq!(client.put_level("A", 10).0, 200);
    assert_eq!(client.world.effects(client.now).reoffered_after_seen, 0);
}

#[test]
fn what_others_fulfil_takes_nothing_from_the_seller() {
    let by = crate::walmart::plan::FulfilledBy::Marketplace;
    let sale = PlannedOrder::seller(after(-10)).line("A", 3).fulfilled_by(by);
    let mut client = Client::new(shelf(vec![sale], 10));
    assert_eq!(client.get("/v3/orders?shipNodeType=WFSFulfilled").0, 200);
    assert_eq!(client.put_level("A", 10).0, 200);
    let effects = client.world.effects(client.now);
    assert_eq!((effects.reoffered_after_seen, effects.stock.get("A")), (0, Some(&10)));
}

#[test]
fn units_that_were_never_there_are_oversold_only_if_offered() {
    let sales = |level: i64| {
        let orders =
            vec![PlannedOrder::seller(after(1)).line("A", 2), PlannedOrder::seller(after(2)).line("A", 2)];
        let mut settings = shelf(orders, 3);
        settings.levels.insert("A".into(), level);
        Client::new(settings).world.effects(after(5)).oversold_in_window
    };
    assert_eq!(sales(10), 1, "four sold of three, all of them offered");
    assert_eq!(sales(3), 0, "the level said what there was");
}

#[test]
fn orders_are_placed_and_asked_back_by_hand() {
    let mut client = Client::new(shelf(Vec::new(), 10));
    let (status, body) = client.at(5).call("POST", "/_sandbox/orders", "");
    assert_eq!(status, 201);
    let id = body["id"].as_str().unwrap_or_default().to_owned();
    let (_, read) = client.get(&format!("/v3/orders/{id}"));
    assert_eq!(read["order"]["orderDate"], after(5).timestamp_millis());
    assert_eq!(client.world.effects(client.now).stock.get("A"), Some(&9));
    let (status, body) = client.call("POST", &format!("/_sandbox/orders/{id}/cancel-request"), "");
    assert_eq!((status, &body["cancel_requested"]), (200, &json!(true)));
    assert!(client.get(&format!("/v3/orders/{id}")).1.to_string().contains("intentToCancel"));
    assert_eq!(client.call("POST", "/_sandbox/orders/nobody/cancel-request", "").0, 404);
    let wanted = json!({
        "lines": [{"sku": "NEW", "quantity": 2, "price": 12.5}],
        "address": {"postalCode": "", "city": "Nowhere"},
        "ship_node_type": "WFSFulfilled",
    });
    let (_, body) = client.call("POST", "/_sandbox/orders", &wanted.to_string());
    let (_, read) = client.get(&format!("/v3/orders/{}", body["id"].as_str().unwrap_or_default()));
    let order = &read["order"];
    assert_eq!(order["shippingInfo"]["postalAddress"]["city"], "Nowhere");
    assert_eq!(order["orderLines"]["orderLine"][0]["charges"]["charge"][0]["chargeAmount"]["amount"], 25.0);
    for wrong in [
        "{",
        "{\"line\":[]}",
        "{\"lines\":[]}",
        "{\"ship_node_type\":\"X\"}",
        "{\"address\":{\"zip\":\"1\"}}",
    ] {
        assert_eq!(client.call("POST", "/_sandbox/orders", wrong).0, 400, "{wrong}");
    }
    assert_eq!(client.call("GET", "/_sandbox/orders", "").0, 404);
}

#[test]
fn on_hand_is_read_and_declared() {
    let mut client = Client::new(shelf(Vec::new(), 10));
    assert_eq!(client.call("POST", "/_sandbox/on-hand", "{\"B\":4}").1, json!({"A": 10, "B": 4}));
    assert_eq!(client.get("/_sandbox/on-hand").1, json!({"A": 10, "B": 4}));
    assert_eq!(client.call("POST", "/_sandbox/on-hand", "[1]").0, 400);
}

#[test]
fn the_effects_have_the_agreed_keys() {
    let mut client = Client::new(shelf(Vec::new(), 10));
    let (_, body) = client.get("/_sandbox/effects");
    let keys: Vec<&str> = body.as_object().into_iter().flatten().map(|(key, _)| key.as_str()).collect();
    let mut wanted = vec![
        "acknowledge",
        "ship",
        "shipments",
        "cancel",
        "stock",
        "reoffered_after_seen",
        "oversold_in_window",
        "requests",
        "status_429",
    ];
    wanted.sort_unstable();
    let mut found = keys.clone();
    found.sort_unstable();
    assert_eq!(found, wanted);
    assert_eq!(body["requests"], 1, "the token; control calls are not counted");
    assert!(matches!(client.get("/_sandbox/plan").1["orders"], Value::Array(_)));
}
