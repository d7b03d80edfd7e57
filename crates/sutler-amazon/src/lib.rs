//! Amazon (Selling Partner API) as a channel of sutler.
//!
//! ```
//! # fn demo(parts: sutler_http::Parts) -> sutler_core::error::Result<()> {
//! let amazon = sutler_amazon::Amazon::new("A1SELLER", "client-id", "client-secret", "Atzr|refresh");
//! let channel = amazon.region(sutler_amazon::Region::NorthAmerica).marketplaces(["ATVPDKIKX0DER"]).build("amazon".into(), parts)?;
//! # drop(channel);
//! # Ok(())
//! # }
//! ```
//!
//! # What Amazon is like
//! - Orders are read with version 2026-01-01 and written with version 0, which has no successor for writing.
//! - There is nothing to acknowledge: taking an order is our own note.
//! - A status, a package or a buyer's wish to cancel is shown only where it is asked for: every read asks for them.
//! - A search costs three minutes of its budget; a single order two seconds; a report three calls whatever it holds. A report
//!   names no line ids, no deadlines, no address and no wish to cancel: what it shows as open is read by itself before it is judged.
//! - Repeating a shipment with the same package reference edits it: the reference comes from our package's number alone.
//! - Personal data that our rights do not cover is missing, not refused: such parts of an address are *withheld*.
//!
//! - Cancellations, and levels where there are many, are feeds: accepted now, done in minutes or hours, reported on by message.
//! - A feed that ends FATAL may have done some, none or all of its work.
//!
//! [`Channel::normalise`](sutler_core::channel::Channel::normalise) is total; [`normalise`], [`normalise_order`] and
//! [`normalise_page`] are it without a channel.

mod auth;
mod channel;
mod config;
mod dialect;
mod map;
mod plan;
#[cfg(feature = "sqs")]
mod queue;
mod rates;
mod region;

pub use channel::AmazonChannel;
pub use config::Amazon;
pub use dialect::{AmazonError, ErrorDetail, parse_error};
pub use map::push::{Notification, decode_notification};
pub use rates::RATES;
pub use region::Region;

use bytes::Bytes;
use sutler_core::{
    channel::{ProbeKind, RawOrder, Repeat},
    command::Verb,
    error::{Error, ErrorKind, Result},
    id::ChannelOrderId,
    order::ChannelOrder,
    time::Duration,
};
use sutler_http::{Call, Hosts};

/// Where Amazon is: three regions, each with its own sandbox.
pub const HOSTS: Hosts = Hosts {
    production: &[
        "sellingpartnerapi-na.amazon.com",
        "sellingpartnerapi-eu.amazon.com",
        "sellingpartnerapi-fe.amazon.com",
        "api.amazon.com",
    ],
    sandbox: &[
        "sandbox.sellingpartnerapi-na.amazon.com",
        "sandbox.sellingpartnerapi-eu.amazon.com",
        "sandbox.sellingpartnerapi-fe.amazon.com",
        "api.amazon.com",
    ],
};

/// Every call this connector makes.
pub mod calls {
    use super::Call;

