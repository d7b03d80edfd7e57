//! How a command ends: an exit code that means something, and one line on stderr.

use sutler::{Error, ErrorKind};

/// Something went wrong that no other code stands for: the network, the marketplace, a refusal.
pub(crate) const FAILED: u8 = 1;
/// A configuration, a policy, an input file or an argument's value is wrong; nothing was done.
pub(crate) const WRONG_INPUT: u8 = 3;
/// What was named does not exist.
pub(crate) const NOT_FOUND: u8 = 4;
/// The store cannot be used: locked by another engine, not readable or writable, of a newer version.
pub(crate) const STORE: u8 = 5;
/// What was examined is not as it should be: `check` found a channel unfit, `demo` something lost or doubled.
pub(crate) const FOUND_WRONG: u8 = 6;

/// Prints one answer to stdout. A reader that has gone (`| head`) ends the program as it would end any other.
#[expect(clippy::exit, reason = "there is nobody left to tell")]
pub(crate) fn print(text: impl std::fmt::Display) {
    use std::io::Write;
    if let Err(error) = writeln!(std::io::stdout().lock(), "{text}") {
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            std::process::exit(0);
        }
        eprintln!("sutler: stdout: {error}");
        std::process::exit(i32::from(FAILED));
    }
}

/// The end of a command that did not do what was asked.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The exit code.
    pub(crate) code: u8,
    /// One line for a person.
    pub(crate) text: String,
}

/// What a command comes to.
pub(crate) type Outcome<T = ()> = Result<T, Failure>;

impl Failure {
    pub(crate) fn new(code: u8, text: impl Into<String>) -> Failure {
        Failure { code, text: text.into() }
    }

    /// A value that cannot be right.
    pub(crate) fn wrong(text: impl Into<String>) -> Failure {
        Failure::new(WRONG_INPUT, text)
    }

    /// The text without line breaks: one error, one line.
    pub(crate) fn line(&self) -> String {
        self.text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        let code = match error.kind() {
            ErrorKind::Config | ErrorKind::Invalid => WRONG_INPUT,
            ErrorKind::NotFound => NOT_FOUND,
            ErrorKind::Store | ErrorKind::NewerSchema => STORE,
            ErrorKind::Conflict if error.op().starts_with("store.") => STORE,
            _ => FAILED,
        };
        Failure::new(code, error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_have_their_codes_and_lines_no_breaks() {
        let of = |kind, op: &'static str| Failure::from(Error::new(kind, op).message("two\nlines")).code;
        assert_eq!(of(ErrorKind::Config, "config"), WRONG_INPUT);
        assert_eq!(of(ErrorKind::NotFound, "host.order"), NOT_FOUND);
        assert_eq!(of(ErrorKind::Conflict, "store.lock"), STORE);
        assert_eq!(of(ErrorKind::Conflict, "engine.run"), FAILED);
        assert_eq!(of(ErrorKind::Network, "walmart.orders.pull"), FAILED);
        assert_eq!(Failure::new(1, "two\n  lines").line(), "two lines");
    }
}
