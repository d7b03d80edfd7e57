//! The published documents: where each lies in the folder, and one of them as JSON.

use std::path::{Path, PathBuf};

use serde_json::{Map, Number, Value};
use yaml_rust2::{Yaml, YamlLoader};

/// Why the specifications could not be loaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// A document is not there or cannot be read.
    #[error("specification {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the file system said.
        source: std::io::Error,
    },
    /// A document is not what its name promises, or uses a schema keyword the checks do not know.
    #[error("specification {path}: {why}")]
    Document {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        why: String,
    },
    /// The list of known deviations cannot be used.
    #[error("schema exceptions: {0}")]
    Exceptions(String),
}

/// The copy of Walmart's documents that is judged by: the newest there is.
pub(super) const NEWEST: &str = "walmart/api-evangelist-2026-06";
/// The copy asked where the newest lacks a call, and for a second opinion.
pub(super) const OLDER: &str = "walmart/highsidelabs-2023-08";

/// One subject's documents by their names in the two folders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Subject {
    Authentication,
    Orders,
    Inventory,
    Feeds,
    Settings,
    Returns,
}

impl Subject {
    pub(super) fn newest(self, specs: &Path) -> PathBuf {
        let name = match self {
            Subject::Authentication => "authentication",
            Subject::Orders => "orders",
            Subject::Inventory => "inventory",
            Subject::Feeds => "feeds",
            Subject::Settings => "settings",
            Subject::Returns => "returns",
        };
        specs.join(NEWEST).join(format!("walmart-marketplace-{name}-openapi-original.yml"))
    }

    pub(super) fn older(self, specs: &Path) -> PathBuf {
        let name = match self {
            Subject::Authentication => "auth",
            Subject::Orders => "orders",
            Subject::Inventory => "inventory",
            Subject::Feeds => "feeds",
            Subject::Settings => "settings",
            Subject::Returns => "returns",
        };
        specs.join(OLDER).join(format!("us-mp-{name}.json"))
    }
}

/// One document. YAML by its ending, else JSON.
pub(super) fn load(path: &Path) -> Result<Value, LoadError> {
    let read = |source| LoadError::Read { path: path.to_owned(), source };
    let refuse = |why: String| LoadError::Document { path: path.to_owned(), why };
    let text = std::fs::read_to_string(path).map_err(read)?;
    if path.extension().is_some_and(|ending| ending == "yml") {
        // yaml-rust2: pure Rust, kept, 4 small crates; 0.1 s for the 2.7 MB of the orders document even in a dev build.
        let mut documents = YamlLoader::load_from_str(&text).map_err(|error| refuse(error.to_string()))?;
        match (documents.pop(), documents.is_empty()) {
            (Some(document), true) => json(document).map_err(refuse),
            _ => Err(refuse("holds no YAML document, or several; one is right".to_owned())),
        }
    } else {
        serde_json::from_str(&text).map_err(|error| refuse(error.to_string()))
    }
}

fn json(yaml: Yaml) -> Result<Value, String> {
    match yaml {
        Yaml::String(text) => Ok(Value::String(text)),
        Yaml::Integer(number) => Ok(Value::Number(number.into())),
        Yaml::Real(text) => {
            let number = text.parse().ok().and_then(Number::from_f64);
            number.map(Value::Number).ok_or_else(|| format!("{text} is no number that JSON has"))
        }
        Yaml::Boolean(truth) => Ok(Value::Bool(truth)),
        Yaml::Null => Ok(Value::Null),
        Yaml::Array(items) => items.into_iter().map(json).collect::<Result<_, _>>().map(Value::Array),
        Yaml::Hash(members) => {
            let member = |(name, value)| Ok::<_, String>((key(name)?, json(value)?));
            members.into_iter().map(member).collect::<Result<Map<_, _>, _>>().map(Value::Object)
        }
        Yaml::Alias(_) | Yaml::BadValue => {
            Err("holds an alias or a value that YAML does not have".to_owned())
        }
    }
}

/// JSON's names are text; the documents write status codes as text or as a number.
fn key(name: Yaml) -> Result<String, String> {
    match name {
        Yaml::String(text) => Ok(text),
        Yaml::Integer(number) => Ok(number.to_string()),
        Yaml::Boolean(truth) => Ok(truth.to_string()),
        other => Err(format!("{other:?} cannot be the name of a field")),
    }
}
