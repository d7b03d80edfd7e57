//! Two tenants in one store.

use super::{
    Backend,
    dump::everything,
    random, read,
    sample::{Held, at, channel},
    write,
};
use sutler_core::{
    error::Result,
    id::{OrderKey, Seq},
    journal::Entry,
    ports::store::IntakeOutcome,
};

/// Whatever one tenant writes, every question of another is answered as by an empty store; and the other way round.
///
/// # Errors
/// The store's.
pub fn g36_tenants_do_not_meet(backend: &dyn Backend) -> Result<()> {
    let empty = read(&*backend.open("b"), |view| everything(view))?;
    let store = backend.open("a");
    for seed in 0..150 {
        let _ = random::run(&*store, seed);
    }
    let full = read(&*store, |view| everything(view))?;
    let told = full.iter().zip(&empty).filter(|(full, empty)| full != empty).count();
    assert!(told > full.len() / 4, "only {told} of {} answers differ from an empty store's", full.len());
    let digest = read(&*store, |view| Ok(view.digest_of(b"payload")))?;
    drop(store);

    let store = backend.open("b");
    assert_eq!(read(&*store, |view| everything(view))?, empty, "b sees what a wrote");
    // The numbers b is given begin where an empty store's do, and what it writes under them is its own.
    let (key, seq, input) = write(&*store, |tx| {
        let held = Held::new(tx, &channel("us"), "1", at(1))?;
        held.put(tx, Some(at(2)))?;
        let count = Entry::Counted { sku: "SKU-1".into(), quantity: 1, as_of: at(1) };
        let seq = tx.append(None, None, Seq(0), at(1), &count)?;
        let stock = sutler_core::stock::Count { sku: "SKU-1".into(), quantity: 5, as_of: at(1) };
        let input = tx.add_input(&sutler_core::ports::store::Input::OnHand(stock), at(1))?;
        tx.take_input(input, &IntakeOutcome::Done("b's".into()))?;
        tx.put_note("budgets", b"b's")?;
        Ok((held.state.key, seq, input))
    })?;
    assert_eq!((key, seq, input), (OrderKey(1), Seq(1), 1));
    let other = read(&*store, |view| Ok(view.digest_of(b"payload")))?;
    drop(store);

    let store = backend.open("a");
    assert_eq!(read(&*store, |view| everything(view))?, full, "b changed what a sees");
    // A digest must not tell that two tenants hold the same payload, where it is keyed at all.
    assert_eq!(read(&*store, |view| Ok(view.digest_of(b"payload")))?, digest);
    assert_eq!(digest == other, digest == unkeyed(), "tenants share a key");
    Ok(())
}

/// The in-memory store's digest, which has no key.
fn unkeyed() -> sutler_core::ports::store::Digest {
    read(&sutler_store::memory::MemoryStore::new(), |view| Ok(view.digest_of(b"payload"))).unwrap_or_default()
}
