//! Looking at a payload that may be anything: absent, null, empty and `{}` are one; what has another type is noted by its
//! path and left out.

use rust_decimal::Decimal;
use serde_json::Value;
use std::{borrow::Cow, cell::RefCell};
use sutler_core::{
    money::{Currency, Money},
    order::Unmapped,
    time::Timestamp,
};

/// What could not be mapped, collected on the way. Details hold shapes, never what stands there.
#[derive(Debug, Default)]
pub struct Notes(RefCell<Vec<Unmapped>>);

impl Notes {
    /// Adds one; a field is named once, by what was found first.
    pub fn add(&self, field: impl Into<String>, detail: impl Into<String>) {
        let field = field.into();
        let mut all = self.0.borrow_mut();
        if !all.iter().any(|known| known.field == field) {
            all.push(Unmapped { field, detail: detail.into() });
        }
    }

    /// All of them, in the order they were found.
    pub fn into_unmapped(self) -> Vec<Unmapped> {
        self.0.into_inner()
    }
}

/// One node of a payload, with its path.
#[derive(Clone, Debug)]
pub struct Look<'a> {
    value: &'a Value,
    path: String,
    notes: &'a Notes,
}

impl<'a> Look<'a> {
    /// The root of a payload.
    pub fn at(value: &'a Value, notes: &'a Notes) -> Look<'a> {
        Look { value: unwrapped(value), path: String::new(), notes }
    }

    fn path_of(&self, field: &str) -> String {
        if self.path.is_empty() { field.to_owned() } else { format!("{}.{field}", self.path) }
    }

    /// Notes something about a field of this node.
    pub fn odd(&self, field: &str, detail: impl Into<String>) {
        self.notes.add(self.path_of(field), detail);
    }

    /// The field, unless it is absent, null or empty.
    fn field(&self, field: &str) -> Option<&'a Value> {
        let value = unwrapped(self.value.get(field)?);
        let empty = match value {
            Value::Null => true,
            Value::String(text) => text.trim().is_empty(),
            Value::Object(map) => map.is_empty(),
            Value::Array(list) => list.is_empty(),
            _ => false,
        };
        (!empty).then_some(value)
    }

    /// An object below this one.
    pub fn get(&self, field: &str) -> Option<Look<'a>> {
        let value = self.field(field)?;
        if !value.is_object() {
            self.odd(field, format!("{} where an object belongs", kind(value)));
            return None;
        }
        Some(Look { value, path: self.path_of(field), notes: self.notes })
    }

    /// The objects of a list; one object stands for a list of one.
    pub fn list(&self, field: &str) -> Vec<Look<'a>> {
        let Some(value) = self.value.get(field).filter(|value| !value.is_null()) else { return Vec::new() };
        let items: Vec<&Value> = match value {
            Value::Array(list) => list.iter().collect(),
            one => vec![one],
        };
        let mut all = Vec::with_capacity(items.len());
        for (at, item) in items.into_iter().enumerate() {
            let item = unwrapped(item);
            let path = self.path_of(&format!("{field}[{at}]"));
            match item {
                Value::Object(map) if map.is_empty() => {}
                Value::Object(_) => all.push(Look { value: item, path, notes: self.notes }),
                Value::Null => {}
                other => self.notes.add(path, format!("{} where an object belongs", kind(other))),
            }
        }
        all
    }

    /// A text; a number or a flag is its own text.
    pub fn text(&self, field: &str) -> Option<Cow<'a, str>> {
        match self.field(field)? {
            Value::String(text) => Some(Cow::Borrowed(text)),
            Value::Number(number) => Some(Cow::Owned(number.to_string())),
            Value::Bool(flag) => Some(Cow::Owned(flag.to_string())),
            other => {
                self.odd(field, format!("{} where a text belongs", kind(other)));
                None
            }
        }
    }

    /// Units: a whole number from 0, as a number or a text.
    pub fn units(&self, field: &str) -> Option<u32> {
        let text = self.text(field)?;
        let read = text
            .trim()
            .parse::<Decimal>()
            .ok()
            .filter(Decimal::is_integer)
            .and_then(|d| u32::try_from(d).ok());
        if read.is_none() {
            self.odd(field, "not a number of units; a whole number from 0 is right");
        }
        read
    }

    /// An instant in ISO 8601, or milliseconds since 1970.
    pub fn instant(&self, field: &str) -> Option<Timestamp> {
        let text = self.text(field)?;
        let text = text.trim();
        let read = match text.parse::<i64>() {
            Ok(ms) => chrono::DateTime::from_timestamp_millis(ms),
            Err(_) => chrono::DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc()),
        };
        let read = read.filter(|at| (946_684_800_000..4_102_444_800_000).contains(&at.timestamp_millis()));
        if read.is_none() {
            self.odd(field, "not an instant; ISO 8601 such as 2026-01-31T04:59:59.000Z is right");
        }
        read
    }

    /// An amount as `{"value":"12.34","currency":"USD"}`, exact.
    pub fn money(&self, field: &str) -> Option<Money> {
        self.amount(field, "value", "currency")
    }

    /// An amount whose members are called otherwise (`amount`, `currencyCode`), exact.
    pub fn amount(&self, field: &str, value: &str, currency: &str) -> Option<Money> {
        let amount = self.get(field)?;
        let (Some(value), Some(currency)) = (amount.text(value), amount.text(currency)) else {
            self.odd(field, "an amount without value or currency");
            return None;
        };
        let read = Currency::parse(&currency).and_then(|currency| Money::parse(value.trim(), currency));
        if read.is_err() {
            self.odd(
                field,
                "not an amount that can be kept exactly; a decimal and an ISO 4217 code are right",
            );
        }
        read.ok()
    }

    /// A flag, also as text: `"false"` is false, whatever it is in other languages.
    pub fn flag(&self, field: &str) -> Option<bool> {
        match self.text(field)?.trim() {
            "true" | "True" | "TRUE" => Some(true),
            "false" | "False" | "FALSE" => Some(false),
            _ => {
                self.odd(field, "neither true nor false");
                None
            }
        }
    }

    /// The texts of a list; what is no text is left out and noted.
    pub fn texts(&self, field: &str) -> Vec<Cow<'a, str>> {
        let items: Vec<&Value> = match self.field(field) {
            None => return Vec::new(),
            Some(Value::Array(list)) => list.iter().collect(),
            Some(one) => vec![one],
        };
        let mut all = Vec::with_capacity(items.len());
        for item in items {
            match item {
                Value::String(text) => all.push(Cow::Borrowed(text.as_str())),
                Value::Null => {}
                other => self.odd(field, format!("{} where a text belongs", kind(other))),
            }
        }
        all
    }
}

/// An array of one stands for its element, as an array may stand where one value belongs.
fn unwrapped(value: &Value) -> &Value {
    match value {
        Value::Array(list) if list.len() == 1 => list.first().map_or(value, unwrapped),
        other => other,
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "a flag",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
