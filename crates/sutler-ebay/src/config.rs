//! The configuration of one eBay seller, checked before anything is sent.

use crate::{
    HOSTS, RATES, VERBS,
    auth::{Grant, Tokens},
    calls,
    channel::{EbayChannel, Pipes, STREAMS, Settings},
    dialect::EbayDialect,
    map::push::check_verification_token,
    signature::SigningKey,
};
use http::HeaderValue;
use std::{collections::BTreeMap, sync::Arc, time::Duration as Wait};
use sutler_core::{
    budget::Rate,
    channel::{
        Acknowledgment, CancelUnit, Capabilities, LevelRead, ShipUnit, StockWrite, StreamSpec, VerbSpec,
    },
    error::{Error, ErrorKind, Result},
    id::{ChannelId, SellerId},
    time::Duration,
};
use sutler_http::{
    BaseUrl, CALL_TIMEOUT, Environment, ExposeSecret, Parts, Pipe, Scope, Scopes, SecretString,
};

/// eBay lists orders of the last 90 days unless asked by date, and of two years at most.
const REACH_DAYS: i64 = 729;
/// Orders in one page, at most; more is an error and not clamped.
const PAGE_MAX: u16 = 200;
/// Quantity changes of one listing a calendar day ("Each listing may be revised at most 250 times").
const REVISIONS_PER_DAY: u32 = 250;

/// Where pushes arrive: the registered URL, byte for byte, and the token that was registered with it.
#[derive(Clone, Debug)]
pub(crate) struct Notifications {
    pub(crate) endpoint: String,
    pub(crate) verification_token: SecretString,
}

/// An eBay seller account. [`Ebay::new`], then whatever differs from the defaults, then [`Ebay::build`].
#[derive(Clone, Debug)]
pub struct Ebay {
    seller: String,
    client_id: String,
    client_secret: SecretString,
    refresh_token: SecretString,
    marketplace: String,
    environment: Environment,
    base_url: Option<String>,
    identity_url: Option<String>,
    token_url: Option<String>,
    rates: BTreeMap<String, Rate>,
    rate_factor: f64,
    page_limit: u16,
    backfill: Duration,
    call_timeout: Wait,
    visibility_delay: Duration,
    signing: Option<(SecretString, String)>,
    notifications: Option<Notifications>,
}

impl Ebay {
    /// A seller of production: the user name or immutable user id, the application's client id and secret, and the refresh
    /// token of the seller's consent.
    pub fn new(
        seller: impl Into<String>,
        client_id: impl Into<String>,
        client_secret: impl Into<SecretString>,
        refresh_token: impl Into<SecretString>,
    ) -> Self {
        Ebay {
            seller: seller.into(),
            client_id: client_id.into(),
            client_secret: client_secret.into(),
            refresh_token: refresh_token.into(),
            marketplace: "EBAY_US".into(),
            environment: Environment::Production,
            base_url: None,
            identity_url: None,
            token_url: None,
            rates: BTreeMap::new(),
            rate_factor: 1.0,
            page_limit: PAGE_MAX,
            backfill: Duration::days(90),
            call_timeout: CALL_TIMEOUT,
            visibility_delay: Duration::hours(1),
            signing: None,
            notifications: None,
        }
    }

    /// The site the seller sells on (`EBAY_US`, `EBAY_DE`, …); `EBAY_US` unless said.
    pub fn marketplace(mut self, id: impl Into<String>) -> Self {
        self.marketplace = id.into();
        self
    }

    /// eBay's own sandbox, which wants keys of its own.
    pub fn sandbox(mut self) -> Self {
        self.environment = Environment::Sandbox;
        self
    }

    /// A marketplace on this machine: what stands in for scheme and host, and the whole URL of its token endpoint.
    pub fn local(mut self, base_url: impl Into<String>, token_url: impl Into<String>) -> Self {
        let base = base_url.into();
        self.environment = Environment::Local;
        self.identity_url = Some(base.clone());
        self.base_url = Some(base);
        self.token_url = Some(token_url.into());
        self
    }

    /// Which world to talk to; the hosts must belong to it.
    pub fn environment(mut self, environment: Environment) -> Self {
        self.environment = environment;
        self
    }

    /// Another scheme and host for all but identity, without a path.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Another scheme and host for identity (`apiz`), without a path.
    pub fn identity_url(mut self, url: impl Into<String>) -> Self {
        self.identity_url = Some(url.into());
        self
    }

    /// Another token endpoint, with its path.
    pub fn token_url(mut self, url: impl Into<String>) -> Self {
        self.token_url = Some(url.into());
        self
    }

    /// Other limits than published, by the names of [`RATES`]: what an application growth check has granted.
    pub fn rates(mut self, rates: impl IntoIterator<Item = (String, Rate)>) -> Self {
        self.rates.extend(rates);
        self
    }

    /// Multiplies every rate that [`Ebay::rates`] does not name.
    pub fn rate_factor(mut self, factor: f64) -> Self {
        self.rate_factor = factor;
        self
    }

