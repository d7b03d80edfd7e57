//! The full run of the schema checks: every call against the local Walmart, its good answers, its loose ones and its
//! refusals, with nothing found, nothing left unchecked and no exception left over.
//!
//! It needs the specifications, whose folder `SUTLER_SPECS` names; without it a line says that it did not run.

use std::collections::BTreeMap;

use bytes::Bytes;
use chrono::{DateTime, Duration, Utc};
use http::Request;
use serde_json::{Value, json};
use sutler_sandbox::walmart::plan::{FulfilledBy, Plan, PlannedOrder};
use sutler_sandbox::walmart::{Faults, Settings, World};
use sutler_testkit::schema::{Checks, Specs, say};

/// What was found, by its place without indices, so that a thousand orders with one flaw are one line.
type Found = BTreeMap<String, u64>;

/// A seller that knows no connector, every message of whom passes through the checks.
struct Seller<'a> {
    world: World,
    checks: &'a Checks,
    now: DateTime<Utc>,
    token: String,
    found: &'a mut Found,
}

impl<'a> Seller<'a> {
    fn new(settings: Settings, checks: &'a Checks, found: &'a mut Found) -> Seller<'a> {
        let now = settings.origin;
        let mut seller = Seller { world: World::new(settings), checks, now, token: String::new(), found };
        seller.renew();
        seller
    }

    /// Fetches a token, as often as it takes.
    fn renew(&mut self) {
        for _ in 0..100 {
            if let (200, body) = self.ask(self.request("POST", "/v3/token", "grant_type=client_credentials"))
            {
                self.token = body["access_token"].as_str().unwrap_or_default().to_owned();
                return;
            }
            self.now += Duration::seconds(1);
        }
        panic!("no token within 100 tries");
    }

    fn request(&self, method: &str, target: &str, body: &str) -> Request<Bytes> {
        let (mut media, mut secret) = ("application/json", ("wm_sec.access_token", self.token.as_str()));
        if target == "/v3/token" {
            media = "application/x-www-form-urlencoded";
            secret = ("authorization", "Basic c2FuZGJveC1jbGllbnQ6c2FuZGJveC1zZWNyZXQ=");
        }
        Request::builder()
            .method(method)
            .uri(format!("http://127.0.0.1:1{target}"))
            .header(secret.0, secret.1)
            .header("wm_qos.correlation_id", "6a2f")
            .header("wm_svc.name", "Walmart Marketplace")
            .header("accept", "application/json")
            .header("content-type", media)
            .body(Bytes::copy_from_slice(body.as_bytes()))
            .unwrap_or_else(|error| panic!("{method} {target}: {error}"))
    }

    /// Sends what should be right by the specification.
    fn ask(&mut self, request: Request<Bytes>) -> (u16, Value) {
        let found = self.checks.request(&request);
        self.note(found.into_iter().map(|finding| finding.to_string()));
        self.provoke(request)
    }

    /// Sends what need not be right: only the answer is checked.
    fn provoke(&mut self, request: Request<Bytes>) -> (u16, Value) {
        let Some(answer) = self.world.receive(self.now, &request).answer else { return (0, Value::Null) };
        let found = self.checks.answer(&request, &answer);
        self.note(found.into_iter().map(|finding| finding.to_string()));
        (answer.status().as_u16(), serde_json::from_slice(answer.body()).unwrap_or_default())
    }

    fn note(&mut self, findings: impl Iterator<Item = String>) {
        for finding in findings {
            let plain = finding.split('[').map(|part| part.trim_start_matches(|c: char| c.is_ascii_digit()));
            *self.found.entry(plain.collect::<Vec<_>>().join("[")).or_default() += 1;
        }
    }

    fn get(&mut self, target: &str) -> (u16, Value) {
        self.now += Duration::seconds(2);
        self.ask(self.request("GET", target, ""))
    }

    fn send(&mut self, method: &str, target: &str, body: &Value) -> (u16, Value) {
        // One write a second is what Walmart allows for long.
        self.now += Duration::seconds(2);
        self.ask(self.request(method, target, &body.to_string()))
    }

    /// Every order of one kind of ship node, page by page.
    fn orders(&mut self, node_type: &str, limit: usize) -> Vec<Value> {
        let start = (self.now - Duration::days(30)).format("%Y-%m-%d");
        let mut target =
            format!("/v3/orders?createdStartDate={start}&limit={limit}&shipNodeType={node_type}");
        let mut orders = Vec::new();
        for _ in 0..100 {
            let (status, body) = self.get(&target);
            if status == 401 {
                self.renew();
                continue;
            }
            orders.extend(body["list"]["elements"]["order"].as_array().cloned().unwrap_or_default());
            let Some(cursor) = body["list"]["meta"]["nextCursor"].as_str() else { break };
            // The known shapes: with or without a question mark, escaped for XML, with spaces around, a whole address.
            let cursor = cursor.trim().replace("&amp;", "&");
            let query = cursor.rsplit('?').next().unwrap_or_default();
            if !query.contains("hasMoreElements=true") {
                break;
            }
            target = format!("/v3/orders?{query}");
        }
        orders
    }

    fn acknowledge(&mut self, id: &str) -> u16 {
        self.now += Duration::seconds(2);
        self.ask(self.request("POST", &format!("/v3/orders/{id}/acknowledge"), "")).0
    }

    fn ship(&mut self, order: &Value, line: &str, units: u32, carrier: Value) -> (u16, Value) {
        let id = order["purchaseOrderId"].as_str().unwrap_or_default();
        let mut tracking = json!({"shipDateTime": self.now.timestamp_millis(), "carrierName": carrier,
            "methodCode": order["shippingInfo"]["methodCode"], "trackingNumber": format!("1Z{id}{line}")});
        if carrier.get("otherCarrier").is_some() {
            tracking["trackingURL"] = json!("https://carrier.example/track");
        }
        let status = json!({"status": "Shipped", "trackingInfo": tracking,
            "statusQuantity": {"unitOfMeasurement": "EACH", "amount": units.to_string()}});
        let line = json!({"lineNumber": line, "orderLineStatuses": {"orderLineStatus": [status]}});
        let body = json!({"orderShipment": {"orderLines": {"orderLine": [line]}}});
        self.send("POST", &format!("/v3/orders/{id}/shipping"), &body)
    }

    fn cancel(&mut self, id: &str, line: &str, units: u32, reason: &str) -> (u16, Value) {
        let status = json!({"status": "Cancelled", "cancellationReason": reason,
            "statusQuantity": {"unitOfMeasurement": "EACH", "amount": units.to_string()}});
        let line = json!({"lineNumber": line, "orderLineStatuses": {"orderLineStatus": [status]}});
        let body = json!({"orderCancellation": {"orderLines": {"orderLine": [line]}}});
        self.send("POST", &format!("/v3/orders/{id}/cancel"), &body)
    }
}

