//! The Python and the Node package, built as they are published, for the tests that install them: a wheel and an npm archive
//! under `target/bindings/`, beside the tools that check them.

use crate::python::{Held, environment, run};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// What builds and checks the wheel, and what reads tables and shows progress in its tests: none of it is a dependency of it.
const PYTHON: &[&str] = &[
    "maturin==1.16.0",
    "mypy==2.4.1",
    "pytest==9.2.0",
    "duckdb>=1.2",
    "pandas>=2.2",
    "polars>=1.20",
    "pyarrow>=18",
    "tqdm>=4.67",
];
/// What checks the declarations.
const NODE: &[&str] = &["typescript@5.9.3", "@types/node@20.19.43"];
/// What wants them, for whoever lacks something.
const WHOSE: &str = "the tests of the Python and the Node package";

/// The packages whose tests want them.
pub(crate) const WANTED_BY: &[&str] = &["sutler-boundary"];

/// Builds both packages; answers the folder: `python/bin/python`, `node/node_modules`, `*.whl`, `*.tgz`.
pub(crate) fn build(root: &Path) -> Result<PathBuf, String> {
    let folder = root.join("target").join("bindings");
    let python = environment(&folder.join("python"), PYTHON, WHOSE)?;
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
    for old in fs::read_dir(&folder).into_iter().flatten().flatten() {
        if old.path().extension().is_some_and(|kind| kind == "whl" || kind == "tgz") {
            let _ = fs::remove_file(old.path());
        }
    }
    println!("building the Python and the Node package into {}", folder.display());
    let mut maturin = Command::new(&python);
    maturin
        .args(["-m", "maturin", "build", "--profile", "dev", "--quiet", "--out"])
        .arg(&folder)
        .args(["--manifest-path", "bindings/python/Cargo.toml"])
        .current_dir(root);
    run(&mut maturin, "the wheel could not be built")?;
    let mut cargo = crate::cargo();
    run(
        cargo.args(["build", "--quiet", "-p", "sutler-node"]).current_dir(root),
        "the native part for Node could not be built",
    )?;
    let package = root.join("bindings").join("node");
    let library = ["libsutler_node.so", "libsutler_node.dylib", "sutler_node.dll"]
        .map(|name| root.join("target").join("debug").join(name))
        .into_iter()
        .find(|path| path.exists())
        .ok_or("the native part for Node was built, and lies nowhere in target/debug")?;
    let name = platform()?;
    fs::copy(&library, package.join(&name)).map_err(|error| format!("{name} cannot be written: {error}"))?;
    let mut npm = Command::new("npm");
    npm.args(["pack", "--silent", "--pack-destination"]).arg(&folder).current_dir(&package);
    run(&mut npm, "npm must be installed")?;
    Ok(folder)
}

/// The native part's name on this platform, as `native.js` looks for it.
fn platform() -> Result<String, String> {
    let script = "const {glibcVersionRuntime: g} = process.report.getReport().header; \
                  const libc = process.platform !== 'linux' ? '' : g ? '-gnu' : '-musl'; \
                  console.log(`sutler.${process.platform}-${process.arch}${libc}.node`)";
    let output = Command::new("node").args(["-e", script]).output();
    let output = output.map_err(|error| format!("{WHOSE} want Node 20 or newer: {error}"))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
