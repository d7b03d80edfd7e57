//! Errors as Walmart writes them, and what they mean for a retry.

use crate::ports::{Bench, answer, refusal};
use sutler_core::{
    channel::{Channel, Fetched},
    error::{Applied, ErrorKind, Retry},
};
use sutler_walmart::parse_error;

#[test]
fn kinds_follow_the_status_and_without_one_the_code() {
    let body = |code: &str| {
        format!(r#"{{"errors":{{"error":[{{"code":"{code}.GMP_ORDER_API","description":"d"}}]}}}}"#)
    };
    for (status, code, kind, applied) in [
        (400, "INVALID_REQUEST_CONTENT", ErrorKind::Refused, Applied::No),
        (400, "INVALID_REQUEST_PARAM", ErrorKind::Invalid, Applied::No),
        (401, "UNAUTHORIZED", ErrorKind::Unauthorized, Applied::No),
        (403, "FORBIDDEN", ErrorKind::Forbidden, Applied::No),
        (404, "CONTENT_NOT_FOUND", ErrorKind::NotFound, Applied::No),
        (404, "URI_NOT_FOUND", ErrorKind::NotFound, Applied::No),
        (423, "RESOURCE_IS_LOCKED", ErrorKind::Conflict, Applied::No),
        (429, "REQUEST_THRESHOLD_VIOLATED", ErrorKind::RateLimited, Applied::No),
        (500, "SYSTEM_ERROR", ErrorKind::Remote, Applied::Unknown),
        (504, "DOWNSTREAM_SYSTEM_TIME_OUT", ErrorKind::Remote, Applied::Unknown),
    ] {
        for known in [Some(status), None] {
            let read = parse_error(known, body(code).as_bytes());
            assert_eq!((read.kind, read.applied), (kind, applied), "{code} {known:?}");
            assert_eq!(read.details[0].prefix(), code);
            assert_eq!(read.message, format!("walmart answered {status}: {code}.GMP_ORDER_API, d"));
        }
    }
    let odd = parse_error(Some(520), b"");
    assert_eq!(
        (odd.kind, odd.message.as_str()),
        (ErrorKind::Remote, "walmart answered 520: the answer is empty")
    );
    let xml = parse_error(Some(400), b"<errors><error><code>INVALID_REQUEST_PARAM.X</code></error></errors>");
    assert!(
        xml.message.contains("got XML") && xml.message.contains("INVALID_REQUEST_PARAM.X"),
        "{}",
        xml.message
    );
}

#[test]
fn a_read_is_repeated_where_that_helps() {
    let order = r#"{"order":{"purchaseOrderId":"1"}}"#;
    let bench = Bench::new([
        refusal(500, "SYSTEM_ERROR.GMP_GATEWAY_API", "x"),
        answer(200, "<html>a proxy's page</html>"),
        refusal(423, "RESOURCE_IS_LOCKED.GMP_ORDER_API", "locked"),
        answer(200, order),
    ]);
    let found = bench.clock.run(bench.channel.fetch(&bench.cx(), &"1".into())).unwrap();
    assert!(matches!(found, Fetched::Found(..)));
    assert_eq!(bench.script.asked().len(), 4);
}

#[test]
fn a_wrong_address_is_an_error_and_a_missing_order_is_not() {
    let bench = Bench::new([
        refusal(404, "CONTENT_NOT_FOUND.GMP_ORDER_API", "no"),
        refusal(404, "URI_NOT_FOUND.GMP_GATEWAY_API", "no"),
    ]);
    let first = bench.clock.run(bench.channel.fetch(&bench.cx(), &"1".into())).unwrap();
    assert_eq!(first, Fetched::NotVisible);
    let error = bench.clock.run(bench.channel.fetch(&bench.cx(), &"1".into())).expect_err("wrong address");
    assert_eq!((error.kind(), error.retry()), (ErrorKind::NotFound, Retry::Never));
}

#[test]
fn a_limit_is_waited_out_as_the_headers_say() {
    let headers = [
        ("x-next-replenishment-time", "1700000005000"),
        ("x-next-replenishment-time", "1700000005"),
        ("x-next-replenish-time", "2023-11-14T22:13:25Z"),
        ("retry-after", "5"),
    ];
    for (name, value) in headers {
        let mut limited = refusal(429, "REQUEST_THRESHOLD_VIOLATED.GMP_GATEWAY_API", "slow down");
        limited.headers_mut().insert(name, value.parse().unwrap());
        let bench = Bench::new([limited, answer(200, r#"{"order":{"purchaseOrderId":"1"}}"#)]);
        let started = bench.cx().deadline;
        bench.clock.run(bench.channel.fetch(&bench.cx(), &"1".into())).unwrap();
        let waited = (bench.cx().deadline - started).num_milliseconds();
        assert!((5_000..8_000).contains(&waited), "{name}: {value} waited {waited} ms");
    }
}

#[test]
fn a_forbidden_call_says_so_at_once() {
    let bench = Bench::new([refusal(403, "FORBIDDEN.GMP_GATEWAY_API", "scope")]);
    let error = bench.clock.run(bench.channel.fetch(&bench.cx(), &"1".into())).expect_err("forbidden");
    assert_eq!((error.kind(), error.retry()), (ErrorKind::Forbidden, Retry::Never));
}
