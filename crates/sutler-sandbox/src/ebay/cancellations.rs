//! Cancellations of the Post-Order API: always of the whole order, asked for by the buyer or made by the seller.
//!
//! Field names are those of eBay's type pages (`CancelDetail`, `CreateCancelRequest`, `CreateCancelResponse`,
//! `OrderEligibilityResult`). A shipment reported meanwhile does not answer the buyer's wish; it stays until it is granted,
//! refused, or three days old. That it lapses then, as refused, is an inference from eBay's help.

use serde::Deserialize;
use serde_json::{Value, json};

use super::due::Event;
use super::order::{CancelStage, Cancellation, Initiator, Order};
use super::refusal::Refusal;
use super::{Page, World};
use crate::clock::{DAY, Ms};
use crate::effects;
use crate::json::iso;
use crate::request::Ask;

/// So long the seller has to answer.
const ANSWER_TIME: Ms = 3 * DAY;
/// What a seller may say.
const REASONS: [&str; 5] = [
    "OUT_OF_STOCK_OR_CANNOT_FULFILL",
    "BUYER_ASKED_CANCEL",
    "ADDRESS_ISSUES",
    "BUYER_CANCEL_OR_ADDRESS_ISSUE",
    "ORDER_UNPAID",
];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    legacy_order_id: Option<String>,
    cancel_reason: Option<String>,
}

/// What a granted cancellation or refusal is answered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    Approve,
    Reject,
}

fn refuse<T>(status: u16, message: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::post_order(status, if status == 404 { 1617 } else { 1616 }, message))
}

impl World {
    /// The buyer's wish; it comes too late where something was shipped or a cancellation is there already.
    pub(super) fn ask_to_cancel(&mut self, at: Ms, index: u32) {
        let Some(order) = self.orders.get_mut(index as usize) else { return };
        if !order.sellers() || !obstacles(order).is_empty() {
            return;
        }
        let place = order.standing.cancellations.len();
        order.standing.cancellations.push(Cancellation {
            id: cancel_id(index, place),
            by: Initiator::Buyer,
            reason: "ORDER_MISTAKE".into(),
            stage: CancelStage::Asked,
            asked: at,
            closed: None,
        });
        // The list shows that something is asked, so this is a change like any other; what it is only `getOrder` says.
        order.standing.modified = at;
        self.changes += 1;
        self.schedule(at + ANSWER_TIME, Event::CancelLapses { order: index, cancellation: place });
    }

    pub(super) fn lapse(&mut self, at: Ms, index: u32, place: usize) {
        let Some(order) = self.orders.get_mut(index as usize) else { return };
        let wish = order.standing.cancellations.get_mut(place);
        if let Some(wish) = wish.filter(|wish| wish.stage == CancelStage::Asked) {
            (wish.stage, wish.closed) = (CancelStage::Rejected, Some(at));
            order.changed(at);
        }
    }

    pub(super) fn eligibility(&self, now: Ms, ask: &Ask) -> Result<Page, Refusal> {
        let (index, _) = self.target(now, &ask.body)?;
        let result = self.orders.get(index as usize).map(eligibility_of).unwrap_or_default();
        Ok(Page::json(result.to_string()))
    }

    pub(super) fn cancel(&mut self, at: Ms, body: &str, lag: Ms) -> Result<Page, Refusal> {
        let (index, body) = self.target(at, body)?;
        let reason = body.cancel_reason.unwrap_or_default();
        if !REASONS.contains(&reason.as_str()) {
            return refuse(400, format!("cancelReason {reason:?} is not one a seller can give"));
        }
        let Some(order) = self.orders.get_mut(index as usize) else { return Ok(Page::json(String::new())) };
        if !order.sellers() {
            return refuse(400, "The order is fulfilled by eBay.");
        }
        if !obstacles(order).is_empty() {
            // Not an error in eBay's eyes: the answer tells why, and has no cancelId.
            return Ok(Page::json(json!({"orderEligibilityResult": eligibility_of(order)}).to_string()));
        }
        let place = order.standing.cancellations.len();
        let id = cancel_id(index, place);
        order.keep_shadow(at, lag);
        order.standing.cancellations.push(Cancellation {
            id: id.clone(),
            by: Initiator::Seller,
            reason,
            stage: CancelStage::Asked,
            asked: at,
            closed: None,
        });
        self.grant(at, index, place);
        Ok(Page::json(json!({"cancelId": id}).to_string()))
    }

