//! The token: client credentials for 900 seconds, asked for again whenever it is needed. There is no refresh token.
//! (The `authorization_code` grant of those who act for many sellers would be a second source beside this one.)

use crate::{
    dialect::{CORRELATION, JSON, SERVICE, SERVICE_NAME},
    wire::node::Node,
};
use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{HeaderValue, Method, Uri, header};
use sutler_core::{
    error::{Error, ErrorKind, Result, Retry},
    time::Duration,
};
use sutler_http::{ExposeSecret, MintCx, SecretString, Token, TokenSource, mint_fault, secret_header};

const OP: &str = "walmart.token";
/// What the specification gives for `expires_in`, should an answer leave it out.
const LIFE_SECONDS: i64 = 900;

/// Asks `/v3/token` with a client id and its secret.
#[derive(Debug)]
pub(crate) struct ClientCredentials {
    token_url: Uri,
    basic: HeaderValue,
}

impl ClientCredentials {
    pub(crate) fn new(token_url: Uri, client_id: &str, secret: &SecretString) -> Result<Self> {
        let pair = STANDARD.encode(format!("{client_id}:{}", secret.expose_secret()));
        Ok(ClientCredentials { token_url, basic: secret_header(OP, "Basic ", &pair)? })
    }
}

#[async_trait]
impl TokenSource for ClientCredentials {
    async fn mint(&self, cx: &MintCx<'_>) -> Result<Token> {
        let request = http::Request::builder()
            .method(Method::POST)
            .uri(self.token_url.clone())
            .header(header::AUTHORIZATION, self.basic.clone())
            // Without it the endpoint may answer in XML.
            .header(header::ACCEPT, JSON)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(SERVICE, SERVICE_NAME)
            .header(CORRELATION, cx.attempt.uuid())
            .body(Bytes::from_static(b"grant_type=client_credentials"))
            .map_err(|error| {
                Error::new(ErrorKind::Invalid, OP)
                    .message("the token request cannot be written")
                    .with_source(error)
            })?;
        let response = cx.transport.send(request).await.map_err(|error| {
            Error::new(error.kind, OP)
                .message(error.message.clone())
                .with_retry(Retry::Backoff)
                .with_source(error)
        })?;
        if !response.status().is_success() {
            return Err(mint_fault(OP, &response));
        }
        let (secret, life) = read(response.body()).ok_or_else(|| {
            let body = response.body().trim_ascii_start();
            let what = if body.starts_with(b"<") { "XML" } else { "something else" };
            Error::new(ErrorKind::Remote, OP)
                .message(format!(
                    "the token endpoint answered with {what}; JSON with an access_token is right"
                ))
                .with_retry(Retry::Backoff)
        })?;
        Token::new(OP, secret, cx.now + Duration::seconds(life))
    }
}

fn read(body: &[u8]) -> Option<(SecretString, i64)> {
    let node = Node::read(std::str::from_utf8(body).ok()?)?;
    let text = |name: &str| match node.get(name)?.unwrapped() {
        Node::Leaf(leaf) => leaf.text().map(|text| text.into_owned()),
        _ => None,
    };
    let secret = SecretString::from(text("access_token")?);
    let life =
        text("expires_in").and_then(|life| life.parse().ok()).filter(|life| (1..=86_400).contains(life));
    Some((secret, life.unwrap_or(LIFE_SECONDS)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_life_is_a_number_or_text_or_left_out() {
        for (body, want) in [
            (r#"{"access_token":"a","token_type":"Bearer","expires_in":600}"#, 600),
            (r#"{"access_token":"a","expires_in":"600"}"#, 600),
            (r#"{"access_token":"a"}"#, 900),
            (r#"{"access_token":"a","expires_in":-1}"#, 900),
        ] {
            assert_eq!(read(body.as_bytes()).map(|(_, life)| life), Some(want), "{body}");
        }
        assert!(read(b"<OAuthTokenDTO/>").is_none());
        assert!(read(br#"{"access_token":""}"#).is_none());
    }

    #[test]
    fn the_secret_is_never_shown() {
        let url = Uri::from_static("https://marketplace.walmartapis.com/v3/token");
        let source = ClientCredentials::new(url, "id", &SecretString::from("hush")).unwrap();
        let shown = format!("{source:?}");
        assert!(!shown.contains("hush") && !shown.contains(&STANDARD.encode("id:hush")), "{shown}");
    }
}
