//! Returns of the Post-Order API, as the search shows them.

use serde::Deserialize;

/// `GET /post-order/v2/return/search`.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Returns {
    #[serde(default)]
    members: Vec<Member>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Member {
    return_id: String,
    order_id: String,
    /// `CLOSED`, `RETURN_CLOSED`, … or one of the open states.
    state: String,
    status: String,
}

impl Returns {
    /// The open return of an order, by its id.
    pub(crate) fn open_of(&self, order: &str) -> Option<String> {
        let is_closed = |text: &str| text.ends_with("CLOSED");
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
}
