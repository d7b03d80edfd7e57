//! The world from outside: requests in, answers and effects out. Each refusal is tested from the facts, not from what
//! any connector sends.

mod support;

mod cancellations;
mod faults;
mod gate;
mod inventory;
mod lists;
mod notifications;
mod plan;
mod recovery;
mod refunds;
mod shipments;
mod trading;
