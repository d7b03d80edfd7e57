//! Messages held against the marketplaces' published specifications.
//!
//! The documents are not ours to give away, so they are not part of the project: the environment variable
//! [`SPECS`] names the folder that holds them. From it [`Checks`] read what Walmart publishes of the calls we make, and then
//! say of any request and any answer where it differs: a call, parameter or field the specification lacks, one it
//! requires and does not find, a value of another type or outside its list. So two readings of the same facts, the
//! connector's and the sandbox's, are held against a third that neither of them wrote.
//!
//! What is known to differ, since production differs from the documents, stands in `schema/exceptions.toml`, each entry
//! with its reason and its source. A run that checked no message of a call, and an entry that no message needed,
//! are complaints of [`Summary::complaints`].
//!
//! ```no_run
//! # use sutler_testkit::schema::{Checks, Specs};
//! # fn main() -> Result<(), sutler_testkit::schema::LoadError> {
//! if let Specs::At(folder) = Specs::from_env() {
//!     let checks = Checks::load(&folder)?;
//!     let request = http::Request::get("https://example.com/v3/orders?colour=red").body(bytes::Bytes::new());
//!     for finding in request.iter().flat_map(|request| checks.request(request)) {
//!         println!("{finding}");
//!     }
//! }
//! # Ok(())
//! # }
//! ```

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use bytes::Bytes;
use http::{Request, Response};

pub use self::document::LoadError;
pub use self::finding::{Fault, Finding, Opinion, Side};
pub use self::tally::Summary;
pub use self::transport::CheckedTransport;

use self::call::{CALLS, Call};
use self::exceptions::Exceptions;
use self::library::Library;
use self::operation::Operation;
use self::shape::{Flaw, Shape};

mod call;
mod document;
mod exceptions;
mod finding;
mod library;
mod operation;
mod shape;
mod tally;
mod text;
mod transport;

/// The environment variable that names the folder of specifications.
pub const SPECS: &str = "SUTLER_SPECS";

/// Whether this machine has the specifications.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Specs {
    /// They are in this folder. A run that checks nothing is then a failure.
    At(PathBuf),
    /// Nobody said where they are.
    Unset,
}

impl Specs {
    /// What [`SPECS`] says.
    pub fn from_env() -> Specs {
        Specs::named(std::env::var_os(SPECS))
    }

    fn named(folder: Option<OsString>) -> Specs {
        match folder {
            Some(folder) if !folder.is_empty() => Specs::At(folder.into()),
            _ => Specs::Unset,
        }
    }

    /// The folder, or a line on standard error, once a process, that says the checks did not run. The line passes by the test
    /// harness, which would show it only for a test that fails.
    pub fn or_say_so(self) -> Option<PathBuf> {
        match self {
            Specs::At(folder) => Some(folder),
            Specs::Unset => {
                static ONCE: Once = Once::new();
                ONCE.call_once(|| say("schema checks did not run: SUTLER_SPECS is not set"));
                None
            }
        }
    }
}

/// Writes a line to standard error, past the test harness's capture of `println!`.
pub fn say(line: &str) {
    // A closed standard error leaves nobody to tell.
    drop(writeln!(std::io::stderr(), "{line}"));
}

/// The specifications of the calls we make, ready to judge messages.
#[derive(Debug)]
pub struct Checks {
    described: Vec<Described>,
    /// One error in an error envelope, as the documents' `GatewayError` has it.
    error: Shape,
    exceptions: Exceptions,
    tally: Mutex<Tally>,
}

/// A call of [`CALLS`] in both copies of the documents.
#[derive(Debug)]
struct Described {
    call: &'static Call,
    /// The newest copy's, or the older one's where the newest lacks it.
    operation: Option<Operation>,
    second: Option<Operation>,
}

#[derive(Debug, Default)]
struct Tally {
    messages: BTreeMap<(&'static str, Side), u64>,
    findings: u64,
    excused: u64,
}

impl Checks {
    /// Loads the documents of the calls we make from the folder of all marketplaces' specifications, and the built-in list
    /// of known deviations. Takes about a quarter of a second.
    ///
    /// # Errors
    /// A document that both copies lack, that cannot be parsed, or whose schemas use a keyword the checks do not know.
    pub fn load(specs: &Path) -> Result<Checks, LoadError> {
        Checks::load_with(specs, exceptions::KNOWN)
    }

    /// The same with another list of known deviations, in the form of `schema/exceptions.toml`.
    ///
    /// # Errors
    /// Those of [`Checks::load`], and a list that does not name calls, reasons and sources.
    pub fn load_with(specs: &Path, exceptions: &str) -> Result<Checks, LoadError> {
        let exceptions = Exceptions::read(exceptions)?;
        let mut library = Library::of(specs);
        let mut described = Vec::new();
        for call in &CALLS {
            let (newest, older) = library.operations(call)?;
            described.push(match newest {
                Some(newest) => Described { call, operation: Some(newest), second: older },
                None => Described { call, operation: older, second: None },
            });
        }
        Ok(Checks { described, error: library.error()?, exceptions, tally: Mutex::default() })
    }

