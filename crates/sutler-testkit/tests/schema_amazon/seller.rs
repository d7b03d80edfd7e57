//! A seller that knows no connector, and what it asks of the local Amazon.

use crate::models::Models;
use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use chrono::{DateTime, Duration, Utc};
use http::Request;
use serde_json::{Value, json};
use sutler_sandbox::amazon::World;

pub(crate) const STORE: &str = "ATVPDKIKX0DER";

/// A seller that knows no connector, every message of whom is held against the models.
pub(crate) struct Seller<'a> {
    pub(crate) world: World,
    pub(crate) models: &'a Models,
    pub(crate) now: DateTime<Utc>,
    pub(crate) token: String,
    pub(crate) found: &'a mut BTreeSet<String>,
    pub(crate) checked: &'a mut BTreeMap<String, BTreeSet<u16>>,
}

impl Seller<'_> {
    pub(crate) fn login(&mut self, form: &str) {
        let secrets = "client_id=amzn1.application-oa2-client.sandbox&client_secret=amzn1.oa2-cs.v1.sandbox";
        for _ in 0..100 {
            let request = Request::post("https://api.amazon.com/auth/o2/token")
                .header("content-type", "application/x-www-form-urlencoded")
                .body(Bytes::from(format!("{form}&{secrets}")))
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

    pub(crate) fn renew(&mut self) {
        self.login("grant_type=refresh_token&refresh_token=Atzr%7Csandbox-refresh-token");
    }

    /// Sends what should be right by the model; `right` is false for what provokes a refusal.
    pub(crate) fn send(&mut self, method: &str, target: &str, body: &Value, right: bool) -> (u16, Value) {
        self.now += Duration::seconds(2);
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request = Request::builder()
            .method(method)
            .uri(format!("https://sellingpartnerapi-na.amazon.com{target}"))
            .header("x-amz-access-token", &self.token)
            .header("content-type", "application/json")
            .body(Bytes::from(body))
            .unwrap_or_else(|error| panic!("{method} {target}: {error}"));
        let operation = self.models.operation(method, request.uri().path());
        let operation = operation.unwrap_or_else(|| panic!("{method} {target} is in no model"));
        if right {
            operation.request(&request, self.found);
        }
        let Some(answer) = self.world.receive(self.now, &request).answer else { return (0, Value::Null) };
        let status = answer.status().as_u16();
        operation.answer(status, answer.body(), self.found);
        self.checked.entry(operation.id.to_owned()).or_default().insert(status);
        (status, serde_json::from_slice(answer.body()).unwrap_or_default())
    }

    pub(crate) fn get(&mut self, target: &str) -> (u16, Value) {
        self.send("GET", target, &Value::Null, true)
    }

    pub(crate) fn post(&mut self, target: &str, body: &Value) -> (u16, Value) {
        self.send("POST", target, body, true)
    }

    /// A call to what is no operation of any model: the store of documents, the sandbox's own.
    pub(crate) fn aside(&mut self, method: &str, url: &str, media: &str, body: &str) -> u16 {
        let request = Request::builder().method(method).uri(url).header("content-type", media);
        let request = request.body(Bytes::copy_from_slice(body.as_bytes())).unwrap_or_default();
        self.world.receive(self.now, &request).answer.map_or(0, |answer| answer.status().as_u16())
    }

    pub(crate) fn feed(&mut self, kind: &str, media: &str, text: &str) -> String {
        let (_, made) = self.post("/feeds/2021-06-30/documents", &json!({"contentType": media}));
        assert_eq!(self.aside("PUT", made["url"].as_str().unwrap_or_default(), media, text), 200);
        let wanted = json!({"feedType": kind, "marketplaceIds": [STORE], "inputFeedDocumentId": made["feedDocumentId"]});
        let (status, body) = self.post("/feeds/2021-06-30/feeds", &wanted);
        assert_eq!(status, 202, "{body}");
        body["feedId"].as_str().unwrap_or_default().to_owned()
    }
}
