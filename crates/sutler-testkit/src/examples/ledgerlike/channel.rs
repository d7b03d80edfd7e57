//! The connector.

use super::{
    capabilities, document,
    market::{Ledgerlike, SELLER},
    work::{Promised, Report, Work},
};
use crate::examples::{
    book::Refusal,
    model::{self, receipt},
    wire::Wire,
};
use async_trait::async_trait;
use sutler_core::{
    budget::Budgets,
    channel::{
        Batch, CallCx, Capabilities, Channel, Fetched, LevelAnswer, Page, Probe, PullFrom, Pulled, RawOrder,
        Receipt, Settled, Standing, StockChannel,
    },
    command::{Act, Command, Handle, Promise, Verb},
    error::{Error, ErrorKind, Result},
    id::{ChannelId, ChannelOrderId, SellerId, Sku},
    observation::Coverage,
    order::{ChannelOrder, LineQuantity},
};

/// One supplier of the marketplace.
#[derive(Debug)]
pub struct LedgerlikeChannel {
    id: ChannelId,
    seller: SellerId,
    capabilities: Capabilities,
    secret: String,
    wire: Wire<Ledgerlike>,
}

impl LedgerlikeChannel {
    /// The supplier with this secret, by this way.
    pub fn new(id: ChannelId, secret: &str, wire: Wire<Ledgerlike>, budgets: &Budgets) -> LedgerlikeChannel {
        model::declare(budgets, capabilities::NAME, SELLER, wire.now());
        let capabilities = capabilities::of(SELLER);
        LedgerlikeChannel { id, seller: SELLER.into(), capabilities, secret: secret.to_owned(), wire }
    }

    /// How many commands one call may carry.
    fn most(&self, verb: Verb) -> usize {
        self.capabilities.verb(verb).map_or(1, |spec| spec.batch_max)
    }
}

/// What a command asks for, in the marketplace's words.
fn work(command: &Command) -> Work {
    let order = || command.channel_order_id.as_ref().map(ToString::to_string).unwrap_or_default();
    let units = |parts: &[LineQuantity]| -> Vec<(String, u32)> {
        parts.iter().map(|part| (part.line_id.to_string(), part.quantity)).collect()
    };
    match &command.act {
        Act::Accept(accept) => {
            let promised = |promise: &Promise| Promised {
                line: promise.line_id.to_string(),
                units: promise.quantity,
                ships_at: promise.ship_by,
                cents: Some(promise.amount.minor_units()),
            };
            Work::Accept { order: order(), promises: accept.lines.iter().map(promised).collect() }
        }
        Act::ConfirmShipment(confirm) => Work::Ship {
            order: order(),
            tracking: confirm.report.tracking.clone(),
            carrier: confirm.report.carrier.clone(),
            lines: units(&confirm.report.lines),
        },
        Act::Cancel(cancel) => Work::Cancel { order: order(), lines: units(&cancel.lines) },
        Act::MoveLevel(moved) => Work::Move { sku: moved.sku.to_string(), by: moved.by() },
        other => Work::Unknown { what: other.verb().as_str() },
    }
}

/// What was reported of each command, in the order in which they are asked after.
fn settled(handle: &str, report: &Report, commands: &[Command]) -> Settled {
    let of = |command: &Command| {
        let reference = command.key.to_string();
        report.iter().find(|(known, _)| *known == reference).map(|(_, done)| receipt(done.clone()))
    };
    match commands.iter().map(of).collect() {
        Some(receipts) => Settled::Receipts(receipts),
        None => Settled::Lost { why: format!("{handle} reports nothing of one of the commands") },
    }
}

