//! The marketplaces' own client libraries, for the tests that hold the local marketplaces against them: from PyPI in a virtual
//! environment, from npm in `node_modules`, both under `target/vendor-clients/`.

use crate::python::{Held, environment, run, says};
use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// Amazon's own, and eBay's own of the Trading API.
const PYTHON: &[&str] = &["amzn-sp-api==1.13.0", "ebaysdk==2.2.0"];
/// eBay's own of tokens and of notifications, and the one in use for the REST APIs, of which eBay publishes none.
const NODE: &[&str] =
    &["ebay-oauth-nodejs-client@1.2.2", "event-notification-nodejs-sdk@1.0.3", "ebay-api@10.0.1"];
/// The oldest Node we name in the README.
const OLDEST: u32 = 20;
/// What wants them, for whoever lacks something.
const WHOSE: &str = "the tests of the local marketplaces against the marketplaces' own client libraries";

/// The packages whose tests want them.
pub(crate) const WANTED_BY: &[&str] = &["sutler-cli"];

/// Installs what is missing; answers the folder, which holds `python/bin/python` and `node/node_modules`.
pub(crate) fn install(root: &Path) -> Result<PathBuf, String> {
    let folder = root.join("target").join("vendor-clients");
    // Asked for every time: what was installed runs on it.
    let told = says("node");
    if told.as_deref().and_then(version).is_none_or(|version| version < OLDEST) {
        let found = told.map_or("there is none".to_owned(), |told| format!("node is {told:?}"));
        return Err(format!(
            "{WHOSE} want Node {OLDEST} or newer with npm; {found}. Install it, or name the packages to test (`-p sutler-core`)"
        ));
    }
    environment(&folder.join("python"), PYTHON, WHOSE)?;
    let node = folder.join("node");
    let held = Held::of(&node, NODE);
    if !held.is_there() {
        held.begin()?;
        let quietly = ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
        let mut npm = Command::new("npm");
        npm.args(quietly).arg("--prefix").arg(&node).args(NODE).current_dir(&node);
        run(&mut npm, "npm must be installed, and its registry reachable the first time")?;
        held.end()?;
    }
    Ok(folder)
}

/// `v20.20.2`
fn version(told: &str) -> Option<u32> {
    told.strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_numbers_and_not_text() {
        assert_eq!(version("v20.20.2"), Some(20));
        assert!(version("v9.11.2").is_some_and(|old| old < OLDEST));
        assert_eq!(version("20.20.2"), None);
        assert_eq!(version(""), None);
    }
}
