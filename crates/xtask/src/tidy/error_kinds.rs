//! Kinds of errors are API: `docs/ERRORS.md` has a row for each, and for no other.

use super::Finding;
use crate::{markdown, tree::Tree};
use std::collections::BTreeSet;

const SOURCE: &str = "crates/sutler-core/src/error.rs";
const PAGE: &str = "docs/ERRORS.md";
const SECTION: &str = "Kinds";

pub(super) fn check(tree: &Tree) -> Result<Vec<Finding>, String> {
    let kinds = kinds(tree.text(SOURCE)?);
    if kinds.is_empty() {
        return Err(format!("no row (ErrorKind::…, \"…\") was found in {SOURCE}"));
    }
    let section = markdown::section(tree.text(PAGE)?, SECTION);
    let rows = markdown::rows(section.ok_or(format!("{PAGE} has no section {SECTION:?}"))?);
    let told: BTreeSet<String> = rows
        .iter()
        .filter_map(|(_, cells)| {
            cells.first().and_then(|cell| markdown::codes(cell).next()).map(str::to_owned)
        })
        .collect();
    let untold =
        kinds.difference(&told).map(|kind| Finding::new(PAGE, format!("the kind {kind:?} is missing")));
    let unknown =
        told.difference(&kinds).map(|kind| Finding::new(PAGE, format!("there is no kind {kind:?}")));
    Ok(untold.chain(unknown).collect())
}

/// The texts of the enum's table.
fn kinds(source: &str) -> BTreeSet<String> {
    let rows = source.lines().filter_map(|line| line.trim().strip_prefix("(ErrorKind::"));
    rows.filter_map(|row| row.split('"').nth(1)).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_and_the_enum_agree() {
        let source = "    (ErrorKind::Invalid, \"invalid\"),\n    (ErrorKind::Store, \"store\"),\n";
        let complaints = |rows: &str| {
            let page = format!("## Kinds\n| kind |\n|---|\n{rows}\n## Other\n");
            check(&Tree::of(&[(SOURCE, source), (PAGE, &page)])).expect("both files").len()
        };
        assert_eq!(complaints("| `invalid` |\n| `store` |"), 0);
        assert_eq!(complaints("| `invalid` |"), 1);
        assert_eq!(complaints("| `invalid` |\n| `store` |\n| `made_up` |"), 1);
    }
}
