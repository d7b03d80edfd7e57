//! What a verb declares of being sent twice, and of being seen: tested by losing calls before and after they take effect.

use super::{Fate, SKUS, Subject, case::Case};
use crate::bench::at_once;
use sutler_core::{
    channel::{CancelUnit, Probe, ProbeKind, Receipt, Repeat, StockWrite},
    command::{Command, Verb},
    error::Result,
    order::ChannelOrder,
};

/// Sends it a second time and holds the count against the declaration.
pub(super) fn sent_twice(
    case: &Case,
    command: &Command,
    repeat: Repeat,
    units: u32,
    count: impl Fn() -> u32,
) -> Result<()> {
    case.done(command)?;
    assert_eq!(count(), units, "{}: once", command.key);
    // However it is answered: what counts is what took effect.
    let again = case.answer(command);
    match repeat {
        Repeat::Repeatable => {
            assert!(again.is_ok(), "{}: {again:?}", command.key);
            assert_eq!(count(), units, "{}: declared to change nothing when repeated", command.key);
        }
        Repeat::Guarded => {
            assert_eq!(count(), units, "{}: declared to be refused when repeated", command.key);
        }
        Repeat::Once => {
            assert!(count() > units, "{}: declared to act again, and does not", command.key);
        }
    }
    Ok(())
}

/// # Errors
/// The channel's.
pub fn g18_a_taken_order_is_taken_once(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let order = case.taken(1)?;
    let id = order.channel_order_id.clone();
    let count = || case.effects().acknowledge.get(id.as_str()).copied().unwrap_or(0);
    if case.channel().capabilities().acknowledgment.is_told() {
        case.done(&case.take(&order))?;
        assert_eq!(count(), 1, "taken again, it was taken already");
    } else {
        assert!(!matches!(case.answer(&case.acknowledge(&id)), Ok(Receipt::Done { .. })));
        assert_eq!(count(), 0);
    }
    Ok(())
}

/// # Errors
/// The channel's.
pub fn g18_a_shipment_is_repeated_as_declared(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let order = case.taken(2)?;
    let Some(spec) = case.spec(Verb::ConfirmShipment) else { return Ok(()) };
    let id = order.channel_order_id.clone();
    sent_twice(&case, &case.ship(&order, 1, 2), spec.repeat, 2, || case.units(&case.effects().shipments, &id))
}

/// # Errors
/// The channel's.
pub fn g18_a_partial_shipment_is_repeated_as_declared(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let order = case.taken(4)?;
    let Some(spec) = case.spec(Verb::ConfirmShipment) else { return Ok(()) };
    let id = order.channel_order_id.clone();
    let command = case.ship(&order, 1, 1);
    if case.all_at_once() {
        assert_eq!(spec.repeat_partial, Repeat::Guarded, "a part is refused, however often it is sent");
        case.not_done(&command);
        case.not_done(&command);
        assert_eq!(case.units(&case.effects().shipments, &id), 0);
        return Ok(());
    }
    sent_twice(&case, &command, spec.repeat_partial, 1, || case.units(&case.effects().shipments, &id))
}

/// # Errors
/// The channel's.
pub fn g18_a_cancellation_is_repeated_as_declared(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let order = case.taken(2)?;
    let Some(spec) = case.spec(Verb::Cancel) else { return Ok(()) };
    let id = order.channel_order_id.clone();
    sent_twice(&case, &case.cancel(&order, 2), spec.repeat, 2, || case.units(&case.effects().cancel, &id))
}

/// Loses the answer of something that took effect, and asks.
pub(super) fn lost_after(case: &Case, command: &Command, count: impl Fn() -> u32) -> Result<()> {
    let Some(spec) = case.spec(command.key.verb) else { return Ok(()) };
    case.lose(command, Fate::LostAfter);
    assert!(count() > 0, "{}: it took effect", command.key);
    let probe = at_once(case.channel().probe(&case.cx(), command))?;
    match spec.probe {
        ProbeKind::Conclusive { .. } | ProbeKind::PositiveOnly => {
            assert!(matches!(probe, Probe::Happened { .. }), "{}: {probe:?}", command.key);
        }
        ProbeKind::None => assert!(matches!(probe, Probe::Inconclusive { .. }), "{}: {probe:?}", command.key),
    }
    Ok(())
}

/// Loses something on its way, and asks.
pub(super) fn lost_before(case: &Case, command: &Command, count: impl Fn() -> u32) -> Result<()> {
    let Some(spec) = case.spec(command.key.verb) else { return Ok(()) };
    case.lose(command, Fate::LostBefore);
    assert_eq!(count(), 0, "{}: it never arrived", command.key);
    let probe = at_once(case.channel().probe(&case.cx(), command))?;
    match spec.probe {
        ProbeKind::Conclusive { .. } => assert_eq!(probe, Probe::DidNot, "{}", command.key),
        _ => assert!(!matches!(probe, Probe::Happened { .. }), "{}: {probe:?}", command.key),
    }
    Ok(())
}

fn whole(case: &Case) -> u32 {
    if case.channel().capabilities().cancel_unit == CancelUnit::Units { 1 } else { 2 }
}

fn shipped(case: &Case, order: &ChannelOrder) -> u32 {
    case.units(&case.effects().ship, &order.channel_order_id)
}

fn cancelled(case: &Case, order: &ChannelOrder) -> u32 {
    case.units(&case.effects().cancel, &order.channel_order_id)
}

/// # Errors
/// The channel's.
pub fn g18_a_shipment_whose_answer_is_lost_is_seen(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let order = case.taken(2)?;
    lost_after(&case, &case.ship(&order, 1, case.least()), || shipped(&case, &order))
}

/// # Errors
/// The channel's.
pub fn g18_a_shipment_that_never_arrived_is_not_seen(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let order = case.taken(2)?;
    lost_before(&case, &case.ship(&order, 1, case.least()), || shipped(&case, &order))
}

/// # Errors
/// The channel's.
pub fn g18_a_cancellation_whose_answer_is_lost_is_seen(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let order = case.taken(2)?;
    lost_after(&case, &case.cancel(&order, whole(&case)), || cancelled(&case, &order))
}

/// # Errors
/// The channel's.
pub fn g18_a_cancellation_that_never_arrived_is_not_seen(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let order = case.taken(2)?;
    lost_before(&case, &case.cancel(&order, whole(&case)), || cancelled(&case, &order))
}

/// Units taken from a listing of a hundred.
fn taken_from(case: &Case) -> u32 {
    let level = case.effects().stock.get(SKUS[0]).copied().unwrap_or(100);
    u32::try_from(100 - level).unwrap_or(0)
}

/// # Errors
/// The channel's.
pub fn g18_a_level_is_repeated_as_declared(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let Some(spec) = case.spec(Verb::SetLevel) else { return Ok(()) };
    let moves = case.channel().capabilities().stock_write == StockWrite::Delta;
    assert!(!moves || spec.repeat == Repeat::Once, "what is moved twice is moved twice as far");
    sent_twice(&case, &case.set(SKUS[0], 88), spec.repeat, 12, || taken_from(&case))
}

/// # Errors
/// The channel's.
pub fn g18_a_level_whose_answer_is_lost_is_seen(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    lost_after(&case, &case.set(SKUS[0], 88), || taken_from(&case))
}

/// # Errors
/// The channel's.
pub fn g18_a_level_that_never_arrived_is_not_seen(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    lost_before(&case, &case.set(SKUS[0], 88), || taken_from(&case))
}
