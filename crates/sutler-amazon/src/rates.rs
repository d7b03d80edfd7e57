//! What Amazon publishes of its limits: a bucket for each operation, seller and application, in each region.

use sutler_core::budget::Rate;

const fn rate(per_second: f64, burst: f64) -> Rate {
    Rate { capacity: burst, per_second }
}

/// Budgets by their short names, from the usage plans of the operations' models (selling-partner-api-models, 2026-08-05).
///
/// `createFeed` has one bucket (burst 15, 0.0083 a second) for every type, and feeds of listings a limit of their own besides
/// (5 in 5 minutes): the bucket is split, so that neither kind can spend what the other counts on.
pub const RATES: &[(&str, Rate)] = &[
    ("cancel", rate(0.0042, 12.0)),
    ("feed_cancel", rate(2.0, 15.0)),
    ("feed_document", rate(0.5, 15.0)),
    ("feed_result", rate(0.0222, 10.0)),
    ("feed_status", rate(2.0, 15.0)),
    ("fetch", rate(0.5, 30.0)),
    ("inventory", rate(2.0, 2.0)),
    ("level", rate(5.0, 10.0)),
    ("listings", rate(5.0, 5.0)),
    ("participations", rate(0.016, 15.0)),
    ("report", rate(0.0167, 15.0)),
    ("report_cancel", rate(0.0222, 10.0)),
    ("report_document", rate(0.0167, 15.0)),
    ("report_status", rate(2.0, 15.0)),
    ("search", rate(0.0056, 20.0)),
    ("ship", rate(2.0, 10.0)),
    ("stock", rate(5.0, 5.0)),
    ("stock_feed", rate(0.0041, 3.0)),
];
