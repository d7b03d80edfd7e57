//! Cancelling by the order-acknowledgement feed: each way a feed may end has its own outcome.

use crate::ports::{Market, NOW_MS, TestClock, answer, command, cx, fetch, order, settings};
use sutler_amazon::AmazonChannel;
use sutler_core::{
    channel::{Batch, Channel, Probe, Receipt, Settled},
    command::{Act, Cancel, CancelReason, Command},
    error::{Applied, ErrorKind, Result},
    order::LineQuantity,
    time::{Duration, from_millis},
};
use sutler_http::TransportError;
use sutler_sandbox::{Faults, amazon::Settings};

fn shop(change: impl FnOnce(Settings) -> Settings) -> (TestClock, Market, AmazonChannel) {
    let clock = TestClock::new();
    let orders = [order("111-1").line("A", 2).line("B", 1), order("111-2").line("A", 1)];
    let (market, channel) = Market::open(&clock, change(settings(orders)));
    (clock, market, channel)
}

/// The cancellation of every line of an order.
fn cancellation(clock: &TestClock, channel: &AmazonChannel, id: &str) -> Command {
    let order = fetch(clock, channel, id);
    let part = |line: &sutler_core::order::Line| LineQuantity {
        line_id: line.line_id.clone(),
        quantity: line.ordered,
    };
    let lines = order.facts.lines.iter().map(part).collect();
    let act = Act::Cancel(Cancel { lines, reason: CancelReason::OutOfStock });
    command(act, id, from_millis(NOW_MS))
}

fn perform(clock: &TestClock, channel: &AmazonChannel, command: &Command) -> Result<Receipt> {
    let batch = [command.clone()];
    clock.run(channel.perform(&cx(clock), &Batch { commands: &batch })).map(|mut all| all.remove(0))
}

fn accepted(clock: &TestClock, channel: &AmazonChannel, command: &Command) -> String {
    match perform(clock, channel, command).unwrap() {
        Receipt::Accepted { handle } => handle,
        other => panic!("{other:?}"),
    }
}

fn settle(clock: &TestClock, channel: &AmazonChannel, handle: &String, command: &Command) -> Settled {
    clock.run(channel.settle(&cx(clock), handle, std::slice::from_ref(command))).unwrap()
}

/// The one receipt of a feed that has ended.
fn receipt(settled: Settled) -> Receipt {
    match settled {
        Settled::Receipts(mut all) if all.len() == 1 => all.remove(0),
        other => panic!("{other:?}"),
    }
}

fn probe(clock: &TestClock, channel: &AmazonChannel, command: &Command) -> Probe {
    clock.run(channel.probe(&cx(clock), command)).unwrap()
}

#[test]
fn g18_a_cancellation_is_accepted_and_then_done_once() {
    let (clock, market, channel) = shop(|settings| settings);
    let cancel = cancellation(&clock, &channel, "111-1");
    let handle = accepted(&clock, &channel, &cancel);
    assert!(matches!(settle(&clock, &channel, &handle, &cancel), Settled::NotYet));
    assert_eq!(probe(&clock, &channel, &cancel), Probe::DidNot);
    assert_eq!(market.effects().cancel.len(), 0, "accepted is not done");
    clock.pass(Duration::minutes(6));
    let done = receipt(settle(&clock, &channel, &handle, &cancel));
    assert!(matches!(&done, Receipt::Done { evidence } if evidence.contains(&handle)), "{done:?}");
    assert!(matches!(probe(&clock, &channel, &cancel), Probe::Happened { .. }));
    assert_eq!(market.effects().cancel.values().sum::<u32>(), 3);
    let reasons: Vec<_> =
        fetch(&clock, &channel, "111-1").facts.lines.iter().map(|line| line.cancel_reason.clone()).collect();
    assert_eq!(reasons, [Some("NoInventory".to_owned()), Some("NoInventory".to_owned())]);
}

#[test]
fn g18_a_second_cancellation_is_refused_there_and_done_here() {
    let (clock, market, channel) = shop(|settings| settings);
    let cancel = cancellation(&clock, &channel, "111-1");
    let first = accepted(&clock, &channel, &cancel);
    let again = accepted(&clock, &channel, &cancel);
    assert_ne!(first, again, "Amazon does not know a feed again");
    clock.pass(Duration::minutes(11));
    for handle in [first, again] {
        assert!(matches!(receipt(settle(&clock, &channel, &handle, &cancel)), Receipt::Done { .. }));
    }
    assert_eq!(market.effects().cancel.values().sum::<u32>(), 3);
}

#[test]
fn what_is_not_amazons_to_cancel_is_refused_in_its_words() {
    let (clock, market, channel) = shop(|settings| settings);
    let mut cancel = cancellation(&clock, &channel, "111-2");
    // As a line of another order would be.
    let Act::Cancel(lines) = &mut cancel.act else { panic!("a cancellation") };
    lines.lines[0].line_id = "nobody".into();
    let handle = accepted(&clock, &channel, &cancel);
    clock.pass(Duration::minutes(6));
    let said = receipt(settle(&clock, &channel, &handle, &cancel));
    assert!(
        matches!(&said, Receipt::Refused { code, why } if code == "18028" && why.contains("has no item")),
        "{said:?}"
    );
    assert_eq!(market.effects().cancel.len(), 0);
}

