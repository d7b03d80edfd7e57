//! Tokens, header words, scopes, limits, signatures: what stands in front of every call.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::json;

use super::support::*;
use crate::ebay::{MessageKey, Settings};
use crate::request::encode;

const REFRESH: &str = "v^1.1#i^1#r^1#sandbox-refresh";

fn refresh(scope: &str) -> String {
    let scope = if scope.is_empty() { String::new() } else { format!("&scope={}", encode(scope)) };
    format!("grant_type=refresh_token&refresh_token={}{scope}", encode(REFRESH))
}

#[test]
fn a_refresh_gives_an_access_token_and_no_refresh_token() {
    let mut client = Client::new(quiet(Vec::new()));
    let (status, body) = client.ask_token(&refresh(""));
    assert_eq!(
        (status, &body["expires_in"], &body["token_type"]),
        (200, &7200.into(), &"User Access Token".into())
    );
    assert!(body.get("refresh_token").is_none());
    assert_eq!(client.ask_token_as("sandbox-client:wrong", &refresh("")).1["error"], "invalid_client");
    let wrong = "grant_type=refresh_token&refresh_token=other";
    let (status, body) = client.ask_token(wrong);
    assert_eq!((status, &body["error"]), (400, &"invalid_grant".into()));
    assert_eq!(client.ask_token("grant_type=password").1["error"], "unsupported_grant_type");
}

#[test]
fn a_scope_at_refresh_shrinks_or_is_invalid() {
    let mut client = Client::new(quiet(vec![order("O1").line("A", 1)]));
    let inventory = "https://api.ebay.com/oauth/api_scope/sell.inventory";
    let (status, body) = client.ask_token(&refresh(inventory));
    assert_eq!(status, 200);
    client.token = body["access_token"].as_str().unwrap_or_default().to_owned();
    assert_eq!(client.get("/sell/inventory/v1/inventory_item").0, 200);
    let (status, body) = client.get(ORDERS);
    assert_eq!((status, number(&body)), (403, 1100), "permissions lost after the refresh");
    let more = "https://api.ebay.com/oauth/api_scope/sell.marketing";
    assert_eq!(client.ask_token(&refresh(more)).1["error"], "invalid_scope");
}

#[test]
fn an_application_token_reads_the_key_and_no_orders() {
    let mut client = Client::new(quiet(Vec::new()));
    let (_, body) = client.ask_token("grant_type=client_credentials");
    assert_eq!(body["token_type"], "Application Access Token");
    client.token = body["access_token"].as_str().unwrap_or_default().to_owned();
    let key = client.world.key.id.clone();
    assert_eq!(client.get(&format!("/commerce/notification/v1/public_key/{key}")).0, 200);
    assert_eq!(client.get("/commerce/notification/v1/public_key/other").0, 404);
    assert_eq!(client.get(ORDERS).0, 403);
    let user = client.ask_token(
        "grant_type=client_credentials&scope=https%3A%2F%2Fapi.ebay.com%2Foauth%2Fapi_scope%2Fsell.inventory",
    );
    assert_eq!(user.1["error"], "invalid_scope");
}

#[test]
fn every_family_has_its_word_before_the_token() {
    let mut client = Client::new(quiet(vec![order("O1").line("A", 1)]));
    assert_eq!(client.get("/post-order/v2/cancellation/search").0, 200);
    assert_eq!(client.get("/commerce/identity/v1/user/").1["username"], "sandbox_seller");
    for (path, word) in [(ORDERS, "IAF"), ("/post-order/v2/cancellation/search", "Bearer"), (ORDERS, "")] {
        let mut request = client.request("GET", path, "");
        let value =
            format!("{word} {}", client.token).parse().unwrap_or_else(|_| "x".parse().expect("a value"));
        request.headers_mut().insert("Authorization", value);
        let (status, body) = client.hear(request);
        assert_eq!((status, number(&body)), (401, 1001), "{word} {path}");
    }
    for (path, word) in [(ORDERS, "bearer"), ("/post-order/v2/cancellation/search", "Iaf")] {
        let mut request = client.request("GET", path, "");
        let value = format!("{word} {}", client.token).parse().expect("a value");
        request.headers_mut().insert("Authorization", value);
        assert_eq!(client.hear(request).0, 200, "{word} {path}: its case does not matter");
    }
    let token = std::mem::replace(&mut client.token, "nothing".into());
    assert!(client.trade("GetUser", "").1.contains("<ErrorCode>931</ErrorCode>"));
    client.token = token;
    assert!(client.trade("GetUser", "").1.contains("<UserID>sandbox_seller</UserID>"));
}

#[test]
fn an_expired_token_is_401_but_403_for_inventory_and_a_number_for_trading() {
    let mut client = Client::new(Settings { access_s: 60, ..quiet(vec![order("O1").line("A", 1)]) });
    assert_eq!(client.at(59).get(ORDERS).0, 200);
    assert_eq!(client.at(60).get(ORDERS).0, 401);
    assert_eq!(client.get("/post-order/v2/cancellation/search").0, 401);
    assert_eq!(client.get("/sell/inventory/v1/inventory_item").0, 403);
    let (status, xml) = client.trade("GetUser", "");
    assert!(status == 200 && xml.contains("<ErrorCode>932</ErrorCode>"), "{xml}");
}

