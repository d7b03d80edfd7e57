//! Starting what the chooser chose. Each start takes its budget, notes what is in flight, and boxes one future.

use super::{Driver, flight::Landed};
use sutler_core::{Error, Retry, Timestamp, channel::CallCx, error::ErrorKind, next::Work};

/// The kind by which a failed call counts. A token that a marketplace will not take is no proof of a dead credential
/// unless asking for a new one was refused too.
pub(super) fn trouble(error: &Error) -> ErrorKind {
    match (error.kind(), error.retry()) {
        (ErrorKind::Unauthorized, Retry::Backoff | Retry::After(_)) => ErrorKind::Remote,
        (kind, _) => kind,
    }
}

impl Driver {
    /// Starts `work` if there is any of it to do; none otherwise.
    pub(super) fn start(&mut self, work: Work, now: Timestamp) -> Option<()> {
        match work {
            Work::Renew => self.start_renew(),
            Work::Check => self.start_check(now),
            Work::Drain => self.start_drain(),
            Work::Record => self.start_record(),
            Work::Decide => self.start_decide(),
            Work::Weigh => self.start_weigh(now),
            Work::Ask => self.start_ask(now),
            Work::Settle => self.start_settle(now),
            Work::Plan => self.start_plan(now),
            Work::Set => self.start_set(now),
            Work::Send => self.start_send(now),
            Work::Probe => self.start_probe(now),
            Work::Look => self.start_look(now),
            Work::Levels => self.start_levels(now),
            Work::Hint => self.start_hint(now),
            Work::Pull => self.start_pull(now),
            Work::Sweep => self.start_sweep(now),
            Work::Returns => self.start_returns(now),
        }
    }

    pub(super) fn fly(&mut self, flight: impl Future<Output = Landed> + Send + 'static) -> Option<()> {
        self.flights.push(Box::pin(flight));
        Some(())
    }

    pub(super) fn read_cx(&self, now: Timestamp) -> CallCx {
        let timeout = self.shared.ports.clock.real(self.shared.world.settings.read_timeout_real);
        CallCx { deadline: now + timeout, write_by: None }
    }
}
