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
//! - A search costs three minutes of its budget; a single order two seconds.
//! - Repeating a shipment with the same package reference edits it: the reference comes from our package's number alone.
//! - Personal data that our rights do not cover is missing, not refused: such parts of an address are *withheld*.
//!
//! Cancelling (a feed), bulk stock (a feed), reports and the queue of notifications are not built yet.
//!
//! [`Channel::normalise`](sutler_core::channel::Channel::normalise) is total; [`normalise`], [`normalise_order`] and
//! [`normalise_page`] are it without a channel.

mod auth;
mod channel;
mod config;
mod dialect;
mod map;
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
    /// `GET /sellers/v1/marketplaceParticipations`
    pub const WHO: Call = Call::read("amazon.check.participations", "participations");

    /// All of them.
    pub const ALL: &[Call] = &[SEARCH, FETCH, SHIP, LEVEL, SET_LEVEL, WHO];
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
    /// How long a call given up may still take effect.
    pub apply_max: Duration,
    /// Does its answer mean that it took effect?
    pub answer_means_applied: bool,
}

/// How each verb is declared (all of it inferred until a live run).
///
/// - A shipment sent again with its reference is an edit; the order's packages show it.
/// - A level is absolute and accepted before it is live: it is set again, not looked for.
pub const VERBS: &[VerbRow] = &[
    VerbRow {
        verb: Verb::ConfirmShipment,
        repeat: Repeat::Repeatable,
        probe: ProbeKind::Conclusive { after: READ_LAG },
        budget: "ship",
        apply_max: Duration::seconds(120),
        answer_means_applied: true,
    },
    VerbRow {
        verb: Verb::SetLevel,
        repeat: Repeat::Repeatable,
        probe: ProbeKind::None,
        budget: "stock",
        apply_max: Duration::minutes(15),
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
