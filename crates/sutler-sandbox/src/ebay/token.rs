//! `POST /identity/v1/oauth2/token`, and whether a token is still good for a call.

use std::collections::HashMap;

use serde_json::json;

use super::limits::Call;
use super::refusal::{Family, Refusal};
use super::{Page, World};
use crate::clock::Ms;
use crate::dice::{Dice, Roll};
use crate::request::{Ask, members};
use crate::tokens::Tokens;

/// The scope every application has.
const BASE: &str = "https://api.ebay.com/oauth/api_scope";

/// Above so many grants those whose tokens are long gone are forgotten.
const GRANTS_MAX: usize = 1_000;

/// How a token was got, and for what it is good.
#[derive(Debug, Clone, PartialEq)]
struct Grant {
    /// The application's own: no user consented to it.
    application: bool,
    scopes: Vec<String>,
}

/// Everything about consent.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Access {
    tokens: Tokens,
    /// Looked up by name only, so its order never shows.
    grants: HashMap<String, Grant>,
    pub(super) refresh_token: String,
    /// Consents given so far.
    consents: u32,
    pub(super) revoked: bool,
}

impl Access {
    pub(crate) fn new(refresh_token: &str) -> Access {
        Access {
            tokens: Tokens::default(),
            grants: HashMap::new(),
            refresh_token: refresh_token.to_owned(),
            consents: 1,
            revoked: false,
        }
    }

    /// The seller takes the consent back, or changes the password: what was got by it is worth nothing from now on.
    pub(crate) fn revoke(&mut self) {
        self.revoked = true;
    }

    /// The seller consents anew; there is another refresh token then.
    pub(crate) fn consent(&mut self) -> &str {
        self.consents += 1;
        self.refresh_token = format!("{}-{}", self.refresh_token, self.consents);
        self.revoked = false;
        self.grants.retain(|_, grant| grant.application);
        &self.refresh_token
    }

    fn is_dead(&self, token: &str, now: Ms) -> Option<bool> {
        let grant = self.grants.get(token)?;
        let expired = self.tokens.expiry(token).is_none_or(|expiry| expiry <= now);
        Some(expired || (self.revoked && !grant.application))
    }
}

impl World {
    /// Issues a token, or says why not. A refresh without `scope` keeps all that was consented to, one with `scope` has only
    /// those; the refresh token is not given again and stays what it was.
    pub(super) fn token(&mut self, now: Ms, ask: &Ask, dice: Dice) -> Result<Page, Refusal> {
        if dice.chance(Roll::TokenRefused, self.settings.faults.token_refused) {
            self.fire("token_refused");
            return Err(match dice.below(Roll::ErrorKind, 3) {
                0 => Refusal::oauth(500, "server_error", "the authorization server failed"),
                1 => Refusal::html(503, "Service Unavailable"),
                _ => Refusal::oauth(429, "temporarily_unavailable", "too many token requests"),
            });
        }
        if ask.credentials("Basic") != Some(&self.basic) {
            return Err(Refusal::oauth(401, "invalid_client", "client authentication failed"));
        }
        if !ask.header("content-type").is_some_and(|t| t.starts_with("application/x-www-form-urlencoded")) {
            return Err(Refusal::oauth(400, "invalid_request", "the body is not form encoded"));
        }
        let form = members(&ask.body);
        let field = |name: &str| form.iter().find(|(given, _)| given == name).map(|(_, value)| &**value);
        let wanted: Option<Vec<String>> =
            field("scope").map(|scopes| scopes.split_whitespace().map(str::to_owned).collect());
        let (application, allowed) = match field("grant_type") {
            Some("client_credentials") => (true, vec![BASE.to_owned()]),
            Some("refresh_token") => {
                if self.access.revoked || field("refresh_token") != Some(&self.access.refresh_token) {
                    return Err(Refusal::oauth(
                        400,
                        "invalid_grant",
                        "the provided authorization refresh token is invalid or was issued to another client",
                    ));
                }
                (false, self.settings.scopes.clone())
            }
            Some("authorization_code") => {
                return Err(Refusal::oauth(
                    400,
                    "invalid_grant",
                    "the provided authorization code is invalid or was issued to another client",
                ));
            }
            _ => {
                return Err(Refusal::oauth(
                    400,
                    "unsupported_grant_type",
                    "grant type in request is not supported by the authorization server",
                ));
            }
        };
        let scopes = wanted.unwrap_or_else(|| allowed.clone());
        if !scopes.iter().all(|scope| allowed.contains(scope)) {
            return Err(Refusal::oauth(
                400,
                "invalid_scope",
                "the requested scope is invalid, unknown, malformed, or exceeds the scope granted to the client",
            ));
        }
        let life = i64::from(self.settings.access_s) * 1000;
        let token = self.access.tokens.issue(self.settings.seed, now, life, "v^1.1#i^1#p^3#");
        if self.access.grants.len() >= GRANTS_MAX {
            let tokens = &self.access.tokens;
            self.access.grants.retain(|token, _| tokens.expiry(token).is_some());
        }
        self.access.grants.insert(token.clone(), Grant { application, scopes });
        let kind = if application { "Application Access Token" } else { "User Access Token" };
        let body = json!({"access_token": token, "expires_in": self.settings.access_s, "token_type": kind});
        Ok(Page::json(body.to_string()))
    }

    /// Lets a request with a good token through. Each family has its word before the token, and its way to say that it died.
    pub(super) fn admit(&mut self, now: Ms, ask: &Ask, call: Call, dice: Dice) -> Result<(), Refusal> {
        let family = call.family();
        let invalid = |status: u16| {
            Err(match family {
                Family::Trading => Refusal::trading(931, "Auth token is invalid."),
                _ => Refusal::access(status, 1001, "Invalid access token"),
            })
        };
        let given = match family {
            Family::Trading => ask.header("x-ebay-api-iaf-token"),
            Family::PostOrder => ["IAF", "TOKEN"].iter().find_map(|word| ask.credentials(word)),
            _ => ask.credentials("Bearer"),
        };
        let Some(token) = given.map(str::to_owned) else { return invalid(401) };
        let Some(mut dead) = self.access.is_dead(&token, now) else { return invalid(401) };
        if !dead && dice.chance(Roll::TokenDeath, self.settings.faults.token_death) {
            self.fire("token_death");
            self.access.tokens.kill(&token);
            dead = true;
        }
        if dead {
            return match family {
                Family::Trading => Err(Refusal::trading(932, "Auth token is hard expired.")),
                // Where others say 401.
                _ if call.is_inventory() => invalid(403),
                _ => invalid(401),
            };
        }
        let Some(grant) = self.access.grants.get(&token) else { return invalid(401) };
        let fits = call.scope().is_none_or(|scope| {
            let readable = |given: &String| {
                !call.writes() && given.strip_suffix(".readonly").is_some_and(|given| given.ends_with(scope))
            };
            grant.scopes.iter().any(|given| given.ends_with(scope) || readable(given))
        });
        if (grant.application && call.is_users()) || !fits {
            return Err(match family {
                Family::Trading => Refusal::trading(21_916_984, "Invalid IAF token."),
                _ => Refusal::access(403, 1100, "Insufficient permissions to fulfill the request."),
            });
        }
        Ok(())
    }
}
