//! What eBay publishes of its limits, per application.

use sutler_core::budget::Rate;

/// A limit of `calls` in a day of eBay's: the bucket holds half of them and half refills, so that no day has more.
const fn per_day(calls: f64) -> Rate {
    Rate { capacity: calls / 2.0, per_second: calls / 2.0 / 86_400.0 }
}

/// Budgets by their short names, calls a day, from developer.ebay.com, develop/get-started/api-call-limits (a copy stored in
/// 2026): order 100,000, inventory 2,000,000, notification 10,000, Post-Order 5,000 each. Trading and identity are
/// eBay's defaults for applications without a growth check.
///
/// Every cancellation and every answer looks for the others first. The limit of cancellations is split between the two: in one
/// bucket the token that lets the write begin would be the one its look waits for, and once it is empty neither would get on.
/// So is Trading's between reads and sets: a read waits in line for a token and a set does not, and no set would ever find one.
pub const RATES: &[(&str, Rate)] = &[
    ("cancellation", per_day(2_500.0)),
    ("cancellation_search", per_day(2_500.0)),
    ("identity", per_day(5_000.0)),
    ("inventory", per_day(2_000_000.0)),
    ("notification", per_day(10_000.0)),
    ("order", per_day(100_000.0)),
    ("return", per_day(5_000.0)),
    ("trading", per_day(2_500.0)),
    ("trading_read", per_day(2_500.0)),
];
