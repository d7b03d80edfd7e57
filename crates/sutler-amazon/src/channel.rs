//! The channel: build, send, map. Control flow only; statuses are the dialect's, meanings are the mapping's.

mod document;
mod feed;
mod inventory;
mod order_report;
mod read;
mod report;
mod returns;
mod stock;
mod write;

use crate::{map, plan};
use async_trait::async_trait;
use bytes::Bytes;
use http::Method;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration as Wait,
};
use sutler_core::{
    channel::{
        Batch, CallCx, Capabilities, Channel, Fetched, InventoryPage, LevelAnswer, Probe, PullFrom, Pulled,
        RawOrder, ReadNeed, Receipt, Settled, Standing, StockChannel,
    },
    command::{Act, Command, Handle, SetLevel},
    error::{Error, ErrorKind, Result, Retry},
    id::{ChannelId, ChannelOrderId, SellerId, Sku, StreamId},
    order::{ChannelOrder, OrderFacts},
    returns::{Return, ReturnsChannel},
};
use sutler_http::{Call, Pipe, Request, Response};

/// Orders placed or changed, by `lastUpdatedAfter`.
pub(crate) const STREAM: &str = "changed";

/// A report of the same, which stands for it.
pub(crate) const REPORT: &str = "report";

/// What of the configuration calls are built with.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) page_limit: u16,
    pub(crate) call_timeout: Wait,
    pub(crate) marketplaces: Vec<String>,
    /// The full scope of the budget of asking for reports.
    pub(crate) report_budget: Arc<str>,
}

impl Settings {
    /// The marketplace whose stock is published.
    pub(crate) fn home(&self) -> &str {
        self.marketplaces.first().map(String::as_str).unwrap_or_default()
    }
}

/// One Amazon seller. Made by [`crate::Amazon::build`].
#[derive(Debug)]
pub struct AmazonChannel {
    id: ChannelId,
    pub(crate) seller: SellerId,
    capabilities: Capabilities,
    pub(crate) pipe: Pipe,
    settings: Settings,
    #[cfg(feature = "sqs")]
    pub(crate) queue: Option<crate::queue::Queue>,
    /// Which marketplace an order belongs to, as its last read told; a shipment must name it.
    sold_at: Mutex<BTreeMap<ChannelOrderId, String>>,
    /// The report whose orders are being handed on.
    orders_told: report::Kept<RawOrder>,
    /// The report whose returns are being handed on.
    returns_told: report::Kept<(ChannelOrderId, Return)>,
}

/// Orders whose marketplace is remembered, at most; of others the first marketplace is named, or they are read again.
const REMEMBERED: usize = 10_000;

impl AmazonChannel {
    pub(crate) fn new(
        id: ChannelId,
        seller: SellerId,
        capabilities: Capabilities,
        pipe: Pipe,
        settings: Settings,
    ) -> Self {
        AmazonChannel {
            id,
            seller,
            capabilities,
            pipe,
            settings,
            #[cfg(feature = "sqs")]
            queue: None,
            sold_at: Mutex::default(),
            orders_told: report::Kept::default(),
            returns_told: report::Kept::default(),
        }
    }

    #[cfg(feature = "sqs")]
    pub(crate) fn with_queue(self, queue: Option<crate::queue::Queue>) -> Self {
        AmazonChannel { queue, ..self }
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
                    .message("the request cannot be written; an id holds what no URL can hold")
                    .with_source(error)
            })?;
        self.pipe.call(cx, &call.timeout(self.settings.call_timeout), request).await
    }

    /// Only levels travel together.
    async fn perform_many(&self, cx: &CallCx, batch: &Batch<'_>) -> Result<Vec<Receipt>> {
        let mut sets: Vec<&SetLevel> = Vec::with_capacity(batch.commands.len());
        for command in batch.commands {
            let Act::SetLevel(set) = &command.act else {
                return Err(Error::new(ErrorKind::Invalid, "amazon.perform").message(format!(
                    "{} of command {} stands in a batch of {}; alone is right",
                    command.act.verb().as_str(),
                    command.key,
                    batch.commands.len()
                )));
            };
            sets.push(set);
        }
        if sets.is_empty() {
            return Err(Error::new(ErrorKind::Invalid, "amazon.perform").message("the batch is empty"));
        }
        self.set_levels(cx, &sets).await
    }

    fn remember(&self, order: &ChannelOrderId, marketplace: &str) {
        let mut all = self.sold_at.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= REMEMBERED {
            all.clear();
        }
        all.insert(order.clone(), marketplace.to_owned());
    }

    fn sold_at(&self, order: &ChannelOrderId) -> Option<String> {
        self.sold_at.lock().unwrap_or_else(PoisonError::into_inner).get(order).cloned()
    }
}

