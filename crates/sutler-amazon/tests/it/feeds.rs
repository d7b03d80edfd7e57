//! Many levels by one feed, and each message's own outcome.

use crate::ports::{Market, NOW_MS, TestClock, command, cx, order, settings};
use sutler_amazon::AmazonChannel;
use sutler_core::{
    channel::{Batch, Channel, Receipt, Settled},
    command::{Act, Command, SetLevel},
    time::{Duration, from_millis},
};
use sutler_sandbox::{Faults, amazon::Settings};

fn shop(faults: Faults, seed: u64) -> (TestClock, Market, AmazonChannel) {
    let clock = TestClock::new();
    let sold = order("111-1").line("A", 1).line("B", 1);
    let (market, channel) = Market::open(&clock, Settings { faults, seed, ..settings([sold]) });
    (clock, market, channel)
}

fn sets(levels: &[(&str, u32)]) -> Vec<Command> {
    let set = |(sku, level): &(&str, u32)| {
        command(Act::SetLevel(SetLevel { sku: (*sku).into(), level: *level }), sku, from_millis(NOW_MS))
    };
    levels.iter().map(set).collect()
}

/// Posts the sets as one feed and answers its handle.
fn post(clock: &TestClock, channel: &AmazonChannel, commands: &[Command]) -> String {
    let receipts = clock.run(channel.perform(&cx(clock), &Batch { commands })).unwrap();
    assert_eq!(receipts.len(), commands.len());
    let Some(Receipt::Accepted { handle }) = receipts.first() else { panic!("{receipts:?}") };
    assert!(receipts.iter().all(|one| *one == Receipt::Accepted { handle: handle.clone() }));
    handle.clone()
}

fn settle(clock: &TestClock, channel: &AmazonChannel, handle: &String, commands: &[Command]) -> Settled {
    clock.run(channel.settle(&cx(clock), handle, commands)).unwrap()
}

fn codes(settled: Settled) -> Vec<String> {
    let Settled::Receipts(all) = settled else { panic!("{settled:?}") };
    let code = |receipt: Receipt| match receipt {
        Receipt::Done { .. } => "done".to_owned(),
        Receipt::Refused { code, .. } => code,
        other => panic!("{other:?}"),
    };
    all.into_iter().map(code).collect()
}

#[test]
fn g08_each_message_of_a_feed_has_its_own_outcome() {
    let (clock, market, channel) = shop(Faults::default(), 1);
    let commands = sets(&[("A", 7), ("NOBODY", 1), ("B", 9)]);
    let handle = post(&clock, &channel, &commands);
    assert!(matches!(settle(&clock, &channel, &handle, &commands), Settled::NotYet));
    clock.pass(Duration::minutes(6));
    assert_eq!(codes(settle(&clock, &channel, &handle, &commands)), ["done", "13013", "done"]);
    let stock = market.effects().stock;
    assert_eq!((stock["A"], stock["B"]), (7, 9));
}

#[test]
fn one_level_is_a_call_and_no_feed() {
    let (clock, market, channel) = shop(Faults::default(), 1);
    market.twist(|request| {
        assert!(!request.uri().path().starts_with("/feeds/"), "{}", request.uri());
        None
    });
    let commands = sets(&[("A", 7)]);
    let receipts = clock.run(channel.perform(&cx(&clock), &Batch { commands: &commands })).unwrap();
    assert!(matches!(receipts[..], [Receipt::Done { .. }]), "{receipts:?}");
    clock.pass(Duration::minutes(1));
    assert_eq!(market.effects().stock["A"], 7);
}

#[test]
fn g16_a_fatal_feed_is_refused_row_by_row_and_read_again() {
    let (clock, market, channel) = shop(Faults { feed_fatal: 1000, ..Faults::default() }, 1);
    let commands = sets(&[("A", 7), ("B", 9)]);
    let handle = post(&clock, &channel, &commands);
    clock.pass(Duration::minutes(6));
    assert_eq!(codes(settle(&clock, &channel, &handle, &commands)), ["FEED_FATAL", "FEED_FATAL"]);
    assert_eq!(market.effects().stock["A"], 0);
}

