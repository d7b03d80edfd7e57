//! Both packages as they were built, for the tests that install them.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The folder of the packages; a line says where there is none.
pub(crate) fn packages() -> Option<PathBuf> {
    let folder = std::env::var_os("SUTLER_PACKAGES").map(PathBuf::from);
    if folder.is_none() {
        println!(
            "did not run: SUTLER_PACKAGES is not set; `cargo xtask test` builds the packages and sets it"
        );
    }
    folder
}

/// The one file of this kind in a folder.
pub(crate) fn only(folder: &Path, kind: &str) -> PathBuf {
    let mut found = fs::read_dir(folder).expect("the packages' folder").flatten().map(|entry| entry.path());
    found.find(|path| path.extension().is_some_and(|ending| ending == kind)).expect("the package")
}

/// What a program printed, which must succeed.
pub(crate) fn run(command: &mut Command) -> String {
    let output = command.output().expect("a program that runs");
    let (said, failed) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?} failed:\n{said}{failed}");
    said.into_owned()
}

/// Installs what pip is given into a folder of its own, by the Python that has the tools.
pub(crate) fn pip(packages: &Path, into: &Path, what: &[&std::ffi::OsStr]) -> PathBuf {
    let python = packages.join("python/bin/python");
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target"];
    run(Command::new(&python).args(install).arg(into).args(what));
    python
}
