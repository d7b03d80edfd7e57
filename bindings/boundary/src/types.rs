//! The data that crosses. Plain values: texts, numbers, instants in milliseconds, exact decimals as texts.

mod engine;
mod judged;
mod order;
mod own;
mod setup;

pub use engine::*;
pub use judged::*;
pub use order::*;
pub use own::*;
pub use setup::*;

use crate::schema::{Structure, Texts, Ty, Typed, texts};
use serde::{Deserialize, Serialize};
use sutler::Timestamp;

/// An instant in milliseconds since 1970, UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Instant(pub i64);

/// A span of time in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Span(pub i64);

/// An exact decimal as a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Exact(pub String);

/// A text that is shown nowhere.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("\"***\"")
    }
}

impl Typed for Secret {
    fn ty() -> Ty {
        Ty::Secret
    }
}

/// Bytes as base64.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Base64(pub String);

impl From<Timestamp> for Instant {
    fn from(at: Timestamp) -> Self {
        Instant(at.timestamp_millis())
    }
}

impl Typed for Instant {
    fn ty() -> Ty {
        Ty::Instant
    }
}

impl Typed for Span {
    fn ty() -> Ty {
        Ty::Span
    }
}

impl Typed for Exact {
    fn ty() -> Ty {
        Ty::Exact
    }
}

impl Typed for Base64 {
    fn ty() -> Ty {
        Ty::Bytes
    }
}

texts! {
    /// Where an order is.
    Phase {
        "new": "Read and not judged yet.",
        "held": "It waits; `holds` says for what.",
        "open": "Accepted: to be shipped.",
        "partly_shipped": "Some units have left.",
        "shipped": "All that was not cancelled has left.",
        "delivered": "All that left has arrived.",
        "cancelled": "Nothing of it is left.",
    }

    /// Who ships an order.
    FulfilledBy {
        "seller": "The seller, from a location of its own.",
        "marketplace": "The marketplace's own warehouse (WFS, FBA): read, never written.",
        "third_party": "A third party the marketplace instructs: read, never written.",
    }

    /// What an amount is for.
    ChargeKind {
        "product": "The goods.",
        "shipping": "Delivery.",
        "discount": "A reduction, negative.",
        "fee": "Anything the channel adds.",
    }

    /// How good a part of an address is.
    PartState {
        "absent": "Not given.",
        "full": "As the buyer wrote it.",
        "masked": "A part of it is hidden.",
        "pending": "The channel will give it later.",
        "withheld": "Our rights do not cover it.",
        "expired": "The channel does not show it any more.",
        "erased": "Erased here.",
    }

    /// What a rule says of an order.
    VerdictKind {
        "pass": "Nothing against it.",
        "hold": "It must wait.",
        "refuse": "It must not be taken; a person cancels.",
        "abstain": "The rule has nothing to say about it.",
    }

    /// Where a command stands.
    CommandState {
        "intended": "Not sent yet.",
        "sent": "On its way; its answer is awaited.",
        "accepted": "The marketplace works on it.",
        "in_doubt": "Nobody knows whether it took effect; it is asked after.",
        "confirmed": "It took effect.",
        "refused": "The marketplace refused it.",
        "redirected": "It is done by another way.",
        "unresolved": "Only a person can tell whether it took effect: `resolve`.",
        "void": "It lost its point before it left.",
    }

    /// How far a return is.
    ReturnStage {
        "announced": "The buyer wants to send it back, or has sent it.",
        "confirmed": "The goods arrived.",
        "closed": "Over: refunded or replaced, with or without goods that came back.",
        "voided": "Taken back by the buyer, or refused.",
    }

    /// Why a line is cancelled.
    CancelReason {
        "buyer_asked": "The buyer asked, and the channel shows it.",
        "out_of_stock": "We have none. Walmart sets the SKU's level to zero.",
        "pricing_error": "The price was wrong.",
        "fraud": "Confirmed fraud.",
        "address_not_serviceable": "The address cannot be served.",
    }

    /// What a person says of an unresolved command.
    Outcome {
        "happened": "It took effect.",
        "again": "It did not; do it again.",
        "drop": "It did not; leave it.",
    }

    /// Why money is given back.
    RefundReason {
        "returned": "The buyer returned the goods.",
        "not_received": "The parcel did not arrive.",
        "not_as_described": "The goods were damaged, defective or not as described.",
        "seller_cancelled": "We cancelled after payment.",
        "adjustment": "A courtesy, or an agreed part of the price.",
    }

    /// The order of a list.
    Sort {
        "newest": "Newest placed first.",
        "oldest": "Oldest placed first.",
        "due": "Next deadline first; orders without one are left out.",
        "amount": "Largest total first; orders without one last.",
    }
}

/// Every structure that crosses.
pub(crate) fn structures() -> Vec<Structure> {
    [order::all(), engine::all(), setup::all(), judged::all(), own::all()].concat()
}

/// Every set of texts that crosses.
pub(crate) fn texts() -> Vec<Texts> {
    [sets(), own::sets()].concat()
}
