//! What eBay says unasked: who hears it, how it is signed, how often it comes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{Method, Response};
use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
use p256::ecdsa::{Signature, VerifyingKey};
use p256::pkcs8::DecodePublicKey as _;
use serde_json::{Value, json};

use super::support::*;
use crate::ebay::{Faults, Settings, World};
use crate::marketplace::Push;

fn told(client: &mut Client) -> Vec<Value> {
    let taken = client.world.take_notifications(client.now);
    taken.iter().map(|(_, body)| serde_json::from_slice(body).unwrap_or_default()).collect()
}

#[test]
fn a_sale_is_confirmed_when_it_is_paid_and_the_body_verifies() -> Result<(), Box<dyn std::error::Error>> {
    let mut client = Client::new(quiet(vec![order("O1").line("A", 2).paid_at(after(30))]));
    assert!(told(&mut client).is_empty());
    client.at(30);
    let taken = client.world.take_notifications(client.now);
    let [(headers, body)] = taken.as_slice() else { return Err(format!("{} messages", taken.len()).into()) };
    let value: Value = serde_json::from_slice(body)?;
    assert_eq!(value["metadata"]["topic"], "ORDER_CONFIRMATION");
    let order = &value["notification"]["data"]["order"];
    assert_eq!((&order["orderId"], &order["orderLineItems"][0]["quantity"]), (&"O1".into(), &2.into()));
    assert_eq!(value["notification"]["publishAttemptCount"], 1);
    let header: Value = serde_json::from_slice(&STANDARD.decode(headers["x-ebay-signature"].as_bytes())?)?;
    let kid = header["kid"].as_str().unwrap_or_default();
    let (_, key) = client.get(&format!("/commerce/notification/v1/public_key/{kid}"));
    assert_eq!(
        (&key["algorithm"], &key["digest"], &header["digest"]),
        (&"ECDSA".into(), &"SHA1".into(), &"SHA1".into())
    );
    let pem = key["key"].as_str().unwrap_or_default().trim_start_matches("-----BEGIN PUBLIC KEY-----");
    let public = VerifyingKey::from_public_key_der(
        &STANDARD.decode(pem.trim_end_matches("-----END PUBLIC KEY-----"))?,
    )?;
    let signature = Signature::from_der(&STANDARD.decode(header["signature"].as_str().unwrap_or_default())?)?;
    let hash = ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, body);
    assert!(public.verify_prehash(hash.as_ref(), &signature).is_ok());
    assert!(told(&mut client).is_empty(), "each is given out once");
    Ok(())
}

#[test]
fn deletion_revocation_and_tests_have_their_topics() {
    let mut client = Client::new(quiet(vec![order("O1").line("A", 1)]));
    told(&mut client);
    let buyer = client.one("O1")["buyer"]["username"].clone();
    client.call("POST", "/_sandbox/orders/O1/account-deletion", "");
    client.call("POST", "/_sandbox/notifications/test", "");
    assert_eq!(client.post("/_sandbox/notifications/test", &json!({"topic": "ITEM_SOLD"})).0, 400);
    let shown = client.one("O1");
    assert!(shown["fulfillmentStartInstructions"][0]["shippingStep"]["shipTo"].get("fullName").is_none());
    client.call("POST", "/_sandbox/revoke", "");
    let told = told(&mut client);
    let topics: Vec<&str> = told.iter().filter_map(|one| one["metadata"]["topic"].as_str()).collect();
    assert_eq!(topics, ["MARKETPLACE_ACCOUNT_DELETION", "ORDER_CONFIRMATION", "AUTHORIZATION_REVOCATION"]);
    assert_eq!(told[0]["notification"]["data"]["username"], buyer);
    let test = &told[1]["notification"]["data"]["order"]["orderId"];
    assert_eq!(client.get(&format!("{ORDERS}/{}", test.as_str().unwrap_or_default())).0, 401);
    assert_eq!(told[2]["notification"]["data"]["revokeReason"], "REVOKED_BY_USER");
}

fn pushing() -> World {
    let sale = crate::ebay::plan::PlannedOrder::seller(after(100)).id("O2").line("A", 1);
    World::new(Settings {
        notification_endpoint: Some("http://127.0.0.1:9/hook".into()),
        log: true,
        ..quiet(vec![order("O1").line("A", 1), sale])
    })
}

fn answer(status: u16, body: Value) -> Response<Bytes> {
    Response::builder().status(status).body(Bytes::from(body.to_string())).unwrap_or_default()
}

/// Answers the challenge in `push` as its endpoint should.
fn right(world: &World, push: &Push) -> Response<Bytes> {
    let code =
        push.request.uri().query().unwrap_or_default().trim_start_matches("challenge_code=").to_owned();
    let settings = world.settings();
    let endpoint = settings.notification_endpoint.clone().unwrap_or_default();
    let hash = crate::ebay::signing::challenge_response(&code, &settings.verification_token, &endpoint);
    answer(200, json!({"challengeResponse": hash}))
}

