//! Reading orders, and who we are.

use super::{AmazonChannel, REPORT, STREAM, unreadable};
use crate::{
    calls,
    dialect::parse_error,
    map::{instant_text, page::Page as WirePage},
};
use http::{Method, StatusCode};
use serde::Deserialize;
use sutler_core::{
    channel::{CallCx, Fetched, Page, PullFrom, Pulled, RawOrder, Standing},
    error::{Error, ErrorKind, Result},
    id::ChannelOrderId,
    observation::Coverage,
    time::Duration,
};
use sutler_wire::escaped;

/// Everything a rule may ask for. Without FULFILLMENT the status itself is missing; without CANCELLATION nobody knows of
/// a buyer's wish.
const SETS: &str = "BUYER,RECIPIENT,PROCEEDS,PROMOTION,CANCELLATION,FULFILLMENT,PACKAGES";
/// `lastUpdatedBefore` must lie two minutes in the past.
const KEPT_BACK: Duration = Duration::minutes(2);

impl AmazonChannel {
    /// Reads one page. A token goes back with the very filters it was given for.
    pub(super) async fn page(&self, cx: &CallCx, from: &PullFrom) -> Result<Pulled> {
        let op = calls::SEARCH.op;
        if from.stream.as_str() != STREAM {
            return Err(Error::new(ErrorKind::Invalid, op).message(format!(
                "{:?} is no stream of Amazon; {STREAM:?} and {REPORT:?} are",
                from.stream
            )));
        }
        // The cursor holds the filters of its first page and the token; both are sent back as they were.
        let (query, token) = match from.cursor.as_deref().and_then(|cursor| cursor.split_once(' ')) {
            Some((query, token)) => (query.to_owned(), Some(token)),
            None => (self.query(from), None),
        };
        let mut path = format!("/orders/2026-01-01/orders?{query}");
        if let Some(token) = token {
            path += &format!("&paginationToken={}", escaped(token));
        }
        let response = self.send(cx, &calls::SEARCH, Method::GET, &path, Vec::new()).await?;
        if response.status() != StatusCode::OK {
            return Err(parse_error(Some(response.status().as_u16()), response.body()).into_error(op));
        }
        let page = WirePage::read(response.body()).ok_or_else(|| unreadable(op, "order list"))?;
        if page.next.is_some() && page.next.as_deref() == token {
            return Err(Error::new(ErrorKind::Protocol, op).message(
                "the token leads back to the page that was just read; the window was not read to its end",
            ));
        }
        let body = response.body();
        let mut orders = Vec::with_capacity(page.orders.len());
        for order in &page.orders {
            let raw = RawOrder {
                channel_order_id: crate::id_of(order.get().as_bytes()),
                raw: body.slice_ref(order.get().as_bytes()),
            };
            self.note_marketplace(&raw);
            orders.push(raw);
        }
        let next = page.next.map(|token| format!("{query} {token}"));
        Ok(Pulled::Page(Page { orders, next, total: None, seller: None, coverage: Coverage::ALL }))
    }

    fn query(&self, from: &PullFrom) -> String {
        let before = from.window.to.min(self.pipe.server_now() - KEPT_BACK - Duration::seconds(1));
        let after = from.window.from.min(before - Duration::seconds(1));
        format!(
            "lastUpdatedAfter={}&lastUpdatedBefore={}&marketplaceIds={}&maxResultsPerPage={}&includedData={}",
            escaped(&instant_text(after)),
            escaped(&instant_text(before)),
            escaped(&self.settings.marketplaces.join(",")),
            self.settings.page_limit,
            escaped(SETS)
        )
    }

