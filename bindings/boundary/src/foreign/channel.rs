//! A channel of the host's language, as the engine speaks to it. The host shows orders in sutler's own words and does single
//! commands; reading into the model, looking whether a doubtful command happened, and the last look at the clock before a
//! write are done here.

mod profile;
mod pushes;
mod returns;
mod shown;

use super::{Foreign, ask, cut};
use crate::types::{
    ChannelCommand, ChannelProfile, Found, Instant, Level, LineQuantity, Pace, PullRequest, Receipt as Said,
    RefundPart, SettledWork, ShownOrder, ShownPage,
};
use crate::{convert, error::wrong};
use async_trait::async_trait;
use serde_json::json;
use std::{
    fmt,
    future::{Future, poll_fn},
    pin::pin,
    sync::Arc,
    task::Poll,
};
use sutler::{
    Applied, Error, ErrorKind, Result, Retry, Timestamp,
    channel::{
        Batch, CallCx, Capabilities, Channel, Fetched, IntoChannel, LevelAnswer, Page, Parts, Probe,
        PullFrom, Pulled, RawOrder, Receipt, ReturnsChannel, ReturnsSpec, Settled, Standing, StockChannel,
        image,
    },
    clock,
    command::{Act, Command, Handle},
    model::{ChannelId, ChannelOrder, ChannelOrderId, Coverage, SellerId, Sku, from_millis},
    ports::{Budgets, Clock},
    push::Pushes,
};

/// A channel's clock and ours may be this far apart, in milliseconds.
const APART_MAX_MS: u64 = 3_600_000;

/// What an own channel is made of: what it says of itself, and its code.
#[derive(Clone)]
pub struct OwnChannel {
    /// What it says of itself.
    pub profile: ChannelProfile,
    /// Its code.
    pub host: Arc<dyn Foreign>,
}

impl fmt::Debug for OwnChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnChannel").field("profile", &self.profile).finish_non_exhaustive()
    }
}

impl OwnChannel {
    /// The time it runs by, where it is a local marketplace's.
    pub fn pace(&self) -> Option<&Pace> {
        self.profile.pace.as_ref()
    }
}

impl IntoChannel for OwnChannel {
    fn build(self: Box<Self>, name: &ChannelId, parts: &Parts) -> Result<Arc<dyn Channel>> {
        let channel = ForeignChannel::new(name.clone(), *self, parts.clock.clone(), parts.budgets.clone())?;
        Ok(Arc::new(channel))
    }

    fn is_local(&self) -> bool {
        self.profile.pace.is_some()
    }

    fn pace(&self) -> Option<clock::Pace> {
        self.profile.pace.as_ref().map(|pace| clock::Pace {
            origin: from_millis(pace.origin.0),
            started: from_millis(pace.started.0),
            speed: pace.speed,
        })
    }
}

/// A channel of the host's language.
pub struct ForeignChannel {
    id: ChannelId,
    seller: SellerId,
    capabilities: Capabilities,
    returns: ReturnsSpec,
    tells_of_returns: bool,
    takes_pushes: bool,
    host: Arc<dyn Foreign>,
    clock: Arc<dyn Clock>,
    budgets: Arc<Budgets>,
    op: String,
}

impl fmt::Debug for ForeignChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ForeignChannel").field("id", &self.id).finish_non_exhaustive()
    }
}

impl ForeignChannel {
    /// The channel called `id`, by its own profile.
    ///
    /// # Errors
    /// `Config` naming what the profile says and what would be right.
    pub fn new(
        id: ChannelId,
        own: OwnChannel,
        clock: Arc<dyn Clock>,
        budgets: Arc<Budgets>,
    ) -> Result<ForeignChannel> {
        let capabilities = profile::capabilities(&id, &own.profile)?;
        profile::declare(&capabilities, &own.profile, &budgets, clock.now());
        Ok(ForeignChannel {
            op: format!("channels.{id}"),
            id,
            seller: own.profile.seller.as_str().into(),
            capabilities,
            returns: profile::returns(&own.profile),
            tells_of_returns: own.profile.returns.is_some(),
            takes_pushes: own.profile.takes_pushes == Some(true),
            host: own.host,
            clock,
            budgets,
        })
    }

    /// What a method answered cannot be.
    fn broken(&self, method: &str, message: impl Into<String>) -> Error {
        Error::new(ErrorKind::Protocol, format!("{}.{method}", self.op)).message(message)
    }

