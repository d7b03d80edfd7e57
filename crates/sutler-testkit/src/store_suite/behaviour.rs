//! What one job after another must see.

use super::{
    Backend,
    dump::everything,
    ends_now, random, read,
    sample::{self, Dice, Held, at, channel},
    wait, write,
};
use std::pin::pin;
use sutler_core::{
    command::{Acknowledge, Act, Cancel, CancelReason, Command, CommandKey, State, Verb},
    error::{Error, ErrorKind, Result},
    hold::{Hold, HoldReason},
    id::{ChannelOrderId, LineId, OrderKey, Seq, Sku, StreamId},
    journal::{Decided, Entry},
    order::LineQuantity,
    ports::store::{Input, IntakeOutcome, Personal, Store, StreamRow, Tx, WindowRow},
    stock::{Count, Item},
};

/// # Errors
/// The store's.
pub fn a_failed_job_leaves_nothing(backend: &dyn Backend) -> Result<()> {
    let store = backend.open("default");
    for seed in 0..40 {
        let _ = random::run(&*store, seed);
    }
    let before = read(&*store, |view| everything(view))?;
    for seed in 100..130 {
        let failed = write(&*store, move |tx| {
            let mut dice = Dice(seed);
            let mut held = Held::new(tx, &channel("new"), &format!("N-{seed}"), at(1))?;
            held.take(tx, at(1), &sample::observed(sample::facts(&mut dice), 1))?;
            held.put(tx, Some(at(5)))?;
            tx.put_personal(held.state.key, &sample::personal(&mut dice), &[1; 16])?;
            tx.put_note("budgets", b"gone")?;
            tx.add_departure(&Sku::new("SKU-1"), at(500), 9)?;
            tx.put_looked_at(OrderKey(1), at(599))?;
            tx.add_input(&Input::OnHand(Count { sku: "SKU-1".into(), quantity: 1, as_of: at(1) }), at(1))?;
            Err::<(), _>(Error::new(ErrorKind::Refused, "suite").message("no"))
        });
        assert_eq!(failed.expect_err("the job's own error").kind(), ErrorKind::Refused);
    }
    assert_eq!(read(&*store, |view| everything(view))?, before);
    Ok(())
}

/// # Errors
/// The store's.
pub fn a_refused_write_leaves_nothing_though_the_job_goes_on(backend: &dyn Backend) -> Result<()> {
    let store = backend.open("default");
    let cancel = |ordinal: u32, lines: &[&str]| {
        let quantity = |line: &&str| LineQuantity { line_id: LineId::new(*line), quantity: 1 };
        let act = Cancel { lines: lines.iter().map(quantity).collect(), reason: CancelReason::OutOfStock };
        let key = CommandKey { verb: Verb::Cancel, subject: "A".into(), ordinal };
        let mut command = Command::intend(key, Act::Cancel(act), at(1), at(9));
        command.channel_order_id = Some(ChannelOrderId::new("A"));
        command
    };
    write(&*store, move |tx| {
        let us = channel("us");
        tx.put_command(&us, &cancel(0, &["1", "2"]))?;
        let refused = tx.put_command(&us, &cancel(1, &["3", "1"])).expect_err("line 1 is held");
        assert_eq!(refused.kind(), ErrorKind::Conflict);
        assert_eq!(tx.target(&us, "A|line/3")?, None);
        Held::new(tx, &us, "A", at(1))?.put(tx, None)?;
        let second = Held::new(tx, &us, "A", at(1))?.put(tx, None).expect_err("stored already");
        assert_eq!(second.kind(), ErrorKind::Conflict);
        tx.put_note("went on", b"yes")
    })?;
    let (command, held, free, note) = read(&*store, move |view| {
        let us = channel("us");
        let command = view.command(&us, &cancel(1, &[]).key)?;
        Ok((command, view.target(&us, "A|line/1")?, view.target(&us, "A|line/3")?, view.note("went on")?))
    })?;
    assert_eq!((command, held, free), (None, Some(cancel(0, &[]).key), None));
    assert_eq!(note.as_deref(), Some(&b"yes"[..]));
    let totals = read(&*store, |view| view.totals())?;
    assert_eq!(totals.phases.iter().map(|(_, _, orders)| orders).sum::<u64>(), 1);
    Ok(())
}

