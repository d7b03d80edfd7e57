//! A host with an engine on one example marketplace.

use std::{
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};
use sutler_core::{
    Result, Timestamp,
    command::{Command, State, Verb},
    id::ChannelOrderId,
    journal::{Entry, JournalRow},
    order::{LineQuantity, ShipmentReport},
    policy::Policy,
    ports::{
        BoxFuture, Clock,
        store::{InboxQuery, InboxRow, Input, IntakeOutcome, StoreExt},
    },
    state::OrderState,
    stock::Count,
    time::Duration,
};
use sutler_engine::{Engine, Health, Ports, Settings};
use sutler_store::memory::MemoryStore;
use sutler_testkit::{
    bench::{Counting, Leaping, at_once},
    channel_suite::{SKUS, Who},
    examples::{
        arranging, ledgerlike,
        stall::{Shop, Stall, origin},
        wire::Wire,
    },
};

/// Time that leaps for the living: who died waits for ever.
#[derive(Debug)]
struct Mortal<M> {
    clock: Leaping,
    wire: Wire<M>,
}

impl<M: Shop + 'static> Clock for Mortal<M> {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn sleep_until(&self, until: Timestamp) -> BoxFuture<'static, ()> {
        let (clock, wire) = (self.clock.clone(), self.wire.clone());
        Box::pin(async move {
            if wire.is_dead() {
                std::future::pending::<()>().await;
            }
            clock.sleep_until(until).await;
        })
    }

    fn real(&self, real: std::time::Duration) -> Duration {
        self.clock.real(real)
    }
}

/// A host, its engine, and the marketplace.
pub(crate) struct Host<M> {
    pub(crate) stall: Stall<M>,
    store: MemoryStore,
    policy: Policy,
    engine: Option<Engine>,
    /// How often the engine was started anew.
    pub(crate) restarts: u32,
}

pub(crate) fn on_arranging(policy: Policy) -> Result<Host<arranging::Arranging>> {
    Host::open(arranging::stall(Who::Seller), policy)
}

pub(crate) fn on_ledgerlike() -> Result<Host<ledgerlike::Ledgerlike>> {
    Host::open(ledgerlike::stall(Who::Seller), Policy::standard())
}

