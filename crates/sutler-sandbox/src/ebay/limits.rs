//! The calls there are, and how many of each an application has in a day.
//!
//! From eBay's page of call limits as stored in 2026: a day ends at midnight Pacific time, and answers say nothing reliable
//! about what is left. Daylight saving is left out: the day ends at 08:00 UTC all year round.

use super::refusal::Family;
use crate::clock::{DAY, Ms};

/// A call of the marketplace, as far as limits and behaviour tell calls apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    Token,
    Orders,
    Order,
    Fulfillments,
    Fulfillment,
    Ship,
    Refund,
    CancelCheck,
    CancelSearch,
    CancelGet,
    CancelCreate,
    CancelApprove,
    CancelReject,
    ReturnSearch,
    ReturnGet,
    ReturnRefund,
    Items,
    Item,
    Offers,
    Offer,
    Bulk,
    PublicKey,
    User,
    Revise,
    GetItem,
    GetUser,
}

/// What one daily limit covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Resource {
    Order,
    Cancellation,
    Return,
    Inventory,
    Notification,
    Identity,
    Trading,
}

const RESOURCES: [(Resource, i64); 7] = [
    (Resource::Order, 100_000),
    (Resource::Cancellation, 5_000),
    (Resource::Return, 5_000),
    (Resource::Inventory, 2_000_000),
    (Resource::Notification, 10_000),
    // No number was found; this one does not matter.
    (Resource::Identity, 100_000),
    (Resource::Trading, 5_000),
];

impl Call {
    /// Calls that change something at the marketplace.
    pub(crate) fn writes(self) -> bool {
        matches!(
            self,
            Call::Ship
                | Call::Refund
                | Call::CancelCreate
                | Call::CancelApprove
                | Call::CancelReject
                | Call::ReturnRefund
                | Call::Bulk
                | Call::Revise
        )
    }

    pub(crate) fn family(self) -> Family {
        match self.resource() {
            None => Family::OAuth,
            Some(Resource::Cancellation | Resource::Return) => Family::PostOrder,
            Some(Resource::Trading) => Family::Trading,
            Some(_) => Family::Rest,
        }
    }

    pub(crate) fn is_inventory(self) -> bool {
        self.resource() == Some(Resource::Inventory)
    }

    /// Calls for which sellers in the EU and the UK must sign the message.
    pub(crate) fn wants_signature(self) -> bool {
        matches!(self, Call::Refund | Call::CancelCreate | Call::CancelApprove | Call::ReturnRefund)
    }

    /// The scope without which the call is refused, by its last word; the base scope has none.
    pub(crate) fn scope(self) -> Option<&'static str> {
        Some(match self {
            Call::Refund => "sell.finances",
            _ => match self.resource()? {
                Resource::Order => "sell.fulfillment",
                Resource::Inventory => "sell.inventory",
                Resource::Identity => "commerce.identity.readonly",
                _ => return None,
            },
        })
    }

    /// Which a user must have consented to: not with an application's own token.
    pub(crate) fn is_users(self) -> bool {
        !matches!(self, Call::Token | Call::PublicKey)
    }

    fn resource(self) -> Option<Resource> {
        Some(match self {
            Call::Token => return None,
            Call::Orders
            | Call::Order
            | Call::Fulfillments
            | Call::Fulfillment
            | Call::Ship
            | Call::Refund => Resource::Order,
            Call::CancelCheck
            | Call::CancelSearch
            | Call::CancelGet
            | Call::CancelCreate
            | Call::CancelApprove
            | Call::CancelReject => Resource::Cancellation,
            Call::ReturnSearch | Call::ReturnGet | Call::ReturnRefund => Resource::Return,
            Call::Items | Call::Item | Call::Offers | Call::Offer | Call::Bulk => Resource::Inventory,
            Call::PublicKey => Resource::Notification,
            Call::User => Resource::Identity,
            Call::Revise | Call::GetItem | Call::GetUser => Resource::Trading,
        })
    }
}

/// The number of the day, Pacific time.
pub(crate) fn day(now: Ms) -> i64 {
    (now - 8 * 3_600_000).div_euclid(DAY)
}

/// What the limit says about one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Allowance {
    Granted,
    Refused,
    /// Refused although what is published would still have granted it.
    BelowPublished,
}

/// What was called today.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Limits {
    day: i64,
    called: [i64; RESOURCES.len()],
    factor: i64,
    percent: i64,
}

impl Limits {
    pub(crate) fn new(factor: u32, percent: u8) -> Limits {
        Limits {
            day: i64::MIN,
            called: [0; RESOURCES.len()],
            factor: i64::from(factor.max(1)),
            percent: i64::from(percent.clamp(1, 100)),
        }
    }

    pub(crate) fn take(&mut self, call: Call, now: Ms) -> Allowance {
        if day(now) > self.day {
            self.day = day(now);
            self.called = [0; RESOURCES.len()];
        }
        let found = call.resource().and_then(|wanted| {
            RESOURCES.iter().zip(&mut self.called).find(|((resource, _), _)| *resource == wanted)
        });
        let Some(((_, published), called)) = found else { return Allowance::Granted };
        let published = published * self.factor;
        if *called < (published * self.percent / 100).max(1) {
            *called += 1;
            Allowance::Granted
        } else if *called < published {
            Allowance::BelowPublished
        } else {
            Allowance::Refused
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_so_many_calls_and_ends_at_midnight_pacific() {
        let mut limits = Limits::new(1, 100);
        let eight = 8 * 3_600_000;
        assert!((0..5_000).all(|_| limits.take(Call::CancelSearch, eight) == Allowance::Granted));
        assert_eq!(limits.take(Call::CancelCreate, eight + DAY - 1), Allowance::Refused);
        assert_eq!(
            limits.take(Call::ReturnSearch, eight + DAY - 1),
            Allowance::Granted,
            "each resource its own"
        );
        assert_eq!(limits.take(Call::CancelCreate, eight + DAY), Allowance::Granted);
        assert!((0..200_000).all(|_| limits.take(Call::Token, 0) == Allowance::Granted));
    }

    #[test]
    fn less_than_published_is_told_from_it() {
        let mut limits = Limits::new(1, 50);
        assert!((0..2_500).all(|_| limits.take(Call::Revise, 0) == Allowance::Granted));
        assert_eq!(limits.take(Call::Revise, 0), Allowance::BelowPublished);
    }
}
