//! Random jobs. The same seed gives the same jobs, so two stores can be driven side by side.

use super::{
    Backend,
    dump::{ORDERS, everything, order_name},
    read,
    sample::{self, CHANNELS, Dice, Held, SKUS, at, channel},
    write,
};
use std::collections::BTreeMap;
use sutler_core::{
    command::{Command, Event},
    error::{Error, ErrorKind, Result},
    id::{ChannelOrderId, OrderKey, Seq, Sku, StreamId},
    journal::{Entry, Step},
    ports::store::{ChannelRow, Input, IntakeOutcome, Store, StreamRow, Tx, WindowRow},
    state::OrderState,
    stock::{Count, Item, Listing},
};

/// Jobs a random run makes.
const JOBS: u64 = 60;

/// Drives two stores with the same jobs and compares every answer.
///
/// # Errors
/// `Protocol` naming the seed, the job and the first difference.
pub fn same(seed: u64, one: &dyn Store, other: &dyn Store) -> Result<()> {
    let mut dice = Dice(seed);
    for number in 0..JOBS {
        let job = dice.below(u64::MAX);
        let differ = |what: &str, a: &str, b: &str| {
            Error::new(ErrorKind::Protocol, "suite.same")
                .message(format!("seed {seed}, job {number}, {what}:\n{a}\n{b}"))
        };
        let answers = [run(one, job), run(other, job)].map(|answer| format!("{answer:?}"));
        if answers[0] != answers[1] {
            return Err(differ("its answer", &answers[0], &answers[1]));
        }
        if number % 6 == 5 || number == JOBS - 1 {
            let all = [read(one, |view| everything(view))?, read(other, |view| everything(view))?];
            if let Some((a, b)) = all[0].iter().zip(&all[1]).find(|(a, b)| a != b) {
                return Err(differ("what is stored", a, b));
            }
            assert_eq!(all[0].len(), all[1].len(), "seed {seed}, job {number}");
        }
    }
    Ok(())
}

/// Runs random job `seed`: up to five operations, some of which fail and take the job with them.
///
/// # Errors
/// What the operation that failed answered.
pub fn run(store: &dyn Store, seed: u64) -> Result<Vec<String>> {
    write(store, move |tx| {
        let mut dice = Dice(seed);
        let mut done = Vec::new();
        for _ in 0..1 + dice.below(5) {
            done.push(operation(tx, &mut dice)?);
        }
        Ok(done)
    })
}

