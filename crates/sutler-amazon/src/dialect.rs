//! How Amazon wants to be spoken to, and what its statuses and codes mean. The only place that knows either.

use http::{HeaderName, HeaderValue, header, request};
use serde::Deserialize;
use sutler_core::{
    error::{Applied, Error, ErrorKind, Result, Retry},
    time::Timestamp,
};
use sutler_http::{Attempt, BudgetHint, Call, Dialect, Response, Safety, Token, Verdict};

const TOKEN_HEADER: HeaderName = HeaderName::from_static("x-amz-access-token");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// One error as Amazon words it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ErrorDetail {
    /// `InvalidInput`, `QuotaExceeded`, …; empty where there is none.
    #[serde(deserialize_with = "nullable")]
    pub code: String,
    /// What is wrong, in Amazon's words; may be empty (null was seen).
    #[serde(deserialize_with = "nullable")]
    pub message: String,
    /// More of it, where there is more.
    #[serde(deserialize_with = "nullable")]
    pub details: String,
}

fn nullable<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.unwrap_or_default())
}

/// What an error answer of Amazon's says.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct AmazonError {
    /// Its kind.
    pub kind: ErrorKind,
    /// In words.
    pub message: String,
    /// May the same request be sent again?
    pub retry: Retry,
    /// Did Amazon act, had the request been a write?
    pub applied: Applied,
    /// Every error of the body.
    pub details: Vec<ErrorDetail>,
}

impl AmazonError {
    /// As the error of the operation `op`.
    pub fn into_error(self, op: &'static str) -> Error {
        Error::new(self.kind, op).message(self.message).with_retry(self.retry).with_applied(self.applied)
    }

    pub(crate) fn code(&self) -> String {
        let first = self.details.iter().map(|detail| &detail.code).find(|code| !code.is_empty());
        first.cloned().unwrap_or_else(|| "amazon".into())
    }

    /// Amazon says that the package is there already, in one of the wordings seen.
    pub(crate) fn says_already(&self) -> bool {
        self.details.iter().any(|detail| {
            let text = detail.message.to_ascii_lowercase();
            detail.code == "PackageToUpdateNotFound"
                || text.contains("already fulfilled")
                || text.contains("packagetoupdatenotfound")
        })
    }
}

/// Reads an error answer: `{"errors":[…]}`, or Login with Amazon's own `{"error","error_description"}`. Without a status (a
/// body from a log) the kind follows from the codes.
pub fn parse_error(status: Option<u16>, body: &[u8]) -> AmazonError {
    let details = details(body);
    let first = details.first();
    let code = first.map(|detail| detail.code.as_str()).unwrap_or_default();
    let status = status.unwrap_or(match code {
        "QuotaExceeded" => 429,
        "Unauthorized" | "invalid_grant" | "invalid_client" => 401,
        "AccessDenied" | "AccessDeniedException" => 403,
        "NotFound" | "NOT_FOUND" => 404,
        "InternalFailure" | "InternalError" | "ServiceUnavailable" => 500,
        "" => 0,
        _ => 400,
    });
    let (kind, retry, applied) = match status {
        401 => (ErrorKind::Unauthorized, Retry::Backoff, Applied::No),
        403 => (ErrorKind::Forbidden, Retry::Never, Applied::No),
        404 => (ErrorKind::NotFound, Retry::Never, Applied::No),
        408 => (ErrorKind::Timeout, Retry::Backoff, Applied::Unknown),
        429 => (ErrorKind::RateLimited, Retry::Backoff, Applied::No),
        400 | 409 | 422 => (ErrorKind::Refused, Retry::Never, Applied::No),
        402..=499 => (ErrorKind::Invalid, Retry::Never, Applied::No),
        300..=399 => (ErrorKind::Protocol, Retry::Backoff, Applied::Unknown),
        _ => (ErrorKind::Remote, Retry::Backoff, Applied::Unknown),
    };
    let said = match first {
        Some(detail) => [&detail.code, &detail.message, &detail.details]
            .into_iter()
            .filter(|text| !text.is_empty())
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(", "),
        None if body.is_empty() => "the answer is empty".into(),
        None => "the answer names no error".into(),
    };
    let message = if status == 0 {
        format!("amazon answered: {said}")
    } else {
        format!("amazon answered {status}: {said}")
    };
    AmazonError { kind, message, retry, applied, details }
}

