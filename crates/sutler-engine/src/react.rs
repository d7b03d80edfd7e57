//! What follows from a changed order: commands a read has answered, commands that lost their point, the decision, and new
//! intents. Running it twice changes nothing the second time.

use crate::{
    job::{Aggregate, Job, Owed},
    judges,
    packages::confirm_all,
    refund::follow_redirects,
    take::{take, take_by},
};
use sutler_core::{
    Result,
    channel::{Acknowledgment, CancelUnit, ShipUnit},
    command::{
        Act, AnswerCancel, Cancel, CancelReason, Command, CommandKey, ConfirmShipment, Event, State, Verb,
    },
    decide::{DecideCx, decide, hear},
    flavour,
    id::ChannelId,
    journal::{Entry, Step},
    order::{LineQuantity, OrderView, ShipmentReport},
    policy::OnCancelRequest,
    ports::store::{InboxQuery, Sort},
    rule::{RuleCx, StockView},
    state::{OrderState, Phase},
};

/// Lets everything that follows follow.
pub(crate) fn react(job: &mut Job<'_>, order: &mut Aggregate) -> Result<()> {
    answer_seen(job, order)?;
    redecide(job, order)?;
    void_pointless(job, order)?;
    intend(job, order)
}

/// The same after an answer of the channel's that told nothing a rule looks at: the decision stands.
pub(crate) fn react_to_answer(job: &Job<'_>, order: &mut Aggregate) -> Result<()> {
    answer_seen(job, order)?;
    void_pointless(job, order)?;
    intend(job, order)
}

/// A read can show that a command happened: then it did, whoever did it.
fn answer_seen(job: &Job<'_>, order: &mut Aggregate) -> Result<()> {
    let open: Vec<Command> = order
        .commands
        .iter()
        .filter(|c| matches!(c.state, State::Intended | State::InDoubt | State::Unresolved))
        .cloned()
        .collect();
    for command in open {
        if let Some(evidence) = shown(order, &command) {
            let step = Step::new(Event::Seen, command.epoch, evidence);
            order.push(job.now, Entry::Stepped { key: command.key, step: Box::new(step) })?;
        }
    }
    Ok(())
}

fn shown(order: &Aggregate, command: &Command) -> Option<String> {
    let facts = &order.state.facts;
    match &command.act {
        Act::Acknowledge(_) | Act::Accept(_) => {
            let taken = !facts.lines.is_empty()
                && facts.lines.iter().all(|line| line.is_acknowledged() || line.cancelled >= line.ordered)
                && facts.lines.iter().any(|line| line.acknowledged > 0 || line.shipped > 0);
            taken.then(|| "a read shows every line acknowledged".to_owned())
        }
        Act::ConfirmShipment(confirm) => {
            let wanted: u32 = confirm.report.lines.iter().map(|l| l.quantity).sum();
            // Before the first send, units under this number are other packages' of ours, or ours sent by somebody else.
            let before = command.before.unwrap_or_else(|| confirmed_under(order, &confirm.report));
            (units_under(order, &confirm.report) >= before + wanted)
                .then(|| format!("a read shows {wanted} more units under {}", confirm.report.tracking))
        }
        // Nothing else of ours can have been under these numbers: they went together, or not at all.
        Act::ConfirmPackages(confirm) => {
            let shown = |report: &ShipmentReport| {
                units_under(order, report) >= report.lines.iter().map(|l| l.quantity).sum()
            };
            confirm.packages.iter().all(shown).then(|| "a read shows every package".to_owned())
        }
        // What cancelled the units shows only where nothing else of ours did; a probe with its before-image tells.
        Act::Cancel(cancel) => {
            let before = command.before?;
            let wanted: u32 = cancel.lines.iter().map(|l| l.quantity).sum();
            let shown: u32 =
                cancel.lines.iter().filter_map(|l| facts.line(&l.line_id)).map(|line| line.cancelled).sum();
            (shown >= before + wanted).then(|| format!("a read shows {wanted} more units cancelled"))
        }
        _ => None,
    }
}

