//! Either marketplace as the other side of a suite.

use super::wire::{Far, Wire};
use crate::{
    bench::Leaping,
    channel_suite::{Fate, Sale, Stand},
};
use std::sync::Arc;
use sutler_core::{
    budget::Budgets,
    channel::Channel,
    error::{Error, ErrorKind, Result},
    id::ChannelOrderId,
    ports::Clock,
    push::PushRequest,
    time::{Duration, Timestamp, from_millis},
};
use sutler_sandbox::Effects;

/// What a buyer, and whoever counts, can do at either marketplace.
pub trait Shop: Far {
    /// A buyer buys.
    fn sell(&mut self, now: Timestamp, sale: Sale) -> ChannelOrderId;
    /// The buyer asks to cancel.
    ///
    /// # Errors
    /// Why not, in words.
    fn ask_to_cancel(&mut self, now: Timestamp, order: &ChannelOrderId) -> std::result::Result<(), String>;
    /// What took effect.
    fn effects(&self) -> Effects;
    /// What it pushes of an order, where it pushes.
    fn push(&self, now: Timestamp, order: &ChannelOrderId) -> Option<PushRequest>;
}

/// When both worlds begin.
pub fn origin() -> Timestamp {
    from_millis(1_795_420_800_000)
}

/// A marketplace, the channel that speaks to it, and their time.
#[derive(Debug)]
pub struct Stall<M> {
    /// Time, which goes on only when somebody waits for it.
    pub clock: Leaping,
    /// The way to the marketplace.
    pub wire: Wire<M>,
    /// The channel.
    pub channel: Arc<dyn Channel>,
    /// The budgets it was built with.
    pub budgets: Arc<Budgets>,
}

impl<M: Shop> Stall<M> {
    /// A stall of this marketplace, with the channel that `build` makes of the way to it.
    pub fn new(market: M, build: impl FnOnce(Wire<M>, &Budgets) -> Arc<dyn Channel>) -> Stall<M> {
        let clock = Leaping::new(origin());
        let budgets = Arc::new(Budgets::default());
        let wire = Wire::new(market, Arc::new(clock.clone()));
        let channel = build(wire.clone(), &budgets);
        Stall { clock, wire, channel, budgets }
    }
}

impl<M: Shop> Stand for Stall<M> {
    fn channel(&self) -> &dyn Channel {
        &*self.channel
    }

    fn budgets(&self) -> &Budgets {
        &self.budgets
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn pass(&self, span: Duration) {
        self.clock.pass(span);
    }

    fn sell(&self, sale: Sale) -> Result<ChannelOrderId> {
        Ok(self.wire.market().sell(self.now(), sale))
    }

    fn ask_to_cancel(&self, order: &ChannelOrderId) -> Result<()> {
        let asked = self.wire.market().ask_to_cancel(self.now(), order);
        asked.map_err(|why| Error::new(ErrorKind::NotFound, "stall.ask").message(why))
    }

    fn effects(&self) -> Effects {
        self.wire.market().effects()
    }

    fn fate(&self, fate: Fate) {
        self.wire.fate(fate);
    }

    fn push(&self, order: &ChannelOrderId) -> Option<PushRequest> {
        self.wire.market().push(self.now(), order)
    }
}
