//! Ports for tests: a clock that moves only when nothing else can, numbers in a row, and transports without sockets.

use async_trait::async_trait;
use bytes::Bytes;
use std::{
    future::Future,
    pin::{Pin, pin},
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker},
};
use sutler_amazon::{Amazon, AmazonChannel};
use sutler_core::{
    budget::Budgets,
    channel::{CallCx, Channel, Fetched},
    command::{Act, Command, CommandKey},
    order::ChannelOrder,
    ports::{BoxFuture, Clock, Entropy},
    time::{Duration, Timestamp, from_millis},
};
use sutler_http::{Parts, Request, Response, Transport, TransportError};
use sutler_sandbox::{
    Effects,
    amazon::{Settings, World},
    plan::{Plan, PlannedOrder},
};

pub(crate) const NOW_MS: i64 = 1_700_000_000_000;

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

/// What a test does to a request before the marketplace sees it: an answer of its own, or nothing.
type Twist = Box<dyn FnMut(&Request) -> Option<Result<Response, TransportError>> + Send>;

/// The local marketplace, in process.
#[derive(Clone)]
pub(crate) struct Market {
    world: Arc<Mutex<World>>,
    clock: TestClock,
    twist: Arc<Mutex<Option<Twist>>>,
}

impl std::fmt::Debug for Market {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Market")
    }
}

impl Market {
    /// A world at the clock's now, and a channel on it.
    pub(crate) fn open(clock: &TestClock, settings: Settings) -> (Market, AmazonChannel) {
        let market = Market {
            world: Arc::new(Mutex::new(World::new(settings))),
            clock: clock.clone(),
            twist: Arc::default(),
        };
        let channel = market.connect(|config| config).expect("a configuration that agrees");
        (market, channel)
    }

    /// Another channel on the same world.
    pub(crate) fn connect(
        &self,
        change: impl FnOnce(Amazon) -> Amazon,
    ) -> sutler_core::error::Result<AmazonChannel> {
        let settings = self.with(|world| world.settings().clone());
        let config =
            Amazon::new(settings.seller, settings.client_id, settings.client_secret, settings.refresh_token)
                .local("http://127.0.0.1:1", "http://127.0.0.1:1/auth/o2/token");
        change(config).build("amazon".into(), parts(&self.clock, Arc::new(self.clone())))
    }

    pub(crate) fn effects(&self) -> Effects {
        self.with(|world| world.effects(self.clock.now()))
    }

    pub(crate) fn with<T>(&self, look: impl FnOnce(&mut World) -> T) -> T {
        look(&mut self.world.lock().unwrap())
    }

    /// From now on requests go through `twist` first.
    pub(crate) fn twist(
        &self,
        twist: impl FnMut(&Request) -> Option<Result<Response, TransportError>> + Send + 'static,
    ) {
        *self.twist.lock().unwrap() = Some(Box::new(twist));
    }

    pub(crate) fn straight(&self) {
        *self.twist.lock().unwrap() = None;
    }

    /// A call of the marketplace's control panel.
    pub(crate) fn control(&self, path: &str) {
        let request = http::Request::post(format!("http://127.0.0.1:1/_sandbox/{path}"))
            .body(Bytes::new())
            .expect("a path");
        let reply = self.with(|world| world.receive(self.clock.now(), &request));
        let status = reply.answer.map(|answer| answer.status().as_u16());
        assert!(matches!(status, Some(200 | 201)), "{path}: {status:?}");
    }

    fn carry(&self, request: &Request) -> sutler_sandbox::Reply {
        self.with(|world| world.receive(self.clock.now(), request))
    }
}

/// An answer of a test's own.
pub(crate) fn answer(status: u16, body: &str) -> Response {
    http::Response::builder().status(status).body(Bytes::copy_from_slice(body.as_bytes())).unwrap()
}

#[async_trait]
impl Transport for Market {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let twisted = self.twist.lock().unwrap().as_mut().and_then(|twist| twist(&request));
        if let Some(answered) = twisted {
            return answered;
        }
        let reply = self.carry(&request);
        if reply.hang && reply.answer.is_none() {
            std::future::pending::<()>().await;
        }
        self.clock.sleep_until(self.clock.now() + reply.after).await;
        reply.answer.ok_or_else(|| TransportError::maybe_sent("the connection was cut"))
    }
}

/// A quiet market with these orders, each a day old.
pub(crate) fn settings(orders: impl IntoIterator<Item = PlannedOrder>) -> Settings {
    let plan = Plan::Explicit(orders.into_iter().collect());
    Settings { plan, latency_ms: (0, 0), ..Settings::new(1, from_millis(NOW_MS)) }
}

/// An order of ours to ship, placed an hour ago.
pub(crate) fn order(id: &str) -> PlannedOrder {
    PlannedOrder::seller(from_millis(NOW_MS) - Duration::hours(1)).id(id)
}

pub(crate) fn command(act: Act, subject: &str, now: Timestamp) -> Command {
    let key = CommandKey { verb: act.verb(), subject: subject.into(), ordinal: 1 };
    let is_stock = matches!(act, Act::SetLevel(_));
    let mut command = Command::intend(key, act, now, now);
    command.channel_order_id = (!is_stock).then(|| subject.into());
    command
}

pub(crate) fn fetch(clock: &TestClock, channel: &AmazonChannel, id: &str) -> ChannelOrder {
    match clock.run(channel.fetch(&cx(clock), &id.into())).unwrap() {
        Fetched::Found(raw, _) => channel.normalise(&raw),
        other => panic!("{other:?}"),
    }
}
