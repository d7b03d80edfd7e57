//! `POST /sell/fulfillment/v1/order/{orderId}/issue_refund`: asked for now, given back later.

use serde::Deserialize;
use serde_json::json;

use super::due::Event;
use super::order::{Order, Refund};
use super::refusal::Refusal;
use super::{Page, World};
use crate::clock::Ms;
use crate::dice::{Dice, Roll, identity};
use crate::effects;

const REASONS: [&str; 7] = [
    "BUYER_CANCEL",
    "SELLER_CANCEL",
    "ITEM_NOT_RECEIVED",
    "BUYER_RETURN",
    "ITEM_NOT_AS_DESCRIBED",
    "OTHER_ADJUSTMENT",
    "SHIPPING_DISCOUNT",
];
/// The field's text says 100, the error's text 1000; the error's is what is enforced here.
const COMMENT_MAX: usize = 1000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    reason_for_refund: Option<String>,
    comment: Option<String>,
    refund_items: Option<Vec<Item>>,
    order_level_refund_amount: Option<Amount>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    line_item_id: Option<String>,
    legacy_reference: Option<serde_json::Value>,
    refund_amount: Option<Amount>,
}

#[derive(Deserialize)]
struct Amount {
    value: Option<String>,
    currency: Option<String>,
}

impl Amount {
    fn cents(amount: Option<&Amount>) -> Result<i64, Refusal> {
        let refuse = |id, message: &str| Err(Refusal::fulfillment(400, id, message));
        let Some(value) = amount.and_then(|amount| amount.value.as_deref()) else {
            return refuse(34_906, "The amount value must be specified.");
        };
        match amount.and_then(|amount| amount.currency.as_deref()) {
            None => return refuse(34_908, "The amount currency must be specified."),
            Some("USD") => {}
            Some(_) => return refuse(34_909, "The amount currency isn't correct."),
        }
        let (whole, rest) = value.split_once('.').unwrap_or((value, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let cents = (digits(whole) && digits(rest) && rest.len() <= 2 && whole.len() <= 9)
            .then(|| Some(whole.parse::<i64>().ok()? * 100 + format!("{rest:0<2}").parse::<i64>().ok()?))
            .flatten();
        match cents {
            Some(cents) if cents > 0 => Ok(cents),
            _ => refuse(34_907, "The amount value must be positive and within two decimals."),
        }
    }
}

impl World {
    /// Takes a refund on its way; returns the answer's body.
    pub(super) fn refund(&mut self, at: Ms, id: &str, body: &str, lag: Ms) -> Result<Page, Refusal> {
        let index =
            self.find(at, id).map_err(|_| Refusal::fulfillment(404, 34_913, "Can not find the order."))?;
        let Some(order) = self.orders.get(index as usize) else { return Ok(Page::json(String::new())) };
        let (lines, cents) = read(order, body)?;
        let refund = self.give_back(at, index, lines, cents, lag);
        Ok(Page::json(json!({"refundId": refund, "refundStatus": "PENDING"}).to_string()))
    }

    /// A refund that a call asked for, counted as its effect; returns its id.
    pub(super) fn give_back(
        &mut self,
        at: Ms,
        index: u32,
        lines: Vec<(String, i64)>,
        cents: i64,
        lag: Ms,
    ) -> String {
        let Some(order) = self.orders.get_mut(index as usize) else { return String::new() };
        order.keep_shadow(at, lag);
        let keys: Vec<(String, i64)> = if lines.is_empty() {
            vec![(order.id.clone(), cents)]
        } else {
            lines.iter().map(|(line, cents)| (format!("{}/{line}", order.id), *cents)).collect()
        };
        for (key, cents) in keys {
            effects::count(&mut self.effects.refund, &key, u32::try_from(cents).unwrap_or(u32::MAX));
        }
        self.return_money(at, index, lines, cents)
    }

    /// Sends money on its way back, which ends by itself; returns the refund's id.
    pub(super) fn return_money(
        &mut self,
        at: Ms,
        index: u32,
        lines: Vec<(String, i64)>,
        cents: i64,
    ) -> String {
        let (low, high) = self.settings.refund_s;
        let Some(order) = self.orders.get_mut(index as usize) else { return String::new() };
        let place = order.standing.refunds.len() as u64;
        let dice = Dice::new(self.settings.seed, identity(&["refund", &order.id]), place);
        let id = format!("5{:09}", u64::from(index) * 100 + place);
        for (line, cents) in &lines {
            for own in order.standing.lines.iter_mut().filter(|own| own.id == *line) {
                own.refunded_cents += cents;
            }
        }
        order.standing.refunds.push(Refund { id: id.clone(), lines, cents, at, pending: true });
        order.changed(at);
        self.changes += 1;
        let after = dice.between(Roll::FeedDelay, i64::from(low), i64::from(high)) * 1000;
        self.schedule(at + after, Event::Refunded { order: index, refund: place as usize });
        id
    }

    /// The money is back.
    pub(super) fn refunded(&mut self, at: Ms, index: u32, place: usize) {
        let Some(order) = self.orders.get_mut(index as usize) else { return };
        if let Some(refund) = order.standing.refunds.get_mut(place) {
            refund.pending = false;
            order.changed(at);
        }
        self.close_cancellation(at, index);
    }
}

/// The lines and cents of a refund, once eBay has nothing against it.
fn read(order: &Order, body: &str) -> Result<(Vec<(String, i64)>, i64), Refusal> {
    // The specification puts some of them under 409, the others under 400.
    let conflicts = [34_918, 34_919, 34_924, 34_929];
    let refuse = |id: u32, message: &str| {
        Refusal::fulfillment(if conflicts.contains(&id) { 409 } else { 400 }, id, message)
    };
    let body: Body = serde_json::from_str(body).map_err(|_| refuse(34_902, "Request can't be empty."))?;
    if !body.reason_for_refund.as_deref().is_some_and(|reason| REASONS.contains(&reason)) {
        return Err(refuse(34_903, "The refund reason must be specified."));
    }
    if body.comment.as_ref().is_some_and(|comment| comment.chars().count() > COMMENT_MAX) {
        return Err(refuse(
            34_921,
            "The comment exceeds the length limit, please make sure it doesn't exceed 1000 characters.",
        ));
    }
    let items = body.refund_items.filter(|items| !items.is_empty());
    let (lines, cents) = match (items, body.order_level_refund_amount) {
        (None, Some(amount)) => (Vec::new(), Amount::cents(Some(&amount))?),
        (Some(items), None) => {
            let lines = items.iter().map(|item| line_of(order, item)).collect::<Result<Vec<_>, _>>()?;
            let cents = lines.iter().map(|(_, cents)| cents).sum();
            (lines, cents)
        }
        _ => return Err(refuse(34_905, "Either orderLevelRefundAmount or refundItems must be specified.")),
    };
    let standing = &order.standing;
    if standing.paid.is_none() {
        return Err(refuse(
            34_929,
            "You cannot refund this order yet since the buyer payment has not been processed. Please try again later.",
        ));
    }
    if standing.returns.iter().any(|one| one.open) {
        return Err(refuse(
            34_916,
            "A post-transaction case exists on this order, seller refund can't be triggered.",
        ));
    }
    if standing.refunds.iter().any(|refund| refund.pending) {
        return Err(refuse(34_922, "Refund can't be issued while previous refund is processing."));
    }
    let left = standing.total_cents() - standing.refunded_cents();
    if left <= 0 {
        return Err(refuse(34_917, "This order was already refunded."));
    }
    for (id, cents) in &lines {
        let line = standing.lines.iter().find(|line| line.id == *id);
        if line.is_some_and(|line| *cents > line.total_cents() - line.refunded_cents) {
            return Err(refuse(34_924, "The item refund amount exceeds the item remaining amount."));
        }
    }
    if cents > left {
        return Err(refuse(34_915, "The refund amount exceeds order amount."));
    }
    Ok((lines, cents))
}

fn line_of(order: &Order, item: &Item) -> Result<(String, i64), Refusal> {
    let refuse = |id, message: &str| Err(Refusal::fulfillment(400, id, message));
    let Some(id) = item.line_item_id.as_deref() else {
        if item.legacy_reference.is_none() {
            return refuse(
                34_910,
                "Either legacyReference or lineItemId must be specified for item level refund.",
            );
        }
        // The transaction ids of the old interfaces are not modelled.
        return refuse(34_914, "Can't find the item in the order.");
    };
    if !order.standing.lines.iter().any(|line| line.id == id) {
        return refuse(34_914, "Can't find the item in the order.");
    }
    Ok((id.to_owned(), Amount::cents(item.refund_amount.as_ref())?))
}
