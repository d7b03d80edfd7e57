//! As much XML as the Trading API needs: small documents whose elements are found by name, and text written safely.

use std::borrow::Cow;

/// The insides of every element of that name, in order. Prefixes do not matter; an element within one of the same name
/// ends it, which no document here has.
pub(crate) fn elements<'a>(xml: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    let mut rest = xml;
    std::iter::from_fn(move || {
        loop {
            let (_, after) = rest.split_once('<')?;
            let (tag, inside) = after.split_once('>')?;
            rest = inside;
            let full = tag.split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or_default();
            if full.rsplit(':').next() != Some(name) || full.is_empty() {
                continue;
            }
            if tag.ends_with('/') {
                return Some("");
            }
            let close = format!("</{full}>");
            let (found, after) = inside.split_once(close.as_str())?;
            rest = after;
            return Some(found);
        }
    })
}

/// The text of the first element of that name, trimmed and with its entities resolved.
pub(crate) fn text<'a>(xml: &'a str, name: &'a str) -> Option<Cow<'a, str>> {
    let inside = elements(xml, name).next()?.trim();
    if !inside.contains('&') {
        return Some(Cow::Borrowed(inside));
    }
    let resolved =
        inside.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&apos;", "'");
    Some(Cow::Owned(resolved.replace("&amp;", "&")))
}

/// Text that can stand between tags.
pub(crate) fn escaped(text: &str) -> Cow<'_, str> {
    if text.contains(['<', '>', '&']) {
        Cow::Owned(text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_found_whatever_their_prefix() {
        let xml = "<?xml version=\"1.0\"?><r xmlns=\"u\"><n:Row a=\"1\"><SKU>A&amp;B &lt;1&gt;</SKU></n:Row><Row/><Rows>x</Rows></r>";
        let rows: Vec<&str> = elements(xml, "Row").collect();
        assert_eq!(rows, ["<SKU>A&amp;B &lt;1&gt;</SKU>", ""]);
        assert_eq!(text(xml, "SKU").as_deref(), Some("A&B <1>"));
        assert_eq!(text(xml, "Missing"), None);
        assert_eq!(escaped("A&B <1>"), "A&amp;B &lt;1&gt;");
    }

    #[test]
    fn broken_documents_have_no_elements() {
        for broken in ["", "<", "<Row", "<Row>", "</Row>", "< Row >x</Row>", "Row"] {
            assert_eq!(elements(broken, "Row").count(), 0, "{broken}");
        }
    }
}
