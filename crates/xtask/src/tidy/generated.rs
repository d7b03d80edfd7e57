//! What is generated is fresh.

use super::Finding;
use crate::{generate, tree::Tree};

pub(super) fn check(tree: &Tree) -> Result<Vec<Finding>, String> {
    let stale =
        generate::pages(tree)?.into_iter().filter(|(path, text)| tree.text(path) != Ok(text.as_str()));
    Ok(stale.map(|(path, _)| Finding::new(path, "is stale; `cargo xtask generate` writes it anew")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stale_page_is_found() {
        let table = "    (State::Intended, Event::Send, State::Sent),\n";
        let tree = |architecture: &str, guarantees: &str| {
            Tree::of(&[
                (generate::TABLE, table),
                (generate::ARCHITECTURE, architecture),
                ("docs/guarantees.md", guarantees),
            ])
        };
        let stale =
            tree("<!-- command-table -->\nold\n<!-- /command-table -->\n", "| G1 | x | open | `g01_old` |\n");
        assert_eq!(check(&stale).expect("pages").len(), 2);
        let pages = generate::pages(&stale).expect("pages");
        assert_eq!(check(&tree(&pages[0].1, &pages[1].1)).expect("pages"), []);
    }
}
