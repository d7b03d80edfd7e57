//! What Amazon publishes of its limits: a bucket for each operation, seller and application, in each region.

use sutler_core::budget::Rate;

const fn rate(per_second: f64, burst: f64) -> Rate {
    Rate { capacity: burst, per_second }
}

/// Budgets by their short names, from the usage plans of the operations' models (selling-partner-api-models, 2026-08-05).
pub const RATES: &[(&str, Rate)] = &[
    ("fetch", rate(0.5, 30.0)),
    ("level", rate(5.0, 10.0)),
    ("participations", rate(0.016, 15.0)),
    ("search", rate(0.0056, 20.0)),
    ("ship", rate(2.0, 10.0)),
    ("stock", rate(5.0, 5.0)),
];
