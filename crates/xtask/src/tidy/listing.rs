//! The tests that `cargo xtask test` runs, as the built test programs list them.

use crate::{rust, test::EVERYTHING, tree::Tree};
use std::{collections::BTreeSet, path::Path, process::Stdio};

/// Tests by their names, modules left out.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    /// Those that run.
    pub runs: BTreeSet<String>,
    /// Those that are there and are ignored.
    pub ignored: BTreeSet<String>,
}

impl Listing {
    /// Builds the tests and asks each program what it holds. So a test behind a feature that is off, in a file that no
    /// module names, or in a target without a harness does not count as one that runs.
    pub(crate) fn ask(root: &Path) -> Result<Listing, String> {
        let all = list(root, &[])?;
        let ignored = list(root, &["--ignored"])?;
        Ok(Listing { runs: all.difference(&ignored).cloned().collect(), ignored })
    }

    /// Looks the names up in the sources: at once, but it believes whatever stands there. Suites define functions that
    /// become tests elsewhere, so every name counts.
    pub(crate) fn scan(tree: &Tree) -> Listing {
        let mut listing = Listing::default();
        for file in tree.files.iter().filter(|file| file.is_rust()) {
            let code = rust::code_only(&file.text);
            let lines: Vec<&str> = code.lines().map(str::trim).collect();
            for (line, name) in rust::definitions(&code) {
                let above = lines[..line - 1].iter().rev();
                let mut attributes = above.take_while(|line| line.is_empty() || line.starts_with("#["));
                let ignored = attributes.any(|line| line.contains("ignore"));
                let list = if ignored { &mut listing.ignored } else { &mut listing.runs };
                list.insert(name.to_owned());
            }
        }
        listing
    }
}

fn list(root: &Path, more: &[&str]) -> Result<BTreeSet<String>, String> {
    let output = crate::cargo()
        .current_dir(root)
        .args(EVERYTHING)
        // Examples in documentation have no names.
        .args(["--quiet", "--lib", "--bins", "--tests", "--", "--list", "--format", "terse"])
        .args(more)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cannot start cargo: {error}"))?;
    if !output.status.success() {
        return Err(
            "the tests cannot be listed, so no guarantee can be shown to be kept; do they build?".into()
        );
    }
    Ok(names(&String::from_utf8_lossy(&output.stdout)))
}

fn names(output: &str) -> BTreeSet<String> {
    let paths = output.lines().filter_map(|line| line.strip_suffix(": test"));
    paths.map(|path| path.rsplit("::").next().unwrap_or(path).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listed_names_lose_their_modules() {
        let names = names("a::b::g01_x: test\ng02_y: test\nz: benchmark\n");
        assert_eq!(names.into_iter().collect::<Vec<_>>(), ["g01_x", "g02_y"]);
    }

    #[test]
    fn a_scan_sees_names_in_code_and_what_ignores_them() {
        let source = "#[test]\nfn g01_a() {}\n#[test]\n#[ignore = \"slow\"]\nfn g02_b() {}\n// fn g03_c() {}\n\
                      proptest! {\n    #[test]\n    /// Why.\n    fn g05_e(x in 0..1) {}\n}\npub fn g06_f() {}";
        let listing = Listing::scan(&Tree::of(&[("a.rs", source)]));
        assert_eq!(listing.runs.into_iter().collect::<Vec<_>>(), ["g01_a", "g05_e", "g06_f"]);
        assert_eq!(listing.ignored.into_iter().collect::<Vec<_>>(), ["g02_b"]);
    }
}
