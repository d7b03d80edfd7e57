//! A world from its log: at every prefix the world that had written it.

use chrono::Duration;

use super::support::*;
use crate::walmart::{Faults, RecoverError, Settings, World};

fn settings() -> Settings {
    Settings {
        orders: 12,
        arrivals_per_minute: 4.0,
        arrivals_max: 20,
        log: true,
        faults: Faults::preset("hostile").unwrap_or_default(),
        ..Settings::new(11, origin())
    }
}

/// All that can be told of a world.
fn portrait(world: &World) -> String {
    let mut tokens = format!("{:?}", world.tokens).into_bytes();
    tokens.sort_unstable();
    let mut attempts: Vec<_> = world.attempts.iter().collect();
    attempts.sort();
    format!(
        "{:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {attempts:?} {tokens:?} {:?}",
        world.now,
        world.orders,
        world.stock,
        world.feeds,
        world.effects,
        world.fired,
        world.changes,
        world.replies,
        world.in_flight,
        world.limits
    )
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
        if client.acknowledge(id).0 == 401 {
            keep(&mut client.world);
            let request = token_request("sandbox-client", "sandbox-secret");
            if let Some(answer) = client.world.receive(client.now, &request).answer {
                client.token = json_of(answer.body())["access_token"].as_str().unwrap_or_default().to_owned();
            }
        }
        keep(&mut client.world);
        let reply = client.send("GET", "/v3/orders?limit=5", "");
        keep(&mut client.world);
        if round % 5 == 0 {
            client.world.dropped(reply.id);
            keep(&mut client.world);
        }
        client.put_level("SKU-0001", round as i64);
        keep(&mut client.world);
        client.world.advance(client.now + Duration::seconds(1));
        keep(&mut client.world);
        client.call("POST", "/_sandbox/orders", "");
        keep(&mut client.world);
    }
    (lines, worlds)
}

#[test]
fn every_prefix_of_the_log_is_the_world_that_wrote_it() -> Result<(), RecoverError> {
    let (lines, worlds) = worked();
    assert!(lines.len() > 90);
    for (end, world) in worlds.iter().enumerate() {
        let recovered = World::recover(settings(), lines.iter().take(end + 1).map(String::as_str))?;
        assert_eq!(portrait(&recovered), portrait(world), "after line {}", end + 1);
    }
    Ok(())
}

#[test]
fn a_torn_last_line_is_dropped_and_a_damaged_one_is_named() -> Result<(), RecoverError> {
    let (lines, _) = worked();
    let whole = World::recover(settings(), lines.iter().take(50).map(String::as_str))?;
    let torn = lines.get(50).and_then(|line| line.get(..line.len() / 2)).unwrap_or_default();
    let recovered = World::recover(settings(), lines.iter().take(50).map(String::as_str).chain([torn]))?;
    assert_eq!(portrait(&recovered), portrait(&whole));
    let damaged = lines.iter().take(50).map(String::as_str).chain([torn, "{\"t\":1}"]);
    assert!(matches!(World::recover(settings(), damaged), Err(RecoverError::Line { line: 51, .. })));
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
    assert_eq!(recovered.take_log(), first.take_log(), "and goes on writing where it left off");
    Ok(())
}

#[test]
fn other_settings_are_refused_by_name_but_the_origin_is_the_logs() -> Result<(), RecoverError> {
    let (lines, _) = worked();
    let lines = || lines.iter().map(String::as_str);
    let other = Settings { orders: 13, ..settings() };
    match World::recover(other, lines()) {
        Err(error) => assert_eq!(
            error.to_string(),
            "state line 1: made with orders 12, not 13; use the same, or another state file"
        ),
        Ok(_) => panic!("a log of other settings was taken"),
    }
    let later = Settings { origin: after(999), ..settings() };
    assert_eq!(World::recover(later, lines())?.settings().origin, origin());
    assert_eq!(Settings::from_header(lines().next().unwrap_or_default())?, settings());
    assert!(Settings::from_header("{\"t\":1}").is_err());
    assert!(World::recover(settings(), ["{\"t\":1}", "{\"t\":2}"]).is_err());
    assert!(World::recover(settings(), [])?.plan().len() == 12, "no log at all is a new world");
    Ok(())
}
