//! What every channel must do, as functions over a channel and the marketplace it speaks to;
//! [`channel_suite!`](crate::channel_suite) makes a test of each.
//!
//! A channel says by its [`Capabilities`](sutler_core::channel::Capabilities) what its marketplace can and cannot do. No test
//! is left out where it cannot: it then holds that the channel says so, and that nothing happens that must not.

pub mod access;
pub mod broken;
pub mod case;
pub mod flavours;
pub mod local;
pub mod orders;
pub mod reading;
pub mod refunds;
pub mod repeats;
pub mod returns;
pub mod stock;

use sutler_core::{
    budget::Budgets,
    channel::Channel,
    error::Result,
    id::ChannelOrderId,
    push::PushRequest,
    time::{Duration, Timestamp},
};
use sutler_sandbox::Effects;

/// SKUs that the marketplace of a suite lists, with a hundred units of each.
pub const SKUS: [&str; 3] = ["MUG", "PLATE", "BOWL"];

/// Where a suite gets its channels: each on a marketplace of its own, in which nothing was sold yet.
pub trait Subject {
    /// Opens the channel for somebody.
    ///
    /// # Errors
    /// The channel's own, where it cannot be built.
    fn open(&self, who: Who) -> Result<Box<dyn Stand>>;
}

impl<F: Fn(Who) -> Result<Box<dyn Stand>>> Subject for F {
    fn open(&self, who: Who) -> Result<Box<dyn Stand>> {
        self(who)
    }
}

/// For whom a channel is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// The seller, with a credential of theirs.
    Seller,
    /// Somebody whose credential the marketplace does not know.
    Stranger,
}

/// A channel, its marketplace and their time.
pub trait Stand {
    /// The channel.
    fn channel(&self) -> &dyn Channel;
    /// The budgets it was built with.
    fn budgets(&self) -> &Budgets;
    /// Marketplace time.
    fn now(&self) -> Timestamp;
    /// Lets time pass.
    fn pass(&self, span: Duration);
    /// A buyer buys. Answers the order's id.
    ///
    /// # Errors
    /// When the marketplace cannot sell that.
    fn sell(&self, sale: Sale) -> Result<ChannelOrderId>;
    /// The buyer asks to cancel.
    ///
    /// # Errors
    /// When the marketplace does not know the order.
    fn ask_to_cancel(&self, order: &ChannelOrderId) -> Result<()>;
    /// The buyer sends back what was shipped of the order's first line.
    ///
    /// # Errors
    /// When the marketplace knows no returns, or nothing of the order was shipped.
    fn send_back(&self, _order: &ChannelOrderId) -> Result<()> {
        Err(sutler_core::error::Error::new(sutler_core::error::ErrorKind::Invalid, "suite.send_back")
            .message("the market of this suite knows no returns"))
    }
    /// What took effect at the marketplace.
    fn effects(&self) -> Effects;
    /// What becomes of the next write; the one after it fares well again.
    fn fate(&self, fate: Fate);
    /// What the marketplace pushes to the channel when something of the order is new; none where the channel takes no pushes.
    fn push(&self, _order: &ChannelOrderId) -> Option<PushRequest> {
        None
    }
}

/// What a buyer buys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sale {
    /// One of [`SKUS`].
    pub sku: &'static str,
    /// How many.
    pub units: u32,
    /// As many of another, on a second line.
    pub and: Option<&'static str>,
    /// The marketplace ships it.
    pub shipped_by_marketplace: bool,
}

impl Sale {
    /// So many of it, to be shipped by the seller.
    pub fn of(units: u32, sku: &'static str) -> Sale {
        Sale { sku, units, and: None, shipped_by_marketplace: false }
    }
}

/// What becomes of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is done and answered.
    Answered,
    /// It never arrives.
    LostBefore,
    /// It is done, and its answer is lost.
    LostAfter,
}

