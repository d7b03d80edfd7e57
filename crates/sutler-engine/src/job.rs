//! One transaction's working set: the order being changed, the items it moves, and what the driver must hear afterwards.

use crate::{
    judges::{Seat, Unheard},
    settings::Settings,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};
use sutler_core::{
    Result, Timestamp,
    address::Address,
    channel::{Capabilities, Channel, LevelRead},
    command::{Act, CancelReason, Command, CommandKey, State},
    deadline::{ASKED_AT_ALL, DeadlinePolicy},
    error::{Error, ErrorKind},
    id::{ChannelId, ChannelOrderId, OrderKey, Seq, Sku},
    journal::Entry,
    order::OrderFacts,
    policy::Policy,
    ports::store::Tx,
    push::Told,
    rule::StockView,
    state::OrderState,
    stock::Item,
    time::{Duration, from_millis, later},
};

/// What every job of an engine knows, apart from the time.
#[derive(Debug)]
pub(crate) struct World {
    pub policy: Policy,
    pub settings: Settings,
    pub channels: BTreeMap<ChannelId, Arc<dyn Channel>>,
    pub judges: Vec<Seat>,
    pub jobs: AtomicU64,
    /// When the engine began to work, in milliseconds.
    pub begun: AtomicI64,
}

impl World {
    pub(crate) fn capabilities(&self, channel: &ChannelId) -> Result<&Capabilities> {
        self.channels.get(channel).map(|c| c.capabilities()).ok_or_else(|| {
            Error::new(ErrorKind::NotFound, "engine.channel")
                .message(format!("channel {:?} is not configured here", channel.as_str()))
        })
    }

    /// Do these facts come from a list that hides what a rule would ask for?
    pub(crate) fn hides(&self, channel: &ChannelId, facts: &OrderFacts) -> bool {
        self.channels.get(channel).is_some_and(|channel| channel.wants_look(facts))
    }

    pub(crate) fn begin(&self, now: Timestamp) {
        self.begun.store(now.timestamp_millis(), Ordering::Relaxed);
    }

    /// When an order that waits for a judge is decided without: however late it is at a start, its judges are asked at all.
    pub(crate) fn judge_by(&self, order: &OrderState) -> Timestamp {
        let by = self.deadlines(&order.channel).judge_by(order);
        match self.begun.load(Ordering::Relaxed) {
            i64::MIN => by,
            begun => by.max(later(from_millis(begun), ASKED_AT_ALL)),
        }
    }

    /// How deadlines of a channel are reckoned.
    pub(crate) fn deadlines(&self, channel: &ChannelId) -> &DeadlinePolicy {
        let marketplace =
            self.channels.get(channel).map_or("", |channel| &channel.capabilities().marketplace);
        self.policy.deadlines.of(channel, marketplace)
    }
}

/// A read of one order that is owed for what a list or report hides of it.
#[derive(Clone, Debug)]
pub(crate) struct Owed {
    pub channel: ChannelId,
    pub order: ChannelOrderId,
    /// What is due first is read first; what has nothing to be late with comes last.
    pub due: Option<Timestamp>,
}

impl Owed {
    /// What is the seller's to ship comes first, by its deadline or else by its age.
    pub(crate) fn of(channel: &ChannelId, order: &ChannelOrderId, facts: &OrderFacts) -> Owed {
        let due = facts.ship_by.or(facts.placed_at).filter(|_| facts.is_sellers());
        Owed { channel: channel.clone(), order: order.clone(), due }
    }
}

/// What changed, for the drivers' mirrors of open work.
#[derive(Clone, Debug, Default)]
pub(crate) struct Touched {
    /// The job's place among all jobs of this engine.
    pub seq: u64,
    /// Commands as they stand now, of every order that was changed.
    pub commands: Vec<(ChannelId, Command)>,
    /// SKUs whose availability or listing changed.
    pub skus: BTreeSet<Sku>,
    /// Orders seen for the first time.
    pub new_orders: u64,
    /// Orders whose facts changed.
    pub changed_orders: u64,
    /// Orders left undecided until the pull is complete.
    pub undecided: u64,
    /// Questions judges have not answered.
    pub unheard: Vec<Unheard>,
    /// Orders to be read by themselves, because what was told of them hides something.
    pub owed: Vec<Owed>,
    /// What pushes told, for the drivers of their channels.
    pub told: Vec<(ChannelId, Told)>,
}

/// A transaction under way.
pub(crate) struct Job<'t> {
    pub tx: &'t mut dyn Tx,
    pub world: &'t World,
    pub now: Timestamp,
    pub touched: Touched,
    /// More of the same pull follows: stock that may run out is not given out yet.
    pub more_follows: bool,
    items: BTreeMap<Sku, Shelf>,
}

/// An item in the working set.
#[derive(Debug)]
pub(crate) struct Shelf {
    pub item: Item,
    /// It is to be written.
    moved: bool,
    /// Units nobody had been promised when this job came to it, or when it last served who waits for it.
    free_before: i64,
}

