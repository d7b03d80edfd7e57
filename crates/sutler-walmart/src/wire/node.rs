//! A payload as a tree that keeps every number as it was written, and how a tree is read when the strict way failed.
//!
//! Accepted: `null`, `{}`, `[]` and `""` for nothing; an object for an array of one and the reverse, at any depth; a
//! number for text and text for a number; a member given twice (the first counts). What remains odd is noted with its
//! path, and everything beside it is read as if it were not there.

use super::leaf::{Leaf, Many, Part};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
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

struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Members<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut all = Vec::new();
                while let Some(name) = map.next_key::<Leaf<'de>>()? {
                    let name = match name {
                        Leaf::Text(text) => text,
                        other => Cow::Owned(other.owned()),
                    };
                    all.push((name, map.next_value()?));
                }
                Ok(Members(all))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

impl<'a> Node<'a> {
    /// Reads any JSON text; nothing when it is not JSON.
    pub(crate) fn read(json: &'a str) -> Option<Self> {
        let raw: &'a RawValue = serde_json::from_str(json).ok()?;
        Self::descend(raw.get(), 0)
    }

    fn descend(raw: &'a str, depth: usize) -> Option<Self> {
        if depth > DEPTH_MAX {
            return Some(Node::Cut);
        }
        Some(match raw.as_bytes().first()? {
            b'{' => {
                let Members(members) = serde_json::from_str(raw).ok()?;
                let read =
                    |(name, raw): (_, &'a RawValue)| Some((name, Self::descend(raw.get(), depth + 1)?));
                Node::Map(members.into_iter().map(read).collect::<Option<_>>()?)
            }
            b'[' => {
                let items: Vec<&'a RawValue> = serde_json::from_str(raw).ok()?;
                Node::List(
                    items
                        .into_iter()
                        .map(|raw| Self::descend(raw.get(), depth + 1))
                        .collect::<Option<_>>()?,
                )
            }
            // A number stands as text where it is read as text, so both kinds need no telling apart.
            _ => Node::Leaf(Leaf::from_raw(raw)?),
        })
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
