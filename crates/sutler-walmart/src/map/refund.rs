//! Refunds: the body of ours, and what an order shows of them. Amounts are negative at Walmart, and there is no key of ours
//! but the comment.

use super::value::decimal;
use crate::wire::{
    leaf::Leaf,
    node::Node,
    write::{ChargeBack, Exact, LineRefund, RefundBody, RefundCharge, RefundEntry, Signed, TaxBack},
};
use rust_decimal::Decimal;
use sutler_core::{
    channel::{Probe, Receipt},
    command::{Command, OrderBrief, Refund, RefundPart, RefundReason},
    error::Result,
    id::{ChannelOrderId, LineId},
    money::Money,
    open::Open,
    order::{Charge, ChargeKind},
};

fn refused(code: &str, why: impl Into<String>) -> Receipt {
    Receipt::Refused { code: code.into(), why: why.into() }
}

/// Walmart's word for a reason, of the 22 of its specification.
fn reason(reason: RefundReason) -> &'static str {
    match reason {
        RefundReason::Returned => "Customer returned item",
        RefundReason::NotReceived => "Merchandise not received",
        RefundReason::NotAsDescribed => "ItemNotAsAdvertised",
        RefundReason::SellerCancelled => "CancelledYetShipped",
        _ => "General adjustment",
    }
}

/// What names the refund: the host's number of it, which no other refund of the order has.
fn comment(refund: &Refund) -> String {
    format!("refund {} by sutler", refund.refund)
}

/// `chargeType`, `chargeName` and `taxName` of a charge; the specification has names for two types alone.
fn names(kind: &Open<ChargeKind>) -> Option<(&'static str, &'static str, &'static str)> {
    match kind {
        Open::Known(ChargeKind::Product) => Some(("PRODUCT", "ItemPrice", "Item Price Tax")),
        Open::Known(ChargeKind::Shipping) => Some(("SHIPPING", "Shipping", "Shipping Tax")),
        _ => None,
    }
}

/// Does the refund give back the full price of the line's item, everything charged for the line, or less?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Extent {
    Part,
    FullPrice,
    Everything,
}

fn extent(line: &LineId, charges: &[Charge], refund: &Refund) -> Extent {
    let part = |kind: &Open<ChargeKind>| {
        refund.parts.iter().find(|part| part.line_id == *line && part.charge == *kind)
    };
    let amount = |kind: &Open<ChargeKind>| part(kind).map_or(Decimal::ZERO, |part| part.amount.amount);
    let tax = |kind: &Open<ChargeKind>| {
        part(kind).and_then(|part| part.tax).map_or(Decimal::ZERO, |tax| tax.amount)
    };
    let charged = |kind: &Open<ChargeKind>| {
        let same = || charges.iter().filter(|charge| charge.kind == *kind);
        let sum: Decimal = same().map(|charge| charge.amount.amount).sum();
        let taxes: Decimal = same().filter_map(|charge| charge.tax).map(|tax| tax.amount).sum();
        (sum, taxes)
    };
    let product = Open::Known(ChargeKind::Product);
    if part(&product).is_none() || amount(&product) < charged(&product).0 {
        return Extent::Part;
    }
    let all = charges.iter().all(|charge| (amount(&charge.kind), tax(&charge.kind)) >= charged(&charge.kind));
    if all { Extent::Everything } else { Extent::FullPrice }
}

/// The body of `POST /v3/orders/{id}/refund`; `Err` inside is a refusal before sending.
pub(crate) fn body(
    op: &'static str,
    id: &ChannelOrderId,
    refund: &Refund,
    brief: Option<&OrderBrief>,
) -> Result<Result<Vec<u8>, Receipt>> {
    match lines(refund, brief) {
        Ok(lines) => super::write::body(op, &RefundBody::of(id.as_str(), lines)).map(Ok),
        Err(receipt) => Ok(Err(receipt)),
    }
}

