//! The channel: build, send, map. Control flow only; statuses are the dialect's, meanings are the mapping's.

mod cancel;
mod orders;
mod pushes;
mod read;
mod returns;
mod stock;

use crate::{
    config::Notifications,
    dialect::{CALL_NAME, SignedBody},
    map,
};
use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderValue, Method};
use pushes::Keys;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration as Wait,
};
use stock::Managed;
use sutler_core::{
    channel::{
        Batch, CallCx, Capabilities, Channel, Fetched, LevelAnswer, Probe, PullFrom, Pulled, RawOrder,
        Receipt, Settled, Standing, StockChannel, StreamKind,
    },
    command::{Act, Command, Handle},
    error::{Error, ErrorKind, Result, Retry},
    id::{ChannelId, ChannelOrderId, SellerId, Sku},
    order::{ChannelOrder, OrderFacts},
    push::Pushes,
    returns::ReturnsChannel,
    time::Duration,
};
use sutler_http::{Call, Pipe, Request, Response};

/// The streams: a list is asked by creation or by modification, never by both (with both, eBay heeds creation alone).
pub(crate) const STREAMS: [(&str, StreamKind); 2] =
    [("created", StreamKind::Created), ("changed", StreamKind::Changed)];

/// What of the configuration calls are built with.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) page_limit: u16,
    pub(crate) backfill: Duration,
    pub(crate) returns_budget: Arc<str>,
    pub(crate) call_timeout: Wait,
    pub(crate) notifications: Option<Notifications>,
}

/// The ways to eBay: the seller's, the same at the host of identities, and the application's own.
#[derive(Debug)]
pub(crate) struct Pipes {
    pub(crate) main: Pipe,
    pub(crate) identity: Pipe,
    pub(crate) application: Pipe,
}

/// One eBay seller. Made by [`crate::Ebay::build`].
#[derive(Debug)]
pub struct EbayChannel {
    id: ChannelId,
    seller: SellerId,
    capabilities: Capabilities,
    pipes: Pipes,
    settings: Settings,
    /// How each SKU's listing is managed, once asked.
    managed: Mutex<BTreeMap<Sku, Managed>>,
    keys: Keys,
}

impl EbayChannel {
    pub(crate) fn new(
        id: ChannelId,
        seller: SellerId,
        capabilities: Capabilities,
        pipes: Pipes,
        settings: Settings,
    ) -> Self {
        EbayChannel {
            id,
            seller,
            capabilities,
            pipes,
            settings,
            managed: Mutex::default(),
            keys: Keys::default(),
        }
    }

    async fn get(&self, cx: &CallCx, call: &Call, path: &str) -> Result<Response> {
        self.send(&self.pipes.main, cx, call, Method::GET, path, Vec::new(), None).await
    }

    async fn post(&self, cx: &CallCx, call: &Call, path: &str, body: Vec<u8>) -> Result<Response> {
        self.send(&self.pipes.main, cx, call, Method::POST, path, body, None).await
    }

    /// One Trading call: its name travels in a header.
    async fn trade(&self, cx: &CallCx, call: &Call, name: &'static str, body: String) -> Result<Response> {
        self.send(&self.pipes.main, cx, call, Method::POST, "/ws/api.dll", body.into_bytes(), Some(name))
            .await
    }

    #[expect(clippy::too_many_arguments, reason = "it is what one HTTP call is made of")]
    async fn send(
        &self,
        pipe: &Pipe,
        cx: &CallCx,
        call: &Call,
        method: Method,
        path: &str,
        body: Vec<u8>,
        trading: Option<&'static str>,
    ) -> Result<Response> {
        let body = Bytes::from(body);
        let mut builder =
            http::Request::builder().method(method).uri(path).extension(SignedBody(body.clone()));
        if let Some(name) = trading {
            builder = builder.header(CALL_NAME, HeaderValue::from_static(name));
        }
        let request: Request = builder.body(body).map_err(|error| {
            Error::new(ErrorKind::Invalid, call.op)
                .message("the request cannot be written; an id holds what no URL can hold")
                .with_source(error)
        })?;
        pipe.call(cx, &call.timeout(self.settings.call_timeout), request).await
    }

    fn managed(&self) -> std::sync::MutexGuard<'_, BTreeMap<Sku, Managed>> {
        self.managed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The answer cannot be read. Nobody knows what a write did then, which the caller adds.
fn unreadable(op: &'static str, what: &str) -> Error {
    Error::new(ErrorKind::Remote, op).message(format!("the answer is no {what}")).with_retry(Retry::Backoff)
}

fn json<'r, T: serde::Deserialize<'r>>(op: &'static str, response: &'r Response, what: &str) -> Result<T> {
    serde_json::from_slice(response.body()).map_err(|_| unreadable(op, what))
}

#[async_trait]
impl Channel for EbayChannel {
    fn id(&self) -> &ChannelId {
        &self.id
    }

