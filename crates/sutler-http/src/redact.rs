//! What may be shown of a request.

use http::{HeaderValue, Uri};
use std::fmt;
use sutler_core::error::{Error, ErrorKind, Result};

/// A request's path and the names of its query, without their values: values may be names, addresses or cursors.
pub fn path_and_names(uri: &Uri) -> impl fmt::Display + '_ {
    Shown(uri)
}

struct Shown<'a>(&'a Uri);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.path())?;
        let Some(query) = self.0.query() else { return Ok(()) };
        for (place, pair) in query.split('&').enumerate() {
            // A part without `=` may be a value by itself, so it is not shown.
            let name = pair.split_once('=').map_or("…", |(name, _)| name);
            write!(f, "{}{name}", if place == 0 { '?' } else { '&' })?;
        }
        Ok(())
    }
}

/// A header value that no `Debug` shows: `prefix` and then the secret, as in `Basic …`.
///
/// # Errors
/// `Config` when the secret holds a byte that no header may carry, such as a line end that was copied with it. The
/// message does not show it.
pub fn secret_header(op: &'static str, prefix: &str, secret: &str) -> Result<HeaderValue> {
    let mut value = HeaderValue::try_from(format!("{prefix}{secret}")).map_err(|_| {
        Error::new(ErrorKind::Config, op).message(
            "the secret holds a character that an HTTP header cannot carry; copy it again without spaces and line ends",
        )
    })?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(uri: &str) -> String {
        path_and_names(&uri.parse().expect("a test's own URI")).to_string()
    }

    #[test]
    fn query_values_are_not_shown() {
        assert_eq!(
            shown("https://host/v3/orders?limit=200&customerEmail=a%40b.c"),
            "/v3/orders?limit&customerEmail"
        );
        assert_eq!(shown("https://host/v3/orders?c3VwZXJzZWNyZXQ"), "/v3/orders?…");
        assert_eq!(shown("https://host/v3/orders"), "/v3/orders");
    }

    #[test]
    fn a_secret_header_shows_nothing_and_a_broken_secret_is_not_repeated() {
        let value = secret_header("test.token", "Basic ", "c2VjcmV0").expect("plain text");
        assert_eq!(value, "Basic c2VjcmV0");
        assert!(!format!("{value:?}").contains("c2VjcmV0"));
        let error = secret_header("test.token", "", "hush\nhush").expect_err("a line end");
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(!format!("{error:?}").contains("hush"));
    }
}
