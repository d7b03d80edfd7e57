//! A `[channels.NAME]` table as the account of one seller on its marketplace.

use super::{Channel, Reader, secret};
use crate::exit::Outcome;
use std::{path::PathBuf, sync::Arc, time::Duration};
use sutler::{
    Amazon, Ebay, Error, Walmart,
    amazon::Region,
    channel::{Environment, IntoChannel, Parts},
    model::ChannelId,
};

/// A marketplace on this machine answers within milliseconds or not at all.
const LOCAL_TIMEOUT: Duration = Duration::from_secs(5);
/// In paced time a socket's jitter is seconds: a twentieth of each limit is left unused, as in the demo.
const LOCAL_RATE: f64 = 0.95;

/// Amazon's buckets hold few tokens, so more of each is left unused.
const AMAZON_LOCAL_RATE: f64 = 0.6;

/// Every marketplace of this version, by the name in the file.
pub(crate) const MARKETPLACES: [&str; 3] = ["walmart", "amazon", "ebay"];

/// One seller account.
#[derive(Clone, Debug)]
pub(crate) enum Account {
    Walmart(Box<Walmart>),
    Amazon(Box<Amazon>),
    Ebay(Box<Ebay>),
}

impl IntoChannel for Account {
    fn build(
        self: Box<Self>,
        name: &ChannelId,
        parts: &Parts,
    ) -> sutler::Result<Arc<dyn sutler::channel::Channel>> {
        match *self {
            Account::Walmart(walmart) => walmart.build(name, parts),
            Account::Amazon(amazon) => amazon.build(name, parts),
            Account::Ebay(ebay) => ebay.build(name, parts),
        }
    }

    fn is_local(&self) -> bool {
        match self {
            Account::Walmart(walmart) => walmart.is_local(),
            Account::Amazon(amazon) => amazon.is_local(),
            Account::Ebay(ebay) => ebay.is_local(),
        }
    }
}

/// What every marketplace's table holds.
struct Common {
    environment: Environment,
    seller: String,
    client_id: String,
    client_secret: String,
    refresh_token: Option<String>,
    base_url: Option<String>,
    token_url: Option<String>,
}

