//! A payload as a tree that keeps every number as it was written, and how a tree is read when the strict way failed.
//!
//! Accepted: `null`, `{}`, `[]` and `""` for nothing; an object for an array of one and the reverse, at any depth; a
//! number for text and text for a number; a member given twice (the first counts). What remains odd is noted with its
//! path, and everything beside it is read as if it were not there.

use super::leaf::{Leaf, Many, Part};
use serde_json::value::RawValue;
use std::{borrow::Cow, cell::RefCell, fmt};

/// Deeper than this nothing of an order lies; below it the tree is cut.
const DEPTH_MAX: usize = 48;

/// One value of a payload.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node<'a> {
    /// A scalar, `null` included.
    Leaf(Leaf<'a>),
    /// An array.
    List(Vec<Node<'a>>),
    /// An object, members in their order.
    Map(Vec<(Cow<'a, str>, Node<'a>)>),
    /// Nested too deep to be looked at.
    Cut,
}

impl<'a> Node<'a> {
    /// Reads any JSON text; nothing when it is not JSON.
    pub(crate) fn read(json: &'a str) -> Option<Self> {
        // The parser says whether it is JSON at all; cutting what is JSON into a tree then takes one pass.
        let raw: &'a RawValue = serde_json::from_str(json).ok()?;
        Cutter { text: raw.get(), at: 0 }.value(0)
    }

    /// Stands for nothing: `null`, `""`, `{}`, `[]`, and arrays of one such.
    pub(crate) fn is_nothing(&self) -> bool {
        match self {
            Node::Leaf(Leaf::Absent) => true,
            Node::Leaf(Leaf::Text(text)) => text.trim_ascii().is_empty(),
            Node::Leaf(_) | Node::Cut => false,
            Node::List(items) => match items.as_slice() {
                [] => true,
                [one] => one.is_nothing(),
                _ => false,
            },
            Node::Map(members) => members.is_empty(),
        }
    }

    /// The value inside arrays of one.
    pub(crate) fn unwrapped(&self) -> &Node<'a> {
        match self {
            Node::List(items) => match items.as_slice() {
                [one] => one.unwrapped(),
                _ => self,
            },
            _ => self,
        }
    }

    /// A member of an object, arrays of one around it taken off.
    pub(crate) fn get(&self, name: &str) -> Option<&Node<'a>> {
        match self.unwrapped() {
            Node::Map(members) => members.iter().find(|(known, _)| known == name).map(|(_, node)| node),
            _ => None,
        }
    }

    /// The items of an array, or the value itself as the only one; none for nothing.
    pub(crate) fn items(&self) -> &[Node<'a>] {
        match self {
            _ if self.is_nothing() => &[],
            Node::List(items) => match items.as_slice() {
                [one @ Node::List(_)] => one.items(),
                items => items,
            },
            one => std::slice::from_ref(one),
        }
    }

    fn shape(&self) -> &'static str {
        match self {
            Node::Leaf(Leaf::Absent) => "null",
            Node::Leaf(Leaf::Text(_)) => "text",
            Node::Leaf(Leaf::Integer(_) | Leaf::Number(_)) => "a number",
            Node::Leaf(Leaf::Flag(_)) => "true or false",
            Node::List(_) => "an array",
            Node::Map(_) => "an object",
            Node::Cut => "something nested too deep",
        }
    }
}

