//! The connector.

use super::{
    capabilities, document,
    market::{Arranged, Arranging, SELLER},
};
use crate::examples::{
    book::{Refusal, refuse},
    model::{self, named, receipt},
    wire::Wire,
};
use async_trait::async_trait;
use sutler_core::{
    budget::Budgets,
    channel::{
        Batch, CallCx, Capabilities, Channel, Fetched, LevelAnswer, Page, Probe, PullFrom, Pulled, RawOrder,
        Receipt, Settled, Standing, StockChannel,
    },
    command::{Act, Command, Handle},
    error::{Error, ErrorKind, Result},
    id::{ChannelId, ChannelOrderId, SellerId, Sku},
    observation::Coverage,
    order::{ChannelOrder, LineQuantity, ShipmentReport},
    push::Pushes,
    time::Timestamp,
};

/// One seller of the marketplace.
#[derive(Debug)]
pub struct ArrangingChannel {
    id: ChannelId,
    seller: SellerId,
    capabilities: Capabilities,
    pub(super) secret: String,
    wire: Wire<Arranging>,
}

impl ArrangingChannel {
    /// The seller with this secret, by this way.
    pub fn new(id: ChannelId, secret: &str, wire: Wire<Arranging>, budgets: &Budgets) -> ArrangingChannel {
        model::declare(budgets, capabilities::NAME, SELLER, wire.now());
        let capabilities = capabilities::of(SELLER);
        ArrangingChannel { id, seller: SELLER.into(), capabilities, secret: secret.to_owned(), wire }
    }

    async fn seen(&self, cx: &CallCx, order: &ChannelOrderId) -> Result<Option<ChannelOrder>> {
        Ok(match self.fetch(cx, order).await? {
            Fetched::Found(raw, _) => Some(self.normalise(&raw)),
            Fetched::NotVisible => None,
        })
    }
}

fn act(market: &mut Arranging, now: Timestamp, command: &Command) -> Result<String, Refusal> {
    let order = || named(command.channel_order_id.as_ref());
    let units = |part: &LineQuantity| (part.line_id.to_string(), part.quantity);
    match &command.act {
        Act::ConfirmPackages(confirm) => {
            let parcel = |report: &ShipmentReport| Arranged {
                tracking: report.tracking.clone(),
                carrier: report.carrier.clone(),
                items: report.lines.iter().map(units).collect(),
            };
            let parcels: Vec<Arranged> = confirm.packages.iter().map(parcel).collect();
            market.arrange(now, order()?, &parcels, confirm.override_cancel)
        }
        Act::Cancel(cancel) => {
            let items: Vec<_> = cancel.lines.iter().map(units).collect();
            market.cancel(now, order()?, &items)
        }
        Act::AnswerCancel(answer) => market.answer(now, order()?, answer.grant),
        Act::SetLevel(set) => market.set(now, set.sku.as_str(), set.level),
        other => refuse("unknown", format!("the marketplace has no {} of this kind", other.verb().as_str())),
    }
}

#[async_trait]
impl Channel for ArrangingChannel {
    fn id(&self) -> &ChannelId {
        &self.id
    }

