//! What lists and single reads show, and which questions they refuse.

use std::collections::BTreeSet;

use chrono::Duration;
use serde_json::{Value, json};

use super::support::*;
use crate::ebay::plan::{Address, FulfilledBy, PlannedOrder};
use crate::request::encode;

#[test]
fn only_the_legal_filters_are_taken() {
    let mut client = Client::new(quiet(vec![order("O1").line("A", 1)]));
    let mut refusal = |query: &str| {
        let (status, body) = client.get(&format!("{ORDERS}?{query}"));
        if status == 200 { 0 } else { number(&body) }
    };
    let filter = |text: &str| format!("filter={}", encode(text));
    assert_eq!(refusal(&filter("orderfulfillmentstatus:{NOT_STARTED|IN_PROGRESS}")), 0);
    assert_eq!(refusal(&filter("orderfulfillmentstatus:{FULFILLED|IN_PROGRESS}")), 0);
    assert_eq!(refusal(&filter("orderfulfillmentstatus:{NOT_STARTED}")), 30_800);
    assert_eq!(refusal(&filter("orderfulfillmentstatus:{FULFILLED}")), 30_800);
    assert_eq!(refusal("filter=orderfulfillmentstatus:{NOT_STARTED|IN_PROGRESS}"), 30_800, "not escaped");
    assert_eq!(refusal(&filter("buyer:{x}")), 30_700);
    assert_eq!(refusal(&filter("creationdate:[2026-11-01T00:00:00.000Z..2026-11-02]")), 30_810);
    assert_eq!(refusal(&filter("creationdate:[..2026-11-02T00:00:00.000Z]")), 30_820);
    assert_eq!(refusal(&filter("creationdate:2026-11-02T00:00:00.000Z")), 30_800);
    assert_eq!(refusal(&format!("filter={}", window("creationdate", after(-9), Some(after(-10))))), 30_840);
    assert_eq!(refusal(&format!("filter={}", window("creationdate", after(-9), Some(after(1))))), 30_850);
    assert_eq!(refusal(&format!("filter={}", window("creationdate", after(5), None))), 30_850);
    let old = origin() - Duration::days(800);
    assert_eq!(refusal(&format!("filter={}", window("creationdate", old, None))), 30_830);
    for (query, id) in
        [("limit=201", 31_100), ("limit=0", 31_100), ("offset=x", 31_000), ("fieldGroups=ALL", 32_800)]
    {
        assert_eq!(refusal(query), id, "{query}");
    }
    let many = vec!["O1"; 51].join(",");
    assert_eq!(refusal(&format!("orderIds={many}")), 30_900);
    assert_eq!(refusal("orderIds=O1&limit=999"), 0, "all else is ignored");
}

#[test]
fn of_two_dates_only_the_creation_counts() {
    let mut client = Client::new(quiet(vec![order("O1").line("A", 1)]));
    assert_eq!(client.ship("O1", 1, "1Z1").0, 201);
    client.at(100);
    let created = window("creationdate", after(-30), None);
    let modified = window("lastmodifieddate", after(-30), None);
    let count = |client: &mut Client, filter: &str| {
        client.get(&format!("{ORDERS}?filter={filter}")).1["total"].clone()
    };
    assert_eq!(count(&mut client, &modified), 1, "it changed since");
    assert_eq!(count(&mut client, &format!("{modified},{created}")), 0, "but was created before");
}

#[test]
fn without_a_filter_ninety_days_are_meant_oldest_first() {
    let old = PlannedOrder::seller(origin() - Duration::days(91)).id("OLD").line("A", 1);
    let new = PlannedOrder::seller(origin() - Duration::days(89)).id("NEW").line("A", 1);
    let mut client = Client::new(quiet(vec![order("O1").line("A", 1), new, old]));
    let (_, body) = client.get(ORDERS);
    assert_eq!((ids(&body), &body["total"]), (vec!["NEW".to_owned(), "O1".into()], &2.into()));
    assert!(body.get("next").is_none() && body.get("prev").is_none());
    assert_eq!(client.get(&format!("{ORDERS}/OLD")).0, 200);
}

#[test]
fn pages_move_while_they_are_read() {
    let orders =
        (0..10).map(|n| PlannedOrder::seller(after(n - 100)).id(&format!("O{n}")).line("A", 1)).collect();
    let mut client = Client::new(quiet(orders));
    let open = encode("orderfulfillmentstatus:{NOT_STARTED|IN_PROGRESS}");
    let (_, first) = client.get(&format!("{ORDERS}?filter={open}&limit=5"));
    let next =
        first["next"].as_str().unwrap_or_default().trim_start_matches("https://api.ebay.com").to_owned();
    assert!(next.contains("offset=5") && next.contains(&open), "{next}");
    assert_eq!(client.ship("O0", 1, "1Z1").0, 201);
    let (_, second) = client.get(&next);
    assert_eq!(second["total"], 9);
    let seen: BTreeSet<String> = ids(&first).into_iter().chain(ids(&second)).collect();
    assert!(!seen.contains("O5"), "one left the set, so another was skipped: {seen:?}");
}

#[test]
fn a_list_never_shows_who_asks_to_cancel() {
    let mut client = Client::new(quiet(vec![order("O1").line("A", 1).cancel_requested_at(after(10))]));
    assert_eq!(
        client.one("O1")["cancelStatus"],
        json!({"cancelState": "NONE_REQUESTED", "cancelRequests": []})
    );
    client.at(20);
    let (_, body) = client.get(ORDERS);
    assert_eq!(
        body["orders"][0]["cancelStatus"],
        json!({"cancelState": "IN_PROGRESS", "cancelRequests": []})
    );
    let request = client.one("O1")["cancelStatus"]["cancelRequests"][0].clone();
    assert_eq!(
        (&request["cancelInitiator"], &request["cancelRequestState"]),
        (&"Buyer".into(), &"REQUESTED".into())
    );
}

