//! `cargo xtask generate`: the parts of `docs/` that come from the sources.

use crate::{
    markdown, rust,
    tidy::{GUARANTEES, listing::Listing},
    tree::Tree,
};
use std::{fs, path::Path};

pub(crate) const ARCHITECTURE: &str = "docs/ARCHITECTURE.md";
pub(crate) const TABLE: &str = "crates/sutler-core/src/command/table.rs";
const BLOCK: &str = "command-table";

/// Writes the generated parts of `bindings/`.
pub(crate) fn bindings(root: &Path) -> Result<bool, String> {
    let mut cargo = crate::cargo();
    cargo.current_dir(root).args(["run", "--quiet", "-p", "sutler-boundary", "--bin", "gen"]);
    Ok(cargo.status().map_err(|error| format!("cannot run cargo: {error}"))?.success())
}

/// Writes every page that is stale.
pub(crate) fn run(root: &Path) -> Result<bool, String> {
    let tree = Tree::read(root)?;
    for (path, text) in pages(&tree)? {
        if tree.text(path) != Ok(text.as_str()) {
            fs::write(root.join(path), text).map_err(|error| format!("cannot write {path}: {error}"))?;
            println!("wrote {path}");
        }
    }
    Ok(true)
}

/// Every page with generated parts, as it should be.
pub(crate) fn pages(tree: &Tree) -> Result<Vec<(&'static str, String)>, String> {
    let architecture = tree.text(ARCHITECTURE)?;
    let architecture = markdown::with_block(architecture, BLOCK, &picture(tree.text(TABLE)?)?)
        .ok_or(format!("{ARCHITECTURE} has no block <!-- {BLOCK} -->…<!-- /{BLOCK} -->"))?;
    let guarantees = guarantees(tree.text(GUARANTEES)?, &Listing::scan(tree));
    Ok(vec![(ARCHITECTURE, architecture), (GUARANTEES, guarantees)])
}

/// The command table as a state diagram: an arrow for each pair of states, with the events that lead along it.
fn picture(source: &str) -> Result<String, String> {
    let mut arrows: Vec<(&str, &str, Vec<String>)> = Vec::new();
    for line in source.lines() {
        let Some(row) = line.trim().strip_prefix("(State::").and_then(|row| row.strip_suffix("),")) else {
            continue;
        };
        let cells: Vec<&str> = row.split(", ").map(|cell| cell.rsplit("::").next().unwrap_or(cell)).collect();
        // The list of states has rows of two.
        let [from, event, to] = cells.as_slice() else { continue };
        let event = rust::words(event).join(" ");
        match arrows.iter_mut().find(|(f, t, _)| f == from && t == to) {
            Some((_, _, events)) => events.push(event),
            None => arrows.push((from, to, vec![event])),
        }
    }
    if arrows.is_empty() {
        return Err(format!("no row (State::…, Event::…, State::…) was found in {TABLE}"));
    }
    let mut text = String::from("```mermaid\nstateDiagram-v2\n    [*] --> Intended\n");
    for (from, to, events) in &arrows {
        text += &format!("    {from} --> {to}: {}\n", events.join(" / "));
    }
    Ok(text + "```\n")
}

/// The page with the tests of each promise in its last column.
fn guarantees(page: &str, tests: &Listing) -> String {
    let row = |line: &str| -> Option<String> {
        let number: u32 = line.strip_prefix("| G")?.split(' ').next()?.parse().ok()?;
        let own = tests.runs.iter().filter(|test| rust::guarantee_of(test) == Some(number));
        let own: Vec<String> = own.map(|test| format!("`{test}`")).collect();
        let mut cells: Vec<&str> = line.trim_end_matches('|').split('|').collect();
        cells.truncate(4);
        Some(format!("{}| {} |", cells.join("|"), own.join(", ")))
    };
    page.lines().map(|line| row(line).unwrap_or_else(|| line.to_owned()) + "\n").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_has_an_arrow_for_each_pair_of_states() {
        let source = "(State::Intended, \"intended\"),\n    (State::Intended, Event::Send, State::Sent),\n\
                      (State::Sent, Event::Done, State::Confirmed),\n(State::Sent, Event::FirstNo, State::Confirmed),\n";
        let picture = picture(source).expect("rows");
        assert!(
            picture.contains("    Intended --> Sent: send\n    Sent --> Confirmed: done / first no\n"),
            "{picture}"
        );
        assert!(super::picture("").is_err());
    }

    #[test]
    fn the_tests_of_a_promise_are_written_into_its_row() {
        let tests =
            Listing { runs: ["g01_a", "g01_b", "g02_c"].map(str::to_owned).into(), ..Default::default() };
        let page = "x\n| G1 | p | kept | `g01_old` |\n| G2 | q | open |\n";
        let written = guarantees(page, &tests);
        assert_eq!(written, "x\n| G1 | p | kept | `g01_a`, `g01_b` |\n| G2 | q | open | `g02_c` |\n");
        assert_eq!(guarantees(&written, &tests), written);
    }
}
