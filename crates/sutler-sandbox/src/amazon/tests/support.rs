//! A client that knows no connector: builds requests by hand and reads answers as JSON.

use bytes::Bytes;
use chrono::Duration;
use serde_json::{Value, json};

use crate::amazon::{Reply, Settings, World};
use crate::faults::Faults;
use crate::plan::{Plan, PlannedOrder};
use crate::request::encode;
use crate::{Marketplace as _, Timestamp};

pub(crate) const STORE: &str = "ATVPDKIKX0DER";

pub(crate) fn origin() -> Timestamp {
    chrono::DateTime::from_timestamp(1_795_420_800, 0).unwrap_or_default()
}

pub(crate) fn after(seconds: i64) -> Timestamp {
    origin() + Duration::seconds(seconds)
}

pub(crate) fn iso(at: Timestamp) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Quick answers and quantities, so that what was delivered does not depend on latency; and limits that do not matter.
pub(crate) fn quiet(orders: Vec<PlannedOrder>) -> Settings {
    Settings {
        plan: Plan::Explicit(orders),
        latency_ms: (0, 0),
        stock_lag_ms: (1_000, 1_000),
        rate_factor: 100,
        ..Settings::new(7, origin())
    }
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
            let request = login(&refresh());
            if let Some(answer) = self.world.receive(self.now, &request).answer
                && answer.status() == 200
            {
                self.token = json_of(answer.body())["access_token"].as_str().unwrap_or_default().to_owned();
                return;
            }
            self.now += Duration::seconds(1);
        }
    }

    /// A token without a seller.
    pub(crate) fn grantless(&mut self) -> String {
        let form = "grant_type=client_credentials&scope=sellingpartnerapi::notifications&client_id=\
                    amzn1.application-oa2-client.sandbox&client_secret=amzn1.oa2-cs.v1.sandbox";
        let answer = self.world.receive(self.now, &login(form)).answer.unwrap_or_default();
        json_of(answer.body())["access_token"].as_str().unwrap_or_default().to_owned()
    }

    pub(crate) fn request(&self, method: &str, path: &str, body: &str) -> http::Request<Bytes> {
        http::Request::builder()
            .method(method)
            .uri(format!("https://sellingpartnerapi-na.amazon.com{path}"))
            .header("x-amz-access-token", &self.token)
            .header("content-type", "application/json")
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

    pub(crate) fn post(&mut self, path: &str, body: &Value) -> (u16, Value) {
        self.call("POST", path, &body.to_string())
    }

    /// One order with everything that can be included.
    pub(crate) fn order(&mut self, id: &str) -> Value {
        let sets = "BUYER,RECIPIENT,PROCEEDS,CANCELLATION,FULFILLMENT,PACKAGES";
        let (_, body) = self.get(&format!("/orders/2026-01-01/orders/{id}?includedData={sets}"));
        body["order"].clone()
    }

    pub(crate) fn status(&mut self, id: &str) -> String {
        self.order(id)["fulfillment"]["fulfillmentStatus"].as_str().unwrap_or_default().to_owned()
    }

    /// Everything updated since two hours before the origin.
    pub(crate) fn search(&mut self, more: &str) -> (u16, Value) {
        let since = encode(&iso(after(-7200)));
        self.get(&format!("/orders/2026-01-01/orders?marketplaceIds={STORE}&lastUpdatedAfter={since}{more}"))
    }

    pub(crate) fn item(&mut self, id: &str, place: usize) -> String {
        self.order(id)["orderItems"][place]["orderItemId"].as_str().unwrap_or_default().to_owned()
    }

    /// A sound confirmation of `units` of the first item, shipped now.
    pub(crate) fn parcel(&mut self, id: &str, number: &str, units: u32, tracking: &str) -> Value {
        json!({
            "marketplaceId": STORE,
            "packageDetail": {
                "packageReferenceId": number,
                "carrierCode": "UPS",
                "shippingMethod": "Ground",
                "trackingNumber": tracking,
                "shipDate": iso(self.now),
                "orderItems": [{"orderItemId": self.item(id, 0), "quantity": units}],
            },
        })
    }

    pub(crate) fn confirm(&mut self, id: &str, body: &Value) -> (u16, Value) {
        self.post(&format!("/orders/v0/orders/{id}/shipmentConfirmation"), body)
    }

    pub(crate) fn patch(&mut self, sku: &str, body: &Value) -> (u16, Value) {
        let path =
            format!("/listings/2021-08-01/items/A2SUTLERSANDBX/{}?marketplaceIds={STORE}", encode(sku));
        self.call("PATCH", &path, &body.to_string())
    }

    pub(crate) fn set(&mut self, sku: &str, level: i64) -> (u16, Value) {
        self.patch(sku, &level_patch(level))
    }

    pub(crate) fn level(&mut self, sku: &str) -> Value {
        let path = format!(
            "/listings/2021-08-01/items/A2SUTLERSANDBX/{}?marketplaceIds={STORE}&includedData=fulfillmentAvailability",
            encode(sku)
        );
        self.get(&path).1["fulfillmentAvailability"][0]["quantity"].clone()
    }

    /// Puts a document and makes a feed of it; returns its id.
    pub(crate) fn feed(&mut self, kind: &str, media: &str, text: &str) -> String {
        let (status, made) = self.post("/feeds/2021-06-30/documents", &json!({"contentType": media}));
        assert_eq!(status, 201, "{made}");
        let upload = http::Request::put(made["url"].as_str().unwrap_or_default())
            .header("content-type", media)
            .body(Bytes::copy_from_slice(text.as_bytes()))
            .unwrap_or_default();
        assert_eq!(self.world.receive(self.now, &upload).answer.map(|a| a.status().as_u16()), Some(200));
        let wanted = json!({
            "feedType": kind,
            "marketplaceIds": [STORE],
            "inputFeedDocumentId": made["feedDocumentId"],
        });
        let (status, body) = self.post("/feeds/2021-06-30/feeds", &wanted);
        assert_eq!(status, 202, "{body}");
        body["feedId"].as_str().unwrap_or_default().to_owned()
    }

    /// The text of a document, unpacked, with its media type.
    pub(crate) fn document(&mut self, path: &str) -> (String, Vec<u8>) {
        let (status, body) = self.get(path);
        assert_eq!(status, 200, "{body}");
        let request = http::Request::get(body["url"].as_str().unwrap_or_default()).body(Bytes::new());
        let answer = self.world.receive(self.now, &request.unwrap_or_default()).answer.unwrap_or_default();
        assert_eq!(answer.status(), 200);
        let media = answer.headers().get("content-type").and_then(|v| v.to_str().ok()).unwrap_or_default();
        let bytes = if body["compressionAlgorithm"] == "GZIP" {
            crate::amazon::documents::unpack(answer.body()).unwrap_or_default()
        } else {
            answer.body().to_vec()
        };
        (media.to_owned(), bytes)
    }

    pub(crate) fn fired(&self, fault: &str) -> u64 {
        self.world.fired().get(fault).copied().unwrap_or_default()
    }

    pub(crate) fn effects(&mut self) -> crate::Effects {
        self.world.effects(self.now)
    }

    pub(crate) fn door(&self) -> crate::Door {
        self.world.door()
    }
}

