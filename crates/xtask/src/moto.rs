//! A local SQS for the tests of the queue: moto, from PyPI, in a virtual environment of its own under `target/`.

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
};

/// What is installed, to the version: a test shall not change with the day.
const MOTO: &str = "moto[server]==5.2.5";
/// The oldest Python that this moto runs on, and we name in the README.
const PYTHON: (u32, u32) = (3, 10);
/// The packages whose tests want it.
const WANTED_BY: &[&str] = &["sutler"];

/// A server that runs until it is dropped.
pub(crate) struct Moto {
    child: Child,
    /// `http://127.0.0.1:PORT`
    pub(crate) address: String,
}

impl Drop for Moto {
    fn drop(&mut self) {
        // By its own process id; it has no state to lose.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Do the tests that these arguments of cargo name want it?
pub(crate) fn is_wanted(args: &[String]) -> bool {
    let mut args = args.iter().take_while(|arg| *arg != "--").map(String::as_str);
    let mut named = Vec::new();
    while let Some(arg) = args.next() {
        match arg {
            "-p" | "--package" => named.extend(args.next()),
            _ => named.extend(arg.strip_prefix("--package=").or_else(|| arg.strip_prefix("-p"))),
        }
    }
    named.is_empty() || named.iter().any(|name| WANTED_BY.contains(name))
}

/// Installs what is missing and starts a server on a free port of loopback.
pub(crate) fn start(root: &Path) -> Result<Moto, String> {
    let python = installed(&root.join("target").join("moto"))?;
    let mut child = Command::new(&python)
        .args(["-m", "moto.server", "-H", "127.0.0.1", "-p", "0"])
        .env("PYTHONUNBUFFERED", "1")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("moto cannot be started with {}: {error}", python.display()))?;
    let mut lines = BufReader::new(child.stderr.take().ok_or("moto has no output")?);
    let mut said = String::new();
    let address = loop {
        let begun = said.len();
        match lines.read_line(&mut said) {
            Ok(read) if read > 0 => {}
            _ => {
                drop(child.kill());
                drop(child.wait());
                return Err(format!("moto ended before it served; it said:\n{said}"));
            }
        }
        if let Some(address) = address(&said[begun..]) {
            break address;
        }
    };
    // What it prints from now on is read and forgotten, or it would stand still once the pipe is full.
    thread::spawn(move || drop(lines.read_to_end(&mut Vec::new())));
    Ok(Moto { child, address })
}

/// `Running on http://127.0.0.1:PORT`
fn address(line: &str) -> Option<String> {
    let (_, rest) = line.split_once("Running on ")?;
    let address = rest.split_whitespace().next()?;
    address.starts_with("http://127.0.0.1:").then(|| address.to_owned())
}

/// The Python of a virtual environment that holds [`MOTO`].
fn installed(folder: &Path) -> Result<PathBuf, String> {
    let python = folder.join("bin").join("python");
    let note = folder.join("installed");
    if fs::read_to_string(&note).is_ok_and(|held| held == MOTO) && python.exists() {
        return Ok(python);
    }
    let system = system_python()?;
    println!("installing {MOTO} into {}", folder.display());
    if folder.exists() {
        fs::remove_dir_all(folder)
            .map_err(|error| format!("{} cannot be emptied: {error}", folder.display()))?;
    }
    let shown = folder.display().to_string();
    run(Command::new(&system).args(["-m", "venv", &shown]), "python3-venv (Debian's name) may be missing")?;
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", MOTO];
    run(Command::new(&python).args(install), "PyPI must be reachable the first time")?;
    fs::write(&note, MOTO).map_err(|error| format!("{} cannot be written: {error}", note.display()))?;
    Ok(python)
}

fn run(command: &mut Command, hint: &str) -> Result<(), String> {
    let output = command.output().map_err(|error| format!("cannot run {command:?}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    Err(format!("{command:?} failed; {hint}:\n{}", String::from_utf8_lossy(&said).trim()))
}

/// The first Python on the path that is new enough.
fn system_python() -> Result<String, String> {
    let names = ["python3", "python3.13", "python3.12", "python3.11", "python3.10", "python"];
    let mut seen = Vec::new();
    for name in names {
        let Ok(output) = Command::new(name).arg("--version").stderr(Stdio::null()).output() else { continue };
        let told = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        match version(&told) {
            Some(version) if version >= PYTHON => return Ok(name.to_owned()),
            _ => seen.push(format!("{name} is {told:?}")),
        }
    }
    let found = if seen.is_empty() { "there is none".to_owned() } else { seen.join(", ") };
    Err(format!(
        "the tests of Amazon's queue run against moto, which wants Python {}.{} or newer; {found}. Install it, or name the packages to test (`-p sutler-core`)",
        PYTHON.0, PYTHON.1
    ))
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
        assert!(version("Python 3.9.2").is_some_and(|old| old < PYTHON));
        assert_eq!(version("Python 2"), None);
        assert_eq!(version(""), None);
    }

    #[test]
    fn the_address_is_that_of_loopback() {
        assert_eq!(
            address(" * Running on http://127.0.0.1:4567\n").as_deref(),
            Some("http://127.0.0.1:4567")
        );
        assert_eq!(address(" * Running on http://10.0.0.1:4567\n"), None);
        assert_eq!(address("WARNING: This is a development server."), None);
    }

    #[test]
    fn it_is_wanted_where_its_tests_may_run() {
        let wanted = |args: &[&str]| is_wanted(&args.iter().map(|arg| arg.to_string()).collect::<Vec<_>>());
        assert!(wanted(&[]) && wanted(&["g11"]) && wanted(&["-p", "sutler"]) && wanted(&["--", "-p", "x"]));
        assert!(
            !wanted(&["-p", "sutler-core"]) && !wanted(&["-psutler-core"]) && !wanted(&["--package=xtask"])
        );
    }
}
