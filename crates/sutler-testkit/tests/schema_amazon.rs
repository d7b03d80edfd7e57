//! The local Amazon held against the models Amazon publishes (Swagger 2): every operation, its good answers, its loose
//! ones, its refusals and its notifications.
//!
//! It needs the specifications, whose folder `SUTLER_SPECS` names; without it a line says that it did not run.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use bytes::Bytes;
use chrono::{DateTime, Duration, Utc};
use http::Request;
use serde_json::{Value, json};
use sutler_sandbox::Faults;
use sutler_sandbox::amazon::{Settings, World};
use sutler_sandbox::plan::{FulfilledBy, Plan, PlannedOrder};
use sutler_testkit::schema::{Specs, say};

const STORE: &str = "ATVPDKIKX0DER";

/// The models of the operations the sandbox has.
const MODELS: [&str; 9] = [
    "orders_2026-01-01",
    "ordersV0",
    "feeds_2021-06-30",
    "reports_2021-06-30",
    "listingsItems_2021-08-01",
    "fbaInventory",
    "sellers",
    "notifications",
    "tokens_2021-03-01",
];

/// Every operation that must have been checked.
const OPERATIONS: [&str; 24] = [
    "cancelFeed",
    "cancelReport",
    "confirmShipment",
    "createDestination",
    "createFeed",
    "createFeedDocument",
    "createReport",
    "createRestrictedDataToken",
    "createSubscription",
    "getDestinations",
    "getFeed",
    "getFeedDocument",
    "getFeeds",
    "getInventorySummaries",
    "getListingsItem",
    "getMarketplaceParticipations",
    "getOrder",
    "getReport",
    "getReportDocument",
    "getReports",
    "getSubscription",
    "patchListingsItem",
    "searchListingsItems",
    "searchOrders",
];

fn read(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Where a value differs from a schema of Swagger 2 or JSON Schema: what is required, typed, listed or unknown.
fn differ(model: &Value, schema: &Value, value: &Value, place: &str, found: &mut BTreeSet<String>) {
    if let Some(name) = schema["$ref"].as_str().and_then(|name| name.strip_prefix("#/definitions/")) {
        return differ(model, &model["definitions"][name], value, place, found);
    }
    if let Some(any) = schema["anyOf"].as_array() {
        let fits = any.iter().any(|schema| {
            let mut inner = BTreeSet::new();
            differ(model, schema, value, place, &mut inner);
            inner.is_empty()
        });
        if !fits {
            found.insert(format!("{place}: {value} fits none of the alternatives"));
        }
        return;
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        differ(model, part, value, place, found);
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let is = |kind: &&str| match *kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        _ => false,
    };
    if !kinds.is_empty() && !kinds.iter().any(is) {
        found.insert(format!("{place}: {value} is no {}", kinds.join(" or ")));
        return;
    }
    if schema["enum"].as_array().is_some_and(|list| !list.contains(value)) {
        found.insert(format!("{place}: {value} is not in the list"));
    }
    if schema["format"] == "date-time"
        && value.as_str().is_none_or(|text| DateTime::parse_from_rfc3339(text).is_err())
    {
        found.insert(format!("{place}: {value} is no instant"));
    }
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if value.get(name).is_none() {
            found.insert(format!("{place}.{name}: is missing"));
        }
    }
    for (name, member) in value.as_object().into_iter().flatten() {
        match schema["properties"].get(name) {
            Some(schema) => differ(model, schema, member, &format!("{place}.{name}"), found),
            None if schema["properties"].is_object() => {
                found.insert(format!("{place}.{name}: is unknown"));
            }
            None => {}
        }
    }
    for item in value.as_array().into_iter().flatten() {
        if schema["items"].is_object() {
            differ(model, &schema["items"], item, &format!("{place}[]"), found);
        }
    }
}

/// An operation of one of the models.
struct Operation<'a> {
    model: &'a Value,
    id: &'a str,
    parameters: Vec<&'a Value>,
    responses: &'a Value,
}

struct Models(BTreeMap<&'static str, Value>);

impl Models {
    fn operation(&self, method: &str, path: &str) -> Option<Operation<'_>> {
        let parts: Vec<&str> = path.split('/').collect();
        for model in self.0.values() {
            for (template, methods) in model["paths"].as_object().into_iter().flatten() {
                let known: Vec<&str> = template.split('/').collect();
                let fits = known.len() == parts.len()
                    && known.iter().zip(&parts).all(|(known, part)| known == part || known.starts_with('{'));
                let operation = &methods[method.to_ascii_lowercase()];
                if fits && let Some(id) = operation["operationId"].as_str() {
                    let own = operation["parameters"].as_array().into_iter().flatten();
                    let shared = methods["parameters"].as_array().into_iter().flatten();
                    let resolve = |parameter: &'_ Value| {
                        parameter["$ref"].as_str().and_then(|name| name.rsplit('/').next()).map(str::to_owned)
                    };
                    let parameters = own
                        .chain(shared)
                        .map(|parameter| {
                            resolve(parameter).map_or(parameter, |name| &model["parameters"][name])
                        })
                        .collect();
                    return Some(Operation { model, id, parameters, responses: &operation["responses"] });
                }
            }
        }
        None
    }
}

