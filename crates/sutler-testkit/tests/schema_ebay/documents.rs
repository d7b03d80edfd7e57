//! The documents eBay publishes, and where a message differs from them.

use std::collections::BTreeSet;
use std::path::Path;

use bytes::Bytes;
use http::Request;
use serde_json::Value;

/// What real answers have and the documents lack.
const UNDOCUMENTED: [&str; 1] = ["legacyOrderId"];
/// What stands in front of every operation answers with these, whatever the documents list.
const GATEWAY: [u16; 6] = [401, 403, 415, 429, 503, 504];

pub(crate) fn read(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Where a value differs from a schema: what is required, typed, listed or unknown.
fn differ(document: &Value, schema: &Value, value: &Value, place: &str, found: &mut BTreeSet<String>) {
    if let Some(name) = schema["$ref"].as_str().and_then(|name| name.strip_prefix("#/components/schemas/")) {
        return differ(document, &document["components"]["schemas"][name], value, place, found);
    }
    let fits = match schema["type"].as_str() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        Some("boolean") => value.is_boolean(),
        _ => true,
    };
    if !fits {
        found.insert(format!("{place}: {value} is no {}", schema["type"]));
        return;
    }
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if value.get(name).is_none() {
            found.insert(format!("{place}.{name}: is missing"));
        }
    }
    for (name, member) in value.as_object().into_iter().flatten() {
        match schema["properties"].get(name) {
            Some(schema) => differ(document, schema, member, &format!("{place}.{name}"), found),
            None if schema["properties"].is_object() && !UNDOCUMENTED.contains(&name.as_str()) => {
                found.insert(format!("{place}.{name}: is unknown"));
            }
            None => {}
        }
    }
    for item in value.as_array().into_iter().flatten() {
        differ(document, &schema["items"], item, &format!("{place}[]"), found);
    }
}

/// The documents eBay publishes.
#[derive(Debug)]
pub(crate) struct Documents(pub(crate) Vec<Value>);

/// An operation of one of the documents.
pub(crate) struct Operation<'a> {
    document: &'a Value,
    operation: &'a Value,
}

impl Documents {
    pub(crate) fn operation(&self, method: &str, path: &str) -> Option<Operation<'_>> {
        let method = method.to_ascii_lowercase();
        for document in &self.0 {
            let base =
                document["servers"][0]["variables"]["basePath"]["default"].as_str().unwrap_or_default();
            let Some(path) = path.strip_prefix(base) else { continue };
            let parts: Vec<&str> = path.split('/').collect();
            for (template, methods) in document["paths"].as_object().into_iter().flatten() {
                let known: Vec<&str> = template.split('/').collect();
                let fits = known.len() == parts.len()
                    && known.iter().zip(&parts).all(|(known, part)| known == part || known.starts_with('{'));
                if fits && methods[&method].is_object() {
                    return Some(Operation { document, operation: &methods[&method] });
                }
            }
        }
        None
    }
}

impl Operation<'_> {
    pub(crate) fn id(&self) -> &str {
        self.operation["operationId"].as_str().unwrap_or_default()
    }

    pub(crate) fn request(&self, request: &Request<Bytes>, found: &mut BTreeSet<String>) {
        let place = format!("{} request", self.id());
        for member in request.uri().query().into_iter().flat_map(|query| query.split('&')) {
            let name = member.split('=').next().unwrap_or_default();
            let parameters = self.operation["parameters"].as_array();
            if !parameters.into_iter().flatten().any(|known| known["in"] == "query" && known["name"] == name)
            {
                found.insert(format!("{place} query.{name}: is unknown"));
            }
        }
        let schema = &self.operation["requestBody"]["content"]["application/json"]["schema"];
        if schema.is_object() {
            let body = serde_json::from_slice(request.body()).unwrap_or(Value::Null);
            differ(self.document, schema, &body, &place, found);
        }
    }

    pub(crate) fn answer(&self, status: u16, body: &[u8], found: &mut BTreeSet<String>) {
        let place = format!("{} {status}", self.id());
        let response = &self.operation["responses"][status.to_string()];
        if response.is_null() {
            if !GATEWAY.contains(&status) {
                found.insert(format!("{place}: is no answer of this operation"));
            }
            return;
        }
        let value: Value = serde_json::from_slice(body).unwrap_or_default();
        if status >= 400 {
            for error in value["errors"].as_array().into_iter().flatten() {
                self.error(error, &response["x-response-codes"]["errors"], &place, found);
            }
            return;
        }
        // A 207 is documented without a schema; its rows are those of the 200.
        let schema = &response["content"]["application/json"]["schema"];
        let same = &self.operation["responses"]["200"]["content"]["application/json"]["schema"];
        let schema = if status == 207 { same } else { schema };
        if !body.is_empty() {
            differ(self.document, schema, &value, &place, found);
        } else if status == 200 {
            found.insert(format!("{place}: has no body"));
        }
    }

    /// An error of the service itself has a number of the operation's table, with its category.
    fn error(&self, error: &Value, table: &Value, place: &str, found: &mut BTreeSet<String>) {
        let schema = &self.document["components"]["schemas"]["Error"];
        differ(self.document, schema, error, place, found);
        if !table.is_object() || ["OAuth", "ACCESS"].iter().any(|domain| error["domain"] == *domain) {
            return;
        }
        match table.get(error["errorId"].to_string()) {
            None => drop(found.insert(format!("{place}: number {} is not in its table", error["errorId"]))),
            Some(known) if known["category"] != error["category"] => {
                found.insert(format!("{place}: number {} is of {}", error["errorId"], known["category"]));
            }
            Some(_) => {}
        }
    }
}
