//! A client that knows no connector: builds requests by hand and reads answers as JSON.

use bytes::Bytes;
use chrono::Duration;
use http::Response;
use serde_json::{Value, json};

use crate::Timestamp;
use crate::ebay::plan::{Plan, PlannedOrder};
use crate::ebay::{Faults, Reply, Settings, World};

pub(crate) const ORDERS: &str = "/sell/fulfillment/v1/order";
pub(crate) const TOKEN: &str = "/identity/v1/oauth2/token";
pub(crate) const BULK: &str = "/sell/inventory/v1/bulk_update_price_quantity";
pub(crate) const CANCEL: &str = "/post-order/v2/cancellation";

pub(crate) fn origin() -> Timestamp {
    chrono::DateTime::from_timestamp(1_795_420_800, 0).unwrap_or_default()
}

pub(crate) fn after(seconds: i64) -> Timestamp {
    origin() + Duration::seconds(seconds)
}

/// An order placed a minute before the origin.
pub(crate) fn order(id: &str) -> PlannedOrder {
    PlannedOrder::seller(after(-60)).id(id)
}

/// Quick answers, so that what was delivered does not depend on latency.
pub(crate) fn quiet(orders: Vec<PlannedOrder>) -> Settings {
    Settings { plan: Plan::Explicit(orders), latency_ms: (0, 0), ..Settings::new(7, origin()) }
}

pub(crate) fn with(faults: Faults, orders: Vec<PlannedOrder>) -> Settings {
    Settings { faults, ..quiet(orders) }
}

pub(crate) struct Client {
    pub(crate) world: World,
    pub(crate) token: String,
    pub(crate) now: Timestamp,
}

impl Client {
    /// A client with a token, at the origin.
    pub(crate) fn new(settings: Settings) -> Client {
        let mut client = Client { world: World::new(settings), token: String::new(), now: origin() };
        client.renew();
        client
    }

    pub(crate) fn at(&mut self, seconds: i64) -> &mut Client {
        self.now = after(seconds);
        self
    }

    /// Fetches a token, as often as it takes.
    pub(crate) fn renew(&mut self) {
        let refresh = self.world.settings().refresh_token.clone();
        for _ in 0..50 {
            let form = format!("grant_type=refresh_token&refresh_token={}", crate::request::encode(&refresh));
            let (status, body) = self.ask_token(&form);
            if status == 200 {
                self.token = body["access_token"].as_str().unwrap_or_default().to_owned();
                return;
            }
            self.now += Duration::seconds(1);
        }
    }

    pub(crate) fn ask_token(&mut self, form: &str) -> (u16, Value) {
        self.ask_token_as("sandbox-client:sandbox-secret", form)
    }

