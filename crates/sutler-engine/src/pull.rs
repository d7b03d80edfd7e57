//! Windows of a pull: where to begin, how to split, what may never happen. Pure.

use sutler_core::{
    Result, Timestamp,
    channel::{Page, PullFrom, StreamKind, StreamSpec, Window},
    error::{Error, ErrorKind, Retry},
    ports::store::{StreamRow, WindowRow},
    time::Duration,
};

/// Begins a pull where none is under way: everything since the watermark, which lies the visibility delay behind.
pub(crate) fn begin(row: &mut StreamRow, spec: &StreamSpec, server_now: Timestamp, delay: Duration) {
    if !row.windows.is_empty() {
        return;
    }
    let horizon = match spec.kind {
        StreamKind::Created | StreamKind::PlacedOrChanged => server_now - spec.horizon,
        // What changed before the first pull is shown by the first pull of created orders.
        StreamKind::Changed => server_now - delay,
    };
    let from = row.watermark.map_or(horizon, |mark| mark.max(server_now - spec.horizon));
    row.began_at = Some(server_now);
    row.windows = vec![WindowRow { from, to: server_now, cursor: None, parent_total: None, last_page: None }];
}

/// What to read next of a pull under way.
pub(crate) fn from(row: &StreamRow) -> Option<PullFrom> {
    let window = row.windows.first()?;
    Some(PullFrom {
        stream: row.id.clone(),
        window: Window { from: window.from, to: window.to },
        cursor: window.cursor.clone(),
    })
}

/// Takes a page into account, `server_now` as far as is known now. Answers whether the pull is complete with it.
///
/// A clock of ours that was ahead when the pull began, and was found to be since, moves no watermark ahead.
///
/// # Errors
/// `Protocol` when the page repeats the one before it: that is no progress (G1). The window begins anew then.
pub(crate) fn advance(
    row: &mut StreamRow,
    page: &Page,
    delay: Duration,
    server_now: Timestamp,
) -> Result<bool> {
    let Some(window) = row.windows.first_mut() else { return Ok(true) };
    let digest = digest(page);
    if digest.is_some() && window.last_page == digest {
        return Err(Error::new(ErrorKind::Protocol, "engine.pull").with_retry(Retry::Backoff).message(format!(
            "stream {} gave the same {} orders twice in a row, window {} to {}; every page must bring others",
            row.id,
            page.orders.len(),
            window.from,
            window.to
        )));
    }
    match &page.next {
        Some(next) if page.orders.is_empty() && window.cursor.as_ref() == Some(next) => {
            return Err(Error::new(ErrorKind::Protocol, "engine.pull").with_retry(Retry::Backoff).message(format!(
                "stream {} gave an empty page that goes on where it began, window {} to {}; another cursor, or none at the end, is right",
                row.id, window.from, window.to
            )));
        }
        Some(next) => {
            window.cursor = Some(next.clone());
            window.last_page = digest;
        }
        None => {
            row.windows.remove(0);
        }
    }
    if !row.windows.is_empty() {
        return Ok(false);
    }
    let began = row.began_at.take().map(|at| at.min(server_now));
    row.pulled_at = began.or(row.pulled_at);
    row.watermark = row.watermark.max(began.map(|at| at - delay));
    Ok(true)
}

/// Has a stream that stands for the one under way read what is left of its pull: the same span, the same beginning. The one
/// under way stays where it is, to go on there should the other fail.
pub(crate) fn hand_over(row: &StreamRow, to: &mut StreamRow) {
    let from = row.windows.iter().map(|window| window.from).min();
    let until = row.windows.iter().map(|window| window.to).max();
    let (Some(from), Some(until)) = (from, until) else { return };
    to.windows = vec![WindowRow { from, to: until, cursor: None, parent_total: None, last_page: None }];
    to.began_at = row.began_at;
}

/// Ends a pull without its end.
pub(crate) fn give_up(row: &mut StreamRow) {
    row.windows.clear();
    row.began_at = None;
}

/// The channel works on the window under way: it goes on at this cursor.
pub(crate) fn wait_at(row: &mut StreamRow, cursor: String) {
    if let Some(window) = row.windows.first_mut() {
        window.cursor = Some(cursor);
    }
}

