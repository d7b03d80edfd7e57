//! Whole walks against the local marketplace, quiet and hostile: every order is seen, every effect happens once.

use crate::ports::{Market, NOW_MS, TestClock, cx};
use std::collections::{BTreeMap, BTreeSet};
use sutler_core::{
    channel::{Batch, Channel, Fetched, Page, Probe, PullFrom, Pulled, Receipt, Settled, Window},
    command::{Acknowledge, Act, Cancel, CancelReason, Command, CommandKey, ConfirmShipment, SetLevel},
    error::{Applied, ErrorKind},
    open::Open,
    order::{ChannelOrder, FulfilledBy, LineQuantity, ShipmentReport},
    ports::Clock,
    time::{Duration, from_millis},
};
use sutler_sandbox::walmart::{
    Faults, Settings,
    plan::{Plan, PlannedOrder},
};
use sutler_walmart::WalmartChannel;

const NODES: [&str; 3] = ["SellerFulfilled", "WFSFulfilled", "3PLFulfilled"];

fn settings(seed: u64, orders: u32) -> Settings {
    Settings { orders, ..Settings::new(seed, from_millis(NOW_MS)) }
}

fn one_order(quantity: u32) -> Settings {
    let placed = from_millis(NOW_MS) - Duration::hours(1);
    let mut settings = settings(1, 0);
    settings.plan = Plan::Explicit(vec![PlannedOrder::seller(placed).line("A", quantity).id("PO1")]);
    settings.on_hand.insert("A".into(), 50);
    settings
}

/// Reads a stream's window to its end; faults that only delay are waited out.
fn read(clock: &TestClock, channel: &WalmartChannel, stream: &str) -> BTreeMap<String, ChannelOrder> {
    let window = Window { from: clock.now() - Duration::days(2), to: clock.now() };
    let mut cursor = None;
    let mut all = BTreeMap::new();
    let mut pages = 0;
    loop {
        let from = PullFrom { stream: stream.into(), window, cursor: cursor.clone() };
        match clock.run(channel.pull(&cx(clock), &from)) {
            Ok(Pulled::Page(Page { orders, next, .. })) => {
                all.extend(
                    orders.iter().map(|raw| (raw.channel_order_id.to_string(), channel.normalise(raw))),
                );
                if next.is_none() {
                    return all;
                }
                cursor = next;
            }
            Ok(other) => panic!("{other:?}"),
            Err(error) => {
                assert_ne!(error.kind(), ErrorKind::Protocol, "{error}");
                clock.pass(Duration::seconds(30));
            }
        }
        pages += 1;
        assert!(pages < 500, "the window never ends");
    }
}

fn command(act: Act, order: &str) -> Command {
    let now = from_millis(NOW_MS);
    let key = CommandKey { verb: act.verb(), subject: order.into(), ordinal: 1 };
    let mut command = Command::intend(key, act, now, now);
    command.channel_order_id = Some(order.into());
    command
}

fn ship(order: &ChannelOrder, quantity: u32, tracking: &str, at: &TestClock) -> Command {
    let report = ShipmentReport {
        package: 1,
        carrier: "usps".into(),
        tracking: tracking.into(),
        tracking_url: None,
        shipped_at: at.now(),
        lines: vec![LineQuantity { line_id: order.facts.lines[0].line_id.clone(), quantity }],
    };
    let act = ConfirmShipment { report, method: order.facts.method.clone(), override_cancel: false };
    command(Act::ConfirmShipment(act), order.channel_order_id.as_str())
}

fn perform(
    clock: &TestClock,
    channel: &WalmartChannel,
    command: &Command,
) -> Result<Receipt, sutler_core::error::Error> {
    let batch = [command.clone()];
    clock.run(channel.perform(&cx(clock), &Batch { commands: &batch })).map(|mut all| all.remove(0))
}

fn fetch(clock: &TestClock, channel: &WalmartChannel, id: &str) -> ChannelOrder {
    match clock.run(channel.fetch(&cx(clock), &id.into())).unwrap() {
        Fetched::Found(raw, _) => channel.normalise(&raw),
        other => panic!("{other:?}"),
    }
}

fn done(receipt: Result<Receipt, sutler_core::error::Error>) {
    let receipt = receipt.unwrap();
    assert!(matches!(receipt, Receipt::Done { .. }), "{receipt:?}");
}

#[test]
fn g01_every_order_is_read_with_its_fulfiller() {
    let clock = TestClock::new();
    let (market, channel) = Market::open(&clock, settings(3, 300));
    let plan = market.with(|world| world.plan());
    let mut seen = BTreeSet::new();
    for node in NODES {
        for (id, order) in read(&clock, &channel, &format!("created/{node}")) {
            assert_eq!(order.facts.unmapped, [], "{id}");
            let want = match node {
                "SellerFulfilled" => FulfilledBy::Seller,
                "WFSFulfilled" => FulfilledBy::Marketplace,
                _ => FulfilledBy::ThirdParty,
            };
            assert_eq!(order.facts.fulfilled_by, Open::Known(want));
            assert!(seen.insert(id));
        }
    }
    assert_eq!(seen, plan.into_iter().map(|entry| entry.id).collect());
}