/// Hands the list of all behaviours to another macro.
#[doc(hidden)]
#[macro_export]
macro_rules! channel_behaviours {
    ($then:ident, $($given:tt)*) => {
        $crate::$then! { $($given)*,
            access: a_check_tells_who_we_are,
            access: g26_a_strangers_credential_is_proven_dead,
            access: a_call_whose_time_is_over_sends_nothing,
            access: g18_a_write_does_not_leave_once_the_lease_may_be_anothers,
            access: every_budget_that_is_named_is_declared,
            access: every_verb_is_declared_once_and_within_its_own_bounds,
            access: streams_are_declared_once_and_show_what_was_placed,
            access: g11_a_forged_push_tells_nothing,
            access: g11_an_authentic_push_tells_of_its_order,
            reading: g01_every_order_of_a_window_is_on_one_of_its_pages,
            reading: an_order_placed_after_a_window_is_not_in_it,
            reading: a_window_in_which_nothing_was_sold_ends_at_once,
            reading: g28_a_page_is_read_again_at_its_cursor,
            reading: g05_a_page_names_our_seller_or_none,
            reading: pages_show_lines_and_statuses,
            reading: an_order_nobody_placed_is_not_visible,
            reading: a_single_read_shows_the_order_of_the_list,
            reading: reading_into_the_model_is_pure_and_keeps_the_payload,
            reading: g07_any_bytes_give_an_order,
            reading: lines_say_what_was_bought_and_how_much,
            reading: an_order_was_placed_when_it_was_placed,
            reading: g29_what_the_buyer_pays_has_one_currency,
            reading: what_others_ship_is_theirs,
            reading: g19_a_wish_to_cancel_shows_in_a_single_read,
            reading: g19_what_a_list_hides_is_asked_for,
            orders: taking_an_order_is_told_where_it_must_be,
            orders: a_package_of_a_whole_line_is_confirmed,
            orders: g20_a_part_of_a_line_is_confirmed,
            orders: g20_two_packages_of_a_line_add_up,
            orders: more_than_was_bought_is_not_shipped,
            orders: an_order_nobody_placed_is_not_shipped,
            orders: a_carrier_the_marketplace_does_not_list_is_named_all_the_same,
            orders: what_the_marketplace_ships_is_not_written,
            orders: an_order_is_cancelled_by_the_unit_the_channel_cancels,
            orders: cancelling_covers_no_more_than_its_unit,
            orders: what_was_shipped_is_not_cancelled,
            orders: a_wish_is_granted_where_the_channel_waits_for_an_answer,
            orders: a_batch_is_answered_one_by_one_and_a_larger_one_not_sent,
            flavours: an_order_shows_as_taken_once_it_is,
            flavours: an_acceptance_promises_what_the_channel_wants,
            flavours: all_packages_go_at_once_where_they_must,
            flavours: g27_a_wish_to_cancel_says_by_when_it_is_answered,
            flavours: accepted_work_is_over_once_it_took_effect,
            flavours: a_handle_nobody_gave_settles_nothing,
            flavours: a_level_is_moved_where_it_cannot_be_set,
            repeats: g18_a_taken_order_is_taken_once,
            repeats: g18_a_shipment_is_repeated_as_declared,
            repeats: g18_a_partial_shipment_is_repeated_as_declared,
            repeats: g18_a_cancellation_is_repeated_as_declared,
            repeats: g18_a_shipment_whose_answer_is_lost_is_seen,
            repeats: g18_a_shipment_that_never_arrived_is_not_seen,
            repeats: g18_a_cancellation_whose_answer_is_lost_is_seen,
            repeats: g18_a_cancellation_that_never_arrived_is_not_seen,
            repeats: g18_a_level_is_repeated_as_declared,
            repeats: g18_a_level_whose_answer_is_lost_is_seen,
            repeats: g18_a_level_that_never_arrived_is_not_seen,
            refunds: g22_money_goes_back_where_the_channel_gives_it_and_nowhere_else,
            refunds: g22_more_than_was_charged_is_not_given_back,
            refunds: g18_a_whole_refund_is_repeated_as_declared,
            refunds: g18_a_partial_refund_is_repeated_as_declared,
            refunds: g18_a_refund_whose_answer_is_lost_is_seen,
            refunds: g18_a_refund_that_never_arrived_is_not_seen,
            returns: what_buyers_send_back_is_read_where_the_channel_tells_of_it,
            stock: levels_are_read_or_said_to_be_unreadable,
            stock: a_sku_nobody_lists_has_no_level,
            stock: g16_a_level_that_was_set_is_read_back,
            stock: the_last_level_wins,
            stock: a_sale_lowers_the_level,
            stock: a_sku_nobody_lists_is_not_set,
            stock: g08_of_several_levels_one_fails_alone,
        }
    };
}

/// Tests for a channel: `channel_suite!(walmart, subject())` makes the module `walmart`.
#[macro_export]
macro_rules! channel_suite {
    (@tests $module:ident, $subject:expr, $($group:ident: $test:ident,)*) => {
        mod $module {
            use super::*;
            $(
                #[test]
                fn $test() -> sutler_core::error::Result<()> {
                    $crate::channel_suite::$group::$test(&$subject)
                }
            )*
        }
    };
    (@list, $($group:ident: $test:ident,)*) => {
        &[$((stringify!($test), $group::$test)),*]
    };
    ($module:ident, $subject:expr) => {
        $crate::channel_behaviours! { channel_suite, @tests $module, $subject }
    };
}

/// One thing every channel must do.
pub type Behaviour = fn(&dyn Subject) -> Result<()>;

/// Every behaviour of the suite, by its name.
pub const BEHAVIOURS: &[(&str, Behaviour)] = channel_behaviours! { channel_suite, @list };
