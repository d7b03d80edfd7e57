//! The audit of stock (G17): every item reckoned anew from the orders and the journal, and held against what is kept.

use std::collections::BTreeMap;
use sutler_core::{
    Result, Timestamp,
    command::{Command, CommandKey},
    id::{ChannelId, Sku},
    journal::{Entry, JournalRow},
    ports::store::{InboxQuery, View},
    state::OrderState,
    stock::Item,
};
use sutler_store::memory::Rows;

/// What orders and counts say of one SKU.
#[derive(Clone, Debug, Default)]
struct Reckoned {
    demand: i64,
    allocated: i64,
    departed: i64,
    count: Option<(i64, Timestamp)>,
}

/// An audit under way: it is told of everything, and says what does not agree.
#[derive(Debug, Default)]
pub struct Audit {
    items: BTreeMap<Sku, Reckoned>,
    wrong: Vec<String>,
}

impl Audit {
    /// Audits a store in memory, without a copy of its rows. Answers what is wrong; nothing, where all is well.
    pub fn of_rows(rows: &Rows<'_>) -> Vec<String> {
        let mut audit = Audit::default();
        rows.journal().iter().for_each(|row| audit.entry(row));
        rows.orders().for_each(|order| audit.order(order));
        for item in rows.items() {
            let since = rows.departed(&item.sku, Some(item.as_of));
            audit.item(item, rows.departed(&item.sku, None), since);
        }
        audit.targets(rows);
        audit.end()
    }

    /// Audits any store through its port. Answers what is wrong.
    ///
    /// # Errors
    /// The store's.
    pub fn of_view(view: &dyn View) -> Result<Vec<String>> {
        const LIMIT: usize = 10_000;
        let mut audit = Audit::default();
        view.journal(sutler_core::id::Seq(0), usize::MAX >> 1)?.iter().for_each(|row| audit.entry(row));
        let mut after = None;
        loop {
            let page = view.inbox(&InboxQuery { after, limit: 500, ..InboxQuery::default() })?;
            for row in &page.rows {
                view.order(row.key)?.iter().for_each(|order| audit.order(order));
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        for item in view.items(None, LIMIT)? {
            let ever = view.departed_since(&item.sku, Timestamp::MIN_UTC)?;
            audit.item(&item, ever, view.departed_since(&item.sku, item.as_of)?);
        }
        Ok(audit.end())
    }

    fn entry(&mut self, row: &JournalRow) {
        if let Entry::Counted { sku, quantity, as_of } = &row.entry {
            self.of(sku).count = Some((*quantity, *as_of));
        }
    }

    fn of(&mut self, sku: &Sku) -> &mut Reckoned {
        if !self.items.contains_key(sku) {
            self.items.insert(sku.clone(), Reckoned::default());
        }
        self.items.entry(sku.clone()).or_default()
    }

    fn order(&mut self, order: &OrderState) {
        for (sku, units) in order.demand() {
            self.of(&sku).demand += units;
        }
        for (sku, units) in order.allocation() {
            self.of(&sku).allocated += units;
        }
        for (sku, units) in order.departed() {
            self.of(&sku).departed += units;
        }
        for line in &order.facts.lines {
            let c = order.counters(line);
            if c.ordered != c.open + c.cancelled + c.shipped || c.delivered > c.shipped || c.wanted > c.open {
                self.wrong.push(format!(
                    "order {} line {}: {c:?} does not add up",
                    order.channel_order_id, line.line_id
                ));
            }
        }
    }

    /// One item as it is kept, with the units that ever left and those that left since it was counted.
    fn item(&mut self, item: &Item, left_ever: i64, left_since: i64) {
        let zero = self.items.remove(&item.sku).unwrap_or_default();
        let counted = zero.count.map(|(quantity, _)| quantity);
        let on_hand = counted.unwrap_or(0) - left_since;
        let kept = [item.demand, item.allocated, item.departed, item.available(), item.unallocated()];
        let audited =
            [zero.demand, zero.allocated, left_since, on_hand - zero.demand, on_hand - zero.allocated];
        if kept != audited || item.counted != counted {
            self.wrong.push(format!(
                "{}: demand, allocated, departed, available, unallocated are kept as {kept:?} and audited as {audited:?}, counted as {:?} and audited as {counted:?}",
                item.sku, item.counted
            ));
        }
        if zero.count.is_some_and(|(_, as_of)| as_of != item.as_of) {
            self.wrong
                .push(format!("{}: kept as of {}, counted as of {:?}", item.sku, item.as_of, zero.count));
        }
        if left_ever != zero.departed {
            self.wrong
                .push(format!("{}: {left_ever} units left, the orders say {}", item.sku, zero.departed));
        }
        if item.is_mapped() && zero.allocated > on_hand {
            self.wrong.push(format!("{}: {} promised of {on_hand} on hand", item.sku, zero.allocated));
        }
    }

    /// Every open command holds its targets and is found as open, and nothing else is.
    fn targets(&mut self, rows: &Rows<'_>) {
        let open: BTreeMap<(&ChannelId, &CommandKey), &Command> = rows
            .commands()
            .filter(|(_, command)| command.is_open())
            .map(|(channel, command)| ((channel, &command.key), command))
            .collect();
        let found: Vec<_> = rows.open().collect();
        if found.len() != open.len() || !found.iter().all(|place| open.contains_key(place)) {
            self.wrong.push(format!("found as open: {found:?}; open: {:?}", open.keys()));
        }
        let mut held = BTreeMap::new();
        for ((channel, key), command) in open {
            for target in command.targets() {
                let target = match &command.channel_order_id {
                    Some(order) if command.order.is_some() => format!("{order}|{target}"),
                    _ => target,
                };
                if let Some(other) = held.insert((channel, target), key).filter(|other| *other != key) {
                    self.wrong.push(format!("{key} and {other} are open and touch the same"));
                }
            }
        }
        let kept = rows.targets();
        let same = kept
            .map(|(channel, target, key)| ((channel, target.to_owned()), key))
            .eq(held.iter().map(|((channel, target), key)| ((*channel, target.clone()), *key)));
        if !same {
            let kept: Vec<_> = rows.targets().collect();
            self.wrong.push(format!("targets are held as {kept:?}, the open commands touch {held:?}"));
        }
    }

    fn end(mut self) -> Vec<String> {
        for (sku, zero) in self.items {
            if zero.demand != 0 || zero.allocated != 0 || zero.departed != 0 || zero.count.is_some() {
                self.wrong.push(format!("{sku}: {zero:?} is audited, and no item is kept"));
            }
        }
        self.wrong
    }
}
