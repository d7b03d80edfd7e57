//! A clock, a wire that answers by script, and a small marketplace dialect.

use async_trait::async_trait;
use bytes::Bytes;
use http::HeaderValue;
use std::{
    collections::VecDeque,
    future::Future,
    pin::{Pin, pin},
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    task::{Context, Poll, Waker},
};
use sutler_core::{
    budget::{Budgets, Rate},
    channel::CallCx,
    error::{Applied, Error, ErrorKind, Result, Retry},
    ports::{BoxFuture, Clock, Entropy},
    time::{Duration, Timestamp, from_millis},
};
use sutler_http::{
    Attempt, BaseUrl, BudgetHint, Call, Dialect, Environment, ExposeSecret, Hosts, MintCx, Parts, Pipe,
    Request, Response, Scopes, SecretString, Token, TokenSource, Transport, TransportError, Verdict,
    mint_fault,
};

pub(crate) const READ: Call = Call::read("test.orders.pull", "pull");
pub(crate) const WRITE: Call = Call::write("test.orders.ship", "ship");
pub(crate) const START_MS: i64 = 1_700_000_000_000;

/// Time that moves when nobody can go on.
#[derive(Debug)]
pub(crate) struct FakeClock {
    now_ms: AtomicI64,
    speed: i32,
    sleepers: Arc<Mutex<Vec<(u64, i64)>>>,
    ids: AtomicU64,
}

struct Sleep {
    id: u64,
    until_ms: i64,
    clock_now: Arc<dyn Fn() -> i64 + Send + Sync>,
    sleepers: Arc<Mutex<Vec<(u64, i64)>>>,
}

impl Future for Sleep {
    type Output = ();
    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if (self.clock_now)() >= self.until_ms { Poll::Ready(()) } else { Poll::Pending }
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.sleepers.lock().expect("one thread").retain(|(id, _)| *id != self.id);
    }
}

/// The clock as the ports want it: the future outlives the borrow.
#[derive(Clone, Debug)]
pub(crate) struct SharedClock(pub(crate) Arc<FakeClock>);

impl SharedClock {
    pub(crate) fn at_speed(speed: i32) -> SharedClock {
        SharedClock(Arc::new(FakeClock {
            now_ms: AtomicI64::new(START_MS),
            speed,
            sleepers: Arc::default(),
            ids: AtomicU64::new(0),
        }))
    }

    fn ms(&self) -> i64 {
        self.0.now_ms.load(Ordering::Relaxed)
    }

    /// Milliseconds since the start.
    pub(crate) fn elapsed_ms(&self) -> i64 {
        self.ms() - START_MS
    }

    pub(crate) fn advance(&self, ms: i64) {
        self.0.now_ms.fetch_add(ms, Ordering::Relaxed);
    }

    /// Runs a future to its end, moving time to the next sleeper whenever it waits.
    pub(crate) fn run<T>(&self, future: impl Future<Output = T>) -> T {
        let mut future = pin!(future);
        let mut cx = Context::from_waker(Waker::noop());
        loop {
            if let Poll::Ready(value) = future.as_mut().poll(&mut cx) {
                return value;
            }
            let next = self.0.sleepers.lock().expect("one thread").iter().map(|(_, until)| *until).min();
            let next = next.expect("it waits for something that no clock will bring");
            self.0.now_ms.fetch_max(next, Ordering::Relaxed);
        }
    }
}

impl Clock for SharedClock {
    fn now(&self) -> Timestamp {
        from_millis(self.ms())
    }
    fn sleep_until(&self, until: Timestamp) -> BoxFuture<'static, ()> {
        let id = self.0.ids.fetch_add(1, Ordering::Relaxed);
        let until_ms = until.timestamp_millis();
        self.0.sleepers.lock().expect("one thread").push((id, until_ms));
        let clock = self.clone();
        Box::pin(Sleep {
            id,
            until_ms,
            clock_now: Arc::new(move || clock.ms()),
            sleepers: self.0.sleepers.clone(),
        })
    }
    fn real(&self, real: std::time::Duration) -> Duration {
        Duration::from_std(real).expect("a test's time-out") * self.0.speed
    }
}

#[derive(Debug, Default)]
struct Counter(AtomicU64);

impl Entropy for Counter {
    fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }
}

