//! What can go wrong, as data: each fault has a probability and a bound, and can be switched on alone.

use serde::{Deserialize, Serialize};

/// A probability in thousandths; 1000 and above is always.
pub type PerMille = u16;

/// The faults of one world, by what they are on any marketplace; each marketplace's documentation says which it has and
/// what they look like there. All zero (and buckets at 100 %) is a marketplace that only does what it documents.
///
/// Durations are marketplace seconds. A request can meet several faults; the earliest in the order of the fields of a
/// call's life wins: outage, lost or failed before, token, limit, then what happens while and after applying.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// Orders that appear in lists, and by id, only some time after they were placed.
    pub late_visible: PerMille,
    /// The longest such delay.
    pub late_visible_max_s: u32,
    /// Writes after which reads show the state before, for a while. The write's own answer shows the new state.
    pub read_lag: PerMille,
    /// The longest lag of a read; at most 60 are meant to be survived.
    pub read_lag_max_s: u32,
    /// Pages after the first that repeat one to three orders of the page before.
    pub page_repeat: PerMille,
    /// Requests refused with 429 although the bucket holds tokens.
    pub throttle: PerMille,
    /// Windows of `storm_s` seconds in which every request is refused with 429.
    pub storm: PerMille,
    /// The length of one storm window.
    pub storm_s: u32,
    /// The real size of the buckets in per cent of what is published.
    pub bucket_percent: u8,
    /// Requests answered with a 5xx that changed nothing.
    pub error_before: PerMille,
    /// Writes that are applied and answered with a 5xx.
    pub error_after: PerMille,
    /// Requests that are lost before anything was done.
    pub lost_before: PerMille,
    /// Writes that are applied and whose answer is lost.
    pub lost_after: PerMille,
    /// Of lost answers, those for which the connection hangs until the client gives up; the others are cut.
    pub hang: PerMille,
    /// Writes whose answer is lost and which are applied later.
    pub late_apply: PerMille,
    /// The latest such application after the request.
    pub apply_max_s: u32,
    /// Stock sets answered with 200 that are never applied.
    pub stock_ignored: PerMille,
    /// Requests at which the token in use dies before its 900 seconds are over. Continued pages die four times as often.
    pub token_death: PerMille,
    /// Calls of the token endpoint that fail with a 5xx or 429.
    pub token_refused: PerMille,
    /// Start of the outage after the world's origin.
    pub outage_start_s: u32,
    /// Length of the outage; 0 for none.
    pub outage_length_s: u32,
    /// Orders that carry texts no enumeration knows.
    pub unknown_text: PerMille,
    /// Orders with null, missing or unwrapped fields, as seen in production.
    pub loose: PerMille,
    /// Pages whose cursor comes in one of the other known shapes.
    pub cursor_variants: PerMille,
    /// Answers whose rate-limit headers come in another known format or name.
    pub header_variants: PerMille,
    /// Orders whose buyer's phone becomes zeros once a status changes.
    pub masked: PerMille,
    /// Pushed notifications that never come.
    pub push_drop: PerMille,
    /// Pushed notifications that come twice.
    pub push_repeat: PerMille,
    /// Pushed notifications that come up to `push_late_max_s` late, and so after younger ones.
    pub push_late: PerMille,
    /// The longest such delay.
    pub push_late_max_s: u32,
    /// Accepted feeds whose answer names no feed id.
    pub feed_no_id: PerMille,
    /// Feeds and reports that end without having been processed.
    pub feed_fatal: PerMille,
    /// Feeds that stay in progress for up to `feed_stuck_max_s`.
    pub feed_stuck: PerMille,
    /// The longest time a feed stays in progress.
    pub feed_stuck_max_s: u32,
}

impl Default for Faults {
    fn default() -> Faults {
        Faults {
            late_visible: 0,
            late_visible_max_s: 3600,
            read_lag: 0,
            read_lag_max_s: 60,
            page_repeat: 0,
            throttle: 0,
            storm: 0,
            storm_s: 30,
            bucket_percent: 100,
            error_before: 0,
            error_after: 0,
            lost_before: 0,
            lost_after: 0,
            hang: 150,
            late_apply: 0,
            apply_max_s: 120,
            stock_ignored: 0,
            token_death: 0,
            token_refused: 0,
            outage_start_s: 0,
            outage_length_s: 0,
            unknown_text: 0,
            loose: 0,
            cursor_variants: 0,
            header_variants: 0,
            masked: 0,
            push_drop: 0,
            push_repeat: 0,
            push_late: 0,
            push_late_max_s: 600,
            feed_no_id: 0,
            feed_fatal: 0,
            feed_stuck: 0,
            feed_stuck_max_s: 6 * 3600,
        }
    }
}

impl Faults {
    /// The names of the presets, in the order they are documented.
    pub const PRESETS: [&'static str; 7] = ["none", "lag", "flaky", "storm", "outage", "tokens", "hostile"];

    /// The preset of that name, or `None`. `hostile` mixes everything at rates at which a few hundred orders are still
    /// done within some tens of marketplace minutes.
    pub fn preset(name: &str) -> Option<Faults> {
        let none = Faults::default();
        Some(match name {
            "none" => none,
            "lag" => Faults {
                late_visible: 150,
                read_lag: 500,
                page_repeat: 200,
                masked: 840,
                cursor_variants: 300,
                push_late: 300,
                ..none
            },
            "flaky" => Faults {
                error_before: 40,
                error_after: 30,
                lost_before: 20,
                lost_after: 30,
                late_apply: 20,
                stock_ignored: 40,
                cursor_variants: 700,
                header_variants: 500,
                unknown_text: 100,
                loose: 200,
                masked: 840,
                push_drop: 100,
                push_repeat: 100,
                push_late: 100,
                feed_no_id: 200,
                feed_fatal: 50,
                feed_stuck: 100,
                feed_stuck_max_s: 3600,
                ..none
            },
            "storm" => Faults { throttle: 50, storm: 150, bucket_percent: 60, header_variants: 700, ..none },
            // Five hours: longer than the four in which an order must be acknowledged.
            "outage" => Faults { outage_start_s: 120, outage_length_s: 5 * 3600, ..none },
            "tokens" => Faults { token_death: 40, token_refused: 150, ..none },
            "hostile" => Faults {
                late_visible: 60,
                late_visible_max_s: 240,
                read_lag: 200,
                read_lag_max_s: 30,
                page_repeat: 150,
                throttle: 15,
                storm: 40,
                storm_s: 15,
                bucket_percent: 90,
                error_before: 15,
                error_after: 15,
                lost_before: 8,
                lost_after: 10,
                hang: 30,
                late_apply: 8,
                apply_max_s: 120,
                stock_ignored: 20,
                token_death: 6,
                token_refused: 30,
                outage_start_s: 420,
                outage_length_s: 120,
                unknown_text: 60,
                loose: 150,
                cursor_variants: 700,
                header_variants: 300,
                masked: 840,
                push_drop: 150,
                push_repeat: 150,
                push_late: 150,
                push_late_max_s: 120,
                feed_no_id: 100,
                feed_fatal: 50,
                feed_stuck: 50,
                feed_stuck_max_s: 600,
            },
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presets_exist_by_name_and_no_other_does() {
        for name in Faults::PRESETS {
            assert!(Faults::preset(name).is_some(), "{name}");
        }
        assert_eq!(Faults::preset("none"), Some(Faults::default()));
        assert_eq!(Faults::preset("mild"), None);
        let hostile = Faults::preset("hostile").unwrap_or_default();
        assert!(hostile.read_lag_max_s <= 60 && hostile.apply_max_s <= 120);
    }
}