fn operation(tx: &mut dyn Tx, dice: &mut Dice) -> Result<String> {
    let now = at(dice.below(600));
    let us = channel(dice.of(CHANNELS));
    let sku = Sku::new(dice.of(SKUS));
    match dice.below(26) {
        0..7 => deliver(tx, dice),
        7..10 => change(tx, dice, |dice, _| {
            Ok(if dice.once_in(3) { sample::judged(dice) } else { sample::decided(dice) })
        }),
        10..13 => {
            change(tx, dice, |dice, held| Ok(Entry::Intended(Box::new(sample::command(dice, &held.state)))))
        }
        13..16 => change(tx, dice, |dice, held| {
            let (event, _) = dice.of(Event::ALL);
            let Some(command) = held.commands.first() else { return Ok(sample::decided(dice)) };
            let step =
                Step { quiet_until: dice.once_in(2).then(|| at(700)), ..Step::new(event, 3, "200 OK") };
            Ok(Entry::Stepped { key: command.key.clone(), step: Box::new(step) })
        }),
        16 => {
            let item = Item { counted: Some(dice.below(90) as i64), as_of: now, demand: 3, ..Item::new(sku) };
            tx.put_item(&item)?;
            let count = Entry::Counted { sku: item.sku, quantity: 4, as_of: now };
            Ok(format!("{:?}", tx.append(None, None, Seq(0), now, &count)?))
        }
        17 => {
            tx.add_departure(&sku, at(dice.below(3) * 100), 1 + dice.below(4) as i64).map(|()| "left".into())
        }
        18 => {
            let listing =
                Listing { level: Some(dice.below(9) as i64), read_at: Some(now), ..Listing::new(sku) };
            tx.put_listing(&us, &listing).map(|()| "listed".into())
        }
        19 => {
            let mut command = sample::set_level(dice);
            if dice.once_in(2) {
                command.state = sutler_core::command::State::Confirmed;
            }
            tx.put_command(&us, &command).map(|()| "set".into())
        }
        20 => stream(tx, dice),
        21 => {
            let row = ChannelRow {
                id: us,
                marketplace: "walmart".into(),
                seller: "101".into(),
                epoch: u64::MAX - dice.below(4),
                holder: "worker".into(),
                lease_until: now,
            };
            tx.put_channel(&row).map(|()| "channel".into())
        }
        22 => {
            let input = Input::OnHand(Count { sku, quantity: 7, as_of: now });
            Ok(format!("{:?}", tx.add_input(&input, now)?))
        }
        23 => {
            let outcome = dice.of(&[
                IntakeOutcome::Done("counted".into()),
                IntakeOutcome::Refused("no such SKU".into()),
                IntakeOutcome::Waiting,
            ]);
            tx.take_input(1 + dice.below(3) as i64, &outcome).map(|()| "taken".into())
        }
        24 => tx.put_note("budgets", &dice.below(999).to_le_bytes()).map(|()| "noted".into()),
        _ => Err(Error::new(ErrorKind::Refused, "suite").message("the job changed its mind")),
    }
}

/// One telling of an order, new or not.
fn deliver(tx: &mut dyn Tx, dice: &mut Dice) -> Result<String> {
    let (us, name) = (channel(dice.of(CHANNELS)), order_name(dice.below(ORDERS)));
    let minutes = dice.below(600);
    let known = tx.known(&us, &ChannelOrderId::new(&*name))?;
    let mut held = match known {
        Some((key, _)) => match Held::load(tx, key)? {
            Some(held) => held,
            None => return Ok("an order without a row".into()),
        },
        None => Held::new(tx, &us, &name, at(minutes))?,
    };
    let told = match known {
        Some(_) => sample::moved_on(dice, &held.state.facts),
        None => sample::facts(dice),
    };
    held.take(tx, at(minutes), &sample::observed(told, minutes))?;
    let personal = sample::personal(dice);
    let digest = tx.digest_of(&personal.raw);
    tx.put_personal(held.state.key, &personal, &digest)?;
    held.put(tx, dice.once_in(3).then(|| at(dice.below(500))))?;
    let (_, stored) = tx.known(&us, &held.state.channel_order_id)?.unwrap_or_default();
    assert_eq!(stored, digest, "a job sees its own digest");
    Ok(format!("{} {:?} {}", name, held.state.key, held.state.phase().as_str()))
}

/// Another entry of a known order; some orders are only looked at.
fn change(
    tx: &mut dyn Tx,
    dice: &mut Dice,
    entry: impl Fn(&mut Dice, &Held) -> Result<Entry>,
) -> Result<String> {
    let key = OrderKey(1 + dice.below(20) as i64);
    let Some(mut held) = Held::load(tx, key)? else {
        return tx.put_looked_at(key, at(9)).map(|()| "looked at".into());
    };
    if dice.once_in(8) {
        return tx.put_looked_at(key, at(dice.below(600))).map(|()| "looked at".into());
    }
    let now = at(dice.below(600));
    let entry = entry(dice, &held)?;
    held.take(tx, now, &entry)?;
    held.put(tx, dice.once_in(2).then(|| at(dice.below(500))))?;
    Ok(format!("{:?} {}", key, held.state.phase().as_str()))
}

