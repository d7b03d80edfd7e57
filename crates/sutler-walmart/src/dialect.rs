//! How Walmart wants to be spoken to, and what its statuses and headers mean. The only place that knows either.

use crate::wire::error::{ErrorDetail, Shape, details};
use http::{HeaderName, HeaderValue, header, request};
use std::time::Duration as Wait;
use sutler_core::{
    error::{Applied, Error, ErrorKind, Result, Retry},
    time::{Duration, Timestamp, from_millis},
};
use sutler_http::{Attempt, BudgetHint, Call, Dialect, Response, Safety, Token, Verdict};

pub(crate) const TOKEN_HEADER: HeaderName = HeaderName::from_static("wm_sec.access_token");
pub(crate) const CORRELATION: HeaderName = HeaderName::from_static("wm_qos.correlation_id");
pub(crate) const SERVICE: HeaderName = HeaderName::from_static("wm_svc.name");
pub(crate) const SERVICE_NAME: HeaderValue = HeaderValue::from_static("Walmart Marketplace");
pub(crate) const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// A locked resource comes free within seconds to an hour.
const LOCKED_WAIT: Wait = Wait::from_secs(60);
/// A header that promises tokens later than this is not believed: one wrong digit must not stop a channel.
const REPLENISH_MAX_HOURS: i64 = 2;

/// What an error answer of Walmart's says.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct WalmartError {
    /// Its kind.
    pub kind: ErrorKind,
    /// In words, with the first detail's code, field and description.
    pub message: String,
    /// May the same request be sent again?
    pub retry: Retry,
    /// Did Walmart act, had the request been a write?
    pub applied: Applied,
    /// Every error of the body.
    pub details: Vec<ErrorDetail>,
}

impl WalmartError {
    /// As the error of the operation `op`.
    pub fn into_error(self, op: &'static str) -> Error {
        Error::new(self.kind, op).message(self.message).with_retry(self.retry).with_applied(self.applied)
    }

    /// The first code, for receipts; `walmart` where none is given.
    pub(crate) fn code(&self) -> String {
        self.details
            .iter()
            .map(|d| &d.code)
            .find(|code| !code.is_empty())
            .cloned()
            .unwrap_or_else(|| "walmart".into())
    }

    /// A 404 that means "there is none", not "there is no such address".
    pub(crate) fn is_none_found(&self) -> bool {
        is_none_found(&self.details)
    }

    /// Walmart says that it was done already, in one of the wordings seen; only free text tells.
    pub(crate) fn says_already(&self) -> bool {
        self.details.iter().any(|detail| {
            let text = detail.description.to_ascii_lowercase();
            text.contains("higher status")
                || text.contains("overshipped")
                || text.contains("already")
                || (text.contains(" is in ") && text.contains(" status"))
        })
    }
}

fn is_none_found(details: &[ErrorDetail]) -> bool {
    let content = details.iter().any(|d| d.prefix() == "CONTENT_NOT_FOUND");
    let info = !details.is_empty() && details.iter().all(|d| d.severity.eq_ignore_ascii_case("INFO"));
    (content || info) && !is_uri_not_found(details)
}

fn is_uri_not_found(details: &[ErrorDetail]) -> bool {
    details.iter().any(|d| d.prefix() == "URI_NOT_FOUND")
}

/// Reads an error answer. Without a status (a body from a log) the kind follows from its codes.
pub fn parse_error(status: Option<u16>, body: &[u8]) -> WalmartError {
    let (shape, details) = details(body);
    let first = details.first();
    let prefix = first.map(ErrorDetail::prefix).unwrap_or_default();
    let status = status.unwrap_or_else(|| status_of(prefix));
    let (kind, retry, applied) = match (status, prefix) {
        (401, _) => (ErrorKind::Unauthorized, Retry::Backoff, Applied::No),
        (403, _) => (ErrorKind::Forbidden, Retry::Never, Applied::No),
        (404, _) => (ErrorKind::NotFound, Retry::Never, Applied::No),
        (408, _) => (ErrorKind::Timeout, Retry::Backoff, Applied::Unknown),
        (423, _) => (ErrorKind::Conflict, Retry::After(LOCKED_WAIT), Applied::No),
        (429, _) => (ErrorKind::RateLimited, Retry::Backoff, Applied::No),
        (400, "INVALID_REQUEST_CONTENT" | "CONTENT_NOT_FOUND" | "") | (409 | 422, _) => {
            (ErrorKind::Refused, Retry::Never, Applied::No)
        }
        (400..=499, _) => (ErrorKind::Invalid, Retry::Never, Applied::No),
        (200..=299, _) => (ErrorKind::Remote, Retry::Backoff, Applied::Unknown),
        (300..=399, _) => (ErrorKind::Protocol, Retry::Backoff, Applied::Unknown),
        _ => (ErrorKind::Remote, Retry::Backoff, Applied::Unknown),
    };
    let said = match (first, shape) {
        (Some(detail), _) => {
            let mut text = detail.code.clone();
            for (label, part) in [("", &detail.description), ("field ", &detail.field)] {
                if !part.is_empty() {
                    let gap = if text.is_empty() { "" } else { ", " };
                    text = format!("{text}{gap}{label}{part}");
                }
            }
            if shape == Shape::Xml { format!("got XML where JSON was asked for: {text}") } else { text }
        }
        (None, Shape::Xml) => "got XML where JSON was asked for".into(),
        (None, Shape::Empty) => "the answer is empty".into(),
        (None, Shape::Json) => "the answer names no error".into(),
        (None, Shape::Other) => "the answer is neither JSON nor XML".into(),
    };
    let message = if status == 0 {
        format!("walmart answered: {said}")
    } else {
        format!("walmart answered {status}: {said}")
    };
    WalmartError { kind, message, retry, applied, details }
}

