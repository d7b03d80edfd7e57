//! Feeds: taken in, in progress, processed; what is refused whole and what by row.

use serde_json::{Value, json};

use super::support::*;
use crate::walmart::{Faults, Settings};

fn shelf(faults: Faults) -> Settings {
    let on_hand = [("A".to_owned(), 10), ("B".to_owned(), 10)].into_iter().collect();
    Settings { on_hand, feed_s: (30, 30), ..with(faults, Vec::new()) }
}

fn nodes(rows: &[(&str, &str, i64)]) -> String {
    let rows: Vec<Value> = rows
        .iter()
        .map(|(sku, node, level)| {
            json!({"sku": sku, "shipNodes": [{"shipNode": node, "quantity": {"unit": "EACH", "amount": level}}]})
        })
        .collect();
    json!({"inventoryHeader": {"version": "1.5"}, "inventory": rows}).to_string()
}

const MP: &str = "/v3/feeds?feedType=MP_INVENTORY";

fn level(client: &mut Client, sku: &str) -> i64 {
    client.get(&format!("/v3/inventory?sku={sku}")).1["quantity"]["amount"].as_i64().unwrap_or(-1)
}

#[test]
fn rows_apply_when_the_feed_is_processed() {
    let mut client = Client::new(shelf(Faults::default()));
    let rows = nodes(&[("A", "10000003527", 3), ("B", "77", 4), ("Z", "10000003527", 5)]);
    let (status, body) = client.call("POST", MP, &rows);
    assert_eq!(status, 200);
    let id = body["feedId"].as_str().unwrap_or_default().to_owned();
    assert!(id.contains('@'), "{id}");
    let path = format!("/v3/feeds/{}?includeDetails=true", id.replace('@', "%40"));
    assert_eq!(client.get(&path).1["feedStatus"], "RECEIVED");
    let (_, body) = client.at(29).get(&path);
    assert_eq!(body["feedStatus"], "INPROGRESS");
    assert_eq!(body["itemDetails"]["itemIngestionStatus"][0]["ingestionStatus"], "INPROGRESS");
    assert_eq!(level(&mut client, "A"), 10);
    let (_, body) = client.at(30).get(&path);
    assert_eq!(body["feedStatus"], "PROCESSED");
    assert_eq!((&body["itemsSucceeded"], &body["itemsFailed"]), (&json!(1), &json!(2)));
    let rows = body["itemDetails"]["itemIngestionStatus"].as_array().cloned().unwrap_or_default();
    let status: Vec<_> = rows.iter().filter_map(|row| row["ingestionStatus"].as_str()).collect();
    assert_eq!(status, ["SUCCESS", "DATA_ERROR", "DATA_ERROR"]);
    assert_eq!((level(&mut client, "A"), level(&mut client, "B")), (3, 10));
    assert_eq!(client.get("/v3/feeds/NONE%40AQ").0, 404);
}

#[test]
fn a_feed_sent_twice_is_two_feeds() {
    let mut client = Client::new(shelf(Faults::default()));
    let rows = nodes(&[("A", "10000003527", 3)]);
    assert_eq!(client.call("POST", MP, &rows).0, 200);
    assert_eq!(client.at(5).call("POST", MP, &rows).0, 200);
    let (_, body) = client.get("/v3/feeds?limit=1&feedType=MP_INVENTORY");
    assert_eq!(
        (&body["totalResults"], &body["results"]["feed"][0]["feedDate"]),
        (&json!(2), &json!(after(5).timestamp_millis()))
    );
}

#[test]
fn wrong_feeds_are_refused_whole() {
    let mut client = Client::new(shelf(Faults::default()));
    let row = json!({"sku": "A", "quantity": {"unit": "EACH", "amount": 7}});
    let cases = [
        (MP, "{".to_owned(), "INVALID_REQUEST_CONTENT.GMP_FEED_API"),
        (
            MP,
            json!({"inventoryHeader": {"version": "1.4"}, "inventory": [row]}).to_string(),
            "INVALID_REQUEST_CONTENT.GMP_FEED_API",
        ),
        (
            MP,
            json!({"inventoryHeader": {"version": "1.5"}, "inventory": []}).to_string(),
            "INVALID_REQUEST_CONTENT.GMP_FEED_API",
        ),
        (
            "/v3/feeds?feedType=inventory",
            json!({"InventoryHeader": {"version": "1.4"}, "inventory": [row]}).to_string(),
            "ERR_EXT_DATA_0503009",
        ),
    ];
    for (path, body, wanted) in cases {
        let (status, answer) = client.call("POST", path, &body);
        assert_eq!((status, code(&answer).as_str()), (400, wanted), "{body}");
    }
    assert_eq!(client.call("POST", MP, &format!("\"{}\"", "x".repeat(1 << 20))).0, 413);
    let good = json!({"InventoryHeader": {"version": "1.4"}, "Inventory": [row]}).to_string();
    assert_eq!(client.call("POST", "/v3/feeds?feedType=inventory", &good).0, 200);
    client.at(60);
    assert_eq!(level(&mut client, "A"), 7);
}

#[test]
fn multipart_is_answered_and_does_nothing() {
    let mut client = Client::new(shelf(Faults::default()));
    let mut request = client.request("POST", MP, &nodes(&[("A", "10000003527", 3)]));
    let media = http::HeaderValue::from_static("multipart/form-data; boundary=x");
    request.headers_mut().insert("content-type", media);
    let answer = client.world.receive(client.now, &request).answer.unwrap_or_default();
    assert_eq!((answer.status().as_u16(), answer.body().len()), (200, 0));
    assert_eq!(client.get("/v3/feeds").1["totalResults"], 0);
}

#[test]
fn ten_feeds_an_hour() {
    let mut client = Client::new(shelf(Faults::default()));
    let row = json!({"sku": "A", "quantity": {"unit": "EACH", "amount": 7}});
    let body = json!({"InventoryHeader": {"version": "1.4"}, "Inventory": [row]}).to_string();
    for wanted in [200; 10].into_iter().chain([429]) {
        assert_eq!(client.call("POST", "/v3/feeds?feedType=inventory", &body).0, wanted);
    }
    assert_eq!(
        client.call("POST", MP, &nodes(&[("A", "10000003527", 3)])).0,
        200,
        "each type has its own limit"
    );
}

#[test]
fn a_feed_may_be_taken_without_a_name_and_may_get_stuck() {
    let faults = Faults { feed_no_id: 1000, feed_stuck: 1000, feed_stuck_max_s: 3600, ..Faults::default() };
    let mut client = Client::new(shelf(faults));
    let (status, body) = client.call("POST", MP, &nodes(&[("A", "10000003527", 3)]));
    assert_eq!((status, body["feedId"].is_null()), (200, true));
    let (_, list) = client.at(31).get("/v3/feeds");
    assert_eq!(list["results"]["feed"][0]["feedStatus"], "INPROGRESS");
    client.at(3601).renew();
    assert_eq!(client.get("/v3/feeds").1["results"]["feed"][0]["feedStatus"], "PROCESSED");
    assert_eq!(level(&mut client, "A"), 3);
}
