//! Lateness: four facts of an order and not one, since each marketplace means another of them by "late".
//!
//! Amazon's late shipment rate looks at the *confirmation*, eBay's at the *hand-over* or the delivery, Walmart's on-time rate
//! at the *delivery*. All four come from the order's journal, in [`lateness`].

use crate::{
    command::{Command, CommandKey, Event, Verb},
    deadline::DeadlinePolicy,
    error::Result,
    journal::{Entry, JournalRow},
    observation::Group,
    state::{Counters, OrderState},
    time::{Duration, Timestamp, earlier, later},
};
use std::collections::BTreeMap;

/// What a channel shows is seen within this while the engine runs: a poll, the delay of the read side, a margin (G2).
const SEEN_WITHIN: Duration = Duration::hours(1);

/// Was something done in time?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Punctuality {
    /// There is no such deadline: none is known, or everything was cancelled.
    NotAsked,
    /// Not done, and not due yet.
    Pending,
    /// Done in time.
    InTime,
    /// Done late, or not done and due.
    Late,
    /// What we were told does not say.
    Unknown,
}

impl Punctuality {
    /// `not_asked`, `pending`, `in_time`, `late` or `unknown`.
    pub fn as_str(self) -> &'static str {
        match self {
            Punctuality::NotAsked => "not_asked",
            Punctuality::Pending => "pending",
            Punctuality::InTime => "in_time",
            Punctuality::Late => "late",
            Punctuality::Unknown => "unknown",
        }
    }
}

/// The four facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lateness {
    /// The channel knew by the acknowledgment deadline that we take it.
    pub acknowledged: Punctuality,
    /// The channel had tracking for every unit by the ship date.
    pub confirmed: Punctuality,
    /// A carrier had every unit by the ship date, by what the host reported.
    pub handed_over: Punctuality,
    /// The buyer had every unit by the delivery date.
    pub delivered: Punctuality,
}

impl Lateness {
    const NOT_ASKED: Lateness = Lateness {
        acknowledged: Punctuality::NotAsked,
        confirmed: Punctuality::NotAsked,
        handed_over: Punctuality::NotAsked,
        delivered: Punctuality::NotAsked,
    };

    /// Each fact with its name.
    pub fn each(&self) -> [(&'static str, Punctuality); 4] {
        [
            ("acknowledged", self.acknowledged),
            ("confirmed", self.confirmed),
            ("handed_over", self.handed_over),
            ("delivered", self.delivered),
        ]
    }
}

/// When something happened, as far as we know: not before, and not after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Happened {
    from: Timestamp,
    to: Timestamp,
}

/// What is judged: the order as it stands now, its whole journal, and what time it is.
///
/// An answer of the channel lies between our first sending and its arrival; what a read shows happened at most an hour
/// before it was asked, as long as the engine ran. Where such a span holds the due instant, the answer is `Unknown`.
///
/// # Errors
/// `Conflict` or `NotFound` when the journal is not this order's whole history.
pub fn lateness(
    policy: &DeadlinePolicy,
    order: &OrderState,
    history: &[JournalRow],
    now: Timestamp,
) -> Result<Lateness> {
    if !order.facts.is_sellers() {
        return Ok(Lateness::NOT_ASKED);
    }
    let seen = Seen::of(order, history)?;
    let ship = policy.ship_due(&order.facts, order.placed_at());
    let shipping = units(order);
    let to_ship = (shipping.ordered == 0 || shipping.open > 0 || shipping.shipped > 0).then_some(ship);
    let acknowledge = policy.acknowledge.map(|within| later(order.placed_at(), within));
    // What was cancelled before it was acknowledged needs no acknowledgment.
    let acknowledge = acknowledge.filter(|_| to_ship.is_some() || seen.acknowledged.is_some());
    let deliver = order.facts.deliver_by.filter(|_| to_ship.is_some());
    let mut delivered = verdict(deliver, seen.delivered, now);
    if delivered == Punctuality::Late && seen.delivered.is_none() && deliver >= Some(order.looked_at) {
        // Nobody has looked since.
        delivered = Punctuality::Unknown;
    }
    let mut handed_over = verdict(to_ship, seen.handed_over, now);
    if seen.handed_over.is_none() && shipping.open == 0 && to_ship.is_some() {
        // It left, as the channel shows, and the host did not say when.
        handed_over = match seen.confirmed {
            Some(happened) if happened.to <= ship => Punctuality::InTime,
            _ => Punctuality::Unknown,
        };
    }
    Ok(Lateness {
        acknowledged: verdict(acknowledge, seen.acknowledged, now),
        confirmed: verdict(to_ship, seen.confirmed, now),
        handed_over,
        delivered,
    })
}

