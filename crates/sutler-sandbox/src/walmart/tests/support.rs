//! A client that knows no connector: builds requests by hand and reads answers as JSON.

use bytes::Bytes;
use chrono::Duration;
use serde_json::{Value, json};

use crate::Timestamp;
use crate::walmart::plan::{Plan, PlannedOrder};
use crate::walmart::{Faults, Reply, Settings, World};

pub(crate) fn origin() -> Timestamp {
    chrono::DateTime::from_timestamp(1_795_420_800, 0).unwrap_or_default()
}

pub(crate) fn after(seconds: i64) -> Timestamp {
    origin() + Duration::seconds(seconds)
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
        for _ in 0..50 {
            let request = token_request("sandbox-client", "sandbox-secret");
            if let Some(answer) = self.world.receive(self.now, &request).answer
                && answer.status() == 200
            {
                self.token = json_of(answer.body())["access_token"].as_str().unwrap_or_default().to_owned();
                return;
            }
            self.now += Duration::seconds(1);
        }
    }

    pub(crate) fn request(&self, method: &str, path: &str, body: &str) -> http::Request<Bytes> {
        http::Request::builder()
            .method(method)
            .uri(format!("https://marketplace.walmartapis.com{path}"))
            .header("WM_SEC.ACCESS_TOKEN", &self.token)
            .header("WM_QOS.CORRELATION_ID", "6a2f")
            .header("WM_SVC.NAME", "Walmart Marketplace")
            .header("Accept", "application/json")
            .header("Content-Type", "application/json")
            .body(Bytes::copy_from_slice(body.as_bytes()))
            .unwrap_or_default()
    }

    pub(crate) fn send(&mut self, method: &str, path: &str, body: &str) -> Reply {
        let request = self.request(method, path, body);
        self.world.receive(self.now, &request)
    }

    /// Status (0 for none) and body (null when empty).
    pub(crate) fn call(&mut self, method: &str, path: &str, body: &str) -> (u16, Value) {
        match self.send(method, path, body).answer {
            Some(answer) => (answer.status().as_u16(), json_of(answer.body())),
            None => (0, Value::Null),
        }
    }

    pub(crate) fn get(&mut self, path: &str) -> (u16, Value) {
        self.call("GET", path, "")
    }

    pub(crate) fn acknowledge(&mut self, id: &str) -> (u16, Value) {
        self.call("POST", &format!("/v3/orders/{id}/acknowledge"), "")
    }

    pub(crate) fn ship(&mut self, id: &str, body: &Value) -> (u16, Value) {
        self.call("POST", &format!("/v3/orders/{id}/shipping"), &body.to_string())
    }

    pub(crate) fn cancel(&mut self, id: &str, line: &str, units: u32, reason: &str) -> (u16, Value) {
        let body = json!({"orderCancellation": {"orderLines": {"orderLine": [{
            "lineNumber": line,
            "orderLineStatuses": {"orderLineStatus": [{
                "status": "Cancelled",
                "cancellationReason": reason,
                "statusQuantity": {"unitOfMeasurement": "EACH", "amount": units.to_string()},
            }]},
        }]}}});
        self.call("POST", &format!("/v3/orders/{id}/cancel"), &body.to_string())
    }

    pub(crate) fn put_level(&mut self, sku: &str, level: i64) -> (u16, Value) {
        let body = json!({"sku": sku, "quantity": {"unit": "EACH", "amount": level}});
        self.call("PUT", &format!("/v3/inventory?sku={sku}"), &body.to_string())
    }

    /// The method code of an order and its line numbers.
    pub(crate) fn shape(&mut self, id: &str) -> (String, Vec<String>) {
        let (_, body) = self.get(&format!("/v3/orders/{id}"));
        let order = &body["order"];
        let lines = order["orderLines"]["orderLine"].as_array().cloned().unwrap_or_default();
        (
            order["shippingInfo"]["methodCode"].as_str().unwrap_or_default().to_owned(),
            lines.iter().filter_map(|line| line["lineNumber"].as_str().map(str::to_owned)).collect(),
        )
    }

    /// A sound shipping body for `units` of a line, shipped now.
    pub(crate) fn parcel(&mut self, id: &str, line: &str, units: u32, tracking: &str) -> Value {
        let (method, _) = self.shape(id);
        json!({"orderShipment": {"orderLines": {"orderLine": [{
            "lineNumber": line,
            "sellerOrderId": id,
            "orderLineStatuses": {"orderLineStatus": [{
                "status": "Shipped",
                "statusQuantity": {"unitOfMeasurement": "EACH", "amount": units.to_string()},
                "trackingInfo": {
                    "shipDateTime": self.now.timestamp_millis(),
                    "carrierName": {"carrier": "UPS"},
                    "methodCode": method,
                    "trackingNumber": tracking,
                },
            }]},
        }]}}})
    }
}

pub(crate) fn token_request(id: &str, secret: &str) -> http::Request<Bytes> {
    use base64::Engine as _;
    let basic = base64::engine::general_purpose::STANDARD.encode(format!("{id}:{secret}"));
    http::Request::builder()
        .method("POST")
        .uri("https://marketplace.walmartapis.com/v3/token")
        .header("Authorization", format!("Basic {basic}"))
        .header("WM_QOS.CORRELATION_ID", "6a2f")
        .header("WM_SVC.NAME", "Walmart Marketplace")
        .header("Accept", "application/json")
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(Bytes::from_static(b"grant_type=client_credentials"))
        .unwrap_or_default()
}

pub(crate) fn json_of(body: &Bytes) -> Value {
    serde_json::from_slice(body).unwrap_or(Value::Null)
}

/// The free text of a refusal, from either envelope.
pub(crate) fn why(body: &Value) -> String {
    let error = if body["errors"].is_null() { &body["error"][0] } else { &body["errors"]["error"][0] };
    error["description"].as_str().unwrap_or_default().to_owned()
}

pub(crate) fn code(body: &Value) -> String {
    let error = if body["errors"].is_null() { &body["error"][0] } else { &body["errors"]["error"][0] };
    error["code"].as_str().unwrap_or_default().to_owned()
}

/// An order placed an hour before the origin.
pub(crate) fn order(id: &str) -> PlannedOrder {
    PlannedOrder::seller(after(-3600)).id(id)
}
