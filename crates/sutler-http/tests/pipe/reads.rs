//! Reads: they wait, they repeat, they end.

use crate::world::{READ, SharedClock, Step, World, answer, failed, with};
use http::StatusCode;
use sutler_core::error::{Applied, ErrorKind, Retry};
use sutler_http::{Call, Request, TransportError};

#[test]
fn an_answer_is_returned_with_its_status_and_only_one_request_is_made() {
    let world = World::new();
    world.script([answer(10, 404)]);
    assert_eq!(world.go(&READ).expect("a 404 is read by map").status(), StatusCode::NOT_FOUND);
    assert_eq!(world.seen().len(), 1);
    assert_eq!(world.seen()[0].uri, "https://api.market.example/v3/orders?limit=1");
}

#[test]
fn a_read_is_repeated_after_a_5xx_and_after_a_broken_connection_with_growing_pauses() {
    let world = World::new();
    world.script([
        answer(0, 500),
        Step::Break(0, TransportError::maybe_sent("connection reset")),
        Step::Break(0, TransportError::not_sent("connection refused")),
        answer(0, 200),
    ]);
    assert!(world.go(&READ).is_ok());
    let at: Vec<i64> = world.seen().iter().map(|seen| seen.at_ms).collect();
    let pauses: Vec<i64> = at.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert_eq!(pauses.len(), 3);
    for (pause, full) in pauses.iter().zip([500, 1000, 2000]) {
        assert!((full / 2..=full).contains(pause), "{pauses:?}");
    }
}

#[test]
fn each_attempt_has_its_own_correlation_id() {
    let world = World::new();
    world.script([answer(0, 500), answer(0, 200)]);
    assert!(world.go(&READ).is_ok());
    let seen = world.seen();
    assert_eq!(seen[0].correlation.len(), 36);
    assert_ne!(seen[0].correlation, seen[1].correlation);
}

#[test]
fn a_pause_that_was_named_is_kept() {
    let world = World::new();
    world.script([answer(0, 503), answer(0, 200)]);
    assert!(world.go(&READ).is_ok());
    let seen = world.seen();
    assert_eq!(seen[1].at_ms - seen[0].at_ms, 7000);
}

#[test]
fn what_would_fail_the_same_way_is_not_repeated() {
    let world = World::new();
    world.script([answer(0, 400)]);
    assert_eq!(failed(world.go(&READ)), (ErrorKind::Invalid, Retry::Never, Applied::No));
    world.script([Step::Break(0, TransportError::too_large(100))]);
    assert_eq!(failed(world.go(&READ)), (ErrorKind::Protocol, Retry::Never, Applied::No));
    assert_eq!(world.seen().len(), 2);
}

#[test]
fn g25_an_outage_ends_with_the_deadline_and_the_last_error_and_may_be_tried_again() {
    let world = World::new();
    world.script((0..1000).map(|_| answer(0, 500)));
    let outcome = world.go(&READ);
    assert_eq!(failed(outcome), (ErrorKind::Remote, Retry::Backoff, Applied::No));
    assert!(world.clock.elapsed_ms() <= 60_000);
    assert!((4..20).contains(&world.seen().len()), "{}", world.seen().len());
    world.wire_clears();
    assert!(world.go(&READ).is_ok(), "it resumes by itself");
}

#[test]
fn an_attempt_that_hangs_is_given_up_and_repeated() {
    let world = World::new();
    world.script([answer(1_000_000, 200), answer(10, 200)]);
    assert!(world.go(&READ).is_ok());
    let seen = world.seen();
    assert_eq!(seen.len(), 2);
    assert!(seen[1].at_ms >= 30_000, "the usual time-out is 30 s: {seen:?}");
    assert_eq!(world.pipe.scopes().find("pull").map(|scope| scope.in_flight()), Some(0));
}

#[test]
fn a_time_out_is_real_seconds_by_the_clock() {
    let world = World::with(60, 900, sutler_core::budget::Rate::per_minute(60));
    let call = Call::read("test.orders.pull", "pull").timeout(std::time::Duration::from_secs(1));
    world.script([answer(59_000, 200)]);
    let cx = world.within(3_600_000);
    assert!(world.clock.run(world.send(&cx, &call)).is_ok());
    assert_eq!(world.seen().len(), 1, "59 s of a world sixty times as fast are under a real second");
}

#[test]
fn the_deadline_covers_the_token_too() {
    let world = World::new();
    world.mints([answer(5000, 200)]);
    let cx = world.within(2000);
    assert_eq!(
        failed(world.clock.run(world.send(&cx, &READ))),
        (ErrorKind::Timeout, Retry::Backoff, Applied::No)
    );
    assert_eq!(world.clock.elapsed_ms(), 2000);
    assert!(world.seen().is_empty());
}

#[test]
fn a_deadline_that_has_passed_sends_nothing_and_takes_no_token() {
    let world = World::new();
    let cx = world.within(0);
    assert_eq!(failed(world.clock.run(world.send(&cx, &READ))).0, ErrorKind::Timeout);
    assert_eq!((world.seen().len(), world.minted()), (0, 0));
    assert_eq!(world.budgets.usage(sutler_core::ports::Clock::now(&world.clock))[0].taken, 0);
}

#[test]
fn an_answer_that_is_there_when_the_time_is_up_is_taken() {
    let world = World::new();
    world.mints([answer(0, 200)]).script([answer(2000, 200)]);
    let cx = world.within(2000);
    assert!(world.clock.run(world.send(&cx, &READ)).is_ok());
}

#[test]
fn a_request_for_another_origin_is_refused_before_any_call() {
    let world = World::new();
    let mut request = Request::default();
    *request.uri_mut() = "https://evil.example/v3/orders?cursor=1".parse().expect("a URL");
    let cx = world.within(1000);
    let (kind, retry, applied) = failed(world.clock.run(world.pipe.call(&cx, &READ, request)));
    assert_eq!((kind, retry, applied), (ErrorKind::Protocol, Retry::Never, Applied::No));
    assert_eq!((world.seen().len(), world.minted()), (0, 0));
}

#[test]
fn a_call_whose_budget_nobody_declared_is_refused_before_any_call() {
    let world = World::new();
    assert_eq!(failed(world.go(&Call::read("test.feeds", "feeds"))).0, ErrorKind::Config);
    assert_eq!(world.minted(), 0);
}

#[test]
fn the_clock_offset_is_learnt_from_answers() {
    let world = World::new();
    // The marketplace is 100 s ahead of our start.
    let date = Step::Answer(0, 200, vec![("date", "Tue, 14 Nov 2023 22:15:00 GMT".to_owned())], "{}");
    world.mints([answer(0, 200)]).script([date]);
    assert!(world.go(&READ).is_ok());
    assert_eq!(world.pipe.clock_offset().num_seconds(), 100);
    let ours: &SharedClock = &world.clock;
    assert_eq!((world.pipe.server_now() - sutler_core::ports::Clock::now(ours)).num_seconds(), 100);
}

#[test]
fn a_refusal_until_an_instant_of_a_clock_that_is_ahead_is_turned_into_ours() {
    let world = World::new();
    let ahead = Step::Answer(0, 200, vec![("date", "Tue, 14 Nov 2023 22:15:00 GMT".to_owned())], "{}");
    world
        .mints([answer(0, 200)])
        .script([ahead, with(0, 429, &[("x-until", crate::world::START_MS + 105_000)])]);
    assert!(world.go(&READ).is_ok());
    assert!(world.go(&READ).is_ok());
    assert_eq!(world.seen()[2].at_ms, 5000);
}
