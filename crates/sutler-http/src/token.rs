//! Tokens: minted once for all callers, before the old one dies.

use crate::{
    call::Attempt,
    offset::http_date,
    redact::secret_header,
    transport::{Response, Transport},
};
use async_trait::async_trait;
use futures_util::lock::Mutex;
use http::{HeaderValue, StatusCode, header};
use secrecy::{ExposeSecret, SecretString};
use std::{
    fmt,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
};
use sutler_core::{
    error::{Error, ErrorKind, Result, Retry},
    time::{Duration, Timestamp},
};

/// A token is renewed this many seconds of marketplace time before it dies; one that lives under ten minutes, after nine
/// tenths of its life.
pub const REFRESH_BEFORE_SECONDS: i64 = 60;

/// After an early renewal that failed, the living token is used this long before the next try.
const EARLY_AGAIN_SECONDS: i64 = 5;

/// What a marketplace lets us in with, for a while.
#[derive(Clone, Debug)]
pub struct Token {
    secret: SecretString,
    header: HeaderValue,
    expires_at: Timestamp,
}

impl Token {
    /// A token that dies at `expires_at`, our clock.
    ///
    /// # Errors
    /// `Config` when no HTTP header can carry it.
    pub fn new(op: &'static str, secret: SecretString, expires_at: Timestamp) -> Result<Token> {
        let header = secret_header(op, "", secret.expose_secret())?;
        Ok(Token { secret, header, expires_at })
    }

    /// It as a header value that no `Debug` shows; made once, so a clone costs nothing.
    pub fn header(&self) -> HeaderValue {
        self.header.clone()
    }

    /// The secret itself, for schemes that do not send it plainly.
    pub fn secret(&self) -> &SecretString {
        &self.secret
    }

    /// When it dies.
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }
}

/// What surrounds one minting.
#[derive(Debug)]
pub struct MintCx<'a> {
    /// Send with this. Time-outs and deadlines are the pipe's.
    pub transport: &'a dyn Transport,
    /// Our clock, read before anything was sent: a life of `expires_in` counts from here.
    pub now: Timestamp,
    /// For correlation headers.
    pub attempt: Attempt,
}

/// Gets tokens for one channel.
///
/// # Behavior
/// - One call of `mint` is one request to the token endpoint. It does not loop, sleep or retry.
/// - A rotated refresh token is put in the `TokenStore` before this returns (G26).
/// - `Unauthorized` with `Retry::Never` is *proof* that the credential is dead and stops the channel; nothing else may be
///   called that (G25). [`mint_fault`] says which statuses are proof.
#[async_trait]
pub trait TokenSource: Send + Sync + fmt::Debug {
    /// Asks for a new token.
    async fn mint(&self, cx: &MintCx<'_>) -> Result<Token>;
}

/// Reads the status of a token endpoint's answer that is not 2xx.
///
/// 400 and 401 are the marketplace's word that the credential is dead (Walmart answers 400 as well as 401); 403 as well,
/// for some gateways. Everything else passes: 429 after its `Retry-After`, the rest with a growing pause.
pub fn mint_fault(op: &'static str, response: &Response) -> Error {
    let status = response.status();
    let error = match status {
        StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            Error::new(ErrorKind::Unauthorized, op).message(
                "the marketplace refused the client id and secret; renew them in its developer portal",
            )
        }
        StatusCode::TOO_MANY_REQUESTS => Error::new(ErrorKind::RateLimited, op)
            .message("too many tokens were asked for")
            .with_retry(retry_after(response).map_or(Retry::Backoff, Retry::After)),
        _ => Error::new(ErrorKind::Remote, op)
            .message("the token endpoint gave no token")
            .with_retry(Retry::Backoff),
    };
    error.with("status", status.as_u16().to_string())
}

/// The pause a `Retry-After` names, in seconds or as an instant after the answer's `Date`.
fn retry_after(response: &Response) -> Option<std::time::Duration> {
    let text = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
    let after = text(header::RETRY_AFTER)?;
    match after.trim().parse::<u32>() {
        Ok(seconds) => Some(std::time::Duration::from_secs(u64::from(seconds))),
        Err(_) => (http_date(after)? - http_date(text(header::DATE)?)?).to_std().ok(),
    }
}

