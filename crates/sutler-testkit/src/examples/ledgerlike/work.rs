//! What sellers ask for: put down when it arrives, worked on a while later, and reported under its handle.

use crate::examples::book::Refusal;
use sutler_core::time::{Duration, Timestamp};

/// From a request's arrival until it takes effect.
pub(super) const WORKED_ON_AFTER: Duration = Duration::seconds(40);

/// One thing that is asked for.
#[derive(Clone, Debug)]
pub(super) enum Work {
    /// Take an order, with what is promised.
    Accept { order: String, promises: Vec<Promised> },
    /// A notice of a shipment: under this number, units of these lines.
    Ship { order: String, tracking: String, carrier: String, lines: Vec<(String, u32)> },
    /// Cancel whole lines.
    Cancel { order: String, lines: Vec<(String, u32)> },
    /// An entry of the stock ledger.
    Move { sku: String, by: i64 },
    /// Something this marketplace has no word for.
    Unknown { what: &'static str },
}

/// What is promised for a line.
#[derive(Clone, Debug)]
pub(super) struct Promised {
    pub(super) line: String,
    pub(super) units: u32,
    pub(super) ships_at: Timestamp,
    /// Cents for all units of the line.
    pub(super) cents: Option<i64>,
}

/// What became of each thing asked for in one request, by reference.
pub(super) type Report = Vec<(String, Result<String, Refusal>)>;

/// What was asked for in one request.
#[derive(Clone, Debug)]
pub(super) struct Job {
    pub(super) handle: String,
    pub(super) due: Timestamp,
    /// Each thing, by the seller's reference.
    pub(super) works: Vec<(String, Work)>,
    /// What became of each, once it was worked on.
    pub(super) done: Option<Report>,
}