fn status_of(prefix: &str) -> u16 {
    match prefix {
        "UNAUTHORIZED" | "invalid_client" | "invalid_token" => 401,
        "FORBIDDEN" => 403,
        "CONTENT_NOT_FOUND" | "URI_NOT_FOUND" => 404,
        "RESOURCE_IS_LOCKED" => 423,
        "REQUEST_THRESHOLD_VIOLATED" => 429,
        "SYSTEM_ERROR" | "INVALID_SYSTEM_STATE" => 500,
        "DOWNSTREAM_SYSTEM_TIME_OUT" => 504,
        prefix if prefix.starts_with("INVALID_REQUEST") || prefix.starts_with("MISSING_REQUEST") => 400,
        "MALFORMED_REQUEST_CONTENT" | "invalid_request" | "invalid_grant" => 400,
        _ => 0,
    }
}

/// The dialect. It holds nothing: the credential is in the token source.
#[derive(Debug)]
pub(crate) struct WalmartDialect;

impl Dialect for WalmartDialect {
    fn authorize(
        &self,
        _: &Call,
        request: &mut request::Parts,
        token: &Token,
        attempt: &Attempt,
    ) -> Result<()> {
        let headers = &mut request.headers;
        headers.insert(TOKEN_HEADER, token.header());
        // A reused id is reported to make Walmart drop the second request silently, so each attempt has its own.
        headers.insert(CORRELATION, attempt.uuid());
        headers.insert(SERVICE, SERVICE_NAME);
        headers.insert(header::ACCEPT, JSON);
        if matches!(request.method, http::Method::POST | http::Method::PUT) {
            headers.insert(header::CONTENT_TYPE, JSON);
        }
        Ok(())
    }

    fn classify(&self, call: &Call, response: &Response, server_now: Timestamp) -> Verdict {
        let status = response.status().as_u16();
        let body = response.body();
        let is_xml = body.trim_ascii_start().starts_with(b"<");
        match status {
            200..=299 if !is_xml => return Verdict::Ok,
            401 => return Verdict::Unauthorized,
            429 => return Verdict::RateLimited { until: retry_at(response, server_now) },
            _ => {}
        }
        // The refusals that the mapping reads: "none found", and a write that Walmart understood and refused.
        let readable = match (call.safety, status) {
            (_, 404) => !is_uri_not_found(&details(body).1),
            (Safety::Read, 400) => is_none_found(&details(body).1),
            (Safety::Write, 400 | 409 | 422) => true,
            _ => false,
        };
        if readable {
            return Verdict::Ok;
        }
        let said = parse_error(Some(status), body);
        let applied = said.applied;
        let mut error = said.into_error(call.op).with("status", status.to_string());
        if let (423, Some(until)) = (status, retry_at(response, server_now)) {
            error = error.with_retry(Retry::After((until - server_now).to_std().unwrap_or(LOCKED_WAIT)));
        }
        Verdict::Fault { applied, error }
    }

    fn budget_hint(&self, _: &Call, response: &Response, server_now: Timestamp) -> Option<BudgetHint> {
        let left: f64 = text(response, "x-current-token-count")?.trim().parse().ok()?;
        if !left.is_finite() || left < 0.0 {
            return None;
        }
        Some(BudgetHint { left, until: replenished_at(response, server_now) })
    }
}

fn text<'r>(response: &'r Response, name: &str) -> Option<&'r str> {
    response.headers().get(name)?.to_str().ok()
}

/// When the next request may go: `Retry-After` (rare, some front ends send it), else the replenishment.
fn retry_at(response: &Response, server_now: Timestamp) -> Option<Timestamp> {
    let after = text(response, "retry-after").and_then(|value| {
        let value = value.trim();
        let seconds = value.parse::<u32>().ok().map(|s| server_now + Duration::seconds(i64::from(s)));
        seconds.or_else(|| sutler_http::http_date(value))
    });
    after.filter(|at| is_near(*at, server_now)).or_else(|| replenished_at(response, server_now))
}

/// Seen as epoch milliseconds, epoch seconds and ISO 8601, under two names.
fn replenished_at(response: &Response, server_now: Timestamp) -> Option<Timestamp> {
    let value = text(response, "x-next-replenishment-time")
        .or_else(|| text(response, "x-next-replenish-time"))?
        .trim();
    let at = match value.parse::<i64>() {
        Ok(ms) if ms > 1_000_000_000_000 => from_millis(ms),
        Ok(seconds) if seconds > 1_000_000_000 => from_millis(seconds.checked_mul(1000)?),
        Ok(_) => return None,
        Err(_) => chrono::DateTime::parse_from_rfc3339(value).ok()?.to_utc(),
    };
    is_near(at, server_now).then_some(at)
}

fn is_near(at: Timestamp, server_now: Timestamp) -> bool {
    at - server_now <= Duration::hours(REPLENISH_MAX_HOURS)
}
