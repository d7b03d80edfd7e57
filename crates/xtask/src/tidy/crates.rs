//! Arrows between crates only run down, and what the ground floor must not know is nowhere in its tree.

use super::Finding;
use crate::tree::Tree;
use std::path::Path;

/// One crate, and the crates of ours it may stand on.
struct Floor {
    name: &'static str,
    /// In the product.
    on: &'static [&'static str],
    /// In its tests as well.
    in_tests: &'static [&'static str],
}

const fn floor(name: &'static str, on: &'static [&'static str], in_tests: &'static [&'static str]) -> Floor {
    Floor { name, on, in_tests }
}

/// The house, ground floor first. A crate that is not here has no place yet.
const HOUSE: &[Floor] = &[
    floor("sutler-core", &[], &[]),
    // Shares nothing with the connectors: one misreading must not pass on both sides.
    floor("sutler-sandbox", &[], &[]),
    floor("sutler-http", &["sutler-core"], &[]),
    floor("sutler-store", &["sutler-core"], &["sutler-testkit"]),
    floor("sutler-engine", &["sutler-core"], &["sutler-store", "sutler-testkit"]),
    floor("sutler-walmart", &["sutler-core", "sutler-http"], &["sutler-sandbox", "sutler-testkit"]),
    floor("sutler-wire", &["sutler-core"], &[]),
    floor(
        "sutler-amazon",
        &["sutler-core", "sutler-http", "sutler-wire"],
        &["sutler-sandbox", "sutler-testkit"],
    ),
    floor(
        "sutler-ebay",
        &["sutler-core", "sutler-http", "sutler-wire"],
        &["sutler-sandbox", "sutler-testkit"],
    ),
    floor(
        "sutler",
        &[
            "sutler-amazon",
            "sutler-core",
            "sutler-ebay",
            "sutler-engine",
            "sutler-http",
            "sutler-sandbox",
            "sutler-store",
            "sutler-walmart",
        ],
        &["sutler-testkit"],
    ),
    floor(
        "sutler-testkit",
        // The simulation and the suites run over all connectors.
        &[
            "sutler-amazon",
            "sutler-core",
            "sutler-ebay",
            "sutler-engine",
            "sutler-http",
            "sutler-sandbox",
            "sutler-store",
            "sutler-walmart",
        ],
        &[],
    ),
    // The beginning of a connector, which `new-connector` copies; nothing stands on it.
    floor("sutler-newshop", &["sutler-core", "sutler-http"], &["sutler-sandbox", "sutler-testkit"]),
    floor("sutler-cli", &["sutler", "sutler-sandbox"], &["sutler-testkit"]),
    floor("xtask", &[], &[]),
    // What crosses into other languages, and the two that carry it.
    floor("sutler-boundary", &["sutler", "sutler-testkit"], &[]),
    floor("sutler-python", &["sutler", "sutler-boundary"], &[]),
    floor("sutler-node", &["sutler-boundary"], &[]),
    // Both show the product from outside; nothing stands on them.
    floor("sutler-examples", &["sutler"], &[]),
    floor(
        "sutler-benches",
        &["sutler", "sutler-core", "sutler-engine", "sutler-http", "sutler-store", "sutler-walmart"],
        &[],
    ),
];

/// Where a crate lives: `crates` is flat, and a folder has its crate's name.
fn folder(name: &str) -> String {
    match name {
        "sutler-examples" => "examples/rust".into(),
        "sutler-benches" => "benches".into(),
        "sutler-boundary" => "bindings/boundary".into(),
        "sutler-python" => "bindings/python".into(),
        "sutler-node" => "bindings/node".into(),
        _ => format!("crates/{name}"),
    }
}

/// What the tree of a crate must not hold: runtimes, networks, databases, randomness.
const OUT_OF_REACH: &[(&str, &[&str])] = &[
    (
        "sutler-core",
        &[
            "tokio",
            "mio",
            "async-std",
            "smol",
            "reqwest",
            "hyper",
            "http",
            "rusqlite",
            "sqlx",
            "postgres",
            "rand",
            "rand_core",
            "getrandom",
            "fastrand",
        ],
    ),
    (
        "sutler-engine",
        &[
            "tokio",
            "mio",
            "async-std",
            "smol",
            "reqwest",
            "hyper",
            "rusqlite",
            "sqlx",
            "postgres",
            "rand",
            "getrandom",
        ],
    ),
    ("sutler-sandbox", &["reqwest", "rusqlite", "rand"]),
];

/// Crates that one crate of ours alone may use.
const ALONE: &[(&str, &str)] = &[("reqwest", "sutler-http"), ("rusqlite", "sutler-store")];

/// The manifests: edges, and that versions, licences and lints are the workspace's.
pub(super) fn check(tree: &Tree) -> Result<Vec<Finding>, String> {
    let mut found = Vec::new();
    let mut seen = Vec::new();
    for file in tree.files.iter().filter(|f| f.name() == "Cargo.toml" && f.path != "Cargo.toml") {
        let manifest: toml::Table =
            file.text.parse().map_err(|error| format!("{} cannot be read: {error}", file.path))?;
        let name = manifest.get("package").and_then(|p| p.get("name")?.as_str()).unwrap_or_default();
        let mut complain = |what: String| found.push(Finding::new(&file.path, what));
        if file.path != format!("{}/Cargo.toml", folder(name)) {
            complain(format!("the crate is called {name:?}; its folder is {}", folder(name)));
        }
        let Some(floor) = HOUSE.iter().find(|floor| floor.name == name) else {
            complain(format!("{name:?} has no place in the house; tidy/crates.rs lists it"));
            continue;
        };
        seen.push(floor.name);
        edges(floor, &manifest, &mut complain);
        from_the_workspace(&manifest, &mut complain);
    }
    let gone = HOUSE.iter().filter(|floor| !seen.contains(&floor.name));
    found.extend(gone.map(|floor| Finding::new("crates", format!("{} is missing", floor.name))));
    Ok(found)
}

/// The dependencies of a table, those of single targets included.
fn dependencies<'a>(manifest: &'a toml::Table, kind: &str) -> Vec<(&'a String, &'a toml::Value)> {
    let targets = manifest.get("target").and_then(|t| t.as_table()).into_iter().flat_map(|t| t.values());
    let tables = [manifest.get(kind)].into_iter().flatten().chain(targets.filter_map(|t| t.get(kind)));
    tables.filter_map(|t| t.as_table()).flatten().collect()
}

fn edges(floor: &Floor, manifest: &toml::Table, complain: &mut impl FnMut(String)) {
    let ours = |name: &str| HOUSE.iter().any(|floor| floor.name == name);
    for kind in ["dependencies", "build-dependencies", "dev-dependencies"] {
        for (name, _) in dependencies(manifest, kind).into_iter().filter(|(name, _)| ours(name)) {
            let in_tests = kind == "dev-dependencies" && floor.in_tests.contains(&name.as_str());
            if !floor.on.contains(&name.as_str()) && !in_tests {
                complain(format!("{} must not stand on {name} ({kind})", floor.name));
            }
        }
    }
}

fn from_the_workspace(manifest: &toml::Table, complain: &mut impl FnMut(String)) {
    let inherits = |value: Option<&toml::Value>| {
        value.and_then(|v| v.get("workspace")).and_then(toml::Value::as_bool) == Some(true)
    };
    for key in ["version", "edition", "rust-version", "license"] {
        if !inherits(manifest.get("package").and_then(|package| package.get(key))) {
            complain(format!("package.{key} is its own; {key}.workspace = true is right"));
        }
    }
    if !inherits(manifest.get("lints")) {
        complain("the workspace's lints are not on; [lints] workspace = true is right".into());
    }
    for kind in ["dependencies", "build-dependencies", "dev-dependencies"] {
        for (name, value) in dependencies(manifest, kind) {
            if !inherits(Some(value)) {
                complain(format!("{name} ({kind}) has its own version; {name}.workspace = true is right"));
            }
        }
    }
}

/// The resolved trees: what stands in nobody's manifest and comes along all the same.
pub(super) fn check_reach(root: &Path) -> Result<Vec<Finding>, String> {
    let mut found = Vec::new();
    for (krate, forbidden) in OUT_OF_REACH {
        let tree = cargo_tree(root, &["-p", krate, "--all-features"])?;
        for name in forbidden.iter().filter(|name| names(&tree).any(|known| known == **name)) {
            let what =
                format!("{name} is in its tree; `cargo tree -p {krate} -e normal -i {name}` shows how");
            found.push(Finding::new(format!("crates/{krate}"), what));
        }
    }
    let everything = cargo_tree(root, &["--workspace", "--all-features"])?;
    for (name, owner) in ALONE.iter().filter(|(name, _)| names(&everything).any(|known| known == *name)) {
        let above = cargo_tree(root, &["--workspace", "--all-features", "-i", name, "--depth", "1"])?;
        for other in names(&above).filter(|other| other != name && other != owner) {
            found.push(Finding::new(other, format!("uses {name}, which is for {owner} alone")));
        }
    }
    Ok(found)
}

fn cargo_tree(root: &Path, args: &[&str]) -> Result<String, String> {
    let output = crate::cargo()
        .current_dir(root)
        .args(["tree", "--edges", "normal,build", "--prefix", "none"])
        .args(args)
        .output()
        .map_err(|error| format!("cannot start cargo: {error}"))?;
    if !output.status.success() {
        return Err(format!(
            "cargo tree {}: {}",
            args.join(" "),
            String::from_utf8_lossy(&output.stderr).trim()
        ));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The first word of each line.
fn names(tree: &str) -> impl Iterator<Item = &str> {
    tree.lines().filter_map(|line| line.split(' ').next()).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(name: &str, more: &str) -> Vec<String> {
        let path = format!("{}/Cargo.toml", folder(name));
        let text = format!(
            "[package]\nname = \"{name}\"\nversion.workspace = true\nedition.workspace = true\n\
             rust-version.workspace = true\nlicense.workspace = true\n[lints]\nworkspace = true\n{more}"
        );
        let found = check(&Tree::of(&[(&path, &text)])).expect("a manifest");
        found.into_iter().filter(|finding| finding.at == path).map(|finding| finding.what).collect()
    }

    #[test]
    fn arrows_run_down() {
        let http = "[dependencies]\nsutler-core.workspace = true\n";
        assert_eq!(complaints("sutler-http", http), [""; 0]);
        for (name, more) in [
            ("sutler-core", "[dependencies]\nsutler-http.workspace = true\n"),
            ("sutler-core", "[dev-dependencies]\nsutler-testkit.workspace = true\n"),
            ("sutler-engine", "[dependencies]\nsutler-store.workspace = true\n"),
            ("sutler-engine", "[target.'cfg(unix)'.dependencies]\nsutler-http.workspace = true\n"),
            ("sutler-sandbox", "[dev-dependencies]\nsutler-walmart.workspace = true\n"),
            ("sutler-examples", "[dependencies]\nsutler-core.workspace = true\n"),
            ("sutler-store", "[build-dependencies]\nsutler-testkit.workspace = true\n"),
        ] {
            let said = complaints(name, more);
            assert!(said.len() == 1 && said[0].contains("must not stand on"), "{name} {more}: {said:?}");
        }
        assert_eq!(
            complaints("sutler-store", "[dev-dependencies]\nsutler-testkit.workspace = true\n"),
            [""; 0]
        );
    }

    #[test]
    fn a_crate_without_a_place_and_versions_of_its_own_are_found() {
        assert!(complaints("sutler-misc", "")[0].contains("no place"));
        assert!(complaints("sutler-core", "[dependencies]\nserde = \"1\"\n")[0].contains("its own version"));
    }

    #[test]
    fn the_house_itself_has_no_circle() {
        for (at, floor) in HOUSE.iter().enumerate() {
            for below in floor.on {
                let there = HOUSE[..at].iter().any(|lower| lower.name == *below);
                assert!(there, "{} stands on {below}, which is not below it", floor.name);
            }
        }
    }

    #[test]
    fn names_are_the_first_words() {
        let tree = "sutler-core v0.1.0 (a b)\nserde v1.0.0\nserde v1.0.0 (*)\n\nsyn v2\n";
        assert_eq!(names(tree).collect::<Vec<_>>(), ["sutler-core", "serde", "serde", "syn"]);
    }
}