    fn seller(&self) -> &SellerId {
        &self.seller
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn clock_offset(&self) -> Option<sutler_core::time::Duration> {
        Some(self.pipes.main.clock_offset())
    }

    async fn check(&self, cx: &CallCx) -> Result<Standing> {
        self.standing(cx).await
    }

    async fn pull(&self, cx: &CallCx, from: &PullFrom) -> Result<Pulled> {
        self.page(cx, from).await
    }

    async fn fetch(&self, cx: &CallCx, order: &ChannelOrderId) -> Result<Fetched> {
        self.one(cx, order).await
    }

    fn normalise(&self, raw: &RawOrder) -> ChannelOrder {
        map::order(raw)
    }

    fn before_image(&self, command: &Command, order: &ChannelOrder) -> Option<u32> {
        match &command.act {
            Act::Refund(refund) => map::refund::OrderRefunds::read(&order.raw).given_back(refund),
            _ => None,
        }
    }

    fn wants_look(&self, facts: &OrderFacts) -> bool {
        map::hides_cancel_requests(facts)
    }

    async fn perform(&self, cx: &CallCx, batch: &Batch<'_>) -> Result<Vec<Receipt>> {
        let Some(first) = batch.commands.first() else {
            return Err(Error::new(ErrorKind::Invalid, "ebay.perform").message("the batch is empty"));
        };
        if let Act::SetLevel(_) = first.act {
            return self.set_levels(cx, batch.commands).await;
        }
        if batch.commands.len() > 1 {
            return Err(Error::new(ErrorKind::Invalid, "ebay.perform").message(format!(
                "a batch of {} is too large for {}; 1 is right",
                batch.commands.len(),
                first.act.verb().as_str()
            )));
        }
        let Some(id) = &first.channel_order_id else {
            return Err(Error::new(ErrorKind::Invalid, "ebay.perform")
                .message(format!("command {} names no order of the channel", first.key)));
        };
        let receipt = match &first.act {
            Act::ConfirmShipment(confirm) => self.ship(cx, id, confirm).await?,
            Act::Cancel(cancel) => self.cancel(cx, id, cancel).await?,
            Act::AnswerCancel(answer) => self.answer_cancel(cx, id, answer).await?,
            Act::Refund(refund) => self.refund(cx, id, refund).await?,
            other => {
                return Err(Error::new(ErrorKind::Invalid, "ebay.perform")
                    .message(format!("eBay has no {}", other.verb().as_str())));
            }
        };
        Ok(vec![receipt])
    }

    async fn probe(&self, cx: &CallCx, doubt: &Command) -> Result<Probe> {
        match (&doubt.act, &doubt.channel_order_id) {
            (Act::ConfirmShipment(confirm), Some(id)) => self.probe_shipment(cx, id, confirm).await,
            (Act::Cancel(_), Some(id)) => self.probe_cancel(cx, id).await,
            (Act::AnswerCancel(answer), Some(id)) => self.probe_answer(cx, id, answer).await,
            (Act::Refund(refund), Some(id)) => self.probe_refund(cx, id, refund, doubt.before).await,
            _ => Ok(Probe::Inconclusive { why: "a level is set again, not looked for".into() }),
        }
    }

    async fn settle(&self, cx: &CallCx, handle: &Handle, commands: &[Command]) -> Result<Settled> {
        self.refund_outcome(cx, handle, commands).await
    }

    fn stock(&self) -> Option<&dyn StockChannel> {
        Some(self)
    }

    fn returns(&self) -> Option<&dyn ReturnsChannel> {
        Some(self)
    }

    fn pushes(&self) -> Option<&dyn Pushes> {
        self.settings.notifications.is_some().then_some(self)
    }
}

#[async_trait]
impl StockChannel for EbayChannel {
    async fn levels(&self, cx: &CallCx, skus: &[Sku]) -> Result<Vec<LevelAnswer>> {
        let mut all = Vec::with_capacity(skus.len());
        for sku in skus {
            let level = match self.level(cx, sku).await {
                // Without a credential or the right to read, the other SKUs would only fail the same way.
                Err(error) if matches!(error.kind(), ErrorKind::Unauthorized | ErrorKind::Forbidden) => {
                    return Err(error);
                }
                level => level,
            };
            all.push(LevelAnswer { sku: sku.clone(), level });
        }
        Ok(all)
    }
}
