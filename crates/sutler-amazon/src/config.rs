//! The configuration of one Amazon seller, checked before anything is sent.

use crate::{
    HOSTS, RATES, VERBS,
    auth::RefreshToken,
    calls,
    channel::{AmazonChannel, REPORT, STREAM, Settings},
    dialect::AmazonDialect,
    region::Region,
};
use std::{collections::BTreeMap, sync::Arc, time::Duration as Wait};
use sutler_core::{
    budget::Rate,
    channel::{
        Acknowledgment, CancelUnit, Capabilities, LevelRead, ShipUnit, StockWrite, StreamKind, StreamSpec,
        VerbSpec,
    },
    error::{Error, ErrorKind, Result},
    id::{ChannelId, SellerId, StreamId},
    time::Duration,
};
use sutler_http::{
    BaseUrl, CALL_TIMEOUT, Environment, ExposeSecret, Parts, Pipe, Scope, Scopes, SecretString,
};

/// Marketplaces in one search, at most.
const MARKETPLACES_MAX: usize = 50;
/// Orders in one page, at most.
const PAGE_MAX: u16 = 100;
/// From so many levels on, a feed is quicker than single calls.
const STOCK_FEED_FROM: usize = 1_500;

/// An Amazon seller account. [`Amazon::new`], then whatever differs from the defaults, then [`Amazon::build`].
#[derive(Clone, Debug)]
pub struct Amazon {
    seller: String,
    client_id: String,
    client_secret: SecretString,
    refresh_token: SecretString,
    region: Region,
    marketplaces: Vec<String>,
    environment: Environment,
    base_url: Option<String>,
    token_url: Option<String>,
    rates: BTreeMap<String, Rate>,
    rate_factor: f64,
    page_limit: u16,
    backfill: Duration,
    call_timeout: Wait,
    visibility_delay: Duration,
    stock_feed_from: usize,
    #[cfg(feature = "sqs")]
    queue: Option<crate::queue::QueueSettings>,
}

impl Amazon {
    /// A seller of production: the seller (merchant) id, the application's client id and secret, and the refresh token of
    /// the seller's authorization.
    pub fn new(
        seller: impl Into<String>,
        client_id: impl Into<String>,
        client_secret: impl Into<SecretString>,
        refresh_token: impl Into<SecretString>,
    ) -> Self {
        Amazon {
            seller: seller.into(),
            client_id: client_id.into(),
            client_secret: client_secret.into(),
            refresh_token: refresh_token.into(),
            region: Region::NorthAmerica,
            marketplaces: vec!["ATVPDKIKX0DER".into()],
            environment: Environment::Production,
            base_url: None,
            token_url: None,
            rates: BTreeMap::new(),
            rate_factor: 1.0,
            page_limit: PAGE_MAX,
            backfill: Duration::days(30),
            call_timeout: CALL_TIMEOUT,
            visibility_delay: Duration::hours(1),
            stock_feed_from: STOCK_FEED_FROM,
            #[cfg(feature = "sqs")]
            queue: None,
        }
    }

    /// Where the seller's endpoint is; North America unless said.
    pub fn region(mut self, region: Region) -> Self {
        self.region = region;
        self
    }

    /// The marketplaces the seller sells on, by their ids; the US unless said. The first one's stock is published.
    pub fn marketplaces<T: Into<String>>(mut self, ids: impl IntoIterator<Item = T>) -> Self {
        self.marketplaces = ids.into_iter().map(Into::into).collect();
        self
    }

    /// Amazon's own sandbox.
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

    /// Another token endpoint, with its path.
    pub fn token_url(mut self, url: impl Into<String>) -> Self {
        self.token_url = Some(url.into());
        self
    }

    /// Other rates than published, by the names of [`RATES`]: larger sellers are given more.
    pub fn rates(mut self, rates: impl IntoIterator<Item = (String, Rate)>) -> Self {
        self.rates.extend(rates);
        self
    }

