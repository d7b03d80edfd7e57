//! What is done to orders: taken, shipped, cancelled.

use super::{Sale, Subject, case::Case};
use crate::bench::at_once;
use sutler_core::{
    channel::{Batch, CancelUnit, Receipt},
    command::{Act, AnswerCancel, Command, Verb},
    error::Result,
    order::LineQuantity,
};

/// # Errors
/// The channel's.
pub fn taking_an_order_is_told_where_it_must_be(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let told = case.channel().capabilities().acknowledgment.is_told();
    assert_eq!(case.spec(Verb::Acknowledge).is_some(), told, "the verb is there where it is needed");
    let order = case.taken(1)?;
    assert_eq!(case.effects().acknowledge.get(order.channel_order_id.as_str()).copied(), told.then_some(1));
    Ok(())
}

/// # Errors
/// The channel's.
pub fn a_package_of_a_whole_line_is_confirmed(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let order = case.taken(2)?;
    case.done(&case.ship(&order, 1, 2))?;
    assert_eq!(case.units(&case.effects().ship, &order.channel_order_id), 2);
    let after = case.fetch(&order.channel_order_id)?;
    assert_eq!(after.facts.lines[0].shipped, 2, "and the order shows it");
    Ok(())
}

/// # Errors
/// The channel's.
pub fn g20_a_part_of_a_line_is_confirmed(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let order = case.taken(3)?;
    if case.all_at_once() {
        case.not_done(&case.ship(&order, 1, 1));
        assert_eq!(case.units(&case.effects().ship, &order.channel_order_id), 0, "a part is refused whole");
        assert_eq!(case.fetch(&order.channel_order_id)?.facts.lines[0].shipped, 0);
        return Ok(());
    }
    case.done(&case.ship(&order, 1, 1))?;
    assert_eq!(case.units(&case.effects().ship, &order.channel_order_id), 1);
    // Some marketplaces show a line as shipped only once all of it is; none shows more than was.
    assert!(case.fetch(&order.channel_order_id)?.facts.lines[0].shipped <= 1);
    Ok(())
}

/// # Errors
/// The channel's.
pub fn g20_two_packages_of_a_line_add_up(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let order = case.taken(3)?;
    if case.all_at_once() {
        case.done(&case.ship_all(&order, &[(0, 1), (0, 2)]))?;
    } else {
        case.done(&case.ship(&order, 1, 1))?;
        let order = case.fetch(&order.channel_order_id)?;
        case.done(&case.ship(&order, 2, 2))?;
    }
    let effects = case.effects();
    assert_eq!(case.units(&effects.ship, &order.channel_order_id), 3);
    let of = format!("{}/", order.channel_order_id);
    let numbers = effects.shipments.keys().filter(|key| key.starts_with(&of)).count();
    assert_eq!(numbers, 2, "two numbers: {:?}", effects.shipments);
    Ok(())
}

/// # Errors
/// The channel's.
pub fn more_than_was_bought_is_not_shipped(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let order = case.taken(2)?;
    case.not_done(&case.ship(&order, 1, 3));
    assert_eq!(case.units(&case.effects().ship, &order.channel_order_id), 0);
    Ok(())
}

/// # Errors
/// The channel's.
pub fn an_order_nobody_placed_is_not_shipped(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let mut order = case.taken(1)?;
    order.channel_order_id = "999-9999999-9999999".into();
    case.not_done(&case.ship(&order, 1, 1));
    assert!(case.effects().ship.is_empty());
    Ok(())
}

/// # Errors
/// The channel's.
pub fn a_carrier_the_marketplace_does_not_list_is_named_all_the_same(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let order = case.taken(1)?;
    let url = Some("https://bluebird.example/track/1");
    case.done(&case.ship_by(&order, 1, 1, "Blue Bird Couriers", url))?;
    assert_eq!(case.units(&case.effects().ship, &order.channel_order_id), 1);
    Ok(())
}

/// # Errors
/// The channel's.
pub fn what_the_marketplace_ships_is_not_written(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let id = case.sell(Sale { shipped_by_marketplace: true, ..Sale::of(1, super::SKUS[0]) })?;
    let order = case.fetch(&id)?;
    case.not_done(&case.ship(&order, 1, 1));
    case.not_done(&case.cancel(&order, 1));
    let effects = case.effects();
    assert!(effects.ship.is_empty() && effects.cancel.is_empty(), "{effects:?}");
    Ok(())
}

