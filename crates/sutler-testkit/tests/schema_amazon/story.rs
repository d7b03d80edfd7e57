//! What the seller asks: every operation once with success, and every way to be refused.

use crate::seller::{STORE, Seller};
use chrono::Duration;
use serde_json::{Value, json};

pub(crate) const SETS: &str =
    "BUYER,RECIPIENT,PROCEEDS,EXPENSE,PROMOTION,CANCELLATION,FULFILLMENT,PACKAGES,TAX,PAYMENT";

/// Every operation once with success.
pub(crate) fn good_answers(seller: &mut Seller<'_>) {
    seller.renew();
    let items = "/listings/2021-08-01/items/A2SUTLERSANDBX";
    let (status, body) = seller.get(&format!(
        "/orders/2026-01-01/orders?lastUpdatedAfter=2026-11-20T00:00:00Z&marketplaceIds={STORE}&maxResultsPerPage=2&includedData={SETS}"
    ));
    assert_eq!((status, body["orders"].as_array().map(Vec::len)), (200, Some(2)));
    for id in ["111-1", "111-2", "111-3", "111-4"] {
        let (status, body) = seller.get(&format!("/orders/2026-01-01/orders/{id}?includedData={SETS}"));
        assert_eq!(status, 200);
        let item = body["order"]["orderItems"][0]["orderItemId"].clone();
        let package = json!({
            "packageReferenceId": "1", "carrierCode": "UPS", "trackingNumber": "1Z", "shippingMethod": "Ground",
            "shipDate": "2026-11-23T08:00:00Z", "orderItems": [{"orderItemId": item, "quantity": 1}],
        });
        let wanted = json!({"marketplaceId": STORE, "packageDetail": package});
        let (status, body) = seller.post(&format!("/orders/v0/orders/{id}/shipmentConfirmation"), &wanted);
        assert_eq!(status, if id == "111-1" { 204 } else { 400 }, "{id}: {body}");
        assert_eq!(seller.get(&format!("/orders/2026-01-01/orders/{id}?includedData={SETS}")).0, 200);
    }
    let patch = |level: Value| {
        json!({"productType": "PRODUCT", "patches": [{"op": "merge", "path": "/attributes/fulfillment_availability",
            "value": [{"fulfillment_channel_code": "DEFAULT", "quantity": level}]}]})
    };
    let target = format!("{items}/A?marketplaceIds={STORE}");
    assert_eq!(seller.send("PATCH", &target, &patch(json!(3)), true).1["status"], "ACCEPTED");
    assert_eq!(seller.send("PATCH", &target, &patch(json!(-3)), true).1["status"], "INVALID");
    let all = "summaries,attributes,issues,fulfillmentAvailability,productTypes";
    assert_eq!(seller.get(&format!("{target}&includedData={all}")).0, 200);
    assert_eq!(seller.get(&format!("{items}?marketplaceIds={STORE}&pageSize=1&includedData={all}")).0, 200);
    let fba =
        format!("granularityType=Marketplace&granularityId={STORE}&marketplaceIds={STORE}&details=true");
    assert_eq!(seller.get(&format!("/fba/inventory/v1/summaries?{fba}")).0, 200);
    assert_eq!(seller.get("/sellers/v1/marketplaceParticipations").0, 200);
    assert_eq!(seller.get("/notifications/v1/subscriptions/ORDER_CHANGE").0, 200);
    feeds_and_reports(seller);
    seller.renew();
    let destination =
        json!({"name": "q", "resourceSpecification": {"sqs": {"arn": "arn:aws:sqs:us-east-1:1:q"}}});
    seller.login("grant_type=client_credentials&scope=sellingpartnerapi::notifications");
    let (status, made) = seller.post("/notifications/v1/destinations", &destination);
    assert_eq!((status, seller.get("/notifications/v1/destinations").0), (200, 200));
    seller.renew();
    let wanted = json!({"payloadVersion": "1.0", "destinationId": made["payload"]["destinationId"]});
    assert_eq!(seller.post("/notifications/v1/subscriptions/ORDER_CHANGE", &wanted).0, 409);
}

