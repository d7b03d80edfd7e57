//! The ground floor of sutler: what an order is, what may be decided about it, and what may become of a command.
//!
//! Nothing here knows a clock, a network, randomness or an async runtime: time comes in as a parameter, and the traits in
//! [`ports`] and [`channel`] are what the engine drives. Read `docs/ARCHITECTURE.md` for the picture.

pub mod address;
pub mod budget;
pub mod calendar;
pub mod channel;
pub mod command;
pub mod deadline;
pub mod decide;
pub mod error;
pub mod exposure;
pub mod flavour;
pub mod hold;
pub mod id;
pub mod journal;
pub mod judge;
pub mod lateness;
pub mod metric;
pub mod money;
pub mod next;
pub mod observation;
pub mod open;
pub mod order;
pub mod policy;
pub mod ports;
pub mod push;
pub mod refund;
pub mod returns;
pub mod rule;
pub mod state;
pub mod stock;
pub mod time;

pub use error::{Applied, Error, ErrorKind, Result, Retry};
pub use time::Timestamp;
