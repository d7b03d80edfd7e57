//! Lines: units, what became of them, and what was charged.

use super::CANCEL_REQUESTS;
use rust_decimal::Decimal;
use sutler_core::{
    id::{LineId, Sku},
    money::Money,
    open::Open,
    order::{CancelWish, Charge, ChargeKind, Line, OtherStatus},
};
use sutler_wire::Look;

/// Every line, sorted by its id.
pub(crate) fn lines(root: &Look<'_>) -> Vec<Line> {
    let cancelled = is_cancelled(root);
    let asked = cancel_requested(root);
    let mut all: Vec<Line> = Vec::new();
    for look in root.list("lineItems") {
        let Some(id) = look.text("lineItemId") else {
            look.odd("lineItemId", "the line has no id");
            continue;
        };
        let id = LineId::new(&*id);
        if all.iter().any(|line| line.line_id == id) {
            look.odd("lineItemId", "the line stands twice; the first one counts");
            continue;
        }
        all.push(line(&look, id, cancelled, asked));
    }
    if all.is_empty() {
        root.odd("lineItems", "the order has no lines");
    }
    charges_of_order(root, &mut all);
    all.sort_by(|a, b| a.line_id.cmp(&b.line_id));
    all
}

fn line(look: &Look<'_>, id: LineId, cancelled: bool, asked: bool) -> Line {
    // Old and Trading listings may have no SKU; then the listing's own id and the variation's name the goods.
    let sku = look.text("sku").map(|sku| Sku::new(&*sku)).or_else(|| {
        let item = look.text("legacyItemId")?;
        Some(match look.text("legacyVariationId").filter(|id| id != "0") {
            Some(variation) => Sku::new(format!("{item}/{variation}")),
            None => Sku::new(&*item),
        })
    });
    let ordered = look.units("quantity").unwrap_or_else(|| {
        look.odd("quantity", "the line says no number of units");
        0
    });
    let mut line = Line::new(id, sku, ordered);
    line.title = look.text("title").map(|title| title.into_owned()).unwrap_or_default();
    match look.text("lineItemFulfillmentStatus").as_deref() {
        Some("FULFILLED") => line.shipped = ordered,
        // Some units left: how many is known by the shipments alone, and ours are known to us.
        Some("IN_PROGRESS" | "NOT_STARTED") | None => {}
        Some(other) => line.other_statuses.push(OtherStatus { status: other.to_owned(), quantity: ordered }),
    }
    if cancelled && line.shipped == 0 {
        line.cancelled = ordered;
    }
    line.cancel_wish = CancelWish::open_if(asked && line.cancelled < ordered);
    line.charges = charges(look);
    line
}

/// `CANCELED` can stand beside `FULFILLED`: what was shipped stays shipped.
fn is_cancelled(root: &Look<'_>) -> bool {
    root.get("cancelStatus").and_then(|status| status.text("cancelState")).as_deref() == Some("CANCELED")
}

/// The buyer asked and nobody has answered. A list never shows requests: where one may be hidden, the field is noted as not
/// understood, which holds the order until a single read shows it.
fn cancel_requested(root: &Look<'_>) -> bool {
    let Some(status) = root.get("cancelStatus") else { return false };
    let state = status.text("cancelState");
    let requests = status.list("cancelRequests");
    let waits = |request: &Look<'_>| {
        let by = request.text("cancelInitiator").or_else(|| request.text("cancelRequestedBy"));
        let is_buyers = by.is_none_or(|by| !by.eq_ignore_ascii_case("SELLER"));
        is_buyers && request.text("cancelRequestState").is_none_or(|state| state == "REQUESTED")
    };
    if requests.iter().any(waits) {
        return true;
    }
    match state.as_deref() {
        None | Some("NONE_REQUESTED" | "CANCELED") => {}
        Some(_) if !requests.is_empty() => {}
        Some(state) => {
            let why = format!("the state is {state} and no request is shown; a single read shows it");
            root.odd(CANCEL_REQUESTS, why);
        }
    }
    false
}

