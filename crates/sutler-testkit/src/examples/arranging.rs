//! A marketplace where an order is taken by arranging its shipment, as on Shopee, Lazada and TikTok Shop, with all packages
//! at once, as on Temu.
//!
//! - Each line is a package that the marketplace gave; a parcel may be a part of one, and never holds parts of two.
//! - Where the marketplace prints the labels, a parcel leaves under the label's number, which the order shows as an alias
//!   `label/P1`, and under no other.
//! - A wish to cancel is answered within a day, or granted by the marketplace.
//! - Pushes carry the hexadecimal HMAC-SHA256 of their address, a bar and their body.

mod capabilities;
mod channel;
mod document;
mod market;
mod push;

pub use channel::ArrangingChannel;
pub use market::Arranging;

use super::stall::{Stall, origin};
use crate::channel_suite::{Stand, Who};
use std::sync::Arc;
use sutler_core::error::Result;

/// How long a wish to cancel waits for an answer before the marketplace grants it.
pub const ANSWER_WITHIN_HOURS: i64 = 24;

/// A marketplace in which nothing was sold yet, and the channel that speaks to it for `who`.
pub fn stall(who: Who) -> Stall<Arranging> {
    let secret = if who == Who::Seller { market::SECRET } else { "nobody-knows-it" };
    Stall::new(Arranging::new(origin()), |wire, budgets| {
        Arc::new(ArrangingChannel::new("arranging".into(), secret, wire, budgets))
    })
}

/// The same as a subject of `channel_suite!`.
///
/// # Errors
/// None: it has the signature that a subject has.
pub fn subject(who: Who) -> Result<Box<dyn Stand>> {
    Ok(Box::new(stall(who)))
}
