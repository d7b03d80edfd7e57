//! Two marketplaces that do not exist, each with the connector that speaks to it: between them they speak every flavour that
//! the marketplaces without a connector need.
//!
//! - [`arranging`]: an order is taken by arranging its shipment, all its packages at once and within packages the marketplace
//!   gave, under the marketplace's label where it prints one; a buyer's wish to cancel is to be answered in time; pushes are
//!   signed.
//! - [`ledgerlike`]: an order is taken with a promise of date and prices; every write is accepted and worked on later; stock
//!   is moved and not set; nothing is pushed.
//!
//! They are no mock: each keeps orders and stock, applies, lags, refuses, pages, and counts what took effect. There is no
//! HTTP between connector and marketplace, only a [`wire::Wire`] that loses calls and kills callers as it is told.

pub mod arranging;
pub(crate) mod book;
pub mod ledgerlike;
pub(crate) mod model;
pub mod stall;
pub mod wire;
