//! Orders, commands and entries to store, made by dice.

use bytes::Bytes;
use sutler_core::{
    Timestamp,
    address::{Address, AddressStates, PartState, Place},
    command::{Acknowledge, Act, Cancel, CancelReason, Command, CommandKey, ConfirmShipment, SetLevel},
    error::Result,
    hold::{Hold, HoldReason},
    id::{ChannelId, ChannelOrderId, LineId, OrderKey, Seq, Sku},
    journal::{Decided, Entry},
    judge::Opinion,
    money::{Currency, Money},
    observation::{Coverage, Observation},
    open::Open,
    order::{Charge, ChargeKind, FulfilledBy, Line, LineQuantity, OrderFacts, ShipmentReport},
    ports::store::{Personal, Tx},
    rule::{Judged, Proof, Verdict},
    state::OrderState,
    time::from_millis,
};

/// A small generator (splitmix64), the same on every machine.
#[derive(Clone, Debug)]
pub struct Dice(pub u64);

impl Dice {
    /// Uniform below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end.max(1)
    }

    /// One of a list.
    pub fn of<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.below(all.len() as u64) as usize].clone()
    }

    /// True once in `n`.
    pub fn once_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }
}

/// The channels samples use.
pub const CHANNELS: &[&str] = &["us", "ca"];
/// The SKUs samples use; the last is no one's but a prefix's.
pub const SKUS: &[&str] = &["SKU-1", "SKU-10", "SKU-2", "Ä/b c"];

/// The instant `minutes` after the samples' beginning.
pub fn at(minutes: u64) -> Timestamp {
    from_millis(1_700_000_000_000 + minutes as i64 * 60_000)
}

/// A channel by name.
pub fn channel(name: &str) -> ChannelId {
    ChannelId::new(name)
}

/// What one read may tell of an order.
pub fn facts(dice: &mut Dice) -> OrderFacts {
    let mut facts = OrderFacts::unknown();
    facts.placed_at = (!dice.once_in(8)).then(|| at(dice.below(400)));
    facts.fulfilled_by = match dice.below(8) {
        0 => Open::Known(FulfilledBy::Marketplace),
        1 => Open::Other("drone".into()),
        _ => Open::Known(FulfilledBy::Seller),
    };
    facts.place = Place { city: "Columbus".into(), region: "OH".into(), country: "US".into() };
    facts.method = Some("Standard".into());
    facts.ship_by = Some(at(2_000));
    let price = |cents: u64| {
        Money::parse(&format!("{}.{:02}", cents / 100, cents % 100), Currency::USD)
            .unwrap_or(Money::zero(Currency::USD))
    };
    facts.total = (!dice.once_in(6)).then(|| price(dice.below(4) * 1_250 + dice.below(3)));
    for number in 1..=1 + dice.below(3) {
        let sku = (!dice.once_in(9)).then(|| Sku::new(dice.of(SKUS)));
        let mut line = Line::new(LineId::new(number.to_string()), sku, 1 + dice.below(3) as u32);
        line.title = "Steel bottle".into();
        line.charges.push(Charge {
            kind: Open::Known(ChargeKind::Product),
            name: "ItemPrice".into(),
            amount: price(dice.below(9_000)),
            tax: Some(price(dice.below(900))),
        });
        facts.lines.push(line);
    }
    facts
}

/// The same order told again, later: some of it shipped, cancelled or acknowledged.
pub fn moved_on(dice: &mut Dice, before: &OrderFacts) -> OrderFacts {
    let mut facts = before.clone();
    for line in &mut facts.lines {
        match dice.below(5) {
            0 => line.shipped = line.ordered,
            1 => line.cancelled = line.ordered - line.shipped.min(line.ordered),
            2 => line.acknowledged = line.ordered,
            3 => (line.shipped, line.delivered) = (line.ordered, line.ordered),
            _ => {}
        }
    }
    if dice.once_in(6) {
        facts.placed_at = Some(at(dice.below(400)));
    }
    if dice.once_in(6)
        && let Some(line) = facts.lines.first_mut()
    {
        line.sku = Some(Sku::new(dice.of(SKUS)));
    }
    facts
}

/// A telling asked `minutes` after the beginning.
pub fn observed(facts: OrderFacts, minutes: u64) -> Entry {
    Entry::Observed(Box::new(Observation {
        asked_at: at(minutes),
        coverage: Coverage::ALL,
        facts: facts.into(),
    }))
}

/// A decision: accepted, or held for some reasons.
pub fn decided(dice: &mut Dice) -> Entry {
    let reasons = [
        HoldReason::ShortOfStock,
        HoldReason::BadAddress,
        HoldReason::Rule("weekend".into()),
        HoldReason::UnmappedSku,
    ];
    let hold = |reason: HoldReason| Hold { reason, detail: "needs 3 of SKU-1, 1 left".into() };
    let accept = dice.once_in(2);
    let holds = match (accept, dice.below(3)) {
        (true, _) => Vec::new(),
        (false, 0) => vec![hold(dice.of(&reasons)), hold(dice.of(&reasons))],
        (false, _) => vec![hold(dice.of(&reasons))],
    };
    let judged =
        vec![Judged { rule: "stock".into(), verdict: Verdict::Pass(Proof::value("stock.covers", "2 of 2")) }];
    Entry::Decided(Box::new(Decided { accept, holds, judged: judged.into() }))
}

