//! What is never shown.

use crate::world::{READ, World, answer, text};
use std::sync::{Arc, Mutex};
use sutler_http::{SecretString, Token};
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};

/// Keeps every event's fields as text.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

struct Words(String);

impl Visit for Words {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.0.push_str(&format!("{}={value:?} ", field.name()));
    }
}

impl Subscriber for Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }
    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn event(&self, event: &Event<'_>) {
        let mut words = Words(String::new());
        event.record(&mut words);
        self.0.lock().expect("one thread").push(words.0);
    }
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

#[test]
fn a_trace_event_names_the_call_and_shows_no_token_and_no_query_value() {
    let log = Log::default();
    let world = World::new();
    world.script([answer(0, 500), answer(0, 200)]);
    tracing::subscriber::with_default(log.clone(), || {
        let mut request = sutler_http::Request::default();
        *request.uri_mut() = "/v3/orders?customerEmail=jo%40doe.example".parse().expect("a path");
        let cx = world.within(60_000);
        assert!(world.clock.run(world.pipe.call(&cx, &READ, request)).is_ok());
    });
    let events = log.0.lock().expect("one thread").clone();
    assert_eq!(events.iter().filter(|event| event.contains("test.orders.pull")).count(), 2, "{events:?}");
    assert!(
        events[1].contains("status=200") && events[1].contains("path=/v3/orders?customerEmail "),
        "{events:?}"
    );
    assert!(!events.concat().contains("token-1") && !events.concat().contains("jo%40"), "{events:?}");
}

#[test]
fn debug_of_a_token_and_of_a_pipe_that_holds_one_shows_no_secret() {
    let world = World::new();
    assert!(world.go(&READ).is_ok());
    assert!(!format!("{:?}", world.pipe).contains("token-1"));
    let token = Token::new("test.token", SecretString::from("hush-hush"), chrono::DateTime::default());
    let token = token.expect("plain text");
    assert_eq!(text(token.secret()), "hush-hush");
    assert!(!format!("{token:?} {:?}", token.header()).contains("hush"));
}