impl<'t> Job<'t> {
    pub(crate) fn new(tx: &'t mut dyn Tx, world: &'t World, now: Timestamp) -> Self {
        let touched = Touched { seq: world.jobs.fetch_add(1, Ordering::Relaxed), ..Touched::default() };
        Job { tx, world, now, touched, more_follows: false, items: BTreeMap::new() }
    }

    /// Loads an item into the working set; one nobody named is there, not counted.
    pub(crate) fn item(&mut self, sku: &Sku) -> Result<&mut Shelf> {
        if !self.items.contains_key(sku) {
            let item = self.tx.item(sku)?.unwrap_or_else(|| Item::new(sku.clone()));
            let free_before = item.unallocated();
            self.items.insert(sku.clone(), Shelf { item, moved: false, free_before });
        }
        self.items
            .get_mut(sku)
            .ok_or_else(|| Error::new(ErrorKind::Store, "engine.item").message("item vanished"))
    }

    fn move_item(&mut self, sku: &Sku, change: impl FnOnce(&mut Item)) -> Result<()> {
        let shelf = self.item(sku)?;
        change(&mut shelf.item);
        shelf.moved = true;
        self.touched.skus.insert(sku.clone());
        Ok(())
    }

    /// Replaces an item's count; called with what left since.
    pub(crate) fn count_item(&mut self, sku: &Sku, quantity: i64, as_of: Timestamp) -> Result<()> {
        let departed = self.tx.departed_since(sku, as_of)?;
        self.move_item(sku, |item| {
            (item.counted, item.as_of, item.departed) = (Some(quantity), as_of, departed);
        })
    }

    /// Writes the items that moved and says what changed. Call once, last.
    pub(crate) fn finish(self) -> Result<Touched> {
        for shelf in self.items.values().filter(|shelf| shelf.moved) {
            self.tx.put_item(&shelf.item)?;
        }
        Ok(self.touched)
    }

    /// SKUs of which more is free than when this job came to them, and some; told once.
    pub(crate) fn take_freed(&mut self) -> Vec<Sku> {
        let mut freed = Vec::new();
        for (sku, shelf) in &mut self.items {
            let free = shelf.item.unallocated();
            if free > shelf.free_before && free > 0 {
                freed.push(sku.clone());
            }
            shelf.free_before = free;
        }
        freed
    }

    /// Loads an order that is there.
    pub(crate) fn load(&mut self, key: OrderKey) -> Result<Aggregate> {
        let state = self.tx.order(key)?.ok_or_else(|| {
            Error::new(ErrorKind::Store, "engine.load")
                .message(format!("order {} is not in the store", key.0))
        })?;
        let commands = self.tx.commands(key)?;
        Ok(Aggregate::new(state, commands))
    }

    /// Loads an order by the channel's id, if it is there.
    pub(crate) fn find(&mut self, channel: &ChannelId, id: &ChannelOrderId) -> Result<Option<Aggregate>> {
        match self.tx.known(channel, id)? {
            Some((key, _)) => self.load(key).map(Some),
            None => Ok(None),
        }
    }

    /// Writes an order with everything that follows from its change: journal, commands, items, listings.
    pub(crate) fn save(&mut self, mut order: Aggregate) -> Result<()> {
        if order.entries.is_empty() {
            return Ok(());
        }
        let key = order.state.key;
        for entry in &order.entries {
            let seq = self.tx.append(
                Some(key),
                Some(&order.state.channel),
                order.state.version,
                self.now,
                entry,
            )?;
            order.state.version = seq;
        }
        let deadlines = self.world.deadlines(&order.state.channel);
        let answer_by = order.state.facts.answer_cancel_by().filter(|_| !order.answers_wish());
        let due = deadlines.due_with(&order.state, answer_by);
        let at_risk = due.map(|due| deadlines.latest_safe(due, Duration::zero()));
        self.tx.put_order(&order.state, due, at_risk)?;
        for command in &mut order.commands {
            if order.changed.contains(&command.key) {
                command.order = Some(key);
                command.channel_order_id = Some(order.state.channel_order_id.clone());
            }
        }
        // Closed ones first, so that what they held is free for what follows.
        for open in [false, true] {
            for command in
                order.commands.iter().filter(|c| c.is_open() == open && order.changed.contains(&c.key))
            {
                self.tx.put_command(&order.state.channel, command)?;
            }
        }
        self.move_stock(&order)?;
        let channel = order.state.channel.clone();
        let changed = order.changed;
        self.touched.commands.extend(
            order
                .commands
                .into_iter()
                .filter(|c| c.is_open() || changed.contains(&c.key))
                .map(|c| (channel.clone(), c)),
        );
        Ok(())
    }

