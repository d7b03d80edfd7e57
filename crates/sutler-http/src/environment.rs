//! Where calls may go, and the refusal of everything else.

use crate::transport::Request;
use http::{
    Uri,
    uri::{Authority, PathAndQuery, Scheme},
};
use std::{fmt, net::IpAddr, str::FromStr};
use sutler_core::error::{Error, ErrorKind, Result};

/// Which world a channel talks to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    /// The marketplace itself: real orders, real money.
    Production,
    /// The marketplace's own place to try things.
    Sandbox,
    /// A marketplace on this machine: loopback only, plain HTTP allowed.
    Local,
}

impl Environment {
    /// `production`, `sandbox` or `local`.
    pub fn as_str(self) -> &'static str {
        match self {
            Environment::Production => "production",
            Environment::Sandbox => "sandbox",
            Environment::Local => "local",
        }
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Environment {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        [Environment::Production, Environment::Sandbox, Environment::Local]
            .into_iter()
            .find(|known| known.as_str() == text)
            .ok_or_else(|| {
                Error::new(ErrorKind::Config, "config.environment")
                    .message(format!("{text:?} is no environment; it is production, sandbox or local"))
            })
    }
}

/// The hosts a marketplace publishes, exact and in lower case.
#[derive(Clone, Copy, Debug)]
pub struct Hosts {
    /// Of the marketplace itself.
    pub production: &'static [&'static str],
    /// Of its own sandbox; empty where it has none.
    pub sandbox: &'static [&'static str],
}

impl Hosts {
    /// Checks one configured URL, `what` being its name in the configuration (`channels.us.token_url`).
    ///
    /// # Errors
    /// `Config` when it is no URL, carries a user, or does not belong to `environment` (G32): nothing was sent.
    pub fn check(&self, environment: Environment, what: &str, url: &str) -> Result<Uri> {
        let wrong = |why: String| Err(Error::new(ErrorKind::Config, what.to_owned()).message(why));
        let Ok(uri) = url.parse::<Uri>() else {
            return wrong("it is no URL; write it as https://host".to_owned());
        };
        let (Some(scheme), Some(authority)) = (uri.scheme(), uri.authority()) else {
            return wrong("it names no scheme and host; write it as https://host".to_owned());
        };
        // Not shown: it may hold a password.
        if authority.as_str().contains('@') {
            return wrong("it holds a user name; credentials have their own fields".to_owned());
        }
        let host = authority.host().to_ascii_lowercase();
        let list = match environment {
            Environment::Production => self.production,
            Environment::Sandbox => self.sandbox,
            Environment::Local if is_loopback(&host) && is_web(scheme) => return Ok(uri),
            Environment::Local => {
                return wrong(format!(
                    "the environment is local, but {host:?} is not this machine; use http://127.0.0.1:PORT, or name the environment"
                ));
            }
        };
        if *scheme != Scheme::HTTPS {
            return wrong(format!("the environment is {environment}, which is reached by https only"));
        }
        if !list.contains(&host.as_str()) {
            return wrong(format!(
                "the environment is {environment}, but {host:?} is not one of its hosts ({})",
                if list.is_empty() { "it has none".to_owned() } else { list.join(", ") }
            ));
        }
        if authority.port_u16().is_some_and(|port| port != 443) {
            return wrong(format!(
                "the environment is {environment}, which is reached at port 443, without a port in the URL"
            ));
        }
        Ok(uri)
    }
}

fn is_web(scheme: &Scheme) -> bool {
    *scheme == Scheme::HTTP || *scheme == Scheme::HTTPS
}

