//! Lists: windows, filters, cursors, caps, and "nothing found" as a 404.

use chrono::Duration;
use serde_json::Value;

use super::support::*;
use crate::walmart::plan::{FulfilledBy, PlannedOrder};
use crate::walmart::{Faults, Settings};

fn ids(body: &Value) -> Vec<String> {
    let orders = body["list"]["elements"]["order"].as_array().cloned().unwrap_or_default();
    orders.iter().filter_map(|order| order["purchaseOrderId"].as_str().map(str::to_owned)).collect()
}

fn many(count: usize) -> Vec<PlannedOrder> {
    (0..count)
        .map(|n| PlannedOrder::seller(after(-3600 + n as i64)).id(&format!("PO{n:04}")).line("A", 1))
        .collect()
}

/// Undoes every shape a cursor may come in, as an honest client must.
fn path_of(cursor: &str) -> String {
    let text = cursor.trim().replace("&amp;", "&");
    let text = text.strip_prefix("https://marketplace.walmartapis.com/v3/orders").unwrap_or(&text).to_owned();
    format!("/v3/orders?{}", text.trim_start_matches('?'))
}

/// All ids by following cursors, and the shapes the cursors came in.
fn walk(client: &mut Client, first: &str) -> (Vec<String>, Vec<String>) {
    let (mut all, mut cursors) = (Vec::new(), Vec::new());
    let mut path = first.to_owned();
    for _ in 0..100 {
        let (status, body) = client.get(&path);
        if status == 404 {
            break;
        }
        assert_eq!(status, 200, "{path}: {body}");
        all.extend(ids(&body));
        match body["list"]["meta"]["nextCursor"].as_str() {
            Some(cursor) if !cursor.is_empty() => {
                path = path_of(cursor);
                cursors.push(cursor.to_owned());
            }
            _ => break,
        }
    }
    (all, cursors)
}

#[test]
fn nothing_found_is_a_404() {
    let mut client = Client::new(quiet(Vec::new()));
    let (status, body) = client.get("/v3/orders");
    assert_eq!((status, code(&body).as_str()), (404, "CONTENT_NOT_FOUND.GMP_ORDER_API"));
    assert_eq!(body["errors"]["error"][0]["severity"], "INFO");
}

#[test]
fn cursors_lead_through_all_orders_once() {
    let mut client = Client::new(quiet(many(25)));
    let (all, cursors) = walk(&mut client, "/v3/orders?limit=10");
    assert_eq!((all.len(), cursors.len()), (25, 2));
    assert_eq!(all[0], "PO0024", "newest first");
    let unique: std::collections::BTreeSet<_> = all.iter().collect();
    assert_eq!(unique.len(), 25);
    assert!(
        cursors.iter().all(|cursor| cursor.starts_with("?limit=10&hasMoreElements=true&soIndex=25&poIndex="))
    );
}

#[test]
fn the_cursor_as_a_parameter_or_still_escaped_is_page_one_again() {
    let mut client = Client::new(quiet(many(25)));
    let (_, body) = client.get("/v3/orders?limit=10");
    let first = ids(&body);
    let cursor = body["list"]["meta"]["nextCursor"].as_str().unwrap_or_default().to_owned();
    let escaped: String =
        cursor.replace('%', "%25").replace('?', "%3F").replace('&', "%26").replace('=', "%3D");
    assert_eq!(ids(&client.get(&format!("/v3/orders?limit=10&nextCursor={escaped}")).1), first);
    assert_eq!(ids(&client.get(&format!("/v3/orders{}", cursor.replace('&', "&amp;"))).1), first);
    assert_ne!(ids(&client.get(&format!("/v3/orders{cursor}")).1), first);
    assert_eq!(client.get(&format!("/v3/orders{cursor}&limit=10")).0, 400, "and nothing may be added to it");
}

#[test]
fn every_shape_of_cursor_leads_on() {
    let mut shapes = std::collections::BTreeSet::new();
    for seed in 0..12 {
        let faults = Faults { cursor_variants: 1000, ..Faults::default() };
        let mut client = Client::new(Settings { seed, ..with(faults, many(25)) });
        let (all, cursors) = walk(&mut client, "/v3/orders?limit=5");
        assert_eq!(all.len(), 25, "seed {seed}");
        shapes.extend(cursors.iter().map(|cursor| match cursor {
            c if c.contains("hasMoreElements=false") => "says itself that nothing follows",
            c if c.starts_with("https://") => "address",
            c if c.starts_with([' ', '\n']) => "white space",
            c if c.contains("&amp;") => "escaped",
            c if !c.starts_with('?') => "bare",
            c if c.contains("%3A") => "colons",
            _ => "plain",
        }));
    }
    assert_eq!(shapes.len(), 6, "{shapes:?}");
}

#[test]
fn without_a_start_a_list_reaches_back_seven_days_also_by_modification() {
    let old =
        PlannedOrder::seller(origin() - Duration::days(8)).id("OLD").line("A", 1).ship_by(after(86_400));
    let mut client = Client::new(quiet(vec![old, order("NEW").line("A", 1)]));
    assert_eq!(client.acknowledge("OLD").0, 200);
    client.at(60);
    assert_eq!(ids(&client.get("/v3/orders").1), ["NEW"]);
    assert_eq!(client.get("/v3/orders?lastModifiedStartDate=2026-11-23T08:00:00Z").0, 404, "the trap");
    let start = (origin() - Duration::days(179)).format("%Y-%m-%d");
    let since = origin().format("%Y-%m-%dT%H:%M:%SZ");
    let path = format!("/v3/orders?createdStartDate={start}&lastModifiedStartDate={since}");
    assert_eq!(ids(&client.get(&path).1), ["OLD"]);
}

