//! A Newshop in this process: what was sold, what took effect, and the wire format the real one speaks.
//!
//! It is written from what Newshop publishes and not from the connector, so that one misreading does not pass on both sides.

use async_trait::async_trait;
use bytes::Bytes;
use serde_json::json;
use std::sync::{Mutex, MutexGuard, PoisonError};
use sutler_core::{
    error::{Error, ErrorKind, Result},
    id::ChannelOrderId,
    ports::Clock,
    time::Timestamp,
};
use sutler_http::{Request, Response, Transport, TransportError};
use sutler_sandbox::Effects;
use sutler_testkit::{
    bench::Leaping,
    channel_suite::{Fate, SKUS, Sale},
};

/// The secret it accepts.
pub(crate) const SECRET: &str = "newshop-secret";

/// A sale, and what became of it.
#[derive(Clone, Debug)]
pub(crate) struct Sold {
    pub(crate) id: ChannelOrderId,
    pub(crate) sale: Sale,
    pub(crate) at: Timestamp,
    pub(crate) cancel_asked: bool,
}

#[derive(Debug)]
pub(crate) struct Market {
    clock: Leaping,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    sold: Vec<Sold>,
    effects: Effects,
    fate: Fate,
}

impl Market {
    pub(crate) fn new(clock: Leaping) -> Market {
        let mut effects = Effects::default();
        effects.stock.extend(SKUS.map(|sku| (sku.to_owned(), 100)));
        Market { clock, inner: Mutex::new(Inner { sold: Vec::new(), effects, fate: Fate::Answered }) }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn sell(&self, sale: Sale) -> ChannelOrderId {
        let mut inner = self.lock();
        let id = ChannelOrderId::new(format!("N-{}", inner.sold.len() + 1));
        for sku in [Some(sale.sku), sale.and].into_iter().flatten() {
            if let Some(level) = inner.effects.stock.get_mut(sku) {
                *level -= i64::from(sale.units);
            }
        }
        inner.sold.push(Sold { id: id.clone(), sale, at: self.clock.now(), cancel_asked: false });
        id
    }

    pub(crate) fn ask_to_cancel(&self, order: &ChannelOrderId) -> Result<()> {
        let mut inner = self.lock();
        let sold = inner.sold.iter_mut().find(|sold| sold.id == *order);
        let sold = sold.ok_or_else(|| {
            Error::new(ErrorKind::NotFound, "market.ask").message(format!("nobody sold {order}"))
        })?;
        sold.cancel_asked = true;
        Ok(())
    }

    pub(crate) fn effects(&self) -> Effects {
        self.lock().effects.clone()
    }

    pub(crate) fn fate(&self, fate: Fate) {
        self.lock().fate = fate;
    }

    /// The wire: what the real one answers to each call goes here, path by path, and counts what takes effect.
    fn answer(&self, request: &Request) -> (u16, String) {
        let inner = self.lock();
        if (request.method().as_str(), request.uri().path()) == ("GET", "/v1/orders") {
            let orders = inner.sold.iter().map(|sold| {
                json!({
                    "id": sold.id,
                    "placedAt": sold.at.to_rfc3339(),
                    "sku": sold.sale.sku,
                    "units": sold.sale.units,
                    "cancelAsked": sold.cancel_asked,
                })
            });
            return (200, json!({"orders": orders.collect::<Vec<_>>()}).to_string());
        }
        (404, format!("{{\"error\":\"{} {} is not written yet\"}}", request.method(), request.uri().path()))
    }
}

#[async_trait]
impl Transport for Market {
    async fn send(&self, request: Request) -> std::result::Result<Response, TransportError> {
        let is_write = request.method() != "GET";
        let fate = match is_write {
            true => std::mem::replace(&mut self.lock().fate, Fate::Answered),
            false => Fate::Answered,
        };
        if fate == Fate::LostBefore {
            return Err(TransportError::maybe_sent("lost on its way"));
        }
        self.lock().effects.requests += 1;
        let (status, body) = self.answer(&request);
        if fate == Fate::LostAfter {
            return Err(TransportError::maybe_sent("its answer was lost"));
        }
        http::Response::builder()
            .status(status)
            .header("content-type", "application/json")
            .body(Bytes::from(body))
            .map_err(|error| TransportError::not_sent(error.to_string()))
    }
}