    /// What is wrong with a request, known deviations left out.
    pub fn request(&self, request: &Request<Bytes>) -> Vec<Finding> {
        let Some(described) = self.described_of(request) else {
            let (method, path) = (request.method().as_str(), request.uri().path());
            return self.unknown_call(method, path);
        };
        let flaws = |operation: &Operation| operation.request(request);
        self.judged(described.call, Side::Request, true, described.opinions(flaws))
    }

    /// What is wrong with the answer to a request, known deviations left out. The answer to a call that the specification
    /// lacks is not judged: the request's finding says so.
    pub fn answer(&self, request: &Request<Bytes>, answer: &Response<Bytes>) -> Vec<Finding> {
        let Some(described) = self.described_of(request) else { return Vec::new() };
        let like = self.exceptions.judged_as(described.call.verb);
        let model = self.described.iter().find(|other| other.call.verb == like).unwrap_or(described);
        let flaws = |operation: &Operation| operation.answer(answer, &self.error);
        let counts = model.operation.as_ref().is_some_and(|op| op.documents(answer.status().as_u16()));
        self.judged(described.call, Side::Answer, counts, model.opinions(flaws))
    }

    /// How much was checked so far, and what keeps it from being a full check.
    pub fn summary(&self) -> Summary {
        let tally = self.tally();
        let halves = CALLS.iter().flat_map(|call| [(call.verb, Side::Request), (call.verb, Side::Answer)]);
        let unchecked = halves
            .filter(|half| !tally.messages.contains_key(half) && !self.exceptions.may_be_uncalled(half.0));
        Summary {
            messages: tally.messages.clone(),
            findings: tally.findings,
            excused: tally.excused,
            unchecked: unchecked.collect(),
            stale: self.exceptions.stale(),
        }
    }

    fn described_of(&self, request: &Request<Bytes>) -> Option<&Described> {
        let at = call::place_of(request.method().as_str(), request.uri().path())?;
        self.described.get(at).filter(|described| described.operation.is_some())
    }

    fn judged(
        &self,
        call: &Call,
        side: Side,
        counts: bool,
        flaws: Vec<(Flaw, Option<Opinion>)>,
    ) -> Vec<Finding> {
        if counts {
            *self.tally().messages.entry((call.verb, side)).or_default() += 1;
        }
        let finding = |(flaw, second_opinion): (Flaw, Option<Opinion>)| {
            let Flaw { place, fault, message } = flaw;
            Finding { verb: call.verb.to_owned(), side, place, fault, message, second_opinion }
        };
        self.unexcused(flaws.into_iter().map(finding).collect())
    }

    fn unknown_call(&self, method: &str, path: &str) -> Vec<Finding> {
        let message = "is not a call of the specification that sutler is known to make".to_owned();
        let (verb, place) = (format!("{method} {path}"), "path".to_owned());
        let fault = Fault::UnknownCall;
        self.unexcused(vec![Finding {
            verb,
            side: Side::Request,
            place,
            fault,
            message,
            second_opinion: None,
        }])
    }

    fn unexcused(&self, mut findings: Vec<Finding>) -> Vec<Finding> {
        let before = findings.len();
        findings.retain(|finding| !self.exceptions.excuse(finding));
        let mut tally = self.tally();
        tally.findings += findings.len() as u64;
        tally.excused += (before - findings.len()) as u64;
        findings
    }

    fn tally(&self) -> MutexGuard<'_, Tally> {
        // Counters are whole after any panic elsewhere.
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Described {
    /// The newest copy's flaws, each with what the other copy says of it. That one is asked only where there is one.
    fn opinions(&self, flaws: impl Fn(&Operation) -> Vec<Flaw>) -> Vec<(Flaw, Option<Opinion>)> {
        let found = self.operation.as_ref().map(&flaws).unwrap_or_default();
        let second = self.second.as_ref().filter(|_| !found.is_empty()).map(flaws);
        let opinion = |flaw: &Flaw| {
            let others = second.as_ref()?;
            if others.iter().any(|other| other.place == flaw.place && other.fault == flaw.fault) {
                return Some(Opinion::Agrees);
            }
            // Where it stumbles above this place it has not looked at it.
            let above = |other: &Flaw| {
                let below = flaw.place.strip_prefix(&other.place);
                below.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
            };
            (!others.iter().any(above)).then_some(Opinion::Accepts)
        };
        found
            .into_iter()
            .map(|flaw| {
                let said = opinion(&flaw);
                (flaw, said)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_name_is_no_folder() {
        assert_eq!(Specs::named(Some(OsString::new())), Specs::Unset);
        assert_eq!(Specs::named(None), Specs::Unset);
        assert_eq!(Specs::named(Some("specs".into())), Specs::At("specs".into()));
    }

    #[test]
    fn a_folder_without_documents_is_an_error_that_names_one() {
        let why = Checks::load(Path::new("no/such/folder")).map(drop).map_err(|error| error.to_string());
        assert!(
            why.is_err_and(|why| why.contains("walmart-marketplace-authentication-openapi-original.yml"))
        );
    }
}
