//! The engine as other languages hold it: opened once, given channels, rules and a policy one by one, then run or stepped.

use crate::{
    error::wrong,
    foreign::{Foreign, ForeignRule, OwnChannel},
    sandbox::channel_at,
    types::{AmazonSettings, EbaySettings, Pace, WalmartSettings},
};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use sutler::{
    Error, ErrorKind, Policy, Result, amazon::Region, channel::Environment, clock, model::from_millis,
    policy::Judge,
};

/// What a channel is made of.
#[derive(Clone, Debug)]
pub enum ChannelSetup {
    /// Walmart US.
    Walmart(WalmartSettings),
    /// Amazon.
    Amazon(AmazonSettings),
    /// eBay.
    Ebay(EbaySettings),
    /// One of the host's own.
    Own(OwnChannel),
}

impl ChannelSetup {
    /// Reads one: `walmart`, `amazon` or `ebay` with its settings as JSON, or a local `market`.
    ///
    /// # Errors
    /// `Invalid` naming what is not known or cannot be read.
    pub fn read(kind: &str, settings: &str) -> Result<ChannelSetup> {
        fn from<T: serde::de::DeserializeOwned>(settings: &str) -> Result<T> {
            serde_json::from_str(settings).map_err(|error| wrong("engine.add_channel", error.to_string()))
        }
        Ok(match kind {
            "walmart" => ChannelSetup::Walmart(from(settings)?),
            "amazon" => ChannelSetup::Amazon(from(settings)?),
            "ebay" => ChannelSetup::Ebay(from(settings)?),
            "market" => channel_at(&from(settings)?)?,
            other => {
                return Err(wrong(
                    "engine.add_channel",
                    format!("there is no kind of channel called {other:?}"),
                ));
            }
        })
    }

    /// One of the host's own: its profile as JSON, and its code.
    ///
    /// # Errors
    /// `Invalid` when the profile cannot be read.
    pub fn own(profile: &str, host: Arc<dyn Foreign>) -> Result<ChannelSetup> {
        let profile = serde_json::from_str(profile);
        let profile = profile.map_err(|error| wrong("engine.add_channel", format!("profile: {error}")))?;
        Ok(ChannelSetup::Own(OwnChannel { profile, host }))
    }
}

/// An engine over one store.
#[derive(Debug)]
pub struct Engine {
    /// Held for a moment only: code of the host's that is waited for may call the engine, also while it changes or closes.
    state: Mutex<Option<Open>>,
    /// Changes, and the closing, one after another.
    changing: tokio::sync::Mutex<()>,
}

#[derive(Clone, Debug)]
struct Open {
    engine: sutler::Engine,
    setup: Setup,
}

#[derive(Clone, Debug, Default)]
struct Setup {
    channels: Vec<(String, ChannelSetup)>,
    rules: Vec<Arc<ForeignRule>>,
    policy: Option<String>,
}

fn closed() -> Error {
    Error::new(ErrorKind::Closed, "engine").message("the engine was closed; open it again")
}

impl Engine {
    /// Opens the store at `url`: a path, `sqlite:PATH`, or `memory:`. Nothing runs by itself.
    ///
    /// # Errors
    /// `Conflict` when another engine has the store, `Config`, `Store` or `NewerSchema`.
    pub async fn open(url: &str, tenant: Option<&str>) -> Result<Engine> {
        let mut builder = sutler::Engine::open(url);
        if let Some(tenant) = tenant {
            builder = builder.tenant(tenant);
        }
        let open = Open { engine: builder.start().await?, setup: Setup::default() };
        Ok(Engine { state: Mutex::new(Some(open)), changing: tokio::sync::Mutex::default() })
    }

    fn state(&self) -> MutexGuard<'_, Option<Open>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The engine as it is now.
    ///
    /// # Errors
    /// `Closed` when it was closed.
    pub(crate) fn get(&self) -> Result<sutler::Engine> {
        self.state().as_ref().map(|open| open.engine.clone()).ok_or_else(closed)
    }

