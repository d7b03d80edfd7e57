//! Virtual environments of Python, under `target/`, for what tests are run against.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The oldest Python we name in the README. Everything installed runs on it.
const OLDEST: (u32, u32) = (3, 10);

/// The Python of a virtual environment in `folder` that holds these packages and no others; `whose` says, where there is no
/// Python, what wants one.
pub(crate) fn environment(folder: &Path, packages: &[&str], whose: &str) -> Result<PathBuf, String> {
    let python = folder.join("bin").join("python");
    let held = Held::of(folder, packages);
    if held.is_there() && python.exists() {
        return Ok(python);
    }
    let system = system_python(whose)?;
    held.begin()?;
    let shown = folder.display().to_string();
    run(Command::new(&system).args(["-m", "venv", &shown]), "python3-venv (Debian's name) may be missing")?;
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    run(Command::new(&python).args(install).args(packages), "PyPI must be reachable the first time")?;
    held.end()?;
    Ok(python)
}

/// A folder that holds what was installed into it, with a note of what that is.
pub(crate) struct Held<'a> {
    folder: &'a Path,
    packages: String,
}

impl Held<'_> {
    pub(crate) fn of<'a>(folder: &'a Path, packages: &[&str]) -> Held<'a> {
        Held { folder, packages: packages.join(" ") }
    }

    fn note(&self) -> PathBuf {
        self.folder.join("installed")
    }

    /// An installation that was broken off has no note.
    pub(crate) fn is_there(&self) -> bool {
        fs::read_to_string(self.note()).is_ok_and(|held| held == self.packages)
    }

    /// An empty folder.
    pub(crate) fn begin(&self) -> Result<(), String> {
        println!("installing {} into {}", self.packages, self.folder.display());
        let failed = |error| format!("{} cannot be emptied: {error}", self.folder.display());
        if self.folder.exists() {
            fs::remove_dir_all(self.folder).map_err(failed)?;
        }
        fs::create_dir_all(self.folder).map_err(failed)
    }

    pub(crate) fn end(&self) -> Result<(), String> {
        let note = self.note();
        fs::write(&note, &self.packages)
            .map_err(|error| format!("{} cannot be written: {error}", note.display()))
    }
}

/// Runs a command to its end; what it said is the error, behind a hint.
pub(crate) fn run(command: &mut Command, hint: &str) -> Result<(), String> {
    let output = command.output().map_err(|error| format!("cannot run {command:?}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    Err(format!("{command:?} failed; {hint}:\n{}", String::from_utf8_lossy(&said).trim()))
}

/// The first Python on the path that is new enough.
fn system_python(whose: &str) -> Result<String, String> {
    let names = ["python3", "python3.13", "python3.12", "python3.11", "python3.10", "python"];
    let mut seen = Vec::new();
    for name in names {
        let Some(told) = says(name) else { continue };
        match version(&told) {
            Some(version) if version >= OLDEST => return Ok(name.to_owned()),
            _ => seen.push(format!("{name} is {told:?}")),
        }
    }
    let found = if seen.is_empty() { "there is none".to_owned() } else { seen.join(", ") };
    Err(format!(
        "{whose} want Python {}.{} or newer; {found}. Install it, or name the packages to test (`-p sutler-core`)",
        OLDEST.0, OLDEST.1
    ))
}

/// What a program says of its version; nothing where there is no such program.
pub(crate) fn says(program: &str) -> Option<String> {
    let output = Command::new(program).arg("--version").stderr(Stdio::null()).output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// `Python 3.11.7`
fn version(told: &str) -> Option<(u32, u32)> {
    let mut numbers = told.strip_prefix("Python ")?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_numbers_and_not_text() {
        assert_eq!(version("Python 3.11.7"), Some((3, 11)));
        assert!(version("Python 3.9.2").is_some_and(|old| old < OLDEST));
        assert_eq!(version("Python 2"), None);
        assert_eq!(version(""), None);
    }
}