/// What the wire does with one request.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// Answers after so many milliseconds.
    Answer(i64, u16, Vec<(&'static str, String)>, &'static str),
    /// Breaks after so many milliseconds.
    Break(i64, TransportError),
}

pub(crate) fn answer(after_ms: i64, status: u16) -> Step {
    Step::Answer(after_ms, status, Vec::new(), "{}")
}

pub(crate) fn with(after_ms: i64, status: u16, headers: &[(&'static str, i64)]) -> Step {
    let headers = headers.iter().map(|(name, value)| (*name, value.to_string())).collect();
    Step::Answer(after_ms, status, headers, "{}")
}

/// One request as it was handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) at_ms: i64,
    pub(crate) uri: String,
    pub(crate) token: String,
    pub(crate) correlation: String,
}

/// A wire that answers by script; once a script ends, with 200.
pub(crate) struct Wire {
    clock: SharedClock,
    calls: Mutex<VecDeque<Step>>,
    mints: Mutex<VecDeque<Step>>,
    seen: Mutex<Vec<Seen>>,
    minted: AtomicU64,
}

// It keeps tokens as plain text, which must not disturb the test of what a pipe's `Debug` shows.
impl std::fmt::Debug for Wire {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Wire")
    }
}

#[async_trait]
impl Transport for Wire {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let text = |name| {
            let value = request.headers().get(name).map(|value| value.to_str().expect("plain"));
            value.unwrap_or_default().to_owned()
        };
        let seen = Seen {
            at_ms: self.clock.elapsed_ms(),
            uri: request.uri().to_string(),
            token: text("x-token"),
            correlation: text("x-correlation"),
        };
        let is_mint = request.uri().path() == "/token";
        let script = if is_mint { &self.mints } else { &self.calls };
        let step = script.lock().expect("one thread").pop_front().unwrap_or(answer(10, 200));
        let number = if is_mint { self.minted.fetch_add(1, Ordering::Relaxed) + 1 } else { 0 };
        if !is_mint {
            self.seen.lock().expect("one thread").push(seen);
        }
        let after_ms = match &step {
            Step::Answer(after_ms, ..) | Step::Break(after_ms, _) => *after_ms,
        };
        self.clock.sleep_until(self.clock.now() + Duration::milliseconds(after_ms)).await;
        match step {
            Step::Break(_, error) => Err(error),
            Step::Answer(_, status, headers, body) => {
                let body = if is_mint {
                    Bytes::from(format!("token-{number}"))
                } else {
                    Bytes::from_static(body.as_bytes())
                };
                let mut response = http::Response::new(body);
                *response.status_mut() = status.try_into().expect("a test's status");
                for (name, value) in headers {
                    response.headers_mut().insert(name, HeaderValue::try_from(value).expect("plain"));
                }
                Ok(response)
            }
        }
    }
}

#[derive(Debug)]
struct Plain;

fn number(response: &Response, name: &str) -> Option<i64> {
    response.headers().get(name)?.to_str().ok()?.parse().ok()
}

impl Dialect for Plain {
    fn authorize(
        &self,
        _: &Call,
        request: &mut http::request::Parts,
        token: &Token,
        attempt: &Attempt,
    ) -> Result<()> {
        request.headers.insert("x-token", token.header());
        request.headers.insert("x-correlation", attempt.uuid());
        Ok(())
    }

    fn classify(&self, call: &Call, response: &Response, _: Timestamp) -> Verdict {
        let status = response.status().as_u16();
        let error = |kind, retry| Error::new(kind, call.op).message("no").with_retry(retry);
        match status {
            401 => Verdict::Unauthorized,
            429 => Verdict::RateLimited { until: number(response, "x-until").map(from_millis) },
            400 => Verdict::Fault { applied: Applied::No, error: error(ErrorKind::Invalid, Retry::Never) },
            503 => Verdict::Fault {
                applied: Applied::Unknown,
                error: error(ErrorKind::Remote, Retry::After(std::time::Duration::from_secs(7))),
            },
            500.. => {
                Verdict::Fault { applied: Applied::Unknown, error: error(ErrorKind::Remote, Retry::Backoff) }
            }
            _ => Verdict::Ok,
        }
    }