/// What one of two judges said.
pub fn judged(dice: &mut Dice) -> Entry {
    let proof = Proof::value("fraud.score", "3 of 100");
    let rule = sutler_core::id::RuleId::new(dice.of(&["fraud", "model"]));
    let verdict = match dice.below(3) {
        0 => Verdict::Pass(proof),
        1 => Verdict::Hold(HoldReason::Unanswered(rule.clone()), proof),
        _ => Verdict::Refuse(HoldReason::Rule(rule.clone()), proof),
    };
    Entry::Judged(Box::new(Opinion { rule, version: "1".into(), verdict, of: [dice.below(256) as u8; 16] }))
}

/// A command on an order: acknowledge, ship or cancel some of it.
pub fn command(dice: &mut Dice, order: &OrderState) -> Command {
    let name = &order.channel_order_id;
    let lines: Vec<LineQuantity> = order
        .facts
        .lines
        .iter()
        .take(1 + dice.below(2) as usize)
        .map(|line| LineQuantity { line_id: line.line_id.clone(), quantity: 1 })
        .collect();
    let (act, subject) = match dice.below(3) {
        0 => (Act::Acknowledge(Acknowledge {}), name.to_string()),
        1 => {
            let package = 1 + dice.below(2) as u32;
            let report = report(package, lines);
            let confirm =
                ConfirmShipment { report, method: order.facts.method.clone(), override_cancel: false };
            (Act::ConfirmShipment(confirm), format!("{name}/{package}"))
        }
        _ => (Act::Cancel(Cancel { lines, reason: CancelReason::OutOfStock }), name.to_string()),
    };
    let key = CommandKey { verb: act.verb(), subject, ordinal: dice.below(2) as u32 };
    let mut command = Command::intend(key, act, at(dice.below(500)), at(dice.below(900)));
    command.order = Some(order.key);
    command.channel_order_id = Some(name.clone());
    command
}

/// A command that sets a level.
pub fn set_level(dice: &mut Dice) -> Command {
    let sku = Sku::new(dice.of(SKUS));
    let key = CommandKey {
        verb: sutler_core::command::Verb::SetLevel,
        subject: sku.to_string(),
        ordinal: dice.below(3) as u32,
    };
    let act = Act::SetLevel(SetLevel { sku, level: dice.below(50) as u32 });
    Command::intend(key, act, at(dice.below(500)), at(dice.below(900)))
}

/// A package.
pub fn report(package: u32, lines: Vec<LineQuantity>) -> ShipmentReport {
    ShipmentReport {
        package,
        carrier: "UPS".into(),
        tracking: format!("1Z{package:016}"),
        tracking_url: None,
        shipped_at: at(300),
        lines,
    }
}

/// An address and a payload.
pub fn personal(dice: &mut Dice) -> Personal {
    let name = format!("Ann {}", dice.below(1_000));
    let full = PartState::Full;
    let raw = format!(r#"{{"purchaseOrderId":"{}","name":"{name}"}}"#, dice.below(1_000_000));
    Personal {
        ship_to: Address {
            name,
            line1: "1 Main St".into(),
            states: AddressStates { name: full, lines: full, phone: full, email: PartState::Pending },
            ..Address::default()
        },
        raw: Bytes::from(raw),
    }
}

/// An order with its commands, as a job holds it.
#[derive(Debug)]
pub struct Held {
    /// The order.
    pub state: OrderState,
    /// Its commands.
    pub commands: Vec<Command>,
}

impl Held {
    /// A new order under a new key.
    ///
    /// # Errors
    /// The store's.
    pub fn new(tx: &mut dyn Tx, channel: &ChannelId, order: &str, now: Timestamp) -> Result<Self> {
        let mut state = OrderState::new(channel.clone(), ChannelOrderId::new(order), now);
        state.key = tx.new_order_key()?;
        Ok(Held { state, commands: Vec::new() })
    }

    /// A stored order.
    ///
    /// # Errors
    /// The store's.
    pub fn load(tx: &dyn Tx, key: OrderKey) -> Result<Option<Self>> {
        let Some(state) = tx.order(key)? else { return Ok(None) };
        Ok(Some(Held { state, commands: tx.commands(key)? }))
    }

    /// Applies an entry, and appends it to the journal.
    ///
    /// # Errors
    /// The table's, and the store's.
    pub fn take(&mut self, tx: &mut dyn Tx, now: Timestamp, entry: &Entry) -> Result<Seq> {
        self.state.apply(&mut self.commands, now, entry)?;
        let channel = self.state.channel.clone();
        self.state.version =
            tx.append(Some(self.state.key), Some(&channel), self.state.version, now, entry)?;
        Ok(self.state.version)
    }

    /// Writes the rows.
    ///
    /// # Errors
    /// The store's.
    pub fn put(&self, tx: &mut dyn Tx, due_at: Option<Timestamp>) -> Result<()> {
        tx.put_order(&self.state, due_at, due_at)?;
        for command in &self.commands {
            tx.put_command(&self.state.channel, command)?;
        }
        Ok(())
    }
}
