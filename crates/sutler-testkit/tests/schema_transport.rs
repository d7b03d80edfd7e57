//! The transport that checks what passes through it: findings are kept, messages are passed on as they are.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::FutureExt;
use http::Request;
use sutler_http::{Response, Transport, TransportError};
use sutler_sandbox::walmart::{Settings, World};
use sutler_testkit::schema::{CheckedTransport, Checks, Fault, Side, Specs};

/// The local Walmart at one instant.
#[derive(Debug)]
struct Local(Mutex<World>);

fn origin() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_420_800, 0).unwrap_or_default()
}

#[async_trait]
impl Transport for Local {
    async fn send(&self, request: Request<Bytes>) -> Result<Response, TransportError> {
        let mut world = self.0.lock().map_err(|_| TransportError::not_sent("the world is poisoned"))?;
        let reply = world.receive(origin(), &request);
        reply.answer.ok_or_else(|| TransportError::maybe_sent("no answer"))
    }
}

fn token_request(grant: &'static str) -> Request<Bytes> {
    Request::post("http://127.0.0.1:1/v3/token")
        .header("authorization", "Basic c2FuZGJveC1jbGllbnQ6c2FuZGJveC1zZWNyZXQ=")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("wm_qos.correlation_id", "6a2f")
        .header("wm_svc.name", "Walmart Marketplace")
        .header("accept", "application/json")
        .body(Bytes::from_static(grant.as_bytes()))
        .unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn what_passes_is_checked_and_passed_on() {
    let Some(folder) = Specs::from_env().or_say_so() else { return };
    let checks = Arc::new(Checks::load(&folder).unwrap_or_else(|error| panic!("{error}")));
    let world = Local(Mutex::new(World::new(Settings::new(7, origin()))));
    let checked = CheckedTransport::new(world, Arc::clone(&checks));
    let send = |grant| {
        // The local world answers at once.
        let answer = checked.send(token_request(grant)).now_or_never();
        answer
            .expect("an answer at once")
            .map(|answer| answer.status().as_u16())
            .map_err(|error| error.message)
    };
    assert_eq!(send("grant_type=client_credentials"), Ok(200));
    assert_eq!(checked.take_findings(), []);

    assert_eq!(send("grant_type=password"), Ok(400), "a wrong message is passed on, and refused");
    let found = checked.take_findings();
    let told: Vec<_> = found.iter().map(|f| (f.verb.as_str(), f.side, f.place.as_str(), f.fault)).collect();
    assert_eq!(told, [("walmart.token", Side::Request, "body.grant_type", Fault::Choice)]);
    assert_eq!(checked.take_findings(), [], "taken once");

    let summary = checks.summary();
    assert_eq!((summary.checked(Side::Request), summary.checked(Side::Answer), summary.findings), (2, 1, 1));
}
