//! `sutler.toml`: read as a whole and checked before anything is done with it.
//!
//! Every error names file, line, field, value and what would be right.

mod place;
mod secret;

use crate::exit::{Failure, Outcome};
use place::Places;
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};
use sutler::{
    Engine, Error, Host, Policy, Walmart,
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
}

/// A configuration that can be right: everything but the marketplaces' own answers was checked.
pub(crate) struct Config {
    path: PathBuf,
    places: Places,
    url: String,
    tenant: Option<String>,
    pace: Pace,
    policy: Policy,
    channels: Vec<(String, Walmart)>,
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
            let (walmart, environment) = reader.walmart(name, channel)?;
            if environment != Environment::Local && file.clock.is_some() {
                return Err(reader.wrong(
                    "clock",
                    format!(
                        "a clock of its own needs every channel to be local, and channels.{name} is {environment}; leave [clock] out"
                    ),
                ));
            }
            channels.push((name.clone(), walmart));
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
        for (name, walmart) in &self.channels {
            builder = builder.channel(name.as_str(), walmart.clone());
        }
        builder
    }

    /// The same channels over a store that ends with the process: to ask them without touching the file.
    pub(crate) fn engine_apart(&self) -> Builder {
        let mut builder = Engine::open("memory:").policy(self.policy.clone());
        if !self.pace.is_real() {
            builder = builder.pace(self.pace);
        }
        for (name, walmart) in &self.channels {
            builder = builder.channel(name.as_str(), walmart.clone());
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
        if !(speed.is_finite() && speed > 0.0) {
            return Err(
                self.wrong("clock.speed", format!("{speed} is not possible; a number above 0 is right"))
            );
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

    fn walmart(&self, name: &str, channel: &Channel) -> Outcome<(Walmart, Environment)> {
        let field = |key: &str| format!("channels.{name}.{key}");
        if channel.marketplace != "walmart" {
            return Err(self.wrong(
                &field("marketplace"),
                format!(
                    "{:?} is not a marketplace of this version; \"walmart\" is right",
                    channel.marketplace
                ),
            ));
        }
        let environment = match channel.environment.as_deref() {
            None => Environment::Production,
            Some(text) => {
                text.parse().map_err(|error: Error| self.wrong(&field("environment"), error.text().into()))?
            }
        };
        let value = |key, plain: &Option<String>, env: &Option<String>, file: &Option<PathBuf>| {
            secret::value(plain, env, file, self.folder).map_err(|why| self.wrong(&field(key), why))
        };
        let needed = |key: &str, found: Option<String>, right: &str| {
            found.ok_or_else(|| {
                self.wrong(
                    &format!("channels.{name}"),
                    format!("{key} is missing; {right}, or {key}_env or {key}_file, is right"),
                )
            })
        };
        let c = channel;
        let seller = value("seller", &c.seller, &c.seller_env, &c.seller_file)?;
        let seller = needed("seller", seller, "the seller id of the seller center")?;
        let id = value("client_id", &c.client_id, &c.client_id_env, &c.client_id_file)?;
        let id = needed("client_id", id, "the client id of the developer portal")?;
        let secret = value("client_secret", &c.client_secret, &c.client_secret_env, &c.client_secret_file)?;
        let secret = needed("client_secret", secret, "the secret that goes with client_id")?;
        let refresh = value("refresh_token", &c.refresh_token, &c.refresh_token_env, &c.refresh_token_file)?;
        if refresh.is_some_and(|token| !token.is_empty()) {
            return Err(
                self.wrong(&field("refresh_token"), "walmart gives no refresh token; leave it out".into())
            );
        }
        let mut walmart = Walmart::new(seller, id, secret).environment(environment);
        if let Some(url) = value("base_url", &c.base_url, &c.base_url_env, &c.base_url_file)? {
            walmart = walmart.base_url(url);
        } else if environment == Environment::Local {
            return Err(self.wrong(
                &format!("channels.{name}"),
                "base_url is missing; a local marketplace needs one, such as \"http://127.0.0.1:8080\""
                    .into(),
            ));
        }
        if let Some(url) = value("token_url", &c.token_url, &c.token_url_env, &c.token_url_file)? {
            walmart = walmart.token_url(url);
        }
        if let Some(node) = &channel.ship_node {
            walmart = walmart.ship_node(node);
        }
        if environment == Environment::Local {
            // A marketplace on this machine answers within milliseconds or not at all.
            walmart = walmart.call_timeout(std::time::Duration::from_secs(5));
            // In paced time a socket's jitter is seconds: a twentieth of each limit is left unused, as in the demo.
            walmart = walmart.rate_factor(0.95);
        }
        Ok((walmart, environment))
    }
}

#[cfg(test)]
mod tests;
