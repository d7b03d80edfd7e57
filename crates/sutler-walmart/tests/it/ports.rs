//! Ports for tests: a clock that moves only when nothing else can, numbers in a row, and transports without sockets.

use async_trait::async_trait;
use bytes::Bytes;
use std::{
    collections::VecDeque,
    future::Future,
    pin::{Pin, pin},
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker},
};
use sutler_core::{
    budget::Budgets,
    channel::CallCx,
    ports::{BoxFuture, Clock, Entropy},
    time::{Duration, Timestamp, from_millis},
};
use sutler_http::{Parts, Request, Response, Transport, TransportError};
use sutler_sandbox::walmart::{Effects, Settings, World};
use sutler_walmart::{Walmart, WalmartChannel};

pub(crate) const NOW_MS: i64 = 1_700_000_000_000;
pub(crate) const SELLER: &str = "10001106117";

#[derive(Debug)]
struct Time {
    now: Timestamp,
    wanted: Vec<Timestamp>,
}

/// Virtual time.
#[derive(Clone, Debug)]
pub(crate) struct TestClock(Arc<Mutex<Time>>);

impl TestClock {
    pub(crate) fn new() -> Self {
        TestClock(Arc::new(Mutex::new(Time { now: from_millis(NOW_MS), wanted: Vec::new() })))
    }

    pub(crate) fn pass(&self, span: Duration) {
        self.0.lock().unwrap().now += span;
    }

    /// Runs `work` to its end; whenever it waits, time goes on to the next instant somebody waits for.
    pub(crate) fn run<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        let mut cx = Context::from_waker(Waker::noop());
        loop {
            self.0.lock().unwrap().wanted.clear();
            if let Poll::Ready(done) = work.as_mut().poll(&mut cx) {
                return done;
            }
            let mut time = self.0.lock().unwrap();
            time.now = *time.wanted.iter().min().expect("a future waits for nothing");
        }
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        self.0.lock().unwrap().now
    }

    fn sleep_until(&self, until: Timestamp) -> BoxFuture<'static, ()> {
        struct Sleep(TestClock, Timestamp);
        impl Future for Sleep {
            type Output = ();
            fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
                let mut time = self.0.0.lock().unwrap();
                if time.now >= self.1 {
                    return Poll::Ready(());
                }
                time.wanted.push(self.1);
                Poll::Pending
            }
        }
        Box::pin(Sleep(self.clone(), until))
    }

    fn real(&self, real: std::time::Duration) -> Duration {
        Duration::from_std(real).unwrap()
    }
}

#[derive(Debug, Default)]
struct Count(Mutex<u64>);

impl Entropy for Count {
    fn next(&self) -> u64 {
        let mut count = self.0.lock().unwrap();
        *count = count.wrapping_add(0x9E37_79B9_7F4A_7C15);
        *count
    }
}

/// Answers with a list, in its order, and keeps what was asked. Tokens are always given.
#[derive(Debug, Default)]
pub(crate) struct Script {
    pub(crate) answers: Mutex<VecDeque<Response>>,
    pub(crate) seen: Mutex<Vec<Request>>,
}

#[async_trait]
impl Transport for Script {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        if request.uri().path() == "/v3/token" {
            return Ok(answer(200, r#"{"access_token":"tok","token_type":"Bearer","expires_in":900}"#));
        }
        self.seen.lock().unwrap().push(request);
        Ok(self.answers.lock().unwrap().pop_front().expect("an answer for every request"))
    }
}

impl Script {
    /// `METHOD path?query body` of everything asked, and nothing more is left to be answered.
    pub(crate) fn asked(&self) -> Vec<String> {
        assert!(self.answers.lock().unwrap().is_empty(), "answers were left over");
        let line = |request: &Request| {
            let body = String::from_utf8_lossy(request.body()).into_owned();
            format!("{} {} {body}", request.method(), request.uri().path_and_query().unwrap())
                .trim_end()
                .to_owned()
        };
        self.seen.lock().unwrap().drain(..).map(|request| line(&request)).collect()
    }
}

pub(crate) fn answer(status: u16, body: &str) -> Response {
    http::Response::builder().status(status).body(Bytes::copy_from_slice(body.as_bytes())).unwrap()
}

/// One error in Walmart's usual envelope.
pub(crate) fn refusal(status: u16, code: &str, description: &str) -> Response {
    let severity = if status == 404 { "INFO" } else { "ERROR" };
    answer(
        status,
        &format!(
            r#"{{"errors":{{"error":[{{"code":"{code}","field":"data","description":"{description}","severity":"{severity}","category":"DATA"}}]}}}}"#
        ),
    )
}

/// A channel on a script.
pub(crate) struct Bench {
    pub(crate) clock: TestClock,
    pub(crate) script: Arc<Script>,
    pub(crate) channel: WalmartChannel,
}

impl Bench {
    pub(crate) fn new(answers: impl IntoIterator<Item = Response>) -> Self {
        Self::with(answers, |config| config)
    }

    pub(crate) fn with(
        answers: impl IntoIterator<Item = Response>,
        change: impl FnOnce(Walmart) -> Walmart,
    ) -> Self {
        let clock = TestClock::new();
        let script =
            Arc::new(Script { answers: Mutex::new(answers.into_iter().collect()), ..Script::default() });
        let parts = parts(&clock, script.clone());
        let channel = change(Walmart::new(SELLER, "id", "secret")).build("us".into(), parts).unwrap();
        Bench { clock, script, channel }
    }

    pub(crate) fn cx(&self) -> CallCx {
        cx(&self.clock)
    }
}

pub(crate) fn cx(clock: &TestClock) -> CallCx {
    CallCx { deadline: clock.now() + Duration::seconds(120), write_by: None }
}

pub(crate) fn parts(clock: &TestClock, transport: Arc<dyn Transport>) -> Parts {
    Parts {
        transport,
        budgets: Arc::new(Budgets::default()),
        clock: Arc::new(clock.clone()),
        entropy: Arc::new(Count::default()),
    }
}

/// The local marketplace, in process.
#[derive(Clone, Debug)]
pub(crate) struct Market {
    world: Arc<Mutex<World>>,
    clock: TestClock,
}

impl Market {
    /// A world at the clock's now, and a channel on it.
    pub(crate) fn open(clock: &TestClock, settings: Settings) -> (Market, WalmartChannel) {
        let market = Market { world: Arc::new(Mutex::new(World::new(settings))), clock: clock.clone() };
        let channel = Walmart::new(SELLER, "sandbox-client", "sandbox-secret")
            .local("http://127.0.0.1:1", "http://127.0.0.1:1/v3/token")
            .page_limit(20)
            .build("us".into(), parts(clock, Arc::new(market.clone())))
            .unwrap();
        (market, channel)
    }

    pub(crate) fn effects(&self) -> Effects {
        self.world.lock().unwrap().effects(self.clock.now())
    }

    pub(crate) fn with<T>(&self, look: impl FnOnce(&mut World) -> T) -> T {
        look(&mut self.world.lock().unwrap())
    }
}

#[async_trait]
impl Transport for Market {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let reply = self.world.lock().unwrap().receive(self.clock.now(), &request);
        if reply.hang && reply.answer.is_none() {
            std::future::pending::<()>().await;
        }
        self.clock.sleep_until(self.clock.now() + reply.after).await;
        reply.answer.ok_or_else(|| TransportError::maybe_sent("the connection was cut"))
    }
}