fn stream(tx: &mut dyn Tx, dice: &mut Dice) -> Result<String> {
    let window = WindowRow {
        from: at(1),
        to: at(dice.below(90)),
        cursor: Some("?cursor=a%2Fb\u{0}\u{10ffff}".into()),
        parent_total: Some(dice.below(u64::MAX)),
        last_page: Some(u64::MAX),
    };
    let row = StreamRow {
        id: StreamId::new("created"),
        watermark: Some(at(dice.below(90))),
        pulled_at: None,
        windows: vec![window; dice.below(3) as usize],
        began_at: None,
    };
    tx.put_stream(&channel(dice.of(CHANNELS)), &row).map(|()| "stream".into())
}

/// Rows are the fold of the journal: replaying each order's history gives its row and its commands.
///
/// # Errors
/// The store's.
pub fn replaying_the_journal_gives_the_rows(backend: &dyn Backend) -> Result<()> {
    let store = backend.open("default");
    let mut dice = Dice(11);
    let mut failed = 0;
    for _ in 0..300 {
        failed += u32::from(run(&*store, dice.below(u64::MAX)).is_err());
    }
    assert!((20..250).contains(&failed), "{failed} of 300 jobs failed: the run proves little");
    let checked = read(&*store, |view| {
        let mut all: BTreeMap<OrderKey, (OrderState, Vec<Command>)> = BTreeMap::new();
        let rows = view.journal(Seq(0), usize::MAX >> 1)?;
        for (position, row) in (1..).zip(&rows) {
            assert_eq!(row.seq, Seq(position), "positions have no gaps");
            let (Some(key), Some(channel)) = (row.order, &row.channel) else { continue };
            let (state, commands) = all.entry(key).or_insert_with(|| {
                (OrderState::new(channel.clone(), ChannelOrderId::new(""), row.at), Vec::new())
            });
            assert_eq!(row.prev, state.version, "each entry names the one before");
            state.apply(commands, row.at, &row.entry)?;
            state.version = row.seq;
        }
        for (key, (mut state, mut commands)) in all.clone() {
            let stored = view.order(key)?.ok_or_else(|| Error::new(ErrorKind::NotFound, "suite.replay"))?;
            // The identity is the row's own, and looking at an order is no entry.
            (state.key, state.looked_at) = (key, stored.looked_at);
            state.channel_order_id = stored.channel_order_id.clone();
            assert_eq!(state, stored);
            commands.sort_by(|a, b| a.key.cmp(&b.key));
            assert_eq!(commands, view.commands(key)?);
            let history = view.history(key)?;
            let its: Vec<_> = rows.iter().filter(|row| row.order == Some(key)).cloned().collect();
            assert_eq!(history, its);
        }
        Ok(all.len())
    })?;
    assert!(checked > 10, "only {checked} orders were made");
    Ok(())
}

/// The kept counts are those of the orders.
///
/// # Errors
/// The store's.
pub fn totals_are_what_the_orders_say(backend: &dyn Backend) -> Result<()> {
    let store = backend.open("default");
    let mut dice = Dice(12);
    for _ in 0..120 {
        let _ = run(&*store, dice.below(u64::MAX));
        read(&*store, |view| {
            let mut phases = BTreeMap::new();
            let mut acknowledged = BTreeMap::new();
            for key in (1..200).map(OrderKey) {
                let Some(order) = view.order(key)? else { continue };
                *phases.entry((order.channel.clone(), order.phase())).or_insert(0) += 1;
                if order.is_acknowledged() {
                    *acknowledged.entry(order.channel.clone()).or_insert(0) += 1;
                }
            }
            let totals = view.totals()?;
            let phases: Vec<_> =
                phases.into_iter().map(|((channel, phase), n)| (channel, phase, n)).collect();
            assert_eq!(totals.phases, phases);
            assert_eq!(totals.acknowledged, acknowledged.into_iter().collect::<Vec<_>>());
            Ok(())
        })?;
    }
    Ok(())
}
