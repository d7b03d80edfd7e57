//! Stock by the Inventory API: two quantities, rows that fail alone, revisions that run out.

use serde_json::{Value, json};

use super::support::*;
use crate::ebay::Settings;

fn shop() -> Client {
    let mut settings = quiet(vec![order("O1").line("A", 1).line("B/1", 1)]);
    settings.on_hand =
        [("A".to_owned(), 50), ("B/1".to_owned(), 50), ("T".to_owned(), 50)].into_iter().collect();
    settings.trading.insert("T".into());
    Client::new(settings)
}

fn offer_of(client: &mut Client, sku: &str) -> String {
    let (_, body) = client.get(&format!("/sell/inventory/v1/offer?sku={}", crate::request::encode(sku)));
    body["offers"][0]["offerId"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn what_sells_is_the_smaller_of_item_and_offer() {
    let mut client = shop();
    assert_eq!(client.level("A"), 49, "eBay takes a sale off by itself");
    let offer = offer_of(&mut client, "A");
    assert_eq!(client.set(item("A", 80)).0, 200);
    assert_eq!(client.level("A"), 49, "the offer still says 49");
    let both = json!({"sku": "A", "shipToLocationAvailability": {"quantity": 30}, "offers": [{"offerId": offer, "availableQuantity": 40}]});
    let (status, body) = client.set(both);
    assert_eq!((status, client.level("A")), (200, 30));
    let rows = body["responses"].as_array().cloned().unwrap_or_default();
    assert!(rows.iter().all(|row| row["statusCode"] == 200 && row["sku"] == "A"), "{body}");
    assert_eq!(client.set(json!({"offers": [{"offerId": offer, "availableQuantity": 5}]})).0, 200);
    assert_eq!(client.level("A"), 5);
    let (_, shown) = client.get(&format!("/sell/inventory/v1/offer/{offer}"));
    assert_eq!((&shown["availableQuantity"], &shown["status"]), (&5.into(), &"PUBLISHED".into()));
    let (_, shown) = client.get("/sell/inventory/v1/inventory_item/B%2F1");
    assert_eq!(shown["availability"]["shipToLocationAvailability"]["quantity"], 49);
}

#[test]
fn rows_succeed_and_fail_one_by_one() {
    let mut client = shop();
    let rows = json!({"requests": [
        item("A", 7), item("NONE", 1), item("T", 1), item("B/1", -1),
        {"offers": [{"offerId": "1", "availableQuantity": 1}]}, {"sku": "A"},
    ]});
    let (status, body) = client.post(BULK, &rows);
    assert_eq!(status, 207);
    let found: Vec<(i64, i64)> = body["responses"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|row| {
            (row["statusCode"].as_i64().unwrap_or(0), row["errors"][0]["errorId"].as_i64().unwrap_or(0))
        })
        .collect();
    assert_eq!(found, [(200, 0), (404, 25_710), (404, 25_710), (400, 25_709), (404, 25_713), (400, 25_709)]);
    assert_eq!((client.level("A"), client.level("T")), (7, 50), "the good row took effect");
}

#[test]
fn twentyfive_rows_and_no_more() {
    let mut client = shop();
    let rows = |count: usize| json!({"requests": vec![item("A", 7); count]});
    assert_eq!(client.post(BULK, &rows(25)).0, 200);
    for count in [0, 26] {
        assert_eq!(number(&client.post(BULK, &rows(count)).1), 25_709, "{count}");
    }
    assert_eq!(number(&client.call("POST", BULK, "{").1), 25_002);
}

#[test]
fn a_listing_is_revised_so_often_a_day() {
    let mut client = Client::new(Settings { revisions_max: 3, ..shop().world.settings().clone() });
    for level in [1, 2, 3] {
        assert_eq!(client.set(item("A", level)).0, 200);
    }
    let (status, body) = client.set(item("A", 4));
    assert_eq!((status, &body["responses"][0]["errors"][0]["errorId"]), (207, &25_002.into()));
    assert_eq!(client.set(item("A", 3)).0, 200, "what changes nothing is no revision");
    assert_eq!(client.set(item("B/1", 4)).0, 200, "each listing its own");
    assert_eq!(client.level("A"), 3);
    client.now += chrono::Duration::days(1);
    client.renew();
    assert_eq!((client.set(item("A", 4)).0, client.level("A")), (200, 4));
}

#[test]
fn items_are_listed_by_page_and_offers_only_by_sku() {
    let mut client = shop();
    let skus = |body: &Value| -> Vec<String> {
        body["inventoryItems"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|item| item["sku"].as_str().map(str::to_owned))
            .collect()
    };
    let (_, first) = client.get("/sell/inventory/v1/inventory_item?limit=1");
    assert_eq!(
        (skus(&first), &first["total"]),
        (vec!["A".to_owned()], &2.into()),
        "the Trading listing is not there"
    );
    let next = first["next"].as_str().unwrap_or_default().to_owned();
    let (_, second) = client.get(&next);
    assert_eq!(skus(&second), ["B/1"]);
    assert!(second.get("next").is_none());
    assert_eq!(client.get("/sell/inventory/v1/inventory_item/T").0, 404);
    assert_eq!(number(&client.get("/sell/inventory/v1/offer?sku=T").1), 25_713);
    assert_eq!(number(&client.get("/sell/inventory/v1/offer").1), 25_709);
    assert_eq!(number(&client.get("/sell/inventory/v1/inventory_item?limit=201").1), 25_706);
    assert_eq!(client.get("/sell/inventory/v1/offer/1").0, 404);
}

#[test]
fn what_was_seen_as_sold_must_not_be_offered_again() {
    let mut client = shop();
    assert_eq!(client.get(ORDERS).0, 200);
    client.at(1).world.advance(after(1));
    let offer = offer_of(&mut client, "A");
    let set = |level: i64| json!({"sku": "A", "shipToLocationAvailability": {"quantity": level}, "offers": [{"offerId": offer, "availableQuantity": level}]});
    assert_eq!(client.set(set(49)).0, 200);
    assert_eq!(client.world.effects(client.now).reoffered_after_seen, 0);
    assert_eq!(client.set(set(50)).0, 200);
    assert_eq!(client.world.effects(client.now).reoffered_after_seen, 1);
}