#[test]
fn an_unpaid_sale_takes_from_the_level_and_is_nowhere() {
    let unpaid = order("O1").line("A", 3).paid_at(after(600));
    let mut settings = quiet(vec![unpaid]);
    settings.on_hand.insert("A".into(), 10);
    let mut client = Client::new(settings);
    assert_eq!(client.level("A"), 7);
    assert_eq!(
        (client.get(ORDERS).1["total"].clone(), client.get(&format!("{ORDERS}/O1")).0),
        (0.into(), 404)
    );
    client.at(600);
    let modified = window("lastmodifieddate", after(590), None);
    let (_, body) = client.get(&format!("{ORDERS}?filter={modified}"));
    assert_eq!(ids(&body), ["O1"], "it shows by its change");
    let created = window("creationdate", after(590), None);
    assert_eq!(
        client.get(&format!("{ORDERS}?filter={created}")).1["total"],
        0,
        "and was created long before"
    );
}

#[test]
fn money_and_dates_are_written_as_ebay_does() {
    let mut client = Client::new(quiet(vec![order("O1").line("A", 2).line("B", 1)]));
    let order = client.one("O1");
    let lines = order["lineItems"].as_array().cloned().unwrap_or_default();
    assert_eq!(lines[0]["lineItemCost"], json!({"value": "39.98", "currency": "USD"}));
    assert!(lines.iter().all(|line| {
        line["lineItemFulfillmentInstructions"]["shipByDate"]
            .as_str()
            .is_some_and(|at| at.ends_with("06:59:59.000Z"))
    }));
    let cents =
        |value: &Value| value["value"].as_str().and_then(|text| text.parse::<f64>().ok()).unwrap_or(-1.0);
    let paid = cents(&order["paymentSummary"]["payments"][0]["amount"]);
    assert!(paid < cents(&order["pricingSummary"]["total"]), "what is paid out is net of fees");
    assert_eq!(
        (&order["orderPaymentStatus"], &order["orderFulfillmentStatus"]),
        (&"PAID".into(), &"NOT_STARTED".into())
    );
    assert_eq!(super::super::order_json::money(1200)["value"], "12.0", "one decimal occurs");
    assert_eq!(super::super::order_json::money(-5)["value"], "-0.05");
}

#[test]
fn buyers_fade_after_a_fortnight_and_after_ninety_days() {
    let mut client = Client::new(quiet(vec![order("O1").line("A", 1)]));
    let ship_to = |client: &mut Client, days: i64| {
        client.now = origin() + Duration::days(days);
        client.renew();
        client.one("O1")["fulfillmentStartInstructions"][0]["shippingStep"]["shipTo"].clone()
    };
    let fresh = ship_to(&mut client, 13);
    assert!(
        fresh["email"].as_str().is_some_and(|email| email.ends_with("@members.ebay.com"))
            && fresh["fullName"].is_string()
    );
    let older = ship_to(&mut client, 15);
    assert!(older.get("email").is_none() && older["fullName"].is_string());
    let faded = ship_to(&mut client, 91);
    assert!(faded.get("fullName").is_none() && faded["contactAddress"].get("addressLine1").is_none());
    assert_eq!(faded["contactAddress"]["city"], fresh["contactAddress"]["city"]);
}

#[test]
fn hubs_and_ebays_own_orders_say_so() {
    let abroad = order("HUB").line("A", 1).program("EBAY_INTERNATIONAL_SHIPPING");
    let own = order("OWN").line("A", 1).fulfilled_by(FulfilledBy::Marketplace);
    let mut client = Client::new(quiet(vec![abroad, own]));
    let hub = client.one("HUB");
    let how = &hub["fulfillmentStartInstructions"][0];
    assert_eq!(how["finalDestinationAddress"]["countryCode"], "CA");
    assert_eq!(how["shippingStep"]["shipTo"]["contactAddress"]["countryCode"], "US");
    assert!(how["shippingStep"]["shipToReferenceId"].is_string());
    assert_eq!(hub["program"]["ebayInternationalShipping"]["returnsManagedBy"], "EBAY");
    let own = client.one("OWN");
    assert_eq!(own["fulfillmentStartInstructions"][0]["fulfillmentInstructionsType"], "FULFILLED_BY_EBAY");
    assert!(own["fulfillmentStartInstructions"][0].get("shippingStep").is_none());
    assert_eq!(own["program"]["fulfillmentProgram"]["fulfilledBy"], "EBAY");
}

#[test]
fn orders_that_are_not_there_are_told_from_ids_that_are_none() {
    let mut client = Client::new(quiet(vec![order("O1").line("A", 1)]));
    let (status, body) = client.get(&format!("{ORDERS}/12-34567-89012"));
    assert_eq!((status, number(&body)), (404, 32_100));
    let (status, body) = client.get(&format!("{ORDERS}/a%20b"));
    assert_eq!((status, number(&body)), (400, 32_100));
    let to = Address {
        name: "Ann".into(),
        address1: "1 Way".into(),
        address2: None,
        city: "Derry".into(),
        state: "NH".into(),
        postal_code: "03038".into(),
    };
    let (status, body) = client.post(
        "/_sandbox/orders",
        &json!({"lines": [{"sku": "A", "quantity": 2}], "address": {"city": to.city}}),
    );
    assert_eq!(status, 201);
    let id = body["id"].as_str().unwrap_or_default().to_owned();
    assert_eq!((id.len(), client.one(&id)["lineItems"][0]["quantity"].clone()), (14, 2.into()), "{id}");
}
