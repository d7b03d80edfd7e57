//! For every behaviour of the suite a channel that breaks it, and nothing else: what the suite does not notice, it does not
//! test.

#[path = "shared/shops.rs"]
#[expect(dead_code, reason = "other tests need the rest")]
mod shops;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};
use sutler_core::{channel::Channel, error::Result, time::from_millis};
use sutler_sandbox::{plan::Plan, walmart};
use sutler_testkit::channel_suite::{
    BEHAVIOURS, Stand, Who,
    broken::Broken,
    local::{Local, on_hand},
};

/// Walmart's channel, broken so.
fn broken(how: &'static str) -> impl Fn(Who) -> Result<Box<dyn Stand>> {
    move |who| {
        let settings = walmart::Settings {
            plan: Plan::Explicit(Vec::new()),
            on_hand: on_hand(),
            latency_ms: (0, 0),
            ..walmart::Settings::new(7, from_millis(1_795_420_800_000))
        };
        let is_write = |request: &sutler_http::Request| {
            request.method() != "GET" && !request.uri().path().contains("token")
        };
        let world = walmart::World::new(settings.clone());
        Local::open(world, who, is_write, |parts, secret| {
            let walmart = shops::walmart(&settings, secret);
            let inner: Arc<dyn Channel> = Arc::new(walmart.build("suite".into(), parts)?);
            Ok(Arc::new(Broken::new(inner, how)) as Arc<dyn Channel>)
        })
    }
}

/// The behaviours a channel broken so does not show.
fn failing(how: &'static str) -> Vec<&'static str> {
    let subject = broken(how);
    let passes = |(_, behaviour): &&(&'static str, sutler_testkit::channel_suite::Behaviour)| {
        matches!(catch_unwind(AssertUnwindSafe(|| behaviour(&subject))), Ok(Ok(())))
    };
    BEHAVIOURS.iter().filter(|one| !passes(one)).map(|(name, _)| *name).collect()
}

#[test]
fn each_behaviour_is_missed_by_the_channel_that_breaks_it_and_by_no_other() {
    // What the behaviours say is not wanted here, only that they say something.
    std::panic::set_hook(Box::new(|_| {}));
    let mut wrong = Vec::new();
    if !failing("").is_empty() {
        wrong.push(format!("a channel that breaks nothing fails {:?}", failing("")));
    }
    for (name, _) in BEHAVIOURS {
        let found = failing(name);
        if found != [*name] {
            wrong.push(format!("{name} broken fails {found:?}"));
        }
    }
    drop(std::panic::take_hook());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(BEHAVIOURS.len() >= 40);
}