    fn move_stock(&mut self, order: &Aggregate) -> Result<()> {
        let after = Shares::of(&order.state);
        for (sku, delta) in difference(&order.before.demand, &after.demand) {
            self.move_item(&sku, |item| item.demand += delta)?;
        }
        for (sku, delta) in difference(&order.before.allocation, &after.allocation) {
            self.move_item(&sku, |item| item.allocated += delta)?;
        }
        for (sku, delta) in difference(&order.before.departed, &after.departed) {
            let at = order.departed_at.unwrap_or(self.now);
            self.tx.add_departure(&sku, at, delta)?;
            self.move_item(&sku, |item| {
                if at > item.as_of {
                    item.departed += delta;
                }
            })?;
        }
        let sells = self.world.policy.publish_stock
            && self.world.capabilities(&order.state.channel).is_ok_and(|c| c.levels != LevelRead::None);
        if sells && order.state.facts.is_sellers() {
            for (sku, units) in difference(&order.before.ordered, &after.ordered) {
                if let Some(mut listing) = self.tx.listing(&order.state.channel, &sku)? {
                    listing.sold(units, order.state.placed_at());
                    self.tx.put_listing(&order.state.channel, &listing)?;
                    self.touched.skus.insert(sku);
                }
            }
        }
        Ok(())
    }
}

impl StockView for Job<'_> {
    fn item(&self, sku: &Sku) -> Option<&Item> {
        self.items.get(sku).map(|shelf| &shelf.item)
    }
}

/// What an order takes of stock.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shares {
    pub demand: Vec<(Sku, i64)>,
    pub allocation: Vec<(Sku, i64)>,
    pub departed: Vec<(Sku, i64)>,
    pub ordered: Vec<(Sku, i64)>,
}

impl Shares {
    fn of(state: &OrderState) -> Self {
        Shares {
            demand: state.demand(),
            allocation: state.allocation(),
            departed: state.departed(),
            ordered: state.bought(),
        }
    }
}

fn difference(before: &[(Sku, i64)], after: &[(Sku, i64)]) -> Vec<(Sku, i64)> {
    if before == after {
        return Vec::new();
    }
    let mut all: BTreeMap<&Sku, i64> = BTreeMap::new();
    for (sku, units) in after {
        *all.entry(sku).or_default() += units;
    }
    for (sku, units) in before {
        *all.entry(sku).or_default() -= units;
    }
    all.into_iter().filter(|(_, delta)| *delta != 0).map(|(sku, delta)| (sku.clone(), delta)).collect()
}

/// One order with its commands, being changed by entries.
#[derive(Debug)]
pub(crate) struct Aggregate {
    pub state: OrderState,
    pub commands: Vec<Command>,
    /// The address, where this job has it.
    pub address: Option<Address>,
    /// When units that leave by this change left.
    pub departed_at: Option<Timestamp>,
    entries: Vec<Entry>,
    changed: BTreeSet<CommandKey>,
    pub before: Shares,
}

impl Aggregate {
    fn new(state: OrderState, commands: Vec<Command>) -> Self {
        let before = Shares::of(&state);
        Aggregate {
            state,
            commands,
            address: None,
            departed_at: None,
            entries: Vec::new(),
            changed: BTreeSet::new(),
            before,
        }
    }

    /// An order seen for the first time, at a fresh key.
    pub(crate) fn fresh(key: OrderKey, channel: ChannelId, id: ChannelOrderId, now: Timestamp) -> Self {
        let mut state = OrderState::new(channel, id, now);
        state.key = key;
        state.version = Seq(0);
        Aggregate::new(state, Vec::new())
    }

    /// Applies an entry and remembers it for the journal.
    pub(crate) fn push(&mut self, now: Timestamp, entry: Entry) -> Result<()> {
        self.state.apply(&mut self.commands, now, &entry)?;
        match &entry {
            Entry::Intended(command) => {
                self.changed.insert(command.key.clone());
            }
            Entry::Stepped { key, .. } => {
                self.changed.insert(key.clone());
            }
            _ => {}
        }
        self.entries.push(entry);
        Ok(())
    }

    /// Did anything change?
    pub(crate) fn is_changed(&self) -> bool {
        !self.entries.is_empty()
    }

    /// Have we answered the buyer's wish to cancel, whatever a read shows of it yet?
    fn answers_wish(&self) -> bool {
        let answers = |c: &&Command| match &c.act {
            Act::AnswerCancel(_) => true,
            Act::Cancel(cancel) => cancel.reason == CancelReason::BuyerAsked,
            _ => false,
        };
        self.commands.iter().filter(answers).any(|c| c.state == State::Confirmed)
    }

    /// The ordinal a new command of this verb and subject gets.
    pub(crate) fn next_ordinal(&self, verb: sutler_core::command::Verb, subject: &str) -> u32 {
        self.commands
            .iter()
            .filter(|c| c.key.verb == verb && c.key.subject == subject)
            .map(|c| c.key.ordinal + 1)
            .max()
            .unwrap_or(0)
    }

    /// Does an open command touch any of `targets`?
    pub(crate) fn is_taken(&self, targets: &[String]) -> bool {
        self.commands.iter().filter(|c| c.is_open()).any(|c| c.targets().iter().any(|t| targets.contains(t)))
    }
}
