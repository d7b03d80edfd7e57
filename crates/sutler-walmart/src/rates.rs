//! What Walmart publishes of its limits, per seller and call.

use sutler_core::budget::Rate;

/// Budgets by their short names, from developer.walmart.com, us-marketplace/docs/rate-limiting, as checked between
/// 2026-04 and 2026-08. The page names no limit for the token's own calls; theirs is ours, far above any need.
pub const RATES: &[(&str, Rate)] = &[
    ("acknowledge", Rate::per_minute(60)),
    ("cancel", Rate::per_minute(60)),
    ("feed", Rate::per_hour(50)),
    ("feed_status", Rate::per_minute(5000)),
    ("fetch", Rate::per_minute(5000)),
    ("level", Rate::per_minute(200)),
    ("pull", Rate::per_minute(5000)),
    ("refund", Rate::per_minute(60)),
    ("returns", Rate::per_minute(50)),
    ("ship", Rate::per_minute(60)),
    ("ship_nodes", Rate::per_minute(50)),
    ("stock", Rate::per_minute(200)),
    ("token_detail", Rate::per_minute(60)),
];