    /// Reads one order.
    pub(super) async fn one(&self, cx: &CallCx, id: &ChannelOrderId) -> Result<Fetched> {
        let op = calls::FETCH.op;
        let path =
            format!("/orders/2026-01-01/orders/{}?includedData={}", escaped(id.as_str()), escaped(SETS));
        let response = self.send(cx, &calls::FETCH, Method::GET, &path, Vec::new()).await?;
        if response.status() == StatusCode::NOT_FOUND {
            return Ok(Fetched::NotVisible);
        }
        if response.status() != StatusCode::OK {
            return Err(parse_error(Some(response.status().as_u16()), response.body()).into_error(op));
        }
        // Whether the order is wrapped in `order` differs between the model and what was seen: both are read.
        #[derive(Deserialize)]
        struct Wrapped<'a> {
            #[serde(borrow)]
            order: &'a serde_json::value::RawValue,
        }
        let body = response.body();
        let slice = serde_json::from_slice::<Wrapped<'_>>(body)
            .map_or(&**body, |wrapped| wrapped.order.get().as_bytes());
        let told = crate::id_of(slice);
        if told != *id {
            return Err(Error::new(ErrorKind::Protocol, op)
                .message(format!("order {id} was asked for and {told} was answered")));
        }
        let raw = RawOrder { channel_order_id: id.clone(), raw: body.slice_ref(slice) };
        self.note_marketplace(&raw);
        Ok(Fetched::Found(raw, Coverage::ALL))
    }

    fn note_marketplace(&self, raw: &RawOrder) {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Sold<'a> {
            #[serde(borrow)]
            sales_channel: Channel<'a>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Channel<'a> {
            #[serde(borrow)]
            marketplace_id: std::borrow::Cow<'a, str>,
        }
        if self.settings.marketplaces.len() > 1
            && let Ok(sold) = serde_json::from_slice::<Sold<'_>>(&raw.raw)
        {
            self.remember(&raw.channel_order_id, &sold.sales_channel.marketplace_id);
        }
    }

    /// Asks where the seller may sell; the server's time comes with every answer.
    pub(super) async fn standing(&self, cx: &CallCx) -> Result<Standing> {
        let op = calls::WHO.op;
        let path = "/sellers/v1/marketplaceParticipations";
        let response = self.send(cx, &calls::WHO, Method::GET, path, Vec::new()).await?;
        if response.status() != StatusCode::OK {
            return Err(parse_error(Some(response.status().as_u16()), response.body()).into_error(op));
        }
        let told: serde_json::Value =
            serde_json::from_slice(response.body()).map_err(|_| unreadable(op, "list of marketplaces"))?;
        let list = told.get("payload").and_then(serde_json::Value::as_array).cloned().unwrap_or_default();
        let mut may: Vec<String> = Vec::new();
        for one in &list {
            let id = one.pointer("/marketplace/id").and_then(serde_json::Value::as_str);
            let takes_part =
                one.pointer("/participation/isParticipating").and_then(serde_json::Value::as_bool);
            if let (Some(id), true) = (id, takes_part.unwrap_or(true)) {
                may.push(id.to_owned());
            }
        }
        let lacks = |id: &&String| !may.contains(id);
        let missing: Vec<String> = self
            .settings
            .marketplaces
            .iter()
            .filter(lacks)
            .map(|id| {
                format!("the seller does not take part in marketplace {id}; it does in {}", may.join(", "))
            })
            .collect();
        self.own_listings(cx).await?;
        Ok(Standing {
            // Amazon names the seller nowhere in this answer; his listings have just opened to us.
            seller: Some(self.seller.clone()),
            scopes: may,
            missing,
            clock_offset_ms: self.pipe.clock_offset().num_milliseconds(),
            ship_node: None,
        })
    }

    /// Looks whether the credential opens the configured seller's listings. No answer of Amazon's names the seller it was
    /// given for, and an order shows none: this is the one call that fails for another's (inferred from its 403).
    async fn own_listings(&self, cx: &CallCx) -> Result<()> {
        let op = calls::OWN_LISTINGS.op;
        let path = format!(
            "/listings/2021-08-01/items/{}?marketplaceIds={}&pageSize=1",
            escaped(self.seller.as_str()),
            escaped(self.settings.home())
        );
        match self.send(cx, &calls::OWN_LISTINGS, Method::GET, &path, Vec::new()).await {
            Ok(response) if response.status() == StatusCode::OK => Ok(()),
            Ok(response) => Err(parse_error(Some(response.status().as_u16()), response.body()).into_error(op)),
            Err(error) if error.kind() == ErrorKind::Forbidden => {
                Err(Error::new(ErrorKind::Forbidden, op)
                    .message(format!(
                        "the credential does not open the listings of seller {}: it was given by another seller, or the application lacks the role Product Listing; nothing was read",
                        self.seller
                    ))
                    .with_source(error))
            }
            Err(error) => Err(error),
        }
    }
}
