//! Levels: set alone, set by a feed, read.

use crate::ports::{Bench, NOW_MS, answer, refusal};
use sutler_core::{
    channel::{Batch, Channel, Receipt, Settled},
    command::{Act, Command, CommandKey, SetLevel, Verb},
    error::{Applied, Error, ErrorKind},
    time::from_millis,
};

fn set(sku: &str, level: u32) -> Command {
    let now = from_millis(NOW_MS);
    let key = CommandKey { verb: Verb::SetLevel, subject: sku.into(), ordinal: 1 };
    Command::intend(key, Act::SetLevel(SetLevel { sku: sku.into(), level }), now, now)
}

fn perform(bench: &Bench, commands: &[Command]) -> Result<Vec<Receipt>, Error> {
    bench.clock.run(bench.channel.perform(&bench.cx(), &Batch { commands }))
}

fn is_done(receipt: &Receipt) -> bool {
    matches!(receipt, Receipt::Done { .. })
}

#[test]
fn one_level_is_a_put_with_the_sku_in_query_and_body() {
    let bench = Bench::new([answer(200, r#"{"sku":"A 1/2","quantity":{"unit":"EACH","amount":7}}"#)]);
    assert!(is_done(&perform(&bench, &[set("A 1/2", 7)]).unwrap()[0]));
    assert_eq!(
        bench.script.asked(),
        [r#"PUT /v3/inventory?sku=A%201%2F2 {"sku":"A 1/2","quantity":{"unit":"EACH","amount":7}}"#]
    );
    let bench = Bench::with([answer(200, "{}")], |w| w.ship_node("5"));
    assert!(is_done(&perform(&bench, &[set("A", 0)]).unwrap()[0]));
    assert!(bench.script.asked()[0].starts_with("PUT /v3/inventory?sku=A&shipNode=5 "));
}

#[test]
fn a_level_answered_otherwise_or_not_at_all_is_told() {
    let bench = Bench::new([answer(200, r#"{"quantity":{"amount":3}}"#)]);
    let error = perform(&bench, &[set("A", 7)]).expect_err("another level");
    assert_eq!((error.kind(), error.applied()), (ErrorKind::Remote, Applied::Unknown));
    for status in [400, 404] {
        let bench = Bench::new([refusal(status, "CONTENT_NOT_FOUND.GMP_INVENTORY_API", "no such SKU")]);
        let receipts = perform(&bench, &[set("A", 7)]).unwrap();
        assert!(
            matches!(&receipts[0], Receipt::Refused { code, .. } if code == "CONTENT_NOT_FOUND.GMP_INVENTORY_API")
        );
    }
}

const NODES: &str = r#"[{"shipNode":"10000003527","nodeType":"PHYSICAL","status":"ACTIVE"}]"#;

#[test]
fn many_levels_are_a_feed_at_the_one_ship_node() {
    let bench = Bench::new([
        answer(200, NODES),
        answer(200, r#"{"feedId":"F1@AB"}"#),
        answer(200, r#"{"feedId":"F2"}"#),
    ]);
    let receipts = perform(&bench, &[set("A", 1), set("B", 2)]).unwrap();
    assert_eq!(receipts, vec![Receipt::Accepted { handle: "F1@AB".into() }; 2]);
    perform(&bench, &[set("A", 1), set("B", 2)]).unwrap();
    let row = |sku: &str, amount| {
        format!(
            r#"{{"sku":"{sku}","shipNodes":[{{"shipNode":"10000003527","quantity":{{"unit":"EACH","amount":{amount}}}}}]}}"#
        )
    };
    let body =
        format!(r#"{{"inventoryHeader":{{"version":"1.5"}},"inventory":[{},{}]}}"#, row("A", 1), row("B", 2));
    let feed = format!("POST /v3/feeds?feedType=MP_INVENTORY {body}");
    assert_eq!(
        bench.script.asked(),
        ["GET /v3/settings/shipping/shipnodes".to_owned(), feed.clone(), feed],
        "the node is learnt once"
    );
}

#[test]
fn a_feed_without_an_id_is_in_doubt_and_one_without_a_node_is_not_sent() {
    for body in ["", "{}", r#"{"feedId":""}"#] {
        let bench = Bench::with([answer(200, body)], |w| w.ship_node("5"));
        let error = perform(&bench, &[set("A", 1), set("B", 2)]).expect_err("no id");
        assert_eq!(error.applied(), Applied::Unknown);
    }
    let bench = Bench::new([answer(200, "[]")]);
    let error = perform(&bench, &[set("A", 1), set("B", 2)]).expect_err("no node");
    assert_eq!((error.kind(), error.applied()), (ErrorKind::Config, Applied::No));
    assert!(error.to_string().contains("ship_node"), "{error}");
    let bench =
        Bench::with([refusal(400, "INVALID_REQUEST_CONTENT.GMP_FEED_API", "bad")], |w| w.ship_node("5"));
    let receipts = perform(&bench, &[set("A", 1), set("B", 2)]).unwrap();
    assert!(receipts.iter().all(|r| matches!(r, Receipt::Refused { .. })) && receipts.len() == 2);
}

fn settle(bench: &Bench, commands: &[Command]) -> Settled {
    bench.clock.run(bench.channel.settle(&bench.cx(), &"F1@AB".to_owned(), commands)).unwrap()
}

fn report(status: &str, received: usize, rows: &[(&str, &str)]) -> http::Response<bytes::Bytes> {
    let row = |(sku, status): &(&str, &str)| {
        let errors = r#""ingestionErrors":{"ingestionError":[{"type":"DATA_ERROR","code":"ERR_1","description":"bad SKU"}]}"#;
        let errors = if *status == "SUCCESS" { "\"index\":0" } else { errors };
        format!(r#"{{"sku":"{sku}","ingestionStatus":"{status}",{errors}}}"#)
    };
    let rows: Vec<_> = rows.iter().map(row).collect();
    answer(
        200,
        &format!(
            r#"{{"feedId":"F1@AB","feedStatus":"{status}","itemsReceived":{received},"itemDetails":{{"itemIngestionStatus":[{}]}}}}"#,
            rows.join(",")
        ),
    )
}

#[test]
fn g08_a_processed_feed_gives_each_row_its_own_outcome() {
    let commands = [set("A", 1), set("B", 2), set("C", 3), set("D", 4)];
    let bench = Bench::new([
        report("PROCESSED", 3, &[("A", "SUCCESS"), ("B", "DATA_ERROR")]),
        report("PROCESSED", 3, &[("C", "SYSTEM_ERROR")]),
    ]);
    let Settled::Receipts(receipts) = settle(&bench, &commands) else { panic!("not settled") };
    assert!(is_done(&receipts[0]));
    assert!(
        matches!(&receipts[1], Receipt::Refused { code, why } if code == "ERR_1" && why.contains("bad SKU"))
    );
    assert!(matches!(&receipts[2], Receipt::Refused { .. }));
    assert!(matches!(&receipts[3], Receipt::Refused { code, .. } if code == "not_in_feed"));
    assert_eq!(
        bench.script.asked(),
        [
            "GET /v3/feeds/F1%40AB?includeDetails=true&offset=0&limit=50",
            "GET /v3/feeds/F1%40AB?includeDetails=true&offset=2&limit=50"
        ]
    );
}

#[test]
fn a_feed_at_work_failed_or_unknown_is_told_apart() {
    let commands = [set("A", 1), set("B", 2)];
    for waiting in [
        report("RECEIVED", 2, &[]),
        report("INPROGRESS", 2, &[]),
        report("PROCESSED", 1, &[("A", "INPROGRESS")]),
    ] {
        let bench = Bench::new([waiting]);
        assert!(matches!(settle(&bench, &commands), Settled::NotYet));
    }
    let bench = Bench::new([report("ERROR", 2, &[])]);
    let Settled::Receipts(receipts) = settle(&bench, &commands) else { panic!("not settled") };
    assert!(
        receipts.len() == 2
            && receipts.iter().all(|r| matches!(r, Receipt::Refused { code, .. } if code == "FEED_ERROR"))
    );
    let bench = Bench::new([refusal(404, "CONTENT_NOT_FOUND.GMP_FEED_API", "no")]);
    assert!(matches!(settle(&bench, &commands), Settled::Lost { .. }));
}

#[test]
fn levels_are_read_one_answer_each() {
    let bench = Bench::new([
        answer(200, r#"{"sku":"A","quantity":{"unit":"EACH","amount":10}}"#),
        refusal(404, "CONTENT_NOT_FOUND.GMP_INVENTORY_API", "no"),
        refusal(400, "CONTENT_NOT_FOUND.GMP_INVENTORY_API", "no"),
        answer(200, r#"{"quantity":{"amount":"-2"}}"#),
    ]);
    let skus = ["A", "B 2", "C", "D"].map(Into::into);
    let stock = bench.channel.stock().unwrap();
    let answers = bench.clock.run(stock.levels(&bench.cx(), &skus)).unwrap();
    let levels: Vec<_> = answers.into_iter().map(|a| a.level.unwrap()).collect();
    assert_eq!(levels, [Some(10), None, None, Some(-2)]);
    assert_eq!(bench.script.asked()[1], "GET /v3/inventory?sku=B%202");
}
