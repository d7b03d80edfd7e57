//! A transport that lets every message pass through the checks.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use sutler_http::{Request, Response, Transport, TransportError};

use super::Checks;
use super::finding::Finding;

/// Sends through another transport and holds each request, and each answer that came, against the specification.
///
/// A message is passed on as it is, right or wrong: what the other side does with a wrong one is part of the test.
pub struct CheckedTransport<T> {
    inner: T,
    checks: Arc<Checks>,
    findings: Mutex<Vec<Finding>>,
}

impl<T> CheckedTransport<T> {
    /// Wraps `inner`. Several transports may share the checks, which count for all of them.
    pub fn new(inner: T, checks: Arc<Checks>) -> CheckedTransport<T> {
        CheckedTransport { inner, checks, findings: Mutex::new(Vec::new()) }
    }

    /// What was found in messages of this transport since the last call, in the order they passed.
    pub fn take_findings(&self) -> Vec<Finding> {
        std::mem::take(&mut self.findings())
    }

    /// The checks, for their summary.
    pub fn checks(&self) -> &Checks {
        &self.checks
    }

    fn findings(&self) -> MutexGuard<'_, Vec<Finding>> {
        // A list of findings is whole after any panic elsewhere.
        self.findings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl<T: Transport> Transport for CheckedTransport<T> {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let sent = self.checks.request(&request);
        self.findings().extend(sent);
        let answer = self.inner.send(request.clone()).await?;
        let came = self.checks.answer(&request, &answer);
        self.findings().extend(came);
        Ok(answer)
    }
}

// Requests hold tokens; what passes is not for a debug text.
impl<T: fmt::Debug> fmt::Debug for CheckedTransport<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CheckedTransport").field("inner", &self.inner).finish_non_exhaustive()
    }
}
