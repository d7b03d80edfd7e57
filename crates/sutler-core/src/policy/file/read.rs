//! Reading TOML so that every error names line, field, value and what would be right.

use crate::{
    error::{Error, ErrorKind, Result},
    time::Duration,
};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// A parsed file with its text, for line numbers.
pub(super) struct Document<'a> {
    text: &'a str,
    table: Spanned<DeTable<'a>>,
}

impl<'a> Document<'a> {
    pub(super) fn parse(text: &'a str) -> Result<Self> {
        match DeTable::parse(text) {
            Ok(table) => Ok(Document { text, table }),
            Err(error) => {
                let at = error.span().map_or(0, |span| span.start);
                Err(wrong_at(text, at, format!("not TOML: {}", error.message().trim().replace('\n', ", "))))
            }
        }
    }

    pub(super) fn root(&self) -> Section<'_> {
        Section { text: self.text, path: String::new(), at: 0, table: self.table.get_ref() }
    }
}

/// One table of the file.
pub(super) struct Section<'a> {
    text: &'a str,
    path: String,
    at: usize,
    table: &'a DeTable<'a>,
}

impl<'a> Section<'a> {
    fn get(&self, key: &str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.table.iter().find(|(known, _)| known.get_ref() == key).map(|(_, value)| value)
    }

    fn field(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// An error about a field, or about the table where the field is not there.
    pub(super) fn wrong(&self, key: &str, what: &str, right: &str) -> Error {
        let found = self.get(key);
        let at = found.map_or(self.at, |value| value.span().start);
        let value = found.map(|value| format!(" = {}", shown(value.get_ref()))).unwrap_or_default();
        wrong_at(self.text, at, format!("{}{value} is {what}; {right} is right", self.field(key)))
    }

    /// Calls the table by a name that tells more than its place (`rule "sku_mapped"`).
    pub(super) fn called(mut self, path: String) -> Self {
        self.path = path;
        self
    }

    /// The line the table begins at, from 1.
    pub(super) fn line(&self) -> usize {
        line_of(self.text, self.at)
    }

    /// Refuses every key that is not in `known`.
    pub(super) fn only(&self, known: &[&str]) -> Result<()> {
        match self.table.keys().find(|key| !known.contains(&key.get_ref().as_ref())) {
            None => Ok(()),
            Some(key) => {
                let message = format!(
                    "{} is not a known field; {}",
                    self.field(key.get_ref()),
                    suggestion(key.get_ref(), known)
                );
                Err(wrong_at(self.text, key.span().start, message))
            }
        }
    }

    /// The names of everything in it, as they stand in the file.
    pub(super) fn names(&self) -> impl Iterator<Item = &'a str> {
        self.table.keys().map(|key| key.get_ref().as_ref())
    }

