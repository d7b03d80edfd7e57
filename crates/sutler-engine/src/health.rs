//! How a channel is doing: what a host shows, alarms on, and asks before it sleeps.

use sutler_core::{
    Timestamp,
    budget::BudgetUse,
    id::{ChannelId, RuleId},
    time::Duration,
};

/// The state of a channel's credential.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum TokenState {
    /// Nothing was asked yet.
    #[default]
    Unknown,
    /// The last call that needed it went through.
    Good,
    /// The marketplace refused it: a person must authorise again. Since when.
    ReauthorizationNeeded(Timestamp),
}

/// What a driver knows of its channel, as of its last step.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ChannelStatus {
    pub complete_to: Option<Timestamp>,
    pub token: TokenState,
    pub waiting: u64,
    pub doubts: u64,
    pub unresolved: u64,
    pub pending: u64,
    pub drained_by: Option<Timestamp>,
    pub last_error: Option<(Timestamp, String)>,
    pub ended: Option<String>,
    pub next_pull_at: Option<Timestamp>,
    pub pulls: u64,
    pub reoffer_blocked: bool,
    pub clock_offset_ms: i64,
    pub missing_rights: Vec<String>,
    pub heard_at: Option<Timestamp>,
    pub hints: u64,
    pub publish_slowest: Option<Duration>,
    pub pull_pages: u64,
    pub judges: Vec<JudgeHealth>,
}

/// How a channel is doing.
#[derive(Clone, Debug, PartialEq)]
pub struct Health {
    /// Which channel.
    pub channel: ChannelId,
    /// Everything the marketplace could show up to this instant is stored (G26). None before the first complete pull.
    pub complete_to: Option<Timestamp>,
    /// The credential.
    pub token: TokenState,
    /// Commands intended and not yet sent.
    pub waiting: u64,
    /// How long they take to go out at the believed rates.
    pub drain: Duration,
    /// Open orders whose next deadline is past, or nearer than the margin and the time what waits takes to go out.
    pub deadlines_at_risk: u64,
    /// Commands of which nobody knows whether they happened.
    pub doubts: u64,
    /// Commands only a person can settle.
    pub unresolved: u64,
    /// Commands the marketplace accepted and has not finished.
    pub pending: u64,
    /// Units listings of this channel offer beyond what is available, as far as we know: the exposure a sale could hit.
    pub exposure: i64,
    /// Units that can be sold beyond what there is if every listing of every channel sells out before any push takes
    /// effect, over the SKUs of this channel (G15).
    pub exposure_bound: i64,
    /// From a sale or a count to the last listing offering what it should, at most, while the channel answers (G15).
    pub publish_within: Duration,
    /// The longest it took so far, where a set was needed.
    pub publish_slowest: Option<Duration>,
    /// The last error, with when it was met.
    pub last_error: Option<(Timestamp, String)>,
    /// Why the channel was given up, if it was: nothing of it is read or sent until it is started anew.
    pub ended: Option<String>,
    /// When the next pull begins.
    pub next_pull_at: Option<Timestamp>,
    /// Complete pulls since the start.
    pub pulls: u64,
    /// Server time less ours, in milliseconds.
    pub clock_offset_ms: i64,
    /// Rights the credential lacks.
    pub missing_rights: Vec<String>,
    /// When the queue of pushes was last listened to in full, or a push last told of something; none before (G11: silence is
    /// shown).
    pub heard_at: Option<Timestamp>,
    /// Orders that pushes told of and that wait to be read.
    pub hints: u64,
    /// Rate limits, with what they were used for.
    pub budgets: Vec<BudgetUse>,
    /// The judges, in the order they were given.
    pub judges: Vec<JudgeHealth>,
}

/// How a judge is doing with the orders of a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JudgeHealth {
    /// Which judge.
    pub judge: RuleId,
    /// Orders about which it has not answered yet, as far as they are remembered.
    pub waiting: u64,
    /// Questions in a row it did not answer.
    pub failures: u32,
    /// Why it did not answer last, with when that was.
    pub last_error: Option<(Timestamp, String)>,
}