/// The answer cannot be read. Nobody knows what a write did then, which the caller adds.
fn unreadable(op: &'static str, what: &str) -> Error {
    Error::new(ErrorKind::Remote, op).message(format!("the answer is no {what}")).with_retry(Retry::Backoff)
}

#[async_trait]
impl Channel for AmazonChannel {
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

    fn plan(&self, need: &ReadNeed) -> Vec<StreamId> {
        plan::streams(need, self.settings.page_limit)
    }

    fn wants_look(&self, facts: &OrderFacts) -> bool {
        facts.is_provisional()
    }

    async fn pull(&self, cx: &CallCx, from: &PullFrom) -> Result<Pulled> {
        match from.stream.as_str() {
            REPORT => self.report_page(cx, from).await,
            _ => self.page(cx, from).await,
        }
    }

    async fn fetch(&self, cx: &CallCx, order: &ChannelOrderId) -> Result<Fetched> {
        self.one(cx, order).await
    }

    fn normalise(&self, raw: &RawOrder) -> ChannelOrder {
        map::order(raw)
    }

    async fn perform(&self, cx: &CallCx, batch: &Batch<'_>) -> Result<Vec<Receipt>> {
        let [command] = batch.commands else { return self.perform_many(cx, batch).await };
        let receipt = match (&command.act, &command.channel_order_id) {
            (Act::SetLevel(set), _) => self.set_level(cx, set).await?,
            (Act::Cancel(_), _) => self.cancel(cx, command).await?,
            (Act::ConfirmShipment(confirm), Some(id)) => self.ship(cx, id, confirm).await?,
            (act, _) => {
                return Err(Error::new(ErrorKind::Invalid, "amazon.perform").message(format!(
                    "{} of command {} cannot be done here",
                    act.verb().as_str(),
                    command.key
                )));
            }
        };
        Ok(vec![receipt])
    }

    async fn probe(&self, cx: &CallCx, doubt: &Command) -> Result<Probe> {
        if let Act::Cancel(_) = doubt.act {
            return self.look_for_cancellation(cx, doubt).await;
        }
        let (Act::ConfirmShipment(confirm), Some(id)) = (&doubt.act, &doubt.channel_order_id) else {
            return Ok(Probe::Inconclusive { why: "a level is set again, not looked for".into() });
        };
        match self.one(cx, id).await? {
            Fetched::Found(raw, _) => {
                Ok(map::package::judge(&map::package::Packages::read(&raw.raw), &confirm.report))
            }
            Fetched::NotVisible => Ok(Probe::Inconclusive { why: "the order is not visible now".into() }),
        }
    }

    async fn settle(&self, cx: &CallCx, handle: &Handle, commands: &[Command]) -> Result<Settled> {
        self.feed_outcome(cx, handle, commands).await
    }

    fn stock(&self) -> Option<&dyn StockChannel> {
        Some(self)
    }

    fn returns(&self) -> Option<&dyn ReturnsChannel> {
        Some(self)
    }

    #[cfg(feature = "sqs")]
    fn queue(&self) -> Option<&dyn sutler_core::push::PushQueue> {
        self.queue.is_some().then_some(self)
    }
}

#[async_trait]
impl StockChannel for AmazonChannel {
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

    async fn marketplace_inventory(&self, cx: &CallCx, cursor: Option<&str>) -> Result<InventoryPage> {
        self.inventory_page(cx, cursor).await
    }
}
