//! Newshop as a channel of sutler: the beginning of a connector.
//!
//! `cargo xtask new-connector NAME` copies this folder. It compiles, is linted, and fails its suite; `docs/CONNECTORS.md` leads
//! from here to a connector that passes.

mod capabilities;
mod channel;

pub use channel::NewshopChannel;

use sutler_core::{
    error::{Error, ErrorKind, Result},
    id::ChannelId,
};
use sutler_http::{Parts, SecretString};

/// A Newshop seller account. [`Newshop::new`], then whatever differs from the defaults, then [`Newshop::build`].
#[derive(Clone, Debug)]
pub struct Newshop {
    seller: String,
    secret: SecretString,
    base_url: String,
}

impl Newshop {
    /// A seller of production.
    pub fn new(seller: impl Into<String>, secret: impl Into<SecretString>) -> Newshop {
        Newshop {
            seller: seller.into(),
            secret: secret.into(),
            base_url: "https://api.newshop.example".into(),
        }
    }

    /// Another scheme and host, without a path: a marketplace on this machine.
    pub fn local(mut self, base_url: impl Into<String>) -> Newshop {
        self.base_url = base_url.into();
        self
    }

    /// Checks everything and joins the parts.
    ///
    /// # Errors
    /// `Config` naming field, value and what would be right.
    pub fn build(self, id: ChannelId, parts: Parts) -> Result<NewshopChannel> {
        if self.seller.is_empty() {
            return Err(Error::new(ErrorKind::Config, format!("channels.{id}.seller"))
                .message("it is empty; the seller id that Newshop shows is right"));
        }
        Ok(NewshopChannel::new(id, self.seller.into(), self.base_url, self.secret, parts))
    }
}
