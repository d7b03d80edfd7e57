//! Which inbox questions are answered, and how: the same for every store. `docs/inbox.md` lists them for hosts.

use crate::derive::{Derived, amount_key, is_open};
use sutler_core::{
    error::{Error, ErrorKind, Result},
    id::OrderKey,
    ports::store::{InboxQuery, Sort},
    state::{OrderState, Phase},
};

/// The most orders an id or SKU prefix may match: beyond that a person must type more of it. It bounds what is sorted.
pub const NARROW_MAX: usize = 1_000;
/// The most orders a page holds.
pub const PAGE_MAX: u32 = 500;

/// How a question is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Path {
    /// By order id or SKU: at most [`NARROW_MAX`] orders, sorted after they were found.
    Narrow,
    /// Orders with one SKU, as they were placed.
    Sku,
    /// Orders held for one reason, as they were placed.
    Hold,
    /// Orders with an exception, as they were placed.
    Exceptions,
    /// Orders of channels and phases, as they were placed.
    Placed,
    /// Orders with a deadline, soonest first.
    Due,
    /// Open orders of one phase, largest first.
    Amount,
}

/// A question that can be answered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) path: Path,
    pub(crate) limit: usize,
    /// Sort key and order key of the last row of the page before.
    pub(crate) after: Option<(i64, i64)>,
}

/// Text that is equal, or a beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pattern<'a> {
    Exact(&'a str),
    Prefix(&'a str),
}

impl<'a> Pattern<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        text.strip_suffix('*').map_or(Pattern::Exact(text), Pattern::Prefix)
    }

    pub(crate) fn matches(self, text: &str) -> bool {
        match self {
            Pattern::Exact(whole) => text == whole,
            Pattern::Prefix(start) => text.starts_with(start),
        }
    }
}

/// Checks a question and chooses its path.
pub(crate) fn plan(query: &InboxQuery) -> Result<Plan> {
    if query.limit == 0 || query.limit > PAGE_MAX {
        return Err(invalid(format!(
            "a page of {} orders is not possible; 1 to {PAGE_MAX} are",
            query.limit
        )));
    }
    for (name, pattern) in [("order_id", &query.order_id), ("sku", &query.sku)] {
        if pattern.as_deref() == Some("*") {
            return Err(invalid(format!(
                "{name} \"*\" matches everything; leave it out, or give a beginning"
            )));
        }
    }
    let exact_sku = query.sku.as_deref().is_some_and(|sku| matches!(Pattern::of(sku), Pattern::Exact(_)));
    let placed = matches!(query.sort, Sort::PlacedAscending | Sort::PlacedDescending);
    let path = match query.sort {
        _ if query.order_id.is_some() => Path::Narrow,
        _ if query.sku.is_some() && !(exact_sku && placed) => Path::Narrow,
        _ if query.sku.is_some() => Path::Sku,
        Sort::Due => Path::Due,
        Sort::AmountDescending => {
            phase_by_amount(query)?;
            Path::Amount
        }
        _ if query.hold.is_some() => Path::Hold,
        _ if query.exceptions => Path::Exceptions,
        _ => Path::Placed,
    };
    let after = query.after.as_deref().map(|text| read_cursor(text, query.sort)).transpose()?;
    Ok(Plan { path, limit: query.limit as usize, after })
}

/// The one open phase a page sorted by amount is about: only open orders are indexed by it.
pub(crate) fn phase_by_amount(query: &InboxQuery) -> Result<Phase> {
    match (query.phase, &query.hold) {
        (Some(phase), _) if is_open(phase) => Ok(phase),
        (None, Some(_)) => Ok(Phase::Held),
        (phase, _) => Err(invalid(format!(
            "sorting by amount needs one open phase (new, held, open or partly_shipped), not {}; or sort by placed and \
             give an amount range",
            phase.map_or("every phase", Phase::as_str)
        ))),
    }
}

/// Does an order answer the question, whatever the path?
pub(crate) fn matches(query: &InboxQuery, order: &OrderState, derived: &Derived) -> bool {
    let text = |pattern: &Option<String>, text: &str| {
        pattern.as_deref().is_none_or(|pattern| Pattern::of(pattern).matches(text))
    };
    let placed = |at: &sutler_core::Timestamp| at.timestamp_millis();
    query.channel.as_ref().is_none_or(|channel| *channel == order.channel)
        && query.phase.is_none_or(|phase| phase == derived.phase)
        && query.hold.as_ref().is_none_or(|reason| {
            derived.phase == Phase::Held && order.holds.iter().any(|hold| hold.reason == *reason)
        })
        && query.placed_from.as_ref().is_none_or(|from| derived.placed >= placed(from))
        && query.placed_to.as_ref().is_none_or(|to| derived.placed < placed(to))
        && amounts(query).is_none_or(|(from, to)| (from..=to).contains(&derived.amount))
        && text(&query.order_id, order.channel_order_id.as_str())
        && query.sku.as_deref().is_none_or(|sku| {
            order
                .facts
                .lines
                .iter()
                .filter_map(|l| l.sku.as_ref())
                .any(|s| Pattern::of(sku).matches(s.as_str()))
        })
        && (!query.exceptions || derived.exceptions)
        && (query.sort != Sort::Due || derived.due.is_some())
}

