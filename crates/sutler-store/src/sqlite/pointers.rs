//! What finds an order: the rows that point at it by SKU, by hold, and by what it waits for.

use super::{codec::phase_code, core::Core, fault::Sql, orders::Before};
use crate::derive::{self, Derived};
use rusqlite::params;
use sutler_core::{
    id::{OrderKey, Sku},
    state::{OrderState, Phase},
};

impl Core {
    /// Takes away what pointed at the order as it was. Must run before the row is replaced.
    pub(super) fn unpoint(
        &self,
        id: i64,
        before: &Before,
        known: Option<&OrderState>,
        now: &Derived,
        skus: i64,
    ) -> Sql<()> {
        let held = before.phase == phase_code(Phase::Held);
        let moved = before.skus != skus || before.placed != now.placed;
        if !held && !moved {
            return Ok(());
        }
        let stored: OrderState;
        let old = match known {
            Some(known) => known,
            None => {
                let mut query = self.db.prepare_cached("SELECT state FROM orders WHERE id = ?")?;
                let mut rows = query.query([id])?;
                let Some(row) = rows.next()? else { return Ok(()) };
                (stored, _) = self.decode_order(row.get_ref(0)?.as_blob()?)?;
                &stored
            }
        };
        if moved {
            for sku in derive::skus(old) {
                self.point_one(
                    "DELETE FROM line_sku WHERE tenant = ? AND sku = ? AND placed_at = ? AND order_id = ?",
                    sku.as_str(),
                    before.placed,
                    id,
                )?;
            }
        }
        if held {
            for hold in &old.holds {
                self.point_one(
                    "DELETE FROM hold WHERE tenant = ? AND reason = ? AND placed_at = ? AND order_id = ?",
                    &hold.reason.code(),
                    before.placed,
                    id,
                )?;
            }
            for sku in derive::awaited(old, Phase::Held) {
                self.point_one(
                    "DELETE FROM waiting WHERE tenant = ? AND sku = ? AND placed_at = ? AND order_id = ?",
                    sku.as_str(),
                    before.placed,
                    id,
                )?;
            }
        }
        Ok(())
    }

    pub(super) fn point(
        &self,
        id: i64,
        order: &OrderState,
        now: &Derived,
        skus: i64,
        before: Option<&Before>,
    ) -> Sql<()> {
        if before.is_none_or(|before| before.skus != skus || before.placed != now.placed) {
            for sku in derive::skus(order) {
                self.point_one("INSERT INTO line_sku VALUES (?, ?, ?, ?)", sku.as_str(), now.placed, id)?;
            }
        }
        if now.phase == Phase::Held {
            for hold in &order.holds {
                // Two holds of one reason are one way to find the order.
                self.point_one(
                    "INSERT OR IGNORE INTO hold VALUES (?, ?, ?, ?)",
                    &hold.reason.code(),
                    now.placed,
                    id,
                )?;
            }
            for sku in derive::awaited(order, now.phase) {
                self.point_one("INSERT INTO waiting VALUES (?, ?, ?, ?)", sku.as_str(), now.placed, id)?;
            }
        }
        Ok(())
    }

    fn point_one(&self, sql: &str, text: &str, placed: i64, id: i64) -> Sql<()> {
        self.db.prepare_cached(sql)?.execute(params![self.tenant, text, placed, id])?;
        Ok(())
    }

    pub(super) fn waiting_orders(&self, sku: &Sku, limit: usize) -> Sql<Vec<OrderKey>> {
        let mut query = self.db.prepare_cached(
            "SELECT order_id FROM waiting WHERE tenant = ? AND sku = ? ORDER BY placed_at, order_id LIMIT ?",
        )?;
        let all =
            query.query_map(params![self.tenant, sku.as_str(), limit as i64], |row| row.get::<_, i64>(0))?;
        Ok(all.map(|id| id.map(|id| OrderKey(self.number(id)))).collect::<rusqlite::Result<_>>()?)
    }
}
