//! Reading what buyers send back, through the Post-Order API.

use super::{EbayChannel, json};
use crate::{
    calls,
    dialect::parse_error,
    map::{escaped, instant_text, returns::Returns},
};
use async_trait::async_trait;
use http::StatusCode;
use sutler_core::{
    channel::{CallCx, PullFrom},
    error::{Error, ErrorKind, Result, Retry},
    returns::{ReturnPage, ReturnsChannel, ReturnsPulled, ReturnsSpec},
    time::Duration,
};

/// Returns of one page.
const PAGE: u64 = 100;
/// The search knows when a return was opened and not when it changed, so those that may still change are read again: the
/// buyer has up to 30 days to open one and some weeks to send the goods (inferred until a live run).
const OPEN_FOR: Duration = Duration::days(60);

#[async_trait]
impl ReturnsChannel for EbayChannel {
    fn spec(&self) -> ReturnsSpec {
        ReturnsSpec {
            stream: "returns".into(),
            horizon: self.settings.backfill,
            overlap: OPEN_FOR,
            every: Duration::hours(1),
            budget: self.settings.returns_budget.clone(),
        }
    }

    async fn pull(&self, cx: &CallCx, from: &PullFrom) -> Result<ReturnsPulled> {
        let call = &calls::RETURNS;
        let page = match &from.cursor {
            None => 1,
            Some(text) => text.parse::<u64>().map_err(|_| {
                Error::new(ErrorKind::Protocol, call.op)
                    .message(format!("{text:?} is no cursor of this connector; the window begins anew"))
                    .with_retry(Retry::Backoff)
            })?,
        };
        let path = format!(
            "/post-order/v2/return/search?creation_date_range_from={}&creation_date_range_to={}&limit={PAGE}&offset={page}",
            escaped(&instant_text(from.window.from)),
            escaped(&instant_text(from.window.to)),
        );
        let response = self.get(cx, call, &path).await?;
        if response.status() != StatusCode::OK {
            return Err(parse_error(Some(response.status().as_u16()), response.body()).into_error(call.op));
        }
        let found: Returns = json(call.op, &response, "list of returns")?;
        let next = found.goes_on(page, PAGE).then(|| (page + 1).to_string());
        Ok(ReturnsPulled::Page(ReturnPage { returns: found.all(), next }))
    }
}
