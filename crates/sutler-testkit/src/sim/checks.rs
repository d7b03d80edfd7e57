//! What must hold, by the sandboxes' own count.

use super::{
    ports::peek,
    scenario::{HostAct, Scenario},
    shop::{Market, Markets},
};
use std::collections::{BTreeMap, BTreeSet};
use sutler_core::{
    Result, Timestamp,
    command::{Act, Command, State},
    id::{ChannelId, OrderKey, Seq},
    journal::Entry,
    money::{Currency, Money},
    open::Open,
    order::FulfilledBy,
    ports::store::{InboxQuery, View},
    state::{OrderState, Phase},
    time::from_millis,
};
use sutler_sandbox::Effects;
use sutler_store::memory::MemoryStore;

const OPEN: [State; 4] = [State::Intended, State::Sent, State::Accepted, State::InDoubt];

fn open(view: &dyn View, channel: &ChannelId) -> Result<Vec<Command>> {
    let mut all = Vec::new();
    for state in OPEN {
        all.extend(view.open_commands(channel, state, 1_000)?);
    }
    Ok(all)
}

/// Open work in words.
pub fn open_work(store: &MemoryStore) -> String {
    peek(store, |view| {
        let mut all = String::new();
        for channel in view.channels()? {
            let commands: Vec<String> = open(view, &channel.id)?
                .iter()
                .map(|c| format!("{} {} attempt {} ({})", c.key, c.state.as_str(), c.attempt, c.why))
                .collect();
            let listings: Vec<String> =
                view.listings(&channel.id, None, 100)?.iter().map(|l| format!("{l:?}")).collect();
            all += &format!("{}: {commands:?} {listings:#?} ", channel.id);
        }
        Ok(all)
    })
    .unwrap_or_else(|error| error.to_string())
}

/// Commands a person must settle.
pub fn unresolved(store: &MemoryStore) -> Vec<Command> {
    let all = peek(store, |view| {
        let mut all = Vec::new();
        for channel in view.channels()? {
            all.extend(view.open_commands(&channel.id, State::Unresolved, 1_000)?);
        }
        Ok(all)
    });
    all.unwrap_or_default()
}

/// Entries after position `quiet` that should not be: anything but a telling, and a second telling of one order.
pub fn echoes(store: &MemoryStore, quiet: i64) -> Result<usize> {
    let rows = peek(store, move |view| view.journal(Seq(quiet), usize::MAX >> 1))?;
    let mut told = BTreeSet::new();
    Ok(rows.iter().filter(|row| !matches!(row.entry, Entry::Observed(_)) || !told.insert(row.order)).count())
}

/// Everything planned is stored, nothing is open, every listing offers what is right and its marketplace agrees.
///
/// # Errors
/// What is not so yet.
pub fn is_quiet(store: &MemoryStore, markets: &Markets, now: i64) -> std::result::Result<(), String> {
    let intake = peek(store, |view| Ok(view.intake(1)?.first().map(|row| row.id)));
    if let Some(id) = intake.map_err(|e| e.to_string())? {
        return Err(format!("input {id} is not taken yet"));
    }
    markets.iter().try_for_each(|market| is_quiet_at(store, market, now))
}

fn is_quiet_at(store: &MemoryStore, market: &Market, now: i64) -> std::result::Result<(), String> {
    let ids: Vec<String> = market.shop.orders.iter().filter_map(|o| o.id.clone()).collect();
    let channel = market.channel();
    let quiet = peek(store, move |view| {
        for id in &ids {
            if view.known(&channel, &id.as_str().into())?.is_none() {
                return Ok(Err(format!("order {id} is not stored")));
            }
        }
        if let Some(command) = open(view, &channel)?.first() {
            return Ok(Err(format!("{} is {}", command.key, command.state.as_str())));
        }
        let mut wanted = BTreeMap::new();
        for listing in view.listings(&channel, None, 1_000)? {
            let available = view.item(&listing.sku)?.map_or(0, |item| item.available());
            if listing.level != Some(available.max(0)) || listing.unseen != 0 || listing.verify_at.is_some() {
                return Ok(Err(format!(
                    "{} should offer {available}: level {:?}, unseen {}, to be verified: {}",
                    listing.sku,
                    listing.level,
                    listing.unseen,
                    listing.verify_at.is_some()
                )));
            }
            wanted.insert(listing.sku.to_string(), available.max(0));
        }
        Ok(Ok(wanted))
    });
    let at = market.shop.channel;
    let wanted = quiet.map_err(|e| e.to_string())?.map_err(|what| format!("{at}: {what}"))?;
    let offers = market.effects(from_millis(now)).stock;
    for (sku, level) in wanted {
        let offers = offers.get(&sku).copied();
        if offers != Some(level) {
            return Err(format!("{at}: {sku} should offer {level}, the marketplace offers {offers:?}"));
        }
    }
    Ok(())
}

