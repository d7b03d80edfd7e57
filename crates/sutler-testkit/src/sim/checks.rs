//! What must hold, by the sandbox's own count.

use super::{
    ports::peek,
    run::channel,
    scenario::{HostAct, Scenario},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, PoisonError},
};
use sutler_core::{
    Result, Timestamp,
    command::{Act, Command, State},
    id::{OrderKey, Seq},
    journal::Entry,
    open::Open,
    order::FulfilledBy,
    ports::store::{InboxQuery, View},
    state::{OrderState, Phase},
};
use sutler_sandbox::walmart::World;
use sutler_store::memory::MemoryStore;

const OPEN: [State; 4] = [State::Intended, State::Sent, State::Accepted, State::InDoubt];

fn open(view: &dyn View) -> Result<Vec<Command>> {
    let mut all = Vec::new();
    for state in OPEN {
        all.extend(view.open_commands(&channel(), state, 1_000)?);
    }
    Ok(all)
}

/// Open work in words.
pub fn open_work(store: &MemoryStore) -> String {
    peek(store, |view| {
        let commands: Vec<String> = open(view)?
            .iter()
            .map(|c| format!("{} {} attempt {} ({})", c.key, c.state.as_str(), c.attempt, c.why))
            .collect();
        let listings: Vec<String> =
            view.listings(&channel(), None, 100)?.iter().map(|l| format!("{l:?}")).collect();
        let mut streams = Vec::new();
        for kind in ["created", "changed"] {
            for node in ["SellerFulfilled", "WFSFulfilled", "3PLFulfilled"] {
                streams.push(view.stream(&channel(), &format!("{kind}/{node}").into())?);
            }
        }
        Ok(format!("{commands:?} {listings:#?} {streams:#?}"))
    })
    .unwrap_or_else(|error| error.to_string())
}

/// Commands a person must settle.
pub fn unresolved(store: &MemoryStore) -> u64 {
    peek(store, |view| Ok(view.open_commands(&channel(), State::Unresolved, 1_000)?.len() as u64))
        .unwrap_or(0)
}

/// Entries after position `quiet` that should not be: anything but a telling, and a second telling of one order.
pub fn echoes(store: &MemoryStore, quiet: i64) -> Result<usize> {
    let rows = peek(store, move |view| view.journal(Seq(quiet), usize::MAX >> 1))?;
    let mut told = BTreeSet::new();
    Ok(rows.iter().filter(|row| !matches!(row.entry, Entry::Observed(_)) || !told.insert(row.order)).count())
}

/// Everything planned is stored, nothing is open, every listing offers what is right and the marketplace agrees.
///
/// # Errors
/// What is not so yet.
pub fn is_quiet(
    store: &MemoryStore,
    scenario: &Scenario,
    world: &Mutex<World>,
    now: i64,
) -> std::result::Result<(), String> {
    let ids: Vec<String> = scenario.orders.iter().filter_map(|o| o.id.clone()).collect();
    let quiet = peek(store, move |view| {
        for id in &ids {
            if view.known(&channel(), &id.as_str().into())?.is_none() {
                return Ok(Err(format!("order {id} is not stored")));
            }
        }
        if let Some(row) = view.intake(1)?.first() {
            return Ok(Err(format!("input {} is not taken yet", row.id)));
        }
        if let Some(command) = open(view)?.first() {
            return Ok(Err(format!("{} is {}", command.key, command.state.as_str())));
        }
        let mut wanted = BTreeMap::new();
        for listing in view.listings(&channel(), None, 1_000)? {
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
    let wanted = quiet.map_err(|e| e.to_string())??;
    let mut world = world.lock().unwrap_or_else(PoisonError::into_inner);
    let now = sutler_core::time::from_millis(now);
    for (sku, level) in wanted {
        let offers = world.offers(now, &sku);
        if offers != Some(level) {
            return Err(format!("{sku} should offer {level}, the marketplace offers {offers:?}"));
        }
    }
    Ok(())
}

/// Nothing lost, nothing doubled, everything explained.
pub fn at_the_end(
    store: &MemoryStore,
    scenario: &Scenario,
    world: &Mutex<World>,
    now: Timestamp,
) -> std::result::Result<(), String> {
    let effects = world.lock().unwrap_or_else(PoisonError::into_inner).effects(now);
    let orders = peek(store, all_orders).map_err(|e| e.to_string())?;
    for (order, times) in &effects.acknowledge {
        if *times != 1 {
            return Err(format!("order {order} was acknowledged {times} times"));
        }
    }
    if effects.reoffered_after_seen > 0 {
        return Err(format!(
            "{} units were offered again after their sale was seen",
            effects.reoffered_after_seen
        ));
    }
    let (mut shipped, mut cancelled) = (BTreeMap::new(), BTreeMap::new());
    for (state, commands) in orders.values() {
        explained(state, commands)?;
        for command in commands.iter().filter(|c| c.state == State::Confirmed) {
            for part in command.act.quantities() {
                let line = format!("{}/{}", state.channel_order_id, part.line_id);
                match &command.act {
                    Act::ConfirmShipment(confirm) => {
                        *shipped.entry(format!("{line}/{}", confirm.report.tracking)).or_insert(0) +=
                            part.quantity;
                    }
                    _ => *cancelled.entry(line).or_insert(0) += part.quantity,
                }
            }
        }
        let acknowledged = effects.acknowledge.contains_key(state.channel_order_id.as_str());
        if state.facts.fulfilled_by == Open::Known(FulfilledBy::Seller)
            && state.is_acknowledged() != acknowledged
        {
            return Err(format!(
                "order {}: we say acknowledged {}, the marketplace says {acknowledged}",
                state.channel_order_id,
                state.is_acknowledged()
            ));
        }
    }
    let doubtful = unresolved(store) > 0;
    if !doubtful && (effects.shipments != shipped || effects.cancel != cancelled) {
        return Err(format!(
            "the marketplace counts shipments {:?} and cancellations {:?}; we confirmed {shipped:?} and {cancelled:?}",
            effects.shipments, effects.cancel
        ));
    }
    never_more_than_asked(scenario, &effects.shipments, &effects.cancel)?;
    let wrong = store.look(crate::audit::Audit::of_rows);
    if !wrong.is_empty() {
        return Err(format!("stock does not add up: {wrong:?}"));
    }
    replay(store)
}

fn all_orders(view: &dyn View) -> Result<BTreeMap<OrderKey, (OrderState, Vec<Command>)>> {
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

fn never_more_than_asked(
    scenario: &Scenario,
    shipments: &BTreeMap<String, u32>,
    cancels: &BTreeMap<String, u32>,
) -> std::result::Result<(), String> {
    let (mut may_ship, mut may_cancel): (BTreeMap<String, u32>, BTreeMap<String, u32>) = Default::default();
    for act in &scenario.script {
        match &act.act {
            HostAct::Report { tracking, lines, .. } => {
                for (line, units) in lines {
                    *may_ship.entry(format!("{}/{line}/{tracking}", act.order)).or_default() += units;
                }
            }
            HostAct::Cancel(lines, _) => {
                for (line, units) in lines {
                    *may_cancel.entry(format!("{}/{line}", act.order)).or_default() += units;
                }
            }
            HostAct::OnHand(..) => {}
        }
    }
    for (what, done, asked) in [("shipped", shipments, &may_ship), ("cancelled", cancels, &may_cancel)] {
        for (key, units) in done {
            let most = asked.get(key).copied().unwrap_or(0);
            if *units > most {
                return Err(format!("{units} units of {key} were {what}, {most} were asked for"));
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
