//! The channel: build, send, map. Control flow only; statuses are the dialect's, meanings are the mapping's.

mod orders;
mod read;
mod returns;
mod stock;

use crate::{
    map,
    push::{self, PushAuth},
};
use async_trait::async_trait;
use bytes::Bytes;
use http::Method;
use std::{
    borrow::Cow,
    num::NonZeroU16,
    sync::{Mutex, PoisonError},
    time::Duration as Wait,
};
use sutler_core::{
    channel::{
        Batch, CallCx, Capabilities, Channel, Fetched, LevelAnswer, Probe, PullFrom, Pulled, RawOrder,
        Receipt, Settled, Standing, StockChannel, StreamKind, image,
    },
    command::{Act, Command, Handle},
    error::{Error, ErrorKind, Result, Retry},
    id::{ChannelId, ChannelOrderId, SellerId, Sku},
    order::ChannelOrder,
    push::{PushOutcome, PushRequest, Pushes},
    returns::ReturnsChannel,
    time::{Duration, Timestamp},
};
use sutler_http::{Call, Pipe, Request, Response};

/// The streams: each kind of ship node is listed apart, by creation and by modification.
pub(crate) const STREAMS: [(&str, StreamKind, &str); 6] = [
    ("created/SellerFulfilled", StreamKind::Created, "SellerFulfilled"),
    ("changed/SellerFulfilled", StreamKind::Changed, "SellerFulfilled"),
    ("created/WFSFulfilled", StreamKind::Created, "WFSFulfilled"),
    ("changed/WFSFulfilled", StreamKind::Changed, "WFSFulfilled"),
    ("created/3PLFulfilled", StreamKind::Created, "3PLFulfilled"),
    ("changed/3PLFulfilled", StreamKind::Changed, "3PLFulfilled"),
];

/// What of the configuration calls are built with.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) page_limit: NonZeroU16,
    pub(crate) backfill: Duration,
    pub(crate) call_timeout: Wait,
    pub(crate) ship_node: Option<String>,
    pub(crate) pushes: Option<PushAuth>,
}

/// One Walmart seller. Made by [`crate::Walmart::build`].
#[derive(Debug)]
pub struct WalmartChannel {
    id: ChannelId,
    seller: SellerId,
    capabilities: Capabilities,
    pipe: Pipe,
    settings: Settings,
    /// The seller's one ship node, once read.
    learnt_node: Mutex<Option<String>>,
}

impl WalmartChannel {
    pub(crate) fn new(
        id: ChannelId,
        seller: SellerId,
        capabilities: Capabilities,
        pipe: Pipe,
        settings: Settings,
    ) -> Self {
        WalmartChannel { id, seller, capabilities, pipe, settings, learnt_node: Mutex::new(None) }
    }

    async fn send(
        &self,
        cx: &CallCx,
        call: &Call,
        method: Method,
        path: &str,
        body: Vec<u8>,
    ) -> Result<Response> {
        let request: Request =
            http::Request::builder().method(method).uri(path).body(Bytes::from(body)).map_err(|error| {
                Error::new(ErrorKind::Invalid, call.op)
                    .message("the request cannot be written")
                    .with_source(error)
            })?;
        self.pipe.call(cx, &call.timeout(self.settings.call_timeout), request).await
    }

    fn learnt_node(&self) -> Option<String> {
        let learnt = || self.learnt_node.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.settings.ship_node.clone().or_else(learnt)
    }
}

/// The answer cannot be read. Nobody knows what a write did then, which the caller adds.
fn unreadable(op: &'static str, what: &str) -> Error {
    Error::new(ErrorKind::Remote, op).message(format!("the answer is no {what}")).with_retry(Retry::Backoff)
}

/// The body as UTF-8. Bytes that are none become U+FFFD: one broken name must not keep a whole page, and every order on it,
/// from being read.
fn readable(response: &Response) -> Bytes {
    match String::from_utf8_lossy(response.body()) {
        Cow::Borrowed(_) => response.body().clone(),
        Cow::Owned(mended) => Bytes::from(mended),
    }
}

fn body_text<'r>(op: &'static str, response: &'r Response) -> Result<&'r str> {
    std::str::from_utf8(response.body()).map_err(|_| unreadable(op, "UTF-8 text"))
}

#[async_trait]
impl Channel for WalmartChannel {
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
        Some(self.pipe.clock_offset())
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

    async fn perform(&self, cx: &CallCx, batch: &Batch<'_>) -> Result<Vec<Receipt>> {
        let Some(first) = batch.commands.first() else {
            return Err(Error::new(ErrorKind::Invalid, "walmart.perform").message("the batch is empty"));
        };
        if let Act::SetLevel(_) = first.act {
            return self.set_levels(cx, batch.commands).await;
        }
        if batch.commands.len() > 1 {
            return Err(Error::new(ErrorKind::Invalid, "walmart.perform").message(format!(
                "a batch of {} is too large for {}; 1 is right",
                batch.commands.len(),
                first.act.verb().as_str()
            )));
        }
        self.write_order(cx, first).await.map(|receipt| vec![receipt])
    }

    async fn probe(&self, cx: &CallCx, doubt: &Command) -> Result<Probe> {
        let Some(id) = &doubt.channel_order_id else {
            return Ok(map::conflict::judge_level(doubt));
        };
        match self.one(cx, id).await? {
            Fetched::Found(raw, _) => Ok(match &doubt.act {
                Act::Refund(refund) => map::refund::judge(doubt, refund, &raw.raw),
                _ => image::judge(doubt, &map::order(&raw)),
            }),
            Fetched::NotVisible => Ok(Probe::Inconclusive { why: "the order is not visible now".into() }),
        }
    }

    async fn settle(&self, cx: &CallCx, handle: &Handle, commands: &[Command]) -> Result<Settled> {
        self.feed_outcome(cx, handle, commands).await
    }

    fn before_image(&self, command: &Command, order: &ChannelOrder) -> Option<u32> {
        match &command.act {
            Act::Refund(refund) => map::refund::given_back(refund, &order.raw),
            act => image::shown(act, order),
        }
    }

    fn stock(&self) -> Option<&dyn StockChannel> {
        Some(self)
    }

    fn returns(&self) -> Option<&dyn ReturnsChannel> {
        Some(self)
    }

    fn pushes(&self) -> Option<&dyn Pushes> {
        self.settings.pushes.is_some().then_some(self)
    }
}

#[async_trait]
impl Pushes for WalmartChannel {
    async fn receive(&self, _: Timestamp, request: &PushRequest) -> PushOutcome {
        match &self.settings.pushes {
            Some(auth) => push::receive(auth, request),
            None => PushOutcome::Refused {
                reply: sutler_core::push::PushReply::status(404),
                why: "no pushes are configured".into(),
            },
        }
    }

    /// Walmart's messages need no key of its own.
    async fn learn_key(&self, _: &CallCx, _: &str) -> Result<()> {
        Ok(())
    }
}

#[async_trait]
impl StockChannel for WalmartChannel {
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