/// The token of one channel, shared by all its calls.
#[derive(Debug)]
pub(crate) struct TokenCache {
    source: Arc<dyn TokenSource>,
    current: RwLock<Option<Held>>,
    /// Mintings that ended, well or not.
    ended: AtomicU64,
    minting: Mutex<Minting>,
}

#[derive(Clone, Debug)]
struct Held {
    token: Arc<Token>,
    refresh_at: Timestamp,
}

#[derive(Debug, Default)]
struct Minting {
    /// How the last one failed, for those who waited for it.
    failure: Option<Failure>,
    /// No early renewal before this.
    early_not_before: Option<Timestamp>,
}

/// An [`Error`] that can be told to everyone who waited.
#[derive(Debug)]
struct Failure {
    kind: ErrorKind,
    op: String,
    text: String,
    retry: Retry,
}

impl Failure {
    fn of(error: &Error) -> Failure {
        Failure {
            kind: error.kind(),
            op: error.op().to_owned(),
            text: error.text().to_owned(),
            retry: error.retry(),
        }
    }

    fn error(&self) -> Error {
        Error::new(self.kind, self.op.clone()).message(self.text.clone()).with_retry(self.retry)
    }
}

impl TokenCache {
    pub(crate) fn new(source: Arc<dyn TokenSource>) -> TokenCache {
        TokenCache {
            source,
            current: RwLock::new(None),
            ended: AtomicU64::new(0),
            minting: Mutex::new(Minting::default()),
        }
    }

    /// When the token that is held dies; none before the first.
    pub(crate) fn expires_at(&self) -> Option<Timestamp> {
        self.held().map(|held| held.token.expires_at)
    }

    fn held(&self) -> Option<Held> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The token to use now. `refused` is one that the marketplace has just not accepted.
    ///
    /// Whoever comes first mints; those who come meanwhile wait and get its token or its failure. While the old token still
    /// lives, nobody waits and a failed renewal hurts nobody.
    pub(crate) async fn get(&self, cx: &MintCx<'_>, refused: Option<&Arc<Token>>) -> Result<Arc<Token>> {
        let usable = |held: &Held| {
            refused.is_none_or(|refused| !Arc::ptr_eq(refused, &held.token)) && cx.now < held.token.expires_at
        };
        let fresh = |held: &Held| usable(held) && cx.now < held.refresh_at;
        let seen = self.held().filter(usable);
        if let Some(held) = seen.as_ref().filter(|held| fresh(held)) {
            return Ok(held.token.clone());
        }
        let before = self.ended.load(Ordering::Acquire);
        let mut minting = match (self.minting.try_lock(), &seen) {
            (Some(free), _) => free,
            (None, Some(living)) => return Ok(living.token.clone()),
            (None, None) => self.minting.lock().await,
        };
        if let Some(held) = self.held().filter(fresh) {
            return Ok(held.token);
        }
        if let (Some(living), Some(not_before)) = (&seen, minting.early_not_before)
            && cx.now < not_before
        {
            return Ok(living.token.clone());
        }
        // A minting that ended while we waited was ours, too. One that was dropped half-way ended nothing: ours begins.
        if let (true, Some(failure)) = (self.ended.load(Ordering::Acquire) != before, &minting.failure) {
            return Err(failure.error());
        }
        minting.failure = None;
        let minted = self.source.mint(cx).await;
        self.ended.fetch_add(1, Ordering::AcqRel);
        match minted {
            Ok(token) => {
                minting.early_not_before = None;
                Ok(self.hold(token, cx.now))
            }
            Err(error) => {
                tracing::warn!(op = error.op(), kind = error.kind().as_str(), "no new token");
                minting.failure = Some(Failure::of(&error));
                match seen {
                    Some(living) if error.kind() != ErrorKind::Unauthorized => {
                        minting.early_not_before = Some(cx.now + Duration::seconds(EARLY_AGAIN_SECONDS));
                        Ok(living.token)
                    }
                    _ => Err(error),
                }
            }
        }
    }

    fn hold(&self, token: Token, now: Timestamp) -> Arc<Token> {
        let margin = Duration::seconds(REFRESH_BEFORE_SECONDS).min((token.expires_at - now) / 10);
        let held = Held { refresh_at: token.expires_at - margin, token: Arc::new(token) };
        let token = held.token.clone();
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Some(held);
        token
    }
}
