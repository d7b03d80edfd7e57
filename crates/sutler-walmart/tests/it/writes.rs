//! What is sent for each verb on an order, and what is made of each kind of answer.

use crate::ports::{Bench, NOW_MS, answer, refusal};
use sutler_core::{
    channel::{Batch, Channel, Probe, RawOrder, Receipt},
    command::{
        Acknowledge, Act, Cancel, CancelReason, Command, CommandKey, ConfirmShipment, OrderBrief, SetLevel,
    },
    error::{Applied, Error, ErrorKind, Retry},
    open::Open,
    order::{FulfilledBy, LineQuantity, ShipmentReport},
    time::from_millis,
};

const TRACKING: &str = "1Z999AA10123456784";

fn command(act: Act) -> Command {
    let key = CommandKey { verb: act.verb(), subject: "PO1".into(), ordinal: 1 };
    let now = from_millis(NOW_MS);
    let mut command = Command::intend(key, act, now, now);
    command.channel_order_id = Some("PO1".into());
    command
}

fn acknowledge() -> Command {
    command(Act::Acknowledge(Acknowledge {}))
}

fn ship(quantity: u32) -> Command {
    let report = ShipmentReport {
        package: 1,
        carrier: "UPS".into(),
        tracking: TRACKING.into(),
        tracking_url: None,
        shipped_at: from_millis(NOW_MS - 60_000),
        lines: vec![LineQuantity { line_id: "1".into(), quantity }],
    };
    command(Act::ConfirmShipment(ConfirmShipment {
        report,
        method: Some("Value".into()),
        override_cancel: false,
    }))
}

fn cancel(quantity: u32) -> Command {
    let lines = vec![LineQuantity { line_id: "1".into(), quantity }];
    command(Act::Cancel(Cancel { lines, reason: CancelReason::PricingError }))
}

/// An order of five units of one line, with these statuses.
fn order(statuses: &[(&str, u32, &str)]) -> String {
    let one = |(status, units, tracking): &(&str, u32, &str)| {
        format!(
            r#"{{"status":"{status}","statusQuantity":{{"amount":"{units}"}},"trackingInfo":{{"carrierName":{{"carrier":"UPS"}},"trackingNumber":"{tracking}"}}}}"#
        )
    };
    let statuses: Vec<_> = statuses.iter().map(one).collect();
    format!(
        r#"{{"order":{{"purchaseOrderId":"PO1","orderDate":1699990000000,"orderLines":{{"orderLine":[{{"lineNumber":"1","item":{{"sku":"A"}},"orderLineQuantity":{{"amount":"5"}},"orderLineStatuses":{{"orderLineStatus":[{}]}}}}]}},"shipNode":{{"type":"SellerFulfilled"}}}}}}"#,
        statuses.join(",")
    )
}

fn perform(bench: &Bench, command: &Command) -> Result<Receipt, Error> {
    let batch = [command.clone()];
    let receipts = bench.clock.run(bench.channel.perform(&bench.cx(), &Batch { commands: &batch }))?;
    assert_eq!(receipts.len(), 1);
    Ok(receipts.into_iter().next().unwrap())
}

