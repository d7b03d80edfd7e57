//! Which way orders are read: the search, or a report of all orders that stands for it. Pure.

use crate::channel::{REPORT, STREAM};
use sutler_core::{
    channel::ReadNeed,
    id::StreamId,
    time::{Duration, Timestamp},
};

/// How long a report takes, its document and the first single reads included (inferred: it is published nowhere; minutes are
/// usual, more than an hour was reported).
const REPORT_TAKES: Duration = Duration::minutes(30);
/// A channel that was not read for this long was stopped, not swept.
const STOP: Duration = Duration::hours(6);
/// What single reads bring while a report is made: the bucket of `getOrder`, 30 and one in two seconds.
const FETCH: (f64, f64) = (30.0, 0.5);

/// A search of 100 orders spends three minutes of its budget, a report three calls whatever the number of orders. So the search
/// sweeps, and a report is asked for where what is left to read is more than search and single reads bring in the time that a
/// report takes: with full buckets, some 2,000 + 0.56 × 1,800 orders, and as many as were told of by pushes, up to 930.
///
/// How much is left is reckoned from the orders a day the channel brought of late. Where that is not known, after a start, what
/// still comes after the search's whole burst counts as too much, if the channel was not read for longer than [`STOP`].
pub(crate) fn streams(need: &ReadNeed, page: u16) -> Vec<StreamId> {
    let since: Option<Timestamp> =
        need.streams.iter().find(|(id, _)| id.as_str() == STREAM).and_then(|row| row.1);
    let unread = since.map(|since| need.now - since);
    let by_report = match (unread, need.orders_per_day) {
        (Some(unread), Some(per_day)) => {
            let days = unread.num_milliseconds() as f64 / 86_400_000.0;
            f64::from(per_day) * days > within_reach(need, page)
        }
        (unread, _) => need.waits.is_some() && unread.is_none_or(|unread| unread > STOP),
    };
    vec![if by_report { REPORT } else { STREAM }.into()]
}

fn within_reach(need: &ReadNeed, page: u16) -> f64 {
    let takes = REPORT_TAKES.num_seconds() as f64;
    let single = (FETCH.0 + FETCH.1 * takes).min(need.hinted as f64);
    (need.pull_tokens + need.pull_rate * takes) * f64::from(page) + single
}

#[cfg(test)]
mod tests {
    use super::*;
    use sutler_core::time::from_millis;

    fn need(per_day: Option<u32>, hours: i64, waits: bool) -> ReadNeed {
        let now = from_millis(1_790_000_000_000);
        ReadNeed {
            now,
            streams: vec![
                (STREAM.into(), per_day.map(|_| now - Duration::hours(hours))),
                (REPORT.into(), None),
            ],
            hinted: 0,
            orders_per_day: per_day,
            waits: waits.then(|| Duration::seconds(170)),
            pull_tokens: if waits { 0.0 } else { 20.0 },
            pull_rate: 0.0056,
        }
    }

    fn chosen(need: &ReadNeed) -> String {
        streams(need, 100)[0].to_string()
    }

    #[test]
    fn a_sweep_is_a_search_and_a_long_stop_a_report() {
        assert_eq!(chosen(&need(Some(10_000), 1, false)), STREAM);
        // 3,008 orders are what the search brings in half an hour with a full bucket.
        assert_eq!(chosen(&need(Some(24_000), 3, false)), STREAM);
        assert_eq!(chosen(&need(Some(24_000), 4, false)), REPORT);
        // With an empty one it is a third of that.
        assert_eq!(chosen(&need(Some(24_000), 1, true)), STREAM);
        assert_eq!(chosen(&need(Some(24_000), 2, true)), REPORT);
    }

    #[test]
    fn orders_that_pushes_told_of_are_read_by_themselves_meanwhile() {
        let mut told = need(Some(24_000), 4, false);
        told.hinted = 5_000;
        assert!(within_reach(&told, 100) - within_reach(&need(Some(1), 1, false), 100) == 930.0);
        told.orders_per_day = Some(23_000);
        assert_eq!(chosen(&told), STREAM);
    }

    #[test]
    fn the_first_pull_searches_and_hands_over_when_its_burst_is_gone() {
        assert_eq!(chosen(&need(None, 0, false)), STREAM);
        assert_eq!(chosen(&need(None, 0, true)), REPORT);
        for (hours, stream) in [(2, STREAM), (7, REPORT)] {
            let again = ReadNeed { orders_per_day: None, ..need(Some(1), hours, true) };
            assert_eq!(chosen(&again), stream, "{hours} h after it was read");
        }
    }
}
