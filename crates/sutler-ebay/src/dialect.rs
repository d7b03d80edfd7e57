//! How eBay wants to be spoken to, and what its statuses and error numbers mean. The only place that knows either.

use crate::{calls, signature::SigningKey};
use http::{HeaderName, HeaderValue, header, request};
use serde_json::Value;
use std::sync::Arc;
use sutler_core::{
    error::{Applied, Error, ErrorKind, Result, Retry},
    time::Timestamp,
};
use sutler_http::{Attempt, BudgetHint, Call, Dialect, Response, Safety, Token, Verdict, secret_header};

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const XML: HeaderValue = HeaderValue::from_static("text/xml");
/// The Trading API's call, in a header of each request; [`crate::channel`] sets it.
pub(crate) const CALL_NAME: HeaderName = HeaderName::from_static("x-ebay-api-call-name");
const MARKETPLACE: HeaderName = HeaderName::from_static("x-ebay-c-marketplace-id");
/// The schema version our Trading documents follow.
const TRADING_LEVEL: HeaderValue = HeaderValue::from_static("1395");

/// System errors that pass: they say nothing about the request (facts page, section 12).
const PASSING: [u64; 4] = [30500, 25001, 1764, 25604];

/// One error as eBay words it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ErrorDetail {
    /// The error's number; 0 where there is none.
    pub id: u64,
    /// `REQUEST`, `APPLICATION` or `BUSINESS`; empty where there is none.
    pub category: String,
    /// What is wrong, in eBay's words.
    pub message: String,
    /// The parameters named, as `name=value`.
    pub parameters: String,
}

/// What an error answer of eBay's says.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct EbayError {
    /// Its kind.
    pub kind: ErrorKind,
    /// In words.
    pub message: String,
    /// May the same request be sent again?
    pub retry: Retry,
    /// Did eBay act, had the request been a write?
    pub applied: Applied,
    /// Every error of the body.
    pub details: Vec<ErrorDetail>,
}

impl EbayError {
    /// As the error of the operation `op`.
    pub fn into_error(self, op: &'static str) -> Error {
        Error::new(self.kind, op).message(self.message).with_retry(self.retry).with_applied(self.applied)
    }

    /// The first error's number, for receipts.
    pub(crate) fn code(&self) -> String {
        self.details
            .iter()
            .find(|detail| detail.id > 0)
            .map_or_else(|| "ebay".into(), |detail| detail.id.to_string())
    }

    pub(crate) fn has(&self, id: u64) -> bool {
        self.details.iter().any(|detail| detail.id == id)
    }
}

/// Reads an error answer, in any of the shapes eBay has: REST `errors`, Post-Order `error` or `errorMessage`, Trading XML,
/// OAuth, and plain text. Without a status (a body from a log) the kind follows from the errors' categories.
pub fn parse_error(status: Option<u16>, body: &[u8]) -> EbayError {
    let details = details(body);
    let first = details.first();
    let passing = details.iter().any(|detail| PASSING.contains(&detail.id))
        || first.is_some_and(|detail| detail.category == "APPLICATION");
    let status = status.unwrap_or(match first {
        Some(_) if passing => 500,
        Some(detail)
            if detail.message.contains("invalid_grant") || detail.message.contains("invalid_client") =>
        {
            401
        }
        Some(_) => 400,
        None => 0,
    });
    let (kind, retry, applied) = match status {
        401 => (ErrorKind::Unauthorized, Retry::Backoff, Applied::No),
        403 => (ErrorKind::Forbidden, Retry::Never, Applied::No),
        404 => (ErrorKind::NotFound, Retry::Never, Applied::No),
        408 => (ErrorKind::Timeout, Retry::Backoff, Applied::Unknown),
        429 => (ErrorKind::RateLimited, Retry::Backoff, Applied::No),
        400..=499 if passing => (ErrorKind::Remote, Retry::Backoff, Applied::Unknown),
        400 | 409 | 422 => (ErrorKind::Refused, Retry::Never, Applied::No),
        400..=499 => (ErrorKind::Invalid, Retry::Never, Applied::No),
        300..=399 => (ErrorKind::Protocol, Retry::Backoff, Applied::Unknown),
        _ => (ErrorKind::Remote, Retry::Backoff, Applied::Unknown),
    };
    let said = match first {
        Some(detail) => {
            let number = if detail.id > 0 { format!("{} ", detail.id) } else { String::new() };
            let more =
                if details.len() > 1 { format!(" (and {} more)", details.len() - 1) } else { String::new() };
            let named = if detail.parameters.is_empty() {
                String::new()
            } else {
                format!(" [{}]", detail.parameters)
            };
            format!("{number}{}{named}{more}", detail.message)
        }
        None if body.is_empty() => "the answer is empty".into(),
        None => "the answer names no error".into(),
    };
    let message = if status == 0 {
        format!("ebay answered: {said}")
    } else {
        format!("ebay answered {status}: {said}")
    };
    EbayError { kind, message, retry, applied, details }
}

