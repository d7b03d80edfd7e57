//! Links between our pages lead somewhere.

use super::Finding;
use crate::{markdown, tree::Tree};

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for page in tree.files.iter().filter(|file| file.is_markdown()) {
        for (line, target) in markdown::links(&page.text) {
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            let (path, anchor) = target.split_once('#').unwrap_or((&target, ""));
            let path = if path.is_empty() { page.path.clone() } else { resolve(&page.path, path) };
            if !tree.has(&path) {
                found.push(Finding::on_line(&page.path, line, format!("the link {target} leads to no file")));
            } else if !anchor.is_empty()
                && let Some(there) = tree.file(&path).filter(|file| file.is_markdown())
                && !markdown::anchors(&there.text).iter().any(|known| known == anchor)
            {
                let what = format!("the link {target} leads to no heading of {path}");
                found.push(Finding::on_line(&page.path, line, what));
            }
        }
    }
    found
}

/// The path that `target` names, seen from the page at `from`.
fn resolve(from: &str, target: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            name => parts.push(name),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_followed() {
        let page = "[a](b.md) [b](../README.md#what-it-is) [c](adr/) [d](https://x.y) [e](#here)\n## Here\n";
        let good =
            [("docs/a.md", page), ("docs/b.md", ""), ("docs/adr/1.md", ""), ("README.md", "# What it is\n")];
        assert_eq!(check(&Tree::of(&good)), []);
    }

    #[test]
    fn a_link_to_nothing_is_found() {
        for bad in ["[a](b.md)", "[a](../b.md)", "[a](#there)", "[a](a.md#there)"] {
            assert_eq!(check(&Tree::of(&[("docs/a.md", bad)])).len(), 1, "{bad}");
        }
    }
}
