//! A schema of a published specification, read once into a tree that a JSON value is held against.
//!
//! Our own and not a crate: the documents are OpenAPI 3.0, whose `nullable` JSON Schema crates do not speak, and a body
//! must be refused for a field the schema does not name although the schema never says `additionalProperties: false`.
//! Measured: `jsonschema` without features brings 68 crates and 150 s of CPU to a build; the calls we make use ten keywords.
//! A keyword not known here is an error at load, so nothing the specification says is passed over in silence.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::finding::Fault;

/// How deep a schema may nest. Walmart's deepest has 14 levels; a circle of references would have no end.
const DEPTH_MAX: usize = 48;

/// Keywords that say nothing about which values are right.
const ANNOTATIONS: [&str; 11] = [
    "default",
    "deprecated",
    "description",
    "discriminator",
    "example",
    "examples",
    "externalDocs",
    "readOnly",
    "title",
    "writeOnly",
    "xml",
];

/// What is wrong at one place of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Flaw {
    pub(super) place: String,
    pub(super) fault: Fault,
    pub(super) message: String,
}

/// One schema.
#[derive(Debug, Clone)]
pub(super) struct Shape {
    kind: Kind,
    nullable: bool,
    /// Empty when any value of the kind is right.
    choices: Vec<String>,
}

#[derive(Debug, Clone)]
enum Kind {
    Any,
    Object { fields: BTreeMap<String, Shape>, required: Vec<String>, others: Others },
    Array(Box<Shape>),
    Text(Format),
    Integer { min: i64, max: i64 },
    Number,
    Boolean,
}

/// Fields that `properties` does not name.
#[derive(Debug, Clone)]
enum Others {
    Refused,
    Free,
    Shaped(Box<Shape>),
}

#[derive(Debug, Clone, Copy)]
enum Format {
    Free,
    Uuid,
    Instant,
    Date,
    ClockTime,
}

impl Shape {
    /// Reads the schema `schema` of the document `root`, which its references point into. The error names the keyword
    /// or reference at fault and where it stands.
    pub(super) fn read(root: &Value, schema: &Value) -> Result<Shape, String> {
        read(root, schema, "", 0)
    }

    /// The shape of a specification's example: its fields are those that may and must be there.
    pub(super) fn of_example(example: &Value) -> Shape {
        let kind = match example {
            Value::Null => Kind::Any,
            Value::Bool(_) => Kind::Boolean,
            Value::Number(n) if n.is_f64() => Kind::Number,
            Value::Number(_) => Kind::Integer { min: i64::MIN, max: i64::MAX },
            Value::String(_) => Kind::Text(Format::Free),
            Value::Array(items) => Kind::Array(Box::new(items.first().map_or(any(), Shape::of_example))),
            Value::Object(fields) => Kind::Object {
                fields: fields.iter().map(|(name, value)| (name.clone(), Shape::of_example(value))).collect(),
                required: fields.keys().cloned().collect(),
                others: Others::Refused,
            },
        };
        Shape { kind, nullable: false, choices: Vec::new() }
    }

