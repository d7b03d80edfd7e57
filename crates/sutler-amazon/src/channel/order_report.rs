//! The report of all orders. It stands for the search where that would take longer (`plan`).

use super::{
    AmazonChannel,
    report::{Kind, Step},
};
use crate::map::report;
use sutler_core::{
    channel::{CallCx, Page, PullFrom, Pulled, RawOrder},
    error::Result,
    time::Duration,
};

/// The longest span a report is asked for; a longer one is split (inferred: a month is what Seller Central offers).
const SPAN_MAX: Duration = Duration::days(30);

const ORDERS: Kind<RawOrder> = Kind {
    name: report::KIND,
    column: report::ORDER_ID,
    cut: report::cut,
    otherwise: "the search is read instead",
    overlaps: false,
};

impl AmazonChannel {
    /// Goes one step on with a report of orders.
    pub(super) async fn report_page(&self, cx: &CallCx, from: &PullFrom) -> Result<Pulled> {
        if from.cursor.is_none() && from.window.to - from.window.from > SPAN_MAX {
            return Ok(Pulled::TooMany { total: None });
        }
        Ok(match self.report(cx, &ORDERS, &self.orders_told, from).await? {
            Step::Waits(pending) => Pulled::Pending(pending),
            Step::Rows { rows, next, total } => Pulled::Page(Page {
                orders: rows,
                next,
                total: Some(total as u64),
                seller: None,
                coverage: report::COVERAGE,
            }),
        })
    }
}