impl<M: Shop + 'static> Host<M> {
    /// A host with forty units of everything.
    fn open(stall: Stall<M>, policy: Policy) -> Result<Host<M>> {
        let mut host = Host { stall, store: MemoryStore::new(), policy, engine: None, restarts: 0 };
        for sku in SKUS {
            let as_of = origin() - Duration::days(1);
            host.ask(Input::OnHand(Count { sku: sku.into(), quantity: 40, as_of }))?;
        }
        host.start()?;
        Ok(host)
    }

    fn start(&mut self) -> Result<()> {
        let ports = Ports {
            store: Arc::new(self.store.clone()),
            clock: Arc::new(Mortal { clock: self.stall.clock.clone(), wire: self.stall.wire.clone() }),
            entropy: Arc::new(Counting::default()),
            budgets: self.stall.budgets.clone(),
        };
        let channels = vec![self.stall.channel.clone()];
        self.engine = Some(Engine::new(ports, self.policy.clone(), Settings::default(), channels)?);
        Ok(())
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.stall.clock.now()
    }

    /// Runs the engine for a span; where a call kills it, another one takes over.
    pub(crate) fn run(&mut self, span: Duration) -> Result<()> {
        let until = self.now() + span;
        while self.now() < until {
            if self.step()? {
                self.engine = None;
                self.store = self.store.reopen();
                self.restarts += 1;
                self.start()?;
            }
            self.stall.clock.pass(Duration::seconds(20));
        }
        Ok(())
    }

    /// Does what is due. Answers whether it died of it.
    fn step(&mut self) -> Result<bool> {
        let Some(engine) = &mut self.engine else { return Ok(true) };
        let mut step = pin!(engine.step());
        let mut cx = Context::from_waker(Waker::noop());
        for _ in 0..10_000 {
            match step.as_mut().poll(&mut cx) {
                Poll::Ready(done) => return done.map(|_| false),
                Poll::Pending if self.stall.wire.died() => return Ok(true),
                Poll::Pending => {}
            }
        }
        panic!("the engine waits for something that does not come");
    }

    /// Asks the engine for something; it is taken when it runs.
    pub(crate) fn ask(&self, input: Input) -> Result<i64> {
        let now = self.now();
        at_once(self.store.transact(move |tx| tx.add_input(&input, now)))
    }

    /// What became of something asked for.
    pub(crate) fn answer(&self, asked: i64) -> Result<String> {
        let outcome = at_once(self.store.view(move |view| view.intake_outcome(asked)))?;
        Ok(match outcome {
            Some(IntakeOutcome::Done(said)) => said,
            other => format!("{other:?}"),
        })
    }

    /// Reports a package of units of lines.
    pub(crate) fn report(
        &self,
        order: &ChannelOrderId,
        package: u32,
        tracking: &str,
        lines: &[(&str, u32)],
    ) -> Result<i64> {
        let part =
            |(line, quantity): &(&str, u32)| LineQuantity { line_id: (*line).into(), quantity: *quantity };
        let report = ShipmentReport {
            package,
            carrier: "UPS".into(),
            tracking: tracking.into(),
            tracking_url: None,
            shipped_at: self.now(),
            lines: lines.iter().map(part).collect(),
        };
        let channel = self.stall.channel.id().clone();
        self.ask(Input::ReportShipment { channel, order: order.clone(), report })
    }

    fn row(&self, order: &ChannelOrderId) -> Result<Option<InboxRow>> {
        let query = InboxQuery { order_id: Some(order.to_string()), limit: 5, ..InboxQuery::default() };
        Ok(at_once(self.store.view(move |view| view.inbox(&query)))?.rows.pop())
    }

    /// Is the order stored?
    pub(crate) fn knows(&self, order: &ChannelOrderId) -> Result<bool> {
        Ok(self.row(order)?.is_some())
    }

    /// When the order's next deadline is.
    pub(crate) fn due(&self, order: &ChannelOrderId) -> Result<Option<Timestamp>> {
        Ok(self.row(order)?.and_then(|row| row.due_at))
    }

    /// The order with its commands and its history.
    pub(crate) fn order(
        &self,
        order: &ChannelOrderId,
    ) -> Result<(OrderState, Vec<Command>, Vec<JournalRow>)> {
        let key = self.row(order)?.map(|row| row.key).unwrap_or_else(|| panic!("{order} is not stored"));
        at_once(self.store.view(move |view| {
            let state = view.order(key)?.unwrap_or_else(|| panic!("order {key:?} has no row"));
            Ok((state, view.commands(key)?, view.history(key)?))
        }))
    }

    /// The order's commands of a verb that were confirmed.
    pub(crate) fn confirmed(&self, order: &ChannelOrderId, verb: Verb) -> Result<Vec<Command>> {
        let mut commands = self.order(order)?.1;
        commands.retain(|command| command.key.verb == verb && command.state == State::Confirmed);
        Ok(commands)
    }

    /// Codes of what holds the order.
    pub(crate) fn holds(&self, order: &ChannelOrderId) -> Result<Vec<String>> {
        Ok(self.order(order)?.0.holds.iter().map(|hold| hold.reason.code().into_owned()).collect())
    }

    /// Every entry of the journal.
    pub(crate) fn journal(&self) -> Result<Vec<Entry>> {
        let rows = at_once(self.store.view(|view| view.journal(sutler_core::id::Seq(0), 1_000_000)))?;
        Ok(rows.into_iter().map(|row| row.entry).collect())
    }

    /// How the channel is doing.
    pub(crate) fn health(&self) -> Result<Health> {
        let watcher = self.engine.as_ref().map(Engine::watcher);
        let watcher = watcher.unwrap_or_else(|| panic!("no engine runs"));
        Ok(at_once(watcher.health())?.pop().unwrap_or_else(|| panic!("no channel has a health")))
    }
}

/// Orders must be taken within a day, and a wish to cancel holds the order.
pub(crate) fn taken_within_a_day() -> Policy {
    let mut policy = Policy::standard();
    let change = |deadlines: &mut sutler_core::deadline::DeadlinePolicy| {
        deadlines.acknowledge = Some(Duration::hours(24));
        Ok::<(), ()>(())
    };
    policy.deadlines.change_all(change).unwrap_or(());
    policy
}
