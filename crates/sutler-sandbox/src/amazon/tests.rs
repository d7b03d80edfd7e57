//! The world from outside: requests in, answers and effects out. Each refusal is tested from the facts, not from what
//! any connector sends.

mod support;

mod confirm;
mod faults;
mod feeds;
mod gate;
mod listings;
mod orders;
mod plan;
mod pushes;
mod recovery;
mod reports;