fn verdict(due: Option<Timestamp>, happened: Option<Happened>, now: Timestamp) -> Punctuality {
    match (due, happened) {
        (None, _) => Punctuality::NotAsked,
        (Some(due), Some(happened)) if happened.to <= due => Punctuality::InTime,
        (Some(due), Some(happened)) if happened.from > due => Punctuality::Late,
        (Some(_), Some(_)) => Punctuality::Unknown,
        (Some(due), None) if now > due => Punctuality::Late,
        (Some(_), None) => Punctuality::Pending,
    }
}

/// When each of the four first was so.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    acknowledged: Option<Happened>,
    confirmed: Option<Happened>,
    handed_over: Option<Happened>,
    delivered: Option<Happened>,
}

impl Seen {
    /// Replays the journal and notes with which entry each became so.
    fn of(order: &OrderState, history: &[JournalRow]) -> Result<Seen> {
        let mut seen = Seen::default();
        let mut commands: Vec<Command> = Vec::new();
        let mut first_sent: BTreeMap<CommandKey, Timestamp> = BTreeMap::new();
        let mut replay =
            OrderState::new(order.channel.clone(), order.channel_order_id.clone(), order.first_seen_at);
        // A read that did not show the statuses says nothing of when they were otherwise.
        let mut looked_at = order.placed_at();
        for row in history {
            replay.apply(&mut commands, row.at, &row.entry)?;
            let happened = match &row.entry {
                Entry::Observed(told) => {
                    let from = earlier(told.asked_at, SEEN_WITHIN).max(looked_at);
                    if told.coverage.covers(Group::Statuses) {
                        looked_at = looked_at.max(told.asked_at);
                    }
                    Happened { from, to: row.at }
                }
                Entry::Stepped { key, step } => {
                    if step.event == Event::Send {
                        first_sent.entry(key.clone()).or_insert(row.at);
                    }
                    let writes = matches!(key.verb, Verb::Acknowledge | Verb::ConfirmShipment);
                    let sent = first_sent.get(key).filter(|_| writes).copied();
                    Happened { from: sent.unwrap_or(looked_at), to: row.at }
                }
                _ => Happened { from: looked_at, to: row.at },
            };
            let units = units(&replay);
            // A line that was cancelled asks for no acknowledgment, and shows none.
            if replay.is_acknowledged() && units.ordered > units.cancelled {
                seen.acknowledged = seen.acknowledged.or(Some(happened));
            }
            if units.shipped > 0 && units.open == 0 {
                seen.confirmed = seen.confirmed.or(Some(happened));
            }
            if units.shipped > 0 && units.open == 0 && units.delivered >= units.shipped {
                seen.delivered = seen.delivered.or(Some(happened));
            }
        }
        seen.handed_over = handed_over(order);
        Ok(seen)
    }
}

/// The last report's instant, once reports cover every unit that was not cancelled.
fn handed_over(order: &OrderState) -> Option<Happened> {
    let left = |line| {
        let counters: Counters = order.counters(line);
        counters.ordered - counters.cancelled
    };
    let covered = order
        .facts
        .lines
        .iter()
        .all(|line| order.ours.get(&line.line_id).map_or(0, |ours| ours.reported) >= left(line));
    let at = order.reports.values().map(|report| report.shipped_at).max().filter(|_| covered)?;
    Some(Happened { from: at, to: at })
}

/// The order's units, over all its lines.
fn units(order: &OrderState) -> Counters {
    order.facts.lines.iter().map(|line| order.counters(line)).fold(Counters::default(), |sum, line| {
        Counters {
            ordered: sum.ordered.saturating_add(line.ordered),
            cancelled: sum.cancelled.saturating_add(line.cancelled),
            shipped: sum.shipped.saturating_add(line.shipped),
            returned: sum.returned.saturating_add(line.returned),
            delivered: sum.delivered.saturating_add(line.delivered),
            open: sum.open.saturating_add(line.open),
            wanted: sum.wanted.saturating_add(line.wanted),
        }
    })
}
