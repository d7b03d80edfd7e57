//! Orders 2026-01-01.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::support::*;
use crate::amazon::Settings;
use crate::plan::{FulfilledBy, PlannedOrder};
use crate::request::encode;

fn ids(body: &Value) -> Vec<String> {
    let orders = body["orders"].as_array().into_iter().flatten();
    orders.map(|order| order["orderId"].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn a_data_set_that_was_not_asked_for_is_absent() {
    let mut client = Client::new(quiet(vec![order("111-1").line("A", 2)]));
    let (status, body) = client.search("");
    assert_eq!(status, 200);
    assert!(body["payload"].is_null(), "there is no wrapper");
    let order = &body["orders"][0];
    assert_eq!(order["orderItems"][0]["quantityOrdered"], 2);
    assert_eq!(order["orderItems"][0]["product"]["sellerSku"], "A");
    for set in ["fulfillment", "buyer", "recipient", "proceeds", "packages"] {
        assert!(order[set].is_null(), "{set} was not asked for");
    }
    let (_, body) = client.search("&includedData=FULFILLMENT,PROCEEDS&includedData=RECIPIENT");
    let order = &body["orders"][0];
    assert_eq!(order["fulfillment"]["fulfillmentStatus"], "UNSHIPPED");
    assert_eq!(order["fulfillment"]["fulfilledBy"], "MERCHANT");
    assert_eq!(
        order["orderItems"][0]["fulfillment"],
        json!({"quantityFulfilled": 0, "quantityUnfulfilled": 2})
    );
    assert_eq!(
        order["orderItems"][0]["product"]["price"]["unitPrice"],
        json!({"amount": "19.99", "currencyCode": "USD"})
    );
    assert_eq!(order["orderItems"][0]["proceeds"]["breakdowns"][0]["subtotal"]["amount"], "39.98");
    assert!(order["recipient"]["deliveryAddress"]["addressLine1"].is_string() && order["buyer"].is_null());
}

#[test]
fn exactly_one_of_the_two_starts_and_ends_that_go_with_it() {
    let mut client = Client::new(quiet(vec![order("111-1").line("A", 1)]));
    let mut status = |query: &str| client.get(&format!("/orders/2026-01-01/orders?{query}")).0;
    let (start, end) = (iso(after(-7200)), iso(after(-120)));
    assert_eq!(status(&format!("createdAfter={start}")), 200);
    assert_eq!(status(&format!("createdAfter={start}&createdBefore={end}")), 200);
    for wrong in [
        String::new(),
        format!("createdAfter={start}&lastUpdatedAfter={start}"),
        format!("createdBefore={end}"),
        format!("createdAfter={start}&lastUpdatedBefore={end}"),
        format!("createdAfter={start}&createdBefore={}", iso(after(-119))),
        format!("createdAfter={end}&createdBefore={start}"),
        "createdAfter=yesterday".to_owned(),
        format!("createdAfter={start}&maxResultsPerPage=101"),
        format!("createdAfter={start}&maxResultsPerPage=0"),
        format!("createdAfter={start}&includedData=EVERYTHING"),
        format!("createdAfter={start}&fulfillmentStatuses=Unshipped"),
        format!("createdAfter={start}&fulfilledBy=SELLER"),
    ] {
        assert_eq!(status(&wrong), 400, "{wrong}");
    }
}

#[test]
fn an_order_is_listed_two_minutes_after_it_changed() {
    let sale = PlannedOrder::seller(after(10)).id("111-1").line("A", 1);
    let mut client = Client::new(quiet(vec![sale]));
    assert_eq!(ids(&client.at(129).search("").1), Vec::<String>::new());
    let (_, body) = client.at(130).search("");
    assert_eq!(
        (ids(&body), &body["lastUpdatedBefore"]),
        (vec!["111-1".into()], &json!("2026-11-23T08:00:10.000Z"))
    );
    assert_eq!(client.at(11).get("/orders/2026-01-01/orders/111-1").0, 200, "by id at once");
}

#[test]
fn pages_go_on_with_the_same_filters_only_and_for_a_day() {
    let orders = (0..25).map(|n| order(&format!("111-{n}")).line("A", 1)).collect();
    let mut client = Client::new(quiet(orders));
    let (_, first) = client.search("&maxResultsPerPage=10");
    let token = first["pagination"]["nextToken"].as_str().map(encode).unwrap_or_default();
    assert_eq!(ids(&first).len(), 10);
    let (_, second) = client.search(&format!("&maxResultsPerPage=10&paginationToken={token}"));
    let token_two = second["pagination"]["nextToken"].as_str().map(encode).unwrap_or_default();
    let (_, third) = client.search(&format!("&maxResultsPerPage=10&paginationToken={token_two}"));
    let all: BTreeSet<String> = [&first, &second, &third].into_iter().flat_map(ids).collect();
    assert_eq!((all.len(), ids(&third).len()), (25, 5));
    assert!(third["pagination"].is_null());
    let (status, body) = client.search(&format!("&paginationToken={token}"));
    assert_eq!(status, 400, "other filters: {body}");
    assert_eq!(client.search("&maxResultsPerPage=10&paginationToken=nonsense").0, 400);
    client.at(86_401).renew();
    let (status, body) = client.search(&format!("&maxResultsPerPage=10&paginationToken={token}"));
    assert!(status == 400 && why(&body).contains("has expired"), "{body}");
}

#[test]
fn what_changes_while_paging_leaves_the_window_and_takes_no_other_with_it() {
    let orders =
        (0..20).map(|n| PlannedOrder::seller(after(-3600 + n)).id(&format!("111-{n:02}")).line("A", 1));
    let mut client = Client::new(quiet(orders.collect()));
    let (_, first) = client.search("&maxResultsPerPage=10");
    let token = first["pagination"]["nextToken"].as_str().map(encode).unwrap_or_default();
    for id in ["111-03", "111-12"] {
        assert_eq!(client.call("POST", &format!("/_sandbox/orders/{id}/cancel-request"), "").0, 200);
    }
    let (_, second) = client.search(&format!("&maxResultsPerPage=10&paginationToken={token}"));
    let wanted: Vec<String> = (10..20).filter(|n| *n != 12).map(|n| format!("111-{n}")).collect();
    assert_eq!(ids(&second), wanted);
    let changed =
        ids(&client.at(200).get(&format!("/orders/2026-01-01/orders?lastUpdatedAfter={}", iso(origin()))).1);
    assert_eq!(changed, ["111-03", "111-12"]);
}

#[test]
fn a_pending_order_has_no_money_and_no_address_until_it_is_paid() {
    let mut client = Client::new(quiet(vec![order("111-1").line("A", 2).paid_at(after(300))]));
    let pending = client.order("111-1");
    assert_eq!(pending["fulfillment"]["fulfillmentStatus"], "PENDING");
    assert!(pending["proceeds"].is_null() && pending["recipient"].is_null());
    assert!(
        pending["orderItems"][0]["product"]["price"].is_null()
            && pending["orderItems"][0]["proceeds"].is_null()
    );
    assert!(pending["fulfillment"]["deliverByWindow"].is_null());
    assert_eq!(client.effects().stock.get("A"), Some(&0), "it has taken from the level");
    let parcel = client.parcel("111-1", "1", 1, "T1");
    assert_eq!(client.confirm("111-1", &parcel).0, 400);
    let paid = client.at(300).order("111-1");
    assert_eq!(paid["fulfillment"]["fulfillmentStatus"], "UNSHIPPED");
    assert!(paid["proceeds"]["grandTotal"]["amount"].is_string() && paid["recipient"].is_object());
    assert_eq!(paid["lastUpdatedTime"], "2026-11-23T08:05:00.000Z");
}

#[test]
fn what_identifies_the_buyer_goes_with_the_role_and_with_the_parcel() {
    let mut client = Client::new(quiet(vec![order("111-1").line("A", 1)]));
    let before = client.order("111-1");
    assert!(before["buyer"]["buyerName"].is_string() && before["buyer"]["buyerEmail"].is_string());
    let address = &before["recipient"]["deliveryAddress"];
    assert!(
        address["name"].is_string() && address["addressLine1"].is_string() && address["phone"].is_string()
    );
    let parcel = client.parcel("111-1", "1", 1, "T1");
    assert_eq!(client.confirm("111-1", &parcel).0, 204);
    let after = client.order("111-1");
    let address = &after["recipient"]["deliveryAddress"];
    for gone in ["name", "addressLine1", "postalCode", "phone"] {
        assert!(address.get(gone).is_none(), "{gone} is absent, not empty");
    }
    assert!(address["city"].is_string() && after["buyer"].get("buyerName").is_none());
    assert!(after["buyer"]["buyerEmail"].is_string());
    let settings = Settings { buyer_role: false, ..quiet(vec![order("111-1").line("A", 1)]) };
    let without = Client::new(settings).order("111-1");
    assert_eq!(without["buyer"], json!({}));
    assert!(without["recipient"]["deliveryAddress"].get("addressLine1").is_none());
}

#[test]
fn filters_choose_by_status_and_by_who_ships() {
    let orders = vec![
        order("111-1").line("A", 1),
        order("111-2").line("A", 1).fulfilled_by(FulfilledBy::Marketplace),
        order("111-3").line("A", 1).paid_at(after(9000)),
    ];
    let mut client = Client::new(quiet(orders));
    assert_eq!(ids(&client.search("&fulfilledBy=AMAZON").1), ["111-2"]);
    assert_eq!(ids(&client.search("&fulfillmentStatuses=PENDING").1), ["111-3"]);
    assert_eq!(
        ids(&client.search("&fulfillmentStatuses=UNSHIPPED,PENDING&fulfilledBy=MERCHANT").1),
        ["111-1", "111-3"]
    );
    client.at(86_400).renew();
    assert_eq!(client.status("111-2"), "SHIPPED", "Amazon ships what it fulfils");
    assert!(client.order("111-2")["packages"].is_null(), "and shows no packages of it");
    assert!(client.effects().ship.is_empty());
}

#[test]
fn the_buyers_wish_is_a_request_without_execution_and_stops_nothing() {
    let mut client = Client::new(quiet(vec![order("111-1").line("A", 1).cancel_requested_at(after(60))]));
    assert!(client.order("111-1")["orderItems"][0].get("cancellation").is_none());
    let asked = client.at(60).order("111-1");
    let cancellation = &asked["orderItems"][0]["cancellation"];
    assert_eq!(cancellation["cancellationRequest"]["requester"], "BUYER");
    assert!(cancellation.get("cancellationExecution").is_none());
    let parcel = client.parcel("111-1", "1", 1, "T1");
    assert_eq!(client.confirm("111-1", &parcel).0, 204);
}

#[test]
fn what_is_not_confirmed_is_cancelled_seven_days_after_the_latest_ship_date() {
    let mut client = Client::new(quiet(vec![order("111-1").line("A", 2).ship_by(after(3600))]));
    let week = 7 * 86_400;
    client.at(3600 + week - 1).renew();
    assert_eq!(client.status("111-1"), "UNSHIPPED");
    assert_eq!(client.at(3600 + week).status("111-1"), "CANCELLED");
    let execution = client.order("111-1")["orderItems"][0]["cancellation"]["cancellationExecution"].clone();
    assert_eq!(execution["cancelledBy"], "AMAZON");
    assert!(client.effects().cancel.is_empty(), "nobody called for it");
}

#[test]
fn an_unknown_order_is_not_found() {
    let mut client = Client::new(quiet(Vec::new()));
    let (status, body) = client.get("/orders/2026-01-01/orders/111-0000000-0000000");
    assert_eq!((status, &body["errors"][0]["code"]), (404, &json!("NotFound")));
}

#[test]
fn an_order_placed_by_hand_may_be_prime_and_pending() {
    let mut client = Client::new(quiet(Vec::new()));
    let wanted = json!({"lines": [{"sku": "A", "quantity": 1}], "programs": ["PRIME"], "paid_after_s": 30});
    let (status, body) = client.post("/_sandbox/orders", &wanted);
    assert_eq!(status, 201, "{body}");
    let id = body["id"].as_str().unwrap_or_default().to_owned();
    let order = client.order(&id);
    assert_eq!((&order["programs"], client.status(&id).as_str()), (&json!(["PRIME"]), "PENDING"));
    assert_eq!(client.at(30).status(&id), "UNSHIPPED");
    let digits: Vec<usize> = id.split('-').map(str::len).collect();
    assert_eq!(digits, [3, 7, 7], "{id}");
}
