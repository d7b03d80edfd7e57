//! What the store holds after a pass: the peers' end state, and what sutler keeps beside it.

use std::collections::BTreeMap;
use sutler_core::{
    Result,
    command::Event,
    error::{Error, ErrorKind},
    id::Seq,
    journal::Entry,
    ports::store::{InboxQuery, Sort, StoreExt, View},
    state::Phase,
};
use sutler_store::sqlite::SqliteStore;

/// Rows read in one job: bounds how long a read holds its snapshot.
const AT_ONCE: usize = 1_000;

/// The end state. The first six are what every peer reports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct End {
    /// Orders stored.
    pub orders: u64,
    /// Lines of them.
    pub lines: u64,
    /// Orders that wait for a person.
    pub held: u64,
    /// Orders whose acknowledgment the marketplace confirmed to us, by their journal.
    pub acked: u64,
    /// Σ order totals, in cents.
    pub total_cents: i64,
    /// Units not promised to any order.
    pub stock: i64,
    /// Orders whose raw payload and address are kept.
    pub payloads: u64,
    /// Journal rows by kind; steps of commands by their event (`stepped.Send`).
    pub journal: BTreeMap<String, u64>,
}

impl End {
    /// Reads all of it from the store.
    ///
    /// # Errors
    /// `Store` when it cannot be read.
    pub async fn of(store: &SqliteStore) -> Result<End> {
        let mut end = End::default();
        let mut after = None;
        loop {
            let query = InboxQuery {
                sort: Sort::PlacedAscending,
                limit: 500,
                after: after.take(),
                ..InboxQuery::default()
            };
            let (part, next) = store.view(move |view| orders(view, &query)).await?;
            end.add(part);
            match next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        let mut last = Seq(0);
        loop {
            let rows = store.view(move |view| view.journal(last, AT_ONCE)).await?;
            let Some(row) = rows.last() else { break };
            last = row.seq;
            rows.iter().for_each(|row| end.count(&row.entry));
        }
        end.acked = end.rows("stepped.Done");
        let mut after = None;
        loop {
            let from = after.take();
            let items = store.view(move |view| view.items(from.as_ref(), AT_ONCE)).await?;
            let Some(item) = items.last() else { break };
            after = Some(item.sku.clone());
            end.stock += items.iter().map(sutler_core::stock::Item::unallocated).sum::<i64>();
        }
        Ok(end)
    }

    /// Journal rows of a kind.
    pub fn rows(&self, kind: &str) -> u64 {
        self.journal.get(kind).copied().unwrap_or(0)
    }

    /// Everything was done and everything is kept: each order is accepted or held, each accepted one acknowledged once,
    /// with a durable mark before its call, and its payload and observation stand.
    ///
    /// # Errors
    /// `Invalid` naming the first count that is not right.
    pub fn is_whole(&self) -> Result<()> {
        let accepted = self.orders - self.held;
        let wanted = [
            ("acknowledged orders", self.acked, accepted),
            ("kept payloads", self.payloads, self.orders),
            ("first observations", self.rows("observed").min(self.orders), self.orders),
            ("first decisions", self.rows("decided").min(self.orders), self.orders),
            ("intended commands", self.rows("intended"), accepted),
            ("marks before a call", self.rows("stepped.Send"), accepted),
        ];
        match wanted.iter().find(|(_, found, wanted)| found != wanted) {
            None => Ok(()),
            Some((what, found, wanted)) => Err(Error::new(ErrorKind::Invalid, "benches.end")
                .message(format!("there are {found} {what}; {wanted} are right"))),
        }
    }

    /// The peers' `check`.
    pub fn check(&self) -> String {
        format!(
            r#"{{"orders":{},"held":{},"acked":{},"total_cents":{},"lines":{},"stock":{}}}"#,
            self.orders, self.held, self.acked, self.total_cents, self.lines, self.stock
        )
    }

    fn add(&mut self, part: End) {
        self.orders += part.orders;
        self.lines += part.lines;
        self.held += part.held;
        self.total_cents += part.total_cents;
        self.payloads += part.payloads;
    }

    fn count(&mut self, entry: &Entry) {
        let name = match entry {
            Entry::Stepped { step, .. } => match step.event {
                Event::Send => "stepped.Send".to_owned(),
                Event::Done => "stepped.Done".to_owned(),
                other => format!("stepped.{other:?}"),
            },
            other => other.kind().to_owned(),
        };
        *self.journal.entry(name).or_default() += 1;
    }
}

fn orders(view: &dyn View, query: &InboxQuery) -> Result<(End, Option<String>)> {
    let page = view.inbox(query)?;
    let mut part = End::default();
    for row in &page.rows {
        part.orders += 1;
        part.lines += u64::from(row.lines);
        part.held += u64::from(row.phase == Phase::Held);
        part.total_cents += row.total.map_or(0, sutler_core::money::Money::minor_units);
        let kept = view.personal(row.key)?;
        part.payloads += u64::from(kept.is_some_and(|kept| !kept.raw.is_empty()));
    }
    Ok((part, page.next))
}