    /// Adds a channel under a name of the host's.
    ///
    /// # Errors
    /// `Config` when the name is taken or the settings cannot be right, `Conflict` while the engine runs.
    pub async fn add_channel(&self, name: String, channel: ChannelSetup) -> Result<()> {
        self.change(|setup| {
            if name.is_empty() || setup.channels.iter().any(|(known, _)| *known == name) {
                return Err(Error::new(ErrorKind::Config, "engine.add_channel").message(format!(
                    "{name:?} is no name for another channel; one that is not used yet is right"
                )));
            }
            setup.channels.push((name, channel));
            Ok(())
        })
        .await
    }

    /// Adds a rule of the host's own. Orders wait for its verdict, up to a margin before they must be taken.
    ///
    /// # Errors
    /// `Config` when the name is taken, `Conflict` while the engine runs.
    pub async fn add_rule(&self, rule: ForeignRule) -> Result<()> {
        self.change(|setup| {
            setup.rules.push(Arc::new(rule));
            Ok(())
        })
        .await
    }

    /// Takes a policy, as TOML.
    ///
    /// # Errors
    /// `Config` naming line, field and value; `Conflict` while the engine runs.
    pub async fn load_policy(&self, toml: String) -> Result<()> {
        self.change(|setup| {
            setup.policy = Some(toml);
            Ok(())
        })
        .await
    }

    /// Builds the engine anew over the same store, as `change` says.
    async fn change(&self, change: impl FnOnce(&mut Setup) -> Result<()>) -> Result<()> {
        let _one_by_one = self.changing.lock().await;
        let Open { engine: before, mut setup } = self.state().clone().ok_or_else(closed)?;
        change(&mut setup)?;
        let engine = setup.build(&before).await?;
        // It gives its channels back; while it runs it says so, and stays.
        before.close().await?;
        *self.state() = Some(Open { engine, setup });
        Ok(())
    }

    /// Asks a running engine to stop. Returns at once.
    pub fn stop(&self) {
        if let Ok(engine) = self.get() {
            engine.stop();
        }
    }

    /// Gives the channels back and the store free. Closing twice is none.
    ///
    /// # Errors
    /// `Conflict` while the engine runs.
    pub async fn close(&self) -> Result<()> {
        let _one_by_one = self.changing.lock().await;
        if let Ok(engine) = self.get() {
            engine.close().await?;
        }
        *self.state() = None;
        Ok(())
    }
}

impl Setup {
    async fn build(&self, over: &sutler::Engine) -> Result<sutler::Engine> {
        let policy = match &self.policy {
            Some(toml) => Policy::from_toml(toml)?,
            None => Policy::standard(),
        };
        let mut builder = over.again().policy(policy);
        for rule in &self.rules {
            builder = builder.judge(rule.clone() as Arc<dyn Judge>);
        }
        let mut paces: Vec<(&str, Pace)> = Vec::new();
        for (name, channel) in &self.channels {
            let pace = match channel {
                ChannelSetup::Walmart(settings) => settings.pace.clone(),
                ChannelSetup::Amazon(settings) => settings.pace.clone(),
                ChannelSetup::Ebay(settings) => settings.pace.clone(),
                ChannelSetup::Own(own) => own.pace().cloned(),
            };
            paces.extend(pace.map(|pace| (name.as_str(), pace)));
            builder = match channel {
                ChannelSetup::Walmart(settings) => builder.channel(name.as_str(), walmart(settings)?),
                ChannelSetup::Amazon(settings) => builder.channel(name.as_str(), amazon(settings)?),
                ChannelSetup::Ebay(settings) => builder.channel(name.as_str(), ebay(settings)?),
                ChannelSetup::Own(own) => builder.channel(name.as_str(), own.clone()),
            };
        }
        if let Some((_, first)) = paces.first() {
            if let Some((name, _)) = paces.iter().find(|(_, pace)| pace != first) {
                return Err(Error::new(ErrorKind::Config, "engine.add_channel").message(format!(
                    "channel {name} keeps a time of its own, another than the rest; local marketplaces of one sandbox share theirs"
                )));
            }
            builder = builder.pace(clock::Pace {
                origin: from_millis(first.origin.0),
                started: from_millis(first.started.0),
                speed: first.speed,
            });
        }
        builder.start().await
    }
}

