//! What becomes of commands: marked as sent before the first byte leaves, and every answer, silence and probe after it.

use crate::{
    job::{Aggregate, Job},
    react::{covers_all, must_take, react, react_to_answer},
    stock,
};
use sutler_core::{
    Applied, Error, Result, Retry, Timestamp,
    channel::{Probe, ProbeKind, Receipt, Repeat, VerbSpec},
    command::{Act, Command, Event, OrderBrief, State, Verb},
    error::ErrorKind,
    id::ChannelId,
    journal::{Entry, Step},
    time::Duration,
};

/// An early probe may see a "yes" long before a "no" can count.
const FIRST_PROBE: Duration = Duration::seconds(15);

/// How a call ended.
#[derive(Clone, Debug)]
pub(crate) enum Ended {
    /// With the channel's answer.
    Receipt(Receipt),
    /// Without one: what we know of it.
    NoAnswer { applied: Applied, after: Option<std::time::Duration>, why: String },
}

impl Ended {
    pub(crate) fn of(result: Result<Receipt>) -> Ended {
        match result {
            Ok(receipt) => Ended::Receipt(receipt),
            Err(error) => Ended::without_receipt(&error),
        }
    }

    /// A call that ended with an error. What was refused on this side never left, and sent again it would end the same way.
    pub(crate) fn without_receipt(error: &Error) -> Ended {
        let ours = (ErrorKind::Refused, Applied::No, Retry::Never);
        if (error.kind(), error.applied(), error.retry()) != ours {
            return Ended::lost(error);
        }
        Ended::Receipt(Receipt::Refused { code: ErrorKind::Refused.as_str().into(), why: error.to_string() })
    }

    pub(crate) fn lost(error: &Error) -> Ended {
        let after = match error.retry() {
            Retry::After(wait) => Some(wait),
            Retry::Backoff | Retry::Never => None,
        };
        Ended::NoAnswer { applied: error.applied(), after, why: error.to_string() }
    }
}

/// The longest pause that the other side can ask for: whoever means longer is asked again.
const PAUSE_MAX: Duration = Duration::days(1);

/// The longest that reading pauses on somebody's word: sync never switches itself off (G25).
const READ_PAUSE_MAX: Duration = Duration::hours(1);

/// How long a read that failed says to wait before the next.
pub(crate) fn told_pause(error: &Error) -> Duration {
    match error.retry() {
        Retry::After(wait) => Duration::from_std(wait).unwrap_or(READ_PAUSE_MAX).min(READ_PAUSE_MAX),
        Retry::Backoff | Retry::Never => Duration::zero(),
    }
}

/// Why a command cannot be sent now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NotNow {
    /// Something else of the order must happen first; hearing of the order again asks again.
    Blocked,
    /// The order must be read first.
    Look,
    /// Not before this instant.
    Until(Timestamp),
    /// It is not intended any more.
    Gone,
}

/// A fresh read made for one command: when it was asked, and the before-image of a `Once` verb.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    pub asked_at: Timestamp,
    pub before: Option<u32>,
}

fn spec<'w>(job: &Job<'w>, channel: &ChannelId, command: &Command) -> Result<&'w VerbSpec> {
    let verb = command.key.verb;
    job.world.capabilities(channel)?.verb(verb).ok_or_else(|| {
        Error::new(ErrorKind::Config, "engine.send").message(format!(
            "channel {channel} cannot {}; its capabilities do not declare it",
            verb.as_str()
        ))
    })
}

/// The order a command belongs to, with all its commands; none for stock, and for a command that is not stored.
fn order_of(job: &mut Job<'_>, channel: &ChannelId, command: &Command) -> Result<Option<Aggregate>> {
    let order = match command.order {
        Some(order) => Some(order),
        None => job.tx.command(channel, &command.key)?.and_then(|stored| stored.order),
    };
    order.map(|order| job.load(order)).transpose()
}

