//! Why a thing waits, and what a person should see.

use crate::{
    id::RuleId,
    time::{Timestamp, millis},
};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, fmt};

/// Why an order waits. Codes are API; [`HoldReason::code`] gives them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum HoldReason {
    /// A line's SKU was never named by `on_hand`, or the line has none.
    UnmappedSku,
    /// On hand less what is allocated does not cover every line.
    ShortOfStock,
    /// The address lacks a part, contradicts itself, or cannot be delivered to.
    BadAddress,
    /// The buyer asked to cancel.
    BuyerAskedToCancel,
    /// The total lies outside the policy's limits.
    TotalOutOfLimits,
    /// A field of the payload could not be mapped.
    Unmapped,
    /// The charges do not sum to the channel's total.
    TotalsDoNotAddUp,
    /// The channel says that it must not be shipped yet (unpaid, pending).
    NotReady,
    /// A rule of the host's.
    Rule(RuleId),
    /// The channel wants a ship date and prices with the acceptance, and the order does not say them.
    NoPromise,
    /// The channel takes all packages of an order at once, and some units are in none yet.
    PackagesIncomplete,
    /// A judge of the host's has not answered.
    Unanswered(RuleId),
}

impl HoldReason {
    /// The stable text of the reason (`short_of_stock`); a host's rule is `rule:NAME`, a judge that did not answer
    /// `unanswered:NAME`.
    pub fn code(&self) -> Cow<'_, str> {
        Cow::Borrowed(match self {
            HoldReason::UnmappedSku => "unmapped_sku",
            HoldReason::ShortOfStock => "short_of_stock",
            HoldReason::BadAddress => "bad_address",
            HoldReason::BuyerAskedToCancel => "buyer_asked_to_cancel",
            HoldReason::TotalOutOfLimits => "total_out_of_limits",
            HoldReason::Unmapped => "unmapped",
            HoldReason::TotalsDoNotAddUp => "totals_do_not_add_up",
            HoldReason::NotReady => "not_ready",
            HoldReason::Rule(rule) => return Cow::Owned(format!("rule:{rule}")),
            HoldReason::NoPromise => "no_promise",
            HoldReason::PackagesIncomplete => "packages_incomplete",
            HoldReason::Unanswered(judge) => return Cow::Owned(format!("unanswered:{judge}")),
        })
    }

    /// Reads a code back.
    pub fn from_code(code: &str) -> Option<HoldReason> {
        if let Some(rule) = code.strip_prefix("rule:") {
            return Some(HoldReason::Rule(RuleId::new(rule)));
        }
        if let Some(judge) = code.strip_prefix("unanswered:") {
            return Some(HoldReason::Unanswered(RuleId::new(judge)));
        }
        use HoldReason::*;
        [
            UnmappedSku,
            ShortOfStock,
            BadAddress,
            BuyerAskedToCancel,
            TotalOutOfLimits,
            Unmapped,
            TotalsDoNotAddUp,
            NotReady,
            NoPromise,
            PackagesIncomplete,
        ]
        .into_iter()
        .find(|reason| reason.code() == code)
    }
}

impl fmt::Display for HoldReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.code())
    }
}

/// One reason an order waits, with what makes it true. No personal data.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Hold {
    /// Why.
    pub reason: HoldReason,
    /// What makes it true, in words (`needs 3 of SKU-1, 1 left`).
    pub detail: String,
}

impl Hold {
    /// One sentence for a person.
    pub fn why(&self) -> String {
        let what = match &self.reason {
            HoldReason::UnmappedSku => "a SKU is not known here".into(),
            HoldReason::ShortOfStock => "stock does not cover every line".into(),
            HoldReason::BadAddress => "the address cannot be delivered to as it stands".into(),
            HoldReason::BuyerAskedToCancel => "the buyer asked to cancel".into(),
            HoldReason::TotalOutOfLimits => "the total is outside the policy's limits".into(),
            HoldReason::Unmapped => "part of the marketplace's payload could not be read".into(),
            HoldReason::TotalsDoNotAddUp => "the charges do not add up to the marketplace's total".into(),
            HoldReason::NotReady => "the marketplace says that it must not be shipped yet".into(),
            HoldReason::Rule(rule) => format!("rule {rule} holds it"),
            HoldReason::NoPromise => "the acceptance needs a ship date and prices".into(),
            HoldReason::PackagesIncomplete => "all packages of the order are confirmed at once".into(),
            HoldReason::Unanswered(judge) => format!("judge {judge} has not answered"),
        };
        if self.detail.is_empty() { what } else { format!("{what}: {}", self.detail) }
    }
}

/// A condition of an order a person should see, derived from a step and gone with the step that ends it (G33).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Exception {
    /// `refused`, `unresolved`, `conflict` or `shipped_after_cancel`.
    pub code: String,
    /// The command or line it is about.
    pub about: String,
    /// What is wrong, in words, without personal data.
    pub detail: String,
    /// Since when.
    #[serde(with = "millis")]
    pub since: Timestamp,
}
