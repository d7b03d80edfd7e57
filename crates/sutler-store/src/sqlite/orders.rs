//! Orders, what they are found by, and their personal data.

use super::{
    codec::{phase_code, skus_hash},
    core::Core,
    fault::Sql,
    hot::{Decoded, Kept},
};
use crate::derive::{self, Derived};
use rusqlite::{ErrorCode, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use sutler_core::{
    Timestamp,
    hold::HoldReason,
    id::{ChannelId, ChannelOrderId, OrderKey, Seq, Sku},
    money::Money,
    ports::store::Digest,
    state::OrderState,
    time::from_millis,
};

/// What a list shows beside the columns.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Head {
    pub(super) total: Option<Money>,
    pub(super) holds: Vec<HoldReason>,
    pub(super) lines: u32,
}

/// The columns of a stored order that other rows depend on.
#[derive(Clone, Debug)]
pub(super) struct Before {
    channel: i64,
    ext: String,
    pub(super) phase: i64,
    pub(super) placed: i64,
    due: Option<i64>,
    at_risk: Option<i64>,
    amount: i64,
    swept: bool,
    pub(super) acknowledged: bool,
    exceptions: bool,
    pub(super) skus: i64,
    looked: i64,
}

impl Before {
    /// Is it this channel's order of this id?
    pub(super) fn is_named(&self, channel: i64, id: Option<&ChannelOrderId>) -> bool {
        self.channel == channel && id.is_some_and(|id| id.as_str() == self.ext)
    }

    /// From [`SELECT_BEFORE`] or [`SELECT_STATE`].
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Before {
            channel: row.get(0)?,
            ext: row.get(1)?,
            phase: row.get(2)?,
            placed: row.get(3)?,
            due: row.get(4)?,
            amount: row.get(5)?,
            swept: row.get(6)?,
            acknowledged: row.get(7)?,
            exceptions: row.get(8)?,
            skus: row.get(9)?,
            looked: row.get(10)?,
            at_risk: row.get(11)?,
        })
    }
}

/// An order's columns for [`Before::read`], and its row.
const SELECT_BEFORE: &str = "SELECT o.channel, o.ext, o.phase, o.placed_at, o.due_at, o.amount, o.swept, o.acknowledged, \
     o.exceptions, o.skus, l.at, o.at_risk_at FROM orders o JOIN look l ON l.order_id = o.id WHERE o.id = ?";
const SELECT_STATE: &str = "SELECT o.channel, o.ext, o.phase, o.placed_at, o.due_at, o.amount, o.swept, o.acknowledged, \
     o.exceptions, o.skus, l.at, o.at_risk_at, o.version, o.acknowledged_at, o.state FROM orders o JOIN look l ON l.order_id = o.id WHERE o.id = ?";

/// A stored order: its columns, and where it was hot, its state and commands.
type Known = (Before, Option<Decoded>);

impl Core {
    pub(super) fn known_order(
        &self,
        channel: &ChannelId,
        order: &ChannelOrderId,
    ) -> Sql<Option<(OrderKey, Digest)>> {
        let Some(channel) = self.channel(channel)? else { return Ok(None) };
        let mut query = self.db.prepare_cached(
            "SELECT o.id, p.digest FROM orders o LEFT JOIN personal p ON p.order_id = o.id \
             WHERE o.tenant = ? AND o.channel = ? AND o.ext = ?",
        )?;
        let found = query.query_row(params![self.tenant, channel, order.as_str()], |row| {
            let digest = row.get_ref(1)?.as_blob_or_null()?.and_then(|blob| Digest::try_from(blob).ok());
            Ok((row.get::<_, i64>(0)?, digest.unwrap_or_default()))
        });
        Ok(found.optional()?.map(|(id, digest)| (OrderKey(self.number(id)), digest)))
    }

