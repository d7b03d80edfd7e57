//! Items, departures, listings; and the small rows a channel keeps: streams and notes.

use super::{core::Core, fault::Sql};
use rusqlite::{OptionalExtension, Row, params};
use serde::{Serialize, de::DeserializeOwned};
use sutler_core::{
    Timestamp,
    id::{ChannelId, Sku, StreamId},
    ports::store::StreamRow,
    stock::{Item, Listing},
    time::from_millis,
};

impl Core {
    pub(super) fn item_row(&self, sku: &Sku) -> Sql<Option<Item>> {
        if self.job.writing
            && let Some(item) = self.hot.borrow_mut().items.get(sku.as_str())
        {
            return Ok(Some(item.clone()));
        }
        let mut query = self.db.prepare_cached(
            "SELECT sku, counted, as_of, departed, demand, allocated FROM item WHERE tenant = ? AND sku = ?",
        )?;
        let item = query.query_row(params![self.tenant, sku.as_str()], read_item).optional()?;
        if self.job.writing
            && let Some(item) = &item
        {
            self.hot.borrow_mut().items.put(sku.clone(), item.clone());
        }
        Ok(item)
    }

    pub(super) fn item_rows(&self, after: Option<&Sku>, limit: usize) -> Sql<Vec<Item>> {
        // Text is never less than '', so `>=` begins at the first; the row value begins after a SKU.
        let mut query = self.db.prepare_cached(match after {
            Some(_) => {
                "SELECT sku, counted, as_of, departed, demand, allocated FROM item \
                 WHERE tenant = ? AND sku > ? ORDER BY sku LIMIT ?"
            }
            None => {
                "SELECT sku, counted, as_of, departed, demand, allocated FROM item \
                 WHERE tenant = ? AND sku >= ? ORDER BY sku LIMIT ?"
            }
        })?;
        let from = after.map_or("", Sku::as_str);
        let all = query.query_map(params![self.tenant, from, limit as i64], read_item)?;
        Ok(all.collect::<rusqlite::Result<_>>()?)
    }

    pub(super) fn put_item_row(&self, item: &Item) -> Sql<()> {
        let sql = "INSERT INTO item VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET counted = excluded.counted, \
                   as_of = excluded.as_of, departed = excluded.departed, demand = excluded.demand, \
                   allocated = excluded.allocated";
        self.db.prepare_cached(sql)?.execute(params![
            self.tenant,
            item.sku.as_str(),
            item.counted,
            item.as_of.timestamp_millis(),
            item.departed,
            item.demand,
            item.allocated,
        ])?;
        self.hot.borrow_mut().items.put(item.sku.clone(), item.clone());
        Ok(())
    }

    pub(super) fn departures_since(&self, sku: &Sku, since: Timestamp) -> Sql<i64> {
        let mut query = self.db.prepare_cached(
            "SELECT coalesce(sum(units), 0) FROM departure WHERE tenant = ? AND sku = ? AND at > ?",
        )?;
        Ok(query.query_row(params![self.tenant, sku.as_str(), since.timestamp_millis()], |row| row.get(0))?)
    }

    pub(super) fn put_departure(&self, sku: &Sku, at: Timestamp, units: i64) -> Sql<()> {
        let sql = "INSERT INTO departure VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET units = units + excluded.units";
        self.db.prepare_cached(sql)?.execute(params![
            self.tenant,
            sku.as_str(),
            at.timestamp_millis(),
            units
        ])?;
        Ok(())
    }

    pub(super) fn listing_row(&self, channel: &ChannelId, sku: &Sku) -> Sql<Option<Listing>> {
        self.body(
            "listing",
            "SELECT body FROM listing WHERE tenant = ? AND channel = ? AND sku = ?",
            channel,
            sku.as_str(),
        )
    }

    pub(super) fn listing_rows(
        &self,
        channel: &ChannelId,
        after: Option<&Sku>,
        limit: usize,
    ) -> Sql<Vec<Listing>> {
        let Some(channel) = self.channel(channel)? else { return Ok(Vec::new()) };
        let mut query = self.db.prepare_cached(match after {
            Some(_) => {
                "SELECT body FROM listing WHERE tenant = ? AND channel = ? AND sku > ? ORDER BY sku LIMIT ?"
            }
            None => {
                "SELECT body FROM listing WHERE tenant = ? AND channel = ? AND sku >= ? ORDER BY sku LIMIT ?"
            }
        })?;
        let mut rows =
            query.query(params![self.tenant, channel, after.map_or("", Sku::as_str), limit as i64])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(self.read_body("listing", row)?);
        }
        Ok(all)
    }

    pub(super) fn put_listing_row(&mut self, channel: &ChannelId, listing: &Listing) -> Sql<()> {
        let sql = "INSERT INTO listing VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body";
        self.put_body("listing", sql, channel, listing.sku.as_str(), listing)
    }

    pub(super) fn stream_row(&self, channel: &ChannelId, id: &StreamId) -> Sql<Option<StreamRow>> {
        self.body(
            "stream",
            "SELECT body FROM stream WHERE tenant = ? AND channel = ? AND name = ?",
            channel,
            id.as_str(),
        )
    }

    pub(super) fn put_stream_row(&mut self, channel: &ChannelId, stream: &StreamRow) -> Sql<()> {
        let sql = "INSERT INTO stream VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body";
        self.put_body("stream", sql, channel, stream.id.as_str(), stream)
    }

    pub(super) fn note_value(&self, name: &str) -> Sql<Option<Vec<u8>>> {
        let mut query = self.db.prepare_cached("SELECT value FROM note WHERE tenant = ? AND name = ?")?;
        Ok(query.query_row(params![self.tenant, name], |row| row.get(0)).optional()?)
    }

    pub(super) fn put_note_value(&self, name: &str, value: &[u8]) -> Sql<()> {
        let sql = "INSERT INTO note VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value";
        self.db.prepare_cached(sql)?.execute(params![self.tenant, name, value])?;
        Ok(())
    }

    fn body<T: DeserializeOwned>(
        &self,
        what: &'static str,
        sql: &str,
        channel: &ChannelId,
        name: &str,
    ) -> Sql<Option<T>> {
        let Some(channel) = self.channel(channel)? else { return Ok(None) };
        let mut query = self.db.prepare_cached(sql)?;
        let mut rows = query.query(params![self.tenant, channel, name])?;
        rows.next()?.map(|row| self.read_body(what, row)).transpose()
    }

    fn read_body<T: DeserializeOwned>(&self, what: &'static str, row: &Row<'_>) -> Sql<T> {
        Ok(self.decode(what, row.get_ref(0)?.as_blob()?)?)
    }

    fn put_body<T: Serialize>(
        &mut self,
        what: &'static str,
        sql: &str,
        channel: &ChannelId,
        name: &str,
        value: &T,
    ) -> Sql<()> {
        let channel = self.channel_or_new(channel)?;
        self.db.prepare_cached(sql)?.execute(params![
            self.tenant,
            channel,
            name,
            self.encode(what, value)?
        ])?;
        Ok(())
    }
}

fn read_item(row: &Row<'_>) -> rusqlite::Result<Item> {
    Ok(Item {
        sku: Sku::new(row.get::<_, String>(0)?),
        counted: row.get(1)?,
        as_of: from_millis(row.get(2)?),
        departed: row.get(3)?,
        demand: row.get(4)?,
        allocated: row.get(5)?,
    })
}
