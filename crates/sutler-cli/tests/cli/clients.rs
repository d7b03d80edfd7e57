//! The marketplaces' own client libraries against `sutler sandbox --marketplace all`: they are told its addresses, and nothing
//! else about it.
//!
//! Each test is a script of `crates/sutler-sandbox/clients`, which tells what is expected of each call. `cargo xtask test`
//! installs the libraries; `SUTLER_VENDOR_CLIENTS` names their folder. Without it a line says that these tests did not run.

use crate::support::Running;
use serde_json::Value;
use std::{
    fs,
    io::{BufRead as _, BufReader, PipeReader, Read as _, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Once,
};

const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../sutler-sandbox/clients");

/// Slow enough for an address of Amazon's, which lives five minutes, to be used in time by a busy machine; fast enough for
/// feeds to be done in seconds.
const WORLD: [&str; 7] = ["sandbox", "--marketplace", "all", "--orders", "60", "--speed", "30"];

/// The folder of the libraries; none, and a line that says so, when there is none.
fn clients() -> Option<PathBuf> {
    let folder = std::env::var_os("SUTLER_VENDOR_CLIENTS").filter(|folder| !folder.is_empty());
    if folder.is_none() {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| {
            let line = "tests against the marketplaces' own client libraries did not run: SUTLER_VENDOR_CLIENTS is not set";
            // Past the harness's capture, which shows a line only of a test that fails.
            drop(writeln!(std::io::stderr(), "{line}"));
        });
    }
    folder.map(PathBuf::from)
}

/// A script that goes on, killed when it is dropped.
struct Story {
    child: Child,
    lines: BufReader<PipeReader>,
}

impl Drop for Story {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Story {
    fn begin(program: &Path, script: &Path) -> Story {
        let mut command = Command::new(program);
        // Some libraries would look for the sandbox behind a proxy.
        for proxy in ["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
            command.env_remove(proxy);
        }
        let (said, says) = std::io::pipe().expect("a pipe");
        command.arg(script).stdin(Stdio::piped()).stdout(says.try_clone().expect("a pipe")).stderr(says);
        let child = command.spawn().unwrap_or_else(|error| panic!("{} starts: {error}", program.display()));
        Story { child, lines: BufReader::new(said) }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).expect("a line");
        line
    }

    /// Tells it of the three marketplaces, and waits until it ended well with as many calls as were told, at least.
    fn goes_well_in(mut self, world: &mut Running, calls: usize) {
        let ready: String = (0..3).map(|_| world.line()).collect();
        // Dropped after it: that is the end of what it reads. One that has ended already is told of below.
        drop(self.child.stdin.take().expect("a pipe").write_all(ready.as_bytes()));
        let mut told = String::new();
        self.lines.read_to_string(&mut told).expect("what it says");
        let status = self.child.wait().expect("its end");
        let made =
            told.lines().filter(|line| line.starts_with("amazon ") || line.starts_with("ebay ")).count();
        assert!(status.success() && made >= calls, "{status} after {made} calls\n{told}");
    }
}

#[test]
fn amazons_own_library_for_python_needs_no_change_but_its_addresses() {
    let Some(clients) = clients() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let story = Story::begin(&clients.join("python/bin/python"), &Path::new(SCRIPTS).join("amazon.py"));
    story.goes_well_in(&mut Running::start(folder.path(), &WORLD), 20);
}

#[test]
fn ebays_own_library_for_python_needs_no_change_but_its_address() {
    let Some(clients) = clients() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let story = Story::begin(&clients.join("python/bin/python"), &Path::new(SCRIPTS).join("ebay.py"));
    story.goes_well_in(&mut Running::start(folder.path(), &WORLD), 6);
}

#[test]
fn ebays_own_libraries_for_node_need_no_change_but_the_way_to_their_hosts() {
    let Some(clients) = clients() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    // Beside what it imports.
    let script = clients.join("node/ebay.mjs");
    fs::copy(Path::new(SCRIPTS).join("ebay.mjs"), &script).expect("a copy");
    let mut story = Story::begin(Path::new("node"), &script);
    let listens: Value = serde_json::from_str(&story.line()).expect("where it listens");
    let text = |name: &str| listens[name].as_str().expect("a text");
    let (endpoint, word) = (text("endpoint"), text("verification_token"));
    let tells = ["--notification-endpoint", endpoint, "--verification-token", word];
    story.goes_well_in(&mut Running::start(folder.path(), &[&WORLD[..], &tells].concat()), 12);
}
