//! The command table: every state, every event, as data. `docs/ARCHITECTURE.md` shows it as a picture.

use crate::error::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};

/// Where a command stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum State {
    /// To be sent.
    Intended,
    /// Durably marked as sent before the first byte left; no answer yet.
    Sent,
    /// The channel took it and will finish later.
    Accepted,
    /// It may or may not have happened.
    InDoubt,
    /// Probing could not tell; a person must.
    Unresolved,
    /// It happened.
    Confirmed,
    /// The channel refused.
    Refused,
    /// The channel wants it done another way; a new command does that.
    Redirected,
    /// It will not be done, and says why.
    Void,
}

impl State {
    /// Every state with its stable text.
    pub const ALL: &'static [(State, &'static str)] = &[
        (State::Intended, "intended"),
        (State::Sent, "sent"),
        (State::Accepted, "accepted"),
        (State::InDoubt, "in_doubt"),
        (State::Unresolved, "unresolved"),
        (State::Confirmed, "confirmed"),
        (State::Refused, "refused"),
        (State::Redirected, "redirected"),
        (State::Void, "void"),
    ];

    /// The stable text.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(state, _)| *state == self).map_or("unknown", |(_, text)| text)
    }

    /// Nothing can become of it any more.
    pub fn is_terminal(self) -> bool {
        matches!(self, State::Confirmed | State::Refused | State::Redirected | State::Void)
    }
}

/// What can happen to a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Event {
    /// About to be sent; committed before the first byte leaves.
    Send,
    /// The channel answered: done.
    Done,
    /// The channel answered: no.
    Refuse,
    /// The channel answered: later, ask with this handle.
    Accept,
    /// The channel answered: another way.
    Redirect,
    /// Surely not applied: never left, 429, or the channel's answer says so.
    NotApplied,
    /// No answer: time-out, crash, lost lease, a lost or stuck handle.
    Lose,
    /// A probe saw it.
    ProbeHappened,
    /// A conclusive probe did not see it, twice, after the quiet time.
    ProbeDidNot,
    /// A probe could not tell, and the verb may be repeated.
    Repeat,
    /// A probe could not tell, or asked too early.
    Inconclusive,
    /// A conclusive probe did not see it, once; a second one must agree.
    FirstNo,
    /// Probing has gone on long enough.
    GiveUp,
    /// A person says it happened.
    ResolveHappened,
    /// A person says it did not and wants it again.
    ResolveAgain,
    /// A person says it did not and wants it dropped.
    ResolveDrop,
    /// An ordinary read shows that it happened.
    Seen,
    /// Its target is gone, or it would be useless now.
    TargetGone,
}

impl Event {
    /// Every event with its stable text.
    pub const ALL: &'static [(Event, &'static str)] = &[
        (Event::Send, "sent"),
        (Event::Done, "done"),
        (Event::Refuse, "refused"),
        (Event::Accept, "accepted"),
        (Event::Redirect, "redirected"),
        (Event::NotApplied, "not_applied"),
        (Event::Lose, "lost"),
        (Event::ProbeHappened, "probe_happened"),
        (Event::ProbeDidNot, "probe_did_not"),
        (Event::Repeat, "repeat"),
        (Event::Inconclusive, "inconclusive"),
        (Event::FirstNo, "first_no"),
        (Event::GiveUp, "give_up"),
        (Event::ResolveHappened, "resolve_happened"),
        (Event::ResolveAgain, "resolve_again"),
        (Event::ResolveDrop, "resolve_drop"),
        (Event::Seen, "seen"),
        (Event::TargetGone, "target_gone"),
    ];

    /// The stable text.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(event, _)| *event == self).map_or("unknown", |(_, text)| text)
    }
}

