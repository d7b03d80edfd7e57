//! Levels and what the level calls refuse.

use serde_json::json;

use super::support::*;
use crate::walmart::Settings;
use crate::walmart::plan::PlannedOrder;

fn shelf(orders: Vec<PlannedOrder>, stock: &[(&str, i64)]) -> Settings {
    let on_hand = stock.iter().map(|(sku, n)| ((*sku).to_owned(), *n)).collect();
    Settings { on_hand, ..quiet(orders) }
}

#[test]
fn a_set_replaces_and_a_sale_takes_away() {
    let sale = PlannedOrder::seller(after(10)).line("A", 3);
    let mut client = Client::new(shelf(vec![sale], &[("A", 20)]));
    assert_eq!(
        client.get("/v3/inventory?sku=A").1,
        json!({"sku": "A", "quantity": {"unit": "EACH", "amount": 20}})
    );
    assert_eq!(client.put_level("A", 5).0, 200);
    assert_eq!(client.get("/v3/inventory?sku=A").1["quantity"]["amount"], 5);
    client.at(10);
    assert_eq!(client.get("/v3/inventory?sku=A&shipNode=10000003527").1["quantity"]["amount"], 2);
    let (_, body) = client.get("/v3/inventories/A");
    let node = &body["nodes"][0];
    assert_eq!(
        (&node["inputQty"]["amount"], &node["availToSellQty"]["amount"], &node["reservedQty"]["amount"]),
        (&json!(5), &json!(2), &json!(3))
    );
}

#[test]
fn a_level_never_falls_below_zero() {
    let sale = PlannedOrder::seller(after(10)).line("A", 9);
    let mut client = Client::new(shelf(vec![sale], &[("A", 4)]));
    assert_eq!(client.at(10).get("/v3/inventory?sku=A").1["quantity"]["amount"], 0);
}

#[test]
fn each_wrong_set_is_refused() {
    let mut client = Client::new(shelf(Vec::new(), &[("A", 4)]));
    let good = json!({"sku": "A", "quantity": {"unit": "EACH", "amount": 1}});
    let cases = [
        ("/v3/inventory?sku=A", json!({"sku": "A", "quantity": 4}), 400, "must be an object"),
        (
            "/v3/inventory?sku=A",
            json!({"quantity": {"unit": "EACH", "amount": 1}}),
            400,
            "missing from the body",
        ),
        ("/v3/inventory?sku=A", json!({"sku": "B", "quantity": {}}), 400, "is not \"A\" of the query"),
        (
            "/v3/inventory?sku=A",
            json!({"sku": "A", "quantity": {"unit": "EACH", "amount": -1}}),
            400,
            "0 or more",
        ),
        (
            "/v3/inventory?sku=A",
            json!({"sku": "A", "quantity": {"unit": "BOX", "amount": 1}}),
            400,
            "must be EACH",
        ),
        ("/v3/inventory", good.clone(), 400, "missing from the query"),
        ("/v3/inventory?sku=A&shipNode=77", good.clone(), 400, "does not belong"),
        (
            "/v3/inventory?sku=Z",
            json!({"sku": "Z", "quantity": {"unit": "EACH", "amount": 1}}),
            404,
            "not found",
        ),
    ];
    for (path, body, wanted, text) in cases {
        let (status, answer) = client.call("PUT", path, &body.to_string());
        assert_eq!(status, wanted, "{path} {body}");
        assert!(why(&answer).contains(text), "{answer} does not say {text:?}");
    }
    assert_eq!(client.get("/v3/inventory?sku=A").1["quantity"]["amount"], 4);
    let (status, body) = client.get("/v3/inventory?sku=Z");
    assert_eq!((status, code(&body).as_str()), (404, "CONTENT_NOT_FOUND.GMP_INVENTORY_API"));
}

#[test]
fn the_bulk_read_pages_by_an_opaque_cursor() {
    let skus: Vec<String> = (0..23).map(|n| format!("S{n:02}")).collect();
    let stock: Vec<(&str, i64)> = skus.iter().map(|sku| (sku.as_str(), 1)).collect();
    let mut client = Client::new(shelf(Vec::new(), &stock));
    let (mut found, mut path) = (Vec::new(), "/v3/inventories".to_owned());
    for page in [10, 10, 3] {
        let (_, body) = client.get(&path);
        let rows = body["elements"]["inventories"].as_array().cloned().unwrap_or_default();
        assert_eq!(rows.len(), page, "ten unless asked otherwise");
        found.extend(rows.iter().filter_map(|row| row["sku"].as_str().map(str::to_owned)));
        let cursor = body["meta"]["nextCursor"].as_str().unwrap_or_default().to_owned();
        assert_eq!(cursor.is_empty(), page == 3);
        path = format!("/v3/inventories?nextCursor={cursor}");
    }
    assert_eq!(found, skus);
    assert_eq!(client.get("/v3/inventories?limit=51").0, 400);
    assert_eq!(client.get("/v3/inventories?nextCursor=zz").0, 400);
    assert_eq!(Client::new(quiet(Vec::new())).get("/v3/inventories").0, 404);
}

#[test]
fn names_with_reserved_characters_are_found() {
    let mut client = Client::new(shelf(Vec::new(), &[("SKU/0011", 4), ("SKU 0003", 5), ("SKU&0023", 6)]));
    assert_eq!(client.get("/v3/inventory?sku=SKU%2F0011").1["quantity"]["amount"], 4);
    assert_eq!(client.get("/v3/inventories/SKU%200003").1["sku"], "SKU 0003");
    assert_eq!(client.get("/v3/inventory?sku=SKU%260023").1["quantity"]["amount"], 6);
}

#[test]
fn the_ship_node_is_told() {
    let mut client = Client::new(quiet(Vec::new()));
    let (status, body) = client.get("/v3/settings/shipping/shipnodes");
    assert_eq!(
        (status, &body[0]["shipNode"], &body[0]["status"]),
        (200, &json!("10000003527"), &json!("ACTIVE"))
    );
}
