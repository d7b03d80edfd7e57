//! How calls are listed: from one entry comes what is said of a call, and what does it.

use crate::{
    error::wrong,
    schema::{Ty, Typed},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sutler::{Error, ErrorKind, Result};

/// What a call of a binding is given with.
pub(crate) fn read<T: for<'de> Deserialize<'de>>(call: &'static str, arguments: Value) -> Result<T> {
    serde_json::from_value(arguments).map_err(|error| wrong(format!("engine.{call}"), error.to_string()))
}

pub(crate) fn written<T: Serialize>(call: &'static str, given: &T) -> Result<Value> {
    serde_json::to_value(given).map_err(|error| {
        Error::new(ErrorKind::Protocol, format!("engine.{call}"))
            .message("what it gives cannot be written")
            .with_source(error)
    })
}

pub(crate) trait Gives {
    fn gives() -> Option<Ty>;
}

impl Gives for () {
    fn gives() -> Option<Ty> {
        None
    }
}

impl<T: Typed> Gives for T {
    fn gives() -> Option<Ty> {
        Some(T::ty())
    }
}

/// Lists calls: what is said of each, and what does it by its name.
macro_rules! calls {
    ($(
        $(#[doc = $doc:literal])*
        $name:ident $([$pages:ident])? (
            $($(#[doc = $adoc:literal])* $argument:ident: $ty:ty,)*
        ) -> $gives:ty = |$engine:ident| $body:block
    )*) => {
        /// What is said of each.
        pub fn described() -> Vec<$crate::schema::Call> {
            vec![$($crate::schema::Call {
                name: stringify!($name),
                doc: $crate::schema::doc(&[$($doc),*]),
                arguments: vec![$($crate::schema::Field {
                    name: stringify!($argument),
                    doc: $crate::schema::doc(&[$($adoc),*]),
                    ty: <$ty as $crate::schema::Typed>::ty(),
                }),*],
                gives: <$gives as $crate::calls::listing::Gives>::gives(),
                pages: [$(stringify!($pages)),*].contains(&"pages"),
            }),*]
        }

        /// Does one by its name.
        ///
        /// # Errors
        /// `Invalid` when there is no such call or an argument is none of its; otherwise the call's own.
        pub async fn call(engine: &$crate::Engine, name: &str, arguments: serde_json::Value) -> sutler::Result<serde_json::Value> {
            match name {
                $(stringify!($name) => {
                    #[derive(serde::Deserialize)]
                    #[serde(deny_unknown_fields)]
                    struct Arguments { $($argument: $ty,)* }
                    let Arguments { $($argument,)* } = $crate::calls::listing::read(stringify!($name), arguments)?;
                    let $engine = engine;
                    let given: $gives = $body;
                    $crate::calls::listing::written(stringify!($name), &given)
                })*
                other => Err($crate::error::wrong("engine.call", format!("there is no call {other:?}"))),
            }
        }
    };
}

pub(crate) use calls;