    pub(super) fn order_state(&self, key: OrderKey) -> Sql<Option<OrderState>> {
        let Some(id) = self.row_id(key.0) else { return Ok(None) };
        if self.job.writing
            && let Some(kept) = self.hot.borrow_mut().orders.get(&id)
        {
            return Ok(Some(kept.decoded.state.clone()));
        }
        let mut query = self.db.prepare_cached(SELECT_STATE)?;
        let mut rows = query.query([id])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let (mut state, places) = self.decode_order(row.get_ref(14)?.as_blob()?)?;
        let before = Before::read(row)?;
        state.looked_at = from_millis(before.looked);
        state.version = Seq(row.get(12)?);
        state.acknowledged_at = row.get::<_, Option<i64>>(13)?.map(from_millis);
        if self.job.writing {
            let kept = Kept { before, decoded: Decoded { state: state.clone(), places, commands: None } };
            self.hot.borrow_mut().orders.put(id, kept);
        }
        Ok(Some(state))
    }

    /// Gives a key no table has.
    pub(super) fn give_order_key(&mut self) -> Sql<OrderKey> {
        let key = self.given_keys()? + 1;
        self.last_key = Some(key);
        self.job.fresh.push(key);
        Ok(OrderKey(key))
    }

    fn given_keys(&mut self) -> Sql<i64> {
        if let Some(last) = self.last_key {
            return Ok(last);
        }
        let mut query = self.db.prepare_cached("SELECT max(id) FROM orders WHERE id > ? AND id < ?")?;
        let last: Option<i64> = query.query_row([self.first_id(), self.end_id()], |row| row.get(0))?;
        let last = last.map_or(0, |id| self.number(id));
        self.last_key = Some(last);
        Ok(last)
    }

    pub(super) fn put_order_row(
        &mut self,
        order: &OrderState,
        due_at: Option<Timestamp>,
        at_risk_at: Option<Timestamp>,
    ) -> Sql<()> {
        let id = match self.row_id(order.key.0) {
            Some(id) if order.key.0 <= self.given_keys()? => id,
            _ => return Err(derive::no_such_order(order.key).into()),
        };
        let channel = self.channel_or_new(&order.channel)?;
        let fresh = self.job.fresh.contains(&order.key.0);
        let (before, mut decoded) = match self.before(id, order.key)? {
            Some((before, decoded)) => (Some(before), decoded),
            None => (None, None),
        };
        let now = Derived::of(order, due_at, at_risk_at);
        if let Some(Decoded { state, .. }) = decoded.as_mut() {
            // A step of a command mostly moves these two alone, and the rest need not be written again.
            (state.version, state.acknowledged_at) = (order.version, order.acknowledged_at);
            if state == order
                && let (Some(before), Some(decoded)) = (&before, decoded.take())
            {
                self.step_order(id, before, &now, order)?;
                self.count(channel, Some(before), &now);
                let before = Before {
                    due: now.due,
                    at_risk: now.at_risk,
                    acknowledged: now.acknowledged,
                    ..before.clone()
                };
                self.hot.borrow_mut().orders.put(id, Kept { before, decoded });
                return Ok(());
            }
        }
        let skus = skus_hash(derive::skus(order).into_iter().map(Sku::as_str));
        let head = self.encode(
            "order",
            &Head {
                total: order.facts.total,
                holds: order.holds.iter().map(|hold| hold.reason.clone()).collect(),
                lines: u32::try_from(order.facts.lines.len()).unwrap_or(u32::MAX),
            },
        )?;
        let places = self.places(order, decoded.as_ref().map(|decoded| (&decoded.state, decoded.places)));
        let state = self.encode_order(order, places)?;
        let ext = order.channel_order_id.as_str();
        match &before {
            None => self.insert_order(id, channel, order, &now, skus, &head, &state)?,
            Some(before) if before.channel != channel || before.ext != ext => {
                return Err(derive::other_identity(order.key).into());
            }
            Some(before) => {
                self.unpoint(id, before, decoded.as_ref().map(|decoded| &decoded.state), &now, skus)?;
                self.update_order(id, before, &now, skus, order, &head, &state)?;
            }
        }
        let looked = order.looked_at.timestamp_millis();
        if before.as_ref().is_none_or(|before| before.looked != looked) {
            self.put_look(id, looked)?;
        }
        self.point(id, order, &now, skus, before.as_ref())?;
        self.count(channel, before.as_ref(), &now);
        // A key given in this very job has no commands yet, but for those this job put before their order.
        let commands = if fresh && !self.job.commands_first {
            Some(Vec::new())
        } else {
            decoded.and_then(|decoded| decoded.commands)
        };
        let after = Before {
            channel,
            ext: before.map_or_else(|| ext.to_owned(), |before| before.ext),
            phase: phase_code(now.phase),
            placed: now.placed,
            due: now.due,
            at_risk: now.at_risk,
            amount: now.amount,
            swept: now.swept,
            acknowledged: now.acknowledged,
            exceptions: now.exceptions,
            skus,
            looked,
        };
        self.hot
            .borrow_mut()
            .orders
            .put(id, Kept { before: after, decoded: Decoded { state: order.clone(), places, commands } });
        Ok(())
    }

