//! Publishing stock: what a listing needs next, and what reads and sets do to our belief. DESIGN §9.

use crate::{intake, job::Job};
use sutler_core::{
    Result, Timestamp,
    channel::{LevelRead, StockWrite, VerbSpec},
    command::{Act, Command, CommandKey, Event, MoveLevel, SetLevel, State, Verb},
    error::{Error, ErrorKind},
    id::{ChannelId, Sku},
    journal::{Entry, Step},
    state::OrderState,
    time::Duration,
};

/// What a listing needs next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Plan {
    /// Nothing until something changes.
    Nothing,
    /// Nothing before this instant.
    Later(Timestamp),
    /// Its level must be read.
    Read,
    /// Orders must be pulled completely, by a pull begun at or after this instant.
    Pull(Timestamp),
    /// It must be set to this level.
    Set(u32),
}

/// What the driver knows that the store does not.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading {
    /// When the last complete pull of every stream began.
    pub pulled_at: Option<Timestamp>,
    /// When all that it brought was stored.
    pub pulled_by: Option<Timestamp>,
    /// Orders were served that are not stored yet, or may have been: nothing above zero may be set.
    pub unread: bool,
    /// The same of another channel: nothing may rise.
    pub others: bool,
}

/// How old a read may be when a level is set by it: what sells meanwhile is in no order yet and would be offered again.
const FRESH: Duration = Duration::minutes(2);

impl Reading {
    /// May a raise still go by what was read at `read`?
    ///
    /// It waits for a pull that begins after the read, and would never leave if the read grew old while a long one runs:
    /// the read grows old only once that pull is stored. `patience` ends the wait for a pull that does not come.
    fn may_wait(&self, read: Timestamp, now: Timestamp, patience: Duration) -> bool {
        let told_by = self.pulled_at.filter(|at| *at >= read).and(self.pulled_by);
        now - read <= patience && told_by.is_none_or(|by| now - by <= FRESH)
    }
}

/// What the listing of `sku` needs next.
pub(crate) fn plan(job: &mut Job<'_>, channel: &ChannelId, sku: &Sku, reading: Reading) -> Result<Plan> {
    let capabilities = job.world.capabilities(channel)?;
    let LevelRead::Lagging(lag) = capabilities.levels else { return Ok(Plan::Nothing) };
    let moves = capabilities.stock_write == StockWrite::Delta;
    let mapped = job.item(sku)?.item.is_mapped();
    let Some(mut listing) = job.tx.listing(channel, sku)? else { return Ok(Plan::Nothing) };
    if !mapped || !job.world.policy.publish_stock {
        return Ok(Plan::Nothing);
    }
    let now = job.now;
    if listing.missing {
        // Whether it is there by now only a read can tell.
        let again = listing.read_at.map_or(now, |at| at + job.world.settings.level_interval);
        return Ok(if again > now { Plan::Later(again) } else { Plan::Read });
    }
    if job.tx.target(channel, &format!("sku/{sku}"))?.is_some() {
        return Ok(Plan::Nothing);
    }
    if let Some(closed) = listing.closed_until.filter(|closed| *closed > now) {
        return Ok(Plan::Later(closed));
    }
    if let Some(pulled_at) = reading.pulled_at
        && listing.unseen > 0
    {
        // Orders become visible within D of being placed: a pull complete up to D after the read has told all.
        listing.settle_drift(pulled_at - capabilities.visibility_delay);
        if listing.unseen == 0 {
            job.tx.put_listing(channel, &listing)?;
        }
    }
    let available = job.item(sku)?.item.available();
    let desired =
        listing.desired(available, unseen_everywhere(job, sku)?, i64::from(job.world.policy.buffer));
    if listing.level != Some(desired)
        && let Some(at) = listing.revisable_at(now, capabilities.revisions_per_day, desired == 0)
    {
        return Ok(Plan::Later(at));
    }
    let patience = job.world.settings.level_interval;
    let fresh = listing.read_at.filter(|at| *at >= listing.base_from).filter(|at| {
        let raises = listing.level.is_some_and(|level| desired > level);
        now - *at <= FRESH || raises && reading.may_wait(*at, now, patience)
    });
    Ok(match listing.level {
        Some(level) if level == desired => match listing.verify_at {
            Some(at) if at <= now => Plan::Read,
            Some(at) => Plan::Later(at),
            None => {
                let again = listing.read_at.unwrap_or(listing.base_to).max(listing.base_to)
                    + job.world.settings.level_interval;
                if again <= now { Plan::Read } else { Plan::Later(again) }
            }
        },
        // Going to zero never waits, but for what it is to be moved from.
        _ if desired == 0 && !(moves && listing.level.is_none()) => Plan::Set(0),
        // After a doubt a read that may show the time before it is not believed: it is asked once it cannot.
        None if listing.closed_until.is_some_and(|closed| closed + lag > now) => {
            Plan::Later(listing.closed_until.unwrap_or(now) + lag)
        }
        None => Plan::Read,
        // One move upon another goes by what a read showed of the first.
        Some(_) if fresh.is_none() || moves && listing.verify_at.is_some() => match listing.verify_at {
            // A read that can still show the time before our last set would mislead.
            Some(at) if at > now => Plan::Later(at),
            _ => Plan::Read,
        },
        Some(level) if desired > level => match (fresh, reading.pulled_at) {
            (Some(read), Some(pulled)) if pulled >= read && !reading.unread && !reading.others => {
                set(desired)
            }
            (Some(read), Some(pulled)) if pulled >= read => Plan::Later(now + lag / 20),
            (Some(read), _) => Plan::Pull(read),
            (None, _) => Plan::Read,
        },
        Some(_) if reading.pulled_at.is_none() => Plan::Pull(now),
        Some(_) if reading.unread => Plan::Later(now + lag / 20),
        Some(_) => set(desired),
    })
}

