//! Login with Amazon: `POST /auth/o2/token`; and what an access token opens.

use serde_json::json;

use super::limits::Call;
use super::refusal::Refusal;
use super::{Page, World};
use crate::clock::Ms;
use crate::dice::{Dice, Roll};
use crate::request::{Ask, members};

/// Tokens that say they were issued for a restricted resource.
const RESTRICTED: &str = "Atz.sprdt|";

/// The scopes an application may ask for without a seller.
const SCOPES: [&str; 2] = ["sellingpartnerapi::notifications", "sellingpartnerapi::migration"];

impl World {
    /// Issues a token, or says why not, in the words of Login with Amazon.
    pub(super) fn login(&mut self, now: Ms, ask: &Ask, dice: Dice) -> Result<Page, Refusal> {
        if dice.chance(Roll::TokenRefused, self.settings.faults.token_refused) {
            self.fire("token_refused");
            return Err(match dice.below(Roll::ErrorKind, 3) {
                0 => Refusal::login(
                    500,
                    "server_error",
                    "The authorization server encountered an unexpected condition",
                ),
                1 => Refusal::login(
                    503,
                    "temporarily_unavailable",
                    "The authorization server is currently unable to handle the request",
                ),
                _ => Refusal::login(429, "temporarily_unavailable", "Too many requests"),
            });
        }
        if !ask.header("content-type").is_some_and(|t| t.starts_with("application/x-www-form-urlencoded")) {
            return Err(Refusal::login(
                400,
                "invalid_request",
                "The Content-Type header must be application/x-www-form-urlencoded",
            ));
        }
        let form = members(&ask.body);
        let field =
            |name: &str| form.iter().find(|(n, _)| n == name).map(|(_, v)| &**v).filter(|v| !v.is_empty());
        let required = |name: &'static str| {
            field(name).ok_or_else(|| {
                Refusal::login(
                    400,
                    "invalid_request",
                    format!("The request is missing a required parameter : {name}"),
                )
            })
        };
        let grant = required("grant_type")?;
        if !["refresh_token", "client_credentials"].contains(&grant) {
            return Err(Refusal::login(
                400,
                "unsupported_grant_type",
                format!("The authorization grant type {grant} is not supported by the authorization server"),
            ));
        }
        let (id, secret) = (required("client_id")?, required("client_secret")?);
        if id != self.settings.client_id || secret != self.settings.client_secret {
            return Err(Refusal::login(401, "invalid_client", "Client authentication failed"));
        }
        let life = i64::from(self.settings.token_life_s);
        if grant == "client_credentials" {
            let scope = required("scope")?;
            if !scope.split(' ').all(|scope| SCOPES.contains(&scope)) {
                return Err(Refusal::login(
                    400,
                    "invalid_scope",
                    "The requested scope is invalid, unknown, or malformed",
                ));
            }
            let token = self.grantless.issue(self.settings.seed ^ 1, now, life * 1000, "Atza|g");
            let body =
                json!({"access_token": token, "token_type": "bearer", "expires_in": life, "scope": scope});
            return Ok(Page::json(&body));
        }
        if self.revoked || required("refresh_token")? != self.settings.refresh_token {
            return Err(Refusal::login(
                400,
                "invalid_grant",
                "The request has an invalid grant parameter : refresh_token",
            ));
        }
        let token = self.tokens.issue(self.settings.seed, now, life * 1000, "Atza|");
        Ok(Page::json(&json!({
            "access_token": token,
            "token_type": "bearer",
            "expires_in": life,
            "refresh_token": self.settings.refresh_token,
        })))
    }

    /// The gateway's look at the token; the fault of early death strikes here.
    pub(super) fn admit(&mut self, now: Ms, ask: &Ask, call: Call, dice: Dice) -> Result<(), Refusal> {
        let Some(token) = ask.header("x-amz-access-token").filter(|token| !token.trim().is_empty()) else {
            return Err(Refusal::denied("Access token is missing in the request header."));
        };
        let invalid = || Refusal::denied("The access token you provided is revoked, malformed or invalid.");
        let seller = match (self.tokens.expiry(token), self.grantless.expiry(token)) {
            (Some(expiry), _) | (None, Some(expiry)) if expiry <= now => {
                return Err(Refusal::denied("The access token you provided has expired."));
            }
            (Some(_), _) => true,
            (None, Some(_)) => false,
            (None, None) => return Err(invalid()),
        };
        let grantless = call == Call::Subscriptions && grantless(ask);
        if seller == grantless {
            return Err(invalid());
        }
        if token.starts_with(RESTRICTED) && call != Call::GetReportDocument {
            return Err(Refusal::denied("The restricted data token is not valid for this resource."));
        }
        if dice.chance(Roll::TokenDeath, self.settings.faults.token_death) {
            self.fire("token_death");
            self.tokens.kill(token);
            return Err(invalid());
        }
        Ok(())
    }

    /// `POST /tokens/2021-03-01/restrictedDataToken`: of the resources that need one, only report documents are here.
    pub(super) fn restricted_token(&mut self, now: Ms, ask: &Ask) -> Result<Page, Refusal> {
        let body = super::parse(&ask.body)?;
        let resources = body["restrictedResources"].as_array().filter(|list| (1..=50).contains(&list.len()));
        let resources =
            resources.ok_or_else(|| Refusal::input("restrictedResources must hold 1 to 50 resources"))?;
        for resource in resources {
            let (method, path) = (resource["method"].as_str(), resource["path"].as_str().unwrap_or_default());
            if method != Some("GET") || !path.starts_with("/reports/2021-06-30/documents/") {
                return Err(Refusal::input(format!("the resource {path:?} is not a restricted one")));
            }
        }
        let life = i64::from(self.settings.token_life_s);
        let token = self.tokens.issue(self.settings.seed ^ 2, now, life * 1000, RESTRICTED);
        Ok(Page::json(&json!({"restrictedDataToken": token, "expiresIn": life})))
    }

    /// Whether a request carries a token for restricted data.
    pub(super) fn restricted(ask: &Ask) -> bool {
        ask.header("x-amz-access-token").is_some_and(|token| token.starts_with(RESTRICTED))
    }

    /// The seller takes the authorisation back: every token dies and no new one is given for the refresh token.
    pub fn revoke(&mut self) {
        self.revoked = true;
        self.tokens.revoke();
    }
}

/// The operations on notifications that want a token without a seller.
fn grantless(ask: &Ask) -> bool {
    ask.path.starts_with("/notifications/v1/destinations")
        || ask.path.split('/').filter(|part| !part.is_empty()).count() > 4
}
