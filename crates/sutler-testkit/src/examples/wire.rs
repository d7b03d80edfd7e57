//! What lies between a connector and its marketplace in this process: calls that are too late, calls that are lost, callers
//! that die.

use crate::channel_suite::Fate;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use sutler_core::{
    Applied, Timestamp,
    channel::CallCx,
    error::{Error, ErrorKind, Result, Retry},
    ports::Clock,
};

/// The other end of a wire.
pub trait Far: Send + std::fmt::Debug {
    /// Lets happen what is due by now.
    fn advance(&mut self, now: Timestamp);
    /// Is this secret the seller's?
    fn knows(&self, secret: &str) -> bool;
    /// A request arrived.
    fn arrived(&mut self);
}

/// When a caller dies: with the write that so many others go before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Death {
    /// Writes that fare well before.
    pub after: u64,
    /// Did the last one arrive?
    pub applied: bool,
}

#[derive(Debug)]
struct Weather {
    fate: Fate,
    death: Option<Death>,
    dead: bool,
}

/// A connector's way to its marketplace. A clone leads to the same one, in the same weather.
#[derive(Debug)]
pub struct Wire<M> {
    market: Arc<Mutex<M>>,
    weather: Arc<Mutex<Weather>>,
    clock: Arc<dyn Clock>,
}

impl<M> Clone for Wire<M> {
    fn clone(&self) -> Wire<M> {
        Wire { market: self.market.clone(), weather: self.weather.clone(), clock: self.clock.clone() }
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    // A marketplace still counts what it counted after any panic elsewhere.
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<M: Far> Wire<M> {
    /// A wire to this marketplace, in fair weather.
    pub fn new(market: M, clock: Arc<dyn Clock>) -> Wire<M> {
        let weather = Weather { fate: Fate::Answered, death: None, dead: false };
        Wire { market: Arc::new(Mutex::new(market)), weather: Arc::new(Mutex::new(weather)), clock }
    }

    /// Marketplace time.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The marketplace as it is now, for whoever stands beside it and not for its connector.
    pub fn market(&self) -> MutexGuard<'_, M> {
        let mut market = lock(&self.market);
        market.advance(self.clock.now());
        market
    }

    /// What becomes of the next write.
    pub fn fate(&self, fate: Fate) {
        lock(&self.weather).fate = fate;
    }

    /// The caller dies so; [`Wire::died`] says when it has.
    pub fn dies(&self, death: Death) {
        lock(&self.weather).death = Some(death);
    }

    /// Is the caller dead, and nobody has noticed yet?
    pub fn is_dead(&self) -> bool {
        lock(&self.weather).dead
    }

    /// Has the caller died since this was asked last?
    pub fn died(&self) -> bool {
        std::mem::take(&mut lock(&self.weather).dead)
    }

    /// Asks something.
    ///
    /// # Errors
    /// `Timeout` where the call's time is over, `Unauthorized` where the secret is nobody's; those of `ask`.
    pub fn read<T>(
        &self,
        cx: &CallCx,
        secret: &str,
        op: &'static str,
        ask: impl FnOnce(&mut M, Timestamp) -> Result<T>,
    ) -> Result<T> {
        let now = self.in_time(cx, op)?;
        self.arrive(secret, op, now, ask)
    }

    /// Does something. It is done at most once, and whether it was done need not be heard.
    ///
    /// # Errors
    /// As [`Wire::read`]; `Network`, not knowing whether it was done, where the weather is bad.
    pub async fn write<T>(
        &self,
        cx: &CallCx,
        secret: &str,
        op: &'static str,
        act: impl FnOnce(&mut M, Timestamp) -> Result<T>,
    ) -> Result<T> {
        let now = self.in_time(cx, op)?;
        if cx.write_by.is_some_and(|by| now >= by) {
            return Err(Error::new(ErrorKind::Timeout, op)
                .with_applied(Applied::No)
                .message("a write must not leave any more: the channel may be another worker's"));
        }
        let (fate, death) = self.draw();
        let lost = |why: &str| {
            Error::new(ErrorKind::Network, op)
                .with_applied(Applied::Unknown)
                .with_retry(Retry::Backoff)
                .message(why.to_owned())
        };
        let arrives = fate != Fate::LostBefore && death != Some(false);
        let answer = if arrives { Some(self.arrive(secret, op, now, act)) } else { None };
        if death.is_some() {
            lock(&self.weather).dead = true;
            // Whoever called is gone: nobody polls this again.
            std::future::pending::<()>().await;
        }
        match (answer, fate) {
            (None, _) => Err(lost("lost on its way")),
            (Some(_), Fate::LostAfter) => Err(lost("its answer was lost")),
            (Some(answer), _) => answer,
        }
    }

    fn draw(&self) -> (Fate, Option<bool>) {
        let mut weather = lock(&self.weather);
        let fate = std::mem::replace(&mut weather.fate, Fate::Answered);
        let death = match &mut weather.death {
            Some(Death { after: 0, applied }) => Some(*applied),
            Some(death) => {
                death.after -= 1;
                None
            }
            None => None,
        };
        if death.is_some() {
            weather.death = None;
        }
        (fate, death)
    }

    fn in_time(&self, cx: &CallCx, op: &'static str) -> Result<Timestamp> {
        let now = self.clock.now();
        if now < cx.deadline {
            return Ok(now);
        }
        Err(Error::new(ErrorKind::Timeout, op)
            .with_applied(Applied::No)
            .with_retry(Retry::Backoff)
            .message(format!("its time was over at {}, and nothing was sent", cx.deadline)))
    }

    fn arrive<T>(
        &self,
        secret: &str,
        op: &'static str,
        now: Timestamp,
        then: impl FnOnce(&mut M, Timestamp) -> Result<T>,
    ) -> Result<T> {
        let mut market = lock(&self.market);
        market.arrived();
        market.advance(now);
        if !market.knows(secret) {
            return Err(Error::new(ErrorKind::Unauthorized, op)
                .with_applied(Applied::No)
                .with_retry(Retry::Never)
                .message("the marketplace knows no such secret; the seller's own is right"));
        }
        then(&mut market, now)
    }
}
