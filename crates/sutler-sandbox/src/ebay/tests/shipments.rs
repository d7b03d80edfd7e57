//! Packages: what is refused, what takes effect, and that nothing recognises a repetition.

use serde_json::json;

use super::support::*;
use crate::ebay::plan::FulfilledBy;

fn path(id: &str) -> String {
    format!("{ORDERS}/{id}/shipping_fulfillment")
}

#[test]
fn a_package_is_answered_with_its_place_and_nothing_else() {
    let mut client = Client::new(quiet(vec![order("O1").line("A", 2).line("B", 1)]));
    let line = client.lines("O1").remove(0);
    let reply = client.send("POST", &path("O1"), &parcel(&line, 1, "1Z999AA1").to_string());
    let answer = reply.answer.unwrap_or_default();
    assert_eq!((answer.status().as_u16(), answer.body().len()), (201, 0));
    let place = "https://api.ebay.com/sell/fulfillment/v1/order/O1/shipping_fulfillment/1Z999AA1";
    assert_eq!(answer.headers().get("location").and_then(|v| v.to_str().ok()), Some(place));
    let shown = client.one("O1");
    assert_eq!(
        (&shown["orderFulfillmentStatus"], &shown["fulfillmentHrefs"][0]),
        (&"IN_PROGRESS".into(), &place.into())
    );
    let (_, list) = client.get(&path("O1"));
    assert_eq!(
        (&list["total"], &list["fulfillments"][0]["shipmentTrackingNumber"]),
        (&1.into(), &"1Z999AA1".into())
    );
    assert_eq!(client.get(&format!("{}/1Z999AA1", path("O1"))).1["lineItems"][0]["quantity"], 1);
    assert_eq!(client.get(&format!("{}/other", path("O1"))).0, 404);
}

#[test]
fn a_second_post_ships_again() {
    let mut client = Client::new(quiet(vec![order("O1").line("A", 1)]));
    let line = client.lines("O1").remove(0);
    assert_eq!(client.ship("O1", 1, "1Z1").0, 201);
    assert_eq!(client.ship("O1", 1, "1Z1").0, 201);
    let effects = client.world.effects(client.now);
    assert_eq!(effects.ship.get(&format!("O1/{line}")), Some(&2), "once is not twice: the count shows it");
    assert_eq!(effects.shipments.get(&format!("O1/{line}/1Z1")), Some(&2));
    assert_eq!(client.get(&path("O1")).1["total"], 2);
}

#[test]
fn what_ebay_refuses_of_a_package() {
    let global = order("GSP").line("A", 1).line("B", 1).program("GLOBAL_SHIPPING");
    let mixed = order("MIX").line("A", 1).line("B", 1).program("GLOBAL_SHIPPING_FIRST_LINE");
    let own = order("OWN").line("A", 1).fulfilled_by(FulfilledBy::Marketplace);
    let mut client = Client::new(quiet(vec![order("O1").line("A", 2), global, mixed, own]));
    let line = client.lines("O1").remove(0);
    let mut refusal = |id: &str, body: serde_json::Value| number(&client.post(&path(id), &body).1);
    for tracking in ["1Z 999", "1Z-999", ""] {
        assert_eq!(refusal("O1", parcel(&line, 1, tracking)), 32_300, "{tracking:?}");
    }
    let mut bare = parcel(&line, 1, "1Z1");
    bare.as_object_mut().map(|members| members.remove("shippingCarrierCode"));
    assert_eq!(refusal("O1", bare), 32_300, "carrier and tracking come together");
    assert_eq!(refusal("O1", parcel("77", 1, "1Z1")), 32_200);
    assert_eq!(refusal("O1", parcel(&line, 3, "1Z1")), 32_600, "more than ordered");
    let row = json!({"lineItemId": line, "quantity": 1});
    let twice = json!({"lineItems": [row, row], "shippingCarrierCode": "UPS", "trackingNumber": "1Z1"});
    assert_eq!(refusal("O1", twice), 32_210);
    let mut late = parcel(&line, 1, "1Z1");
    late["shippedDate"] = "2030-01-01T00:00:00.000Z".into();
    assert_eq!(refusal("O1", late), 32_500);
    assert_eq!(refusal("O1", json!([])), 32_600);
    assert_eq!(refusal("OWN", parcel("1", 1, "1Z1")), 32_600);
    let mut whole = |id: &str| {
        let rows: Vec<_> = client.lines(id).iter().map(|line| json!({"lineItemId": line})).collect();
        let body = json!({"lineItems": rows, "shippingCarrierCode": "UPS", "trackingNumber": "1Z1"});
        number(&client.post(&path(id), &body).1)
    };
    assert_eq!((whole("GSP"), whole("MIX")), (34_300, 34_200));
    assert!(client.world.effects(client.now).ship.is_empty());
}

#[test]
fn a_package_without_tracking_is_number_999() {
    let mut client = Client::new(quiet(vec![order("O1").line("A", 1)]));
    let line = client.lines("O1").remove(0);
    assert_eq!(client.post(&path("O1"), &json!({"lineItems": [{"lineItemId": line}]})).0, 201);
    let (_, list) = client.get(&path("O1"));
    assert_eq!(list["fulfillments"][0]["fulfillmentId"], "999");
    assert!(list["fulfillments"][0].get("shipmentTrackingNumber").is_none());
}

#[test]
fn the_fiftyfirst_package_is_one_too_many() {
    let mut client = Client::new(quiet(vec![order("O1").line("A", 60)]));
    assert!((0..50).all(|n| client.ship("O1", 1, &format!("1Z{n}")).0 == 201));
    assert_eq!(number(&client.ship("O1", 1, "1Z50").1), 34_100);
}