    fn budget_hint(&self, _: &Call, response: &Response, _: Timestamp) -> Option<BudgetHint> {
        number(response, "x-left").map(|left| BudgetHint { left: left as f64, until: None })
    }
}

#[derive(Debug)]
struct Tokens {
    base: BaseUrl,
    life: Duration,
}

#[async_trait]
impl TokenSource for Tokens {
    async fn mint(&self, cx: &MintCx<'_>) -> Result<Token> {
        const OP: &str = "test.token";
        let mut request = Request::default();
        *request.uri_mut() = self.base.uri(OP, "/token")?;
        let response = cx.transport.send(request).await.map_err(|error| error.error(OP))?;
        if !response.status().is_success() {
            return Err(mint_fault(OP, &response));
        }
        let text = String::from_utf8_lossy(response.body()).into_owned();
        Token::new(OP, SecretString::from(text), cx.now + self.life)
    }
}

/// Everything around one pipe.
pub(crate) struct World {
    pub(crate) clock: SharedClock,
    pub(crate) wire: Arc<Wire>,
    pub(crate) budgets: Arc<Budgets>,
    pub(crate) pipe: Pipe,
}

impl World {
    pub(crate) fn new() -> World {
        World::with(1, 900, Rate::per_minute(60))
    }

    pub(crate) fn with(speed: i32, token_seconds: i64, rate: Rate) -> World {
        const HOSTS: Hosts = Hosts { production: &["api.market.example"], sandbox: &[] };
        let base = BaseUrl::new(Environment::Production, &HOSTS, "base_url", "https://api.market.example")
            .expect("agrees");
        let clock = SharedClock::at_speed(speed);
        let wire = Arc::new(Wire {
            clock: clock.clone(),
            calls: Mutex::default(),
            mints: Mutex::default(),
            seen: Mutex::default(),
            minted: AtomicU64::new(0),
        });
        let budgets = Arc::new(Budgets::default());
        let parts = Parts {
            transport: wire.clone(),
            budgets: budgets.clone(),
            clock: Arc::new(clock.clone()),
            entropy: Arc::new(Counter::default()),
        };
        let scopes = Scopes::of_seller("test", "S1", [("pull", rate), ("ship", rate)]);
        let tokens = Tokens { base: base.clone(), life: Duration::seconds(token_seconds) };
        let pipe = Pipe::new(parts, base, scopes, Arc::new(Plain), Arc::new(tokens));
        World { clock, wire, budgets, pipe }
    }

    pub(crate) fn script(&self, steps: impl IntoIterator<Item = Step>) -> &World {
        self.wire.calls.lock().expect("one thread").extend(steps);
        self
    }

    /// Drops what is left of the script: from here on the wire answers with 200.
    pub(crate) fn wire_clears(&self) {
        self.wire.calls.lock().expect("one thread").clear();
    }

    pub(crate) fn mints(&self, steps: impl IntoIterator<Item = Step>) -> &World {
        self.wire.mints.lock().expect("one thread").extend(steps);
        self
    }

    /// A call context that ends so many milliseconds from now.
    pub(crate) fn within(&self, ms: i64) -> CallCx {
        CallCx { deadline: self.clock.now() + Duration::milliseconds(ms), write_by: None }
    }

    pub(crate) async fn send(&self, cx: &CallCx, call: &Call) -> Result<Response> {
        let mut request = Request::default();
        *request.uri_mut() = "/v3/orders?limit=1".parse().expect("a test's path");
        self.pipe.call(cx, call, request).await
    }

    /// Makes one call with a minute to spend.
    pub(crate) fn go(&self, call: &Call) -> Result<Response> {
        let cx = self.within(60_000);
        self.clock.run(self.send(&cx, call))
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.wire.seen.lock().expect("one thread").clone()
    }

    pub(crate) fn minted(&self) -> u64 {
        self.wire.minted.load(Ordering::Relaxed)
    }
}

/// The error of a call that must fail, and what it says.
pub(crate) fn failed(outcome: Result<Response>) -> (ErrorKind, Retry, Applied) {
    let error = outcome.expect_err("the script lets it fail");
    (error.kind(), error.retry(), error.applied())
}

/// A token's text, for tests of what `Debug` shows.
pub(crate) fn text(secret: &SecretString) -> &str {
    secret.expose_secret()
}
