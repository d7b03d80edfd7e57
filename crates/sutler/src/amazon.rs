//! Amazon as a channel.

use crate::{channel::IntoChannel, clock::Pace};
use std::{sync::Arc, time::Duration as Wait};
use sutler_core::{Result, channel::Channel, id::ChannelId, time::Duration};
use sutler_http::{Environment, Parts, SecretString};

pub use sutler_amazon::{
    AmazonError, ErrorDetail, Notification, RATES, Region, decode_notification, normalise_order,
    normalise_page, parse_error,
};

/// An Amazon seller account, to be given to [`Builder::channel`](crate::engine::Builder::channel).
///
/// ```
/// use sutler::{Amazon, amazon::Region};
/// let amazon = Amazon::new("A1SELLER", "client-id", "client-secret", "Atzr|refresh").region(Region::NorthAmerica);
/// # let _ = amazon;
/// ```
#[derive(Clone, Debug)]
pub struct Amazon {
    config: sutler_amazon::Amazon,
    environment: Environment,
    pace: Option<Pace>,
}

impl Amazon {
    /// A seller of production: the merchant token, the application's client id and secret, and the refresh token of the
    /// seller's authorization.
    pub fn new(
        seller: impl Into<String>,
        client_id: impl Into<String>,
        client_secret: impl Into<SecretString>,
        refresh_token: impl Into<SecretString>,
    ) -> Amazon {
        let config = sutler_amazon::Amazon::new(seller, client_id, client_secret, refresh_token);
        Amazon { config, environment: Environment::Production, pace: None }
    }

    /// The seller of a marketplace that runs in this process; the engine then runs by its clock.
    #[cfg(feature = "sandbox")]
    pub fn at(market: &crate::sandbox::Market<sutler_sandbox::amazon::World>) -> Amazon {
        let refresh = market.refresh_token().unwrap_or_default();
        let amazon = Amazon::new(market.seller(), market.client_id(), market.client_secret(), refresh)
            .environment(Environment::Local)
            .base_url(market.base_url())
            .token_url(market.token_url())
            .call_timeout(Wait::from_secs(5))
            // As with Walmart, a socket's milliseconds are seconds of paced time; Amazon's buckets hold few tokens, so more
            // of each is left unused.
            .rate_factor(0.6);
        Amazon { pace: Some(market.pace()), ..amazon }
    }

    fn with(self, change: impl FnOnce(sutler_amazon::Amazon) -> sutler_amazon::Amazon) -> Amazon {
        Amazon { config: change(self.config), ..self }
    }

    /// Which world to talk to: production unless said. The hosts must belong to it.
    pub fn environment(self, environment: Environment) -> Amazon {
        Amazon { environment, ..self.with(|config| config.environment(environment)) }
    }

    /// Where the seller's endpoint is; North America unless said.
    pub fn region(self, region: Region) -> Amazon {
        self.with(|config| config.region(region))
    }

    /// The marketplaces the seller sells on, by their ids; the US unless said.
    pub fn marketplaces<T: Into<String>>(self, ids: impl IntoIterator<Item = T>) -> Amazon {
        self.with(|config| config.marketplaces(ids))
    }

    /// Another scheme and host, without a path.
    pub fn base_url(self, url: impl Into<String>) -> Amazon {
        self.with(|config| config.base_url(url))
    }

    /// Another token endpoint, with its path.
    pub fn token_url(self, url: impl Into<String>) -> Amazon {
        self.with(|config| config.token_url(url))
    }

    /// The longest one call may take, in real time; 30 seconds unless said.
    pub fn call_timeout(self, timeout: Wait) -> Amazon {
        self.with(|config| config.call_timeout(timeout))
    }

    /// How far back the first read reaches; 30 days unless said.
    pub fn backfill(self, span: Duration) -> Amazon {
        self.with(|config| config.backfill(span))
    }

    /// How long a new order may be invisible in searches; an hour unless said.
    pub fn visibility_delay(self, delay: Duration) -> Amazon {
        self.with(|config| config.visibility_delay(delay))
    }

    /// From how many levels on one feed carries them; 1,500 unless said.
    pub fn stock_feed_from(self, levels: usize) -> Amazon {
        self.with(|config| config.stock_feed_from(levels))
    }

    /// The SQS queue that this seller's notifications come to, and an access key of AWS that may receive and delete there.
    #[cfg(feature = "sqs")]
    pub fn queue(
        self,
        url: impl Into<String>,
        access_key_id: impl Into<String>,
        secret_access_key: impl Into<SecretString>,
    ) -> Amazon {
        self.with(|config| config.queue(url, access_key_id, secret_access_key))
    }

    /// Multiplies every published rate: larger sellers are given more.
    pub fn rate_factor(self, factor: f64) -> Amazon {
        self.with(|config| config.rate_factor(factor))
    }
}

impl IntoChannel for Amazon {
    fn build(self: Box<Self>, name: &ChannelId, parts: &Parts) -> Result<Arc<dyn Channel>> {
        Ok(Arc::new(self.config.build(name.clone(), parts.clone())?))
    }

    fn is_local(&self) -> bool {
        self.environment == Environment::Local
    }

    fn pace(&self) -> Option<Pace> {
        self.pace
    }
}
