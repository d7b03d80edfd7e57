//! How much was checked: a check that saw nothing proves nothing.

use std::collections::BTreeMap;
use std::fmt;

use super::finding::Side;

/// What a run of checks amounts to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Messages held against the specification, by call and half. A request counts when its call is in the specification,
    /// an answer when its status is.
    pub messages: BTreeMap<(&'static str, Side), u64>,
    /// Findings that no exception excuses.
    pub findings: u64,
    /// Findings that one does.
    pub excused: u64,
    /// Halves of calls of which no message was checked and which no exception lists as uncalled.
    pub unchecked: Vec<(&'static str, Side)>,
    /// Exceptions that no message needed: after a full run they should go.
    pub stale: Vec<String>,
}

impl Summary {
    /// Messages checked on one side.
    pub fn checked(&self, side: Side) -> u64 {
        self.messages.iter().filter(|((_, of), _)| *of == side).map(|(_, count)| count).sum()
    }

    /// What keeps a full run from counting as one, each in a sentence; empty when all is well. Findings are not repeated
    /// here, only their number.
    pub fn complaints(&self) -> Vec<String> {
        let mut all = Vec::new();
        if self.findings > 0 {
            all.push(format!("{} findings that no exception lists", self.findings));
        }
        all.extend(self.unchecked.iter().map(|(verb, side)| format!("{verb}: no {side} was checked")));
        all.extend(self.stale.iter().map(|known| format!("stale exception, never needed: {known}")));
        all
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let calls =
            self.messages.keys().map(|(verb, _)| verb).collect::<std::collections::BTreeSet<_>>().len();
        write!(
            f,
            "schema checks: {} requests and {} answers of {calls} calls checked; {} findings, {} known deviations",
            self.checked(Side::Request),
            self.checked(Side::Answer),
            self.findings,
            self.excused,
        )
    }
}