#[test]
fn a_window_over_180_days_is_refused() {
    let mut client = Client::new(quiet(many(1)));
    for (days, wanted) in [(180, 200), (181, 400)] {
        let start = (origin() - Duration::days(days)).format("%Y-%m-%dT%H:%M:%SZ");
        assert_eq!(client.get(&format!("/v3/orders?createdStartDate={start}")).0, wanted, "{days} days");
    }
    for query in [
        "status=Open",
        "shipNodeType=Mine",
        "limit=201",
        "limit=0",
        "createdStartDate=yesterday",
        "createdStartDate=2026-11-20&createdEndDate=2026-11-19",
        "status=Created&status=Shipped",
    ] {
        let (status, body) = client.get(&format!("/v3/orders?{query}"));
        assert_eq!(status, 400, "{query}");
        assert_eq!(code(&body), "INVALID_REQUEST_PARAM.GMP_ORDER_API");
    }
}

#[test]
fn filters_choose_by_line_and_one_ship_node_type() {
    let mut client = Client::new(quiet(vec![
        order("S1").line("A", 2).line("B", 1),
        order("S2").line("B", 1),
        order("W1").line("A", 1).fulfilled_by(FulfilledBy::Marketplace),
        order("T1").line("A", 1).fulfilled_by(FulfilledBy::ThirdParty),
    ]));
    assert_eq!(client.acknowledge("S1").0, 200);
    let (_, lines) = client.shape("S1");
    assert_eq!(client.cancel("S1", &lines[1], 1, "SELLER_CANCEL_PRICING_ERROR").0, 200);
    let mut found = |query: &str| {
        let mut found = ids(&client.get(&format!("/v3/orders?{query}")).1);
        found.sort();
        found.join(" ")
    };
    assert_eq!(found(""), "S1 S2");
    assert_eq!(found("shipNodeType=WFSFulfilled"), "W1");
    assert_eq!(found("shipNodeType=3PLFulfilled"), "T1");
    assert_eq!(found("status=Created"), "S2");
    assert_eq!(found("status=Acknowledged"), "S1");
    assert_eq!(found("status=Cancelled"), "S1", "one line in the status is enough");
    assert_eq!(found("sku=B"), "S1 S2");
    assert_eq!(found("purchaseOrderId=S2"), "S2");
    let (_, one) = client.get("/v3/orders/S2");
    let customer = one["order"]["customerOrderId"].as_str().unwrap_or_default().to_owned();
    assert_eq!(ids(&client.get(&format!("/v3/orders?customerOrderId={customer}")).1), ["S2"]);
    assert_eq!(ids(&client.get("/v3/orders/released").1), ["S2"], "Created only, never what Walmart fulfils");
}

#[test]
fn a_list_ends_at_the_cap_though_its_total_says_more() {
    let settings = Settings { result_cap: 20, ..quiet(many(25)) };
    let mut client = Client::new(settings);
    assert_eq!(client.get("/v3/orders?limit=10").1["list"]["meta"]["totalCount"], 25);
    assert_eq!(walk(&mut client, "/v3/orders?limit=10").0.len(), 20);
}

#[test]
fn what_is_placed_while_paging_does_not_move_the_pages() {
    let mut orders = many(20);
    orders.push(PlannedOrder::seller(after(5)).id("LATER").line("A", 1));
    let mut client = Client::new(quiet(orders));
    let (_, body) = client.get("/v3/orders?limit=10");
    let cursor = body["list"]["meta"]["nextCursor"].as_str().unwrap_or_default().to_owned();
    client.at(10);
    let (all, _) = walk(&mut client, &path_of(&cursor));
    assert_eq!(all.len(), 10);
    assert!(!all.contains(&"LATER".to_owned()), "the window ends where the first page was asked for");
}

#[test]
fn totals_add_up_and_types_are_those_of_the_specification() {
    let mut client = Client::new(Settings { orders: 120, ..Settings::new(3, origin()) });
    let (_, body) = client.get("/v3/orders?limit=200");
    let orders = body["list"]["elements"]["order"].as_array().cloned().unwrap_or_default();
    assert!(orders.len() > 90);
    let cents = |value: &Value| (value.as_f64().unwrap_or(-1e9) * 100.0).round() as i64;
    for order in orders {
        let mut sum = 0;
        for line in order["orderLines"]["orderLine"].as_array().into_iter().flatten() {
            assert!(line["lineNumber"].is_string() && line["orderLineQuantity"]["amount"].is_string());
            for charge in line["charges"]["charge"].as_array().into_iter().flatten() {
                sum += cents(&charge["chargeAmount"]["amount"]);
                sum += if charge["tax"].is_null() { 0 } else { cents(&charge["tax"]["taxAmount"]["amount"]) };
            }
        }
        assert_eq!(cents(&order["orderSummary"]["totalAmount"]["currencyAmount"]), sum, "{order}");
        assert!(order["orderDate"].is_i64() && order["shippingInfo"]["estimatedShipDate"].is_i64());
    }
}