fn is_loopback(host: &str) -> bool {
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    bare == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The scheme and host of one channel, checked against its environment. The pipe sends nothing anywhere else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl {
    environment: Environment,
    scheme: Scheme,
    authority: Authority,
}

impl BaseUrl {
    /// Checks `url`, `what` being its name in the configuration (`channels.us.base_url`).
    ///
    /// # Errors
    /// `Config`, as [`Hosts::check`], and when it has a path or a query: paths belong to the connector.
    pub fn new(environment: Environment, hosts: &Hosts, what: &str, url: &str) -> Result<BaseUrl> {
        let uri = hosts.check(environment, what, url)?;
        if uri.path() != "/" || uri.query().is_some() {
            return Err(Error::new(ErrorKind::Config, what.to_owned())
                .message("it holds a path; write the scheme and the host only, as https://host"));
        }
        let parts = uri.into_parts();
        match (parts.scheme, parts.authority) {
            (Some(scheme), Some(authority)) => Ok(BaseUrl { environment, scheme, authority }),
            _ => Err(Error::new(ErrorKind::Config, what.to_owned()).message("it names no scheme and host")),
        }
    }

    /// The environment it was checked against.
    pub fn environment(&self) -> Environment {
        self.environment
    }

    /// The full address of a path and query (`/v3/orders?limit=200`).
    ///
    /// # Errors
    /// `Invalid` when it is no path and query.
    pub fn uri(&self, op: &'static str, path_and_query: &str) -> Result<Uri> {
        let refuse = || {
            Error::new(ErrorKind::Invalid, op)
                .message("the path and query cannot be put in a URL; escape what is not ASCII")
        };
        if !path_and_query.starts_with('/') {
            return Err(refuse());
        }
        self.at(path_and_query.parse().map_err(|_| refuse())?).ok_or_else(refuse)
    }

    fn at(&self, path_and_query: PathAndQuery) -> Option<Uri> {
        let mut parts = http::uri::Parts::default();
        // Clones of a scheme and an authority share their bytes.
        parts.scheme = Some(self.scheme.clone());
        parts.authority = Some(self.authority.clone());
        parts.path_and_query = Some(path_and_query);
        Uri::from_parts(parts).ok()
    }

    /// Is `url` at this scheme, host and port? A cursor that is a URL must be, before it is followed with a token.
    pub fn same_origin(&self, url: &Uri) -> bool {
        match (url.scheme(), url.authority()) {
            (Some(scheme), Some(authority)) => {
                *scheme == self.scheme
                    && !authority.as_str().contains('@')
                    && authority.host().eq_ignore_ascii_case(self.authority.host())
                    && port(scheme, authority) == port(&self.scheme, &self.authority)
            }
            _ => false,
        }
    }

    /// Completes a request that names a path only, and refuses one that names another origin.
    pub(crate) fn address(&self, op: &'static str, request: &mut Request) -> Result<()> {
        let uri = request.uri();
        if uri.authority().is_some() && !self.same_origin(uri) {
            return Err(Error::new(ErrorKind::Protocol, op).message(format!(
                "the call would go to {}, not to {}, and carry a token there; it was not sent",
                uri.host().unwrap_or("an unknown host"),
                self.authority
            )));
        }
        let Some(path_and_query) = uri.path_and_query().cloned() else {
            return Err(Error::new(ErrorKind::Invalid, op).message("the call names no path"));
        };
        *request.uri_mut() = self.at(path_and_query).ok_or_else(|| {
            Error::new(ErrorKind::Invalid, op).message("the call's path must begin with a slash")
        })?;
        Ok(())
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.authority)
    }
}

fn port(scheme: &Scheme, authority: &Authority) -> Option<u16> {
    authority.port_u16().or(if *scheme == Scheme::HTTPS {
        Some(443)
    } else if *scheme == Scheme::HTTP {
        Some(80)
    } else {
        None
    })
}