fn feeds_and_reports(seller: &mut Seller<'_>) {
    let id = seller.feed("POST_ORDER_ACKNOWLEDGEMENT_DATA", "text/xml", "<a/>");
    assert_eq!(seller.send("DELETE", &format!("/feeds/2021-06-30/feeds/{id}"), &Value::Null, true).0, 200);
    let text = json!({"header": {"sellerId": "A2SUTLERSANDBX", "version": "2.0"}, "messages": [{
        "messageId": 1, "sku": "A", "operationType": "PATCH", "productType": "PRODUCT", "patches": [{"op": "replace",
        "path": "/attributes/fulfillment_availability", "value": [{"fulfillment_channel_code": "DEFAULT", "quantity": 2}]}]}]});
    let id = seller.feed("JSON_LISTINGS_FEED", "application/json; charset=UTF-8", &text.to_string());
    assert_eq!(seller.get(&format!("/feeds/2021-06-30/feeds/{id}")).0, 200);
    let wanted = json!({"reportType": "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL", "marketplaceIds": [STORE],
        "dataStartTime": "2026-11-20T00:00:00Z"});
    let (status, report) = seller.post("/reports/2021-06-30/reports", &wanted);
    assert_eq!(status, 202);
    let report = report["reportId"].as_str().unwrap_or_default().to_owned();
    seller.now += Duration::minutes(6);
    let (_, done) = seller.get(&format!("/feeds/2021-06-30/feeds/{id}"));
    let document = done["resultFeedDocumentId"].as_str().unwrap_or_default().to_owned();
    assert_eq!(seller.get(&format!("/feeds/2021-06-30/documents/{document}")).0, 200);
    assert_eq!(seller.get("/feeds/2021-06-30/feeds?feedTypes=JSON_LISTINGS_FEED&pageSize=1").0, 200);
    let (_, done) = seller.get(&format!("/reports/2021-06-30/reports/{report}"));
    let document = done["reportDocumentId"].as_str().unwrap_or_default().to_owned();
    let path = format!("/reports/2021-06-30/documents/{document}");
    assert_eq!(seller.get(&path).0, 200);
    let resources = json!({"restrictedResources": [{"method": "GET", "path": path}]});
    assert_eq!(seller.post("/tokens/2021-03-01/restrictedDataToken", &resources).0, 200);
    let (_, second) = seller.post("/reports/2021-06-30/reports", &wanted);
    let second = second["reportId"].as_str().unwrap_or_default().to_owned();
    assert_eq!(
        seller.send("DELETE", &format!("/reports/2021-06-30/reports/{second}"), &Value::Null, true).0,
        200
    );
    let kinds = "reportTypes=GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL";
    assert_eq!(seller.get(&format!("/reports/2021-06-30/reports?{kinds}")).0, 200);
}

/// Every way the local Amazon says no.
pub(crate) fn refusals(seller: &mut Seller<'_>) {
    let statuses: Vec<u16> = [
        ("GET", "/orders/2026-01-01/orders", Value::Null),
        ("GET", "/orders/2026-01-01/orders/nobody", Value::Null),
        ("POST", "/orders/v0/orders/nobody/shipmentConfirmation", json!({})),
        ("GET", "/listings/2021-08-01/items/A2SUTLERSANDBX/nobody?marketplaceIds=ATVPDKIKX0DER", Value::Null),
        ("PATCH", "/listings/2021-08-01/items/A2SUTLERSANDBX/A", json!({})),
        ("POST", "/feeds/2021-06-30/feeds", json!({"feedType": "X"})),
        ("GET", "/feeds/2021-06-30/feeds/0", Value::Null),
        ("GET", "/reports/2021-06-30/reports/0", Value::Null),
        ("GET", "/fba/inventory/v1/summaries?granularityType=X", Value::Null),
        (
            "GET",
            "/orders/2026-01-01/orders?createdAfter=2026-11-01&marketplaceIds=A1PA6795UKMFR9",
            Value::Null,
        ),
    ]
    .iter()
    .map(|(method, target, body)| seller.send(method, target, body, false).0)
    .collect();
    assert_eq!(statuses, [400, 404, 404, 404, 400, 400, 404, 404, 400, 403]);
    let token = std::mem::take(&mut seller.token);
    assert_eq!(seller.send("GET", "/sellers/v1/marketplaceParticipations", &Value::Null, false).0, 403);
    seller.token = token;
}
