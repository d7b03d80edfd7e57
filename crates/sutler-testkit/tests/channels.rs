//! The three connectors against the suite every channel must pass.

#[path = "shared/shops.rs"]
#[expect(dead_code, reason = "other tests need the rest")]
mod shops;

use std::sync::Arc;
use sutler_core::{
    channel::Channel,
    error::Result,
    time::{Timestamp, from_millis},
};
use sutler_http::Request;
use sutler_sandbox::{amazon, ebay, plan::Plan, walmart};
use sutler_testkit::{
    channel_suite,
    channel_suite::{
        Stand, Who,
        local::{Local, on_hand},
    },
};

fn origin() -> Timestamp {
    from_millis(1_795_420_800_000)
}

fn is_any_write(request: &Request) -> bool {
    let path = request.uri().path();
    !matches!(request.method().as_str(), "GET" | "HEAD") && !path.contains("token")
}

fn on_walmart(who: Who) -> Result<Box<dyn Stand>> {
    let settings = walmart::Settings {
        plan: Plan::Explicit(Vec::new()),
        on_hand: on_hand(),
        latency_ms: (0, 0),
        ..walmart::Settings::new(7, origin())
    };
    let world = walmart::World::new(settings.clone());
    Local::open(world, who, is_any_write, |parts, secret| {
        let walmart = shops::walmart(&settings, secret);
        Ok(Arc::new(walmart.build("suite".into(), parts)?) as Arc<dyn Channel>)
    })
}

/// Of a feed, what acts is its creation: its document is only put down.
fn is_amazon_write(request: &Request) -> bool {
    let path = request.uri().path();
    is_any_write(request) && !path.ends_with("/documents") && !path.starts_with("/_documents")
}

fn on_amazon(who: Who) -> Result<Box<dyn Stand>> {
    let settings = amazon::Settings {
        plan: Plan::Explicit(Vec::new()),
        on_hand: on_hand(),
        latency_ms: (0, 0),
        rate_factor: 100,
        ..amazon::Settings::new(7, origin())
    };
    let world = amazon::World::new(settings.clone());
    Local::open(world, who, is_amazon_write, |parts, secret| {
        let amazon = shops::amazon(&settings, secret).rate_factor(100.0);
        Ok(Arc::new(amazon.build("suite".into(), parts)?) as Arc<dyn Channel>)
    })
}

/// The Trading API reads by `POST`.
fn is_ebay_write(request: &Request) -> bool {
    let name = request.headers().get("x-ebay-api-call-name").and_then(|name| name.to_str().ok());
    is_any_write(request) && !name.is_some_and(|name| name.starts_with("Get"))
}

fn on_ebay(who: Who) -> Result<Box<dyn Stand>> {
    let settings = ebay::Settings {
        plan: Plan::Explicit(Vec::new()),
        on_hand: on_hand(),
        latency_ms: (0, 0),
        ..ebay::Settings::new(7, origin())
    };
    let world = ebay::World::new(settings.clone());
    Local::open(world, who, is_ebay_write, |parts, secret| {
        let ebay = shops::ebay(&settings, secret);
        Ok(Arc::new(ebay.build("suite".into(), parts)?) as Arc<dyn Channel>)
    })
}

channel_suite!(walmart_us, on_walmart);
channel_suite!(amazon_na, on_amazon);
channel_suite!(ebay_us, on_ebay);
