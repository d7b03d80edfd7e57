//! Reports: what they hold, when they are empty, who may read them.

use serde_json::{Value, json};

use super::support::*;
use crate::amazon::Settings;
use crate::plan::FulfilledBy;

const ALL: &str = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL";
const SHIPPING: &str = "GET_FLAT_FILE_ORDER_REPORT_DATA_SHIPPING";
const RETURNS: &str = "GET_FLAT_FILE_RETURNS_DATA_BY_RETURN_DATE";

/// Asks for a report of the last day and waits for its end.
fn finished(client: &mut Client, kind: &str) -> Value {
    finished_of(client, kind, 1)
}

/// The same of the last days.
fn finished_of(client: &mut Client, kind: &str, days: i64) -> Value {
    let wanted = json!({"reportType": kind, "marketplaceIds": [STORE], "dataStartTime": iso(client.now - chrono::Duration::days(days))});
    let (status, body) = client.post("/reports/2021-06-30/reports", &wanted);
    assert_eq!(status, 202, "{body}");
    let path = format!("/reports/2021-06-30/reports/{}", body["reportId"].as_str().unwrap_or_default());
    assert_eq!(client.get(&path).1["processingStatus"], "IN_QUEUE");
    client.now += chrono::Duration::seconds(181);
    client.get(&path).1
}

/// The cells of a report's document, heading first.
fn sheet(client: &mut Client, report: &Value) -> Vec<Vec<String>> {
    assert_eq!(report["processingStatus"], "DONE", "{report}");
    let document = report["reportDocumentId"].as_str().unwrap_or_default().to_owned();
    let (media, bytes) = client.document(&format!("/reports/2021-06-30/documents/{document}"));
    let text = if media.ends_with("charset=Cp1252") {
        bytes.iter().map(|b| char::from(*b)).collect()
    } else {
        assert!(media.ends_with("charset=UTF-8"), "{media}");
        String::from_utf8(bytes).unwrap_or_default()
    };
    text.lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

fn cell<'a>(sheet: &'a [Vec<String>], row: usize, column: &str) -> &'a str {
    let at = sheet[0].iter().position(|name| name == column).unwrap_or(usize::MAX);
    sheet[row].get(at).map_or("", String::as_str)
}

#[test]
fn the_report_of_all_orders_has_a_line_for_every_item_also_of_amazons() {
    let orders = vec![
        order("111-1").line("A", 2).line("B", 1),
        order("111-2").line("A", 1).fulfilled_by(FulfilledBy::Marketplace),
        order("111-3").line("A", 1).paid_at(after(9_000)),
    ];
    let mut client = Client::new(quiet(orders));
    let report = finished(&mut client, ALL);
    let sheet = sheet(&mut client, &report);
    assert_eq!(sheet.len(), 5);
    assert_eq!((cell(&sheet, 1, "amazon-order-id"), cell(&sheet, 1, "quantity")), ("111-1", "2"));
    assert_eq!(
        (cell(&sheet, 3, "fulfillment-channel"), cell(&sheet, 3, "order-status")),
        ("Amazon", "Unshipped")
    );
    assert_eq!((cell(&sheet, 4, "order-status"), cell(&sheet, 4, "item-price")), ("Pending", ""));
    assert!(
        !sheet[0].iter().any(|name| name.contains("name") && name != "product-name"),
        "nothing names the buyer"
    );
}

#[test]
fn a_report_of_nothing_is_cancelled() {
    let mut client = Client::new(quiet(Vec::new()));
    for kind in [ALL, SHIPPING, RETURNS] {
        let report = finished(&mut client, kind);
        assert_eq!(report["processingStatus"], "CANCELLED");
        assert!(report["reportDocumentId"].is_null());
    }
}

#[test]
fn the_shipping_report_wants_a_restricted_token_and_comes_half_an_hour_late() {
    let mut client =
        Client::new(quiet(vec![order("111-1").line("A", 2), order("111-2").line("A", 1).paid_at(after(60))]));
    client.at(1_000);
    let report = finished(&mut client, SHIPPING);
    let path =
        format!("/reports/2021-06-30/documents/{}", report["reportDocumentId"].as_str().unwrap_or_default());
    assert_eq!(client.get(&path).0, 403);
    let wanted = json!({"restrictedResources": [{"method": "GET", "path": path}]});
    let (status, body) = client.post("/tokens/2021-03-01/restrictedDataToken", &wanted);
    assert_eq!((status, &body["expiresIn"]), (200, &json!(3600)));
    client.token = body["restrictedDataToken"].as_str().unwrap_or_default().to_owned();
    let sheet = sheet(&mut client, &report);
    assert_eq!(sheet.len(), 2, "the one that was paid a quarter of an hour ago is not there yet");
    assert_eq!(cell(&sheet, 1, "order-id"), "111-1");
    assert!(!cell(&sheet, 1, "recipient-name").is_empty() && !cell(&sheet, 1, "ship-address-1").is_empty());
    assert_eq!(client.get("/orders/2026-01-01/orders/111-1").0, 403, "it opens nothing else");
}

