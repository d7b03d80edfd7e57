//! As much XML as feeds have: elements, text and the five entities. Attributes are passed over.

/// One element with what is in it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) children: Vec<Element>,
}

/// No feed is nested deeper.
const DEPTH_MAX: usize = 32;

impl Element {
    pub(crate) fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The text of the child of that name; empty when there is none.
    pub(crate) fn text_of(&self, name: &str) -> String {
        self.child(name).map(|child| child.text.trim().to_owned()).unwrap_or_default()
    }
}

/// The root element of a document, or what is wrong with it.
pub(crate) fn parse(text: &str) -> Result<Element, String> {
    let mut open: Vec<Element> = Vec::new();
    let mut rest = text;
    loop {
        let Some((before, after)) = rest.split_once('<') else {
            return Err(match open.last() {
                Some(element) => format!("element {} is not closed", element.name),
                None => "there is no root element".into(),
            });
        };
        if let Some(element) = open.last_mut() {
            element.text.push_str(&unescape(before));
        } else if !before.trim().trim_start_matches('\u{feff}').is_empty() {
            return Err("there is text outside of the root element".into());
        }
        if let Some(comment) = after.strip_prefix("!--") {
            rest = comment.split_once("-->").ok_or("a comment is not closed")?.1;
            continue;
        }
        let (tag, after) = after.split_once('>').ok_or("a tag is not closed")?;
        rest = after;
        if tag.starts_with('?') || tag.starts_with('!') {
            continue;
        }
        let closed = if let Some(name) = tag.strip_prefix('/') {
            let element = open.pop().ok_or_else(|| format!("element {name} was never opened"))?;
            if element.name != name.trim() {
                return Err(format!("element {} is closed as {name}", element.name));
            }
            element
        } else {
            let name = tag.trim_end_matches('/').split_whitespace().next().unwrap_or_default();
            if name.is_empty() || open.len() >= DEPTH_MAX {
                return Err("a tag has no name or is nested too deeply".into());
            }
            let element = Element { name: name.to_owned(), ..Element::default() };
            if !tag.ends_with('/') {
                open.push(element);
                continue;
            }
            element
        };
        match open.last_mut() {
            Some(parent) => parent.children.push(closed),
            None => return Ok(closed),
        }
    }
}

fn unescape(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")]
        .iter()
        .fold(text.to_owned(), |text, (entity, plain)| text.replace(entity, plain))
}

pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_nest_and_text_is_plain() -> Result<(), String> {
        let root = parse("<?xml version=\"1.0\"?>\n<!-- no --><A x=\"1\"><B> a&amp;b </B><C/><B>2</B></A>")?;
        assert_eq!((root.name.as_str(), root.children.len()), ("A", 3));
        assert_eq!(root.text_of("B"), "a&b");
        assert_eq!(root.text_of("D"), "");
        assert_eq!(escape("<a&b>"), "&lt;a&amp;b&gt;");
        Ok(())
    }

    #[test]
    fn what_is_no_document_is_refused() {
        for wrong in [
            "",
            "text",
            "<A>",
            "<A><B></A></B>",
            "</A>",
            "<A",
            "<A><!-- </A>",
            "{\"a\":1}",
            &"<A>".repeat(40),
        ] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
