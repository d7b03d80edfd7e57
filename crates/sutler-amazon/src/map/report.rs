//! The report of all orders by their last update (`GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL`): a row for each item,
//! tabs between columns. It names no item ids, no deadlines, no addresses and no buyer's wish to cancel.

use super::sheet;
use bytes::Bytes;
use std::collections::BTreeMap;
use sutler_core::{
    address::Address,
    channel::RawOrder,
    id::{ChannelOrderId, LineId, Sku},
    money::{Currency, Money},
    observation::{Coverage, Group},
    open::Open,
    order::{ChannelOrder, Charge, ChargeKind, FulfilledBy, Line, OrderFacts, OtherStatus},
};
use sutler_wire::{Look, Notes};

/// The report's name.
pub(crate) const KIND: &str = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL";
/// What it shows.
pub(crate) const COVERAGE: Coverage =
    Coverage::ALL.without(Group::Totals).without(Group::ShipTo).without(Group::CancelRequests);

/// The column that names the order.
pub(crate) const ORDER_ID: &str = "amazon-order-id";

/// Cuts a report into its orders, in the order of their first rows: each keeps the header, so that it can be read alone. None
/// when the text is no such report. A row without an order id is an order of its own, held until a read shows which.
pub(crate) fn cut(text: &str) -> Option<Vec<RawOrder>> {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let header = lines.next()?.trim_start_matches('\u{feff}');
    let place = header.split('\t').position(|column| column.trim() == ORDER_ID)?;
    let mut all: Vec<(ChannelOrderId, String)> = Vec::new();
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for row in lines {
        let id = match row.split('\t').nth(place).map(str::trim) {
            Some(id) if !id.is_empty() => id.to_owned(),
            _ => sutler_wire::unidentified(row.as_bytes()),
        };
        let at = *known.entry(id.clone()).or_insert_with(|| {
            all.push((ChannelOrderId::new(&*id), header.to_owned()));
            all.len() - 1
        });
        if let Some((_, text)) = all.get_mut(at) {
            text.push('\n');
            text.push_str(row);
        }
    }
    let raw = |(channel_order_id, text): (_, String)| RawOrder { channel_order_id, raw: Bytes::from(text) };
    Some(all.into_iter().map(raw).collect())
}

/// Is this an order as [`cut`] leaves it?
pub(crate) fn is_one(raw: &[u8]) -> bool {
    let header = raw.split(|byte| *byte == b'\n').next().unwrap_or_default();
    header.split(|byte| *byte == b'\t').any(|column| column.trim_ascii() == ORDER_ID.as_bytes())
}

/// Reads one order of a report. Total.
pub(crate) fn order(raw: &RawOrder) -> ChannelOrder {
    let notes = Notes::default();
    let text = String::from_utf8_lossy(&raw.raw);
    let rows = sheet::rows(&text);
    let mut looks = rows.iter().map(|row| Look::at(row, &notes)).peekable();
    let mut facts = OrderFacts::unknown();
    let mut status = String::new();
    if let Some(first) = looks.peek() {
        let text = |column: &str| first.text(column).map(|text| text.trim().to_owned());
        facts.placed_at = first.instant("purchase-date");
        facts.method = text("ship-service-level");
        facts.fulfilled_by = match text("fulfillment-channel").as_deref() {
            Some("Merchant") => Open::Known(FulfilledBy::Seller),
            Some("Amazon") => Open::Known(FulfilledBy::Marketplace),
            Some(other) => Open::Other(other.to_owned()),
            None => {
                first.odd("fulfillment-channel", "the order does not say who fulfils it");
                Open::Other(String::new())
            }
        };
        status = text("order-status").unwrap_or_default();
    }
    facts.not_ready = (status == "Pending").then(|| "PENDING".to_owned());
    for look in looks {
        add_row(&mut facts.lines, &look, &status);
    }
    facts.lines.sort_by(|a, b| a.line_id.cmp(&b.line_id));
    facts.unmapped = notes.into_unmapped();
    ChannelOrder {
        channel_order_id: raw.channel_order_id.clone(),
        facts: facts.into(),
        ship_to: Address::default(),
        buyer: Vec::new(),
        raw: raw.raw.clone(),
    }
}

