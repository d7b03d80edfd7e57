//! One whole order: what it is, why it stands where it stands, and everything that ever happened to it.

use crate::host::unknown_order;
use std::borrow::Cow;
use sutler_core::{
    Result, Timestamp,
    address::Address,
    command::{Act, Command, Event},
    deadline::{Deadline, DeadlinePolicies, DeadlinePolicy},
    hold::Hold,
    id::{ChannelId, ChannelOrderId, Seq},
    journal::{Entry, JournalRow, Step},
    lateness::{Lateness, lateness},
    order::{Order, OrderSnapshot},
    ports::store::View,
    returns::Return,
    rule::Judged,
    state::{OrderState, Phase, StoredOrder},
};

/// An order with its commands, deadlines and history.
#[derive(Clone, Debug, PartialEq)]
pub struct WholeOrder {
    /// The order, its commands and its address (absent once erased).
    pub stored: StoredOrder,
    /// Every deadline, met or not, by when it is due.
    pub deadlines: Vec<Deadline>,
    /// What was done in time and what was late, each deadline's own way.
    pub lateness: Lateness,
    /// Everything that ever happened to it, oldest first.
    pub history: Vec<JournalRow>,
}

/// One moment of an order's life, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Its position in the journal.
    pub seq: Seq,
    /// When it was written, marketplace time.
    pub at: Timestamp,
    /// The stable name of its kind.
    pub kind: &'static str,
    /// What happened, without personal data.
    pub words: String,
}

impl WholeOrder {
    pub(crate) fn read(
        view: &dyn View,
        channel: &ChannelId,
        order: &ChannelOrderId,
        policies: &DeadlinePolicies,
        now: Timestamp,
    ) -> Result<WholeOrder> {
        let found = match view.known(channel, order)? {
            Some((key, _)) => view.order(key)?,
            None => None,
        };
        let state = found.ok_or_else(|| unknown_order(view, channel, order))?;
        let key = state.key;
        let policy = policy_of(view, channel, policies)?;
        let mut deadlines = if state.facts.is_sellers() {
            policy.deadlines(&state.facts, state.placed_at())
        } else {
            Vec::new()
        };
        deadlines.sort_by_key(|deadline| deadline.due);
        let history = view.history(key)?;
        Ok(WholeOrder {
            deadlines,
            lateness: lateness(policy, &state, &history, now)?,
            history,
            stored: StoredOrder {
                commands: view.commands(key)?,
                ship_to: view.personal(key)?.map(|personal| personal.ship_to),
                state,
            },
        })
    }

    /// Everything known of it but personal data.
    pub fn state(&self) -> &OrderState {
        &self.stored.state
    }

    /// Where it is.
    pub fn phase(&self) -> Phase {
        self.stored.state.phase()
    }

    /// Why it stands where it stands, in one sentence.
    pub fn why(&self) -> String {
        self.stored.state.why()
    }

    /// Why it waits.
    pub fn holds(&self) -> &[Hold] {
        &self.stored.state.holds
    }

    /// What each rule said last, with its proof.
    pub fn proofs(&self) -> &[Judged] {
        &self.stored.state.judged
    }

    /// What we intended for it, and what became of that.
    pub fn commands(&self) -> &[Command] {
        &self.stored.commands
    }

    /// What the buyer sends back, where the marketplace tells of it.
    pub fn returns(&self) -> impl Iterator<Item = &Return> {
        self.stored.state.returns.iter().map(|seen| &seen.told)
    }

    /// Where it goes; none once erased.
    pub fn ship_to(&self) -> Option<&Address> {
        self.stored.ship_to.as_ref()
    }

    /// Its life in words, oldest first.
    pub fn timeline(&self) -> Vec<Moment> {
        let moment = |row: &JournalRow| Moment {
            seq: row.seq,
            at: row.at,
            kind: row.entry.kind(),
            words: words(&row.entry),
        };
        self.history.iter().map(moment).collect()
    }
}

/// How deadlines of a channel are reckoned, by the marketplace the store knows it on.
pub(crate) fn policy_of<'p>(
    view: &dyn View,
    channel: &ChannelId,
    policies: &'p DeadlinePolicies,
) -> Result<&'p DeadlinePolicy> {
    let rows = view.channels()?;
    let marketplace = rows.iter().find(|row| row.id == *channel).map_or("", |row| row.marketplace.as_str());
    Ok(policies.of(channel, marketplace))
}

impl Order for WholeOrder {
    fn snapshot(&self) -> Cow<'_, OrderSnapshot> {
        self.stored.snapshot()
    }
}