    /// Where a list goes on. An empty text is no end: it would begin the list anew, for ever.
    fn goes_on(&self, method: &str, next: Option<String>) -> Result<Option<String>> {
        match next.as_deref() {
            Some("") => Err(self.broken(method, "next is empty; where the window ends it is none")),
            _ => Ok(next),
        }
    }

    /// Nothing is asked of the host once the call's time is over.
    fn in_time(&self, method: &str, until: Timestamp, what: &str) -> Result<()> {
        if self.clock.now() < until {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Timeout, format!("{}.{method}", self.op))
            .message(format!("{what} before it was sent"))
            .with_applied(Applied::No))
    }

    /// A read of which so many may be made: it waits for its turn, and gives up at once when none comes in its time.
    async fn paid<T: serde::de::DeserializeOwned>(
        &self,
        cx: &CallCx,
        scope: &str,
        method: &str,
        argument: &impl serde::Serialize,
    ) -> Result<T> {
        while let Err(ready) = self.budgets.take(scope, self.clock.now()) {
            if ready >= cx.deadline {
                let wait = (ready - self.clock.now()).to_std().unwrap_or_default();
                return Err(Error::new(ErrorKind::RateLimited, format!("{}.{method}", self.op))
                    .message(format!("{scope} has no call left before {}", cx.deadline.to_rfc3339()))
                    .with_applied(Applied::No)
                    .with_retry(Retry::After(wait)));
            }
            self.clock.sleep_until(ready).await;
        }
        self.read(cx, method, argument).await
    }

    async fn read<T: serde::de::DeserializeOwned>(
        &self,
        cx: &CallCx,
        method: &str,
        argument: &impl serde::Serialize,
    ) -> Result<T> {
        self.in_time(method, cx.deadline, "the call's time was over")?;
        let answer = self.within(cx, method, ask(&*self.host, &self.op, method, argument)).await;
        // A read changes nothing, whatever became of it.
        answer.map_err(|error| error.with_applied(Applied::No))
    }

    /// Waits for an answer until the call's time is over. What the host does then is its own.
    async fn within<T>(
        &self,
        cx: &CallCx,
        method: &str,
        answer: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        let mut answer = pin!(answer);
        let mut over = self.clock.sleep_until(cx.deadline);
        poll_fn(|waker| match answer.as_mut().poll(waker) {
            Poll::Ready(answer) => Poll::Ready(answer),
            Poll::Pending => over.as_mut().poll(waker).map(|()| {
                Err(Error::new(ErrorKind::Timeout, format!("{}.{method}", self.op))
                    .message("nothing was answered in the call's time")
                    .with_applied(Applied::Unknown))
            }),
        })
        .await
    }

    fn commands(&self, cx: &CallCx, commands: &[Command]) -> Vec<ChannelCommand> {
        commands.iter().map(|command| told(command, cx.write_by)).collect()
    }
}

fn window(from: &PullFrom) -> PullRequest {
    PullRequest {
        stream: from.stream.to_string(),
        since: from.window.from.into(),
        until: from.window.to.into(),
        cursor: from.cursor.clone(),
    }
}

fn raw(order: &ShownOrder) -> RawOrder {
    RawOrder {
        channel_order_id: order.channel_order_id.as_str().into(),
        raw: json!(order).to_string().into(),
    }
}

/// Acts of flavours that an own channel cannot declare are none of its.
fn can_be_told(act: &Act) -> bool {
    !matches!(act, Act::Accept(_) | Act::ConfirmPackages(_) | Act::MoveLevel(_))
}

fn told(command: &Command, write_by: Option<Timestamp>) -> ChannelCommand {
    let mut told = ChannelCommand {
        name: command.key.to_string(),
        verb: command.key.verb.as_str().to_owned(),
        channel_order_id: command.channel_order_id.as_ref().map(ToString::to_string),
        attempt: command.attempt,
        write_by: write_by.map(Instant::from),
        lines: Vec::new(),
        package: None,
        carrier: None,
        tracking: None,
        tracking_url: None,
        shipped_at: None,
        method: None,
        reason: None,
        grant: None,
        parts: Vec::new(),
        sku: None,
        level: None,
    };
    let units = |part: &sutler::model::LineQuantity| LineQuantity {
        line_id: part.line_id.to_string(),
        quantity: part.quantity,
    };
    match &command.act {
        Act::ConfirmShipment(confirm) => {
            let report = &confirm.report;
            told.lines = report.lines.iter().map(units).collect();
            told.package = Some(report.package);
            told.carrier = Some(report.carrier.clone());
            told.tracking = Some(report.tracking.clone());
            told.tracking_url.clone_from(&report.tracking_url);
            told.shipped_at = Some(report.shipped_at.into());
            told.method.clone_from(&confirm.method);
        }
        Act::Cancel(cancel) => {
            told.lines = cancel.lines.iter().map(units).collect();
            told.reason = Some(cancel.reason.as_str().to_owned());
        }
        Act::SetLevel(set) => {
            told.sku = Some(set.sku.to_string());
            told.level = Some(set.level);
        }
        Act::Refund(refund) => {
            told.reason = Some(refund.reason.as_str().to_owned());
            told.parts = refund.parts.iter().map(part).collect();
        }
        Act::AnswerCancel(answer) => {
            told.grant = Some(answer.grant);
            told.tracking.clone_from(&answer.tracking);
            told.shipped_at = answer.shipped_at.map(Instant::from);
        }
        _ => {}
    }
    told
}

