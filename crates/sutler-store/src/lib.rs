//! Stores of sutler, behind the port [`sutler_core::ports::store`].
//!
//! [`memory::MemoryStore`] keeps everything in maps: for tests and the simulation. [`sqlite::SqliteStore`]
//! keeps it in one file (feature `sqlite`, on by default). What both stores must agree on stands
//! once: which rows an order stands for (`derive`), which inbox questions are answered ([`inbox`]), and how a handle
//! learns of new inputs (`arrivals`).

mod arrivals;
mod derive;
pub mod inbox;
pub mod memory;
#[cfg(feature = "sqlite")]
pub mod sqlite;
