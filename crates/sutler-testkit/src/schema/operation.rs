//! One call as a document describes it, and whether a message is right by it.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Request, Response};
use serde_json::{Map, Value};

use super::finding::Fault;
use super::shape::{Flaw, Shape, referred};
use super::text::members;

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// A method of a path.
#[derive(Debug)]
pub(super) struct Operation {
    query: BTreeMap<String, Parameter>,
    headers: BTreeMap<String, Parameter>,
    body: Option<Body>,
    /// By status; without a shape where the document has no JSON for it.
    answers: BTreeMap<u16, Option<Shape>>,
}

#[derive(Debug)]
struct Parameter {
    required: bool,
    shape: Shape,
}

#[derive(Debug)]
struct Body {
    required: bool,
    /// Every media type the document names, with its schema where it is one we read.
    media: BTreeMap<String, Option<Shape>>,
    /// Shapes of the JSON examples: of a file inside a multipart body the documents say no more.
    examples: Vec<Shape>,
}

impl Operation {
    /// Reads the operation at `method` and `path` of a document. `None` where the document has no such call.
    pub(super) fn read(root: &Value, method: &str, path: &str) -> Result<Option<Operation>, String> {
        let item = root.get("paths").and_then(|paths| paths.get(path));
        let Some(found) = item.and_then(|item| item.get(method.to_ascii_lowercase())) else {
            return Ok(None);
        };
        let within = |why: String| format!("{method} {path}: {why}");
        let mut operation = Operation {
            query: BTreeMap::new(),
            headers: BTreeMap::new(),
            body: None,
            answers: BTreeMap::new(),
        };
        let shared = item.and_then(|item| item.get("parameters"));
        for list in [shared, found.get("parameters")].into_iter().flatten() {
            for parameter in list.as_array().into_iter().flatten() {
                operation.add_parameter(root, parameter).map_err(within)?;
            }
        }
        operation.body =
            found.get("requestBody").map(|body| Body::read(root, body)).transpose().map_err(within)?;
        for (status, answer) in found.get("responses").and_then(Value::as_object).into_iter().flatten() {
            let Ok(status) = status.parse() else {
                return Err(within(format!("the answer {status:?} is no status number")));
            };
            let schema =
                answer.get("content").and_then(|media| media.get(JSON)).and_then(|json| json.get("schema"));
            let shape = schema.map(|schema| Shape::read(root, schema)).transpose();
            operation.answers.insert(status, shape.map_err(|why| within(format!("answer {status}: {why}")))?);
        }
        Ok(Some(operation))
    }

    fn add_parameter(&mut self, root: &Value, parameter: &Value) -> Result<(), String> {
        let parameter = match parameter.get("$ref") {
            Some(reference) => referred(root, reference, "parameters")?,
            None => parameter,
        };
        let text = |name: &str| parameter.get(name).and_then(Value::as_str).unwrap_or_default();
        let name = text("name");
        let schema =
            parameter.get("schema").ok_or_else(|| format!("the parameter {name:?} has no schema"))?;
        let shape = Shape::read(root, schema).map_err(|why| format!("parameter {name}: {why}"))?;
        let required = parameter.get("required").and_then(Value::as_bool).unwrap_or(false);
        match text("in") {
            "query" => drop(self.query.insert(name.to_owned(), Parameter { required, shape })),
            // OpenAPI: a header parameter of this name says nothing; the media types of the body do.
            "header" if name.eq_ignore_ascii_case("content-type") || name.eq_ignore_ascii_case("accept") => {}
            "header" => drop(self.headers.insert(name.to_owned(), Parameter { required, shape })),
            // A path whose segments fit has its parameters.
            "path" => {}
            place => {
                return Err(format!("the parameter {name:?} is in {place:?}, not in query, header or path"));
            }
        }
        Ok(())
    }

    /// Everything wrong with a request of this call.
    pub(super) fn request(&self, request: &Request<Bytes>) -> Vec<Flaw> {
        let mut flaws = self.query_flaws(request.uri().query().unwrap_or_default());
        flaws.extend(self.header_flaws(request.headers()));
        match &self.body {
            Some(body) => flaws.extend(body.flaws(request)),
            None if request.body().is_empty() => {}
            None => {
                flaws.push(flaw("body", Fault::Body, "is there; the specification has none for this call"))
            }
        }
        flaws
    }

