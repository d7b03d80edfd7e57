//! Returns as Walmart lists them. Fields changed names over the years and lines moved their statuses into a list (2024-04-30);
//! both spellings are read.

use super::value::{instant, quantity};
use crate::wire::{leaf::Leaf, node::Node};
use std::collections::BTreeMap;
use sutler_core::{
    id::{ChannelOrderId, LineId, Sku},
    returns::{Return, ReturnStage, ReturnedUnits},
    time::Timestamp,
};

/// One page of `GET /v3/returns`.
#[derive(Debug, Default)]
pub(crate) struct Returns {
    pub(crate) returns: Vec<(ChannelOrderId, Return)>,
    /// Entries of the page, those without an order included.
    pub(crate) entries: usize,
    pub(crate) cursor: Option<String>,
}

/// Reads a page. Nothing when it is no list of returns.
pub(crate) fn page(text: &str) -> Option<Returns> {
    let tree = Node::read(text)?;
    let meta = tree.get("meta");
    let list = tree.get("returnOrders");
    meta.or(list)?;
    let entries = list.map_or(&[][..], Node::items);
    let cursor = meta.and_then(|meta| word(meta, "nextCursor"));
    Some(Returns { returns: entries.iter().flat_map(one).collect(), entries: entries.len(), cursor })
}

/// A return holds lines of one customer order, which may be several purchase orders: it is one return of each.
fn one(entry: &Node<'_>) -> Vec<(ChannelOrderId, Return)> {
    let Some(id) = word(entry, "returnOrderId") else { return Vec::new() };
    let mut by_order: BTreeMap<String, Vec<&Node<'_>>> = BTreeMap::new();
    for line in entry.get("returnOrderLines").map_or(&[][..], Node::items) {
        if let Some(order) = word(line, "purchaseOrderId") {
            by_order.entry(order).or_default().push(line);
        }
    }
    let opened_at = at(entry, "returnOrderDate").or_else(|| at(entry, "returnCreationDate"));
    by_order
        .into_iter()
        .map(|(order, lines)| (ChannelOrderId::new(&*order), of_order(&id, opened_at, &lines)))
        .collect()
}

