//! What a host asks of the engine: counts, packages, cancellations, releases, resolutions.
//!
//! Each is appended to the intake and is durable when the call returns; the call does **not** wait for an engine, so it
//! works whether one runs or not. It gives a [`Ticket`], which says what became of it.

use crate::host::Host;
use std::time::Duration as Wait;
use sutler_core::{
    Error, Result, Timestamp,
    command::{CancelReason, CommandKey, Refund},
    error::ErrorKind,
    hold::HoldReason,
    id::{ChannelId, ChannelOrderId, Sku},
    order::{LineQuantity, ShipmentReport},
    ports::{
        BoxFuture,
        store::{Input, IntakeOutcome, Resolution, StoreExt},
    },
    stock::Count,
};

/// How often a ticket is looked at while it waits: another process may take it, and no store can wake us for that.
const LOOK: Wait = Wait::from_millis(20);

/// The proof that something was asked, and the way to learn what became of it.
#[derive(Clone, Debug)]
pub struct Ticket {
    host: Host,
    id: i64,
}

impl Ticket {
    /// Its position in the intake; inputs are taken in this order.
    pub fn id(&self) -> i64 {
        self.id
    }

    /// What became of it so far.
    ///
    /// # Errors
    /// `NotFound` when the store forgot it.
    pub async fn outcome(&self) -> Result<IntakeOutcome> {
        let id = self.id;
        let found = self.host.store.view(move |view| view.intake_outcome(id)).await?;
        found.ok_or_else(|| {
            Error::new(ErrorKind::NotFound, "host.ticket").message(format!("input {id} is not in this store"))
        })
    }

    /// Waits until an engine took it, and answers what it did, in words. Waits for ever when none runs.
    ///
    /// # Errors
    /// `Invalid` when it was refused, with the engine's reason.
    pub async fn taken(&self) -> Result<String> {
        loop {
            match self.outcome().await? {
                IntakeOutcome::Waiting => tokio::time::sleep(LOOK).await,
                IntakeOutcome::Done(what) => return Ok(what),
                IntakeOutcome::Refused(why) => {
                    return Err(Error::new(ErrorKind::Invalid, "host.asked").message(why));
                }
            }
        }
    }
}

/// A count about to be declared: say more about it, then await it.
#[derive(Debug)]
#[must_use = "a count is declared when it is awaited"]
pub struct OnHand {
    host: Host,
    sku: Sku,
    quantity: i64,
    as_of: Option<Timestamp>,
}

impl OnHand {
    /// When it was counted; now unless said. What was handed over before is not in the count, what is later is subtracted.
    pub fn as_of(mut self, at: Timestamp) -> OnHand {
        self.as_of = Some(at);
        self
    }
}

impl IntoFuture for OnHand {
    type Output = Result<Ticket>;
    type IntoFuture = BoxFuture<'static, Result<Ticket>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            if self.quantity < 0 || self.sku.as_str().trim().is_empty() {
                return Err(wrong(
                    "on_hand",
                    format!(
                        "quantity {} of SKU {:?} is no count; a SKU and none or more units are right",
                        self.quantity,
                        self.sku.as_str()
                    ),
                ));
            }
            let as_of = self.as_of.unwrap_or_else(|| self.host.now());
            let count = Count { sku: self.sku, quantity: self.quantity, as_of };
            self.host.ask(Input::OnHand(count)).await
        })
    }
}

/// What cannot be right is refused at once, and not only in its ticket.
fn wrong(call: &str, message: String) -> Error {
    Error::new(ErrorKind::Invalid, format!("host.{call}")).message(message)
}

impl Host {
    /// Declares how many physical units of a SKU there are, those promised to open orders included. A count as of the
    /// same time as one that is known, or earlier, changes nothing, so that declaring again after a restart is harmless.
    pub fn on_hand(&self, sku: impl Into<Sku>, quantity: i64) -> OnHand {
        OnHand { host: self.clone(), sku: sku.into(), quantity, as_of: None }
    }