/// What an entry says, in one sentence without personal data.
pub(crate) fn words(entry: &Entry) -> String {
    match entry {
        Entry::Observed(seen) => {
            let units = |count: fn(&sutler_core::order::Line) -> u32| -> u32 {
                seen.facts.lines.iter().map(count).sum()
            };
            let mut text = format!("the marketplace shows {} units", units(|line| line.ordered));
            for (count, what) in [
                (units(|line| line.acknowledged), "acknowledged"),
                (units(|line| line.shipped), "shipped"),
                (units(|line| line.cancelled), "cancelled"),
                (units(|line| line.delivered), "delivered"),
            ] {
                if count > 0 {
                    text.push_str(&format!(", {count} {what}"));
                }
            }
            if seen.facts.cancel_requested() {
                text.push_str("; the buyer asks to cancel");
            }
            text
        }
        Entry::Decided(decided) if decided.accept => "accepted: every rule passed".into(),
        Entry::Decided(decided) if decided.holds.is_empty() => "nothing holds it any more".into(),
        Entry::Decided(decided) => {
            let why: Vec<String> = decided.holds.iter().map(Hold::why).collect();
            format!("held: {}", why.join("; "))
        }
        Entry::Intended(command) => format!("intended: {}", act(&command.act)),
        Entry::Stepped { key, step } => format!("{key}: {}", stepped(step)),
        Entry::Reported(report) => {
            let units: u32 = report.lines.iter().map(|part| part.quantity).sum();
            format!(
                "package {} reported: {units} units by {}, tracking {}",
                report.package, report.carrier, report.tracking
            )
        }
        Entry::Released { reason, by } => format!("{reason} released by {by}"),
        Entry::TakenByArranging => {
            "taken by arranging its shipment; the channel has no other step for it".into()
        }
        Entry::AddressChanged => "the marketplace shows another address than before".into(),
        Entry::Erased { by } => format!("what is personal was erased on the word of {by}"),
        Entry::Returned(seen) => {
            let one = &seen.told;
            let units = |count: fn(&sutler_core::returns::ReturnedUnits) -> u32| -> u32 {
                one.lines.iter().map(count).sum()
            };
            format!(
                "return {} is {} ({}): {} units, {} of them back",
                one.id,
                one.stage.as_str(),
                one.status,
                units(|part| part.quantity),
                units(|part| part.back)
            )
        }
        Entry::Judged(opinion) => {
            let judged = Judged { rule: opinion.rule.clone(), verdict: opinion.verdict.clone() };
            format!("judge {}", judged.why())
        }
        Entry::Counted { sku, quantity, as_of } => {
            format!("{quantity} units of {sku} counted as of {}", as_of.to_rfc3339())
        }
        other => other.kind().into(),
    }
}

fn act(act: &Act) -> String {
    let parts = act.quantities().iter().map(|part| format!("{} of line {}", part.quantity, part.line_id));
    let parts: Vec<String> = parts.collect();
    match act {
        Act::Acknowledge(_) => "acknowledge the order".into(),
        Act::ConfirmShipment(confirm) => {
            format!("confirm package {} with {}", confirm.report.package, parts.join(", "))
        }
        Act::ConfirmPackages(confirm) => {
            format!("confirm {} packages at once with {}", confirm.packages.len(), parts.join(", "))
        }
        Act::Accept(accept) => {
            let of = |one: &sutler_core::command::Promise| {
                format!(
                    "{} of line {} by {} at {} for {}",
                    one.quantity,
                    one.line_id,
                    one.ship_by.to_rfc3339(),
                    one.amount,
                    one.of
                )
            };
            format!("take the order: {}", accept.lines.iter().map(of).collect::<Vec<_>>().join(", "))
        }
        Act::MoveLevel(moved) => {
            format!("move the level of {} by {:+} to {}", moved.sku, moved.by(), moved.level)
        }
        Act::Cancel(cancel) => format!("cancel {} ({})", parts.join(", "), cancel.reason.as_str()),
        Act::SetLevel(set) => format!("set the level of {} to {}", set.sku, set.level),
        _ => act.verb().as_str().into(),
    }
}

fn stepped(step: &Step) -> String {
    let what = match step.event {
        Event::Send => "sent",
        other => return join(&spaced(&format!("{other:?}")), &step.why),
    };
    join(what, &step.why)
}

fn join(what: &str, why: &str) -> String {
    if why.is_empty() { what.to_owned() } else { format!("{what}: {why}") }
}

/// `FirstNo` as `first no`.
fn spaced(name: &str) -> String {
    let mut text = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !text.is_empty() {
            text.push(' ');
        }
        text.push(letter.to_ascii_lowercase());
    }
    text
}
