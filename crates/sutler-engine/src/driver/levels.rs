//! What listings offer: reckoned, read and set.

use super::flight::SetsMarked;
use super::start::trouble;
use super::{
    Driver,
    flight::{Landed, write},
};
use crate::{
    outcome::Ended,
    stock::{self, Plan},
};
use sutler_core::{
    Error, Result, Timestamp,
    channel::{Receipt, VerbSpec},
    command::{Command, Verb},
    id::Sku,
    time::Duration,
};

/// Listings reckoned in one transaction.
const PLANS_AT_ONCE: usize = 64;

/// A set that the channel refused.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Refusal {
    /// How often in a row.
    times: u32,
    /// The level that was refused last.
    level: u32,
    /// No other set before this.
    until: Option<Timestamp>,
}

impl Refusal {
    /// Until when another set of this level waits. Going to zero waits only where zero itself was refused.
    fn holds(&self, level: u32, now: Timestamp) -> Option<Timestamp> {
        self.until.filter(|until| *until > now && (level > 0 || self.level == 0))
    }
}

impl Driver {
    /// Keeps the slowest publishing there was.
    pub(super) fn note_offer(&mut self, sku: &Sku, rightly: bool) {
        let now = self.now();
        let took = self.mirror.offers(sku, rightly, now);
        self.status.publish_slowest = self.status.publish_slowest.max(took);
    }

    pub(super) fn start_plan(&mut self, now: Timestamp) -> Option<()> {
        let skus: Vec<Sku> = self
            .mirror
            .dirty
            .iter()
            .filter(|(_, at)| **at <= now)
            .map(|(sku, _)| sku.clone())
            .take(PLANS_AT_ONCE)
            .collect();
        if skus.is_empty() {
            return None;
        }
        for sku in &skus {
            self.mirror.dirty.remove(sku);
        }
        self.room.planning = true;
        let (shared, id, epoch, reading) = (self.shared.clone(), self.id.clone(), self.epoch, self.reading());
        self.fly(async move {
            let (own, asked) = (id.clone(), skus.clone());
            let done = write(shared, id, epoch, move |job| {
                asked
                    .iter()
                    .map(|sku| {
                        let rightly = stock::offers_rightly(job, &own, sku)?;
                        Ok((sku.clone(), stock::plan(job, &own, sku, reading)?, rightly))
                    })
                    .collect::<Result<Vec<_>>>()
            })
            .await;
            Landed::Planned(skus, done)
        })
    }

    /// Do so many sets travel together?
    fn goes_in_batch(&self, spec: &VerbSpec, sets: usize) -> bool {
        let from = self.shared.world.settings.batch_sets_from.max(spec.batch_from).min(spec.batch_max);
        spec.batch_max > 1 && sets > 1 && sets >= from
    }

    pub(super) fn start_set(&mut self, now: Timestamp) -> Option<()> {
        let channel = self.channel.clone();
        let spec = channel.capabilities().verb(Verb::SetLevel)?;
        let settings = &self.shared.world.settings;
        let in_batch = self.goes_in_batch(spec, self.sets.len());
        let scope = spec.batch_budget.as_ref().filter(|_| in_batch).unwrap_or(&spec.budget).clone();
        let mut skus: Vec<Sku> = Vec::new();
        if in_batch {
            if self.take_budget(&scope, now) {
                while let Some((_, sku)) = self.sets.pop_first() {
                    skus.push(sku);
                    if skus.len() == spec.batch_max {
                        break;
                    }
                }
            }
        } else {
            let room = settings.writes_in_flight.saturating_sub(self.room.writes);
            while skus.len() < room && !self.sets.is_empty() && self.take_budget(&scope, now) {
                skus.extend(self.sets.pop_first().map(|(_, sku)| sku));
            }
        }
        if skus.is_empty() {
            return None;
        }
        self.room.setting = true;
        // Where others read orders, only what falls may leave.
        self.raises = self.raises || self.shared.gate.begin_raise(&self.id, now);
        let (span, apply_max) =
            (self.call_span(spec), if in_batch { spec.batch_apply_max } else { spec.apply_max });
        let (shared, id, epoch, reading) = (self.shared.clone(), self.id.clone(), self.epoch, self.reading());
        self.fly(async move {
            let (own, asked) = (id.clone(), skus.clone());
            let done = write(shared, id, epoch, move |job| {
                let (mut sent, mut other) = (Vec::new(), Vec::new());
                for sku in &asked {
                    match stock::send_set(job, &own, sku, reading, epoch, span, apply_max)? {
                        Ok(command) => sent.push(command),
                        Err(plan) => other.push((sku.clone(), plan)),
                    }
                }
                Ok((sent, other))
            })
            .await;
            Landed::SetsSent(skus, done.map(|((sent, other), touched)| (sent, other, touched)))
        })
    }

