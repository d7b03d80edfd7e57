//! The local eBay held against the documents eBay publishes (OpenAPI 3): every call they describe, its good answers, its
//! loose ones, its refusals with their numbers.
//!
//! It needs the specifications, whose folder `SUTLER_SPECS` names; without it a line says that it did not run. Of the
//! Post-Order and Trading APIs there is no schema to hold against.

mod connector;
mod documents;
#[path = "../shared/held.rs"]
mod held;
#[path = "../shared/shops.rs"]
#[expect(dead_code, reason = "other tests need the rest")]
mod shops;

use documents::{Documents, read};
use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use chrono::{DateTime, Duration, Utc};
use http::Request;
use serde_json::{Value, json};
use sutler_sandbox::Faults;
use sutler_sandbox::ebay::{Settings, World};
use sutler_sandbox::plan::{FulfilledBy, Plan, PlannedOrder};
use sutler_testkit::schema::{Specs, say};

const DOCUMENTS: [&str; 4] =
    ["sell_fulfillment_v1", "sell_inventory_v1", "commerce_notification_v1", "commerce_identity_v1"];

/// Every operation that must have been checked with a good answer.
const OPERATIONS: [&str; 13] = [
    "bulkUpdatePriceQuantity",
    "createShippingFulfillment",
    "getInventoryItem",
    "getInventoryItems",
    "getOffer",
    "getOffers",
    "getOrder",
    "getOrders",
    "getPublicKey",
    "getShippingFulfillment",
    "getShippingFulfillments",
    "getUser",
    "issueRefund",
];

/// A seller that knows no connector, every message of whom is held against the documents.
struct Seller<'a> {
    world: World,
    documents: &'a Documents,
    now: DateTime<Utc>,
    token: String,
    found: &'a mut BTreeSet<String>,
    checked: &'a mut BTreeMap<String, BTreeSet<u16>>,
}

impl Seller<'_> {
    fn renew(&mut self) {
        for _ in 0..100 {
            let request = Request::post("https://api.ebay.com/identity/v1/oauth2/token")
                .header("authorization", "Basic c2FuZGJveC1jbGllbnQ6c2FuZGJveC1zZWNyZXQ=")
                .header("content-type", "application/x-www-form-urlencoded")
                .body(Bytes::from_static(
                    b"grant_type=refresh_token&refresh_token=v%5E1.1%23i%5E1%23r%5E1%23sandbox-refresh",
                ))
                .unwrap_or_else(|error| panic!("{error}"));
            let answer = self.world.receive(self.now, &request).answer;
            let body: Value =
                answer.and_then(|answer| serde_json::from_slice(answer.body()).ok()).unwrap_or_default();
            if let Some(token) = body["access_token"].as_str() {
                self.token = token.to_owned();
                return;
            }
            self.now += Duration::seconds(1);
        }
        panic!("no token within 100 tries");
    }

    /// Sends what should be right by the document; `right` is false for what provokes a refusal.
    fn send(&mut self, method: &str, target: &str, body: &Value, right: bool) -> (u16, Value) {
        self.now += Duration::seconds(2);
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request = Request::builder()
            .method(method)
            .uri(format!("https://api.ebay.com{target}"))
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", "application/json")
            .body(Bytes::from(body))
            .unwrap_or_else(|error| panic!("{method} {target}: {error}"));
        let operation = self.documents.operation(method, request.uri().path());
        let operation = operation.unwrap_or_else(|| panic!("{method} {target} is in no document"));
        if right {
            operation.request(&request, self.found);
        }
        let Some(answer) = self.world.receive(self.now, &request).answer else { return (0, Value::Null) };
        let status = answer.status().as_u16();
        operation.answer(status, answer.body(), self.found);
        self.checked.entry(operation.id().to_owned()).or_default().insert(status);
        (status, serde_json::from_slice(answer.body()).unwrap_or_default())
    }

    fn get(&mut self, target: &str) -> (u16, Value) {
        self.send("GET", target, &Value::Null, true)
    }

    fn post(&mut self, target: &str, body: &Value) -> (u16, Value) {
        self.send("POST", target, body, true)
    }

    /// A call of the sandbox's own.
    fn aside(&mut self, path: &str) -> u16 {
        let request = Request::post(format!("https://api.ebay.com{path}")).body(Bytes::new());
        let answer = self.world.receive(self.now, &request.unwrap_or_default()).answer;
        answer.map_or(0, |answer| answer.status().as_u16())
    }
}

