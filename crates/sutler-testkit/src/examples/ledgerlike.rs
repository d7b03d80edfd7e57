//! A marketplace that buys and keeps books, as Wayfair does: an order is accepted with a date and a price for each line, every
//! write is accepted under a handle and worked on later, and stock is moved by entries of a ledger and never set.
//!
//! - The price must be the order's own; the date must not be later than the one it asks for. An order that asks for none
//!   cannot be accepted until it does.
//! - What is not accepted is not shipped. Lines are cancelled whole.
//! - An entry of the ledger adds or takes units. Said twice it stands twice; one that would leave less than nothing is
//!   refused. Entries are found by their reference.
//! - Nothing is pushed.

mod capabilities;
mod channel;
mod document;
mod market;
mod work;

pub use channel::LedgerlikeChannel;
pub use market::Ledgerlike;

use super::stall::{Stall, origin};
use crate::channel_suite::{Stand, Who};
use std::sync::Arc;
use sutler_core::error::Result;

/// A marketplace in which nothing was sold yet, and the channel that speaks to it for `who`.
pub fn stall(who: Who) -> Stall<Ledgerlike> {
    let secret = if who == Who::Seller { market::SECRET } else { "nobody-knows-it" };
    Stall::new(Ledgerlike::new(origin()), |wire, budgets| {
        Arc::new(LedgerlikeChannel::new("ledgerlike".into(), secret, wire, budgets))
    })
}

/// The same as a subject of `channel_suite!`.
///
/// # Errors
/// None: it has the signature that a subject has.
pub fn subject(who: Who) -> Result<Box<dyn Stand>> {
    Ok(Box::new(stall(who)))
}
