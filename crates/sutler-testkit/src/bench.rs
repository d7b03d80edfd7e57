//! A local marketplace without sockets and time that leaps: what a test of a connector needs, and nothing of an engine.
//!
//! Time goes on only when somebody waits for it, and every call ends at once, so a test of a day takes a moment and comes out
//! the same every time.

use async_trait::async_trait;
use bytes::Bytes;
use serde_json::Value;
use std::{
    fmt::Debug,
    pin::pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    task::{Context, Poll, Waker},
};
use sutler_core::{
    Result, Timestamp,
    budget::Budgets,
    channel::{Batch, CallCx, Channel, PullFrom, Pulled, RawOrder, Receipt, Window},
    command::{Act, Command, CommandKey},
    error::{Error, ErrorKind},
    id::ChannelOrderId,
    ports::{BoxFuture, Clock, Entropy},
    time::{Duration, from_millis},
};
use sutler_http::{Parts, Request, Response, Transport, TransportError};
use sutler_sandbox::Marketplace;

/// Where the local marketplace seems to be.
pub const BASE: &str = "http://127.0.0.1:1";

/// Marketplace time that goes on only when somebody waits for it.
#[derive(Clone, Debug)]
pub struct Leaping(Arc<AtomicI64>);

impl Leaping {
    /// It stands at `from`.
    pub fn new(from: Timestamp) -> Leaping {
        Leaping(Arc::new(AtomicI64::new(from.timestamp_millis())))
    }

    /// Lets a span pass.
    pub fn pass(&self, span: Duration) {
        self.0.fetch_add(span.num_milliseconds(), Ordering::Relaxed);
    }
}

impl Clock for Leaping {
    fn now(&self) -> Timestamp {
        from_millis(self.0.load(Ordering::Relaxed))
    }

    fn sleep_until(&self, until: Timestamp) -> BoxFuture<'static, ()> {
        let clock = Arc::clone(&self.0);
        Box::pin(async move {
            clock.fetch_max(until.timestamp_millis(), Ordering::Relaxed);
        })
    }

    fn real(&self, real: std::time::Duration) -> Duration {
        Duration::from_std(real).unwrap_or(Duration::MAX)
    }
}

/// Numbers that follow from how many were drawn.
#[derive(Debug, Default)]
pub struct Counting(AtomicU64);

impl Entropy for Counting {
    fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }
}

/// A marketplace in this process, as the connector's transport. A clone leads to the same marketplace.
#[derive(Debug)]
pub struct InProcess<M> {
    world: Arc<Mutex<M>>,
    clock: Leaping,
}

impl<M> Clone for InProcess<M> {
    fn clone(&self) -> InProcess<M> {
        InProcess { world: Arc::clone(&self.world), clock: self.clock.clone() }
    }
}

impl<M: Marketplace> InProcess<M> {
    /// The marketplace itself.
    pub fn world(&self) -> MutexGuard<'_, M> {
        // A marketplace still counts what it counted after any panic elsewhere.
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl<M: Marketplace> Transport for InProcess<M> {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let reply = self.world().receive(self.clock.now(), &request);
        reply.answer.ok_or_else(|| TransportError::maybe_sent("no answer came"))
    }
}

/// Looks at every message that passes between a connector and its marketplace.
pub trait Watch: Send + Sync + Debug {
    /// This was asked, and answered so.
    fn passed(&self, request: &Request, answer: &Response);
}

/// A marketplace in this process, watched.
#[derive(Debug)]
pub struct Watched<M, W> {
    inner: InProcess<M>,
    watch: Arc<W>,
}

impl<M, W> Watched<M, W> {
    /// Everything that passes to and from `inner` is shown to `watch`.
    pub fn new(inner: InProcess<M>, watch: Arc<W>) -> Watched<M, W> {
        Watched { inner, watch }
    }
}

#[async_trait]
impl<M: Marketplace, W: Watch> Transport for Watched<M, W> {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let answer = self.inner.send(request.clone()).await?;
        self.watch.passed(&request, &answer);
        Ok(answer)
    }
}

/// The marketplace, its time, and what a connector is built from.
#[derive(Debug)]
pub struct Bench<M> {
    /// The time of both.
    pub clock: Leaping,
    /// The marketplace.
    pub market: InProcess<M>,
}