/// Marks one command as sent: durable before the first byte leaves. Answers the command as it then stands.
pub(crate) fn send(
    job: &mut Job<'_>,
    channel: &ChannelId,
    asked: &Command,
    epoch: u64,
    look: Option<Look>,
    call_timeout: Duration,
) -> Result<std::result::Result<Command, NotNow>> {
    let key = &asked.key;
    let Some(mut order) = order_of(job, channel, asked)? else { return Ok(Err(NotNow::Gone)) };
    let Some(command) = order.commands.iter().find(|c| c.key == *key).cloned() else {
        return Ok(Err(NotNow::Gone));
    };
    if command.state != State::Intended {
        return Ok(Err(NotNow::Gone));
    }
    if command.not_before > job.now {
        return Ok(Err(NotNow::Until(command.not_before)));
    }
    if let Some(why_not) = not_now(job, &order, &command, look)? {
        return Ok(Err(why_not));
    }
    let spec = spec(job, channel, &command)?;
    let mut step = Step::new(Event::Send, epoch, "");
    step.quiet_until = Some(job.now + call_timeout + spec.apply_max);
    step.before = look.and_then(|look| look.before);
    order.push(job.now, Entry::Stepped { key: key.clone(), step: Box::new(step) })?;
    let sent = order.commands.iter().find(|c| c.key == *key).cloned();
    let facts = &*order.state.facts;
    let mut brief = OrderBrief::from(facts);
    if matches!(command.act, Act::Refund(_)) {
        brief = brief.with_charges(facts);
    }
    job.save(order)?;
    Ok(sent.map(|sent| Command { brief: Some(brief), ..sent }).ok_or(NotNow::Gone))
}

fn not_now(
    job: &Job<'_>,
    order: &Aggregate,
    command: &Command,
    look: Option<Look>,
) -> Result<Option<NotNow>> {
    let state = &order.state;
    match &command.act {
        Act::Acknowledge(_) | Act::Accept(_) if !state.holds.is_empty() && !must_take(order) => {
            Ok(Some(NotNow::Blocked))
        }
        Act::Acknowledge(_) | Act::Accept(_) => Ok(None),
        Act::ConfirmShipment(_) | Act::ConfirmPackages(_) | Act::Cancel(_) => {
            let ships = command.key.verb == Verb::ConfirmShipment;
            let in_part = ships || !covers_all(order, &command.act);
            let told = job.world.capabilities(&state.channel)?.acknowledgment.is_told();
            if in_part && told && !state.is_acknowledged() {
                return Ok(Some(NotNow::Blocked));
            }
            wants_look(job, order, command, look)
        }
        // What was given back before must be known, or a later look could not tell ours from it.
        Act::Refund(_) if spec(job, &state.channel, command)?.probe != ProbeKind::None => {
            wants_look(job, order, command, look)
        }
        // An answer to the buyer waits for nothing but its place in the order of work.
        Act::AnswerCancel(_) | Act::Refund(_) => Ok(None),
        Act::SetLevel(_) | Act::MoveLevel(_) => Ok(Some(NotNow::Gone)),
        _ => Ok(None),
    }
}

/// Is a fresh read of the order needed before this command may leave, and may that read be believed yet?
fn wants_look(
    job: &Job<'_>,
    order: &Aggregate,
    command: &Command,
    look: Option<Look>,
) -> Result<Option<NotNow>> {
    let Some(look) = look.filter(|look| look.asked_at >= job.now - job.world.settings.last_look) else {
        return Ok(Some(NotNow::Look));
    };
    // What a predecessor may still do to the same units would be mistaken for ours.
    let neighbour = order
        .commands
        .iter()
        .filter(|c| c.key != command.key && c.key.verb == command.key.verb && c.attempt > 0)
        // A refusal is an answer, and so is another way: nothing of it is still on its way.
        .filter(|c| !matches!(c.state, State::Refused | State::Redirected))
        .filter(|c| c.targets().iter().any(|t| command.targets().contains(t)))
        .filter(|c| same_units(&c.act, &command.act))
        .filter_map(|c| c.quiet_until)
        .max();
    let spec = spec(job, &order.state.channel, command)?;
    let lag = match spec.probe {
        ProbeKind::Conclusive { after } => after,
        // How soon it shows is not known: as long as a call may take is given to it.
        ProbeKind::PositiveOnly => spec.apply_max,
        ProbeKind::None => Duration::zero(),
    };
    Ok(match neighbour.map(|quiet| quiet + lag) {
        Some(quiet) if look.asked_at < quiet && job.now < quiet => Some(NotNow::Until(quiet)),
        Some(quiet) if look.asked_at < quiet => Some(NotNow::Look),
        _ => None,
    })
}

fn same_units(one: &Act, other: &Act) -> bool {
    match (one, other) {
        (Act::ConfirmShipment(a), Act::ConfirmShipment(b)) => {
            sutler_core::order::tracking_key(&a.report.tracking)
                == sutler_core::order::tracking_key(&b.report.tracking)
        }
        _ => true,
    }
}

