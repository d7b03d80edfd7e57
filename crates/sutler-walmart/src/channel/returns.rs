//! Reading what buyers send back.

use super::{WalmartChannel, readable, unreadable};
use crate::{
    calls,
    config::REACH_DAYS,
    dialect::parse_error,
    map::{cursor, returns, value::iso},
};
use async_trait::async_trait;
use http::{Method, StatusCode};
use sutler_core::{
    channel::{CallCx, PullFrom},
    error::{Error, ErrorKind, Result, Retry},
    returns::{ReturnPage, ReturnsChannel, ReturnsPulled, ReturnsSpec},
    time::Duration,
};
use sutler_http::seller_scope;

#[async_trait]
impl ReturnsChannel for WalmartChannel {
    fn spec(&self) -> ReturnsSpec {
        ReturnsSpec {
            stream: "returns".into(),
            horizon: self.settings.backfill,
            overlap: self.capabilities.visibility_delay,
            every: Duration::hours(1),
            budget: seller_scope("walmart", calls::RETURNS.budget, self.seller.as_str()).into(),
        }
    }

    async fn pull(&self, cx: &CallCx, from: &PullFrom) -> Result<ReturnsPulled> {
        let op = calls::RETURNS.op;
        let sent = match &from.cursor {
            Some(given) => cursor::query(op, self.pipe.base(), given)?,
            None => {
                let floor = self.pipe.server_now() - Duration::days(REACH_DAYS);
                // Begin and end are given as a pair, or Walmart answers 400. Whole seconds, outwards.
                format!(
                    "returnLastModifiedStartDate={}&returnLastModifiedEndDate={}&limit={}",
                    iso(from.window.from.max(floor)),
                    iso(from.window.to + Duration::milliseconds(999)),
                    self.settings.page_limit
                )
            }
        };
        let path = format!("/v3/returns?{sent}");
        let response = self.send(cx, &calls::RETURNS, Method::GET, &path, Vec::new()).await?;
        if response.status() != StatusCode::OK {
            let said = parse_error(Some(response.status().as_u16()), response.body());
            return if said.is_none_found() {
                Ok(ReturnsPulled::Page(ReturnPage::default()))
            } else {
                Err(said.into_error(op).with_retry(Retry::Backoff))
            };
        }
        let body = readable(&response);
        let page = std::str::from_utf8(&body)
            .ok()
            .and_then(returns::page)
            .ok_or_else(|| unreadable(op, "list of returns"))?;
        // The last page has no cursor, an empty one, or no returns.
        let next = page.cursor.filter(|_| page.entries > 0);
        if let Some(next) = &next
            && cursor::same(&cursor::query(op, self.pipe.base(), next)?, &sent)
        {
            return Err(Error::new(ErrorKind::Protocol, op)
                .message("the cursor leads back to the page that was just read"));
        }
        Ok(ReturnsPulled::Page(ReturnPage { returns: page.returns, next }))
    }
}