/// Rows of one order may be written in any order, and a later job that writes sees them as a reader does.
///
/// # Errors
/// The store's.
pub fn commands_may_be_put_before_their_order(backend: &dyn Backend) -> Result<()> {
    let store = backend.open("default");
    let (key, wanted) = write(&*store, |tx| {
        let us = channel("us");
        let mut held = Held::new(tx, &us, "A", at(1))?;
        held.take(tx, at(1), &sample::observed(sample::facts(&mut Dice(1)), 1))?;
        for ordinal in [1, 0] {
            let mut command = sample::command(&mut Dice(2), &held.state);
            (command.key.ordinal, command.state) = (ordinal, State::Void);
            tx.put_command(&us, &command)?;
            held.commands.insert(0, command);
        }
        tx.put_order(&held.state, None, None)?;
        assert_eq!(tx.commands(held.state.key)?, held.commands);
        Ok((held.state.key, held.commands))
    })?;
    let again = write(&*store, move |tx| tx.commands(key))?;
    assert_eq!(again, wanted);
    let reopened = read(&*store, move |view| view.commands(key))?;
    assert_eq!(reopened, wanted);
    Ok(())
}

/// A command holds its targets while it is open, and lets them go when it ends.
///
/// # Errors
/// The store's.
pub fn g18_open_targets_exclude_each_other(backend: &dyn Backend) -> Result<()> {
    let store = backend.open("default");
    let us = channel("us");
    let acknowledge = |order: &str, ordinal: u32| {
        let key = CommandKey { verb: Verb::Acknowledge, subject: order.into(), ordinal };
        let mut command = Command::intend(key, Act::Acknowledge(Acknowledge {}), at(1), at(9));
        command.channel_order_id = Some(ChannelOrderId::new(order));
        command
    };
    let put = |command: Command, channel_name: &'static str| {
        write(&*store, move |tx| tx.put_command(&channel(channel_name), &command))
    };
    let first = acknowledge("A", 0);
    put(first.clone(), "us")?;
    put(first.clone(), "us")?;
    put(acknowledge("B", 0), "us")?;
    put(acknowledge("A", 0), "ca")?;
    let refused = put(acknowledge("A", 1), "us").expect_err("the target is held");
    assert_eq!(refused.kind(), ErrorKind::Conflict);
    assert!(refused.text().contains("acknowledge A #0") && refused.text().contains("A|order"), "{refused}");
    for state in [State::Sent, State::InDoubt, State::Unresolved] {
        put(Command { state, ..first.clone() }, "us")?;
        assert_eq!(put(acknowledge("A", 1), "us").expect_err("still open").kind(), ErrorKind::Conflict);
    }
    let open = read(&*store, move |view| {
        let open = view.open_commands(&channel("us"), State::Unresolved, 9)?;
        Ok((view.target(&channel("us"), "A|order")?, open))
    })?;
    assert_eq!(open, (Some(first.key.clone()), vec![Command { state: State::Unresolved, ..first.clone() }]));
    put(Command { state: State::Void, ..first }, "us")?;
    put(acknowledge("A", 1), "us")?;
    let holder = read(&*store, move |view| view.target(&us, "A|order"))?;
    assert_eq!(holder, Some(acknowledge("A", 1).key));
    let nameless = put(Command { channel_order_id: None, ..acknowledge("C", 0) }, "us");
    assert_eq!(nameless.expect_err("an order's command names its order").kind(), ErrorKind::Invalid);
    Ok(())
}

/// # Errors
/// The store's.
pub fn what_was_answered_is_there_after_reopening(backend: &dyn Backend) -> Result<()> {
    let store = backend.open("default");
    for seed in 0..80 {
        let _ = random::run(&*store, seed);
    }
    let before = read(&*store, |view| everything(view))?;
    drop(store);
    let store = backend.open("default");
    assert_eq!(read(&*store, |view| everything(view))?, before);
    // And it goes on where it stood.
    let last = read(&*store, |view| view.totals())?.last;
    let next = write(&*store, move |tx| {
        let held = Held::new(tx, &channel("us"), "after", at(1))?;
        held.put(tx, None)?;
        tx.append(Some(held.state.key), None, Seq(0), at(1), &released())
    })?;
    assert_eq!(next, Seq(last.0 + 1));
    Ok(())
}