    fn seller(&self) -> &SellerId {
        &self.seller
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn check(&self, cx: &CallCx) -> Result<Standing> {
        self.wire.read(cx, &self.secret, "arranging.check", |_, now| {
            let clock_offset_ms = (now - self.wire.now()).num_milliseconds();
            Ok(Standing { seller: Some(SELLER.into()), clock_offset_ms, ..Standing::default() })
        })
    }

    async fn pull(&self, cx: &CallCx, from: &PullFrom) -> Result<Pulled> {
        let window = (from.window.from, from.window.to);
        let read = |market: &mut Arranging, now| Ok(market.list(now, window, from.cursor.as_deref()));
        let (orders, next, total) = self.wire.read(cx, &self.secret, "arranging.orders.list", read)?;
        let raw = |(id, document): (String, serde_json::Value)| RawOrder {
            channel_order_id: id.into(),
            raw: document.to_string().into(),
        };
        Ok(Pulled::Page(Page {
            orders: orders.into_iter().map(raw).collect(),
            next,
            total: Some(total),
            seller: Some(self.seller.clone()),
            coverage: Coverage::ALL,
        }))
    }

    async fn fetch(&self, cx: &CallCx, order: &ChannelOrderId) -> Result<Fetched> {
        let read = |market: &mut Arranging, now| Ok(market.detail(now, order.as_str()));
        let found = self.wire.read(cx, &self.secret, "arranging.orders.detail", read)?;
        Ok(found.map_or(Fetched::NotVisible, |document| {
            let raw = document.to_string().into();
            Fetched::Found(RawOrder { channel_order_id: order.clone(), raw }, Coverage::ALL)
        }))
    }

    fn normalise(&self, raw: &RawOrder) -> ChannelOrder {
        document::read(raw)
    }

    async fn perform(&self, cx: &CallCx, batch: &Batch<'_>) -> Result<Vec<Receipt>> {
        let [command] = batch.commands else {
            return Err(Error::new(ErrorKind::Invalid, "arranging.perform")
                .message(format!("{} commands; one a call is right", batch.commands.len())));
        };
        let does = |market: &mut Arranging, now| Ok(receipt(act(market, now, command)));
        Ok(vec![self.wire.write(cx, &self.secret, "arranging.perform", does).await?])
    }

    async fn probe(&self, cx: &CallCx, doubt: &Command) -> Result<Probe> {
        let Some(id) = &doubt.channel_order_id else {
            return Ok(Probe::Inconclusive { why: "a level is set again, not looked for".into() });
        };
        let Some(order) = self.seen(cx, id).await? else {
            return Ok(Probe::Inconclusive { why: format!("order {id} is not visible") });
        };
        let facts = &order.facts;
        let happened = match &doubt.act {
            Act::ConfirmPackages(confirm) => confirm.packages.iter().all(|report| {
                let under = |part: &LineQuantity| {
                    facts.line(&part.line_id).is_some_and(|line| line.shipped_under(&report.tracking) > 0)
                };
                report.lines.iter().all(under)
            }),
            // A whole order is cancelled once, whoever did it.
            Act::Cancel(_) => facts.lines.iter().all(|line| line.cancelled == line.ordered),
            Act::AnswerCancel(answer) if answer.grant => {
                facts.lines.iter().all(|line| line.cancelled == line.ordered)
            }
            Act::AnswerCancel(_) => !facts.cancel_requested(),
            other => {
                let why = format!("nothing shows a {}", other.verb().as_str());
                return Ok(Probe::Inconclusive { why });
            }
        };
        let evidence = format!("order {id} shows it");
        Ok(if happened { Probe::Happened { evidence } } else { Probe::DidNot })
    }

    async fn settle(&self, _: &CallCx, handle: &Handle, _: &[Command]) -> Result<Settled> {
        Ok(Settled::Lost { why: format!("nothing was ever accepted under {handle}") })
    }

    fn stock(&self) -> Option<&dyn StockChannel> {
        Some(self)
    }

    fn pushes(&self) -> Option<&dyn Pushes> {
        Some(self)
    }
}

#[async_trait]
impl StockChannel for ArrangingChannel {
    async fn levels(&self, cx: &CallCx, skus: &[Sku]) -> Result<Vec<LevelAnswer>> {
        let names: Vec<&str> = skus.iter().map(Sku::as_str).collect();
        let read = |market: &mut Arranging, now| Ok(market.levels(now, &names));
        let levels = self.wire.read(cx, &self.secret, "arranging.stock.levels", read)?;
        let answer = |(sku, level): (&Sku, Option<i64>)| LevelAnswer { sku: sku.clone(), level: Ok(level) };
        Ok(skus.iter().zip(levels).map(answer).collect())
    }
}
