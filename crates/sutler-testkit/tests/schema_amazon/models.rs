//! Amazon's published models, and where a message differs from them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use bytes::Bytes;
use chrono::DateTime;
use http::Request;
use serde_json::{Value, json};

pub(crate) fn read(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Where a value differs from a schema of Swagger 2 or JSON Schema: what is required, typed, listed or unknown.
pub(crate) fn differ(
    model: &Value,
    schema: &Value,
    value: &Value,
    place: &str,
    found: &mut BTreeSet<String>,
) {
    if let Some(name) = schema["$ref"].as_str().and_then(|name| name.strip_prefix("#/definitions/")) {
        return differ(model, &model["definitions"][name], value, place, found);
    }
    if let Some(any) = schema["anyOf"].as_array() {
        let fits = any.iter().any(|schema| {
            let mut inner = BTreeSet::new();
            differ(model, schema, value, place, &mut inner);
            inner.is_empty()
        });
        if !fits {
            found.insert(format!("{place}: {value} fits none of the alternatives"));
        }
        return;
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        differ(model, part, value, place, found);
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let is = |kind: &&str| match *kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        _ => false,
    };
    if !kinds.is_empty() && !kinds.iter().any(is) {
        found.insert(format!("{place}: {value} is no {}", kinds.join(" or ")));
        return;
    }
    if schema["enum"].as_array().is_some_and(|list| !list.contains(value)) {
        found.insert(format!("{place}: {value} is not in the list"));
    }
    if schema["format"] == "date-time"
        && value.as_str().is_none_or(|text| DateTime::parse_from_rfc3339(text).is_err())
    {
        found.insert(format!("{place}: {value} is no instant"));
    }
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if value.get(name).is_none() {
            found.insert(format!("{place}.{name}: is missing"));
        }
    }
    for (name, member) in value.as_object().into_iter().flatten() {
        match schema["properties"].get(name) {
            Some(schema) => differ(model, schema, member, &format!("{place}.{name}"), found),
            None if schema["properties"].is_object() => {
                found.insert(format!("{place}.{name}: is unknown"));
            }
            None => {}
        }
    }
    for item in value.as_array().into_iter().flatten() {
        if schema["items"].is_object() {
            differ(model, &schema["items"], item, &format!("{place}[]"), found);
        }
    }
}

/// An operation of one of the models.
pub(crate) struct Operation<'a> {
    model: &'a Value,
    pub(crate) id: &'a str,
    parameters: Vec<&'a Value>,
    responses: &'a Value,
}

#[derive(Debug)]
pub(crate) struct Models(pub(crate) BTreeMap<&'static str, Value>);

impl Models {
    pub(crate) fn operation(&self, method: &str, path: &str) -> Option<Operation<'_>> {
        let parts: Vec<&str> = path.split('/').collect();
        for model in self.0.values() {
            for (template, methods) in model["paths"].as_object().into_iter().flatten() {
                let known: Vec<&str> = template.split('/').collect();
                let fits = known.len() == parts.len()
                    && known.iter().zip(&parts).all(|(known, part)| known == part || known.starts_with('{'));
                let operation = &methods[method.to_ascii_lowercase()];
                if fits && let Some(id) = operation["operationId"].as_str() {
                    let own = operation["parameters"].as_array().into_iter().flatten();
                    let shared = methods["parameters"].as_array().into_iter().flatten();
                    let resolve = |parameter: &'_ Value| {
                        parameter["$ref"].as_str().and_then(|name| name.rsplit('/').next()).map(str::to_owned)
                    };
                    let parameters = own
                        .chain(shared)
                        .map(|parameter| {
                            resolve(parameter).map_or(parameter, |name| &model["parameters"][name])
                        })
                        .collect();
                    return Some(Operation { model, id, parameters, responses: &operation["responses"] });
                }
            }
        }
        None
    }
}

impl Operation<'_> {
    pub(crate) fn request(&self, request: &Request<Bytes>, found: &mut BTreeSet<String>) {
        let place = format!("{} request", self.id);
        let query: Vec<(&str, &str)> = request
            .uri()
            .query()
            .into_iter()
            .flat_map(|query| query.split('&'))
            .map(|member| member.split_once('=').unwrap_or((member, "")))
            .collect();
        for (name, _) in &query {
            if !self
                .parameters
                .iter()
                .any(|parameter| parameter["in"] == "query" && parameter["name"] == *name)
            {
                found.insert(format!("{place} query.{name}: is unknown"));
            }
        }
        for parameter in &self.parameters {
            let name = parameter["name"].as_str().unwrap_or_default();
            match parameter["in"].as_str() {
                Some("query")
                    if parameter["required"] == true && !query.iter().any(|(given, _)| *given == name) =>
                {
                    found.insert(format!("{place} query.{name}: is missing"));
                }
                Some("body") => {
                    let body = serde_json::from_slice(request.body()).unwrap_or(Value::Null);
                    differ(self.model, &parameter["schema"], &body, &place, found);
                }
                _ => {}
            }
        }
    }

    pub(crate) fn answer(&self, status: u16, body: &[u8], found: &mut BTreeSet<String>) {
        let place = format!("{} {status}", self.id);
        let Some(response) = self.responses.get(status.to_string()) else {
            // A gateway's time-out is no operation's own answer.
            if status != 504 {
                found.insert(format!("{place}: is no answer of this operation"));
            }
            return;
        };
        if response["schema"].is_object() {
            match serde_json::from_slice(body) {
                Ok(body) => differ(self.model, &response["schema"], &body, &place, found),
                Err(error) => drop(found.insert(format!("{place}: {error}"))),
            }
        } else if !body.is_empty() {
            found.insert(format!("{place}: has a body"));
        }
    }
}

#[test]
fn a_difference_is_found_and_named() {
    let model = json!({"definitions": {"Money": {"type": "object", "required": ["amount"], "properties": {
        "amount": {"type": "string"}, "kind": {"type": "string", "enum": ["A"]}, "at": {"type": "string", "format": "date-time"}}}}});
    let schema = json!({"type": "array", "items": {"$ref": "#/definitions/Money"}});
    let mut found = BTreeSet::new();
    let good = json!([{"amount": "1", "kind": "A", "at": "2026-11-23T08:00:00Z"}]);
    differ(&model, &schema, &good, "x", &mut found);
    assert!(found.is_empty(), "{found:?}");
    differ(
        &model,
        &schema,
        &json!([{"amount": 1, "kind": "B", "at": "now", "more": 1}, {}, 5]),
        "x",
        &mut found,
    );
    let places: Vec<&str> = found.iter().filter_map(|line| line.split(':').next()).collect();
    assert_eq!(places, ["x[].amount", "x[].amount", "x[].at", "x[].kind", "x[].more", "x[]"], "{found:?}");
}