    /// Everything wrong with `value`, which stands at `place`.
    pub(super) fn flaws(&self, value: &Value, place: &str) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        self.check(value, &mut place.to_owned(), &mut flaws);
        flaws
    }

    /// The same for a value that travels as text: a query parameter, a form field.
    pub(super) fn flaws_of_text(&self, text: &str, place: &str) -> Vec<Flaw> {
        let value = match self.kind {
            Kind::Integer { .. } | Kind::Number => text.parse().map(Value::Number).ok(),
            Kind::Boolean => text.parse().map(Value::Bool).ok(),
            _ => None,
        };
        self.flaws(&value.unwrap_or_else(|| Value::String(text.to_owned())), place)
    }

    fn check(&self, value: &Value, place: &mut String, flaws: &mut Vec<Flaw>) {
        let mut flaw = |fault, message: String| flaws.push(Flaw { place: place.clone(), fault, message });
        if value.is_null() {
            if !self.nullable && !matches!(self.kind, Kind::Any) {
                flaw(Fault::Null, format!("is null; the specification has {}", self.wanted()));
            }
            return;
        }
        match (&self.kind, value) {
            (Kind::Any, _) | (Kind::Boolean, Value::Bool(_)) | (Kind::Number, Value::Number(_)) => {}
            (Kind::Text(format), Value::String(text)) => {
                if !self.choices.is_empty() && !self.choices.contains(text) {
                    flaw(Fault::Choice, format!("is {text:?}, none of: {}", some_of(&self.choices)));
                }
                if !format.fits(text) {
                    flaw(Fault::Format, format!("is {text:?}, not {}", format.wanted()));
                }
            }
            (Kind::Integer { min, max }, Value::Number(number)) => match number.as_i64() {
                Some(n) if (*min..=*max).contains(&n) => {}
                Some(n) => flaw(Fault::Format, format!("is {n}, outside {min} to {max}")),
                None => flaw(Fault::Type, format!("is {number}; the specification has a whole number")),
            },
            (Kind::Array(item), Value::Array(values)) => {
                let end = place.len();
                for (at, value) in values.iter().enumerate() {
                    place.push_str(&format!("[{at}]"));
                    item.check(value, place, flaws);
                    place.truncate(end);
                }
            }
            (Kind::Object { fields, required, others }, Value::Object(members)) => {
                check_members(fields, required, others, members, place, flaws);
            }
            _ => flaw(Fault::Type, format!("is {}; the specification has {}", kind_of(value), self.wanted())),
        }
    }

    fn wanted(&self) -> &'static str {
        match &self.kind {
            Kind::Any => "any value",
            Kind::Object { .. } => "an object",
            Kind::Array(_) => "an array",
            Kind::Text(_) => "text",
            Kind::Integer { .. } => "a whole number",
            Kind::Number => "a number",
            Kind::Boolean => "true or false",
        }
    }
}

fn check_members(
    fields: &BTreeMap<String, Shape>,
    required: &[String],
    others: &Others,
    members: &Map<String, Value>,
    place: &mut String,
    flaws: &mut Vec<Flaw>,
) {
    let end = place.len();
    for name in required.iter().filter(|name| !members.contains_key(*name)) {
        let place = format!("{place}.{name}");
        flaws.push(Flaw {
            place,
            fault: Fault::MissingField,
            message: "is missing; the specification requires it".into(),
        });
    }
    for (name, value) in members {
        place.push('.');
        place.push_str(name);
        match (fields.get(name), others) {
            (Some(shape), _) => shape.check(value, place, flaws),
            (None, Others::Shaped(shape)) => shape.check(value, place, flaws),
            (None, Others::Free) => {}
            (None, Others::Refused) => {
                let known: Vec<&String> = fields.keys().collect();
                let message = format!("is not in the specification, which knows here: {}", some_of(&known));
                flaws.push(Flaw { place: place.clone(), fault: Fault::UnknownField, message });
            }
        }
        place.truncate(end);
    }
}

fn any() -> Shape {
    Shape { kind: Kind::Any, nullable: true, choices: Vec::new() }
}

fn read(root: &Value, schema: &Value, at: &str, depth: usize) -> Result<Shape, String> {
    if depth > DEPTH_MAX {
        return Err(format!("{at}: nests deeper than {DEPTH_MAX} schemas, as a circle of references would"));
    }
    let Value::Object(keywords) = schema else {
        return Err(format!("{at}: a schema is an object, this is {}", kind_of(schema)));
    };
    if let Some(reference) = keywords.get("$ref") {
        return read(root, referred(root, reference, at)?, at, depth + 1);
    }
    for keyword in keywords.keys() {
        let known = matches!(
            keyword.as_str(),
            "additionalProperties"
                | "enum"
                | "format"
                | "items"
                | "nullable"
                | "properties"
                | "required"
                | "type"
        );
        if !known && !ANNOTATIONS.contains(&keyword.as_str()) && !keyword.starts_with("x-") {
            return Err(format!(
                "{at}: the schema keyword {keyword:?} is not known to the checks; teach them first"
            ));
        }
    }
    let nullable = keywords.get("nullable").and_then(Value::as_bool).unwrap_or(false);
    let choices = texts(keywords.get("enum"), at)?;
    let format = keywords.get("format").and_then(Value::as_str);
    let kind = match keywords.get("type").and_then(Value::as_str) {
        Some("object") => read_object(root, keywords, at, depth)?,
        None if keywords.contains_key("properties") => read_object(root, keywords, at, depth)?,
        None => Kind::Any,
        Some("array") => match keywords.get("items") {
            Some(items) => Kind::Array(Box::new(read(root, items, &format!("{at}[]"), depth + 1)?)),
            None => Kind::Array(Box::new(any())),
        },
        Some("string") => Kind::Text(Format::named(format, at)?),
        Some("integer") => integer(format, at)?,
        Some("number") => Kind::Number,
        Some("boolean") => Kind::Boolean,
        Some(other) => return Err(format!("{at}: the schema type {other:?} is not known to the checks")),
    };
    Ok(Shape { kind, nullable, choices })
}