fn details(body: &[u8]) -> Vec<ErrorDetail> {
    let text = String::from_utf8_lossy(body);
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.starts_with('<') {
        return trading(text);
    }
    let Ok(value) = serde_json::from_str::<Value>(text) else { return Vec::new() };
    if let Some(error) = value.get("error").and_then(Value::as_str) {
        let more = value.get("error_description").and_then(Value::as_str).unwrap_or_default();
        return vec![ErrorDetail {
            message: format!("{error} {more}").trim().into(),
            ..ErrorDetail::default()
        }];
    }
    let wrapped = value.get("errorMessage").and_then(|inner| inner.get("error"));
    let Some(found) = ["errors", "error"].iter().find_map(|name| value.get(name)).or(wrapped) else {
        return Vec::new();
    };
    let list: Vec<&Value> = match found {
        Value::Array(list) => list.iter().collect(),
        one => vec![one],
    };
    list.into_iter().map(detail).collect()
}

fn detail(error: &Value) -> ErrorDetail {
    let text = |names: &[&str]| {
        names
            .iter()
            .find_map(|name| error.get(name)?.as_str())
            .filter(|text| !text.is_empty())
            .unwrap_or_default()
            .to_owned()
    };
    let id =
        error.get("errorId").map_or(0, |id| id.as_u64().or_else(|| id.as_str()?.parse().ok()).unwrap_or(0));
    // `parameters` in REST, `parameter` in Post-Order. Values may be personal, so only their names are kept.
    let named = ["parameters", "parameter"].iter().find_map(|name| error.get(name)?.as_array());
    let names: Vec<&str> =
        named.into_iter().flatten().filter_map(|parameter| parameter.get("name")?.as_str()).collect();
    ErrorDetail {
        id,
        category: text(&["category"]),
        message: text(&["longMessage", "message"]),
        parameters: names.join(", "),
    }
}

/// `Errors` of a Trading answer whose severity is not a warning.
fn trading(text: &str) -> Vec<ErrorDetail> {
    use crate::map::trading::{elements, text_of};
    elements(text, "Errors")
        .filter(|error| text_of(error, "SeverityCode").as_deref() != Some("Warning"))
        .map(|error| ErrorDetail {
            id: text_of(error, "ErrorCode").and_then(|code| code.parse().ok()).unwrap_or(0),
            category: match text_of(error, "ErrorClassification").as_deref() {
                Some("SystemError") => "APPLICATION".into(),
                _ => "REQUEST".into(),
            },
            message: text_of(error, "LongMessage")
                .or_else(|| text_of(error, "ShortMessage"))
                .map(|text| text.into_owned())
                .unwrap_or_default(),
            parameters: String::new(),
        })
        .collect()
}

/// Which word goes before the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Api {
    Rest,
    Inventory,
    PostOrder,
    Trading,
}

fn api(call: &Call) -> Api {
    match call.budget {
        "cancellation" | "cancellation_search" | "return" => Api::PostOrder,
        "trading" | "trading_read" => Api::Trading,
        "inventory" => Api::Inventory,
        _ => Api::Rest,
    }
}

/// The calls eBay wants signed of sellers in the EU and the UK (facts page, section 10).
fn wants_signature(call: &Call) -> bool {
    [calls::REFUND, calls::CANCEL, calls::APPROVE_CANCEL, calls::REFUND_RETURN]
        .iter()
        .any(|known| known.op == call.op)
}

/// The dialect of one channel.
#[derive(Debug)]
pub(crate) struct EbayDialect {
    pub(crate) marketplace: HeaderValue,
    pub(crate) site: HeaderValue,
    pub(crate) signing: Option<Arc<SigningKey>>,
}

/// A body's bytes travel beside the head as an extension, since signing covers them.
#[derive(Clone, Debug)]
pub(crate) struct SignedBody(pub(crate) bytes::Bytes);

impl Dialect for EbayDialect {
    fn authorize(
        &self,
        call: &Call,
        request: &mut request::Parts,
        token: &Token,
        attempt: &Attempt,
    ) -> Result<()> {
        use sutler_http::ExposeSecret;
        let api = api(call);
        let secret = token.secret().expose_secret();
        match api {
            Api::Rest | Api::Inventory => {
                let value = secret_header(call.op, "Bearer ", secret)?;
                request.headers.insert(header::AUTHORIZATION, value);
            }
            Api::PostOrder => {
                request.headers.insert(header::AUTHORIZATION, secret_header(call.op, "IAF ", secret)?);
                request.headers.insert(MARKETPLACE, self.marketplace.clone());
            }
            Api::Trading => {
                let name = HeaderName::from_static("x-ebay-api-iaf-token");
                request.headers.insert(name, token.header());
                request.headers.insert("x-ebay-api-compatibility-level", TRADING_LEVEL);
                request.headers.insert("x-ebay-api-siteid", self.site.clone());
            }
        }
        let is_trading = api == Api::Trading;
        request.headers.insert(header::ACCEPT, if is_trading { XML } else { JSON });
        if request.method == http::Method::POST {
            request.headers.insert(header::CONTENT_TYPE, if is_trading { XML } else { JSON });
        }
        if let (Some(key), true) = (&self.signing, wants_signature(call)) {
            let body = request.extensions.get::<SignedBody>().map(|body| body.0.clone()).unwrap_or_default();
            key.sign(request, &body, attempt.server_now)?;
        }
        Ok(())
    }

