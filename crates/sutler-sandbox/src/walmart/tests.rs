//! The world from outside: requests in, answers and effects out. Each refusal is tested from the facts, not from what
//! any connector sends.

mod support;

mod effects;
mod faults;
mod feeds;
mod gate;
mod inventory;
mod lists;
mod plan;
mod pool;
mod recovery;
mod refunds;
mod returns;
mod writes;
