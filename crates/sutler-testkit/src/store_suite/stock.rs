//! Stock in a store: items move with their orders, job by job, whatever fails.

use super::{
    Backend, read,
    sample::{self, CHANNELS, Dice, Held, SKUS, at, channel},
    write,
};
use crate::audit::Audit;
use std::collections::BTreeMap;
use sutler_core::{
    error::{Error, ErrorKind, Result},
    id::{ChannelOrderId, Seq, Sku},
    journal::Entry,
    order::LineQuantity,
    ports::store::Tx,
    state::OrderState,
    stock::Item,
};

/// Orders the jobs are about, a channel.
const ORDERS: u64 = 6;

/// After every job of a random run, kept or failed, each item is what orders, departures and counts say.
///
/// # Errors
/// The store's.
pub fn g17_an_audit_from_zero_agrees_after_every_job(backend: &dyn Backend) -> Result<()> {
    let store = backend.open("default");
    let mut dice = Dice(17);
    let (mut failed, mut moved) = (0, 0);
    for number in 0..200 {
        let seed = dice.below(u64::MAX);
        let before = read(&*store, |view| view.items(None, 100))?;
        match write(&*store, move |tx| job(tx, &mut Dice(seed))) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::Refused => failed += 1,
            Err(error) => return Err(error),
        }
        let (items, wrong) = read(&*store, |view| Ok((view.items(None, 100)?, Audit::of_view(view)?)))?;
        assert!(wrong.is_empty(), "job {number}, seed {seed}: {wrong:?}");
        moved += u32::from(items != before);
    }
    assert!(failed > 20 && moved > 60, "{failed} of 200 jobs failed and {moved} moved an item");
    // An item that moves without its order is seen at once.
    write(&*store, |tx| {
        let mut item = tx.items(None, 1)?.pop().unwrap_or_else(|| Item::new("SKU-1".into()));
        item.demand += 1;
        tx.put_item(&item)
    })?;
    let wrong = read(&*store, Audit::of_view)?;
    assert_eq!(wrong.len(), 1, "{wrong:?}");
    Ok(())
}

/// Up to four orders change and move their items; one job in five fails at its end.
fn job(tx: &mut dyn Tx, dice: &mut Dice) -> Result<()> {
    for _ in 0..1 + dice.below(4) {
        match dice.below(6) {
            0 => count(tx, dice)?,
            _ => change(tx, dice)?,
        }
    }
    if dice.once_in(5) {
        return Err(Error::new(ErrorKind::Refused, "suite").message("the job changed its mind"));
    }
    Ok(())
}

fn count(tx: &mut dyn Tx, dice: &mut Dice) -> Result<()> {
    let (sku, as_of) = (Sku::new(dice.of(SKUS)), at(dice.below(600)));
    let mut item = tx.item(&sku)?.unwrap_or_else(|| Item::new(sku.clone()));
    // More than was ever promised, so that no count says that a promise cannot be kept.
    let quantity = 10_000 + dice.below(90) as i64;
    tx.append(None, None, Seq(0), at(600), &Entry::Counted { sku: sku.clone(), quantity, as_of })?;
    (item.counted, item.as_of, item.departed) = (Some(quantity), as_of, tx.departed_since(&sku, as_of)?);
    tx.put_item(&item)
}

fn change(tx: &mut dyn Tx, dice: &mut Dice) -> Result<()> {
    let (us, name) = (channel(dice.of(CHANNELS)), format!("9{}", dice.below(ORDERS)));
    let now = at(dice.below(600));
    let known = tx.known(&us, &ChannelOrderId::new(&*name))?;
    let stored = known.map(|(key, _)| Held::load(tx, key)).transpose()?.flatten();
    let (mut held, new) = match stored {
        Some(held) => (held, false),
        None => (Held::new(tx, &us, &name, now)?, true),
    };
    let before = held.state.clone();
    let entry = match (new, dice.below(3)) {
        (true, _) => sample::observed(sample::facts(dice), dice.below(600)),
        (_, 0) => sample::observed(sample::moved_on(dice, &before.facts), dice.below(600)),
        (_, 1) => sample::decided(dice),
        _ => {
            let lines = before.facts.lines.iter().take(1);
            let lines = lines.map(|l| LineQuantity { line_id: l.line_id.clone(), quantity: 1 }).collect();
            Entry::Reported(Box::new(sample::report(1 + dice.below(9) as u32, lines)))
        }
    };
    held.take(tx, now, &entry)?;
    held.put(tx, None)?;
    for (sku, [demand, allocated, departed]) in difference(&before, &held.state) {
        let mut item = tx.item(&sku)?.unwrap_or_else(|| Item::new(sku.clone()));
        item.demand += demand;
        item.allocated += allocated;
        if departed != 0 {
            tx.add_departure(&sku, now, departed)?;
            item.departed = tx.departed_since(&sku, item.as_of)?;
        }
        tx.put_item(&item)?;
    }
    Ok(())
}

/// By how much demand, allocation and departures of each SKU differ.
fn difference(before: &OrderState, after: &OrderState) -> BTreeMap<Sku, [i64; 3]> {
    let mut all: BTreeMap<Sku, [i64; 3]> = BTreeMap::new();
    for (state, sign) in [(before, -1), (after, 1)] {
        for (at, sums) in [state.demand(), state.allocation(), state.departed()].into_iter().enumerate() {
            for (sku, units) in sums {
                all.entry(sku).or_default()[at] += sign * units;
            }
        }
    }
    all
}
