//! Returns of the Post-Order API, as the search shows them.

use serde::Deserialize;
use serde_json::Value;
use sutler_core::{
    id::{ChannelOrderId, LineId},
    returns::{Return, ReturnStage, ReturnedUnits},
    time::Timestamp,
};

/// `GET /post-order/v2/return/search`.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Returns {
    #[serde(default)]
    members: Vec<Member>,
    #[serde(default)]
    total: u64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Member {
    return_id: String,
    order_id: String,
    /// `CLOSED`, `RETURN_CLOSED`, … or one of the open states.
    state: String,
    status: String,
    creation_info: CreationInfo,
    seller_total_refund: Value,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct CreationInfo {
    reason: String,
    item: Item,
    creation_date: Value,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Item {
    transaction_id: String,
    return_quantity: u32,
}

fn is_closed(text: &str) -> bool {
    text.ends_with("CLOSED")
}

impl Member {
    fn stage(&self) -> ReturnStage {
        let says = |word: &str| self.state.contains(word) || self.status.contains(word);
        if says("REJECTED") || says("CANCELLED") {
            ReturnStage::Voided
        } else if is_closed(&self.state) || is_closed(&self.status) {
            ReturnStage::Closed
        } else if self.is_back() {
            ReturnStage::Confirmed
        } else {
            ReturnStage::Announced
        }
    }

    /// The goods are with the seller. Once it is closed nothing says any more whether they ever were.
    fn is_back(&self) -> bool {
        self.state == "ITEM_DELIVERED" || self.status == "ITEM_DELIVERED"
    }

    fn read(&self) -> Option<(ChannelOrderId, Return)> {
        if self.return_id.is_empty() || self.order_id.is_empty() {
            return None;
        }
        let item = &self.creation_info.item;
        let units = ReturnedUnits {
            line_id: (!item.transaction_id.is_empty()).then(|| LineId::new(&*item.transaction_id)),
            sku: None,
            quantity: item.return_quantity,
            back: if self.is_back() { item.return_quantity } else { 0 },
            reason: self.creation_info.reason.clone(),
        };
        let one = Return {
            id: self.return_id.clone(),
            stage: self.stage(),
            status: if self.status.is_empty() { self.state.clone() } else { self.status.clone() },
            opened_at: instant(&self.creation_info.creation_date),
            changed_at: None,
            refund: self.seller_total_refund.get("actualRefundAmount").and_then(|money| {
                Some(format!("{} {}", money.get("value")?, money.get("currency")?.as_str()?))
            }),
            lines: vec![units],
        };
        Some((ChannelOrderId::new(&*self.order_id), one))
    }
}

/// `{"value":"2026-02-21T01:01:08.000Z"}`, or the text alone.
fn instant(date: &Value) -> Option<Timestamp> {
    let text = date.get("value").unwrap_or(date).as_str()?;
    chrono::DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc())
}

impl Returns {
    /// The open return of an order, by its id.
    pub(crate) fn open_of(&self, order: &str) -> Option<String> {
        self.members
            .iter()
            .find(|one| {
                (one.order_id.is_empty() || one.order_id == order)
                    && !is_closed(&one.state)
                    && !is_closed(&one.status)
            })
            .map(|one| one.return_id.clone())
            .filter(|id| !id.is_empty())
    }

    /// Every return that names its order.
    pub(crate) fn all(&self) -> Vec<(ChannelOrderId, Return)> {
        self.members.iter().filter_map(Member::read).collect()
    }

    /// Does another page follow this one of so many?
    pub(crate) fn goes_on(&self, page: u64, limit: u64) -> bool {
        !self.members.is_empty() && page.saturating_mul(limit) < self.total
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(state: &str) -> Return {
        let text = format!(
            r#"{{"members":[{{"returnId":"R1","orderId":"10-1","state":"{state}","status":"{state}","creationInfo":{{"reason":"DEFECTIVE_ITEM","item":{{"transactionId":"L1","returnQuantity":2}},"creationDate":{{"value":"2026-02-21T01:01:08.000Z"}}}}}},{{"returnId":"R2"}}],"total":2}}"#
        );
        let page: Returns = serde_json::from_str(&text).expect("a page");
        assert!(page.goes_on(1, 1) && !page.goes_on(1, 2) && !page.goes_on(2, 1));
        let mut all = page.all();
        assert_eq!(all.len(), 1, "one without an order belongs to nobody");
        let (order, one) = all.remove(0);
        assert_eq!((order.as_str(), one.status.as_str()), ("10-1", state));
        one
    }

    #[test]
    fn a_search_tells_how_far_a_return_is_and_what_came_back() {
        for (state, stage, back) in [
            ("ITEM_SHIPPED", ReturnStage::Announced, 0),
            ("ITEM_DELIVERED", ReturnStage::Confirmed, 2),
            ("CLOSED", ReturnStage::Closed, 0),
            ("RETURN_REJECTED", ReturnStage::Voided, 0),
            ("ON_A_BOAT", ReturnStage::Announced, 0),
        ] {
            let one = read(state);
            assert_eq!((one.stage, one.lines[0].back), (stage, back), "{state}");
            assert_eq!((one.lines[0].quantity, one.lines[0].reason.as_str()), (2, "DEFECTIVE_ITEM"));
            assert!(one.opened_at.is_some());
        }
    }
}
