//! The configuration of one Walmart seller, checked before anything is sent.

use crate::{
    HOSTS, RATES, VERBS,
    auth::ClientCredentials,
    channel::{Settings, WalmartChannel},
    dialect::WalmartDialect,
    push::PushAuth,
};
use std::{collections::BTreeMap, num::NonZeroU16, sync::Arc, time::Duration as Wait};
use sutler_core::{
    budget::Rate,
    channel::{
        Acknowledgment, CancelUnit, Capabilities, LevelRead, ShipUnit, StockWrite, StreamKind, StreamSpec,
        VerbSpec,
    },
    error::{Error, ErrorKind, Result},
    id::{ChannelId, SellerId},
    time::Duration,
};
use sutler_http::{
    BaseUrl, CALL_TIMEOUT, Environment, ExposeSecret, Parts, Pipe, Scopes, SecretString, seller_scope,
};

/// Lists reach back 180 days; one is kept for the time a page takes.
pub(crate) const REACH_DAYS: i64 = 179;
/// Orders in one page, at most.
const PAGE_MAX: u16 = 200;

/// A Walmart US seller account. [`Walmart::new`], then whatever differs from the defaults, then [`Walmart::build`].
#[derive(Clone, Debug)]
pub struct Walmart {
    seller: String,
    client_id: String,
    client_secret: SecretString,
    environment: Environment,
    base_url: Option<String>,
    token_url: Option<String>,
    rates: BTreeMap<String, Rate>,
    rate_factor: f64,
    page_limit: u16,
    backfill: Duration,
    call_timeout: Wait,
    feed_rows_max: usize,
    ship_node: Option<String>,
    visibility_delay: Duration,
    pushes: Option<PushAuth>,
}

impl Walmart {
    /// A seller of production, by the seller id, and a client id and secret of the developer portal.
    pub fn new(
        seller: impl Into<String>,
        client_id: impl Into<String>,
        client_secret: impl Into<SecretString>,
    ) -> Self {
        Walmart {
            seller: seller.into(),
            client_id: client_id.into(),
            client_secret: client_secret.into(),
            environment: Environment::Production,
            base_url: None,
            token_url: None,
            rates: BTreeMap::new(),
            rate_factor: 1.0,
            page_limit: 100,
            backfill: Duration::days(REACH_DAYS),
            call_timeout: CALL_TIMEOUT,
            feed_rows_max: 1000,
            ship_node: None,
            visibility_delay: Duration::hours(1),
            pushes: None,
        }
    }

    /// Walmart's own sandbox, which wants keys of its own.
    pub fn sandbox(mut self) -> Self {
        self.environment = Environment::Sandbox;
        self
    }

    /// A marketplace on this machine: what stands in for scheme and host, and the whole URL of its token endpoint.
    pub fn local(mut self, base_url: impl Into<String>, token_url: impl Into<String>) -> Self {
        self.environment = Environment::Local;
        self.base_url = Some(base_url.into());
        self.token_url = Some(token_url.into());
        self
    }

    /// Which world to talk to; the hosts must belong to it.
    pub fn environment(mut self, environment: Environment) -> Self {
        self.environment = environment;
        self
    }

    /// Another scheme and host, without a path.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Another token endpoint, with its path. By default `/v3/token` under the base URL.
    pub fn token_url(mut self, url: impl Into<String>) -> Self {
        self.token_url = Some(url.into());
        self
    }

    /// Other rates than published, by the names of [`RATES`].
    pub fn rates(mut self, rates: impl IntoIterator<Item = (String, Rate)>) -> Self {
        self.rates.extend(rates);
        self
    }

    /// Multiplies every rate that [`Walmart::rates`] does not name: a higher plan, or a test.
    pub fn rate_factor(mut self, factor: f64) -> Self {
        self.rate_factor = factor;
        self
    }

    /// Orders in a page, 1 to 200; by default 100.
    pub fn page_limit(mut self, orders: u16) -> Self {
        self.page_limit = orders;
        self
    }

    /// How far back the first reads reach; by default, and at most, 179 days.
    pub fn backfill(mut self, span: Duration) -> Self {
        self.backfill = span;
        self
    }

    /// The longest one call may take, in real seconds; by default 30.
    pub fn call_timeout(mut self, timeout: Wait) -> Self {
        self.call_timeout = timeout;
        self
    }

    /// Levels in one feed, at most; by default 1000. With 1 no feed is ever sent.
    pub fn feed_rows_max(mut self, rows: usize) -> Self {
        self.feed_rows_max = rows;
        self
    }

    /// The ship node stock is kept at, for sellers with more than one; with one, `check` learns it.
    pub fn ship_node(mut self, node: impl Into<String>) -> Self {
        self.ship_node = Some(node.into());
        self
    }

    /// How long a new order may be invisible in lists; by default an hour (inferred).
    pub fn visibility_delay(mut self, delay: Duration) -> Self {
        self.visibility_delay = delay;
        self
    }

    /// Takes pushes of a subscription made with `BASIC_AUTH`.
    pub fn pushes_by_password(mut self, user: &str, password: &str) -> Self {
        self.pushes = Some(PushAuth::basic(user, password));
        self
    }

    /// Takes pushes of a subscription made with `HMAC`: the name of its `authHeaderName`, and its `clientSecret`.
    pub fn pushes_by_hmac(mut self, header: impl Into<String>, secret: impl Into<SecretString>) -> Self {
        self.pushes = Some(PushAuth::Hmac { header: header.into(), secret: secret.into() });
        self
    }

