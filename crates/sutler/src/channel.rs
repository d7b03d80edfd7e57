//! What becomes a channel of an engine: a connector's configuration, or any [`Channel`] of the host's own.

pub use sutler_core::{
    channel::*,
    returns::{ReturnPage, ReturnsChannel, ReturnsPulled, ReturnsSpec},
};
pub use sutler_http::{Environment, Parts, Request, Response, SecretString, Transport, TransportError};

use crate::clock::Pace;
use std::sync::Arc;
use sutler_core::{Error, Result, error::ErrorKind, id::ChannelId};

/// Something an engine can be given as a channel. It is built when the engine starts, from the parts all channels share.
///
/// Implemented by each connector's configuration ([`Walmart`](crate::Walmart)) and by every [`Channel`].
pub trait IntoChannel: Send {
    /// Builds the channel called `name`.
    ///
    /// # Errors
    /// `Config` when what it was configured with cannot be right; nothing was sent.
    fn build(self: Box<Self>, name: &ChannelId, parts: &Parts) -> Result<Arc<dyn Channel>>;

    /// Is the marketplace on this machine, so that its time may run otherwise than real time? Only a connector knows.
    fn is_local(&self) -> bool {
        false
    }

    /// The pace of the marketplace's time, where it brings one of its own (a sandbox in this process).
    fn pace(&self) -> Option<Pace> {
        None
    }
}

/// A channel of the host's own: it was built already, and is its own authority on where it is.
impl<C: Channel + 'static> IntoChannel for C {
    fn build(self: Box<Self>, name: &ChannelId, _: &Parts) -> Result<Arc<dyn Channel>> {
        if self.id() != name {
            return Err(Error::new(ErrorKind::Config, format!("channels.{name}")).message(format!(
                "the channel given under the name {name} calls itself {}; one name is right",
                self.id()
            )));
        }
        Ok(Arc::from(self as Box<dyn Channel>))
    }

    fn is_local(&self) -> bool {
        true
    }
}
