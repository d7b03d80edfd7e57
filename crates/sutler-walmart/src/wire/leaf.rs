//! The scalar of Walmart's documents, borrowed from the payload, and the two containers around it.
//!
//! Nothing in production keeps to the published types: `null`, `{}` and `""` stand for "nothing", a single object
//! stands where an array is documented. So a leaf remembers what was written and the mapping decides what it means.
//! What is stranger than that fails here, and [`super::node`] reads the payload again, slowly and tolerantly.

use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};
use serde_json::value::RawValue;
use std::{borrow::Cow, fmt, marker::PhantomData};

/// One scalar.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Leaf<'a> {
    /// Not there, or `null`.
    #[default]
    Absent,
    /// A string.
    Text(Cow<'a, str>),
    /// A number without a fraction.
    Integer(i64),
    /// Any other number, as it was written.
    Number(&'a str),
    /// `true` or `false`.
    Flag(bool),
}

impl<'a> Leaf<'a> {
    /// The text of it; nothing for nothing, blanks and flags.
    pub(crate) fn text(&self) -> Option<Cow<'_, str>> {
        match self {
            Leaf::Text(text) if text.trim_ascii().is_empty() => None,
            Leaf::Text(text) => Some(Cow::Borrowed(text)),
            Leaf::Integer(number) => Some(Cow::Owned(number.to_string())),
            Leaf::Number(number) => Some(Cow::Borrowed(number)),
            Leaf::Absent | Leaf::Flag(_) => None,
        }
    }

    /// The text, owned; empty for nothing.
    pub(crate) fn owned(&self) -> String {
        self.text().map(Cow::into_owned).unwrap_or_default()
    }

    /// Reads one raw JSON scalar without a detour over binary floating point.
    pub(crate) fn from_raw(raw: &'a str) -> Option<Self> {
        Some(match raw.as_bytes().first()? {
            b'"' if !raw.contains('\\') => Leaf::Text(Cow::Borrowed(raw.get(1..raw.len().checked_sub(1)?)?)),
            b'"' => Leaf::Text(Cow::Owned(serde_json::from_str(raw).ok()?)),
            b'-' | b'0'..=b'9' => Leaf::Number(raw),
            b'n' => Leaf::Absent,
            b't' => Leaf::Flag(true),
            b'f' => Leaf::Flag(false),
            _ => return None,
        })
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Leaf<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Scalar;
        impl<'de> Visitor<'de> for Scalar {
            type Value = Leaf<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                // A fraction lands here too: `visit_f64` is left out on purpose, it has already lost digits.
                f.write_str("text, a whole number, a flag or null")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Leaf<'de>, E> {
                Ok(Leaf::Text(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Leaf<'de>, E> {
                Ok(Leaf::Text(Cow::Owned(text.to_owned())))
            }
            fn visit_i64<E>(self, number: i64) -> Result<Leaf<'de>, E> {
                Ok(Leaf::Integer(number))
            }
            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Leaf<'de>, E> {
                i64::try_from(number).map(Leaf::Integer).map_err(E::custom)
            }
            fn visit_bool<E>(self, flag: bool) -> Result<Leaf<'de>, E> {
                Ok(Leaf::Flag(flag))
            }
            fn visit_unit<E>(self) -> Result<Leaf<'de>, E> {
                Ok(Leaf::Absent)
            }
        }
        deserializer.deserialize_any(Scalar)
    }
}

/// Reads a decimal as it was written: for amounts of money, which no float may touch.
pub(crate) fn exact<'de: 'a, 'a, D: Deserializer<'de>>(deserializer: D) -> Result<Leaf<'a>, D::Error> {
    let raw = <&'de RawValue>::deserialize(deserializer)?;
    Leaf::from_raw(raw.get()).ok_or_else(|| de::Error::custom("an object or an array where a number belongs"))
}

/// An object that may be absent, `null` or `{}`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Part<T>(pub(crate) Option<T>);

impl<T> Default for Part<T> {
    fn default() -> Self {
        Part(None)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Part<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Derived structs also read arrays, by position; an array here must not be taken for an object.
        struct Object<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Object<T> {
            type Value = Part<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object or null")
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Part<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(|value| Part(Some(value)))
            }
            fn visit_unit<E>(self) -> Result<Part<T>, E> {
                Ok(Part(None))
            }
        }
        deserializer.deserialize_any(Object(PhantomData))
    }
}

/// An array of objects; one object alone and `null` are accepted.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Many<T>(pub(crate) Vec<T>);

impl<T> Default for Many<T> {
    fn default() -> Self {
        Many(Vec::new())
    }
}

impl<'de, T: Deserialize<'de> + Default + PartialEq> Deserialize<'de> for Many<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Objects<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de> + Default + PartialEq> Visitor<'de> for Objects<T> {
            type Value = Many<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array of objects, an object or null")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Many<T>, A::Error> {
                let mut all = Vec::new();
                while let Some(part) = seq.next_element::<Part<T>>()? {
                    match part.0 {
                        // A hole in an array may be a lost line: the slow way notes it.
                        None => return Err(de::Error::custom("null in an array")),
                        Some(value) => all.push(value),
                    }
                }
                Ok(Many(all))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Many<T>, A::Error> {
                let one = T::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Many(if one == T::default() { Vec::new() } else { vec![one] }))
            }
            fn visit_unit<E>(self) -> Result<Many<T>, E> {
                Ok(Many(Vec::new()))
            }
        }
        deserializer.deserialize_any(Objects(PhantomData))
    }
}