fn units_under(order: &Aggregate, report: &ShipmentReport) -> u32 {
    let lines = report.lines.iter().filter_map(|l| order.state.facts.line(&l.line_id));
    lines.map(|line| line.shipped_under(&report.tracking)).sum()
}

fn confirmed_under(order: &Aggregate, report: &ShipmentReport) -> u32 {
    let key = sutler_core::order::tracking_key(&report.tracking);
    let ours = order.commands.iter().filter(|c| c.state == State::Confirmed).filter_map(|c| match &c.act {
        Act::ConfirmShipment(done) if sutler_core::order::tracking_key(&done.report.tracking) == key => {
            Some(done)
        }
        _ => None,
    });
    ours.flat_map(|done| &done.report.lines)
        .filter(|part| report.lines.iter().any(|l| l.line_id == part.line_id))
        .map(|part| part.quantity)
        .sum()
}

/// Is it ours, with something still to be shipped?
pub(crate) fn wants(state: &OrderState) -> bool {
    // An order of which no line was understood wants something too: that somebody looks at it (G7).
    let unread = state.facts.lines.iter().all(|line| line.ordered == 0)
        && (state.facts.lines.is_empty() || !state.facts.unmapped.is_empty());
    let wanted = || state.facts.lines.iter().any(|line| state.counters(line).wanted > 0);
    state.facts.is_sellers() && (unread || wanted())
}

/// Asks the rules again, where the order is ours and something is still to be shipped.
pub(crate) fn redecide(job: &mut Job<'_>, order: &mut Aggregate) -> Result<()> {
    let state = &order.state;
    if !wants(state) {
        if !state.holds.is_empty() {
            // Nothing waits any more: what held it is gone with what it held (G33).
            let decided = sutler_core::journal::Decided {
                accept: state.accepted,
                holds: Vec::new(),
                judged: state.judged.clone(),
            };
            order.push(job.now, Entry::Decided(Box::new(decided)))?;
        }
        return Ok(());
    }
    if !state.decided && job.world.hides(&state.channel, &state.facts) {
        // The read that shows what the list hides is on its way; until then no rule may look at it.
        job.touched.undecided += 1;
        job.touched.owed.push(Owed::of(&state.channel, &state.channel_order_id, &state.facts));
        return Ok(());
    }
    if order.address.is_none() {
        order.address = job.tx.personal(state.key)?.map(|personal| personal.ship_to);
    }
    let Some(said) = judges::say(job, order)? else { return Ok(()) };
    let state = &order.state;
    let demand = state.demand();
    // Of every line, also of one that is handed over already: the rules still look at it until the channel shows it.
    let skus: Vec<_> = state.facts.lines.iter().filter_map(|line| line.sku.clone()).collect();
    for sku in &skus {
        job.item(sku)?;
    }
    if job.more_follows && !order.state.decided && may_run_out(job, &demand) {
        // An older order may be on a page not read yet, and stock goes to who came first.
        job.touched.undecided += 1;
        return Ok(());
    }
    let own = order.before.allocation.clone();
    let mut decided = decide(
        &job.world.policy,
        &DecideCx {
            rule: RuleCx {
                order: OrderView {
                    channel: &order.state.channel,
                    channel_order_id: &order.state.channel_order_id,
                    facts: &order.state.facts,
                    ship_to: order.address.as_ref(),
                },
                own: &own,
                demand: &demand,
                stock: &*job,
                now: job.now,
            },
            released: &order.state.released,
        },
    );
    hear(&mut decided, said, &order.state.released);
    flavour::weigh(job.world.capabilities(&order.state.channel)?, &order.state, &mut decided);
    let same = order.state.decided
        && order.state.accepted == decided.accept
        && order.state.holds == decided.holds
        && order.state.judged == decided.judged;
    if !same {
        order.push(job.now, Entry::Decided(Box::new(decided)))?;
    }
    Ok(())
}

