//! Shipment confirmation: what is refused, what repeats, what edits.

use serde_json::{Value, json};

use super::support::*;
use crate::plan::FulfilledBy;

fn client() -> Client {
    Client::new(quiet(vec![order("111-1").line("A", 3).line("B", 1)]))
}

#[test]
fn a_confirmation_is_204_without_a_body_and_shows_among_the_packages() {
    let mut client = client();
    let parcel = client.parcel("111-1", "7", 2, "T1");
    let answer = client.send("POST", "/orders/v0/orders/111-1/shipmentConfirmation", &parcel.to_string());
    let answer = answer.answer.unwrap_or_default();
    assert_eq!((answer.status().as_u16(), answer.body().len()), (204, 0));
    let order = client.order("111-1");
    let item = client.item("111-1", 0);
    assert_eq!(order["fulfillment"]["fulfillmentStatus"], "PARTIALLY_SHIPPED");
    let package = &order["packages"][0];
    assert_eq!((&package["packageReferenceId"], &package["trackingNumber"]), (&json!("7"), &json!("T1")));
    assert_eq!(
        (&package["carrier"], &package["packageStatus"]["status"]),
        (&json!("UPS"), &json!("SHIPPED"))
    );
    assert_eq!(package["packageItems"], json!([{"orderItemId": item, "quantity": 2}]));
    assert_eq!(client.effects().ship, [(format!("111-1/{item}"), 2)].into_iter().collect());
    assert_eq!(client.effects().shipments, [(format!("111-1/{item}/T1"), 2)].into_iter().collect());
}

#[test]
fn the_same_package_again_takes_effect_once() {
    let mut client = client();
    let parcel = client.parcel("111-1", "7", 2, "T1");
    assert_eq!(client.confirm("111-1", &parcel).0, 204);
    let (effects, changes) = (client.effects(), client.world.changes());
    assert_eq!(client.confirm("111-1", &parcel).0, 204);
    assert_eq!(client.effects().ship, effects.ship);
    assert_eq!(client.world.changes(), changes);
}

#[test]
fn the_same_number_with_other_content_is_an_edit() {
    let mut client = client();
    let parcel = client.parcel("111-1", "7", 2, "T1");
    assert_eq!(client.confirm("111-1", &parcel).0, 204);
    let parcel = client.parcel("111-1", "7", 3, "T2");
    assert_eq!(client.confirm("111-1", &parcel).0, 204);
    let item = client.item("111-1", 0);
    let effects = client.effects();
    assert_eq!(effects.ship, [(format!("111-1/{item}"), 3)].into_iter().collect());
    assert_eq!(effects.shipments, [(format!("111-1/{item}/T2"), 3)].into_iter().collect());
    assert_eq!(client.order("111-1")["packages"].as_array().map(Vec::len), Some(1));
}

#[test]
fn two_packages_complete_an_order() {
    let mut client = client();
    let mut parcel = client.parcel("111-1", "1", 3, "T1");
    assert_eq!(client.confirm("111-1", &parcel).0, 204);
    parcel["packageDetail"]["packageReferenceId"] = "2".into();
    parcel["packageDetail"]["orderItems"] = json!([{"orderItemId": client.item("111-1", 1), "quantity": 1}]);
    assert_eq!(client.confirm("111-1", &parcel).0, 204);
    assert_eq!(client.status("111-1"), "SHIPPED");
    parcel["packageDetail"]["packageReferenceId"] = "3".into();
    let (status, body) = client.confirm("111-1", &parcel);
    assert!(status == 400 && why(&body).contains("PackageToUpdateNotFound"), "{body}");
}