    /// The order as it stands, with what else is known of it; none for one that has no row yet. It is out of the hot ones
    /// until it is put there again.
    fn before(&mut self, id: i64, key: OrderKey) -> Sql<Option<Known>> {
        if let Some(Kept { before, decoded }) = self.hot.borrow_mut().orders.take(&id) {
            return Ok(Some((before, Some(decoded))));
        }
        if let Some(at) = self.job.fresh.iter().position(|fresh| *fresh == key.0) {
            self.job.fresh.swap_remove(at);
            return Ok(None);
        }
        let mut query = self.db.prepare_cached(SELECT_BEFORE)?;
        Ok(query.query_row([id], Before::read).optional()?.map(|before| (before, None)))
    }

    #[expect(clippy::too_many_arguments, reason = "one row, written in one place")]
    fn insert_order(
        &mut self,
        id: i64,
        channel: i64,
        order: &OrderState,
        now: &Derived,
        skus: i64,
        head: &[u8],
        state: &[u8],
    ) -> Sql<()> {
        let ext = order.channel_order_id.as_str();
        let mut insert = self.db.prepare_cached(
            "INSERT INTO orders (id, tenant, channel, ext, phase, placed_at, due_at, at_risk_at, amount, swept, \
             acknowledged, acknowledged_at, exceptions, skus, version, head, state) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        )?;
        let done = insert.execute(params![
            id,
            self.tenant,
            channel,
            ext,
            phase_code(now.phase),
            now.placed,
            now.due,
            now.at_risk,
            now.amount,
            now.swept,
            now.acknowledged,
            order.acknowledged_at.map(|at| at.timestamp_millis()),
            now.exceptions,
            skus,
            order.version.0,
            head,
            state,
        ]);
        match done {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
                drop(insert);
                match self.known_order(&order.channel, &order.channel_order_id)? {
                    Some((key, _)) => Err(derive::stored_already(order, key.0).into()),
                    None => Err(error.into()),
                }
            }
            done => Ok(done.map(drop)?),
        }
    }

    /// Writes the columns that a command's step may move, where nothing else of the order has moved.
    fn step_order(&self, id: i64, before: &Before, now: &Derived, order: &OrderState) -> Sql<()> {
        let acknowledged_at = order.acknowledged_at.map(|at| at.timestamp_millis());
        if (before.due, before.at_risk, before.acknowledged) == (now.due, now.at_risk, now.acknowledged) {
            let sql = "UPDATE orders SET version = ?, acknowledged_at = ? WHERE id = ?";
            self.db.prepare_cached(sql)?.execute(params![order.version.0, acknowledged_at, id])?;
        } else {
            let sql = "UPDATE orders SET version = ?, acknowledged_at = ?, acknowledged = ?, due_at = ?, at_risk_at = ? \
                       WHERE id = ?";
            self.db.prepare_cached(sql)?.execute(params![
                order.version.0,
                acknowledged_at,
                now.acknowledged,
                now.due,
                now.at_risk,
                id
            ])?;
        }
        Ok(())
    }