/// The least and largest amount asked for. Orders without a total are in no range.
pub(crate) fn amounts(query: &InboxQuery) -> Option<(i64, i64)> {
    if query.amount_from.is_none() && query.amount_to.is_none() {
        return None;
    }
    let from = query.amount_from.map_or(crate::derive::NO_AMOUNT + 1, amount_key);
    Some((from, query.amount_to.map_or(i64::MAX, amount_key)))
}

/// What an order sorts by; ascending in page order.
pub(crate) fn place(sort: Sort, sort_key: i64, key: i64) -> (i64, i64) {
    match sort {
        Sort::PlacedAscending | Sort::Due => (sort_key, key),
        // `!x` turns the order round without overflow.
        Sort::PlacedDescending | Sort::AmountDescending => (!sort_key, !key),
    }
}

/// The sort key of an order.
pub(crate) fn sort_key(sort: Sort, derived: &Derived) -> i64 {
    match sort {
        Sort::PlacedAscending | Sort::PlacedDescending => derived.placed,
        Sort::Due => derived.due.unwrap_or(i64::MAX),
        Sort::AmountDescending => derived.amount,
    }
}

/// A prefix matched too much.
pub(crate) fn too_many() -> Error {
    invalid(format!("the order id or SKU given matches more than {NARROW_MAX} orders; give more of it"))
}

/// Where a page ended: version, sort, sort key and order key in hexadecimal.
pub(crate) fn write_cursor(sort: Sort, sort_key: i64, key: OrderKey) -> String {
    format!("1{}{sort_key:016x}{:x}", sort_code(sort), key.0)
}

fn read_cursor(text: &str, sort: Sort) -> Result<(i64, i64)> {
    let bad = || invalid(format!("after {text:?} is no cursor; give `next` of the page before, unchanged"));
    let rest = text.strip_prefix('1').ok_or_else(bad)?;
    let code = rest.chars().next().ok_or_else(bad)?;
    if !rest.is_ascii() || rest.len() < 18 {
        return Err(bad());
    }
    if code != sort_code(sort) {
        return Err(invalid(format!(
            "after {text:?} is a cursor of a page sorted otherwise; ask with the same sort as the page before"
        )));
    }
    let (sort_key, key) = rest[1..].split_at(16);
    let sort_key = u64::from_str_radix(sort_key, 16).map_err(|_| bad())?;
    let key = i64::from_str_radix(key, 16).map_err(|_| bad())?;
    Ok((sort_key.cast_signed(), key))
}

fn sort_code(sort: Sort) -> char {
    match sort {
        Sort::PlacedDescending => 'p',
        Sort::PlacedAscending => 'q',
        Sort::Due => 'd',
        Sort::AmountDescending => 'a',
    }
}

fn invalid(message: String) -> Error {
    Error::new(ErrorKind::Invalid, "store.inbox").message(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_and_a_mangled_one_says_so() {
        for (sort_key, key) in [(0, 1), (-5, 7), (i64::MIN, i64::MAX), (i64::MAX, 1)] {
            let text = write_cursor(Sort::Due, sort_key, OrderKey(key));
            assert_eq!(read_cursor(&text, Sort::Due).expect("our own cursor"), (sort_key, key));
            let other = read_cursor(&text, Sort::PlacedAscending).expect_err("of another sort");
            assert!(other.text().contains("same sort"), "{other}");
        }
        for text in [
            "",
            "1",
            "1d",
            "2d00000000000000001",
            "1d000000000000000",
            "1dzzzzzzzzzzzzzzzz1",
            "1d0000000000000000ä",
        ] {
            let error = read_cursor(text, Sort::Due).expect_err(text);
            assert!(error.kind() == ErrorKind::Invalid && error.text().contains("no cursor"), "{error}");
        }
    }

    #[test]
    fn what_would_scan_is_refused_and_says_what_would_be_right() {
        let query = InboxQuery { sort: Sort::AmountDescending, limit: 50, ..Default::default() };
        assert!(plan(&query).expect_err("no phase").text().contains("open phase"));
        assert!(plan(&InboxQuery { phase: Some(Phase::Shipped), ..query.clone() }).is_err());
        assert!(plan(&InboxQuery { phase: Some(Phase::Open), ..query }).is_ok());
        assert!(plan(&InboxQuery::default()).expect_err("no limit").text().contains("1 to 500"));
        let all = InboxQuery { sku: Some("*".into()), limit: 1, ..Default::default() };
        assert!(plan(&all).expect_err("everything").text().contains("beginning"));
    }
}