    /// A table in this one.
    pub(super) fn section(&self, key: &str) -> Result<Option<Section<'a>>> {
        let Some(value) = self.get(key) else { return Ok(None) };
        match value.get_ref() {
            DeValue::Table(table) => {
                Ok(Some(Section { text: self.text, path: self.field(key), at: value.span().start, table }))
            }
            _ => Err(self.wrong(key, "not a table", &format!("a table such as [{key}]"))),
        }
    }

    /// An array of tables in this one, empty when it is not there.
    pub(super) fn sections(&self, key: &str, right: &str) -> Result<Vec<Section<'a>>> {
        let Some(value) = self.get(key) else { return Ok(Vec::new()) };
        let DeValue::Array(all) = value.get_ref() else { return Err(self.wrong(key, "not an array", right)) };
        all.iter()
            .map(|one| match one.get_ref() {
                DeValue::Table(table) => {
                    Ok(Section { text: self.text, path: self.field(key), at: one.span().start, table })
                }
                other => Err(wrong_at(
                    self.text,
                    one.span().start,
                    format!(
                        "{} holds {}, which is no table; {right} is right",
                        self.field(key),
                        shown(other)
                    ),
                )),
            })
            .collect()
    }

    /// A text.
    pub(super) fn text(&self, key: &str) -> Result<Option<&'a str>> {
        let Some(value) = self.get(key) else { return Ok(None) };
        match value.get_ref() {
            DeValue::String(text) => Ok(Some(text.as_ref())),
            _ => Err(self.wrong(key, "not a text", "a text in quotes")),
        }
    }

    /// A list of texts, each with the test it must pass.
    pub(super) fn texts(
        &self,
        key: &str,
        right: &str,
        test: impl Fn(&str) -> bool,
    ) -> Result<Option<Vec<String>>> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let DeValue::Array(all) = value.get_ref() else { return Err(self.wrong(key, "not a list", right)) };
        let read = |one: &Spanned<DeValue<'_>>| match one.get_ref() {
            DeValue::String(text) if test(text) => Ok(text.as_ref().to_owned()),
            other => Err(wrong_at(
                self.text,
                one.span().start,
                format!("{} holds {}, which is not one; {right} is right", self.field(key), shown(other)),
            )),
        };
        all.iter().map(read).collect::<Result<Vec<_>>>().map(Some)
    }

    /// Yes or no.
    pub(super) fn boolean(&self, key: &str) -> Result<Option<bool>> {
        let Some(value) = self.get(key) else { return Ok(None) };
        match value.get_ref() {
            DeValue::Boolean(value) => Ok(Some(*value)),
            _ => Err(self.wrong(key, "neither true nor false", "true or false, without quotes,")),
        }
    }

    /// A whole number from 0 to `max`.
    pub(super) fn whole(&self, key: &str, max: u32) -> Result<Option<u32>> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let number = match value.get_ref() {
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        };
        match number.and_then(|number| u32::try_from(number).ok()).filter(|number| *number <= max) {
            Some(number) => Ok(Some(number)),
            None => Err(self.wrong(key, "out of range", &format!("a whole number from 0 to {max}"))),
        }
    }

    /// One of a few texts.
    pub(super) fn choice<T: Copy>(&self, key: &str, choices: &[(&str, T)]) -> Result<Option<T>> {
        let Some(text) = self.text(key)? else { return Ok(None) };
        if let Some((_, value)) = choices.iter().find(|(known, _)| *known == text) {
            return Ok(Some(*value));
        }
        let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
        let right = names.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(" or ");
        Err(self.wrong(key, &format!("not known{}", near(text, &names)), &right))
    }

    /// A span of time: a whole number with `s`, `m`, `h` or `d`, more than nothing and at most `max`.
    pub(super) fn span_of_time(&self, key: &str, max: Duration) -> Result<Option<Duration>> {
        let Some(text) = self.text(key)? else { return Ok(None) };
        let read = || {
            let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
            let number: i64 = number.parse().ok()?;
            match unit {
                "s" => Duration::try_seconds(number),
                "m" => Duration::try_minutes(number),
                "h" => Duration::try_hours(number),
                "d" => Duration::try_days(number),
                _ => None,
            }
        };
        match read().filter(|span| *span > Duration::zero() && *span <= max) {
            Some(span) => Ok(Some(span)),
            None => {
                let right = format!(
                    "a span such as \"90s\", \"15m\", \"4h\" or \"4d\", at most {} days,",
                    max.num_days()
                );
                Err(self.wrong(key, "no span of time in range", &right))
            }
        }
    }
}

/// What would be right instead of an unknown name: the nearest one, or all there are.
pub(super) fn suggestion(name: &str, known: &[&str]) -> String {
    match near(name, known) {
        near if near.is_empty() => format!("one of {} is right", known.join(", ")),
        near => near.trim_start_matches(", ").to_owned(),
    }
}

fn near(name: &str, known: &[&str]) -> String {
    let closest = known.iter().map(|k| (distance(name, k), *k)).min();
    match closest {
        Some((far, one)) if far <= (one.chars().count() / 3).max(1) => format!(", did you mean {one:?}?"),
        _ => String::new(),
    }
}

/// Levenshtein's distance: how many letters must be put in, left out or changed.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut corner = i;
        let mut left = i + 1;
        for (cell, y) in row.iter_mut().skip(1).zip(&b) {
            let changed = corner + usize::from(!x.eq_ignore_ascii_case(y));
            corner = *cell;
            left = changed.min(left + 1).min(corner + 1);
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

/// A value as an error shows it; long ones are cut.
fn shown(value: &DeValue<'_>) -> String {
    let text = match value {
        DeValue::String(text) => format!("{text:?}"),
        DeValue::Integer(number) => number.as_str().to_owned(),
        DeValue::Float(number) => number.as_str().to_owned(),
        DeValue::Boolean(value) => value.to_string(),
        DeValue::Datetime(value) => value.to_string(),
        DeValue::Array(_) => "an array".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    };
    match text.char_indices().nth(80) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text,
    }
}

fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

/// An error at a place of the text.
pub(super) fn wrong_at(text: &str, at: usize, message: String) -> Error {
    let line = line_of(text, at);
    Error::new(ErrorKind::Config, "policy.file").message(format!("line {line}: {message}"))
}