const ORDERS: &str = "/sell/fulfillment/v1/order";
const INVENTORY: &str = "/sell/inventory/v1";

fn origin() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_420_800, 0).unwrap_or_default()
}

fn settings(plan: Plan, orders: u32, faults: Faults) -> Settings {
    Settings { plan, orders, faults, latency_ms: (0, 0), ..Settings::new(7, origin()) }
}

fn explicit() -> Vec<PlannedOrder> {
    let order =
        |id: &str| PlannedOrder::seller(origin() - Duration::hours(1)).id(id).line("A", 3).line("B", 1);
    vec![
        order("10-00000-00001"),
        order("10-00000-00002").fulfilled_by(FulfilledBy::Marketplace),
        order("10-00000-00003").cancel_requested_at(origin() - Duration::minutes(1)),
        order("10-00000-00004").program("EBAY_INTERNATIONAL_SHIPPING"),
        order("10-00000-00005").program("AUTHENTICITY_GUARANTEE"),
    ]
}

/// Every operation with success.
fn good_answers(seller: &mut Seller<'_>) {
    seller.renew();
    let filter = "creationdate%3A%5B2026-11-01T00%3A00%3A00.000Z..%5D%2Corderfulfillmentstatus%3A%7BNOT_STARTED%7CIN_PROGRESS%7D";
    let (status, body) =
        seller.get(&format!("{ORDERS}?filter={filter}&limit=2&offset=2&fieldGroups=TAX_BREAKDOWN"));
    assert_eq!((status, body["orders"].as_array().map(Vec::len)), (200, Some(2)));
    for id in explicit().into_iter().filter_map(|order| order.id) {
        let (status, order) = seller.get(&format!("{ORDERS}/{id}"));
        assert_eq!(status, 200);
        let parcel = json!({
            "lineItems": [{"lineItemId": order["lineItems"][0]["lineItemId"], "quantity": 1}],
            "shippedDate": "2026-11-23T08:00:00.000Z", "shippingCarrierCode": "UPS", "trackingNumber": "1Z1",
        });
        let (status, body) = seller.post(&format!("{ORDERS}/{id}/shipping_fulfillment"), &parcel);
        assert_eq!(status, if id.ends_with('2') { 400 } else { 201 }, "{id}: {body}");
        assert_eq!(seller.get(&format!("{ORDERS}/{id}/shipping_fulfillment")).0, 200);
        let refund = json!({"reasonForRefund": "BUYER_RETURN", "comment": "sorry", "refundItems": [
            {"lineItemId": order["lineItems"][0]["lineItemId"], "refundAmount": {"value": "1.00", "currency": "USD"}},
        ]});
        assert_eq!(seller.post(&format!("{ORDERS}/{id}/issue_refund"), &refund).0, 200);
        assert_eq!(seller.get(&format!("{ORDERS}/{id}")).0, 200);
    }
    assert_eq!(seller.get(&format!("{ORDERS}/10-00000-00001/shipping_fulfillment/1Z1")).0, 200);
    assert_eq!(seller.aside("/_sandbox/orders/10-00000-00001/account-deletion"), 200);
    assert_eq!(seller.get(&format!("{ORDERS}?orderIds=10-00000-00001,10-00000-00003")).0, 200);
    assert_eq!(seller.get(&format!("{INVENTORY}/inventory_item?limit=1&offset=1")).0, 200);
    assert_eq!(seller.get(&format!("{INVENTORY}/inventory_item/A")).0, 200);
    let (status, offers) = seller.get(&format!("{INVENTORY}/offer?sku=A&marketplace_id=EBAY_US"));
    assert_eq!(status, 200);
    let offer = offers["offers"][0]["offerId"].as_str().unwrap_or_default().to_owned();
    assert_eq!(seller.get(&format!("{INVENTORY}/offer/{offer}")).0, 200);
    let bulk = format!("{INVENTORY}/bulk_update_price_quantity");
    let row = json!({"sku": "A", "shipToLocationAvailability": {"quantity": 7},
        "offers": [{"offerId": offer, "availableQuantity": 7, "price": {"value": "12.50", "currency": "USD"}}]});
    assert_eq!(seller.post(&bulk, &json!({"requests": [row]})).0, 200);
    let none = json!({"sku": "NONE", "shipToLocationAvailability": {"quantity": 7}});
    assert_eq!(seller.post(&bulk, &json!({"requests": [row, none]})).0, 207);
    let key = sutler_sandbox::Marketplace::door(&seller.world).more["notification_key_url"].clone();
    assert_eq!(seller.get(key.as_str().unwrap_or_default()).0, 200);
    assert_eq!(seller.get("/commerce/identity/v1/user/").0, 200);
}