#[async_trait]
impl Channel for LedgerlikeChannel {
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
        self.wire.read(cx, &self.secret, "ledgerlike.check", |_, now| {
            let clock_offset_ms = (now - self.wire.now()).num_milliseconds();
            Ok(Standing { seller: Some(SELLER.into()), clock_offset_ms, ..Standing::default() })
        })
    }

    async fn pull(&self, cx: &CallCx, from: &PullFrom) -> Result<Pulled> {
        let window = (from.window.from, from.window.to);
        let offset = match from.cursor.as_deref().map(str::parse::<usize>) {
            None => 0,
            Some(Ok(offset)) => offset,
            Some(Err(error)) => {
                return Err(Error::new(ErrorKind::Invalid, "ledgerlike.orders.list")
                    .message(format!("cursor {:?} is not an offset: {error}", from.cursor)));
            }
        };
        let read = |market: &mut Ledgerlike, now| Ok(market.list(now, window, offset));
        let (orders, total) = self.wire.read(cx, &self.secret, "ledgerlike.orders.list", read)?;
        let next = Some(offset + orders.len()).filter(|next| *next < total && !orders.is_empty());
        let raw = |(id, document): (String, serde_json::Value)| RawOrder {
            channel_order_id: id.into(),
            raw: document.to_string().into(),
        };
        Ok(Pulled::Page(Page {
            orders: orders.into_iter().map(raw).collect(),
            next: next.map(|next| next.to_string()),
            total: Some(total as u64),
            seller: None,
            coverage: Coverage::ALL,
        }))
    }

    async fn fetch(&self, cx: &CallCx, order: &ChannelOrderId) -> Result<Fetched> {
        let read = |market: &mut Ledgerlike, now| Ok(market.detail(now, order.as_str()));
        let found = self.wire.read(cx, &self.secret, "ledgerlike.orders.detail", read)?;
        Ok(found.map_or(Fetched::NotVisible, |document| {
            let raw = document.to_string().into();
            Fetched::Found(RawOrder { channel_order_id: order.clone(), raw }, Coverage::ALL)
        }))
    }

    fn normalise(&self, raw: &RawOrder) -> ChannelOrder {
        document::read(raw)
    }

    async fn perform(&self, cx: &CallCx, batch: &Batch<'_>) -> Result<Vec<Receipt>> {
        let most = batch.commands.first().map_or(1, |first| self.most(first.key.verb));
        if batch.commands.is_empty() || batch.commands.len() > most {
            return Err(Error::new(ErrorKind::Invalid, "ledgerlike.perform")
                .message(format!("{} commands; 1 to {most} in a call are right", batch.commands.len())));
        }
        let works = batch.commands.iter().map(|command| (command.key.to_string(), work(command))).collect();
        let ask = |market: &mut Ledgerlike, now| Ok(market.ask(now, works));
        let handle = self.wire.write(cx, &self.secret, "ledgerlike.perform", ask).await?;
        Ok(batch.commands.iter().map(|_| Receipt::Accepted { handle: handle.clone() }).collect())
    }

    async fn probe(&self, cx: &CallCx, doubt: &Command) -> Result<Probe> {
        let seen = |happened: bool, what: String| {
            if happened { Probe::Happened { evidence: what } } else { Probe::DidNot }
        };
        let Some(id) = &doubt.channel_order_id else {
            let reference = doubt.key.to_string();
            let read = |market: &mut Ledgerlike, now| Ok(market.is_entered(now, &reference));
            let entered = self.wire.read(cx, &self.secret, "ledgerlike.stock.ledger", read)?;
            return Ok(seen(entered, format!("the ledger has {reference}")));
        };
        let Fetched::Found(raw, _) = self.fetch(cx, id).await? else {
            return Ok(Probe::Inconclusive { why: format!("order {id} is not visible") });
        };
        let facts = self.normalise(&raw).facts;
        let of = |part: &LineQuantity| facts.line(&part.line_id);
        let happened = match &doubt.act {
            Act::Accept(_) => facts.lines.iter().any(|line| line.acknowledged > 0),
            Act::ConfirmShipment(confirm) => confirm.report.lines.iter().all(|part| {
                of(part).is_some_and(|line| line.shipped_under(&confirm.report.tracking) >= part.quantity)
            }),
            // A line is cancelled whole, once, whoever did it.
            Act::Cancel(cancel) => {
                cancel.lines.iter().all(|part| of(part).is_some_and(|line| line.cancelled == line.ordered))
            }
            other => {
                let why = format!("nothing shows a {}", other.verb().as_str());
                return Ok(Probe::Inconclusive { why });
            }
        };
        Ok(seen(happened, format!("order {id} shows it")))
    }

    async fn settle(&self, cx: &CallCx, handle: &Handle, commands: &[Command]) -> Result<Settled> {
        let read = |market: &mut Ledgerlike, _| Ok(market.report(handle));
        let report = self.wire.read(cx, &self.secret, "ledgerlike.work", read)?;
        Ok(match report {
            Ok(None) => Settled::NotYet,
            Ok(Some(done)) => settled(handle, &done, commands),
            Err(Refusal { why, .. }) => Settled::Lost { why },
        })
    }

    fn stock(&self) -> Option<&dyn StockChannel> {
        Some(self)
    }
}

#[async_trait]
impl StockChannel for LedgerlikeChannel {
    async fn levels(&self, cx: &CallCx, skus: &[Sku]) -> Result<Vec<LevelAnswer>> {
        let names: Vec<&str> = skus.iter().map(Sku::as_str).collect();
        let read = |market: &mut Ledgerlike, now| Ok(market.levels(now, &names));
        let levels = self.wire.read(cx, &self.secret, "ledgerlike.stock.levels", read)?;
        let answer = |(sku, level): (&Sku, Option<i64>)| LevelAnswer { sku: sku.clone(), level: Ok(level) };
        Ok(skus.iter().zip(levels).map(answer).collect())
    }
}
