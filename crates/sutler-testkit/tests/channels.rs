//! The three connectors against the suite every channel must pass.

use std::sync::Arc;
use sutler_amazon::Amazon;
use sutler_core::{
    channel::Channel,
    error::Result,
    time::{Timestamp, from_millis},
};
use sutler_ebay::Ebay;
use sutler_http::Request;
use sutler_sandbox::{amazon, ebay, plan::Plan, walmart};
use sutler_testkit::{
    bench::BASE,
    channel_suite,
    channel_suite::{
        Stand, Who,
        local::{Local, on_hand},
    },
};
use sutler_walmart::Walmart;

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
    let (seller, id) = (settings.seller.clone(), settings.client_id.clone());
    Local::open(walmart::World::new(settings), who, is_any_write, |parts, secret| {
        let walmart = Walmart::new(seller, id, secret).local(BASE, format!("{BASE}/v3/token"));
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
    let (seller, id, refresh) =
        (settings.seller.clone(), settings.client_id.clone(), settings.refresh_token.clone());
    Local::open(amazon::World::new(settings), who, is_amazon_write, |parts, secret| {
        let amazon = Amazon::new(seller, id, secret, refresh.as_str())
            .local(BASE, format!("{BASE}/auth/o2/token"))
            .rate_factor(100.0);
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
    let (seller, id, refresh) =
        (settings.seller.clone(), settings.client_id.clone(), settings.refresh_token.clone());
    Local::open(ebay::World::new(settings), who, is_ebay_write, |parts, secret| {
        let ebay = Ebay::new(seller, id, secret, refresh.as_str())
            .local(BASE, format!("{BASE}/identity/v1/oauth2/token"));
        Ok(Arc::new(ebay.build("suite".into(), parts)?) as Arc<dyn Channel>)
    })
}

channel_suite!(walmart_us, on_walmart);
channel_suite!(amazon_na, on_amazon);
channel_suite!(ebay_us, on_ebay);
