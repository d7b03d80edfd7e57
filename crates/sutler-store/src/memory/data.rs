//! The maps.

use crate::derive::Derived;
use std::collections::BTreeMap;
use sutler_core::{
    command::{Command, CommandKey, State},
    id::{ChannelId, ChannelOrderId, Sku, StreamId},
    journal::JournalRow,
    ports::store::{ChannelRow, Digest, Input, IntakeOutcome, Personal, StreamRow},
    state::OrderState,
    stock::{Item, Listing},
};

/// An order with what it is found by.
#[derive(Clone, Debug)]
pub(super) struct OrderRow {
    pub(super) state: OrderState,
    pub(super) derived: Derived,
}

/// Everything of one tenant. Sets are maps to `()`, so that one form of undo serves all.
#[derive(Debug, Default)]
pub(super) struct Data {
    pub(super) channels: BTreeMap<ChannelId, ChannelRow>,
    /// The last order key given away. Never taken back, so that no key is given twice.
    pub(super) last_key: i64,
    pub(super) orders: BTreeMap<i64, OrderRow>,
    pub(super) by_identity: BTreeMap<(ChannelId, ChannelOrderId), i64>,
    /// Orders a sweep looks at.
    pub(super) swept: BTreeMap<(ChannelId, i64), ()>,
    /// Held orders by what they want, and when they were placed.
    pub(super) waiting: BTreeMap<(Sku, i64, i64), ()>,
    pub(super) personal: BTreeMap<i64, (Personal, Digest)>,
    /// Orders by the digests of their buyers' names, and the other way round.
    pub(super) buyers: BTreeMap<(ChannelId, Digest, i64), ()>,
    pub(super) buyer_of: BTreeMap<i64, (ChannelId, Vec<Digest>)>,
    pub(super) commands: BTreeMap<(ChannelId, CommandKey), Command>,
    pub(super) of_order: BTreeMap<(i64, CommandKey), ChannelId>,
    /// Open commands by `latest_safe`.
    pub(super) open: BTreeMap<(ChannelId, State, i64, CommandKey), ()>,
    pub(super) targets: BTreeMap<(ChannelId, String), CommandKey>,
    pub(super) items: BTreeMap<Sku, Item>,
    pub(super) departures: BTreeMap<(Sku, i64), i64>,
    pub(super) listings: BTreeMap<(ChannelId, Sku), Listing>,
    pub(super) streams: BTreeMap<(ChannelId, StreamId), StreamRow>,
    /// The row at `n` has position `n + 1`.
    pub(super) journal: Vec<JournalRow>,
    pub(super) intake: BTreeMap<i64, (Input, IntakeOutcome)>,
    /// Inputs not taken yet.
    pub(super) untaken: BTreeMap<i64, ()>,
    pub(super) notes: BTreeMap<String, Vec<u8>>,
    /// Commits that wrote what stock follows from.
    pub(super) stock_version: u64,
}

/// 128-bit FNV-1a over words: fast, and nobody attacks a simulation. The SQLite store uses a keyed digest.
pub(super) fn digest(raw: &[u8]) -> Digest {
    const PRIME: u128 = (1 << 88) + 0x13b;
    let mut state: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d ^ raw.len() as u128;
    let mut chunks = raw.chunks_exact(8);
    for chunk in &mut chunks {
        let mut word = [0; 8];
        word.copy_from_slice(chunk);
        state = (state ^ u128::from(u64::from_le_bytes(word))).wrapping_mul(PRIME);
    }
    for byte in chunks.remainder() {
        state = (state ^ u128::from(*byte)).wrapping_mul(PRIME);
    }
    state.to_le_bytes()
}