    /// The seller's word on a buyer's wish.
    pub(super) fn answer_cancel(&mut self, at: Ms, id: &str, verb: Verb, lag: Ms) -> Result<Page, Refusal> {
        let (index, place) = self.cancellation(id)?;
        let Some(order) = self.orders.get_mut(index as usize) else { return Ok(Page::json(String::new())) };
        let Some(wish) = order.standing.cancellations.get(place) else {
            return refuse(404, "no such cancellation");
        };
        if wish.stage != CancelStage::Asked {
            return refuse(
                400,
                format!("Cancellation {id} is {} and needs no answer.", status_of(order, wish).1),
            );
        }
        if verb == Verb::Approve && order.standing.lines.iter().any(|line| line.shipped > 0) {
            return refuse(400, format!("Cancellation {id} cannot be approved: the order has been shipped."));
        }
        order.keep_shadow(at, lag);
        match verb {
            Verb::Approve => self.grant(at, index, place),
            Verb::Reject => {
                if let Some(wish) = order.standing.cancellations.get_mut(place) {
                    (wish.stage, wish.closed) = (CancelStage::Rejected, Some(at));
                }
                order.changed(at);
                self.changes += 1;
            }
        }
        // Both answer with nothing but their status.
        Ok(Page::json("{}".into()))
    }

    /// Cancels the order and sends the money back.
    fn grant(&mut self, at: Ms, index: u32, place: usize) {
        let Some(order) = self.orders.get_mut(index as usize) else { return };
        let seen = order.seen;
        for line in &order.standing.lines {
            effects::count(&mut self.effects.cancel, &format!("{}/{}", order.id, line.id), line.ordered);
            if let Some(stock) = self.stock.get_mut(&line.sku).filter(|_| seen) {
                stock.own.seen_cancelled += i64::from(line.ordered);
            }
        }
        if let Some(cancellation) = order.standing.cancellations.get_mut(place) {
            cancellation.stage = CancelStage::Refunding;
        }
        order.changed(at);
        self.changes += 1;
        let left = order.standing.total_cents() - order.standing.refunded_cents();
        if order.standing.paid.is_none() || left <= 0 {
            self.close_cancellation(at, index);
            return;
        }
        let lines = order
            .standing
            .lines
            .iter()
            .map(|line| (line.id.clone(), line.total_cents() - line.refunded_cents));
        let lines: Vec<(String, i64)> = lines.filter(|(_, cents)| *cents > 0).collect();
        self.return_money(at, index, lines, left);
    }

    /// A cancellation is over when the money is back.
    pub(super) fn close_cancellation(&mut self, at: Ms, index: u32) {
        let Some(order) = self.orders.get_mut(index as usize) else { return };
        if order.standing.refunds.iter().any(|refund| refund.pending) {
            return;
        }
        for one in order.standing.cancellations.iter_mut().filter(|one| one.stage == CancelStage::Refunding) {
            (one.stage, one.closed) = (CancelStage::Closed, Some(at));
            order.standing.modified = at;
        }
    }

    pub(super) fn cancellation_one(&self, now: Ms, id: &str) -> Result<Page, Refusal> {
        let (index, place) = self.cancellation(id)?;
        let found = self.orders.get(index as usize).and_then(|order| {
            let one = order.shown(now).cancellations.get(place)?;
            Some(detail(order, one))
        });
        match found {
            Some(detail) => Ok(Page::json(json!({"cancelDetail": detail}).to_string())),
            None => refuse(404, format!("Cancellation {id} was not found.")),
        }
    }

    pub(super) fn cancellations(&self, now: Ms, ask: &Ask) -> Result<Page, Refusal> {
        let (mut order_id, mut cancel_id, mut limit, mut offset) = (None, None, 25_usize, 1_usize);
        let (mut from, mut to) = (i64::MIN, i64::MAX);
        for (name, value) in ask.members() {
            let wrong = || Refusal::post_order(400, 1616, format!("{name} {value:?} is not valid"));
            let number = || value.parse().ok().filter(|n| (1..=200).contains(n)).ok_or_else(wrong);
            let date = || {
                chrono::DateTime::parse_from_rfc3339(&value)
                    .map(|at| at.timestamp_millis())
                    .map_err(|_| wrong())
            };
            match name.as_ref() as &str {
                "legacy_order_id" => order_id = Some(value.clone()),
                "cancel_id" => cancel_id = Some(value.clone()),
                "creation_date_range_from" => from = date()?,
                "creation_date_range_to" => to = date()?,
                "limit" => limit = number()?,
                // Counts pages, from 1.
                "offset" => offset = value.parse().ok().filter(|n| *n >= 1).ok_or_else(wrong)?,
                _ => {}
            }
        }
        let mut found: Vec<(Ms, Value)> = Vec::new();
        for order in self.orders.iter().filter(|order| order.visible <= now) {
            if order_id.as_ref().is_some_and(|id| *id != order.id) && cancel_id.is_none() {
                continue;
            }
            for one in &order.shown(now).cancellations {
                let wanted = match &cancel_id {
                    Some(id) => one.id == *id,
                    None => (from..=to).contains(&one.asked),
                };
                if wanted {
                    found.push((one.asked, detail(order, one)));
                }
            }
        }
        found.sort_by_key(|(asked, _)| std::cmp::Reverse(*asked));
        let total = found.len();
        let page: Vec<Value> = found
            .into_iter()
            .skip((offset - 1).saturating_mul(limit))
            .take(limit)
            .map(|(_, one)| one)
            .collect();
        Ok(Page::json(
            json!({
                "cancellations": page,
                "total": total,
                "paginationOutput": {
                    "totalEntries": total, "totalPages": total.div_ceil(limit), "limit": limit, "offset": offset,
                },
            })
            .to_string(),
        ))
    }

