//! One right and one deliberately wrong message per call, and half of it: the proof that the schema checks check.
//!
//! They need the specifications, whose folder `SUTLER_SPECS` names; without it a line says that they did not run.

use bytes::Bytes;
use http::{Request, Response};
use serde_json::{Value, json};
use sutler_testkit::schema::{Checks, Fault, Finding, Opinion, Side, Specs};

/// One call with a right message on either side.
struct Call {
    verb: &'static str,
    method: &'static str,
    target: &'static str,
    body: Option<Value>,
    answer: Value,
}

fn calls() -> Vec<Call> {
    let call = |verb, method, target, answer| Call { verb, method, target, body: None, answer };
    let quantity = json!({"unit": "EACH", "amount": 4});
    let node =
        json!({"shipNode": "701", "inputQty": quantity, "availToSellQty": quantity, "reservedQty": quantity});
    let page = json!({"list": {"meta": {"totalCount": 1, "limit": 100, "nextCursor": ""}, "elements": {"order": [order()]}}});
    let ids = json!({"order": order()});
    let status = json!({"status": "Shipped", "statusQuantity": {"unitOfMeasurement": "EACH", "amount": "1"},
        "trackingInfo": {"shipDateTime": 1_780_000_000_000_u64, "carrierName": {"carrier": "UPS"},
            "methodCode": "Standard", "trackingNumber": "1Z1"}});
    let ship = json!({"orderShipment": {"orderLines": {"orderLine": [
        {"lineNumber": "1", "sellerOrderId": "S1", "orderLineStatuses": {"orderLineStatus": [status]}}]}}});
    let cancelled = json!({"status": "Cancelled", "cancellationReason": "SELLER_CANCEL_OUT_OF_STOCK",
        "statusQuantity": {"unitOfMeasurement": "EACH", "amount": "1"}});
    let cancel = json!({"orderCancellation": {"orderLines": {"orderLine": [
        {"lineNumber": "1", "orderLineStatuses": {"orderLineStatus": [cancelled]}}]}}});
    let back = json!({"currency": "USD", "amount": -1.5});
    let charge = json!({"chargeType": "PRODUCT", "chargeName": "ItemPrice", "chargeAmount": back,
        "tax": {"taxName": "Item Price Tax", "taxAmount": back}});
    let refund = json!({"orderRefund": {"purchaseOrderId": "1796277083022", "orderLines": {"orderLine": [
        {"lineNumber": "1", "isFullRefund": false, "refunds": {"refund": [{"refundComments": "refund 1",
            "refundCharges": {"refundCharge": [{"refundReason": "Others", "charge": charge}]}}]}}]}}});
    let set = json!({"sku": "A", "quantity": quantity});
    let rows = json!({"inventoryHeader": {"version": "1.5"},
        "inventory": [{"sku": "A", "shipNodes": [{"shipNode": "701", "quantity": quantity}]}]});
    let feed = json!({"feedId": "F1@AQ", "feedStatus": "PROCESSED", "itemsReceived": 1, "itemsSucceeded": 1});
    let minted = json!({"access_token": "t", "token_type": "Bearer", "expires_in": 900});
    let detail = json!({"scopes": {"orders": "full_access"}, "expire_at": "1", "issued_at": "0", "is_valid": true,
        "is_channel_match": true});
    let submitted = json!({"feedId": "F1@AQ", "additionalAttributes": null, "errors": null});
    vec![
        call("walmart.token", "POST", "/v3/token", minted),
        call("walmart.token.detail", "GET", "/v3/token/detail", detail),
        call("walmart.orders.list", "GET", "/v3/orders?createdStartDate=2026-06-01&limit=200", page.clone()),
        call("walmart.orders.released", "GET", "/v3/orders/released?createdStartDate=2026-06-01", page),
        call("walmart.orders.get", "GET", "/v3/orders/1796277083022?productInfo=true", ids.clone()),
        call("walmart.orders.acknowledge", "POST", "/v3/orders/1796277083022/acknowledge", ids.clone()),
        call("walmart.orders.ship", "POST", "/v3/orders/1796277083022/shipping", ids.clone()).with(ship),
        call("walmart.orders.cancel", "POST", "/v3/orders/1796277083022/cancel", ids.clone()).with(cancel),
        call("walmart.orders.refund", "POST", "/v3/orders/1796277083022/refund", ids).with(refund),
        call("walmart.inventory.get", "GET", "/v3/inventory?sku=A%20B", set.clone()),
        call("walmart.inventory.set", "PUT", "/v3/inventory?sku=A", set.clone()).with(set),
        call(
            "walmart.inventories.list",
            "GET",
            "/v3/inventories?limit=50",
            json!({"meta": {"totalCount": 1, "nextCursor": "x"}, "elements": {"inventories": [{"sku": "A", "nodes": [node]}]}}),
        ),
        call("walmart.inventories.get", "GET", "/v3/inventories/A", json!({"sku": "A", "nodes": [node]})),
        call("walmart.feeds.submit", "POST", "/v3/feeds?feedType=MP_INVENTORY", submitted).with(rows),
        call(
            "walmart.feeds.list",
            "GET",
            "/v3/feeds?offset=0",
            json!({"totalResults": 0, "results": {"feed": []}}),
        ),
        call("walmart.feeds.status", "GET", "/v3/feeds/F1%40AQ?includeDetails=true", feed),
        call("walmart.shipnodes", "GET", "/v3/settings/shipping/shipnodes", json!([{"shipNode": "701"}])),
        call(
            "walmart.returns.list",
            "GET",
            "/v3/returns?returnLastModifiedStartDate=2026-06-01T00:00:00Z&returnLastModifiedEndDate=2026-06-02T00:00:00Z&limit=200",
            json!({"meta": {"totalCount": 1, "limit": 200, "nextCursor": ""}, "returnOrders": [
                {"returnOrderId": "R1", "returnOrderLines": [{"purchaseOrderId": "1", "status": "INITIATED"}]}]}),
        ),
    ]
}

