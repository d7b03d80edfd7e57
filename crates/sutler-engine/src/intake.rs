//! What hosts ask for: counts, packages, cancellations, releases, resolutions. Taken in order; each answered in words.

use crate::{
    erasure::{erase, erase_buyer},
    job::{Aggregate, Job},
    react::{can_cancel, cancel, react, refuse_cancel},
    refund,
};
use std::collections::BTreeMap;
use sutler_core::{
    Result,
    channel::{CancelUnit, ShipUnit},
    command::{Command, CommandKey, Event, State},
    error::{Error, ErrorKind},
    flavour,
    id::{ChannelId, ChannelOrderId, Sku},
    journal::{Entry, Step},
    order::{LineQuantity, ShipmentReport},
    ports::store::{Input, IntakeOutcome, IntakeRow, Resolution},
    push::Told,
    stock::{Count, Listing},
    time::Duration,
};

/// A host's clock may be this far from ours, and a marketplace's too. A count of a later instant would keep out every count until then.
const CLOCKS_APART: Duration = Duration::minutes(5);
/// How many orders that wait for one SKU are asked again in one transaction, at most.
const WAITING_MAX: usize = 100_000;

/// Inputs that were refused, by their positions, with why.
pub(crate) type Refusals = BTreeMap<i64, String>;

/// Takes inputs in their order. One that is refused is noted in `refusals` and ends the transaction, for it may have done a part
/// of its work: taken again, it is written down as refused and does nothing, and stops nothing else.
pub(crate) fn drain(job: &mut Job<'_>, inputs: &[IntakeRow], refusals: &mut Refusals) -> Result<()> {
    for row in inputs {
        let outcome = match refusals.get(&row.id) {
            Some(why) => IntakeOutcome::Refused(why.clone()),
            None => match take(job, &row.input) {
                Ok(done) => IntakeOutcome::Done(done),
                Err(error) => {
                    if !matches!(error.kind(), ErrorKind::Store | ErrorKind::Closed) {
                        refusals.insert(row.id, error.to_string());
                    }
                    return Err(error);
                }
            },
        };
        job.tx.take_input(row.id, &outcome)?;
    }
    Ok(())
}

fn take(job: &mut Job<'_>, input: &Input) -> Result<String> {
    match input {
        Input::OnHand(count) => on_hand(job, count),
        Input::ReportShipment { channel, order, report } => {
            let found = known(job, channel, order)?;
            report_shipment(job, found, report)
        }
        Input::Cancel { channel, order, lines, reason, by } => {
            let mut found = known(job, channel, order)?;
            only_sellers(&found, "cancelled", "engine.cancel")?;
            let lines = open_lines(&found, lines)?;
            if !can_cancel(job, &found, &lines)? {
                return Err(refused(
                    "engine.cancel",
                    format!(
                        "channel {channel} cancels {} alone; nothing of order {order} was cancelled",
                        match job.world.capabilities(channel)?.cancel_unit {
                            CancelUnit::Order => "whole orders of which nothing has left",
                            CancelUnit::Lines | CancelUnit::Units => "whole lines",
                        }
                    ),
                ));
            }
            let said = format!("cancellation intended by {by}");
            if cancel(job, &mut found, lines, *reason)? {
                react(job, &mut found)?;
            } else {
                return Err(refused(
                    "engine.cancel",
                    format!("nothing of order {order} can be cancelled now; it is {}", found.state.why()),
                ));
            }
            job.save(found)?;
            Ok(said)
        }
        Input::Release { channel, order, reason, by } => {
            let mut found = known(job, channel, order)?;
            found.push(job.now, Entry::Released { reason: reason.clone(), by: by.clone() })?;
            react(job, &mut found)?;
            let said = format!("{reason} released by {by}: {}", found.state.why());
            job.save(found)?;
            Ok(said)
        }
        Input::Refund { channel, order, refund, by } => {
            let mut found = known(job, channel, order)?;
            let said = refund::ask(job, &mut found, refund)?;
            job.save(found)?;
            Ok(format!("{said}, by {by}"))
        }
        Input::RefuseCancel { channel, order, by } => {
            let mut found = known(job, channel, order)?;
            if !refuse_cancel(job, &mut found)? {
                return Err(refused(
                    "engine.refuse_cancel",
                    format!("no buyer's wish to cancel order {order} waits for an answer there"),
                ));
            }
            job.save(found)?;
            Ok(format!("refusal of the buyer's wish to cancel intended by {by}"))
        }
        Input::Pushed { channel, id, told } => {
            job.world.capabilities(channel)?;
            let own = told.iter().filter(|told| !matches!(told, Told::EraseBuyer(_)));
            job.touched.told.extend(own.map(|told| (channel.clone(), told.clone())));
            let mut said = format!("push {id} told {} things", told.len());
            for one in told {
                if let Told::EraseBuyer(names) = one {
                    let orders = erase_buyer(job, channel, names, &format!("push {id}"))?;
                    said.push_str(&format!("; a buyer's account was closed: {orders} orders erased"));
                }
            }
            Ok(said)
        }
        Input::Erase { channel, order, by } => {
            let found = known(job, channel, order)?;
            erase(job, found, by)?;
            Ok(format!("what is personal of order {order} was erased, by {by}"))
        }
        Input::EraseBuyer { channel, names, by } => {
            job.world.capabilities(channel)?;
            let orders = erase_buyer(job, channel, names, by)?;
            Ok(format!("what is personal of {orders} orders was erased, by {by}"))
        }
        Input::Resolve { channel, command, outcome, by } => resolve(job, channel, command, *outcome, by),
        _ => Err(refused("engine.intake", "this input is of a newer version".into())),
    }
}