/// A refund of one charge of a line.
fn refund(id: &str, line: &str, amount: f64) -> Value {
    let money = json!({"currency": "USD", "amount": amount});
    let charge = json!({"chargeType": "PRODUCT", "chargeName": "ItemPrice", "chargeAmount": money});
    let charges = json!({"refundCharge": [{"refundReason": "Finance -> Goodwill", "charge": charge}]});
    let refund = json!({"refundComments": "sorry", "refundCharges": charges});
    let line = json!({"lineNumber": line, "isFullRefund": false, "refunds": {"refund": [refund]}});
    json!({"orderRefund": {"purchaseOrderId": id, "orderLines": {"orderLine": [line]}}})
}

fn origin() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_420_800, 0).unwrap_or_default()
}

fn settings(orders: Vec<PlannedOrder>) -> Settings {
    Settings { plan: Plan::Explicit(orders), latency_ms: (0, 0), ..Settings::new(7, origin()) }
}

fn line_of(order: &Value) -> (String, u32) {
    let line = &order["orderLines"]["orderLine"][0];
    let units = line["orderLineQuantity"]["amount"].as_str().and_then(|text| text.parse().ok());
    (line["lineNumber"].as_str().unwrap_or_default().to_owned(), units.unwrap_or(1))
}

/// Every call once with success.
fn good_answers(checks: &Checks, found: &mut Found) {
    let seller =
        |n: &str| PlannedOrder::seller(origin() - Duration::hours(1)).id(n).line("A/1", 3).line("B 2", 1);
    let wfs = seller("3").fulfilled_by(FulfilledBy::Marketplace);
    let asked = seller("4").cancel_requested_at(origin() - Duration::minutes(1));
    let mut settings = settings(vec![seller("1"), seller("2"), wfs, asked]);
    settings.on_hand = BTreeMap::from([("A/1".into(), 50), ("B 2".into(), 50)]);
    let node = settings.ship_node.clone();
    let mut seller = Seller::new(settings, checks, found);
    assert_eq!(seller.get("/v3/token/detail").0, 200);
    assert_eq!(seller.get("/v3/settings/shipping/shipnodes").0, 200);
    let orders = seller.orders("SellerFulfilled", 2);
    assert_eq!(orders.len(), 3);
    assert_eq!(seller.orders("WFSFulfilled", 100).len(), 1);
    let start = (origin() - Duration::days(2)).format("%Y-%m-%dT%H:%M:%SZ");
    assert_eq!(seller.get(&format!("/v3/orders/released?createdStartDate={start}")).0, 200);
    for order in orders.iter().filter(|order| order["purchaseOrderId"] != "4") {
        let id = order["purchaseOrderId"].as_str().unwrap_or_default();
        assert_eq!(seller.acknowledge(id), 200);
        let (line, _) = line_of(order);
        assert_eq!(seller.ship(order, &line, 1, json!({"carrier": "UPS"})).0, 200);
        assert_eq!(seller.ship(order, &line, 1, json!({"otherCarrier": "Pigeon Post"})).0, 200);
        assert_eq!(seller.cancel(id, &line, 1, "SELLER_CANCEL_OUT_OF_STOCK").0, 200);
        let back = refund(id, &line, -1.25);
        assert_eq!(seller.send("POST", &format!("/v3/orders/{id}/refund"), &back).0, 200);
        assert_eq!(seller.get(&format!("/v3/orders/{id}?productInfo=true")).0, 200);
    }
    assert_eq!(seller.get("/v3/orders/4").0, 200);
    for id in ["1", "2"] {
        let request = seller.request("POST", &format!("/_sandbox/orders/{id}/return"), "");
        assert_eq!(seller.world.receive(seller.now, &request).answer.map(|a| a.status().as_u16()), Some(201));
    }
    let window =
        format!("returnLastModifiedStartDate={start}&returnLastModifiedEndDate=2026-12-31T00:00:00Z");
    let (status, returns) = seller.get(&format!("/v3/returns?{window}&limit=1"));
    assert_eq!((status, &returns["meta"]["totalCount"]), (200, &json!(2)));
    let next = returns["meta"]["nextCursor"].as_str().unwrap_or_default().to_owned();
    assert_eq!(seller.get(&format!("/v3/returns{next}")).1["returnOrders"].as_array().map(Vec::len), Some(1));
    let quantity = json!({"unit": "EACH", "amount": 12});
    assert_eq!(
        seller.send("PUT", "/v3/inventory?sku=A%2F1", &json!({"sku": "A/1", "quantity": quantity})).0,
        200
    );
    assert_eq!(seller.get(&format!("/v3/inventory?sku=B%202&shipNode={node}")).0, 200);
    assert_eq!(seller.get("/v3/inventories?limit=1").0, 200);
    assert_eq!(seller.get("/v3/inventories/A%2F1").0, 200);
    let row = |sku: &str| json!({"sku": sku, "shipNodes": [{"shipNode": node, "quantity": quantity}]});
    let feed = json!({"inventoryHeader": {"version": "1.5"}, "inventory": [row("A/1"), row("nobody's")]});
    let (status, body) = seller.send("POST", "/v3/feeds?feedType=MP_INVENTORY", &feed);
    assert_eq!(status, 200);
    let id = body["feedId"].as_str().unwrap_or_default().replace('@', "%40");
    assert_eq!(seller.get(&format!("/v3/feeds/{id}?includeDetails=true&offset=0&limit=50")).0, 200);
    seller.now += Duration::minutes(5);
    let (_, done) = seller.get(&format!("/v3/feeds/{id}?includeDetails=true"));
    assert_eq!((&done["feedStatus"], &done["itemsFailed"]), (&json!("PROCESSED"), &json!(1)));
    assert_eq!(seller.get("/v3/feeds?offset=0&limit=50").0, 200);
    let old =
        json!({"InventoryHeader": {"version": "1.4"}, "Inventory": [{"sku": "A/1", "quantity": quantity}]});
    assert_eq!(seller.send("POST", "/v3/feeds?feedType=inventory", &old).0, 200);
}

