//! Erasing what is personal (G35): of an order, or of all orders of a buyer, also of those that are read only later.

use crate::{
    job::{Aggregate, Job},
    react::react,
};
use std::fmt::Write as _;
use sutler_core::{
    Result,
    address::Address,
    error::{Error, ErrorKind},
    id::ChannelId,
    journal::Entry,
    order::ChannelOrder,
    ports::store::{Digest, Personal},
};

/// Orders of a buyer erased at a time.
const AT_ONCE: usize = 200;

/// What is kept of an erased buyer under the digest of the buyer's name: when, in milliseconds, and who asked for it.
type Tombstone = (i64, String);

/// Erases what is personal of an order, and leaves a tombstone that absorbs whatever is read later. Money, stock and history
/// stay.
pub(crate) fn erase(job: &mut Job<'_>, mut order: Aggregate, by: &str) -> Result<()> {
    let (key, channel) = (order.state.key, order.state.channel.clone());
    if job.tx.personal(key)?.is_some_and(|personal| personal.is_erased()) {
        return Ok(());
    }
    // No payload has this digest: the next read is looked at, and finds the tombstone.
    job.tx.put_personal(key, &Personal::erased(), &Digest::default())?;
    job.tx.put_buyer(&channel, key, &[])?;
    order.push(job.now, Entry::Erased { by: by.to_owned() })?;
    order.address = Some(Address::erased());
    react(job, &mut order)?;
    job.save(order)
}

/// The same for every order of a buyer; answers how many are stored. Those that were placed until now and are read later are
/// erased as they are read.
pub(crate) fn erase_buyer(job: &mut Job<'_>, channel: &ChannelId, names: &[String], by: &str) -> Result<u64> {
    let mut erased = 0;
    for name in names.iter().filter(|name| !name.is_empty()) {
        // An erased order is not found by its buyer any more, so this ends.
        loop {
            let keys = job.tx.orders_of_buyer(channel, name, AT_ONCE)?;
            if keys.is_empty() {
                break;
            }
            for key in keys {
                let order = job.load(key)?;
                erase(job, order, by)?;
                erased += 1;
            }
        }
        let place = place(job, channel, name);
        let stone: Tombstone = (job.now.timestamp_millis(), by.to_owned());
        let bytes = serde_json::to_vec(&stone).map_err(|error| unusable(&place, "written", error))?;
        job.tx.put_note(&place, &bytes)?;
    }
    Ok(erased)
}

/// Who had the buyer of an order erased after it was placed, if anybody did. What the same buyer buys later is another matter.
pub(crate) fn erased_by(job: &Job<'_>, channel: &ChannelId, order: &ChannelOrder) -> Result<Option<String>> {
    for name in order.buyer.iter().filter(|name| !name.is_empty()) {
        let place = place(job, channel, name);
        let Some(bytes) = job.tx.note(&place)? else { continue };
        let (at, by): Tombstone =
            serde_json::from_slice(&bytes).map_err(|error| unusable(&place, "read", error))?;
        if order.facts.placed_at.is_none_or(|placed| placed.timestamp_millis() <= at) {
            return Ok(Some(by));
        }
    }
    Ok(None)
}

/// The note's name tells nothing of the buyer's: the digest is keyed.
fn place(job: &Job<'_>, channel: &ChannelId, name: &str) -> String {
    let mut place = format!("erased/{channel}/");
    for byte in job.tx.digest_of(name.as_bytes()) {
        let _ = write!(place, "{byte:02x}");
    }
    place
}

fn unusable(place: &str, how: &str, error: serde_json::Error) -> Error {
    Error::new(ErrorKind::Store, "engine.erase")
        .message(format!("the note {place} cannot be {how}"))
        .with_source(error)
}