fn refused(op: &'static str, message: String) -> Error {
    Error::new(ErrorKind::Invalid, op).message(message)
}

fn known(job: &mut Job<'_>, channel: &ChannelId, order: &ChannelOrderId) -> Result<Aggregate> {
    job.world.capabilities(channel)?;
    job.find(channel, order)?.ok_or_else(|| {
        Error::new(ErrorKind::NotFound, "engine.order").message(format!(
            "order {order} is not known on channel {channel}; an id the marketplace gave and a pull has brought is right"
        ))
    })
}

/// What others fulfil is read, never written.
fn only_sellers(order: &Aggregate, done: &str, op: &'static str) -> Result<()> {
    let facts = &order.state.facts;
    if facts.is_sellers() {
        return Ok(());
    }
    let (id, by) = (&order.state.channel_order_id, &facts.fulfilled_by);
    Err(refused(op, format!("order {id} is fulfilled by {by}; only the seller's own are {done} here")))
}

fn on_hand(job: &mut Job<'_>, count: &Count) -> Result<String> {
    if count.quantity < 0 || count.sku.as_str().is_empty() {
        return Err(refused(
            "engine.on_hand",
            format!(
                "on hand {} of {:?} is not a count; a SKU and zero or more units are right",
                count.quantity, count.sku
            ),
        ));
    }
    if count.as_of > job.now + CLOCKS_APART {
        return Err(refused(
            "engine.on_hand",
            format!(
                "the count of {} is as of {}, which is to come; the instant it was counted is right, and now it is {}",
                count.sku, count.as_of, job.now
            ),
        ));
    }
    if job.tx.item(&count.sku)?.is_some_and(|item| item.is_mapped() && item.as_of >= count.as_of) {
        return Ok(format!("{}: a count as of the same time or later is known; nothing changed", count.sku));
    }
    let entry = Entry::Counted { sku: count.sku.clone(), quantity: count.quantity, as_of: count.as_of };
    job.tx.append(None, None, Default::default(), job.now, &entry)?;
    job.count_item(&count.sku, count.quantity, count.as_of)?;
    let channels: Vec<ChannelId> = job.world.channels.keys().cloned().collect();
    for channel in channels {
        if job.tx.listing(&channel, &count.sku)?.is_none() {
            job.tx.put_listing(&channel, &Listing::new(count.sku.clone()))?;
        }
    }
    let served = serve_waiting(job, &count.sku)?;
    Ok(format!("{} on hand of {}; {served} waiting orders served", count.quantity, count.sku))
}

