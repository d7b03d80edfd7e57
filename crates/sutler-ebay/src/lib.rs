//! eBay (Sell APIs) as a channel of sutler.
//!
//! ```
//! # fn demo(parts: sutler_http::Parts) -> sutler_core::error::Result<()> {
//! let channel = sutler_ebay::Ebay::new("my-shop", "client-id", "client-secret", "v^1.1#refresh").build("ebay".into(), parts)?;
//! # drop(channel);
//! # Ok(())
//! # }
//! ```
//!
//! # What eBay is like
//! - There is nothing to acknowledge: taking an order is our own note.
//! - Lists show paid orders, page by offset over a set that moves, and never show who asks to cancel; a single read does.
//! - A shipment can be neither edited nor taken back, and a second one acts again: it is looked for before any retry.
//! - Cancellation is of whole orders, through the Post-Order API, whose word before the token is `IAF` and not `Bearer`.
//! - Listings made through the Inventory API are changed there alone, all others through the Trading API alone.
//! - The limits are of the application, a day.
//!
//! [`Channel::normalise`](sutler_core::channel::Channel::normalise) is total; [`normalise`], [`normalise_order`] and
//! [`normalise_page`] are it without a channel.

mod auth;
mod channel;
mod config;
mod dialect;
mod map;
mod rates;
mod signature;

pub use channel::EbayChannel;
pub use config::Ebay;
pub use dialect::{EbayError, ErrorDetail, parse_error};
pub use map::push::{Notification, NotificationKey, challenge_response, decode_notification};
pub use rates::RATES;
pub use signature::SigningKey;

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

/// Where eBay is: production, and its own sandbox with keys of its own.
pub const HOSTS: Hosts = Hosts {
    production: &["api.ebay.com", "apiz.ebay.com"],
    sandbox: &["api.sandbox.ebay.com", "apiz.sandbox.ebay.com"],
};

/// Every call this connector makes.
pub mod calls {
    use super::Call;

    /// `GET /sell/fulfillment/v1/order`
    pub const PULL: Call = Call::read("ebay.orders.pull", "order");
    /// `GET /sell/fulfillment/v1/order/{orderId}`
    pub const FETCH: Call = Call::read("ebay.orders.fetch", "order");
    /// `GET /sell/fulfillment/v1/order/{orderId}/shipping_fulfillment`
    pub const SHIPMENTS: Call = Call::read("ebay.orders.shipments", "order");
    /// `POST /sell/fulfillment/v1/order/{orderId}/shipping_fulfillment`
    pub const SHIP: Call = Call::write("ebay.orders.ship", "order");
    /// `POST /sell/fulfillment/v1/order/{order_id}/issue_refund`
    pub const REFUND: Call = Call::write("ebay.orders.refund", "order");
    /// `GET /post-order/v2/cancellation/search`
    pub const CANCELLATIONS: Call = Call::read("ebay.cancellations.search", "cancellation_search");
    /// `POST /post-order/v2/cancellation`
    pub const CANCEL: Call = Call::write("ebay.cancellations.create", "cancellation");
    /// `POST /post-order/v2/cancellation/{cancelId}/approve`
    pub const APPROVE_CANCEL: Call = Call::write("ebay.cancellations.approve", "cancellation");
    /// `POST /post-order/v2/cancellation/{cancelId}/reject`
    pub const REJECT_CANCEL: Call = Call::write("ebay.cancellations.reject", "cancellation");
    /// `GET /post-order/v2/return/search`
    pub const RETURNS: Call = Call::read("ebay.returns.search", "return");
    /// `POST /post-order/v2/return/{returnId}/issue_refund`
    pub const REFUND_RETURN: Call = Call::write("ebay.returns.refund", "return");
    /// `GET /sell/inventory/v1/offer`
    pub const OFFERS: Call = Call::read("ebay.stock.offers", "inventory");
    /// `GET /sell/inventory/v1/inventory_item/{sku}`
    pub const ITEM: Call = Call::read("ebay.stock.item", "inventory");
    /// `POST /sell/inventory/v1/bulk_update_price_quantity`
    pub const SET_LEVELS: Call = Call::write("ebay.stock.set", "inventory");
    /// `POST /ws/api.dll`, `ReviseInventoryStatus`
    pub const REVISE: Call = Call::write("ebay.stock.revise", "trading");
    /// `POST /ws/api.dll`, `GetItem` by SKU
    pub const LISTING: Call = Call::read("ebay.stock.listing", "trading_read");
    /// `GET /commerce/identity/v1/user/`
    pub const WHO: Call = Call::read("ebay.check.user", "identity");
    /// `GET /commerce/notification/v1/public_key/{public_key_id}`
    pub const PUBLIC_KEY: Call = Call::read("ebay.pushes.key", "notification");

