//! Stock: one level by `PUT`, many by a feed, and what became of the feed.

use super::{WalmartChannel, body_text, unreadable};
use crate::{
    calls,
    dialect::parse_error,
    map::write,
    wire::stock::{FeedItem, FeedReport, amount, feed_id, feed_report},
};
use http::{Method, StatusCode};
use std::collections::BTreeMap;
use sutler_core::{
    channel::{CallCx, Receipt, Settled},
    command::{Act, Command, Handle, SetLevel},
    error::{Applied, Error, ErrorKind, Result, Retry},
    id::Sku,
};

/// Rows of a feed report in one page; more is refused.
const REPORT_ROWS: usize = 50;
/// Rows of a feed, at most; a report that goes on beyond is not followed.
const FEED_ROWS_MAX: usize = 10_000;

impl WalmartChannel {
    /// Sets levels: one by `PUT`, more by a feed.
    pub(super) async fn set_levels(&self, cx: &CallCx, commands: &[Command]) -> Result<Vec<Receipt>> {
        let mut rows: Vec<&SetLevel> = Vec::with_capacity(commands.len());
        for command in commands {
            match &command.act {
                Act::SetLevel(set) => rows.push(set),
                other => {
                    return Err(Error::new(ErrorKind::Invalid, calls::FEED.op).message(format!(
                        "a batch holds one verb; {} stands among levels",
                        other.verb().as_str()
                    )));
                }
            }
        }
        match rows.as_slice() {
            [one] => self.set_one(cx, one).await.map(|receipt| vec![receipt]),
            many => self.post_feed(cx, many).await,
        }
    }

    async fn set_one(&self, cx: &CallCx, set: &SetLevel) -> Result<Receipt> {
        let op = calls::SET_LEVEL.op;
        let body = write::inventory(op, set)?;
        let response =
            self.send(cx, &calls::SET_LEVEL, Method::PUT, &self.inventory_path(&set.sku), body).await?;
        let status = response.status();
        if !status.is_success() {
            let said = parse_error(Some(status.as_u16()), response.body());
            return Ok(Receipt::Refused {
                code: said.code(),
                why: format!("SKU {}: {}", set.sku, said.message),
            });
        }
        // The answer repeats the level. Another one means that something else was set.
        match body_text(op, &response).ok().and_then(amount) {
            Some(told) if told != set.level.to_string() => Err(Error::new(ErrorKind::Remote, op)
                .message(format!("SKU {} was set to {} and the answer says {told}", set.sku, set.level))
                .with_retry(Retry::Backoff)
                .with_applied(Applied::Unknown)),
            _ => Ok(Receipt::Done {
                evidence: format!("walmart answered {} with level {}", status.as_u16(), set.level),
            }),
        }
    }

    fn inventory_path(&self, sku: &Sku) -> String {
        let path = format!("/v3/inventory?sku={}", write::escaped(sku.as_str()));
        match &self.settings.ship_node {
            Some(node) => format!("{path}&shipNode={}", write::escaped(node)),
            None => path,
        }
    }

    async fn post_feed(&self, cx: &CallCx, rows: &[&SetLevel]) -> Result<Vec<Receipt>> {
        let op = calls::FEED.op;
        let node = match self.learnt_node() {
            Some(node) => node,
            None => self.learn(&self.nodes(cx).await?).ok_or_else(|| {
                Error::new(ErrorKind::Config, op).message(
                    "the ship node is not known, and a feed names one; configure ship_node where the seller has several",
                )
            })?,
        };
        let body = write::feed(op, &node, rows)?;
        let response =
            self.send(cx, &calls::FEED, Method::POST, "/v3/feeds?feedType=MP_INVENTORY", body).await?;
        let status = response.status();
        if !status.is_success() {
            let said = parse_error(Some(status.as_u16()), response.body());
            return Ok(vec![Receipt::Refused { code: said.code(), why: said.message }; rows.len()]);
        }
        let Some(handle) = body_text(op, &response).ok().and_then(feed_id) else {
            // It happens, and the feed may be at work all the same.
            return Err(unreadable(op, "feed with an id").with_applied(Applied::Unknown));
        };
        Ok(vec![Receipt::Accepted { handle }; rows.len()])
    }