#[test]
fn g01_g28_every_order_is_read_whatever_the_weather() {
    for seed in 1..=8 {
        let clock = TestClock::new();
        let mut settings = settings(seed, 200);
        settings.faults = Faults { outage_length_s: 0, ..Faults::preset("hostile").unwrap() };
        let (market, channel) = Market::open(&clock, settings);
        clock.pass(Duration::hours(1));
        let seen: BTreeSet<String> = NODES
            .iter()
            .flat_map(|node| read(&clock, &channel, &format!("created/{node}")).into_keys())
            .collect();
        let plan: BTreeSet<String> =
            market.with(|world| world.plan()).into_iter().map(|entry| entry.id).collect();
        assert_eq!(seen, plan, "seed {seed}");
        let fired = market.with(|world| world.fired().clone());
        assert!(fired.get("cursor_variants").is_some_and(|n| *n > 0), "{fired:?}");
    }
}

#[test]
fn an_order_goes_from_created_to_shipped_in_two_packages() {
    let clock = TestClock::new();
    let (market, channel) = Market::open(&clock, one_order(5));
    let order = fetch(&clock, &channel, "PO1");
    assert!(!order.facts.lines[0].is_acknowledged());
    done(perform(&clock, &channel, &command(Act::Acknowledge(Acknowledge {}), "PO1")));
    done(perform(&clock, &channel, &ship(&order, 2, "9400 1000 0000", &clock)));
    let after = fetch(&clock, &channel, "PO1");
    let line = &after.facts.lines[0];
    assert_eq!((line.shipped, line.open(), line.is_acknowledged()), (2, 3, true));
    assert_eq!(line.shipped_under("940010000000"), 2);
    let lines = vec![LineQuantity { line_id: line.line_id.clone(), quantity: 1 }];
    done(perform(
        &clock,
        &channel,
        &command(Act::Cancel(Cancel { lines, reason: CancelReason::PricingError }), "PO1"),
    ));
    done(perform(&clock, &channel, &ship(&after, 2, "9400B", &clock)));
    let effects = market.effects();
    assert_eq!(effects.acknowledge["PO1"], 1);
    assert_eq!((effects.ship["PO1/1"], effects.cancel["PO1/1"]), (4, 1));
    assert_eq!(fetch(&clock, &channel, "PO1").facts.lines[0].open(), 0);
    let changed = read(&clock, &channel, "changed/SellerFulfilled");
    assert_eq!(changed["PO1"].facts.lines[0].shipped, 4);
}

#[test]
fn g18_a_lost_answer_is_found_by_the_probe_and_a_second_whole_line_is_refused_as_done() {
    let clock = TestClock::new();
    let mut settings = one_order(2);
    settings.faults.error_after = 1000;
    let (market, channel) = Market::open(&clock, settings);
    let acknowledge = command(Act::Acknowledge(Acknowledge {}), "PO1");
    let error = perform(&clock, &channel, &acknowledge).expect_err("a 5xx after applying");
    assert_eq!(error.applied(), Applied::Unknown);
    let seen = clock.run(channel.probe(&cx(&clock), &acknowledge)).unwrap();
    assert!(matches!(seen, Probe::Happened { .. }), "{seen:?}");

    let order = fetch(&clock, &channel, "PO1");
    let whole = ship(&order, 2, "9400A", &clock);
    assert_eq!(channel.before_image(&whole, &order), Some(0));
    assert_eq!(perform(&clock, &channel, &whole).expect_err("applied and lost").applied(), Applied::Unknown);
    // Walmart refuses the second one; it was ours, so it is done.
    done(perform(&clock, &channel, &whole));
    let other = ship(&order, 2, "9400Z", &clock);
    let receipt = perform(&clock, &channel, &other).unwrap();
    assert!(matches!(&receipt, Receipt::Refused { code, .. } if code == "conflict"), "{receipt:?}");
    assert_eq!(market.effects().ship["PO1/1"], 2);
}

