//! A line: what was bought, what became of its units, what was charged for it.

use super::{
    Notes,
    value::{currency, decimal, quantity},
};
use crate::wire::{leaf::Leaf, order as wire};
use std::borrow::Cow;
use sutler_core::{
    id::{LineId, Sku},
    money::Money,
    open::Open,
    order::{CancelWish, Charge, ChargeKind, Line, LinePackage, OtherStatus},
};

/// Reads the line that stands at `at` in the payload.
pub(crate) fn line(id: LineId, wire: &wire::Line<'_>, at: usize, notes: &mut Notes) -> Line {
    let field = |rest: &str| format!("orderLines.orderLine[{at}].{rest}");
    let none = wire::Item::default();
    let item = wire.item.0.as_ref().unwrap_or(&none);
    let sku = item.sku.text().map(|sku| Sku::new(&*sku));
    if sku.is_none() {
        notes.add(field("item.sku"), "the line has no SKU");
    }
    let units = |part: &Option<wire::Quantity<'_>>| part.as_ref().map_or(Ok(None), |q| quantity(&q.amount));
    let ordered = notes.taken(|| field("orderLineQuantity.amount"), units(&wire.order_line_quantity.0));
    let mut line = Line::new(id, sku, ordered.unwrap_or(0));
    line.title = item.product_name.owned();
    line.cancel_wish = CancelWish::open_if(asks_to_cancel(&wire.intent_to_cancel));

    let statuses = wire.order_line_statuses.0.as_ref().map_or(&[][..], |s| &s.order_line_status.0);
    let (mut shown, mut refunded) = (0_u32, 0_u32);
    for (nth, status) in statuses.iter().enumerate() {
        let path = |rest: &str| field(&format!("orderLineStatuses.orderLineStatus[{nth}].{rest}"));
        let read = notes.taken(|| path("statusQuantity.amount"), units(&status.status_quantity.0));
        let quantity = match (read, ordered, statuses.len()) {
            (Some(units), ..) => units,
            (None, Some(all), 1) => {
                notes.add(path("statusQuantity.amount"), "no units are given; the whole line was assumed");
                all
            }
            (None, ..) => {
                notes.add(path("statusQuantity.amount"), "no units are given; the status was left out");
                continue;
            }
        };
        shown = shown.saturating_add(quantity);
        let text = status.status.text().unwrap_or_default();
        match Known::read(&text) {
            Some(Known::Created) => {}
            Some(Known::Acknowledged) => line.acknowledged = line.acknowledged.saturating_add(quantity),
            Some(Known::Shipped) => ship(&mut line, status, quantity),
            Some(Known::Delivered) => {
                ship(&mut line, status, quantity);
                line.delivered = line.delivered.saturating_add(quantity);
            }
            Some(Known::Cancelled) => {
                line.cancelled = line.cancelled.saturating_add(quantity);
                line.cancel_reason = line
                    .cancel_reason
                    .take()
                    .or_else(|| status.cancellation_reason.text().map(Cow::into_owned));
            }
            Some(Known::Refund) => refunded = refunded.saturating_add(quantity),
            None => {
                notes.add(
                    path("status"),
                    format!("status {text:?} of {quantity} units is not known to this version"),
                );
                line.other_statuses.push(OtherStatus { status: text.into_owned(), quantity });
            }
        }
    }
    refund(&mut line, refunded);
    if line.cancelled > 0 && line.cancel_reason.is_none() {
        line.cancel_reason = wire.cancellation_reason.text().map(Cow::into_owned);
    }
    line.other_statuses.sort();
    line.packages.sort();
    match ordered {
        None => {
            notes.add(
                field("orderLineQuantity.amount"),
                format!("missing; the {shown} units of its statuses were taken"),
            );
            line.ordered = shown;
        }
        // Units in no status may have left already.
        Some(all) if shown < all => notes.add(
            field("orderLineStatuses.orderLineStatus"),
            format!("{shown} of {all} units have a status; nothing is known of the rest"),
        ),
        Some(_) => {}
    }
    let done = line.shipped.saturating_add(line.cancelled);
    if done > line.ordered {
        let ordered = line.ordered;
        notes.add(
            field("orderLineStatuses"),
            format!("{done} units are shipped or cancelled of {ordered} ordered"),
        );
        line.ordered = done;
    }
    line.charges = charges(wire, at, notes);
    line
}