/// Stock that would be this low after an order is given out only when the pull that may bring older orders is complete.
const LOW: i64 = 25;

fn may_run_out(job: &Job<'_>, demand: &[(sutler_core::id::Sku, i64)]) -> bool {
    let low = |(sku, units): &(sutler_core::id::Sku, i64)| {
        StockView::item(job, sku).is_some_and(|item| item.is_mapped() && item.unallocated() - units < LOW)
    };
    demand.iter().any(low)
}

/// Decides orders that were left undecided while a pull was under way, oldest placed first. Answers where to go on,
/// if there may be more.
pub(crate) fn decide_left(
    job: &mut Job<'_>,
    channel: &ChannelId,
    after: Option<String>,
    limit: u32,
) -> Result<Option<String>> {
    let query = InboxQuery {
        channel: Some(channel.clone()),
        phase: Some(Phase::New),
        sort: Sort::PlacedAscending,
        after,
        limit,
        ..InboxQuery::default()
    };
    let page = job.tx.inbox(&query)?;
    for row in page.rows {
        let mut order = job.load(row.key)?;
        react(job, &mut order)?;
        job.save(order)?;
    }
    Ok(page.next)
}

/// Voids intents whose target is gone. Lateness alone never voids.
fn void_pointless(job: &Job<'_>, order: &mut Aggregate) -> Result<()> {
    let intended: Vec<Command> =
        order.commands.iter().filter(|c| c.state == State::Intended).cloned().collect();
    for command in intended {
        if let Some(why) = pointless(order, &command) {
            let step = Step::new(Event::TargetGone, command.epoch, why);
            order.push(job.now, Entry::Stepped { key: command.key, step: Box::new(step) })?;
        }
    }
    Ok(())
}

fn pointless(order: &Aggregate, command: &Command) -> Option<String> {
    let state = &order.state;
    let open =
        |part: &LineQuantity| state.facts.line(&part.line_id).map_or(0, |line| state.counters(line).open);
    match &command.act {
        Act::Acknowledge(_) | Act::Accept(_)
            if state.facts.lines.iter().all(|line| state.counters(line).open == 0) =>
        {
            Some("nothing of the order is open any more".into())
        }
        Act::Acknowledge(_) | Act::Accept(_) if !state.holds.is_empty() && !must_take(order) => {
            Some(format!("held since: {}", state.why()))
        }
        Act::Accept(accept) if flavour::promise(state).as_ref() != Ok(accept) => {
            Some("what it promised is not what the order says any more".into())
        }
        Act::ConfirmShipment(_) | Act::ConfirmPackages(_) => {
            let short = command.act.quantities().iter().find(|part| open(part) < part.quantity)?;
            Some(format!(
                "line {} has {} open units, the packages hold {}",
                short.line_id,
                open(short),
                short.quantity
            ))
        }
        Act::Cancel(cancel) => {
            let unreported = |part: &LineQuantity| {
                state.facts.line(&part.line_id).map_or(0, |line| state.counters(line).wanted)
            };
            let gone = cancel.lines.iter().find(|part| unreported(part) < part.quantity)?;
            Some(format!("line {} was handed over or closed before the cancellation left", gone.line_id))
        }
        _ => None,
    }
}

/// A person has settled that the order is taken, whatever holds it: a package left, or a part of it is being cancelled.
/// Walmart takes no acknowledgment any more once some units are cancelled, so it must go before that.
pub(crate) fn must_take(order: &Aggregate) -> bool {
    let in_part =
        |command: &Command| matches!(command.act, Act::Cancel(_)) && !covers_all(order, &command.act);
    !order.state.reports.is_empty() || order.commands.iter().any(|c| c.is_open() && in_part(c))
}

