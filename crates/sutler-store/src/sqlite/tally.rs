//! How many orders stand where, counted as they move.

use super::{
    codec::{phase_code, phase_of},
    core::Core,
    fault::Sql,
    orders::Before,
};
use crate::derive::Derived;
use sutler_core::ports::store::Totals;

/// The phase under which acknowledged orders are counted.
const ACKNOWLEDGED: i64 = -1;

impl Core {
    pub(super) fn count(&mut self, channel: i64, before: Option<&Before>, now: &Derived) {
        let mut add = |phase, by| *self.job.tally.entry((channel, phase)).or_default() += by;
        if let Some(before) = before {
            add(before.phase, -1);
            add(ACKNOWLEDGED, -i64::from(before.acknowledged));
        }
        add(phase_code(now.phase), 1);
        add(ACKNOWLEDGED, i64::from(now.acknowledged));
    }

    /// Writes the counts a job changed: once a job, not once an order.
    pub(super) fn flush_tally(&mut self) -> Sql<()> {
        for ((channel, phase), by) in std::mem::take(&mut self.job.tally) {
            if by != 0 {
                let sql = "INSERT INTO tally VALUES (?, ?, ?, ?) \
                           ON CONFLICT DO UPDATE SET orders = orders + excluded.orders";
                self.db.prepare_cached(sql)?.execute([self.tenant, channel, phase, by])?;
            }
        }
        Ok(())
    }

    pub(super) fn count_all(&self) -> Sql<Totals> {
        let mut query =
            self.db.prepare_cached("SELECT channel, phase, orders FROM tally WHERE tenant = ?")?;
        let mut rows = query.query([self.tenant])?;
        let mut all = self.job.tally.clone();
        while let Some(row) = rows.next()? {
            *all.entry((row.get(0)?, row.get(1)?)).or_default() += row.get::<_, i64>(2)?;
        }
        let mut totals = Totals { last: self.last_position()?, ..Totals::default() };
        for ((channel, phase), orders) in all.into_iter().filter(|(_, orders)| *orders > 0) {
            let channel = self.channel_name(channel)?;
            match phase {
                ACKNOWLEDGED => totals.acknowledged.push((channel, orders.cast_unsigned())),
                phase => totals.phases.push((channel, phase_of(phase)?, orders.cast_unsigned())),
            }
        }
        totals.phases.sort();
        totals.acknowledged.sort();
        Ok(totals)
    }
}