fn released() -> Entry {
    Entry::Released { reason: HoldReason::BadAddress, by: "a person".into() }
}

/// # Errors
/// The store's.
pub fn g28_cursors_are_kept_byte_for_byte(backend: &dyn Backend) -> Result<()> {
    let store = backend.open("default");
    let cursors =
        ["", "?limit=100&soIndex=1%2B2&x=%00", "\u{0}'\";--\u{fffd}\u{10ffff}\r\n", &"y".repeat(70_000)];
    for cursor in cursors.map(str::to_owned) {
        let window = WindowRow {
            from: at(0),
            to: at(9),
            cursor: Some(cursor),
            parent_total: None,
            last_page: Some(u64::MAX),
        };
        let row = StreamRow {
            id: StreamId::new("created/SellerFulfilled"),
            watermark: None,
            pulled_at: Some(at(3)),
            windows: vec![window],
            began_at: Some(at(4)),
        };
        let put = row.clone();
        write(&*store, move |tx| tx.put_stream(&channel("us"), &put))?;
        let id = row.id.clone();
        assert_eq!(read(&*store, move |view| view.stream(&channel("us"), &id))?, Some(row));
    }
    assert_eq!(
        read(&*store, |view| view.stream(&channel("ca"), &StreamId::new("created/SellerFulfilled")))?,
        None
    );
    Ok(())
}

/// # Errors
/// The store's.
pub fn stock_reads_back_and_departures_are_summed(backend: &dyn Backend) -> Result<()> {
    let store = backend.open("default");
    let sku = || Sku::new("SKU-1");
    let item =
        Item { counted: Some(-4), as_of: at(3), departed: 2, demand: i64::MAX, allocated: 0, sku: sku() };
    let put = item.clone();
    write(&*store, move |tx| {
        tx.put_item(&put)?;
        for (minutes, units) in [(1, 2), (5, 3), (5, 4), (9, 10)] {
            tx.add_departure(&sku(), at(minutes), units)?;
        }
        tx.add_departure(&Sku::new("SKU-10"), at(6), 100)
    })?;
    let (stored, sums) = read(&*store, move |view| {
        let sums = [0, 1, 5, 9].map(|minutes| view.departed_since(&sku(), at(minutes)));
        Ok((view.item(&sku())?, sums.into_iter().collect::<Result<Vec<i64>>>()?))
    })?;
    assert_eq!(stored, Some(item));
    assert_eq!(sums, [19, 17, 10, 0], "what left at the instant itself is not after it");
    Ok(())
}

/// # Errors
/// The store's.
pub fn inputs_are_taken_in_order_and_announced(backend: &dyn Backend) -> Result<()> {
    let store = backend.open("default");
    let count = |quantity: i64| Input::OnHand(Count { sku: "SKU-1".into(), quantity, as_of: at(1) });
    let add = |store: &dyn Store, quantity: i64| {
        write(store, move |tx: &mut dyn Tx| tx.add_input(&count(quantity), at(2)))
    };
    let first = {
        let mut changed = pin!(store.intake_changed());
        assert!(!ends_now(changed.as_mut()), "nothing was appended yet");
        let first = add(&*store, 1)?;
        wait(changed);
        first
    };
    let second = add(&*store, 2)?;
    wait(store.intake_changed());
    assert!(!ends_now(pin!(store.intake_changed())), "each is announced once");
    let ids = |store: &dyn Store| {
        read(store, |view| Ok(view.intake(9)?.iter().map(|row| row.id).collect::<Vec<_>>()))
    };
    assert_eq!(ids(&*store)?, [first, second]);
    write(&*store, move |tx| tx.take_input(first, &IntakeOutcome::Done("counted".into())))?;
    assert_eq!(ids(&*store)?, [second]);
    let outcomes = read(&*store, move |view| {
        Ok([view.intake_outcome(first)?, view.intake_outcome(second)?, view.intake_outcome(99)?])
    })?;
    assert_eq!(outcomes, [Some(IntakeOutcome::Done("counted".into())), Some(IntakeOutcome::Waiting), None]);
    let unknown = write(&*store, |tx| tx.take_input(99, &IntakeOutcome::Done(String::new())));
    assert_eq!(unknown.expect_err("no such input").kind(), ErrorKind::NotFound);
    drop(store);
    // One input still waits: a new owner is told.
    let store = backend.open("default");
    wait(store.intake_changed());
    assert_eq!(ids(&*store)?, [second]);
    Ok(())
}

