//! How an engine runs: intervals, bounds and margins, all with defaults.

use std::time::Duration as Real;
use sutler_core::time::Duration;

/// May the engine write to marketplaces?
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Yes.
    #[default]
    Live,
    /// Everything is read and decided and nothing is sent that writes: safe to try beside a running system.
    Shadow,
}

/// How a worker takes over a channel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Takeover {
    /// At once: the store's own lock proves that no other worker lives (SQLite, one engine a file).
    #[default]
    AtOnce,
    /// Only when the last worker's lease has ended.
    AfterLease,
}

/// A rule of the command table left out, so that the simulation can prove that it notices.
#[cfg(feature = "mutants")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutant {
    /// A probe's "no" counts before the quiet time.
    EarlyNo,
    /// `Sent` is committed after the call.
    SentAfterCall,
    /// Writes under a lost lease are let through, and write-by is ignored.
    EpochIgnored,
    /// What was sent before a restart is intended again under a new ordinal.
    OrdinalRegenerated,
}

#[cfg(feature = "mutants")]
impl Mutant {
    /// Every mutant with its name.
    pub const ALL: &'static [(Mutant, &'static str)] = &[
        (Mutant::EarlyNo, "early-no"),
        (Mutant::SentAfterCall, "sent-after-call"),
        (Mutant::EpochIgnored, "epoch-ignored"),
        (Mutant::OrdinalRegenerated, "ordinal-regenerated"),
    ];
}

/// Settings of an engine. Spans are marketplace time, except those called `real`.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Live or shadow.
    pub mode: Mode,
    /// Pause between pulls; jittered by a tenth. 5 minutes by default, 15 at most.
    pub pull_interval: Duration,
    /// No hand-over is confirmed and nothing is cancelled on a read older than this (G19).
    pub last_look: Duration,
    /// Orders nobody told us of for this long are read again.
    pub sweep_interval: Duration,
    /// Levels are read again after this long even when nothing changed, to find drift.
    pub level_interval: Duration,
    /// Calls that write, in flight at once.
    pub writes_in_flight: usize,
    /// Calls that read one thing, in flight at once.
    pub reads_in_flight: usize,
    /// Questions of one judge about orders of one channel, in flight at once.
    pub judges_in_flight: usize,
    /// A judge's call is given up after this, in real time.
    pub judge_timeout_real: Real,
    /// Commands marked `Sent` in one commit; two to four times what is in flight.
    pub window: usize,
    /// A lease, in real time; more than three times the longest call.
    pub lease_real: Real,
    /// A read call is given up after this, in real time.
    pub read_timeout_real: Real,
    /// Inconclusive probes before a person is asked.
    pub probes_max: u32,
    /// Between two conclusive probes that must agree.
    pub probe_gap: Duration,
    /// Accepted work not finished after this is in doubt: a stuck feed must not block the single path (G16).
    pub settle_patience: Duration,
    /// From this many listings on, sets travel in one batch.
    pub batch_sets_from: usize,
    /// How a worker takes over.
    pub takeover: Takeover,
    /// Who we are, in the lease.
    pub holder: String,
    /// A rule to leave out.
    #[cfg(feature = "mutants")]
    pub mutant: Option<Mutant>,
}

impl Settings {
    /// Is this rule left out? Always no outside the simulation's own proof.
    #[cfg(feature = "mutants")]
    pub(crate) fn lacks(&self, rule: Mutant) -> bool {
        self.mutant == Some(rule)
    }
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            mode: Mode::Live,
            pull_interval: Duration::minutes(5),
            last_look: Duration::minutes(10),
            sweep_interval: Duration::hours(6),
            level_interval: Duration::hours(2),
            writes_in_flight: 32,
            reads_in_flight: 8,
            judges_in_flight: 8,
            judge_timeout_real: Real::from_secs(30),
            window: 128,
            lease_real: Real::from_secs(120),
            read_timeout_real: Real::from_secs(30),
            probes_max: 6,
            probe_gap: Duration::seconds(5),
            settle_patience: Duration::minutes(60),
            batch_sets_from: 100,
            takeover: Takeover::AtOnce,
            holder: "engine".into(),
            #[cfg(feature = "mutants")]
            mutant: None,
        }
    }
}