fn part(part: &sutler::command::RefundPart) -> RefundPart {
    RefundPart {
        line_id: part.line_id.to_string(),
        charge: part.charge.as_str().into(),
        amount: convert::money(&part.amount),
        tax: part.tax.as_ref().map(convert::money),
    }
}

/// What it answered was none of the answers there are. It may have done all the same what was asked.
fn odd(op: &str, message: impl Into<String>) -> Error {
    wrong(op.to_owned(), message).with_applied(Applied::Unknown)
}

fn receipt(op: &str, said: Said) -> Result<Receipt> {
    let why = said.why.unwrap_or_default();
    let why = cut(why);
    Ok(match said.kind.0.as_str() {
        "done" => Receipt::Done { evidence: if why.is_empty() { "the channel said so".into() } else { why } },
        "accepted" => match said.handle {
            Some(handle) => Receipt::Accepted { handle },
            None => return Err(odd(op, "accepted work has no handle; what to ask after is right")),
        },
        "refused" => Receipt::Refused { code: cut(said.code.unwrap_or_else(|| "refused".into())), why },
        "not_applied" => Receipt::NotApplied {
            why,
            after: said.after.map(|span| std::time::Duration::from_millis(span.0.max(0) as u64)),
        },
        "redirected" => Receipt::Redirected { to: cut(said.code.unwrap_or_default()), why },
        other => {
            return Err(odd(
                op,
                format!(
                    "receipt {other:?} is not known; \"done\", \"accepted\", \"refused\", \"not_applied\" or \"redirected\" is right"
                ),
            ));
        }
    })
}

fn receipts(op: &str, said: Vec<Said>, commands: usize) -> Result<Vec<Receipt>> {
    if said.len() != commands {
        return Err(odd(op, format!("{} receipts for {commands} commands; one each is right", said.len())));
    }
    said.into_iter().map(|said| receipt(op, said)).collect()
}

