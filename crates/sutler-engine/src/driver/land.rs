//! What landings mean.

use super::{Driver, flight::Landed};
use crate::{health::TokenState, job::Touched, outcome::NotNow};
use sutler_core::{channel::LevelRead, error::ErrorKind, time::Duration};

/// Failures in a row after which writing pauses until a call goes through.
const TROUBLE: u32 = 4;

impl Driver {
    pub(super) fn land(&mut self, landed: Landed) {
        match landed {
            Landed::Renewed(result) => {
                self.room.renewing = false;
                match result {
                    Ok(until) => {
                        self.lease_until = until;
                        // Whoever owned the channel before may have heard of an input and gone without taking it.
                        self.intake_at = self.intake_at.or_else(|| Some(self.now()));
                    }
                    Err(error) => self.met(error),
                }
            }
            Landed::Checked(result) => self.land_check(result),
            Landed::Drained(result) => {
                self.room.draining = false;
                match result {
                    Ok((taken, touched)) => {
                        if taken > 0 {
                            self.intake_at = Some(self.now());
                        }
                        self.hear(touched);
                    }
                    Err(error) => {
                        self.intake_at = Some(self.now());
                        self.job_failed(error);
                    }
                }
            }
            Landed::Decided(result) => {
                self.room.deciding = false;
                match result {
                    Ok((next, touched)) => {
                        self.hear(touched);
                        // Asked for anew meanwhile, it begins anew.
                        if !self.decide_now {
                            self.decide_now = next.is_some();
                            self.decide_after = next;
                        }
                    }
                    Err(error) => {
                        (self.decide_now, self.decide_after) = (true, None);
                        self.job_failed(error);
                    }
                }
            }
            Landed::Recorded(outcomes, result) => {
                self.room.recording = false;
                match result {
                    Ok(touched) => {
                        self.hear(touched);
                        self.refill();
                    }
                    Err(error) => {
                        // Nothing is lost: they wait to be written down.
                        self.outcomes.splice(0..0, outcomes);
                        self.job_failed(error);
                    }
                }
            }
            Landed::Asked { seat, order, answered } => self.land_asked(seat, order, answered),
            Landed::Weighed { said, due, result } => self.land_weighed(said, due, result),
            Landed::Searched(result) => self.land_searched(result),
            Landed::Sent(asked, result) => self.land_sent(asked, result),
            Landed::Performed { ended, kind, is_set } => {
                self.room.writes = self.room.writes.saturating_sub(1);
                if is_set {
                    self.room.sets = self.room.sets.saturating_sub(1);
                }
                self.went(kind);
                self.note_refusals(&ended);
                self.outcomes.extend(ended);
            }
            Landed::Pulled(read) => self.land_pull(read),
            Landed::Ingested(result) => self.land_ingest(result),
            Landed::Returned(result) => self.land_returns(result),
            Landed::Looked { command, asked_at, result, kind } => {
                self.room.reads = self.room.reads.saturating_sub(1);
                self.went(kind);
                match result {
                    Ok((look, touched)) => {
                        self.hear(touched);
                        self.mirror.forget_waiting(&command.key);
                        if let Some(look) = look {
                            self.mirror.looks.insert(command.key.clone(), look);
                        }
                        let wait = if look.is_some() { asked_at } else { self.now() + Duration::seconds(30) };
                        self.mirror.defer(command, &NotNow::Until(wait));
                    }
                    Err(error) => {
                        let later = self.now() + Duration::seconds(10);
                        self.mirror.defer(command, &NotNow::Until(later));
                        self.met(error);
                    }
                }
            }
            Landed::Probed { mut command, result, kind } => {
                self.room.reads = self.room.reads.saturating_sub(1);
                self.went(kind);
                let failed = kind.is_some() || result.is_err();
                match result {
                    Ok(touched) => self.hear(touched),
                    Err(error) => self.met(error),
                }
                if failed {
                    command.not_before = self.now() + Duration::seconds(30);
                    self.mirror.doubts.insert(command.key.clone(), command);
                }
            }
            Landed::Settled { ended, later, result, kind } => {
                self.room.reads = self.room.reads.saturating_sub(1);
                self.went(kind);
                self.note_refusals(&ended);
                self.outcomes.extend(ended);
                let now = self.now();
                for mut command in later {
                    command.not_before = now + Duration::minutes(1);
                    let handle = command.handle.clone().unwrap_or_default();
                    self.mirror.pending.entry(handle).or_default().insert(command.key.clone(), command);
                }
                match result {
                    Ok(touched) => self.hear(touched),
                    Err(error) => self.met(error),
                }
            }
            Landed::Planned(skus, result) => {
                self.room.planning = false;
                match result {
                    Ok((plans, touched)) => {
                        self.hear(touched);
                        for (sku, plan, rightly) in plans {
                            self.note_offer(&sku, rightly);
                            self.take_plan(sku, plan);
                        }
                    }
                    Err(error) => self.plan_again(skus, error),
                }
            }
            Landed::SetsSent(skus, result) => self.land_sets(skus, result),
            Landed::Levels { skus, result, kind } => {
                self.room.reads = self.room.reads.saturating_sub(1);
                self.went(kind);
                match result {
                    Ok((_, touched)) => self.hear(touched),
                    Err(error) => self.met(error),
                }
                let again =
                    self.now() + if kind.is_some() { Duration::seconds(30) } else { Duration::zero() };
                skus.into_iter().for_each(|sku| self.mirror.dirty(sku, again));
            }
            Landed::Listened(heard) => self.listened(heard),
            Landed::Hinted { order, hint, result } => self.land_hint(order, hint, result),
            Landed::Swept(result) => {
                self.room.reads = self.room.reads.saturating_sub(1);
                let now = self.now();
                match result {
                    Ok(orders) => orders.into_iter().for_each(|(_, id)| {
                        self.sweep_one(id, now);
                    }),
                    Err(error) => self.met(error),
                }
            }
            Landed::SweptOne { result, kind } => {
                self.room.reads = self.room.reads.saturating_sub(1);
                self.went(kind);
                match result {
                    Ok(touched) => self.hear(touched),
                    Err(error) => self.met(error),
                }
            }
            Landed::Refilled(result, seq) => match result {
                Ok(commands) => commands.into_iter().for_each(|command| self.mirror.hear(command, seq)),
                Err(error) => {
                    self.mirror.queues.values_mut().for_each(|queue| queue.overflow = true);
                    self.met(error);
                }
            },
        }
    }

