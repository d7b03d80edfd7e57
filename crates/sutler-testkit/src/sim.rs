//! The simulation: engine, connectors, pipe, store and marketplaces on one thread, one seed, virtual time.
//!
//! Every call through a port parks at a *gate*; the scheduler opens one gate at a time, drawn by seed among those that are
//! due, and lets time jump to the first timer when none is. Gates are numbered: gate k is crash point k. A crash drops the
//! worker's future and starts a successor on what is durable. The seed sits in the ports, not in an executor.

pub mod audit;
pub mod checks;
pub mod deaf;
pub mod gate;
pub mod host;
pub mod judge;
pub mod ports;
pub mod run;
pub mod scenario;
pub mod search;
pub mod shop;
pub mod three;
pub mod wire;

pub use gate::{Point, Sim};
pub use run::{End, Outcome, Plan, run};
pub use scenario::Scenario;
pub use shop::{Kind, Shop};
