//! Payloads in, one JSON object a line out; what cannot be read is a hold, never a lost order.

use crate::support::{code, complaint, done, json, stdout};
use serde_json::{Value, json as value};
use std::path::Path;

fn order() -> Value {
    value!({
        "purchaseOrderId": "1796277083022",
        "customerOrderId": "5281956426648",
        "customerEmailId": "relay@example.org",
        "orderDate": 1_760_000_000_000_i64,
        "shippingInfo": {
            "phone": "4155550123",
            "estimatedDeliveryDate": 1_760_500_000_000_i64,
            "estimatedShipDate": 1_760_200_000_000_i64,
            "methodCode": "Standard",
            "postalAddress": {
                "name": "Ada Example", "address1": "850 Cherry Avenue", "address2": "Floor 5",
                "city": "San Bruno", "state": "CA", "postalCode": "94066", "country": "USA",
                "addressType": "RESIDENTIAL"
            }
        },
        "orderLines": {"orderLine": [{
            "lineNumber": "1",
            "item": {"productName": "Kettle", "sku": "KET-1"},
            "charges": {"charge": [{
                "chargeType": "PRODUCT", "chargeName": "ItemPrice",
                "chargeAmount": {"currency": "USD", "amount": 19.99},
                "tax": {"taxName": "Tax1", "taxAmount": {"currency": "USD", "amount": 1.5}}
            }]},
            "orderLineQuantity": {"unitOfMeasurement": "EACH", "amount": "2"},
            "orderLineStatuses": {"orderLineStatus": [{
                "status": "Created",
                "statusQuantity": {"unitOfMeasurement": "EACH", "amount": "2"}
            }]}
        }]},
        "shipNode": {"type": "SellerFulfilled", "name": "Main"}
    })
}

fn written(folder: &Path, name: &str, text: &str) -> String {
    std::fs::write(folder.join(name), text).expect("a file");
    name.to_owned()
}

fn normalized(folder: &Path, kind: &str, name: &str) -> Vec<Value> {
    let output = done(folder, &["normalize", "--marketplace", "walmart", "--kind", kind, name]);
    assert!(output.status.success(), "{}", complaint(&output));
    stdout(&output).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

#[test]
fn an_order_has_exactly_the_shape_promised() {
    let folder = tempfile::tempdir().expect("a folder");
    let name = written(folder.path(), "one.json", &value!({"order": order()}).to_string());
    let all = normalized(folder.path(), "order", &name);
    assert_eq!(
        all,
        [value!({
            "channel_order_id": "1796277083022",
            "placed_at": "2025-10-09T08:53:20Z",
            "fulfilled_by": "seller",
            "ship_to": {
                "name": "Ada Example", "line1": "850 Cherry Avenue", "line2": "Floor 5", "city": "San Bruno",
                "region": "CA", "postal_code": "94066", "country": "US", "phone": "4155550123",
                "email": "relay@example.org",
                "states": {"name": "full", "lines": "full", "phone": "full", "email": "full"}
            },
            "lines": [{
                "line_id": "1", "sku": "KET-1", "ordered": 2, "cancelled": 0, "shipped": 0,
                "charges": [{"kind": "product", "amount": "19.99", "currency": "USD", "tax": "1.5"}]
            }],
            "total": all[0]["total"],
            "holds": []
        })]
    );
}

#[test]
fn what_cannot_be_mapped_is_a_hold_and_no_order_is_lost() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut skuless, mut undated) = (order(), order());
    skuless["orderLines"]["orderLine"][0]["item"]["sku"] = Value::Null;
    undated["purchaseOrderId"] = value!("2");
    undated["orderDate"] = value!({"what": "is this"});
    let page =
        value!({"list": {"meta": {"totalCount": 3}, "elements": {"order": [order(), skuless, undated]}}});
    let name = written(folder.path(), "page.json", &page.to_string());
    let all = normalized(folder.path(), "orders", &name);
    assert_eq!(all.len(), 3);
    assert_eq!(all[0]["holds"], value!([]));
    for (one, field) in [(&all[1], "sku"), (&all[2], "orderDate")] {
        let holds = one["holds"].as_array().expect("a list");
        let held = holds.iter().any(|hold| {
            hold["reason"] == "unmapped"
                && hold["detail"].as_str().is_some_and(|detail| detail.contains(field))
        });
        assert!(held, "{field}: {one}");
    }
    // A number that no number can hold is one order's trouble, too.
    let endless = page.to_string().replace("{\"what\":\"is this\"}", "1e400");
    let name = written(folder.path(), "endless.json", &endless);
    let all = normalized(folder.path(), "orders", &name);
    assert_eq!(all.len(), 3);
    assert!(all[2]["holds"].to_string().contains("orderDate"), "{}", all[2]);
}

