//! What is asked of lists, and what is made of their answers.

use crate::ports::{Bench, NOW_MS, answer, refusal};
use http::Response;
use sutler_core::{
    channel::{Channel, Fetched, Page, PullFrom, Pulled, Window},
    error::{ErrorKind, Result},
    time::{Duration, from_millis},
};

fn from(stream: &str, cursor: Option<&str>) -> PullFrom {
    let now = from_millis(NOW_MS);
    let window = Window { from: now - Duration::hours(2), to: now - Duration::milliseconds(1500) };
    PullFrom { stream: stream.into(), window, cursor: cursor.map(str::to_owned) }
}

fn list(total: u64, cursor: &str, orders: &str) -> Response<bytes::Bytes> {
    answer(
        200,
        &format!(
            r#"{{"list":{{"meta":{{"totalCount":{total},"limit":100,"nextCursor":{cursor}}},"elements":{{"order":{orders}}}}}}}"#
        ),
    )
}

fn pull(bench: &Bench, from: &PullFrom) -> Result<Pulled> {
    bench.clock.run(bench.channel.pull(&bench.cx(), from))
}

fn page(pulled: Result<Pulled>) -> Page {
    match pulled.unwrap() {
        Pulled::Page(page) => page,
        other => panic!("{other:?}"),
    }
}

const CURSOR: &str = "?limit=100&hasMoreElements=true&soIndex=2&poIndex=1&partnerId=77&sellerId=101&createdStartDate=2023-11-14T20:13:20Z";

#[test]
fn g02_lists_name_their_window_their_node_and_the_179_days() {
    let bench = Bench::new((0..3).map(|_| list(0, "null", "[]")));
    pull(&bench, &from("created/SellerFulfilled", None)).unwrap();
    pull(&bench, &from("changed/WFSFulfilled", None)).unwrap();
    let mut old = from("created/3PLFulfilled", None);
    old.window.from = from_millis(NOW_MS) - Duration::days(400);
    pull(&bench, &old).unwrap();
    assert_eq!(
        bench.script.asked(),
        [
            "GET /v3/orders?createdStartDate=2023-11-14T20:13:20Z&createdEndDate=2023-11-14T22:13:19Z&limit=100&shipNodeType=SellerFulfilled",
            "GET /v3/orders?createdStartDate=2023-05-19T22:13:20Z&lastModifiedStartDate=2023-11-14T20:13:20Z&lastModifiedEndDate=2023-11-14T22:13:19Z&limit=100&shipNodeType=WFSFulfilled",
            "GET /v3/orders?createdStartDate=2023-05-19T22:13:20Z&createdEndDate=2023-11-14T22:13:19Z&limit=100&shipNodeType=3PLFulfilled",
        ]
    );
}

