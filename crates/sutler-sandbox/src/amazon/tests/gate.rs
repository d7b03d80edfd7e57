//! Login with Amazon, tokens, regions, limits, unknown places.

use bytes::Bytes;
use proptest::prelude::*;
use serde_json::json;

use super::support::*;
use crate::amazon::{Settings, World};

#[test]
fn a_token_lives_an_hour_and_then_has_expired() {
    let mut client = Client::new(quiet(vec![order("111-1").line("A", 1)]));
    assert!(client.token.starts_with("Atza|"));
    assert_eq!(client.at(3599).get("/orders/2026-01-01/orders/111-1").0, 200);
    let (status, body) = client.at(3600).get("/orders/2026-01-01/orders/111-1");
    assert_eq!((status, &body["errors"][0]["code"]), (403, &json!("Unauthorized")));
    assert_eq!(body["errors"][0]["details"], "The access token you provided has expired.");
    client.token = "never issued".into();
    let (status, body) = client.get("/orders/2026-01-01/orders/111-1");
    assert_eq!(status, 403);
    assert_eq!(
        body["errors"][0]["details"],
        "The access token you provided is revoked, malformed or invalid."
    );
    let mut request = client.request("GET", "/orders/2026-01-01/orders/111-1", "");
    request.headers_mut().remove("x-amz-access-token");
    let answer = client.world.receive(client.now, &request).answer.unwrap_or_default();
    assert_eq!(
        json_of(answer.body())["errors"][0]["details"],
        "Access token is missing in the request header."
    );
}

#[test]
fn a_life_that_is_set_is_the_life_it_has() {
    let mut client = Client::new(Settings { token_life_s: 60, ..quiet(vec![order("111-1").line("A", 1)]) });
    assert_eq!(client.at(59).get("/orders/2026-01-01/orders/111-1").0, 200);
    assert_eq!(client.at(60).get("/orders/2026-01-01/orders/111-1").0, 403);
}

#[test]
fn login_refuses_in_its_own_envelope() {
    let mut world = World::new(quiet(Vec::new()));
    let mut refused = |form: &str| {
        let answer = world.receive(origin(), &login(form)).answer.unwrap_or_default();
        let body = json_of(answer.body());
        assert!(body["errors"].is_null() && body["error_description"].is_string(), "{body}");
        (answer.status().as_u16(), body["error"].as_str().unwrap_or_default().to_owned())
    };
    let good = refresh();
    assert_eq!(refused(&good.replace("sandbox-refresh", "other")), (400, "invalid_grant".into()));
    assert_eq!(refused(&good.replace("oa2-cs", "oa3-cs")), (401, "invalid_client".into()));
    assert_eq!(
        refused(&good.replace("=refresh_token&", "=password&")),
        (400, "unsupported_grant_type".into())
    );
    assert_eq!(refused("grant_type=refresh_token"), (400, "invalid_request".into()));
    let scope = good.replace("grant_type=refresh_token", "grant_type=client_credentials&scope=profile");
    assert_eq!(refused(&scope), (400, "invalid_scope".into()));
    let mut json = login(&good);
    json.headers_mut().insert("content-type", http::HeaderValue::from_static("application/json"));
    assert_eq!(world.receive(origin(), &json).answer.map(|a| a.status().as_u16()), Some(400));
}

#[test]
fn login_gives_what_clients_read() {
    let mut world = World::new(quiet(Vec::new()));
    let answer = world.receive(origin(), &login(&refresh())).answer.unwrap_or_default();
    let body = json_of(answer.body());
    assert_eq!((&body["token_type"], &body["expires_in"]), (&json!("bearer"), &json!(3600)));
    assert_eq!(body["refresh_token"], "Atzr|sandbox-refresh-token");
}

#[test]
fn an_authorisation_taken_back_opens_nothing_more() {
    let mut client = Client::new(quiet(vec![order("111-1").line("A", 1)]));
    assert_eq!(client.call("POST", "/_sandbox/revoke", "").0, 200);
    assert_eq!(client.get("/orders/2026-01-01/orders/111-1").0, 403);
    let answer = client.world.receive(client.now, &login(&refresh())).answer.unwrap_or_default();
    assert_eq!((answer.status().as_u16(), &json_of(answer.body())["error"]), (400, &json!("invalid_grant")));
}

#[test]
fn a_token_without_a_seller_opens_destinations_and_nothing_else() {
    let mut client = Client::new(quiet(vec![order("111-1").line("A", 1)]));
    assert_eq!(client.get("/notifications/v1/destinations").0, 403);
    let seller = std::mem::take(&mut client.token);
    client.token = client.grantless();
    assert_eq!(client.get("/notifications/v1/destinations").0, 200);
    assert_eq!(client.get("/orders/2026-01-01/orders/111-1").0, 403);
    client.token = seller;
    assert_eq!(client.get("/notifications/v1/subscriptions/ORDER_CHANGE").0, 404);
}

#[test]
fn another_region_is_refused_in_amazons_words() {
    let mut client = Client::new(quiet(vec![order("111-1").line("A", 1)]));
    let (status, body) =
        client.get("/orders/2026-01-01/orders?marketplaceIds=A1PA6795UKMFR9&createdAfter=2026-11-01");
    assert_eq!(status, 403);
    assert!(why(&body).contains("A1PA6795UKMFR9] are not valid for region us-east-1"), "{body}");
    let mut request = client.request("GET", "/sellers/v1/marketplaceParticipations", "");
    *request.uri_mut() = http::Uri::from_static(
        "https://sellingpartnerapi-eu.amazon.com/sellers/v1/marketplaceParticipations",
    );
    let answer = client.world.receive(client.now, &request).answer.unwrap_or_default();
    assert_eq!(answer.status(), 403);
    let (status, body) = client.get("/sellers/v1/marketplaceParticipations");
    assert_eq!((status, &body["payload"][0]["marketplace"]["id"]), (200, &json!(STORE)));
    assert_eq!(body["payload"][0]["participation"]["isParticipating"], true);
}