fn order() -> Value {
    json!({"purchaseOrderId": "1796277083022", "customerOrderId": "2", "customerEmailId": "a@relay.walmart.com",
        "orderDate": 1_780_000_000_000_u64,
        "shippingInfo": {"phone": "5550100", "estimatedDeliveryDate": 1, "estimatedShipDate": 1, "methodCode": "Value",
            "postalAddress": {"name": "N", "address1": "1 Main", "city": "C", "state": "CA", "postalCode": "94040",
                "country": "USA"}},
        "orderLines": {"orderLine": [{"lineNumber": "1", "item": {"productName": "P", "sku": "A"},
            "charges": {"charge": [{"chargeType": "PRODUCT", "chargeName": "ItemPrice",
                "chargeAmount": {"currency": "USD", "amount": 9.99}}]},
            "orderLineQuantity": {"unitOfMeasurement": "EACH", "amount": "1"}, "statusDate": 1,
            "orderLineStatuses": {"orderLineStatus": [{"status": "Created",
                "statusQuantity": {"unitOfMeasurement": "EACH", "amount": "1"}}]}}]}})
}

impl Call {
    fn with(self, body: Value) -> Call {
        Call { body: Some(body), ..self }
    }

    fn request(&self) -> Request<Bytes> {
        let mut request = request(self.method, self.target);
        if self.verb == "walmart.token" {
            *request.body_mut() = Bytes::from_static(b"grant_type=client_credentials");
            header(&mut request, "content-type", "application/x-www-form-urlencoded");
            header(&mut request, "authorization", "Basic aWQ6c2VjcmV0");
        }
        if let Some(body) = &self.body {
            *request.body_mut() = body.to_string().into();
            header(&mut request, "content-type", "application/json");
        }
        request
    }
}

fn request(method: &str, target: &str) -> Request<Bytes> {
    let mut request = Request::builder().method(method).uri(target).body(Bytes::new()).expect("a request");
    for (name, value) in
        [("wm_sec.access_token", "t"), ("wm_qos.correlation_id", "c"), ("wm_svc.name", "Walmart")]
    {
        if !(target == "/v3/token" && name == "wm_sec.access_token") {
            header(&mut request, name, value);
        }
    }
    request
}

fn header(request: &mut Request<Bytes>, name: &'static str, value: &'static str) {
    request.headers_mut().insert(name, http::HeaderValue::from_static(value));
}

fn answer(status: u16, body: &Value) -> Response<Bytes> {
    Response::builder().status(status).body(body.to_string().into()).expect("an answer")
}

/// `None`, with a line that says so, where the specifications are not at hand.
fn checks() -> Option<Checks> {
    let folder = Specs::from_env().or_say_so()?;
    Some(Checks::load(&folder).unwrap_or_else(|error| panic!("{error}")))
}

fn call(verb: &str) -> Call {
    calls().into_iter().find(|call| call.verb == verb).unwrap_or_else(|| panic!("no call {verb}"))
}

fn has(findings: &[Finding], place: &str, fault: Fault) -> bool {
    findings.iter().any(|finding| finding.place == place && finding.fault == fault)
}

