//! The transport over real sockets: reqwest, with rustls and ring, told everything explicitly.

use crate::{
    limits::BODY_BYTES_MAX,
    transport::{Request, Response, Transport, TransportError},
};
use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use std::{sync::Arc, time::Duration};
use sutler_core::error::{Error, ErrorKind, Result};

/// The bounds of a [`Reqwest`] transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReqwestLimits {
    /// The longest body that is read of one answer, after decompression.
    pub body_bytes_max: usize,
    /// The longest that name, connection and handshake may take, real time. It also bounds how long after the pipe's test of
    /// `write_by` the first byte of a write can leave.
    pub connect_timeout: Duration,
    /// How long an unused connection is kept. Shorter than the marketplace keeps it: a request written to a connection that
    /// the other side is closing is a write in doubt.
    pub idle_timeout: Duration,
}

impl Default for ReqwestLimits {
    fn default() -> Self {
        ReqwestLimits {
            body_bytes_max: BODY_BYTES_MAX,
            connect_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(20),
        }
    }
}

/// HTTP/1.1 over pooled connections; needs a tokio runtime.
///
/// # Behavior
/// - Certificates are checked against Mozilla's roots, compiled in: the same on every machine.
/// - No redirect is followed, no proxy is taken from the environment, nothing is retried, no cookie is kept.
/// - gzip is asked for and undone; the bound on the body counts what comes out.
#[derive(Clone, Debug)]
pub struct Reqwest {
    client: reqwest::Client,
    body_bytes_max: usize,
}

impl Reqwest {
    /// A transport with the usual bounds.
    ///
    /// # Errors
    /// `Config` when TLS cannot be set up.
    pub fn new() -> Result<Reqwest> {
        Reqwest::with_limits(ReqwestLimits::default())
    }

    /// A transport with other bounds.
    ///
    /// # Errors
    /// As [`Reqwest::new`].
    pub fn with_limits(limits: ReqwestLimits) -> Result<Reqwest> {
        let wrong = |error: &dyn std::fmt::Display| {
            Error::new(ErrorKind::Config, "http.reqwest").message(format!("TLS cannot be set up: {error}"))
        };
        // The provider is given by hand: a library must not set or need one for the whole process.
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        let mut tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| wrong(&error))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        tls.alpn_protocols = vec![b"http/1.1".to_vec()];
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            // One connection a request: a broken one puts one write in doubt, not all that share it.
            .http1_only()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .referer(false)
            .user_agent(concat!("sutler/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(limits.connect_timeout)
            .pool_idle_timeout(limits.idle_timeout)
            .build()
            .map_err(|error| wrong(&error))?;
        Ok(Reqwest { client, body_bytes_max: limits.body_bytes_max })
    }

    /// Reads the body, stopping at the first byte too many.
    async fn body(&self, mut response: reqwest::Response) -> Result<Bytes, TransportError> {
        let told = response.content_length().and_then(|length| usize::try_from(length).ok());
        if told.is_some_and(|length| length > self.body_bytes_max) {
            return Err(TransportError::too_large(self.body_bytes_max));
        }
        // Most answers arrive in one piece, which is passed on as it is.
        let Some(first) = response.chunk().await.map_err(broken)? else { return Ok(Bytes::new()) };
        if first.len() > self.body_bytes_max {
            return Err(TransportError::too_large(self.body_bytes_max));
        }
        if told == Some(first.len()) {
            return Ok(first);
        }
        let Some(mut piece) = response.chunk().await.map_err(broken)? else { return Ok(first) };
        let mut body = BytesMut::with_capacity(told.unwrap_or(first.len() * 2));
        body.extend_from_slice(&first);
        loop {
            if body.len() + piece.len() > self.body_bytes_max {
                return Err(TransportError::too_large(self.body_bytes_max));
            }
            body.extend_from_slice(&piece);
            match response.chunk().await.map_err(broken)? {
                Some(next) => piece = next,
                None => return Ok(body.freeze()),
            }
        }
    }
}

#[async_trait]
impl Transport for Reqwest {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let request = reqwest::Request::try_from(request)
            .map_err(|error| TransportError::unsendable(words(&error.without_url())))?;
        let mut answer = self.client.execute(request).await.map_err(broken)?;
        let status = answer.status();
        let headers = std::mem::take(answer.headers_mut());
        let mut response = http::Response::new(self.body(answer).await?);
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        Ok(response)
    }
}

/// Only a failure to connect is sure to have sent nothing.
fn broken(error: reqwest::Error) -> TransportError {
    // The URL may hold a cursor or a name in its query.
    let error = error.without_url();
    if error.is_builder() {
        TransportError::unsendable(words(&error))
    } else if error.is_connect() {
        TransportError::not_sent(words(&error))
    } else {
        TransportError::maybe_sent(words(&error))
    }
}

/// An error with its causes, since reqwest's own text says only which step failed.
fn words(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}
