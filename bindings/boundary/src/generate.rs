//! Writes what other languages see of the boundary: classes, checks of arguments, types, references.

pub mod python;
pub mod reference;
pub mod typescript;

use crate::schema::{Boundary, Structure, Ty};
use std::collections::BTreeSet;

/// A file to be written, relative to the repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Where.
    pub path: &'static str,
    /// What.
    pub text: String,
}

/// Every generated file.
pub fn all() -> Vec<Written> {
    let boundary = crate::described();
    let mut files = python::files(&boundary);
    files.extend(typescript::files(&boundary));
    files.extend(reference::files(&boundary));
    files
}

/// Names of the structures that arguments are made of, those within them included.
pub(crate) fn given(boundary: &Boundary) -> BTreeSet<&'static str> {
    let mut names = BTreeSet::from([
        "WalmartSettings",
        "AmazonSettings",
        "EbaySettings",
        "Verdict",
        "ChannelProfile",
        "ShownOrder",
        "ShownPage",
        "Receipt",
        "SettledWork",
        "PushOutcome",
        "PushRequest",
        "ReturnsPage",
        "Level",
        "Found",
        "TestEffects",
    ]);
    for argument in boundary.calls.iter().flat_map(|call| &call.arguments) {
        names.extend(named(&argument.ty));
    }
    loop {
        let within: Vec<&str> = boundary
            .structures
            .iter()
            .filter(|structure| names.contains(structure.name))
            .flat_map(|structure| structure.fields.iter().filter_map(|field| named(&field.ty)))
            .collect();
        let before = names.len();
        names.extend(within);
        if names.len() == before {
            return names;
        }
    }
}

pub(crate) fn named(ty: &Ty) -> Option<&'static str> {
    match ty {
        Ty::Named(name) => Some(name),
        Ty::List(of) | Ty::Map(of) | Ty::Maybe(of) => named(of),
        _ => None,
    }
}

pub(crate) fn is_texts(boundary: &Boundary, name: &str) -> bool {
    boundary.texts.iter().any(|texts| texts.name == name)
}

pub(crate) fn structure<'b>(boundary: &'b Boundary, name: &str) -> Option<&'b Structure> {
    boundary.structures.iter().find(|structure| structure.name == name)
}

/// What a page holds: its field, and the structure in it.
pub(crate) fn items(boundary: &Boundary, page: &Ty) -> Option<(&'static str, &'static str)> {
    let page = structure(boundary, named(page)?)?;
    page.fields.iter().find_map(|field| match &field.ty {
        Ty::List(of) => Some((field.name, named(of)?)),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use crate::schema::Ty;
    use std::path::Path;

    #[test]
    fn what_hosts_make_ends_with_what_may_be_left_out() {
        let boundary = crate::described();
        for name in super::given(&boundary) {
            let fields =
                super::structure(&boundary, name).map(|one| one.fields.as_slice()).unwrap_or_default();
            let optional: Vec<bool> = fields.iter().map(|field| matches!(field.ty, Ty::Maybe(_))).collect();
            assert!(optional.is_sorted(), "{name}: an optional field stands before one that is not");
        }
    }

    #[test]
    fn what_is_written_is_fresh() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        for file in super::all() {
            let found = std::fs::read_to_string(root.join(file.path)).unwrap_or_default();
            assert!(found == file.text, "{} is stale; `cargo xtask gen` writes it anew", file.path);
        }
    }
}
