//! Errors as eBay writes them: one number with many envelopes. REST, Post-Order, Trading and OAuth each have their own, and
//! what stands in front of them all answers in HTML.

use serde_json::{Value, json};

use super::xml::escaped;
use crate::clock::Ms;
use crate::json::iso;

/// Whose envelope an answer is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    OAuth,
    Rest,
    PostOrder,
    Trading,
}

/// A refusal with the facts that go into its body.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) id: u32,
    pub(crate) domain: &'static str,
    /// `REQUEST` (yours), `BUSINESS` (theirs to allow) or `APPLICATION` (ours).
    pub(crate) category: &'static str,
    pub(crate) message: String,
    pub(crate) parameters: Vec<(&'static str, String)>,
    /// OAuth has words instead of numbers.
    pub(crate) word: &'static str,
    /// Not from eBay's services but from what stands in front of them.
    pub(crate) plain: bool,
}

impl Refusal {
    fn new(
        status: u16,
        id: u32,
        domain: &'static str,
        category: &'static str,
        message: impl Into<String>,
    ) -> Refusal {
        let message = message.into();
        Refusal { status, id, domain, category, message, parameters: Vec::new(), word: "", plain: false }
    }

    /// Of the Fulfillment API; its table of numbers says category and status.
    pub(crate) fn fulfillment(status: u16, id: u32, message: impl Into<String>) -> Refusal {
        let category = match id {
            30_500 | 34_900 => "APPLICATION",
            34_916..=34_918 | 34_920 | 34_924..=34_928 => "BUSINESS",
            _ => "REQUEST",
        };
        Refusal::new(status, id, "API_FULFILLMENT", category, message)
    }

    pub(crate) fn inventory(status: u16, id: u32, message: impl Into<String>) -> Refusal {
        let category = if id == 25_001 { "APPLICATION" } else { "REQUEST" };
        Refusal::new(status, id, "API_INVENTORY", category, message)
    }

    pub(crate) fn notification(status: u16, id: u32, message: impl Into<String>) -> Refusal {
        Refusal::new(status, id, "API_NOTIFICATION", "REQUEST", message)
    }

    pub(crate) fn post_order(status: u16, id: u32, message: impl Into<String>) -> Refusal {
        let category = if status >= 500 { "APPLICATION" } else { "REQUEST" };
        Refusal::new(status, id, "postOrderErrorDomain", category, message)
    }

    /// An error of a Trading call; its HTTP status is 200 like that of a success.
    pub(crate) fn trading(id: u32, message: impl Into<String>) -> Refusal {
        Refusal::new(200, id, "RequestError", "REQUEST", message)
    }

    /// Of the gateway: tokens, scopes, limits, paths.
    pub(crate) fn access(status: u16, id: u32, message: impl Into<String>) -> Refusal {
        Refusal::new(status, id, if id == 2001 { "ACCESS" } else { "OAuth" }, "REQUEST", message)
    }

    pub(crate) fn oauth(status: u16, word: &'static str, message: impl Into<String>) -> Refusal {
        Refusal { word, ..Refusal::new(status, 0, "OAuth", "REQUEST", message) }
    }

