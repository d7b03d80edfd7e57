//! The invariants of `docs/ARCHITECTURE.md`: each names the check that holds it, and that check exists.

use super::{Finding, Listing};
use crate::{markdown, tree::Tree};

const PAGE: &str = "docs/ARCHITECTURE.md";
const SECTION: &str = "Invariants";

pub(super) fn check(tree: &Tree, tests: &Listing, checks: &[&str]) -> Result<Vec<Finding>, String> {
    let page = tree.text(PAGE)?;
    let section = markdown::section(page, SECTION).ok_or(format!("{PAGE} has no section {SECTION:?}"))?;
    let rows = markdown::rows(section);
    if rows.is_empty() {
        return Err(format!("the section {SECTION:?} of {PAGE} has no table"));
    }
    let mut found = Vec::new();
    for (_, cells) in rows {
        let [invariant, holders] = cells.as_slice() else {
            found.push(Finding::new(PAGE, format!("{cells:?} is not an invariant and what holds it")));
            continue;
        };
        let holders: Vec<&str> = markdown::codes(holders).collect();
        if holders.is_empty() {
            found.push(Finding::new(PAGE, format!("nothing holds {invariant:?}")));
        }
        for holder in holders {
            if !exists(holder, tree, tests, checks) {
                let right = "`tidy NAME`, `clippy CRATE PATH`, `lint NAME` or a test that runs is right";
                found.push(Finding::new(PAGE, format!("{holder:?} holds nothing; {right}")));
            }
        }
    }
    Ok(found)
}

fn exists(holder: &str, tree: &Tree, tests: &Listing, checks: &[&str]) -> bool {
    match holder.split(' ').collect::<Vec<_>>().as_slice() {
        ["tidy", name] => checks.contains(name),
        ["clippy", krate, path] => tree
            .text(&format!("crates/{krate}/clippy.toml"))
            .is_ok_and(|text| text.contains(&format!("\"{path}\""))),
        ["lint", name] => tree.text("Cargo.toml").is_ok_and(|text| {
            text.lines().any(|line| line.starts_with(&format!("{name} = ")) && line.contains("\"deny\""))
        }),
        [test] => tests.runs.contains(*test),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(table: &str) -> Vec<String> {
        let page = format!("# x\n## Invariants\n| what | held by |\n|---|---|\n{table}\n## Next\n| a |\n");
        let tree = Tree::of(&[
            (PAGE, page.as_str()),
            ("Cargo.toml", "[workspace.lints.rust]\nunsafe_code = \"deny\"\nmissing_docs = \"warn\"\n"),
            ("crates/sutler-core/clippy.toml", "disallowed-methods = [\"std::time::Instant::now\"]"),
        ]);
        let tests = Listing { runs: ["g18_x".to_owned()].into(), ignored: ["g19_y".to_owned()].into() };
        check(&tree, &tests, &["crates"]).expect("a table").into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn each_kind_of_holder_is_looked_up() {
        for good in ["tidy crates", "clippy sutler-core std::time::Instant::now", "lint unsafe_code", "g18_x"]
        {
            assert_eq!(complaints(&format!("| a | `{good}` |")), [""; 0], "{good}");
        }
        for bad in [
            "tidy nothing",
            "clippy sutler-core std::x",
            "clippy x y",
            "lint missing_docs",
            "g19_y",
            "a b c d",
        ] {
            assert_eq!(complaints(&format!("| a | `{bad}` |")).len(), 1, "{bad}");
        }
    }

    #[test]
    fn an_invariant_without_a_check_is_found() {
        assert!(complaints("| a | trust |")[0].contains("nothing holds \"a\""));
    }
}
