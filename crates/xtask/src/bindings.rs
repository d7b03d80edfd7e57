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

/// What a wheel may weigh, in bytes.
const WHEEL_MAX: u64 = 8_000_000;

/// Builds both packages for the tests, quickly; answers the folder: `python/bin/python`, `node/node_modules`, `*.whl`, `*.tgz`.
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
    packed(root, &python, &folder, "dev")?;
    Ok(folder)
}

/// Builds both packages as they are published, and says what they weigh.
pub(crate) fn publish(root: &Path) -> Result<bool, String> {
    let python = environment(&root.join("target/bindings/python"), PYTHON, WHOSE)?;
    let folder = root.join("target").join("packages");
    fs::create_dir_all(&folder).map_err(|error| format!("{} cannot be made: {error}", folder.display()))?;
    packed(root, &python, &folder, "published")?;
    let mut whole = true;
    for package in packages_in(&folder) {
        let bytes = fs::metadata(&package).map_or(0, |file| file.len());
        println!("{} {bytes} bytes", package.display());
        if package.extension().is_some_and(|kind| kind == "whl") && bytes > WHEEL_MAX {
            println!("a wheel of {WHEEL_MAX} bytes or less is right");
            whole = false;
        }
    }
    Ok(whole)
}

fn packages_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.filter(|path| path.extension().is_some_and(|kind| kind == "whl" || kind == "tgz")).collect()
}

/// Builds both packages by a profile into a folder, where none of them is left from before.
fn packed(root: &Path, python: &Path, folder: &Path, profile: &str) -> Result<(), String> {
    for old in packages_in(folder) {
        // One that stays would be met as a second package.
        let _ = fs::remove_file(old);
    }
    println!("building the Python and the Node package into {}", folder.display());
    let mut maturin = Command::new(python);
    maturin
        .args(["-m", "maturin", "build", "--profile", profile, "--quiet", "--out"])
        .arg(folder)
        .args(["--manifest-path", "bindings/python/Cargo.toml"])
        .current_dir(root);
    run(&mut maturin, "the wheel could not be built")?;
    let mut cargo = crate::cargo();
    run(
        cargo.args(["build", "--quiet", "-p", "sutler-node", "--profile", profile]).current_dir(root),
        "the native part for Node could not be built",
    )?;
    let package = root.join("bindings").join("node");
    let built = root.join("target").join(if profile == "dev" { "debug" } else { profile });
    let library = ["libsutler_node.so", "libsutler_node.dylib", "sutler_node.dll"]
        .map(|name| built.join(name))
        .into_iter()
        .find(|path| path.exists())
        .ok_or_else(|| {
            format!("the native part for Node was built, and lies nowhere in {}", built.display())
        })?;
    let name = platform()?;
    fs::copy(&library, package.join(&name)).map_err(|error| format!("{name} cannot be written: {error}"))?;
    let mut npm = Command::new("npm");
    npm.args(["pack", "--silent", "--pack-destination"]).arg(folder).current_dir(&package);
    run(&mut npm, "npm must be installed")
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