/// Orders as production sends them: null, missing and bare fields, texts no list knows, cursors of every shape.
fn loose_answers(checks: &Checks, found: &mut Found) {
    let faults = Faults {
        unknown_text: 500,
        loose: 1000,
        cursor_variants: 700,
        header_variants: 500,
        masked: 1000,
        feed_no_id: 1000,
        ..Faults::default()
    };
    let settings = Settings { orders: 80, faults, plan: Plan::Standard, ..settings(Vec::new()) };
    let mut seller = Seller::new(settings, checks, found);
    let orders = seller.orders("SellerFulfilled", 7);
    assert!(orders.len() > 40, "{} orders of 80", orders.len());
    for order in orders.iter().take(40) {
        let id = order["purchaseOrderId"].as_str().unwrap_or_default();
        seller.acknowledge(id);
        let (line, units) = line_of(order);
        seller.ship(order, &line, units, json!({"carrier": "USPS"}));
        seller.get(&format!("/v3/orders/{id}"));
        if seller.now - origin() > Duration::minutes(10) {
            seller.renew();
        }
    }
    let feed = json!({"InventoryHeader": {"version": "1.4"},
        "Inventory": [{"sku": "A", "quantity": {"unit": "EACH", "amount": 1}}]});
    let (status, body) = seller.send("POST", "/v3/feeds?feedType=inventory", &feed);
    assert_eq!((status, &body["feedId"]), (200, &Value::Null), "accepted, and no id told");
    let fired = seller.world.fired();
    for fault in ["loose", "unknown_text", "cursor_variants", "masked", "feed_no_id"] {
        assert!(fired.contains_key(fault), "{fault} never fired: {fired:?}");
    }
}

