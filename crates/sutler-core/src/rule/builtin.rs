//! The built-in rules. Each is one struct with its parameters; [`standard`] gives them at their defaults, in order.

pub mod order;
pub mod stock;
pub mod totals;

pub use crate::rule::address::AddressDeliverable;
use crate::rule::{Proof, Rule, RuleCx, Verdict};
pub use order::{BuyerCancel, ChannelReady, PayloadUnderstood, SkuMapped};
use std::sync::Arc;
pub use stock::StockCoversEveryLine;
pub use totals::{Limit, TotalWithinLimits, TotalsAddUp};

/// Every built-in rule's name, in the order of [`standard`], with those that are not in it at the end.
pub const NAMES: &[&str] = &[
    PayloadUnderstood::NAME,
    ChannelReady::NAME,
    BuyerCancel::NAME,
    SkuMapped::NAME,
    StockCoversEveryLine::NAME,
    AddressDeliverable::NAME,
    TotalsAddUp::NAME,
    TotalWithinLimits::NAME,
];

/// The standard rules at their defaults, in order: what we were told first, then whether it can be served.
///
/// `total_within_limits` is not among them: nobody but the host knows its limits.
pub fn standard() -> Vec<Arc<dyn Rule>> {
    vec![
        Arc::new(PayloadUnderstood::default()),
        Arc::new(ChannelReady::default()),
        Arc::new(BuyerCancel::default()),
        Arc::new(SkuMapped::default()),
        Arc::new(StockCoversEveryLine::default()),
        Arc::new(AddressDeliverable::default()),
        Arc::new(TotalsAddUp::default()),
    ]
}

/// The engine asks no rule about orders that others fulfil; a host that does gets no answer rather than a wrong one.
pub(crate) fn not_ours(cx: &RuleCx<'_>) -> Option<Verdict> {
    (!cx.order.facts.is_sellers()).then_some(Verdict::Abstain(Proof::code("order.fulfilled_by_others")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standard_is_the_head_of_the_names_and_every_name_stands_once() {
        let ids: Vec<String> = standard().iter().map(|rule| rule.id().to_string()).collect();
        assert_eq!(ids, NAMES[..NAMES.len() - 1]);
        for (at, name) in NAMES.iter().enumerate() {
            assert!(!NAMES[at + 1..].contains(name), "{name}");
        }
    }
}
