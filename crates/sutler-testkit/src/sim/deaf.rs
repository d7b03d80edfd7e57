//! A channel whose probes never tell anything: what is in doubt there stays in doubt, unless an ordinary read shows it.

use async_trait::async_trait;
use std::sync::Arc;
use sutler_core::{
    Result,
    channel::{
        Batch, CallCx, Capabilities, Channel, Fetched, Probe, PullFrom, Pulled, RawOrder, Receipt, Settled,
        Standing, StockChannel,
    },
    command::{Command, Handle},
    id::{ChannelId, ChannelOrderId, SellerId},
    order::{ChannelOrder, OrderFacts},
};

/// Wraps a channel and leaves out its probe.
#[derive(Debug)]
pub struct Deaf(pub Arc<dyn Channel>);

#[async_trait]
impl Channel for Deaf {
    fn id(&self) -> &ChannelId {
        self.0.id()
    }
    fn seller(&self) -> &SellerId {
        self.0.seller()
    }
    fn capabilities(&self) -> &Capabilities {
        self.0.capabilities()
    }
    async fn check(&self, cx: &CallCx) -> Result<Standing> {
        self.0.check(cx).await
    }
    async fn pull(&self, cx: &CallCx, from: &PullFrom) -> Result<Pulled> {
        self.0.pull(cx, from).await
    }
    async fn fetch(&self, cx: &CallCx, order: &ChannelOrderId) -> Result<Fetched> {
        self.0.fetch(cx, order).await
    }
    fn normalise(&self, raw: &RawOrder) -> ChannelOrder {
        self.0.normalise(raw)
    }
    async fn perform(&self, cx: &CallCx, batch: &Batch<'_>) -> Result<Vec<Receipt>> {
        self.0.perform(cx, batch).await
    }
    async fn probe(&self, _: &CallCx, _: &Command) -> Result<Probe> {
        Ok(Probe::Inconclusive { why: "this channel tells nothing".into() })
    }
    async fn settle(&self, cx: &CallCx, handle: &Handle, commands: &[Command]) -> Result<Settled> {
        self.0.settle(cx, handle, commands).await
    }
    fn before_image(&self, command: &Command, order: &ChannelOrder) -> Option<u32> {
        self.0.before_image(command, order)
    }
    fn wants_look(&self, facts: &OrderFacts) -> bool {
        self.0.wants_look(facts)
    }
    fn stock(&self) -> Option<&dyn StockChannel> {
        self.0.stock()
    }
}
