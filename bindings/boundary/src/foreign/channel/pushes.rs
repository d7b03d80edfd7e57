//! What a marketplace tells a channel of the host's own unasked.

use super::ForeignChannel;
use crate::types::{Base64, PushOutcome as Said, PushReply as Reply, PushRequest as Asked};
use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::time::Duration as Wait;
use sutler::{
    Error, ErrorKind, Result, Timestamp,
    channel::CallCx,
    push::{PushOutcome, PushReply, PushRequest, Pushes, Told},
};

/// The host's code verifies within this, real time: marketplaces wait a few seconds for an answer.
const PATIENCE: Wait = Wait::from_secs(5);

#[async_trait]
impl Pushes for ForeignChannel {
    /// Code that raises, or answers nothing in time, has not said whether the push is authentic: the marketplace may send it
    /// again.
    async fn receive(&self, now: Timestamp, request: &PushRequest) -> PushOutcome {
        let cx = CallCx { deadline: now + self.clock.real(PATIENCE), write_by: None };
        let asked = Asked {
            method: request.method.clone(),
            path: request.target.clone(),
            headers: request.headers.iter().map(|(name, value)| vec![name.clone(), value.clone()]).collect(),
            body: Base64(STANDARD.encode(&request.body)),
        };
        let said = self.read::<Said>(&cx, "receive", &asked).await;
        said.and_then(|said| read(said).map_err(|message| self.broken("receive", message))).unwrap_or_else(
            |error| PushOutcome::Refused {
                reply: PushReply::status(503),
                why: format!("{}: {}", error.op(), named(&error)),
            },
        )
    }

    async fn learn_key(&self, _: &CallCx, key: &str) -> Result<()> {
        Err(Error::new(ErrorKind::NotFound, format!("{}.key", self.op))
            .message(format!("there is no key {key}: the channel's own code knows its keys")))
    }
}

/// What was raised, by its name alone: its text may hold anything of the push. What we say ourselves is said.
fn named(error: &Error) -> String {
    if error.kind() != ErrorKind::Remote {
        return error.text().to_owned();
    }
    let name = error.text().split(':').next().unwrap_or_default();
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "._".contains(c));
    format!(
        "{} was raised; its text is not kept, for it may be the push's",
        if is_name { name } else { "an error" }
    )
}

/// # Errors
/// In words, what of it cannot be.
fn read(said: Said) -> std::result::Result<PushOutcome, String> {
    if let Some(reply) = said.reply.as_ref().filter(|reply| !(200..=599).contains(&reply.status)) {
        return Err(format!("status {} is none of an answer; 200 to 599 is right", reply.status));
    }
    let reply = |status| said.reply.clone().map_or(PushReply::status(status), answered);
    let orders = said.orders.iter().flatten();
    let mut told: Vec<Told> =
        orders.map(|order| Told::Order { order: order.as_str().into(), due: None }).collect();
    told.extend(said.finished.iter().flatten().cloned().map(Told::Finished));
    told.extend(said.erase_buyer.clone().map(Told::EraseBuyer));
    told.extend((said.revoked == Some(true)).then_some(Told::Revoked));
    Ok(match said.kind.0.as_str() {
        "told" => {
            let id = said.id.clone().unwrap_or_default();
            if id.is_empty() && !told.is_empty() {
                return Err("the push has no id; one that is the same when it is sent again is right".into());
            }
            PushOutcome::Told { id, told, reply: reply(204) }
        }
        "answer" => PushOutcome::Answer(reply(200)),
        "refused" => PushOutcome::Refused {
            reply: reply(401),
            why: said.why.clone().unwrap_or_else(|| "the channel's own code refuses it".into()),
        },
        other => {
            return Err(format!("push {other:?} is not known; \"told\", \"answer\" or \"refused\" is right"));
        }
    })
}

fn answered(reply: Reply) -> PushReply {
    PushReply { status: reply.status, content_type: reply.content_type.map(Into::into), body: reply.body }
}
