//! A world from its log: at every prefix the world that had written it.

use chrono::Duration;
use serde_json::json;

use super::support::*;
use crate::amazon::{Settings, World};
use crate::faults::Faults;
use crate::{RecoverError, walmart};

fn settings() -> Settings {
    Settings {
        orders: 12,
        arrivals_per_minute: 4.0,
        arrivals_max: 20,
        subscribed: true,
        log: true,
        faults: Faults::preset("hostile").unwrap_or_default(),
        ..Settings::new(11, origin())
    }
}

/// All that can be told of a world.
fn portrait(world: &World) -> String {
    let mut tokens = format!("{:?}{:?}", world.tokens, world.grantless).into_bytes();
    tokens.sort_unstable();
    let mut attempts: Vec<_> = world.attempts.iter().collect();
    attempts.sort();
    format!(
        "{:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {attempts:?} {tokens:?} {:?}",
        world.now,
        world.orders,
        world.stock,
        world.feeds,
        world.reports,
        world.outbox,
        world.effects,
        world.fired,
        world.changes,
        world.replies,
        world.in_flight,
        world.limits
    ) + &format!("{:?} {:?} {:?}", world.documents, world.terms, world.returns)
}

/// Works for a while and returns the log and the world after each of its lines.
fn worked() -> (Vec<String>, Vec<World>) {
    let mut client = Client { world: World::new(settings()), token: String::new(), now: origin() };
    let ids: Vec<String> = client.world.plan().into_iter().map(|entry| entry.id).collect();
    let (mut lines, mut worlds): (Vec<String>, Vec<World>) = (Vec::new(), Vec::new());
    let mut keep = |world: &mut World| {
        lines.extend(world.take_log());
        assert!(lines.len() <= worlds.len() + 1, "every line has its own picture");
        worlds.resize_with(lines.len(), || world.clone());
    };
    keep(&mut client.world);
    for (round, id) in ids.iter().cycle().take(24).enumerate() {
        client.now += Duration::seconds(3);
        let reply = client.world.receive(client.now, &login(&refresh()));
        keep(&mut client.world);
        if let Some(answer) = reply.answer.filter(|answer| answer.status() == 200) {
            client.token = json_of(answer.body())["access_token"].as_str().unwrap_or_default().to_owned();
        }
        let reply = client.send("GET", &format!("/orders/2026-01-01/orders/{id}"), "");
        keep(&mut client.world);
        if round % 5 == 0 {
            client.world.dropped(reply.id);
            keep(&mut client.world);
        }
        client.set("AMZ-0001", round as i64);
        keep(&mut client.world);
        let report = json!({"reportType": "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL", "marketplaceIds": [STORE]});
        client.post("/reports/2021-06-30/reports", &report);
        keep(&mut client.world);
        let mut put = client.request("PUT", "/_documents/none?X-Amz-Date=1", "");
        *put.body_mut() = bytes::Bytes::from_static(&[0x1f, 0x8b, 0xff]);
        client.world.receive(client.now, &put);
        keep(&mut client.world);
        client.world.advance(client.now + Duration::seconds(2));
        keep(&mut client.world);
        client.world.take_notifications(client.world.last_instant());
        keep(&mut client.world);
        client.call("POST", "/_sandbox/orders", "");
        keep(&mut client.world);
    }
    (lines, worlds)
}

#[test]
fn every_prefix_of_the_log_is_the_world_that_wrote_it() -> Result<(), RecoverError> {
    let (lines, worlds) = worked();
    assert!(lines.len() > 150);
    for (end, world) in worlds.iter().enumerate() {
        let recovered = World::recover(settings(), lines.iter().take(end + 1).map(String::as_str))?;
        assert_eq!(portrait(&recovered), portrait(world), "after line {}", end + 1);
    }
    Ok(())
}

#[test]
fn a_recovered_world_goes_on_as_the_first_would_have() -> Result<(), RecoverError> {
    let (lines, mut worlds) = worked();
    let mut recovered = World::recover(settings(), lines.iter().map(String::as_str))?;
    let Some(mut first) = worlds.pop() else { return Ok(()) };
    assert_eq!(recovered.last_instant(), first.last_instant());
    let at = first.last_instant() + Duration::hours(1);
    assert_eq!(recovered.effects(at), first.effects(at));
    assert_eq!(recovered.take_notifications(at), first.take_notifications(at));
    assert_eq!(recovered.take_log(), first.take_log(), "and goes on writing where it left off");
    Ok(())
}

#[test]
fn another_marketplaces_log_is_refused_by_name() {
    let settings = walmart::Settings { log: true, ..walmart::Settings::new(11, origin()) };
    let lines = walmart::World::new(settings).take_log();
    let refused = World::recover(super::recovery::settings(), lines.iter().map(String::as_str));
    let error = refused.err().map(|error| error.to_string()).unwrap_or_default();
    assert!(error.contains("a state of \"walmart\"") && error.contains("reads \"amazon\""), "{error}");
}
