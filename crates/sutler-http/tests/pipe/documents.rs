//! Documents go without a token, and only where the marketplace keeps documents.

use crate::world::{READ, WRITE, World, answer, failed};
use sutler_core::error::{Applied, ErrorKind, Result, Retry};
use sutler_http::{Call, DocumentHosts, Request, Response};

const HOSTS: DocumentHosts = DocumentHosts(&[".documents.example"]);

fn go(world: &World, call: &Call, url: &str) -> Result<Response> {
    let mut request = Request::default();
    *request.uri_mut() = url.parse().expect("a test's URL");
    let cx = world.within(60_000);
    world.clock.run(world.pipe.document(&cx, call, HOSTS, request))
}

#[test]
fn a_document_is_asked_for_once_without_a_token_and_whatever_it_answers_is_an_answer() {
    let world = World::new();
    world.script([answer(10, 503)]);
    let response = go(&world, &READ, "https://eu.documents.example/a?signature=s").expect("an answer");
    assert_eq!(response.status(), 503);
    let seen = world.seen();
    assert_eq!((seen.len(), seen[0].token.as_str(), world.minted()), (1, "", 0));
}

#[test]
fn g32_a_document_elsewhere_is_refused_and_nothing_is_sent() {
    let world = World::new();
    for url in [
        "http://eu.documents.example/a",
        "https://documents.example/a",
        "https://eu.documents.example.evil.example/a",
        "https://eu.documents.example:8443/a",
        "https://key@eu.documents.example/a",
        "https://127.0.0.1/a",
        "https://api.market.example/a",
    ] {
        let error = go(&world, &READ, url).expect_err(url);
        assert_eq!((error.kind(), error.applied()), (ErrorKind::Protocol, Applied::No), "{url}");
    }
    assert_eq!(world.seen().len(), 0);
}

#[test]
fn a_document_that_does_not_come_in_time_is_timed_out() {
    let world = World::new();
    world.script([answer(40_000, 200), answer(40_000, 200)]);
    let url = "https://eu.documents.example/a";
    assert_eq!(failed(go(&world, &READ, url)), (ErrorKind::Timeout, Retry::Backoff, Applied::No));
    assert_eq!(failed(go(&world, &WRITE, url)), (ErrorKind::Timeout, Retry::Backoff, Applied::Unknown));
}