/// Does the listing offer what it should, as far as we know? One that nobody counts or the channel does not know has
/// nothing to offer.
pub(crate) fn offers_rightly(job: &mut Job<'_>, channel: &ChannelId, sku: &Sku) -> Result<bool> {
    let Some(listing) = job.tx.listing(channel, sku)? else { return Ok(true) };
    let item = &job.item(sku)?.item;
    let (mapped, available) = (item.is_mapped(), item.available());
    if !mapped || listing.missing || !job.world.policy.publish_stock {
        return Ok(true);
    }
    let buffer = i64::from(job.world.policy.buffer);
    Ok(listing.level == Some(listing.desired(available, unseen_everywhere(job, sku)?, buffer)))
}

fn set(level: i64) -> Plan {
    Plan::Set(u32::try_from(level).unwrap_or(u32::MAX))
}

fn unseen_everywhere(job: &Job<'_>, sku: &Sku) -> Result<i64> {
    let mut sum = 0;
    for channel in job.world.channels.keys() {
        sum += job.tx.listing(channel, sku)?.map_or(0, |listing| listing.unseen);
    }
    Ok(sum)
}

/// Intends and marks as sent, in one transaction, so that the level is the one that is right now.
pub(crate) fn send_set(
    job: &mut Job<'_>,
    channel: &ChannelId,
    sku: &Sku,
    reading: Reading,
    epoch: u64,
    call_timeout: Duration,
    apply_max: Duration,
) -> Result<std::result::Result<Command, Plan>> {
    let level = match plan(job, channel, sku, reading)? {
        Plan::Set(level) => level,
        other => return Ok(Err(other)),
    };
    let Some(mut listing) = job.tx.listing(channel, sku)? else { return Ok(Err(Plan::Nothing)) };
    let act = match (job.world.capabilities(channel)?.stock_write, listing.level) {
        (StockWrite::Absolute, _) => Act::SetLevel(SetLevel { sku: sku.clone(), level }),
        (StockWrite::Delta, Some(from)) => Act::MoveLevel(MoveLevel { sku: sku.clone(), from, level }),
        (StockWrite::Delta, None) => return Ok(Err(Plan::Read)),
    };
    listing.ordinal += 1;
    listing.revise(job.now);
    let key = CommandKey { verb: Verb::SetLevel, subject: sku.to_string(), ordinal: listing.ordinal };
    let mut command = Command::intend(key.clone(), act, job.now, job.now);
    job.tx.append(
        None,
        Some(channel),
        Default::default(),
        job.now,
        &Entry::Intended(Box::new(command.clone())),
    )?;
    let mut step = Step::new(Event::Send, epoch, "");
    step.quiet_until = Some(job.now + call_timeout + apply_max);
    command.take(&step, job.now)?;
    job.tx.append(
        None,
        Some(channel),
        Default::default(),
        job.now,
        &Entry::Stepped { key, step: Box::new(step) },
    )?;
    listing.closed_until = listing.closed_until.max(command.quiet_until);
    // From here on the level may be the old one or the new one: no belief until the answer.
    job.tx.put_listing(channel, &listing)?;
    job.tx.put_command(channel, &command)?;
    Ok(Ok(command))
}

