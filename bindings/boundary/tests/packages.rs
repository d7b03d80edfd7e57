//! The Python and the Node package, installed as their users would install them, and their own tests run on what is installed.
//!
//! They need both packages built, whose folder `SUTLER_PACKAGES` names; without it a line says that they did not run.

#[path = "shared/built.rs"]
mod built;

use built::{only, packages, pip, run};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

fn bindings() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The wheel in a folder of its own, and the Python that has the tools.
fn installed_wheel(packages: &Path, into: &Path) -> PathBuf {
    pip(packages, into, &["--no-deps".as_ref(), only(packages, "whl").as_ref()])
}

#[test]
fn the_wheel_passes_its_tests() {
    let Some(packages) = packages() else { return };
    let site = tempfile::tempdir().expect("a folder");
    let python = installed_wheel(&packages, site.path());
    let mut pytest = Command::new(python);
    pytest.args(["-m", "pytest", "-q", "-p", "no:cacheprovider", "--doctest-modules"]).arg("tests");
    pytest.arg(site.path().join("sutler")).current_dir(bindings().join("python"));
    let said = run(pytest.env("PYTHONPATH", site.path()).env("PYTHONDONTWRITEBYTECODE", "1"));
    println!("{}", said.lines().last().unwrap_or_default());
}

#[test]
fn the_wheels_types_hold_in_strict_mode() {
    let Some(packages) = packages() else { return };
    let site = tempfile::tempdir().expect("a folder");
    let python = installed_wheel(&packages, site.path());
    let cache = site.path().join("cache");
    let mut mypy = Command::new(&python);
    mypy.args(["-m", "mypy", "--strict", "--cache-dir"]).arg(&cache);
    mypy.arg(site.path().join("sutler")).arg("tests").current_dir(bindings().join("python"));
    println!("{}", run(mypy.env("MYPYPATH", site.path())).trim());
    let mut stubtest = Command::new(&python);
    stubtest.args(["-m", "mypy.stubtest", "sutler._native", "--concise"]).current_dir(site.path());
    run(stubtest.env("PYTHONPATH", site.path()).env("MYPYPATH", site.path()));
}

/// The npm archive in a project of its own, with the tests beside it.
fn installed_archive(packages: &Path, project: &Path) -> PathBuf {
    let node = project.join("node");
    fs::create_dir_all(node.join("test")).expect("a folder");
    fs::copy(bindings().join("scenarios.json"), project.join("scenarios.json")).expect("the scenarios");
    for test in fs::read_dir(bindings().join("node/test")).expect("the tests").flatten() {
        fs::copy(test.path(), node.join("test").join(test.file_name())).expect("a test");
    }
    fs::copy(bindings().join("node/README.md"), node.join("README.md")).expect("the page");
    fs::write(node.join("package.json"), r#"{"name": "host", "private": true}"#).expect("a project");
    let quietly = ["install", "--no-audit", "--no-fund", "--offline", "--loglevel=error"];
    run(Command::new("npm").args(quietly).arg(only(packages, "tgz")).current_dir(&node));
    node
}

#[test]
fn the_npm_package_passes_its_tests() {
    let Some(packages) = packages() else { return };
    let project = tempfile::tempdir().expect("a folder");
    let node = installed_archive(&packages, project.path());
    let tests = fs::read_dir(node.join("test")).expect("the tests").flatten().map(|entry| entry.path());
    let tests: Vec<_> = tests.filter(|path| path.to_string_lossy().ends_with(".test.mjs")).collect();
    let said = run(Command::new("node").arg("--test").args(tests).current_dir(node));
    println!(
        "{}",
        said.lines()
            .filter(|line| line.contains("pass") || line.contains("fail"))
            .collect::<Vec<_>>()
            .join(", ")
    );
}

#[test]
fn the_npm_packages_declarations_hold_in_strict_mode() {
    let Some(packages) = packages() else { return };
    let project = tempfile::tempdir().expect("a folder");
    let node = installed_archive(&packages, project.path());
    let tools = packages.join("node/node_modules");
    let mut tsc = Command::new("node");
    tsc.arg(tools.join("typescript/bin/tsc"));
    tsc.args(["--noEmit", "--strict", "--target", "es2023", "--module", "nodenext", "--typeRoots"]);
    tsc.arg(tools.join("@types")).args(["--types", "node", "test/types.mts"]);
    run(tsc.current_dir(node));
}
