//! Pushes, broken.

use super::Broken;
use async_trait::async_trait;
use sutler_core::{
    Timestamp,
    channel::CallCx,
    error::Result,
    push::{PushOutcome, PushReply, PushRequest, Pushes, Told},
};

/// Believes a password anybody may have, or nobody.
#[async_trait]
impl Pushes for Broken {
    async fn receive(&self, now: Timestamp, request: &PushRequest) -> PushOutcome {
        let refused = || PushOutcome::Refused { reply: PushReply::status(401), why: "so it says".into() };
        let password = request.header("authorization").is_some_and(|value| value.starts_with("Basic "));
        match (self.how, self.inner.pushes()) {
            ("g11_a_forged_push_tells_nothing", _) if password => {
                let told = vec![Told::Order { order: "1".into(), due: None }];
                PushOutcome::Told { id: "1".into(), told, reply: PushReply::status(204) }
            }
            ("g11_an_authentic_push_tells_of_its_order", _) | (_, None) => refused(),
            (_, Some(inner)) => inner.receive(now, request).await,
        }
    }

    async fn learn_key(&self, cx: &CallCx, key: &str) -> Result<()> {
        match self.inner.pushes() {
            Some(inner) => inner.learn_key(cx, key).await,
            None => Ok(()),
        }
    }
}