fn code(receipt: Result<Receipt, Error>) -> String {
    match receipt.unwrap() {
        Receipt::Refused { code, .. } => code,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_others_fulfil_is_refused_before_anything_is_sent() {
    let others = [
        Open::Known(FulfilledBy::Marketplace),
        Open::Known(FulfilledBy::ThirdParty),
        Open::Other("Drone".into()),
    ];
    for fulfilled_by in others {
        for command in [acknowledge(), ship(2), cancel(1)] {
            let bench = Bench::new(std::iter::empty());
            let brief =
                OrderBrief { fulfilled_by: fulfilled_by.clone(), placed_at: None, charges: Vec::new() };
            let command = Command { brief: Some(brief), ..command };
            let error = perform(&bench, &command).expect_err("not the seller's");
            assert_eq!(
                (error.kind(), error.applied(), error.retry()),
                (ErrorKind::Refused, Applied::No, Retry::Never)
            );
            assert!(error.text().contains("only the seller's own"), "{error}");
            assert_eq!(bench.script.asked(), Vec::<String>::new());
        }
    }
}

#[test]
fn each_verb_is_one_request() {
    let bench = Bench::new((0..3).map(|_| answer(200, &order(&[("Acknowledged", 5, "")]))));
    for command in [acknowledge(), ship(2), cancel(1)] {
        assert!(matches!(perform(&bench, &command).unwrap(), Receipt::Done { .. }));
    }
    let seen: Vec<_> =
        bench.script.seen.lock().unwrap().iter().map(|r| r.headers()["content-type"].clone()).collect();
    assert!(seen.iter().all(|kind| kind == "application/json"));
    let asked = bench.script.asked();
    assert_eq!(asked[0], "POST /v3/orders/PO1/acknowledge");
    assert!(
        asked[1].starts_with(
            r#"POST /v3/orders/PO1/shipping {"orderShipment":{"orderLines":{"orderLine":[{"lineNumber":"1","#
        ),
        "{}",
        asked[1]
    );
    assert!(
        asked[1].contains(r#""amount":"2""#) && asked[1].contains(r#""shipDateTime":1699999940000"#),
        "{}",
        asked[1]
    );
    assert!(
        asked[2].starts_with(r#"POST /v3/orders/PO1/cancel {"orderCancellation":"#)
            && asked[2].contains("SELLER_CANCEL_PRICING_ERROR"),
        "{}",
        asked[2]
    );
}

#[test]
fn what_is_refused_here_is_not_sent() {
    let bench = Bench::new([]);
    let mut bad = ship(1);
    if let Act::ConfirmShipment(confirm) = &mut bad.act {
        confirm.report.tracking = "PO1".into();
    }
    assert_eq!(code(perform(&bench, &bad)), "tracking_is_order_id");
    let mut nameless = acknowledge();
    nameless.channel_order_id = None;
    assert_eq!(perform(&bench, &nameless).expect_err("no order").kind(), ErrorKind::Invalid);
    let two = [acknowledge(), acknowledge()];
    let error =
        bench.clock.run(bench.channel.perform(&bench.cx(), &Batch { commands: &two })).expect_err("two");
    assert_eq!((error.kind(), error.applied()), (ErrorKind::Invalid, Applied::No));
    assert!(bench.clock.run(bench.channel.perform(&bench.cx(), &Batch { commands: &[] })).is_err());
}

const HIGHER: &str = "Unable to acknowledge: Some or all qty in higher status";
const SHIPPED: &str = "The Line: 1 of PO: PO1 is in SHIPPED status";
const OVER: &str = "Qty OverShipped for line number 1";

fn content(description: &str) -> http::Response<bytes::Bytes> {
    refusal(400, "INVALID_REQUEST_CONTENT.GMP_ORDER_API", description)
}

#[test]
fn done_already_with_our_values_is_done() {
    for (command, said, shown) in [
        (acknowledge(), HIGHER, order(&[("Acknowledged", 3, ""), ("Shipped", 2, "X")])),
        (ship(5), SHIPPED, order(&[("Shipped", 5, "1z-999aa10123456784")])),
        (ship(5), OVER, order(&[("Delivered", 5, TRACKING)])),
        (cancel(5), "The Line: 1 of PO: PO1 is in CANCELLED status", order(&[("Cancelled", 5, "")])),
    ] {
        let bench = Bench::new([content(said), answer(200, &shown)]);
        assert!(matches!(perform(&bench, &command).unwrap(), Receipt::Done { .. }), "{said}");
        assert_eq!(bench.script.asked()[1], "GET /v3/orders/PO1");
    }
}

#[test]
fn done_already_by_another_is_a_conflict() {
    for (command, said, shown) in [
        (acknowledge(), HIGHER, order(&[("Cancelled", 5, "")])),
        (ship(5), SHIPPED, order(&[("Shipped", 5, "OTHER1")])),
        (ship(3), OVER, order(&[("Shipped", 4, "OTHER1"), ("Acknowledged", 1, "")])),
        (cancel(2), SHIPPED, order(&[("Shipped", 5, "OTHER1")])),
    ] {
        let bench = Bench::new([content(said), answer(200, &shown)]);
        assert_eq!(code(perform(&bench, &command)), "conflict", "{said}");
    }
    // Units shipped before under the same number are not ours again.
    let mut second = ship(2);
    second.before = Some(2);
    let bench =
        Bench::new([content(OVER), answer(200, &order(&[("Shipped", 2, TRACKING), ("Cancelled", 3, "")]))]);
    assert_eq!(code(perform(&bench, &second)), "conflict");
}

#[test]
fn done_already_but_not_shown_is_in_doubt() {
    for second in [
        answer(200, &order(&[("Acknowledged", 5, "")])),
        refusal(404, "CONTENT_NOT_FOUND.GMP_ORDER_API", "no"),
        refusal(403, "FORBIDDEN.X", "no"),
    ] {
        let bench = Bench::new([content(SHIPPED), second]);
        let error = perform(&bench, &ship(5)).expect_err("nobody knows");
        assert_eq!(error.applied(), Applied::Unknown, "{error}");
    }
}

#[test]
fn an_order_that_is_not_ours_is_said_to_be_so() {
    let wfs = order(&[("Created", 5, "")]).replace("SellerFulfilled", "WFSFulfilled");
    let bench = Bench::new([content("PO1 is in WFS status"), answer(200, &wfs)]);
    assert_eq!(code(perform(&bench, &acknowledge())), "not_sellers");
}

#[test]
fn other_refusals_keep_walmarts_words() {
    let bench = Bench::new([content("Method code is not supported in line number 1")]);
    match perform(&bench, &ship(1)).unwrap() {
        Receipt::Refused { code, why } => {
            assert_eq!(code, "INVALID_REQUEST_CONTENT.GMP_ORDER_API");
            assert!(why.contains("Method code is not supported"), "{why}");
        }
        other => panic!("{other:?}"),
    }
    let bench = Bench::new([refusal(404, "CONTENT_NOT_FOUND.GMP_ORDER_API", "not there")]);
    assert!(matches!(perform(&bench, &acknowledge()).unwrap(), Receipt::NotApplied { after: Some(_), .. }));
}

#[test]
fn g18_a_write_without_a_readable_answer_is_in_doubt_and_never_repeated() {
    for (status, body, applied) in [
        (500, "", Applied::Unknown),
        (504, "{}", Applied::Unknown),
        (520, "x", Applied::Unknown),
        (200, "<xml/>", Applied::Unknown),
        (302, "", Applied::Unknown),
        (403, "", Applied::No),
        (423, "", Applied::No),
        (429, "", Applied::No),
        (413, "", Applied::No),
    ] {
        let bench = Bench::new([answer(status, body)]);
        let error = perform(&bench, &ship(1)).expect_err("no receipt");
        assert_eq!(error.applied(), applied, "{status}");
        assert_eq!(bench.script.asked().len(), 1, "{status}");
    }
}

fn probe(command: &Command, shown: &str) -> Probe {
    let bench = Bench::new([answer(200, shown)]);
    bench.clock.run(bench.channel.probe(&bench.cx(), command)).unwrap()
}

#[test]
fn probes_compare_with_the_image_from_before() {
    let happened = |p: Probe| matches!(p, Probe::Happened { .. });
    let inconclusive = |p: Probe| matches!(p, Probe::Inconclusive { .. });
    let mut second = ship(2);
    second.before = Some(2);
    assert!(happened(probe(&second, &order(&[("Shipped", 4, TRACKING), ("Acknowledged", 1, "")]))));
    assert_eq!(probe(&second, &order(&[("Shipped", 2, TRACKING), ("Acknowledged", 3, "")])), Probe::DidNot);
    assert!(inconclusive(probe(&second, &order(&[("Shipped", 3, TRACKING), ("Acknowledged", 2, "")]))));
    assert_eq!(probe(&second, &order(&[("Shipped", 2, TRACKING), ("Shipped", 3, "OTHER")])), Probe::DidNot);

    assert!(happened(probe(&acknowledge(), &order(&[("Acknowledged", 5, "")]))));
    assert_eq!(probe(&acknowledge(), &order(&[("Created", 5, "")])), Probe::DidNot);
    assert_eq!(probe(&acknowledge(), &order(&[("Created", 1, ""), ("Cancelled", 4, "")])), Probe::DidNot);
    assert!(inconclusive(probe(&acknowledge(), &order(&[("Cancelled", 5, "")]))));
    // Units of unknown whereabouts: a "no" would be a guess.
    assert!(inconclusive(probe(&acknowledge(), &order(&[("OnHold", 5, "")]))));

    let mut third = cancel(1);
    third.before = Some(1);
    assert!(happened(probe(&third, &order(&[("Cancelled", 2, ""), ("Created", 3, "")]))));
    assert_eq!(probe(&third, &order(&[("Cancelled", 1, ""), ("Created", 4, "")])), Probe::DidNot);
    let mut elsewhere = ship(1);
    if let Act::ConfirmShipment(confirm) = &mut elsewhere.act {
        confirm.report.lines[0].line_id = "7".into();
    }
    assert!(inconclusive(probe(&elsewhere, &order(&[("Created", 5, "")]))));

    let bench = Bench::new([refusal(404, "CONTENT_NOT_FOUND.GMP_ORDER_API", "no")]);
    assert!(inconclusive(bench.clock.run(bench.channel.probe(&bench.cx(), &acknowledge())).unwrap()));
    let mut level = command(Act::SetLevel(SetLevel { sku: "A".into(), level: 1 }));
    level.channel_order_id = None;
    let bench = Bench::new([]);
    assert!(inconclusive(bench.clock.run(bench.channel.probe(&bench.cx(), &level)).unwrap()));
}

#[test]
fn before_images_count_what_is_there() {
    let bench = Bench::new([]);
    let shown =
        order(&[("Shipped", 2, "1Z 999AA10123456784"), ("Cancelled", 1, ""), ("Acknowledged", 2, "")]);
    let raw = RawOrder { channel_order_id: "PO1".into(), raw: shown.into() };
    let read = bench.channel.normalise(&raw);
    let image = |command: &Command| bench.channel.before_image(command, &read);
    assert_eq!((image(&ship(1)), image(&cancel(1)), image(&acknowledge())), (Some(2), Some(1), None));
}
