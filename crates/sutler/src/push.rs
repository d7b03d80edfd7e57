//! Pushes of marketplaces, handed in by the host's own web server.

use crate::engine::Engine;
use std::sync::Arc;
use sutler_core::{
    Error, Result,
    channel::{CallCx, Channel},
    error::ErrorKind,
    id::ChannelId,
    ports::store::Input,
    time::Duration,
};

pub use sutler_core::push::*;

/// A key is looked up within this, real time: marketplaces wait a few seconds for an answer.
const KEY_PATIENCE: std::time::Duration = std::time::Duration::from_secs(3);

impl Engine {
    /// Takes one push of the channel called `channel`, and answers what to answer the marketplace.
    ///
    /// Give the body as it arrived, byte for byte: signatures cover the bytes.
    ///
    /// # What it promises
    /// - What an authentic push tells is durable before this returns; a running engine reads those orders again, within a
    ///   quarter of the budget for single reads, so that nobody who can send pushes can use up the rest (G24).
    /// - What is not authentic changes nothing and is answered with a refusal, never with an error.
    /// - The same push again changes nothing (G4), and without any push the same things are learnt by pulling (G11).
    ///
    /// # Errors
    /// `NotFound` when there is no such channel, `Invalid` when its marketplace sends no pushes or none are configured,
    /// `Store` when it could not be made durable: answer 5xx then, and the marketplace sends it again.
    pub async fn handle_push(
        &self,
        channel: impl Into<ChannelId>,
        request: &PushRequest,
    ) -> Result<PushReply> {
        let id = channel.into();
        let channel = self.pushed_channel(&id)?;
        let pushes = channel.pushes().ok_or_else(|| {
            Error::new(ErrorKind::Invalid, "engine.handle_push").message(format!(
                "channel {id} takes no pushes as it is configured; what verifies them belongs to its configuration"
            ))
        })?;
        let mut outcome = pushes.receive(self.now(), request).await;
        if let PushOutcome::WantsKey(key) = &outcome {
            let patience = self.real_span(KEY_PATIENCE).max(Duration::seconds(1));
            let cx = CallCx { deadline: self.now() + patience, write_by: None };
            match pushes.learn_key(&cx, key).await {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                // Whether it is authentic cannot be told now: let the marketplace send it again.
                Err(error) => {
                    tracing::warn!(channel = %id, kind = error.kind().as_str(), "no key for a push");
                    return Ok(PushReply::status(503));
                }
            }
            outcome = pushes.receive(self.now(), request).await;
        }
        match outcome {
            PushOutcome::Told { id: push, told, reply } => {
                if !told.is_empty() {
                    self.ask(Input::Pushed { channel: id, id: push, told }).await?;
                }
                Ok(reply)
            }
            PushOutcome::Answer(reply) => Ok(reply),
            PushOutcome::Refused { reply, why } => {
                tracing::warn!(channel = %id, why, "a push is refused");
                Ok(reply)
            }
            PushOutcome::WantsKey(_) => Ok(PushReply::status(412)),
        }
    }

    fn pushed_channel(&self, id: &ChannelId) -> Result<Arc<dyn Channel>> {
        let all = self.running_channels();
        all.iter().find(|channel| channel.id() == id).cloned().ok_or_else(|| {
            let names: Vec<&str> = all.iter().map(|channel| channel.id().as_str()).collect();
            Error::new(ErrorKind::NotFound, "engine.handle_push")
                .message(format!("there is no channel {id}; the channels are {}", names.join(", ")))
        })
    }
}
