//! The two Trading calls we need, in XML: one row of `ReviseInventoryStatus`, and `GetItem` for a level. Small documents of a
//! known shape; elements are found by their names, whatever their prefix.

use std::borrow::Cow;
use sutler_core::{command::SetLevel, id::Sku};

const HEAD: &str = r#"<?xml version="1.0" encoding="utf-8"?>"#;
const SPACE: &str = r#"xmlns="urn:ebay:apis:eBLBaseComponents""#;

fn text(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    for letter in raw.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            letter if letter.is_control() => {}
            letter => out.push(letter),
        }
    }
    out
}

/// Which listing: a SKU of ours, or `LISTING` or `LISTING/VARIATION` where the listing has none.
fn named(sku: &Sku) -> String {
    let raw = sku.as_str();
    let (item, _) = raw.split_once('/').unwrap_or((raw, ""));
    let is_listing = item.len() >= 9 && item.bytes().all(|b| b.is_ascii_digit());
    if is_listing { format!("<ItemID>{item}</ItemID>") } else { format!("<SKU>{}</SKU>", text(raw)) }
}

/// The body of `ReviseInventoryStatus` for one listing or variation.
pub(crate) fn revise(set: &SetLevel) -> String {
    format!(
        "{HEAD}<ReviseInventoryStatusRequest {SPACE}><InventoryStatus>{}<Quantity>{}</Quantity></InventoryStatus></ReviseInventoryStatusRequest>",
        named(&set.sku),
        set.level
    )
}

/// The body of `GetItem`.
pub(crate) fn get_item(sku: &Sku) -> String {
    format!(
        "{HEAD}<GetItemRequest {SPACE}>{}<OutputSelector>Item.Quantity</OutputSelector><OutputSelector>Item.SellingStatus.QuantitySold</OutputSelector></GetItemRequest>",
        named(sku)
    )
}

/// How a Trading call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ack {
    /// `Success` or `Warning`: a redundant revision (21917091) is one, and is done.
    Success,
    /// `Failure` or `PartialFailure`.
    Failure,
}

pub(crate) fn ack(body: &[u8]) -> Option<Ack> {
    let body = String::from_utf8_lossy(body);
    match text_of(&body, "Ack")?.as_ref() {
        "Success" | "Warning" => Some(Ack::Success),
        "Failure" | "PartialFailure" => Some(Ack::Failure),
        _ => None,
    }
}

/// Units that still sell: what was listed less what was sold.
pub(crate) fn available(body: &[u8]) -> Option<i64> {
    let body = String::from_utf8_lossy(body);
    let number = |name: &str| text_of(&body, name)?.trim().parse::<i64>().ok();
    Some((number("Quantity")? - number("QuantitySold").unwrap_or(0)).max(0))
}

/// The insides of every element of that name, in order; nested ones of the same name end their parent.
pub(crate) fn elements<'a>(xml: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    let mut rest = xml;
    std::iter::from_fn(move || {
        let (inside, after) = element(rest, name)?;
        rest = after;
        Some(inside)
    })
}

/// The first element of that name: its inside, and what follows it.
fn element<'a>(xml: &'a str, name: &str) -> Option<(&'a str, &'a str)> {
    let mut from = 0;
    loop {
        let open = from + xml.get(from..)?.find('<')?;
        let tag_end = open + xml.get(open..)?.find('>')?;
        let tag = xml.get(open + 1..tag_end)?;
        let full = tag.split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or_default();
        if full.rsplit(':').next() == Some(name) && !tag.starts_with('/') {
            if tag.ends_with('/') {
                return Some(("", xml.get(tag_end + 1..)?));
            }
            let close = format!("</{full}>");
            let end = tag_end + 1 + xml.get(tag_end + 1..)?.find(&close)?;
            return Some((xml.get(tag_end + 1..end)?, xml.get(end + close.len()..)?));
        }
        from = tag_end + 1;
    }
}

/// The text of the first element of that name, its entities resolved; none when it is missing or holds elements.
pub(crate) fn text_of<'a>(xml: &'a str, name: &str) -> Option<Cow<'a, str>> {
    let (inside, _) = element(xml, name)?;
    if inside.contains('<') {
        return None;
    }
    if !inside.contains('&') {
        return Some(Cow::Borrowed(inside));
    }
    let resolved =
        inside.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&apos;", "'");
    Some(Cow::Owned(resolved.replace("&amp;", "&")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listing_is_named_by_its_sku_or_its_number() {
        let set = |sku: &str| revise(&SetLevel { sku: sku.into(), level: 3 });
        assert!(set("A<&>1").contains("<SKU>A&lt;&amp;&gt;1</SKU><Quantity>3</Quantity>"));
        assert!(set("110043671232").contains("<ItemID>110043671232</ItemID>"));
    }

    #[test]
    fn answers_are_read_by_the_names_of_their_elements() {
        let body = br#"<?xml version="1.0"?><n:GetItemResponse xmlns:n="urn:ebay:apis:eBLBaseComponents"><n:Ack>Warning</n:Ack><n:Item><n:Quantity>12</n:Quantity><n:SellingStatus><n:QuantitySold>5</n:QuantitySold></n:SellingStatus></n:Item></n:GetItemResponse>"#;
        assert_eq!((ack(body), available(body)), (Some(Ack::Success), Some(7)));
        let xml = "<a><Errors><M>x &amp; y</M></Errors><Errors/><Errors><M>z</M></Errors></a>";
        let all: Vec<Option<String>> =
            elements(xml, "Errors").map(|one| text_of(one, "M").map(|t| t.into_owned())).collect();
        assert_eq!(all, [Some("x & y".into()), None, Some("z".into())]);
        for broken in ["", "<", "<Errors>", "<Errors", "</Errors>", "< Errors >x</Errors>"] {
            assert_eq!(elements(broken, "Errors").count(), 0, "{broken}");
        }
        assert_eq!(ack(b"<Ack>Maybe</Ack>"), None);
    }
}