impl Operation<'_> {
    fn request(&self, request: &Request<Bytes>, found: &mut BTreeSet<String>) {
        let place = format!("{} request", self.id);
        let query: Vec<(&str, &str)> = request
            .uri()
            .query()
            .into_iter()
            .flat_map(|query| query.split('&'))
            .map(|member| member.split_once('=').unwrap_or((member, "")))
            .collect();
        for (name, _) in &query {
            if !self
                .parameters
                .iter()
                .any(|parameter| parameter["in"] == "query" && parameter["name"] == *name)
            {
                found.insert(format!("{place} query.{name}: is unknown"));
            }
        }
        for parameter in &self.parameters {
            let name = parameter["name"].as_str().unwrap_or_default();
            match parameter["in"].as_str() {
                Some("query")
                    if parameter["required"] == true && !query.iter().any(|(given, _)| *given == name) =>
                {
                    found.insert(format!("{place} query.{name}: is missing"));
                }
                Some("body") => {
                    let body = serde_json::from_slice(request.body()).unwrap_or(Value::Null);
                    differ(self.model, &parameter["schema"], &body, &place, found);
                }
                _ => {}
            }
        }
    }

    fn answer(&self, status: u16, body: &[u8], found: &mut BTreeSet<String>) {
        let place = format!("{} {status}", self.id);
        let Some(response) = self.responses.get(status.to_string()) else {
            // A gateway's time-out is no operation's own answer.
            if status != 504 {
                found.insert(format!("{place}: is no answer of this operation"));
            }
            return;
        };
        if response["schema"].is_object() {
            match serde_json::from_slice(body) {
                Ok(body) => differ(self.model, &response["schema"], &body, &place, found),
                Err(error) => drop(found.insert(format!("{place}: {error}"))),
            }
        } else if !body.is_empty() {
            found.insert(format!("{place}: has a body"));
        }
    }
}

/// A seller that knows no connector, every message of whom is held against the models.
struct Seller<'a> {
    world: World,
    models: &'a Models,
    now: DateTime<Utc>,
    token: String,
    found: &'a mut BTreeSet<String>,
    checked: &'a mut BTreeMap<String, BTreeSet<u16>>,
}

impl Seller<'_> {
    fn login(&mut self, form: &str) {
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

    fn renew(&mut self) {
        self.login("grant_type=refresh_token&refresh_token=Atzr%7Csandbox-refresh-token");
    }

    /// Sends what should be right by the model; `right` is false for what provokes a refusal.
    fn send(&mut self, method: &str, target: &str, body: &Value, right: bool) -> (u16, Value) {
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

    fn get(&mut self, target: &str) -> (u16, Value) {
        self.send("GET", target, &Value::Null, true)
    }

    fn post(&mut self, target: &str, body: &Value) -> (u16, Value) {
        self.send("POST", target, body, true)
    }

    /// A call to what is no operation of any model: the store of documents, the sandbox's own.
    fn aside(&mut self, method: &str, url: &str, media: &str, body: &str) -> u16 {
        let request = Request::builder().method(method).uri(url).header("content-type", media);
        let request = request.body(Bytes::copy_from_slice(body.as_bytes())).unwrap_or_default();
        self.world.receive(self.now, &request).answer.map_or(0, |answer| answer.status().as_u16())
    }

    fn feed(&mut self, kind: &str, media: &str, text: &str) -> String {
        let (_, made) = self.post("/feeds/2021-06-30/documents", &json!({"contentType": media}));
        assert_eq!(self.aside("PUT", made["url"].as_str().unwrap_or_default(), media, text), 200);
        let wanted = json!({"feedType": kind, "marketplaceIds": [STORE], "inputFeedDocumentId": made["feedDocumentId"]});
        let (status, body) = self.post("/feeds/2021-06-30/feeds", &wanted);
        assert_eq!(status, 202, "{body}");
        body["feedId"].as_str().unwrap_or_default().to_owned()
    }
}

fn origin() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_420_800, 0).unwrap_or_default()
}

fn settings(plan: Plan, orders: u32, faults: Faults) -> Settings {
    Settings {
        plan,
        orders,
        faults,
        latency_ms: (0, 0),
        rate_factor: 100,
        subscribed: true,
        ..Settings::new(7, origin())
    }
}

