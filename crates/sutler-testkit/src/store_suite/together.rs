//! What many jobs at once must see.

use super::{
    Backend, read,
    sample::{self, Dice, Held, at, channel},
    wait, write,
};
use std::{
    future::{Future, poll_fn},
    task::Poll,
    thread,
};
use sutler_core::{
    error::{Error, ErrorKind, Result},
    hold::HoldReason,
    id::{ChannelOrderId, Seq},
    journal::Entry,
    ports::store::{Store, StoreExt},
};

/// Waits for all of them, polling all each time: they are in flight together.
pub fn wait_all<T, F: Future<Output = T>>(all: impl Iterator<Item = F>) -> Vec<T> {
    let mut all: Vec<_> = all.map(Box::pin).collect();
    let mut done: Vec<Option<T>> = all.iter().map(|_| None).collect();
    wait(poll_fn(|cx| {
        for (future, output) in all.iter_mut().zip(&mut done) {
            if output.is_none()
                && let Poll::Ready(ready) = future.as_mut().poll(cx)
            {
                *output = Some(ready);
            }
        }
        if done.iter().all(Option::is_some) { Poll::Ready(()) } else { Poll::Pending }
    }));
    done.into_iter().flatten().collect()
}

/// A reader that asks for what comes after the last position it saw sees every entry once, whatever writers do.
///
/// # Errors
/// The store's.
pub fn g03_a_follower_misses_no_row(backend: &dyn Backend) -> Result<()> {
    const WRITERS: i64 = 4;
    const EACH: i64 = 40;
    let store = backend.open("default");
    let store: &dyn Store = &*store;
    let seen = thread::scope(|scope| {
        for writer in 0..WRITERS {
            scope.spawn(move || {
                for number in 0..EACH {
                    let wanted = Entry::Counted {
                        sku: "SKU-1".into(),
                        quantity: writer * EACH + number,
                        as_of: at(1),
                    };
                    let done = write(store, move |tx| {
                        tx.append(None, None, Seq(0), at(1), &wanted)?;
                        tx.append(None, None, Seq(0), at(1), &wanted)
                    });
                    assert!(done.is_ok(), "{done:?}");
                    let failed = write(store, |tx| {
                        tx.append(
                            None,
                            None,
                            Seq(0),
                            at(1),
                            &Entry::Released { reason: HoldReason::BadAddress, by: "x".into() },
                        )?;
                        Err::<(), _>(Error::new(ErrorKind::Refused, "suite"))
                    });
                    assert!(failed.is_err());
                }
            });
        }
        let follow = scope.spawn(move || {
            let (mut at, mut seen) = (Seq(0), Vec::new());
            while seen.len() < (WRITERS * EACH * 2) as usize {
                let rows = read(store, move |view| view.journal(at, 7))?;
                for row in rows {
                    assert_eq!(row.seq.0, at.0 + 1, "a position was passed over");
                    at = row.seq;
                    if let Entry::Counted { quantity, .. } = row.entry {
                        seen.push(quantity);
                    }
                }
            }
            Ok::<_, Error>(seen)
        });
        follow.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })?;
    assert!(seen.chunks(2).all(|pair| pair[0] == pair[1]), "a job's entries stand together");
    let mut seen = seen;
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen, (0..WRITERS * EACH).collect::<Vec<_>>());
    Ok(())
}

/// # Errors
/// The store's.
pub fn g04_one_order_once_however_often_delivered(backend: &dyn Backend) -> Result<()> {
    let store = backend.open("default");
    let store: &dyn Store = &*store;
    let deliver = |seed: u64| {
        store.transact(move |tx| {
            let name = "ONE";
            if let Some((key, _)) = tx.known(&channel("us"), &ChannelOrderId::new(name))? {
                return Ok((key, false));
            }
            let mut held = Held::new(tx, &channel("us"), name, at(1))?;
            held.take(tx, at(1), &sample::observed(sample::facts(&mut Dice(seed)), 1))?;
            held.put(tx, None)?;
            Ok((held.state.key, true))
        })
    };
    let mut answers = wait_all((0..20).map(deliver));
    answers.extend(thread::scope(|scope| {
        let all: Vec<_> = (20..28).map(|seed| scope.spawn(move || wait(deliver(seed)))).collect();
        all.into_iter().filter_map(|thread| thread.join().ok()).collect::<Vec<_>>()
    }));
    let answers = answers.into_iter().collect::<Result<Vec<_>>>()?;
    assert_eq!(answers.len(), 28);
    assert!(answers.iter().all(|(key, _)| *key == answers[0].0));
    assert_eq!(answers.iter().filter(|(_, made)| *made).count(), 1);
    // Even a job that does not look first cannot make a second one.
    let second = write(store, |tx| Held::new(tx, &channel("us"), "ONE", at(2))?.put(tx, None));
    let second = second.expect_err("the identity is taken");
    assert_eq!(second.kind(), ErrorKind::Conflict);
    assert!(second.text().contains("ONE"), "{second}");
    // The same id on another channel is another order; and an order's identity never changes.
    write(store, |tx| Held::new(tx, &channel("ca"), "ONE", at(2))?.put(tx, None))?;
    let key = answers[0].0;
    let moved = write(store, move |tx| {
        let Some(mut held) = Held::load(tx, key)? else { return Ok(()) };
        held.state.channel_order_id = "TWO".into();
        held.put(tx, None)
    });
    assert_eq!(moved.expect_err("identity never changes").kind(), ErrorKind::Invalid);
    Ok(())
}

/// Of many jobs that share a commit, one that fails or panics costs no other.
///
/// # Errors
/// The store's.
pub fn g08_one_bad_job_fails_alone(backend: &dyn Backend) -> Result<()> {
    let store = backend.open("default");
    let store: &dyn Store = &*store;
    let job = |number: i64| {
        store.transact(move |tx| {
            let held = Held::new(tx, &channel(&format!("c{number}")), &format!("O{number}"), at(1))?;
            held.put(tx, None)?;
            let entry = Entry::Counted { sku: "SKU-1".into(), quantity: number, as_of: at(1) };
            let seq = tx.append(None, None, Seq(0), at(1), &entry)?;
            if number % 3 == 1 {
                return Err(Error::new(ErrorKind::Refused, "suite").message(format!("job {number}")));
            }
            Ok(seq)
        })
    };
    let answers: Vec<Result<Seq>> = wait_all((0..30).map(job));
    for (number, answer) in (0..).zip(&answers) {
        match answer {
            Ok(_) => assert_ne!(number % 3, 1, "job {number} should have failed"),
            Err(error) => {
                assert_eq!(error.text(), format!("job {number}"), "answers stand in the jobs' order")
            }
        }
    }
    let (rows, orders) = read(store, |view| {
        let orders = (0..30).map(|n| view.known(&channel(&format!("c{n}")), &format!("O{n}").into()));
        Ok((view.journal(Seq(0), 99)?, orders.collect::<Result<Vec<_>>>()?))
    })?;
    let kept: Vec<i64> = rows
        .iter()
        .filter_map(|row| match row.entry {
            Entry::Counted { quantity, .. } => Some(quantity),
            _ => None,
        })
        .collect();
    let wanted: Vec<i64> = (0..30).filter(|number| number % 3 != 1).collect();
    let mut sorted = kept.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, wanted);
    for (number, order) in (0..).zip(orders) {
        assert_eq!(order.is_some(), number % 3 != 1, "order {number}");
    }
    Ok(())
}
