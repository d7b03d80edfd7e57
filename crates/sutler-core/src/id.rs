//! Names of things: one string newtype, told apart by a marker, cheap to clone.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{cmp, fmt, hash, marker::PhantomData, sync::Arc};

/// An identifier of kind `K`. Two kinds never compare or convert into each other.
pub struct Id<K>(Arc<str>, PhantomData<fn() -> K>);

impl<K> Id<K> {
    /// Takes the text as it is; nothing is trimmed or folded, because channels' ids are opaque.
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Id(text.into(), PhantomData)
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        Id(self.0.clone(), PhantomData)
    }
}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<K> hash::Hash for Id<K> {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<K> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl<K> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}
impl<K> From<&str> for Id<K> {
    fn from(text: &str) -> Self {
        Id::new(text)
    }
}
impl<K> From<String> for Id<K> {
    fn from(text: String) -> Self {
        Id::new(text)
    }
}
impl<K> AsRef<str> for Id<K> {
    fn as_ref(&self) -> &str {
        &self.0
    }
}
impl<K> std::borrow::Borrow<str> for Id<K> {
    fn borrow(&self) -> &str {
        &self.0
    }
}
impl<K> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}
impl<'de, K> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text<K>(PhantomData<K>);
        impl<K> serde::de::Visitor<'_> for Text<K> {
            type Value = Id<K>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Id<K>, E> {
                Ok(Id::new(text))
            }
        }
        deserializer.deserialize_str(Text(PhantomData))
    }
}

/// Markers for [`Id`]; they hold nothing.
pub mod kind {
    /// See [`super::ChannelId`].
    #[derive(Debug)]
    pub enum Channel {}
    /// See [`super::ChannelOrderId`].
    #[derive(Debug)]
    pub enum ChannelOrder {}
    /// See [`super::LineId`].
    #[derive(Debug)]
    pub enum Line {}
    /// See [`super::Sku`].
    #[derive(Debug)]
    pub enum Sku {}
    /// See [`super::RuleId`].
    #[derive(Debug)]
    pub enum Rule {}
    /// See [`super::SellerId`].
    #[derive(Debug)]
    pub enum Seller {}
    /// See [`super::StreamId`].
    #[derive(Debug)]
    pub enum Stream {}
}

/// The name a host gave to one seller account on one marketplace (`us`, `walmart-main`).
pub type ChannelId = Id<kind::Channel>;
/// The marketplace's own order id, verbatim (Walmart: `purchaseOrderId`).
pub type ChannelOrderId = Id<kind::ChannelOrder>;
/// The marketplace's own line id within an order (Walmart: `lineNumber`, not dense).
pub type LineId = Id<kind::Line>;
impl LineId {
    /// A line of which only the SKU is known, because what told of it names no line ids (Amazon's order reports). It counts as
    /// demand until any telling names the order's lines, and is gone then.
    pub fn provisional(sku: &str) -> LineId {
        LineId::new(format!("?{sku}"))
    }

    /// Is it a stand-in for a line whose id is not known yet? No marketplace's own id begins with a question mark.
    pub fn is_provisional(&self) -> bool {
        self.as_str().starts_with('?')
    }
}

/// The seller's stock-keeping unit, as the marketplace spells it.
pub type Sku = Id<kind::Sku>;
/// A rule's name, unique in a policy.
pub type RuleId = Id<kind::Rule>;
/// The seller as the marketplace knows it; what a channel *is*, whatever its credential.
pub type SellerId = Id<kind::Seller>;
/// One of a channel's reading streams (Walmart: `created/SellerFulfilled`).
pub type StreamId = Id<kind::Stream>;

/// The store's own sequential key of an order. Zero until the store gave one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct OrderKey(pub i64);

/// A journal position. Grows by commit order, so a reader that saw `n` has missed nothing below it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Seq(pub i64);
