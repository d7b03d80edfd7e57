//! Tokens: one minting for all, before the old one dies; death is loud, and everything else passes.

use crate::world::{READ, Step, WRITE, World, answer, failed};
use futures_util::future::{join, join_all};
use sutler_core::{
    budget::Rate,
    error::{Applied, ErrorKind, Retry},
};
use sutler_http::TransportError;

#[test]
fn g26_many_calls_at_once_mint_one_token() {
    let world = World::new();
    world.mints([answer(300, 200)]);
    let cx = world.within(60_000);
    let outcomes = world.clock.run(join_all((0..20).map(|_| world.send(&cx, &READ))));
    assert!(outcomes.iter().all(Result::is_ok));
    assert_eq!(world.minted(), 1);
    assert_eq!(world.seen().len(), 20);
}

#[test]
fn g26_many_calls_whose_token_is_refused_at_once_renew_it_once() {
    let world = World::new();
    assert!(world.go(&READ).is_ok());
    world.script((0..10).map(|_| answer(5, 401)));
    let cx = world.within(60_000);
    let outcomes = world.clock.run(join_all((0..10).map(|_| world.send(&cx, &READ))));
    assert!(outcomes.iter().all(Result::is_ok));
    assert_eq!(world.minted(), 2);
}

#[test]
fn g26_a_token_is_renewed_a_minute_before_it_dies() {
    let world = World::new();
    assert!(world.go(&READ).is_ok());
    world.clock.advance(839_000);
    assert!(world.go(&READ).is_ok());
    assert_eq!(world.minted(), 1);
    world.clock.advance(1000);
    assert!(world.go(&READ).is_ok());
    assert_eq!(world.minted(), 2);
    assert_eq!(world.seen()[2].token, "token-2");
}

#[test]
fn a_token_of_a_short_life_is_used_for_most_of_it() {
    let world = World::with(1, 20, Rate::per_minute(60));
    for _ in 0..5 {
        assert!(world.go(&READ).is_ok());
    }
    assert_eq!(world.minted(), 1);
    world.clock.advance(18_000);
    assert!(world.go(&READ).is_ok());
    assert_eq!(world.minted(), 2);
}

#[test]
fn g26_a_refused_credential_is_told_in_one_call_and_never_to_be_retried() {
    for status in [400, 401] {
        let world = World::new();
        world.mints([answer(0, status)]);
        assert_eq!(failed(world.go(&READ)), (ErrorKind::Unauthorized, Retry::Never, Applied::No));
        assert_eq!((world.minted(), world.seen().len()), (1, 0));
    }
}

#[test]
fn g26_a_refused_credential_is_told_to_all_who_wait_with_one_request() {
    let world = World::new();
    world.mints([answer(100, 401)]);
    let cx = world.within(60_000);
    let outcomes = world.clock.run(join_all((0..5).map(|_| world.send(&cx, &WRITE))));
    for outcome in outcomes {
        assert_eq!(failed(outcome), (ErrorKind::Unauthorized, Retry::Never, Applied::No));
    }
    assert_eq!(world.minted(), 1);
}

#[test]
fn g25_a_token_endpoint_that_fails_is_waited_for_and_stops_nothing() {
    let world = World::new();
    world.mints([
        answer(0, 500),
        Step::Break(0, TransportError::not_sent("refused")),
        answer(0, 429),
        answer(0, 200),
    ]);
    assert!(world.go(&READ).is_ok());
    assert_eq!(world.minted(), 4);
}

#[test]
fn g25_a_new_token_that_is_not_accepted_is_no_proof_of_a_dead_credential() {
    let world = World::new();
    world.script([answer(0, 401), answer(0, 401)]);
    assert_eq!(failed(world.go(&READ)), (ErrorKind::Unauthorized, Retry::Backoff, Applied::No));
    assert!(world.go(&READ).is_ok());
}

#[test]
fn g25_a_renewal_that_fails_early_hurts_nobody_while_the_token_lives() {
    let world = World::new();
    assert!(world.go(&READ).is_ok());
    world.clock.advance(845_000);
    world.mints([answer(10, 500), answer(10, 200)]);
    assert!(world.go(&READ).is_ok());
    assert!(world.go(&READ).is_ok());
    assert_eq!((world.minted(), world.seen()[2].token.as_str()), (2, "token-1"), "not asked again at once");
    world.clock.advance(5000);
    assert!(world.go(&READ).is_ok());
    assert_eq!((world.minted(), world.seen()[3].token.as_str()), (3, "token-3"));
}

#[test]
fn nobody_waits_for_an_early_renewal_while_the_token_lives() {
    let world = World::new();
    assert!(world.go(&READ).is_ok());
    world.clock.advance(845_000);
    let start = world.clock.elapsed_ms();
    world.mints([answer(20_000, 200)]);
    let cx = world.within(60_000);
    let (slow, quick) = world.clock.run(join(world.send(&cx, &READ), world.send(&cx, &READ)));
    assert!(slow.is_ok() && quick.is_ok());
    let at: Vec<i64> = world.seen()[1..].iter().map(|seen| seen.at_ms - start).collect();
    assert_eq!(at, [0, 20_000]);
}

#[test]
fn a_minting_that_was_given_up_is_taken_over_by_the_next() {
    let world = World::new();
    world.mints([answer(50_000, 200), answer(10, 200)]);
    let (short, long) = (world.within(1000), world.within(60_000));
    let (gave_up, took_over) = world.clock.run(join(world.send(&short, &WRITE), world.send(&long, &WRITE)));
    assert_eq!(failed(gave_up), (ErrorKind::Timeout, Retry::Backoff, Applied::No));
    assert!(took_over.is_ok());
    assert_eq!(world.seen()[0].at_ms, 1010);
}

#[test]
fn when_the_token_dies_is_told() {
    let world = World::new();
    assert_eq!(world.pipe.token_expires_at(), None);
    assert!(world.go(&READ).is_ok());
    let dies = world.pipe.token_expires_at().expect("there is one now");
    assert_eq!(dies.timestamp_millis(), crate::world::START_MS + 900_000);
}
