//! What is said of the boundary: types, fields, calls. Classes, stubs and references of every language are written from it.

use std::collections::BTreeMap;

/// The shape of a value that crosses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ty {
    /// A text.
    Text,
    /// A text that is shown nowhere: in no description of a value and in no error.
    Secret,
    /// A whole number.
    Whole,
    /// A whole number that is not negative.
    Count,
    /// A number with a fraction: a measure, never money.
    Real,
    /// Yes or no.
    Truth,
    /// An exact decimal, as a text: `decimal.Decimal` in Python, a text in JavaScript.
    Exact,
    /// An instant: milliseconds since 1970, UTC. An aware `datetime` in Python, a `Date` in JavaScript.
    Instant,
    /// A span of time in milliseconds: a `timedelta` in Python, a number of milliseconds in JavaScript.
    Span,
    /// Bytes, as base64.
    Bytes,
    /// Any JSON.
    Json,
    /// One of the described types.
    Named(&'static str),
    /// Many of one shape.
    List(Box<Ty>),
    /// By name.
    Map(Box<Ty>),
    /// One of a shape, or nothing.
    Maybe(Box<Ty>),
}

/// A Rust type that crosses.
pub trait Typed {
    /// Its shape.
    fn ty() -> Ty;
}

macro_rules! typed {
    ($($rust:ty => $ty:expr),* $(,)?) => {$(
        impl Typed for $rust {
            fn ty() -> Ty { $ty }
        }
    )*};
}

typed! {
    String => Ty::Text,
    u16 => Ty::Count,
    u32 => Ty::Count,
    u64 => Ty::Count,
    i64 => Ty::Whole,
    f64 => Ty::Real,
    bool => Ty::Truth,
    serde_json::Value => Ty::Json,
}

impl<T: Typed> Typed for Vec<T> {
    fn ty() -> Ty {
        Ty::List(Box::new(T::ty()))
    }
}

impl<T: Typed> Typed for BTreeMap<String, T> {
    fn ty() -> Ty {
        Ty::Map(Box::new(T::ty()))
    }
}

impl<T: Typed> Typed for Option<T> {
    fn ty() -> Ty {
        Ty::Maybe(Box::new(T::ty()))
    }
}

/// A field of a structure, or an argument of a call.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What it is: shape, unit, when it is absent.
    pub doc: String,
    /// Its shape.
    pub ty: Ty,
}

/// A structure.
#[derive(Clone, Debug)]
pub struct Structure {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub doc: String,
    /// Its fields, in order.
    pub fields: Vec<Field>,
}

/// A set of texts that may grow: a text this version does not know is kept.
#[derive(Clone, Debug)]
pub struct Texts {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub doc: String,
    /// The texts, each with what it means.
    pub known: Vec<(&'static str, String)>,
}

/// A call.
#[derive(Clone, Debug)]
pub struct Call {
    /// Its name.
    pub name: &'static str,
    /// What it does, and its errors.
    pub doc: String,
    /// What it is called with.
    pub arguments: Vec<Field>,
    /// What it gives; none for nothing.
    pub gives: Option<Ty>,
    /// Does it give one page of many, with `next` in it and `after` among its arguments? Then languages iterate it.
    pub pages: bool,
}

/// Many orders at once, as columns.
#[derive(Clone, Debug)]
pub struct Table {
    /// The name of the call that gives it.
    pub name: &'static str,
    /// What it has a row for, and in which order.
    pub doc: String,
    /// Its columns, in order.
    pub columns: Vec<Field>,
    /// Which rows it has: all of them optional.
    pub arguments: Vec<Field>,
}

/// All of the boundary.
#[derive(Clone, Debug, Default)]
pub struct Boundary {
    /// Structures, by name.
    pub structures: Vec<Structure>,
    /// Sets of texts, by name.
    pub texts: Vec<Texts>,
    /// The engine's calls, in the order they are documented.
    pub calls: Vec<Call>,
    /// Its tables, for languages that keep them.
    pub tables: Vec<Table>,
}

/// Joins the lines of a documentation comment.
pub(crate) fn doc(lines: &[&str]) -> String {
    lines
        .iter()
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect::<Vec<_>>()
        .join("\n")
        .trim()
        .to_owned()
}

/// Structures that cross, with what is said of them.
macro_rules! structures {
    ($($(#[doc = $doc:literal])* $name:ident { $($(#[doc = $fdoc:literal])* $field:ident: $ty:ty,)* })*) => {
        $(
            $(#[doc = $doc])*
            #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
            #[serde(deny_unknown_fields)]
            pub struct $name {
                $($(#[doc = $fdoc])* pub $field: $ty,)*
            }

            impl $crate::schema::Typed for $name {
                fn ty() -> $crate::schema::Ty {
                    $crate::schema::Ty::Named(stringify!($name))
                }
            }

            impl $name {
                /// What is said of it.
                pub fn described() -> $crate::schema::Structure {
                    $crate::schema::Structure {
                        name: stringify!($name),
                        doc: $crate::schema::doc(&[$($doc),*]),
                        fields: vec![$($crate::schema::Field {
                            name: stringify!($field),
                            doc: $crate::schema::doc(&[$($fdoc),*]),
                            ty: <$ty as $crate::schema::Typed>::ty(),
                        }),*],
                    }
                }
            }
        )*

        /// Every structure of this list.
        pub(super) fn all() -> Vec<$crate::schema::Structure> {
            vec![$($name::described()),*]
        }
    };
}

/// Sets of texts that cross, with what is said of them.
macro_rules! texts {
    ($($(#[doc = $doc:literal])* $name:ident { $($text:literal: $meaning:literal,)* })*) => {
        $(
            $(#[doc = $doc])*
            #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
            #[serde(transparent)]
            pub struct $name(pub String);

            impl From<&str> for $name {
                fn from(text: &str) -> Self {
                    $name(text.to_owned())
                }
            }

            impl $crate::schema::Typed for $name {
                fn ty() -> $crate::schema::Ty {
                    $crate::schema::Ty::Named(stringify!($name))
                }
            }
        )*

        /// Every set of texts of this list.
        pub(super) fn sets() -> Vec<$crate::schema::Texts> {
            vec![$($crate::schema::Texts {
                name: stringify!($name),
                doc: $crate::schema::doc(&[$($doc),*]),
                known: vec![$(($text, $meaning.to_owned())),*],
            }),*]
        }
    };
}

pub(crate) use structures;
pub(crate) use texts;