/// Begins the window under way anew, after an error that says its pages cannot be trusted.
pub(crate) fn restart(row: &mut StreamRow) {
    if let Some(window) = row.windows.first_mut() {
        window.cursor = None;
        window.last_page = None;
    }
}

/// Is a window that goes on at a cursor refused for the cursor? Cursors die, and no marketplace says so in the same words:
/// asked again with it, the window would never end.
pub(crate) fn is_expired(row: &StreamRow, kind: ErrorKind) -> bool {
    let goes_on = row.windows.first().is_some_and(|window| window.cursor.is_some());
    goes_on && matches!(kind, ErrorKind::Refused | ErrorKind::Invalid | ErrorKind::NotFound)
}

/// The narrowest window that is still split: lists are asked by whole seconds.
const NARROWEST: Duration = Duration::seconds(2);

/// Splits a window that holds more than the channel pages through.
///
/// A half may hold as many as the whole: all orders of a seller may lie in one week. What shows that a channel does not
/// keep to windows is a total that is too large however narrow the window, some 23 halvings of half a year on.
///
/// # Errors
/// `Protocol` naming the window when it cannot get narrower: never a loop.
pub(crate) fn split(row: &mut StreamRow, total: Option<u64>) -> Result<()> {
    let Some(window) = row.windows.first().cloned() else { return Ok(()) };
    let span = window.to - window.from;
    if span < NARROWEST {
        let total =
            total.map_or_else(|| "more orders than are paged through".to_owned(), |n| format!("{n} orders"));
        return Err(Error::new(ErrorKind::Protocol, "engine.pull").with_retry(Retry::Backoff).message(format!(
            "stream {}: the window {} to {} holds {total} and splitting it does not help; a total that shrinks with the window is right",
            row.id, window.from, window.to
        )));
    }
    let middle = window.from + span / 2;
    let half = |from, to| WindowRow { from, to, cursor: None, parent_total: total, last_page: None };
    // The halves share their instant, so that an order at it is in one of them whichever way the channel rounds.
    row.windows.splice(0..1, [half(window.from, middle), half(middle, window.to)]);
    Ok(())
}

