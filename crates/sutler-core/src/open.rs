//! Channel enums that keep what they do not know.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{borrow::Cow, fmt};

/// A closed set of texts a channel is known to send.
pub trait KnownText: Sized + Copy + 'static {
    /// Every known value with the channel-neutral text it is stored under.
    const ALL: &'static [(Self, &'static str)];

    /// The stored text.
    fn text(self) -> &'static str;
}

/// A value of a channel's enum: known, or the text the channel sent, byte for byte (G9).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Open<T> {
    /// One of the values this version knows.
    Known(T),
    /// Anything else, verbatim.
    Other(String),
}

impl<T: KnownText> Open<T> {
    /// Looks `text` up among the known stored texts, case included; keeps it verbatim otherwise.
    pub fn from_text(text: &str) -> Self {
        match T::ALL.iter().find(|(_, known)| *known == text) {
            Some((value, _)) => Open::Known(*value),
            None => Open::Other(text.to_owned()),
        }
    }

    /// The stored text of a known value, or the verbatim one.
    pub fn as_str(&self) -> &str {
        match self {
            Open::Known(value) => value.text(),
            Open::Other(text) => text,
        }
    }
}

impl<T: Copy> Open<T> {
    /// The known value, if it is one.
    pub fn known(&self) -> Option<T> {
        match self {
            Open::Known(value) => Some(*value),
            Open::Other(_) => None,
        }
    }
}

impl<T: KnownText> fmt::Display for Open<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Marks a channel's own text that looks like a stored one, so that it comes back as what it was.
const VERBATIM: char = '\\';

impl<T: KnownText> Serialize for Open<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Open::Other(text)
                if text.starts_with(VERBATIM) || matches!(Self::from_text(text), Open::Known(_)) =>
            {
                serializer.collect_str(&format_args!("{VERBATIM}{text}"))
            }
            _ => serializer.serialize_str(self.as_str()),
        }
    }
}

impl<'de, T: KnownText> Deserialize<'de> for Open<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        Ok(match text.strip_prefix(VERBATIM) {
            Some(verbatim) => Open::Other(verbatim.to_owned()),
            None => Open::from_text(&text),
        })
    }
}