fn read_object(root: &Value, keywords: &Map<String, Value>, at: &str, depth: usize) -> Result<Kind, String> {
    let mut fields = BTreeMap::new();
    if let Some(Value::Object(properties)) = keywords.get("properties") {
        for (name, schema) in properties {
            fields.insert(name.clone(), read(root, schema, &format!("{at}.{name}"), depth + 1)?);
        }
    }
    let others = match keywords.get("additionalProperties") {
        Some(Value::Bool(true)) => Others::Free,
        Some(Value::Bool(false)) => Others::Refused,
        Some(schema) => Others::Shaped(Box::new(read(root, schema, &format!("{at}.*"), depth + 1)?)),
        // A bare `type: object` is how these documents say "anything".
        None if fields.is_empty() => Others::Free,
        None => Others::Refused,
    };
    Ok(Kind::Object { fields, required: texts(keywords.get("required"), at)?, others })
}

/// What a `$ref` of the same document points to.
pub(super) fn referred<'a>(root: &'a Value, reference: &Value, at: &str) -> Result<&'a Value, String> {
    let pointer = reference.as_str().and_then(|text| text.strip_prefix('#'));
    pointer
        .and_then(|pointer| root.pointer(pointer))
        .ok_or_else(|| format!("{at}: the reference {reference} leads nowhere in this document"))
}

fn texts(list: Option<&Value>, at: &str) -> Result<Vec<String>, String> {
    let Some(list) = list else { return Ok(Vec::new()) };
    let values = list.as_array().ok_or_else(|| format!("{at}: {list} should be a list of texts"))?;
    let text = |value: &Value| match value {
        Value::String(text) => Ok(text.clone()),
        other => Err(format!("{at}: {other} should be text, as every choice and required name is here")),
    };
    values.iter().map(text).collect()
}

fn integer(format: Option<&str>, at: &str) -> Result<Kind, String> {
    match format {
        Some("int32") => Ok(Kind::Integer { min: i32::MIN.into(), max: i32::MAX.into() }),
        Some("int64") | None => Ok(Kind::Integer { min: i64::MIN, max: i64::MAX }),
        Some(other) => Err(format!("{at}: the integer format {other:?} is not known to the checks")),
    }
}

impl Format {
    fn named(name: Option<&str>, at: &str) -> Result<Format, String> {
        match name {
            None | Some("binary") => Ok(Format::Free),
            Some("uuid") => Ok(Format::Uuid),
            Some("date-time") => Ok(Format::Instant),
            Some("yyyy-MM-dd" | "date") => Ok(Format::Date),
            Some("HH:mm") => Ok(Format::ClockTime),
            Some(other) => Err(format!("{at}: the text format {other:?} is not known to the checks")),
        }
    }

    fn fits(self, text: &str) -> bool {
        match self {
            Format::Free => true,
            Format::Uuid => {
                let groups: Vec<&str> = text.split('-').collect();
                groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
                    && groups.iter().all(|group| group.bytes().all(|b| b.is_ascii_hexdigit()))
            }
            Format::Instant => chrono::DateTime::parse_from_rfc3339(text).is_ok(),
            Format::Date => chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok(),
            Format::ClockTime => chrono::NaiveTime::parse_from_str(text, "%H:%M").is_ok(),
        }
    }

    fn wanted(self) -> &'static str {
        match self {
            Format::Free => "text",
            Format::Uuid => "a UUID",
            Format::Instant => "an RFC 3339 instant",
            Format::Date => "a date as 2026-06-30",
            Format::ClockTime => "a time as 14:00",
        }
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// At most eight of a list, so that a message stays readable where an enum has 170 currencies.
fn some_of<T: AsRef<str>>(all: &[T]) -> String {
    let shown: Vec<&str> = all.iter().take(8).map(AsRef::as_ref).collect();
    let more = all.len().saturating_sub(shown.len());
    if more == 0 { shown.join(", ") } else { format!("{} and {more} more", shown.join(", ")) }
}
