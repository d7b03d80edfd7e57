//! The port: what the engine asks of Newshop.

use crate::capabilities::{capabilities, declare};
use async_trait::async_trait;
use serde_json::Value;
use sutler_core::{
    address::Address,
    channel::{
        Batch, CallCx, Capabilities, Channel, Fetched, LevelAnswer, Probe, PullFrom, Pulled, RawOrder,
        Receipt, Settled, Standing, StockChannel,
    },
    command::{Command, Handle},
    error::{Error, ErrorKind, Result},
    id::{ChannelId, ChannelOrderId, SellerId, Sku},
    order::{ChannelOrder, OrderFacts, Unmapped},
};
use sutler_http::{Parts, SecretString};

/// One Newshop seller account.
#[derive(Debug)]
pub struct NewshopChannel {
    id: ChannelId,
    seller: SellerId,
    capabilities: Capabilities,
    base_url: String,
    #[expect(dead_code, reason = "the first call that is written takes it")]
    secret: SecretString,
    #[expect(dead_code, reason = "the first call that is written goes through a pipe of these")]
    parts: Parts,
}

impl NewshopChannel {
    pub(crate) fn new(
        id: ChannelId,
        seller: SellerId,
        base_url: String,
        secret: SecretString,
        parts: Parts,
    ) -> NewshopChannel {
        declare(&parts.budgets, seller.as_str(), parts.clock.now());
        NewshopChannel { id, capabilities: capabilities(seller.as_str()), seller, base_url, secret, parts }
    }

    /// Nothing was sent, and why.
    fn unwritten(&self, op: &'static str) -> Error {
        Error::new(ErrorKind::Config, op).message(format!(
            "the connector does not speak to {} yet; docs/CONNECTORS.md says what comes next",
            self.base_url
        ))
    }
}

#[async_trait]
impl Channel for NewshopChannel {
    fn id(&self) -> &ChannelId {
        &self.id
    }

    fn seller(&self) -> &SellerId {
        &self.seller
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn check(&self, _: &CallCx) -> Result<Standing> {
        Err(self.unwritten("newshop.check"))
    }

    async fn pull(&self, _: &CallCx, _: &PullFrom) -> Result<Pulled> {
        Err(self.unwritten("newshop.orders.pull"))
    }

    async fn fetch(&self, _: &CallCx, _: &ChannelOrderId) -> Result<Fetched> {
        Err(self.unwritten("newshop.orders.fetch"))
    }

    /// Total: whatever came is an order, and what was not understood is said.
    fn normalise(&self, raw: &RawOrder) -> ChannelOrder {
        let mut facts = OrderFacts::unknown();
        let detail = match serde_json::from_slice::<Value>(&raw.raw) {
            Ok(_) => "no field is read yet".to_owned(),
            Err(error) => format!("no JSON: {error}"),
        };
        facts.unmapped.push(Unmapped { field: "order".into(), detail });
        ChannelOrder {
            channel_order_id: raw.channel_order_id.clone(),
            facts: facts.into(),
            ship_to: Address::default(),
            buyer: Vec::new(),
            raw: raw.raw.clone(),
        }
    }

    async fn perform(&self, _: &CallCx, batch: &Batch<'_>) -> Result<Vec<Receipt>> {
        let Some(first) = batch.commands.first() else {
            return Err(Error::new(ErrorKind::Invalid, "newshop.perform").message("the batch is empty"));
        };
        Err(self
            .unwritten("newshop.perform")
            .message(format!("{} is not written yet", first.act.verb().as_str())))
    }

    async fn probe(&self, _: &CallCx, _: &Command) -> Result<Probe> {
        Ok(Probe::Inconclusive { why: "nothing is looked up yet".into() })
    }

    async fn settle(&self, _: &CallCx, handle: &Handle, _: &[Command]) -> Result<Settled> {
        Ok(Settled::Lost { why: format!("nothing was ever accepted under {handle}") })
    }

    fn stock(&self) -> Option<&dyn StockChannel> {
        Some(self)
    }
}

#[async_trait]
impl StockChannel for NewshopChannel {
    async fn levels(&self, _: &CallCx, _: &[Sku]) -> Result<Vec<LevelAnswer>> {
        Err(self.unwritten("newshop.stock.levels"))
    }
}