/// # Errors
/// The channel's.
pub fn an_order_is_cancelled_by_the_unit_the_channel_cancels(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let order = case.taken(2)?;
    let units = match case.channel().capabilities().cancel_unit {
        CancelUnit::Units => 1,
        CancelUnit::Lines | CancelUnit::Order => 2,
    };
    case.done(&case.cancel(&order, units))?;
    assert_eq!(case.units(&case.effects().cancel, &order.channel_order_id), units);
    assert_eq!(case.fetch(&order.channel_order_id)?.facts.lines[0].cancelled, units);
    Ok(())
}

/// # Errors
/// The channel's.
pub fn cancelling_covers_no_more_than_its_unit(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let id = case.sell(Sale { and: Some(super::SKUS[1]), ..Sale::of(2, super::SKUS[0]) })?;
    case.pass(case.channel().capabilities().visibility_delay);
    let order = case.fetch(&id)?;
    let (units, covered) = match case.channel().capabilities().cancel_unit {
        CancelUnit::Units => (1, 1),
        CancelUnit::Lines => (2, 2),
        CancelUnit::Order => (2, 4),
    };
    let mut command = case.cancel(&order, units);
    if covered == 4
        && let Act::Cancel(cancel) = &mut command.act
    {
        let all = order.facts.lines.iter();
        cancel.lines = all.map(|line| LineQuantity { line_id: line.line_id.clone(), quantity: 2 }).collect();
    }
    case.done(&command)?;
    assert_eq!(case.units(&case.effects().cancel, &id), covered);
    let left: u32 = case.fetch(&id)?.facts.lines.iter().map(|line| line.ordered - line.cancelled).sum();
    assert_eq!(left, 4 - covered);
    Ok(())
}

/// # Errors
/// The channel's.
pub fn what_was_shipped_is_not_cancelled(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let order = case.taken(2)?;
    case.done(&case.ship(&order, 1, 2))?;
    let order = case.fetch(&order.channel_order_id)?;
    case.not_done(&case.cancel(&order, 2));
    assert_eq!(case.units(&case.effects().cancel, &order.channel_order_id), 0);
    Ok(())
}

/// # Errors
/// The channel's.
pub fn a_wish_is_granted_where_the_channel_waits_for_an_answer(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let answers = case.channel().capabilities().answers_cancel_requests;
    assert_eq!(case.spec(Verb::AnswerCancel).is_some(), answers, "the verb is there where it is needed");
    let order = case.taken(2)?;
    let id = &order.channel_order_id;
    case.ask_to_cancel(id)?;
    case.pass(sutler_core::time::Duration::minutes(2));
    let order = case.fetch(id)?;
    if answers {
        let answer = AnswerCancel { grant: true, tracking: None, shipped_at: None };
        case.done(&case.about(id, id.to_string(), Act::AnswerCancel(answer)))?;
    } else {
        case.done(&case.cancel(&order, 2))?;
    }
    assert_eq!(case.units(&case.effects().cancel, id), 2);
    Ok(())
}

/// # Errors
/// The channel's.
pub fn a_batch_is_answered_one_by_one_and_a_larger_one_not_sent(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let (one, two) = (case.taken(1)?, case.taken(1)?);
    let packages = [case.ship(&one, 1, 1), case.ship(&two, 1, 1)];
    let most = case.spec(Verb::ConfirmShipment).map_or(0, |spec| spec.batch_max);
    if most > 1 {
        let receipts = case.answers(&packages)?;
        assert!(receipts.iter().all(|receipt| matches!(receipt, Receipt::Done { .. })), "{receipts:?}");
        assert_eq!(case.effects().ship.values().sum::<u32>(), 2);
        return Ok(());
    }
    let requests = case.effects().requests;
    let none: [Command; 0] = [];
    for batch in [&packages[..], &none[..]] {
        let answer = at_once(case.channel().perform(&case.cx(), &Batch { commands: batch }));
        let error = answer.expect_err("one command a call");
        assert_eq!(error.applied(), sutler_core::Applied::No, "{error}");
    }
    assert_eq!(case.effects().requests, requests, "nothing was sent");
    Ok(())
}