#[test]
fn right_messages_of_every_call_are_accepted() {
    let Some(checks) = checks() else { return };
    for call in calls() {
        let request = call.request();
        let mut found = checks.request(&request);
        found.extend(checks.answer(&request, &answer(200, &call.answer)));
        assert_eq!(found, [], "{}", call.verb);
    }
    let summary = checks.summary();
    assert_eq!(summary.unchecked, [], "every call has its right messages in this test");
    assert_eq!((summary.checked(Side::Request), summary.checked(Side::Answer)), (18, 18));
}

#[test]
fn one_wrong_request_of_every_call_is_refused_by_place_and_fault() {
    let Some(checks) = checks() else { return };
    let status = "body.orderShipment.orderLines.orderLine[0].orderLineStatuses.orderLineStatus[0]";
    // Where in the right body, what to put there instead, and what the finding must be.
    let bodies = [
        ("walmart.orders.ship", "/orderShipment/orderLines/orderLine/0/orderLineStatuses/orderLineStatus/0/statusQuantity",
            json!({"unitOfMeasurement": "EACH", "amount": 1}), format!("{status}.statusQuantity.amount"), Fault::Type),
        ("walmart.orders.ship", "/orderShipment/orderLines/orderLine/0/orderLineStatuses/orderLineStatus/0/trackingInfo/carrierName",
            json!({"carrier": "Pigeon"}), format!("{status}.trackingInfo.carrierName.carrier"), Fault::Choice),
        ("walmart.orders.ship", "/orderShipment/orderLines", json!({"orderLine": [], "note": "x"}),
            "body.orderShipment.orderLines.note".to_owned(), Fault::UnknownField),
        ("walmart.orders.cancel", "/orderCancellation/orderLines/orderLine/0/orderLineStatuses/orderLineStatus/0/cancellationReason",
            json!("NO_INVENTORY"),
            "body.orderCancellation.orderLines.orderLine[0].orderLineStatuses.orderLineStatus[0].cancellationReason".to_owned(),
            Fault::Choice),
        ("walmart.orders.refund", "/orderRefund/orderLines/orderLine/0/refunds/refund/0/refundCharges/refundCharge/0/refundReason",
            json!("Because"),
            "body.orderRefund.orderLines.orderLine[0].refunds.refund[0].refundCharges.refundCharge[0].refundReason".to_owned(),
            Fault::Choice),
        ("walmart.inventory.set", "/quantity", json!(4), "body.quantity".to_owned(), Fault::Type),
        ("walmart.feeds.submit", "/inventory/0/shipNodes/0", json!({"shipNode": "701"}),
            "body.inventory[0].shipNodes[0].quantity".to_owned(), Fault::MissingField),
    ];
    let mut refused = std::collections::BTreeSet::new();
    for (verb, pointer, instead, place, fault) in bodies {
        let mut call = call(verb);
        let spot = call.body.as_mut().and_then(|body| body.pointer_mut(pointer));
        *spot.unwrap_or_else(|| panic!("{verb} has nothing at {pointer}")) = instead;
        let found = checks.request(&call.request());
        assert!(has(&found, &place, fault), "{verb}: {found:#?}");
        refused.insert(verb);
    }
    // Calls without a body are wrong in their query or by having one.
    let targets = [
        ("walmart.token.detail", "/v3/token/detail?x=1", "query x", Fault::UnknownParameter),
        (
            "walmart.orders.list",
            "/v3/orders?createdStartDate=2026-06-01&created=x",
            "query created",
            Fault::UnknownParameter,
        ),
        (
            "walmart.orders.released",
            "/v3/orders/released?status=Created",
            "query status",
            Fault::UnknownParameter,
        ),
        ("walmart.orders.get", "/v3/orders/1?limit=2", "query limit", Fault::UnknownParameter),
        ("walmart.inventory.get", "/v3/inventory", "query sku", Fault::MissingParameter),
        ("walmart.inventories.list", "/v3/inventories?sku=A", "query sku", Fault::UnknownParameter),
        ("walmart.inventories.get", "/v3/inventories/A?limit=1", "query limit", Fault::UnknownParameter),
        ("walmart.feeds.list", "/v3/feeds?feedType=MP_INVENTORY", "query feedType", Fault::UnknownParameter),
        ("walmart.feeds.status", "/v3/feeds/F?details=true", "query details", Fault::UnknownParameter),
        (
            "walmart.shipnodes",
            "/v3/settings/shipping/shipnodes?includeCalendarDayConfiguration=1",
            "query includeCalendarDayConfiguration",
            Fault::Type,
        ),
        ("walmart.returns.list", "/v3/returns?state=OPEN", "query state", Fault::UnknownParameter),
        ("walmart.feeds.submit", "/v3/feeds?feedType=STOCK", "query feedType", Fault::Choice),
    ];
    for (verb, target, place, fault) in targets {
        let found = checks.request(&request(call(verb).method, target));
        assert!(has(&found, place, fault) && found.iter().all(|f| f.verb == verb), "{verb}: {found:#?}");
        refused.insert(verb);
    }
    let mut acknowledge = call("walmart.orders.acknowledge").request();
    *acknowledge.body_mut() = Bytes::from_static(b"[]");
    assert!(has(&checks.request(&acknowledge), "body", Fault::Body));
    let mut token = call("walmart.token").request();
    *token.body_mut() = Bytes::from_static(b"grant_type=password");
    assert!(has(&checks.request(&token), "body.grant_type", Fault::Choice));
    refused.extend(["walmart.orders.acknowledge", "walmart.token"]);
    let missing: Vec<_> =
        calls().iter().map(|call| call.verb).filter(|verb| !refused.contains(verb)).collect();
    assert_eq!(missing, [""; 0], "calls without a wrong request here");
}

