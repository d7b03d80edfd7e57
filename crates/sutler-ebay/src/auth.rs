//! Tokens: a refresh token that lives 18 months gives user tokens of two hours; client credentials give the application's.

use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{HeaderValue, Method, StatusCode, Uri, header};
use serde::Deserialize;
use sutler_core::{
    error::{Error, ErrorKind, Result, Retry},
    time::Duration,
};
use sutler_http::{
    ExposeSecret, MintCx, Response, SecretString, Token, TokenSource, mint_fault, secret_header,
};

const OP: &str = "ebay.token";
/// What the documentation gives for `expires_in`, should an answer leave it out.
const LIFE_SECONDS: i64 = 7_200;

/// What is exchanged for a token.
#[derive(Clone, Debug)]
pub(crate) enum Grant {
    /// The seller's consent. `scope` is left out: a list that differs from the consent shrinks the rights or is refused.
    Refresh(SecretString),
    /// The application itself: enough for public keys.
    Application,
}

/// Asks the token endpoint with the client's id and secret.
#[derive(Debug)]
pub(crate) struct Tokens {
    token_url: Uri,
    basic: HeaderValue,
    grant: Grant,
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    expires_in: Option<i64>,
}

impl Tokens {
    pub(crate) fn new(
        token_url: Uri,
        client_id: &str,
        secret: &SecretString,
        grant: Grant,
    ) -> Result<Tokens> {
        let pair = STANDARD.encode(format!("{client_id}:{}", secret.expose_secret()));
        Ok(Tokens { token_url, basic: secret_header(OP, "Basic ", &pair)?, grant })
    }

    fn form(&self) -> String {
        match &self.grant {
            Grant::Refresh(token) => {
                format!(
                    "grant_type=refresh_token&refresh_token={}",
                    crate::map::escaped(token.expose_secret())
                )
            }
            Grant::Application => {
                format!(
                    "grant_type=client_credentials&scope={}",
                    crate::map::escaped("https://api.ebay.com/oauth/api_scope")
                )
            }
        }
    }
}

#[async_trait]
impl TokenSource for Tokens {
    async fn mint(&self, cx: &MintCx<'_>) -> Result<Token> {
        let request = http::Request::builder()
            .method(Method::POST)
            .uri(self.token_url.clone())
            .header(header::AUTHORIZATION, self.basic.clone())
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Bytes::from(self.form()))
            .map_err(|error| {
                Error::new(ErrorKind::Invalid, OP)
                    .message("the token request cannot be written")
                    .with_source(error)
            })?;
        let response = cx.transport.send(request).await.map_err(|error| error.error(OP))?;
        if !response.status().is_success() {
            return Err(fault(&response));
        }
        let granted: Granted = serde_json::from_slice(response.body()).map_err(|_| {
            Error::new(ErrorKind::Remote, OP)
                .message("the token endpoint gave no token; JSON with an access_token is right")
                .with_retry(Retry::Backoff)
        })?;
        let life = granted.expires_in.filter(|life| (1..=86_400).contains(life)).unwrap_or(LIFE_SECONDS);
        Token::new(OP, SecretString::from(granted.access_token), cx.now + Duration::seconds(life))
    }
}

/// `invalid_grant` is proof: the seller withdrew the consent, changed the password, or it belongs to another keyset. Other
/// words of a 400 are about the request or the client, and are proof as well; everything else passes.
fn fault(response: &Response) -> Error {
    #[derive(Deserialize, Default)]
    struct Said {
        #[serde(default)]
        error: String,
    }
    let error = mint_fault(OP, response);
    if response.status() != StatusCode::BAD_REQUEST {
        return error;
    }
    let said: Said = serde_json::from_slice(response.body()).unwrap_or_default();
    let why = match said.error.as_str() {
        "invalid_grant" => {
            "eBay refused the refresh token: the consent was withdrawn or has ended, or it belongs to another keyset; the seller must consent again"
        }
        "invalid_client" => {
            "eBay refused the client id and secret; those of the application's keyset are right"
        }
        _ => return error,
    };
    Error::new(ErrorKind::Unauthorized, OP).message(why).with("status", "400")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(grant: Grant) -> Tokens {
        let url = Uri::from_static("https://api.ebay.com/identity/v1/oauth2/token");
        Tokens::new(url, "id", &SecretString::from("hush"), grant).expect("a header")
    }

    #[test]
    fn a_refresh_leaves_the_scope_out_and_shows_no_secret() {
        let tokens = tokens(Grant::Refresh(SecretString::from("v^1.1#i^1")));
        assert_eq!(tokens.form(), "grant_type=refresh_token&refresh_token=v%5E1.1%23i%5E1");
        let shown = format!("{tokens:?}");
        assert!(!shown.contains("hush") && !shown.contains("v^1.1"), "{shown}");
    }

    #[test]
    fn g26_a_withdrawn_consent_is_proof_and_named() {
        let answer = |status: u16, body: &'static str| {
            http::Response::builder()
                .status(status)
                .body(Bytes::from_static(body.as_bytes()))
                .expect("an answer")
        };
        let revoked = fault(&answer(400, r#"{"error":"invalid_grant","error_description":"x"}"#));
        assert_eq!((revoked.kind(), revoked.retry()), (ErrorKind::Unauthorized, Retry::Never));
        assert!(revoked.text().contains("consent again"), "{revoked}");
        assert_ne!(fault(&answer(503, "")).kind(), ErrorKind::Unauthorized);
    }
}
