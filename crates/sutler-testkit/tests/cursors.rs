//! A cursor that the marketplace does not take any more: the window is read anew, and nothing is missed (G1).

#[path = "shared/shops.rs"]
mod shops;

use async_trait::async_trait;
use bytes::Bytes;
use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
};
use sutler_core::{
    channel::Channel,
    error::Result,
    ports::{
        Clock,
        store::{InboxQuery, StoreExt},
    },
    time::{Duration, Timestamp, from_millis},
};
use sutler_http::{Parts, Request, Response, Transport, TransportError};
use sutler_sandbox::{Marketplace, amazon, ebay, walmart};
use sutler_testkit::bench::{Bench, InProcess, at_once};

fn origin() -> Timestamp {
    from_millis(1_795_420_800_000)
}

/// Lets cursors die a few times: then every page but a window's first is refused, until the window is begun anew.
#[derive(Debug)]
struct Expiring<M> {
    inner: InProcess<M>,
    /// What a page that is not the first has in its query.
    goes_on: &'static str,
    refusal: &'static str,
    left: Arc<AtomicU32>,
    dead: AtomicBool,
}

#[async_trait]
impl<M: Marketplace> Transport for Expiring<M> {
    async fn send(&self, request: Request) -> std::result::Result<Response, TransportError> {
        let path = request.uri().path();
        let is_list = path.ends_with("/orders") || path.ends_with("/order");
        let query = request.uri().query().unwrap_or_default();
        let goes_on = is_list && query.contains(self.goes_on) && !query.contains("offset=0");
        if is_list && !goes_on {
            self.dead.store(false, Ordering::Relaxed);
        }
        let one_less = |left: u32| left.checked_sub(1);
        if goes_on
            && !self.dead.load(Ordering::Relaxed)
            && self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less).is_ok()
        {
            self.dead.store(true, Ordering::Relaxed);
        }
        if goes_on && self.dead.load(Ordering::Relaxed) {
            let answer = http::Response::builder().status(400).header("content-type", "application/json");
            return answer
                .body(Bytes::from_static(self.refusal.as_bytes()))
                .map_err(|error| TransportError::not_sent(error.to_string()));
        }
        self.inner.send(request).await
    }
}

/// Runs the engine for some hours on a marketplace with more orders than a page holds.
fn live<M: Marketplace>(
    world: M,
    (goes_on, refusal): (&'static str, &'static str),
    build: impl FnOnce(Parts) -> Result<Arc<dyn Channel>>,
) -> Result<()> {
    let placed: BTreeSet<String> = world.plan().into_iter().map(|order| order.id).collect();
    let bench = Bench::new(world);
    let left = Arc::new(AtomicU32::new(3));
    let expiring = Expiring {
        inner: bench.market.clone(),
        goes_on,
        refusal,
        left: Arc::clone(&left),
        dead: AtomicBool::new(false),
    };
    let parts = bench.parts(Arc::new(expiring));
    let channel = build(parts.clone())?;
    let name = channel.id().clone();
    let (mut engine, store) = shops::engine(parts, channel)?;
    while bench.clock.now() < origin() + Duration::hours(4) {
        at_once(engine.step())?;
        bench.clock.pass(Duration::minutes(1));
    }
    assert_eq!(left.load(Ordering::Relaxed), 0, "{name}: three cursors were refused");
    let stored: BTreeSet<String> = at_once(store.view(|view| {
        let mut all = BTreeSet::new();
        let mut query = InboxQuery { limit: 500, ..InboxQuery::default() };
        loop {
            let page = view.inbox(&query)?;
            all.extend(page.rows.iter().map(|row| row.channel_order_id.to_string()));
            match page.next {
                Some(next) => query.after = Some(next),
                None => return Ok(all),
            }
        }
    }))?;
    assert_eq!(placed.difference(&stored).collect::<Vec<_>>(), Vec::<&String>::new(), "{name}");
    Ok(())
}

#[test]
fn g01_a_cursor_that_walmart_refuses_loses_nothing() -> Result<()> {
    let settings =
        walmart::Settings { orders: 260, latency_ms: (0, 0), ..walmart::Settings::new(11, origin()) };
    let walmart = shops::walmart(&settings, &settings.client_secret).page_limit(50);
    let refusal = r#"{"errors":{"error":[{"code":"INVALID_REQUEST_PARAM.GMP_ORDER_API","field":"nextCursor","description":"Invalid cursor","severity":"ERROR","category":"DATA"}]}}"#;
    live(walmart::World::new(settings), ("hasMoreElements", refusal), |parts| {
        Ok(Arc::new(walmart.build("walmart".into(), parts)?))
    })
}

#[test]
fn g01_a_token_that_amazon_refuses_loses_nothing() -> Result<()> {
    let settings =
        amazon::Settings { orders: 260, latency_ms: (0, 0), ..amazon::Settings::new(11, origin()) };
    let amazon = shops::amazon(&settings, &settings.client_secret);
    let refusal =
        r#"{"errors":[{"code":"InvalidInput","message":"The pagination token has expired","details":""}]}"#;
    live(amazon::World::new(settings), ("paginationToken=", refusal), |parts| {
        Ok(Arc::new(amazon.build("amazon".into(), parts)?))
    })
}

#[test]
fn g01_an_offset_that_ebay_refuses_loses_nothing() -> Result<()> {
    let settings = ebay::Settings { orders: 260, latency_ms: (0, 0), ..ebay::Settings::new(11, origin()) };
    let ebay = shops::ebay(&settings, &settings.client_secret).page_limit(50);
    let refusal = r#"{"errors":[{"errorId":30820,"domain":"API_FULFILLMENT","category":"REQUEST","message":"Invalid offset."}]}"#;
    live(ebay::World::new(settings), ("offset=", refusal), |parts| {
        Ok(Arc::new(ebay.build("ebay".into(), parts)?))
    })
}
