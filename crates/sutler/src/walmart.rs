//! Walmart US as a channel.

use crate::{channel::IntoChannel, clock::Pace};
use std::{sync::Arc, time::Duration as Wait};
use sutler_core::{Result, channel::Channel, id::ChannelId, time::Duration};
use sutler_http::{Environment, Parts, SecretString};

pub use sutler_walmart::{
    ErrorDetail, Notification, RATES, WalmartError, decode_notification, normalise_order, normalise_page,
    parse_error,
};

/// A Walmart US seller account, to be given to [`Builder::channel`](crate::engine::Builder::channel).
///
/// ```
/// use sutler::Walmart;
/// let walmart = Walmart::new("10001234567", "client-id", "client-secret").ship_node("10000003527");
/// # let _ = walmart;
/// ```
#[derive(Clone, Debug)]
pub struct Walmart {
    config: sutler_walmart::Walmart,
    environment: Environment,
    pace: Option<Pace>,
}

impl Walmart {
    /// A seller of production, by the seller id, and a client id and secret of the developer portal.
    pub fn new(
        seller: impl Into<String>,
        client_id: impl Into<String>,
        client_secret: impl Into<SecretString>,
    ) -> Walmart {
        let config = sutler_walmart::Walmart::new(seller, client_id, client_secret);
        Walmart { config, environment: Environment::Production, pace: None }
    }

    /// The seller of a marketplace that runs in this process; the engine then runs by its clock.
    #[cfg(feature = "sandbox")]
    pub fn at(market: &crate::sandbox::Market) -> Walmart {
        let walmart = Walmart::new(market.seller(), market.client_id(), market.client_secret());
        let local = walmart
            .environment(Environment::Local)
            .base_url(market.base_url())
            .token_url(market.token_url())
            // Its answers come within milliseconds; a doubt about a lost one should be settled soon.
            .call_timeout(Wait::from_secs(5))
            // Sixty-fold time makes seconds of a socket's milliseconds: what our clock calls a full bucket, the
            // marketplace's may not. A tenth is left unused, so that no burst is refused.
            .rate_factor(0.9);
        Walmart { pace: Some(market.pace()), ..local }
    }

    fn with(self, change: impl FnOnce(sutler_walmart::Walmart) -> sutler_walmart::Walmart) -> Walmart {
        Walmart { config: change(self.config), ..self }
    }

    /// Which world to talk to: production unless said. The hosts must belong to it.
    pub fn environment(self, environment: Environment) -> Walmart {
        Walmart { environment, ..self.with(|config| config.environment(environment)) }
    }

    /// Another scheme and host, without a path.
    pub fn base_url(self, url: impl Into<String>) -> Walmart {
        self.with(|config| config.base_url(url))
    }

    /// Another token endpoint, with its path; `/v3/token` under the base URL unless said.
    pub fn token_url(self, url: impl Into<String>) -> Walmart {
        self.with(|config| config.token_url(url))
    }

    /// The longest one call may take, in real time; 30 seconds unless said.
    pub fn call_timeout(self, timeout: Wait) -> Walmart {
        self.with(|config| config.call_timeout(timeout))
    }

    /// How far back the first reads reach; by default, and at most, 179 days.
    pub fn backfill(self, span: Duration) -> Walmart {
        self.with(|config| config.backfill(span))
    }

    /// The ship node stock is kept at, for sellers with more than one; with one, it is learnt.
    pub fn ship_node(self, node: impl Into<String>) -> Walmart {
        self.with(|config| config.ship_node(node))
    }

    /// How long a new order may be invisible in lists; an hour unless said.
    pub fn visibility_delay(self, delay: Duration) -> Walmart {
        self.with(|config| config.visibility_delay(delay))
    }

    /// Takes pushes of a subscription made with `BASIC_AUTH`; hand what arrives to
    /// [`Engine::handle_push`](crate::Engine::handle_push).
    pub fn pushes_by_password(self, user: &str, password: &str) -> Walmart {
        self.with(|config| config.pushes_by_password(user, password))
    }

    /// Takes pushes of a subscription made with `HMAC`: its `authHeaderName` and its `clientSecret`.
    pub fn pushes_by_hmac(self, header: impl Into<String>, secret: impl Into<SecretString>) -> Walmart {
        self.with(|config| config.pushes_by_hmac(header, secret))
    }

    /// Multiplies every published rate: a higher plan, or a test.
    pub fn rate_factor(self, factor: f64) -> Walmart {
        self.with(|config| config.rate_factor(factor))
    }

    /// Orders in a page, 1 to 200; 100 unless said.
    pub fn page_limit(self, orders: u16) -> Walmart {
        self.with(|config| config.page_limit(orders))
    }
}

impl IntoChannel for Walmart {
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
