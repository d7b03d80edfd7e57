//! The host of a run: an ERP that follows the script, and a person who looks at what is held.

use super::{
    ports::peek,
    scenario::{HostAct, ORIGIN_MS, Scripted, When, origin},
    shop::Markets,
};
use std::collections::BTreeSet;
use sutler_core::{
    Result,
    command::{Refund, RefundPart, RefundReason, State, Verb},
    hold::HoldReason,
    money::{Currency, Money},
    open::Open,
    order::{ChargeKind, LineQuantity, ShipmentReport},
    ports::store::{Answer, InboxQuery, Input},
    state::OrderState,
    stock::Count,
    time::{Duration, from_millis},
};
use sutler_store::memory::MemoryStore;

/// Nobody looks at what is held before this.
const FIRST_LOOK: Duration = Duration::minutes(10);

/// Does what the script says is due. Each act once: the host remembers, whatever the engine does.
#[derive(Debug)]
pub struct Host {
    store: MemoryStore,
    markets: Markets,
    /// What is still to be done.
    script: Vec<Scripted>,
    released: BTreeSet<String>,
}

impl Host {
    /// A host who has done nothing yet.
    pub fn new(store: MemoryStore, markets: Markets, script: Vec<Scripted>) -> Host {
        Host { store, markets, script, released: BTreeSet::new() }
    }

    /// Says how many of a SKU there are, as of the beginning.
    ///
    /// # Errors
    /// The store's.
    pub fn count(&self, sku: &str, quantity: i64) -> Result<()> {
        self.append(Input::OnHand(Count { sku: sku.into(), quantity, as_of: origin() }))
    }

    /// What it still waits to do.
    pub fn waits_to_do(&self) -> Option<&Scripted> {
        self.script.first()
    }

    /// Does what is due.
    ///
    /// # Errors
    /// The store's.
    pub fn act(&mut self, now: i64) -> Result<()> {
        let mut left = Vec::new();
        for act in std::mem::take(&mut self.script) {
            let Some(input) = self.due(&act, now)? else {
                left.push(act);
                continue;
            };
            self.append(input)?;
            if let HostAct::OnHand(sku, quantity) = act.act {
                self.markets.declare(sku, quantity, from_millis(now));
            }
        }
        self.script = left;
        Ok(())
    }

    /// A person looks at orders held for a text nobody knows, and lets them go.
    ///
    /// # Errors
    /// The store's.
    pub fn release(&mut self, now: i64) -> Result<()> {
        let held = peek(&self.store, |view| {
            let query = InboxQuery { hold: Some(HoldReason::Unmapped), limit: 100, ..InboxQuery::default() };
            Ok(view.inbox(&query)?.rows)
        })?;
        for row in held {
            let late_enough = now > ORIGIN_MS + FIRST_LOOK.num_milliseconds();
            if late_enough && self.released.insert(row.channel_order_id.to_string()) {
                let (channel, order, by) = (row.channel, row.channel_order_id, "host".into());
                self.append(Input::Release { channel, order, reason: HoldReason::Unmapped, by })?;
            }
        }
        Ok(())
    }

    fn append(&self, input: Input) -> Result<()> {
        let put = move |tx: &mut dyn sutler_core::ports::store::Tx| {
            Ok(Box::new(tx.add_input(&input, origin())?) as Answer)
        };
        self.store.write_now(Box::new(put)).map(|_| ())
    }

    /// What the act tells the engine, if it is due.
    fn due(&self, act: &Scripted, now: i64) -> Result<Option<Input>> {
        if let When::After(span) = act.when
            && now < ORIGIN_MS + span.num_milliseconds()
        {
            return Ok(None);
        }
        if let HostAct::OnHand(sku, quantity) = act.act {
            let count = Count { sku: sku.into(), quantity, as_of: from_millis(now) };
            return Ok(Some(Input::OnHand(count)));
        }
        let Some(market) = self.markets.of(act.order) else { return Ok(None) };
        let (channel, order, when) = (market.channel(), act.order, act.when);
        let ready = peek(&self.store, move |view| {
            let Some((key, _)) = view.known(&channel, &order.into())? else { return Ok(None) };
            let Some(state) = view.order(key)? else { return Ok(None) };
            let asked = |hold: &sutler_core::hold::Hold| hold.reason == HoldReason::BuyerAskedToCancel;
            let ready = match when {
                When::Known | When::After(_) => true,
                // A person acts on what is held for the buyer's wish, too.
                When::Acknowledged => state.is_acknowledged() || state.holds.iter().any(asked),
                When::Asked => state.facts.cancel_requested(),
                When::Refused => view.commands(key)?.iter().any(|command| {
                    command.key.verb == Verb::AnswerCancel
                        && matches!(command.state, State::Confirmed | State::Unresolved)
                }),
            };
            Ok(ready.then_some(state))
        })?;
        Ok(ready.and_then(|state| input(act, &state, now)))
    }
}

/// The act as the engine takes it. Lines are counted from 1: each marketplace names them in its own way.
fn input(act: &Scripted, state: &OrderState, now: i64) -> Option<Input> {
    let (channel, order) = (state.channel.clone(), state.channel_order_id.clone());
    let line_id = |number: &usize| state.facts.lines.get(number - 1).map(|line| line.line_id.clone());
    let lines = |parts: &[(usize, u32)]| -> Option<Vec<LineQuantity>> {
        let part = |(number, quantity): &(usize, u32)| {
            Some(LineQuantity { line_id: line_id(number)?, quantity: *quantity })
        };
        parts.iter().map(part).collect()
    };
    Some(match &act.act {
        HostAct::OnHand(..) => return None,
        HostAct::Report { package, tracking, lines: parts } => Input::ReportShipment {
            channel,
            order,
            report: ShipmentReport {
                package: *package,
                carrier: "UPS".into(),
                tracking: (*tracking).to_owned(),
                tracking_url: None,
                shipped_at: from_millis(now),
                lines: lines(parts)?,
            },
        },
        HostAct::Cancel(parts, reason) => {
            Input::Cancel { channel, order, lines: lines(parts)?, reason: *reason, by: "host".into() }
        }
        HostAct::RefuseCancel => Input::RefuseCancel { channel, order, by: "host".into() },
        HostAct::Refund { refund, line, amount } => {
            let part = RefundPart {
                line_id: line_id(line)?,
                charge: Open::Known(ChargeKind::Product),
                amount: Money::parse(amount, Currency::USD).ok()?,
                tax: None,
            };
            let refund =
                Refund { refund: *refund, parts: vec![part], reason: RefundReason::Adjustment, via: None };
            Input::Refund { channel, order, refund, by: "host".into() }
        }
    })
}
