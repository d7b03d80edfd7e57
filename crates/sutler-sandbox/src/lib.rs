//! Local marketplaces: the other side of the wire, with state, on your own machine.
//!
//! [`walmart::World`] is a state machine that answers `http::Request`s as Walmart's Marketplace API would, from the
//! published specification and the facts reported from production. It has no clock and no randomness of its own: the
//! instant comes with every call and all chance comes from one seed, so the same seed and the same requests give the
//! same answers, byte for byte. It counts what took effect, which is what a test of exactly-once behaviour needs.
//!
//! With the feature `serve`, [`serve::serve`] puts a world behind a loopback port, for a person, an ERP's tests or
//! another vendor's client; [`clock::SandboxClock`] lets its time run faster than the wall's.
//!
//! This crate shares no types with any connector: one misreading must not pass on both sides.

pub mod clock;
#[cfg(feature = "serve")]
pub mod serve;
#[cfg(feature = "serve")]
pub mod state;
pub mod walmart;

/// An instant of marketplace time.
pub type Timestamp = chrono::DateTime<chrono::Utc>;