    /// `GET /orders/2026-01-01/orders`
    pub const SEARCH: Call = Call::read("amazon.orders.search", "search");
    /// `GET /orders/2026-01-01/orders/{orderId}`
    pub const FETCH: Call = Call::read("amazon.orders.fetch", "fetch");
    /// `POST /orders/v0/orders/{orderId}/shipmentConfirmation`
    pub const SHIP: Call = Call::write("amazon.orders.ship", "ship");
    /// `GET /listings/2021-08-01/items/{sellerId}/{sku}`
    pub const LEVEL: Call = Call::read("amazon.stock.level", "level");
    /// `PATCH /listings/2021-08-01/items/{sellerId}/{sku}`
    pub const SET_LEVEL: Call = Call::write("amazon.stock.set", "stock");
    /// `POST /feeds/2021-06-30/feeds` of `POST_ORDER_ACKNOWLEDGEMENT_DATA`
    pub const CANCEL: Call = Call::write("amazon.orders.cancel", "cancel");
    /// `POST /feeds/2021-06-30/feeds` of `JSON_LISTINGS_FEED`
    pub const SET_LEVELS: Call = Call::write("amazon.stock.feed", "stock_feed");
    /// `POST /feeds/2021-06-30/documents`. It may be repeated: a document that no feed names does nothing.
    pub const FEED_DOCUMENT: Call = Call::read("amazon.feeds.document", "feed_document");
    /// `PUT` of a feed's document, at the address given for it. No budget is published for it, and none is spent.
    pub const FEED_UPLOAD: Call = Call::read("amazon.feeds.upload", "feed_document");
    /// `GET /feeds/2021-06-30/feeds/{feedId}`
    pub const FEED_STATUS: Call = Call::read("amazon.feeds.status", "feed_status");
    /// `DELETE /feeds/2021-06-30/feeds/{feedId}`. It may be repeated: what is cancelled stays so.
    pub const FEED_CANCEL: Call = Call::read("amazon.feeds.cancel", "feed_cancel");
    /// `GET /feeds/2021-06-30/documents/{feedDocumentId}`
    pub const FEED_RESULT: Call = Call::read("amazon.feeds.result", "feed_result");
    /// `GET` of a feed's report, at the address given for it. No budget is published for it, and none is spent.
    pub const FEED_DOWNLOAD: Call = Call::read("amazon.feeds.download", "feed_result");
    /// `POST /reports/2021-06-30/reports`. It may be repeated: a report that nobody reads does nothing.
    pub const REPORT: Call = Call::read("amazon.reports.create", "report");
    /// `GET /reports/2021-06-30/reports/{reportId}`
    pub const REPORT_STATUS: Call = Call::read("amazon.reports.status", "report_status");
    /// `DELETE /reports/2021-06-30/reports/{reportId}`. It may be repeated: what is cancelled stays so.
    pub const REPORT_CANCEL: Call = Call::read("amazon.reports.cancel", "report_cancel");
    /// `GET /reports/2021-06-30/documents/{reportDocumentId}`
    pub const REPORT_DOCUMENT: Call = Call::read("amazon.reports.document", "report_document");
    /// `GET` of a report, at the address given for it. No budget is published for it, and none is spent.
    pub const REPORT_DOWNLOAD: Call = Call::read("amazon.reports.download", "report_document");
    /// `GET /fba/inventory/v1/summaries`
    pub const INVENTORY: Call = Call::read("amazon.stock.inventory", "inventory");
    /// `GET /sellers/v1/marketplaceParticipations`
    pub const WHO: Call = Call::read("amazon.check.participations", "participations");
    /// `GET /listings/2021-08-01/items/{sellerId}`
    pub const OWN_LISTINGS: Call = Call::read("amazon.check.listings", "listings");

    /// SQS's `ReceiveMessage`: no budget of the Selling Partner API is spent.
    #[cfg(feature = "sqs")]
    pub(crate) const QUEUE_RECEIVE: Call = Call::read("amazon.queue.receive", "");
    /// SQS's `DeleteMessageBatch`, which may be repeated.
    #[cfg(feature = "sqs")]
    pub(crate) const QUEUE_REMOVE: Call = Call::read("amazon.queue.remove", "");

    /// All of the Selling Partner API.
    pub const ALL: &[Call] = &[
        SEARCH,
        FETCH,
        SHIP,
        LEVEL,
        SET_LEVEL,
        CANCEL,
        SET_LEVELS,
        FEED_DOCUMENT,
        FEED_UPLOAD,
        FEED_STATUS,
        FEED_CANCEL,
        FEED_RESULT,
        FEED_DOWNLOAD,
        INVENTORY,
        REPORT,
        REPORT_STATUS,
        REPORT_CANCEL,
        REPORT_DOCUMENT,
        REPORT_DOWNLOAD,
        WHO,
        OWN_LISTINGS,
    ];
}

/// How long Amazon's reads may lag behind its writes (inferred; quantities are "accepted" before they are live).
pub(crate) const READ_LAG: Duration = Duration::minutes(5);

