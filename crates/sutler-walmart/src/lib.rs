//! Walmart US as a channel of sutler.
//!
//! ```
//! # fn demo(parts: sutler_http::Parts) -> sutler_core::error::Result<()> {
//! let channel = sutler_walmart::Walmart::new("10001234567", "client-id", "client-secret").build("us".into(), parts)?;
//! # drop(channel);
//! # Ok(())
//! # }
//! ```
//!
//! # What Walmart is like
//! - An order has no status, its lines' quantities have: created, acknowledged, shipped, delivered, cancelled, refunded.
//! - It wants each order acknowledged as a whole within four hours, before anything of it is shipped.
//! - Lists show one kind of ship node each, so there are three passes, each by creation and by modification: six streams.
//! - Orders that Walmart (WFS) or a third party ships are read here; Walmart refuses every write on them.
//! - Returns are a list of their own, by modification; a return order may hold lines of several purchase orders.
//! - There are no idempotency keys: whether a write happened is seen in the order itself ([`VERBS`] says how surely).
//!
//! [`Channel::normalise`](sutler_core::channel::Channel::normalise) is total; [`normalise`], [`normalise_order`] and [`normalise_page`] are it without a channel.

mod auth;
mod channel;
mod config;
mod dialect;
mod map;
mod push;
mod rates;
mod wire;

pub use channel::WalmartChannel;
pub use config::Walmart;
pub use dialect::{WalmartError, parse_error};
pub use push::{Notification, decode_notification};
pub use rates::RATES;
pub use wire::error::ErrorDetail;

use bytes::Bytes;
use std::borrow::Cow;
use sutler_core::{
    channel::{ProbeKind, RawOrder, Repeat},
    command::Verb,
    error::{Error, ErrorKind, Result},
    id::ChannelOrderId,
    order::ChannelOrder,
    time::Duration,
};
use sutler_http::{Call, Hosts};

/// Where Walmart is: production, and its own sandbox with keys of its own.
pub const HOSTS: Hosts =
    Hosts { production: &["marketplace.walmartapis.com"], sandbox: &["sandbox.walmartapis.com"] };

/// Every call this connector makes. Time-outs are Walmart's; the configuration may shorten or lengthen all of them.
pub mod calls {
    use super::Call;

    /// `GET /v3/orders`
    pub const PULL: Call = Call::read("walmart.orders.pull", "pull");
    /// `GET /v3/orders/{purchaseOrderId}`
    pub const FETCH: Call = Call::read("walmart.orders.fetch", "fetch");
    /// `POST /v3/orders/{purchaseOrderId}/acknowledge`
    pub const ACKNOWLEDGE: Call = Call::write("walmart.orders.acknowledge", "acknowledge");
    /// `POST /v3/orders/{purchaseOrderId}/shipping`
    pub const SHIP: Call = Call::write("walmart.orders.ship", "ship");
    /// `POST /v3/orders/{purchaseOrderId}/cancel`
    pub const CANCEL: Call = Call::write("walmart.orders.cancel", "cancel");
    /// `POST /v3/orders/{purchaseOrderId}/refund`
    pub const REFUND: Call = Call::write("walmart.orders.refund", "refund");
    /// `GET /v3/returns`
    pub const RETURNS: Call = Call::read("walmart.returns.pull", "returns");
    /// `GET /v3/inventory`
    pub const LEVEL: Call = Call::read("walmart.stock.level", "level");
    /// `PUT /v3/inventory`
    pub const SET_LEVEL: Call = Call::write("walmart.stock.set", "stock");
    /// `POST /v3/feeds?feedType=MP_INVENTORY`
    pub const FEED: Call = Call::write("walmart.stock.feed", "feed");
    /// `GET /v3/feeds/{feedId}`
    pub const FEED_STATUS: Call = Call::read("walmart.stock.feed_status", "feed_status");
    /// `GET /v3/settings/shipping/shipnodes`
    pub const SHIP_NODES: Call = Call::read("walmart.check.ship_nodes", "ship_nodes");
    /// `GET /v3/token/detail`
    pub const TOKEN_DETAIL: Call = Call::read("walmart.check.token", "token_detail");

    /// All of them.
    pub const ALL: &[Call] = &[
        PULL,
        FETCH,
        ACKNOWLEDGE,
        SHIP,
        CANCEL,
        REFUND,
        RETURNS,
        LEVEL,
        SET_LEVEL,
        FEED,
        FEED_STATUS,
        SHIP_NODES,
        TOKEN_DETAIL,
    ];
}