    /// Orders in a page, 1 to 200; by default 200.
    pub fn page_limit(mut self, orders: u16) -> Self {
        self.page_limit = orders;
        self
    }

    /// How far back the first reads reach; by default 90 days, at most two years less a day.
    pub fn backfill(mut self, span: Duration) -> Self {
        self.backfill = span;
        self
    }

    /// The longest one call may take, in real seconds; by default 30.
    pub fn call_timeout(mut self, timeout: Wait) -> Self {
        self.call_timeout = timeout;
        self
    }

    /// How long a new order may be invisible in lists; by default an hour (inferred).
    pub fn visibility_delay(mut self, delay: Duration) -> Self {
        self.visibility_delay = delay;
        self
    }

    /// The Ed25519 key and its JWE: needed by sellers domiciled in the EU and the UK for refunds and cancellations.
    pub fn signing_key(mut self, private_key: impl Into<SecretString>, jwe: impl Into<String>) -> Self {
        self.signing = Some((private_key.into(), jwe.into()));
        self
    }

    /// Pushes: the registered endpoint byte for byte, and the verification token registered with it.
    pub fn notifications(mut self, endpoint: impl Into<String>, token: impl Into<SecretString>) -> Self {
        self.notifications =
            Some(Notifications { endpoint: endpoint.into(), verification_token: token.into() });
        self
    }

    /// Checks everything and joins the parts.
    ///
    /// # Errors
    /// `Config`, naming the field and what would be right. Nothing was sent.
    pub fn build(self, id: ChannelId, parts: Parts) -> Result<EbayChannel> {
        let field = |name: &str| format!("channels.{id}.{name}");
        let wrong = |name: &str, why: String| Err(Error::new(ErrorKind::Config, field(name)).message(why));
        for (name, value, right) in [
            ("seller", self.seller.as_str(), "the seller's user name or user id is right"),
            ("client_id", self.client_id.as_str(), "the App ID of the application's keyset is right"),
            (
                "client_secret",
                self.client_secret.expose_secret(),
                "the Cert ID of the application's keyset is right",
            ),
            (
                "refresh_token",
                self.refresh_token.expose_secret(),
                "the refresh token of the seller's consent is right",
            ),
        ] {
            if value.trim().is_empty() {
                return wrong(name, format!("it is empty; {right}"));
            }
        }
        if !(1..=PAGE_MAX).contains(&self.page_limit) {
            return wrong("page_limit", format!("{} is not from 1 to {PAGE_MAX}", self.page_limit));
        }
        if self.backfill <= Duration::zero() || self.backfill > Duration::days(REACH_DAYS) {
            return wrong(
                "backfill",
                format!("{} days are not from 1 to {REACH_DAYS}", self.backfill.num_days()),
            );
        }
        if self.visibility_delay < Duration::zero() {
            return wrong("visibility_delay", "it is negative; 0 or more is right".into());
        }
        if self.call_timeout.is_zero() {
            return wrong("call_timeout", "it is 0; some seconds are right".into());
        }
        let Some(site) = site(&self.marketplace) else {
            let known: Vec<&str> = SITES.iter().map(|(name, _)| *name).collect();
            return wrong(
                "marketplace_id",
                format!("{:?} is none of {}", self.marketplace, known.join(", ")),
            );
        };
        if let Some(notifications) = &self.notifications {
            check_verification_token(
                &field("verification_token"),
                notifications.verification_token.expose_secret(),
            )?;
            if !notifications.endpoint.starts_with("http") {
                return wrong(
                    "notification_endpoint",
                    "it is no URL; the registered one, byte for byte, is right".into(),
                );
            }
        }
        let (api, apiz) = match self.environment {
            Environment::Production => ("https://api.ebay.com", "https://apiz.ebay.com"),
            Environment::Sandbox => ("https://api.sandbox.ebay.com", "https://apiz.sandbox.ebay.com"),
            Environment::Local => ("", ""),
        };
        let base = |name: &str, given: &Option<String>, usual: &str| {
            BaseUrl::new(self.environment, &HOSTS, &field(name), given.as_deref().unwrap_or(usual))
        };
        let main = base("base_url", &self.base_url, api)?;
        let identity = base("identity_url", &self.identity_url, apiz)?;
        let token_url = self.token_url.clone().unwrap_or_else(|| format!("{main}/identity/v1/oauth2/token"));
        let token_url = HOSTS.check(self.environment, &field("token_url"), &token_url)?;
        let signing = match &self.signing {
            Some((key, jwe)) => Some(Arc::new(SigningKey::new(key, jwe)?)),
            None => None,
        };
        let header = |text: &str| {
            HeaderValue::from_str(text).map_err(|_| Error::new(ErrorKind::Config, field("marketplace_id")))
        };
        let dialect =
            Arc::new(EbayDialect { marketplace: header(&self.marketplace)?, site: header(site)?, signing });
        let rates = self.table(&field("rates"))?;
        let scopes =
            || Scopes::new(rates.iter().map(|(name, rate)| Scope::new(name, self.scope(name), *rate)));
        scopes().cover(calls::ALL)?;
        let tokens =
            |grant| Tokens::new(token_url.clone(), &self.client_id, &self.client_secret, grant).map(Arc::new);
        let user = tokens(Grant::Refresh(self.refresh_token.clone()))?;
        let pipes = Pipes {
            main: Pipe::new(parts.clone(), main.clone(), scopes(), dialect.clone(), user.clone()),
            identity: Pipe::new(parts.clone(), identity, scopes(), dialect.clone(), user),
            application: Pipe::new(parts, main, scopes(), dialect, tokens(Grant::Application)?),
        };
        let capabilities = self.capabilities();
        let settings = Settings {
            page_limit: self.page_limit,
            backfill: self.backfill,
            returns_budget: self.scope(crate::calls::RETURNS.budget).into(),
            call_timeout: self.call_timeout,
            notifications: self.notifications.clone(),
        };
        Ok(EbayChannel::new(id, SellerId::from(self.seller), capabilities, pipes, settings))
    }

