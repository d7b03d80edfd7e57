//! What a trace event shows. Alone in its program: two threads that meet a callsite for the first time, one of them with a
//! subscriber, may lose its events, and no other test should be able to make this one fail.

#[path = "pipe/world.rs"]
#[expect(dead_code, reason = "the world of the pipe's tests; this one uses little of it")]
mod world;

use std::sync::{Arc, Mutex};
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};
use world::{READ, World, answer};

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