    pub(super) fn start_levels(&mut self, now: Timestamp) -> Option<()> {
        self.channel.stock()?;
        let sku = self.level_reads.pop_first()?;
        self.room.reads += 1;
        let (shared, id, epoch, channel) =
            (self.shared.clone(), self.id.clone(), self.epoch, self.channel.clone());
        let cx = self.read_cx(now);
        self.fly(async move {
            let skus = vec![sku];
            let asked_at = shared.ports.clock.now();
            let Some(stock) = channel.stock() else {
                return Landed::Levels { skus, result: Ok((Vec::new(), Default::default())), kind: None };
            };
            let (result, kind) = match stock.levels(&cx, &skus).await {
                Ok(answers) => {
                    let own = id.clone();
                    let levels: Vec<(Sku, Option<i64>)> = answers
                        .iter()
                        .filter_map(|a| a.level.as_ref().ok().map(|level| (a.sku.clone(), *level)))
                        .collect();
                    let kind = answers.iter().find_map(|a| a.level.as_ref().err().map(trouble));
                    let done = write(shared, id, epoch, move |job| {
                        levels
                            .iter()
                            .try_for_each(|(sku, level)| stock::read(job, &own, sku, *level, asked_at))
                    })
                    .await;
                    (done.map(|(_, touched)| (answers, touched)), kind)
                }
                Err(error) => (Ok((Vec::new(), Default::default())), Some(trouble(&error))),
            };
            Landed::Levels { skus, result, kind }
        })
    }

    pub(super) fn land_sets(&mut self, skus: Vec<Sku>, result: Result<SetsMarked>) {
        let channel = self.channel.clone();
        let Some(spec) = channel.capabilities().verb(Verb::SetLevel) else { return };
        self.room.setting = false;
        match result {
            Ok((sent, other, touched)) => {
                self.hear(touched);
                let in_batch = self.goes_in_batch(spec, skus.len());
                if !in_batch {
                    other.iter().for_each(|_| self.shared.ports.budgets.give_back(&spec.budget));
                }
                other.into_iter().for_each(|(sku, plan)| self.take_plan(sku, plan));
                if in_batch {
                    self.perform(sent);
                } else {
                    for command in sent {
                        self.perform(vec![command]);
                    }
                }
            }
            Err(error) => self.plan_again(skus, error),
        }
    }

    /// A set that was refused would be refused again: it is read what the listing is, and the next one waits, ever longer.
    pub(super) fn note_refusals(&mut self, ended: &[(Command, Ended)]) {
        let now = self.now();
        for (command, ended) in ended {
            let Some((sku, level)) = command.act.level() else { continue };
            match ended {
                Ended::Receipt(Receipt::Refused { .. }) => {
                    let refusal = self.refused.entry(sku.clone()).or_default();
                    refusal.until = Some(now + Duration::minutes(1 << refusal.times.min(6)));
                    refusal.times += 1;
                    refusal.level = level;
                    if self.channel.stock().is_some() {
                        self.level_reads.insert(sku.clone());
                    }
                }
                Ended::Receipt(Receipt::Done { .. }) => {
                    self.refused.remove(sku);
                }
                _ => {}
            }
        }
    }

    pub(super) fn plan_again(&mut self, skus: Vec<Sku>, error: Error) {
        let later = self.now() + Duration::seconds(5);
        skus.into_iter().for_each(|sku| self.mirror.dirty(sku, later));
        self.met(error);
    }

    pub(super) fn take_plan(&mut self, sku: Sku, plan: Plan) {
        for raises in [false, true] {
            self.sets.remove(&(raises, sku.clone()));
        }
        match plan {
            Plan::Nothing => {}
            Plan::Later(at) => self.mirror.dirty(sku, at.max(self.now() + Duration::seconds(1))),
            Plan::Read => {
                self.level_reads.insert(sku);
            }
            Plan::Pull(since) => {
                let begun = self
                    .pull
                    .streams
                    .iter()
                    .filter(|row| !row.windows.is_empty())
                    .filter_map(|row| row.began_at)
                    .min();
                let soon = self.now() + Duration::seconds(10);
                if begun.is_none_or(|begun| begun < since) && self.pull.failures == 0 {
                    self.pull.at = self.pull.at.min(soon);
                }
                self.mirror.dirty(sku, soon + Duration::seconds(5));
            }
            Plan::Set(level) => {
                match self.refused.get(&sku).and_then(|refusal| refusal.holds(level, self.now())) {
                    Some(until) => self.mirror.dirty(sku, until),
                    None => {
                        self.sets.insert((level > 0, sku));
                    }
                }
            }
        }
    }
}