fn of_order(id: &str, opened_at: Option<Timestamp>, lines: &[&Node<'_>]) -> Return {
    let states: Vec<State> = lines.iter().map(|line| State::of(line)).collect();
    let mut units: Vec<ReturnedUnits> =
        lines.iter().zip(&states).map(|(line, state)| of_line(line, state)).collect();
    units.sort();
    let all = |wanted: fn(&State) -> bool| !states.is_empty() && states.iter().all(wanted);
    let stage = if all(|state| state.is_cancelled()) {
        ReturnStage::Voided
    } else if all(|state| state.is_over()) {
        ReturnStage::Closed
    } else if states.iter().any(|state| state.arrived()) {
        ReturnStage::Confirmed
    } else {
        ReturnStage::Announced
    };
    let words = |of: fn(&State) -> &[String]| {
        let mut all: Vec<&str> = states.iter().flat_map(of).map(String::as_str).collect();
        all.sort_unstable();
        all.dedup();
        all.join(", ")
    };
    let refund = words(|state| &state.refunds);
    Return {
        id: id.to_owned(),
        stage,
        status: words(|state| &state.words),
        opened_at,
        changed_at: states.iter().filter_map(|state| state.changed_at).max(),
        refund: (!refund.is_empty()).then_some(refund),
        lines: units,
    }
}

fn of_line(line: &Node<'_>, state: &State) -> ReturnedUnits {
    let all = units(line).unwrap_or_else(|| state.shown.iter().map(|(_, units)| units).sum());
    ReturnedUnits {
        line_id: word(line, "purchaseOrderLineNumber").map(|id| LineId::new(&*id)),
        sku: line.get("item").and_then(|item| word(item, "sku")).map(|sku| Sku::new(&*sku)),
        quantity: all,
        back: state.back(all),
        reason: word(line, "returnReason").unwrap_or_default(),
    }
}

/// What a line says of how far it is.
#[derive(Debug)]
struct State {
    /// `INITIATED`, `DELIVERED`, `COMPLETED`, with the units in it.
    shown: Vec<(String, u32)>,
    words: Vec<String>,
    refunds: Vec<String>,
    tags: Vec<String>,
    /// The buyer keeps the goods.
    kept: bool,
    changed_at: Option<Timestamp>,
}

impl State {
    fn of(line: &Node<'_>) -> State {
        let mut state = State {
            shown: Vec::new(),
            words: Vec::new(),
            refunds: Vec::new(),
            tags: Vec::new(),
            kept: matches!(line.get("isKeepIt"), Some(Node::Leaf(Leaf::Flag(true)))),
            changed_at: None,
        };
        let current = line.get("currentTrackingStatuses").map_or(&[][..], Node::items);
        let whole = units(line).unwrap_or(0);
        let of_line = if current.is_empty() { std::slice::from_ref(line) } else { current };
        for entry in of_line {
            if let Some(status) = word(entry, "status") {
                state.shown.push((status.clone(), units(entry).unwrap_or(whole)));
                state.words.push(status);
            }
            state.refunds.extend(word(entry, "currentRefundStatus"));
            state.changed_at = state.changed_at.max(at(entry, "statusTime"));
        }
        for event in line.get("returnTrackingDetail").map_or(&[][..], Node::items) {
            state.tags.extend(word(event, "eventTag"));
            state.changed_at = state.changed_at.max(at(event, "eventTime"));
        }
        state
    }

    fn has(&self, tag: &str) -> bool {
        self.tags.iter().any(|known| known == tag)
    }

    fn is_cancelled(&self) -> bool {
        self.has("RETURN_CANCELLED")
    }

    fn is_over(&self) -> bool {
        !self.words.is_empty() && self.words.iter().all(|word| word == "COMPLETED")
    }

    fn arrived(&self) -> bool {
        self.words.iter().any(|word| word == "DELIVERED") || self.has("DELIVERED_AT_RETURN_CENTER")
    }

    /// Units that came back. `COMPLETED` is also the end of what was cancelled, of what the buyer keeps, and of what was
    /// refunded on its way.
    fn back(&self, all: u32) -> u32 {
        let on_the_way = self.has("INTRANSIT_AFTER_INVOICE") && !self.has("DELIVERED_AFTER_INVOICE");
        if self.kept || self.is_cancelled() || (on_the_way && !self.arrived()) {
            return 0;
        }
        let there = self.shown.iter().filter(|(word, _)| word == "DELIVERED" || word == "COMPLETED");
        there.map(|(_, units)| *units).fold(0, u32::saturating_add).min(all)
    }
}

fn units(node: &Node<'_>) -> Option<u32> {
    match node.get("quantity")?.get("measurementValue") {
        Some(Node::Leaf(leaf)) => quantity(leaf).ok().flatten(),
        _ => None,
    }
}

fn at(node: &Node<'_>, name: &str) -> Option<Timestamp> {
    match node.get(name) {
        Some(Node::Leaf(leaf)) => instant(leaf).ok().flatten(),
        _ => None,
    }
}

fn word(node: &Node<'_>, name: &str) -> Option<String> {
    match node.get(name) {
        Some(Node::Leaf(leaf)) => leaf.text().map(std::borrow::Cow::into_owned),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(more: &str) -> String {
        format!(
            r#"{{"purchaseOrderId":"PO1","purchaseOrderLineNumber":4,"returnReason":"DAMAGED","item":{{"sku":"MUG"}},"quantity":{{"unitOfMeasure":"EACH","measurementValue":3}}{more}}}"#
        )
    }

    fn read(lines: &[String]) -> Vec<(ChannelOrderId, Return)> {
        let text = format!(
            r#"{{"meta":{{"totalCount":1,"limit":10,"nextCursor":"?offset=10"}},"returnOrders":[{{"returnOrderId":"R1","returnOrderDate":"2026-02-21T01:01:08.000Z","returnOrderLines":[{}]}}]}}"#,
            lines.join(",")
        );
        let page = page(&text).expect("a page");
        assert_eq!((page.entries, page.cursor.as_deref()), (1, Some("?offset=10")));
        page.returns
    }

    fn only(more: &str) -> Return {
        read(&[line(more)]).pop().expect("one").1
    }

    #[test]
    fn a_return_is_read_in_both_spellings() {
        let new = only(
            r#","currentTrackingStatuses":[{"status":"DELIVERED","quantity":{"measurementValue":2}},{"status":"INITIATED","quantity":{"measurementValue":"1"},"currentRefundStatus":"REFUND_INITIATED"}]"#,
        );
        assert_eq!((new.stage, new.status.as_str()), (ReturnStage::Confirmed, "DELIVERED, INITIATED"));
        assert_eq!(new.refund.as_deref(), Some("REFUND_INITIATED"));
        let units = &new.lines[0];
        assert_eq!((units.quantity, units.back, units.reason.as_str()), (3, 2, "DAMAGED"));
        assert_eq!(units.line_id.as_ref().map(|id| id.as_str()), Some("4"));
        assert!(new.opened_at.is_some());
        let old = only(r#","status":"INITIATED","statusTime":"2026-02-22T01:01:08.000Z""#);
        assert_eq!((old.stage, old.lines[0].back), (ReturnStage::Announced, 0));
        assert!(old.changed_at.is_some());
    }

    #[test]
    fn completed_is_not_always_come_back() {
        let done = |tag: &str, more: &str| {
            only(&format!(r#","status":"COMPLETED","returnTrackingDetail":[{{"eventTag":"{tag}"}}]{more}"#))
        };
        let plain = done("REFUND_ISSUED", "");
        assert_eq!((plain.stage, plain.lines[0].back), (ReturnStage::Closed, 3));
        let cancelled = done("RETURN_CANCELLED", "");
        assert_eq!((cancelled.stage, cancelled.lines[0].back), (ReturnStage::Voided, 0));
        assert_eq!(done("INTRANSIT_AFTER_INVOICE", "").lines[0].back, 0);
        assert_eq!(done("REFUND_ISSUED", r#","isKeepIt":true"#).lines[0].back, 0);
    }

    #[test]
    fn a_return_of_two_purchase_orders_is_one_of_each_and_an_unknown_word_is_kept() {
        let other = line(r#","status":"ON_A_BOAT""#).replace("PO1", "PO2");
        let read = read(&[line(r#","status":"DELIVERED""#), other]);
        let orders: Vec<_> = read.iter().map(|(order, one)| (order.as_str(), one.status.as_str())).collect();
        assert_eq!(orders, [("PO1", "DELIVERED"), ("PO2", "ON_A_BOAT")]);
        assert_eq!(read[1].1.stage, ReturnStage::Announced);
        assert!(page("[]").is_none() && page("nonsense").is_none());
    }
}