#[test]
fn each_wrong_part_is_refused() {
    let mut client = client();
    let good = client.parcel("111-1", "1", 1, "T1");
    let item = client.item("111-1", 0);
    let mut refused = |change: &dyn Fn(&mut Value), about: &str| {
        let mut body = good.clone();
        change(&mut body);
        let (status, body) = client.confirm("111-1", &body);
        assert_eq!(status, 400, "{about}: {body}");
        assert!(why(&body).contains(about), "{about}: {body}");
    };
    let cases: [(&str, Value, &str); 14] = [
        ("packageReferenceId", json!(1), "packageReferenceId"),
        ("packageReferenceId", json!("0"), "positive numeric"),
        ("packageReferenceId", json!("PKG-1"), "positive numeric"),
        ("packageReferenceId", json!("-1"), "positive numeric"),
        ("carrierCode", Value::Null, "carrierCode"),
        ("carrierCode", json!("Pigeon"), "Other"),
        ("carrierCode", json!("Other"), "carrierName is required"),
        ("trackingNumber", json!(""), "trackingNumber"),
        ("shipDate", json!("02/21/2022"), "ISO 8601"),
        ("shipDate", Value::Null, "shipDate"),
        ("orderItems", json!([]), "orderItems"),
        ("orderItems", json!([{"orderItemId": "999", "quantity": 1}]), "does not belong"),
        ("orderItems", json!([{"orderItemId": item, "quantity": 0}]), "above 0"),
        ("orderItems", json!([{"orderItemId": item, "quantity": 4}]), "exceeds the 3 units"),
    ];
    for (name, value, about) in &cases {
        refused(&|body| body["packageDetail"][*name] = value.clone(), about);
    }
    refused(&|body| body["marketplaceId"] = "A1PA6795UKMFR9".into(), "marketplaceId");
    refused(&|body| body["marketplaceId"] = Value::Null, "marketplaceId is missing");
    let twice = json!([{"orderItemId": item, "quantity": 2}, {"orderItemId": item, "quantity": 2}]);
    refused(&|body| body["packageDetail"]["orderItems"] = twice.clone(), "exceeds");
    assert!(client.effects().ship.is_empty());
    assert_eq!(client.confirm("111-9", &good).0, 404);
}

#[test]
fn another_carrier_goes_by_its_name() {
    let mut client = client();
    let mut parcel = client.parcel("111-1", "1", 1, "T1");
    parcel["packageDetail"]["carrierCode"] = "Other".into();
    parcel["packageDetail"]["carrierName"] = "Pigeon Post".into();
    assert_eq!(client.confirm("111-1", &parcel).0, 204);
    assert_eq!(client.order("111-1")["packages"][0]["carrier"], "Pigeon Post");
}

#[test]
fn what_amazon_ships_or_knows_already_is_refused() {
    let orders = vec![
        order("111-1").line("A", 1).fulfilled_by(FulfilledBy::Marketplace),
        order("111-2").line("A", 1).program("FBM_SHIP_PLUS"),
        order("111-3").line("A", 1),
    ];
    let mut client = Client::new(quiet(orders));
    for (id, about) in [("111-1", "fulfilled by Amazon"), ("111-2", "FBM Ship+")] {
        let parcel = client.parcel(id, "1", 1, "T1");
        let (status, body) = client.confirm(id, &parcel);
        assert!(status == 400 && why(&body).contains(about), "{body}");
    }
    assert_eq!(client.call("POST", "/_sandbox/orders/111-3/label", "").0, 200);
    assert_eq!(client.status("111-3"), "SHIPPED", "a label bought from Amazon confirms by itself");
    let parcel = client.parcel("111-3", "1", 1, "T1");
    let (status, body) = client.confirm("111-3", &parcel);
    assert!(status == 400 && why(&body).contains("label bought from Amazon"), "{body}");
    assert_eq!(client.call("POST", "/_sandbox/orders/111-3/label", "").0, 409);
    assert!(client.effects().ship.is_empty());
}

#[test]
fn a_parcel_arrives_after_three_days() {
    let mut client = client();
    let parcel = client.parcel("111-1", "1", 3, "T1");
    assert_eq!(client.confirm("111-1", &parcel).0, 204);
    client.at(3 * 86_400).renew();
    assert_eq!(client.order("111-1")["packages"][0]["packageStatus"]["status"], "DELIVERED");
}