    /// All of them.
    pub const ALL: &[Call] = &[
        PULL,
        FETCH,
        SHIPMENTS,
        SHIP,
        REFUND,
        CANCELLATIONS,
        CANCEL,
        APPROVE_CANCEL,
        REJECT_CANCEL,
        RETURNS,
        REFUND_RETURN,
        OFFERS,
        ITEM,
        SET_LEVELS,
        REVISE,
        LISTING,
        WHO,
        PUBLIC_KEY,
    ];
}

/// How long eBay's reads may lag behind its writes (inferred until a live run).
pub(crate) const READ_LAG: Duration = Duration::seconds(60);
/// Rows of one `bulk_update_price_quantity` (the published schema: "up to 25").
pub(crate) const SET_ROWS_MAX: usize = 25;

/// How this connector declares one verb, with the short name of its budget in [`RATES`].
#[derive(Clone, Copy, Debug)]
pub struct VerbRow {
    /// Which verb.
    pub verb: Verb,
    /// May it be repeated?
    pub repeat: Repeat,
    /// The same for a part of what it could do.
    pub repeat_partial: Repeat,
    /// Can it be seen?
    pub probe: ProbeKind,
    /// What it spends.
    pub budget: &'static str,
    /// Commands in one call.
    pub batch_max: usize,
}

const SEEN: ProbeKind = ProbeKind::Conclusive { after: READ_LAG };

/// How each verb is declared (all of it inferred until a live run).
///
/// - A shipment acts again when repeated; the list of shipments shows it by its tracking number.
/// - A cancellation and an answer are refused the second time; the search shows them.
/// - A refund is refused while the first is processing (34922) and once nothing is left (34917); a part acts again later. The order shows one, and its absence proves nothing yet.
/// - A level is absolute: it is set again, not looked for.
pub const VERBS: &[VerbRow] = &[
    VerbRow {
        verb: Verb::ConfirmShipment,
        repeat: Repeat::Once,
        repeat_partial: Repeat::Once,
        probe: SEEN,
        budget: "order",
        batch_max: 1,
    },
    VerbRow {
        verb: Verb::Cancel,
        repeat: Repeat::Guarded,
        repeat_partial: Repeat::Guarded,
        probe: SEEN,
        budget: "cancellation",
        batch_max: 1,
    },
    VerbRow {
        verb: Verb::AnswerCancel,
        repeat: Repeat::Guarded,
        repeat_partial: Repeat::Guarded,
        probe: SEEN,
        budget: "cancellation",
        batch_max: 1,
    },
    VerbRow {
        verb: Verb::Refund,
        repeat: Repeat::Guarded,
        repeat_partial: Repeat::Once,
        probe: ProbeKind::PositiveOnly,
        budget: "order",
        batch_max: 1,
    },
    VerbRow {
        verb: Verb::SetLevel,
        repeat: Repeat::Repeatable,
        repeat_partial: Repeat::Repeatable,
        probe: ProbeKind::None,
        budget: "inventory",
        batch_max: SET_ROWS_MAX,
    },
];

/// Reads the payload of one order into the model. Total: what cannot be mapped is in `facts.unmapped`, by field path.
pub fn normalise(raw: &RawOrder) -> ChannelOrder {
    map::order(raw)
}

/// Reads one order, as the answer of a single read. Total.
pub fn normalise_order(raw: &[u8]) -> ChannelOrder {
    let bytes = Bytes::copy_from_slice(raw);
    map::order(&RawOrder { channel_order_id: id_of(raw), raw: bytes })
}

/// Reads every order of a list answer.
///
/// # Errors
/// `Invalid` when it is not JSON or holds no `orders`.
pub fn normalise_page(raw: &[u8]) -> Result<Vec<ChannelOrder>> {
    let page = map::page::Page::read(raw).ok_or_else(|| {
        Error::new(ErrorKind::Invalid, "ebay.normalise")
            .message("the document is not an order list; JSON with `orders` is right")
    })?;
    let read = |order: &&serde_json::value::RawValue| normalise_order(order.get().as_bytes());
    Ok(page.orders.iter().map(read).collect())
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
