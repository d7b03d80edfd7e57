//! The operations there are, how many of each are allowed, and what the header says about it.

use crate::bucket::Bucket;
use crate::clock::Ms;

/// An operation, as far as limits and behaviour tell them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    Login,
    SearchOrders,
    GetOrder,
    ConfirmShipment,
    GetListing,
    PatchListing,
    SearchListings,
    CreateFeedDocument,
    CreateFeed,
    GetFeed,
    GetFeeds,
    CancelFeed,
    GetFeedDocument,
    CreateReport,
    GetReport,
    GetReports,
    CancelReport,
    GetReportDocument,
    FbaInventory,
    Participations,
    Subscriptions,
    RestrictedToken,
}

pub(crate) const CALLS: usize = 22;

/// The rate a second, in ten-thousandths, and the burst, in the order of [`Call`].
///
/// From the usage plans in Amazon's published models and documentation (`amazon.md` §12 of the facts this was written
/// from). Login with Amazon publishes none: its is set high enough not to matter. Of cancelFeed, cancelReport and the
/// search for listings the models name the rates of their kin.
const RATES: [(Call, i64, i64); CALLS] = [
    (Call::Login, 1_000_000, 1000),
    (Call::SearchOrders, 56, 20),
    (Call::GetOrder, 5_000, 30),
    (Call::ConfirmShipment, 20_000, 10),
    (Call::GetListing, 50_000, 10),
    (Call::PatchListing, 50_000, 5),
    (Call::SearchListings, 50_000, 5),
    (Call::CreateFeedDocument, 5_000, 15),
    (Call::CreateFeed, 83, 15),
    (Call::GetFeed, 20_000, 15),
    (Call::GetFeeds, 222, 10),
    (Call::CancelFeed, 20_000, 15),
    (Call::GetFeedDocument, 222, 10),
    (Call::CreateReport, 167, 15),
    (Call::GetReport, 20_000, 15),
    (Call::GetReports, 222, 10),
    (Call::CancelReport, 222, 10),
    (Call::GetReportDocument, 167, 15),
    (Call::FbaInventory, 20_000, 2),
    (Call::Participations, 160, 15),
    (Call::Subscriptions, 10_000, 5),
    (Call::RestrictedToken, 10_000, 10),
];

/// JSON listings feeds have a limit of their own besides that of createFeed: 5 in 5 minutes.
const LISTINGS_FEEDS: (i64, Ms) = (5, 300_000);

impl Call {
    /// Calls that change something at the marketplace.
    pub(crate) fn writes(self) -> bool {
        matches!(
            self,
            Call::ConfirmShipment
                | Call::PatchListing
                | Call::CreateFeed
                | Call::CreateFeedDocument
                | Call::CreateReport
        )
    }
}

/// What the limit says about one request.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Allowance {
    pub(crate) granted: bool,
    /// Refused although the published bucket would still have granted it.
    pub(crate) below_published: bool,
}

/// All buckets of the one seller and application.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Limits {
    factor: i64,
    real: [Bucket; CALLS],
    published: [Bucket; CALLS],
    listings_feeds: Bucket,
}

impl Limits {
    pub(crate) fn new(start: Ms, factor: u32, percent: u8) -> Limits {
        let factor = i64::from(factor.max(1));
        let sized = |percent: i64| {
            RATES.map(|(_, rate, burst)| {
                let burst = (burst * factor * percent / 100).max(1);
                Bucket::new(burst, (rate * factor * percent / 100).max(1), 10_000_000, start)
            })
        };
        let (feeds, period) = LISTINGS_FEEDS;
        Limits {
            factor,
            real: sized(i64::from(percent.clamp(1, 100))),
            published: sized(100),
            listings_feeds: Bucket::new(feeds * factor, feeds * factor, period, start),
        }
    }

    pub(crate) fn take(&mut self, call: Call, now: Ms) -> Allowance {
        let at = call as usize;
        let (real, published) = (&mut self.real[at], &mut self.published[at]);
        real.refill(now);
        published.refill(now);
        let granted = real.take();
        Allowance { granted, below_published: published.take() && !granted }
    }

    pub(crate) fn take_listings_feed(&mut self, now: Ms) -> bool {
        self.listings_feeds.refill(now);
        self.listings_feeds.take()
    }

    /// `x-amzn-RateLimit-Limit`: the rate a second and nothing else, neither burst nor what is left.
    pub(crate) fn header(&self, call: Call) -> String {
        let rate = RATES[call as usize].1 * self.factor;
        let text = format!("{}.{:04}", rate / 10_000, rate % 10_000);
        let short = text.trim_end_matches('0');
        if short.ends_with('.') { format!("{short}0") } else { short.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_calls() {
        for (at, (call, rate, burst)) in RATES.iter().enumerate() {
            assert_eq!(*call as usize, at);
            assert!(*rate > 0 && *burst > 0);
        }
    }

    #[test]
    fn twenty_searches_and_then_one_in_three_minutes() {
        let mut limits = Limits::new(0, 1, 100);
        assert!((0..20).all(|_| limits.take(Call::SearchOrders, 0).granted));
        assert!(!limits.take(Call::SearchOrders, 178_571).granted);
        assert!(limits.take(Call::SearchOrders, 178_572).granted);
        assert!(limits.take(Call::GetOrder, 0).granted, "buckets are per operation");
        assert_eq!(
            (limits.header(Call::SearchOrders).as_str(), limits.header(Call::ConfirmShipment).as_str()),
            ("0.0056", "2.0")
        );
    }

    #[test]
    fn a_smaller_bucket_is_told_from_the_published_one() {
        let mut limits = Limits::new(0, 1, 50);
        assert!((0..5).all(|_| limits.take(Call::ConfirmShipment, 0).granted));
        let refused = limits.take(Call::ConfirmShipment, 0);
        assert!(!refused.granted && refused.below_published);
    }
}
