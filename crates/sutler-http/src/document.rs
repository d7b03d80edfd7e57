//! Documents that lie beside a marketplace's API: put and fetched at addresses that an answer gave, without a token.

use crate::{
    call::Call,
    environment::Environment,
    pipe::Pipe,
    transport::{Request, Response},
};
use http::{Uri, uri::Scheme};
use sutler_core::{
    channel::CallCx,
    error::{Error, ErrorKind, Result},
};

/// Where a marketplace keeps documents: the ends of its hosts' names, in lower case, each beginning with a dot.
#[derive(Clone, Copy, Debug)]
pub struct DocumentHosts(pub &'static [&'static str]);

impl DocumentHosts {
    fn hold(self, environment: Environment, uri: &Uri, pipe: &Pipe) -> bool {
        if environment == Environment::Local {
            return pipe.base().same_origin(uri);
        }
        let Some(authority) = uri.authority() else { return false };
        let host = authority.host().to_ascii_lowercase();
        uri.scheme() == Some(&Scheme::HTTPS)
            && !authority.as_str().contains('@')
            && authority.port_u16().is_none_or(|port| port == 443)
            && self.0.iter().any(|end| host.ends_with(end))
    }
}

impl Pipe {
    /// Puts or fetches a document at the absolute URL that the request names.
    ///
    /// # Behavior
    /// - Neither token nor budget is used, and nothing is repeated: an address of this kind lives some minutes.
    /// - The URL must be at one of `hosts`, by https; with a local marketplace, at its own origin.
    /// - The answer is returned whatever its status.
    ///
    /// # Errors
    /// `Protocol` when the URL leads elsewhere, and nothing was sent; otherwise as [`Pipe::call`].
    pub async fn document(
        &self,
        cx: &CallCx,
        call: &Call,
        hosts: DocumentHosts,
        request: Request,
    ) -> Result<Response> {
        if !hosts.hold(self.base().environment(), request.uri(), self) {
            return Err(Error::new(ErrorKind::Protocol, call.op).message(format!(
                "the document would be at {}, which is no place of the marketplace's documents ({}); nothing was sent",
                request.uri().host().unwrap_or("an unknown host"),
                hosts.0.join(", ")
            )));
        }
        self.carry(cx, call, request).await
    }
}