pub(crate) fn level_patch(level: i64) -> Value {
    json!({"productType": "PRODUCT", "patches": [{
        "op": "merge",
        "path": "/attributes/fulfillment_availability",
        "value": [{"fulfillment_channel_code": "DEFAULT", "quantity": level}],
    }]})
}

pub(crate) fn refresh() -> String {
    "grant_type=refresh_token&refresh_token=Atzr%7Csandbox-refresh-token&client_id=\
     amzn1.application-oa2-client.sandbox&client_secret=amzn1.oa2-cs.v1.sandbox"
        .to_owned()
}

pub(crate) fn login(form: &str) -> http::Request<Bytes> {
    http::Request::post("https://api.amazon.com/auth/o2/token")
        .header("content-type", "application/x-www-form-urlencoded;charset=UTF-8")
        .body(Bytes::copy_from_slice(form.as_bytes()))
        .unwrap_or_default()
}

pub(crate) fn json_of(body: &Bytes) -> Value {
    serde_json::from_slice(body).unwrap_or(Value::Null)
}

/// Code and message of a refusal.
pub(crate) fn why(body: &Value) -> String {
    let error = &body["errors"][0];
    format!(
        "{}: {}",
        error["code"].as_str().unwrap_or_default(),
        error["message"].as_str().unwrap_or_default()
    )
}

/// An order placed an hour before the origin.
pub(crate) fn order(id: &str) -> PlannedOrder {
    PlannedOrder::seller(after(-3600)).id(id)
}
