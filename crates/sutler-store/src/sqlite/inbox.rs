//! Pages of the inbox: every path of the plan as SQL over one index.

use super::{
    codec::{after_prefix, phase_code, phase_of},
    core::Core,
    fault::Sql,
    orders::Head,
};
use crate::{
    derive::Derived,
    inbox::{self, NARROW_MAX, Path, Pattern, Plan},
};
use rusqlite::{Row, params_from_iter, types::Value};
use std::collections::BTreeSet;
use sutler_core::{
    id::{ChannelOrderId, OrderKey},
    ports::store::{InboxPage, InboxQuery, InboxRow, Sort},
    state::Phase,
    time::from_millis,
};

const COLUMNS: &str =
    "o.id, o.channel, o.ext, o.phase, o.placed_at, o.due_at, o.acknowledged, o.head, o.amount";

/// A page as one statement.
#[derive(Debug, Default)]
pub(super) struct Statement {
    pub(super) sql: String,
    pub(super) values: Vec<Value>,
}

impl Statement {
    /// Adds a value and answers its name in SQL.
    fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("?{}", self.values.len())
    }
}

impl Core {
    pub(super) fn inbox_page(&self, query: &InboxQuery) -> Sql<InboxPage> {
        let plan = inbox::plan(query)?;
        if plan.path == Path::Narrow {
            return self.narrow_page(query, &plan);
        }
        let Some(statement) = self.page_statement(query, &plan)? else {
            return Ok(InboxPage { rows: Vec::new(), next: None });
        };
        let mut select = self.db.prepare_cached(&statement.sql)?;
        let mut rows = select.query(params_from_iter(&statement.values))?;
        let mut page = InboxPage { rows: Vec::new(), next: None };
        let mut last = None;
        while let Some(row) = rows.next()? {
            if page.rows.len() == plan.limit {
                page.next = last;
                break;
            }
            let (entry, sort_key) = self.read_row(row, query.sort)?;
            last = Some(inbox::write_cursor(query.sort, sort_key, entry.key));
            page.rows.push(entry);
        }
        Ok(page)
    }

    /// The statement of a page, or none when no row can answer (a channel no row names).
    pub(super) fn page_statement(&self, query: &InboxQuery, plan: &Plan) -> Sql<Option<Statement>> {
        let channels = match &query.channel {
            Some(name) => match self.channel(name)? {
                Some(number) => vec![number],
                None => return Ok(None),
            },
            None => self.channel_numbers()?,
        };
        let mut statement = Statement::default();
        let tenant = statement.bind(self.tenant);
        let rest = self.rest(&mut statement, query, plan.path, &channels)?;
        let page = Keyset::new(&mut statement, query, plan, self);
        let order = page.order;
        let limit = statement.bind(plan.limit as i64 + 1);
        let arm = |from: &str, key: &str, id: &str| {
            format!("SELECT {COLUMNS} FROM {from} AND {}{rest}", page.range(key, id))
        };
        let tail = |key: &str, id: &str| format!(" ORDER BY {key} {order}, {id} {order} LIMIT {limit}");
        statement.sql = match plan.path {
            Path::Placed => {
                let phases: Vec<i64> = match query.phase {
                    Some(phase) => vec![phase_code(phase)],
                    None => Phase::ALL.iter().map(|(phase, _)| phase_code(*phase)).collect(),
                };
                let pairs = channels.iter().flat_map(|c| phases.iter().map(move |p| (c, p)));
                // Each arm comes sorted from the index, and SQLite merges them: one index answers four questions.
                let arms: Vec<String> = pairs
                    .map(|(channel, phase)| {
                        let from = format!(
                            "orders o INDEXED BY orders_placed \
                             WHERE o.tenant = {tenant} AND o.channel = {channel} AND o.phase = {phase}"
                        );
                        arm(&from, "o.placed_at", "o.id")
                    })
                    .collect();
                if arms.is_empty() {
                    return Ok(None);
                }
                let key = if arms.len() == 1 { ("o.placed_at", "o.id") } else { ("placed_at", "id") };
                format!("{}{}", arms.join(" UNION ALL "), tail(key.0, key.1))
            }
            Path::Hold | Path::Sku => {
                let (table, column, text) = match (plan.path, &query.hold) {
                    (Path::Hold, Some(reason)) => ("hold", "reason", reason.code().into_owned()),
                    _ => ("line_sku", "sku", query.sku.clone().unwrap_or_default()),
                };
                let text = statement.bind(text);
                let from = format!(
                    "{table} h CROSS JOIN orders o ON o.id = h.order_id WHERE h.tenant = {tenant} AND h.{column} = {text}"
                );
                arm(&from, "h.placed_at", "h.order_id") + &tail("h.placed_at", "h.order_id")
            }
            Path::Exceptions => {
                let from = format!(
                    "orders o INDEXED BY orders_exceptions WHERE o.tenant = {tenant} AND o.exceptions = 1"
                );
                arm(&from, "o.placed_at", "o.id") + &tail("o.placed_at", "o.id")
            }
            Path::Due => {
                let from = format!(
                    "orders o INDEXED BY orders_due WHERE o.tenant = {tenant} AND o.due_at IS NOT NULL"
                );
                arm(&from, "o.due_at", "o.id") + &tail("o.due_at", "o.id")
            }
            Path::Amount | Path::Narrow => {
                let phase = phase_code(inbox::phase_by_amount(query)?);
                let from = format!(
                    "orders o INDEXED BY orders_amount WHERE o.tenant = {tenant} AND o.phase = {phase} AND o.phase < 4"
                );
                arm(&from, "o.amount", "o.id") + &tail("o.amount", "o.id")
            }
        };
        Ok(Some(statement))
    }

