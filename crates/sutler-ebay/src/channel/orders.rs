//! Shipments and refunds.

use super::{EbayChannel, json, read::order_path, unreadable};
use crate::{
    calls,
    dialect::parse_error,
    map::{
        self, escaped,
        refund::{self as refunds, OrderRefunds},
        shipment::{self, Shipments},
    },
};
use http::StatusCode;
use serde::Deserialize;
use sutler_core::{
    channel::{CallCx, Fetched, Probe, Receipt, Settled},
    command::{Act, Command, ConfirmShipment, Handle, Refund},
    error::{Applied, Result},
    id::ChannelOrderId,
};
use sutler_http::Response;

impl EbayChannel {
    /// Reports one package. eBay can neither edit nor remove it afterwards.
    pub(super) async fn ship(
        &self,
        cx: &CallCx,
        id: &ChannelOrderId,
        confirm: &ConfirmShipment,
    ) -> Result<Receipt> {
        let call = &calls::SHIP;
        let body = match shipment::body(id, confirm, self.pipes.main.server_now()) {
            Ok(body) => body,
            Err(refused_here) => return Ok(refused_here),
        };
        let response = self.post(cx, call, &order_path(id, "/shipping_fulfillment"), body).await?;
        if response.status().is_success() {
            let at =
                response.headers().get("location").and_then(|value| value.to_str().ok()).unwrap_or_default();
            let named = at.rsplit('/').next().unwrap_or_default();
            return Ok(Receipt::Done { evidence: format!("ebay answered 201 with shipment {named}") });
        }
        Ok(refusal(&response))
    }

    /// Looks for the package by its number among the order's shipments.
    pub(super) async fn probe_shipment(
        &self,
        cx: &CallCx,
        id: &ChannelOrderId,
        confirm: &ConfirmShipment,
    ) -> Result<Probe> {
        let call = &calls::SHIPMENTS;
        let response = self.get(cx, call, &order_path(id, "/shipping_fulfillment")).await?;
        if response.status() != StatusCode::OK {
            return Ok(Probe::Inconclusive { why: "the order's shipments are not visible now".into() });
        }
        let all: Shipments = json(call.op, &response, "list of shipments")?;
        Ok(all.judge(&confirm.report))
    }

    /// Gives money back; by the open return where the first try was redirected there.
    pub(super) async fn refund(&self, cx: &CallCx, id: &ChannelOrderId, refund: &Refund) -> Result<Receipt> {
        let (call, path, body) = match refund.via.as_deref().and_then(|via| via.strip_prefix("return/")) {
            Some(return_id) => (
                &calls::REFUND_RETURN,
                format!("/post-order/v2/return/{}/issue_refund", escaped(return_id)),
                refunds::return_body(refund),
            ),
            None if refund.via.is_some() => {
                return Ok(Receipt::Refused {
                    code: "refund_elsewhere".into(),
                    why: "an inquiry or case is open on the order; answer it on eBay's site".into(),
                });
            }
            None => (&calls::REFUND, order_path(id, "/issue_refund"), refunds::body(refund)),
        };
        let body = match body {
            Ok(body) => body,
            Err(refused_here) => return Ok(refused_here),
        };
        let response = self.post(cx, call, &path, body).await?;
        if response.status().is_success() {
            #[derive(Deserialize)]
            #[serde(rename_all = "camelCase")]
            struct Issued {
                #[serde(default)]
                refund_id: String,
                #[serde(default)]
                refund_status: String,
            }
            let Ok(issued) = json::<Issued>(call.op, &response, "refund") else {
                return Err(unreadable(call.op, "refund with an id").with_applied(Applied::Unknown));
            };
            return Ok(match issued.refund_status.as_str() {
                "REFUNDED" | "SUCCESS" => {
                    Receipt::Done { evidence: format!("ebay refunded as {}", issued.refund_id) }
                }
                "FAILED" => {
                    Receipt::Refused { code: "FAILED".into(), why: "eBay could not refund it".into() }
                }
                // The settling names the order too: a refund is looked for in the order that holds it.
                _ => Receipt::Accepted { handle: format!("{id} {}", issued.refund_id) },
            });
        }
        let said = parse_error(Some(response.status().as_u16()), response.body());
        if said.has(34_916) {
            let to = self
                .open_return(cx, id)
                .await?
                .map_or_else(|| "case".to_owned(), |found| format!("return/{found}"));
            return Ok(Receipt::Redirected { to, why: said.message });
        }
        Ok(refusal(&response))
    }

    /// The open return of an order, if there is one.
    async fn open_return(&self, cx: &CallCx, id: &ChannelOrderId) -> Result<Option<String>> {
        let call = &calls::RETURNS;
        let path = format!("/post-order/v2/return/search?order_id={}&limit=25", escaped(id.as_str()));
        // Nothing was refunded: what fails here fails before anything happened.
        let response = self.get(cx, call, &path).await.map_err(|error| error.with_applied(Applied::No))?;
        if response.status() != StatusCode::OK {
            return Ok(None);
        }
        let found: map::returns::Returns = json(call.op, &response, "list of returns")?;
        Ok(found.open_of(id.as_str()))
    }

    /// Shown is done; not shown says nothing, because refunds take a while to appear.
    pub(super) async fn probe_refund(
        &self,
        cx: &CallCx,
        id: &ChannelOrderId,
        refund: &Refund,
        before: Option<u32>,
    ) -> Result<Probe> {
        match self.refunds_of(cx, id).await? {
            Some(shown) => Ok(shown.judge(refund, before)),
            None => Ok(Probe::Inconclusive { why: "the order is not visible now".into() }),
        }
    }

    pub(super) async fn refund_outcome(
        &self,
        cx: &CallCx,
        handle: &Handle,
        commands: &[Command],
    ) -> Result<Settled> {
        let Some((order, refund_id)) = handle.split_once(' ') else {
            return Ok(Settled::Lost { why: format!("{handle:?} names no refund of an order") });
        };
        let Some(shown) = self.refunds_of(cx, &ChannelOrderId::new(order)).await? else {
            return Ok(Settled::NotYet);
        };
        let outcome = |command: &Command| match &command.act {
            Act::Refund(_) => shown.outcome(refund_id),
            _ => Some(Receipt::Refused {
                code: "no_refund".into(),
                why: format!("{} is no refund", command.key),
            }),
        };
        let receipts: Option<Vec<Receipt>> = commands.iter().map(outcome).collect();
        Ok(receipts.map_or(Settled::NotYet, Settled::Receipts))
    }

    async fn refunds_of(&self, cx: &CallCx, id: &ChannelOrderId) -> Result<Option<OrderRefunds>> {
        match self.one(cx, id).await? {
            Fetched::Found(raw, _) => Ok(Some(OrderRefunds::read(&raw.raw))),
            Fetched::NotVisible => Ok(None),
        }
    }
}

/// A write that eBay understood and refused.
pub(super) fn refusal(response: &Response) -> Receipt {
    let said = parse_error(Some(response.status().as_u16()), response.body());
    if response.status() == StatusCode::NOT_FOUND {
        return Receipt::NotApplied { why: said.message, after: Some(std::time::Duration::from_secs(60)) };
    }
    Receipt::Refused { code: said.code(), why: said.message }
}
