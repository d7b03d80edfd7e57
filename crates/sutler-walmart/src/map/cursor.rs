//! The cursor of a list: a ready query string, kept verbatim and only undressed when it is sent.

use sutler_core::{
    error::{Error, ErrorKind, Result},
    id::SellerId,
};
use sutler_http::{BaseUrl, same_origin};

/// The query that a cursor stands for, without its `?`.
///
/// Seen in production: with and without the leading `?`, with percent-encoded colons, with `&amp;` for `&`, between
/// white space, and as a whole URL. Nothing is encoded anew and nothing added: the server decodes it as it stands.
///
/// # Errors
/// `Protocol` for a URL of another origin, or for what cannot stand in a request line: it is not followed.
pub(crate) fn query(op: &'static str, base: &BaseUrl, cursor: &str) -> Result<String> {
    let refuse = |why: &str| {
        Err(Error::new(ErrorKind::Protocol, op).message(format!("the cursor {why}; it was not followed")))
    };
    let text = cursor.trim().replace("&amp;", "&");
    let query = if text.starts_with("http://") || text.starts_with("https://") {
        if !same_origin(base, &text) {
            return refuse("leads to another host");
        }
        match text.split_once('?') {
            Some((_, query)) => query,
            None => return refuse("is a URL without a query"),
        }
    } else if text.starts_with("//") {
        return refuse("leads to another host");
    } else if text.starts_with('/') {
        match text.split_once('?') {
            Some((_, query)) => query,
            None => return refuse("is a path without a query"),
        }
    } else {
        text.strip_prefix('?').unwrap_or(&text)
    };
    if query.bytes().any(|byte| byte <= b' ' || byte >= 0x7f || byte == b'#') {
        return refuse("holds characters that no query can hold");
    }
    Ok(query.to_owned())
}

/// Whether two queries ask for the same page; colons may be encoded in one of them.
pub(crate) fn same(one: &str, other: &str) -> bool {
    let plain = |query: &str| query.replace("%3A", ":").replace("%3a", ":");
    plain(one) == plain(other)
}

/// A cursor that says itself that nothing follows.
pub(crate) fn is_last(query: &str) -> bool {
    member(query, "hasMoreElements").is_some_and(|more| more.eq_ignore_ascii_case("false"))
}

/// Who the seller is, by the cursor.
pub(crate) fn seller(query: &str) -> Option<SellerId> {
    member(query, "sellerId").filter(|id| !id.is_empty()).map(SellerId::from)
}

fn member<'q>(query: &'q str, name: &str) -> Option<&'q str> {
    query
        .split('&')
        .find_map(|pair| pair.split_once('=').filter(|(known, _)| *known == name).map(|(_, value)| value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sutler_http::{Environment, Hosts};

    const PLAIN: &str =
        "limit=10&hasMoreElements=true&poIndex=10&sellerId=101&createdStartDate=2020-03-16T10:30:15Z";

    fn base() -> BaseUrl {
        let hosts = Hosts { production: &["marketplace.walmartapis.com"], sandbox: &[] };
        BaseUrl::new(Environment::Production, &hosts, "t", "https://marketplace.walmartapis.com").unwrap()
    }

    #[test]
    fn every_known_dress_comes_off() {
        let encoded = PLAIN.replace(':', "%3A");
        for cursor in [
            format!("?{PLAIN}"),
            PLAIN.to_owned(),
            format!("?{encoded}"),
            format!("?{}", PLAIN.replace('&', "&amp;")),
            format!(" \n?{PLAIN}\t "),
            format!("https://marketplace.walmartapis.com/v3/orders?{PLAIN}"),
            format!("/v3/orders?{PLAIN}"),
        ] {
            let query = query("t", &base(), &cursor).unwrap();
            assert!(same(&query, PLAIN), "{cursor}");
            assert_eq!(seller(&query), Some("101".into()));
            assert!(!is_last(&query));
        }
        // Encoded colons stay encoded: the server decodes once.
        assert_eq!(query("t", &base(), &encoded).unwrap(), encoded);
    }

    #[test]
    fn other_hosts_and_torn_cursors_are_refused() {
        for cursor in [
            "https://evil.example/v3/orders?limit=1",
            "https://marketplace.walmartapis.com.evil.example/v3/orders?limit=1",
            "https://marketplace.walmartapis.com@evil.example/v3/orders?limit=1",
            "//evil.example/v3/orders?limit=1",
            "https://marketplace.walmartapis.com/v3/orders",
            "limit=1\r\nHost: evil",
            "limit=1#x",
        ] {
            let error = query("t", &base(), cursor).expect_err(cursor);
            assert_eq!(error.kind(), ErrorKind::Protocol, "{cursor}");
        }
    }

    #[test]
    fn the_last_cursor_says_so() {
        assert!(is_last("limit=1&hasMoreElements=false"));
        assert!(!is_last("limit=1"));
        assert_eq!(seller("limit=1&sellerId="), None);
    }
}