#[async_trait]
impl Channel for ForeignChannel {
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
        let found: Found = self.read(cx, "check", &json!(null)).await?;
        let ours = self.clock.now();
        let clock_offset_ms = found.now.map_or(0, |now| now.0.saturating_sub(ours.timestamp_millis()));
        if clock_offset_ms.unsigned_abs() > APART_MAX_MS {
            // Believed, it would move how far orders are read, and what lies between would be read by nobody.
            let message = format!(
                "its time is {}, and ours {}; less than an hour apart is right (an instant of another zone?)",
                found.now.map(|now| from_millis(now.0).to_rfc3339()).unwrap_or_default(),
                ours.to_rfc3339()
            );
            return Err(self.broken("check", message));
        }
        Ok(Standing {
            seller: found.seller.map(SellerId::from),
            missing: found.missing.unwrap_or_default(),
            clock_offset_ms,
            ..Standing::default()
        })
    }

    async fn pull(&self, cx: &CallCx, from: &PullFrom) -> Result<Pulled> {
        let page: ShownPage = self.paid(cx, &self.capabilities.pull_budget, "pull", &window(from)).await?;
        if let Some(place) = page.orders.iter().position(|order| order.channel_order_id.is_empty()) {
            let message = format!("order {} of the page has no channel_order_id; its id is right", place + 1);
            return Err(self.broken("pull", message));
        }
        if page.too_many == Some(true) {
            return Ok(Pulled::TooMany { total: page.total });
        }
        Ok(Pulled::Page(Page {
            orders: page.orders.iter().map(raw).collect(),
            next: self.goes_on("pull", page.next)?,
            total: page.total,
            seller: None,
            coverage: Coverage::ALL,
        }))
    }

    async fn fetch(&self, cx: &CallCx, order: &ChannelOrderId) -> Result<Fetched> {
        let found: Option<ShownOrder> =
            self.paid(cx, &self.capabilities.fetch_budget, "fetch", &order.as_str()).await?;
        Ok(found.map_or(Fetched::NotVisible, |order| Fetched::Found(raw(&order), Coverage::ALL)))
    }

    fn normalise(&self, raw: &RawOrder) -> ChannelOrder {
        shown::read(raw)
    }

    async fn perform(&self, cx: &CallCx, batch: &Batch<'_>) -> Result<Vec<Receipt>> {
        let op = format!("{}.perform", self.op);
        let Some(first) = batch.commands.first() else {
            return Err(wrong(op, "no command; at least one is right"));
        };
        let declared = self.capabilities.verb(first.key.verb).filter(|_| can_be_told(&first.act));
        let Some(declared) = declared else {
            return Err(wrong(op, format!("the channel has no {} of this kind", first.key.verb.as_str())));
        };
        if batch.commands.len() > declared.batch_max {
            let message =
                format!("{} commands; {} a call is right", batch.commands.len(), declared.batch_max);
            return Err(wrong(op, message));
        }
        self.in_time("perform", cx.deadline, "the call's time was over")?;
        if let Some(write_by) = cx.write_by {
            self.in_time("perform", write_by, "the lease may be another's")?;
        }
        let commands = self.commands(cx, batch.commands);
        let answers = self.within(cx, "perform", ask(&*self.host, &self.op, "perform", &commands)).await?;
        receipts(&op, answers, batch.commands.len())
    }

    async fn probe(&self, cx: &CallCx, doubt: &Command) -> Result<Probe> {
        let Some(id) = &doubt.channel_order_id else {
            return Ok(Probe::Inconclusive { why: "a level is set again, not looked for".into() });
        };
        match self.fetch(cx, id).await? {
            Fetched::Found(raw, _) => {
                let order = self.normalise(&raw);
                Ok(match &doubt.act {
                    Act::AnswerCancel(answer) => shown::answered(answer.grant, &order),
                    _ => image::judge(doubt, &order),
                })
            }
            Fetched::NotVisible => Ok(Probe::Inconclusive { why: format!("order {id} is not visible") }),
        }
    }

    async fn settle(&self, cx: &CallCx, handle: &Handle, commands: &[Command]) -> Result<Settled> {
        let asked = json!({ "handle": handle, "commands": self.commands(cx, commands) });
        let settled: SettledWork = self.paid(cx, &self.capabilities.settle_budget, "settle", &asked).await?;
        Ok(match settled.kind.0.as_str() {
            "not_yet" => Settled::NotYet,
            "lost" => Settled::Lost { why: settled.why.unwrap_or_default() },
            "receipts" => Settled::Receipts(receipts(
                &format!("{}.settle", self.op),
                settled.receipts.unwrap_or_default(),
                commands.len(),
            )?),
            other => {
                return Err(wrong(
                    format!("{}.settle", self.op),
                    format!("{other:?} is not known; \"not_yet\", \"receipts\" or \"lost\" is right"),
                ));
            }
        })
    }

    fn before_image(&self, command: &Command, order: &ChannelOrder) -> Option<u32> {
        image::shown(&command.act, order)
    }

    fn stock(&self) -> Option<&dyn StockChannel> {
        let writes = self.capabilities.verb(sutler::command::Verb::SetLevel).is_some();
        writes.then_some(self)
    }

    fn returns(&self) -> Option<&dyn ReturnsChannel> {
        self.tells_of_returns.then_some(self)
    }

    fn pushes(&self) -> Option<&dyn Pushes> {
        self.takes_pushes.then_some(self)
    }
}

#[async_trait]
impl StockChannel for ForeignChannel {
    async fn levels(&self, cx: &CallCx, skus: &[Sku]) -> Result<Vec<LevelAnswer>> {
        let names: Vec<&str> = skus.iter().map(Sku::as_str).collect();
        let levels: Vec<Level> = self.paid(cx, &self.capabilities.level_budget, "levels", &names).await?;
        let of =
            |sku: &Sku| levels.iter().find(|level| level.sku == sku.as_str()).and_then(|level| level.level);
        Ok(skus.iter().map(|sku| LevelAnswer { sku: sku.clone(), level: Ok(of(sku)) }).collect())
    }
}