/// Goes over a text that is known to be JSON. Asks for nothing it does not check, so a text that is not gives nothing.
struct Cutter<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cutter<'a> {
    fn value(&mut self, depth: usize) -> Option<Node<'a>> {
        match self.peek()? {
            open @ (b'{' | b'[') if depth > DEPTH_MAX => self.cut(open),
            b'{' => {
                let mut members = Vec::new();
                self.at += 1;
                while self.more(b'}')? {
                    let name = match self.leaf()? {
                        Leaf::Text(name) => name,
                        other => Cow::Owned(other.owned()),
                    };
                    (self.peek()? == b':').then(|| self.at += 1)?;
                    members.push((name, self.value(depth + 1)?));
                }
                Some(Node::Map(members))
            }
            b'[' => {
                let mut items = Vec::new();
                self.at += 1;
                while self.more(b']')? {
                    items.push(self.value(depth + 1)?);
                }
                Some(Node::List(items))
            }
            // A number stands as text where it is read as text, so both kinds need no telling apart.
            _ => self.leaf().map(Node::Leaf),
        }
    }

    /// The next byte that is not blank.
    fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while bytes.get(self.at)?.is_ascii_whitespace() {
            self.at += 1;
        }
        bytes.get(self.at).copied()
    }

    /// Is there another entry before `close`? Passes over the comma before it, or over `close`.
    fn more(&mut self, close: u8) -> Option<bool> {
        if self.peek()? == b',' {
            self.at += 1;
        }
        let ended = self.peek()? == close;
        self.at += usize::from(ended);
        Some(!ended)
    }

    fn leaf(&mut self) -> Option<Leaf<'a>> {
        self.peek()?;
        let from = self.at;
        let rest = self.text.as_bytes().get(from..)?;
        let length = match rest.first()? {
            b'"' => string_length(rest)?,
            _ => rest
                .iter()
                .position(|byte| matches!(byte, b',' | b'}' | b']' | b':') || byte.is_ascii_whitespace())
                .unwrap_or(rest.len()),
        };
        self.at = from + length;
        Leaf::from_raw(self.text.get(from..self.at)?)
    }

    /// Passes over what is nested too deep.
    fn cut(&mut self, open: u8) -> Option<Node<'a>> {
        let close = if open == b'{' { b'}' } else { b']' };
        let mut nested = 0_usize;
        loop {
            let byte = self.peek()?;
            match byte {
                b'"' => {
                    self.at += string_length(self.text.as_bytes().get(self.at..)?)?;
                    continue;
                }
                _ if byte == open => nested += 1,
                _ if byte == close => nested -= 1,
                _ => {}
            }
            self.at += 1;
            if nested == 0 {
                return Some(Node::Cut);
            }
        }
    }
}

/// How many bytes the string takes that begins here, quotes included.
fn string_length(bytes: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// What was odd, by path.
#[derive(Debug, Default)]
pub(crate) struct Notes(pub(crate) RefCell<Vec<(String, String)>>);

/// Where in the payload.
#[derive(Clone, Copy)]
enum Path<'t> {
    Root,
    Member(&'t Path<'t>, &'t str),
    Item(&'t Path<'t>, usize),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Path::Root => Ok(()),
            Path::Member(Path::Root, name) => f.write_str(name),
            Path::Member(above, name) => write!(f, "{above}.{name}"),
            Path::Item(above, at) => write!(f, "{above}[{at}]"),
        }
    }
}

/// An object being read tolerantly.
pub(crate) struct Loose<'t, 'a> {
    members: &'t [(Cow<'a, str>, Node<'a>)],
    path: Path<'t>,
    notes: &'t Notes,
}

/// What can be read from an object tolerantly: the same struct that serde reads strictly.
pub(crate) trait FromLoose<'a>: Sized {
    /// Reads every member it knows.
    fn from_loose(object: &Loose<'_, 'a>) -> Self;
}

/// Reads the root, which must be an object or an array of one.
pub(crate) fn read_root<'a, T: FromLoose<'a>>(node: &Node<'a>, notes: &Notes) -> Option<T> {
    match node.unwrapped() {
        Node::Map(members) => Some(T::from_loose(&Loose { members, path: Path::Root, notes })),
        _ => None,
    }
}

impl<'t, 'a> Loose<'t, 'a> {
    fn member(&self, name: &str) -> Option<&'t Node<'a>> {
        let found = self.members.iter().find(|(known, _)| known == name)?;
        (!found.1.is_nothing()).then(|| found.1.unwrapped())
    }

    fn note(&self, path: Path<'_>, node: &Node<'a>, wanted: &str) {
        let detail = format!("{} where {wanted} belongs", node.shape());
        self.notes.0.borrow_mut().push((path.to_string(), detail));
    }

