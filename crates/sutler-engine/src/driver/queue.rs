//! A queue of pushes that we read ourselves: messages are removed only after what they tell is durable.

use super::{Driver, flight::Landed};
use crate::shared::Shared;
use std::sync::Arc;
use sutler_core::{
    Result,
    channel::{CallCx, Channel},
    id::ChannelId,
    ports::{
        BoxFuture,
        store::{Input, StoreExt},
    },
    time::Duration,
};

/// How long a step waits for messages, real time.
const SHORT_REAL: std::time::Duration = std::time::Duration::from_secs(2);

impl Driver {
    /// The next long poll, where the channel has a queue and may be spoken to.
    pub(super) fn listen(&self) -> Option<BoxFuture<'static, Result<usize>>> {
        self.channel.queue()?;
        if !self.checked || self.shared.is_stopping() {
            return None;
        }
        let (shared, id, channel) = (self.shared.clone(), self.id.clone(), self.channel.clone());
        let cx = self.read_cx(self.now());
        Some(Box::pin(listen(shared, id, channel, cx)))
    }

    /// A short look into the queue, for a host that steps: part of the step's work.
    pub(super) fn listen_once(&mut self) {
        if self.channel.queue().is_none() || !self.checked || self.listen_at > self.now() {
            return;
        }
        let (shared, id, channel) = (self.shared.clone(), self.id.clone(), self.channel.clone());
        let cx = CallCx { deadline: self.now() + shared.ports.clock.real(SHORT_REAL), write_by: None };
        self.fly(async move { Landed::Listened(listen(shared, id, channel, cx).await) });
    }

    /// A long poll ended.
    pub(super) fn listened(&mut self, heard: Result<usize>) {
        let now = self.now();
        match heard {
            Ok(0) => self.listen_at = now,
            Ok(_) => (self.listen_at, self.intake_at) = (now, Some(now)),
            Err(error) => {
                self.listen_at = now + Duration::seconds(30);
                self.met(error);
            }
        }
        self.status.heard_at = Some(now);
    }
}

/// One long poll: what came is put into the intake in one commit, then removed from the queue. Answers how many messages.
///
/// A crash between the two brings the messages again, which tells nothing new.
pub(super) async fn listen(
    shared: Arc<Shared>,
    id: ChannelId,
    channel: Arc<dyn Channel>,
    cx: CallCx,
) -> Result<usize> {
    let Some(queue) = channel.queue() else { return Ok(0) };
    let messages = queue.receive(&cx).await?;
    if messages.is_empty() {
        return Ok(0);
    }
    for lost in messages.iter().filter_map(|message| message.unreadable.as_ref()) {
        tracing::warn!(channel = %id, why = %lost, "a queue message cannot be read; it is removed, the pull shows what it told");
    }
    let now = shared.ports.clock.now();
    let inputs: Vec<Input> = messages
        .iter()
        .filter(|message| !message.told.is_empty())
        .map(|message| Input::Pushed {
            channel: id.clone(),
            id: message.id.clone(),
            told: message.told.clone(),
        })
        .collect();
    shared
        .ports
        .store
        .transact(move |tx| inputs.iter().try_for_each(|input| tx.add_input(input, now).map(drop)))
        .await?;
    let receipts: Vec<String> = messages.iter().map(|message| message.receipt.clone()).collect();
    // What is not removed comes again, and tells nothing new.
    if let Err(error) = queue.remove(&cx, &receipts).await {
        tracing::warn!(channel = %id, kind = error.kind().as_str(), "queue messages were taken and not removed");
    }
    Ok(messages.len())
}
