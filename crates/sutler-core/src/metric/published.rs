//! The thresholds marketplaces publish, as dated data with their sources. The date is when they were read.

use super::{Measure, MetricPolicy, MetricRule};
use crate::time::Duration;

const WALMART_STANDARDS: &str = "https://marketplacelearn.walmart.com/guides/Policies%3E%3E%20&%20standards/Performance/Seller-performance-standards";

impl MetricPolicy {
    /// How accounts on a marketplace are judged; for one whose standards are not here, only the acknowledgment is counted.
    ///
    /// That an order is counted by when it was placed is an inference: no page says so.
    pub fn published(marketplace: &str) -> MetricPolicy {
        match marketplace {
            "walmart" => MetricPolicy::walmart_us(),
            _ => MetricPolicy {
                name: "unpublished".into(),
                buyer_reasons: Vec::new(),
                seller_reasons: Vec::new(),
                rules: vec![acknowledgment()],
            },
        }
    }

    /// Walmart US: at most 2 % cancelled by the seller, at least 99 % with valid tracking, at least 90 % delivered in time
    /// (the newest page; older copies say 95 %). Pages name 30 or 60 days for cancellations; 30 is taken.
    pub fn walmart_us() -> MetricPolicy {
        let rule = |measure, missed_per_mille_max| MetricRule {
            measure,
            window: Duration::days(30),
            missed_per_mille_max: Some(missed_per_mille_max),
            source: WALMART_STANDARDS.into(),
        };
        MetricPolicy {
            name: "walmart-us-standards@2026-11-26".into(),
            buyer_reasons: vec!["CUSTOMER_REQUESTED_SELLER_TO_CANCEL".into()],
            seller_reasons: vec!["SELLER_CANCEL_".into()],
            rules: vec![
                rule(Measure::Cancellation, 20),
                rule(Measure::ValidTracking, 10),
                rule(Measure::OnTimeDelivery, 100),
                acknowledgment(),
            ],
        }
    }
}

fn acknowledgment() -> MetricRule {
    MetricRule {
        measure: Measure::Acknowledgment,
        window: Duration::days(30),
        missed_per_mille_max: None,
        source: "our own: acknowledged by the deadline".into(),
    }
}
