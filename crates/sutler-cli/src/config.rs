//! `sutler.toml`: read as a whole and checked before anything is done with it.
//!
//! Every error names file, line, field, value and what would be right.

mod account;
mod place;
mod secret;

use crate::exit::{Failure, Outcome};
use account::Account;
use place::Places;
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};
use sutler::sandbox::SPEED_MAX;
use sutler::{
    Engine, Error, Host, Policy,
    channel::Environment,
    clock::{MarketClock, Pace},
    engine::Builder,
    model::Timestamp,
};

/// The file `sutler init` writes.
pub(crate) const COMMENTED: &str = include_str!("config/sutler.toml");

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    store: Store,
    #[serde(default)]
    stock: Option<FilePath>,
    #[serde(default)]
    policy: Option<FilePath>,
    #[serde(default)]
    clock: Option<Clock>,
    #[serde(default)]
    channels: BTreeMap<String, Channel>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Store {
    url: String,
    #[serde(default)]
    tenant: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FilePath {
    file: PathBuf,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Clock {
    origin: String,
    started: String,
    speed: Number,
}

/// A number with or without a point.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(untagged, expecting = "a number such as 60 or 1.5")]
enum Number {
    Whole(i64),
    Broken(f64),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Channel {
    marketplace: String,
    #[serde(default)]
    environment: Option<String>,
    #[serde(default)]
    ship_node: Option<String>,
    seller: Option<String>,
    seller_env: Option<String>,
    seller_file: Option<PathBuf>,
    base_url: Option<String>,
    base_url_env: Option<String>,
    base_url_file: Option<PathBuf>,
    token_url: Option<String>,
    token_url_env: Option<String>,
    token_url_file: Option<PathBuf>,
    client_id: Option<String>,
    client_id_env: Option<String>,
    client_id_file: Option<PathBuf>,
    client_secret: Option<String>,
    client_secret_env: Option<String>,
    client_secret_file: Option<PathBuf>,
    refresh_token: Option<String>,
    refresh_token_env: Option<String>,
    refresh_token_file: Option<PathBuf>,
    /// eBay's site, or Amazon's marketplaces.
    marketplace_id: Option<String>,
    /// Amazon's endpoint.
    region: Option<String>,
    notification_endpoint: Option<String>,
    verification_token: Option<String>,
    verification_token_env: Option<String>,
    verification_token_file: Option<PathBuf>,
    signing_key: Option<String>,
    signing_key_env: Option<String>,
    signing_key_file: Option<PathBuf>,
    signing_jwe: Option<String>,
    /// The queue that Amazon's notifications come to.
    sqs_queue_url: Option<String>,
    sqs_access_key_id: Option<String>,
    sqs_access_key_id_env: Option<String>,
    sqs_access_key_id_file: Option<PathBuf>,
    sqs_secret_access_key: Option<String>,
    sqs_secret_access_key_env: Option<String>,
    sqs_secret_access_key_file: Option<PathBuf>,
}

/// A configuration that can be right: everything but the marketplaces' own answers was checked.
pub(crate) struct Config {
    path: PathBuf,
    places: Places,
    url: String,
    tenant: Option<String>,
    pace: Pace,
    policy: Policy,
    channels: Vec<(String, Account)>,
    /// The file of counts, if one is named.
    pub(crate) stock: Option<PathBuf>,
}

impl Config {
    /// Reads a configuration file and every file it names.
    pub(crate) fn read(path: &Path) -> Outcome<Config> {
        let shown = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| {
            Failure::wrong(format!("{shown} cannot be read ({error}); `sutler init` writes a commented one"))
        })?;
        let places = Places::of(&text);
        let file: File = toml::from_str(&text)
            .map_err(|error| Failure::wrong(places.describe(&shown, error.span(), error.message())))?;
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        let reader = Reader { shown: &shown, places: &places, folder: &folder };
        let pace = file.clock.as_ref().map_or(Ok(Pace::real()), |clock| reader.pace(clock))?;
        let mut channels = Vec::new();
        for (name, channel) in &file.channels {
            let (account, environment) = reader.account(name, channel)?;
            if environment != Environment::Local && file.clock.is_some() {
                return Err(reader.wrong(
                    "clock",
                    format!(
                        "a clock of its own needs every channel to be local, and channels.{name} is {environment}; leave [clock] out"
                    ),
                ));
            }
            channels.push((name.clone(), account));
        }
        let policy = file.policy.as_ref().map_or(Ok(Policy::standard()), |named| reader.policy(named))?;
        let stock = file.stock.as_ref().map(|named| folder.join(&named.file));
        let url = reader.url(&file.store.url)?;
        let tenant = file.store.tenant.clone();
        if tenant.as_deref().is_some_and(|tenant| tenant.trim().is_empty()) {
            return Err(reader.wrong("store.tenant", "it is empty; a name is right, or leave it out".into()));
        }
        Ok(Config { path: path.to_owned(), places, url, tenant, pace, policy, channels, stock })
    }

    /// An engine of this configuration, not yet started.
    pub(crate) fn engine(&self) -> Builder {
        let mut builder = Engine::open(&self.url).policy(self.policy.clone());
        if let Some(tenant) = &self.tenant {
            builder = builder.tenant(tenant);
        }
        if !self.pace.is_real() {
            builder = builder.pace(self.pace);
        }
        for (name, account) in &self.channels {
            builder = builder.channel(name.as_str(), account.clone());
        }
        builder
    }

    /// The same channels over a store that ends with the process: to ask them without touching the file.
    pub(crate) fn engine_apart(&self) -> Builder {
        let mut builder = Engine::open("memory:").policy(self.policy.clone());
        if !self.pace.is_real() {
            builder = builder.pace(self.pace);
        }
        for (name, account) in &self.channels {
            builder = builder.channel(name.as_str(), account.clone());
        }
        builder
    }

    /// A handle on its store beside the engine.
    pub(crate) async fn host(&self) -> Outcome<Host> {
        let mut builder = Host::open(&self.url).deadlines(self.policy.deadlines.clone());
        if let Some(tenant) = &self.tenant {
            builder = builder.tenant(tenant);
        }
        if !self.pace.is_real() {
            builder = builder.clock(Arc::new(MarketClock::at_pace(self.pace)?));
        }
        Ok(builder.open().await?)
    }

    /// Does its time run otherwise than real time?
    pub(crate) fn is_paced(&self) -> bool {
        !self.pace.is_real()
    }

    /// Names of its channels.
    pub(crate) fn channels(&self) -> impl Iterator<Item = &str> {
        self.channels.iter().map(|(name, _)| name.as_str())
    }

    /// An error about a field (`channels.us.base_url`) as one about a line of this file.
    pub(crate) fn located(&self, error: Error) -> Failure {
        match self.places.line_of(error.op()) {
            Some(line) if error.kind() == sutler::ErrorKind::Config => {
                Failure::wrong(format!("{} line {line}: {error}", self.path.display()))
            }
            _ => error.into(),
        }
    }
}

/// Reads values, and knows where they stand.
struct Reader<'a> {
    shown: &'a str,
    places: &'a Places,
    folder: &'a Path,
}

impl Reader<'_> {
    fn wrong(&self, field: &str, what: String) -> Failure {
        let line = self.places.line_of(field).map(|line| format!(" line {line}")).unwrap_or_default();
        Failure::wrong(format!("{}{line}: {field}: {what}", self.shown))
    }

    /// The store's place, a relative path being relative to the configuration file.
    fn url(&self, url: &str) -> Outcome<String> {
        let Some(path) = url.strip_prefix("sqlite:") else {
            return Err(self.wrong(
                "store.url",
                format!("{url:?} is no store of this version; \"sqlite:PATH\" is right"),
            ));
        };
        if path.is_empty() {
            return Err(self.wrong("store.url", format!("{url:?} names no file; \"sqlite:PATH\" is right")));
        }
        Ok(format!("sqlite:{}", self.folder.join(path).display()))
    }

    fn instant(&self, field: &str, text: &str) -> Outcome<Timestamp> {
        let read = chrono::DateTime::parse_from_rfc3339(text);
        read.map(|at| at.to_utc()).map_err(|_| {
            self.wrong(
                field,
                format!("{text:?} is no instant; RFC 3339 such as \"2026-01-31T08:00:00Z\" is right"),
            )
        })
    }

    fn pace(&self, clock: &Clock) -> Outcome<Pace> {
        let speed = match clock.speed {
            Number::Whole(whole) => whole as f64,
            Number::Broken(broken) => broken,
        };
        if !(speed > 0.0 && speed <= SPEED_MAX) {
            return Err(self.wrong(
                "clock.speed",
                format!("{speed} is not possible; a number above 0 and up to {SPEED_MAX} is right"),
            ));
        }
        Ok(Pace {
            origin: self.instant("clock.origin", &clock.origin)?,
            started: self.instant("clock.started", &clock.started)?,
            speed,
        })
    }

    fn policy(&self, named: &FilePath) -> Outcome<Policy> {
        let path = self.folder.join(&named.file);
        let text = std::fs::read_to_string(&path).map_err(|error| {
            self.wrong("policy.file", format!("{} cannot be read ({error})", path.display()))
        })?;
        Policy::from_toml(&text)
            .map_err(|error| Failure::wrong(format!("{} {}", path.display(), error.text())))
    }
}

#[cfg(test)]
mod tests;