#[test]
fn one_wrong_answer_of_every_call_is_refused_by_place_and_fault() {
    let Some(checks) = checks() else { return };
    let wrong = [
        ("walmart.token", "/expires_in", json!("900"), "body.expires_in", Fault::Type),
        ("walmart.token.detail", "/scopes/orders", json!("all"), "body.scopes.orders", Fault::Choice),
        (
            "walmart.orders.list",
            "/list/meta/totalCount",
            json!("1"),
            "body.list.meta.totalCount",
            Fault::Type,
        ),
        (
            "walmart.orders.list",
            "/list/elements/order/0/purchaseOrderId",
            json!(1_796_277_083_022_u64),
            "body.list.elements.order[0].purchaseOrderId",
            Fault::Type,
        ),
        ("walmart.orders.released", "/list", json!({"elements": {}}), "body.list.meta", Fault::MissingField),
        ("walmart.orders.get", "/order/orderDate", json!("2026-06-01"), "body.order.orderDate", Fault::Type),
        ("walmart.orders.acknowledge", "/order", json!([order()]), "body.order", Fault::Type),
        (
            "walmart.orders.ship",
            "/order/shippingInfo/methodCode",
            json!("Overnight"),
            "body.order.shippingInfo.methodCode",
            Fault::Choice,
        ),
        (
            "walmart.orders.cancel",
            "/order/orderLines/orderLine/0/item",
            json!({"sku": "A", "productName": "P", "x": 1}),
            "body.order.orderLines.orderLine[0].item.x",
            Fault::UnknownField,
        ),
        (
            "walmart.orders.refund",
            "/order/orderLines",
            json!({"orderLine": {}}),
            "body.order.orderLines.orderLine",
            Fault::Type,
        ),
        ("walmart.inventory.get", "/quantity/unit", json!("BOX"), "body.quantity.unit", Fault::Choice),
        (
            "walmart.inventory.set",
            "/quantity",
            json!({"unit": "EACH"}),
            "body.quantity.amount",
            Fault::MissingField,
        ),
        ("walmart.inventories.list", "/meta/nextCursor", json!(7), "body.meta.nextCursor", Fault::Type),
        ("walmart.inventories.get", "/nodes/0/inputQty", json!(4), "body.nodes[0].inputQty", Fault::Type),
        ("walmart.feeds.submit", "/feedId", json!(12), "body.feedId", Fault::Type),
        ("walmart.feeds.list", "/results", json!({"feed": {}}), "body.results.feed", Fault::Type),
        ("walmart.feeds.status", "/feedStatus", json!("DONE"), "body.feedStatus", Fault::Choice),
        ("walmart.returns.list", "/meta/totalCount", json!("1"), "body.meta.totalCount", Fault::Type),
        ("walmart.shipnodes", "/0", json!({"shipNode": 701}), "body[0].shipNode", Fault::Type),
    ];
    let mut refused = std::collections::BTreeSet::new();
    for (verb, pointer, instead, place, fault) in wrong {
        let mut call = call(verb);
        *call.answer.pointer_mut(pointer).unwrap_or_else(|| panic!("{verb} has nothing at {pointer}")) =
            instead;
        let found = checks.answer(&call.request(), &answer(200, &call.answer));
        assert!(has(&found, place, fault), "{verb}: {found:#?}");
        refused.insert(verb);
    }
    let missing: Vec<_> =
        calls().iter().map(|call| call.verb).filter(|verb| !refused.contains(verb)).collect();
    assert_eq!(missing, [""; 0], "calls without a wrong answer here");
}

