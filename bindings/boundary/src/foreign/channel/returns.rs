//! What buyers send back, as a channel of the host's own shows it.

use super::{ForeignChannel, window};
use crate::{
    calls::names,
    types::{ReturnsPage, ShownReturn},
};
use async_trait::async_trait;
use sutler::{
    Result,
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
        let returns = page.returns.into_iter().map(read).collect::<std::result::Result<_, String>>();
        Ok(ReturnsPulled::Page(ReturnPage {
            returns: returns.map_err(|message| self.broken("pull_returns", message))?,
            next: self.goes_on("pull_returns", page.next)?,
        }))
    }
}

/// # Errors
/// In words, what of it cannot be.
fn read(shown: ShownReturn) -> std::result::Result<(ChannelOrderId, Return), String> {
    if shown.id.is_empty() || shown.channel_order_id.is_empty() {
        return Err(format!(
            "return {:?} of order {:?} lacks an id; its own and its order's are right",
            shown.id, shown.channel_order_id
        ));
    }
    let known = ReturnStage::ALL.iter().find(|(_, text)| *text == shown.stage.0);
    let (stage, _) = known.ok_or_else(|| {
        let right = names(ReturnStage::ALL);
        format!("stage {:?} of return {} is not known; one of {right} is right", shown.stage.0, shown.id)
    })?;
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
        stage: *stage,
        status: if shown.status.is_empty() { shown.stage.0 } else { shown.status },
        opened_at: shown.opened_at.map(|at| from_millis(at.0)),
        changed_at: shown.changed_at.map(|at| from_millis(at.0)),
        refund: shown.refund,
        lines,
    };
    Ok((shown.channel_order_id.into(), told))
}