/// Asks the rules again for orders that wait for a SKU, oldest first, for as long as any of it is left. Answers how many were
/// accepted. Orders of channels that are not configured here wait on.
pub(crate) fn serve_waiting(job: &mut Job<'_>, sku: &Sku) -> Result<usize> {
    let mut served = 0;
    for key in job.tx.waiting(sku, WAITING_MAX)? {
        if job.item(sku)?.item.unallocated() <= 0 {
            break;
        }
        let mut order = job.load(key)?;
        if !job.world.channels.contains_key(&order.state.channel) {
            continue;
        }
        let before = order.state.accepted;
        react(job, &mut order)?;
        served += usize::from(!before && order.state.accepted);
        job.save(order)?;
    }
    Ok(served)
}

fn open_lines(order: &Aggregate, asked: &[LineQuantity]) -> Result<Vec<LineQuantity>> {
    let state = &order.state;
    if asked.is_empty() {
        let open = state.facts.lines.iter().map(|line| LineQuantity {
            line_id: line.line_id.clone(),
            quantity: state.counters(line).wanted,
        });
        return Ok(open.filter(|part| part.quantity > 0).collect());
    }
    for (at, part) in asked.iter().enumerate() {
        if asked[..at].iter().any(|other| other.line_id == part.line_id) {
            return Err(refused(
                "engine.cancel",
                format!(
                    "line {} of order {} is named twice; once is right",
                    part.line_id, state.channel_order_id
                ),
            ));
        }
        check_quantity(order, part, 0, "engine.cancel")?;
    }
    Ok(asked.to_vec())
}

/// Did the marketplace refuse the last confirmation of this package? Then the report may be corrected.
fn is_refused(order: &Aggregate, package: u32) -> bool {
    let holds = |c: &&Command| c.act.packages().iter().any(|report| report.package == package);
    let ours = order.commands.iter().filter(holds);
    ours.max_by_key(|c| c.key.ordinal).is_some_and(|last| last.state == State::Refused)
}

/// Units of `again` are taken back first: they belong to the report that is being corrected.
fn check_quantity(order: &Aggregate, part: &LineQuantity, again: u32, op: &'static str) -> Result<()> {
    let state = &order.state;
    let Some(line) = state.facts.line(&part.line_id) else {
        let known: Vec<&str> = state.facts.lines.iter().map(|l| l.line_id.as_str()).collect();
        return Err(refused(
            op,
            format!(
                "order {} has no line {}; its lines are {}",
                state.channel_order_id,
                part.line_id,
                known.join(", ")
            ),
        ));
    };
    let left = state.counters(line).wanted.saturating_add(again);
    if part.quantity == 0 || part.quantity > left {
        let right = if left == 0 {
            "nothing of it can be asked for".to_owned()
        } else {
            format!("1 to {left} is right")
        };
        return Err(refused(
            op,
            format!(
                "{} units of line {} of order {}, of which {left} are left; {right}",
                part.quantity, part.line_id, state.channel_order_id
            ),
        ));
    }
    Ok(())
}

/// Longer than any carrier's number or name, and than any address a browser takes.
const NUMBER_MAX: usize = 100;
const URL_MAX: usize = 2_000;

/// What is no text of a label is not sent to a marketplace as one.
fn check_texts(report: &ShipmentReport, order: &ChannelOrderId) -> Result<()> {
    let url = report.tracking_url.as_deref().unwrap_or_default();
    for (name, text, most) in [
        ("carrier", report.carrier.as_str(), NUMBER_MAX),
        ("tracking number", report.tracking.as_str(), NUMBER_MAX),
        ("tracking URL", url, URL_MAX),
    ] {
        if text.chars().count() > most || text.chars().any(char::is_control) {
            let shown: String = text.chars().take(40).collect();
            return Err(refused(
                "engine.report_shipment",
                format!(
                    "package {} of order {order}: {name} {shown:?}; at most {most} characters without line breaks are right",
                    report.package
                ),
            ));
        }
    }
    Ok(())
}

