//! Reading orders, and who we are.

use super::{STREAMS, WalmartChannel, body_text, readable, unreadable};
use crate::{
    calls,
    config::REACH_DAYS,
    dialect::parse_error,
    map::{cursor, value::iso, write::escaped},
    raw_order,
    wire::{
        page::{Page as WirePage, order_id, single},
        stock::{ShipNode, scopes, ship_nodes},
    },
};
use bytes::Bytes;
use http::{Method, StatusCode};
use std::sync::PoisonError;
use sutler_core::{
    channel::{CallCx, Fetched, Page, PullFrom, Pulled, RawOrder, Standing, StreamKind},
    error::{Error, ErrorKind, Result, Retry},
    id::ChannelOrderId,
    observation::Coverage,
    time::Duration,
};

/// Walmart pages through no more than this (10,000 by the guides of 2025, 20,000 by the older specification).
const RESULT_MAX: u64 = 10_000;

/// What must be in a token's scopes for the work to be done.
const RIGHTS: [(&str, &str); 3] =
    [("orders", "full_access"), ("inventory", "full_access"), ("feeds", "full_access")];

impl WalmartChannel {
    /// Reads one page of a stream.
    pub(super) async fn page(&self, cx: &CallCx, from: &PullFrom) -> Result<Pulled> {
        let op = calls::PULL.op;
        let sent = match &from.cursor {
            Some(given) => cursor::query(op, self.pipe.base(), given)?,
            None => self.first_query(from)?,
        };
        let response =
            self.send(cx, &calls::PULL, Method::GET, &format!("/v3/orders?{sent}"), Vec::new()).await?;
        let empty = Pulled::Page(Page {
            orders: Vec::new(),
            next: None,
            total: Some(0),
            seller: None,
            coverage: Coverage::ALL,
        });
        if response.status() != StatusCode::OK {
            let said = parse_error(Some(response.status().as_u16()), response.body());
            // "No orders" is a 404.
            return if said.is_none_found() {
                Ok(empty)
            } else {
                Err(said.into_error(op).with_retry(Retry::Backoff))
            };
        }
        let body = readable(&response);
        let page = std::str::from_utf8(&body)
            .ok()
            .and_then(WirePage::read)
            .ok_or_else(|| unreadable(op, "order list"))?;
        if let Some(errors) = page.errors {
            let said = parse_error(Some(200), errors.as_bytes());
            let harmless = said.details.is_empty() || said.is_none_found();
            if !harmless {
                // An answer that is part list, part error must not be taken for the whole window.
                return Err(said.into_error(op));
            }
        }
        let total = page.total.text().and_then(|total| total.parse::<u64>().ok());
        if let (None, Some(total)) = (&from.cursor, total)
            && total > RESULT_MAX
        {
            return Ok(Pulled::TooMany { total: Some(total) });
        }
        let orders = slices(&body, &page);
        let (next, seller) = self.next(&sent, &page, from.cursor.is_some() && orders.is_empty())?;
        Ok(Pulled::Page(Page { orders, next, total, seller, coverage: Coverage::ALL }))
    }

    /// The query of a window's first page. Every list names its creation window and its kind of node: without them the
    /// default is the seller's own orders of the last seven days, even when asked by modification.
    fn first_query(&self, from: &PullFrom) -> Result<String> {
        let op = calls::PULL.op;
        let wrong = |why: String| Error::new(ErrorKind::Invalid, op).message(why);
        let (_, kind, node) =
            STREAMS.iter().find(|(id, ..)| *id == from.stream.as_str()).ok_or_else(|| {
                let known: Vec<_> = STREAMS.iter().map(|(id, ..)| *id).collect();
                wrong(format!("{:?} is no stream of Walmart; they are {}", from.stream, known.join(", ")))
            })?;
        let floor = self.pipe.server_now() - Duration::days(REACH_DAYS);
        let (start, end) = (from.window.from.max(floor), from.window.to);
        if end < start {
            return Err(wrong(format!(
                "the window from {} to {} holds nothing that can be listed; it must reach into the last {REACH_DAYS} days",
                iso(from.window.from),
                iso(end)
            )));
        }
        // Whole seconds, outwards: what the window leaves out is lost, what it has too much is only read again.
        let (start_text, end_text) = (iso(start), iso(end + Duration::milliseconds(999)));
        let window = match kind {
            StreamKind::Created | StreamKind::PlacedOrChanged => {
                format!("createdStartDate={start_text}&createdEndDate={end_text}")
            }
            StreamKind::Changed => format!(
                "createdStartDate={}&lastModifiedStartDate={start_text}&lastModifiedEndDate={end_text}",
                iso(floor)
            ),
        };
        Ok(format!("{window}&limit={}&shipNodeType={node}", self.settings.page_limit))
    }

    /// Where to go on, as it was given, and who the seller is.
    fn next(
        &self,
        sent: &str,
        page: &WirePage<'_>,
        was_empty: bool,
    ) -> Result<(Option<String>, Option<sutler_core::id::SellerId>)> {
        let op = calls::PULL.op;
        let Some(given) = page.cursor.text() else { return Ok((None, None)) };
        let query = cursor::query(op, self.pipe.base(), &given)?;
        let seller = cursor::seller(&query);
        if was_empty || page.orders.is_empty() || cursor::is_last(&query) {
            return Ok((None, seller));
        }
        if cursor::same(&query, sent) {
            return Err(Error::new(ErrorKind::Protocol, op).message(
                "the cursor leads back to the page that was just read; the window was not read to its end",
            ));
        }
        Ok((Some(given.into_owned()), seller))
    }

