//! The list document: where each order's bytes lie, without reading the orders.

use super::{
    leaf::{Leaf, Part},
    node::Node,
};
use serde::{
    Deserialize, Deserializer,
    de::{self, IgnoredAny, MapAccess, Visitor},
};
use serde_json::value::RawValue;
use std::{borrow::Cow, fmt};

/// What a list answer holds.
#[derive(Debug, Default)]
pub(crate) struct Page<'a> {
    /// The bytes of each order.
    pub(crate) orders: Vec<&'a str>,
    /// `list.meta.totalCount`.
    pub(crate) total: Leaf<'a>,
    /// `list.meta.nextCursor`.
    pub(crate) cursor: Leaf<'a>,
    /// `list.errors`, as it stands.
    pub(crate) errors: Option<&'a str>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Document<'a> {
    #[serde(borrow)]
    list: Part<List<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct List<'a> {
    #[serde(borrow)]
    meta: Part<Meta<'a>>,
    #[serde(borrow)]
    elements: Part<Elements<'a>>,
    #[serde(borrow)]
    errors: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Meta<'a> {
    #[serde(borrow)]
    total_count: Leaf<'a>,
    #[serde(borrow)]
    next_cursor: Leaf<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Elements<'a> {
    #[serde(borrow)]
    order: Vec<&'a RawValue>,
}

impl<'a> Page<'a> {
    /// Reads a list answer. Nothing when it is not JSON or holds no `list`.
    pub(crate) fn read(json: &'a str) -> Option<Self> {
        // One pass over the bytes for the documented shape.
        if let Ok(Part(Some(Document { list: Part(Some(list)) }))) = serde_json::from_str(json) {
            let meta = list.meta.0.unwrap_or_default();
            let orders = list.elements.0.unwrap_or_default().order;
            return Some(Page {
                orders: orders.into_iter().map(RawValue::get).collect(),
                total: meta.total_count,
                cursor: meta.next_cursor,
                errors: list.errors.map(RawValue::get),
            });
        }
        Self::read_loosely(json)
    }

    fn read_loosely(json: &'a str) -> Option<Self> {
        let document = object(json)?;
        let list = object(member(&document, "list")?).unwrap_or_default();
        let meta = member(&list, "meta").and_then(object).unwrap_or_default();
        let elements = member(&list, "elements").and_then(object).unwrap_or_default();
        let leaf =
            |name| member(&meta, name).and_then(|raw| Leaf::from_raw(unwrapped(raw))).unwrap_or_default();
        Some(Page {
            orders: member(&elements, "order").map(items).unwrap_or_default(),
            total: leaf("totalCount"),
            cursor: leaf("nextCursor"),
            errors: member(&list, "errors"),
        })
    }
}

type Members<'a> = Vec<(Cow<'a, str>, &'a RawValue)>;

fn object(raw: &str) -> Option<Members<'_>> {
    struct Object;
    impl<'de> Visitor<'de> for Object {
        type Value = Members<'de>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
            let mut all = Vec::new();
            while let Some(name) = map.next_key::<Leaf<'de>>()? {
                let value = map.next_value()?;
                if let Leaf::Text(name) = name {
                    all.push((name, value));
                }
            }
            Ok(all)
        }
    }
    let mut json = serde_json::Deserializer::from_str(unwrapped(raw));
    json.deserialize_map(Object).ok()
}

fn member<'a>(members: &Members<'a>, name: &str) -> Option<&'a str> {
    members.iter().find(|(known, _)| known == name).map(|(_, raw)| raw.get())
}

/// The value inside arrays of one.
fn unwrapped(raw: &str) -> &str {
    if !raw.starts_with('[') {
        return raw;
    }
    match serde_json::from_str::<Vec<&RawValue>>(raw).as_deref() {
        Ok([one]) => unwrapped(one.get()),
        _ => raw,
    }
}

/// The values of an array, or the value itself as the only one; nothing for `null`, `{}` and `""`.
fn items(raw: &str) -> Vec<&str> {
    // The usual order needs no second look: an object that has a member is something.
    if let Some(inner) = raw.strip_prefix('{') {
        return if inner.trim_ascii_start().starts_with('}') { Vec::new() } else { vec![raw] };
    }
    if let Ok(all) = serde_json::from_str::<Vec<&RawValue>>(raw) {
        return match all.as_slice() {
            [one] if one.get().starts_with('[') => items(one.get()),
            _ => all.into_iter().map(RawValue::get).collect(),
        };
    }
    if Node::read(raw).is_none_or(|node| node.is_nothing()) { Vec::new() } else { vec![raw] }
}

