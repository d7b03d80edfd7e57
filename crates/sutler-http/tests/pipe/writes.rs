//! Writes: handed over once, and honest about what nobody knows.

use crate::world::{START_MS, Step, WRITE, World, answer, failed, with};
use std::time::Duration;
use sutler_core::{
    channel::CallCx,
    error::{Applied, ErrorKind, Retry},
    ports::Clock,
};
use sutler_http::TransportError;

#[test]
fn a_write_is_sent_once_whatever_goes_wrong() {
    let cases = [
        (answer(0, 500), ErrorKind::Remote, Applied::Unknown),
        (answer(0, 503), ErrorKind::Remote, Applied::Unknown),
        (answer(0, 400), ErrorKind::Invalid, Applied::No),
        (answer(0, 429), ErrorKind::RateLimited, Applied::No),
        (Step::Break(0, TransportError::not_sent("refused")), ErrorKind::Network, Applied::No),
        (Step::Break(0, TransportError::maybe_sent("reset")), ErrorKind::Network, Applied::Unknown),
        (Step::Break(0, TransportError::too_large(9)), ErrorKind::Protocol, Applied::Unknown),
        (answer(31_000, 200), ErrorKind::Timeout, Applied::Unknown),
    ];
    for (step, kind, applied) in cases {
        let world = World::new();
        world.script([step.clone()]);
        let outcome = failed(world.go(&WRITE));
        assert_eq!((outcome.0, outcome.2), (kind, applied), "{step:?}");
        assert_eq!(world.seen().len(), 1, "{step:?}");
    }
}

#[test]
fn a_write_that_is_answered_is_done() {
    let world = World::new();
    assert!(world.go(&WRITE).is_ok());
    assert_eq!(world.seen().len(), 1);
}

#[test]
fn a_write_neither_waits_for_budget_nor_takes_of_it() {
    let world = World::new();
    let scope = world.pipe.scopes().find("ship").expect("declared").name().clone();
    while world.budgets.take(&scope, world.clock.now()).is_ok() {}
    let before = world.budgets.usage(world.clock.now());
    assert!(world.go(&WRITE).is_ok());
    assert_eq!(world.clock.elapsed_ms(), 20, "a token and an answer");
    assert_eq!(world.budgets.usage(world.clock.now())[1].taken, before[1].taken);
}

#[test]
fn a_write_after_the_instant_its_lease_allows_is_not_sent() {
    let world = World::new();
    for by_ms in [10, 5, 0] {
        // The token takes 10 ms, so the test that counts is the one after it, in the poll that hands over.
        let cx = CallCx {
            write_by: Some(sutler_core::time::from_millis(START_MS + by_ms)),
            ..world.within(60_000)
        };
        let (kind, _, applied) = failed(world.clock.run(world.send(&cx, &WRITE)));
        assert_eq!((kind, applied), (ErrorKind::Closed, Applied::No));
    }
    assert!(world.seen().is_empty());
    let cx = CallCx {
        write_by: Some(world.clock.now() + chrono::Duration::milliseconds(1)),
        ..world.within(60_000)
    };
    assert!(world.clock.run(world.send(&cx, &WRITE)).is_ok());
}

#[test]
fn a_401_renews_the_token_and_sends_the_write_once_more() {
    let world = World::new();
    world.script([answer(0, 401), answer(0, 200)]);
    assert!(world.go(&WRITE).is_ok());
    let tokens: Vec<String> = world.seen().into_iter().map(|seen| seen.token).collect();
    assert_eq!(tokens, ["token-1", "token-2"]);
}

#[test]
fn the_lease_is_tested_again_before_the_write_that_follows_a_401() {
    let world = World::new();
    world.mints([answer(0, 200), answer(500, 200)]).script([answer(0, 401), answer(0, 200)]);
    let cx = CallCx {
        write_by: Some(world.clock.now() + chrono::Duration::milliseconds(400)),
        ..world.within(60_000)
    };
    let (kind, _, applied) = failed(world.clock.run(world.send(&cx, &WRITE)));
    assert_eq!((kind, applied), (ErrorKind::Closed, Applied::No));
    assert_eq!(world.seen().len(), 1);
}

#[test]
fn a_second_401_ends_the_write_unapplied() {
    let world = World::new();
    world.script([answer(0, 401), answer(0, 401), answer(0, 200)]);
    assert_eq!(failed(world.go(&WRITE)), (ErrorKind::Unauthorized, Retry::Backoff, Applied::No));
    assert_eq!(world.seen().len(), 2);
}

#[test]
fn the_renewal_after_a_401_that_takes_too_long_leaves_the_write_unapplied() {
    let world = World::new();
    world.mints([answer(0, 200), answer(100_000, 200)]).script([answer(5000, 401)]);
    let (kind, _, applied) = failed(world.go(&WRITE));
    assert_eq!((kind, applied), (ErrorKind::Timeout, Applied::No));
    assert_eq!(world.clock.elapsed_ms(), 30_000, "one time-out covers both tokens and both answers");
}

#[test]
fn a_write_whose_token_could_not_be_had_is_unapplied() {
    for (mint, kind) in [
        (answer(0, 500), ErrorKind::Remote),
        (answer(0, 401), ErrorKind::Unauthorized),
        (answer(0, 429), ErrorKind::RateLimited),
        (Step::Break(0, TransportError::maybe_sent("reset")), ErrorKind::Network),
        (answer(100_000, 200), ErrorKind::Timeout),
    ] {
        let world = World::new();
        world.mints([mint.clone()]);
        let (met, _, applied) = failed(world.go(&WRITE));
        assert_eq!((met, applied), (kind, Applied::No), "{mint:?}");
        assert!(world.seen().is_empty());
    }
}

#[test]
fn the_time_out_of_a_write_covers_token_and_answer_together() {
    let world = World::new();
    world.mints([answer(20_000, 200)]).script([answer(20_000, 200)]);
    let (kind, _, applied) = failed(world.go(&WRITE));
    assert_eq!((kind, applied), (ErrorKind::Timeout, Applied::Unknown));
    assert_eq!(world.clock.elapsed_ms(), 30_000);
}

#[test]
fn g24_a_refused_write_closes_its_budget_until_the_instant_named() {
    let world = World::new();
    world.script([with(0, 429, &[("x-until", START_MS + 9000)])]);
    let (_, retry, _) = failed(world.go(&WRITE));
    let after = Duration::from_millis(u64::try_from(9000 - world.clock.elapsed_ms()).expect("not yet"));
    assert_eq!(retry, Retry::After(after));
    let scope = world.pipe.scopes().find("ship").expect("declared").name().clone();
    let ready = world.budgets.ready_at(&scope, world.clock.now(), 0.0);
    assert_eq!(ready.timestamp_millis(), START_MS + 9000);
}
