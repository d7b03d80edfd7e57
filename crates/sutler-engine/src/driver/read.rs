//! Reading single orders: before acting on one, and because nobody told us of it for long.

use super::start::trouble;
use super::{
    Driver,
    flight::{Landed, told, write},
};
use crate::{ingest::take_in, outcome::Look};
use sutler_core::{Timestamp, channel::Fetched, id::ChannelOrderId, ports::store::StoreExt, time::Duration};

/// Orders swept in one go.
const SWEEP_AT_ONCE: usize = 50;

impl Driver {
    pub(super) fn start_look(&mut self, now: Timestamp) -> Option<()> {
        let (command, order) = self.mirror.take_wanting_look()?;
        self.room.reads += 1;
        let (shared, id, epoch, channel) =
            (self.shared.clone(), self.id.clone(), self.epoch, self.channel.clone());
        let cx = self.read_cx(now);
        self.fly(async move {
            let asked_at = shared.ports.clock.now();
            let (result, kind) = match channel.fetch(&cx, &order).await {
                Ok(Fetched::Found(raw, coverage)) => {
                    let digest = match shared
                        .ports
                        .store
                        .view({
                            let raw = raw.raw.clone();
                            move |view| Ok(view.digest_of(&raw))
                        })
                        .await
                    {
                        Ok(digest) => digest,
                        Err(error) => {
                            return Landed::Looked { command, asked_at, result: Err(error), kind: None };
                        }
                    };
                    let told = told(&*channel, &raw, coverage, digest, asked_at);
                    let look = Look { asked_at, before: channel.before_image(&command, &told.order) };
                    let own = id.clone();
                    let done =
                        write(shared, id, epoch, move |job| take_in(job, &own, std::slice::from_ref(&told)))
                            .await;
                    (done.map(|(_, touched)| (Some(look), touched)), None)
                }
                Ok(Fetched::NotVisible) => (Ok((None, Default::default())), None),
                Err(error) => (Ok((None, Default::default())), Some(trouble(&error))),
            };
            Landed::Looked { command, asked_at, result, kind }
        })
    }

    pub(super) fn start_sweep(&mut self, now: Timestamp) -> Option<()> {
        self.sweep_at = now + Duration::minutes(10);
        self.room.reads += 1;
        let (shared, id) = (self.shared.clone(), self.id.clone());
        let before = now - shared.world.settings.sweep_interval;
        self.fly(async move {
            Landed::Swept(shared.ports.store.view(move |view| view.stale(&id, before, SWEEP_AT_ONCE)).await)
        })
    }

    /// Reads one order nobody told us of for long.
    pub(super) fn sweep_one(&mut self, order: ChannelOrderId, now: Timestamp) -> Option<()> {
        self.room.reads += 1;
        let (shared, id, epoch, channel) =
            (self.shared.clone(), self.id.clone(), self.epoch, self.channel.clone());
        let cx = self.read_cx(now);
        self.fly(async move {
            let asked_at = shared.ports.clock.now();
            match channel.fetch(&cx, &order).await {
                Ok(Fetched::Found(raw, coverage)) => {
                    let own = id.clone();
                    let result = write(shared, id, epoch, move |job| {
                        let digest = job.tx.digest_of(&raw.raw);
                        take_in(job, &own, &[told(&*channel, &raw, coverage, digest, asked_at)])
                    })
                    .await;
                    Landed::SweptOne { result: result.map(|(_, touched)| touched), kind: None }
                }
                Ok(Fetched::NotVisible) => {
                    // Noted as looked at: the sweep goes round, and does not stay with what is not there.
                    let own = id.clone();
                    let noted = write(shared, id, epoch, move |job| match job.tx.known(&own, &order)? {
                        Some((key, _)) => job.tx.put_looked_at(key, asked_at),
                        None => Ok(()),
                    })
                    .await;
                    Landed::SweptOne { result: noted.map(|(_, touched)| touched), kind: None }
                }
                Err(error) => {
                    Landed::SweptOne { result: Ok(Default::default()), kind: Some(trouble(&error)) }
                }
            }
        })
    }
}