/// The order of a single read: `{"order": {..}}`, in an array at the sandbox of Walmart, or bare.
pub(crate) fn single(json: &str) -> Option<&str> {
    let members = object(json)?;
    match member(&members, "order") {
        Some(raw) => items(raw).first().copied(),
        None => member(&members, "purchaseOrderId").map(|_| unwrapped(json)),
    }
}

/// Reads `purchaseOrderId` of one order and stops there: usually it is the first member.
pub(crate) fn order_id(json: &str) -> Option<Cow<'_, str>> {
    struct Find<'f, 'a>(&'f mut Leaf<'a>);
    impl<'de> Visitor<'de> for Find<'_, 'de> {
        type Value = ();
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
            while let Some(name) = map.next_key::<Leaf<'de>>()? {
                if name.text().as_deref() == Some("purchaseOrderId") {
                    *self.0 = map.next_value()?;
                    // What follows is not looked at; leaving early is an error to the parser and none to us.
                    return Err(de::Error::custom("found"));
                }
                map.next_value::<IgnoredAny>()?;
            }
            Ok(())
        }
    }
    let mut id = Leaf::Absent;
    let mut strict = serde_json::Deserializer::from_str(json);
    let _ = strict.deserialize_map(Find(&mut id));
    if let Leaf::Text(text) = id
        && !text.trim_ascii().is_empty()
    {
        return Some(text);
    }
    let node = Node::read(json)?;
    match node.get("purchaseOrderId")?.unwrapped() {
        Node::Leaf(leaf) => leaf.text().map(|text| Cow::Owned(text.into_owned())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(json: &str) -> Vec<String> {
        let page = Page::read(json).unwrap();
        page.orders.iter().filter_map(|order| order_id(order)).map(Cow::into_owned).collect()
    }

    #[test]
    fn orders_are_found_in_every_shape() {
        for (json, want) in [
            (
                r#"{"list":{"elements":{"order":[{"purchaseOrderId":"1"},{"a":[],"purchaseOrderId":"2"}]}}}"#,
                2,
            ),
            (r#"{"list":{"elements":{"order":{"purchaseOrderId":"1"}}}}"#, 1),
            (r#"{"list":{"elements":[{"order":[[{"purchaseOrderId":1}]]}]}}"#, 1),
            (r#"[{"list":{"elements":{"order":[{"purchaseOrderId":["1"]}]}}}]"#, 1),
            (r#"{"list":{"elements":{"order":null}}}"#, 0),
            (r#"{"list":{"elements":{"order":{}}}}"#, 0),
            (r#"{"list":{"elements":{}}}"#, 0),
            (r#"{"list":{"elements":null}}"#, 0),
            (r#"{"list":{"elements":""}}"#, 0),
            (r#"{"list":{}}"#, 0),
        ] {
            assert_eq!(ids(json).len(), want, "{json}");
        }
        assert!(Page::read(r#"{"lists":{}}"#).is_none());
        assert!(Page::read("<list/>").is_none());
    }

    #[test]
    fn the_first_member_called_so_is_the_id() {
        assert_eq!(
            order_id(r#"{"x":{"purchaseOrderId":"no"},"purchaseOrderId":"yes"}"#).as_deref(),
            Some("yes")
        );
        assert_eq!(order_id(r#"{"purchaseOrderId":12.5}"#).as_deref(), Some("12.5"));
        assert_eq!(order_id(r#"{"purchaseOrderId":null}"#), None);
        assert_eq!(order_id("5"), None);
    }

    #[test]
    fn a_single_order_is_found() {
        for json in [
            r#"{"order":{"purchaseOrderId":"1"}}"#,
            r#"{"order":[{"purchaseOrderId":"1"}]}"#,
            r#"{"purchaseOrderId":"1"}"#,
        ] {
            assert_eq!(single(json).and_then(order_id).as_deref(), Some("1"), "{json}");
        }
        assert_eq!(single(r#"{"order":null}"#), None);
        assert_eq!(single("[]"), None);
    }
}