impl Reader<'_> {
    /// The account a table describes, and which world it talks to.
    pub(super) fn account(&self, name: &str, channel: &Channel) -> Outcome<(Account, Environment)> {
        let field = |key: &str| format!("channels.{name}.{key}");
        if !MARKETPLACES.contains(&channel.marketplace.as_str()) {
            let known: Vec<String> = MARKETPLACES.iter().map(|known| format!("{known:?}")).collect();
            return Err(self.wrong(
                &field("marketplace"),
                format!(
                    "{:?} is not a marketplace of this version; {} is right",
                    channel.marketplace,
                    known.join(" or ")
                ),
            ));
        }
        let common = self.common(name, channel)?;
        let environment = common.environment;
        let account = match channel.marketplace.as_str() {
            "amazon" => Account::Amazon(Box::new(self.amazon(name, channel, common)?)),
            "ebay" => Account::Ebay(Box::new(self.ebay(name, channel, common)?)),
            _ => Account::Walmart(Box::new(self.walmart(name, channel, common)?)),
        };
        Ok((account, environment))
    }

    fn value(
        &self,
        name: &str,
        key: &str,
        plain: &Option<String>,
        env: &Option<String>,
        file: &Option<PathBuf>,
    ) -> Outcome<Option<String>> {
        secret::value(plain, env, file, self.folder)
            .map_err(|why| self.wrong(&format!("channels.{name}.{key}"), why))
    }

    fn missing<T>(&self, name: &str, key: &str, right: &str) -> Outcome<T> {
        Err(self.wrong(
            &format!("channels.{name}"),
            format!("{key} is missing; {right}, or {key}_env or {key}_file, is right"),
        ))
    }

    /// A key that this marketplace has no use for is a slip, and is said.
    fn unused(&self, name: &str, key: &str, is_there: bool, why: &str) -> Outcome {
        if is_there {
            return Err(self.wrong(&format!("channels.{name}.{key}"), format!("{why}; leave it out")));
        }
        Ok(())
    }

    fn common(&self, name: &str, c: &Channel) -> Outcome<Common> {
        let environment = match c.environment.as_deref() {
            None => Environment::Production,
            Some(text) => text.parse().map_err(|error: Error| {
                self.wrong(&format!("channels.{name}.environment"), error.text().into())
            })?,
        };
        let (seller_is, id_is) = match c.marketplace.as_str() {
            "ebay" => ("the seller's user name or user id", "the App ID of the application's keyset"),
            "amazon" => ("the merchant token of the seller", "the LWA client id of the application"),
            _ => ("the seller id of the seller center", "the client id of the developer portal"),
        };
        let Some(seller) = self.value(name, "seller", &c.seller, &c.seller_env, &c.seller_file)? else {
            return self.missing(name, "seller", seller_is);
        };
        let id = self.value(name, "client_id", &c.client_id, &c.client_id_env, &c.client_id_file)?;
        let Some(client_id) = id else { return self.missing(name, "client_id", id_is) };
        let secret =
            self.value(name, "client_secret", &c.client_secret, &c.client_secret_env, &c.client_secret_file)?;
        let Some(client_secret) = secret else {
            return self.missing(name, "client_secret", "the secret that goes with client_id");
        };
        let refresh_token =
            self.value(name, "refresh_token", &c.refresh_token, &c.refresh_token_env, &c.refresh_token_file)?;
        let base_url = self.value(name, "base_url", &c.base_url, &c.base_url_env, &c.base_url_file)?;
        if base_url.is_none() && environment == Environment::Local {
            return Err(self.wrong(
                &format!("channels.{name}"),
                "base_url is missing; a local marketplace needs one, such as \"http://127.0.0.1:8080\""
                    .into(),
            ));
        }
        let token_url = self.value(name, "token_url", &c.token_url, &c.token_url_env, &c.token_url_file)?;
        let refresh_token = refresh_token.filter(|token| !token.is_empty());
        Ok(Common { environment, seller, client_id, client_secret, refresh_token, base_url, token_url })
    }

    fn walmart(&self, name: &str, channel: &Channel, common: Common) -> Outcome<Walmart> {
        self.unused(name, "refresh_token", common.refresh_token.is_some(), "walmart gives no refresh token")?;
        self.unused(name, "marketplace_id", channel.marketplace_id.is_some(), "walmart has one site")?;
        self.unused(name, "region", channel.region.is_some(), "walmart has no regions")?;
        self.unused(name, "sqs_queue_url", channel.sqs_queue_url.is_some(), "walmart pushes by HTTP")?;
        self.unused(
            name,
            "notification_endpoint",
            channel.notification_endpoint.is_some(),
            "walmart's pushes are not taken yet",
        )?;
        let mut walmart = Walmart::new(common.seller, common.client_id, common.client_secret)
            .environment(common.environment);
        if let Some(url) = common.base_url {
            walmart = walmart.base_url(url);
        }
        if let Some(url) = common.token_url {
            walmart = walmart.token_url(url);
        }
        if let Some(node) = &channel.ship_node {
            walmart = walmart.ship_node(node);
        }
        if common.environment == Environment::Local {
            walmart = walmart.call_timeout(LOCAL_TIMEOUT).rate_factor(LOCAL_RATE);
        }
        Ok(walmart)
    }

    fn amazon(&self, name: &str, c: &Channel, common: Common) -> Outcome<Amazon> {
        self.unused(name, "ship_node", c.ship_node.is_some(), "amazon knows no ship nodes")?;
        self.unused(
            name,
            "notification_endpoint",
            c.notification_endpoint.is_some(),
            "amazon's pushes come through a queue, which sqs_queue_url names",
        )?;
        let Some(refresh_token) = common.refresh_token else {
            return self.missing(name, "refresh_token", "the refresh token of the seller's authorization");
        };
        let mut amazon = Amazon::new(common.seller, common.client_id, common.client_secret, refresh_token)
            .environment(common.environment);
        if let Some(text) = &c.region {
            let region = Region::from_text(text).ok_or_else(|| {
                let why = format!("{text:?} is no region; \"na\", \"eu\" or \"fe\" is right");
                self.wrong(&format!("channels.{name}.region"), why)
            })?;
            amazon = amazon.region(region);
        }
        if let Some(ids) = &c.marketplace_id {
            amazon = amazon.marketplaces(ids.split(',').map(str::trim));
        }
        if let Some(url) = common.base_url {
            amazon = amazon.base_url(url);
        }
        if let Some(url) = common.token_url {
            amazon = amazon.token_url(url);
        }
        let id = self.value(
            name,
            "sqs_access_key_id",
            &c.sqs_access_key_id,
            &c.sqs_access_key_id_env,
            &c.sqs_access_key_id_file,
        )?;
        let secret = self.value(
            name,
            "sqs_secret_access_key",
            &c.sqs_secret_access_key,
            &c.sqs_secret_access_key_env,
            &c.sqs_secret_access_key_file,
        )?;
        match (&c.sqs_queue_url, id, secret) {
            (Some(url), Some(id), Some(secret)) => amazon = amazon.queue(url, id, secret),
            (Some(_), None, _) => {
                return self.missing(
                    name,
                    "sqs_access_key_id",
                    "an access key of AWS that may receive and delete",
                );
            }
            (Some(_), _, None) => {
                return self.missing(
                    name,
                    "sqs_secret_access_key",
                    "the secret that goes with sqs_access_key_id",
                );
            }
            (None, id, secret) => {
                let why = "it belongs to a sqs_queue_url, and there is none";
                self.unused(name, "sqs_access_key_id", id.is_some(), why)?;
                self.unused(name, "sqs_secret_access_key", secret.is_some(), why)?;
            }
        }
        if common.environment == Environment::Local {
            amazon = amazon.call_timeout(LOCAL_TIMEOUT).rate_factor(AMAZON_LOCAL_RATE);
        }
        Ok(amazon)
    }

    fn ebay(&self, name: &str, c: &Channel, common: Common) -> Outcome<Ebay> {
        self.unused(name, "ship_node", c.ship_node.is_some(), "ebay knows no ship nodes")?;
        self.unused(name, "region", c.region.is_some(), "ebay has sites and no regions")?;
        self.unused(name, "sqs_queue_url", c.sqs_queue_url.is_some(), "ebay pushes by HTTP")?;
        let Some(refresh_token) = common.refresh_token else {
            return self.missing(name, "refresh_token", "the refresh token of the seller's consent");
        };
        let mut ebay = Ebay::new(common.seller, common.client_id, common.client_secret, refresh_token)
            .environment(common.environment);
        if let Some(url) = common.base_url {
            ebay = ebay.base_url(url);
        }
        if let Some(url) = common.token_url {
            ebay = ebay.token_url(url);
        }
        if let Some(site) = &c.marketplace_id {
            ebay = ebay.marketplace(site);
        }
        let token = self.value(
            name,
            "verification_token",
            &c.verification_token,
            &c.verification_token_env,
            &c.verification_token_file,
        )?;
        match (&c.notification_endpoint, token) {
            (Some(endpoint), Some(token)) => ebay = ebay.notifications(endpoint, token),
            (Some(_), None) => {
                return self.missing(name, "verification_token", "the one registered with the endpoint");
            }
            (None, token) => self.unused(
                name,
                "verification_token",
                token.is_some(),
                "it belongs to a notification_endpoint, and there is none",
            )?,
        }
        let key = self.value(name, "signing_key", &c.signing_key, &c.signing_key_env, &c.signing_key_file)?;
        match (key, &c.signing_jwe) {
            (Some(key), Some(jwe)) => ebay = ebay.signing_key(key, jwe),
            (Some(_), None) => return self.missing(name, "signing_jwe", "the jwe of createSigningKey"),
            (None, jwe) => self.unused(
                name,
                "signing_jwe",
                jwe.is_some(),
                "it belongs to a signing_key, and there is none",
            )?,
        }
        if common.environment == Environment::Local {
            ebay = ebay.call_timeout(LOCAL_TIMEOUT).rate_factor(LOCAL_RATE);
        }
        Ok(ebay)
    }
}