/// Does it ship or cancel everything that is still open?
pub(crate) fn covers_all(order: &Aggregate, act: &Act) -> bool {
    let covered = |line: &sutler_core::order::Line| {
        let parts = act.quantities().iter().filter(|part| part.line_id == line.line_id);
        parts.map(|part| part.quantity).fold(0, u32::saturating_add)
    };
    order.state.facts.lines.iter().all(|line| covered(line) >= order.state.counters(line).open)
}

/// Intends what the order now calls for and does not have yet.
fn intend(job: &Job<'_>, order: &mut Aggregate) -> Result<()> {
    let world = job.world;
    let capabilities = world.capabilities(&order.state.channel)?;
    let state = &order.state;
    if !state.facts.is_sellers() {
        return Ok(());
    }
    let open = state.facts.lines.iter().any(|line| state.counters(line).open > 0);
    let to_take = open && !state.is_acknowledged() && (state.accepted || must_take(order));
    if to_take || capabilities.acknowledgment == Acknowledgment::ImpliedByArranging {
        take(job, order, capabilities.acknowledgment)?;
    }
    if order.state.facts.cancel_requested() && world.policy.on_cancel_request == OnCancelRequest::Cancel {
        let lines: Vec<LineQuantity> = order
            .state
            .facts
            .lines
            .iter()
            .filter(|line| line.cancel_requested())
            .map(|line| LineQuantity {
                line_id: line.line_id.clone(),
                quantity: order.state.counters(line).wanted,
            })
            .filter(|part| part.quantity > 0)
            .collect();
        // What was refused once is a person's to ask again: the order stays held for the wish.
        let refused = |c: &Command| match &c.act {
            Act::Cancel(asked) => c.state == State::Refused && asked.reason == CancelReason::BuyerAsked,
            _ => false,
        };
        if !order.commands.iter().any(refused) {
            cancel(job, order, lines, CancelReason::BuyerAsked)?;
        }
    }
    let reports: Vec<ShipmentReport> = order.state.reports.values().cloned().collect();
    match capabilities.ship_unit {
        ShipUnit::Package => reports.into_iter().try_for_each(|report| confirm(job, order, report))?,
        ShipUnit::Order => confirm_all(job, order)?,
    }
    if came_too_late(order) {
        refuse_cancel(job, order)?;
    }
    follow_redirects(job, order)
}

/// The buyer asked to cancel what had left already: handed over is handed over (G19).
fn came_too_late(order: &Aggregate) -> bool {
    let state = &order.state;
    !state.reports.is_empty()
        && state.facts.lines.iter().any(|line| line.cancel_requested())
        && state.facts.lines.iter().all(|line| state.counters(line).wanted == 0)
        && order.commands.iter().any(|c| c.key.verb == Verb::ConfirmShipment && c.state == State::Confirmed)
}

/// Intends to refuse the buyer's wish to cancel, where the channel waits for an answer. Answers whether it did.
pub(crate) fn refuse_cancel(job: &Job<'_>, order: &mut Aggregate) -> Result<bool> {
    let answers = job.world.capabilities(&order.state.channel)?.answers_cancel_requests;
    let asked = order.state.facts.lines.iter().any(|line| line.cancel_requested());
    if !answers || !asked || has(order, Verb::AnswerCancel, |_| true) {
        return Ok(false);
    }
    let package = order.state.reports.values().next();
    let act = Act::AnswerCancel(AnswerCancel {
        grant: false,
        tracking: package.map(|report| report.tracking.clone()),
        shipped_at: package.map(|report| report.shipped_at),
    });
    let subject = order.state.channel_order_id.to_string();
    if order.is_taken(&act.targets(&subject)) {
        return Ok(false);
    }
    push_intent(job, order, Verb::AnswerCancel, subject, act, job.now)?;
    Ok(true)
}

