//! Personal data: in a table of its own, so that it can go while the order stays.

use super::{core::Core, fault::Sql, payload};
use crate::derive;
use rusqlite::params;
use sutler_core::{
    id::{ChannelId, OrderKey},
    ports::store::{Digest, Personal},
};

impl Core {
    pub(super) fn personal_data(&self, key: OrderKey) -> Sql<Option<Personal>> {
        let Some(id) = self.row_id(key.0) else { return Ok(None) };
        let mut query = self.db.prepare_cached("SELECT dict, body FROM personal WHERE order_id = ?")?;
        let mut rows = query.query([id])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        Ok(Some(payload::unpack(&mut self.payloads.borrow_mut(), row.get(0)?, row.get_ref(1)?.as_blob()?)?))
    }

    pub(super) fn put_personal_data(&self, key: OrderKey, personal: &Personal, digest: &Digest) -> Sql<()> {
        let Some(id) = self.row_id(key.0) else { return Err(derive::no_such_order(key).into()) };
        let body = payload::pack(&mut self.payloads.borrow_mut(), personal)?;
        let sql = "INSERT INTO personal (order_id, digest, state, dict, body) VALUES (?, ?, 0, ?, ?) \
                   ON CONFLICT DO UPDATE SET digest = excluded.digest, state = 0, dict = excluded.dict, body = excluded.body";
        self.db.prepare_cached(sql)?.execute(params![id, digest, payload::DICT, body])?;
        Ok(())
    }

    pub(super) fn put_buyer_names(
        &mut self,
        channel: &ChannelId,
        key: OrderKey,
        names: &[String],
    ) -> Sql<()> {
        let Some(id) = self.row_id(key.0) else { return Err(derive::no_such_order(key).into()) };
        let kept: Vec<Digest> = {
            let mut query =
                self.db.prepare_cached("SELECT name FROM buyer WHERE order_id = ? ORDER BY name")?;
            let rows = query.query_map([id], |row| row.get(0))?;
            rows.collect::<Result<_, _>>()?
        };
        let mut wanted: Vec<Digest> = names.iter().map(|name| self.digests.of(name.as_bytes())).collect();
        wanted.sort_unstable();
        wanted.dedup();
        if kept == wanted {
            return Ok(());
        }
        self.db.prepare_cached("DELETE FROM buyer WHERE order_id = ?")?.execute([id])?;
        let channel = self.channel_or_new(channel)?;
        for name in wanted {
            let sql = "INSERT INTO buyer (tenant, channel, name, order_id) VALUES (?, ?, ?, ?)";
            self.db.prepare_cached(sql)?.execute(params![self.tenant, channel, name, id])?;
        }
        Ok(())
    }

    pub(super) fn buyers_orders(&self, channel: &ChannelId, name: &str, limit: usize) -> Sql<Vec<OrderKey>> {
        let Some(channel) = self.channel(channel)? else { return Ok(Vec::new()) };
        let sql = "SELECT order_id FROM buyer WHERE tenant = ? AND channel = ? AND name = ? ORDER BY order_id LIMIT ?";
        let mut query = self.db.prepare_cached(sql)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = query
            .query_map(params![self.tenant, channel, self.digests.of(name.as_bytes()), limit], |row| {
                row.get::<_, i64>(0)
            })?;
        rows.map(|id| Ok(OrderKey(self.number(id?)))).collect()
    }
}
