//! Commands and the targets that open ones hold.

use super::{
    codec::{command_key, state_code, verb_code},
    core::Core,
    fault::Sql,
};
use crate::derive;
use rusqlite::{OptionalExtension, Row, params};
use sutler_core::{
    command::{Command, CommandKey, State},
    id::{ChannelId, OrderKey},
};

/// The targets a stored command holds: none when it has ended.
pub(super) type Targets = Vec<String>;

impl Core {
    pub(super) fn commands_of(&self, order: OrderKey) -> Sql<Vec<Command>> {
        let Some(id) = self.row_id(order.0) else { return Ok(Vec::new()) };
        if self.job.writing
            && let Some(commands) =
                self.hot.borrow_mut().orders.get(&id).and_then(|kept| kept.decoded.commands.clone())
        {
            return Ok(commands);
        }
        // Subjects are the order's own id, or begin with it and a slash; `0` comes right after the slash.
        let mut query = self.db.prepare_cached(
            "SELECT c.body, c.channel FROM orders o CROSS JOIN command c \
             ON c.tenant = o.tenant AND c.channel = o.channel AND c.subject >= o.ext AND c.subject < o.ext || '0' \
             WHERE o.id = ? AND c.order_id = o.id",
        )?;
        let mut rows = query.query([id])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            let command = self.read_command(row)?;
            self.remember(row.get(1)?, &command)?;
            all.push(command);
        }
        all.sort_unstable_by(|a, b| a.key.cmp(&b.key));
        if self.job.writing
            && let Some(kept) = self.hot.borrow_mut().orders.get(&id)
        {
            kept.decoded.commands = Some(all.clone());
        }
        Ok(all)
    }

    /// What a command holds, where its order is hot: none when it is not stored.
    fn held_by_hot(&self, channel: i64, command: &Command) -> Sql<Option<Targets>> {
        let Some(id) = command.order.and_then(|order| self.row_id(order.0)) else { return Ok(None) };
        let mut hot = self.hot.borrow_mut();
        let kept = hot.orders.get(&id).filter(|kept| kept.is_about(channel, command));
        let commands = kept.and_then(|kept| kept.decoded.commands.as_ref());
        let stored = commands.and_then(|all| all.iter().find(|stored| stored.key == command.key));
        Ok(match stored {
            Some(stored) if stored.is_open() => Some(derive::targets(stored)?),
            Some(_) => Some(Vec::new()),
            None => None,
        })
    }

    /// The command as it now stands, for when its order is asked for again.
    fn keep_command(&mut self, channel: i64, command: &Command) {
        let Some(id) = command.order.and_then(|order| self.row_id(order.0)) else { return };
        let mut hot = self.hot.borrow_mut();
        let Some(kept) = hot.orders.get(&id) else {
            self.job.commands_first = true;
            return;
        };
        if !kept.is_about(channel, command) {
            kept.decoded.commands = None;
        }
        let Some(commands) = &mut kept.decoded.commands else { return };
        match commands.iter_mut().find(|stored| stored.key == command.key) {
            Some(stored) => stored.clone_from(command),
            None => {
                commands.push(command.clone());
                commands.sort_unstable_by(|a, b| a.key.cmp(&b.key));
            }
        }
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
        let command = rows.next()?.map(|row| self.read_command(row)).transpose()?;
        if let Some(command) = &command {
            self.remember(channel, command)?;
        }
        Ok(command)
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
            all.push(self.read_command(row)?);
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

    fn read_command(&self, row: &Row<'_>) -> Sql<Command> {
        Ok(self.decode("command", row.get_ref(0)?.as_blob()?)?)
    }

    /// Keeps what a stored command holds, for when this job replaces it.
    fn remember(&self, channel: i64, command: &Command) -> Sql<()> {
        if self.job.writing {
            let held = if command.is_open() { derive::targets(command)? } else { Vec::new() };
            self.job.commands.borrow_mut().insert((channel, command.key.clone()), held);
        }
        Ok(())
    }

    pub(super) fn put_command_row(&mut self, channel: &ChannelId, command: &Command) -> Sql<()> {
        let targets = derive::targets(command)?;
        let wanted = if command.is_open() { targets } else { Vec::new() };
        let number = self.channel_or_new(channel)?;
        let place = (number, command.key.clone());
        let hot = self.held_by_hot(number, command)?;
        let elsewhere = hot.is_none();
        let known = hot.or_else(|| self.job.commands.borrow().get(&place).cloned());
        let held = match known {
            Some(held) => Some(held),
            // Most commands that a job has not read are new: trying costs one statement, looking first would cost two.
            None if self.insert_command(number, command)? => None,
            None => {
                self.stored_command(number, &command.key)?;
                Some(self.job.commands.borrow().get(&place).cloned().unwrap_or_default())
            }
        };
        let new = held.is_none();
        let held = held.unwrap_or_default();
        let mut taken = Vec::new();
        for target in wanted.iter().filter(|target| !held.contains(target)) {
            if let Some(holder) = self.take_target(number, target, &command.key)? {
                // The call leaves nothing, whatever the job makes of its error.
                for target in taken {
                    self.drop_target(number, target)?;
                }
                if new {
                    self.delete_command(number, &command.key)?;
                }
                return Err(derive::target_held(channel, command, target, &holder).into());
            }
            taken.push(target);
        }
        for target in held.iter().filter(|target| !wanted.contains(target)) {
            self.drop_target(number, target)?;
        }
        if !new {
            self.update_command(number, command)?;
            if elsewhere && command.channel_order_id.is_some() {
                // It may stand among the commands of another order.
                self.hot.borrow_mut().clear();
            }
        }
        self.job.commands.borrow_mut().insert(place, wanted);
        self.keep_command(number, command);
        Ok(())
    }

    /// Takes a target for a command, or answers who holds it.
    fn take_target(&self, channel: i64, target: &str, key: &CommandKey) -> Sql<Option<CommandKey>> {
        let mut insert = self.db.prepare_cached(
            "INSERT INTO open_target (tenant, channel, target, verb, subject, ordinal) VALUES (?, ?, ?, ?, ?, ?) \
             ON CONFLICT DO NOTHING",
        )?;
        let CommandKey { verb, subject, ordinal } = key;
        let free =
            insert.execute(params![self.tenant, channel, target, verb_code(*verb)?, subject, ordinal])?;
        if free == 0 { self.holder(channel, target) } else { Ok(None) }
    }

    fn drop_target(&self, channel: i64, target: &str) -> Sql<()> {
        let sql = "DELETE FROM open_target WHERE tenant = ? AND channel = ? AND target = ?";
        self.db.prepare_cached(sql)?.execute(params![self.tenant, channel, target])?;
        Ok(())
    }

    /// False when there is one under this key.
    fn insert_command(&self, channel: i64, command: &Command) -> Sql<bool> {
        let sql = "INSERT INTO command (tenant, channel, subject, verb, ordinal, order_id, state, latest_safe, body) \
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING";
        self.write_command(sql, channel, command)
    }

    fn update_command(&self, channel: i64, command: &Command) -> Sql<bool> {
        let sql = "UPDATE command SET order_id = ?6, state = ?7, latest_safe = ?8, body = ?9 \
                   WHERE tenant = ?1 AND channel = ?2 AND subject = ?3 AND verb = ?4 AND ordinal = ?5";
        self.write_command(sql, channel, command)
    }

    fn write_command(&self, sql: &str, channel: i64, command: &Command) -> Sql<bool> {
        let order = command.order.and_then(|key| self.row_id(key.0));
        let CommandKey { verb, subject, ordinal } = &command.key;
        let written = self.db.prepare_cached(sql)?.execute(params![
            self.tenant,
            channel,
            subject,
            verb_code(*verb)?,
            ordinal,
            order,
            state_code(command.state),
            command.latest_safe.timestamp_millis(),
            self.bodies.borrow().encode_plain("command", command)?,
        ])?;
        Ok(written > 0)
    }

    fn delete_command(&self, channel: i64, key: &CommandKey) -> Sql<()> {
        let sql = "DELETE FROM command WHERE tenant = ? AND channel = ? AND subject = ? AND verb = ? AND ordinal = ?";
        let CommandKey { verb, subject, ordinal } = key;
        self.db.prepare_cached(sql)?.execute(params![
            self.tenant,
            channel,
            subject,
            verb_code(*verb)?,
            ordinal
        ])?;
        Ok(())
    }
}