#[test]
fn bytes_that_are_no_text_keep_no_other_order_from_being_read() {
    let orders = r#"[{"purchaseOrderId":"1"},{"purchaseOrderId":"2","note":"W?"},{"purchaseOrderId":"3"}]"#;
    let broken = |response: Response<bytes::Bytes>| {
        response.map(|body| body.iter().map(|byte| if *byte == b'?' { 0xff } else { *byte }).collect())
    };
    let bench = Bench::new([
        broken(list(3, "null", orders)),
        broken(answer(200, r#"{"order":{"purchaseOrderId":"2","note":"W?"}}"#)),
    ]);
    let page = page(pull(&bench, &from("created/SellerFulfilled", None)));
    let ids: Vec<&str> = page.orders.iter().map(|order| order.channel_order_id.as_str()).collect();
    assert_eq!(ids, ["1", "2", "3"]);
    let fetched = bench.clock.run(bench.channel.fetch(&bench.cx(), &"2".into())).unwrap();
    assert!(matches!(fetched, Fetched::Found(raw, _) if raw.raw.ends_with("W\u{fffd}\"}".as_bytes())));
}

#[test]
fn a_window_out_of_reach_and_a_strange_stream_send_nothing() {
    let bench = Bench::new([]);
    let mut old = from("created/SellerFulfilled", None);
    old.window = Window { from: from_millis(0), to: from_millis(1_000) };
    let error = pull(&bench, &old).expect_err("too old");
    assert!(error.kind() == ErrorKind::Invalid && error.to_string().contains("179 days"), "{error}");
    let error = pull(&bench, &from("deleted/SellerFulfilled", None)).expect_err("no such stream");
    assert!(error.to_string().contains("created/SellerFulfilled"), "{error}");
    assert_eq!(bench.script.asked(), Vec::<String>::new());
}

#[test]
fn every_request_carries_walmarts_headers_and_a_correlation_id_of_its_own() {
    let bench = Bench::new([list(0, "null", "[]"), list(0, "null", "[]")]);
    pull(&bench, &from("created/SellerFulfilled", None)).unwrap();
    pull(&bench, &from("created/SellerFulfilled", None)).unwrap();
    let seen = bench.script.seen.lock().unwrap();
    let header = |n: usize, name: &str| seen[n].headers()[name].to_str().unwrap().to_owned();
    assert_eq!(seen[0].uri().host(), Some("marketplace.walmartapis.com"));
    assert_eq!(header(0, "wm_sec.access_token"), "tok");
    assert_eq!(header(0, "wm_svc.name"), "Walmart Marketplace");
    assert_eq!(header(0, "accept"), "application/json");
    assert_ne!(header(0, "wm_qos.correlation_id"), header(1, "wm_qos.correlation_id"));
    assert!(!seen[0].headers().contains_key("content-type"));
}

#[test]
fn g28_the_cursor_goes_back_as_it_came() {
    let bench = Bench::new([
        list(2, &format!("\"{CURSOR}\""), r#"[{"purchaseOrderId":"1"}]"#),
        list(2, "null", r#"[{"purchaseOrderId":"2"}]"#),
    ]);
    let first = page(pull(&bench, &from("created/SellerFulfilled", None)));
    assert_eq!(first.next.as_deref(), Some(CURSOR));
    assert_eq!((first.total, first.seller.as_ref().map(|s| s.as_str())), (Some(2), Some("101")));
    let second = page(pull(&bench, &from("created/SellerFulfilled", first.next.as_deref())));
    assert_eq!((second.orders[0].channel_order_id.as_str(), second.next), ("2", None));
    assert_eq!(bench.script.asked()[1], format!("GET /v3/orders{CURSOR}"));
}

#[test]
fn an_order_is_a_slice_of_the_body() {
    let body = list(1, "null", r#"[{"purchaseOrderId":"1","x":[1, 2]},  {"purchaseOrderId":"2"}]"#);
    let bytes = body.body().clone();
    let bench = Bench::new([body]);
    let page = page(pull(&bench, &from("created/SellerFulfilled", None)));
    let raws: Vec<_> = page.orders.iter().map(|o| o.raw.clone()).collect();
    assert_eq!(raws, [&br#"{"purchaseOrderId":"1","x":[1, 2]}"#[..], br#"{"purchaseOrderId":"2"}"#]);
    let within = bytes.as_ptr_range();
    assert!(raws.iter().all(|raw| within.contains(&raw.as_ptr())), "the bytes were copied");
}

#[test]
fn a_list_ends_where_it_says_so() {
    let one = r#"[{"purchaseOrderId":"1"}]"#;
    for (cursor, orders) in [
        ("null".to_owned(), one),
        ("\"\"".to_owned(), one),
        (format!("\"{}\"", CURSOR.replace("hasMoreElements=true", "hasMoreElements=false")), one),
        (format!("\"{CURSOR}\""), "[]"),
    ] {
        let bench = Bench::new([list(1, &cursor, orders)]);
        assert_eq!(
            page(pull(&bench, &from("created/SellerFulfilled", None))).next,
            None,
            "{cursor} {orders}"
        );
    }
}

#[test]
fn no_orders_is_a_404_or_an_empty_list_and_a_wrong_address_is_neither() {
    for empty in [
        refusal(404, "CONTENT_NOT_FOUND.GMP_ORDER_API", "no content"),
        answer(404, r#"{"error":[{"code":"SOMETHING.NEW","severity":"INFO"}]}"#),
        answer(200, r#"{"list":{"elements":null}}"#),
        answer(200, r#"{"list":{"errors":[{"code":"CONTENT_NOT_FOUND.GMP_ORDER_API","severity":"INFO"}]}}"#),
        list(0, "null", "{}"),
    ] {
        let bench = Bench::new([empty]);
        let page = page(pull(&bench, &from("created/SellerFulfilled", None)));
        assert!(page.orders.is_empty() && page.next.is_none());
    }
    for wrong in
        [refusal(404, "URI_NOT_FOUND.GMP_GATEWAY_API", "no"), answer(404, "<html/>"), answer(200, "{}")]
    {
        let bench = Bench::new([wrong]);
        assert!(pull(&bench, &from("created/SellerFulfilled", None)).is_err());
    }
}

#[test]
fn a_list_that_holds_an_error_is_not_the_whole_list() {
    let body = r#"{"list":{"errors":[{"code":"SYSTEM_ERROR.GMP_ORDER_API","severity":"ERROR","description":"part failed"}],"elements":{"order":[{"purchaseOrderId":"1"}]}}}"#;
    let bench = Bench::new([answer(200, body)]);
    let error = pull(&bench, &from("created/SellerFulfilled", None)).expect_err("part of it failed");
    assert!(error.to_string().contains("SYSTEM_ERROR"), "{error}");
}

#[test]
fn a_window_beyond_the_cap_is_not_read() {
    let bench = Bench::new([
        list(10_001, "null", "[]"),
        list(10_000, "null", "[]"),
        list(10_001, "null", r#"[{"purchaseOrderId":"1"}]"#),
    ]);
    assert_eq!(
        pull(&bench, &from("created/SellerFulfilled", None)).unwrap(),
        Pulled::TooMany { total: Some(10_001) }
    );
    assert_eq!(page(pull(&bench, &from("created/SellerFulfilled", None))).total, Some(10_000));
    assert_eq!(
        page(pull(&bench, &from("created/SellerFulfilled", Some(CURSOR)))).orders.len(),
        1,
        "later pages go on"
    );
}

#[test]
fn a_cursor_that_leads_nowhere_new_or_elsewhere_is_refused() {
    let again = CURSOR.trim_start_matches('?').replace(':', "%3A");
    for cursor in [CURSOR, again.as_str(), "https://evil.example/v3/orders?limit=1"] {
        let bench = Bench::new([list(9, &format!("\"{cursor}\""), r#"[{"purchaseOrderId":"1"}]"#)]);
        let error = pull(&bench, &from("created/SellerFulfilled", Some(CURSOR))).expect_err(cursor);
        assert_eq!(error.kind(), ErrorKind::Protocol, "{cursor}");
    }
    let bench = Bench::new([]);
    let error = pull(&bench, &from("created/SellerFulfilled", Some("https://evil.example/?limit=1")))
        .expect_err("kept");
    assert_eq!(error.kind(), ErrorKind::Protocol);
}

#[test]
fn an_order_without_an_id_is_not_lost() {
    let bench = Bench::new([list(2, "null", r#"[{"customerOrderId":"7"},{"purchaseOrderId":"2"}]"#)]);
    let page = page(pull(&bench, &from("created/SellerFulfilled", None)));
    let order = bench.channel.normalise(&page.orders[0]);
    assert!(order.channel_order_id.as_str().starts_with("unidentified-"));
    assert!(order.facts.unmapped.iter().any(|odd| odd.field == "purchaseOrderId"));
}

#[test]
fn check_tells_rights_and_the_ship_node() {
    let detail = r#"{"is_valid":true,"scopes":{"orders":"full_access","inventory":"view_only"}}"#;
    let nodes = r#"[{"shipNode":"1","nodeType":"PHYSICAL","status":"ACTIVE"},{"shipNode":"2","nodeType":"3PL","status":"ACTIVE"},{"shipNode":"3","nodeType":"PHYSICAL","status":"INACTIVE"}]"#;
    let bench = Bench::new([answer(200, detail), answer(200, nodes)]);
    let standing = bench.clock.run(bench.channel.check(&bench.cx())).unwrap();
    assert_eq!(standing.ship_node.as_deref(), Some("1"));
    assert_eq!(standing.missing, ["inventory is view_only; full_access is needed"]);
    assert_eq!(standing.scopes, ["orders:full_access", "inventory:view_only"]);
    assert_eq!(bench.script.asked(), ["GET /v3/token/detail", "GET /v3/settings/shipping/shipnodes"]);

    let two = r#"[{"shipNode":"1","status":"ACTIVE"},{"shipNode":"4","status":"ACTIVE"}]"#;
    let bench = Bench::new([answer(200, detail), answer(200, two)]);
    let standing = bench.clock.run(bench.channel.check(&bench.cx())).unwrap();
    assert_eq!(standing.ship_node, None);
    assert!(standing.missing[1].contains("2 active ship nodes"), "{:?}", standing.missing);

    let bench = Bench::with([answer(200, detail), refusal(403, "FORBIDDEN.X", "no")], |w| w.ship_node("9"));
    let standing = bench.clock.run(bench.channel.check(&bench.cx())).unwrap();
    assert_eq!(standing.ship_node.as_deref(), Some("9"));
}