/// The statuses of a line, in Walmart's words.
enum Known {
    Created,
    Acknowledged,
    Shipped,
    Delivered,
    Cancelled,
    Refund,
}

impl Known {
    fn read(text: &str) -> Option<Known> {
        const ALL: [(&str, Known); 6] = [
            ("Created", Known::Created),
            ("Acknowledged", Known::Acknowledged),
            ("Shipped", Known::Shipped),
            ("Delivered", Known::Delivered),
            ("Cancelled", Known::Cancelled),
            ("Refund", Known::Refund),
        ];
        // The older XML answers wrote them in capitals.
        ALL.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(text)).map(|(_, known)| known)
    }
}

fn ship(line: &mut Line, status: &wire::Status<'_>, quantity: u32) {
    line.acknowledged = line.acknowledged.saturating_add(quantity);
    line.shipped = line.shipped.saturating_add(quantity);
    if quantity == 0 {
        return;
    }
    let tracking = status.tracking_info.0.as_ref();
    let number = tracking.map(|t| t.tracking_number.owned()).unwrap_or_default();
    let carrier = tracking.and_then(|t| t.carrier_name.0.as_ref());
    let carrier = carrier
        .and_then(|c| c.carrier.text().or_else(|| c.other_carrier.text()))
        .unwrap_or_default()
        .into_owned();
    match line.packages.iter_mut().find(|known| known.tracking == number && known.carrier == carrier) {
        Some(known) => known.quantity = known.quantity.saturating_add(quantity),
        None => line.packages.push(LinePackage { tracking: number, carrier, quantity }),
    }
}

/// Only shipped units are refunded. Whether `Refund` stands beside `Shipped` or instead of it is not documented: units
/// that no other status accounts for were shipped, the rest are counted there already.
fn refund(line: &mut Line, refunded: u32) {
    let unaccounted = line.ordered.saturating_sub(line.cancelled).saturating_sub(line.shipped);
    let instead = refunded.min(unaccounted);
    line.refunded = refunded;
    line.shipped = line.shipped.saturating_add(instead);
    line.acknowledged = line.acknowledged.saturating_add(instead);
}

/// The value was never seen in public, only that there is one when the buyer asks; so anything but a plain "no" asks.
fn asks_to_cancel(leaf: &Leaf<'_>) -> bool {
    match leaf {
        Leaf::Flag(flag) => *flag,
        other => other.text().is_some_and(|text| !text.trim_ascii().eq_ignore_ascii_case("false")),
    }
}

fn charges(wire: &wire::Line<'_>, at: usize, notes: &mut Notes) -> Vec<Charge> {
    let found = wire.charges.0.as_ref().map_or(&[][..], |charges| &charges.charge.0);
    let mut all = Vec::with_capacity(found.len());
    for (nth, charge) in found.iter().enumerate() {
        let path = |rest: &str| format!("orderLines.orderLine[{at}].charges.charge[{nth}].{rest}");
        let Some(amount) = money(&charge.charge_amount.0, || path("chargeAmount"), notes) else {
            notes.add(path("chargeAmount"), "the charge has no amount and was left out");
            continue;
        };
        let tax =
            charge.tax.0.as_ref().and_then(|tax| money(&tax.tax_amount.0, || path("tax.taxAmount"), notes));
        all.push(Charge { kind: kind(&charge.charge_type), name: charge.charge_name.owned(), amount, tax });
    }
    all
}

fn money(amount: &Option<wire::Amount<'_>>, path: impl Fn() -> String, notes: &mut Notes) -> Option<Money> {
    let amount = amount.as_ref()?;
    let value = notes.taken(|| format!("{}.amount", path()), decimal(&amount.amount))?;
    let read = currency(&amount.currency).map(Some);
    let currency = notes.taken(|| format!("{}.currency", path()), read)?;
    Some(Money { amount: value, currency })
}

fn kind(leaf: &Leaf<'_>) -> Open<ChargeKind> {
    let text = leaf.text().unwrap_or_default();
    match &*text {
        "PRODUCT" => Open::Known(ChargeKind::Product),
        "SHIPPING" => Open::Known(ChargeKind::Shipping),
        "DISCOUNT" => Open::Known(ChargeKind::Discount),
        "FEE" => Open::Known(ChargeKind::Fee),
        _ => Open::Other(text.into_owned()),
    }
}