/// How long Walmart's reads may lag behind its writes (inferred until a live run).
pub(crate) const READ_LAG: Duration = Duration::seconds(60);

/// How this connector declares one verb, with the short names of its budgets in [`RATES`].
#[derive(Clone, Copy, Debug)]
pub struct VerbRow {
    /// Which verb.
    pub verb: Verb,
    /// May it be repeated?
    pub repeat: Repeat,
    /// The same for a part of a line's units.
    pub repeat_partial: Repeat,
    /// Can it be seen?
    pub probe: ProbeKind,
    /// What a single command spends.
    pub budget: &'static str,
    /// What a call with several commands spends, where it is another budget.
    pub batch_budget: Option<&'static str>,
    /// How long a single call given up may still take effect, marketplace time.
    pub apply_max: Duration,
    /// The same for a call with several commands.
    pub batch_apply_max: Duration,
    /// Commands in one call.
    pub batch_max: usize,
}

const fn verb(
    verb: Verb,
    repeat: Repeat,
    repeat_partial: Repeat,
    probe: ProbeKind,
    budget: &'static str,
) -> VerbRow {
    VerbRow {
        verb,
        repeat,
        repeat_partial,
        probe,
        budget,
        batch_budget: None,
        apply_max: Duration::seconds(120),
        batch_apply_max: Duration::seconds(120),
        batch_max: 1,
    }
}

/// A fresh read of the order shows it, once reads have caught up.
const SEEN: ProbeKind = ProbeKind::Conclusive { after: READ_LAG };

/// How each verb is declared (all of it inferred until a live run).
///
/// - An acknowledgment may be repeated.
/// - A whole line can be shipped or cancelled once, Walmart refuses the second; a part of its units is taken twice.
/// - A whole refund is refused when it is sent again, a part is given back once more. The order shows it by its comment; not showing it says nothing.
/// - A level is absolute: it is set again, not looked for. A feed of levels may be worked on for six hours.
pub const VERBS: &[VerbRow] = &[
    verb(Verb::Acknowledge, Repeat::Repeatable, Repeat::Repeatable, SEEN, "acknowledge"),
    verb(Verb::ConfirmShipment, Repeat::Guarded, Repeat::Once, SEEN, "ship"),
    verb(Verb::Cancel, Repeat::Guarded, Repeat::Once, SEEN, "cancel"),
    verb(Verb::Refund, Repeat::Guarded, Repeat::Once, ProbeKind::PositiveOnly, "refund"),
    VerbRow {
        batch_budget: Some("feed"),
        batch_apply_max: Duration::hours(6),
        batch_max: 1000,
        ..verb(Verb::SetLevel, Repeat::Repeatable, Repeat::Repeatable, ProbeKind::None, "stock")
    },
];

/// Reads the payload of one order into the model, under the id that the page gave it. Total: what cannot be mapped is in
/// `facts.unmapped`, by field path.
pub fn normalise(raw: &RawOrder) -> ChannelOrder {
    map::order(raw)
}

/// Reads one order: bare, or as the answer of a single read. Total, as [`sutler_core::channel::Channel::normalise`] is.
pub fn normalise_order(raw: &[u8]) -> ChannelOrder {
    let text = String::from_utf8_lossy(raw);
    let order = wire::page::single(&text).unwrap_or(&text);
    map::order(&raw_order(&Bytes::copy_from_slice(order.as_bytes()), order))
}

/// Reads every order of a list answer.
///
/// # Errors
/// `Invalid` when it is not JSON or holds no `list`.
pub fn normalise_page(raw: &[u8]) -> Result<Vec<ChannelOrder>> {
    let text = String::from_utf8_lossy(raw);
    let page = wire::page::Page::read(&text).ok_or_else(|| {
        Error::new(ErrorKind::Invalid, "walmart.normalise")
            .message("the document is not an order list; JSON with list.elements.order is right")
    })?;
    let read = |order: &&str| map::order(&raw_order(&Bytes::copy_from_slice(order.as_bytes()), order));
    Ok(page.orders.iter().map(read).collect())
}

/// The order of a slice of a body, with its id. One without an id keeps a name of its own, so that it is not lost: it is
/// held until a read shows the id.
pub(crate) fn raw_order(raw: &Bytes, text: &str) -> RawOrder {
    let id = wire::page::order_id(text).unwrap_or_else(|| {
        // FNV-1a over the bytes: the same unreadable order read again is the same order.
        let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        Cow::Owned(format!("unidentified-{hash:016x}"))
    });
    RawOrder { channel_order_id: ChannelOrderId::new(&*id), raw: raw.clone() }
}
