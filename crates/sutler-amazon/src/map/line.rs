//! Lines: units, what became of them, what was charged, and the packages that hold them.

use rust_decimal::Decimal;
use sutler_core::{
    id::{LineId, Sku},
    money::Money,
    open::Open,
    order::{CancelWish, Charge, ChargeKind, Line, LinePackage, OtherStatus},
};
use sutler_wire::Look;

/// Every line, sorted by its id.
pub(crate) fn lines(root: &Look<'_>, status: &str) -> Vec<Line> {
    let mut all: Vec<Line> = Vec::new();
    for look in root.list("orderItems") {
        let Some(id) = look.text("orderItemId") else {
            look.odd("orderItemId", "the line has no id");
            continue;
        };
        let id = LineId::new(&*id);
        if all.iter().any(|line| line.line_id == id) {
            look.odd("orderItemId", "the line stands twice; the first one counts");
            continue;
        }
        all.push(line(&look, id, status));
    }
    if all.is_empty() {
        root.odd("orderItems", "the order has no lines");
    }
    packages(root, &mut all);
    all.sort_by(|a, b| a.line_id.cmp(&b.line_id));
    all
}

fn line(look: &Look<'_>, id: LineId, status: &str) -> Line {
    let product = look.get("product");
    let of_product = |field: &str| product.as_ref().and_then(|product| product.text(field));
    let sku = of_product("sellerSku").map(|sku| Sku::new(&*sku));
    let ordered = look.units("quantityOrdered").unwrap_or_else(|| {
        look.odd("quantityOrdered", "the line says no number of units");
        0
    });
    let mut line = Line::new(id, sku, ordered);
    line.title = of_product("title").map(|title| title.into_owned()).unwrap_or_default();
    let fulfillment = look.get("fulfillment");
    let units = |field: &str| fulfillment.as_ref().and_then(|part| part.units(field));
    line.shipped =
        units("quantityFulfilled").unwrap_or(if status == "SHIPPED" { ordered } else { 0 }).min(ordered);
    let open = units("quantityUnfulfilled");
    let cancellation = look.get("cancellation");
    let part = |name: &str| cancellation.as_ref().and_then(|cancellation| cancellation.get(name));
    let executed = part("cancellationExecution");
    line.cancelled = match (status, &executed, open) {
        ("CANCELLED", ..) => ordered - line.shipped,
        // What is neither shipped nor open of a line that was cancelled.
        (_, Some(_), Some(open)) => ordered.saturating_sub(line.shipped).saturating_sub(open),
        (_, Some(_), None) => ordered - line.shipped,
        _ => 0,
    };
    line.cancel_reason =
        executed.as_ref().and_then(|one| one.text("cancelReason")).map(|text| text.into_owned());
    // A request without an execution waits for the seller.
    let asked = part("cancellationRequest")
        .or_else(|| cancellation.clone().filter(|one| one.text("requester").is_some()));
    line.cancel_wish = CancelWish::open_if(asked.is_some() && executed.is_none() && line.open() > 0);
    match status {
        ""
        | "PENDING"
        | "PENDING_AVAILABILITY"
        | "UNSHIPPED"
        | "PARTIALLY_SHIPPED"
        | "SHIPPED"
        | "CANCELLED" => {}
        other => line.other_statuses.push(OtherStatus { status: other.to_owned(), quantity: ordered }),
    }
    line.charges = charges(look);
    line
}

/// Breakdowns of a line: parts that are zero are left out by Amazon, and a discount's sign differs between sources.
fn charges(look: &Look<'_>) -> Vec<Charge> {
    let Some(proceeds) = look.get("proceeds") else { return Vec::new() };
    let mut all: Vec<Charge> = Vec::new();
    let mut tax: Option<Money> = None;
    for part in proceeds.list("breakdowns") {
        let (Some(name), Some(amount)) =
            (part.text("type"), part.amount("subtotal", "amount", "currencyCode"))
        else {
            continue;
        };
        let kind = match &*name {
            "TAX" => {
                tax = Some(tax.map_or(amount, |sum| sum.plus(amount).unwrap_or(sum)));
                continue;
            }
            "ITEM" => Open::Known(ChargeKind::Product),
            "SHIPPING" => Open::Known(ChargeKind::Shipping),
            "DISCOUNT" => Open::Known(ChargeKind::Discount),
            "GIFT_WRAP" | "COD_FEE" | "OTHER" => Open::Known(ChargeKind::Fee),
            other => Open::Other(other.to_owned()),
        };
        let amount = match kind {
            Open::Known(ChargeKind::Discount) => Money { amount: -amount.amount.abs(), ..amount },
            _ => amount,
        };
        all.push(Charge { kind, name: name.into_owned(), amount, tax: None });
    }
    if let Some(tax) = tax.filter(|tax| tax.amount != Decimal::ZERO) {
        match all.first_mut() {
            Some(first) => first.tax = Some(tax),
            None => all.push(Charge {
                kind: Open::Known(ChargeKind::Product),
                name: "ITEM".into(),
                amount: Money::zero(tax.currency),
                tax: Some(tax),
            }),
        }
    }
    all
}

fn packages(root: &Look<'_>, lines: &mut [Line]) {
    for package in root.list("packages") {
        let text = |field: &str| package.text(field).map(|text| text.into_owned()).unwrap_or_default();
        let status =
            package.get("packageStatus").and_then(|part| part.text("status").map(|text| text.into_owned()));
        if status.as_deref() == Some("CANCELLED") {
            continue;
        }
        let (tracking, carrier) = (text("trackingNumber"), text("carrier"));
        for item in package.list("packageItems") {
            let (Some(id), Some(quantity)) = (item.text("orderItemId"), item.units("quantity")) else {
                continue;
            };
            let Some(line) = lines.iter_mut().find(|line| line.line_id.as_str() == id) else { continue };
            if status.as_deref() == Some("DELIVERED") {
                line.delivered = line.delivered.saturating_add(quantity).min(line.shipped);
            }
            let key = (&tracking, &carrier);
            match line.packages.binary_search_by(|known| (&known.tracking, &known.carrier).cmp(&key)) {
                Ok(at) => line.packages[at].quantity = line.packages[at].quantity.saturating_add(quantity),
                Err(at) => line.packages.insert(
                    at,
                    LinePackage { tracking: tracking.clone(), carrier: carrier.clone(), quantity },
                ),
            }
        }
    }
}
