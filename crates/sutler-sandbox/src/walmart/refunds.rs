//! `POST /v3/orders/{purchaseOrderId}/refund`: money given back line by line, at once, as often as it is asked for.
//!
//! Amounts are negative. Walmart takes no more than what remains of a charge and its tax, of shipped lines alone. The full
//! price of an item gives back its tax and shipping too, whether or not they are named (the specification, `isFullRefund`).
//! Nothing recognises a repeated request: a second "-1.00" gives back another dollar.

use serde::Deserialize;
use serde_json::{Number, Value};

use super::World;
use super::order::{Given, Line, Order};
use super::orders_write::{line_of, sellers, shadow};
use super::refusal::Refusal;
use super::shipment::{line_number, parse};
use crate::clock::Ms;
use crate::effects;

/// The reasons of the specification.
const REASONS: [&str; 22] = [
    "BillingError",
    "TaxExemptCustomer",
    "ItemNotAsAdvertised",
    "IncorrectItemReceived",
    "CancelledYetShipped",
    "ItemNotReceivedByCustomer",
    "IncorrectShippingPrice",
    "DamagedItem",
    "DefectiveItem",
    "CustomerChangedMind",
    "CustomerReceivedItemLate",
    "Missing Parts / Instructions",
    "Finance -> Goodwill",
    "Finance -> Rollback",
    "Buyer canceled",
    "Customer returned item",
    "General adjustment",
    "Merchandise not received",
    "Quality -> Missing Parts / Instructions",
    "Shipping & Delivery -> Damaged",
    "Shipping & Delivery -> Shipping Price Discrepancy",
    "Others",
];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    order_refund: Option<OrderRefund>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OrderRefund {
    purchase_order_id: Option<String>,
    order_lines: Option<Lines>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Lines {
    order_line: Vec<BodyLine>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BodyLine {
    line_number: Value,
    #[serde(default)]
    is_full_refund: bool,
    refunds: Option<Refunds>,
}

#[derive(Deserialize)]
struct Refunds {
    refund: Vec<Refund>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Refund {
    refund_comments: Option<String>,
    refund_charges: Option<Charges>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Charges {
    refund_charge: Vec<RefundCharge>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RefundCharge {
    refund_reason: Option<String>,
    charge: Option<Charge>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Charge {
    charge_type: Option<String>,
    charge_name: Option<String>,
    charge_amount: Option<Amount>,
    tax: Option<Tax>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Tax {
    tax_name: Option<String>,
    tax_amount: Option<Amount>,
}

#[derive(Deserialize)]
struct Amount {
    currency: Option<String>,
    amount: Option<Number>,
}

impl Amount {
    /// The cents given back: the amount with its sign turned.
    fn back(amount: Option<&Amount>, what: &str, number: u32) -> Result<i64, Refusal> {
        let refuse = |why: &str| Refusal::content(format!("{what} for line number {number} {why}"));
        let given = amount.ok_or_else(|| refuse("is missing"))?;
        if given.currency.as_deref() != Some("USD") {
            return Err(refuse("must be in USD"));
        }
        let text = given.amount.as_ref().map(ToString::to_string).unwrap_or_default();
        let positive = text.strip_prefix('-').ok_or_else(|| refuse("must be a negative amount"))?;
        cents(positive).ok_or_else(|| refuse("must have at most two decimals"))
    }
}

fn cents(text: &str) -> Option<i64> {
    let (whole, rest) = text.split_once('.').unwrap_or((text, "0"));
    let rest = rest.trim_end_matches('0');
    if whole.len() > 9 || rest.len() > 2 {
        return None;
    }
    Some(whole.parse::<i64>().ok()? * 100 + format!("{rest:0<2}").parse::<i64>().ok()?)
}

/// What one request gives back of one line.
struct Wanted {
    line: u32,
    full: bool,
    parts: Vec<Given>,
}

impl World {
    pub(super) fn refund(&mut self, at: Ms, id: &str, body: &str, lag: Ms) -> Result<u32, Refusal> {
        let index = self.find(at, id)?;
        let wanted = read(id, body)?;
        let Some(order) = self.orders.get_mut(index as usize) else { return Ok(index) };
        sellers(order, "refunded")?;
        let mut granted = Vec::new();
        for wish in wanted {
            granted.push((wish.line, may_refund(order, wish)?));
        }
        shadow(order, at, lag);
        for (number, parts) in granted {
            let cents: i64 = parts.iter().map(|part| part.cents + part.tax_cents).sum();
            let cents = u32::try_from(cents).unwrap_or(u32::MAX);
            effects::count(&mut self.effects.refund, &format!("{id}/{number}"), cents);
            let Some(line) = order.line_mut(number) else { continue };
            line.given.extend(parts);
            line.status_at = at;
        }
        order.changed(at);
        self.changes += 1;
        Ok(index)
    }
}

/// Reads the body; at least one line with at least one charge comes back.
fn read(id: &str, body: &str) -> Result<Vec<Wanted>, Refusal> {
    let body: Body = parse(body)?;
    let refund = body.order_refund.ok_or_else(|| Refusal::content("orderRefund is missing"))?;
    if refund.purchase_order_id.as_deref() != Some(id) {
        return Err(Refusal::content(format!("purchaseOrderId must be {id}, the one of the path")));
    }
    let lines = refund.order_lines.map(|lines| lines.order_line).unwrap_or_default();
    if lines.is_empty() {
        return Err(Refusal::content("orderRefund.orderLines.orderLine is missing or empty"));
    }
    if lines.iter().any(|line| line.is_full_refund != lines[0].is_full_refund) {
        return Err(Refusal::content("Full and partial refunds of order lines cannot be in one request"));
    }
    let mut all: Vec<Wanted> = Vec::new();
    for line in lines {
        let number = line_number(&line.line_number)?;
        if all.iter().any(|known| known.line == number) {
            return Err(Refusal::content(format!("Line number {number} is given more than once")));
        }
        let mut parts = Vec::new();
        for refund in line.refunds.map(|refunds| refunds.refund).unwrap_or_default() {
            let comment = refund.refund_comments.unwrap_or_default();
            for charge in refund.refund_charges.map(|charges| charges.refund_charge).unwrap_or_default() {
                parts.push(given(charge, number, &comment)?);
            }
        }
        if parts.is_empty() {
            return Err(Refusal::content(format!("refundCharges is missing for line number {number}")));
        }
        all.push(Wanted { line: number, full: line.is_full_refund, parts });
    }
    Ok(all)
}

fn given(refund: RefundCharge, number: u32, comment: &str) -> Result<Given, Refusal> {
    let refuse = |why: String| Refusal::content(format!("{why} for line number {number}"));
    let given = refund.refund_reason.unwrap_or_default();
    let reason = REASONS.into_iter().find(|reason| *reason == given);
    let reason = reason.ok_or_else(|| refuse(format!("refundReason {given:?} is invalid")))?;
    let charge = refund.charge.ok_or_else(|| refuse("charge is missing".into()))?;
    let shipping = match charge.charge_type.as_deref() {
        Some("PRODUCT") => false,
        Some("SHIPPING") => true,
        other => return Err(refuse(format!("chargeType {:?} is invalid", other.unwrap_or_default()))),
    };
    if charge.charge_name.is_none_or(|name| name.trim().is_empty()) {
        return Err(refuse("chargeName is missing".into()));
    }
    let cents = Amount::back(charge.charge_amount.as_ref(), "chargeAmount", number)?;
    let tax_cents = match &charge.tax {
        None => 0,
        Some(tax) if tax.tax_name.is_none() => return Err(refuse("taxName is missing".into())),
        Some(tax) => Amount::back(tax.tax_amount.as_ref(), "taxAmount", number)?,
    };
    Ok(Given { shipping, cents, tax_cents, reason, comment: comment.to_owned() })
}

/// What Walmart gives back of the line for this wish.
fn may_refund(order: &Order, wish: Wanted) -> Result<Vec<Given>, Refusal> {
    let number = wish.line;
    let line = line_of(order, number)?;
    if line.packages.is_empty() {
        return Err(Refusal::content(format!(
            "The Line: {number} of PO: {} is not shipped and cannot be refunded",
            order.id
        )));
    }
    let left = line.left();
    let whole_price = wish.parts.iter().any(|part| !part.shipping && part.cents == line.product_cents);
    if line.given.is_empty() && (wish.full || whole_price) {
        return Ok(everything(line, &wish.parts[0]));
    }
    for shipping in [false, true] {
        let parts = || wish.parts.iter().filter(|part| part.shipping == shipping);
        let (cents, tax) = left[usize::from(shipping)];
        if parts().map(|part| part.cents).sum::<i64>() > cents
            || parts().map(|part| part.tax_cents).sum::<i64>() > tax
        {
            return Err(Refusal::content(format!(
                "Refund amount exceeds the remaining amount for line number {number} of PO: {}",
                order.id
            )));
        }
    }
    Ok(wish.parts)
}

fn everything(line: &Line, like: &Given) -> Vec<Given> {
    let left = line.left().into_iter().zip([false, true]);
    left.filter(|((cents, tax), _)| cents + tax > 0)
        .map(|((cents, tax_cents), shipping)| Given { shipping, cents, tax_cents, ..like.clone() })
        .collect()
}
