//! An order as the store keeps it: the fold of its journal.

use crate::{
    command::{Act, Command, Event, State, table},
    error::{Error, ErrorKind, Result},
    hold::{Exception, Hold, HoldReason},
    id::{ChannelId, ChannelOrderId, LineId, OrderKey, Seq, Sku},
    journal::{Decided, Entry, Step},
    judge::Opinion,
    observation::Believed,
    order::{Line, Order, OrderFacts, OrderSnapshot, ShipmentReport},
    returns::{ReturnTold, fold},
    rule::Judged,
    time::{Timestamp, millis, millis_option},
};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

/// Where an order is, whatever the time. An acknowledgment does not move it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Phase {
    /// Seen, not decided.
    New,
    /// Waits; the holds say why.
    Held,
    /// Accepted and allocated; to be shipped.
    Open,
    /// Some units are confirmed as shipped, some are open.
    PartlyShipped,
    /// Nothing is open, something was shipped.
    Shipped,
    /// Everything shipped was delivered.
    Delivered,
    /// Everything was cancelled.
    Cancelled,
}

impl Phase {
    /// Every phase with its stable text.
    pub const ALL: &'static [(Phase, &'static str)] = &[
        (Phase::New, "new"),
        (Phase::Held, "held"),
        (Phase::Open, "open"),
        (Phase::PartlyShipped, "partly_shipped"),
        (Phase::Shipped, "shipped"),
        (Phase::Delivered, "delivered"),
        (Phase::Cancelled, "cancelled"),
    ];

    /// The stable text.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(phase, _)| *phase == self).map_or("unknown", |(_, text)| text)
    }

    /// Reads the stable text.
    pub fn from_text(text: &str) -> Option<Phase> {
        Self::ALL.iter().find(|(_, known)| *known == text).map(|(phase, _)| *phase)
    }
}

/// What we did to a line, whatever the channel shows so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ours {
    /// Units the host reported as handed over.
    pub reported: u32,
    /// Units whose shipment the channel confirmed to us.
    pub shipped: u32,
    /// Units whose cancellation the channel confirmed to us.
    pub cancelled: u32,
}

/// Units of a line: `ordered = open + cancelled + shipped` (G20).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Units bought.
    pub ordered: u32,
    /// Units cancelled, by whoever knows of more.
    pub cancelled: u32,
    /// Units the channel has as shipped.
    pub shipped: u32,
    /// Units delivered.
    pub delivered: u32,
    /// Units that came back; part of `shipped`.
    pub returned: u32,
    /// Units neither shipped nor cancelled.
    pub open: u32,
    /// Open units that the host has not reported as handed over: what stock must cover.
    pub wanted: u32,
}

/// The stored order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderState {
    /// The store's key; zero before the first write.
    pub key: OrderKey,
    /// The channel it came by.
    pub channel: ChannelId,
    /// The channel's id.
    pub channel_order_id: ChannelOrderId,
    /// The position of its last journal entry: the optimistic version.
    pub version: Seq,
    /// When we first saw it.
    #[serde(with = "millis")]
    pub first_seen_at: Timestamp,
    /// When the last read that showed all of it was asked, marketplace time. Moves without a journal entry.
    #[serde(with = "millis")]
    pub looked_at: Timestamp,
    /// Everything told, folded. Shared, because an order is copied with each step and its facts seldom change.
    pub facts: Arc<OrderFacts>,
    /// Which telling each group is believed from.
    pub believed: Believed,
    /// Decided at least once.
    pub decided: bool,
    /// Accepted by the last decision.
    pub accepted: bool,
    /// Units promised to it, by SKU: what its last acceptance was reckoned from. They stay promised until shipped or
    /// cancelled, whatever holds come later; units wanted since are promised only by a new acceptance (G12).
    pub granted: Vec<(Sku, i64)>,
    /// Why it waits.
    pub holds: Vec<Hold>,
    /// What each rule said last. Shared, as the facts are.
    pub judged: Arc<Vec<Judged>>,
    /// Holds a person released.
    pub released: Vec<HoldReason>,
    /// When the channel confirmed our acknowledgment, or first showed one.
    #[serde(with = "millis_option")]
    pub acknowledged_at: Option<Timestamp>,
    /// What we did, by line.
    pub ours: BTreeMap<LineId, Ours>,
    /// Packages the host reported, by package number.
    pub reports: BTreeMap<u32, ShipmentReport>,
    /// What a person should see.
    pub exceptions: Vec<Exception>,
    /// What the buyer sends back, by the channel's id. Orders stored before returns were read end before it.
    pub returns: Vec<ReturnTold>,
    /// What each judge said last, by its name. Last, because orders stored before there were judges end before it.
    pub opinions: Vec<Opinion>,
}