fn report_shipment(job: &mut Job<'_>, mut order: Aggregate, report: &ShipmentReport) -> Result<String> {
    const OP: &str = "engine.report_shipment";
    let id = order.state.channel_order_id.clone();
    let before = order.state.reports.get(&report.package).cloned();
    if before.as_ref() == Some(report) {
        return Ok(format!("package {} of order {id} was reported already; nothing changed", report.package));
    }
    if before.is_some() && !is_refused(&order, report.package) {
        return Err(Error::new(ErrorKind::Conflict, OP).message(format!(
            "package {} of order {id} was reported with other contents, and the marketplace did not refuse it; a number not \
             used yet is right",
            report.package
        )));
    }
    only_sellers(&order, "shipped", OP)?;
    check_texts(report, &id)?;
    let (placed, now) = (order.state.placed_at(), job.now);
    if report.shipped_at < placed - CLOCKS_APART || report.shipped_at > now + CLOCKS_APART {
        return Err(refused(
            OP,
            format!(
                "package {} of order {id} shipped at {}; an instant from when it was placed ({placed}) to now ({now}) is right",
                report.package, report.shipped_at
            ),
        ));
    }
    if report.lines.is_empty() || report.tracking.trim().is_empty() || report.carrier.trim().is_empty() {
        return Err(refused(
            OP,
            format!(
                "package {} of order {id} needs a carrier, a tracking number and at least one line",
                report.package
            ),
        ));
    }
    for (at, part) in report.lines.iter().enumerate() {
        if report.lines[..at].iter().any(|other| other.line_id == part.line_id) {
            return Err(refused(
                OP,
                format!("line {} stands twice in package {} of order {id}", part.line_id, report.package),
            ));
        }
        let again = before.iter().flat_map(|before| &before.lines).filter(|old| old.line_id == part.line_id);
        check_quantity(&order, part, again.map(|old| old.quantity).sum(), OP)?;
    }
    order.departed_at = Some(report.shipped_at);
    order.push(job.now, Entry::Reported(Box::new(report.clone())))?;
    react(job, &mut order)?;
    let waits = waits_for_more(job, &order)?;
    job.save(order)?;
    Ok(format!("package {} of order {id} reported{waits}", report.package))
}

/// Where all packages go together: what this one waits for, in words.
fn waits_for_more(job: &Job<'_>, order: &Aggregate) -> Result<String> {
    if job.world.capabilities(&order.state.channel)?.ship_unit == ShipUnit::Package {
        return Ok(String::new());
    }
    let left = flavour::unpacked(&order.state);
    Ok(left.map_or_else(String::new, |left| format!("; it is confirmed with the others: {left}")))
}

fn resolve(
    job: &mut Job<'_>,
    channel: &ChannelId,
    key: &CommandKey,
    outcome: Resolution,
    by: &str,
) -> Result<String> {
    const OP: &str = "engine.resolve";
    job.world.capabilities(channel)?;
    let command = job.tx.command(channel, key)?.ok_or_else(|| {
        Error::new(ErrorKind::NotFound, OP).message(format!("channel {channel} has no command {key}"))
    })?;
    if command.state != State::Unresolved {
        return Err(Error::new(ErrorKind::Conflict, OP).message(format!(
            "command {key} is {}; only an unresolved one waits for a person",
            command.state.as_str()
        )));
    }
    let event = match outcome {
        Resolution::Happened => Event::ResolveHappened,
        Resolution::Again => Event::ResolveAgain,
        Resolution::Drop => Event::ResolveDrop,
    };
    let mut step = Step::new(event, command.epoch, format!("resolved by {by}"));
    step.not_before = Some(job.now);
    let Some(order) = command.order else {
        crate::stock::step_set(job, channel, &command, step)?;
        return Ok(format!("{key} resolved by {by}"));
    };
    let mut order = job.load(order)?;
    order.push(job.now, Entry::Stepped { key: key.clone(), step: Box::new(step) })?;
    react(job, &mut order)?;
    job.save(order)?;
    Ok(format!("{key} resolved by {by}"))
}