    /// Filters that no index of the path holds: read row by row, in the path's order.
    fn rest(
        &self,
        statement: &mut Statement,
        query: &InboxQuery,
        path: Path,
        channels: &[i64],
    ) -> Sql<String> {
        let mut sql = String::new();
        let mut and = |term: String| sql += &format!(" AND {term}");
        if path != Path::Placed {
            if query.channel.is_some() {
                let list: Vec<String> = channels.iter().map(i64::to_string).collect();
                // The plus keeps the planner on the index of the path.
                and(format!("+o.channel IN ({})", list.join(", ")));
            }
            if let Some(phase) = query.phase {
                and(format!("+o.phase = {}", phase_code(phase)));
            }
        }
        if let Some((from, to)) = inbox::amounts(query).filter(|_| path != Path::Amount) {
            and(format!("+o.amount BETWEEN {} AND {}", statement.bind(from), statement.bind(to)));
        }
        if query.exceptions && path != Path::Exceptions {
            and("+o.exceptions = 1".into());
        }
        if let (Some(reason), false) = (&query.hold, path == Path::Hold) {
            and(format!(
                "EXISTS (SELECT 1 FROM hold x WHERE x.tenant = ?1 AND x.reason = {} AND x.placed_at = o.placed_at \
                 AND x.order_id = o.id)",
                statement.bind(reason.code().into_owned())
            ));
        }
        if matches!(path, Path::Due | Path::Amount) {
            if let Some(from) = query.placed_from {
                and(format!("o.placed_at >= {}", statement.bind(from.timestamp_millis())));
            }
            if let Some(to) = query.placed_to {
                and(format!("o.placed_at < {}", statement.bind(to.timestamp_millis())));
            }
        }
        Ok(sql)
    }

    /// Few orders by id or SKU: found, filtered and sorted here.
    fn narrow_page(&self, query: &InboxQuery, plan: &Plan) -> Sql<InboxPage> {
        let after = plan.after.map(|(sort_key, key)| inbox::place(query.sort, sort_key, key));
        let mut found = Vec::new();
        let mut select = self.db.prepare_cached(&format!(
            "SELECT {COLUMNS}, o.at_risk_at, o.state FROM orders o WHERE o.id = ?"
        ))?;
        for id in self.narrow(query)? {
            let mut rows = select.query([id])?;
            let Some(row) = rows.next()? else { continue };
            let (mut state, _) = self.decode_order(row.get_ref(10)?.as_blob()?)?;
            state.key = OrderKey(self.number(id));
            let time = |at: Option<i64>| at.map(from_millis);
            let derived = Derived::of(&state, time(row.get(5)?), time(row.get(9)?));
            let sort_key = inbox::sort_key(query.sort, &derived);
            let place = inbox::place(query.sort, sort_key, state.key.0);
            if inbox::matches(query, &state, &derived) && after.is_none_or(|after| place > after) {
                found.push((place, sort_key, self.read_row(row, query.sort)?.0));
            }
        }
        found.sort_unstable_by_key(|(place, _, _)| *place);
        let more = found.len() > plan.limit;
        found.truncate(plan.limit);
        let next = found
            .last()
            .filter(|_| more)
            .map(|(_, sort_key, row)| inbox::write_cursor(query.sort, *sort_key, row.key));
        Ok(InboxPage { rows: found.into_iter().map(|(_, _, row)| row).collect(), next })
    }

