//! Quantities by PATCH, and what the listing shows.

use serde_json::{Value, json};

use super::support::*;
use crate::amazon::Settings;
use crate::plan::{FulfilledBy, PlannedOrder};

fn shelf(orders: Vec<PlannedOrder>, units: i64) -> Settings {
    Settings { on_hand: [("A".to_owned(), units)].into_iter().collect(), ..quiet(orders) }
}

#[test]
fn an_accepted_quantity_applies_after_a_while() {
    let mut client = Client::new(shelf(Vec::new(), 10));
    let (status, body) = client.set("A", 4);
    assert_eq!((status, &body["status"], &body["issues"]), (200, &json!("ACCEPTED"), &json!([])));
    assert!(body["submissionId"].is_string());
    assert_eq!(client.level("A"), 10, "not yet");
    assert_eq!(client.at(1).level("A"), 4);
}

#[test]
fn a_refusal_is_200_with_invalid_and_says_why() {
    let mut client = Client::new(shelf(Vec::new(), 10));
    let availability = |value: Value| {
        json!({"productType": "PRODUCT", "patches": [
            {"op": "replace", "path": "/attributes/fulfillment_availability", "value": value}
        ]})
    };
    for (body, about) in [
        (availability(json!([{"quantity": 1}])), "fulfillment_channel_code"),
        (availability(json!([{"fulfillment_channel_code": "MARS", "quantity": 1}])), "MARS"),
        (availability(json!([{"fulfillment_channel_code": "DEFAULT", "quantity": -1}])), "quantity"),
        (availability(json!([{"fulfillment_channel_code": "DEFAULT", "quantity": "5"}])), "quantity"),
        (availability(json!([])), "enough values"),
        (json!({"productType": "PRODUCT", "patches": [{"op": "set", "path": "/attributes/x"}]}), "operation"),
        (
            json!({"productType": "PRODUCT", "patches": [{"op": "replace", "path": "/attributes/a/b"}]}),
            "path",
        ),
    ] {
        let (status, answer) = client.patch("A", &body);
        assert_eq!((status, &answer["status"]), (200, &json!("INVALID")), "{answer}");
        assert!(
            answer["issues"][0]["message"].as_str().is_some_and(|m| m.contains(about)),
            "{about}: {answer}"
        );
        assert_eq!(answer["issues"][0]["severity"], "ERROR");
    }
    let (status, answer) = client.set("NOBODY", 1);
    assert_eq!((status, &answer["status"]), (200, &json!("INVALID")));
    assert_eq!(client.at(60).level("A"), 10);
}

#[test]
fn a_request_that_is_none_is_400() {
    let mut client = Client::new(shelf(Vec::new(), 10));
    assert_eq!(client.patch("A", &json!({"patches": []})).0, 400);
    assert_eq!(client.patch("A", &json!({"productType": "PRODUCT"})).0, 400);
    let path = "/listings/2021-08-01/items/A2SUTLERSANDBX/A";
    assert_eq!(client.call("PATCH", path, &level_patch(1).to_string()).0, 400, "without the marketplace");
    let other = format!("/listings/2021-08-01/items/SOMEONE/A?marketplaceIds={STORE}");
    assert_eq!(client.call("PATCH", &other, &level_patch(1).to_string()).0, 403, "of another seller");
    assert_eq!(
        client.get(&format!("{path}?marketplaceIds=A2EUQ1WTGCTBG2")).0,
        400,
        "of a store it is not in"
    );
    assert_eq!(client.get(&format!("{path}?marketplaceIds={STORE}&includedData=all")).0, 400);
    let unknown = format!("/listings/2021-08-01/items/A2SUTLERSANDBX/NOBODY?marketplaceIds={STORE}");
    assert_eq!(client.get(&unknown).0, 404);
}

#[test]
fn amazons_own_channel_is_added_and_sets_nothing() {
    let mut client = Client::new(shelf(Vec::new(), 10));
    let body = json!({"productType": "PRODUCT", "patches": [{"op": "replace", "path": "/attributes/fulfillment_availability",
        "value": [{"fulfillment_channel_code": "AMAZON_NA", "quantity": 99}]}]});
    assert_eq!(client.patch("A", &body).1["status"], "ACCEPTED");
    assert_eq!(client.at(60).level("A"), 10);
}

#[test]
fn merging_keeps_the_other_terms_and_replacing_wipes_them() {
    let mut client = Client::new(shelf(Vec::new(), 10));
    let body = |op: &str, offer: Value| json!({"productType": "PRODUCT", "patches": [{"op": op, "path": "/attributes/fulfillment_availability", "value": [offer]}]});
    let path =
        format!("/listings/2021-08-01/items/A2SUTLERSANDBX/A?marketplaceIds={STORE}&includedData=attributes");
    let mut step = |second: i64, op: &str, offer: Value| {
        assert_eq!(client.at(second).patch("A", &body(op, offer)).1["status"], "ACCEPTED");
        let (_, item) = client.at(second + 1).get(&path);
        let offer = &item["attributes"]["fulfillment_availability"][0];
        (offer["quantity"].clone(), offer["lead_time_to_ship_max_days"].clone())
    };
    let slow = json!({"fulfillment_channel_code": "DEFAULT", "lead_time_to_ship_max_days": 3});
    assert_eq!(step(1, "merge", slow.clone()), (json!(10), json!(3)), "without a quantity it stays");
    let five = json!({"fulfillment_channel_code": "DEFAULT", "quantity": 5});
    assert_eq!(step(3, "merge", five.clone()), (json!(5), json!(3)));
    assert_eq!(step(5, "replace", five), (json!(5), Value::Null));
    assert_eq!(client.patch("A", &body("replace", slow)).1["status"], "INVALID", "replacing needs one");
}

