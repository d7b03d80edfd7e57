//! The deadlines marketplaces publish, as dated data with their sources, and which of them a channel goes by.
//!
//! The date in a name is when a rule took effect, where that is known (Walmart's), else when its sources were read.

use super::{Consequences, DeadlinePolicy, ShipRule, Targets};
use crate::{id::ChannelId, time::Duration};
use std::collections::BTreeMap;

/// One policy for each marketplace, and for channels that go by others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadlinePolicies {
    all: Policies,
    channels: BTreeMap<ChannelId, Policies>,
}

/// One policy for each marketplace, and one for the rest.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Policies {
    known: Vec<DeadlinePolicy>,
    other: DeadlinePolicy,
}

impl DeadlinePolicies {
    /// What the marketplaces published.
    pub fn published() -> DeadlinePolicies {
        let known = vec![DeadlinePolicy::walmart_us(), DeadlinePolicy::amazon(), DeadlinePolicy::ebay()];
        DeadlinePolicies {
            all: Policies { known, other: DeadlinePolicy::unpublished() },
            channels: BTreeMap::new(),
        }
    }

    /// The policy a channel of this marketplace goes by.
    pub fn of(&self, channel: &ChannelId, marketplace: &str) -> &DeadlinePolicy {
        let policies = self.channels.get(channel).unwrap_or(&self.all);
        policies.known.iter().find(|policy| policy.marketplace == marketplace).unwrap_or(&policies.other)
    }

    /// Changes the policy of every marketplace.
    ///
    /// # Errors
    /// The first one of `change`.
    pub fn change_all<E>(
        &mut self,
        change: impl FnMut(&mut DeadlinePolicy) -> Result<(), E>,
    ) -> Result<(), E> {
        let all = std::iter::once(&mut self.all).chain(self.channels.values_mut());
        all.flat_map(Policies::each).try_for_each(change)
    }

    /// Changes what one channel goes by, whichever marketplace it turns out to be on.
    ///
    /// # Errors
    /// The first one of `change`.
    pub fn change<E>(
        &mut self,
        channel: ChannelId,
        change: impl FnMut(&mut DeadlinePolicy) -> Result<(), E>,
    ) -> Result<(), E> {
        self.channels.entry(channel).or_insert_with(|| self.all.clone()).each().try_for_each(change)
    }
}

impl Policies {
    fn each(&mut self) -> impl Iterator<Item = &mut DeadlinePolicy> {
        self.known.iter_mut().chain(std::iter::once(&mut self.other))
    }
}

fn texts(all: &[&str]) -> Vec<String> {
    all.iter().map(|text| (*text).to_owned()).collect()
}

impl DeadlinePolicy {
    /// Walmart US: acknowledge within 4 hours; unshipped lines are cancelled 4 calendar days after `estimatedShipDate`,
    /// since 2023-06-06 (6 before).
    pub fn walmart_us() -> Self {
        DeadlinePolicy {
            name: "walmart-us@2023-06-06".into(),
            marketplace: "walmart".into(),
            sources: texts(&[
                "https://developer.walmart.com/us-marketplace/docs/acknowledge-a-created-order",
                "https://developer.walmart.com/us-marketplace/docs/purchase-order-po-line-auto-canceled-event",
                "https://marketplacelearn.walmart.com/guides/Shipping%20&%20fulfillment/Fulfillment%20settings/Fulfillment-Center-operating-schedule",
            ]),
            acknowledge: Some(Duration::hours(4)),
            ship: ShipRule::Within(Duration::hours(10)),
            auto_cancel_days: Some(4),
            margin: Duration::minutes(30),
            targets: Targets::default(),
            consequences: Consequences {
                acknowledge: "the marketplace may cancel the order".into(),
                ship: "late shipment counts against the account".into(),
                deliver: "late delivery counts against the account".into(),
                auto_cancel: "the marketplace cancels unshipped lines, counted against the account".into(),
            },
        }
    }

    /// Amazon: no acknowledgment; `LatestShipDate` is the promise, met by confirming; orders are cancelled 7 days after the
    /// expected ship date. That it always gives one is why the 10 hours hardly matter; for them no cut-off is published.
    pub fn amazon() -> Self {
        DeadlinePolicy {
            name: "amazon@2026-11-26".into(),
            marketplace: "amazon".into(),
            sources: texts(&[
                "https://sellercentral.amazon.com/gp/help/external/G201722390",
                "https://ssopdot.com/blog/19714.html",
            ]),
            acknowledge: None,
            auto_cancel_days: Some(7),
            consequences: Consequences {
                acknowledge: String::new(),
                ship: "confirmed later, it counts into the late shipment rate, which must stay under 4 %"
                    .into(),
                deliver: "late delivery counts into the on-time delivery rate".into(),
                auto_cancel: "the marketplace cancels the order, counted into the cancellation rate".into(),
            },
            ..DeadlinePolicy::walmart_us()
        }
    }

    /// eBay: no acknowledgment and no automatic cancellation; `shipByDate` is when the carrier must have it. Handling time
    /// counts in business days from the payment, with a cut-off of 14:00 local for the same day.
    pub fn ebay() -> Self {
        DeadlinePolicy {
            name: "ebay@2026-11-26".into(),
            marketplace: "ebay".into(),
            sources: texts(&[
                "https://developer.ebay.com/api-docs/sell/metadata/types/api:ShippingHandlingTime",
                "http://sellercentre.ebay.com.au/node/758",
            ]),
            acknowledge: None,
            auto_cancel_days: None,
            consequences: Consequences {
                acknowledge: String::new(),
                ship: "handed over later, it can count as a late shipment defect".into(),
                deliver: "a late delivery can count as a late shipment defect".into(),
                auto_cancel: String::new(),
            },
            ..DeadlinePolicy::walmart_us()
        }
    }

    /// A marketplace whose rules are not here: ship within 10 hours where it gives no date, and nothing else is known.
    pub fn unpublished() -> Self {
        DeadlinePolicy {
            name: "unpublished".into(),
            marketplace: String::new(),
            sources: Vec::new(),
            acknowledge: None,
            auto_cancel_days: None,
            consequences: Consequences {
                acknowledge: String::new(),
                ship: "late shipment may count against the account".into(),
                deliver: "late delivery may count against the account".into(),
                auto_cancel: String::new(),
            },
            ..DeadlinePolicy::walmart_us()
        }
    }
}