#[test]
fn returns_are_reported_by_the_day_they_were_asked_for() {
    let orders = vec![order("111-1").line("A", 2)];
    let mut client = Client::new(Settings { token_life_s: 864_000, ..quiet(orders) });
    assert_eq!(client.call("POST", "/_sandbox/orders/111-1/return", "").0, 409, "nothing was shipped");
    let parcel = client.parcel("111-1", "1", 2, "T1");
    assert_eq!(client.confirm("111-1", &parcel).0, 204);
    assert_eq!(client.call("POST", "/_sandbox/orders/111-1/return", "{\"reason\":\"CR-DEFECTIVE\"}").0, 201);
    let report = finished(&mut client, RETURNS);
    let sheet = sheet(&mut client, &report);
    assert_eq!((cell(&sheet, 1, "Order ID"), cell(&sheet, 1, "Return quantity")), ("111-1", "2"));
    assert_eq!((cell(&sheet, 1, "Merchant SKU"), cell(&sheet, 1, "Return Reason")), ("A", "CR-DEFECTIVE"));
    assert!(cell(&sheet, 1, "Return delivery date").is_empty());
    client.now += chrono::Duration::days(4);
    let later = finished_of(&mut client, RETURNS, 9);
    let sheet = self::sheet(&mut client, &later);
    assert_eq!((cell(&sheet, 1, "Return request status"), sheet[0].len()), ("Completed", 32));
    assert!(!cell(&sheet, 1, "Return delivery date").is_empty());
    assert_eq!(cell(&sheet, 1, "Refunded Amount"), "39.98");
    let long =
        json!({"reportType": RETURNS, "marketplaceIds": [STORE], "dataStartTime": iso(after(-61 * 86_400))});
    assert_eq!(client.post("/reports/2021-06-30/reports", &long).0, 400);
}

#[test]
fn whoever_reads_a_report_knows_its_orders() {
    let settings = Settings {
        on_hand: [("A".to_owned(), 10)].into_iter().collect(),
        ..quiet(vec![order("111-1").line("A", 3)])
    };
    let mut client = Client::new(settings);
    let report = finished(&mut client, ALL);
    assert_eq!(client.set("A", 10).0, 200);
    client.now += chrono::Duration::seconds(2);
    assert_eq!(client.effects().reoffered_after_seen, 0, "made, and not yet read");
    sheet(&mut client, &report);
    assert_eq!(client.set("A", 10).0, 200);
    client.now += chrono::Duration::seconds(2);
    assert_eq!(client.effects().reoffered_after_seen, 3);
}

#[test]
fn a_report_that_is_none_is_refused() {
    let mut client = Client::new(quiet(vec![order("111-1").line("A", 1)]));
    let mut code = |body: Value| client.post("/reports/2021-06-30/reports", &body).0;
    assert_eq!(code(json!({"reportType": "GET_NOTHING", "marketplaceIds": [STORE]})), 400);
    assert_eq!(code(json!({"reportType": ALL})), 400);
    assert_eq!(code(json!({"reportType": ALL, "marketplaceIds": ["A1VC38T7YXB528"]})), 403);
    assert_eq!(code(json!({"reportType": ALL, "marketplaceIds": [STORE], "dataStartTime": "tomorrow"})), 400);
    let (_, body) =
        client.post("/reports/2021-06-30/reports", &json!({"reportType": ALL, "marketplaceIds": [STORE]}));
    let path = format!("/reports/2021-06-30/reports/{}", body["reportId"].as_str().unwrap_or_default());
    assert_eq!(client.call("DELETE", &path, "").0, 200);
    assert_eq!(client.get(&path).1["processingStatus"], "CANCELLED");
    assert_eq!(client.at(300).call("DELETE", &path, "").0, 400);
    let (status, list) =
        client.get(&format!("/reports/2021-06-30/reports?reportTypes={ALL}&processingStatuses=CANCELLED"));
    assert_eq!((status, list["reports"].as_array().map(Vec::len)), (200, Some(1)));
}
