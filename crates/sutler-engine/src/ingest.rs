//! Taking in what a read showed: one page, one transaction, every order in it on its own.

use crate::{
    erasure::erased_by,
    job::{Aggregate, Job, Owed},
    react::react,
    returns::claim,
};
use sutler_core::{
    Result, Timestamp,
    error::{Error, ErrorKind},
    id::ChannelId,
    journal::Entry,
    observation::{Coverage, Group, Observation},
    order::ChannelOrder,
    ports::store::{Digest, Personal},
};

/// One order of a read, in the model.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub order: ChannelOrder,
    pub digest: Digest,
    pub coverage: Coverage,
    /// It was told by a list that hides something of it: [`Channel::wants_look`](sutler_core::channel::Channel::wants_look).
    pub hides: bool,
    /// What was read in full at this instant or later shows more than this telling: it owes no look for what it hides.
    pub since: Option<Timestamp>,
    /// When the request that brought it was sent.
    pub asked_at: Timestamp,
}

/// Takes in orders of one channel, oldest placed first, so that stock goes to who came first.
pub(crate) fn take_in(job: &mut Job<'_>, channel: &ChannelId, told: &[Told]) -> Result<()> {
    let mut sorted: Vec<&Told> = told.iter().collect();
    sorted.sort_by(|a, b| {
        let key = |t: &Told| (t.order.facts.placed_at, t.order.channel_order_id.clone());
        key(a).cmp(&key(b))
    });
    for told in sorted {
        take_one(job, channel, told)?;
    }
    Ok(())
}

fn take_one(job: &mut Job<'_>, channel: &ChannelId, told: &Told) -> Result<()> {
    let id = &told.order.channel_order_id;
    if id.as_str().is_empty() {
        return Err(
            Error::new(ErrorKind::Protocol, "engine.ingest").message("an order without an id was read")
        );
    }
    // What hides something is never known: told again, it is looked at again, also after a crash.
    let mut digest = if told.hides { Digest::default() } else { told.digest };
    let (mut order, known) = match job.tx.known(channel, id)? {
        Some((key, before)) => {
            let order = job.load(key)?;
            if told.asked_at < order.state.looked_at {
                digest = before;
            }
            (order, true)
        }
        None => (Aggregate::fresh(job.tx.new_order_key()?, channel.clone(), id.clone(), job.now), false),
    };
    let key = order.state.key;
    if told.hides && owes_look(&order, known, told) {
        job.touched.owed.push(Owed::of(channel, id, &told.order.facts));
    }
    // A read asked before our last look says nothing of what may have changed since, but its counters only grow.
    let late = known && told.asked_at < order.state.looked_at;
    // Nor does a list that hides something: believing it would take back what the single read told, at every pull.
    let whole = order.state.decided || !order.state.facts.is_provisional();
    let counters_only = late || known && told.hides && whole;
    let coverage = if counters_only { Coverage::NONE.with(Group::Statuses) } else { told.coverage };
    let seen = Observation { asked_at: told.asked_at, coverage, facts: told.order.facts.clone() };
    if !known || is_news(&order, &seen) {
        order.push(job.now, Entry::Observed(Box::new(seen)))?;
    }
    if !known {
        claim(job, &mut order)?;
    }
    let mut personal = Personal { ship_to: told.order.ship_to.clone(), raw: told.order.raw.clone() };
    if known && let Some(before) = job.tx.personal(key)? {
        let mut best = before.ship_to;
        if counters_only {
            best.fill(&personal.ship_to);
            personal.raw = before.raw;
        } else if best.improve(&personal.ship_to) {
            // The facts may be the same: they say how good an address is, and where about.
            order.push(job.now, Entry::AddressChanged)?;
        }
        personal.ship_to = best;
        if personal.is_erased() {
            personal = Personal::erased();
        }
    }
    if !personal.is_erased()
        && let Some(by) = erased_by(job, channel, &told.order)?
    {
        personal = Personal::erased();
        order.push(job.now, Entry::Erased { by })?;
        if known {
            job.tx.put_buyer(channel, key, &[])?;
        }
    }
    let erased = personal.is_erased();
    let moved = order.is_changed();
    if moved {
        order.address = Some(personal.ship_to.clone());
        react(job, &mut order)?;
        if known {
            job.touched.changed_orders += 1;
        } else {
            job.touched.new_orders += 1;
        }
        job.save(order)?;
    } else if told.asked_at > order.state.looked_at && !told.hides {
        job.tx.put_looked_at(key, told.asked_at)?;
    }
    if !told.order.buyer.is_empty() && !erased {
        job.tx.put_buyer(channel, key, &told.order.buyer)?;
    }
    job.tx.put_personal(key, &personal, &digest)
}

/// Must an order that was told by what hides something be read by itself?
fn owes_look(order: &Aggregate, known: bool, told: &Told) -> bool {
    if known && !order.state.facts.is_provisional() {
        return told.since.is_none_or(|since| order.state.looked_at < since);
    }
    // Of an order that is over, the lines' ids are of no use to anybody.
    let facts = &told.order.facts;
    !facts.is_provisional() || facts.lines.iter().any(|line| line.open() > 0)
}

/// Would folding it change anything but the instants we believe it from?
fn is_news(order: &Aggregate, seen: &Observation) -> bool {
    let mut facts = (*order.state.facts).clone();
    let mut believed = order.state.believed.clone();
    facts.fold(&mut believed, seen);
    facts != *order.state.facts
}