fn digest(page: &Page) -> Option<u64> {
    // FNV-1a: this only has to tell a page from its predecessor.
    let bytes = page.orders.iter().flat_map(|o| o.channel_order_id.as_str().bytes().chain([0]));
    (!page.orders.is_empty()).then(|| {
        bytes.fold(0xcbf2_9ce4_8422_2325, |hash: u64, b| (hash ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use sutler_core::{channel::RawOrder, id::StreamId, observation::Coverage, time::from_millis};

    fn stream() -> StreamRow {
        StreamRow {
            id: StreamId::new("created"),
            watermark: None,
            pulled_at: None,
            windows: vec![],
            began_at: None,
        }
    }

    fn spec() -> StreamSpec {
        StreamSpec {
            id: StreamId::new("created"),
            kind: StreamKind::Created,
            horizon: Duration::days(179),
            stands_for: None,
            budget: None,
        }
    }

    fn page(ids: &[&str], next: Option<&str>) -> Page {
        Page {
            orders: ids
                .iter()
                .map(|id| RawOrder { channel_order_id: (*id).into(), raw: Default::default() })
                .collect(),
            next: next.map(str::to_owned),
            total: None,
            seller: None,
            coverage: Coverage::ALL,
        }
    }

    #[test]
    fn g01_the_watermark_never_passes_now_less_the_delay_and_windows_overlap_by_it() {
        let (mut row, delay) = (stream(), Duration::hours(1));
        let t1 = from_millis(1_800_000_000_000);
        begin(&mut row, &spec(), t1, delay);
        assert_eq!(row.windows[0].from, t1 - Duration::days(179));
        assert!(advance(&mut row, &page(&["a"], None), delay, Timestamp::MAX_UTC).unwrap());
        assert_eq!(row.watermark, Some(t1 - delay));
        let t2 = t1 + Duration::minutes(5);
        begin(&mut row, &spec(), t2, delay);
        assert_eq!((row.windows[0].from, row.windows[0].to), (t1 - delay, t2));
    }

    #[test]
    fn g01_a_page_that_repeats_is_an_error_and_not_progress() {
        let (mut row, delay) = (stream(), Duration::hours(1));
        begin(&mut row, &spec(), from_millis(1_800_000_000_000), delay);
        assert!(!advance(&mut row, &page(&["a", "b"], Some("2")), delay, Timestamp::MAX_UTC).unwrap());
        let before = row.clone();
        let error = advance(&mut row, &page(&["a", "b"], Some("3")), delay, Timestamp::MAX_UTC).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Protocol);
        assert_eq!(row, before);
        restart(&mut row);
        assert_eq!(from(&row).and_then(|f| f.cursor), None);
    }

    #[test]
    fn g01_a_window_that_no_longer_shrinks_is_an_error_that_names_it() {
        let (mut row, delay) = (stream(), Duration::hours(1));
        begin(&mut row, &spec(), from_millis(1_800_000_000_000), delay);
        split(&mut row, Some(30_000)).unwrap();
        assert_eq!(row.windows.len(), 2);
        assert_eq!(row.windows[0].to, row.windows[1].from);
        let mut halvings = 0;
        let error = loop {
            match split(&mut row, Some(15_000)) {
                Ok(()) => halvings += 1,
                Err(error) => break error,
            }
        };
        assert!((20..30).contains(&halvings), "{halvings}");
        assert!(error.text().contains("2026") || error.text().contains("2027"), "{error}");
        assert_eq!(error.kind(), ErrorKind::Protocol);
    }

    #[test]
    fn a_window_whose_orders_all_lie_in_one_half_is_read() {
        let (mut row, delay) = (stream(), Duration::hours(1));
        begin(&mut row, &spec(), from_millis(1_800_000_000_000), delay);
        split(&mut row, Some(20_000)).unwrap();
        // The older half is empty; the newer one holds them all, and its own halves hold 10,000 each.
        assert!(!advance(&mut row, &page(&[], None), delay, Timestamp::MAX_UTC).unwrap());
        split(&mut row, Some(20_000)).unwrap();
        assert!(!advance(&mut row, &page(&["a"], None), delay, Timestamp::MAX_UTC).unwrap());
        assert!(advance(&mut row, &page(&["b"], None), delay, Timestamp::MAX_UTC).unwrap());
    }

    #[test]
    fn g01_a_cursor_that_is_refused_is_dropped_and_a_lost_call_is_none() {
        let mut row = stream();
        begin(&mut row, &spec(), from_millis(1_800_000_000_000), Duration::hours(1));
        assert!(!is_expired(&row, ErrorKind::Refused), "there is no cursor to blame");
        wait_at(&mut row, "2".into());
        assert!(is_expired(&row, ErrorKind::Refused) && is_expired(&row, ErrorKind::NotFound));
        assert!(!is_expired(&row, ErrorKind::Timeout) && !is_expired(&row, ErrorKind::RateLimited));
    }

    #[test]
    fn g01_what_a_stream_takes_over_ends_where_the_other_one_would_have() {
        let (mut list, delay) = (stream(), Duration::hours(1));
        let began = from_millis(1_800_000_000_000);
        begin(&mut list, &spec(), began, delay);
        split(&mut list, Some(20_000)).unwrap();
        advance(&mut list, &page(&["a"], Some("2")), delay, Timestamp::MAX_UTC).unwrap();
        let mut report = StreamRow { id: StreamId::new("report"), ..stream() };
        hand_over(&list, &mut report);
        assert_eq!(list.windows.len(), 2, "it goes on there, should the report fail");
        assert_eq!((report.windows[0].from, report.windows[0].to), (began - Duration::days(179), began));
        assert!(advance(&mut report, &page(&["a"], None), delay, Timestamp::MAX_UTC).unwrap());
        assert_eq!((report.watermark, report.pulled_at), (Some(began - delay), Some(began)));
    }

    #[test]
    fn g28_a_cursor_is_kept_as_it_came() {
        let (mut row, delay) = (stream(), Duration::hours(1));
        begin(&mut row, &spec(), from_millis(1_800_000_000_000), delay);
        let odd = " ?limit=1&amp;createdStartDate=2026%3A01\n";
        advance(&mut row, &page(&["a"], Some(odd)), delay, Timestamp::MAX_UTC).unwrap();
        assert_eq!(from(&row).and_then(|f| f.cursor).as_deref(), Some(odd));
    }
}