impl OrderState {
    /// An order of which nothing is known yet.
    pub fn new(channel: ChannelId, channel_order_id: ChannelOrderId, now: Timestamp) -> Self {
        OrderState {
            key: OrderKey(0),
            channel,
            channel_order_id,
            version: Seq(0),
            first_seen_at: now,
            looked_at: now,
            facts: Arc::new(OrderFacts::unknown()),
            believed: Believed::default(),
            decided: false,
            accepted: false,
            granted: Vec::new(),
            holds: Vec::new(),
            judged: Arc::default(),
            released: Vec::new(),
            acknowledged_at: None,
            ours: BTreeMap::new(),
            reports: BTreeMap::new(),
            exceptions: Vec::new(),
            returns: Vec::new(),
            opinions: Vec::new(),
        }
    }

    /// When it was placed; when we first saw it, where the channel does not say.
    pub fn placed_at(&self) -> Timestamp {
        self.facts.placed_at.unwrap_or(self.first_seen_at)
    }

    /// The counters of one line.
    pub fn counters(&self, line: &Line) -> Counters {
        let ours = self.ours.get(&line.line_id).copied().unwrap_or_default();
        let cancelled = line.cancelled.max(ours.cancelled).min(line.ordered);
        let shipped = line.shipped.max(ours.shipped).min(line.ordered - cancelled);
        let gone = self.gone(line).min(line.ordered - cancelled);
        Counters {
            ordered: line.ordered,
            cancelled,
            shipped,
            delivered: line.delivered.min(shipped),
            returned: self.returned(line).min(shipped),
            open: line.ordered - cancelled - shipped,
            wanted: line.ordered - cancelled - gone,
        }
    }

    /// Units of a line that left our stock, by whoever knows of more.
    fn gone(&self, line: &Line) -> u32 {
        let ours = self.ours.get(&line.line_id).copied().unwrap_or_default();
        line.shipped.max(ours.shipped).max(ours.reported).min(line.ordered)
    }

    /// Where it is. Derived in this one function.
    pub fn phase(&self) -> Phase {
        let mut sum = Counters::default();
        for line in &self.facts.lines {
            let c = self.counters(line);
            sum.ordered = sum.ordered.saturating_add(c.ordered);
            sum.cancelled = sum.cancelled.saturating_add(c.cancelled);
            sum.shipped = sum.shipped.saturating_add(c.shipped);
            sum.delivered = sum.delivered.saturating_add(c.delivered);
            sum.open = sum.open.saturating_add(c.open);
        }
        if sum.ordered > 0 && sum.open == 0 {
            return match (sum.shipped, sum.delivered) {
                (0, _) => Phase::Cancelled,
                (shipped, delivered) if shipped == delivered => Phase::Delivered,
                _ => Phase::Shipped,
            };
        }
        match (self.decided, self.accepted || !self.facts.is_sellers()) {
            (_, _) if !self.holds.is_empty() => Phase::Held,
            // Also one of which something left before we ever saw it.
            (false, false) => Phase::New,
            (_, _) if sum.shipped > 0 => Phase::PartlyShipped,
            (_, true) => Phase::Open,
            (true, false) => Phase::Held,
        }
    }

    /// Has every open unit been acknowledged at the channel, as far as we know?
    pub fn is_acknowledged(&self) -> bool {
        self.acknowledged_at.is_some()
            || (!self.facts.lines.is_empty() && self.facts.lines.iter().all(Line::is_acknowledged))
    }

    /// Units of each SKU its open lines want from our stock, sorted; empty for orders others fulfil.
    pub fn demand(&self) -> Vec<(Sku, i64)> {
        self.by_sku(|line| self.counters(line).wanted)
    }

    /// Units of each SKU over its lines, as `units` counts them, sorted and none zero; empty for orders others fulfil.
    fn by_sku(&self, units: impl Fn(&Line) -> u32) -> Vec<(Sku, i64)> {
        // Few lines: a sorted list is cheaper than a map, and this is reckoned with every change.
        let mut all: Vec<(Sku, i64)> = Vec::new();
        if !self.facts.is_sellers() {
            return all;
        }
        for line in &self.facts.lines {
            let (units, Some(sku)) = (i64::from(units(line)), &line.sku) else { continue };
            if units == 0 {
                continue;
            }
            match all.binary_search_by(|(known, _)| known.cmp(sku)) {
                Ok(at) => all[at].1 += units,
                Err(at) => all.insert(at, (sku.clone(), units)),
            }
        }
        all
    }

