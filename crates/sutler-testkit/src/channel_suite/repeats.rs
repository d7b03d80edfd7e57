//! What a verb declares of being sent twice, and of being seen: tested by losing calls before and after they take effect.

use super::{Fate, Subject, case::Case};
use crate::bench::at_once;
use sutler_core::{
    channel::{Acknowledgment, CancelUnit, Probe, ProbeKind, Repeat},
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
    match case.channel().capabilities().acknowledgment {
        Acknowledgment::Required => {
            case.done(&case.acknowledge(&id))?;
            assert_eq!(count(), 1, "taken again, it was taken already");
        }
        Acknowledgment::Local => {
            assert!(
                at_once(case.channel().perform(
                    &case.cx(),
                    &sutler_core::channel::Batch { commands: &[case.acknowledge(&id)] }
                ))
                .is_err()
            );
            assert_eq!(count(), 0);
        }
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
    lost_after(&case, &case.ship(&order, 1, 1), || shipped(&case, &order))
}

/// # Errors
/// The channel's.
pub fn g18_a_shipment_that_never_arrived_is_not_seen(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let order = case.taken(2)?;
    lost_before(&case, &case.ship(&order, 1, 1), || shipped(&case, &order))
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