#[test]
fn g18_a_fatal_feed_is_in_doubt_and_the_order_tells() {
    let faults = Faults { feed_fatal: 1000, ..Faults::default() };
    let (clock, market, channel) = shop(|settings| Settings { faults, ..settings });
    let cancel = cancellation(&clock, &channel, "111-1");
    let handle = accepted(&clock, &channel, &cancel);
    clock.pass(Duration::minutes(6));
    let settled = settle(&clock, &channel, &handle, &cancel);
    assert!(matches!(&settled, Settled::Lost { why } if why.contains("FEED_FATAL")), "{settled:?}");
    assert_eq!(probe(&clock, &channel, &cancel), Probe::DidNot);
    assert_eq!(market.effects().cancel.len(), 0);
}

#[test]
fn a_feed_that_was_cancelled_did_nothing_and_says_so() {
    let (clock, market, channel) = shop(|settings| settings);
    let cancel = cancellation(&clock, &channel, "111-1");
    let handle = accepted(&clock, &channel, &cancel);
    // A person, or another application of the seller's.
    let bearer = std::sync::Arc::new(std::sync::Mutex::new(None));
    let keep = bearer.clone();
    market.twist(move |request| {
        *keep.lock().unwrap() = request.headers().get("x-amz-access-token").cloned();
        None
    });
    fetch(&clock, &channel, "111-2");
    let token = bearer.lock().unwrap().take().expect("a token");
    let request = http::Request::delete(format!("http://127.0.0.1:1/feeds/2021-06-30/feeds/{handle}"))
        .header("x-amz-access-token", token)
        .body(Default::default())
        .unwrap();
    let reply = market.with(|world| world.receive(from_millis(NOW_MS), &request));
    assert_eq!(reply.answer.map(|answer| answer.status().as_u16()), Some(200));
    let said = receipt(settle(&clock, &channel, &handle, &cancel));
    assert!(matches!(&said, Receipt::Refused { code, .. } if code == "FEED_CANCELLED"), "{said:?}");
    clock.pass(Duration::hours(1));
    assert_eq!(market.effects().cancel.len(), 0);
}

#[test]
fn g16_a_stuck_feed_is_waited_for_and_ends_as_the_order_shows() {
    let faults = Faults { feed_stuck: 1000, feed_stuck_max_s: 100_000, ..Faults::default() };
    let (clock, _, channel) = shop(|settings| Settings { faults, seed: 5, ..settings });
    let cancel = cancellation(&clock, &channel, "111-1");
    let handle = accepted(&clock, &channel, &cancel);
    clock.pass(Duration::minutes(30));
    assert!(matches!(settle(&clock, &channel, &handle, &cancel), Settled::NotYet), "not given up here");
    clock.pass(Duration::days(2));
    assert!(matches!(receipt(settle(&clock, &channel, &handle, &cancel)), Receipt::Done { .. }));
}

#[test]
fn g18_an_unknown_feed_is_lost_and_a_lost_answer_is_a_doubt() {
    let (clock, market, channel) = shop(|settings| settings);
    let cancel = cancellation(&clock, &channel, "111-1");
    let settled = settle(&clock, &channel, &"404".to_owned(), &cancel);
    assert!(matches!(&settled, Settled::Lost { why } if why.contains("feed 404")), "{settled:?}");
    let world = market.clone();
    market.twist(move |request| {
        let posts = request.method() == "POST" && request.uri().path().ends_with("/feeds");
        posts.then(|| {
            // It arrives, and the answer does not.
            world.with(|world| world.receive(from_millis(NOW_MS), request));
            Err(TransportError::maybe_sent("the connection was cut"))
        })
    });
    let error = perform(&clock, &channel, &cancel).unwrap_err();
    assert_eq!((error.kind(), error.applied()), (ErrorKind::Network, Applied::Unknown));
    market.straight();
    clock.pass(Duration::minutes(6));
    assert!(matches!(probe(&clock, &channel, &cancel), Probe::Happened { .. }));
}

#[test]
fn nothing_is_applied_when_the_document_cannot_be_put() {
    let (clock, market, channel) = shop(|settings| settings);
    let cancel = cancellation(&clock, &channel, "111-1");
    market.twist(|request| (request.method() == "PUT").then(|| Ok(answer(403, "<Error/>"))));
    let error = perform(&clock, &channel, &cancel).unwrap_err();
    assert_eq!((error.kind(), error.applied()), (ErrorKind::Remote, Applied::No));
    market.twist(|request| {
        let made = r#"{"feedDocumentId":"d","url":"https://evil.example/put"}"#;
        request.uri().path().ends_with("/documents").then(|| Ok(answer(201, made)))
    });
    let error = perform(&clock, &channel, &cancel).unwrap_err();
    assert_eq!((error.kind(), error.applied()), (ErrorKind::Protocol, Applied::No));
    assert!(error.text().contains("evil.example"), "{error}");
}

#[test]
fn a_report_that_proves_nothing_leaves_the_question_to_the_order() {
    let (clock, market, channel) = shop(|settings| settings);
    let cancel = cancellation(&clock, &channel, "111-1");
    let handle = accepted(&clock, &channel, &cancel);
    clock.pass(Duration::minutes(6));
    market.twist(|request| {
        let is_document = request.method() == "GET" && request.uri().path().starts_with("/_documents/");
        is_document.then(|| Ok(answer(200, "<Html>busy</Html>")))
    });
    let settled = clock.run(channel.settle(&cx(&clock), &handle, std::slice::from_ref(&cancel)));
    // Packed or not is by chance of the seed: both are no report.
    assert!(
        matches!(&settled, Ok(Settled::Lost { .. }))
            || settled.as_ref().is_err_and(|e| e.kind() == ErrorKind::Remote),
        "{settled:?}"
    );
}
