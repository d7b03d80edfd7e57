//! The pipe: one readable function between every connector and its marketplace.

use crate::{
    backoff::Backoff,
    call::{Attempt, Call, Safety},
    dialect::{Dialect, Verdict},
    environment::BaseUrl,
    fault,
    offset::{ClockOffset, http_date},
    redact::path_and_names,
    scope::{Scope, Scopes},
    token::{MintCx, Token, TokenCache, TokenSource},
    transport::{Request, Response, Transport, TransportError},
};
use futures_util::future::{Either, select};
use http::{StatusCode, header};
use std::{
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use sutler_core::{
    budget::Budgets,
    channel::CallCx,
    error::{Applied, Error, ErrorKind, Result, Retry},
    ports::{Clock, Entropy},
    time::{Duration, Timestamp},
};

/// What all channels of one engine share.
#[derive(Clone, Debug)]
pub struct Parts {
    /// The way out.
    pub transport: Arc<dyn Transport>,
    /// The engine's buckets.
    pub budgets: Arc<Budgets>,
    /// Marketplace time.
    pub clock: Arc<dyn Clock>,
    /// Jitter and correlation ids.
    pub entropy: Arc<dyn Entropy>,
}

/// One channel's way to its marketplace.
#[derive(Debug)]
pub struct Pipe {
    parts: Parts,
    base: BaseUrl,
    scopes: Scopes,
    dialect: Arc<dyn Dialect>,
    tokens: TokenCache,
    offset: ClockOffset,
}

/// How one attempt ended, when it did not end the call.
enum Ended {
    /// The token was not accepted; nothing was applied.
    Unauthorized(Arc<Token>),
    /// No answer that `map` could read; the status where there was one.
    Failed(Error, Option<StatusCode>),
}

impl From<Error> for Ended {
    fn from(error: Error) -> Ended {
        Ended::Failed(error, None)
    }
}

impl Pipe {
    /// Joins the parts and makes the channel's budgets known to the engine.
    pub fn new(
        parts: Parts,
        base: BaseUrl,
        scopes: Scopes,
        dialect: Arc<dyn Dialect>,
        tokens: Arc<dyn TokenSource>,
    ) -> Pipe {
        scopes.declare(&parts.budgets, parts.clock.now());
        Pipe { parts, base, scopes, dialect, tokens: TokenCache::new(tokens), offset: ClockOffset::default() }
    }

    /// The parts it was made of.
    pub fn parts(&self) -> &Parts {
        &self.parts
    }

    /// Where it leads.
    pub fn base(&self) -> &BaseUrl {
        &self.base
    }

    /// Its budgets.
    pub fn scopes(&self) -> &Scopes {
        &self.scopes
    }

    /// When the token that is held dies; none before the first call.
    pub fn token_expires_at(&self) -> Option<Timestamp> {
        self.tokens.expires_at()
    }

    /// Marketplace time less ours, learnt from answers; 0 until one speaks against it.
    pub fn clock_offset(&self) -> Duration {
        self.offset.get()
    }

    /// Now, by the marketplace's clock as far as it is known.
    pub fn server_now(&self) -> Timestamp {
        self.parts.clock.now() + self.offset.get()
    }

    /// Spends a token of the call's budget, or answers how long until there is one. For a write by another call than the one
    /// whose budget the verb declares: a write spends nothing here by itself.
    ///
    /// # Errors
    /// `Config` when the channel has no such budget.
    pub fn spend(&self, call: &Call) -> Result<Option<std::time::Duration>> {
        let (scope, now) = (self.scopes.of(call)?, self.parts.clock.now());
        let Err(ready) = self.parts.budgets.take(scope.name(), now) else { return Ok(None) };
        Ok(Some((ready - now).to_std().unwrap_or_default()))
    }

    /// Makes one call and returns the answer that the dialect found readable.
    ///
    /// The request names a path and query, or an absolute URL at the pipe's own origin.
    ///
    /// # Behavior
    /// - A read waits for its budget and is repeated until `cx.deadline`; the error is then that of the last attempt.
    /// - A write is handed over once, and only before `cx.write_by`. See the crate's page for the one exception.
    /// - `cx.deadline` ends the call wherever it stands.
    ///
    /// # Errors
    /// `applied` is `No` where the request surely had no effect, and `Unknown` for every write that may have left and has no
    /// answer. `Unauthorized` with `Retry::Never` is proof that the credential is dead; with `Retry::Backoff`, a new token
    /// was given and not accepted either.
    pub async fn call(&self, cx: &CallCx, call: &Call, mut request: Request) -> Result<Response> {
        self.base.address(call.op, &mut request)?;
        let scope = self.scopes.of(call)?;
        let started = self.parts.clock.now();
        let mut backoff = Backoff::new();
        let mut refused: Option<Arc<Token>> = None;
        let mut number = 0;
        loop {
            number += 1;
            if self.parts.clock.now() >= cx.deadline {
                return Err(fault::no_answer(call, false));
            }
            if call.safety == Safety::Read {
                self.await_budget(cx, call, scope).await?;
            }
            let from = if call.safety == Safety::Read { self.parts.clock.now() } else { started };
            let ended = match self.attempt(cx, call, scope, &request, from, number, refused.as_ref()).await {
                Ok(response) => return Ok(response),
                Err(ended) => ended,
            };
            let error = match ended {
                Ended::Unauthorized(token) if refused.is_none() => {
                    refused = Some(token);
                    continue;
                }
                Ended::Unauthorized(_) => return Err(fault::not_accepted(call)),
                Ended::Failed(error, _) => error,
            };
            let again = match (call.safety, error.retry()) {
                (Safety::Write, _) | (_, Retry::Never) => return Err(error),
                (_, Retry::Backoff) => backoff.next(self.parts.clock.now(), &*self.parts.entropy),
                (_, Retry::After(pause)) => later(self.parts.clock.now(), pause),
            };
            if again >= cx.deadline {
                return Err(error);
            }
            self.parts.clock.sleep_until(again).await;
        }
    }

    /// Waits until the budget gives a token; gives up at once when none comes before the deadline.
    async fn await_budget(&self, cx: &CallCx, call: &Call, scope: &Scope) -> Result<()> {
        loop {
            let now = self.parts.clock.now();
            let Err(ready) = self.parts.budgets.take(scope.name(), now) else { return Ok(()) };
            if ready >= cx.deadline {
                return Err(fault::no_budget(call, scope.name(), now, ready));
            }
            self.parts.clock.sleep_until(ready).await;
        }
    }

    /// One attempt: token, authorize, hand over, classify; ended by the time-out or the deadline wherever it stands.
    #[expect(
        clippy::too_many_arguments,
        reason = "it is the body of one loop, with that loop's own variables"
    )]
    async fn attempt(
        &self,
        cx: &CallCx,
        call: &Call,
        scope: &Scope,
        request: &Request,
        from: Timestamp,
        number: u32,
        refused: Option<&Arc<Token>>,
    ) -> Result<Response, Ended> {
        let end = cx.deadline.min(from + self.parts.clock.real(call.timeout));
        let departed = AtomicBool::new(false);
        let work = pin!(async {
            let attempt = self.stamp(number);
            let mint = MintCx { transport: &*self.parts.transport, now: self.parts.clock.now(), attempt };
            // A token may cost anything up to the time-out; nothing of this call has left meanwhile.
            let nothing_left = |error: Error| error.with_applied(Applied::No);
            let token = self.tokens.get(&mint, refused).await.map_err(nothing_left)?;
            let (mut head, body) = request.clone().into_parts();
            self.dialect.authorize(call, &mut head, &token, &attempt).map_err(nothing_left)?;
            let request = http::Request::from_parts(head, body);
            let sent_at = self.parts.clock.now();
            fault::may_leave(cx, call, sent_at, end)?;
            // From here to the transport nothing awaits: the test above and the hand-over are one poll.
            departed.store(true, Ordering::Relaxed);
            let in_flight = scope.depart();
            let answer = self.parts.transport.send(request).await;
            drop(in_flight);
            self.judge(call, scope, answer, sent_at, token)
        });
        let outcome = match select(work, self.parts.clock.sleep_until(end)).await {
            Either::Left((outcome, _)) => outcome,
            Either::Right(_) => Err(fault::no_answer(call, departed.load(Ordering::Relaxed)).into()),
        };
        self.trace(call, request, number, from, &outcome);
        outcome
    }

    fn stamp(&self, number: u32) -> Attempt {
        let nonce = u128::from(self.parts.entropy.next()) << 64 | u128::from(self.parts.entropy.next());
        Attempt { number, server_now: self.server_now(), nonce }
    }

    /// Takes what the transport brought, feeds the budget and the offset, and says how the attempt ended.
    fn judge(
        &self,
        call: &Call,
        scope: &Scope,
        answer: Result<Response, TransportError>,
        sent_at: Timestamp,
        token: Arc<Token>,
    ) -> Result<Response, Ended> {
        let response = answer.map_err(|error| fault::no_connection(call, error))?;
        let now = self.parts.clock.now();
        if let Some(date) = response.headers().get(header::DATE).and_then(|value| value.to_str().ok())
            && let Some(date) = http_date(date)
        {
            self.offset.learn(sent_at, now, date);
        }
        let offset = self.offset.get();
        let hint = self.dialect.budget_hint(call, &response, now + offset);
        let verdict = self.dialect.classify(call, &response, now + offset);
        let limited = matches!(verdict, Verdict::RateLimited { .. });
        if let Some(hint) = hint.filter(|_| !limited) {
            self.parts.budgets.correct(scope.name(), now, hint.left, f64::from(scope.in_flight()));
        }
        let status = Some(response.status());
        match verdict {
            Verdict::Ok => Ok(response),
            Verdict::Unauthorized => Err(Ended::Unauthorized(token)),
            Verdict::RateLimited { until } => {
                // The marketplace's instants are turned into ours.
                let until = until.or(hint.and_then(|hint| hint.until)).map(|until| until - offset);
                self.parts.budgets.refused(scope.name(), now, until);
                Err(Ended::Failed(fault::rate_limited(call, now, until), status))
            }
            Verdict::Fault { applied, error } => {
                let applied = if call.safety == Safety::Write { applied } else { Applied::No };
                Err(Ended::Failed(error.with_applied(applied), status))
            }
        }
    }

    /// Carries a complete request once, to a service beside the API: no token, no budget, no verdict on its status.
    ///
    /// The caller answers for the address: one that an answer named goes through [`Pipe::document`], one that the
    /// configuration names was checked by [`crate::Hosts::check`].
    ///
    /// # Errors
    /// As [`Pipe::call`], where no answer came.
    pub async fn carry(&self, cx: &CallCx, call: &Call, request: Request) -> Result<Response> {
        let from = self.parts.clock.now();
        let end = cx.deadline.min(from + self.parts.clock.real(call.timeout));
        fault::may_leave(cx, call, from, end)?;
        let work = pin!(self.parts.transport.send(request.clone()));
        let answer = match select(work, self.parts.clock.sleep_until(end)).await {
            Either::Left((answer, _)) => answer.map_err(|error| fault::no_connection(call, error)),
            Either::Right(_) => Err(fault::no_answer(call, true)),
        };
        let (status, error) = match &answer {
            Ok(response) => (Some(response.status()), None),
            Err(error) => (None, Some(error.kind())),
        };
        self.say(call, &request, 1, from, status, error);
        answer
    }

    fn trace(
        &self,
        call: &Call,
        request: &Request,
        number: u32,
        from: Timestamp,
        outcome: &Result<Response, Ended>,
    ) {
        let (status, error) = match outcome {
            Ok(response) => (Some(response.status()), None),
            Err(Ended::Unauthorized(_)) => (Some(StatusCode::UNAUTHORIZED), Some(ErrorKind::Unauthorized)),
            Err(Ended::Failed(error, status)) => (*status, Some(error.kind())),
        };
        self.say(call, request, number, from, status, error);
    }

    fn say(
        &self,
        call: &Call,
        request: &Request,
        number: u32,
        from: Timestamp,
        status: Option<StatusCode>,
        error: Option<ErrorKind>,
    ) {
        tracing::debug!(
            op = call.op,
            method = %request.method(),
            path = %path_and_names(request.uri()),
            attempt = number,
            status = status.map(|status| status.as_u16()),
            error = error.map(ErrorKind::as_str),
            took_ms = (self.parts.clock.now() - from).num_milliseconds(),
            "http call"
        );
    }
}

fn later(now: Timestamp, pause: std::time::Duration) -> Timestamp {
    Duration::from_std(pause)
        .ok()
        .and_then(|pause| now.checked_add_signed(pause))
        .unwrap_or(Timestamp::MAX_UTC)
}
