//! `docs/guarantees.md`: a promise counts as kept only when a test that runs proves it.

use super::{Finding, Listing};
use crate::{markdown, rust, tree::Tree};
use std::collections::{BTreeMap, BTreeSet};

/// The page.
pub(crate) const PAGE: &str = "docs/guarantees.md";

/// Promises are numbered from 1 to this.
const LAST: u32 = 36;

pub(super) fn check(tree: &Tree, tests: &Listing) -> Result<Vec<Finding>, String> {
    Ok(judge(tree.text(PAGE)?, tests))
}

fn judge(page: &str, tests: &Listing) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut named: BTreeMap<u32, BTreeSet<String>> = BTreeMap::new();
    for (line, cells) in markdown::rows(page) {
        let mut complain = |what: String| found.push(Finding::on_line(PAGE, line, what));
        let [number, _, state, cell] = cells.as_slice() else {
            complain(format!(
                "the row has {} cells; number, promise, state and tests are right",
                cells.len()
            ));
            continue;
        };
        let Some(number) = number.strip_prefix('G').and_then(|digits| digits.parse::<u32>().ok()) else {
            complain(format!("{number:?} is no number of a promise; G1 to G{LAST} are"));
            continue;
        };
        let row: BTreeSet<String> = markdown::codes(cell).map(str::to_owned).collect();
        match state.as_str() {
            "kept" if !row.iter().any(|test| rust::guarantee_of(test) == Some(number)) => {
                complain(format!("G{number} is said to be kept and no test named g{number:02}_… is given"));
            }
            "kept" | "open" => {}
            other => complain(format!("G{number} is {other:?}; kept or open is right")),
        }
        for test in &row {
            if tests.ignored.contains(test) {
                complain(format!("G{number} rests on {test}, which is ignored"));
            } else if !tests.runs.contains(test) {
                complain(format!("G{number} rests on {test}, which `cargo xtask test` does not run"));
            }
        }
        if named.insert(number, row).is_some() {
            complain(format!("G{number} stands twice"));
        }
    }
    let missing = (1..=LAST).filter(|number| !named.contains_key(number));
    found.extend(missing.map(|number| Finding::new(PAGE, format!("G{number} is missing"))));
    for test in &tests.runs {
        if let Some(number) = rust::guarantee_of(test)
            && !named.get(&number).is_some_and(|row| row.contains(test))
        {
            let what = format!("{test} is not named under G{number}; `cargo xtask generate` writes it there");
            found.push(Finding::new(PAGE, what));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing(runs: &[&str], ignored: &[&str]) -> Listing {
        let set = |names: &[&str]| names.iter().map(|name| name.to_string()).collect();
        Listing { runs: set(runs), ignored: set(ignored) }
    }

    /// A page whose rows are right but for the first.
    fn page(first: &str) -> String {
        let rest: String = (2..=LAST).map(|number| format!("| G{number} | x | open | |\n")).collect();
        format!("| # | promise | state | tests |\n|---|---|---|---|\n{first}\n{rest}")
    }

    fn complaints(first: &str, tests: &Listing) -> String {
        let found = judge(&page(first), tests);
        found.into_iter().map(|finding| finding.what + "\n").collect()
    }

    #[test]
    fn a_kept_promise_with_its_test_is_right() {
        assert_eq!(complaints("| G1 | x | kept | `g01_a` |", &listing(&["g01_a", "other"], &[])), "");
    }

    #[test]
    fn a_kept_promise_needs_a_test_of_its_own_that_runs() {
        let cases = [
            ("| G1 | x | kept | |", listing(&[], &[]), "no test named g01_…"),
            ("| G1 | x | kept | `other` |", listing(&["other"], &[]), "no test named g01_…"),
            ("| G1 | x | kept | `g01_gone` |", listing(&[], &[]), "does not run"),
            ("| G1 | x | kept | `g01_a` |", listing(&[], &["g01_a"]), "is ignored"),
            ("| G1 | x | open | `g01_gone` |", listing(&[], &[]), "does not run"),
        ];
        for (row, tests, expected) in cases {
            assert!(complaints(row, &tests).contains(expected), "{row}: {}", complaints(row, &tests));
        }
    }

    #[test]
    fn a_wrong_table_is_found() {
        let none = listing(&[], &[]);
        assert!(complaints("| G1 | x | done | |", &none).contains("kept or open is right"));
        assert!(complaints("| G1 | x | open |", &none).contains("3 cells"));
        assert!(complaints("| 1 | x | open | |", &none).contains("G1 is missing"));
        assert!(complaints("| G2 | x | open | |", &none).contains("G2 stands twice"));
    }

    #[test]
    fn every_test_with_a_number_is_listed() {
        let tests = listing(&["g01_a", "g07_b"], &[]);
        let said = complaints("| G1 | x | kept | `g01_a` |", &tests);
        assert!(said.contains("g07_b is not named under G7"), "{said}");
    }
}