    /// A scalar.
    pub(crate) fn leaf(&self, name: &str) -> Leaf<'a> {
        match self.member(name) {
            None => Leaf::Absent,
            Some(Node::Leaf(leaf)) => leaf.clone(),
            Some(odd) => {
                self.note(Path::Member(&self.path, name), odd, "a single value");
                Leaf::Absent
            }
        }
    }

    /// An object.
    pub(crate) fn part<T: FromLoose<'a>>(&self, name: &str) -> Part<T> {
        let path = Path::Member(&self.path, name);
        match self.member(name) {
            None => Part(None),
            Some(Node::Map(members)) => {
                Part(Some(T::from_loose(&Loose { members, path, notes: self.notes })))
            }
            Some(odd) => {
                self.note(path, odd, "an object");
                Part(None)
            }
        }
    }

    /// Objects.
    pub(crate) fn many<T: FromLoose<'a>>(&self, name: &str) -> Many<T> {
        let path = Path::Member(&self.path, name);
        let Some((_, node)) = self.members.iter().find(|(known, _)| known == name) else {
            return Many::default();
        };
        let mut all = Vec::new();
        for (at, item) in node.items().iter().enumerate() {
            let path = Path::Item(&path, at);
            match item.unwrapped() {
                Node::Map(members) => all.push(T::from_loose(&Loose { members, path, notes: self.notes })),
                odd => self.note(path, odd, "an object"),
            }
        }
        Many(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_every_digit() {
        let node = Node::read(r#"{"a": 0.10, "b": [1e2], "c": 123456789012345678901234567890}"#).unwrap();
        assert_eq!(node.get("a"), Some(&Node::Leaf(Leaf::Number("0.10"))));
        assert_eq!(node.get("b").map(Node::unwrapped), Some(&Node::Leaf(Leaf::Number("1e2"))));
        assert_eq!(node.get("c"), Some(&Node::Leaf(Leaf::Number("123456789012345678901234567890"))));
    }

    #[test]
    fn a_tree_is_what_the_parser_reads() {
        let json = r#" { "a\u0041" : [ 1 , -2.50e1,true ,null, "x\"]}", [ ] ] ,"b":{ },"c" : {"d":"é"} } "#;
        let text = |text: &'static str| Node::Leaf(Leaf::Text(Cow::Borrowed(text)));
        let number = |text| Node::Leaf(Leaf::Number(text));
        let list = vec![
            number("1"),
            number("-2.50e1"),
            Node::Leaf(Leaf::Flag(true)),
            Node::Leaf(Leaf::Absent),
            text("x\"]}"),
            Node::List(vec![]),
        ];
        let inner = Node::Map(vec![("d".into(), text("é"))]);
        let all = vec![("aA".into(), Node::List(list)), ("b".into(), Node::Map(vec![])), ("c".into(), inner)];
        assert_eq!(Node::read(json), Some(Node::Map(all)));
    }

    #[test]
    fn what_is_nested_too_deep_is_passed_over() {
        let deep = format!(r#"{{"a":{}"}}]"{},"b":"]"}}"#, "[".repeat(60), "]".repeat(60));
        let node = Node::read(&deep).unwrap();
        assert_eq!(node.get("b"), Some(&Node::Leaf(Leaf::Text("]".into()))));
        assert_eq!(node.get("a").map(Node::unwrapped), Some(&Node::Cut));
    }

    #[test]
    fn nesting_is_bounded() {
        let deep = format!("{}1{}", "[".repeat(20_000), "]".repeat(20_000));
        // Either answer is fine as long as it is one: the parser's own bound or the cut.
        let cut = Node::read(&deep).is_none_or(|node| matches!(node.unwrapped(), Node::Cut));
        assert!(cut);
    }

    #[test]
    fn what_is_not_json_is_nothing() {
        assert_eq!(Node::read("{\"a\":"), None);
        assert_eq!(Node::read(""), None);
    }
}