#[test]
fn revoked_consent_ends_everything_until_there_is_a_new_one() {
    let mut client = Client::new(quiet(vec![order("O1").line("A", 1)]));
    assert_eq!(client.post("/_sandbox/revoke", &json!({"reason": "PASSWORD_CHANGE"})).0, 200);
    assert_eq!(client.get(ORDERS).0, 401);
    assert_eq!(client.ask_token(&refresh("")).1["error"], "invalid_grant");
    let anew = client.call("POST", "/_sandbox/consent", "").1["refresh_token"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    assert_ne!(anew, REFRESH);
    assert_eq!(client.ask_token(&refresh("")).1["error"], "invalid_grant", "the old one stays dead");
    let (status, body) =
        client.ask_token(&format!("grant_type=refresh_token&refresh_token={}", encode(&anew)));
    client.token = body["access_token"].as_str().unwrap_or_default().to_owned();
    assert_eq!((status, client.get(ORDERS).0), (200, 200));
    assert_eq!(client.post("/_sandbox/revoke", &json!({"reason": "WHIM"})).0, 400);
}

#[test]
fn a_day_of_post_order_calls_is_five_thousand_and_the_answer_has_no_rate_headers() {
    let mut client = Client::new(quiet(Vec::new()));
    let path = "/post-order/v2/cancellation/search";
    assert!((0..5000).all(|_| client.get(path).0 == 200));
    let answer = client.send("GET", path, "").answer.unwrap_or_default();
    assert_eq!(answer.status(), 429);
    assert!(
        answer
            .headers()
            .keys()
            .all(|name| !name.as_str().contains("rate") && !name.as_str().contains("retry"))
    );
    let (_, body) = client.get(path);
    assert_eq!((number(&body), client.world.effects(client.now).status_429), (2001, 2));
    client.now += chrono::Duration::days(1);
    client.renew();
    assert_eq!(client.get(path).0, 200);
}

#[test]
fn unknown_paths_and_methods_are_refused() {
    let mut client = Client::new(quiet(Vec::new()));
    assert_eq!(client.get("/sell/fulfillment/v1/nothing").0, 404);
    assert_eq!(client.call("DELETE", ORDERS, "").0, 405);
    assert!(client.trade("AddItem", "").1.contains("<ErrorCode>2</ErrorCode>"));
    let mut request = client.request("POST", BULK, "{}");
    request.headers_mut().insert("Content-Type", http::HeaderValue::from_static("text/plain"));
    assert_eq!(client.hear(request).0, 415);
}

/// The test key of RFC 9421, appendix B.1.4.
fn pair() -> Ed25519KeyPair {
    let seed = STANDARD.decode("n4Ni+HpISpVObnQMW0wOhCKROaIKqKtW/2ZYb2p9KcU=").unwrap_or_default();
    Ed25519KeyPair::from_seed_unchecked(&seed).expect("32 bytes")
}

fn signed(client: &Client, path: &str, body: &str, host: &str) -> http::Request<bytes::Bytes> {
    let mut request = client.request("POST", path, body);
    let digest = format!(
        "sha-256=:{}:",
        STANDARD.encode(ring::digest::digest(&ring::digest::SHA256, body.as_bytes()))
    );
    let input = "(\"content-digest\" \"x-ebay-signature-key\" \"@method\" \"@path\" \"@authority\");created=1658440308";
    let plain = path.split('?').next().unwrap_or_default();
    let base = format!(
        "\"content-digest\": {digest}\n\"x-ebay-signature-key\": the.jwe\n\"@method\": POST\n\"@path\": {plain}\n\"@authority\": {host}\n\"@signature-params\": {input}"
    );
    let signature = format!("sig1=:{}:", STANDARD.encode(pair().sign(base.as_bytes())));
    let headers = request.headers_mut();
    for (name, value) in [
        ("content-digest", digest),
        ("x-ebay-signature-key", "the.jwe".into()),
        ("signature-input", format!("sig1={input}")),
        ("signature", signature),
    ] {
        headers.insert(name, value.parse().expect("a header"));
    }
    request
}

#[test]
fn a_message_signature_is_demanded_where_a_key_is_configured_and_must_fit() {
    let key = MessageKey { jwe: "the.jwe".into(), public_key: STANDARD.encode(pair().public_key()) };
    let mut client =
        Client::new(Settings { message_key: Some(key), ..quiet(vec![order("O1").line("A", 2)]) });
    let path = format!("{ORDERS}/O1/issue_refund");
    let body = json!({"reasonForRefund": "OTHER_ADJUSTMENT", "orderLevelRefundAmount": {"value": "1.00", "currency": "USD"}}).to_string();
    assert_eq!(number(&client.call("POST", &path, &body).1), 215_120, "no signature");
    let request = signed(&client, &path, &body, "apiz.ebay.com");
    assert_eq!(number(&client.hear(request).1), 215_122, "another host");
    let mut request = signed(&client, &path, &body, "api.ebay.com");
    *request.body_mut() = bytes::Bytes::from(body.replace("1.00", "9.00"));
    assert_eq!(number(&client.hear(request).1), 215_122, "another body");
    let request = signed(&client, &path, &body, "api.ebay.com");
    assert_eq!(client.hear(request).0, 200);
    assert_eq!(client.ship("O1", 1, "1Z1").0, 201, "shipments need none");
    let cancel = json!({"legacyOrderId": "O1", "cancelReason": "BUYER_ASKED_CANCEL"}).to_string();
    assert_eq!(number(&client.call("POST", CANCEL, &cancel).1), 215_120);
}
