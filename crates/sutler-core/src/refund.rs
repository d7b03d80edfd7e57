//! How much may be given back (G22): per charge, per line and per order never more than was charged, over all refunds of
//! the order that were not refused, those still under way included.

use crate::{
    command::{Refund, RefundPart},
    error::{Error, ErrorKind, Result},
    money::Money,
    order::{Line, OrderFacts},
};
use rust_decimal::Decimal;

const OP: &str = "order.refund";

fn wrong(message: String) -> Error {
    Error::new(ErrorKind::Invalid, OP).message(message)
}

/// Checks `asked` against the order's charges and what `earlier` refunds took of them already.
///
/// # Errors
/// `Invalid` naming line, charge and amounts, and what would be right; nothing may be sent then.
pub fn check(facts: &OrderFacts, earlier: &[&Refund], asked: &Refund) -> Result<()> {
    if asked.parts.is_empty() {
        return Err(wrong("a refund of nothing was asked; at least one part is right".into()));
    }
    for (at, part) in asked.parts.iter().enumerate() {
        let line = facts.line(&part.line_id).ok_or_else(|| {
            let known: Vec<&str> = facts.lines.iter().map(|line| line.line_id.as_str()).collect();
            wrong(format!("there is no line {}; the lines are {}", part.line_id, known.join(", ")))
        })?;
        if asked.parts[..at].iter().any(|other| same(other, part)) {
            return Err(wrong(format!(
                "the charge {} of line {} stands twice in the refund; one part with the sum is right",
                part.charge, part.line_id
            )));
        }
        one(line, earlier, part)?;
    }
    whole(facts, earlier, asked)
}

fn same(one: &RefundPart, other: &RefundPart) -> bool {
    one.line_id == other.line_id && one.charge == other.charge
}

/// One part against its own charge.
fn one(line: &Line, earlier: &[&Refund], part: &RefundPart) -> Result<()> {
    let tax = part.tax.map_or(Decimal::ZERO, |tax| tax.amount);
    if part.amount.amount < Decimal::ZERO || tax < Decimal::ZERO || part.amount.amount + tax == Decimal::ZERO
    {
        return Err(wrong(format!(
            "{} of line {}: a positive amount is right, refunds are not written with a minus",
            part.amount, part.line_id
        )));
    }
    let charges = || line.charges.iter().filter(|charge| charge.kind == part.charge);
    let Some(first) = charges().next() else {
        let kinds: Vec<&str> = line.charges.iter().map(|charge| charge.kind.as_str()).collect();
        return Err(wrong(format!(
            "line {} has no charge {}; it has {}",
            part.line_id,
            part.charge,
            if kinds.is_empty() { "none".into() } else { kinds.join(", ") }
        )));
    };
    let zero = Money::zero(first.amount.currency);
    let charged = charges().try_fold(zero, |sum, charge| sum.plus(charge.amount))?;
    let charged_tax = charges().filter_map(|charge| charge.tax).try_fold(zero, Money::plus)?;
    let before = earlier.iter().flat_map(|refund| &refund.parts).filter(|other| same(other, part));
    let (mut taken, mut taken_tax) = (zero.plus(part.amount)?, zero);
    if let Some(tax) = part.tax {
        taken_tax = taken_tax.plus(tax)?;
    }
    for other in before {
        taken = taken.plus(other.amount)?;
        if let Some(tax) = other.tax {
            taken_tax = taken_tax.plus(tax)?;
        }
    }
    if taken.amount > charged.amount {
        let left = charged.amount - (taken.amount - part.amount.amount);
        return Err(wrong(format!(
            "{} of {} of line {} is more than the {left} {} left of {charged}",
            part.amount, part.charge, part.line_id, charged.currency
        )));
    }
    if taken_tax.amount > charged_tax.amount {
        return Err(wrong(format!(
            "the tax of {} of line {} would come to {taken_tax}, and {charged_tax} was charged",
            part.charge, part.line_id
        )));
    }
    Ok(())
}

/// All parts against the line's sum, discounts included, and the order's total.
fn whole(facts: &OrderFacts, earlier: &[&Refund], asked: &Refund) -> Result<()> {
    let all = || earlier.iter().flat_map(|refund| &refund.parts).chain(&asked.parts);
    let gross = |part: &RefundPart| match part.tax {
        Some(tax) => part.amount.plus(tax),
        None => Ok(part.amount),
    };
    for line in &facts.lines {
        let Some(first) = line.charges.first() else { continue };
        let zero = Money::zero(first.amount.currency);
        let mut charged = zero;
        for charge in &line.charges {
            charged = charged.plus(charge.amount)?.plus(charge.tax.unwrap_or(zero))?;
        }
        let mut taken = zero;
        for part in all().filter(|part| part.line_id == line.line_id) {
            taken = taken.plus(gross(part)?)?;
        }
        if taken.amount > charged.amount {
            return Err(wrong(format!(
                "refunds of line {} would come to {taken}, and {charged} was charged for it",
                line.line_id
            )));
        }
    }
    if let Some(total) = facts.total {
        let taken = all().try_fold(Money::zero(total.currency), |sum, part| sum.plus(gross(part)?))?;
        if taken.amount > total.amount {
            return Err(wrong(format!("refunds would come to {taken}, and the order's total is {total}")));
        }
    }
    Ok(())
}
