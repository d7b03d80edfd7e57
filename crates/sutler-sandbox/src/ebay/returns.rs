//! Returns of the Post-Order API, as far as a seller reads them and gives the money back through them. A buyer opens one by
//! a control call; while it is open, the order's own refund is refused with 34916.
//!
//! Field names are those of eBay's type pages (`GetSummaryResponse`, `ReturnSummaryType`).

use serde_json::{Value, json};

use super::order::{Order, Return};
use super::order_json::{listing_id, money};
use super::refusal::Refusal;
use super::{Page, World};
use crate::clock::Ms;
use crate::json::iso;
use crate::request::{Ask, instant};

fn missing(id: &str) -> Refusal {
    Refusal::post_order(404, 1617, format!("Return {id} was not found."))
}

impl World {
    /// The buyer sends the first line back; returns the return's id, or `None` for an order that was not shipped.
    pub(super) fn open_return(&mut self, at: Ms, index: u32) -> Option<String> {
        let order = self.orders.get_mut(index as usize)?;
        let line = order.standing.lines.iter().find(|line| line.shipped > 0)?.id.clone();
        let id = format!("60{:08}", u64::from(index) * 10 + order.standing.returns.len() as u64 % 10);
        order.standing.returns.push(Return { id: id.clone(), line, opened: at, open: true });
        order.changed(at);
        self.changes += 1;
        Some(id)
    }

    pub(super) fn returns(&self, now: Ms, ask: &Ask) -> Result<Page, Refusal> {
        let (mut order_id, mut return_id, mut limit, mut offset) = (None, None, 25_usize, 1_usize);
        let (mut from, mut to) = (Ms::MIN, Ms::MAX);
        for (name, value) in ask.members() {
            let wrong = || Refusal::post_order(400, 1616, format!("{name} {value:?} is not valid"));
            match name.as_ref() as &str {
                "order_id" => order_id = Some(value.clone()),
                "return_id" => return_id = Some(value.clone()),
                "limit" => limit = value.parse().ok().filter(|n| (1..=200).contains(n)).ok_or_else(wrong)?,
                "creation_date_range_from" => from = instant(&value, false).ok_or_else(wrong)?,
                "creation_date_range_to" => to = instant(&value, true).ok_or_else(wrong)?,
                "offset" => offset = value.parse().ok().filter(|n| *n >= 1).ok_or_else(wrong)?,
                _ => {}
            }
        }
        let members: Vec<Value> = self
            .orders
            .iter()
            .filter(|order| order.visible <= now && order_id.as_ref().is_none_or(|id| *id == order.id))
            .flat_map(|order| order.shown(now).returns.iter().map(move |one| (order, one)))
            .filter(|(_, one)| from <= one.opened && one.opened <= to)
            .filter(|(_, one)| return_id.as_ref().is_none_or(|id| *id == one.id))
            .map(|(order, one)| summary(order, one))
            .collect();
        let total = members.len();
        let page: Vec<Value> =
            members.into_iter().skip((offset - 1).saturating_mul(limit)).take(limit).collect();
        Ok(Page::json(
            json!({
                "members": page,
                "total": total,
                "paginationOutput": {
                    "totalEntries": total, "totalPages": total.div_ceil(limit), "limit": limit, "offset": offset,
                },
            })
            .to_string(),
        ))
    }

    pub(super) fn return_one(&self, now: Ms, id: &str) -> Result<Page, Refusal> {
        let found = self.orders.iter().find_map(|order| {
            let one = order.shown(now).returns.iter().find(|one| one.id == id)?;
            Some(json!({"summary": summary(order, one)}))
        });
        found.map(|found| Page::json(found.to_string())).ok_or_else(|| missing(id))
    }

    /// Gives the money of the line back through the return, and closes it.
    pub(super) fn refund_return(&mut self, at: Ms, id: &str, lag: Ms) -> Result<Page, Refusal> {
        let found = self.orders.iter().find_map(|order| {
            let place = order.standing.returns.iter().position(|one| one.id == id)?;
            Some((order.index, place))
        });
        let (index, place) = found.ok_or_else(|| missing(id))?;
        let Some(order) = self.orders.get_mut(index as usize) else { return Err(missing(id)) };
        order.keep_shadow(at, lag);
        let Some(one) = order.standing.returns.get_mut(place).filter(|one| one.open) else {
            return Err(Refusal::post_order(400, 1616, format!("Return {id} is closed.")));
        };
        one.open = false;
        let line = one.line.clone();
        let cents = order
            .standing
            .lines
            .iter()
            .find(|own| own.id == line)
            .map_or(0, |own| own.total_cents() - own.refunded_cents);
        order.changed(at);
        if cents > 0 {
            self.give_back(at, index, vec![(line, cents)], cents, 0);
        }
        Ok(Page::json(json!({"refundStatus": "PENDING"}).to_string()))
    }
}

fn summary(order: &Order, one: &Return) -> Value {
    let line = order.standing.lines.iter().find(|line| line.id == one.line);
    let (item, units, cents) =
        line.map_or((String::new(), 0, 0), |line| (listing_id(&line.sku), line.ordered, line.total_cents()));
    json!({
        "returnId": one.id,
        "orderId": order.id,
        "buyerLoginName": order.buyer,
        "currentType": "MONEY_BACK",
        "state": if one.open { "ITEM_DELIVERED" } else { "CLOSED" },
        "status": if one.open { "ITEM_DELIVERED" } else { "CLOSED" },
        "creationInfo": {
            "type": "MONEY_BACK",
            "reason": "NO_LONGER_NEED_ITEM",
            "reasonType": "REMORSE",
            "item": {"itemId": item, "transactionId": one.line, "returnQuantity": units},
            "creationDate": {"value": iso(one.opened)},
        },
        "sellerTotalRefund": {"estimatedRefundAmount": money(cents)},
        "buyerTotalRefund": {"estimatedRefundAmount": money(cents)},
    })
}
