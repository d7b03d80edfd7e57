//! Money given back, and never more than was charged.

use super::{
    Subject,
    case::Case,
    repeats::{lost_after, lost_before, sent_twice},
};
use sutler_core::{
    command::{Act, Command, Verb},
    error::Result,
    order::ChannelOrder,
};

/// Hundredths given back of an order.
fn back(case: &Case, order: &ChannelOrder) -> u32 {
    case.units(&case.effects().refund, &order.channel_order_id)
}

/// What a refund asks for, tax included, in hundredths.
fn asked(command: &Command) -> u32 {
    let Act::Refund(refund) = &command.act else { return 0 };
    let gross = |part: &sutler_core::command::RefundPart| {
        (part.amount.amount + part.tax.map_or_else(Default::default, |tax| tax.amount))
            * rust_decimal::Decimal::ONE_HUNDRED
    };
    let sum: rust_decimal::Decimal = refund.parts.iter().map(gross).sum();
    u32::try_from(sum).unwrap_or(u32::MAX)
}

/// # Errors
/// The channel's.
pub fn g22_money_goes_back_where_the_channel_gives_it_and_nowhere_else(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let order = case.shipped(2)?;
    let half = case.refund(&order, 11, 2);
    if case.spec(Verb::Refund).is_some() {
        case.done(&half)?;
        assert!(asked(&half) > 0, "the order's charges are read");
        assert_eq!(back(&case, &order), asked(&half), "just as much as was asked for");
    } else {
        case.not_done(&half);
        assert!(case.effects().refund.is_empty());
    }
    Ok(())
}

/// # Errors
/// The channel's.
pub fn g22_more_than_was_charged_is_not_given_back(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let order = case.shipped(2)?;
    let mut twice = case.refund(&order, 12, 1);
    if let Act::Refund(refund) = &mut twice.act {
        for part in &mut refund.parts {
            part.amount.amount *= rust_decimal::Decimal::TWO;
        }
    }
    // Nor does the marketplace's own bound depend on what we know of the order.
    twice.brief = None;
    case.not_done(&twice);
    assert_eq!(back(&case, &order), 0);
    Ok(())
}

/// # Errors
/// The channel's.
pub fn g18_a_whole_refund_is_repeated_as_declared(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let order = case.shipped(2)?;
    let Some(spec) = case.spec(Verb::Refund) else { return Ok(()) };
    let whole = case.refund(&order, 13, 1);
    sent_twice(&case, &whole, spec.repeat, asked(&whole), || back(&case, &order))
}

/// # Errors
/// The channel's.
pub fn g18_a_partial_refund_is_repeated_as_declared(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let order = case.shipped(2)?;
    let Some(spec) = case.spec(Verb::Refund) else { return Ok(()) };
    let part = case.refund(&order, 14, 3);
    sent_twice(&case, &part, spec.repeat_partial, asked(&part), || back(&case, &order))
}

/// # Errors
/// The channel's.
pub fn g18_a_refund_whose_answer_is_lost_is_seen(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let order = case.shipped(2)?;
    lost_after(&case, &case.refund(&order, 15, 2), || back(&case, &order))
}

/// # Errors
/// The channel's.
pub fn g18_a_refund_that_never_arrived_is_not_seen(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let order = case.shipped(2)?;
    lost_before(&case, &case.refund(&order, 16, 2), || back(&case, &order))
}