    pub(crate) fn ask_token_as(&mut self, pair: &str, form: &str) -> (u16, Value) {
        use base64::Engine as _;
        let basic = base64::engine::general_purpose::STANDARD.encode(pair);
        let request = http::Request::post(format!("https://api.ebay.com{TOKEN}"))
            .header("Authorization", format!("Basic {basic}"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(Bytes::copy_from_slice(form.as_bytes()));
        self.hear(request.unwrap_or_default())
    }

    /// A request with the word that its family wants before the token.
    pub(crate) fn request(&self, method: &str, path: &str, body: &str) -> http::Request<Bytes> {
        let word = if path.starts_with("/post-order/") { "IAF" } else { "Bearer" };
        http::Request::builder()
            .method(method)
            .uri(format!("https://api.ebay.com{path}"))
            .header("Authorization", format!("{word} {}", self.token))
            .header("Content-Type", "application/json")
            .body(Bytes::copy_from_slice(body.as_bytes()))
            .unwrap_or_default()
    }

    pub(crate) fn send(&mut self, method: &str, path: &str, body: &str) -> Reply {
        let request = self.request(method, path, body);
        self.world.receive(self.now, &request)
    }

    /// Status (0 for none) and body (null when empty or no JSON).
    pub(crate) fn hear(&mut self, request: http::Request<Bytes>) -> (u16, Value) {
        read(self.world.receive(self.now, &request).answer)
    }

    pub(crate) fn call(&mut self, method: &str, path: &str, body: &str) -> (u16, Value) {
        read(self.send(method, path, body).answer)
    }

    pub(crate) fn get(&mut self, path: &str) -> (u16, Value) {
        self.call("GET", path, "")
    }

    pub(crate) fn post(&mut self, path: &str, body: &Value) -> (u16, Value) {
        self.call("POST", path, &body.to_string())
    }

    pub(crate) fn one(&mut self, id: &str) -> Value {
        self.get(&format!("{ORDERS}/{id}")).1
    }

    /// The ids of the lines of an order.
    pub(crate) fn lines(&mut self, id: &str) -> Vec<String> {
        let order = self.one(id);
        let lines = order["lineItems"].as_array().cloned().unwrap_or_default();
        lines.iter().filter_map(|line| line["lineItemId"].as_str().map(str::to_owned)).collect()
    }

    /// Ships `units` of the first line under a tracking number.
    pub(crate) fn ship(&mut self, id: &str, units: u32, tracking: &str) -> (u16, Value) {
        let line = self.lines(id).into_iter().next().unwrap_or_default();
        self.post(&format!("{ORDERS}/{id}/shipping_fulfillment"), &parcel(&line, units, tracking))
    }

    pub(crate) fn set(&mut self, row: Value) -> (u16, Value) {
        self.post(BULK, &json!({"requests": [row]}))
    }

    pub(crate) fn level(&mut self, sku: &str) -> i64 {
        self.world.effects(self.now).stock.get(sku).copied().unwrap_or(-1)
    }

    pub(crate) fn fired(&self, fault: &str) -> u64 {
        self.world.fired().get(fault).copied().unwrap_or_default()
    }

    /// A Trading call: status and XML.
    pub(crate) fn trade(&mut self, name: &str, inside: &str) -> (u16, String) {
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><{name}Request xmlns=\"urn:ebay:apis:eBLBaseComponents\">{inside}</{name}Request>"
        );
        let request = http::Request::post("https://api.ebay.com/ws/api.dll")
            .header("X-EBAY-API-IAF-TOKEN", &self.token)
            .header("X-EBAY-API-CALL-NAME", name)
            .header("X-EBAY-API-SITEID", "0")
            .header("X-EBAY-API-COMPATIBILITY-LEVEL", "1395")
            .header("Content-Type", "text/xml")
            .body(Bytes::from(body));
        match self.world.receive(self.now, &request.unwrap_or_default()).answer {
            Some(answer) => (answer.status().as_u16(), String::from_utf8_lossy(answer.body()).into_owned()),
            None => (0, String::new()),
        }
    }
}

pub(crate) fn parcel(line: &str, units: u32, tracking: &str) -> Value {
    json!({
        "lineItems": [{"lineItemId": line, "quantity": units}],
        "shippingCarrierCode": "UPS",
        "trackingNumber": tracking,
    })
}

pub(crate) fn item(sku: &str, quantity: i64) -> Value {
    json!({"sku": sku, "shipToLocationAvailability": {"quantity": quantity}})
}

fn read(answer: Option<Response<Bytes>>) -> (u16, Value) {
    match answer {
        Some(answer) => {
            (answer.status().as_u16(), serde_json::from_slice(answer.body()).unwrap_or(Value::Null))
        }
        None => (0, Value::Null),
    }
}

/// The number of the first error, whatever its envelope.
pub(crate) fn number(body: &Value) -> i64 {
    let lists = [&body["errors"], &body["error"], &body["errorMessage"]["error"]];
    lists.iter().find_map(|list| list[0]["errorId"].as_i64()).unwrap_or_default()
}

pub(crate) fn ids(body: &Value) -> Vec<String> {
    let orders = body["orders"].as_array().cloned().unwrap_or_default();
    orders.iter().filter_map(|order| order["orderId"].as_str().map(str::to_owned)).collect()
}

/// `[from..to]` for a query, escaped.
pub(crate) fn window(name: &str, from: Timestamp, to: Option<Timestamp>) -> String {
    let text = |at: Timestamp| at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    crate::request::encode(&format!("{name}:[{}..{}]", text(from), to.map(text).unwrap_or_default()))
}