    /// Reads one order.
    pub(super) async fn one(&self, cx: &CallCx, id: &ChannelOrderId) -> Result<Fetched> {
        let op = calls::FETCH.op;
        let path = format!("/v3/orders/{}", escaped(id.as_str()));
        let response = self.send(cx, &calls::FETCH, Method::GET, &path, Vec::new()).await?;
        if response.status() != StatusCode::OK {
            let said = parse_error(Some(response.status().as_u16()), response.body());
            let gone = said.is_none_found() || response.status() == StatusCode::NOT_FOUND;
            return if gone { Ok(Fetched::NotVisible) } else { Err(said.into_error(op)) };
        }
        let body = readable(&response);
        let order =
            std::str::from_utf8(&body).ok().and_then(single).ok_or_else(|| unreadable(op, "order"))?;
        match order_id(order) {
            Some(told) if told == id.as_str() => {}
            Some(told) => {
                return Err(Error::new(ErrorKind::Protocol, op)
                    .message(format!("order {id} was asked for and order {told} was answered")));
            }
            None => return Err(unreadable(op, "order with an id").with_retry(Retry::Backoff)),
        }
        let raw = RawOrder { channel_order_id: id.clone(), raw: body.slice_ref(order.as_bytes()) };
        Ok(Fetched::Found(raw, Coverage::ALL))
    }

    /// Asks for the token's rights and the ship node; the server's time comes with every answer.
    pub(super) async fn standing(&self, cx: &CallCx) -> Result<Standing> {
        let op = calls::TOKEN_DETAIL.op;
        let response =
            self.send(cx, &calls::TOKEN_DETAIL, Method::GET, "/v3/token/detail", Vec::new()).await?;
        let rights = scopes(body_text(op, &response)?).unwrap_or_default();
        let mut missing = Vec::new();
        for (name, wanted) in RIGHTS {
            let level = rights
                .iter()
                .find(|(known, _)| known.eq_ignore_ascii_case(name))
                .map(|(_, level)| level.as_str());
            // A right that is not listed is not known to be missing: the list differs between accounts.
            if level.is_some_and(|level| level != wanted) {
                missing.push(format!("{name} is {}; {wanted} is needed", level.unwrap_or_default()));
            }
        }
        let ship_node = match self.nodes(cx).await {
            Ok(nodes) => {
                let active = usable(&nodes);
                if let Some(configured) = &self.settings.ship_node
                    && !nodes.iter().any(|node| node.id == *configured)
                {
                    missing
                        .push(format!("ship node {configured} is not one of the seller's {}", nodes.len()));
                }
                if self.settings.ship_node.is_none() && active.len() != 1 {
                    missing.push(format!(
                        "the seller has {} active ship nodes; with one it is learnt, else configure ship_node",
                        active.len()
                    ));
                }
                self.learn(&nodes)
            }
            Err(error) if error.kind() == ErrorKind::Forbidden => {
                missing.push("the ship nodes may not be read; configure ship_node".into());
                self.learnt_node()
            }
            Err(error) => return Err(error),
        };
        Ok(Standing {
            seller: None,
            scopes: rights.into_iter().map(|(name, level)| format!("{name}:{level}")).collect(),
            missing,
            clock_offset_ms: self.pipe.clock_offset().num_milliseconds(),
            ship_node,
        })
    }

    pub(super) async fn nodes(&self, cx: &CallCx) -> Result<Vec<ShipNode>> {
        let op = calls::SHIP_NODES.op;
        let path = "/v3/settings/shipping/shipnodes";
        let response = self.send(cx, &calls::SHIP_NODES, Method::GET, path, Vec::new()).await?;
        if response.status() == StatusCode::NOT_FOUND {
            return Ok(Vec::new());
        }
        ship_nodes(body_text(op, &response)?).ok_or_else(|| unreadable(op, "list of ship nodes"))
    }

    /// Keeps the one active node, if there is one alone, and answers the node in use.
    pub(super) fn learn(&self, nodes: &[ShipNode]) -> Option<String> {
        if let [only] = usable(nodes).as_slice() {
            *self.learnt_node.lock().unwrap_or_else(PoisonError::into_inner) = Some(only.id.clone());
        }
        self.learnt_node()
    }
}

/// The nodes the seller ships from: active, and not a third party's or Walmart's own.
fn usable(nodes: &[ShipNode]) -> Vec<&ShipNode> {
    let own =
        |node: &&ShipNode| !["3PL", "WFS"].iter().any(|kind| node.kind.to_ascii_uppercase().contains(kind));
    let active = |node: &&ShipNode| node.status.is_empty() || node.status.eq_ignore_ascii_case("ACTIVE");
    nodes.iter().filter(own).filter(active).collect()
}

/// Each order as a slice of the body; nothing is copied and nothing but the id is read.
fn slices(body: &Bytes, page: &WirePage<'_>) -> Vec<RawOrder> {
    page.orders.iter().map(|text| raw_order(&body.slice_ref(text.as_bytes()), text)).collect()
}