/// # Errors
/// The store's.
pub fn orders_wait_for_what_they_want_oldest_first(backend: &dyn Backend) -> Result<()> {
    let store = backend.open("default");
    let decide = |accept: bool| {
        let holds = if accept {
            vec![]
        } else {
            vec![Hold { reason: HoldReason::ShortOfStock, detail: String::new() }]
        };
        Entry::Decided(Box::new(Decided { accept, holds, judged: Default::default() }))
    };
    let keys = write(&*store, move |tx| {
        let mut keys = Vec::new();
        for (name, placed) in [("young", 30), ("old", 10), ("middle", 20)] {
            let mut facts = sutler_core::order::OrderFacts::unknown();
            facts.placed_at = Some(at(placed));
            for (line, sku) in [("1", "SKU-1"), ("2", "SKU-1"), ("3", "SKU-2")] {
                facts.lines.push(sutler_core::order::Line::new(line.into(), Some(sku.into()), 1));
            }
            let mut held = Held::new(tx, &channel("us"), name, at(40))?;
            held.take(tx, at(40), &sample::observed(facts, 40))?;
            held.take(tx, at(40), &decide(false))?;
            held.put(tx, None)?;
            keys.push(held.state.key);
        }
        Ok(keys)
    })?;
    let waiting = |sku: &'static str, limit| read(&*store, move |view| view.waiting(&Sku::new(sku), limit));
    assert_eq!(waiting("SKU-1", 9)?, [keys[1], keys[2], keys[0]]);
    assert_eq!(waiting("SKU-2", 2)?, [keys[1], keys[2]]);
    assert_eq!(waiting("SKU-3", 9)?, []);
    let old = keys[1];
    write(&*store, move |tx| {
        if let Some(mut held) = Held::load(tx, old)? {
            held.take(tx, at(50), &decide(true))?;
            held.put(tx, None)?;
        }
        Ok(())
    })?;
    assert_eq!(waiting("SKU-1", 9)?, [keys[2], keys[0]]);
    Ok(())
}

/// # Errors
/// The store's.
pub fn sweeps_see_what_was_not_looked_at(backend: &dyn Backend) -> Result<()> {
    let store = backend.open("default");
    let keys = write(&*store, |tx| {
        let mut keys = Vec::new();
        for number in 0..4 {
            let mut held = Held::new(tx, &channel("us"), &format!("S{number}"), at(number))?;
            let mut facts = sutler_core::order::OrderFacts::unknown();
            let mut line = sutler_core::order::Line::new("1".into(), Some("SKU-1".into()), 1);
            line.shipped = u32::from(number == 3);
            facts.lines.push(line);
            held.take(tx, at(number), &sample::observed(facts, number))?;
            held.put(tx, None)?;
            keys.push(held.state.key);
        }
        Ok(keys)
    })?;
    let stale = |minutes: u64, limit: usize| {
        let found = read(&*store, move |view| view.stale(&channel("us"), at(minutes), limit));
        found.map(|all| all.into_iter().map(|(key, _)| key).collect::<Vec<_>>())
    };
    assert_eq!(stale(2, 9)?, keys[..2], "the one looked at then is not stale, the shipped one never");
    assert_eq!(stale(9, 2)?, keys[..2]);
    let first = keys[0];
    write(&*store, move |tx| tx.put_looked_at(first, at(8)))?;
    assert_eq!(stale(8, 9)?, keys[1..3]);
    assert_eq!(read(&*store, move |view| view.order(first))?.map(|order| order.looked_at), Some(at(8)));
    let none = write(&*store, |tx| tx.put_looked_at(OrderKey(77), at(1)));
    assert_eq!(none.expect_err("no such order").kind(), ErrorKind::NotFound);
    Ok(())
}