#[test]
fn twenty_searches_and_the_header_gives_the_rate_only() {
    let mut client = Client::new(Settings { rate_factor: 1, ..quiet(vec![order("111-1").line("A", 1)]) });
    let path = "/orders/2026-01-01/orders?createdAfter=2026-11-01";
    for _ in 0..20 {
        let answer = client.send("GET", path, "").answer.unwrap_or_default();
        assert_eq!(answer.status(), 200);
        let rate = answer.headers().get("x-amzn-RateLimit-Limit").and_then(|v| v.to_str().ok());
        assert_eq!(rate, Some("0.0056"));
        assert!(answer.headers().get("x-amzn-RequestId").is_some());
    }
    let answer = client.send("GET", path, "").answer.unwrap_or_default();
    assert_eq!(answer.status(), 429);
    assert!(
        answer.headers().get("x-amzn-RateLimit-Limit").is_none()
            && answer.headers().get("retry-after").is_none()
    );
    assert!(answer.headers().get("x-amzn-RequestId").is_some());
    assert_eq!(
        why(&json_of(answer.body())),
        "QuotaExceeded: You exceeded your quota for the requested resource."
    );
    assert_eq!(client.at(178).get(path).0, 429);
    assert_eq!(client.at(179).get(path).0, 200);
    let effects = client.effects();
    assert_eq!((effects.status_429, effects.requests), (2, 24));
}

#[test]
fn each_operation_has_a_bucket_of_its_own() {
    let mut client = Client::new(Settings { rate_factor: 1, ..quiet(vec![order("111-1").line("A", 1)]) });
    let parcel = client.parcel("111-1", "1", 1, "T1");
    let granted = (0..12).filter(|_| client.confirm("111-1", &parcel).0 == 204).count();
    assert_eq!(granted, 10);
    assert_eq!((0..7).filter(|_| client.set("A", 3).0 == 200).count(), 5);
    assert_eq!(client.at(1).set("A", 3).0, 200);
}

#[test]
fn unknown_places_are_named_and_the_line_says_how_to_connect() {
    let mut client = Client::new(Settings {
        sqs_queue_url: Some("http://127.0.0.1:5000/1/q".into()),
        ..quiet(Vec::new())
    });
    let (status, body) = client.get("/orders/v0/orders");
    assert_eq!((status, &body["errors"][0]["code"]), (404, &json!("NotFound")));
    let fields = client.door().fields("http://127.0.0.1:1");
    assert_eq!(fields["token_url"], "http://127.0.0.1:1/auth/o2/token");
    assert_eq!(fields["refresh_token"], "Atzr|sandbox-refresh-token");
    assert_eq!(
        (&fields["marketplace_id"], &fields["sqs_queue_url"]),
        (&json!(STORE), &json!("http://127.0.0.1:5000/1/q"))
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn nothing_a_client_sends_stops_the_world(
        method in "GET|POST|PUT|DELETE|PATCH",
        path in "/(orders/2026-01-01/orders|orders/v0/orders|listings/2021-08-01/items/A2SUTLERSANDBX|feeds/2021-06-30/(feeds|documents)|reports/2021-06-30/reports|fba/inventory/v1/summaries|notifications/v1/subscriptions|_sandbox/orders|_documents|_sandbox/on-hand)(/(111-1|A|ORDER_CHANGE|[%a-zA-Z0-9]{0,4}))?(/(shipmentConfirmation|return|label|cancel-request))?",
        query in "((createdAfter|createdBefore|lastUpdatedAfter|paginationToken|includedData|maxResultsPerPage|marketplaceIds|nextToken|feedTypes|reportTypes|granularityType|X-Amz-Date|X-Amz-Signature)=(2026-11-23|9999-01-01|ATVPDKIKX0DER|FULFILLMENT|-1|18446744073709551615|%[0-9A-F]{0,2}|1.1|0)&){0,4}",
        body in r#"\{"(packageDetail|marketplaceId|patches|feedType|reportType|contentType|productType|lines|marketplaceIds)":("A"|-?[0-9]{1,19}|null|\[\]|\["ATVPDKIKX0DER"\]|\[\{"op":"merge","sku":"A","quantity":[0-9]{1,12}\}\]|\{"packageReferenceId":"1"\})\}"#,
    ) {
        let mut client = Client::new(quiet(vec![order("111-1").line("A", 1)]));
        let reply = client.send(&method, &format!("{path}?{query}"), &body);
        let status = reply.answer.map_or(0, |answer| answer.status().as_u16());
        prop_assert!((200..500).contains(&status), "{status}");
        prop_assert_eq!(client.get("/orders/2026-01-01/orders/111-1").0, 200);
    }
}

#[test]
fn a_body_that_is_no_json_is_named() {
    let mut client = Client::new(quiet(vec![order("111-1").line("A", 1)]));
    let (status, body) = client.call("POST", "/orders/v0/orders/111-1/shipmentConfirmation", "{");
    assert_eq!((status, why(&body).as_str()), (400, "InvalidInput: Request body could not be parsed"));
    let mut request = client.request("POST", "/feeds/2021-06-30/documents", "");
    *request.body_mut() = Bytes::from_static(&[0xff, 0xfe, 0x00]);
    let answer = client.world.receive(client.now, &request).answer.unwrap_or_default();
    assert_eq!(answer.status(), 400);
}
