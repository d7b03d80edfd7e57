//! One word per idea: what our files and names are not called, and what no page may tell.

use super::Finding;
use crate::{rust, tree::Tree};

/// Words that say nothing about what a thing is.
const EMPTY: &[&str] = &["provider", "adapter", "manager", "helper", "util", "processor", "handler"];

/// First folders of paths that exist on one machine only.
const MACHINE: &[&str] = &["work", "home", "Users"];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in &tree.files {
        if let Some(word) = empty_word(file.name()) {
            found.push(Finding::new(&file.path, format!("a file is called {word:?}; say what is in it")));
        }
        if file.is_rust() {
            let code = rust::code_only(&file.text);
            for (line, name) in rust::definitions(&code) {
                if let Some(word) = empty_word(name) {
                    let what = format!("{name} is a {word:?}; a name says what it is");
                    found.push(Finding::on_line(&file.path, line, what));
                }
            }
        }
        for (at, line) in file.text.lines().enumerate() {
            for folder in MACHINE {
                if names_path(line, folder) {
                    let what = format!("/{folder}/… is a path of one machine");
                    found.push(Finding::on_line(&file.path, at + 1, what));
                }
            }
        }
    }
    found
}

fn empty_word(name: &str) -> Option<&'static str> {
    let words = rust::words(name);
    let bare = |word: &String| word.strip_suffix('s').map_or(word.clone(), str::to_owned);
    EMPTY.iter().find(|empty| words.iter().any(|word| bare(word) == **empty)).copied()
}

/// Does `line` name a path below `/FOLDER/`? A part of a longer path or of an address is none.
fn names_path(line: &str, folder: &str) -> bool {
    let path = format!("/{folder}/");
    line.match_indices(&path).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || "._-}~".contains(c))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_words_are_found_in_files_and_names() {
        let tree = Tree::of(&[
            ("a/order_utils.rs", ""),
            ("a/b.rs", "struct EventHandler;\npub fn handle() {} // a handler\nlet provider = 1;"),
        ]);
        let found: Vec<String> = check(&tree).into_iter().map(|finding| finding.at).collect();
        assert_eq!(found, ["a/b.rs:1", "a/order_utils.rs"]);
    }

    #[test]
    fn paths_of_a_machine_are_found_in_any_file() {
        let tree =
            Tree::of(&[("a.md", &format!("see /{}/x\nhttps://example.com/home/x\n../work/x\n", "work"))]);
        let found: Vec<String> = check(&tree).into_iter().map(|finding| finding.at).collect();
        assert_eq!(found, ["a.md:1"]);
    }
}