#[test]
fn nothing_is_pushed_before_the_challenge_is_answered_rightly() {
    let mut world = pushing();
    let [push] = &world.take_pushes(origin())[..] else { panic!("one challenge") };
    assert_eq!(push.request.method(), Method::GET);
    assert!(push.request.uri().to_string().starts_with("http://127.0.0.1:9/hook?challenge_code="));
    world.answered(origin(), push, Some(&answer(200, json!({"challengeResponse": "wrong"}))));
    assert!(world.take_pushes(after(59)).is_empty(), "not at once again");
    let [push] = &world.take_pushes(after(60))[..] else { panic!("another challenge") };
    let good = right(&world, push);
    world.answered(after(60), push, Some(&good));
    assert!(world.take_pushes(after(99)).is_empty(), "what was before nobody is told");
    let [push] = &world.take_pushes(after(100))[..] else { panic!("the sale") };
    assert_eq!((push.request.method(), push.request.uri().path()), (&Method::POST, "/hook"));
    assert!(push.request.headers().contains_key("x-ebay-signature"));
}

#[test]
fn what_is_not_taken_comes_again_with_the_same_id() {
    let mut world = pushing();
    let challenge = world.take_pushes(origin());
    let good = right(&world, &challenge[0]);
    world.answered(origin(), &challenge[0], Some(&good));
    let read = |push: &Push| -> Value { serde_json::from_slice(push.request.body()).unwrap_or_default() };
    let first = world.take_pushes(after(100)).remove(0);
    world.answered(after(100), &first, Some(&answer(412, json!({}))));
    assert!(world.take_pushes(after(279)).is_empty());
    let second = world.take_pushes(after(280)).remove(0);
    assert_eq!(read(&second)["notification"]["publishAttemptCount"], 2);
    assert_eq!(
        read(&second)["notification"]["notificationId"],
        read(&first)["notification"]["notificationId"]
    );
    world.answered(after(280), &second, Some(&answer(204, json!({}))));
    assert!(world.take_pushes(after(9_000)).is_empty());
}

#[test]
fn a_message_nobody_takes_is_given_up() {
    let mut world = pushing();
    let challenge = world.take_pushes(origin());
    let good = right(&world, &challenge[0]);
    world.answered(origin(), &challenge[0], Some(&good));
    let mut sent = 0;
    for round in 0..40 {
        for push in world.take_pushes(after(100 + round * 60)) {
            sent += 1;
            world.answered(after(100 + round * 60), &push, None);
        }
    }
    assert_eq!(sent, 5);
}

#[test]
fn pushes_are_lost_repeated_and_late() {
    let orders: Vec<_> = (0..200).map(|n| order(&format!("O{n}")).line("A", 1)).collect();
    let faults = Faults {
        push_drop: 200,
        push_repeat: 200,
        push_late: 300,
        push_late_max_s: 600,
        ..Faults::default()
    };
    let mut client = Client::new(with(faults, orders));
    let mut found: Vec<String> = Vec::new();
    for second in (0..1_000).step_by(10) {
        client.at(second);
        let ids = told(&mut client)
            .into_iter()
            .map(|one| one["notification"]["notificationId"].as_str().unwrap_or_default().to_owned());
        found.extend(ids);
    }
    let mut sorted = found.clone();
    sorted.sort_unstable_by_key(|id| id.rsplit('-').next().map(str::to_owned));
    assert_ne!(found, sorted, "some overtake others");
    let (dropped, repeated) = (client.fired("push_drop"), client.fired("push_repeat"));
    sorted.dedup();
    assert_eq!(sorted.len() as u64, 200 - dropped);
    assert_eq!(found.len() as u64, 200 - dropped + repeated);
    assert!(dropped > 0 && repeated > 0 && client.fired("push_late") > 0);
}

#[test]
fn pushes_are_part_of_the_log() -> Result<(), crate::RecoverError> {
    let mut world = pushing();
    let challenge = world.take_pushes(origin());
    let good = right(&world, &challenge[0]);
    world.answered(origin(), &challenge[0], Some(&good));
    let first = world.take_pushes(after(100)).remove(0);
    world.answered(after(100), &first, None);
    let lines = world.take_log();
    let mut again = World::recover(world.settings().clone(), lines.iter().map(String::as_str))?;
    let bodies = |world: &mut World| -> Vec<Bytes> {
        world.take_pushes(after(280)).into_iter().map(|push| push.request.into_body()).collect()
    };
    let left = bodies(&mut world);
    assert_eq!((left.len(), left), (1, bodies(&mut again)));
    Ok(())
}
