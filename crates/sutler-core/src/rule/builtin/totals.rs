//! Rules about money: do the charges add up to the channel's total, and is the total within the host's limits?

use super::not_ours;
use crate::{
    hold::HoldReason,
    id::RuleId,
    money::{Currency, Money},
    order::OrderFacts,
    rule::{Proof, Rule, RuleCx, Verdict},
};
use rust_decimal::Decimal;

/// Why charges have no sum.
enum NoSum {
    /// None of them carries an amount.
    Nothing,
    /// They are in two currencies.
    Mixed,
    /// The sum has more digits than an exact decimal holds.
    TooLarge,
}

/// Σ charges + tax of every line, and how many charges that was.
fn sum(facts: &OrderFacts, start: Option<Currency>) -> Result<(Money, u32), NoSum> {
    let mut all: Option<Money> = start.map(Money::zero);
    let mut count = 0u32;
    for charge in facts.lines.iter().flat_map(|line| &line.charges) {
        count = count.saturating_add(1);
        for amount in std::iter::once(&charge.amount).chain(&charge.tax) {
            let Some(sum) = &mut all else {
                all = Some(*amount);
                continue;
            };
            if sum.currency != amount.currency {
                return Err(NoSum::Mixed);
            }
            sum.amount = sum.amount.checked_add(amount.amount).ok_or(NoSum::TooLarge)?;
        }
    }
    all.map(|sum| (sum, count)).ok_or(NoSum::Nothing)
}

/// `totals_add_up`: Σ charges + tax is the channel's total, but for one minor unit per charge (G29).
#[derive(Debug)]
pub struct TotalsAddUp {
    id: RuleId,
}

impl TotalsAddUp {
    /// Its name.
    pub const NAME: &'static str = "totals_add_up";
}

impl Default for TotalsAddUp {
    fn default() -> Self {
        TotalsAddUp { id: RuleId::new(Self::NAME) }
    }
}

impl Rule for TotalsAddUp {
    fn id(&self) -> &RuleId {
        &self.id
    }

    fn judge(&self, cx: &RuleCx<'_>) -> Verdict {
        if let Some(abstain) = not_ours(cx) {
            return abstain;
        }
        let facts = cx.order.facts;
        let Some(total) = facts.total else { return Verdict::Abstain(Proof::code("totals.no_total")) };
        let hold =
            |code, value: String| Verdict::Hold(HoldReason::TotalsDoNotAddUp, Proof::value(code, value));
        let (sum, count) = match sum(facts, Some(total.currency)) {
            Ok(found) => found,
            Err(NoSum::Mixed) => {
                return hold(
                    "totals.mixed_currencies",
                    format!("charges beside a total in {}", total.currency),
                );
            }
            Err(NoSum::TooLarge | NoSum::Nothing) => return hold("totals.too_large", String::new()),
        };
        let Some(delta) = total.amount.checked_sub(sum.amount) else {
            return hold("totals.too_large", String::new());
        };
        if delta.is_zero() {
            return Verdict::Pass(Proof::code("totals.add_up"));
        }
        let allowed = Decimal::from(count).checked_mul(total.currency.minor_unit());
        if allowed.is_some_and(|allowed| delta.abs() <= allowed) {
            return Verdict::Pass(Proof::code("totals.add_up_but_for_rounding"));
        }
        // Walmart sets the charges of cancelled lines to zero; whether a total follows is nowhere written, so that a
        // difference proves nothing once units are cancelled.
        if facts.lines.iter().any(|line| line.cancelled > 0) {
            return Verdict::Abstain(Proof::code("totals.units_cancelled"));
        }
        hold("totals.differ", format!("the charges come to {sum}, the marketplace's total is {total}"))
    }
}

/// What the total of an order in one currency may be; both ends are allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// The currency it is about.
    pub currency: Currency,
    /// At least this much, major units.
    pub min: Option<Decimal>,
    /// At most this much, major units.
    pub max: Option<Decimal>,
}

/// `total_within_limits`: the order's total lies within the host's limits for its currency.
///
/// Where the channel gives no total, Σ charges + tax stands in for it. It says nothing about a currency without a limit.
#[derive(Debug)]
pub struct TotalWithinLimits {
    id: RuleId,
    limits: Vec<Limit>,
}

impl TotalWithinLimits {
    /// Its name.
    pub const NAME: &'static str = "total_within_limits";

    /// With one limit for each currency; of two for one currency the first counts.
    pub fn new(limits: Vec<Limit>) -> Self {
        TotalWithinLimits { id: RuleId::new(Self::NAME), limits }
    }
}

impl Rule for TotalWithinLimits {
    fn id(&self) -> &RuleId {
        &self.id
    }

    fn judge(&self, cx: &RuleCx<'_>) -> Verdict {
        if let Some(abstain) = not_ours(cx) {
            return abstain;
        }
        let hold =
            |code, value: String| Verdict::Hold(HoldReason::TotalOutOfLimits, Proof::value(code, value));
        let total =
            match cx.order.facts.total.map_or_else(|| sum(cx.order.facts, None), |total| Ok((total, 0))) {
                Ok((total, _)) => total,
                Err(NoSum::Nothing) => return Verdict::Abstain(Proof::code("total.not_given")),
                // A limit that cannot be tested must not let the order through.
                Err(NoSum::Mixed) => return hold("total.mixed_currencies", String::new()),
                Err(NoSum::TooLarge) => return hold("total.too_large", String::new()),
            };
        let Some(limit) = self.limits.iter().find(|limit| limit.currency == total.currency) else {
            return Verdict::Abstain(Proof::code("total.no_limit_for_currency"));
        };
        match (limit.min, limit.max) {
            (Some(min), _) if total.amount < min => {
                hold("total.below_limit", format!("{total} is less than {min}"))
            }
            (_, Some(max)) if total.amount > max => {
                hold("total.above_limit", format!("{total} is more than {max}"))
            }
            _ => Verdict::Pass(Proof::code("total.within_limits")),
        }
    }
}