/// Every way the local Walmart says no.
fn refusals(checks: &Checks, found: &mut Found) {
    let order = PlannedOrder::seller(origin() - Duration::hours(1)).id("1").line("A", 2);
    let mut seller = Seller::new(settings(vec![order]), checks, found);
    let (_, body) = seller.get("/v3/orders/1");
    let order = body["order"].clone();
    let mut statuses = Vec::new();
    statuses.push(seller.get("/v3/orders?createdStartDate=2026-11-01&status=Shipped").0);
    statuses.push(seller.get("/v3/orders/2").0);
    statuses.push(seller.get("/v3/inventory?sku=nobody").0);
    statuses.push(seller.get("/v3/inventories/nobody").0);
    statuses.push(seller.get("/v3/feeds/nobody").0);
    statuses.push(seller.ship(&order, "1", 1, json!({"carrier": "UPS"})).0);
    statuses.push(seller.cancel("1", "9", 1, "SELLER_CANCEL_OUT_OF_STOCK").0);
    statuses.push(seller.send("POST", "/v3/orders/1/refund", &refund("1", "1", -1.0)).0);
    statuses.push(seller.provoke(seller.request("GET", "/v3/orders?limit=many", "")).0);
    statuses.push(seller.provoke(seller.request("PUT", "/v3/inventory?sku=A", "{}")).0);
    statuses.push(seller.provoke(seller.request("POST", "/v3/feeds?feedType=inventory", "{}")).0);
    let large = " ".repeat((1 << 20) + 1);
    statuses.push(seller.provoke(seller.request("POST", "/v3/feeds?feedType=MP_INVENTORY", &large)).0);
    let mut wrong = seller.request("POST", "/v3/token", "grant_type=client_credentials");
    wrong.headers_mut().insert("authorization", http::HeaderValue::from_static("Basic eDp5"));
    statuses.push(seller.ask(wrong).0);
    assert_eq!(statuses, [404, 404, 404, 404, 404, 400, 400, 400, 400, 400, 400, 413, 400]);
    let many = (0..100)
        .filter(|_| seller.ask(seller.request("POST", "/v3/orders/1/acknowledge", "")).0 == 429)
        .count();
    assert!(many > 0, "100 writes at one instant pass the limit of 60 a minute");
    seller.now += Duration::hours(1);
    assert_eq!(seller.get("/v3/orders/1").0, 401, "a token of an hour ago");

    let faults = Faults { error_before: 500, token_refused: 500, ..Faults::default() };
    let mut seller = Seller::new(Settings { faults, ..settings(Vec::new()) }, checks, found);
    let kinds: std::collections::BTreeSet<u16> =
        (0..200).map(|_| seller.get("/v3/inventories/A").0).collect();
    assert!(kinds.iter().filter(|status| **status >= 500).count() > 1, "several kinds of failure: {kinds:?}");
}

#[test]
fn the_local_walmart_speaks_as_published() {
    let Some(folder) = Specs::from_env().or_say_so() else { return };
    let checks = Checks::load(&folder).unwrap_or_else(|error| panic!("{error}"));
    let mut found = Found::new();
    good_answers(&checks, &mut found);
    loose_answers(&checks, &mut found);
    refusals(&checks, &mut found);
    let summary = checks.summary();
    say(&summary.to_string());
    let list: Vec<String> =
        found.iter().map(|(finding, times)| format!("{times} times: {finding}")).collect();
    assert!(list.is_empty(), "the messages differ from the specification:\n{}", list.join("\n"));
    assert_eq!(summary.complaints(), [""; 0]);
    assert_eq!(
        summary.messages.len(),
        36,
        "both halves of all 18 calls, also of those a connector may leave out"
    );
}
