//! Answers about stock, feeds, ship nodes and the token's rights, read tolerantly: none of them comes in great numbers.

use super::node::Node;
use std::borrow::Cow;

/// One row of a feed's report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FeedItem {
    pub(crate) sku: String,
    /// `SUCCESS`, `INPROGRESS`, `DATA_ERROR`, `SYSTEM_ERROR`, `TIMEOUT_ERROR`.
    pub(crate) status: String,
    pub(crate) code: String,
    pub(crate) description: String,
}

/// One page of a feed's report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FeedReport {
    /// `RECEIVED`, `INPROGRESS`, `PROCESSED`, `ERROR`.
    pub(crate) status: String,
    pub(crate) received: usize,
    pub(crate) items: Vec<FeedItem>,
    pub(crate) code: String,
    pub(crate) description: String,
}

/// A ship node of the seller.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ShipNode {
    pub(crate) id: String,
    /// `PHYSICAL`, `VIRTUAL`, `3PL`, …
    pub(crate) kind: String,
    /// `ACTIVE` or `INACTIVE`.
    pub(crate) status: String,
}

fn text(node: &Node<'_>, name: &str) -> String {
    match node.get(name).map(Node::unwrapped) {
        Some(Node::Leaf(leaf)) => leaf.text().map(Cow::into_owned).unwrap_or_default(),
        _ => String::new(),
    }
}

/// The first error under `ingestionErrors.ingestionError`.
fn first_error(node: &Node<'_>) -> (String, String) {
    let errors = node.get("ingestionErrors").and_then(|e| e.get("ingestionError"));
    let first = errors.and_then(|errors| errors.items().first());
    first.map(|error| (text(error, "code"), text(error, "description"))).unwrap_or_default()
}

/// Reads `GET /v3/inventory` or the answer of a `PUT`: the amount, as text.
pub(crate) fn amount(json: &str) -> Option<String> {
    let node = Node::read(json)?;
    let amount = text(node.get("quantity")?, "amount");
    (!amount.is_empty()).then_some(amount)
}

/// Reads the answer of a posted feed: its id.
pub(crate) fn feed_id(json: &str) -> Option<String> {
    let id = text(&Node::read(json)?, "feedId");
    (!id.is_empty()).then_some(id)
}

/// Reads one page of `GET /v3/feeds/{feedId}?includeDetails=true`.
pub(crate) fn feed_report(json: &str) -> Option<FeedReport> {
    let node = Node::read(json)?;
    let status = text(&node, "feedStatus");
    if status.is_empty() {
        return None;
    }
    let rows =
        node.get("itemDetails").and_then(|d| d.get("itemIngestionStatus")).map_or(&[][..], Node::items);
    let item = |row: &Node<'_>| {
        let (code, description) = first_error(row);
        FeedItem { sku: text(row, "sku"), status: text(row, "ingestionStatus"), code, description }
    };
    let (code, description) = first_error(&node);
    let received = text(&node, "itemsReceived").parse().unwrap_or(0);
    Some(FeedReport { status, received, items: rows.iter().map(item).collect(), code, description })
}

/// Reads `GET /v3/settings/shipping/shipnodes`.
pub(crate) fn ship_nodes(json: &str) -> Option<Vec<ShipNode>> {
    let node = Node::read(json)?;
    // A bare array by the specification; tolerated: the same inside an object.
    let all = node.get("shipNodes").unwrap_or(&node);
    let read = |one: &Node<'_>| ShipNode {
        id: text(one, "shipNode"),
        kind: text(one, "nodeType"),
        status: text(one, "status"),
    };
    Some(all.items().iter().map(read).filter(|node| !node.id.is_empty()).collect())
}

/// Reads `GET /v3/token/detail`: each right with its level (`full_access`, `view_only`, `no_access`).
pub(crate) fn scopes(json: &str) -> Option<Vec<(String, String)>> {
    let node = Node::read(json)?;
    match node.get("scopes")?.unwrapped() {
        Node::Map(members) => Some(
            members
                .iter()
                .filter_map(|(name, level)| match level.unwrapped() {
                    Node::Leaf(leaf) => Some((name.clone().into_owned(), leaf.owned())),
                    _ => None,
                })
                .collect(),
        ),
        _ => None,
    }
}