type Orders = BTreeMap<OrderKey, (OrderState, Vec<Command>)>;

/// Units or cents, by what they are of.
#[derive(Debug, Default, PartialEq)]
struct Sums {
    /// `order/line/tracking` → units
    shipped: BTreeMap<String, u32>,
    /// `order/line` → units
    cancelled: BTreeMap<String, u32>,
    /// `order/line` → cents
    refunded: BTreeMap<String, u32>,
}

impl Sums {
    /// What took effect.
    fn of_effects<'a>(all: impl Iterator<Item = &'a Effects>) -> Sums {
        let mut sums = Sums::default();
        for effects in all {
            sums.shipped.extend(effects.shipments.clone());
            sums.cancelled.extend(effects.cancel.clone());
            sums.refunded.extend(effects.refund.clone());
        }
        sums
    }

    /// What an act does, or would.
    fn add(&mut self, order: &str, act: &Act) {
        for part in act.quantities() {
            let line = format!("{order}/{}", part.line_id);
            match act {
                Act::ConfirmShipment(confirm) => {
                    let key = format!("{line}/{}", confirm.report.tracking);
                    *self.shipped.entry(key).or_default() += part.quantity;
                }
                Act::Cancel(_) => *self.cancelled.entry(line).or_default() += part.quantity,
                _ => {}
            }
        }
        if let Act::Refund(refund) = act {
            for part in &refund.parts {
                let cents = u32::try_from(part.amount.minor_units()).unwrap_or(u32::MAX);
                *self.refunded.entry(format!("{order}/{}", part.line_id)).or_default() += cents;
            }
        }
    }

    /// Without what belongs to these orders.
    fn without(mut self, orders: &BTreeSet<String>) -> Sums {
        for of in [&mut self.shipped, &mut self.cancelled, &mut self.refunded] {
            of.retain(|key, _| !key.split_once('/').is_some_and(|(order, _)| orders.contains(order)));
        }
        self
    }
}

/// Nothing lost, nothing doubled, everything explained.
///
/// # Errors
/// What is not so, in words.
pub fn at_the_end(
    store: &MemoryStore,
    scenario: &Scenario,
    markets: &Markets,
    now: Timestamp,
) -> std::result::Result<(), String> {
    let all: Vec<(&Market, Effects)> = markets.iter().map(|market| (market, market.effects(now))).collect();
    let orders = peek(store, all_orders).map_err(|e| e.to_string())?;
    for (market, effects) in &all {
        once_and_never_again(market, effects)?;
        acknowledged_alike(market, effects, &orders)?;
    }
    let (mut confirmed, mut doubtful) = (Sums::default(), BTreeSet::new());
    for (state, commands) in orders.values() {
        explained(state, commands)?;
        let order = state.channel_order_id.as_str();
        let done = commands.iter().filter(|c| c.state == State::Confirmed);
        done.for_each(|command| confirmed.add(order, &command.act));
        if commands.iter().any(|c| c.state == State::Unresolved) {
            doubtful.insert(order.to_owned());
        }
    }
    let counted = Sums::of_effects(all.iter().map(|(_, effects)| effects));
    never_more_than_asked(scenario, &orders, &counted)?;
    let (counted, confirmed) = (counted.without(&doubtful), confirmed.without(&doubtful));
    if counted != confirmed {
        return Err(format!("the marketplaces count {counted:?}; we confirmed {confirmed:?}"));
    }
    let wrong = store.look(crate::audit::Audit::of_rows);
    if !wrong.is_empty() {
        return Err(format!("stock does not add up: {wrong:?}"));
    }
    replay(store)
}

fn once_and_never_again(market: &Market, effects: &Effects) -> std::result::Result<(), String> {
    for (order, times) in &effects.acknowledge {
        if *times != 1 {
            return Err(format!("order {order} was acknowledged {times} times"));
        }
    }
    match effects.reoffered_after_seen {
        0 => Ok(()),
        units => Err(format!(
            "{}: {units} units were offered again after their sale was seen",
            market.shop.channel
        )),
    }
}

/// Where acknowledgments are told, the marketplace knows of the same ones.
fn acknowledged_alike(
    market: &Market,
    effects: &Effects,
    orders: &Orders,
) -> std::result::Result<(), String> {
    if !market.shop.kind.acknowledges() {
        return Ok(());
    }
    let channel = market.channel();
    for (state, _) in orders.values().filter(|(state, _)| state.channel == channel) {
        let told = effects.acknowledge.contains_key(state.channel_order_id.as_str());
        let ours = state.facts.fulfilled_by == Open::Known(FulfilledBy::Seller);
        if ours && state.is_acknowledged() != told {
            return Err(format!(
                "order {}: we say acknowledged {}, the marketplace says {told}",
                state.channel_order_id,
                state.is_acknowledged()
            ));
        }
    }
    Ok(())
}

