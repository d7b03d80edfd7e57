//! The engine of sutler: does what was decided, under budgets and deadlines, and never twice.
//!
//! It depends on the core alone and needs no particular async runtime: everything it waits for is a port. Embed it by
//! polling [`Engine::run`] on any runtime, or call [`Engine::step`] from a host's own loop.

mod declared;
mod driver;
mod engine;
mod erasure;
mod gate;
mod health;
mod ingest;
mod intake;
mod job;
mod judges;
mod lease;
mod mirror;
mod outcome;
mod packages;
mod pull;
mod react;
mod refund;
mod returns;
mod settings;
mod shared;
mod stock;
mod take;

pub use driver::{Stepped, is_ours};
pub use engine::{Engine, Stopper, Watcher};
pub use health::{Health, JudgeHealth, TokenState};
#[cfg(feature = "mutants")]
pub use settings::Mutant;
pub use settings::{Mode, Settings, Takeover};
pub use shared::Ports;
