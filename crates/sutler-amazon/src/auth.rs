//! Login with Amazon: a refresh token gives access tokens of an hour.

use async_trait::async_trait;
use bytes::Bytes;
use http::{Method, StatusCode, Uri, header};
use serde::Deserialize;
use sutler_core::{
    error::{Error, ErrorKind, Result, Retry},
    time::Duration,
};
use sutler_http::{ExposeSecret, MintCx, Response, SecretString, Token, TokenSource, mint_fault};
use sutler_wire::escaped;

const OP: &str = "amazon.token";
/// What Amazon gives for `expires_in`, should an answer leave it out.
const LIFE_SECONDS: i64 = 3_600;

/// Exchanges the seller's refresh token.
#[derive(Debug)]
pub(crate) struct RefreshToken {
    pub(crate) token_url: Uri,
    pub(crate) client_id: String,
    pub(crate) client_secret: SecretString,
    pub(crate) refresh_token: SecretString,
}

#[async_trait]
impl TokenSource for RefreshToken {
    async fn mint(&self, cx: &MintCx<'_>) -> Result<Token> {
        let form = format!(
            "grant_type=refresh_token&refresh_token={}&client_id={}&client_secret={}",
            escaped(self.refresh_token.expose_secret()),
            escaped(&self.client_id),
            escaped(self.client_secret.expose_secret())
        );
        let request = http::Request::builder()
            .method(Method::POST)
            .uri(self.token_url.clone())
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded;charset=UTF-8")
            .body(Bytes::from(form))
            .map_err(|error| {
                Error::new(ErrorKind::Invalid, OP)
                    .message("the token request cannot be written")
                    .with_source(error)
            })?;
        let response = cx.transport.send(request).await.map_err(|error| error.error(OP))?;
        if !response.status().is_success() {
            return Err(fault(&response));
        }
        #[derive(Deserialize)]
        struct Granted {
            access_token: String,
            expires_in: Option<i64>,
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

/// What Amazon's own words for a refusal mean: the consent, or the client's secret, which must be rotated every 180 days.
fn fault(response: &Response) -> Error {
    #[derive(Deserialize, Default)]
    struct Said {
        #[serde(default)]
        error: String,
    }
    let error = mint_fault(OP, response);
    if !matches!(response.status(), StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED) {
        return error;
    }
    let said: Said = serde_json::from_slice(response.body()).unwrap_or_default();
    let why = match said.error.as_str() {
        "invalid_grant" => {
            "Amazon refused the refresh token: the seller withdrew the authorization, or it belongs to another application; the seller must authorise again"
        }
        "invalid_client" | "unauthorized_client" => {
            "Amazon refused the client id and secret; a secret lives 180 days and must be rotated in the developer console"
        }
        "server_error" | "temporarily_unavailable" => {
            return Error::new(ErrorKind::Remote, OP)
                .message("the token endpoint is unavailable")
                .with_retry(Retry::Backoff);
        }
        _ => return error,
    };
    Error::new(ErrorKind::Unauthorized, OP)
        .message(why)
        .with("status", response.status().as_u16().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn g26_a_withdrawn_authorization_is_proof_and_a_passing_fault_is_none() {
        let answer = |status: u16, body: &'static str| {
            fault(
                &http::Response::builder()
                    .status(status)
                    .body(Bytes::from_static(body.as_bytes()))
                    .expect("an answer"),
            )
        };
        let revoked = answer(400, r#"{"error":"invalid_grant","error_description":"x"}"#);
        assert_eq!((revoked.kind(), revoked.retry()), (ErrorKind::Unauthorized, Retry::Never));
        assert!(answer(401, r#"{"error":"invalid_client"}"#).text().contains("180 days"));
        assert_eq!(answer(400, r#"{"error":"temporarily_unavailable"}"#).kind(), ErrorKind::Remote);
        assert_eq!(answer(503, "").kind(), ErrorKind::Remote);
    }
}