fn lines<'a>(refund: &'a Refund, brief: Option<&OrderBrief>) -> Result<Vec<LineRefund<'a>>, Receipt> {
    let mut ids: Vec<&LineId> = refund.parts.iter().map(|part| &part.line_id).collect();
    ids.sort();
    ids.dedup();
    if ids.is_empty() {
        return Err(refused("no_lines", "the refund names nothing; at least one charge is needed"));
    }
    let mut all = Vec::with_capacity(ids.len());
    for line in ids {
        let charges = brief.and_then(|brief| brief.charges_of(line));
        let extent = charges.map_or(Extent::Part, |charges| extent(line, charges, refund));
        if extent == Extent::FullPrice {
            // Walmart would give back more than was asked for.
            return Err(refused(
                "full_price",
                format!(
                    "with the full price of line {line} Walmart gives back its tax and shipping too; name them, or less"
                ),
            ));
        }
        let parts = refund.parts.iter().filter(|part| part.line_id == *line);
        all.push(LineRefund {
            line_number: line.as_str(),
            is_full_refund: extent == Extent::Everything,
            refunds: RefundEntry::of(
                comment(refund),
                parts.map(|part| charge(part, refund.reason)).collect::<Result<_, Receipt>>()?,
            ),
        });
    }
    if all.iter().any(|line| line.is_full_refund != all[0].is_full_refund) {
        let why = "Walmart takes lines given back in full and in part by requests of their own; ask for two refunds";
        return Err(refused("full_and_partial", why));
    }
    Ok(all)
}

fn charge(part: &RefundPart, why: RefundReason) -> Result<RefundCharge, Receipt> {
    let Some((charge_type, charge_name, tax_name)) = names(&part.charge) else {
        let why =
            format!("Walmart gives back product and shipping; line {} names {}", part.line_id, part.charge);
        return Err(refused("charge_unknown", why));
    };
    if part.amount.amount.is_zero() {
        let why = format!(
            "the {} of line {} has a tax and no amount; both are given back together",
            part.charge, part.line_id
        );
        return Err(refused("no_amount", why));
    }
    let tax = part.tax.filter(|tax| !tax.amount.is_zero());
    Ok(RefundCharge {
        refund_reason: reason(why),
        charge: ChargeBack {
            charge_type,
            charge_name,
            charge_amount: signed(part.amount)?,
            tax: tax.map(signed).transpose()?.map(|tax_amount| TaxBack { tax_name, tax_amount }),
        },
    })
}

fn signed(money: Money) -> Result<Signed, Receipt> {
    let amount = Exact::new(-money.amount)
        .ok_or_else(|| refused("amounts", format!("{money} cannot be written as a number")))?;
    Ok(Signed { currency: money.currency.to_string(), amount })
}

/// What one line of an order shows of refunds.
#[derive(Debug, Default, PartialEq)]
struct Shown {
    line: String,
    /// Of the one refund that is shown, or of all of them.
    comments: Vec<String>,
    /// Given back without tax, by the charge's type; positive.
    amounts: Vec<(String, Decimal)>,
}

fn shown(raw: &str) -> Vec<Shown> {
    let Some(tree) = Node::read(raw) else { return Vec::new() };
    let order = tree.get("order").unwrap_or(&tree);
    let lines = order.get("orderLines").and_then(|lines| lines.get("orderLine"));
    let mut all = Vec::new();
    for line in lines.map_or(&[][..], Node::items) {
        let mut one = Shown { line: text(line, "lineNumber"), ..Shown::default() };
        for refund in line.get("refund").map_or(&[][..], Node::items) {
            one.comments.push(text(refund, "refundComments"));
            let charges = refund.get("refundCharges").and_then(|charges| charges.get("refundCharge"));
            for charge in charges.map_or(&[][..], Node::items).iter().filter_map(|one| one.get("charge")) {
                let amount = charge.get("chargeAmount").and_then(|money| match money.get("amount") {
                    Some(Node::Leaf(leaf)) => decimal(leaf).ok().flatten(),
                    _ => None,
                });
                one.amounts.extend(amount.map(|amount| (text(charge, "chargeType"), amount.abs())));
            }
        }
        all.push(one);
    }
    all
}

fn text(node: &Node<'_>, name: &str) -> String {
    match node.get(name) {
        Some(Node::Leaf(leaf)) => Leaf::owned(leaf),
        _ => String::new(),
    }
}