/// Many ways in which the local eBay says no.
fn refusals(seller: &mut Seller<'_>) {
    let money = |value: &str, currency: &str| json!({"value": value, "currency": currency});
    let whole = |value: &str, currency: &str| json!({"reasonForRefund": "BUYER_RETURN", "orderLevelRefundAmount": money(value, currency)});
    let refund = format!("{ORDERS}/10-00000-00001/issue_refund");
    let ship = format!("{ORDERS}/10-00000-00001/shipping_fulfillment");
    let bulk = format!("{INVENTORY}/bulk_update_price_quantity");
    let mut tried = vec![
        ("GET", format!("{ORDERS}/nobody"), Value::Null),
        ("GET", format!("{ORDERS}/no%20body"), Value::Null),
        ("GET", format!("{ORDERS}/10-00000-00001?fieldGroups=ALL"), Value::Null),
        ("GET", format!("{ORDERS}/10-00000-00001/shipping_fulfillment/none"), Value::Null),
        ("POST", ship.clone(), json!({"lineItems": [{"lineItemId": "1"}]})),
        ("POST", ship.clone(), json!({"trackingNumber": "1 Z", "shippingCarrierCode": "UPS"})),
        ("POST", ship.clone(), json!({"shippedDate": "2099-01-01T00:00:00.000Z"})),
        ("POST", ship, json!([])),
        ("POST", format!("{ORDERS}/nobody/issue_refund"), whole("1.00", "USD")),
        ("POST", refund.clone(), whole("1000.00", "USD")),
        ("POST", refund.clone(), whole("0.001", "USD")),
        ("POST", refund.clone(), whole("1.00", "EUR")),
        ("POST", refund.clone(), json!({"reasonForRefund": "BUYER_RETURN"})),
        ("POST", refund, json!({})),
        ("POST", bulk.clone(), json!({"requests": []})),
        ("POST", bulk, json!([])),
        ("GET", format!("{INVENTORY}/inventory_item/NONE"), Value::Null),
        ("GET", format!("{INVENTORY}/inventory_item?limit=0"), Value::Null),
        ("GET", format!("{INVENTORY}/offer"), Value::Null),
        ("GET", format!("{INVENTORY}/offer?sku=NONE"), Value::Null),
        ("GET", format!("{INVENTORY}/offer/1"), Value::Null),
        ("GET", "/commerce/notification/v1/public_key/none".to_owned(), Value::Null),
    ];
    for query in [
        "limit=201",
        "offset=x",
        "fieldGroups=ALL",
        "filter=a%3Ab",
        "filter=creationdate%3A%5B..%5D",
        "filter=creationdate%3A%5Bx..%5D",
        "filter=creationdate%3A%5B2099-01-01T00%3A00%3A00Z..%5D",
        "filter=creationdate%3A%5B2001-01-01T00%3A00%3A00Z..%5D",
        "filter=orderfulfillmentstatus%3A%7BFULFILLED%7D",
    ] {
        tried.push(("GET", format!("{ORDERS}?{query}"), Value::Null));
    }
    for (method, target, body) in tried {
        let (status, answer) = seller.send(method, &target, &body, false);
        assert!((400..500).contains(&status), "{method} {target}: {status} {answer}");
    }
    seller.token = "dead".into();
    for target in [ORDERS, "/sell/inventory/v1/inventory_item"] {
        assert_eq!(seller.send("GET", target, &Value::Null, false).0, 401);
    }
}