    /// What of its demand is promised to it.
    pub fn allocation(&self) -> Vec<(Sku, i64)> {
        if self.granted.is_empty() {
            return Vec::new();
        }
        let promised =
            |sku: &Sku| self.granted.iter().find(|(known, _)| known == sku).map_or(0, |(_, units)| *units);
        let mut all = self.demand();
        all.iter_mut().for_each(|(sku, units)| *units = promised(sku).min(*units));
        all.retain(|(_, units)| *units > 0);
        all
    }

    /// Units of each SKU that left our stock for it so far. What was handed over has left, also when its line was cancelled
    /// meanwhile; it is on hand again when somebody counts it.
    pub fn departed(&self) -> Vec<(Sku, i64)> {
        self.by_sku(|line| self.gone(line))
    }

    /// Units of each SKU that were bought, whatever became of them.
    pub fn bought(&self) -> Vec<(Sku, i64)> {
        self.by_sku(|line| line.ordered)
    }

    /// Why it stands where it stands, in one sentence.
    pub fn why(&self) -> String {
        match self.phase() {
            Phase::Held if !self.holds.is_empty() => {
                self.holds.iter().map(Hold::why).collect::<Vec<_>>().join("; ")
            }
            Phase::New => "seen, and not decided yet".into(),
            Phase::Open if !self.facts.is_sellers() => "fulfilled by others; read, never written".into(),
            Phase::Open if self.is_acknowledged() => "accepted, acknowledged, waits for its shipment".into(),
            Phase::Open => {
                let passed: Vec<String> = self.judged.iter().map(|j| j.rule.to_string()).collect();
                format!("accepted: {} passed", passed.join(", "))
            }
            phase => phase.as_str().replace('_', " "),
        }
    }

    /// Applies one entry to the order and its commands. The only way either changes.
    ///
    /// # Errors
    /// `Conflict` when a command cannot take the step, `NotFound` when it does not exist. Nothing has changed then.
    pub fn apply(&mut self, commands: &mut Vec<Command>, at: Timestamp, entry: &Entry) -> Result<()> {
        match entry {
            Entry::Observed(seen) => {
                Arc::make_mut(&mut self.facts).fold(&mut self.believed, seen);
                // Mostly what was told last is all there is to know: then both are one.
                if self.facts == seen.facts {
                    self.facts = seen.facts.clone();
                }
                if self.acknowledged_at.is_none() && self.is_acknowledged() {
                    self.acknowledged_at = Some(at);
                }
                self.looked_at = self.looked_at.max(seen.asked_at);
            }
            Entry::Decided(decided) => self.take_decision(decided),
            Entry::Intended(command) => {
                if commands.iter().any(|known| known.key == command.key) {
                    return Err(Error::new(ErrorKind::Conflict, "order.apply").message(format!(
                        "command {} is there already; doing it again takes the next ordinal",
                        command.key
                    )));
                }
                commands.push((**command).clone());
            }
            Entry::Stepped { key, step } => {
                let command = commands.iter_mut().find(|c| c.key == *key).ok_or_else(|| {
                    Error::new(ErrorKind::NotFound, "order.apply")
                        .message(format!("no command {key} on this order"))
                })?;
                command.take(step, at)?;
                self.note(command, at);
            }
            // Repeating a package changes nothing; one with other contents corrects what was reported before.
            Entry::Reported(report) => {
                let before = self.reports.insert(report.package, (**report).clone());
                for part in before.iter().flat_map(|before| &before.lines) {
                    let ours = self.ours.entry(part.line_id.clone()).or_default();
                    ours.reported = ours.reported.saturating_sub(part.quantity);
                }
                for part in &report.lines {
                    let ours = self.ours.entry(part.line_id.clone()).or_default();
                    ours.reported = ours.reported.saturating_add(part.quantity);
                }
            }
            Entry::Released { reason, .. } => {
                if !self.released.contains(reason) {
                    self.released.push(reason.clone());
                    self.released.sort();
                }
            }
            Entry::TakenHere | Entry::TakenByArranging => {
                self.acknowledged_at = self.acknowledged_at.or(Some(at));
            }
            Entry::Returned(seen) => {
                fold(&mut self.returns, seen);
            }
            Entry::Judged(opinion) => {
                self.opinions.retain(|known| known.rule != opinion.rule);
                self.opinions.push((**opinion).clone());
                self.opinions.sort_by(|a, b| a.rule.cmp(&b.rule));
            }
            Entry::Counted { .. } | Entry::Erased { .. } | Entry::AddressChanged => {}
        }
        Ok(())
    }