/// Applies a step to a stock command and what it means for the listing.
pub(crate) fn step_set(job: &mut Job<'_>, channel: &ChannelId, command: &Command, step: Step) -> Result<()> {
    let Some((sku, level)) = command.act.level().map(|(sku, level)| (sku.clone(), level)) else {
        return Err(Error::new(ErrorKind::Store, "engine.stock")
            .message(format!("{} is not about stock", command.key)));
    };
    let capabilities = job.world.capabilities(channel)?;
    let LevelRead::Lagging(lag) = capabilities.levels else { return Ok(()) };
    let spec = capabilities.verb(Verb::SetLevel);
    let answer_means_applied = spec.is_some_and(|spec: &VerbSpec| spec.answer_means_applied);
    let in_doubt = matches!(command.state, State::InDoubt | State::Unresolved);
    let mut command = command.clone();
    let mut steps = vec![step];
    command.take(&steps[0], job.now)?;
    if command.state == State::Intended {
        // An absolute level is never sent again as it was: the right one is reckoned anew.
        let drop = Step::new(Event::TargetGone, command.epoch, "superseded: the level is reckoned anew");
        command.take(&drop, job.now)?;
        steps.push(drop);
    }
    for step in steps {
        let entry = Entry::Stepped { key: command.key.clone(), step: Box::new(step) };
        job.tx.append(None, Some(channel), Default::default(), job.now, &entry)?;
    }
    if let Some(mut listing) = job.tx.listing(channel, &sku)? {
        let sent_at = command.sent_at.unwrap_or(job.now);
        let quiet = command.quiet_until.unwrap_or(job.now);
        match command.state {
            State::Confirmed => {
                let until = match spec {
                    _ if answer_means_applied => job.now,
                    // A report says that the work is over: what is left is what a single call's answer leaves open.
                    Some(spec) if command.handle.is_some() => quiet.min(job.now + spec.apply_max),
                    _ => quiet,
                };
                match &command.act {
                    // What is there after a doubt only a read can tell: nothing is moved by what we reckoned before it.
                    Act::MoveLevel(_) if in_doubt => listing.level = None,
                    Act::MoveLevel(moved) => listing.moved(moved.by(), until),
                    _ => listing.set(i64::from(level), sent_at, until),
                }
                listing.closed_until = Some(until);
                listing.verify_at = Some(until + lag);
            }
            // It did not land, or nobody knows: look before anything else.
            State::Refused => {
                listing.closed_until = None;
                listing.verify_at = Some(job.now);
            }
            State::Void if command.noes == 0 && command.why.starts_with("superseded") && quiet > job.now => {
                listing.unrevised();
                // The channel may have said when it will take one.
                listing.closed_until = Some(command.not_before.max(job.now + Duration::seconds(5)));
            }
            State::Void => {
                listing.closed_until = Some(quiet);
                listing.level = None;
            }
            _ => listing.closed_until = listing.closed_until.max(Some(quiet)),
        }
        job.tx.put_listing(channel, &listing)?;
    }
    job.tx.put_command(channel, &command)?;
    job.touched.skus.insert(sku);
    job.touched.commands.push((channel.clone(), command));
    Ok(())
}

/// A level was read: `None` when the channel does not know the SKU.
pub(crate) fn read(
    job: &mut Job<'_>,
    channel: &ChannelId,
    sku: &Sku,
    level: Option<i64>,
    asked_at: Timestamp,
) -> Result<()> {
    let LevelRead::Lagging(lag) = job.world.capabilities(channel)?.levels else { return Ok(()) };
    let Some(mut listing) = job.tx.listing(channel, sku)? else { return Ok(()) };
    match level {
        Some(level) => {
            listing.missing = false;
            listing.read(level, asked_at, job.now, lag);
        }
        None => {
            listing.missing = true;
            listing.read_at = Some(asked_at);
            listing.verify_at = None;
        }
    }
    job.tx.put_listing(channel, &listing)?;
    job.touched.skus.insert(sku.clone());
    Ok(())
}

/// The channel set a SKU's level to zero by itself, because we cancelled for want of stock.
pub(crate) fn zeroed(
    job: &mut Job<'_>,
    channel: &ChannelId,
    order: &OrderState,
    command: &Command,
) -> Result<()> {
    for part in command.act.quantities() {
        let Some(sku) = order.facts.line(&part.line_id).and_then(|line| line.sku.clone()) else { continue };
        if let Some(mut listing) = job.tx.listing(channel, &sku)? {
            listing.set(0, command.sent_at.unwrap_or(job.now), job.now);
            job.tx.put_listing(channel, &listing)?;
        }
        job.touched.skus.insert(sku);
    }
    Ok(())
}

/// Serves orders that wait for SKUs of which this job freed some, whatever freed it. What serving one frees of another is
/// served too.
pub(crate) fn serve_freed(job: &mut Job<'_>) -> Result<()> {
    loop {
        let freed = job.take_freed();
        if freed.is_empty() {
            return Ok(());
        }
        for sku in freed {
            intake::serve_waiting(job, &sku)?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sutler_core::time::from_millis;

    #[test]
    fn a_read_grows_old_only_once_the_pull_it_waits_for_is_stored() {
        let (read, patience) = (from_millis(1_800_000_000_000), Duration::hours(2));
        let at = |minutes| read + Duration::minutes(minutes);
        let reading = |pulled_at: Option<i64>, pulled_by: Option<i64>| Reading {
            pulled_at: pulled_at.map(at),
            pulled_by: pulled_by.map(at),
            unread: false,
            others: false,
        };
        // No pull since: it waits, but not for ever.
        assert!(reading(None, None).may_wait(read, at(60), patience));
        assert!(reading(Some(-5), Some(4)).may_wait(read, at(60), patience));
        assert!(!reading(Some(-5), Some(4)).may_wait(read, at(121), patience));
        // The pull began after it and took half an hour.
        assert!(reading(Some(1), Some(31)).may_wait(read, at(33), patience));
        assert!(!reading(Some(1), Some(31)).may_wait(read, at(34), patience));
    }
}
