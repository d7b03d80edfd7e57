//! Commands of orders on their way out: marked as sent, put on the wire, their answers written down.

use super::flight::Marked;
use super::start::trouble;
use super::{
    Driver,
    flight::{Landed, write},
};
use crate::outcome::{self, Ended, Look};
use sutler_core::{
    Error, Result, Timestamp,
    channel::{Batch, CallCx, VerbSpec},
    command::{Command, Verb},
    error::ErrorKind,
    time::Duration,
};

impl Driver {
    pub(super) fn start_send(&mut self, now: Timestamp) -> Option<()> {
        let room = self.shared.world.settings.writes_in_flight.saturating_sub(self.room.writes);
        let mut started = None;
        for _ in 0..room {
            let Some(command) = self.cleared.pop_front() else { break };
            started = self.perform(vec![command]);
        }
        if !self.may_mark() {
            return started;
        }
        let free = self.shared.world.settings.window.saturating_sub(self.cleared.len() + self.room.writes);
        let mut chosen: Vec<(Command, Option<Look>, Duration)> = Vec::new();
        let channel = self.channel.clone();
        for verb in Verb::OF_ORDERS.iter().copied() {
            let Some(spec) = channel.capabilities().verb(verb) else { continue };
            while chosen.len() < free
                && self.mirror.ready_at(verb, now) == Some(now)
                && self.take_budget(&spec.budget, now)
            {
                let Some((key, order)) = self.mirror.take(verb) else {
                    self.shared.ports.budgets.give_back(&spec.budget);
                    break;
                };
                let look = self.mirror.looks.get(&key).copied();
                // Only its key and its order matter here: the job reads the rest.
                let act = sutler_core::command::Act::Acknowledge(sutler_core::command::Acknowledge {});
                let mut command = Command::intend(key, act, now, now);
                command.order = order;
                chosen.push((command, look, self.call_span(spec)));
            }
        }
        if chosen.is_empty() {
            return started;
        }
        self.room.sending = true;
        let (shared, id, epoch) = (self.shared.clone(), self.id.clone(), self.epoch);
        #[cfg(feature = "mutants")]
        let early = self.shared.world.settings.lacks(crate::Mutant::SentAfterCall).then(|| channel.clone());
        self.fly(async move {
            #[cfg(feature = "mutants")]
            if let Some(channel) = early {
                use sutler_core::{command::State, ports::store::StoreExt};
                for (command, look, span) in &chosen {
                    let (own, key, look, span) = (id.clone(), command.key.clone(), *look, *span);
                    let found = shared.ports.store.view(move |view| view.command(&own, &key)).await;
                    let ready = look.is_some() || command.key.verb == Verb::Acknowledge;
                    if let Ok(Some(found)) = found
                        && ready
                        && found.state == State::Intended
                    {
                        let cx = CallCx { deadline: shared.ports.clock.now() + span, write_by: None };
                        let answered = channel.perform(&cx, &Batch { commands: &[found] }).await;
                        let ended = Ended::of(answered.and_then(|mut r| {
                            r.pop().ok_or_else(|| Error::new(ErrorKind::Protocol, "engine.perform"))
                        }));
                        let mut early =
                            shared.early.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                        early.insert(command.key.clone(), ended);
                    }
                }
            }
            let asked: Vec<Command> = chosen.iter().map(|(command, _, _)| command.clone()).collect();
            let channel = id.clone();
            let done = write(shared, id, epoch, move |job| {
                let (mut sent, mut not_now) = (Vec::new(), Vec::new());
                for (command, look, span) in &chosen {
                    match outcome::send(job, &channel, command, epoch, *look, *span)? {
                        Ok(command) => sent.push(command),
                        Err(why) => {
                            let known =
                                job.tx.command(&channel, &command.key)?.unwrap_or_else(|| command.clone());
                            not_now.push((known, why));
                        }
                    }
                }
                Ok((sent, not_now))
            })
            .await;
            Landed::Sent(asked, done.map(|((sent, not_now), touched)| (sent, not_now, touched)))
        })
    }

