//! The version we call ourselves has its chapter in the changelog.

use super::Finding;
use crate::tree::Tree;

const PAGE: &str = "CHANGELOG.md";

pub(super) fn check(tree: &Tree) -> Result<Vec<Finding>, String> {
    let manifest: toml::Table =
        tree.text("Cargo.toml")?.parse().map_err(|error| format!("Cargo.toml: {error}"))?;
    let version = manifest
        .get("workspace")
        .and_then(|workspace| workspace.get("package")?.get("version")?.as_str())
        .ok_or("Cargo.toml has no workspace.package.version")?;
    let head = format!("## {version}");
    let told = tree.text(PAGE)?.lines().any(|line| line == head || line.starts_with(&format!("{head} ")));
    let missing = || Finding::new(PAGE, format!("there is no heading \"{head}\""));
    Ok(if told { Vec::new() } else { vec![missing()] })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_told() {
        let found = |page: &str| {
            let tree = Tree::of(&[("Cargo.toml", "[workspace.package]\nversion = \"0.1.0\""), (PAGE, page)]);
            check(&tree).expect("both files").len()
        };
        assert_eq!(found("# Changes\n## 0.1.0 (not yet released)\n"), 0);
        assert_eq!(found("# Changes\n## 0.1.01\n"), 1);
    }
}
