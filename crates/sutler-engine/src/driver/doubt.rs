//! Asking after what nobody knows: accepted work and doubtful commands.

use super::start::trouble;
use super::{
    Driver,
    flight::{Landed, write},
};
use crate::outcome::{self, Ended};
use sutler_core::{Timestamp, channel::Settled};

impl Driver {
    pub(super) fn start_settle(&mut self, now: Timestamp) -> Option<()> {
        let (handle, commands) = self.mirror.take_pending(now)?;
        self.room.reads += 1;
        let (shared, id, epoch, channel) =
            (self.shared.clone(), self.id.clone(), self.epoch, self.channel.clone());
        let cx = self.read_cx(now);
        self.fly(async move {
            let settled = channel.settle(&cx, &handle, &commands).await;
            let (ended, later, kind) = match settled {
                Ok(Settled::Receipts(receipts)) if receipts.len() == commands.len() => (
                    commands.into_iter().zip(receipts).map(|(c, r)| (c, Ended::of(Ok(r)))).collect(),
                    vec![],
                    None,
                ),
                Ok(Settled::Lost { why }) => {
                    let lost = |c| {
                        (
                            c,
                            Ended::NoAnswer {
                                applied: sutler_core::Applied::Unknown,
                                after: None,
                                why: why.clone(),
                            },
                        )
                    };
                    (commands.into_iter().map(lost).collect(), vec![], None)
                }
                Ok(_) => (vec![], commands, None),
                Err(error) => (vec![], commands, Some(trouble(&error))),
            };
            let waiting = later.clone();
            let own = id.clone();
            let result =
                write(shared, id, epoch, move |job| outcome::settled_later(job, &own, &waiting)).await;
            Landed::Settled { ended, later, result: result.map(|(_, touched)| touched), kind }
        })
    }

    pub(super) fn start_probe(&mut self, now: Timestamp) -> Option<()> {
        let command = self.mirror.take_doubt(now)?;
        self.room.reads += 1;
        let (shared, id, epoch, channel) =
            (self.shared.clone(), self.id.clone(), self.epoch, self.channel.clone());
        let cx = self.read_cx(now);
        self.fly(async move {
            let asked_at = shared.ports.clock.now();
            let (result, kind) = match channel.probe(&cx, &command).await {
                Ok(saw) => {
                    let (own, doubt) = (id.clone(), command.clone());
                    let done = write(shared, id, epoch, move |job| {
                        outcome::probed(job, &own, &doubt, asked_at, &saw)
                    })
                    .await;
                    (done.map(|(_, touched)| touched), None)
                }
                Err(error) => (Ok(Default::default()), Some(trouble(&error))),
            };
            Landed::Probed { command, result, kind }
        })
    }
}