    /// Puts commands that are durably sent on the wire, in one call.
    pub(super) fn perform(&mut self, commands: Vec<Command>) -> Option<()> {
        let first = commands.first()?;
        let is_set = first.key.verb == Verb::SetLevel;
        let spec = self.channel.capabilities().verb(first.key.verb)?;
        let sent_at = first.sent_at.unwrap_or_else(|| self.now());
        let deadline = sent_at + self.call_span(spec);
        // A third of a call's time is left between the last byte and the lease's end.
        let write_by = self.lease_until.min(deadline);
        let cx = CallCx { deadline, write_by: Some(write_by) };
        #[cfg(feature = "mutants")]
        let cx = if self.shared.world.settings.lacks(crate::Mutant::EpochIgnored) {
            CallCx { deadline: deadline + Duration::days(1), write_by: None }
        } else {
            cx
        };
        self.room.writes += 1;
        self.room.sets += usize::from(is_set);
        #[cfg(feature = "mutants")]
        {
            let mut early = self.shared.early.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            if let Some(ended) = early.remove(&first.key) {
                drop(early);
                return self.fly(async move {
                    Landed::Performed { ended: vec![(commands[0].clone(), ended)], kind: None, is_set }
                });
            }
        }
        let channel = self.channel.clone();
        self.fly(async move {
            let answered = channel.perform(&cx, &Batch { commands: &commands }).await;
            let (ended, kind) = match answered {
                Ok(receipts) if receipts.len() == commands.len() => {
                    (commands.into_iter().zip(receipts).map(|(c, r)| (c, Ended::of(Ok(r)))).collect(), None)
                }
                Ok(receipts) => {
                    let error = Error::new(ErrorKind::Protocol, "engine.perform")
                        .with_applied(sutler_core::Applied::Unknown)
                        .message(format!("{} receipts came for {} commands", receipts.len(), commands.len()));
                    (commands.into_iter().map(|c| (c, Ended::lost(&error))).collect(), Some(trouble(&error)))
                }
                Err(error) => {
                    let kind = Some(trouble(&error));
                    (commands.into_iter().map(|c| (c, Ended::without_receipt(&error))).collect(), kind)
                }
            };
            Landed::Performed { ended, kind, is_set }
        })
    }

    pub(super) fn start_record(&mut self) -> Option<()> {
        if self.outcomes.is_empty() {
            return None;
        }
        self.room.recording = true;
        let (shared, id, epoch) = (self.shared.clone(), self.id.clone(), self.epoch);
        let outcomes = std::mem::take(&mut self.outcomes);
        self.fly(async move {
            let outcomes = std::sync::Arc::new(outcomes);
            let (list, channel) = (outcomes.clone(), id.clone());
            let done = write(shared, id, epoch, move |job| {
                list.iter().try_for_each(|(command, ended)| outcome::record(job, &channel, command, ended))
            })
            .await;
            let outcomes = std::sync::Arc::try_unwrap(outcomes).unwrap_or_else(|shared| shared.to_vec());
            Landed::Recorded(outcomes, done.map(|(_, touched)| touched))
        })
    }

    pub(super) fn take_budget(&self, scope: &str, now: Timestamp) -> bool {
        self.shared.ports.budgets.take(scope, now).is_ok()
    }

    pub(super) fn call_span(&self, spec: &VerbSpec) -> Duration {
        self.shared.ports.clock.real(spec.call_timeout)
    }

    pub(super) fn land_sent(&mut self, asked: Vec<Command>, result: Result<Marked>) {
        self.room.sending = false;
        let channel = self.channel.clone();
        let give_back = |verb: Verb| {
            if let Some(spec) = channel.capabilities().verb(verb) {
                self.shared.ports.budgets.give_back(&spec.budget);
            }
        };
        match result {
            Ok((sent, not_now, touched)) => {
                not_now.iter().for_each(|(command, _)| give_back(command.key.verb));
                self.hear(touched);
                for command in &sent {
                    self.mirror.looks.remove(&command.key);
                }
                for (command, why) in not_now {
                    self.mirror.defer(command, &why);
                }
                self.cleared.extend(sent);
            }
            Err(error) => {
                asked.iter().for_each(|command| give_back(command.key.verb));
                // Nothing was marked, so nothing may leave; the store has them still.
                self.mirror.queues.values_mut().for_each(|queue| queue.overflow = true);
                self.met(error);
                self.refill();
            }
        }
    }
}
