//! The chooser: what a channel's driver does next. Pure; `step()`, shadow mode and the simulation hang on it.

use crate::time::Timestamp;

/// A kind of work a driver can start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Work {
    /// Renew the lease.
    Renew,
    /// Ask who we are.
    Check,
    /// Take what hosts put in.
    Drain,
    /// Write down answers that came.
    Record,
    /// Decide what was left undecided while a pull was under way.
    Decide,
    /// Write down what judges said, and decide what waits for them no longer.
    Weigh,
    /// Ask after accepted work.
    Settle,
    /// Ask whether a doubtful command happened.
    Probe,
    /// Reckon what listings need.
    Plan,
    /// Set levels.
    Set,
    /// Send commands.
    Send,
    /// Read an order before acting on it.
    Look,
    /// Read levels.
    Levels,
    /// Read an order that a push told of.
    Hint,
    /// Read the next page, or begin a pull.
    Pull,
    /// Ask a judge.
    Ask,
    /// Read orders nobody told us of for long.
    Sweep,
    /// Read what buyers send back.
    Returns,
}

/// Work in the order of its urgency when several kinds are due: what protects the account and the stock first, reading
/// before more writing of the same kind.
pub const PRIORITY: &[Work] = &[
    Work::Renew,
    Work::Check,
    Work::Record,
    Work::Drain,
    Work::Decide,
    Work::Weigh,
    Work::Settle,
    Work::Plan,
    Work::Set,
    Work::Send,
    Work::Probe,
    Work::Look,
    Work::Hint,
    Work::Pull,
    Work::Ask,
    Work::Levels,
    Work::Sweep,
    Work::Returns,
];

/// When each kind of work could start at the earliest, as the driver sees it: budgets, pauses, room for one more call and
/// what waits are all in these instants. A kind that is absent has nothing to do.
#[derive(Clone, Debug, Default)]
pub struct ChannelView {
    due: Vec<(Work, Timestamp)>,
}

impl ChannelView {
    /// `work` could start at `at`.
    pub fn offer(&mut self, work: Work, at: Timestamp) {
        self.due.push((work, at));
    }
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Start this now.
    Do(Work),
    /// Nothing is due before this instant.
    SleepUntil(Timestamp),
    /// Nothing will ever be due unless something comes in.
    Wait,
}

/// Chooses.
pub fn next(view: &ChannelView, now: Timestamp) -> Next {
    let due = PRIORITY.iter().find(|work| view.due.iter().any(|(kind, at)| kind == *work && *at <= now));
    match (due, view.due.iter().map(|(_, at)| *at).min()) {
        (Some(work), _) => Next::Do(*work),
        (None, Some(at)) => Next::SleepUntil(at),
        (None, None) => Next::Wait,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::from_millis;

    #[test]
    fn urgent_work_goes_first_and_sleep_ends_with_the_first_due() {
        let mut view = ChannelView::default();
        assert_eq!(next(&view, from_millis(0)), Next::Wait);
        view.offer(Work::Pull, from_millis(10));
        view.offer(Work::Send, from_millis(20));
        assert_eq!(next(&view, from_millis(5)), Next::SleepUntil(from_millis(10)));
        assert_eq!(next(&view, from_millis(10)), Next::Do(Work::Pull));
        assert_eq!(next(&view, from_millis(20)), Next::Do(Work::Send));
    }

    #[test]
    fn every_kind_of_work_has_its_place() {
        for work in [
            Work::Renew,
            Work::Check,
            Work::Drain,
            Work::Record,
            Work::Decide,
            Work::Weigh,
            Work::Ask,
            Work::Settle,
            Work::Plan,
            Work::Probe,
            Work::Set,
            Work::Send,
            Work::Look,
            Work::Hint,
            Work::Levels,
            Work::Pull,
            Work::Sweep,
            Work::Returns,
        ] {
            assert_eq!(PRIORITY.iter().filter(|w| **w == work).count(), 1, "{work:?}");
        }
    }
}
