//! The calls there are, how many of each are allowed, and what the headers say about it.

use crate::bucket::Bucket;
use crate::clock::Ms;
use crate::dice::{Dice, Roll};
use crate::json::iso;

/// A call of the marketplace, as far as limits and behaviour tell calls apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    Token,
    TokenDetail,
    Orders,
    Released,
    Order,
    Acknowledge,
    Ship,
    Cancel,
    Refund,
    InventoryGet,
    InventoryPut,
    Inventories,
    InventoriesSku,
    FeedInventory,
    FeedMpInventory,
    FeedRead,
    ShipNodes,
    Returns,
}

pub(crate) const CALLS: usize = 18;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 3_600_000;

/// Requests and the milliseconds in which as many are allowed, in the order of [`Call`].
///
/// From Walmart's rate-limiting page as checked 2026-04 to 2026-08 (`rate-limits-2026-04_2026-08.tsv`); the feed
/// limits are per feed type and hour; list and status of feeds share one bucket. The page names no limit for the two
/// token calls: theirs are set high enough not to matter.
const RATES: [(Call, i64, i64); CALLS] = [
    (Call::Token, 1000, MINUTE),
    (Call::TokenDetail, 1000, MINUTE),
    (Call::Orders, 5000, MINUTE),
    (Call::Released, 60, MINUTE),
    (Call::Order, 5000, MINUTE),
    (Call::Acknowledge, 60, MINUTE),
    (Call::Ship, 60, MINUTE),
    (Call::Cancel, 60, MINUTE),
    (Call::Refund, 60, MINUTE),
    (Call::InventoryGet, 200, MINUTE),
    (Call::InventoryPut, 200, MINUTE),
    (Call::Inventories, 200, MINUTE),
    (Call::InventoriesSku, 200, MINUTE),
    (Call::FeedInventory, 10, HOUR),
    (Call::FeedMpInventory, 50, HOUR),
    (Call::FeedRead, 5000, MINUTE),
    (Call::ShipNodes, 50, MINUTE),
    (Call::Returns, 50, MINUTE),
];

impl Call {
    /// Calls that change something at the marketplace.
    pub(crate) fn writes(self) -> bool {
        matches!(
            self,
            Call::Acknowledge
                | Call::Ship
                | Call::Cancel
                | Call::Refund
                | Call::InventoryPut
                | Call::FeedInventory
                | Call::FeedMpInventory
        )
    }

    pub(crate) fn touches_orders(self) -> bool {
        matches!(
            self,
            Call::Orders
                | Call::Released
                | Call::Order
                | Call::Acknowledge
                | Call::Ship
                | Call::Cancel
                | Call::Refund
        )
    }
}

/// What the limit says about one request.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Allowance {
    pub(crate) granted: bool,
    pub(crate) left: i64,
    pub(crate) next: Ms,
    /// Refused although the published bucket would still have granted it.
    pub(crate) below_published: bool,
}

/// All buckets of the one seller.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Limits {
    real: [Bucket; CALLS],
    published: [Bucket; CALLS],
}

impl Limits {
    pub(crate) fn new(start: Ms, factor: u32, percent: u8) -> Limits {
        let sized = |percent: i64| {
            RATES.map(|(_, size, period)| {
                let size = (size * i64::from(factor.max(1)) * percent / 100).max(1);
                Bucket::new(size, size, period, start)
            })
        };
        Limits { real: sized(i64::from(percent.clamp(1, 100))), published: sized(100) }
    }

    pub(crate) fn take(&mut self, call: Call, now: Ms) -> Allowance {
        let at = call as usize;
        let (real, published) = (&mut self.real[at], &mut self.published[at]);
        real.refill(now);
        published.refill(now);
        let granted = real.take();
        let below_published = published.take() && !granted;
        Allowance { granted, left: real.tokens(), next: real.next(now), below_published }
    }
}

/// The two headers, in one of the formats and names seen: epoch milliseconds (the usual one), seconds, ISO, and
/// `x-next-replenish-time`. True when it is not the usual one.
pub(crate) fn headers(
    allowance: &Allowance,
    dice: Dice,
    variants: u16,
) -> (bool, [(&'static str, String); 2]) {
    let varied = dice.chance(Roll::Header, variants);
    let (name, value) = match (varied, dice.below(Roll::HeaderShape, 3)) {
        (false, _) => ("x-next-replenishment-time", allowance.next.to_string()),
        (true, 0) => ("x-next-replenishment-time", ((allowance.next + 999) / 1000).to_string()),
        (true, 1) => ("x-next-replenishment-time", iso(allowance.next)),
        (true, _) => ("x-next-replenish-time", allowance.next.to_string()),
    };
    (varied, [("x-current-token-count", allowance.left.to_string()), (name, value)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_calls() {
        for (at, (call, size, _)) in RATES.iter().enumerate() {
            assert_eq!(*call as usize, at);
            assert!(*size > 0);
        }
    }

    #[test]
    fn sixty_a_minute_is_sixty_and_then_one_a_second() {
        let mut limits = Limits::new(0, 1, 100);
        assert!((0..60).all(|_| limits.take(Call::Ship, 0).granted));
        let refused = limits.take(Call::Ship, 0);
        assert!(!refused.granted && refused.next == 1000, "{refused:?}");
        assert!(!limits.take(Call::Ship, 999).granted);
        assert!(limits.take(Call::Ship, 1000).granted);
        assert!(limits.take(Call::Acknowledge, 0).granted, "buckets are per call");
        let granted = (0..600).filter(|n| limits.take(Call::Ship, 61_000 + n * 100).granted).count();
        assert_eq!(granted, 60 + 59, "a full bucket and then one a second");
    }

    #[test]
    fn a_smaller_bucket_is_told_from_the_published_one() {
        let mut limits = Limits::new(0, 1, 50);
        assert!((0..30).all(|_| limits.take(Call::Ship, 0).granted));
        let refused = limits.take(Call::Ship, 0);
        assert!(!refused.granted && refused.below_published);
    }

    #[test]
    fn every_header_shape_occurs() {
        let allowance = Allowance { granted: true, left: 3, next: 1_700_000_000_500, below_published: false };
        let mut seen = std::collections::BTreeSet::new();
        for n in 0..100 {
            let (_, [count, next]) = headers(&allowance, Dice::new(1, 2, n), 500);
            assert_eq!(count.1, "3");
            seen.insert(next);
        }
        assert_eq!(seen.len(), 4, "{seen:?}");
    }
}
