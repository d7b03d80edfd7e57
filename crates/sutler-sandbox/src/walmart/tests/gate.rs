//! The gateway: tokens, required headers, limits, unknown places.

use bytes::Bytes;
use proptest::prelude::*;

use super::support::*;
use crate::walmart::World;

#[test]
fn a_token_lives_900_seconds_and_many_live_at_once() {
    let mut client = Client::new(quiet(vec![order("PO1").line("A", 1)]));
    let first = client.token.clone();
    client.at(100).renew();
    assert_ne!(client.token, first);
    let second = std::mem::replace(&mut client.token, first);
    assert_eq!(client.at(899).get("/v3/orders/PO1").0, 200, "the first still lives");
    let (status, body) = client.at(900).get("/v3/orders/PO1");
    assert_eq!((status, code(&body).as_str()), (401, "UNAUTHORIZED.GMP_GATEWAY_API"));
    client.token = second;
    assert_eq!(client.get("/v3/orders/PO1").0, 200);
    assert_eq!(client.at(1001).get("/v3/orders/PO1").0, 401);
    client.token = "never issued".into();
    assert_eq!(client.get("/v3/orders/PO1").0, 401);
}

#[test]
fn dead_credentials_are_400_and_none_are_401() {
    let mut world = World::new(quiet(Vec::new()));
    let mut status = |request: &http::Request<Bytes>| {
        world.receive(origin(), request).answer.map_or(0, |answer| answer.status().as_u16())
    };
    assert_eq!(status(&token_request("sandbox-client", "wrong")), 400);
    let mut none = token_request("sandbox-client", "sandbox-secret");
    none.headers_mut().remove("authorization");
    assert_eq!(status(&none), 401);
    let mut grant = token_request("sandbox-client", "sandbox-secret");
    *grant.body_mut() = Bytes::from_static(b"grant_type=password");
    assert_eq!(status(&grant), 400);
    let mut form = token_request("sandbox-client", "sandbox-secret");
    form.headers_mut().insert("content-type", http::HeaderValue::from_static("application/json"));
    assert_eq!(status(&form), 400);
    assert_eq!(status(&token_request("sandbox-client", "sandbox-secret")), 200);
}

#[test]
fn a_token_asked_for_without_json_comes_as_xml() {
    let mut world = World::new(quiet(Vec::new()));
    let mut request = token_request("sandbox-client", "sandbox-secret");
    request.headers_mut().remove("accept");
    let answer = world.receive(origin(), &request).answer.unwrap_or_default();
    assert_eq!(answer.headers().get("content-type").map(|v| v.as_bytes()), Some(&b"application/xml"[..]));
    assert!(answer.body().starts_with(b"<?xml"));
}

#[test]
fn the_token_tells_its_scopes() {
    let mut client = Client::new(quiet(Vec::new()));
    let (status, body) = client.get("/v3/token/detail");
    assert_eq!(status, 200);
    assert_eq!((&body["is_valid"], &body["scopes"]["orders"]), (&true.into(), &"full_access".into()));
    let expiry: i64 = body["expire_at"].as_str().and_then(|t| t.parse().ok()).unwrap_or_default();
    assert_eq!(expiry, (origin() + chrono::Duration::seconds(900)).timestamp_millis());
}

#[test]
fn each_required_header_is_required() {
    let mut client = Client::new(quiet(vec![order("PO1").line("A", 1)]));
    for (name, wanted) in
        [("wm_qos.correlation_id", 400), ("wm_svc.name", 400), ("accept", 406), ("wm_sec.access_token", 401)]
    {
        let mut request = client.request("GET", "/v3/orders/PO1", "");
        request.headers_mut().remove(name);
        let answer = client.world.receive(client.now, &request).answer.unwrap_or_default();
        assert_eq!(answer.status(), wanted, "without {name}");
        let body = json_of(answer.body());
        assert!(body["error"][0]["code"].as_str().is_some_and(|c| c.ends_with(".GMP_GATEWAY_API")), "{body}");
    }
}

#[test]
fn unknown_places_and_methods_are_named() {
    let mut client = Client::new(quiet(Vec::new()));
    let (status, body) = client.get("/v3/nothing");
    assert_eq!((status, code(&body).as_str()), (404, "URI_NOT_FOUND.GMP_GATEWAY_API"));
    assert_eq!(client.call("POST", "/v3/orders", "").0, 405);
    assert_eq!(client.call("POST", "/v3/feeds?feedType=item", "{}").0, 400);
}

#[test]
fn sixty_writes_a_minute_and_the_headers_say_so() {
    let mut client = Client::new(quiet(vec![order("PO1").line("A", 1)]));
    for left in (0..60).rev() {
        let answer = client.send("POST", "/v3/orders/PO1/acknowledge", "").answer.unwrap_or_default();
        assert_eq!(answer.status(), 200);
        assert_eq!(
            answer.headers().get("x-current-token-count").and_then(|v| v.to_str().ok()),
            Some(left.to_string().as_str())
        );
    }
    let answer = client.send("POST", "/v3/orders/PO1/acknowledge", "").answer.unwrap_or_default();
    assert_eq!(answer.status(), 429);
    assert_eq!(code(&json_of(answer.body())), "REQUEST_THRESHOLD_VIOLATED.GMP_GATEWAY_API");
    let next = answer.headers().get("x-next-replenishment-time").and_then(|v| v.to_str().ok());
    assert_eq!(next, Some((client.now.timestamp_millis() + 1000).to_string().as_str()));
    assert_eq!(client.at(1).acknowledge("PO1").0, 200);
    let effects = client.world.effects(client.now);
    assert_eq!((effects.status_429, effects.requests), (1, 63));
}

#[test]
fn every_answer_carries_marketplace_time() {
    let mut client = Client::new(quiet(Vec::new()));
    for path in ["/v3/orders", "/v3/nothing", "/_sandbox/effects"] {
        let answer = client.at(77).send("GET", path, "").answer.unwrap_or_default();
        let date = answer.headers().get("date").and_then(|v| v.to_str().ok()).unwrap_or_default();
        let read = chrono::DateTime::parse_from_rfc2822(date).map(|d| d.timestamp()).unwrap_or_default();
        assert_eq!(read, after(77).timestamp(), "{path}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn nothing_a_client_sends_stops_the_world(
        method in "GET|POST|PUT|DELETE",
        path in "/(v3|_sandbox)/(orders|inventory|inventories|feeds|token|on-hand|settings)(/(PO1|released|[%a-zA-Z0-9]{0,4}))?(/(acknowledge|shipping|cancel|cancel-request))?",
        query in "((limit|sku|poIndex|soIndex|hasMoreElements|createdStartDate|createdEndDate|nextCursor|offset|feedType)=(true|A|MP_INVENTORY|18446744073709551615|-1|2026-11-23|9999-01-01|%[0-9A-F]{0,2}|c0ffee[0-9a-f]{0,17})&){0,4}",
        body in r#"\{"(sku|A|lines|quantity|orderShipment|inventoryHeader)":("A"|-?[0-9]{1,19}|null|\[\]|\[\{"sku":"A","quantity":[0-9]{1,12},"price":1e[0-9]{1,3}\}\]|\{"unit":"EACH","amount":[0-9]{1,19}\})\}"#,
    ) {
        let mut client = Client::new(quiet(vec![order("PO1").line("A", 1)]));
        let reply = client.send(&method, &format!("{path}?{query}"), &body);
        let status = reply.answer.map_or(0, |answer| answer.status().as_u16());
        prop_assert!((200..500).contains(&status), "{status}");
        prop_assert_eq!(client.get("/v3/orders/PO1").0, 200);
    }
}