    /// Writes only what has changed of the indexed columns: SQLite moves the entry of every index it sees named.
    #[expect(clippy::too_many_arguments, reason = "one row, written in one place")]
    fn update_order(
        &self,
        id: i64,
        before: &Before,
        now: &Derived,
        skus: i64,
        order: &OrderState,
        head: &[u8],
        state: &[u8],
    ) -> Sql<()> {
        let same = (before.phase, before.placed, before.amount, before.swept, before.exceptions)
            == (phase_code(now.phase), now.placed, now.amount, now.swept, now.exceptions);
        let (version, acknowledged_at) =
            (order.version.0, order.acknowledged_at.map(|at| at.timestamp_millis()));
        let lean = params![now.at_risk, now.acknowledged, skus, head, state, id, version, acknowledged_at];
        if same && before.due == now.due {
            let sql = "UPDATE orders SET at_risk_at = ?1, acknowledged = ?2, skus = ?3, head = ?4, state = ?5, \
                       version = ?7, acknowledged_at = ?8 WHERE id = ?6";
            self.db.prepare_cached(sql)?.execute(lean)?;
        } else {
            let sql = "UPDATE orders SET at_risk_at = ?1, acknowledged = ?2, skus = ?3, head = ?4, state = ?5, \
                       version = ?7, acknowledged_at = ?8, due_at = ?9, phase = ?10, placed_at = ?11, amount = ?12, \
                       swept = ?13, exceptions = ?14 WHERE id = ?6";
            self.db.prepare_cached(sql)?.execute(params![
                now.at_risk,
                now.acknowledged,
                skus,
                head,
                state,
                id,
                version,
                acknowledged_at,
                now.due,
                phase_code(now.phase),
                now.placed,
                now.amount,
                now.swept,
                now.exceptions,
            ])?;
        }
        Ok(())
    }

    fn put_look(&self, id: i64, at: i64) -> Sql<()> {
        let sql = "INSERT INTO look (order_id, at) VALUES (?, ?) ON CONFLICT DO UPDATE SET at = excluded.at";
        self.db.prepare_cached(sql)?.execute([id, at])?;
        Ok(())
    }

    pub(super) fn put_look_at(&self, key: OrderKey, at: Timestamp) -> Sql<()> {
        let Some(id) = self.row_id(key.0) else { return Err(derive::no_such_order(key).into()) };
        let at = at.timestamp_millis();
        let moved = self.db.prepare_cached("UPDATE look SET at = ? WHERE order_id = ?")?.execute([at, id])?;
        if moved == 0 {
            return Err(derive::no_such_order(key).into());
        }
        if let Some(kept) = self.hot.borrow_mut().orders.get(&id) {
            kept.before.looked = at;
            kept.decoded.state.looked_at = from_millis(at);
        }
        Ok(())
    }

    pub(super) fn stale_orders(
        &self,
        channel: &ChannelId,
        before: Timestamp,
        limit: usize,
    ) -> Sql<Vec<(OrderKey, ChannelOrderId)>> {
        let Some(channel) = self.channel(channel)? else { return Ok(Vec::new()) };
        let mut query = self.db.prepare_cached(
            "SELECT o.id, o.ext FROM orders o INDEXED BY orders_swept CROSS JOIN look l ON l.order_id = o.id \
             WHERE o.tenant = ? AND o.channel = ? AND o.swept = 1 AND l.at < ? ORDER BY o.id LIMIT ?",
        )?;
        let all = query
            .query_map(params![self.tenant, channel, before.timestamp_millis(), limit as i64], |row| {
                Ok((OrderKey(self.number(row.get(0)?)), ChannelOrderId::new(row.get::<_, String>(1)?)))
            })?;
        Ok(all.collect::<rusqlite::Result<_>>()?)
    }
}