    /// A call ended: with an answer, or with this kind of error.
    pub(super) fn went(&mut self, kind: Option<ErrorKind>) {
        let now = self.now();
        match kind {
            None => {
                self.trouble = 0;
                self.trouble_until = now;
                self.status.token = TokenState::Good;
            }
            Some(ErrorKind::Unauthorized) => self.revoked(now),
            Some(ErrorKind::Network | ErrorKind::Timeout | ErrorKind::Remote) => {
                self.trouble += 1;
                if self.trouble >= TROUBLE {
                    let wait = 10_000_i64 << (self.trouble - TROUBLE).min(5);
                    self.trouble_until = now + Duration::milliseconds(self.jittered(wait));
                }
            }
            Some(_) => {}
        }
    }

    pub(super) fn jittered(&self, ms: i64) -> i64 {
        let tenth = (ms / 10).max(1);
        ms - tenth + self.shared.ports.entropy.below(2 * tenth as u64) as i64
    }

    /// Takes over what a job touched.
    pub(super) fn hear(&mut self, touched: Touched) {
        let now = self.now();
        self.undecided |= touched.undecided > 0;
        for (channel, command) in touched.commands {
            if channel == self.id {
                self.mirror.hear(command, touched.seq);
            }
        }
        for owed in touched.owed {
            if owed.channel == self.id {
                self.hints.owe(owed.order, owed.due, now);
            }
        }
        for unheard in touched.unheard {
            if unheard.channel == self.id {
                self.judging.want(unheard, now);
            }
        }
        for (channel, told) in touched.told {
            if channel == self.id {
                self.take_told(told);
            }
        }
        if self.channel.capabilities().levels != LevelRead::None && self.shared.world.policy.publish_stock {
            for sku in touched.skus {
                self.mirror.moved(&sku, now);
                self.mirror.dirty(sku, now);
            }
        }
    }
}