    fn take_decision(&mut self, decided: &Decided) {
        self.decided = true;
        self.accepted = decided.accept;
        if decided.accept {
            self.granted = self.demand();
        }
        self.holds.clone_from(&decided.holds);
        self.judged = decided.judged.clone();
    }

    fn note(&mut self, command: &Command, at: Timestamp) {
        let name = command.key.to_string();
        self.exceptions.retain(|e| e.about != name);
        if command.state == State::Confirmed {
            // What was refused before a correction is settled with it; what only a person can settle is not.
            let series = command.key.series();
            let open = State::Unresolved.as_str();
            self.exceptions.retain(|e| e.code == open || !e.about.starts_with(&series));
        }
        match command.state {
            State::Confirmed => match &command.act {
                Act::Acknowledge(_) | Act::Accept(_) => {
                    self.acknowledged_at = self.acknowledged_at.or(Some(at));
                }
                Act::ConfirmShipment(_) | Act::ConfirmPackages(_) => {
                    for part in command.act.quantities() {
                        let ours = self.ours.entry(part.line_id.clone()).or_default();
                        ours.shipped = ours.shipped.saturating_add(part.quantity);
                    }
                }
                Act::Cancel(cancel) => {
                    for part in &cancel.lines {
                        let ours = self.ours.entry(part.line_id.clone()).or_default();
                        ours.cancelled = ours.cancelled.saturating_add(part.quantity);
                    }
                }
                Act::SetLevel(_) | Act::MoveLevel(_) | Act::Refund(_) | Act::AnswerCancel(_) => {}
            },
            // The marketplace holds other values than ours: a person must look at both.
            State::Refused if command.why.starts_with("conflict") => self.exceptions.push(Exception {
                code: "conflict".into(),
                detail: command.why.clone(),
                about: name,
                since: at,
            }),
            State::Void if !command.act.packages().is_empty() => self.exceptions.push(Exception {
                code: "shipped_after_cancel".into(),
                detail: command.why.clone(),
                about: name,
                since: at,
            }),
            State::Refused | State::Unresolved => self.exceptions.push(Exception {
                code: command.state.as_str().into(),
                detail: command.why.clone(),
                about: name,
                since: at,
            }),
            _ => {}
        }
    }
}

impl Command {
    /// Takes one step of the table.
    ///
    /// # Errors
    /// `Conflict` when the table has no such step; nothing has changed then.
    pub fn take(&mut self, step: &Step, at: Timestamp) -> Result<()> {
        let to = table::step(self.state, step.event)?;
        match step.event {
            Event::Send => {
                self.attempt += 1;
                self.epoch = step.epoch;
                self.sent_at = Some(at);
                // Probes ask after this attempt; what they could not tell of the last one says nothing about it.
                (self.noes, self.probes) = (0, 0);
                self.handle = None;
                if step.before.is_some() {
                    self.before = step.before;
                }
            }
            Event::FirstNo => self.noes += 1,
            Event::Inconclusive => self.probes += 1,
            _ => {}
        }
        self.state = to;
        self.quiet_until = self.quiet_until.max(step.quiet_until);
        if let Some(not_before) = step.not_before {
            self.not_before = not_before;
        }
        if let Some(handle) = &step.handle {
            self.handle = Some(handle.clone());
        }
        self.why.clone_from(&step.why);
        Ok(())
    }
}

impl Order for OrderState {
    /// Without the address; [`StoredOrder`] has it.
    fn snapshot(&self) -> Cow<'_, OrderSnapshot> {
        Cow::Owned(OrderSnapshot {
            channel: self.channel.clone(),
            channel_order_id: self.channel_order_id.clone(),
            facts: (*self.facts).clone(),
            ship_to: None,
        })
    }
}

/// A stored order with its commands and, where asked for and not erased, its address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredOrder {
    /// The order.
    pub state: OrderState,
    /// Its commands, by key.
    pub commands: Vec<Command>,
    /// Where it goes.
    pub ship_to: Option<crate::address::Address>,
}

impl Order for StoredOrder {
    fn snapshot(&self) -> Cow<'_, OrderSnapshot> {
        let mut snapshot = self.state.snapshot().into_owned();
        snapshot.ship_to.clone_from(&self.ship_to);
        Cow::Owned(snapshot)
    }
}