#[test]
fn headers_and_unknown_calls_are_seen() {
    let Some(checks) = checks() else { return };
    let mut bare = call("walmart.orders.list").request();
    bare.headers_mut().remove("wm_qos.correlation_id");
    header(&mut bare, "wm_svc.name", " ");
    header(&mut bare, "wm_market", "us");
    let found = checks.request(&bare);
    assert!(has(&found, "header WM_QOS.CORRELATION_ID", Fault::MissingHeader), "{found:#?}");
    assert!(has(&found, "header WM_SVC.NAME", Fault::MissingHeader), "a blank header is none: {found:#?}");
    assert!(has(&found, "header WM_MARKET", Fault::UnknownHeader), "{found:#?}");
    assert_eq!(found.len(), 3);

    let found = checks.request(&request("POST", "/v3/orders/1/chargeback"));
    assert!(has(&found, "path", Fault::UnknownCall), "{found:#?}");
    assert_eq!(found.first().map(|finding| finding.verb.as_str()), Some("POST /v3/orders/1/chargeback"));
}

#[test]
fn error_bodies_are_held_against_the_published_error() {
    let Some(checks) = checks() else { return };
    let get = call("walmart.orders.get").request();
    let error = json!({"code": "INVALID_REQUEST_PARAM.GMP_ORDER_API", "severity": "FATAL"});
    for (body, place) in [
        (json!({"errors": {"error": [error]}}), "body.errors.error[0].severity"),
        (json!({"error": [error]}), "body.error[0].severity"),
        (json!({"errors": [error]}), "body.errors[0].severity"),
    ] {
        let found = checks.answer(&get, &answer(400, &body));
        assert!(has(&found, place, Fault::Choice), "{found:#?}");
    }
    let found = checks.answer(&get, &answer(418, &json!({"message": "no"})));
    assert!(has(&found, "status 418", Fault::Status), "{found:#?}");
    assert!(has(&found, "body of status 418", Fault::Type), "{found:#?}");
    assert_eq!(checks.summary().messages.len(), 0, "an undocumented status is no answer that was checked");
}

#[test]
fn exceptions_excuse_what_they_name_and_turn_stale_unused() {
    let Some(folder) = Specs::from_env().or_say_so() else { return };
    let list = r#"
        [[deviation]]
        verbs = ["walmart.orders.*"]
        side = "answer"
        fault = "null"
        at = ["**.shippingInfo.phone", "**.buyerId"]
        reason = "null in production"
        source = "this test"

        [[judged_as]]
        verb = "walmart.orders.get"
        like = "walmart.orders.acknowledge"
        reason = "the schema lacks the field order around it"
        source = "this test"

        [[uncalled]]
        verb = "walmart.shipnodes"
        reason = "for this test"
    "#;
    let checks = Checks::load_with(&folder, list).unwrap_or_else(|error| panic!("{error}"));
    let mut get = call("walmart.orders.get");
    get.answer["order"]["shippingInfo"]["phone"] = Value::Null;
    assert_eq!(checks.answer(&get.request(), &answer(200, &get.answer)), []);
    get.answer["order"]["customerOrderId"] = Value::Null;
    let found = checks.answer(&get.request(), &answer(200, &get.answer));
    assert!(has(&found, "body.order.customerOrderId", Fault::Null), "{found:#?}");
    assert_eq!(found.len(), 1, "{found:#?}");

    let summary = checks.summary();
    assert_eq!((summary.findings, summary.excused), (1, 2));
    assert_eq!(summary.stale.len(), 1, "{:?}", summary.stale);
    let complaints = summary.complaints().join("\n");
    assert!(complaints.contains("Null at **.buyerId"), "{complaints}");
    assert!(complaints.contains("walmart.orders.get: no request was checked"), "{complaints}");
    assert!(!complaints.contains("shipnodes"), "listed as uncalled: {complaints}");
}

#[test]
fn the_second_copy_is_asked() {
    let Some(folder) = Specs::from_env().or_say_so() else { return };
    let checks = Checks::load_with(&folder, "").unwrap_or_else(|error| panic!("{error}"));
    // The parameters that only cursors carry are named by the older copy alone.
    let found = checks.request(&request("GET", "/v3/orders?soIndex=4&soIndx=4"));
    let said: Vec<_> = found.iter().map(|finding| (finding.place.as_str(), finding.second_opinion)).collect();
    assert_eq!(said, [("query soIndex", Some(Opinion::Accepts)), ("query soIndx", Some(Opinion::Agrees))]);
}
