//! Channels by number: their names stand in one table, and nowhere else.

use super::{core::Core, fault::Sql};
use rusqlite::{OptionalExtension, params};
use std::collections::BTreeMap;
use sutler_core::{id::ChannelId, ports::store::ChannelRow, time::from_millis};

/// What this connection has looked up.
#[derive(Debug, Default)]
pub(super) struct Names {
    numbers: BTreeMap<ChannelId, i64>,
    names: BTreeMap<i64, ChannelId>,
}

impl Names {
    pub(super) fn clear(&mut self) {
        *self = Names::default();
    }

    fn keep(&mut self, number: i64, name: &ChannelId) {
        self.numbers.insert(name.clone(), number);
        self.names.insert(number, name.clone());
    }
}

impl Core {
    /// The number of a channel, if any row ever named it.
    pub(super) fn channel(&self, name: &ChannelId) -> Sql<Option<i64>> {
        if let Some(number) = self.names.borrow().numbers.get(name) {
            return Ok(Some(*number));
        }
        let sql = "SELECT id FROM channel WHERE tenant = ? AND name = ?";
        let found =
            self.db.prepare_cached(sql)?.query_row(params![self.tenant, name.as_str()], |row| row.get(0));
        let number: Option<i64> = found.optional()?;
        if let Some(number) = number {
            self.names.borrow_mut().keep(number, name);
        }
        Ok(number)
    }

    /// The number of a channel, given now if it has none.
    pub(super) fn channel_or_new(&mut self, name: &ChannelId) -> Sql<i64> {
        if let Some(number) = self.channel(name)? {
            return Ok(number);
        }
        let sql = "INSERT INTO channel (tenant, name) VALUES (?, ?)";
        self.db.prepare_cached(sql)?.execute(params![self.tenant, name.as_str()])?;
        let number = self.db.last_insert_rowid();
        self.names.borrow_mut().keep(number, name);
        Ok(number)
    }

    /// The channel with a number.
    pub(super) fn channel_name(&self, number: i64) -> Sql<ChannelId> {
        if let Some(name) = self.names.borrow().names.get(&number) {
            return Ok(name.clone());
        }
        let sql = "SELECT name FROM channel WHERE id = ? AND tenant = ?";
        let mut query = self.db.prepare_cached(sql)?;
        let name = ChannelId::new(query.query_row([number, self.tenant], |row| row.get::<_, String>(0))?);
        self.names.borrow_mut().keep(number, &name);
        Ok(name)
    }

    /// Every channel a row ever named.
    pub(super) fn channel_numbers(&self) -> Sql<Vec<i64>> {
        let mut query = self.db.prepare_cached("SELECT id FROM channel WHERE tenant = ? ORDER BY id")?;
        let all = query.query_map([self.tenant], |row| row.get(0))?;
        Ok(all.collect::<rusqlite::Result<_>>()?)
    }

    pub(super) fn channel_rows(&self) -> Sql<Vec<ChannelRow>> {
        let mut query = self.db.prepare_cached(
            "SELECT name, marketplace, seller, epoch, holder, lease_until FROM channel \
             WHERE tenant = ? AND marketplace IS NOT NULL ORDER BY name",
        )?;
        let all = query.query_map([self.tenant], |row| {
            Ok(ChannelRow {
                id: ChannelId::new(row.get::<_, String>(0)?),
                marketplace: row.get(1)?,
                seller: row.get(2)?,
                epoch: row.get::<_, i64>(3)?.cast_unsigned(),
                holder: row.get(4)?,
                lease_until: from_millis(row.get(5)?),
            })
        })?;
        Ok(all.collect::<rusqlite::Result<_>>()?)
    }

    pub(super) fn put_channel_row(&mut self, row: &ChannelRow) -> Sql<()> {
        let number = self.channel_or_new(&row.id)?;
        let sql = "UPDATE channel SET marketplace = ?, seller = ?, epoch = ?, holder = ?, lease_until = ? \
                   WHERE id = ? AND tenant = ?";
        self.db.prepare_cached(sql)?.execute(params![
            row.marketplace,
            row.seller,
            row.epoch.cast_signed(),
            row.holder,
            row.lease_until.timestamp_millis(),
            number,
            self.tenant,
        ])?;
        Ok(())
    }
}