/// Intends a cancellation, unless it is empty or something open touches the lines. Answers whether it did.
pub(crate) fn cancel(
    job: &Job<'_>,
    order: &mut Aggregate,
    lines: Vec<LineQuantity>,
    reason: CancelReason,
) -> Result<bool> {
    if !can_cancel(job, order, &lines)? {
        return Ok(false);
    }
    let act = Act::Cancel(Cancel { lines, reason });
    let subject = order.state.channel_order_id.to_string();
    if act.quantities().is_empty() || order.is_taken(&act.targets(&subject)) {
        return Ok(false);
    }
    push_intent(job, order, Verb::Cancel, subject, act, job.now)?;
    Ok(true)
}

/// Does the channel cancel just these units, neither more nor less? What it cannot cancel alone is not cancelled with more.
pub(crate) fn can_cancel(job: &Job<'_>, order: &Aggregate, lines: &[LineQuantity]) -> Result<bool> {
    let state = &order.state;
    let whole = |part: &LineQuantity| {
        state.facts.line(&part.line_id).is_some_and(|line| part.quantity == line.ordered)
    };
    let left = |command: &Command| {
        command.key.verb == Verb::ConfirmShipment && (command.is_open() || command.state == State::Confirmed)
    };
    Ok(match job.world.capabilities(&state.channel)?.cancel_unit {
        CancelUnit::Units => true,
        CancelUnit::Lines => lines.iter().all(whole),
        CancelUnit::Order => {
            lines.len() == state.facts.lines.len()
                && lines.iter().all(whole)
                && !order.commands.iter().any(left)
        }
    })
}

fn confirm(job: &Job<'_>, order: &mut Aggregate, report: ShipmentReport) -> Result<()> {
    let subject = format!("{}/{}", order.state.channel_order_id, report.package);
    let ours =
        order.commands.iter().filter(|c| c.key.verb == Verb::ConfirmShipment && c.key.subject == subject);
    let done = ours.filter(|c| c.state != State::Void).max_by_key(|c| c.key.ordinal);
    // A refused package is confirmed anew once somebody has corrected what was reported of it, and not before.
    if done.is_some_and(|done| done.state != State::Refused || is_of(&done.act, &report)) {
        return Ok(());
    }
    let latest =
        take_by(job, order)?.min(job.world.deadlines(&order.state.channel).confirm_by(&order.state, &report));
    let act = Act::ConfirmShipment(ConfirmShipment {
        method: order.state.facts.method.clone(),
        // Handed over is handed over: the buyer's wish came too late (G19).
        override_cancel: order.state.facts.cancel_requested(),
        report,
    });
    if !fits(order, &act) || order.is_taken(&act.targets(&subject)) {
        return Ok(());
    }
    push_intent(job, order, Verb::ConfirmShipment, subject, act, latest)
}

/// Is everything it ships still open?
pub(crate) fn fits(order: &Aggregate, act: &Act) -> bool {
    act.quantities().iter().all(|part| {
        let open = order.state.facts.line(&part.line_id).map_or(0, |line| order.state.counters(line).open);
        open >= part.quantity
    })
}

fn is_of(act: &Act, report: &ShipmentReport) -> bool {
    matches!(act, Act::ConfirmShipment(confirm) if confirm.report == *report)
}

/// Is there a command of that verb that was not voided?
fn has(order: &Aggregate, verb: Verb, which: impl Fn(&CommandKey) -> bool) -> bool {
    order.commands.iter().any(|c| c.key.verb == verb && c.state != State::Void && which(&c.key))
}

pub(crate) fn push_intent(
    job: &Job<'_>,
    order: &mut Aggregate,
    verb: Verb,
    subject: String,
    act: Act,
    latest_safe: sutler_core::Timestamp,
) -> Result<()> {
    let ordinal = order.next_ordinal(verb, &subject);
    let mut command = Command::intend(CommandKey { verb, subject, ordinal }, act, job.now, latest_safe);
    command.order = Some(order.state.key);
    command.channel_order_id = Some(order.state.channel_order_id.clone());
    order.push(job.now, Entry::Intended(Box::new(command)))
}
