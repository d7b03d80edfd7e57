//! Reading what buyers send back: a report, for there is no API of returns that sellers may read.

use super::{
    AmazonChannel,
    report::{Kind, Step},
};
use crate::map::returns;
use async_trait::async_trait;
use sutler_core::{
    channel::{CallCx, PullFrom},
    error::Result,
    id::ChannelOrderId,
    returns::{Return, ReturnPage, ReturnsChannel, ReturnsPulled, ReturnsSpec},
    time::Duration,
};

/// A report covers sixty days at most ("Returns Reports"); the first one asks for a little less.
const HORIZON: Duration = Duration::days(59);
/// A return is listed by the day it was asked for, however it goes on: it is read again for as long as it may be on its way
/// (inferred: buyers have some 30 days, and two weeks to send it).
const OPEN_FOR: Duration = Duration::days(45);
/// From one report to the next (inferred: Amazon publishes no least time between reports of returns).
const EVERY: Duration = Duration::hours(4);

const RETURNS: Kind<(ChannelOrderId, Return)> = Kind {
    name: returns::KIND,
    column: returns::ORDER_ID,
    cut: returns::cut,
    otherwise: "it is asked for anew",
    overlaps: true,
};

#[async_trait]
impl ReturnsChannel for AmazonChannel {
    fn spec(&self) -> ReturnsSpec {
        ReturnsSpec {
            stream: "returns".into(),
            horizon: HORIZON,
            overlap: OPEN_FOR,
            every: EVERY,
            budget: self.settings.report_budget.clone(),
        }
    }

    async fn pull(&self, cx: &CallCx, from: &PullFrom) -> Result<ReturnsPulled> {
        Ok(match self.report(cx, &RETURNS, &self.returns_told, from).await? {
            Step::Waits(pending) => ReturnsPulled::Pending(pending),
            Step::Rows { rows, next, .. } => ReturnsPulled::Page(ReturnPage { returns: rows, next }),
        })
    }
}
