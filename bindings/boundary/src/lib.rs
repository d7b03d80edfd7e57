//! What crosses from sutler into other languages. A binding carries data and decides nothing: it hands a call's name and its
//! arguments as JSON to [`calls::call`], and gives back what comes. Types, calls, errors and what is said of them stand here
//! once; classes, stubs and references are written from [`described`] by `cargo xtask gen`.

pub mod calls;
mod convert;
pub mod engine;
pub mod error;
pub mod foreign;
pub mod generate;
pub mod pure;
pub mod sandbox;
pub mod schema;
pub mod suite;
pub mod tables;
pub mod types;

pub use engine::{ChannelSetup, Engine};
pub use error::{Failure, wrong};
pub use sandbox::{Sandbox, SandboxSettings};
pub use sutler::ErrorKind;

/// All that is said of the boundary.
pub fn described() -> schema::Boundary {
    let mut texts = types::texts();
    texts.push(error::kinds());
    schema::Boundary {
        structures: types::structures(),
        texts,
        calls: calls::described(),
        tables: tables::described(),
    }
}