#[test]
fn g16_a_feed_stuck_in_the_queue_is_taken_back_and_never_applies() {
    let faults = Faults { feed_stuck: 1000, feed_stuck_max_s: 1_000_000, ..Faults::default() };
    let (clock, market, channel) = shop(faults, 1);
    // The sandbox lets a stuck feed begin soon; a queue that does not move is an answer of our own.
    let waiting = |id: &str| {
        format!(
            r#"{{"feedId":"{id}","feedType":"JSON_LISTINGS_FEED","createdTime":"2023-11-14T22:13:20Z","processingStatus":"IN_QUEUE"}}"#
        )
    };
    let commands = sets(&[("A", 7), ("B", 9)]);
    let handle = post(&clock, &channel, &commands);
    let shown = waiting(&handle);
    market.twist(move |request| {
        let is_feed = request.method() == "GET" && request.uri().path().contains("/feeds/2021-06-30/feeds/");
        is_feed.then(|| Ok(crate::ports::answer(200, &shown)))
    });
    assert!(matches!(settle(&clock, &channel, &handle, &commands), Settled::NotYet), "not at once");
    // It is still in the queue by the marketplace's own book, too.
    let early = settle_later(&clock, &market, &channel, &handle, &commands);
    assert_eq!(early, ["FEED_STUCK", "FEED_STUCK"]);
    clock.pass(Duration::days(20));
    assert_eq!(market.effects().stock["A"], 0, "what was taken back applied");
}

/// Twenty minutes later; the marketplace accepts that the feed is taken back.
fn settle_later(
    clock: &TestClock,
    market: &Market,
    channel: &AmazonChannel,
    handle: &String,
    commands: &[Command],
) -> Vec<String> {
    let world = market.clone();
    let token = std::sync::Arc::new(std::sync::Mutex::new(0));
    let counted = token.clone();
    let inner = format!(
        r#"{{"feedId":"{handle}","feedType":"JSON_LISTINGS_FEED","createdTime":"2023-11-14T22:13:20Z","processingStatus":"IN_QUEUE"}}"#
    );
    clock.pass(Duration::minutes(20));
    market.twist(move |request| match request.method().as_str() {
        "GET" => Some(Ok(crate::ports::answer(200, &inner))),
        "DELETE" => {
            *counted.lock().unwrap() += 1;
            // By the marketplace's book it is still early.
            let reply = world.with(|world| world.receive(from_millis(NOW_MS), request));
            reply.answer.map(Ok)
        }
        _ => None,
    });
    let codes = codes(settle(clock, channel, handle, commands));
    assert_eq!(*token.lock().unwrap(), 1);
    codes
}

#[test]
fn g16_a_feed_that_began_meanwhile_is_waited_for() {
    let (clock, market, channel) = shop(Faults::default(), 1);
    let commands = sets(&[("A", 7), ("B", 9)]);
    let handle = post(&clock, &channel, &commands);
    clock.pass(Duration::minutes(25));
    let shown = format!(
        r#"{{"feedId":"{handle}","feedType":"JSON_LISTINGS_FEED","createdTime":"2023-11-14T22:13:20Z","processingStatus":"IN_QUEUE"}}"#
    );
    market.twist(move |request| {
        let is_feed = request.method() == "GET" && request.uri().path().contains("/feeds/2021-06-30/feeds/");
        is_feed.then(|| Ok(crate::ports::answer(200, &shown)))
    });
    assert!(matches!(settle(&clock, &channel, &handle, &commands), Settled::NotYet));
    market.straight();
    assert_eq!(codes(settle(&clock, &channel, &handle, &commands)), ["done", "done"]);
}
