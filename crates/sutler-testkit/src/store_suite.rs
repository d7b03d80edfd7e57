//! What every store must do, as functions over a store opened by the caller; [`store_suite!`](crate::store_suite) makes a
//! test of each. [`random`] drives stores through random jobs, and compares two of them answer by answer.

pub mod behaviour;
pub mod dump;
pub mod paging;
pub mod random;
pub mod sample;
pub mod stock;
pub mod tenants;
pub mod together;

use std::{
    future::Future,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
};
use sutler_core::{
    error::Result,
    ports::store::{Store, StoreExt, Tx, View},
};

/// Where a suite gets its stores: one set of data, opened as often as asked.
pub trait Backend {
    /// Opens the store for a tenant, as its engine. Whoever asks has dropped the handle before.
    fn open(&self, tenant: &str) -> Box<dyn Store>;
}

impl<S: Store + 'static, F: Fn(&str) -> S> Backend for F {
    fn open(&self, tenant: &str) -> Box<dyn Store> {
        Box::new(self(tenant))
    }
}

/// Tests for a backend: `store_suite!(memory, backend())` makes the module `memory`.
#[macro_export]
macro_rules! store_suite {
    ($module:ident, $backend:expr) => {
        $crate::store_suite! { @tests $module, $backend,
            behaviour: a_failed_job_leaves_nothing,
            behaviour: a_refused_write_leaves_nothing_though_the_job_goes_on,
            behaviour: commands_may_be_put_before_their_order,
            behaviour: g18_open_targets_exclude_each_other,
            behaviour: what_was_answered_is_there_after_reopening,
            behaviour: g28_cursors_are_kept_byte_for_byte,
            behaviour: stock_reads_back_and_departures_are_summed,
            behaviour: inputs_are_taken_in_order_and_announced,
            behaviour: orders_wait_for_what_they_want_oldest_first,
            behaviour: sweeps_see_what_was_not_looked_at,
            behaviour: personal_data_and_digests_read_back,
            behaviour: g35_orders_are_found_by_their_buyers_names_until_they_are_erased,
            together: g03_a_follower_misses_no_row,
            together: g04_one_order_once_however_often_delivered,
            together: g08_one_bad_job_fails_alone,
            paging: inbox_pages_hold_every_order_once,
            paging: the_inbox_refuses_what_would_scan,
            random: replaying_the_journal_gives_the_rows,
            random: totals_are_what_the_orders_say,
            stock: g17_an_audit_from_zero_agrees_after_every_job,
            tenants: g36_tenants_do_not_meet,
        }
    };
    (@tests $module:ident, $backend:expr, $($group:ident: $test:ident,)*) => {
        mod $module {
            use super::*;
            $(
                #[test]
                fn $test() -> $crate::store_suite::Checked {
                    $crate::store_suite::$group::$test(&$backend)
                }
            )*
        }
    };
}

/// What a test of the suite answers: the store's own error where it gave one it should not have given.
pub type Checked = Result<()>;

/// Runs a future to its end on this thread.
pub fn wait<F: Future>(future: F) -> F::Output {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

/// Polls a future once; true when it has ended.
pub fn ends_now<F: Future>(future: Pin<&mut F>) -> bool {
    future.poll(&mut Context::from_waker(Waker::noop())).is_ready()
}

/// Runs a job and waits for it.
pub fn write<T: Send + 'static>(
    store: &dyn Store,
    job: impl FnMut(&mut dyn Tx) -> Result<T> + Send + 'static,
) -> Result<T> {
    wait(store.transact(job))
}

/// Reads and waits for it.
pub fn read<T: Send + 'static>(
    store: &dyn Store,
    job: impl FnMut(&dyn View) -> Result<T> + Send + 'static,
) -> Result<T> {
    wait(store.view(job))
}
