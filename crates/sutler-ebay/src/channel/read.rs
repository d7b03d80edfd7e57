//! Reading orders, and who we are.

use super::{EbayChannel, STREAMS, json, unreadable};
use crate::{
    calls,
    dialect::parse_error,
    map::{
        escaped, instant_text,
        page::{Cursor, Page as WirePage},
    },
};
use http::{Method, StatusCode};
use serde::Deserialize;
use sutler_core::{
    channel::{CallCx, Fetched, Page, PullFrom, Pulled, RawOrder, Standing, StreamKind},
    error::{Error, ErrorKind, Result, Retry},
    id::{ChannelOrderId, SellerId},
    observation::{Coverage, Group},
    time::Duration,
};

/// A list never shows who asks to cancel.
const LISTED: Coverage = Coverage::ALL.without(Group::CancelRequests);
/// A window's end lies this far before eBay's now: one in the future is an error (30850).
const BEFORE_NOW: Duration = Duration::seconds(5);

impl EbayChannel {
    /// Reads one page of a window. Offsets count over a set that moves: each page begins a little before the last one
    /// ended, and a set that shrank by more than that is read from its beginning again (G1).
    pub(super) async fn page(&self, cx: &CallCx, from: &PullFrom) -> Result<Pulled> {
        let op = calls::PULL.op;
        let cursor = from.cursor.as_deref().map_or(Ok(Cursor::default()), |text| {
            Cursor::read(text).ok_or_else(|| {
                Error::new(ErrorKind::Protocol, op)
                    .message(format!("{text:?} is no cursor of this connector; the window begins anew"))
                    .with_retry(Retry::Backoff)
            })
        })?;
        let path = self.list_path(from, &cursor)?;
        let response = self.get(cx, &calls::PULL, &path).await?;
        if response.status() != StatusCode::OK {
            return Err(parse_error(Some(response.status().as_u16()), response.body()).into_error(op));
        }
        let page = WirePage::read(response.body()).ok_or_else(|| unreadable(op, "order list"))?;
        let next = cursor
            .after(&page, self.settings.page_limit)
            .map_err(|why| Error::new(ErrorKind::Protocol, op).message(why).with_retry(Retry::Backoff))?;
        let body = response.body();
        let orders: Vec<RawOrder> = page
            .orders
            .iter()
            .map(|order| {
                let bytes = order.get().as_bytes();
                RawOrder { channel_order_id: crate::id_of(bytes), raw: body.slice_ref(bytes) }
            })
            .collect();
        // Orders name the seller, but by name or by the immutable id as the seller's country has it: `check` tells who we are.
        Ok(Pulled::Page(Page { orders, next, total: page.total, seller: None, coverage: LISTED }))
    }

    fn list_path(&self, from: &PullFrom, cursor: &Cursor) -> Result<String> {
        let op = calls::PULL.op;
        let Some((_, kind)) = STREAMS.iter().find(|(id, _)| *id == from.stream.as_str()) else {
            let known: Vec<_> = STREAMS.iter().map(|(id, _)| *id).collect();
            return Err(Error::new(ErrorKind::Invalid, op).message(format!(
                "{:?} is no stream of eBay; they are {}",
                from.stream,
                known.join(", ")
            )));
        };
        let filter = match kind {
            StreamKind::Created | StreamKind::PlacedOrChanged => "creationdate",
            StreamKind::Changed => "lastmodifieddate",
        };
        let end = from.window.to.min(self.pipes.main.server_now() - BEFORE_NOW);
        // A window of nothing is asked as one of a second: begin and end must not be turned round.
        let begin = from.window.from.min(end - Duration::seconds(1));
        let filter = format!("{filter}:[{}..{}]", instant_text(begin), instant_text(end));
        Ok(format!(
            "/sell/fulfillment/v1/order?filter={}&limit={}&offset={}",
            escaped(&filter),
            self.settings.page_limit,
            cursor.offset
        ))
    }

    /// Reads one order, cancel requests included.
    pub(super) async fn one(&self, cx: &CallCx, id: &ChannelOrderId) -> Result<Fetched> {
        let op = calls::FETCH.op;
        let response = self.get(cx, &calls::FETCH, &order_path(id, "")).await?;
        if response.status() == StatusCode::NOT_FOUND {
            return Ok(Fetched::NotVisible);
        }
        if response.status() != StatusCode::OK {
            let said = parse_error(Some(response.status().as_u16()), response.body());
            return if said.has(32_100) { Ok(Fetched::NotVisible) } else { Err(said.into_error(op)) };
        }
        let told = crate::id_of(response.body());
        if told != *id {
            let what = if told.as_str().starts_with("unidentified-") {
                "one without an id".into()
            } else {
                told.to_string()
            };
            return Err(Error::new(ErrorKind::Protocol, op)
                .message(format!("order {id} was asked for and {what} was answered"))
                .with_retry(Retry::Backoff));
        }
        let raw = RawOrder { channel_order_id: id.clone(), raw: response.body().clone() };
        Ok(Fetched::Found(raw, Coverage::ALL))
    }

    /// Asks who the consent belongs to; the server's time comes with every answer.
    pub(super) async fn standing(&self, cx: &CallCx) -> Result<Standing> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct User {
            #[serde(default)]
            user_id: String,
            #[serde(default)]
            username: String,
        }
        let call = &calls::WHO;
        let path = "/commerce/identity/v1/user/";
        let asked = self.send(&self.pipes.identity, cx, call, Method::GET, path, Vec::new(), None).await;
        let (seller, missing) = match asked {
            Ok(response) if response.status() == StatusCode::OK => {
                let user: User = json(call.op, &response, "user")?;
                let ours = self.seller.as_str();
                let is_ours =
                    [&user.user_id, &user.username].into_iter().any(|told| told.eq_ignore_ascii_case(ours));
                let told = if is_ours {
                    ours.to_owned()
                } else if user.username.is_empty() {
                    user.user_id
                } else {
                    user.username
                };
                (Some(SellerId::from(told)), Vec::new())
            }
            Err(error) if error.kind() == ErrorKind::Forbidden => (None, vec![NO_IDENTITY.to_owned()]),
            Ok(_) => (None, vec![NO_IDENTITY.to_owned()]),
            Err(error) => return Err(error),
        };
        Ok(Standing {
            seller,
            scopes: Vec::new(),
            missing,
            clock_offset_ms: self.pipes.main.clock_offset().num_milliseconds(),
            ship_node: None,
        })
    }
}

const NO_IDENTITY: &str =
    "commerce.identity.readonly was not consented to, so nobody can tell whose orders these are";

/// The path of an order, and of something below it.
pub(super) fn order_path(id: &ChannelOrderId, below: &str) -> String {
    format!("/sell/fulfillment/v1/order/{}{below}", escaped(id.as_str()))
}
