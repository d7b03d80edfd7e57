//! The example a reader meets first is the one that the tests run: README and the facade's documentation show the same.

use super::Finding;
use crate::{markdown, tree::Tree};

const PAGE: &str = "README.md";
const TESTED: &str = "crates/sutler/src/lib.rs";

pub(super) fn check(tree: &Tree) -> Result<Vec<Finding>, String> {
    let shown =
        markdown::fenced(tree.text(PAGE)?, "```rust").ok_or(format!("{PAGE} shows no ```rust block"))?;
    let docs: String =
        tree.text(TESTED)?.lines().filter_map(|line| line.strip_prefix("//!")).map(strip_space).collect();
    let tested = markdown::fenced(&docs, "```\n").ok_or(format!("{TESTED} has no example"))?;
    // Lines behind `#` are run and not shown.
    let tested: Vec<&str> = tested.lines().filter(|line| *line != "#" && !line.starts_with("# ")).collect();
    let same = shown.lines().eq(tested);
    let what = format!("the first example is not the one that {TESTED} runs");
    Ok(if same { Vec::new() } else { vec![Finding::new(PAGE, what)] })
}

fn strip_space(line: &str) -> String {
    format!("{}\n", line.strip_prefix(' ').unwrap_or(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shown_example_is_the_tested_one() {
        let tested = "//! Words.\n//!\n//! ```\n//! # fn main() {\n//! let a = 1;\n//! # }\n//! ```\n";
        let found = |readme: &str| check(&Tree::of(&[(PAGE, readme), (TESTED, tested)])).expect("both").len();
        assert_eq!(found("x\n```rust\nlet a = 1;\n```\n"), 0);
        assert_eq!(found("x\n```rust\nlet a = 2;\n```\n"), 1);
    }
}