    /// eBay's limits are the application's: sellers who share it share them, whatever store they are in.
    fn scope(&self, budget: &str) -> String {
        format!("ebay/{budget}@{}", self.client_id)
    }

    fn table(&self, what: &str) -> Result<Vec<(&'static str, Rate)>> {
        let wrong = |why: String| Err(Error::new(ErrorKind::Config, what.to_owned()).message(why));
        let positive = |rate: f64| rate.is_finite() && rate > 0.0;
        if !positive(self.rate_factor) {
            return wrong(format!("the factor {} is not a positive number", self.rate_factor));
        }
        for (name, rate) in &self.rates {
            if !RATES.iter().any(|(known, _)| known == name) {
                let known: Vec<_> = RATES.iter().map(|(known, _)| *known).collect();
                return wrong(format!("{name:?} is no budget; they are {}", known.join(", ")));
            }
            if rate.capacity < 1.0 || !positive(rate.capacity) || !positive(rate.per_second) {
                return wrong(format!("the rate of {name} must hold at least 1 token and refill"));
            }
        }
        let factor = self.rate_factor;
        let rate = |(name, published): &(&'static str, Rate)| {
            let scaled = Rate {
                capacity: (published.capacity * factor).max(1.0),
                per_second: published.per_second * factor,
            };
            (*name, self.rates.get(*name).copied().unwrap_or(scaled))
        };
        Ok(RATES.iter().map(rate).collect())
    }

    fn capabilities(&self) -> Capabilities {
        let scope = |budget: &str| Arc::<str>::from(self.scope(budget));
        let verbs = VERBS.iter().map(|row| VerbSpec {
            verb: row.verb,
            repeat: row.repeat,
            repeat_partial: row.repeat_partial,
            probe: row.probe,
            budget: scope(row.budget),
            batch_budget: None,
            call_timeout: self.call_timeout,
            apply_max: Duration::seconds(120),
            batch_apply_max: Duration::seconds(120),
            answer_means_applied: true,
            batch_max: row.batch_max,
            batch_from: 2,
        });
        let streams = STREAMS.iter().map(|(id, kind)| StreamSpec {
            id: (*id).into(),
            kind: *kind,
            horizon: self.backfill,
            stands_for: None,
            budget: None,
        });
        Capabilities {
            marketplace: "ebay".into(),
            acknowledgment: Acknowledgment::Local,
            cancel_unit: CancelUnit::Order,
            ship_unit: ShipUnit::Package,
            answers_cancel_requests: true,
            revisions_per_day: Some(REVISIONS_PER_DAY),
            verbs: verbs.collect(),
            streams: streams.collect(),
            visibility_delay: self.visibility_delay,
            pull_budget: scope("order"),
            fetch_budget: scope("order"),
            level_budget: scope("inventory"),
            settle_budget: scope("order"),
            levels: LevelRead::Lagging(crate::READ_LAG),
            stock_write: StockWrite::Absolute,
            out_of_stock_zeroes: false,
        }
    }
}

/// Sites with their numbers in the Trading API (developer.ebay.com, SiteCodeType).
const SITES: [(&str, &str); 16] = [
    ("EBAY_US", "0"),
    ("EBAY_CA", "2"),
    ("EBAY_GB", "3"),
    ("EBAY_AU", "15"),
    ("EBAY_AT", "16"),
    ("EBAY_BE", "23"),
    ("EBAY_FR", "71"),
    ("EBAY_DE", "77"),
    ("EBAY_MOTORS_US", "100"),
    ("EBAY_IT", "101"),
    ("EBAY_NL", "146"),
    ("EBAY_ES", "186"),
    ("EBAY_CH", "193"),
    ("EBAY_HK", "201"),
    ("EBAY_IE", "205"),
    ("EBAY_PL", "212"),
];

fn site(marketplace: &str) -> Option<&'static str> {
    SITES.iter().find(|(name, _)| *name == marketplace).map(|(_, site)| *site)
}