/// Writes down how a call ended. A late outcome of an attempt that is history already changes nothing.
pub(crate) fn record(job: &mut Job<'_>, channel: &ChannelId, sent: &Command, ended: &Ended) -> Result<()> {
    // An order is read with its commands: one look for both.
    let order = sent.order.map(|order| job.load(order)).transpose()?;
    let command = match &order {
        Some(order) => order.commands.iter().find(|c| c.key == sent.key).cloned(),
        None => job.tx.command(channel, &sent.key)?,
    };
    let Some(command) = command else { return Ok(()) };
    let current = command.attempt == sent.attempt && command.epoch == sent.epoch;
    if !current || !matches!(command.state, State::Sent | State::Accepted) {
        return Ok(());
    }
    let step = step_of(job, channel, &command, ended)?;
    match order {
        Some(order) => advance_in(job, channel, order, &command, step),
        None => advance(job, channel, &command, step),
    }
}

fn step_of(job: &Job<'_>, channel: &ChannelId, command: &Command, ended: &Ended) -> Result<Step> {
    let step = |event, why: &str| Step::new(event, command.epoch, why);
    let pause = |after: Option<std::time::Duration>| {
        let told = after.map(|wait| Duration::from_std(wait).unwrap_or(PAUSE_MAX).min(PAUSE_MAX));
        job.now + told.unwrap_or_else(|| backoff(command.attempt))
    };
    Ok(match ended {
        Ended::Receipt(Receipt::Done { evidence }) => step(Event::Done, evidence),
        Ended::Receipt(Receipt::Redirected { to, why }) => step(Event::Redirect, &format!("{to}: {why}")),
        Ended::Receipt(Receipt::Refused { code, why }) => step(Event::Refuse, &format!("{code}: {why}")),
        Ended::Receipt(Receipt::Accepted { handle }) => {
            let mut step = step(Event::Accept, "");
            step.handle = Some(handle.clone());
            step.not_before = Some(job.now + Duration::minutes(1));
            step
        }
        Ended::Receipt(Receipt::NotApplied { why, after }) => {
            let mut step = step(Event::NotApplied, why);
            step.not_before = Some(pause(*after));
            step
        }
        // A command the channel accepted stays accepted when asking after it fails.
        Ended::NoAnswer { applied: Applied::No, after, why } if command.state == State::Sent => {
            let mut step = step(Event::NotApplied, why);
            step.not_before = Some(pause(*after));
            step
        }
        Ended::NoAnswer { why, .. } => {
            let mut step = step(Event::Lose, why);
            step.not_before = Some(first_probe(job, channel, command)?);
            step
        }
    })
}

fn first_probe(job: &Job<'_>, channel: &ChannelId, command: &Command) -> Result<Timestamp> {
    Ok(match spec(job, channel, command)?.probe {
        // It is sent again then, ever later: who does not answer is not asked the faster for it.
        ProbeKind::None => command.quiet_until.unwrap_or(job.now).max(job.now + backoff(command.attempt)),
        ProbeKind::Conclusive { .. } | ProbeKind::PositiveOnly => job.now + FIRST_PROBE,
    })
}

fn backoff(attempt: u32) -> Duration {
    Duration::seconds(1 << attempt.clamp(1, 8))
}

fn advance(job: &mut Job<'_>, channel: &ChannelId, command: &Command, step: Step) -> Result<()> {
    let Some(key) = command.order else { return stock::step_set(job, channel, command, step) };
    let order = job.load(key)?;
    advance_in(job, channel, order, command, step)
}

fn advance_in(
    job: &mut Job<'_>,
    channel: &ChannelId,
    mut order: Aggregate,
    command: &Command,
    step: Step,
) -> Result<()> {
    let cancels_for_stock = matches!(
        &command.act,
        Act::Cancel(cancel) if cancel.reason == sutler_core::command::CancelReason::OutOfStock
    );
    let happened = sutler_core::command::table::step(command.state, step.event)? == State::Confirmed;
    order.push(job.now, Entry::Stepped { key: command.key.clone(), step: Box::new(step) })?;
    if cancels_for_stock && happened && job.world.capabilities(channel)?.out_of_stock_zeroes {
        stock::zeroed(job, channel, &order.state, command)?;
    }
    if happened && order.state.decided && command.key.verb == Verb::Acknowledge {
        // No rule looks at whether the channel knows that we take it: only what waited for it follows.
        react_to_answer(job, &mut order)?;
    } else {
        react(job, &mut order)?;
    }
    job.save(order)
}

/// A `Sent` found from before this lease is in doubt, never intended.
pub(crate) fn lose(job: &mut Job<'_>, channel: &ChannelId, command: &Command) -> Result<()> {
    #[cfg(feature = "mutants")]
    if job.world.settings.lacks(crate::Mutant::OrdinalRegenerated)
        && let Some(key) = command.order
    {
        let mut void = command.clone();
        void.state = State::Void;
        job.tx.put_command(channel, &void)?;
        let mut order = job.load(key)?;
        order.push(
            job.now,
            Entry::Released { reason: sutler_core::hold::HoldReason::Unmapped, by: "mutant".into() },
        )?;
        react(job, &mut order)?;
        return job.save(order);
    }
    let mut step = Step::new(Event::Lose, command.epoch, "sent before a restart; nobody heard the answer");
    step.not_before = Some(first_probe(job, channel, command)?);
    advance(job, channel, command, step)
}

