//! `POST /v3/token`, `GET /v3/token/detail`, and whether a token is still good.

use super::refusal::Refusal;
use super::{Page, World};
use crate::clock::Ms;
use crate::dice::{Dice, Roll};
use crate::json::{http_date, put};
use crate::request::{Ask, members};

/// How long a token lives, in milliseconds of marketplace time.
const LIFE: Ms = 900_000;

impl World {
    /// Issues a token, or says why not. Dead credentials are a 400, as production answers, and not a 401.
    pub(super) fn token(&mut self, now: Ms, ask: &Ask, dice: Dice) -> Result<Page, Refusal> {
        if dice.chance(Roll::TokenRefused, self.settings.faults.token_refused) {
            self.fire("token_refused");
            return Err(match dice.below(Roll::ErrorKind, 3) {
                0 => Refusal::new(500, "SYSTEM_ERROR.GMP_GATEWAY_API", "token service failed"),
                1 => Refusal::new(503, "SYSTEM_ERROR.GMP_GATEWAY_API", "token service is unavailable"),
                _ => {
                    Refusal::new(429, "REQUEST_THRESHOLD_VIOLATED.GMP_GATEWAY_API", "too many token requests")
                }
            });
        }
        let unauthorized = |why: &str| Refusal::new(401, "UNAUTHORIZED.GMP_GATEWAY_API", why);
        if ask.header("authorization").is_none() {
            return Err(unauthorized("Authorization header is missing").field("Authorization"));
        }
        let Some(given) = ask.credentials("Basic") else {
            return Err(unauthorized("Authorization header must be Basic").field("Authorization"));
        };
        if !ask.header("content-type").is_some_and(|t| t.starts_with("application/x-www-form-urlencoded")) {
            return Err(Refusal::new(
                400,
                "INVALID_REQUEST_HEADER.GMP_GATEWAY_API",
                "Content-Type must be application/x-www-form-urlencoded",
            )
            .field("Content-Type"));
        }
        if given != self.basic {
            return Err(Refusal::new(
                400,
                "INVALID_REQUEST_HEADER.GMP_GATEWAY_API",
                "client id or client secret is invalid",
            )
            .field("Authorization"));
        }
        let form = members(&ask.body);
        let grant = form.iter().find(|(name, _)| name == "grant_type").map(|(_, value)| &**value);
        if grant != Some("client_credentials") {
            return Err(Refusal::new(
                400,
                "INVALID_REQUEST_PARAM.GMP_GATEWAY_API",
                format!("grant_type {:?} is not supported here, use client_credentials", grant.unwrap_or("")),
            )
            .field("grant_type"));
        }
        let token = self.tokens.issue(self.settings.seed, now, LIFE, "eyJ");
        let mut body = String::with_capacity(128);
        if ask.wants_json() {
            put(
                &mut body,
                format_args!(
                    "{{\"access_token\":\"{token}\",\"token_type\":\"Bearer\",\"expires_in\":{}}}",
                    LIFE / 1000
                ),
            );
        } else {
            put(
                &mut body,
                format_args!(
                    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><OAuthTokenDTO>\
                     <accessToken>{token}</accessToken><tokenType>Bearer</tokenType><expiresIn>{}</expiresIn>\
                     </OAuthTokenDTO>",
                    LIFE / 1000
                ),
            );
        }
        Ok(Page { xml: !ask.wants_json(), ..Page::json(body) })
    }

    /// The gateway's look at the token; the fault of early death strikes here.
    pub(super) fn admit(&mut self, now: Ms, ask: &Ask, dice: Dice, continued: bool) -> Result<(), Refusal> {
        let refuse = |why: &str| {
            Err(Refusal::new(401, "UNAUTHORIZED.GMP_GATEWAY_API", why).field("WM_SEC.ACCESS_TOKEN"))
        };
        let Some(token) = ask.header("wm_sec.access_token") else {
            return refuse("WM_SEC.ACCESS_TOKEN set null or blank");
        };
        match self.tokens.expiry(token) {
            Some(expiry) if now < expiry => {}
            Some(expiry) => return refuse(&format!("token expired at {}", http_date(expiry))),
            None => return refuse("Unauthorized token"),
        }
        let risk = self.settings.faults.token_death.saturating_mul(if continued { 4 } else { 1 });
        if dice.chance(Roll::TokenDeath, risk) {
            self.fire("token_death");
            self.tokens.kill(token);
            return refuse("Unauthorized token");
        }
        Ok(())
    }

    pub(super) fn token_detail(&self, ask: &Ask) -> Page {
        let expiry =
            ask.header("wm_sec.access_token").and_then(|token| self.tokens.expiry(token)).unwrap_or_default();
        let mut body = String::with_capacity(512);
        put(
            &mut body,
            format_args!(
                "{{\"expire_at\":\"{expiry}\",\"issued_at\":\"{}\",\"is_valid\":true,\"is_channel_match\":true,\
                 \"scopes\":{{",
                expiry - LIFE
            ),
        );
        for scope in
            ["reports", "item", "shipping", "price", "lagtime", "feeds", "returns", "orders", "rules"]
        {
            put(&mut body, format_args!("\"{scope}\":\"full_access\","));
        }
        body.push_str("\"inventory\":\"full_access\",\"content\":\"full_access\"}}");
        Page::json(body)
    }
}
