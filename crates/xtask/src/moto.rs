//! A local SQS for the tests of the queue: moto, from PyPI, in a virtual environment of its own under `target/`.

use crate::python;
use std::{
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
};

/// What is installed, to the version: a test shall not change with the day.
const MOTO: &str = "moto[server]==5.2.5";
/// The packages whose tests want it.
pub(crate) const WANTED_BY: &[&str] = &["sutler"];

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

/// Installs what is missing and starts a server on a free port of loopback.
pub(crate) fn start(root: &Path) -> Result<Moto, String> {
    let whose = "the tests of Amazon's queue, which run against moto,";
    let python = python::environment(&root.join("target").join("moto"), &[MOTO], whose)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_that_of_loopback() {
        assert_eq!(
            address(" * Running on http://127.0.0.1:4567\n").as_deref(),
            Some("http://127.0.0.1:4567")
        );
        assert_eq!(address(" * Running on http://10.0.0.1:4567\n"), None);
        assert_eq!(address("WARNING: This is a development server."), None);
    }
}