    /// Reports a package as handed to a carrier. Reporting the same package again changes nothing; the same number with
    /// other contents is refused.
    ///
    /// # Errors
    /// `Invalid` when it names no carrier or no tracking number, `Store` when it could not be made durable.
    pub async fn report_shipment(
        &self,
        channel: impl Into<ChannelId>,
        order: impl Into<ChannelOrderId>,
        report: ShipmentReport,
    ) -> Result<Ticket> {
        let order = order.into();
        for (field, text) in [("carrier", &report.carrier), ("tracking", &report.tracking)] {
            if text.trim().is_empty() {
                let message = format!(
                    "{field} of package {} of order {order} is empty; a text is right",
                    report.package
                );
                return Err(wrong("report_shipment", message));
            }
        }
        self.ask(Input::ReportShipment { channel: channel.into(), order, report }).await
    }

    /// Cancels units at the channel; no lines mean everything that is open.
    pub async fn cancel(
        &self,
        channel: impl Into<ChannelId>,
        order: impl Into<ChannelOrderId>,
        lines: Vec<LineQuantity>,
        reason: CancelReason,
        by: impl Into<String>,
    ) -> Result<Ticket> {
        let (channel, order, by) = (channel.into(), order.into(), by.into());
        self.ask(Input::Cancel { channel, order, lines, reason, by }).await
    }

    /// Releases a hold, whatever the rules say about it from now on.
    pub async fn release(
        &self,
        channel: impl Into<ChannelId>,
        order: impl Into<ChannelOrderId>,
        reason: HoldReason,
        by: impl Into<String>,
    ) -> Result<Ticket> {
        let (channel, order, by) = (channel.into(), order.into(), by.into());
        self.ask(Input::Release { channel, order, reason, by }).await
    }

    /// Gives money back: never more than was charged (G22). The same refund number again changes nothing.
    pub async fn refund(
        &self,
        channel: impl Into<ChannelId>,
        order: impl Into<ChannelOrderId>,
        refund: Refund,
        by: impl Into<String>,
    ) -> Result<Ticket> {
        let (channel, order, by) = (channel.into(), order.into(), by.into());
        self.ask(Input::Refund { channel, order, refund, by }).await
    }

    /// Refuses the buyer's wish to cancel, where the channel waits for an answer.
    pub async fn refuse_cancel(
        &self,
        channel: impl Into<ChannelId>,
        order: impl Into<ChannelOrderId>,
        by: impl Into<String>,
    ) -> Result<Ticket> {
        let (channel, order, by) = (channel.into(), order.into(), by.into());
        self.ask(Input::RefuseCancel { channel, order, by }).await
    }

    /// Erases what is personal of an order: name, address, contact, payload. Whatever is read of it later is not kept either
    /// (G35); lines, money, stock and history stay.
    pub async fn erase(
        &self,
        channel: impl Into<ChannelId>,
        order: impl Into<ChannelOrderId>,
        by: impl Into<String>,
    ) -> Result<Ticket> {
        self.ask(Input::Erase { channel: channel.into(), order: order.into(), by: by.into() }).await
    }

    /// The same for every order of a buyer, by the names the marketplace gives its buyers: eBay's user name. A buyer of a
    /// marketplace that names none is not found so; erase order by order.
    pub async fn erase_buyer<N: Into<String>>(
        &self,
        channel: impl Into<ChannelId>,
        names: impl IntoIterator<Item = N>,
        by: impl Into<String>,
    ) -> Result<Ticket> {
        let names = names.into_iter().map(Into::into).collect();
        self.ask(Input::EraseBuyer { channel: channel.into(), names, by: by.into() }).await
    }

    /// Says what a person found out about an unresolved command.
    pub async fn resolve(
        &self,
        channel: impl Into<ChannelId>,
        command: CommandKey,
        outcome: Resolution,
        by: impl Into<String>,
    ) -> Result<Ticket> {
        self.ask(Input::Resolve { channel: channel.into(), command, outcome, by: by.into() }).await
    }

    /// Appends anything to the intake.
    ///
    /// # Errors
    /// `Store` when it could not be made durable; it was not asked then.
    pub async fn ask(&self, input: Input) -> Result<Ticket> {
        let now = self.now();
        let id = self.store.transact(move |tx| tx.add_input(&input, now)).await?;
        Ok(Ticket { host: self.clone(), id })
    }

    /// The ticket of an input that was asked earlier, by its position.
    pub fn ticket(&self, id: i64) -> Ticket {
        Ticket { host: self.clone(), id }
    }
}
