//! `docs/inbox.md` says which questions an index answers. Here SQLite is asked whether it does.

use super::{Options, core::Core, open};
use crate::inbox::{Path, plan};
use rusqlite::params_from_iter;
use sutler_core::{
    hold::HoldReason,
    id::{ChannelId, ChannelOrderId},
    ports::store::{InboxQuery, Sort, Tx},
    state::{OrderState, Phase},
    time::from_millis,
};

const DOCS: &str = include_str!("../../../../docs/inbox.md");
const PLACED: &[Sort] = &[Sort::PlacedDescending, Sort::PlacedAscending];
const EVERY: &[Sort] = &[Sort::PlacedDescending, Sort::PlacedAscending, Sort::Due, Sort::AmountDescending];

/// The published pairs: filters, sorts, index.
const PUBLISHED: &[(&str, &str, &str)] = &[
    ("none", "placed", "orders_placed"),
    ("channel", "placed", "orders_placed"),
    ("phase", "placed", "orders_placed"),
    ("channel, phase", "placed", "orders_placed"),
    ("placed range", "placed", "orders_placed"),
    ("channel, phase, placed range", "placed", "orders_placed"),
    ("hold", "placed", "hold"),
    ("hold, placed range", "placed", "hold"),
    ("exceptions", "placed", "orders_exceptions"),
    ("sku", "placed", "line_sku"),
    ("sku, placed range", "placed", "line_sku"),
    ("none", "due", "orders_due"),
    ("open phase", "amount", "orders_amount"),
    ("open phase, amount range", "amount", "orders_amount"),
    ("order id", "any", "orders_identity"),
    ("order id prefix", "any", "orders_identity"),
    ("channel, order id prefix", "any", "orders_identity"),
    ("sku prefix", "any", "line_sku"),
];

fn question(filters: &str, sort: Sort) -> InboxQuery {
    let mut query = InboxQuery { sort, limit: 50, ..InboxQuery::default() };
    for filter in filters.split(", ") {
        match filter {
            "none" => {}
            "channel" => query.channel = Some(ChannelId::new("us")),
            "phase" => query.phase = Some(Phase::Shipped),
            "open phase" => query.phase = Some(Phase::Held),
            "placed range" => {
                (query.placed_from, query.placed_to) = (Some(from_millis(5)), Some(from_millis(9)));
            }
            "amount range" => query.amount_from = Some(5.into()),
            "hold" => query.hold = Some(HoldReason::BadAddress),
            "exceptions" => query.exceptions = true,
            "sku" => query.sku = Some("SKU-1".into()),
            "sku prefix" => query.sku = Some("SKU-*".into()),
            "order id" => query.order_id = Some("1".into()),
            "order id prefix" => query.order_id = Some("1*".into()),
            other => panic!("no filter {other}"),
        }
    }
    query
}

fn store() -> Core {
    let mut core = open::in_memory(&Options::default()).expect("a store");
    for (number, channel) in [(1, "us"), (2, "ca"), (3, "eu")] {
        let mut order =
            OrderState::new(ChannelId::new(channel), ChannelOrderId::new("1"), from_millis(number));
        order.key = core.new_order_key().expect("a key");
        core.put_order(&order, None, None).expect("an order");
    }
    core
}

fn explain(core: &Core, sql: &str, values: &[rusqlite::types::Value]) -> Vec<String> {
    let mut statement = core.db.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).expect("a statement");
    let steps = statement.query_map(params_from_iter(values), |row| row.get::<_, String>(3)).expect("a plan");
    steps.map(|step| step.expect("a step")).collect()
}

/// The plan of every statement a question runs.
fn steps(core: &Core, query: &InboxQuery) -> Vec<String> {
    let plan = plan(query).expect("a published question");
    if plan.path == Path::Narrow {
        let all = core.narrow_statements(query).expect("statements");
        return all.iter().flat_map(|one| explain(core, &one.sql, &one.values)).collect();
    }
    let page = core.page_statement(query, &plan).expect("a statement").expect("a channel");
    explain(core, &page.sql, &page.values)
}

