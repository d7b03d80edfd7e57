//! Starting the binary, and waiting for what it says instead of for time to pass.

use serde_json::Value;
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, ChildStdout, Command, Output, Stdio},
};

pub(crate) fn sutler(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sutler"));
    command.current_dir(folder).env_remove("SUTLER_LOG");
    command
}

/// Runs it to its end.
pub(crate) fn done(folder: &Path, arguments: &[&str]) -> Output {
    sutler(folder).args(arguments).output().expect("the binary starts")
}

pub(crate) fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or(-1)
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What it said on stderr: one line, always.
pub(crate) fn complaint(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(text.trim_end().lines().count(), 1, "one error, one line: {text:?}");
    text.trim_end().to_owned()
}

pub(crate) fn json(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// A process that goes on, killed when it is dropped.
pub(crate) struct Running {
    child: Child,
    lines: BufReader<ChildStdout>,
}

impl Running {
    pub(crate) fn start(folder: &Path, arguments: &[&str]) -> Running {
        let mut child = sutler(folder)
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the binary starts");
        let lines = BufReader::new(child.stdout.take().expect("a pipe"));
        Running { child, lines }
    }

    /// Its next line.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).expect("a line");
        assert!(!line.is_empty(), "it ended before it said what was waited for");
        line
    }

    /// Reads lines of JSON until one fits.
    pub(crate) fn until(&mut self, fits: impl Fn(&Value) -> bool) -> Value {
        loop {
            let value: Value = serde_json::from_str(&self.line()).expect("a line of JSON");
            if fits(&value) {
                return value;
            }
        }
    }

    /// Asks it to stop, as a service does, and answers its exit code.
    pub(crate) fn terminate(mut self) -> i32 {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().expect("kill").success());
        self.child.wait().expect("its end").code().unwrap_or(-1)
    }

    /// Kills it at once, as a power cut does.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("it ran");
        self.child.wait().expect("its end");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a local marketplace answers on a path of its control panel.
pub(crate) fn get(base_url: &str, path: &str) -> Value {
    let host = base_url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).expect("the sandbox");
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").expect("a request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let (_, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    serde_json::from_str(body).expect("JSON")
}

/// A sandbox and a configuration that knows it, made from what `init` writes.
pub(crate) fn sandbox_and_config(folder: &Path, arguments: &[&str]) -> (Running, Value) {
    let mut all = vec!["sandbox", "--marketplace", "walmart", "--listen", "127.0.0.1:0"];
    all.extend(arguments);
    let mut sandbox = Running::start(folder, &all);
    let ready: Value = serde_json::from_str(&sandbox.line()).expect("the ready line");
    assert!(done(folder, &["init"]).status.success());
    let path = folder.join("sutler.toml");
    let text = |name: &str| ready[name].as_str().expect("a text").to_owned();
    let written = std::fs::read_to_string(&path).expect("the configuration");
    let configured = written
        .replace("environment = \"production\"", "environment = \"local\"")
        .replace("seller = \"10001234567\"", &format!("seller = {:?}", text("seller")))
        .replace("client_id_env = \"WALMART_CLIENT_ID\"", &format!("client_id = {:?}", text("client_id")))
        .replace(
            "client_secret_env = \"WALMART_CLIENT_SECRET\"",
            &format!(
                "client_secret_file = \"secret\"\nbase_url = {:?}\ntoken_url = {:?}",
                text("base_url"),
                text("token_url")
            ),
        )
        + &format!(
            "\n[clock]\norigin = {}\nstarted = {}\nspeed = {}\n",
            ready["clock"]["origin"], ready["clock"]["started"], ready["clock"]["speed"]
        );
    std::fs::write(folder.join("secret"), text("client_secret") + "\n").expect("the secret");
    std::fs::write(&path, configured).expect("the configuration");
    (sandbox, ready)
}
