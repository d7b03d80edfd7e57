//! Errors as Walmart writes them: one shape from its services, another from its gateway.

use crate::json::{put, text, uncomma};

/// A refusal with the facts that go into its body.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) field: Option<String>,
    pub(crate) description: String,
    pub(crate) severity: &'static str,
    pub(crate) category: &'static str,
    /// The gateway leaves out the outer `errors`.
    pub(crate) gateway: bool,
}

impl Refusal {
    pub(crate) fn new(status: u16, code: &'static str, description: impl Into<String>) -> Refusal {
        let category = if status >= 500 { "SYSTEM" } else { "DATA" };
        Refusal {
            status,
            code,
            field: None,
            description: description.into(),
            severity: "ERROR",
            category,
            gateway: code.ends_with("GMP_GATEWAY_API"),
        }
    }

    pub(crate) fn field(mut self, field: impl Into<String>) -> Refusal {
        self.field = Some(field.into());
        self
    }

    pub(crate) fn info(mut self) -> Refusal {
        self.severity = "INFO";
        self
    }

    /// A write on an order that Walmart does not accept.
    pub(crate) fn content(description: impl Into<String>) -> Refusal {
        Refusal::new(400, "INVALID_REQUEST_CONTENT.GMP_ORDER_API", description).field("data")
    }

    /// A query parameter it does not accept.
    pub(crate) fn parameter(name: &str, description: impl Into<String>) -> Refusal {
        Refusal::new(400, "INVALID_REQUEST_PARAM.GMP_ORDER_API", description).field(name)
    }

    pub(crate) fn body(&self) -> String {
        let mut out = String::with_capacity(256);
        out.push_str(if self.gateway { "{\"error\":[{" } else { "{\"errors\":{\"error\":[{" });
        text(&mut out, "code", self.code);
        if let Some(field) = &self.field {
            text(&mut out, "field", field);
        }
        text(&mut out, "description", &self.description);
        text(&mut out, "info", info(self.code));
        text(&mut out, "severity", self.severity);
        text(&mut out, "category", self.category);
        uncomma(&mut out);
        put(&mut out, format_args!(",\"causes\":[],\"errorIdentifiers\":{{}}}}]}}"));
        if !self.gateway {
            out.push('}');
        }
        out
    }
}

fn info(code: &str) -> &'static str {
    match code.split('.').next().unwrap_or(code) {
        "INVALID_REQUEST_CONTENT" => "Request content is invalid.",
        "INVALID_REQUEST_PARAM" => "Request parameter is invalid.",
        "INVALID_REQUEST_HEADER" => "Request header is invalid.",
        "UNAUTHORIZED" => "Unauthorized token or incorrect authorization header.",
        "CONTENT_NOT_FOUND" => "Requested content could not be found.",
        "URI_NOT_FOUND" => "Requested URI could not be found.",
        "REQUEST_THRESHOLD_VIOLATED" => "Request threshold limit exceeded.",
        "DOWNSTREAM_SYSTEM_TIME_OUT" => "A downstream system timed out.",
        "SYSTEM_ERROR" => "System encountered an internal error.",
        _ => "See description.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_envelopes_are_json() {
        let ours = Refusal::content("a \"quoted\" text").body();
        let value: serde_json::Value = serde_json::from_str(&ours).unwrap_or_default();
        assert_eq!(value["errors"]["error"][0]["description"], "a \"quoted\" text");
        let gate = Refusal::new(401, "UNAUTHORIZED.GMP_GATEWAY_API", "no").body();
        let value: serde_json::Value = serde_json::from_str(&gate).unwrap_or_default();
        assert_eq!(value["error"][0]["code"], "UNAUTHORIZED.GMP_GATEWAY_API");
    }
}