/// What a probe, asked at `asked_at`, means for a doubtful command.
pub(crate) fn probed(
    job: &mut Job<'_>,
    channel: &ChannelId,
    doubt: &Command,
    asked_at: Timestamp,
    saw: &Probe,
) -> Result<()> {
    let Some(command) = job.tx.command(channel, &doubt.key)? else { return Ok(()) };
    if command.state != State::InDoubt || command.attempt != doubt.attempt {
        return Ok(());
    }
    let spec = spec(job, channel, &command)?.clone();
    let settings = &job.world.settings;
    let quiet = command.quiet_until.unwrap_or(asked_at);
    #[cfg(feature = "mutants")]
    let quiet = if settings.lacks(crate::Mutant::EarlyNo) { asked_at - Duration::hours(1) } else { quiet };
    let new = |event, why: &str| Step::new(event, command.epoch, why);
    let step = match (saw, spec.probe) {
        (Probe::Happened { evidence }, _) => new(Event::ProbeHappened, evidence),
        (Probe::DidNot, ProbeKind::Conclusive { after }) if asked_at < quiet + after => {
            // Too early to be believed: ask again when it can be.
            return postpone(job, channel, &command, quiet + after);
        }
        (Probe::DidNot, ProbeKind::Conclusive { .. }) if command.noes + 1 >= 2 => {
            let mut step = new(Event::ProbeDidNot, "two reads after the quiet time do not show it");
            step.not_before = Some(job.now);
            step
        }
        (Probe::DidNot, ProbeKind::Conclusive { .. }) => {
            let mut step = new(Event::FirstNo, "a read after the quiet time does not show it");
            step.not_before = Some(job.now + settings.probe_gap);
            step
        }
        (Probe::Inconclusive { .. } | Probe::DidNot, _) if asked_at < quiet => {
            return postpone(job, channel, &command, quiet);
        }
        (Probe::Inconclusive { why }, _) => inconclusive(job, &command, &spec, why),
        (Probe::DidNot, _) => inconclusive(job, &command, &spec, "not shown, which proves nothing here"),
    };
    advance(job, channel, &command, step)
}

fn inconclusive(job: &Job<'_>, command: &Command, spec: &VerbSpec, why: &str) -> Step {
    let repeatable = repeat_of(job, command, spec) == Repeat::Repeatable;
    let event = match (repeatable, command.probes + 1 >= job.world.settings.probes_max) {
        (true, _) => Event::Repeat,
        (false, true) => Event::GiveUp,
        (false, false) => Event::Inconclusive,
    };
    let mut step = Step::new(event, command.epoch, why);
    step.not_before =
        Some(if repeatable { job.now } else { job.now + spec.apply_max * (1 << command.probes.min(10)) });
    step
}

/// A part may repeat where the whole is guarded; whether a refund is all there is to give back is not looked at.
fn repeat_of(_job: &Job<'_>, command: &Command, spec: &VerbSpec) -> Repeat {
    let whole = command.act.quantities().is_empty() && !matches!(command.act, Act::Refund(_));
    if whole { spec.repeat } else { spec.repeat_partial }
}

fn postpone(job: &mut Job<'_>, channel: &ChannelId, command: &Command, until: Timestamp) -> Result<()> {
    let mut later = command.clone();
    later.not_before = until;
    job.tx.put_command(channel, &later)?;
    job.touched.commands.push((channel.clone(), later));
    Ok(())
}

/// What became of accepted work: a receipt each, nothing yet, or lost.
pub(crate) fn settled_later(job: &mut Job<'_>, channel: &ChannelId, commands: &[Command]) -> Result<()> {
    for pending in commands {
        let Some(command) = job.tx.command(channel, &pending.key)? else { continue };
        if command.state != State::Accepted || command.attempt != pending.attempt {
            continue;
        }
        let since = command.sent_at.unwrap_or(job.now);
        if job.now - since >= job.world.settings.settle_patience {
            let mut step = Step::new(Event::Lose, command.epoch, "accepted and not finished in time");
            step.not_before = Some(first_probe(job, channel, &command)?);
            advance(job, channel, &command, step)?;
        } else {
            // 1 minute, then twice as long each time, as Walmart advises for feeds.
            let wait = (job.now - since).clamp(Duration::minutes(1), Duration::hours(4));
            postpone(job, channel, &command, job.now + wait)?;
        }
    }
    Ok(())
}
