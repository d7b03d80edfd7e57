//! The list of returns: by plan, by seed and by hand, page by page, and what it refuses.

use chrono::Duration;
use serde_json::Value;
use std::collections::BTreeSet;

use super::support::*;
use crate::walmart::Settings;

const MONTH: &str =
    "returnLastModifiedStartDate=2026-11-01T00:00:00Z&returnLastModifiedEndDate=2026-12-31T00:00:00Z";

fn shipped(client: &mut Client, id: &str) {
    client.acknowledge(id);
    let (_, lines) = client.shape(id);
    let line = lines.first().cloned().unwrap_or_default();
    let parcel = client.parcel(id, &line, 1, "1Z1");
    assert_eq!(client.ship(id, &parcel).0, 200);
}

impl Client {
    fn send_back(&mut self, id: &str) -> (u16, Value) {
        self.call("POST", &format!("/_sandbox/orders/{id}/return"), "")
    }

    fn listed(&mut self, query: &str) -> Vec<Value> {
        let (status, body) = self.get(&format!("/v3/returns?{query}"));
        assert_eq!(status, 200, "{body}");
        body["returnOrders"].as_array().cloned().unwrap_or_default()
    }
}

#[test]
fn a_return_goes_its_way_and_is_listed_by_when_it_changed() {
    let mut client = Client::new(quiet(vec![order("PO1").line("A", 2), order("PO2").line("B", 1)]));
    assert_eq!(client.send_back("PO1").0, 409, "nothing was shipped");
    assert_eq!(client.send_back("PO9").0, 404);
    shipped(&mut client, "PO1");
    let (status, opened) = client.send_back("PO1");
    assert_eq!(status, 201);
    let state = |client: &mut Client| {
        let all = client.listed(MONTH);
        let [one] = all.as_slice() else { panic!("{all:?}") };
        assert_eq!(one["returnOrderId"], opened["return_id"]);
        let line = &one["returnOrderLines"][0];
        assert_eq!((&line["purchaseOrderId"], &line["item"]["sku"]), (&"PO1".into(), &"A".into()));
        assert_eq!(line["quantity"]["measurementValue"], 1, "what was shipped of the line");
        line["currentTrackingStatuses"][0]["status"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(state(&mut client), "INITIATED");
    client.now += Duration::days(3);
    client.renew();
    assert_eq!(state(&mut client), "DELIVERED");
    let before = "returnLastModifiedStartDate=2026-11-01&returnLastModifiedEndDate=2026-11-24T12:00:00Z";
    assert!(client.listed(before).is_empty(), "it changed after that window");
    client.now += Duration::days(1);
    client.renew();
    assert_eq!(state(&mut client), "COMPLETED");
}

#[test]
fn by_plan_and_by_seed_buyers_send_back_what_was_shipped_by_then() {
    let planned = order("PO1").line("A", 1).returned_at(after(60));
    let early = order("PO2").line("A", 1).returned_at(after(-60));
    let mut client = Client::new(quiet(vec![planned, early]));
    shipped(&mut client, "PO1");
    shipped(&mut client, "PO2");
    client.at(120);
    let all = client.listed(MONTH);
    assert_eq!(all.len(), 1, "when the other buyer would have, nothing had been shipped: {all:?}");
    let orders = (0..20).map(|n| order(&format!("PO{n}")).line("A", 1)).collect();
    let mut client = Client::new(Settings { returns: 500, ..quiet(orders) });
    (0..20).for_each(|n| shipped(&mut client, &format!("PO{n}")));
    client.now += Duration::days(13);
    client.renew();
    let back = client.listed(&format!("{MONTH}&limit=200")).len();
    assert!((3..18).contains(&back), "{back} of 20");
}

#[test]
fn pages_are_ten_unless_asked_and_go_on_at_the_cursor() {
    let orders = (0..23).map(|n| order(&format!("PO{n}")).line("A", 1)).collect();
    let mut client = Client::new(quiet(orders));
    for n in 0..23 {
        shipped(&mut client, &format!("PO{n}"));
        client.send_back(&format!("PO{n}"));
    }
    let (mut path, mut seen, mut sizes) = (format!("/v3/returns?{MONTH}"), BTreeSet::new(), Vec::new());
    loop {
        let (status, body) = client.get(&path);
        assert_eq!((status, &body["meta"]["totalCount"]), (200, &23.into()));
        let all = body["returnOrders"].as_array().cloned().unwrap_or_default();
        sizes.push(all.len());
        seen.extend(all.iter().map(|one| one["returnOrderId"].to_string()));
        match body["meta"]["nextCursor"].as_str() {
            Some("") | None => break,
            Some(next) => path = format!("/v3/returns{next}"),
        }
    }
    assert_eq!((sizes, seen.len()), (vec![10, 10, 3], 23));
}

#[test]
fn half_a_window_and_a_large_page_are_refused() {
    let mut client = Client::new(quiet(Vec::new()));
    for (query, says) in [
        ("returnLastModifiedStartDate=2026-11-01", "together"),
        ("returnCreationEndDate=2026-11-01", "together"),
        ("returnCreationStartDate=soon&returnCreationEndDate=2026-11-01", "not a date"),
        ("limit=201", "from 1 to 200"),
        ("limit=0", "from 1 to 200"),
    ] {
        let (status, body) = client.get(&format!("/v3/returns?{query}"));
        assert_eq!(status, 400, "{query}");
        assert!(why(&body).contains(says), "{query}: {body}");
    }
    assert!(client.listed(MONTH).is_empty());
}