/// Every legal step. What is not here is refused.
pub const TABLE: &[(State, Event, State)] = &[
    (State::Intended, Event::Send, State::Sent),
    (State::Intended, Event::Seen, State::Confirmed),
    (State::Intended, Event::TargetGone, State::Void),
    (State::Sent, Event::Done, State::Confirmed),
    (State::Sent, Event::Refuse, State::Refused),
    (State::Sent, Event::Accept, State::Accepted),
    (State::Sent, Event::Redirect, State::Redirected),
    (State::Sent, Event::NotApplied, State::Intended),
    (State::Sent, Event::Lose, State::InDoubt),
    (State::Accepted, Event::Done, State::Confirmed),
    (State::Accepted, Event::Refuse, State::Refused),
    (State::Accepted, Event::Lose, State::InDoubt),
    (State::InDoubt, Event::ProbeHappened, State::Confirmed),
    (State::InDoubt, Event::Seen, State::Confirmed),
    (State::InDoubt, Event::ProbeDidNot, State::Intended),
    (State::InDoubt, Event::Repeat, State::Intended),
    (State::InDoubt, Event::Inconclusive, State::InDoubt),
    (State::InDoubt, Event::FirstNo, State::InDoubt),
    (State::InDoubt, Event::GiveUp, State::Unresolved),
    (State::Unresolved, Event::ResolveHappened, State::Confirmed),
    (State::Unresolved, Event::ResolveAgain, State::Intended),
    (State::Unresolved, Event::ResolveDrop, State::Void),
    (State::Unresolved, Event::Seen, State::Confirmed),
];

/// Where `event` leads from `state`.
///
/// # Errors
/// `Conflict` naming both, when the table has no such step.
pub fn step(state: State, event: Event) -> Result<State> {
    // A linear look-up of 23 rows is faster than a map and keeps the table readable.
    TABLE.iter().find(|(from, with, _)| *from == state && *with == event).map(|(_, _, to)| *to).ok_or_else(
        || {
            Error::new(ErrorKind::Conflict, "command.step").message(format!(
                "a command that is {} cannot be {}",
                state.as_str(),
                event.as_str()
            ))
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The legal successors written a second time, by state and not by row, so that a slip in one shows in the other.
    fn expected(state: State, event: Event) -> Option<State> {
        use Event::*;
        use State::*;
        Some(match (state, event) {
            (s, _) if s.is_terminal() => return None,
            (Intended, Send) => Sent,
            (Intended | InDoubt | Unresolved, Seen) => Confirmed,
            (Intended, TargetGone) | (Unresolved, ResolveDrop) => Void,
            (Sent | Accepted, Done) => Confirmed,
            (Sent | Accepted, Refuse) => Refused,
            (Sent, Accept) => Accepted,
            (Sent, Redirect) => Redirected,
            (Sent, NotApplied) | (InDoubt, ProbeDidNot | Repeat) | (Unresolved, ResolveAgain) => Intended,
            (Sent | Accepted, Lose) | (InDoubt, Inconclusive | FirstNo) => InDoubt,
            (InDoubt, ProbeHappened) | (Unresolved, ResolveHappened) => Confirmed,
            (InDoubt, GiveUp) => Unresolved,
            _ => return None,
        })
    }

    #[test]
    fn g18_every_state_and_event_is_as_the_table_says() {
        for (state, _) in State::ALL {
            for (event, _) in Event::ALL {
                match (step(*state, *event), expected(*state, *event)) {
                    (Ok(to), Some(wanted)) => assert_eq!(to, wanted, "{state:?} {event:?}"),
                    (Err(error), None) => assert_eq!(error.kind(), ErrorKind::Conflict),
                    (got, wanted) => panic!("{state:?} {event:?}: {got:?}, expected {wanted:?}"),
                }
            }
        }
    }

    #[test]
    fn g18_nothing_sent_goes_back_to_intended_unless_surely_not_applied_or_probed() {
        for (from, event, to) in TABLE {
            if *to == State::Intended {
                let known = [Event::NotApplied, Event::ProbeDidNot, Event::Repeat, Event::ResolveAgain];
                assert!(known.contains(event), "{from:?} {event:?}");
            }
        }
    }

    #[test]
    fn no_row_stands_twice_and_no_terminal_state_moves() {
        for (at, (from, event, _)) in TABLE.iter().enumerate() {
            assert!(!from.is_terminal());
            assert!(!TABLE[at + 1..].iter().any(|(f, e, _)| f == from && e == event), "{from:?} {event:?}");
        }
    }
}