#[test]
fn what_the_marketplace_refuses_is_refused() {
    let clock = TestClock::new();
    let mut settings = one_order(2);
    let placed = from_millis(NOW_MS) - Duration::hours(1);
    if let Plan::Explicit(orders) = &mut settings.plan {
        orders.push(
            PlannedOrder::seller(placed)
                .line("A", 1)
                .id("PO2")
                .fulfilled_by(sutler_sandbox::walmart::plan::FulfilledBy::Marketplace),
        );
        orders.push(
            PlannedOrder::seller(placed)
                .line("A", 1)
                .id("PO3")
                .cancel_requested_at(placed + Duration::minutes(5)),
        );
    }
    let (market, channel) = Market::open(&clock, settings);
    let refused =
        |receipt: Result<Receipt, _>| assert!(matches!(receipt, Ok(Receipt::Refused { .. })), "{receipt:?}");
    let acknowledge = |id: &str| command(Act::Acknowledge(Acknowledge {}), id);
    let first = fetch(&clock, &channel, "PO1");
    refused(perform(&clock, &channel, &ship(&first, 1, "9400A", &clock)));
    refused(perform(&clock, &channel, &acknowledge("PO2")));
    done(perform(&clock, &channel, &acknowledge("PO1")));
    refused(perform(&clock, &channel, &ship(&first, 3, "9400A", &clock)));
    let mut wrong = ship(&first, 1, "9400A", &clock);
    if let Act::ConfirmShipment(confirm) = &mut wrong.act {
        confirm.method = Some("Freight".into());
    }
    refused(perform(&clock, &channel, &wrong));

    done(perform(&clock, &channel, &acknowledge("PO3")));
    let asked = fetch(&clock, &channel, "PO3");
    assert!(asked.facts.cancel_requested());
    let mut over = ship(&asked, 1, "9400B", &clock);
    refused(perform(&clock, &channel, &over));
    if let Act::ConfirmShipment(confirm) = &mut over.act {
        confirm.override_cancel = true;
    }
    done(perform(&clock, &channel, &over));
    let missing = perform(&clock, &channel, &acknowledge("NOPE")).unwrap();
    assert!(matches!(missing, Receipt::NotApplied { .. }), "{missing:?}");
    let effects = market.effects();
    assert_eq!(effects.ship.keys().collect::<Vec<_>>(), ["PO3/1"]);
}

#[test]
fn stock_is_set_alone_and_by_a_feed() {
    let clock = TestClock::new();
    let mut settings = one_order(1);
    let skus: Vec<String> = (0..120).map(|n| format!("S/{n} x")).collect();
    settings.on_hand.extend(skus.iter().map(|sku| (sku.clone(), 500)));
    let (market, channel) = Market::open(&clock, settings);
    let set = |sku: &str, level| {
        let mut set = command(Act::SetLevel(SetLevel { sku: sku.into(), level }), sku);
        set.channel_order_id = None;
        set
    };
    done(perform(&clock, &channel, &set("S/7 x", 33)));
    let stock = channel.stock().unwrap();
    let levels = |names: &[&str]| {
        let names: Vec<_> = names.iter().map(|name| (*name).into()).collect();
        let answers = clock.run(stock.levels(&cx(&clock), &names)).unwrap();
        answers.into_iter().map(|answer| answer.level.unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(levels(&["S/7 x", "never listed"]), [Some(33), None]);

    let mut batch: Vec<Command> = skus.iter().map(|sku| set(sku, 5)).collect();
    batch.push(set("never listed", 1));
    let receipts = clock.run(channel.perform(&cx(&clock), &Batch { commands: &batch })).unwrap();
    let Receipt::Accepted { handle } = &receipts[0] else { panic!("{:?}", receipts[0]) };
    assert!(receipts.iter().all(|receipt| *receipt == receipts[0]));
    assert!(matches!(clock.run(channel.settle(&cx(&clock), handle, &batch)).unwrap(), Settled::NotYet));
    clock.pass(Duration::minutes(5));
    let Settled::Receipts(outcome) = clock.run(channel.settle(&cx(&clock), handle, &batch)).unwrap() else {
        panic!("not settled")
    };
    assert_eq!(outcome.iter().filter(|r| matches!(r, Receipt::Done { .. })).count(), 120);
    assert!(matches!(&outcome[120], Receipt::Refused { .. }), "{:?}", outcome[120]);
    assert_eq!(market.effects().stock["S/119 x"], 5);
    let lost = clock.run(channel.settle(&cx(&clock), &"nothing@x".to_owned(), &batch)).unwrap();
    assert!(matches!(lost, Settled::Lost { .. }));
}

#[test]
fn check_knows_the_node_and_the_rights() {
    let clock = TestClock::new();
    let (_, channel) = Market::open(&clock, one_order(1));
    let standing = clock.run(channel.check(&cx(&clock))).unwrap();
    assert_eq!(standing.ship_node.as_deref(), Some("10000003527"));
    assert!(standing.missing.is_empty(), "{:?}", standing.missing);
    assert!(standing.clock_offset_ms.abs() <= 1500, "{}", standing.clock_offset_ms);
}

#[test]
fn g26_a_dead_token_is_renewed_and_a_dead_credential_is_told() {
    let clock = TestClock::new();
    let mut dying = settings(5, 100);
    dying.faults.token_death = 200;
    let (_, channel) = Market::open(&clock, dying);
    assert_eq!(read(&clock, &channel, "created/SellerFulfilled").len(), 89);
    clock.pass(Duration::seconds(2000));
    read(&clock, &channel, "created/WFSFulfilled");

    let mut wrong = settings(5, 0);
    wrong.client_secret = "another".into();
    let (_, channel) = Market::open(&clock, wrong);
    let error = clock.run(channel.check(&cx(&clock))).expect_err("a dead credential");
    assert_eq!((error.kind(), error.retry()), (ErrorKind::Unauthorized, sutler_core::error::Retry::Never));
}