    fn classify(&self, call: &Call, response: &Response, _: Timestamp) -> Verdict {
        let status = response.status().as_u16();
        let api = api(call);
        match status {
            200..=299 if api == Api::Trading => return trading_verdict(response.body()),
            200..=299 => return Verdict::Ok,
            401 => return Verdict::Unauthorized,
            // The Inventory API says "expired" with a 403.
            403 if api == Api::Inventory => return Verdict::Unauthorized,
            429 => return Verdict::RateLimited { until: None },
            _ => {}
        }
        let said = parse_error(Some(status), response.body());
        let readable = match (call.safety, status) {
            (_, 404) => true,
            (Safety::Write, 400 | 409 | 422) => said.applied == Applied::No,
            // "This SKU has no offer" is a 404 or a 400 of number 25713.
            (Safety::Read, 400) => said.has(25_713) || said.has(25_710),
            _ => false,
        };
        if readable {
            return Verdict::Ok;
        }
        let applied = said.applied;
        Verdict::Fault { applied, error: said.into_error(call.op).with("status", status.to_string()) }
    }

    /// eBay's answers carry no limits that could be relied on.
    fn budget_hint(&self, _: &Call, _: &Response, _: Timestamp) -> Option<BudgetHint> {
        None
    }
}

/// A Trading answer about the token itself, or about the calls of a day being used up (518), comes with status 200.
fn trading_verdict(body: &[u8]) -> Verdict {
    let said = trading(&String::from_utf8_lossy(body));
    let says = |ids: &[u64]| said.iter().any(|detail| ids.contains(&detail.id));
    if says(&[931, 932, 21_916_984, 21_917_053]) {
        Verdict::Unauthorized
    } else if says(&[518]) {
        Verdict::RateLimited { until: None }
    } else {
        Verdict::Ok
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_of_an_error_is_read() {
        let shapes = [
            r#"{"errors":[{"errorId":32300,"domain":"API_FULFILLMENT","category":"REQUEST","message":"Invalid tracking","parameters":[{"name":"trackingNumber","value":"x"}]}]}"#,
            r#"{"error":[{"errorId":32300,"category":"REQUEST","message":"Invalid tracking","parameter":[{"name":"trackingNumber"}]}]}"#,
            r#"{"errorMessage":{"error":{"errorId":"32300","category":"REQUEST","message":"Invalid tracking","parameter":[{"name":"trackingNumber"}]}}}"#,
        ];
        for shape in shapes {
            let said = parse_error(Some(400), shape.as_bytes());
            assert_eq!((said.code().as_str(), said.kind), ("32300", ErrorKind::Refused), "{shape}");
            assert_eq!(said.message, "ebay answered 400: 32300 Invalid tracking [trackingNumber]");
        }
        let oauth = parse_error(None, br#"{"error":"invalid_grant","error_description":"revoked"}"#);
        assert_eq!((oauth.kind, oauth.applied), (ErrorKind::Unauthorized, Applied::No));
        let xml = parse_error(Some(200), b"<A><Ack>Failure</Ack><Errors><ShortMessage>no</ShortMessage><ErrorCode>21916750</ErrorCode><SeverityCode>Error</SeverityCode></Errors><Errors><ErrorCode>21917091</ErrorCode><SeverityCode>Warning</SeverityCode></Errors></A>");
        assert_eq!((xml.code().as_str(), xml.details.len()), ("21916750", 1));
        assert_eq!(parse_error(Some(502), b"<html>bad gateway</html>").kind, ErrorKind::Remote);
        assert_eq!(parse_error(Some(500), b"").message, "ebay answered 500: the answer is empty");
    }

    #[test]
    fn g24_trading_calls_that_are_used_up_are_a_limit_though_the_status_is_200() {
        let answer = |code| {
            let text = format!("<A><Ack>Failure</Ack><Errors><ErrorCode>{code}</ErrorCode></Errors></A>");
            trading_verdict(text.as_bytes())
        };
        assert!(matches!(answer(518), Verdict::RateLimited { until: None }));
        assert!(matches!(answer(932), Verdict::Unauthorized));
        assert!(matches!(answer(21_916_750), Verdict::Ok));
    }

    #[test]
    fn g18_a_system_error_leaves_a_write_in_doubt_whatever_its_status() {
        let said = parse_error(
            Some(400),
            br#"{"errors":[{"errorId":30500,"category":"APPLICATION","message":"system error"}]}"#,
        );
        assert_eq!(
            (said.kind, said.applied, said.retry),
            (ErrorKind::Remote, Applied::Unknown, Retry::Backoff)
        );
    }
}