/// # Errors
/// The store's.
pub fn g35_orders_are_found_by_their_buyers_names_until_they_are_erased(backend: &dyn Backend) -> Result<()> {
    let store = backend.open("default");
    let names = |some: &[&str]| some.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let keys = write(&*store, move |tx| {
        let mut keys = Vec::new();
        for (number, names) in [names(&["ann", "u-1"]), names(&["ann"]), names(&["bob"])].iter().enumerate() {
            let held = Held::new(tx, &channel("us"), &format!("B{number}"), at(1))?;
            held.put(tx, None)?;
            tx.put_buyer(&channel("us"), held.state.key, names)?;
            keys.push(held.state.key);
        }
        Ok(keys)
    })?;
    let of = |of: &'static str, name: &'static str, limit: usize| {
        read(&*store, move |view| view.orders_of_buyer(&channel(of), name, limit))
    };
    assert_eq!(of("us", "ann", 9)?, keys[..2]);
    assert_eq!(of("us", "ann", 1)?, keys[..1]);
    assert_eq!(of("us", "u-1", 9)?, keys[..1]);
    assert_eq!((of("ca", "ann", 9)?, of("us", "an", 9)?), (Vec::new(), Vec::new()));
    let erased = keys[0];
    write(&*store, move |tx| {
        tx.put_personal(erased, &Personal::erased(), &[0; 16])?;
        tx.put_buyer(&channel("us"), erased, &[])
    })?;
    assert_eq!(of("us", "ann", 9)?, keys[1..2]);
    assert_eq!(of("us", "u-1", 9)?, []);
    let left = read(&*store, move |view| view.personal(erased))?;
    assert!(left.is_some_and(|left| left.is_erased() && left.raw.is_empty()));
    // What is written by a job that fails is not there.
    let failed = write(&*store, move |tx| {
        tx.put_buyer(&channel("us"), erased, &["cy".to_owned()])?;
        Err::<(), _>(Error::new(ErrorKind::Refused, "suite").message("no"))
    });
    assert!(failed.is_err());
    assert_eq!(of("us", "cy", 9)?, []);
    Ok(())
}

/// # Errors
/// The store's.
pub fn personal_data_and_digests_read_back(backend: &dyn Backend) -> Result<()> {
    let store = backend.open("default");
    let mut dice = Dice(5);
    let samples: Vec<_> = (0..20).map(|_| sample::personal(&mut dice)).collect();
    let empty = sutler_core::ports::store::Personal { ship_to: Default::default(), raw: Default::default() };
    let large = sutler_core::ports::store::Personal { raw: vec![7; 300_000].into(), ..empty.clone() };
    for (number, personal) in samples.into_iter().chain([empty, large]).enumerate() {
        let put = personal.clone();
        let key = write(&*store, move |tx| {
            let held = Held::new(tx, &channel("us"), &format!("P{number}"), at(1))?;
            held.put(tx, None)?;
            tx.put_personal(held.state.key, &put, &tx.digest_of(&put.raw))?;
            Ok(held.state.key)
        })?;
        let raw = personal.raw.clone();
        let (known, same, other, stored) = read(&*store, move |view| {
            let known = view.known(&channel("us"), &ChannelOrderId::new(format!("P{number}")))?;
            let longer = [&raw[..], b" "].concat();
            Ok((known, view.digest_of(&raw), view.digest_of(&longer), view.personal(key)?))
        })?;
        assert_eq!(known, Some((key, same)));
        assert_ne!(same, other);
        assert_eq!(stored, Some(personal));
    }
    assert_eq!(read(&*store, |view| view.known(&channel("ca"), &"P1".into()))?, None);
    Ok(())
}