fn environment(text: Option<&str>) -> Result<Environment> {
    match text.unwrap_or("production") {
        "production" => Ok(Environment::Production),
        "sandbox" => Ok(Environment::Sandbox),
        "local" => Ok(Environment::Local),
        other => Err(wrong(
            "engine.add_channel",
            format!("environment {other:?} is not known; \"production\", \"sandbox\" or \"local\" is right"),
        )),
    }
}

/// Applies what is said, and leaves the rest as the connector has it.
macro_rules! said {
    ($channel:expr, $settings:expr) => {{
        let mut channel = $channel.environment(environment($settings.environment.as_deref())?);
        if let Some(url) = &$settings.base_url {
            channel = channel.base_url(url.clone());
        }
        if let Some(url) = &$settings.token_url {
            channel = channel.token_url(url.clone());
        }
        if let Some(span) = $settings.backfill {
            channel = channel.backfill(sutler::model::Duration::milliseconds(span.0));
        }
        if let Some(span) = $settings.call_timeout {
            channel = channel.call_timeout(std::time::Duration::from_millis(span.0.max(0) as u64));
        }
        if let Some(factor) = $settings.rate_factor {
            channel = channel.rate_factor(factor);
        }
        channel
    }};
}

fn walmart(settings: &WalmartSettings) -> Result<sutler::Walmart> {
    let channel = sutler::Walmart::new(
        settings.seller.clone(),
        settings.client_id.clone(),
        settings.client_secret.0.clone(),
    );
    let mut channel = said!(channel, settings);
    if let Some(node) = &settings.ship_node {
        channel = channel.ship_node(node.clone());
    }
    if let Some(pair) = &settings.push_password {
        let (user, password) = pair_of("push_password", &pair.0)?;
        channel = channel.pushes_by_password(user, password);
    }
    if let Some(pair) = &settings.push_hmac {
        let (header, secret) = pair_of("push_hmac", &pair.0)?;
        channel = channel.pushes_by_hmac(header, secret);
    }
    Ok(channel)
}

fn pair_of<'t>(name: &str, text: &'t str) -> Result<(&'t str, &'t str)> {
    text.split_once(':').ok_or_else(|| {
        wrong(
            "engine.add_channel",
            format!("{name} has no colon; two texts with a colon between them are right"),
        )
    })
}

fn amazon(settings: &AmazonSettings) -> Result<sutler::Amazon> {
    let channel = sutler::Amazon::new(
        settings.seller.clone(),
        settings.client_id.clone(),
        settings.client_secret.0.clone(),
        settings.refresh_token.0.clone(),
    );
    let mut channel = said!(channel, settings);
    if let Some(region) = &settings.region {
        channel = channel.region(match region.as_str() {
            "na" => Region::NorthAmerica,
            "eu" => Region::Europe,
            "fe" => Region::FarEast,
            other => {
                return Err(wrong(
                    "engine.add_channel",
                    format!("region {other:?} is not known; \"na\", \"eu\" or \"fe\" is right"),
                ));
            }
        });
    }
    if let Some(marketplaces) = &settings.marketplaces {
        channel = channel.marketplaces(marketplaces.clone());
    }
    Ok(channel)
}

fn ebay(settings: &EbaySettings) -> Result<sutler::Ebay> {
    let channel = sutler::Ebay::new(
        settings.seller.clone(),
        settings.client_id.clone(),
        settings.client_secret.0.clone(),
        settings.refresh_token.0.clone(),
    );
    let mut channel = said!(channel, settings);
    if let Some(marketplace) = &settings.marketplace {
        channel = channel.marketplace(marketplace.clone());
    }
    match (&settings.notification_endpoint, &settings.verification_token) {
        (Some(endpoint), Some(token)) => channel = channel.notifications(endpoint.clone(), token.0.clone()),
        (None, None) => {}
        _ => {
            return Err(wrong(
                "engine.add_channel",
                "notification_endpoint and verification_token go together; both or neither is right",
            ));
        }
    }
    Ok(channel)
}