    /// Multiplies every rate that [`Amazon::rates`] does not name.
    pub fn rate_factor(mut self, factor: f64) -> Self {
        self.rate_factor = factor;
        self
    }

    /// Orders in a page, 1 to 100; by default 100.
    pub fn page_limit(mut self, orders: u16) -> Self {
        self.page_limit = orders;
        self
    }

    /// How far back the first read reaches; by default 30 days.
    pub fn backfill(mut self, span: Duration) -> Self {
        self.backfill = span;
        self
    }

    /// The longest one call may take, in real seconds; by default 30.
    pub fn call_timeout(mut self, timeout: Wait) -> Self {
        self.call_timeout = timeout;
        self
    }

    /// How long a new order may be invisible in searches; by default an hour. Amazon publishes no such delay: it is inferred.
    pub fn visibility_delay(mut self, delay: Duration) -> Self {
        self.visibility_delay = delay;
        self
    }

    /// From how many levels on one feed carries them, instead of a call each; 1,500 unless said, which is five minutes of
    /// calls at the published rate: a feed takes longer than that.
    pub fn stock_feed_from(mut self, levels: usize) -> Self {
        self.stock_feed_from = levels;
        self
    }

    /// The SQS queue that notifications of this seller come to, and an access key of AWS that may receive and delete there.
    /// Messages about another seller are left in it.
    #[cfg(feature = "sqs")]
    pub fn queue(
        mut self,
        url: impl Into<String>,
        access_key_id: impl Into<String>,
        secret_access_key: impl Into<SecretString>,
    ) -> Self {
        self.queue = Some(crate::queue::QueueSettings {
            url: url.into(),
            key_id: access_key_id.into(),
            secret: secret_access_key.into(),
        });
        self
    }