/// A world in which everything goes wrong that can.
fn strange_answers(seller: &mut Seller<'_>) {
    seller.renew();
    for _ in 0..10 {
        let (_, body) = seller.send("GET", &format!("{ORDERS}?limit=50"), &Value::Null, false);
        for order in body["orders"].as_array().into_iter().flatten().take(5) {
            let id = order["orderId"].as_str().unwrap_or_default();
            seller.send("GET", &format!("{ORDERS}/{id}"), &Value::Null, false);
            let parcel = json!({
                "lineItems": [{"lineItemId": order["lineItems"][0]["lineItemId"], "quantity": 1}],
                "shippingCarrierCode": "UPS", "trackingNumber": "1Z1",
            });
            seller.send("POST", &format!("{ORDERS}/{id}/shipping_fulfillment"), &parcel, false);
        }
        let row = json!({"sku": "SKU-0001", "shipToLocationAvailability": {"quantity": 3}});
        seller.send(
            "POST",
            &format!("{INVENTORY}/bulk_update_price_quantity"),
            &json!({"requests": [row]}),
            false,
        );
        seller.now += Duration::minutes(3);
        seller.renew();
    }
}

/// The documents, where the specifications are.
fn published() -> Option<Documents> {
    let folder = Specs::from_env().or_say_so()?;
    let load = |name: &str| read(&folder.join("ebay").join(format!("{name}_oas3.json")));
    Some(Documents(DOCUMENTS.map(load).into()))
}

#[test]
fn the_local_ebay_keeps_to_what_ebay_publishes() {
    let Some(documents) = published() else { return };
    let (mut found, mut checked) = (BTreeSet::new(), BTreeMap::new());
    let explicit = settings(Plan::Explicit(explicit()), 0, Faults::default());
    let hostile = settings(Plan::Standard, 60, Faults::preset("hostile").unwrap_or_default());
    type Run = fn(&mut Seller<'_>);
    let runs: [(Settings, Run); 3] = [
        (explicit.clone(), good_answers),
        (explicit, |seller| {
            seller.renew();
            refusals(seller);
        }),
        (hostile, strange_answers),
    ];
    for (settings, run) in runs {
        let now = settings.origin;
        run(&mut Seller {
            world: World::new(settings),
            documents: &documents,
            now,
            token: String::new(),
            found: &mut found,
            checked: &mut checked,
        });
    }
    assert!(found.is_empty(), "{}", found.into_iter().collect::<Vec<_>>().join("\n"));
    let good =
        |name: &&str| checked.get(*name).is_some_and(|statuses| statuses.iter().any(|status| *status < 300));
    let missed: Vec<&str> = OPERATIONS.into_iter().filter(|name| !good(name)).collect();
    assert!(missed.is_empty(), "not checked: {missed:?}");
    let messages: usize = checked.values().map(BTreeSet::len).sum();
    say(&format!(
        "the local eBay: {} operations in {messages} kinds of answers, as published",
        checked.len()
    ));
}
