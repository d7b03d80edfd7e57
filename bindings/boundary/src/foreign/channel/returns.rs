//! What buyers send back, as a channel of the host's own shows it.

use super::{ForeignChannel, window};
use crate::types::{ReturnsPage, ShownReturn};
use async_trait::async_trait;
use sutler::{
    Error, ErrorKind, Result,
    channel::{CallCx, PullFrom, ReturnPage, ReturnsChannel, ReturnsPulled, ReturnsSpec},
    model::{ChannelOrderId, Return, ReturnStage, ReturnedUnits, from_millis},
};

#[async_trait]
impl ReturnsChannel for ForeignChannel {
    fn spec(&self) -> ReturnsSpec {
        self.returns.clone()
    }

    async fn pull(&self, cx: &CallCx, from: &PullFrom) -> Result<ReturnsPulled> {
        let page: ReturnsPage = self.paid(cx, &self.returns.budget, "pull_returns", &window(from)).await?;
        if let Some(shown) =
            page.returns.iter().find(|one| one.id.is_empty() || one.channel_order_id.is_empty())
        {
            let message = format!(
                "return {:?} of order {:?} lacks an id; its own and its order's are right",
                shown.id, shown.channel_order_id
            );
            return Err(Error::new(ErrorKind::Protocol, format!("{}.pull_returns", self.op)).message(message));
        }
        let known = |shown: &&ShownReturn| ReturnStage::ALL.iter().any(|(_, text)| *text == shown.stage.0);
        if let Some(shown) = page.returns.iter().find(|shown| !known(shown)) {
            let names: Vec<&str> = ReturnStage::ALL.iter().map(|(_, text)| *text).collect();
            let message = format!(
                "stage {:?} of return {} is not known; one of {} is right",
                shown.stage.0,
                shown.id,
                names.join(", ")
            );
            return Err(Error::new(ErrorKind::Protocol, format!("{}.pull_returns", self.op)).message(message));
        }
        if page.next.as_deref() == Some("") {
            let message = "next is empty; where the window ends it is none".to_owned();
            return Err(Error::new(ErrorKind::Protocol, format!("{}.pull_returns", self.op)).message(message));
        }
        Ok(ReturnsPulled::Page(ReturnPage {
            returns: page.returns.into_iter().map(read).collect(),
            next: page.next,
        }))
    }
}

fn read(shown: ShownReturn) -> (ChannelOrderId, Return) {
    let stage = ReturnStage::ALL.iter().find(|(_, text)| *text == shown.stage.0);
    let mut lines: Vec<ReturnedUnits> = shown
        .lines
        .into_iter()
        .map(|line| ReturnedUnits {
            line_id: line.line_id.map(Into::into),
            sku: line.sku.map(Into::into),
            quantity: line.quantity,
            back: line.back.min(line.quantity),
            reason: line.reason,
        })
        .collect();
    lines.sort_by(|a, b| (&a.line_id, &a.sku).cmp(&(&b.line_id, &b.sku)));
    let told = Return {
        id: shown.id,
        stage: stage.map_or(ReturnStage::Announced, |(stage, _)| *stage),
        status: if shown.status.is_empty() { shown.stage.0 } else { shown.status },
        opened_at: shown.opened_at.map(|at| from_millis(at.0)),
        changed_at: shown.changed_at.map(|at| from_millis(at.0)),
        refund: shown.refund,
        lines,
    };
    (shown.channel_order_id.into(), told)
}
