//! What passes between a connector and its marketplace, held against what the marketplace publishes.

use std::{
    collections::BTreeSet,
    fmt::Debug,
    sync::{Mutex, PoisonError},
};
use sutler_http::{Request, Response};
use sutler_testkit::bench::Watch;

/// Published descriptions of a marketplace's calls.
pub(crate) trait Published: Send + Sync + Debug {
    /// Holds a request and its answer against the operation they belong to, and answers its name; nothing where there is
    /// none.
    fn hold(&self, request: &Request, answer: &Response, found: &mut BTreeSet<String>) -> Option<String>;
}

/// Every message of a connector, held.
#[derive(Debug)]
pub(crate) struct Held<P> {
    published: P,
    /// How the paths begin of which nothing is published.
    unpublished: &'static [&'static str],
    found: Mutex<BTreeSet<String>>,
    called: Mutex<BTreeSet<String>>,
}

impl<P: Published> Held<P> {
    pub(crate) fn new(published: P, unpublished: &'static [&'static str]) -> Held<P> {
        Held { published, unpublished, found: Mutex::default(), called: Mutex::default() }
    }

    /// Nothing differed, and these operations were called, no more and no fewer.
    pub(crate) fn is_as_published(&self, operations: &[&str]) {
        let found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(found.is_empty(), "{}", found.iter().cloned().collect::<Vec<_>>().join("\n"));
        let called = self.called.lock().unwrap_or_else(PoisonError::into_inner);
        assert_eq!(called.iter().map(String::as_str).collect::<Vec<_>>(), operations);
    }
}

impl<P: Published> Watch for Held<P> {
    fn passed(&self, request: &Request, answer: &Response) {
        let path = request.uri().path();
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        match self.published.hold(request, answer, &mut found) {
            Some(name) => {
                self.called.lock().unwrap_or_else(PoisonError::into_inner).insert(name);
            }
            None if self.unpublished.iter().any(|known| path.starts_with(known)) => {}
            None => drop(found.insert(format!("{} {path} is published nowhere", request.method()))),
        }
    }
}
