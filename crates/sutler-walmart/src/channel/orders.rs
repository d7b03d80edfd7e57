//! Writes on orders: acknowledge, confirm shipment, cancel, refund.

use super::WalmartChannel;
use crate::{
    calls,
    dialect::{WalmartError, parse_error},
    map::{self, conflict, refund, write},
};
use http::{Method, StatusCode};
use std::time::Duration as Wait;
use sutler_core::{
    channel::{CallCx, Fetched, Probe, Receipt, image},
    command::{Act, Command},
    error::{Applied, Error, ErrorKind, Result, Retry},
    id::ChannelOrderId,
    open::Open,
    order::FulfilledBy,
};
use sutler_http::{Call, Response};

/// After a write to an order that is not visible yet.
const NOT_VISIBLE_WAIT: Wait = Wait::from_secs(60);

/// Orders of WFS and of third parties are read, never written: Walmart refuses each write, and each costs a token.
///
/// # Errors
/// `Refused`, with nothing sent.
fn only_sellers(op: &'static str, id: &ChannelOrderId, command: &Command) -> Result<()> {
    match &command.brief {
        Some(brief) if brief.fulfilled_by != Open::Known(FulfilledBy::Seller) => {
            Err(Error::new(ErrorKind::Refused, op)
                .message(format!(
                    "order {id} is fulfilled by {}; only the seller's own orders are written",
                    brief.fulfilled_by
                ))
                .with_retry(Retry::Never)
                .with_applied(Applied::No))
        }
        _ => Ok(()),
    }
}

impl WalmartChannel {
    /// Does one command on an order.
    pub(super) async fn write_order(&self, cx: &CallCx, command: &Command) -> Result<Receipt> {
        let (call, verb) = match &command.act {
            Act::Acknowledge(_) => (&calls::ACKNOWLEDGE, "acknowledge"),
            Act::ConfirmShipment(_) => (&calls::SHIP, "shipping"),
            Act::Cancel(_) => (&calls::CANCEL, "cancel"),
            Act::Refund(_) => (&calls::REFUND, "refund"),
            other => {
                return Err(Error::new(ErrorKind::Invalid, "walmart.perform")
                    .message(format!("{} is not a write on an order", other.verb().as_str())));
            }
        };
        let Some(id) = &command.channel_order_id else {
            return Err(Error::new(ErrorKind::Invalid, call.op)
                .message(format!("command {} names no order of the channel", command.key)));
        };
        only_sellers(call.op, id, command)?;
        let body = match &command.act {
            Act::ConfirmShipment(confirm) => {
                let placed_at = command.brief.as_ref().and_then(|brief| brief.placed_at);
                write::shipment(call.op, id, confirm, placed_at, self.pipe.server_now())?
            }
            Act::Cancel(cancel) => write::cancellation(call.op, cancel)?,
            Act::Refund(asked) => refund::body(call.op, id, asked, command.brief.as_ref())?,
            // The whole order is meant, so there is nothing to say.
            _ => Ok(Vec::new()),
        };
        let body = match body {
            Ok(body) => body,
            Err(refused_here) => return Ok(refused_here),
        };
        let path = format!("/v3/orders/{}/{verb}", write::escaped(id.as_str()));
        let response = self.send(cx, call, Method::POST, &path, body).await?;
        self.receipt(cx, call, command, &response).await
    }

    async fn receipt(
        &self,
        cx: &CallCx,
        call: &Call,
        command: &Command,
        response: &Response,
    ) -> Result<Receipt> {
        let status = response.status();
        if status.is_success() {
            return Ok(Receipt::Done {
                evidence: format!("walmart answered {} to {}", status.as_u16(), call.op),
            });
        }
        let said = parse_error(Some(status.as_u16()), response.body());
        if status == StatusCode::NOT_FOUND {
            // Reads and writes see a new order at different times; nothing was applied, and it is tried again.
            return Ok(Receipt::NotApplied { why: said.message, after: Some(NOT_VISIBLE_WAIT) });
        }
        // Of a refund "already" is no sign of ours: it is sent once, and what is refused was not given back.
        if said.says_already() && !matches!(command.act, Act::Refund(_)) {
            return self.already(cx, call, command, said).await;
        }
        Ok(Receipt::Refused { code: said.code(), why: said.message })
    }

    /// Walmart says that it was done before. Only the order itself tells whether that was us: ours is success, another's
    /// is a conflict, and a read that shows neither is behind.
    async fn already(
        &self,
        cx: &CallCx,
        call: &Call,
        command: &Command,
        said: WalmartError,
    ) -> Result<Receipt> {
        let unknown = |why: String| {
            Error::new(ErrorKind::Remote, call.op)
                .message(format!("{}; {why}", said.message))
                .with_retry(Retry::Backoff)
                .with_applied(Applied::Unknown)
        };
        let Some(id) = &command.channel_order_id else {
            return Err(unknown("the command names no order".into()));
        };
        // Reads are told apart from the write that was refused: this one may wait and retry until the deadline.
        let order = match self.one(cx, id).await {
            Ok(Fetched::Found(raw, _)) => map::order(&raw),
            Ok(Fetched::NotVisible) => return Err(unknown("the order is not visible now".into())),
            Err(error) => {
                return Err(
                    unknown(format!("the order could not be read: {}", error.text())).with_source(error)
                );
            }
        };
        if let Probe::Happened { evidence } = image::judge(command, &order) {
            return Ok(Receipt::Done { evidence: format!("{}; {evidence}", said.message) });
        }
        if !order.facts.is_sellers() {
            let why = format!("the order is shipped by {}, not by the seller", order.facts.fulfilled_by);
            return Ok(Receipt::Refused { code: "not_sellers".into(), why });
        }
        match conflict::conflict(command, &order) {
            Some(shown) => {
                Ok(Receipt::Refused { code: "conflict".into(), why: format!("{}; {shown}", said.message) })
            }
            None => Err(unknown("the order does not show it yet".into())),
        }
    }
}