fn charge(kind: ChargeKind, name: &str, amount: Money, tax: Option<Money>) -> Charge {
    Charge { kind: Open::Known(kind), name: name.into(), amount, tax }
}

/// Charges of one line: the cost is unit × quantity, discounts are negative, taxes that eBay collects are not in totals.
fn charges(look: &Look<'_>) -> Vec<Charge> {
    let mut all = Vec::new();
    let Some(cost) = look.money("lineItemCost") else { return all };
    let taxes = look.list("taxes");
    let mut tax = (!taxes.is_empty()).then(|| Money::zero(cost.currency));
    for amount in taxes.iter().filter_map(|tax| tax.money("amount")) {
        match tax.map(|sum| sum.plus(amount)) {
            Some(Ok(sum)) => tax = Some(sum),
            _ => look.odd("taxes", "taxes of several currencies"),
        }
    }
    all.push(charge(ChargeKind::Product, "lineItemCost", cost, tax));
    if let Some(reduced) =
        look.money("discountedLineItemCost").filter(|reduced| reduced.currency == cost.currency)
    {
        let amount = Money { amount: reduced.amount - cost.amount, ..cost };
        if !amount.amount.is_zero() {
            all.push(charge(ChargeKind::Discount, "discountedLineItemCost", amount, None));
        }
    }
    if let Some(delivery) = look.get("deliveryCost") {
        let kinds = [
            ("shippingCost", ChargeKind::Shipping),
            ("importCharges", ChargeKind::Fee),
            ("shippingIntermediationFee", ChargeKind::Fee),
        ];
        for (name, kind) in kinds {
            if let Some(amount) = delivery.money(name) {
                all.push(charge(kind, name, amount, None));
            }
        }
    }
    all
}

/// The order's own summary is the truth: what it has beyond the lines' charges stands with the first line.
fn charges_of_order(root: &Look<'_>, lines: &mut [Line]) {
    let Some(summary) = root.get("pricingSummary") else { return };
    let Some(currency) = summary.money("total").map(|total| total.currency) else { return };
    let sum = |lines: &[Line], names: &[&str]| -> Decimal {
        let all = lines.iter().flat_map(|line| &line.charges);
        all.filter(|charge| names.contains(&charge.name.as_str())).map(|charge| charge.amount.amount).sum()
    };
    let taxes = |lines: &[Line]| -> Decimal {
        lines
            .iter()
            .flat_map(|line| &line.charges)
            .filter_map(|charge| charge.tax)
            .map(|tax| tax.amount)
            .sum()
    };
    let parts: [(&str, ChargeKind, &[&str]); 5] = [
        ("priceDiscount", ChargeKind::Discount, &["discountedLineItemCost"]),
        ("deliveryCost", ChargeKind::Shipping, &["shippingCost"]),
        ("deliveryDiscount", ChargeKind::Discount, &[]),
        ("adjustment", ChargeKind::Fee, &[]),
        ("fee", ChargeKind::Fee, &["importCharges", "shippingIntermediationFee"]),
    ];
    let mut extra = Vec::new();
    for (field, kind, names) in parts {
        let Some(told) = summary.money(field).filter(|told| told.currency == currency) else { continue };
        let beyond = told.amount - sum(lines, names);
        if !beyond.is_zero() {
            extra.push(charge(kind, field, Money { amount: beyond, currency }, None));
        }
    }
    let tax =
        summary.money("tax").filter(|tax| tax.currency == currency).map(|tax| tax.amount - taxes(lines));
    let Some(first) = lines.first_mut() else { return };
    if let (Some(beyond), Some(product)) = (tax.filter(|beyond| !beyond.is_zero()), first.charges.first_mut())
    {
        let before = product.tax.map_or(Decimal::ZERO, |tax| tax.amount);
        product.tax = Some(Money { amount: before + beyond, currency });
    }
    first.charges.extend(extra);
}
