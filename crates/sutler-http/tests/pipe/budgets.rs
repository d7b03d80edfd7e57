//! Budgets, as the pipe spends and corrects them.

use crate::world::{READ, START_MS, World, answer, failed, with};
use futures_util::future::join_all;
use sutler_core::{
    budget::Rate,
    error::{Applied, ErrorKind, Retry},
    ports::Clock,
};

fn tokens(world: &World) -> f64 {
    let scope = world.pipe.scopes().find("pull").expect("declared").name().clone();
    world.budgets.tokens(&scope, world.clock.now())
}

#[test]
fn g24_reads_wait_for_their_budget_instead_of_being_refused() {
    let world = World::with(1, 900, Rate { capacity: 3.0, per_second: 1.0 });
    world.mints([answer(0, 200)]).script((0..6).map(|_| answer(0, 200)));
    let cx = world.within(60_000);
    let outcomes = world.clock.run(join_all((0..6).map(|_| world.send(&cx, &READ))));
    assert!(outcomes.iter().all(Result::is_ok));
    let at: Vec<i64> = world.seen().iter().map(|seen| seen.at_ms).collect();
    assert_eq!(at, [0, 0, 0, 1000, 2000, 3000]);
}

#[test]
fn a_budget_that_gives_nothing_before_the_deadline_is_told_at_once() {
    let world = World::with(1, 900, Rate { capacity: 1.0, per_second: 0.01 });
    assert!(world.go(&READ).is_ok());
    let before = world.clock.elapsed_ms();
    let (kind, retry, applied) = failed(world.go(&READ));
    assert_eq!((kind, applied), (ErrorKind::RateLimited, Applied::No));
    assert!(matches!(retry, Retry::After(pause) if (99..=100).contains(&pause.as_secs())), "{retry:?}");
    assert_eq!(world.clock.elapsed_ms(), before);
}

#[test]
fn g24_a_refused_read_waits_until_the_instant_named() {
    let world = World::new();
    world.script([with(0, 429, &[("x-until", START_MS + 9000)]), answer(0, 200)]);
    assert!(world.go(&READ).is_ok());
    assert!(world.seen()[1].at_ms >= 9000, "{:?}", world.seen());
    assert_eq!(world.budgets.usage(world.clock.now())[0].refused, 1);
}

#[test]
fn a_refusal_that_names_no_instant_backs_off() {
    let world = World::new();
    world.script([answer(0, 429), answer(0, 429), answer(0, 200)]);
    assert!(world.go(&READ).is_ok());
    let at: Vec<i64> = world.seen().iter().map(|seen| seen.at_ms).collect();
    assert!(at[1] - at[0] >= 1000 && at[2] - at[1] >= 1000, "the bucket needs a second for a token: {at:?}");
}

#[test]
fn g24_a_storm_of_refusals_ends_with_the_deadline_and_not_in_a_spin() {
    let world = World::new();
    world.script((0..1000).map(|_| with(0, 429, &[("x-until", START_MS)])));
    assert_eq!(failed(world.go(&READ)).0, ErrorKind::RateLimited);
    assert!(world.seen().len() <= 60, "{}", world.seen().len());
}

#[test]
fn an_answer_that_tells_what_is_left_lowers_the_budget() {
    let world = World::new();
    world.script([with(0, 200, &[("x-left", 7)])]);
    assert!(world.go(&READ).is_ok());
    assert!((tokens(&world) - 7.0).abs() < 0.1, "{}", tokens(&world));
    world.script([with(0, 200, &[("x-left", 50)])]);
    assert!(world.go(&READ).is_ok());
    assert!(tokens(&world) < 7.0, "an answer never raises it: {}", tokens(&world));
}

#[test]
fn what_is_in_flight_is_not_in_what_an_answer_tells() {
    let world = World::new();
    world.mints([answer(0, 200)]);
    // The first answer says 20 left; three others are on their way and will be counted there.
    world.script([with(10, 200, &[("x-left", 20)]), answer(400, 200), answer(400, 200), answer(400, 200)]);
    let cx = world.within(60_000);
    let first_seen = world.clock.run(async {
        let mut calls: Vec<_> = (0..4).map(|_| Box::pin(world.send(&cx, &READ))).collect();
        let (first, _, rest) = futures_util::future::select_all(calls.drain(..)).await;
        let left = tokens(&world);
        assert!(first.is_ok() && join_all(rest).await.iter().all(Result::is_ok));
        left
    });
    assert!((first_seen - 17.0).abs() < 0.1, "{first_seen}");
    assert_eq!(world.pipe.scopes().find("pull").map(|scope| scope.in_flight()), Some(0));
}
