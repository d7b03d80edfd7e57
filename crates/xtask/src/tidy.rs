//! `cargo xtask tidy`: what a machine can hold of the house's rules. Each check is one file and knows nothing of the others.

mod changelog;
mod crates;
mod error_kinds;
mod example;
mod generated;
mod guarantees;
mod invariants;
mod links;
pub(crate) mod listing;
mod unfinished;
mod words;

use crate::tree::Tree;
pub(crate) use guarantees::PAGE as GUARANTEES;
use listing::Listing;
use std::path::Path;

/// One thing that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    /// `path` or `path:line`.
    at: String,
    /// What is wrong and what would be right.
    what: String,
    /// It is only worth a look.
    mild: bool,
}

impl Finding {
    fn new(at: impl Into<String>, what: impl Into<String>) -> Finding {
        Finding { at: at.into(), what: what.into(), mild: false }
    }
    fn on_line(path: &str, line: usize, what: impl Into<String>) -> Finding {
        Finding::new(format!("{path}:{line}"), what)
    }
    fn mild(self) -> Finding {
        Finding { mild: true, ..self }
    }
}

/// What the checks look at.
struct Project<'a> {
    root: &'a Path,
    tree: &'a Tree,
    /// The tests that `cargo xtask test` runs.
    tests: &'a Listing,
}

/// A check by its name; `docs/ARCHITECTURE.md` names them.
type Check = (&'static str, fn(&Project<'_>) -> Result<Vec<Finding>, String>);

const CHECKS: &[Check] = &[
    ("crates", |project| crates::check(project.tree)),
    ("reach", |project| crates::check_reach(project.root)),
    ("words", |project| Ok(words::check(project.tree))),
    ("unfinished", |project| Ok(unfinished::check(project.tree))),
    ("guarantees", |project| guarantees::check(project.tree, project.tests)),
    ("invariants", |project| invariants::check(project.tree, project.tests, &names())),
    ("links", |project| Ok(links::check(project.tree))),
    ("error_kinds", |project| error_kinds::check(project.tree)),
    ("changelog", |project| changelog::check(project.tree)),
    ("example", |project| example::check(project.tree)),
    ("generated", |project| generated::check(project.tree)),
];

fn names() -> Vec<&'static str> {
    CHECKS.iter().map(|(name, _)| *name).collect()
}

/// Runs every check and shows what it found; answers whether nothing fails.
pub(crate) fn run(root: &Path, args: &[String]) -> Result<bool, String> {
    let quick = match args {
        [] => false,
        [only] if only == "--quick" => true,
        _ => return Err(format!("tidy knows --quick and not {args:?}")),
    };
    let tree = Tree::read(root)?;
    let tests = if quick { Listing::scan(&tree) } else { Listing::ask(root)? };
    let project = Project { root, tree: &tree, tests: &tests };
    let (mut failures, mut warnings) = (0, 0);
    for (name, check) in CHECKS {
        let found = check(&project).unwrap_or_else(|why| vec![Finding::new(*name, why)]);
        for finding in found {
            let word = if finding.mild { "look" } else { "FAIL" };
            println!("{word} {name}: {}: {}", finding.at, finding.what);
            *(if finding.mild { &mut warnings } else { &mut failures }) += 1;
        }
    }
    let how = if quick { " (quick: tests were looked up in the sources, not listed by a build)" } else { "" };
    println!("tidy: {} checks, {failures} failures, {warnings} to look at{how}", CHECKS.len());
    Ok(failures == 0)
}
