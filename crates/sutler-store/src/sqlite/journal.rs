//! The journal and the intake: the two tables that only grow.

use super::{
    codec::kind_code,
    core::Core,
    fault::{Sql, damaged},
};
use crate::derive;
use rusqlite::{OptionalExtension, Row, params};
use sutler_core::{
    Timestamp,
    id::{ChannelId, OrderKey, Seq},
    journal::{Entry, JournalRow},
    ports::store::{Input, IntakeOutcome, IntakeRow},
    time::from_millis,
};

impl Core {
    /// Appends; the tenant's positions have no gaps, and one writer gives them, so they grow in commit order.
    pub(super) fn append_row(
        &mut self,
        order: Option<OrderKey>,
        channel: Option<&ChannelId>,
        prev: Seq,
        at: Timestamp,
        entry: &Entry,
    ) -> Sql<Seq> {
        let channel = channel.map(|channel| self.channel_or_new(channel)).transpose()?;
        let seq = Seq(self.last_position()?.0 + 1);
        self.db.prepare_cached("INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?)")?.execute(params![
            self.first_id() + seq.0,
            order.and_then(|key| self.row_id(key.0)),
            prev.0,
            channel,
            kind_code(entry),
            at.timestamp_millis(),
            self.encode("journal entry", entry)?,
        ])?;
        self.job.last_seq = Some(seq.0);
        if let Some(order) = order {
            self.note_entry(order, seq, entry);
        }
        Ok(seq)
    }

    pub(super) fn last_position(&self) -> Sql<Seq> {
        if let Some(last) = self.job.last_seq {
            return Ok(Seq(last));
        }
        let mut query = self.db.prepare_cached("SELECT max(seq) FROM journal WHERE seq > ? AND seq < ?")?;
        let last: Option<i64> = query.query_row([self.first_id(), self.end_id()], |row| row.get(0))?;
        Ok(Seq(last.map_or(0, |seq| self.number(seq))))
    }

    pub(super) fn journal_rows(&self, after: Seq, limit: usize) -> Sql<Vec<JournalRow>> {
        let mut query = self.db.prepare_cached(
            "SELECT seq, order_id, prev, channel, at, body FROM journal WHERE seq > ? AND seq < ? ORDER BY seq LIMIT ?",
        )?;
        let from = self.first_id() + after.0.clamp(0, self.end_id() - self.first_id());
        let mut rows = query.query([from, self.end_id(), limit as i64])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(self.read_entry(row)?);
        }
        Ok(all)
    }

    pub(super) fn history_rows(&self, order: OrderKey) -> Sql<Vec<JournalRow>> {
        let Some(id) = self.row_id(order.0) else { return Ok(Vec::new()) };
        let mut query = self.db.prepare_cached("SELECT version FROM orders WHERE id = ?")?;
        let mut rows = query.query([id])?;
        let Some(row) = rows.next()? else { return Ok(Vec::new()) };
        let mut at = self.row_id(row.get(0)?);
        let mut query = self
            .db
            .prepare_cached("SELECT seq, order_id, prev, channel, at, body FROM journal WHERE seq = ?")?;
        let mut all: Vec<JournalRow> = Vec::new();
        while let Some(seq) = at {
            let mut rows = query.query([seq])?;
            let Some(row) = rows.next()? else { break };
            let entry = self.read_entry(row)?;
            at = self.row_id(entry.prev.0);
            if entry.prev >= entry.seq {
                return Err(
                    damaged("journal entry", format!("entry {} follows a later one", entry.seq.0)).into()
                );
            }
            all.push(entry);
        }
        all.reverse();
        Ok(all)
    }

    fn read_entry(&self, row: &Row<'_>) -> Sql<JournalRow> {
        let order: Option<i64> = row.get(1)?;
        let channel: Option<i64> = row.get(3)?;
        Ok(JournalRow {
            seq: Seq(self.number(row.get(0)?)),
            prev: Seq(row.get(2)?),
            order: order.map(|id| OrderKey(self.number(id))),
            channel: channel.map(|number| self.channel_name(number)).transpose()?,
            at: from_millis(row.get(4)?),
            entry: self.decode("journal entry", row.get_ref(5)?.as_blob()?)?,
        })
    }

    /// Any process may append, so the position is read in the transaction that writes it.
    pub(super) fn append_input(&mut self, input: &Input, at: Timestamp) -> Sql<i64> {
        let mut query = self.db.prepare_cached("SELECT max(id) FROM intake WHERE id > ? AND id < ?")?;
        let last: Option<i64> = query.query_row([self.first_id(), self.end_id()], |row| row.get(0))?;
        let id = last.unwrap_or(self.first_id()) + 1;
        let sql = "INSERT INTO intake (id, at, state, input, outcome) VALUES (?, ?, 0, ?, '')";
        self.db.prepare_cached(sql)?.execute(params![
            id,
            at.timestamp_millis(),
            self.encode("input", input)?
        ])?;
        drop(query);
        let id = self.number(id);
        self.job.arrived = Some(id);
        Ok(id)
    }

    pub(super) fn waiting_inputs(&self, limit: usize) -> Sql<Vec<IntakeRow>> {
        let mut query = self.db.prepare_cached(
            "SELECT id, input FROM intake INDEXED BY intake_waiting WHERE state = 0 AND id > ? AND id < ? \
             ORDER BY id LIMIT ?",
        )?;
        let mut rows = query.query([self.first_id(), self.end_id(), limit as i64])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            let input = self.decode("input", row.get_ref(1)?.as_blob()?)?;
            all.push(IntakeRow { id: self.number(row.get(0)?), input });
        }
        Ok(all)
    }

    /// The newest input not taken yet.
    pub(super) fn newest_input(&self) -> Sql<Option<i64>> {
        let mut query = self.db.prepare_cached(
            "SELECT max(id) FROM intake INDEXED BY intake_waiting WHERE state = 0 AND id > ? AND id < ?",
        )?;
        let newest: Option<i64> = query.query_row([self.first_id(), self.end_id()], |row| row.get(0))?;
        Ok(newest.map(|id| self.number(id)))
    }

    pub(super) fn input_outcome(&self, id: i64) -> Sql<Option<IntakeOutcome>> {
        let Some(id) = self.row_id(id) else { return Ok(None) };
        let mut query = self.db.prepare_cached("SELECT state, outcome FROM intake WHERE id = ?")?;
        let found = query.query_row([id], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)));
        Ok(match found.optional()? {
            None => None,
            Some((0, _)) => Some(IntakeOutcome::Waiting),
            Some((1, text)) => Some(IntakeOutcome::Done(text)),
            Some((2, text)) => Some(IntakeOutcome::Refused(text)),
            Some((other, _)) => return Err(damaged("input", format!("state {other}")).into()),
        })
    }

    pub(super) fn mark_input(&self, id: i64, outcome: &IntakeOutcome) -> Sql<()> {
        let (state, text) = match outcome {
            IntakeOutcome::Waiting => return Err(derive::no_outcome(id).into()),
            IntakeOutcome::Done(text) => (1, text.as_str()),
            IntakeOutcome::Refused(text) => (2, text.as_str()),
        };
        let sql = "UPDATE intake SET state = ?, outcome = ?, input = x'' WHERE id = ?";
        let moved = match self.row_id(id) {
            Some(row) => self.db.prepare_cached(sql)?.execute(params![state, text, row])?,
            None => 0,
        };
        if moved == 0 { Err(derive::no_such_input(id).into()) } else { Ok(()) }
    }
}