    /// Checks everything and joins the parts.
    ///
    /// # Errors
    /// `Config`, naming the field and what would be right. Nothing was sent.
    pub fn build(self, id: ChannelId, parts: Parts) -> Result<AmazonChannel> {
        let field = |name: &str| format!("channels.{id}.{name}");
        let wrong = |name: &str, why: String| Err(Error::new(ErrorKind::Config, field(name)).message(why));
        for (name, value, right) in [
            ("seller", self.seller.as_str(), "the merchant token of Seller Central's account info is right"),
            ("client_id", self.client_id.as_str(), "the LWA client id of the application is right"),
            (
                "client_secret",
                self.client_secret.expose_secret(),
                "the LWA client secret of the application is right",
            ),
            (
                "refresh_token",
                self.refresh_token.expose_secret(),
                "the refresh token of the seller's authorization is right",
            ),
        ] {
            if value.trim().is_empty() {
                return wrong(name, format!("it is empty; {right}"));
            }
        }
        if self.marketplaces.is_empty() || self.marketplaces.len() > MARKETPLACES_MAX {
            let n = self.marketplaces.len();
            return wrong(
                "marketplace_ids",
                format!("{n} marketplaces are named; 1 to {MARKETPLACES_MAX} are right"),
            );
        }
        for marketplace in &self.marketplaces {
            match Region::of(marketplace) {
                Some(region) if region == self.region => {}
                Some(region) => {
                    return wrong(
                        "marketplace_ids",
                        format!(
                            "{marketplace} belongs to region {}, and the region is {}",
                            region.as_str(),
                            self.region.as_str()
                        ),
                    );
                }
                None => {
                    return wrong(
                        "marketplace_ids",
                        format!("{marketplace:?} is no marketplace id, such as ATVPDKIKX0DER for the US"),
                    );
                }
            }
        }
        if !(1..=PAGE_MAX).contains(&self.page_limit) {
            return wrong("page_limit", format!("{} is not from 1 to {PAGE_MAX}", self.page_limit));
        }
        if self.backfill <= Duration::zero() || self.backfill > Duration::days(729) {
            return wrong("backfill", format!("{} days are not from 1 to 729", self.backfill.num_days()));
        }
        if self.visibility_delay < Duration::minutes(2) {
            return wrong("visibility_delay", "it is below 2 minutes, which Amazon itself keeps back".into());
        }
        if self.call_timeout.is_zero() {
            return wrong("call_timeout", "it is 0; some seconds are right".into());
        }
        let host = match self.environment {
            Environment::Production => {
                format!("https://sellingpartnerapi-{}.amazon.com", self.region.as_str())
            }
            Environment::Sandbox => {
                format!("https://sandbox.sellingpartnerapi-{}.amazon.com", self.region.as_str())
            }
            Environment::Local => String::new(),
        };
        let base = BaseUrl::new(
            self.environment,
            &HOSTS,
            &field("base_url"),
            self.base_url.as_deref().unwrap_or(&host),
        )?;
        let token_url = match (&self.token_url, self.environment) {
            (Some(url), _) => url.clone(),
            (None, Environment::Local) => format!("{base}/auth/o2/token"),
            (None, _) => "https://api.amazon.com/auth/o2/token".into(),
        };
        let token_url = HOSTS.check(self.environment, &field("token_url"), &token_url)?;
        #[cfg(feature = "sqs")]
        let queue = self.queue.clone().map(|queue| queue.check(self.environment, &field)).transpose()?;
        let rates = self.table(&field("rates"))?;
        let scopes = Scopes::new(rates.iter().map(|(name, rate)| Scope::new(name, self.scope(name), *rate)));
        scopes.cover(calls::ALL)?;
        let capabilities = self.capabilities();
        let report_budget = self.scope("report").into();
        let tokens = RefreshToken {
            token_url,
            client_id: self.client_id,
            client_secret: self.client_secret,
            refresh_token: self.refresh_token,
        };
        let pipe = Pipe::new(parts, base, scopes, Arc::new(AmazonDialect), Arc::new(tokens));
        let settings = Settings {
            page_limit: self.page_limit,
            call_timeout: self.call_timeout,
            marketplaces: self.marketplaces,
            report_budget,
        };
        let channel = AmazonChannel::new(id, SellerId::from(self.seller), capabilities, pipe, settings);
        #[cfg(feature = "sqs")]
        let channel = channel.with_queue(queue);
        Ok(channel)
    }

    /// Amazon's buckets belong to a seller and an application in a region.
    fn scope(&self, budget: &str) -> String {
        format!("amazon-{}/{budget}@{}", self.region.as_str(), self.seller)
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
            repeat_partial: row.repeat,
            probe: row.probe,
            budget: scope(row.budget),
            batch_budget: row.batch_budget.map(scope),
            call_timeout: self.call_timeout,
            apply_max: row.apply_max,
            batch_apply_max: row.batch_apply_max,
            answer_means_applied: row.answer_means_applied,
            batch_max: row.batch_max,
            batch_from: self.stock_feed_from,
        });
        let stream = |id: &str, stands_for: Option<&str>, budget| StreamSpec {
            id: id.into(),
            kind: StreamKind::PlacedOrChanged,
            horizon: self.backfill,
            stands_for: stands_for.map(StreamId::from),
            budget,
        };
        Capabilities {
            marketplace: "amazon".into(),
            acknowledgment: Acknowledgment::Local,
            cancel_unit: CancelUnit::Lines,
            ship_unit: ShipUnit::Package,
            answers_cancel_requests: false,
            revisions_per_day: None,
            verbs: verbs.collect(),
            streams: vec![stream(STREAM, None, None), stream(REPORT, Some(STREAM), Some(scope("report")))],
            visibility_delay: self.visibility_delay,
            pull_budget: scope("search"),
            fetch_budget: scope("fetch"),
            level_budget: scope("level"),
            settle_budget: scope("feed_status"),
            levels: LevelRead::Lagging(crate::READ_LAG),
            stock_write: StockWrite::Absolute,
            out_of_stock_zeroes: false,
        }
    }
}
