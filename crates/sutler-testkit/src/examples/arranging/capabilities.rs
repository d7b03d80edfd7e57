//! What the marketplace can and cannot do, as data.

use super::market::{LIST_LAG, READ_LAG};
use crate::examples::model::{guarded, scope};
use std::sync::Arc;
use sutler_core::{
    channel::{
        Acknowledgment, CancelUnit, Capabilities, LevelRead, ProbeKind, Repeat, ShipUnit, StockWrite,
        StreamKind, StreamSpec, VerbSpec,
    },
    command::Verb,
    time::Duration,
};

/// As budgets are named.
pub(super) const NAME: &str = "arranging";

pub(super) fn of(seller: &str) -> Capabilities {
    let own = |name: &str| -> Arc<str> { scope(NAME, name, seller) };
    let act = |verb| guarded(verb, own("write"), Duration::minutes(1), READ_LAG);
    let level = VerbSpec {
        repeat: Repeat::Repeatable,
        repeat_partial: Repeat::Repeatable,
        probe: ProbeKind::None,
        ..act(Verb::SetLevel)
    };
    Capabilities {
        marketplace: NAME.into(),
        acknowledgment: Acknowledgment::ImpliedByArranging,
        cancel_unit: CancelUnit::Order,
        ship_unit: ShipUnit::Order,
        answers_cancel_requests: true,
        revisions_per_day: None,
        verbs: vec![act(Verb::ConfirmShipment), act(Verb::Cancel), act(Verb::AnswerCancel), level],
        streams: vec![StreamSpec {
            id: "changed".into(),
            kind: StreamKind::PlacedOrChanged,
            horizon: Duration::days(15),
            stands_for: None,
            budget: None,
        }],
        visibility_delay: LIST_LAG + Duration::seconds(30),
        pull_budget: own("pull"),
        fetch_budget: own("fetch"),
        level_budget: own("level"),
        settle_budget: own("fetch"),
        levels: LevelRead::Lagging(READ_LAG),
        stock_write: StockWrite::Absolute,
        out_of_stock_zeroes: false,
    }
}