    /// Checks everything and joins the parts.
    ///
    /// # Errors
    /// `Config`, naming the field and what would be right. Nothing was sent.
    pub fn build(self, id: ChannelId, parts: Parts) -> Result<WalmartChannel> {
        let field = |name: &str| format!("channels.{id}.{name}");
        let wrong = |name: &str, why: String| Err(Error::new(ErrorKind::Config, field(name)).message(why));
        let portal = "create one in the developer portal under API keys";
        if self.seller.trim().is_empty() {
            return wrong("seller", "it is empty; the seller id of the seller center is right".into());
        }
        if self.client_id.trim().is_empty() {
            return wrong("client_id", format!("it is empty; {portal}"));
        }
        if self.client_secret.expose_secret().trim().is_empty() {
            return wrong("client_secret", format!("it is empty; {portal}"));
        }
        let page_limit = match NonZeroU16::new(self.page_limit) {
            Some(limit) if limit.get() <= PAGE_MAX => limit,
            _ => return wrong("page_limit", format!("{} is not from 1 to {PAGE_MAX}", self.page_limit)),
        };
        if self.backfill <= Duration::zero() || self.backfill > Duration::days(REACH_DAYS) {
            let days = self.backfill.num_days();
            return wrong(
                "backfill",
                format!("{days} days are not from 1 to {REACH_DAYS}; lists reach back no further"),
            );
        }
        if self.visibility_delay < Duration::zero() {
            return wrong("visibility_delay", "it is negative; 0 or more is right".into());
        }
        if self.call_timeout.is_zero() {
            return wrong("call_timeout", "it is 0; some seconds are right".into());
        }
        if !(1..=10_000).contains(&self.feed_rows_max) {
            return wrong("feed_rows_max", format!("{} is not from 1 to 10000", self.feed_rows_max));
        }
        if self.ship_node.as_ref().is_some_and(|node| node.trim().is_empty()) {
            return wrong("ship_node", "it is empty; leave it out to have it learnt".into());
        }
        let default_base = match self.environment {
            Environment::Production => "https://marketplace.walmartapis.com",
            Environment::Sandbox => "https://sandbox.walmartapis.com",
            Environment::Local => "",
        };
        let base_text = self.base_url.as_deref().unwrap_or(default_base);
        let base = BaseUrl::new(self.environment, &HOSTS, &field("base_url"), base_text)?;
        let token_url = self.token_url.clone().unwrap_or_else(|| format!("{base}/v3/token"));
        let token_url = HOSTS.check(self.environment, &field("token_url"), &token_url)?;
        let scopes = Scopes::of_seller("walmart", &self.seller, self.table(&field("rates"))?);
        scopes.cover(crate::calls::ALL)?;
        let tokens = ClientCredentials::new(token_url, &self.client_id, &self.client_secret)?;
        let capabilities = self.capabilities();
        let pipe = Pipe::new(parts, base, scopes, Arc::new(WalmartDialect), Arc::new(tokens));
        let settings = Settings {
            page_limit,
            backfill: self.backfill,
            call_timeout: self.call_timeout,
            ship_node: self.ship_node,
            pushes: self.pushes,
        };
        Ok(WalmartChannel::new(id, SellerId::from(self.seller), capabilities, pipe, settings))
    }

    /// The published rates with what the configuration says otherwise.
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
        let rate = |(name, published): &(&'static str, Rate)| {
            let factor = self.rate_factor;
            let scaled = Rate {
                capacity: (published.capacity * factor).max(1.0),
                per_second: published.per_second * factor,
            };
            (*name, self.rates.get(*name).copied().unwrap_or(scaled))
        };
        Ok(RATES.iter().map(rate).collect())
    }

    fn capabilities(&self) -> Capabilities {
        let scope = |budget: &str| Arc::<str>::from(seller_scope("walmart", budget, &self.seller));
        let verbs = VERBS.iter().map(|row| VerbSpec {
            verb: row.verb,
            repeat: row.repeat,
            repeat_partial: row.repeat_partial,
            probe: row.probe,
            budget: scope(row.budget),
            batch_budget: row.batch_budget.map(scope),
            call_timeout: self.call_timeout,
            apply_max: row.apply_max,
            batch_apply_max: row.batch_apply_max,
            answer_means_applied: true,
            batch_max: row.batch_max.min(self.feed_rows_max),
            batch_from: 2,
        });
        let streams = crate::channel::STREAMS.iter().map(|(id, kind, _)| StreamSpec {
            id: (*id).into(),
            kind: *kind,
            // What was changed long ago was found by its creation: at the start the changed streams need no history.
            horizon: match kind {
                StreamKind::Created | StreamKind::PlacedOrChanged => self.backfill,
                StreamKind::Changed => self.backfill.min(Duration::days(1)),
            },
            stands_for: None,
            budget: None,
        });
        Capabilities {
            marketplace: "walmart".into(),
            acknowledgment: Acknowledgment::Required,
            cancel_unit: CancelUnit::Units,
            ship_unit: ShipUnit::Package,
            answers_cancel_requests: false,
            revisions_per_day: None,
            verbs: verbs.collect(),
            streams: streams.collect(),
            visibility_delay: self.visibility_delay,
            pull_budget: scope("pull"),
            fetch_budget: scope("fetch"),
            level_budget: scope("level"),
            settle_budget: scope("feed_status"),
            levels: LevelRead::Lagging(crate::READ_LAG),
            stock_write: StockWrite::Absolute,
            out_of_stock_zeroes: true,
        }
    }
}
