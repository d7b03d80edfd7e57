//! What Newshop can and cannot do, as data. Each line is a promise that the suite tests: write down the source of each fact.

use std::sync::Arc;
use sutler_core::{
    budget::{Budgets, Rate},
    channel::{
        Acknowledgment, CancelUnit, Capabilities, LevelRead, ProbeKind, Repeat, ShipUnit, StockWrite,
        StreamKind, StreamSpec, VerbSpec,
    },
    command::Verb,
    time::{Duration, Timestamp},
};

/// Calls by the budget they take a token of, with the rate that is published.
const RATES: [(&str, Rate); 4] = [
    ("pull", Rate { capacity: 60.0, per_second: 1.0 }),
    ("fetch", Rate { capacity: 60.0, per_second: 1.0 }),
    ("write", Rate { capacity: 60.0, per_second: 1.0 }),
    ("level", Rate { capacity: 60.0, per_second: 1.0 }),
];

/// A budget of this seller.
fn scope(name: &str, seller: &str) -> Arc<str> {
    format!("newshop/{name}@{seller}").into()
}

/// Makes the budgets known to the engine.
pub(crate) fn declare(budgets: &Budgets, seller: &str, now: Timestamp) {
    for (name, rate) in RATES {
        budgets.declare(&scope(name, seller), rate, now);
    }
}

/// How a verb is declared as long as nothing is known: it may act twice, and nobody can see whether it did.
fn careful(verb: Verb, seller: &str) -> VerbSpec {
    VerbSpec {
        verb,
        repeat: Repeat::Once,
        repeat_partial: Repeat::Once,
        probe: ProbeKind::None,
        budget: scope("write", seller),
        batch_budget: None,
        call_timeout: std::time::Duration::from_secs(30),
        apply_max: Duration::minutes(2),
        batch_apply_max: Duration::minutes(2),
        answer_means_applied: false,
        batch_max: 1,
        batch_from: 1,
    }
}

pub(crate) fn capabilities(seller: &str) -> Capabilities {
    Capabilities {
        marketplace: "newshop".into(),
        acknowledgment: Acknowledgment::Local,
        cancel_unit: CancelUnit::Order,
        ship_unit: ShipUnit::Package,
        answers_cancel_requests: false,
        revisions_per_day: None,
        verbs: [Verb::ConfirmShipment, Verb::Cancel, Verb::SetLevel].map(|verb| careful(verb, seller)).into(),
        streams: vec![StreamSpec {
            id: "orders".into(),
            kind: StreamKind::PlacedOrChanged,
            horizon: Duration::days(30),
            stands_for: None,
            budget: None,
        }],
        visibility_delay: Duration::hours(1),
        pull_budget: scope("pull", seller),
        fetch_budget: scope("fetch", seller),
        level_budget: scope("level", seller),
        settle_budget: scope("fetch", seller),
        levels: LevelRead::Lagging(Duration::minutes(1)),
        stock_write: StockWrite::Absolute,
        out_of_stock_zeroes: false,
    }
}