#[test]
fn a_preview_is_valid_and_changes_nothing() {
    let mut client = Client::new(shelf(Vec::new(), 10));
    let path =
        format!("/listings/2021-08-01/items/A2SUTLERSANDBX/A?marketplaceIds={STORE}&mode=VALIDATION_PREVIEW");
    let (status, body) = client.call("PATCH", &path, &level_patch(3).to_string());
    assert_eq!((status, &body["status"]), (200, &json!("VALID")));
    assert_eq!(client.at(60).level("A"), 10);
}

#[test]
fn skus_are_found_by_name_and_page_by_page() {
    let orders = vec![order("111-1").line("SKU/11 &", 1).line("B", 1).line("C", 1)];
    let mut client = Client::new(quiet(orders));
    let base = format!("/listings/2021-08-01/items/A2SUTLERSANDBX?marketplaceIds={STORE}");
    let (status, body) = client
        .get(&format!("{base}&identifiers=B,C&identifiersType=SKU&includedData=fulfillmentAvailability"));
    assert_eq!((status, &body["numberOfResults"]), (200, &json!(2)));
    let (_, first) = client.get(&format!("{base}&pageSize=2"));
    assert_eq!(first["items"].as_array().map(Vec::len), Some(2));
    let token = first["pagination"]["nextToken"].as_str().unwrap_or_default().to_owned();
    let (_, second) = client.get(&format!("{base}&pageSize=2&pageToken={token}"));
    assert_eq!(second["items"][0]["sku"], "SKU/11 &");
    assert_eq!(client.set("SKU/11 &", 9).1["status"], "ACCEPTED");
    assert_eq!(client.at(1).level("SKU/11 &"), 9);
    let many = vec!["X"; 21].join(",");
    assert_eq!(client.get(&format!("{base}&identifiers={many}")).0, 400);
}

#[test]
fn offering_again_what_was_seen_sold_is_counted() {
    let mut client =
        Client::new(shelf(vec![PlannedOrder::seller(after(-3600)).id("111-1").line("A", 3)], 10));
    assert_eq!(client.set("A", 10).0, 200);
    assert_eq!(client.at(2).effects().reoffered_after_seen, 0, "nobody was told of the sale yet");
    assert_eq!(client.search("").0, 200);
    assert_eq!(client.at(4).set("A", 7).0, 200);
    assert_eq!(client.at(6).effects().reoffered_after_seen, 0);
    assert_eq!(client.set("A", 9).0, 200);
    assert_eq!(client.at(8).effects().reoffered_after_seen, 2);
}

#[test]
fn what_was_sent_before_the_sale_was_seen_offers_nothing_again() {
    let mut client =
        Client::new(shelf(vec![PlannedOrder::seller(after(-3600)).id("111-1").line("A", 3)], 10));
    assert_eq!(client.set("A", 10).0, 200);
    assert_eq!(client.search("").0, 200);
    assert_eq!(client.at(5).effects().reoffered_after_seen, 0, "sent before, applied after");
}

#[test]
fn what_lies_at_amazons_is_read_and_its_pages_die_young() {
    let orders = (0..60).map(|n| {
        order(&format!("111-{n}")).line(&format!("F{n:02}"), 2).fulfilled_by(FulfilledBy::Marketplace)
    });
    let mut client = Client::new(quiet(orders.collect()));
    let base = format!(
        "/fba/inventory/v1/summaries?granularityType=Marketplace&granularityId={STORE}&marketplaceIds={STORE}"
    );
    let (status, body) = client.get(&format!("{base}&details=true"));
    assert_eq!(status, 200);
    let rows = &body["payload"]["inventorySummaries"];
    assert_eq!(rows.as_array().map(Vec::len), Some(50));
    assert_eq!(rows[0]["inventoryDetails"]["reservedQuantity"]["pendingCustomerOrderQuantity"], 2);
    assert_eq!(client.get(&format!("{base}&details=True")).1["payload"]["inventorySummaries"], *rows);
    let token = body["pagination"]["nextToken"].as_str().unwrap_or_default().to_owned();
    let (status, rest) = client.at(30).get(&format!("{base}&nextToken={token}"));
    assert_eq!((status, rest["payload"]["inventorySummaries"].as_array().map(Vec::len)), (200, Some(10)));
    let (status, body) = client.at(31).get(&format!("{base}&nextToken={token}"));
    assert!(status == 400 && why(&body).contains("has expired"), "{body}");
    assert_eq!(client.get("/fba/inventory/v1/summaries?granularityType=Country&granularityId=US").0, 400);
    assert_eq!(client.set("F00", 5).1["status"], "ACCEPTED", "what the seller says is of its own shelf");
    assert!(client.effects().stock.contains_key("F00"));
}
