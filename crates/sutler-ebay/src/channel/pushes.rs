//! Notifications: verified over the raw bytes with eBay's own key, decoded, and answered.

use super::{EbayChannel, json};
use crate::{
    calls,
    map::push::{
        NotificationKey, Signature, challenge_code, challenge_response, decode_notification,
        verify_notification,
    },
};
use async_trait::async_trait;
use http::{Method, StatusCode};
use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};
use sutler_core::{
    channel::CallCx,
    error::{Error, ErrorKind, Result},
    push::{PushOutcome, PushReply, PushRequest, Pushes},
    time::{Duration, Timestamp},
};
use sutler_http::ExposeSecret;

/// eBay advises to keep a key for an hour.
const KEY_LIFE: Duration = Duration::hours(1);
/// A key that eBay does not know is not asked for again so soon: whoever sends invented ones must not spend our calls.
const UNKNOWN_LIFE: Duration = Duration::minutes(10);
/// Keys remembered at most, known or not.
const KEYS_MAX: usize = 256;
/// Letters of a key's id; eBay's are UUIDs.
const KEY_ID_MAX: usize = 64;

/// Keys by their id, with when each was learnt; none for one that eBay does not know.
#[derive(Debug, Default)]
pub(super) struct Keys(Mutex<BTreeMap<String, (Timestamp, Option<NotificationKey>)>>);

impl Keys {
    fn get(&self, id: &str, now: Timestamp) -> Option<Option<NotificationKey>> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, key) = all.get(id)?;
        let life = if key.is_some() { KEY_LIFE } else { UNKNOWN_LIFE };
        (now - *at < life).then(|| key.clone())
    }

    fn put(&self, id: &str, now: Timestamp, key: Option<NotificationKey>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= KEYS_MAX && !all.contains_key(id) {
            // What is unknown goes first, then what is oldest.
            let victim =
                all.iter().min_by_key(|(_, (at, key))| (key.is_some(), *at)).map(|(id, _)| id.clone());
            if let Some(victim) = victim {
                all.remove(&victim);
            }
        }
        all.insert(id.to_owned(), (now, key));
    }
}

fn refused(status: u16, why: &str) -> PushOutcome {
    PushOutcome::Refused { reply: PushReply::status(status), why: why.into() }
}

#[async_trait]
impl Pushes for EbayChannel {
    async fn receive(&self, now: Timestamp, request: &PushRequest) -> PushOutcome {
        let Some(notifications) = &self.settings.notifications else {
            return refused(404, "no notifications are configured");
        };
        if request.method.eq_ignore_ascii_case("GET") {
            let Some(code) = challenge_code(&request.target) else {
                return refused(400, "a GET without a challenge_code");
            };
            let token = notifications.verification_token.expose_secret();
            let hash = challenge_response(&code, token, &notifications.endpoint);
            return PushOutcome::Answer(PushReply {
                status: 200,
                content_type: Some("application/json".into()),
                body: format!("{{\"challengeResponse\":\"{hash}\"}}"),
            });
        }
        if !request.method.eq_ignore_ascii_case("POST") {
            return refused(405, "neither a challenge nor a notification");
        }
        let Some(header) = request.header("x-ebay-signature") else { return refused(412, "no signature") };
        let signature = match Signature::read(header) {
            Ok(signature) if signature.kid.len() <= KEY_ID_MAX => signature,
            Ok(_) => return refused(412, "the key's id is too long to be one"),
            Err(why) => return refused(412, why),
        };
        let key = match self.keys.get(&signature.kid, now) {
            None => return PushOutcome::WantsKey(signature.kid),
            Some(None) => return refused(412, "eBay has no key of this id"),
            Some(Some(key)) => key,
        };
        if let Err(why) = verify_notification(&key, &signature, &request.body) {
            return refused(412, why);
        }
        match decode_notification(&request.body) {
            Ok(notification) => PushOutcome::Told {
                id: notification.id,
                told: notification.told,
                reply: PushReply::status(204),
            },
            // It is eBay's own and we cannot read it: answered as taken, since sending it again would not help.
            Err(_) => {
                PushOutcome::Told { id: String::new(), told: Vec::new(), reply: PushReply::status(204) }
            }
        }
    }

    async fn learn_key(&self, cx: &CallCx, key: &str) -> Result<()> {
        let call = &calls::PUBLIC_KEY;
        let now = self.pipes.application.parts().clock.now();
        let path = format!("/commerce/notification/v1/public_key/{}", crate::map::escaped(key));
        let response =
            self.send(&self.pipes.application, cx, call, Method::GET, &path, Vec::new(), None).await?;
        if response.status() != StatusCode::OK {
            self.keys.put(key, now, None);
            return Err(Error::new(ErrorKind::NotFound, call.op).message("eBay has no such key"));
        }
        let text: crate::map::push::PublicKey = json(call.op, &response, "public key")?;
        let read = NotificationKey::read(&text.key, &text.algorithm);
        self.keys.put(key, now, read.as_ref().ok().cloned());
        read.map(drop).map_err(|why| Error::new(ErrorKind::Protocol, call.op).message(why))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sutler_core::time::from_millis;

    #[test]
    fn invented_keys_are_forgotten_before_real_ones_and_never_pile_up() {
        let keys = Keys::default();
        let real = NotificationKey::read(crate::map::push::tests_key(), "ECDSA").expect("a key");
        keys.put("real", from_millis(0), Some(real));
        for n in 0..1_000 {
            keys.put(&format!("invented-{n}"), from_millis(n), None);
        }
        assert!(keys.get("real", from_millis(1_000)).flatten().is_some());
        assert_eq!(keys.0.lock().map(|all| all.len()).ok(), Some(KEYS_MAX));
        assert_eq!(keys.get("invented-999", from_millis(1_000)), Some(None));
        assert_eq!(keys.get("invented-999", from_millis(999) + UNKNOWN_LIFE), None);
    }
}
