//! What sutler's own tests, and those of connectors and stores written elsewhere, are made of.

pub mod audit;
pub mod bench;
pub mod channel_suite;
pub mod examples;
pub mod schema;
pub mod sim;
pub mod store_suite;
