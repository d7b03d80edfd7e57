//! What the benches and the measuring binary share: the job "sync", the end state it must reach, and what it cost.
//!
//! The job: every order of a Walmart-shaped marketplace is pulled, stored with its payload and journal, reserved or held,
//! and acknowledged one by one, each call marked durably before it leaves. Budgets are raised and stock is not published,
//! because the peers it is held against keep no limits and publish nothing. Everything else is as a host would run it.

pub mod end;
pub mod job;
pub mod payload;
pub mod usage;

pub use end::End;
pub use job::{Job, Pass};
