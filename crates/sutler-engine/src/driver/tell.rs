//! How the channel is doing, for hosts.

use super::Driver;
use sutler_core::{Error, Timestamp, command::Verb, error::ErrorKind, time::Duration};

impl Driver {
    /// Shows hosts how the channel is doing.
    pub(super) fn publish(&mut self, now: Timestamp) {
        let verbs = Verb::OF_ORDERS;
        self.status.complete_to =
            self.reading().pulled_at.map(|at| at - self.channel.capabilities().visibility_delay);
        self.status.pull_pages = self.pull.pages_most.max(self.pull.pages_now);
        self.status.hints = self.hints.len() as u64;
        self.status.waiting = verbs.iter().map(|verb| self.mirror.len(*verb) as u64).sum();
        self.status.doubts = self.mirror.doubts.len() as u64;
        self.status.unresolved = self.mirror.unresolved.len() as u64;
        self.status.pending = self.mirror.pending.values().map(|c| c.len() as u64).sum();
        self.status.judges = self.judges_health();
        self.status.next_pull_at = Some(self.pull_due(now));
        let usage = if self.status.waiting == 0 { Vec::new() } else { self.shared.ports.budgets.usage(now) };
        let drain = verbs.iter().filter_map(|verb| {
            let scope = &self.channel.capabilities().verb(*verb)?.budget;
            let budget = usage.iter().find(|b| b.scope == **scope)?;
            let beyond = self.mirror.len(*verb) as f64 - budget.tokens;
            (beyond > 0.0 && budget.per_minute > 0.0)
                .then(|| Duration::milliseconds((beyond / budget.per_minute * 60_000.0) as i64))
        });
        self.status.drained_by = Some(now + drain.max().unwrap_or_else(Duration::zero));
        let mut all = self.shared.status.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        all.insert(self.id.clone(), self.status.clone());
    }

    /// An error that only means "not now", remembered for people; or the end of the channel.
    pub(super) fn met(&mut self, error: Error) {
        let now = self.now();
        tracing::warn!(channel = %self.id, kind = %error.kind(), %error, "met an error");
        self.status.last_error = Some((now, error.to_string()));
        match error.kind() {
            ErrorKind::Closed if error.op() == "engine.lease" => self.fatal = Some(error),
            ErrorKind::NewerSchema => self.fatal = Some(error),
            ErrorKind::Store => self.store_pause_until = now + Duration::seconds(2),
            _ => {}
        }
    }

    /// A transaction failed that is tried again: not at once, whatever failed it.
    pub(super) fn job_failed(&mut self, error: Error) {
        self.met(error);
        self.store_pause_until = self.store_pause_until.max(self.now() + Duration::seconds(2));
    }

    /// The channel ends here: said at once, for the others go on.
    pub(super) fn ended(&mut self, error: &Error) {
        let now = self.now();
        tracing::error!(channel = %self.id, kind = %error.kind(), %error, "the channel is given up");
        self.status.last_error = Some((now, error.to_string()));
        self.status.ended = Some(error.to_string());
        self.leave_gate();
        self.publish(now);
    }
}