/// Is `url` at the scheme, host and port of `base`? False for what is no absolute URL.
pub fn same_origin(base: &BaseUrl, url: &str) -> bool {
    url.parse::<Uri>().is_ok_and(|uri| base.same_origin(&uri))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTS: Hosts = Hosts { production: &["api.market.example"], sandbox: &["sandbox.market.example"] };

    fn base(environment: Environment, url: &str) -> Result<BaseUrl> {
        BaseUrl::new(environment, &HOSTS, "channels.us.base_url", url)
    }

    #[test]
    fn g32_an_environment_and_a_host_that_disagree_are_refused() {
        use Environment::{Local, Production, Sandbox};
        for (environment, url) in [
            (Production, "https://sandbox.market.example"),
            (Production, "https://127.0.0.1"),
            (Production, "https://localhost:8080"),
            (Production, "https://api.market.example.evil.example"),
            (Production, "https://evil-api.market.example"),
            (Sandbox, "https://api.market.example"),
            (Sandbox, "http://127.0.0.1:8080"),
            (Local, "https://api.market.example"),
            (Local, "http://192.168.1.5:8080"),
            (Local, "http://0.0.0.0:8080"),
            (Local, "http://localhost.evil.example"),
            (Local, "http://127.0.0.1.evil.example"),
        ] {
            let error = base(environment, url).expect_err(url);
            assert_eq!(error.kind(), ErrorKind::Config, "{url}");
            assert_eq!(error.op(), "channels.us.base_url");
            assert!(error.text().contains(environment.as_str()), "{error}");
        }
    }

    #[test]
    fn g32_plain_http_other_ports_users_and_paths_are_refused() {
        for url in [
            "http://api.market.example",
            "https://api.market.example:8443",
            "https://key:hush@api.market.example",
            "https://api.market.example@evil.example",
            "https://api.market.example/v3",
            "https://api.market.example?x=1",
            "ftp://api.market.example",
            "api.market.example",
            "/v3",
            "",
        ] {
            let error = base(Environment::Production, url).expect_err(url);
            assert_eq!(error.kind(), ErrorKind::Config, "{url}");
            assert!(!format!("{error:?}").contains("hush"), "a password was shown");
        }
    }

    #[test]
    fn what_agrees_is_taken() {
        for (environment, url) in [
            (Environment::Production, "https://api.market.example"),
            (Environment::Production, "https://API.market.example:443/"),
            (Environment::Sandbox, "https://sandbox.market.example"),
            (Environment::Local, "http://127.0.0.1:18080"),
            (Environment::Local, "http://[::1]:18080"),
            (Environment::Local, "http://localhost:18080"),
        ] {
            assert_eq!(
                base(environment, url).map(|base| base.environment()).ok(),
                Some(environment),
                "{url}"
            );
        }
        assert!(
            HOSTS.check(Environment::Production, "token_url", "https://api.market.example/v3/token").is_ok()
        );
    }

    #[test]
    fn a_cursor_is_followed_at_its_own_origin_only() {
        let ours = base(Environment::Production, "https://api.market.example").expect("agrees");
        assert!(same_origin(&ours, "https://api.market.example/v3/orders?cursor=x"));
        assert!(same_origin(&ours, "https://API.MARKET.example:443/v3/orders"));
        for other in [
            "http://api.market.example/v3/orders",
            "https://api.market.example:444/v3/orders",
            "https://evil.example/v3/orders",
            "https://api.market.example@evil.example/v3/orders",
            "https://key@api.market.example/v3/orders",
            "//evil.example/v3/orders",
            "/v3/orders",
            "not a url",
        ] {
            assert!(!same_origin(&ours, other), "{other}");
        }
    }

    #[test]
    fn a_path_stays_at_its_base() {
        let ours = base(Environment::Local, "http://127.0.0.1:18080").expect("agrees");
        let uri = ours.uri("test.read", "/v3/orders?limit=1").expect("a path");
        assert_eq!(uri, "http://127.0.0.1:18080/v3/orders?limit=1");
        assert_eq!(ours.uri("test.read", "//evil.example/x").expect("a path").host(), Some("127.0.0.1"));
        assert!(ours.uri("test.read", "v3/orders").is_err());
        assert!(ours.uri("test.read", "@evil.example/").is_err());
        assert!(ours.uri("test.read", "/with space").is_err());
    }

    #[test]
    fn an_environment_is_named_by_three_words() {
        assert_eq!("sandbox".parse::<Environment>().ok(), Some(Environment::Sandbox));
        let error = "prod".parse::<Environment>().expect_err("no such word");
        assert!(error.text().contains("production, sandbox or local"), "{error}");
    }
}
