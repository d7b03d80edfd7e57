//! Local marketplaces: the other side of the wire, with state, on your own machine.
//!
//! [`walmart::World`] is a state machine that answers `http::Request`s as Walmart's Marketplace API would, from the
//! published specification and the facts reported from production. It has no clock and no randomness of its own: the
//! instant comes with every call and all chance comes from one seed, so the same seed and the same requests give the
//! same answers, byte for byte. It counts what took effect, which is what a test of exactly-once behaviour needs.
//!
//! [`amazon::World`] is Amazon's Selling Partner API, [`ebay::World`] eBay's Sell, Post-Order, Trading and Notification APIs,
//! in the same way.
//!
//! Every world is a [`Marketplace`]: with the feature `serve`, [`serve::serve`] puts one behind a loopback port, for a
//! person, an ERP's tests or another vendor's client; [`clock::SandboxClock`] lets its time run faster than the wall's.
//! Worlds that sell the same goods share a [`Pool`].
//!
//! This crate shares no types with any connector: one misreading must not pass on both sides.

pub mod amazon;
mod bucket;
pub mod clock;
mod dice;
pub mod ebay;
mod effects;
mod faults;
mod json;
mod log;
mod marketplace;
mod placement;
mod places;
pub mod plan;
#[cfg(feature = "serve")]
mod push;
mod queue;
mod request;
#[cfg(feature = "serve")]
pub mod serve;
mod shelf;
mod standard;
#[cfg(feature = "serve")]
pub mod state;
mod tokens;
pub mod walmart;

pub use self::effects::Effects;
pub use self::faults::{Faults, PerMille};
pub use self::log::RecoverError;
pub use self::marketplace::{Door, Ingredients, Marketplace, Push, Recover, Reply};
pub use self::shelf::Pool;

/// An instant of marketplace time.
pub type Timestamp = chrono::DateTime<chrono::Utc>;