#[test]
fn every_published_pair_uses_its_index_and_sorts_nothing() {
    let core = store();
    for (filters, sort, index) in PUBLISHED {
        let sorts = match *sort {
            "placed" => PLACED,
            "due" => &[Sort::Due],
            "amount" => &[Sort::AmountDescending],
            _ => EVERY,
        };
        for sort in sorts {
            let steps = steps(&core, &question(filters, *sort));
            let plan = steps.join("\n");
            assert!(!plan.contains("TEMP B-TREE"), "{filters}, {sort:?}: something is sorted:\n{plan}");
            for step in &steps {
                assert!(!step.starts_with("SCAN"), "{filters}, {sort:?}: {step}\n{plan}");
            }
            let own = |step: &&String| match *index {
                // Tables that are their own index.
                "hold" | "line_sku" => {
                    step.contains("USING PRIMARY KEY") || step.contains("USING COVERING INDEX")
                }
                name => step.contains(&format!("INDEX {name} ")),
            };
            assert!(steps.iter().any(|step| own(&step)), "{filters}, {sort:?} does not use {index}:\n{plan}");
        }
    }
}

/// An index that is used for its first column alone would walk all of a tenant's orders.
#[test]
fn a_page_begins_where_the_last_one_ended() {
    let core = store();
    for (filters, sort, _) in PUBLISHED.iter().filter(|(_, sort, _)| *sort != "any") {
        let sort = match *sort {
            "due" => Sort::Due,
            "amount" => Sort::AmountDescending,
            _ => Sort::PlacedDescending,
        };
        for step in steps(&core, &question(filters, sort)) {
            let bounded = ["placed_at<", "placed_at,order_id)<", "due_at>", "amount<", "rowid=?"]
                .iter()
                .any(|bound| step.contains(bound));
            assert!(!step.starts_with("SEARCH") || bounded, "{filters}, {sort:?}: {step}");
        }
    }
}

#[test]
fn docs_list_what_is_published_and_nothing_else() {
    let listed: Vec<&str> =
        DOCS.lines().filter(|line| line.starts_with("| ") && line.ends_with("` |")).collect();
    let wanted: Vec<String> = PUBLISHED
        .iter()
        .map(|(filters, sort, index)| format!("| {filters} | {sort} | `{index}` |"))
        .collect();
    assert_eq!(listed, wanted);
    for number in [crate::inbox::NARROW_MAX, crate::inbox::PAGE_MAX as usize] {
        assert!(DOCS.contains(&number.to_string()), "docs/inbox.md does not say {number}");
    }
}

/// No statement of the hot path may scan, or sort more than its answer.
#[test]
fn reads_by_key_scan_nothing() {
    let core = store();
    let all = [
        "SELECT o.id, p.digest FROM orders o LEFT JOIN personal p ON p.order_id = o.id \
         WHERE o.tenant = 0 AND o.channel = 1 AND o.ext = '1'",
        "SELECT o.id, o.ext FROM orders o INDEXED BY orders_swept CROSS JOIN look l ON l.order_id = o.id \
         WHERE o.tenant = 0 AND o.channel = 1 AND o.swept = 1 AND l.at < 9 ORDER BY o.id LIMIT 9",
        "SELECT c.body, c.channel FROM orders o CROSS JOIN command c \
         ON c.tenant = o.tenant AND c.channel = o.channel AND c.subject >= o.ext AND c.subject < o.ext || '0' \
         WHERE o.id = 1 AND c.order_id = o.id",
        "SELECT max(id) FROM intake INDEXED BY intake_waiting WHERE state = 0 AND id > 0 AND id < 99",
        "SELECT max(seq) FROM journal WHERE seq > 0 AND seq < 99",
    ];
    for sql in all {
        let steps = explain(&core, sql, &[]);
        assert!(steps.iter().all(|step| step.starts_with("SEARCH")), "{sql}:\n{}", steps.join("\n"));
    }
}
