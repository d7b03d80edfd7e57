//! Refunds: the bodies of ours, and what an order shows of them. eBay refunds asynchronously and takes no key of ours.

use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use sutler_core::{
    channel::{Probe, Receipt},
    command::{Refund, RefundReason},
    error::Result as CoreResult,
    money::Money,
};

#[derive(Serialize)]
struct Amount {
    value: String,
    currency: String,
}

impl From<Money> for Amount {
    fn from(money: Money) -> Amount {
        Amount { value: money.amount.to_string(), currency: money.currency.to_string() }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    reason_for_refund: &'static str,
    comment: String,
    refund_items: Vec<Item<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Item<'a> {
    line_item_id: &'a str,
    refund_amount: Amount,
}

fn reason(reason: RefundReason) -> &'static str {
    match reason {
        RefundReason::Returned => "BUYER_RETURN",
        RefundReason::NotReceived => "ITEM_NOT_RECEIVED",
        RefundReason::NotAsDescribed => "ITEM_NOT_AS_DESCRIBED",
        RefundReason::SellerCancelled => "SELLER_CANCEL",
        _ => "OTHER_ADJUSTMENT",
    }
}

/// Amounts by line, tax included: eBay knows no charges.
fn by_line(refund: &Refund) -> CoreResult<BTreeMap<&str, Money>> {
    let mut all: BTreeMap<&str, Money> = BTreeMap::new();
    for part in &refund.parts {
        let gross = part.tax.map_or(Ok(part.amount), |tax| part.amount.plus(tax))?;
        let sum = match all.get(part.line_id.as_str()) {
            Some(before) => before.plus(gross)?,
            None => gross,
        };
        all.insert(part.line_id.as_str(), sum);
    }
    Ok(all)
}

fn refused(code: &str, why: impl Into<String>) -> Receipt {
    Receipt::Refused { code: code.into(), why: why.into() }
}

/// What names the refund in its comment, which a person sees in the seller hub.
fn comment(refund: &Refund) -> String {
    format!("refund {} by sutler", refund.refund)
}

/// The body of `POST …/issue_refund`.
pub(crate) fn body(refund: &Refund) -> Result<Vec<u8>, Receipt> {
    let lines = by_line(refund).map_err(|error| refused("amounts", error.text()))?;
    let body = Body {
        reason_for_refund: reason(refund.reason),
        comment: comment(refund),
        refund_items: lines
            .into_iter()
            .map(|(line_item_id, money)| Item { line_item_id, refund_amount: money.into() })
            .collect(),
    };
    serde_json::to_vec(&body).map_err(|_| refused("unwritable", "the body cannot be written as JSON"))
}

/// The body of a return's own `issue_refund`: one amount for the return.
pub(crate) fn return_body(refund: &Refund) -> Result<Vec<u8>, Receipt> {
    let lines = by_line(refund).map_err(|error| refused("amounts", error.text()))?;
    let mut lines = lines.into_values();
    let Some(first) = lines.next() else { return Err(refused("no_parts", "the refund names nothing")) };
    let sum = lines.try_fold(first, Money::plus).map_err(|error| refused("amounts", error.text()))?;
    let amount = serde_json::json!({ "value": sum.amount.to_string(), "currency": sum.currency.to_string() });
    let body = serde_json::json!({
        "comments": { "content": comment(refund) },
        "refundDetail": {
            "itemizedRefundDetail": [{ "refundAmount": amount, "refundFeeType": "PURCHASE_PRICE" }],
            "totalAmount": amount,
        },
    });
    Ok(body.to_string().into_bytes())
}

fn hundredths(amount: Decimal) -> Option<u32> {
    u32::try_from(amount.checked_mul(Decimal::ONE_HUNDRED)?.round()).ok()
}

#[derive(Debug)]
struct Shown {
    id: String,
    status: String,
}

/// What an order shows of refunds.
#[derive(Debug)]
pub(crate) struct OrderRefunds {
    order: Vec<Shown>,
    /// Gross, by line: the order level holds the seller's net.
    lines: BTreeMap<String, Decimal>,
}

impl OrderRefunds {
    /// From an order's payload, whatever it is.
    pub(crate) fn read(raw: &[u8]) -> OrderRefunds {
        let value: Value = serde_json::from_slice(raw).unwrap_or_default();
        let list = |at: Option<&Value>| at.and_then(Value::as_array).cloned().unwrap_or_default();
        let text =
            |of: &Value, name: &str| of.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let order = list(value.pointer("/paymentSummary/refunds"))
            .iter()
            .map(|refund| Shown { id: text(refund, "refundId"), status: text(refund, "refundStatus") })
            .collect();
        let mut lines: BTreeMap<String, Decimal> = BTreeMap::new();
        for line in list(value.get("lineItems")) {
            for refund in list(line.get("refunds")) {
                let amount =
                    refund.pointer("/amount/value").or_else(|| refund.pointer("/refundAmount/value"));
                if let Some(amount) =
                    amount.and_then(Value::as_str).and_then(|text| text.parse::<Decimal>().ok())
                {
                    *lines.entry(text(&line, "lineItemId")).or_default() += amount;
                }
            }
        }
        OrderRefunds { order, lines }
    }