const SETS: &str = "BUYER,RECIPIENT,PROCEEDS,EXPENSE,PROMOTION,CANCELLATION,FULFILLMENT,PACKAGES,TAX,PAYMENT";

/// Every operation once with success.
fn good_answers(seller: &mut Seller<'_>) {
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
fn refusals(seller: &mut Seller<'_>) {
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

#[test]
fn a_difference_is_found_and_named() {
    let model = json!({"definitions": {"Money": {"type": "object", "required": ["amount"], "properties": {
        "amount": {"type": "string"}, "kind": {"type": "string", "enum": ["A"]}, "at": {"type": "string", "format": "date-time"}}}}});
    let schema = json!({"type": "array", "items": {"$ref": "#/definitions/Money"}});
    let mut found = BTreeSet::new();
    let good = json!([{"amount": "1", "kind": "A", "at": "2026-11-23T08:00:00Z"}]);
    differ(&model, &schema, &good, "x", &mut found);
    assert!(found.is_empty(), "{found:?}");
    differ(
        &model,
        &schema,
        &json!([{"amount": 1, "kind": "B", "at": "now", "more": 1}, {}, 5]),
        "x",
        &mut found,
    );
    let places: Vec<&str> = found.iter().filter_map(|line| line.split(':').next()).collect();
    assert_eq!(places, ["x[].amount", "x[].amount", "x[].at", "x[].kind", "x[].more", "x[]"], "{found:?}");
}

#[test]
fn the_local_amazon_speaks_as_published() {
    let Some(folder) = Specs::from_env().or_say_so() else { return };
    let folder = folder.join("amazon");
    let models = MODELS.map(|name| (name, read(&folder.join(format!("models/{name}.json")))));
    let models = Models(models.into_iter().collect());
    let (mut found, mut checked) = (BTreeSet::new(), BTreeMap::new());
    let sale =
        |id: &str| PlannedOrder::seller(origin() - Duration::hours(1)).id(id).line("A", 3).line("B", 1);
    let orders = vec![
        sale("111-1").program("PRIME"),
        sale("111-2").fulfilled_by(FulfilledBy::Marketplace),
        sale("111-3").paid_at(origin() + Duration::hours(9)),
        sale("111-4").program("FBM_SHIP_PLUS").cancel_requested_at(origin() - Duration::minutes(1)),
    ];
    let loose =
        Faults { unknown_text: 500, loose: 1000, masked: 500, cursor_variants: 500, ..Faults::default() };
    let failing = Faults { error_before: 500, token_refused: 300, ..Faults::default() };
    let mut notifications = Vec::new();
    for (plan, orders, faults) in [
        (Plan::Explicit(orders), 0, Faults::default()),
        (Plan::Standard, 80, loose),
        (Plan::Standard, 3, failing),
    ] {
        let explicit = matches!(plan, Plan::Explicit(_));
        let world = World::new(settings(plan, orders, faults));
        let mut seller = Seller {
            world,
            models: &models,
            now: origin(),
            token: String::new(),
            found: &mut found,
            checked: &mut checked,
        };
        if explicit {
            good_answers(&mut seller);
            refusals(&mut seller);
        } else {
            seller.renew();
            for _ in 0..40 {
                let after = "lastUpdatedAfter=2026-11-20T00:00:00Z";
                seller.get(&format!(
                    "/orders/2026-01-01/orders?{after}&maxResultsPerPage=40&includedData={SETS}"
                ));
            }
        }
        let now = seller.now;
        notifications.extend(seller.world.take_notifications(now));
    }
    let mut kinds = BTreeSet::new();
    for note in &notifications {
        let name = match note.kind {
            "ORDER_CHANGE" => "OrderChangeNotification",
            "FEED_PROCESSING_FINISHED" => "FeedProcessingFinishedNotification",
            _ => "ReportProcessingFinishedNotification",
        };
        let schema = read(&folder.join(format!("notifications/{name}.json")));
        let body = serde_json::from_str(&note.body).unwrap_or_default();
        kinds.insert(note.kind);
        differ(&schema, &schema, &body, note.kind, &mut found);
    }
    let list: Vec<&str> = found.iter().map(String::as_str).collect();
    assert!(list.is_empty(), "the messages differ from the models:\n{}", list.join("\n"));
    assert_eq!(kinds.len(), 3);
    let missing: Vec<&&str> = OPERATIONS.iter().filter(|id| !checked.contains_key(**id)).collect();
    assert!(missing.is_empty(), "not checked: {missing:?}");
    say(&format!(
        "schema checks of Amazon: {} operations, {} notifications",
        checked.len(),
        notifications.len()
    ));
}
