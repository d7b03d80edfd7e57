//! Errors as Amazon writes them: one envelope from the Selling Partner API, another from Login with Amazon.

use serde_json::{Value, json};

/// A refusal with the facts that go into its body.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) details: Option<String>,
    envelope: Envelope,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Envelope {
    Api,
    /// Login with Amazon: `{"error":…,"error_description":…}`.
    Login,
    /// The store of documents, which is S3.
    Document,
}

impl Refusal {
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Refusal {
        Refusal { status, code, message: message.into(), details: None, envelope: Envelope::Api }
    }

    pub(crate) fn details(mut self, details: impl Into<String>) -> Refusal {
        self.details = Some(details.into());
        self
    }

    /// A request that cannot be parsed or is missing something.
    pub(crate) fn input(message: impl Into<String>) -> Refusal {
        Refusal::new(400, "InvalidInput", message)
    }

    pub(crate) fn missing(what: &str) -> Refusal {
        Refusal::new(404, "NotFound", format!("{what} was not found"))
    }

    /// No token, or none that opens this.
    pub(crate) fn denied(details: impl Into<String>) -> Refusal {
        Refusal::new(403, "Unauthorized", "Access to requested resource is denied.").details(details)
    }

    pub(crate) fn login(status: u16, code: &'static str, description: impl Into<String>) -> Refusal {
        Refusal { envelope: Envelope::Login, ..Refusal::new(status, code, description) }
    }

    pub(crate) fn document(code: &'static str, message: impl Into<String>) -> Refusal {
        Refusal { envelope: Envelope::Document, ..Refusal::new(403, code, message) }
    }

    pub(crate) fn media(&self) -> &'static str {
        if self.envelope == Envelope::Document { "application/xml" } else { "application/json" }
    }

    pub(crate) fn body(&self) -> String {
        match self.envelope {
            Envelope::Login => json!({"error": self.code, "error_description": self.message}).to_string(),
            Envelope::Document => format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{}</Code><Message>{}</Message></Error>",
                self.code, self.message
            ),
            Envelope::Api => {
                let mut error = json!({"code": self.code, "message": self.message});
                if let Some(details) = &self.details
                    && let Value::Object(members) = &mut error
                {
                    members.insert("details".into(), details.as_str().into());
                }
                json!({"errors": [error]}).to_string()
            }
        }
    }
}
