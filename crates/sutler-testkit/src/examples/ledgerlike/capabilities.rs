//! What the marketplace can and cannot do, as data.

use super::market::{LIST_LAG, READ_LAG};
use crate::examples::model::{guarded, scope};
use std::sync::Arc;
use sutler_core::{
    channel::{
        Acknowledgment, CancelUnit, Capabilities, LevelRead, Repeat, ShipUnit, StockWrite, StreamKind,
        StreamSpec, VerbSpec,
    },
    command::Verb,
    time::Duration,
};

/// As budgets are named.
pub(super) const NAME: &str = "ledgerlike";

/// Work is done within this of being asked for, as far as is known.
const WORKED_ON_WITHIN: Duration = Duration::minutes(5);

pub(super) fn of(seller: &str) -> Capabilities {
    let own = |name: &str| -> Arc<str> { scope(NAME, name, seller) };
    let act = |verb| guarded(verb, own("write"), WORKED_ON_WITHIN, READ_LAG);
    // The same promise again changes nothing.
    let accept =
        VerbSpec { repeat: Repeat::Repeatable, repeat_partial: Repeat::Repeatable, ..act(Verb::Acknowledge) };
    let level = VerbSpec {
        repeat: Repeat::Once,
        repeat_partial: Repeat::Once,
        batch_budget: Some(own("level")),
        batch_max: 50,
        batch_from: 2,
        ..act(Verb::SetLevel)
    };
    Capabilities {
        marketplace: NAME.into(),
        acknowledgment: Acknowledgment::Promised,
        cancel_unit: CancelUnit::Lines,
        ship_unit: ShipUnit::Package,
        answers_cancel_requests: false,
        revisions_per_day: None,
        verbs: vec![accept, act(Verb::ConfirmShipment), act(Verb::Cancel), level],
        streams: vec![StreamSpec {
            id: "orders".into(),
            kind: StreamKind::PlacedOrChanged,
            horizon: Duration::days(30),
            stands_for: None,
            budget: None,
        }],
        visibility_delay: LIST_LAG + Duration::minutes(1),
        pull_budget: own("pull"),
        fetch_budget: own("fetch"),
        level_budget: own("level"),
        settle_budget: own("fetch"),
        levels: LevelRead::Lagging(READ_LAG),
        stock_write: StockWrite::Delta,
        out_of_stock_zeroes: false,
    }
}
