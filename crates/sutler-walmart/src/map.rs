//! Between Walmart's documents and the model. Pure.

pub(crate) mod address;
pub(crate) mod carrier;
pub(crate) mod conflict;
pub(crate) mod country;
pub(crate) mod cursor;
pub(crate) mod line;
pub(crate) mod refund;
pub(crate) mod returns;
pub(crate) mod value;
pub(crate) mod write;

use crate::wire::{leaf::Leaf, node, order as wire};
use address::address;
use bytes::Bytes;
use rust_decimal::Decimal;
use std::borrow::Cow;
use sutler_core::{
    address::Address,
    channel::RawOrder,
    id::{ChannelOrderId, LineId},
    money::Money,
    open::Open,
    order::{Alias, ChannelOrder, FulfilledBy, Line, OrderFacts, Unmapped},
    time::Timestamp,
};
use value::{currency, decimal, instant};

/// What could not be mapped, collected on the way. Details hold shapes, codes and numbers, never personal data.
#[derive(Debug, Default)]
pub(crate) struct Notes(Vec<Unmapped>);

impl Notes {
    /// Adds one; a field is named once, by what was found first.
    pub(crate) fn add(&mut self, field: impl Into<String>, detail: impl Into<String>) {
        let field = field.into();
        if !self.0.iter().any(|known| known.field == field) {
            self.0.push(Unmapped { field, detail: detail.into() });
        }
    }

    /// Takes a value that may have failed to be read.
    pub(crate) fn taken<T>(
        &mut self,
        field: impl FnOnce() -> String,
        read: Result<Option<T>, String>,
    ) -> Option<T> {
        match read {
            Ok(value) => value,
            Err(detail) => {
                self.add(field(), detail);
                None
            }
        }
    }
}

/// Reads one order. Total: whatever the payload is, the order keeps the id the page gave it, and what could not be
/// mapped is in `facts.unmapped`.
pub(crate) fn order(raw: &RawOrder) -> ChannelOrder {
    let mut notes = Notes::default();
    let text = std::str::from_utf8(&raw.raw).map_or_else(
        |_| {
            notes.add("", "the payload is not UTF-8; bytes that are not were replaced");
            String::from_utf8_lossy(&raw.raw)
        },
        Cow::Borrowed,
    );
    // One strict pass for what production sends; the tolerant one only for what is stranger than that.
    let read = match wire::read_strictly(&text) {
        Some(order) if order.purchase_order_id != Leaf::Absent => order,
        _ => loosely(&text, &mut notes),
    };
    from_wire(&raw.channel_order_id, &read, raw.raw.clone(), notes)
}

fn loosely<'a>(text: &'a str, notes: &mut Notes) -> wire::Order<'a> {
    let Some(tree) = node::Node::read(text) else {
        notes.add("", "the payload is not JSON");
        return wire::Order::default();
    };
    let odd = node::Notes::default();
    // The answer of a single read wraps the order; an export may hold it that way.
    let inner = tree.get("order").filter(|_| tree.get("purchaseOrderId").is_none()).unwrap_or(&tree);
    let read = wire::read_loosely(inner, &odd);
    for (field, detail) in odd.0.into_inner() {
        notes.add(field, detail);
    }
    read.unwrap_or_else(|| {
        notes.add("", "the payload is not an object");
        wire::Order::default()
    })
}

fn from_wire(id: &ChannelOrderId, wire: &wire::Order<'_>, raw: Bytes, mut notes: Notes) -> ChannelOrder {
    match wire.purchase_order_id.text() {
        Some(told) if told == id.as_str() => {}
        Some(_) => notes.add("purchaseOrderId", "differs from the id under which the order was listed"),
        None => notes.add("purchaseOrderId", "the order has no id"),
    }
    let placed_at = notes.taken(|| "orderDate".into(), instant(&wire.order_date));
    if placed_at.is_none() {
        notes.add("orderDate", "the order does not say when it was placed");
    }
    let (ship_to, method, ship_by, deliver_by) = shipping(wire, &mut notes);
    let lines = lines(wire, &mut notes);
    let facts = OrderFacts {
        placed_at,
        fulfilled_by: fulfilled_by(wire, &mut notes),
        aliases: aliases(wire),
        method,
        ship_node: wire.ship_node.0.as_ref().and_then(|node| node.id.text()).map(Cow::into_owned),
        total: total(wire, &mut notes),
        ship_by,
        deliver_by,
        place: ship_to.place(),
        address: ship_to.states,
        lines,
        not_ready: None,
        unmapped: notes.0,
    };
    ChannelOrder { channel_order_id: id.clone(), facts: facts.into(), ship_to, buyer: Vec::new(), raw }
}

