//! How the engine learns that an input arrived.

use std::{
    future::Future,
    pin::Pin,
    sync::{Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

/// The newest input known of, and the newest one announced. Each arrival is announced once, to whoever asks first: a
/// store has one engine.
#[derive(Debug, Default)]
pub(crate) struct Arrivals(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    latest: i64,
    announced: i64,
    waiting: Vec<Waker>,
}

impl Arrivals {
    fn lock(&self) -> MutexGuard<'_, Known> {
        // Nothing here can panic half-way, so a poisoned lock holds whole data.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The input `id` is committed.
    pub(crate) fn arrived(&self, id: i64) {
        let waiting = {
            let mut known = self.lock();
            if id <= known.latest {
                return;
            }
            known.latest = id;
            std::mem::take(&mut known.waiting)
        };
        waiting.into_iter().for_each(Waker::wake);
    }

    /// Announces everything once more: a new owner knows of nothing.
    pub(crate) fn forget(&self) {
        self.lock().announced = 0;
    }

    /// Ends at the next input that was not announced yet.
    pub(crate) fn next(&self) -> Next<'_> {
        Next(self)
    }
}

/// See [`Arrivals::next`].
#[derive(Debug)]
pub(crate) struct Next<'a>(&'a Arrivals);

impl Future for Next<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut known = self.0.lock();
        if known.latest > known.announced {
            known.announced = known.latest;
            return Poll::Ready(());
        }
        if !known.waiting.iter().any(|waker| waker.will_wake(cx.waker())) {
            known.waiting.push(cx.waker().clone());
        }
        Poll::Pending
    }
}