/// How this connector declares one verb, with the short name of its budget in [`RATES`].
#[derive(Clone, Copy, Debug)]
pub struct VerbRow {
    /// Which verb.
    pub verb: Verb,
    /// May it be repeated?
    pub repeat: Repeat,
    /// Can it be seen?
    pub probe: ProbeKind,
    /// What it spends.
    pub budget: &'static str,
    /// What a call with several commands spends, where there is one.
    pub batch_budget: Option<&'static str>,
    /// Commands in one call.
    pub batch_max: usize,
    /// How long a call given up may still take effect.
    pub apply_max: Duration,
    /// The same for a call with several commands.
    pub batch_apply_max: Duration,
    /// Does its answer mean that it took effect?
    pub answer_means_applied: bool,
}

/// A feed is worked on for 5 to 30 minutes as a rule, and for up to 8 hours under load.
const FEED_APPLIES: Duration = Duration::hours(8);

/// How each verb is declared (all of it inferred until a live run).
///
/// - A shipment sent again with its reference is an edit; the order's packages show it.
/// - A cancellation is a feed of its own; a second one is refused, and the order shows the first.
/// - A level is absolute and accepted before it is live: it is set again, not looked for. Many go in one feed.
pub const VERBS: &[VerbRow] = &[
    VerbRow {
        verb: Verb::ConfirmShipment,
        repeat: Repeat::Repeatable,
        probe: ProbeKind::Conclusive { after: READ_LAG },
        budget: "ship",
        batch_budget: None,
        batch_max: 1,
        apply_max: Duration::seconds(120),
        batch_apply_max: Duration::seconds(120),
        answer_means_applied: true,
    },
    VerbRow {
        verb: Verb::Cancel,
        repeat: Repeat::Guarded,
        probe: ProbeKind::Conclusive { after: READ_LAG },
        budget: "cancel",
        batch_budget: None,
        batch_max: 1,
        apply_max: FEED_APPLIES,
        batch_apply_max: FEED_APPLIES,
        answer_means_applied: false,
    },
    VerbRow {
        verb: Verb::SetLevel,
        repeat: Repeat::Repeatable,
        probe: ProbeKind::None,
        budget: "stock",
        batch_budget: Some("stock_feed"),
        // Amazon takes 25,000; a smaller feed is a smaller loss when it is stuck.
        batch_max: 10_000,
        apply_max: Duration::minutes(15),
        batch_apply_max: FEED_APPLIES,
        answer_means_applied: false,
    },
];

/// Reads the payload of one order into the model. Total: what cannot be mapped is in `facts.unmapped`, by field path.
pub fn normalise(raw: &RawOrder) -> ChannelOrder {
    map::order(raw)
}

/// Reads one order: bare, or wrapped as `{"order": …}`. Total.
pub fn normalise_order(raw: &[u8]) -> ChannelOrder {
    #[derive(serde::Deserialize)]
    struct Wrapped<'a> {
        #[serde(borrow)]
        order: &'a serde_json::value::RawValue,
    }
    let inner =
        serde_json::from_slice::<Wrapped<'_>>(raw).map_or(raw, |wrapped| wrapped.order.get().as_bytes());
    map::order(&RawOrder { channel_order_id: id_of(inner), raw: Bytes::copy_from_slice(inner) })
}

/// Reads every order of a search's answer.
///
/// # Errors
/// `Invalid` when it is not JSON or holds no `orders`.
pub fn normalise_page(raw: &[u8]) -> Result<Vec<ChannelOrder>> {
    let page = map::page::Page::read(raw).ok_or_else(|| {
        Error::new(ErrorKind::Invalid, "amazon.normalise")
            .message("the document is not an order list; JSON with `orders` is right")
    })?;
    Ok(page.orders.iter().map(|order| normalise_order(order.get().as_bytes())).collect())
}

/// The id of an order's payload. One without an id keeps a name of its own, so that it is not lost: it is held until a
/// read shows the id.
pub(crate) fn id_of(raw: &[u8]) -> ChannelOrderId {
    #[derive(serde::Deserialize)]
    struct Id<'a> {
        #[serde(rename = "orderId", borrow)]
        order_id: std::borrow::Cow<'a, str>,
    }
    match serde_json::from_slice::<Id<'_>>(raw) {
        Ok(id) if !id.order_id.is_empty() => ChannelOrderId::new(&*id.order_id),
        _ => ChannelOrderId::new(sutler_wire::unidentified(raw)),
    }
}
