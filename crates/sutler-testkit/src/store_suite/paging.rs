//! Pages of the inbox against a plain filter over all orders.

use super::{
    Backend, dump, random, read,
    sample::{Dice, Held, at, channel},
    write,
};
use std::collections::BTreeSet;
use sutler_core::{
    error::{ErrorKind, Result},
    id::OrderKey,
    ports::store::{InboxQuery, InboxRow, Sort, View},
    state::Phase,
};

/// Following `next` gives every order that answers once, in order, for every sort; a filter gives what it says.
///
/// # Errors
/// The store's.
pub fn inbox_pages_hold_every_order_once(backend: &dyn Backend) -> Result<()> {
    let store = backend.open("default");
    let mut dice = Dice(3);
    for _ in 0..250 {
        let _ = random::run(&*store, dice.below(u64::MAX));
    }
    let rows = read(&*store, |view| {
        let everyone = InboxQuery { limit: 500, ..InboxQuery::default() };
        let rows = follow(view, &everyone)?;
        let keys: BTreeSet<OrderKey> = rows.iter().map(|row| row.key).collect();
        for key in (1..300).map(OrderKey) {
            assert_eq!(view.order(key)?.is_some(), keys.contains(&key), "{key:?}");
        }
        for query in dump::queries() {
            if query.limit == 0 || query.after.is_some() {
                continue;
            }
            let Ok(found) = follow(view, &query) else {
                assert_eq!(
                    query.sort,
                    Sort::AmountDescending,
                    "only sorting by amount may be refused here: {query:?}"
                );
                continue;
            };
            let keys: BTreeSet<OrderKey> = found.iter().map(|row| row.key).collect();
            assert_eq!(keys.len(), found.len(), "an order came twice: {query:?}");
            let wanted: BTreeSet<OrderKey> =
                rows.iter().filter(|row| answers(view, &query, row)).map(|row| row.key).collect();
            assert_eq!(keys, wanted, "{query:?}");
            assert!(found.is_sorted_by_key(|row| place(&query, row)), "{query:?}: {found:?}");
        }
        Ok(rows)
    })?;
    assert!(rows.len() > 15 && rows.iter().any(|row| !row.holds.is_empty()), "{} orders", rows.len());
    Ok(())
}

fn follow(view: &dyn View, query: &InboxQuery) -> Result<Vec<InboxRow>> {
    let (mut query, mut rows) = (query.clone(), Vec::new());
    loop {
        let page = view.inbox(&query)?;
        assert!(page.rows.len() <= query.limit as usize);
        rows.extend(page.rows);
        match page.next {
            Some(next) => query.after = Some(next),
            None => return Ok(rows),
        }
    }
}

/// The filter, written a second time.
fn answers(view: &dyn View, query: &InboxQuery, row: &InboxRow) -> bool {
    let Ok(Some(order)) = view.order(row.key) else { return false };
    let text = |pattern: &str, text: &str| match pattern.strip_suffix('*') {
        Some(start) => text.starts_with(start),
        None => text == pattern,
    };
    let amount = row.total.map(|total| total.amount);
    query.channel.as_ref().is_none_or(|c| *c == row.channel)
        && query.phase.is_none_or(|phase| phase == row.phase)
        && query.hold.as_ref().is_none_or(|hold| row.phase == Phase::Held && row.holds.contains(hold))
        && query.placed_from.is_none_or(|from| row.placed_at >= from)
        && query.placed_to.is_none_or(|to| row.placed_at < to)
        && query.amount_from.is_none_or(|from| amount.is_some_and(|amount| amount >= from))
        && query.amount_to.is_none_or(|to| amount.is_some_and(|amount| amount <= to))
        && query.order_id.as_ref().is_none_or(|id| text(id, row.channel_order_id.as_str()))
        && query.sku.as_ref().is_none_or(|sku| {
            order.facts.lines.iter().filter_map(|line| line.sku.as_ref()).any(|s| text(sku, s.as_str()))
        })
        && (!query.exceptions || !order.exceptions.is_empty())
        && (query.sort != Sort::Due || row.due_at.is_some())
}

fn place(query: &InboxQuery, row: &InboxRow) -> impl Ord {
    let key = row.key.0;
    match query.sort {
        Sort::PlacedAscending => (0, row.placed_at.timestamp_millis(), None, key),
        Sort::PlacedDescending => (0, -row.placed_at.timestamp_millis(), None, -key),
        Sort::Due => (0, row.due_at.map_or(i64::MAX, |due| due.timestamp_millis()), None, key),
        // Orders without a total come last.
        Sort::AmountDescending => (
            i64::from(row.total.is_none()),
            0,
            Some(std::cmp::Reverse(row.total.map(|total| total.amount))),
            -key,
        ),
    }
}

/// # Errors
/// The store's.
pub fn the_inbox_refuses_what_would_scan(backend: &dyn Backend) -> Result<()> {
    let store = backend.open("default");
    write(&*store, |tx| {
        for number in 0..1_001 {
            Held::new(tx, &channel("us"), &format!("M{number:04}"), at(number))?.put(tx, None)?;
        }
        Ok(())
    })?;
    let ask = |query: InboxQuery| read(&*store, move |view| view.inbox(&query));
    let page = InboxQuery { limit: 50, ..InboxQuery::default() };
    let too_many = ask(InboxQuery { order_id: Some("M*".into()), ..page.clone() }).expect_err("too many");
    assert!(too_many.kind() == ErrorKind::Invalid && too_many.text().contains("1000"), "{too_many}");
    let found = ask(InboxQuery { order_id: Some("M0*".into()), ..page.clone() })?;
    assert_eq!((found.rows.len(), found.next.is_some()), (50, true));
    let one =
        ask(InboxQuery { order_id: Some("M1000".into()), sort: Sort::AmountDescending, ..page.clone() })?;
    assert_eq!((one.rows.len(), one.next), (1, None));
    let unsorted = ask(InboxQuery { sort: Sort::AmountDescending, ..page }).expect_err("no phase");
    assert!(unsorted.kind() == ErrorKind::Invalid && unsorted.text().contains("open phase"), "{unsorted}");
    Ok(())
}
