//! Every envelope Walmart was seen to wrap its errors in.

use super::{leaf::Leaf, node::Node};
use std::borrow::Cow;

/// One error as Walmart words it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ErrorDetail {
    /// `INVALID_REQUEST_CONTENT.GMP_ORDER_API`; empty where there is none.
    pub code: String,
    /// The field complained of; empty where none is named.
    pub field: String,
    /// Free text, the only way to tell "already shipped" from a fault.
    pub description: String,
    /// `INFO`, `WARN` or `ERROR`; empty where there is none.
    pub severity: String,
}

impl ErrorDetail {
    /// The part of the code before the dot: what kind it is, without the service that said it.
    pub fn prefix(&self) -> &str {
        self.code.split('.').next().unwrap_or_default()
    }
}

/// What an error body is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Json,
    Xml,
    Empty,
    Other,
}

/// Reads every error of a body, in their order.
pub(crate) fn details(body: &[u8]) -> (Shape, Vec<ErrorDetail>) {
    let text = match std::str::from_utf8(body) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(body),
    };
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() {
        return (Shape::Empty, Vec::new());
    }
    if text.starts_with('<') {
        return (Shape::Xml, xml(text));
    }
    let Some(node) = Node::read(text) else { return (Shape::Other, Vec::new()) };
    let mut all = Vec::new();
    collect(&node, &mut all, 0);
    (Shape::Json, all)
}

/// `{"errors":{"error":[..]}}`, `{"error":[..]}`, `{"errors":[..]}`, `{"list":{"errors":[..]}}`, nodes with `errors`,
/// an error on its own, RFC 9457 problems, and OAuth's `{"error":"..","error_description":".."}`.
fn collect(node: &Node<'_>, all: &mut Vec<ErrorDetail>, depth: usize) {
    if depth > 6 {
        return;
    }
    for item in node.items() {
        match item.unwrapped() {
            Node::Map(_) => {}
            Node::Leaf(leaf) if depth > 0 => {
                let text = leaf.owned();
                all.push(ErrorDetail { description: text, ..ErrorDetail::default() });
                continue;
            }
            _ => continue,
        }
        let text = |names: &[&str]| {
            let found = names.iter().find_map(|name| match item.get(name)?.unwrapped() {
                Node::Leaf(leaf) => leaf.text().map(Cow::into_owned),
                _ => None,
            });
            found.unwrap_or_default()
        };
        let detail = ErrorDetail {
            code: text(&["code", "errorCode"]),
            field: text(&["field", "fieldName"]),
            description: text(&[
                "description",
                "message",
                "detail",
                "errorDescription",
                "error_description",
                "title",
            ]),
            severity: text(&["severity"]),
        };
        let oauth = match item.get("error").map(Node::unwrapped) {
            Some(Node::Leaf(leaf)) if !matches!(leaf, Leaf::Absent) => Some(leaf.owned()),
            _ => None,
        };
        match oauth {
            Some(code) if detail.code.is_empty() => all.push(ErrorDetail { code, ..detail }),
            _ => {
                if !detail.code.is_empty() || !detail.description.is_empty() {
                    all.push(detail);
                }
                for name in ["errors", "error", "list", "nodes"] {
                    if let Some(inner) = item.get(name).filter(|inner| !inner.is_nothing()) {
                        collect(inner, all, depth + 1);
                    }
                }
            }
        }
    }
}

/// Error answers of the older services: `<ns4:errors><ns4:error><ns4:code>..`, `<_InternalGMPErrorWrapper>..`. Only the
/// texts of known elements are taken, so no XML parser is needed.
fn xml(text: &str) -> Vec<ErrorDetail> {
    let mut all: Vec<ErrorDetail> = Vec::new();
    for piece in text.split('<') {
        let Some((tag, value)) = piece.split_once('>') else { continue };
        if tag.starts_with(['/', '?']) {
            continue;
        }
        let name = tag.rsplit(':').next().unwrap_or(tag);
        let value = unescape(value.trim());
        if name == "code" {
            all.push(ErrorDetail { code: value, ..ErrorDetail::default() });
            continue;
        }
        let Some(last) = all.last_mut() else { continue };
        match name {
            "field" => last.field = value,
            "description" => last.description = value,
            "severity" => last.severity = value,
            _ => {}
        }
    }
    all
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_envelope_gives_its_errors() {
        let one = r#"{"code":"A.B","field":"data","description":"no","severity":"ERROR","causes":[],"errorIdentifiers":{}}"#;
        for body in [
            format!(r#"{{"errors":{{"error":[{one}]}}}}"#),
            format!(r#"{{"errors":{{"error":{one}}}}}"#),
            format!(r#"{{"error":[{one}]}}"#),
            format!(r#"{{"errors":[{one}]}}"#),
            format!(r#"{{"list":{{"errors":[{one}],"elements":null}}}}"#),
            format!(r#"{{"nodes":[{{"shipNode":"1","errors":[{one}]}}]}}"#),
            format!("[{one}]"),
            one.to_owned(),
            "<?xml version=\"1.0\"?><ns4:errors xmlns:ns4=\"x\"><ns4:error><ns4:code>A.B</ns4:code><ns4:field>data</ns4:field>\
             <ns4:description>no</ns4:description><ns4:severity>ERROR</ns4:severity></ns4:error></ns4:errors>"
                .to_owned(),
        ] {
            let (_, all) = details(body.as_bytes());
            let want = ErrorDetail {
                code: "A.B".into(),
                field: "data".into(),
                description: "no".into(),
                severity: "ERROR".into(),
            };
            assert_eq!(all, [want], "{body}");
        }
    }

    #[test]
    fn bare_forms_are_read_too() {
        let (_, all) = details(br#"{"error":"invalid_client","error_description":"bad secret"}"#);
        assert_eq!((all[0].code.as_str(), all[0].description.as_str()), ("invalid_client", "bad secret"));
        let (_, all) =
            details(br#"{"type":"about:blank","title":"Not Found","status":404,"detail":"no such order"}"#);
        assert_eq!(all[0].description, "no such order");
        assert_eq!(details(b""), (Shape::Empty, vec![]));
        assert_eq!(details(b"upstream connect error"), (Shape::Other, vec![]));
    }
}