fn details(body: &[u8]) -> Vec<ErrorDetail> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Shape {
        Errors {
            errors: Vec<ErrorDetail>,
        },
        Oauth {
            error: String,
            #[serde(default)]
            error_description: String,
        },
        One(ErrorDetail),
    }
    match serde_json::from_slice(body) {
        Ok(Shape::Errors { errors }) => errors,
        Ok(Shape::Oauth { error, error_description }) => {
            vec![ErrorDetail { code: error, message: error_description, details: String::new() }]
        }
        Ok(Shape::One(detail)) if detail != ErrorDetail::default() => vec![detail],
        _ => Vec::new(),
    }
}

/// The dialect of one channel.
#[derive(Debug)]
pub(crate) struct AmazonDialect;

impl Dialect for AmazonDialect {
    fn authorize(&self, _: &Call, request: &mut request::Parts, token: &Token, _: &Attempt) -> Result<()> {
        request.headers.insert(TOKEN_HEADER, token.header());
        request.headers.insert(header::ACCEPT, JSON);
        request.headers.insert(header::USER_AGENT, HeaderValue::from_static("sutler/0.1 (Language=Rust)"));
        if request.method != http::Method::GET {
            request.headers.insert(header::CONTENT_TYPE, JSON);
        }
        Ok(())
    }

    fn classify(&self, call: &Call, response: &Response, _: Timestamp) -> Verdict {
        let status = response.status().as_u16();
        match status {
            200..=299 => return Verdict::Ok,
            // Amazon names no instant: there is no Retry-After, and the rate's header is absent on refusals.
            429 => return Verdict::RateLimited { until: None },
            _ => {}
        }
        let said = parse_error(Some(status), response.body());
        // An access token that has died is told by 401, or by 403 with "The access token you provided has expired" or "is
        // revoked, malformed or invalid": a new one shows which it is.
        let is_token =
            |d: &ErrorDetail| d.code == "Unauthorized" && d.details.contains("access token you provided");
        if status == 401 || (status == 403 && said.details.iter().any(is_token)) {
            return Verdict::Unauthorized;
        }
        let readable = matches!((call.safety, status), (_, 404) | (Safety::Write, 400 | 409 | 422));
        if readable {
            return Verdict::Ok;
        }
        let applied = said.applied;
        let mut error = said.into_error(call.op).with("status", status.to_string());
        if let Some(id) = response.headers().get("x-amzn-requestid").and_then(|id| id.to_str().ok()) {
            error = error.with("request_id", id);
        }
        Verdict::Fault { applied, error }
    }

    /// `x-amzn-RateLimit-Limit` is the rate alone: it says nothing of what is left.
    fn budget_hint(&self, _: &Call, _: &Response, _: Timestamp) -> Option<BudgetHint> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_of_an_error_is_read() {
        let said = parse_error(
            Some(400),
            br#"{"errors":[{"code":"InvalidInput","message":"bad id","details":null}]}"#,
        );
        assert_eq!((said.code().as_str(), said.kind), ("InvalidInput", ErrorKind::Refused));
        assert_eq!(said.message, "amazon answered 400: InvalidInput, bad id");
        let said = parse_error(None, br#"{"errors":[{"code":"QuotaExceeded","message":null}]}"#);
        assert_eq!((said.kind, said.applied), (ErrorKind::RateLimited, Applied::No));
        let said = parse_error(None, br#"{"error":"invalid_grant","error_description":"gone"}"#);
        assert_eq!(said.kind, ErrorKind::Unauthorized);
        assert_eq!(parse_error(Some(503), b"<html>").applied, Applied::Unknown);
        assert_eq!(parse_error(Some(500), b"").message, "amazon answered 500: the answer is empty");
    }
}