    fn query_flaws(&self, query: &str) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        let given = members(query);
        for (name, value) in &given {
            let place = format!("query {name}");
            match self.query.get(name) {
                Some(parameter) => flaws.extend(parameter.shape.flaws_of_text(value, &place)),
                None => flaws.push(flaw(place, Fault::UnknownParameter, "is not a parameter of this call")),
            }
        }
        for (name, _) in self.query.iter().filter(|(_, parameter)| parameter.required) {
            if !given.iter().any(|(other, value)| other == name && !value.is_empty()) {
                flaws.push(flaw(
                    format!("query {name}"),
                    Fault::MissingParameter,
                    "is missing; it is required",
                ));
            }
        }
        flaws
    }

    fn header_flaws(&self, headers: &HeaderMap) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        for (name, parameter) in &self.headers {
            let place = format!("header {name}");
            match headers.get(name.as_str()).map(|value| String::from_utf8_lossy(value.as_bytes())) {
                Some(value) if !value.trim().is_empty() => {
                    flaws.extend(parameter.shape.flaws_of_text(&value, &place))
                }
                _ if parameter.required => {
                    flaws.push(flaw(place, Fault::MissingHeader, "is missing or blank; it is required"));
                }
                _ => {}
            }
        }
        // The older copy leaves all headers out and so cannot judge ours.
        let ours = headers.keys().filter(|name| !self.headers.is_empty() && name.as_str().starts_with("wm_"));
        for name in
            ours.filter(|name| !self.headers.keys().any(|known| known.eq_ignore_ascii_case(name.as_str())))
        {
            let place = format!("header {}", name.as_str().to_ascii_uppercase());
            flaws.push(flaw(place, Fault::UnknownHeader, "is not a header of this call"));
        }
        flaws
    }

    /// Whether the document says anything of answers with this status.
    pub(super) fn documents(&self, status: u16) -> bool {
        self.answers.contains_key(&status)
    }

    /// Everything wrong with an answer to this call. `error` is the shape of one error in an error envelope, by which the
    /// bodies of undocumented statuses are judged.
    pub(super) fn answer(&self, answer: &Response<Bytes>, error: &Shape) -> Vec<Flaw> {
        let status = answer.status().as_u16();
        let json = serde_json::from_slice::<Value>(answer.body());
        match (self.answers.get(&status), json) {
            (Some(None), _) => Vec::new(),
            (Some(Some(shape)), Ok(value)) => shape.flaws(&value, "body"),
            (Some(Some(_)), Err(why)) => vec![flaw("body", Fault::Unreadable, format!("is no JSON: {why}"))],
            (None, json) => {
                let known: Vec<String> = self.answers.keys().map(u16::to_string).collect();
                let message = format!("is not in the specification, which has {}", known.join(", "));
                let mut flaws = vec![flaw(format!("status {status}"), Fault::Status, message)];
                flaws.extend(envelope_flaws(status, json, error));
                flaws
            }
        }
    }
}

/// An error body is `{"errors":{"error":[…]}}`, `{"error":[…]}` or `{"errors":[…]}`.
fn envelope_flaws(status: u16, json: serde_json::Result<Value>, error: &Shape) -> Vec<Flaw> {
    // Of its own name, so that an exception for an empty 520 does not excuse an empty 200.
    let whole = format!("body of status {status}");
    let body = match json {
        Ok(body) => body,
        Err(why) => return vec![flaw(whole, Fault::Unreadable, format!("is no JSON: {why}"))],
    };
    let lists =
        [("body.errors.error", "/errors/error"), ("body.error", "/error"), ("body.errors", "/errors")];
    let found = lists.iter().find_map(|(place, at)| Some((place, body.pointer(at)?.as_array()?)));
    let Some((place, errors)) = found else {
        return vec![flaw(
            whole,
            Fault::Type,
            "is none of the three error envelopes: no list of errors in it",
        )];
    };
    errors.iter().enumerate().flat_map(|(at, value)| error.flaws(value, &format!("{place}[{at}]"))).collect()
}

impl Body {
    fn read(root: &Value, body: &Value) -> Result<Body, String> {
        let required = body.get("required").and_then(Value::as_bool).unwrap_or(false);
        let (mut media, mut examples) = (BTreeMap::new(), Vec::new());
        for (name, described) in body.get("content").and_then(Value::as_object).into_iter().flatten() {
            let read = matches!(name.as_str(), JSON | FORM);
            let schema = described.get("schema").filter(|_| read);
            let shape = schema.map(|schema| Shape::read(root, schema)).transpose();
            media.insert(name.clone(), shape.map_err(|why| format!("body {name}: {why}"))?);
            let shown =
                described.get("examples").and_then(Value::as_object).into_iter().flat_map(Map::values);
            let values = shown.filter_map(|example| example.get("value")).filter(|value| value.is_object());
            examples.extend(values.map(Shape::of_example));
        }
        Ok(Body { required, media, examples })
    }

    fn flaws(&self, request: &Request<Bytes>) -> Vec<Flaw> {
        let bytes = request.body();
        if bytes.is_empty() {
            let missing = flaw("body", Fault::Body, "is missing; the specification requires one");
            return if self.required { vec![missing] } else { Vec::new() };
        }
        let content =
            request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let media = content.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let mut flaws = Vec::new();
        let shape = self.media.get(&media);
        if shape.is_none() {
            let known: Vec<&str> = self.media.keys().map(String::as_str).collect();
            let message = format!("is {media:?}; the specification has {}", known.join(", "));
            flaws.push(flaw("header Content-Type", Fault::MediaType, message));
        }
        let value = match media.as_str() {
            JSON => serde_json::from_slice(bytes).map_err(|why| format!("is no JSON: {why}")),
            FORM => std::str::from_utf8(bytes).map(form).map_err(|why| format!("is no form: {why}")),
            _ => Err(format!("of media type {media:?} is not read by these checks")),
        };
        match (value, shape) {
            (Err(message), _) => flaws.push(flaw("body", Fault::Unreadable, message)),
            (Ok(value), Some(Some(shape))) => flaws.extend(shape.flaws(&value, "body")),
            (Ok(value), _) => flaws.extend(self.unlike_examples(&value)),
        }
        flaws
    }

    /// What keeps a body from being like the example it is nearest to.
    fn unlike_examples(&self, value: &Value) -> Vec<Flaw> {
        let nearest = self.examples.iter().map(|shape| shape.flaws(value, "body")).min_by_key(Vec::len);
        nearest.unwrap_or_else(|| {
            vec![flaw("body", Fault::Unreadable, "has no schema and no example to be held against")]
        })
    }
}

fn form(text: &str) -> Value {
    Value::Object(members(text).into_iter().map(|(name, value)| (name, Value::String(value))).collect())
}

fn flaw(place: impl Into<String>, fault: Fault, message: impl Into<String>) -> Flaw {
    Flaw { place: place.into(), fault, message: message.into() }
}