    pub(crate) fn html(status: u16, message: impl Into<String>) -> Refusal {
        Refusal { plain: true, ..Refusal::new(status, 0, "", "APPLICATION", message) }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Refusal {
        self.parameters.push((name, value.into()));
        self
    }

    /// The error itself, as it stands in `errors` and in the rows of a bulk answer.
    pub(crate) fn value(&self, family: Family) -> Value {
        let list: Vec<Value> =
            self.parameters.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
        let mut error = json!({
            "errorId": self.id,
            "domain": self.domain,
            "category": self.category,
            "message": self.message,
        });
        if let Some(error) = error.as_object_mut() {
            if family == Family::PostOrder {
                // Singular, where everybody else has the plural.
                error.insert("parameter".into(), list.into());
                error.insert("severity".into(), "ERROR".into());
            } else {
                error.insert("longMessage".into(), self.message.as_str().into());
                if !list.is_empty() {
                    error.insert("parameters".into(), list.into());
                }
            }
        }
        error
    }

    /// Media type and body.
    pub(crate) fn body(&self, family: Family, call: &str, now: Ms) -> (&'static str, String) {
        if self.plain {
            let page = format!("<html><body><h1>{}</h1></body></html>", escaped(&self.message));
            return ("text/html", page);
        }
        let body = match family {
            Family::OAuth => json!({"error": self.word, "error_description": self.message}),
            Family::Rest => json!({"errors": [self.value(family)]}),
            // Two envelopes are seen: what the gateway says is a list, what the service says is wrapped.
            Family::PostOrder if self.domain == "OAuth" || self.domain == "ACCESS" => {
                json!({"error": [self.value(family)]})
            }
            Family::PostOrder => json!({"errorMessage": {"error": [self.value(family)]}}),
            Family::Trading => return ("text/xml", failure(call, now, std::slice::from_ref(self))),
        };
        ("application/json", body.to_string())
    }
}

/// A Trading answer that says what went wrong.
pub(crate) fn failure(call: &str, now: Ms, errors: &[Refusal]) -> String {
    trading_answer(
        call,
        now,
        "Failure",
        &errors.iter().map(|one| error_xml(one, "Error")).collect::<String>(),
    )
}

/// One `Errors` element; `severity` is `Error` or `Warning`.
pub(crate) fn error_xml(error: &Refusal, severity: &str) -> String {
    let message = escaped(&error.message);
    let class = if error.category == "APPLICATION" { "SystemError" } else { "RequestError" };
    format!(
        "<Errors><ShortMessage>{message}</ShortMessage><LongMessage>{message}</LongMessage><ErrorCode>{}</ErrorCode>\
         <SeverityCode>{severity}</SeverityCode><ErrorClassification>{class}</ErrorClassification></Errors>",
        error.id
    )
}

/// The envelope of a Trading answer.
pub(crate) fn trading_answer(call: &str, now: Ms, ack: &str, inside: &str) -> String {
    let call = if call.is_empty() { "eBay" } else { call };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{call}Response xmlns=\"urn:ebay:apis:eBLBaseComponents\">\
         <Timestamp>{}</Timestamp><Ack>{ack}</Ack>{inside}<Version>1395</Version></{call}Response>",
        iso(now)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(refusal: &Refusal, family: Family) -> Value {
        serde_json::from_str(&refusal.body(family, "", 0).1).unwrap_or_default()
    }

    #[test]
    fn the_same_error_has_five_shapes() {
        let refusal = Refusal::fulfillment(400, 30_800, "Invalid filter value").with("fieldname", "filter");
        let rest = body(&refusal, Family::Rest);
        assert_eq!(
            (&rest["errors"][0]["errorId"], &rest["errors"][0]["category"]),
            (&30800.into(), &"REQUEST".into())
        );
        assert_eq!(rest["errors"][0]["parameters"][0]["name"], "fieldname");
        let wrapped = body(&refusal, Family::PostOrder);
        assert_eq!(wrapped["errorMessage"]["error"][0]["parameter"][0]["value"], "filter");
        let list = body(&Refusal::access(401, 1001, "Invalid access token"), Family::PostOrder);
        assert_eq!(list["error"][0]["errorId"], 1001);
        let oauth = body(&Refusal::oauth(400, "invalid_grant", "revoked"), Family::OAuth);
        assert_eq!(
            (&oauth["error"], &oauth["error_description"]),
            (&"invalid_grant".into(), &"revoked".into())
        );
        let (media, xml) = Refusal::trading(17, "a < b").body(Family::Trading, "GetItem", 0);
        assert!(
            media == "text/xml" && xml.contains("<Ack>Failure</Ack>") && xml.contains("a &lt; b"),
            "{xml}"
        );
        assert_eq!(Refusal::html(503, "busy").body(Family::Rest, "", 0).0, "text/html");
    }
}
