//! An order as the bytes of its row.
//!
//! What was told last is mostly all there is to know, and it stands in the journal already; so does what the rules said.
//! Then the row names those entries instead of holding their content once more: smaller, and nothing of it is worth
//! compressing.

use super::{
    codec::LEAN,
    core::Core,
    fault::{Sql, damaged},
};
use std::sync::{Arc, LazyLock};
use sutler_core::{
    id::{OrderKey, Seq},
    journal::Entry,
    order::OrderFacts,
    rule::Judged,
    state::OrderState,
};

/// What stands in a lean row's place of the facts.
static NO_FACTS: LazyLock<Arc<OrderFacts>> = LazyLock::new(|| Arc::new(OrderFacts::unknown()));

/// The entries that hold parts of an order just as they stand; none where no entry does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Places {
    facts: Option<Seq>,
    judged: Option<Seq>,
}

/// What the last entries of a job say of one order.
#[derive(Debug)]
pub(super) struct Told {
    order: OrderKey,
    facts: Option<(Seq, Arc<OrderFacts>)>,
    judged: Option<(Seq, Arc<Vec<Judged>>)>,
}

impl Core {
    /// Remembers what an entry says of an order, for when the order is put.
    pub(super) fn note_entry(&mut self, order: OrderKey, seq: Seq, entry: &Entry) {
        if !matches!(entry, Entry::Observed(_) | Entry::Decided(_)) {
            return;
        }
        let told = self.job.told.take().filter(|told| told.order == order);
        let mut told = told.unwrap_or(Told { order, facts: None, judged: None });
        match entry {
            Entry::Observed(seen) => told.facts = Some((seq, seen.facts.clone())),
            Entry::Decided(decided) => told.judged = Some((seq, decided.judged.clone())),
            _ => {}
        }
        self.job.told = Some(told);
    }

    /// The entries that hold parts of the order just as they stand: of this job, or those its row named before.
    pub(super) fn places(&self, order: &OrderState, before: Option<(&OrderState, Places)>) -> Places {
        let mut places = Places::default();
        if let Some((old, named)) = before {
            places.facts = named.facts.filter(|_| old.facts == order.facts);
            places.judged = named.judged.filter(|_| old.judged == order.judged);
        }
        if let Some(told) = self.job.told.as_ref().filter(|told| told.order == order.key) {
            let facts = told.facts.as_ref().filter(|(_, facts)| *facts == order.facts);
            let judged = told.judged.as_ref().filter(|(_, judged)| *judged == order.judged);
            places.facts = facts.map(|(seq, _)| *seq).or(places.facts);
            places.judged = judged.map(|(seq, _)| *seq).or(places.judged);
        }
        places
    }

    /// The row's bytes, without what stands in `places`.
    pub(super) fn encode_order(&self, order: &OrderState, places: Places) -> Sql<Vec<u8>> {
        if places == Places::default() {
            return Ok(self.encode("order", order)?);
        }
        let mut lean = order.clone();
        let mut bytes = vec![LEAN];
        for seq in [places.facts, places.judged] {
            bytes.extend_from_slice(&seq.unwrap_or_default().0.to_le_bytes());
        }
        if places.facts.is_some() {
            lean.facts = NO_FACTS.clone();
        }
        if places.judged.is_some() {
            lean.judged = Arc::default();
        }
        self.bodies.borrow().extend_plain("order", &lean, &mut bytes)?;
        Ok(bytes)
    }

    /// What [`Core::encode_order`] made, and where parts of it stand.
    pub(super) fn decode_order(&self, bytes: &[u8]) -> Sql<(OrderState, Places)> {
        let Some(rest) = bytes.strip_prefix(&[LEAN]) else {
            return Ok((self.bodies.borrow_mut().decode_order(bytes)?, Places::default()));
        };
        let (facts, rest) = position(rest)?;
        let (judged, rest) = position(rest)?;
        let mut state = self.bodies.borrow_mut().decode_order(rest)?;
        if let Some(seq) = facts {
            let Entry::Observed(seen) = self.entry_at(seq)? else { return Err(not_there(seq).into()) };
            state.facts = seen.facts;
        }
        if let Some(seq) = judged {
            let Entry::Decided(decided) = self.entry_at(seq)? else { return Err(not_there(seq).into()) };
            state.judged = decided.judged;
        }
        Ok((state, Places { facts, judged }))
    }

    fn entry_at(&self, seq: Seq) -> Sql<Entry> {
        let Some(id) = self.row_id(seq.0) else { return Err(not_there(seq).into()) };
        let mut query = self.db.prepare_cached("SELECT body FROM journal WHERE seq = ?")?;
        let mut rows = query.query([id])?;
        let Some(row) = rows.next()? else { return Err(not_there(seq).into()) };
        Ok(self.decode("journal entry", row.get_ref(0)?.as_blob()?)?)
    }
}

/// A journal position, none where it is zero, and what follows it.
fn position(bytes: &[u8]) -> Sql<(Option<Seq>, &[u8])> {
    let (seq, rest) =
        bytes.split_first_chunk().ok_or_else(|| damaged("order", "it ends within its first bytes"))?;
    let seq = Seq(i64::from_le_bytes(*seq));
    Ok(((seq.0 != 0).then_some(seq), rest))
}

fn not_there(seq: Seq) -> sutler_core::Error {
    damaged("order", format!("what it leaves to journal entry {} does not stand there", seq.0))
}
