//! eBay as a channel.

use crate::{channel::IntoChannel, clock::Pace};
use std::{sync::Arc, time::Duration as Wait};
use sutler_core::{Result, channel::Channel, id::ChannelId, time::Duration};
use sutler_http::{Environment, Parts, SecretString};

pub use sutler_ebay::{
    EbayError, ErrorDetail, Notification, RATES, challenge_response, decode_notification, normalise_order,
    normalise_page, parse_error,
};

/// An eBay seller account, to be given to [`Builder::channel`](crate::engine::Builder::channel).
///
/// ```
/// use sutler::Ebay;
/// let ebay = Ebay::new("my-shop", "client-id", "client-secret", "refresh-token").marketplace("EBAY_US");
/// # let _ = ebay;
/// ```
#[derive(Clone, Debug)]
pub struct Ebay {
    config: sutler_ebay::Ebay,
    environment: Environment,
    pace: Option<Pace>,
}

impl Ebay {
    /// A seller of production: the user name or user id, the application's client id and secret, and the refresh token of
    /// the seller's consent.
    pub fn new(
        seller: impl Into<String>,
        client_id: impl Into<String>,
        client_secret: impl Into<SecretString>,
        refresh_token: impl Into<SecretString>,
    ) -> Ebay {
        let config = sutler_ebay::Ebay::new(seller, client_id, client_secret, refresh_token);
        Ebay { config, environment: Environment::Production, pace: None }
    }

    /// The seller of a marketplace that runs in this process; the engine then runs by its clock.
    #[cfg(feature = "sandbox")]
    pub fn at(market: &crate::sandbox::Market<sutler_sandbox::ebay::World>) -> Ebay {
        let refresh = market.refresh_token().unwrap_or_default();
        let ebay = Ebay::new(market.seller(), market.client_id(), market.client_secret(), refresh)
            .environment(Environment::Local)
            .base_url(market.base_url())
            .token_url(market.token_url())
            .call_timeout(Wait::from_secs(5))
            // As with Walmart: a socket's milliseconds are seconds of paced time.
            .rate_factor(0.9);
        Ebay { pace: Some(market.pace()), ..ebay }
    }

    fn with(self, change: impl FnOnce(sutler_ebay::Ebay) -> sutler_ebay::Ebay) -> Ebay {
        Ebay { config: change(self.config), ..self }
    }

    /// Which world to talk to: production unless said. The hosts must belong to it.
    pub fn environment(self, environment: Environment) -> Ebay {
        Ebay { environment, ..self.with(|config| config.environment(environment)) }
    }

    /// The site the seller sells on; `EBAY_US` unless said.
    pub fn marketplace(self, id: impl Into<String>) -> Ebay {
        self.with(|config| config.marketplace(id))
    }

    /// Another scheme and host, without a path, for everything.
    pub fn base_url(self, url: impl Into<String>) -> Ebay {
        let url = url.into();
        self.with(|config| config.identity_url(url.clone()).base_url(url))
    }

    /// Another token endpoint, with its path.
    pub fn token_url(self, url: impl Into<String>) -> Ebay {
        self.with(|config| config.token_url(url))
    }

    /// The longest one call may take, in real time; 30 seconds unless said.
    pub fn call_timeout(self, timeout: Wait) -> Ebay {
        self.with(|config| config.call_timeout(timeout))
    }

    /// How far back the first reads reach; 90 days unless said, two years at most.
    pub fn backfill(self, span: Duration) -> Ebay {
        self.with(|config| config.backfill(span))
    }

    /// How long a new order may be invisible in lists; an hour unless said.
    pub fn visibility_delay(self, delay: Duration) -> Ebay {
        self.with(|config| config.visibility_delay(delay))
    }

    /// Multiplies every published rate: what an application growth check granted, or a test.
    pub fn rate_factor(self, factor: f64) -> Ebay {
        self.with(|config| config.rate_factor(factor))
    }

    /// Orders in a page, 1 to 200; 200 unless said.
    pub fn page_limit(self, orders: u16) -> Ebay {
        self.with(|config| config.page_limit(orders))
    }

    /// The Ed25519 key and its JWE, which sellers in the EU and the UK need for refunds and cancellations.
    pub fn signing_key(self, private_key: impl Into<SecretString>, jwe: impl Into<String>) -> Ebay {
        self.with(|config| config.signing_key(private_key, jwe))
    }

    /// Pushes: the registered endpoint byte for byte, and the verification token registered with it. Hand what arrives
    /// there to [`Engine::handle_push`](crate::Engine::handle_push).
    pub fn notifications(self, endpoint: impl Into<String>, token: impl Into<SecretString>) -> Ebay {
        self.with(|config| config.notifications(endpoint, token))
    }
}

impl IntoChannel for Ebay {
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