    /// Reads a feed's report to its end and gives each command what became of its SKU.
    pub(super) async fn feed_outcome(
        &self,
        cx: &CallCx,
        handle: &Handle,
        commands: &[Command],
    ) -> Result<Settled> {
        let mut found: BTreeMap<String, FeedItem> = BTreeMap::new();
        let mut offset = 0;
        loop {
            let Some(report) = self.report_page(cx, handle, offset).await? else {
                return Ok(Settled::Lost { why: format!("walmart does not know feed {handle}") });
            };
            match report.status.as_str() {
                "PROCESSED" => {}
                "ERROR" => {
                    let why = format!("feed {handle} failed: {} {}", report.code, report.description);
                    let refused = Receipt::Refused { code: "FEED_ERROR".into(), why: why.trim().into() };
                    return Ok(Settled::Receipts(vec![refused; commands.len()]));
                }
                // RECEIVED, INPROGRESS, and whatever else is not an end.
                _ => return Ok(Settled::NotYet),
            }
            let rows = report.items.len();
            offset += rows;
            found.extend(report.items.into_iter().map(|item| (item.sku.clone(), item)));
            if rows == 0 || offset >= report.received || offset >= FEED_ROWS_MAX {
                break;
            }
        }
        if found.values().any(|item| item.status == "INPROGRESS") {
            return Ok(Settled::NotYet);
        }
        Ok(Settled::Receipts(commands.iter().map(|command| outcome(command, handle, &found)).collect()))
    }

    async fn report_page(&self, cx: &CallCx, handle: &Handle, offset: usize) -> Result<Option<FeedReport>> {
        let op = calls::FEED_STATUS.op;
        // Feed ids hold an `@`.
        let feed = write::escaped(handle);
        let path = format!("/v3/feeds/{feed}?includeDetails=true&offset={offset}&limit={REPORT_ROWS}");
        let response = self.send(cx, &calls::FEED_STATUS, Method::GET, &path, Vec::new()).await?;
        if response.status() != StatusCode::OK {
            return Ok(None);
        }
        feed_report(body_text(op, &response)?).map(Some).ok_or_else(|| unreadable(op, "feed report"))
    }

    /// Reads one level; none when Walmart does not know the SKU (or not yet: new listings take minutes to hours).
    pub(super) async fn level(&self, cx: &CallCx, sku: &Sku) -> Result<Option<i64>> {
        let op = calls::LEVEL.op;
        let response =
            self.send(cx, &calls::LEVEL, Method::GET, &self.inventory_path(sku), Vec::new()).await?;
        if response.status() != StatusCode::OK {
            let said = parse_error(Some(response.status().as_u16()), response.body());
            return if said.is_none_found() {
                Ok(None)
            } else {
                Err(said.into_error(op).with_retry(Retry::Backoff))
            };
        }
        let told = amount(body_text(op, &response)?).ok_or_else(|| unreadable(op, "level"))?;
        let whole = || {
            told.split_once('.').filter(|(_, rest)| rest.bytes().all(|b| b == b'0')).map(|(whole, _)| whole)
        };
        let level = told.parse().ok().or_else(|| whole()?.parse().ok());
        level.map(Some).ok_or_else(|| unreadable(op, "whole number of units"))
    }
}

fn outcome(command: &Command, handle: &Handle, found: &BTreeMap<String, FeedItem>) -> Receipt {
    let refused = |code: &str, why: String| Receipt::Refused { code: code.into(), why };
    let Act::SetLevel(set) = &command.act else {
        return refused("not_in_feed", format!("command {} is not a level", command.key));
    };
    match found.get(set.sku.as_str()) {
        Some(item) if item.status == "SUCCESS" => {
            Receipt::Done { evidence: format!("feed {handle} reports SUCCESS") }
        }
        Some(item) => {
            let code = if item.code.is_empty() { &item.status } else { &item.code };
            let why = format!("SKU {} in feed {handle}: {} {}", set.sku, item.status, item.description);
            refused(code, why.trim_end().into())
        }
        None => refused("not_in_feed", format!("feed {handle} reports nothing of SKU {}", set.sku)),
    }
}