/// Hundredths given back so far of the charges that the refund touches: the before-image of a send.
pub(crate) fn given_back(refund: &Refund, raw: &[u8]) -> Option<u32> {
    hundredths(sum(refund, &shown(&String::from_utf8_lossy(raw))))
}

fn sum(refund: &Refund, shown: &[Shown]) -> Decimal {
    let of = |part: &RefundPart| -> Decimal {
        let kind = names(&part.charge).map_or("", |(kind, ..)| kind);
        let line = shown.iter().filter(|one| one.line == part.line_id.as_str());
        line.flat_map(|one| &one.amounts).filter(|(name, _)| name == kind).map(|(_, amount)| *amount).sum()
    };
    refund.parts.iter().map(of).sum()
}

fn hundredths(amount: Decimal) -> Option<u32> {
    u32::try_from(amount.checked_mul(Decimal::ONE_HUNDRED)?.round()).ok()
}

/// Has it happened, by this read? Its own comment on each of its lines says so; so does as much more given back as was
/// asked for, where no other refund shows. Anything else says nothing: how soon a refund shows is not documented.
pub(crate) fn judge(command: &Command, refund: &Refund, raw: &[u8]) -> Probe {
    let shown = shown(&String::from_utf8_lossy(raw));
    let unclear = |why: &str| Probe::Inconclusive { why: why.to_owned() };
    let ours = comment(refund);
    let lines: Vec<&Shown> = shown
        .iter()
        .filter(|one| refund.parts.iter().any(|part| part.line_id.as_str() == one.line))
        .collect();
    let named = |one: &&Shown| one.comments.contains(&ours);
    if !lines.is_empty() && lines.iter().all(named) {
        return Probe::Happened { evidence: format!("the order shows {ours:?} on each of its lines") };
    }
    let (now, wanted) = (sum(refund, &shown), refund.parts.iter().map(|part| part.amount.amount).sum());
    let (Some(before), Some(now), Some(wanted)) = (command.before, hundredths(now), hundredths(wanted))
    else {
        return unclear("what was given back before is not known");
    };
    if now < before.saturating_add(wanted) {
        return unclear("the order does not show as much given back");
    }
    if lines.iter().any(|one| one.comments.iter().any(|text| !text.is_empty())) {
        return unclear("the order shows as much given back, by a refund of another name");
    }
    Probe::Happened { evidence: format!("{now} hundredths are given back, {before} were before") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sutler_core::{
        command::{Act, CommandKey, Verb},
        money::Currency,
        open::Open,
        order::FulfilledBy,
        time::from_millis,
    };

    const OP: &str = "walmart.orders.refund";

    fn usd(cents: i64) -> Money {
        Money { amount: Decimal::new(cents, 2), currency: Currency::USD }
    }

    fn part(line: &str, kind: ChargeKind, cents: i64, tax: i64) -> RefundPart {
        RefundPart {
            line_id: line.into(),
            charge: Open::Known(kind),
            amount: usd(cents),
            tax: (tax > 0).then(|| usd(tax)),
        }
    }

    fn refund(parts: Vec<RefundPart>) -> Refund {
        Refund { refund: 3, parts, reason: RefundReason::NotReceived, via: None }
    }

    /// Lines "1" and "2": 10.00 with 0.80 of tax, and 5.99 of shipping.
    fn brief() -> OrderBrief {
        let charge = |kind, cents, tax: i64| Charge {
            kind: Open::Known(kind),
            name: String::new(),
            amount: usd(cents),
            tax: (tax > 0).then(|| usd(tax)),
        };
        let charges = vec![charge(ChargeKind::Product, 1_000, 80), charge(ChargeKind::Shipping, 599, 0)];
        OrderBrief {
            fulfilled_by: Open::Known(FulfilledBy::Seller),
            placed_at: None,
            charges: vec![("1".into(), charges.clone()), ("2".into(), charges)],
        }
    }

    fn sent(refund: &Refund) -> String {
        let body = body(OP, &"PO1".into(), refund, Some(&brief())).expect("JSON").expect("it is taken");
        String::from_utf8(body).expect("text")
    }

    fn why(refund: &Refund) -> String {
        match body(OP, &"PO1".into(), refund, Some(&brief())).expect("JSON") {
            Err(Receipt::Refused { code, .. }) => code,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_refund_is_negative_numbers_by_line_and_charge_under_its_own_comment() {
        let parts = vec![part("1", ChargeKind::Product, 500, 40), part("1", ChargeKind::Shipping, 599, 0)];
        assert_eq!(
            sent(&refund(parts)),
            r#"{"orderRefund":{"purchaseOrderId":"PO1","orderLines":{"orderLine":[{"lineNumber":"1","isFullRefund":false,"refunds":{"refund":[{"refundComments":"refund 3 by sutler","refundCharges":{"refundCharge":[{"refundReason":"Merchandise not received","charge":{"chargeType":"PRODUCT","chargeName":"ItemPrice","chargeAmount":{"currency":"USD","amount":-5.00},"tax":{"taxName":"Item Price Tax","taxAmount":{"currency":"USD","amount":-0.40}}}},{"refundReason":"Merchandise not received","charge":{"chargeType":"SHIPPING","chargeName":"Shipping","chargeAmount":{"currency":"USD","amount":-5.99}}}]}}]}}]}}}"#
        );
    }

    #[test]
    fn g22_walmart_is_not_brought_to_give_back_more_than_was_asked() {
        let price = part("1", ChargeKind::Product, 1_000, 0);
        assert_eq!(why(&refund(vec![price.clone()])), "full_price", "tax and shipping would come with it");
        let taxed = part("1", ChargeKind::Product, 1_000, 80);
        assert_eq!(why(&refund(vec![taxed.clone()])), "full_price", "so would shipping");
        let whole = vec![taxed, part("1", ChargeKind::Shipping, 599, 0)];
        assert!(sent(&refund(whole.clone())).contains(r#""isFullRefund":true"#));
        let mixed = [whole, vec![part("2", ChargeKind::Product, 1, 0)]].concat();
        assert_eq!(why(&refund(mixed)), "full_and_partial");
        assert_eq!(why(&refund(vec![part("1", ChargeKind::Fee, 1, 0)])), "charge_unknown");
        assert_eq!(why(&refund(vec![part("1", ChargeKind::Product, 0, 1)])), "no_amount");
        assert_eq!(why(&refund(Vec::new())), "no_lines");
    }

    fn order(comment: &str, amounts: &[&str]) -> String {
        let charges = amounts.iter().map(|amount| {
            format!(r#"{{"refundReason":"Others","charge":{{"chargeType":"PRODUCT","chargeAmount":{{"currency":"USD","amount":{amount}}}}}}}"#)
        });
        let charges: Vec<_> = charges.collect();
        format!(
            r#"{{"orderLines":{{"orderLine":[{{"lineNumber":"1","refund":{{"refundComments":"{comment}","refundCharges":{{"refundCharge":[{}]}}}}}}]}}}}"#,
            charges.join(",")
        )
    }

    #[test]
    fn g22_a_refund_is_known_by_its_comment_or_by_what_was_there_before() {
        let asked = refund(vec![part("1", ChargeKind::Product, 500, 40)]);
        let key = CommandKey { verb: Verb::Refund, subject: "PO1/3".into(), ordinal: 0 };
        let at = from_millis(0);
        let doubt =
            |before| Command { before, ..Command::intend(key.clone(), Act::Refund(asked.clone()), at, at) };
        let one = order("", &["-5.0"]);
        assert_eq!(given_back(&asked, one.as_bytes()), Some(500));
        assert_eq!(given_back(&asked, br#"{"orderLines":{}}"#), Some(0));
        let happened = |before, raw: &str| {
            matches!(judge(&doubt(before), &asked, raw.as_bytes()), Probe::Happened { .. })
        };
        assert!(happened(Some(0), &one));
        assert!(!happened(Some(500), &one), "that was there before");
        assert!(!happened(None, &one), "and that may have been");
        assert!(happened(None, &order("refund 3 by sutler", &["-5.0"])), "its own name is proof enough");
        assert!(!happened(Some(0), &order("refund 2 by sutler", &["-5.0"])), "another's is none");
        assert!(!happened(Some(0), "nonsense"));
    }
}
