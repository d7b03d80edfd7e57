//! Cancellations: whole orders, through the Post-Order API; a buyer's wish is approved or refused there too.

use super::{EbayChannel, json, orders::refusal};
use crate::{
    calls,
    map::{
        cancel::{self as map, Cancellation, Cancellations, Closed},
        escaped,
    },
};
use http::StatusCode;
use sutler_core::{
    channel::{CallCx, Probe, Receipt},
    command::{AnswerCancel, Cancel, CancelReason},
    error::{Applied, Result},
    id::ChannelOrderId,
};

impl EbayChannel {
    /// Every cancellation of an order, the buyer's wishes included.
    async fn cancellations(&self, cx: &CallCx, id: &ChannelOrderId) -> Result<Vec<Cancellation>> {
        let call = &calls::CANCELLATIONS;
        let path =
            format!("/post-order/v2/cancellation/search?legacy_order_id={}&limit=25", escaped(id.as_str()));
        let response = self.get(cx, call, &path).await.map_err(|error| error.with_applied(Applied::No))?;
        if response.status() == StatusCode::NOT_FOUND {
            return Ok(Vec::new());
        }
        let found: Cancellations = json(call.op, &response, "list of cancellations")?;
        Ok(found.of(id.as_str()))
    }

    /// Cancels the order: by granting the buyer's wish where one waits, else by a cancellation of ours.
    pub(super) async fn cancel(&self, cx: &CallCx, id: &ChannelOrderId, cancel: &Cancel) -> Result<Receipt> {
        let known = self.cancellations(cx, id).await?;
        if let Some(done) = known.iter().find(|one| one.closed() == Some(Closed::Cancelled)) {
            return Ok(Receipt::Done {
                evidence: format!("cancellation {} is closed with the order cancelled", done.id),
            });
        }
        let waiting = known.iter().find(|one| one.waits_for_seller());
        let response = match waiting {
            Some(one) if cancel.reason == CancelReason::BuyerAsked => {
                let path = format!("/post-order/v2/cancellation/{}/approve", escaped(&one.id));
                self.post(cx, &calls::APPROVE_CANCEL, &path, b"{}".to_vec()).await?
            }
            _ => match map::body(id, cancel) {
                Ok(body) => self.post(cx, &calls::CANCEL, "/post-order/v2/cancellation", body).await?,
                Err(refused_here) => return Ok(refused_here),
            },
        };
        if !response.status().is_success() {
            return Ok(refusal(&response));
        }
        if waiting.is_some() && cancel.reason == CancelReason::BuyerAsked {
            return Ok(Receipt::Done {
                evidence: format!("ebay answered {} to approve", response.status().as_u16()),
            });
        }
        // An order that cannot be cancelled is answered with 200 and its eligibility, and without a cancellation.
        Ok(match map::created(response.body()) {
            Ok(id) => Receipt::Done { evidence: format!("ebay opened cancellation {id}") },
            Err(why) => Receipt::Refused { code: "not_eligible".into(), why },
        })
    }

    pub(super) async fn probe_cancel(&self, cx: &CallCx, id: &ChannelOrderId) -> Result<Probe> {
        let known = self.cancellations(cx, id).await?;
        Ok(match known.iter().find(|one| one.is_under_way() || one.closed() == Some(Closed::Cancelled)) {
            Some(one) => Probe::Happened { evidence: format!("cancellation {} is {}", one.id, one.state) },
            None => Probe::DidNot,
        })
    }

    /// Refuses the buyer's wish, with what shows that the goods left; or grants it.
    pub(super) async fn answer_cancel(
        &self,
        cx: &CallCx,
        id: &ChannelOrderId,
        answer: &AnswerCancel,
    ) -> Result<Receipt> {
        let known = self.cancellations(cx, id).await?;
        let Some(one) = known.iter().find(|one| one.waits_for_seller()) else {
            return Ok(match known.iter().find_map(|one| Some((one, one.closed()?))) {
                Some((one, Closed::Refused)) if !answer.grant => {
                    Receipt::Done { evidence: format!("cancellation {} is refused already", one.id) }
                }
                Some((one, Closed::Cancelled)) if answer.grant => {
                    Receipt::Done { evidence: format!("cancellation {} is granted already", one.id) }
                }
                Some((one, _)) => Receipt::Refused {
                    code: "conflict".into(),
                    why: format!("conflict: cancellation {} was answered otherwise", one.id),
                },
                None => Receipt::Refused {
                    code: "no_request".into(),
                    why: "no buyer's wish to cancel waits for an answer".into(),
                },
            });
        };
        let (call, verb, body) = match answer.grant {
            true => (&calls::APPROVE_CANCEL, "approve", b"{}".to_vec()),
            false => (&calls::REJECT_CANCEL, "reject", map::rejection(answer)),
        };
        let path = format!("/post-order/v2/cancellation/{}/{verb}", escaped(&one.id));
        let response = self.post(cx, call, &path, body).await?;
        if response.status().is_success() {
            return Ok(Receipt::Done {
                evidence: format!("ebay answered {} to {verb}", response.status().as_u16()),
            });
        }
        Ok(refusal(&response))
    }

    pub(super) async fn probe_answer(
        &self,
        cx: &CallCx,
        id: &ChannelOrderId,
        answer: &AnswerCancel,
    ) -> Result<Probe> {
        let known = self.cancellations(cx, id).await?;
        let wanted = if answer.grant { Closed::Cancelled } else { Closed::Refused };
        Ok(match known.iter().find(|one| one.closed() == Some(wanted)) {
            Some(one) => Probe::Happened { evidence: format!("cancellation {} is {}", one.id, one.state) },
            None if known.iter().any(Cancellation::waits_for_seller) => Probe::DidNot,
            None => Probe::Inconclusive { why: "no request waits, and none was answered so".into() },
        })
    }
}
