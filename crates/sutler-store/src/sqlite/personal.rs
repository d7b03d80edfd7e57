//! Personal data: in a table of its own, so that it can go while the order stays.

use super::{core::Core, fault::Sql, payload};
use crate::derive;
use rusqlite::params;
use sutler_core::{
    id::OrderKey,
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
}