    /// What became of one refund by its id; none while it is pending or not shown yet.
    pub(crate) fn outcome(&self, id: &str) -> Option<Receipt> {
        let shown = self.order.iter().find(|shown| shown.id == id)?;
        match shown.status.as_str() {
            "REFUNDED" => {
                Some(Receipt::Done { evidence: format!("the order shows refund {id} as refunded") })
            }
            "FAILED" => Some(refused("FAILED", format!("eBay says that refund {id} failed"))),
            _ => None,
        }
    }

    /// Hundredths it shows given back on the lines of `refund`: the before-image of a send.
    pub(crate) fn given_back(&self, refund: &Refund) -> Option<u32> {
        let lines = by_line(refund).ok()?;
        hundredths(lines.keys().filter_map(|line| self.lines.get(*line)).copied().sum())
    }

    /// Does it show as much more given back as `refund` asked for, than it showed `before`? A "no" says nothing: refunds
    /// take a while to show.
    pub(crate) fn judge(&self, refund: &Refund, before: Option<u32>) -> Probe {
        let unclear = |why: &str| Probe::Inconclusive { why: why.to_owned() };
        let Ok(wanted) = by_line(refund) else { return unclear("amounts of several currencies") };
        let wanted = hundredths(wanted.values().map(|money| money.amount).sum());
        let (Some(before), Some(now), Some(wanted)) = (before, self.given_back(refund), wanted) else {
            return unclear("what was given back before is not known");
        };
        if wanted > 0 && now >= before.saturating_add(wanted) {
            let evidence = format!("{now} hundredths are given back on its lines, {before} were before");
            return Probe::Happened { evidence };
        }
        unclear("the order does not show it yet")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sutler_core::{command::RefundPart, money::Currency, open::Open, order::ChargeKind};

    fn refund() -> Refund {
        let part = |charge, cents, tax| RefundPart {
            line_id: "L1".into(),
            charge: Open::Known(charge),
            amount: Money { amount: Decimal::new(cents, 2), currency: Currency::USD },
            tax: Some(Money { amount: Decimal::new(tax, 2), currency: Currency::USD }),
        };
        let parts = vec![part(ChargeKind::Product, 1_000, 80), part(ChargeKind::Shipping, 500, 0)];
        Refund { refund: 3, parts, reason: RefundReason::NotReceived, via: None }
    }

    #[test]
    fn a_refund_is_gross_and_by_line() {
        let text = String::from_utf8(body(&refund()).expect("a body")).expect("JSON");
        assert_eq!(
            text,
            r#"{"reasonForRefund":"ITEM_NOT_RECEIVED","comment":"refund 3 by sutler","refundItems":[{"lineItemId":"L1","refundAmount":{"value":"15.80","currency":"USD"}}]}"#
        );
        let text = String::from_utf8(return_body(&refund()).expect("a body")).expect("JSON");
        assert!(text.contains(r#""totalAmount":{"currency":"USD","value":"15.80"}"#), "{text}");
    }

    #[test]
    fn what_an_order_shows_of_refunds_is_read_as_it_is_in_practice() {
        let shown = OrderRefunds::read(
            br#"{"paymentSummary":{"refunds":[{"refundId":"R1","refundStatus":"REFUNDED","amount":{"value":"13.10"}},{"refundId":"R2","refundStatus":"PENDING"}]},"lineItems":[{"lineItemId":"L1","refunds":[{"amount":{"value":"15.80","currency":"USD"}},{"refundDate":"2026-01-01"}]}]}"#,
        );
        assert!(matches!(shown.outcome("R1"), Some(Receipt::Done { .. })));
        assert_eq!((shown.outcome("R2"), shown.outcome("R9")), (None, None));
        assert!(matches!(shown.judge(&refund(), Some(0)), Probe::Happened { .. }));
        assert!(matches!(OrderRefunds::read(b"?").judge(&refund(), Some(0)), Probe::Inconclusive { .. }));
    }

    /// A refund like an earlier one is told from it by what was there before.
    #[test]
    fn g22_an_earlier_refund_of_as_much_is_not_taken_for_this_one() {
        let line =
            |amounts: &str| format!(r#"{{"lineItems":[{{"lineItemId":"L1","refunds":[{amounts}]}}]}}"#);
        let one = r#"{"amount":{"value":"15.80","currency":"USD"}}"#;
        let before = OrderRefunds::read(line(one).as_bytes());
        let image = before.given_back(&refund());
        assert_eq!(image, Some(1_580));
        assert!(matches!(before.judge(&refund(), image), Probe::Inconclusive { .. }));
        assert!(matches!(before.judge(&refund(), None), Probe::Inconclusive { .. }));
        let after = OrderRefunds::read(line(&format!("{one},{one}")).as_bytes());
        assert!(matches!(after.judge(&refund(), image), Probe::Happened { .. }));
    }
}