fn all_orders(view: &dyn View) -> Result<Orders> {
    let mut all = BTreeMap::new();
    let mut after = None;
    loop {
        let page = view.inbox(&InboxQuery { after, limit: 500, ..InboxQuery::default() })?;
        for row in &page.rows {
            if let Some(state) = view.order(row.key)? {
                all.insert(row.key, (state, view.commands(row.key)?));
            }
        }
        after = page.next;
        if after.is_none() {
            return Ok(all);
        }
    }
}

/// An order that is ours is acknowledged, held with a reason, done, or a person was asked.
fn explained(state: &OrderState, commands: &[Command]) -> std::result::Result<(), String> {
    let ours = state.facts.is_sellers();
    let phase = state.phase();
    let fine = !ours
        || state.is_acknowledged()
        || !state.holds.is_empty()
        || matches!(phase, Phase::Cancelled | Phase::Shipped | Phase::Delivered)
        || commands.iter().any(|c| matches!(c.state, State::Unresolved | State::Refused));
    if fine {
        Ok(())
    } else {
        Err(format!("order {} is {} and nothing says why", state.channel_order_id, phase.as_str()))
    }
}

/// By the script alone: whatever the engine believes, no more than the host asked for may take effect.
fn never_more_than_asked(
    scenario: &Scenario,
    orders: &Orders,
    counted: &Sums,
) -> std::result::Result<(), String> {
    let mut asked = Sums::default();
    for act in &scenario.script {
        let known = orders.values().find(|(state, _)| state.channel_order_id.as_str() == act.order);
        let Some((state, _)) = known else { continue };
        let line = |number: &usize| {
            let line = state.facts.lines.get(number - 1);
            format!("{}/{}", act.order, line.map_or("", |line| line.line_id.as_str()))
        };
        match &act.act {
            HostAct::Report { tracking, lines, .. } => {
                for (number, units) in lines {
                    *asked.shipped.entry(format!("{}/{tracking}", line(number))).or_default() += units;
                }
            }
            HostAct::Cancel(lines, _) => {
                for (number, units) in lines {
                    *asked.cancelled.entry(line(number)).or_default() += units;
                }
            }
            HostAct::Refund { line: number, amount, .. } => {
                let cents = Money::parse(amount, Currency::USD).map_or(0, Money::minor_units);
                *asked.refunded.entry(line(number)).or_default() += u32::try_from(cents).unwrap_or(0);
            }
            HostAct::OnHand(..) | HostAct::RefuseCancel => {}
        }
    }
    for (what, done, asked) in [
        ("units shipped", &counted.shipped, &asked.shipped),
        ("units cancelled", &counted.cancelled, &asked.cancelled),
        ("cents refunded", &counted.refunded, &asked.refunded),
    ] {
        for (key, n) in done {
            let most = asked.get(key).copied().unwrap_or(0);
            if *n > most {
                return Err(format!("{n} {what} of {key}, {most} were asked for"));
            }
        }
    }
    Ok(())
}

/// Replays the journal of every order and compares with the rows. When we looked last, and how long a command pauses, are
/// notes of the scheduler and not in the journal.
pub fn replay(store: &MemoryStore) -> std::result::Result<(), String> {
    peek(store, |view| {
        for (key, (mut row, mut commands)) in all_orders(view)? {
            let mut state =
                OrderState::new(row.channel.clone(), row.channel_order_id.clone(), row.first_seen_at);
            let mut replayed = Vec::new();
            for entry in view.history(key)? {
                state.apply(&mut replayed, entry.at, &entry.entry)?;
                state.version = entry.seq;
            }
            state.key = key;
            (state.looked_at, row.looked_at) = (row.first_seen_at, row.first_seen_at);
            replayed.sort_by(|a, b| a.key.cmp(&b.key));
            commands.sort_by(|a, b| a.key.cmp(&b.key));
            for command in replayed.iter_mut().chain(&mut commands) {
                command.not_before = row.first_seen_at;
                command.order = None;
                command.channel_order_id = None;
            }
            if state != row || replayed != commands {
                return Ok(Some(format!(
                    "order {}: {state:#?} {replayed:#?} is not {row:#?} {commands:#?}",
                    row.channel_order_id
                )));
            }
        }
        Ok(None)
    })
    .map_err(|e| e.to_string())
    .and_then(|wrong| {
        wrong.map_or(Ok(()), |wrong| Err(format!("the journal does not give the rows: {wrong}")))
    })
}