/// Rows of one SKU are one line here: nothing in them tells the order's own lines apart.
fn add_row(lines: &mut Vec<Line>, look: &Look<'_>, status: &str) {
    let Some(sku) = look.text("sku") else {
        look.odd("sku", "the row names no SKU");
        return;
    };
    let id = LineId::provisional(&sku);
    let place = match lines.iter().position(|line| line.line_id == id) {
        Some(place) => place,
        None => {
            lines.push(Line::new(id, Some(Sku::new(&*sku)), 0));
            lines.len() - 1
        }
    };
    let Some(line) = lines.get_mut(place) else { return };
    // What was cancelled before it was paid for stands with no units.
    let units = look.units("quantity").unwrap_or_default();
    line.ordered = line.ordered.saturating_add(units);
    if line.title.is_empty() {
        line.title = look.text("product-name").map(|text| text.into_owned()).unwrap_or_default();
    }
    let item = look.text("item-status").unwrap_or_default();
    match (item.trim(), status) {
        ("Shipped", _) | ("", "Shipped") => line.shipped = line.shipped.saturating_add(units),
        ("Cancelled" | "Canceled", _) | ("", "Cancelled" | "Canceled") => {
            line.cancelled = line.cancelled.saturating_add(units);
        }
        ("Unshipped" | "Pending" | "", _) => {}
        (other, _) => {
            line.other_statuses.push(OtherStatus { status: other.to_owned(), quantity: units });
        }
    }
    line.charges.extend(charges(look));
}

fn charges(look: &Look<'_>) -> Vec<Charge> {
    let Some(currency) = look.text("currency") else { return Vec::new() };
    let Ok(currency) = Currency::parse(currency.trim()) else {
        look.odd("currency", "not a currency; an ISO 4217 code is right");
        return Vec::new();
    };
    let money = |column: &str| {
        let text = look.text(column)?;
        let read = Money::parse(text.trim(), currency);
        if read.is_err() {
            look.odd(column, "not an amount that can be kept exactly; a decimal is right");
        }
        read.ok()
    };
    let kinds = [
        (ChargeKind::Product, "ITEM", "item-price", "item-tax"),
        (ChargeKind::Shipping, "SHIPPING", "shipping-price", "shipping-tax"),
    ];
    let charge = |(kind, name, price, tax): (ChargeKind, &str, &str, &str)| {
        let amount = money(price)?;
        Some(Charge { kind: Open::Known(kind), name: name.into(), amount, tax: money(tax) })
    };
    kinds.into_iter().filter_map(charge).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "amazon-order-id\tpurchase-date\torder-status\tfulfillment-channel\tsku\titem-status\tquantity\tcurrency\titem-price\titem-tax";

    fn read(rows: &[&str]) -> Vec<ChannelOrder> {
        let text = format!("\u{feff}{HEADER}\r\n{}\r\n", rows.join("\r\n"));
        let all = cut(&text).expect("a report");
        assert!(all.iter().all(|raw| is_one(&raw.raw)));
        all.iter().map(order).collect()
    }

    #[test]
    fn g07_rows_of_an_order_are_one_order_and_rows_of_a_sku_one_line() {
        let all = read(&[
            "111-1\t2026-11-27T10:00:00+00:00\tUnshipped\tMerchant\tA\tUnshipped\t2\tUSD\t10.00\t0.80",
            "111-2\t2026-11-27T10:05:00+00:00\tShipped\tAmazon\tB\tShipped\t1\tUSD\t5.00\t",
            "111-1\t2026-11-27T10:00:00+00:00\tUnshipped\tMerchant\tA\tShipped\t1\tUSD\t5.00\t0.40",
        ]);
        let [first, second] = all.as_slice() else { panic!("two orders") };
        let [line] = first.facts.lines.as_slice() else { panic!("one line") };
        assert!(first.facts.is_provisional() && first.facts.is_sellers());
        assert_eq!((line.sku.as_ref().map(|sku| sku.as_str()), line.ordered, line.open()), (Some("A"), 3, 2));
        assert_eq!(line.charges.len(), 2);
        assert!(!second.facts.is_sellers());
        assert_eq!(second.facts.lines[0].open(), 0);
        assert!(first.facts.unmapped.is_empty(), "{:?}", first.facts.unmapped);
    }

    #[test]
    fn g09_a_status_nobody_knows_survives_and_what_is_pending_waits() {
        let all = read(&[
            "111-1\t2026-11-27T10:00:00+00:00\tPending\tMerchant\tA\tUnshipped\t1\t\t\t",
            "111-2\t2026-11-27T10:00:00+00:00\tHeld\tDrone\tA\tOn the moon\t1\tUSD\t1.00\t",
        ]);
        assert_eq!(all[0].facts.not_ready.as_deref(), Some("PENDING"));
        assert_eq!(all[1].facts.lines[0].other_statuses[0].status, "On the moon");
        assert_eq!(all[1].facts.fulfilled_by, Open::Other("Drone".into()));
    }

    #[test]
    fn g07_a_row_that_says_little_loses_no_order() {
        let all = read(&[
            "\tsoon\tUnshipped\tMerchant\t\tUnshipped\tmany\tX\tfree\t",
            "111-2\t2026-11-27T10:00:00+00:00",
        ]);
        assert_eq!(all.len(), 2);
        assert!(all.iter().all(|order| !order.facts.unmapped.is_empty()));
        assert!(cut("<html>").is_none() && cut("").is_none());
    }
}