impl<M: Marketplace> Bench<M> {
    /// A bench of this world, from its origin on.
    pub fn new(world: M) -> Bench<M> {
        let clock = Leaping::new(world.origin());
        Bench { market: InProcess { world: Arc::new(Mutex::new(world)), clock: clock.clone() }, clock }
    }

    /// What a connector is built from, with a transport around the marketplace.
    pub fn parts(&self, transport: Arc<dyn Transport>) -> Parts {
        Parts {
            transport,
            budgets: Arc::new(Budgets::default()),
            clock: Arc::new(self.clock.clone()),
            entropy: Arc::new(Counting::default()),
        }
    }

    /// A call that may take an hour.
    pub fn cx(&self) -> CallCx {
        CallCx { deadline: self.clock.now() + Duration::hours(1), write_by: None }
    }

    /// A call no marketplace has: `POST /_sandbox/{path}`.
    ///
    /// # Errors
    /// `Remote` when the marketplace did not do it.
    pub fn ask(&self, path: &str, body: &Value) -> Result<Value> {
        let wrong = |why: String| Error::new(ErrorKind::Remote, "bench.ask").message(why);
        let text = if body.is_null() { String::new() } else { body.to_string() };
        let request = http::Request::post(format!("{BASE}/_sandbox/{path}"))
            .body(Bytes::from(text))
            .map_err(|error| wrong(error.to_string()))?;
        let now = self.clock.now();
        let answer = self.market.world().receive(now, &request).answer;
        let answer = answer.ok_or_else(|| wrong(format!("{path} was not answered")))?;
        if !answer.status().is_success() {
            return Err(wrong(format!("{path}: {}", String::from_utf8_lossy(answer.body()))));
        }
        Ok(serde_json::from_slice(answer.body()).unwrap_or_default())
    }

    /// Every order of a stream over the last days, page by page; work that is not finished is waited for.
    ///
    /// # Errors
    /// The channel's; `Protocol` when it goes on for more than a thousand calls.
    pub fn pull(&self, channel: &dyn Channel, stream: &str, days: i64) -> Result<Vec<RawOrder>> {
        let now = self.clock.now();
        let window = Window { from: now - Duration::days(days), to: now };
        let mut from = PullFrom { stream: stream.into(), window, cursor: None };
        let mut orders = Vec::new();
        for _ in 0..1_000 {
            match at_once(channel.pull(&self.cx(), &from))? {
                Pulled::Page(page) => {
                    orders.extend(page.orders);
                    match page.next {
                        Some(next) => from.cursor = Some(next),
                        None => return Ok(orders),
                    }
                }
                Pulled::Pending(pending) => {
                    self.clock.pass(pending.after);
                    from.cursor = Some(pending.cursor);
                }
                Pulled::TooMany { total } => {
                    return Err(Error::new(ErrorKind::Protocol, "bench.pull")
                        .message(format!("{stream} has {total:?} orders, too many for one window")));
                }
            }
        }
        Err(Error::new(ErrorKind::Protocol, "bench.pull").message(format!("{stream} does not end")))
    }

    /// Has a channel do commands, in one call.
    ///
    /// # Errors
    /// The channel's.
    pub fn perform(&self, channel: &dyn Channel, commands: &[Command]) -> Result<Vec<Receipt>> {
        // What a marketplace allows for long is about a write a second.
        self.clock.pass(Duration::seconds(2));
        at_once(channel.perform(&self.cx(), &Batch { commands }))
    }

    /// A command as the engine intends it: of an order, or of a SKU.
    pub fn command(&self, subject: &str, act: Act) -> Command {
        let key = CommandKey { verb: act.verb(), subject: subject.to_owned(), ordinal: 1 };
        let order = subject.split_once('/').map_or(subject, |(order, _)| order);
        let is_stock = matches!(act, Act::SetLevel(_));
        let mut command = Command::intend(key, act, self.clock.now(), self.clock.now());
        command.channel_order_id = (!is_stock).then(|| ChannelOrderId::new(order));
        command
    }
}

/// The output of a future in which nothing waits for anything but a [`Leaping`] clock and an [`InProcess`] marketplace.
///
/// # Panics
/// When it waits for something else.
pub fn at_once<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut cx = Context::from_waker(Waker::noop());
    // Some futures let others go first by waking themselves.
    for _ in 0..10_000 {
        if let Poll::Ready(output) = future.as_mut().poll(&mut cx) {
            return output;
        }
    }
    panic!("a call on the bench waits for something that is not on it")
}