type Shipping = (Address, Option<String>, Option<Timestamp>, Option<Timestamp>);

fn shipping(wire: &wire::Order<'_>, notes: &mut Notes) -> Shipping {
    let none = wire::Shipping::default();
    let info = wire.shipping_info.0.as_ref().unwrap_or(&none);
    let method = info.method_code.text().map(Cow::into_owned);
    // Shipped orders may lack both dates, so their absence is nothing to hold an order for.
    let ship_by = notes.taken(|| "shippingInfo.estimatedShipDate".into(), instant(&info.estimated_ship_date));
    let deliver_by =
        notes.taken(|| "shippingInfo.estimatedDeliveryDate".into(), instant(&info.estimated_delivery_date));
    (address(info, &wire.customer_email_id, notes), method, ship_by, deliver_by)
}

/// Who ships it. Without a node type it is the seller: that is the list call's own default (`shipNodeType`), and half
/// of the published examples leave the node out.
fn fulfilled_by(wire: &wire::Order<'_>, notes: &mut Notes) -> Open<FulfilledBy> {
    let Some(kind) = wire.ship_node.0.as_ref().and_then(|node| node.kind.text()) else {
        return Open::Known(FulfilledBy::Seller);
    };
    match &*kind {
        "SellerFulfilled" => Open::Known(FulfilledBy::Seller),
        "WFSFulfilled" => Open::Known(FulfilledBy::Marketplace),
        "3PLFulfilled" => Open::Known(FulfilledBy::ThirdParty),
        other => {
            notes.add("shipNode.type", format!("node type {other:?} is not known to this version"));
            Open::Other(other.to_owned())
        }
    }
}

fn aliases(wire: &wire::Order<'_>) -> Vec<Alias> {
    let line_ids =
        wire.order_lines.0.iter().flat_map(|lines| &lines.order_line.0).map(|l| &l.seller_order_id);
    let mut all: Vec<Alias> = [
        ("customer_order_id", &wire.customer_order_id),
        ("original_customer_order_id", &wire.original_customer_order_id),
        ("seller_order_id", &wire.seller_order_id),
    ]
    .into_iter()
    .chain(line_ids.map(|id| ("seller_order_id", id)))
    .filter_map(|(role, leaf)| Some(Alias { role: role.into(), value: leaf.text()?.into_owned() }))
    .collect();
    all.sort();
    all.dedup();
    all
}

fn total(wire: &wire::Order<'_>, notes: &mut Notes) -> Option<Money> {
    let total = wire.order_summary.0.as_ref()?.total_amount.0.as_ref()?;
    let amount: Decimal =
        notes.taken(|| "orderSummary.totalAmount.currencyAmount".into(), decimal(&total.currency_amount))?;
    match currency(&total.currency_unit) {
        Ok(currency) => Some(Money { amount, currency }),
        Err(detail) => {
            notes.add("orderSummary.totalAmount.currencyUnit", detail);
            None
        }
    }
}

fn lines(wire: &wire::Order<'_>, notes: &mut Notes) -> Vec<Line> {
    let found = wire.order_lines.0.as_ref().map_or(&[][..], |lines| &lines.order_line.0);
    if found.is_empty() {
        notes.add("orderLines.orderLine", "the order has no lines");
    }
    let mut all: Vec<Line> = Vec::with_capacity(found.len());
    for (at, one) in found.iter().enumerate() {
        let Some(number) = one.line_number.text() else {
            // Without its number a line cannot be told from the others in the next read, so taking it under an
            // invented one would leave a ghost behind. The order waits until the number is there.
            let sku = one.item.0.as_ref().map(|item| item.sku.owned()).unwrap_or_default();
            notes.add(
                format!("orderLines.orderLine[{at}].lineNumber"),
                format!("the line of SKU {sku:?} has no number and was left out"),
            );
            continue;
        };
        let id = LineId::new(&*number);
        if all.iter().any(|known| known.line_id == id) {
            notes.add(
                format!("orderLines.orderLine[{at}].lineNumber"),
                format!("line number {number:?} occurs twice; the first was taken"),
            );
            continue;
        }
        all.push(line::line(id, one, at, notes));
    }
    if !all.is_sorted_by(|a, b| a.line_id <= b.line_id) {
        all.sort_by(|a, b| a.line_id.cmp(&b.line_id));
    }
    all
}