    fn narrow(&self, query: &InboxQuery) -> Sql<BTreeSet<i64>> {
        let mut found = BTreeSet::new();
        for statement in self.narrow_statements(query)? {
            let mut select = self.db.prepare_cached(&statement.sql)?;
            let mut rows = select.query(params_from_iter(&statement.values))?;
            while let Some(row) = rows.next()? {
                found.insert(row.get(0)?);
                if found.len() > NARROW_MAX {
                    return Err(inbox::too_many().into());
                }
            }
        }
        Ok(found)
    }

    pub(super) fn narrow_statements(&self, query: &InboxQuery) -> Sql<Vec<Statement>> {
        let by = |head: String, column: &str, text: &str| {
            let mut statement = Statement::default();
            let tenant = statement.bind(self.tenant);
            let range = match Pattern::of(text) {
                Pattern::Exact(whole) => format!("{column} = {}", statement.bind(whole.to_owned())),
                Pattern::Prefix(start) => {
                    let from = format!("{column} >= {}", statement.bind(start.to_owned()));
                    match after_prefix(start) {
                        Some(end) => format!("{from} AND {column} < {}", statement.bind(end)),
                        None => from,
                    }
                }
            };
            statement.sql = format!("{head} tenant = {tenant} AND {range}");
            statement
        };
        let Some(id) = &query.order_id else {
            let head = "SELECT order_id FROM line_sku WHERE".to_owned();
            return Ok(vec![by(head, "sku", query.sku.as_deref().unwrap_or_default())]);
        };
        let channels = match &query.channel {
            Some(name) => self.channel(name)?.into_iter().collect(),
            None => self.channel_numbers()?,
        };
        let heads = channels.into_iter().map(|channel| {
            format!("SELECT id FROM orders INDEXED BY orders_identity WHERE channel = {channel} AND")
        });
        Ok(heads.map(|head| by(head, "ext", id)).collect())
    }

    fn read_row(&self, row: &Row<'_>, sort: Sort) -> Sql<(InboxRow, i64)> {
        let head: Head = self.decode("order", row.get_ref(7)?.as_blob()?)?;
        let due: Option<i64> = row.get(5)?;
        let placed: i64 = row.get(4)?;
        let entry = InboxRow {
            key: OrderKey(self.number(row.get(0)?)),
            channel: self.channel_name(row.get(1)?)?,
            channel_order_id: ChannelOrderId::new(row.get_ref(2)?.as_str()?),
            phase: phase_of(row.get(3)?)?,
            placed_at: from_millis(placed),
            due_at: due.map(from_millis),
            total: head.total,
            holds: head.holds,
            acknowledged: row.get(6)?,
            lines: head.lines,
        };
        let sort_key = match sort {
            Sort::PlacedDescending | Sort::PlacedAscending => placed,
            Sort::Due => due.unwrap_or(i64::MAX),
            Sort::AmountDescending => row.get(8)?,
        };
        Ok((entry, sort_key))
    }
}

/// Where a page begins and ends in its index: values of (sort key, row id), the near end always exclusive.
struct Keyset {
    /// From the row after this, in page order.
    near: (String, String),
    /// To the rows before (after, when descending) this sort key.
    far: String,
    order: &'static str,
}

impl Keyset {
    fn new(statement: &mut Statement, query: &InboxQuery, plan: &Plan, core: &Core) -> Self {
        let descending = matches!(query.sort, Sort::PlacedDescending | Sort::AmountDescending);
        let millis = |at: Option<sutler_core::Timestamp>| at.map(|at| at.timestamp_millis());
        let (least, most) = match query.sort {
            Sort::PlacedDescending | Sort::PlacedAscending => (
                millis(query.placed_from).unwrap_or(i64::MIN),
                millis(query.placed_to).map_or(i64::MAX, |to| to.saturating_sub(1)),
            ),
            Sort::AmountDescending => inbox::amounts(query).unwrap_or((i64::MIN, i64::MAX)),
            Sort::Due => (i64::MIN, i64::MAX),
        };
        let cursor = plan.after.map(|(key, number)| (key, core.first_id().saturating_add(number)));
        let (near, far) = if descending {
            let start = (most, i64::MAX);
            (cursor.map_or(start, |cursor| cursor.min(start)), least)
        } else {
            let start = (least, i64::MIN);
            (cursor.map_or(start, |cursor| cursor.max(start)), most)
        };
        let near = (statement.bind(near.0), statement.bind(near.1));
        let far = statement.bind(far);
        Keyset { near, far, order: if descending { "DESC" } else { "ASC" } }
    }

    fn range(&self, key: &str, id: &str) -> String {
        let (near, far) = if self.order == "DESC" { ("<", ">=") } else { (">", "<=") };
        format!("({key}, {id}) {near} ({}, {}) AND {key} {far} {}", self.near.0, self.near.1, self.far)
    }
}
