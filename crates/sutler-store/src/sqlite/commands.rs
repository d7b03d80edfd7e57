//! Commands and the targets that open ones hold.

use super::{
    codec::{command_key, decode, encode, state_code, verb_code},
    core::Core,
    fault::Sql,
};
use crate::derive;
use rusqlite::{OptionalExtension, Row, params};
use sutler_core::{
    command::{Command, CommandKey, State},
    id::{ChannelId, OrderKey},
};

impl Core {
    pub(super) fn commands_of(&self, order: OrderKey) -> Sql<Vec<Command>> {
        let Some(id) = self.row_id(order.0) else { return Ok(Vec::new()) };
        // Subjects are the order's own id, or begin with it and a slash; `0` comes right after the slash.
        let mut query = self.db.prepare_cached(
            "SELECT c.body FROM orders o CROSS JOIN command c \
             ON c.tenant = o.tenant AND c.channel = o.channel AND c.subject >= o.ext AND c.subject < o.ext || '0' \
             WHERE o.id = ? AND c.order_id = o.id",
        )?;
        let mut rows = query.query([id])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(read(row)?);
        }
        all.sort_unstable_by(|a, b| a.key.cmp(&b.key));
        Ok(all)
    }

    pub(super) fn command_at(&self, channel: &ChannelId, key: &CommandKey) -> Sql<Option<Command>> {
        let Some(channel) = self.channel(channel)? else { return Ok(None) };
        self.stored_command(channel, key)
    }

    fn stored_command(&self, channel: i64, key: &CommandKey) -> Sql<Option<Command>> {
        let mut query = self.db.prepare_cached(
            "SELECT body FROM command WHERE tenant = ? AND channel = ? AND subject = ? AND verb = ? AND ordinal = ?",
        )?;
        let mut rows =
            query.query(params![self.tenant, channel, key.subject, verb_code(key.verb)?, key.ordinal])?;
        rows.next()?.map(read).transpose()
    }

    pub(super) fn commands_in(&self, channel: &ChannelId, state: State, limit: usize) -> Sql<Vec<Command>> {
        let Some(channel) = self.channel(channel)?.filter(|_| !state.is_terminal()) else {
            return Ok(Vec::new());
        };
        let mut query = self.db.prepare_cached(
            "SELECT body FROM command INDEXED BY command_open \
             WHERE tenant = ? AND channel = ? AND state = ? AND state < 5 \
             ORDER BY latest_safe, verb, subject, ordinal LIMIT ?",
        )?;
        let mut rows = query.query(params![self.tenant, channel, state_code(state), limit as i64])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(read(row)?);
        }
        Ok(all)
    }

    pub(super) fn target_holder(&self, channel: &ChannelId, target: &str) -> Sql<Option<CommandKey>> {
        let Some(channel) = self.channel(channel)? else { return Ok(None) };
        self.holder(channel, target)
    }

    fn holder(&self, channel: i64, target: &str) -> Sql<Option<CommandKey>> {
        let mut query = self.db.prepare_cached(
            "SELECT verb, subject, ordinal FROM open_target WHERE tenant = ? AND channel = ? AND target = ?",
        )?;
        let found = query.query_row(params![self.tenant, channel, target], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, row.get::<_, i64>(2)?))
        });
        let found = found.optional()?;
        Ok(found.map(|(verb, subject, ordinal)| command_key(verb, subject, ordinal)).transpose()?)
    }

    pub(super) fn put_command_row(&mut self, channel: &ChannelId, command: &Command) -> Sql<()> {
        let number = self.channel_or_new(channel)?;
        let targets = derive::targets(command)?;
        let wanted = if command.is_open() { targets } else { Vec::new() };
        let before = self.stored_command(number, &command.key)?;
        let held = match &before {
            Some(before) if before.is_open() => derive::targets(before)?,
            _ => Vec::new(),
        };
        for target in wanted.iter().filter(|target| !held.contains(target)) {
            let mut insert = self.db.prepare_cached(
                "INSERT INTO open_target (tenant, channel, target, verb, subject, ordinal) VALUES (?, ?, ?, ?, ?, ?) \
                 ON CONFLICT DO NOTHING",
            )?;
            let CommandKey { verb, subject, ordinal } = &command.key;
            let free =
                insert.execute(params![self.tenant, number, target, verb_code(*verb)?, subject, ordinal])?;
            if free == 0
                && let Some(holder) = self.holder(number, target)?
            {
                return Err(derive::target_held(channel, command, target, &holder).into());
            }
        }
        for target in held.iter().filter(|target| !wanted.contains(target)) {
            let sql = "DELETE FROM open_target WHERE tenant = ? AND channel = ? AND target = ?";
            self.db.prepare_cached(sql)?.execute(params![self.tenant, number, target])?;
        }
        self.write_command(number, command)
    }

    fn write_command(&self, channel: i64, command: &Command) -> Sql<()> {
        let order = command.order.and_then(|key| self.row_id(key.0));
        let sql = "INSERT INTO command (tenant, channel, subject, verb, ordinal, order_id, state, latest_safe, body) \
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET order_id = excluded.order_id, \
                   state = excluded.state, latest_safe = excluded.latest_safe, body = excluded.body";
        let CommandKey { verb, subject, ordinal } = &command.key;
        self.db.prepare_cached(sql)?.execute(params![
            self.tenant,
            channel,
            subject,
            verb_code(*verb)?,
            ordinal,
            order,
            state_code(command.state),
            command.latest_safe.timestamp_millis(),
            encode("command", command)?,
        ])?;
        Ok(())
    }
}

fn read(row: &Row<'_>) -> Sql<Command> {
    Ok(decode("command", row.get_ref(0)?.as_blob()?)?)
}