    fn target(&self, now: Ms, body: &str) -> Result<(u32, Body), Refusal> {
        let body: Body = match serde_json::from_str(body) {
            Ok(body) => body,
            Err(error) => return refuse(400, format!("The request cannot be read: {error}")),
        };
        let id = body.legacy_order_id.clone().unwrap_or_default();
        match self.by_id.get(&id).copied() {
            // Unpaid orders can be cancelled too, though no list shows them.
            Some(index) if self.orders.get(index as usize).is_some_and(|order| order.placed <= now) => {
                Ok((index, body))
            }
            _ => refuse(404, format!("Order {id:?} was not found.")),
        }
    }

    fn cancellation(&self, id: &str) -> Result<(u32, usize), Refusal> {
        let found = self.orders.iter().find_map(|order| {
            let place = order.standing.cancellations.iter().position(|one| one.id == id)?;
            Some((order.index, place))
        });
        match found {
            Some(found) => Ok(found),
            None => refuse(404, format!("Cancellation {id} was not found.")),
        }
    }
}

fn cancel_id(index: u32, place: usize) -> String {
    format!("50{:08}", u64::from(index) * 10 + place as u64 % 10)
}

/// Why an order cannot be cancelled; the words are those of `EligibilityFailureReasonEnum` as far as its page is stored.
fn obstacles(order: &Order) -> Vec<&'static str> {
    let standing = &order.standing;
    let mut reasons = Vec::new();
    if standing.asked() || standing.cancelled() {
        reasons.push("CANCELLATION_EXIST");
    }
    if standing.lines.iter().any(|line| line.shipped > 0) {
        // The stored page breaks off before a word for a shipped order; an inference.
        reasons.push("CANCEL_WINDOW_ELAPSED");
    }
    if standing.returns.iter().any(|one| one.open) {
        reasons.push("CASE_EXIST");
    }
    if standing.paid.is_some() && standing.refunded_cents() >= standing.total_cents() && !standing.cancelled()
    {
        reasons.push("FULL_REFUNDED_ORDER");
    }
    reasons
}

fn eligibility_of(order: &Order) -> Value {
    let reasons = obstacles(order);
    let eligible = reasons.is_empty();
    let items: Vec<Value> = order
        .standing
        .lines
        .iter()
        .map(|line| {
            json!({
                "itemId": super::order_json::listing_id(&line.sku),
                "transactionId": line.id,
                "eligible": eligible,
                "cancelQuantity": line.ordered,
            })
        })
        .collect();
    let mut result = json!({
        "legacyOrderId": order.id,
        "eligible": eligible,
        "itemEligibilityResult": items,
    });
    if let Some(members) = result.as_object_mut() {
        if eligible {
            members.insert("eligibleCancelReason".into(), json!(REASONS));
        } else {
            members.insert("failureReason".into(), json!(reasons));
        }
    }
    result
}

/// State and status, in eBay's words.
fn status_of(order: &Order, one: &Cancellation) -> (&'static str, &'static str) {
    match one.stage {
        CancelStage::Asked => ("APPROVAL_PENDING", "CANCEL_REQUESTED"),
        CancelStage::Refunding => ("REFUND_PENDING", "CANCEL_PENDING"),
        CancelStage::Closed if order.standing.paid.is_none() => ("CLOSED", "CANCEL_CLOSED_FOR_COMMITMENT"),
        CancelStage::Closed => ("CLOSED", "CANCEL_CLOSED_WITH_REFUND"),
        CancelStage::Rejected => ("CLOSED", "CANCEL_REJECTED"),
    }
}

fn detail(order: &Order, one: &Cancellation) -> Value {
    let (state, status) = status_of(order, one);
    let mut detail = json!({
        "cancelId": one.id,
        "legacyOrderId": order.id,
        "marketplaceId": "EBAY_US",
        "requestorType": if one.by == Initiator::Buyer { "BUYER" } else { "SELLER" },
        "cancelReason": one.reason,
        "cancelState": state,
        "cancelStatus": status,
        "cancelRequestDate": {"value": iso(one.asked)},
        "requestRefundAmount": super::order_json::money(order.standing.total_cents()),
    });
    if let Some(members) = detail.as_object_mut() {
        if one.stage == CancelStage::Asked {
            members.insert("sellerResponseDueDate".into(), json!({"value": iso(one.asked + ANSWER_TIME)}));
        }
        if let Some(closed) = one.closed {
            members.insert("cancelCloseDate".into(), json!({"value": iso(closed)}));
        }
    }
    detail
}