#[test]
fn a_file_that_is_no_payload_is_named_and_the_others_are_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    let good = written(at, "good.json", &order().to_string());
    let bad = written(at, "bad.json", "{\"purchaseOrderId\": ");
    let scalar = written(at, "scalar.json", "5");
    let output = done(at, &["normalize", "--marketplace", "walmart", "--kind", "order", &bad, &good]);
    assert_eq!(code(&output), 3);
    assert!(complaint(&output).contains("bad.json line 1"), "{}", complaint(&output));
    assert_eq!(stdout(&output).lines().count(), 1);
    assert_eq!(code(&done(at, &["normalize", "--marketplace", "walmart", "--kind", "order", &scalar])), 3);
    let empty = written(at, "empty.json", "{\"unrelated\":1}");
    let output = done(at, &["normalize", "--marketplace", "walmart", "--kind", "orders", &empty]);
    assert_eq!(code(&output), 3);
    assert!(complaint(&output).contains("list.elements.order"), "{}", complaint(&output));
}

#[test]
fn an_error_says_whether_to_retry_and_whether_it_was_applied() {
    let folder = tempfile::tempdir().expect("a folder");
    let body = value!({"errors": {"error": [{
        "code": "INVALID_REQUEST_CONTENT.GMP_ORDER_API", "field": "data",
        "description": "line is not in a status to be shipped", "severity": "ERROR"
    }]}});
    let name = written(folder.path(), "error.json", &body.to_string());
    let output = done(folder.path(), &["normalize", "--marketplace", "walmart", "--kind", "error", &name]);
    let error = json(&output);
    for key in ["kind", "op", "message", "retry", "applied", "details"] {
        assert!(error.get(key).is_some(), "{key}: {error}");
    }
    assert_eq!((&error["retry"], &error["applied"]), (&value!("never"), &value!("no")));
    assert_eq!(
        error["details"],
        value!([{
            "code": "INVALID_REQUEST_CONTENT.GMP_ORDER_API", "field": "data",
            "description": "line is not in a status to be shipped"
        }])
    );
}

#[test]
fn one_order_that_cannot_be_read_takes_no_other_of_its_page_with_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let sound = order().to_string();
    let deep = format!("{}1{}", "{\"a\":".repeat(400), "}".repeat(400));
    for (what, broken) in [
        ("a number past all numbers", sound.replace("19.99", "1e400")),
        ("half a character", sound.replace("San Bruno", "San \\ud800")),
        ("nested past all bounds", sound.replace("\"KET-1\"", &deep)),
        ("no order at all", "null".to_owned()),
    ] {
        for (open, close) in [("{\"list\":{\"elements\":{\"order\":[", "]}}}"), ("[", "]")] {
            let page = format!("{open}{sound},{broken},{sound}{close}");
            let name = written(folder.path(), "page.json", &page);
            let all = normalized(folder.path(), "orders", &name);
            assert_eq!(all.len(), 3, "{what}");
            for at in [0, 2] {
                assert_eq!(all[at]["channel_order_id"], "1796277083022", "{what}");
                assert_eq!(all[at]["holds"], value!([]), "{what}");
            }
            assert_ne!(all[1]["holds"], value!([]), "{what}: {}", all[1]);
        }
    }
}
