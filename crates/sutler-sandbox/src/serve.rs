//! A world behind a port: HTTP/1.1 on loopback, in time with a [`SandboxClock`].
//!
//! What is answered is what [`Marketplace::receive`] answers in process, status and body alike; latencies, cuts and silences
//! are played out in real time.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::{JoinHandle, JoinSet};

use crate::clock::SandboxClock;
use crate::marketplace::{Marketplace, Reply};
use crate::state::StateFile;

/// Above the largest feed Walmart takes (10 MB).
const BODY_MAX: usize = 12 << 20;
/// A silent connection is cut after this long on the wall, should the client not give up before.
const HANG_MAX: Duration = Duration::from_secs(60);
/// How often time goes on by itself when nobody calls.
const TICK: Duration = Duration::from_millis(250);

/// How a world is served.
#[derive(Debug, Default)]
pub struct ServeOptions {
    /// Listen on an address others can reach. The sandbox has no secrets worth the name and lets anyone control it.
    pub allow_non_loopback: bool,
    /// Where every request is written before it is answered.
    pub state: Option<StateFile>,
}

/// The fastest clock: a day in less than a second. Beyond it nothing could be asked in time.
pub const SPEED_MAX: f64 = 100_000.0;

/// Why a world cannot be served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The address can be reached from elsewhere and that was not allowed.
    #[error("listen {0}: not a loopback address; use 127.0.0.1, or allow others to reach the sandbox")]
    NotLoopback(SocketAddr),
    /// The clock would stand still, run backwards or not at all.
    #[error("clock speed {0}: a number above 0 and up to {SPEED_MAX} is right")]
    Speed(f64),
    /// The port cannot be had.
    #[error("listen {addr}: {error}")]
    Listen {
        /// What was asked for.
        addr: SocketAddr,
        /// What the operating system says.
        error: std::io::Error,
    },
}

/// A world being served. Dropping it stops serving; [`Serving::stop`] also waits until it has stopped.
#[derive(Debug)]
pub struct Serving<M> {
    /// The address it listens on, with the port it was given.
    pub addr: SocketAddr,
    /// The clock it runs by.
    pub clock: SandboxClock,
    /// The world itself, for a test in the same process.
    pub world: Arc<Mutex<M>>,
    pushes: Arc<Mutex<Pushes>>,
    stop: Arc<Notify>,
    task: JoinHandle<()>,
}

struct Shared<M> {
    world: Arc<Mutex<M>>,
    state: Mutex<Option<StateFile>>,
    /// Set when the state file could not be written: from then on nothing is answered as if it were kept.
    broken: Mutex<Option<String>>,
    clock: SandboxClock,
    pushes: Arc<Mutex<Pushes>>,
}

/// What became of the pushes of a served world.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pushes {
    /// Taken by the other side.
    pub delivered: u64,
    /// Given up.
    pub lost: u64,
    /// Why the last lost one was.
    pub last_error: Option<String>,
}

impl Pushes {
    fn note(&mut self, error: Option<String>) {
        match error {
            None => self.delivered += 1,
            Some(error) => {
                self.lost += 1;
                self.last_error = Some(error);
            }
        }
    }
}

/// Serves `world` on `listen` until stopped.
///
/// # Errors
/// When the address is not loopback and that was not allowed, the port is taken, or the clock cannot run.
pub async fn serve<M: Marketplace>(
    listen: SocketAddr,
    world: M,
    clock: SandboxClock,
    options: ServeOptions,
) -> Result<Serving<M>, ServeError> {
    if !listen.ip().is_loopback() && !options.allow_non_loopback {
        return Err(ServeError::NotLoopback(listen));
    }
    if !(clock.speed > 0.0 && clock.speed <= SPEED_MAX) {
        return Err(ServeError::Speed(clock.speed));
    }
    let failed = |error| ServeError::Listen { addr: listen, error };
    let listener = TcpListener::bind(listen).await.map_err(failed)?;
    let addr = listener.local_addr().map_err(failed)?;
    let world = Arc::new(Mutex::new(world));
    let pushes = Arc::new(Mutex::new(Pushes::default()));
    let shared = Arc::new(Shared {
        world: Arc::clone(&world),
        state: Mutex::new(options.state),
        broken: Mutex::new(None),
        clock,
        pushes: Arc::clone(&pushes),
    });
    let stop = Arc::new(Notify::new());
    let task = tokio::spawn(accept(listener, shared, Arc::clone(&stop)));
    Ok(Serving { addr, clock, world, pushes, stop, task })
}

impl<M: Marketplace> Serving<M> {
    /// The line `sutler sandbox` prints when it is ready: where to connect, with what, and what time it is there.
    pub fn ready_line(&self) -> String {
        let mut fields = lock(&self.world).door().fields(&format!("http://{}", self.addr));
        fields.insert("clock".into(), json!(self.clock));
        serde_json::Value::Object(fields).to_string()
    }

    /// What became of what the marketplace said by itself.
    pub fn pushes(&self) -> Pushes {
        lock(&self.pushes).clone()
    }

    /// Stops listening, cuts what is open and waits until both are done; a state file is free afterwards.
    pub async fn stop(mut self) {
        self.stop.notify_one();
        // It ends by itself or, when the runtime is going down, is cancelled: stopped either way.
        let _ = (&mut self.task).await;
    }
}

impl<M> Drop for Serving<M> {
    fn drop(&mut self) {
        self.stop.notify_one();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic elsewhere cannot have left a world half changed that matters more than going on.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn accept<M: Marketplace>(listener: TcpListener, shared: Arc<Shared<M>>, stop: Arc<Notify>) {
    let mut connections = JoinSet::new();
    connections.spawn(push_out(Arc::clone(&shared)));
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(stream, Arc::clone(&shared)));
                }
                // Out of file descriptors, or a client gone at once: neither is a reason to stop.
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            },
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
            () = stop.notified() => break,
        }
    }
    drop(listener);
    connections.shutdown().await;
}

/// Lets time go on when nobody calls, and delivers what the marketplace says by itself, one after the other.
async fn push_out<M: Marketplace>(shared: Arc<Shared<M>>) {
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        for push in shared.with_world(|world, shared| world.take_pushes(shared.clock.now())) {
            let taken = crate::push::deliver(&push.request).await;
            shared.with_world(|world, shared| {
                world.answered(shared.clock.now(), &push, taken.as_ref().ok());
            });
            lock(&shared.pushes).note(taken.err().map(|error| error.to_string()));
        }
    }
}

async fn connection<M: Marketplace>(stream: TcpStream, shared: Arc<Shared<M>>) {
    // A failure only costs latency.
    let _ = stream.set_nodelay(true);
    let local = stream.local_addr().map(|addr| addr.to_string()).unwrap_or_default();
    let service = service_fn(move |mut request: Request<Incoming>| {
        mend_host(&mut request, &local);
        handle(request, Arc::clone(&shared))
    });
    // Errors here are clients that went away and connections we cut on purpose.
    let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

/// python-amazon-sp-api cuts the eight characters of `https://` off any address, so that with `http://` its `Host` lacks
/// the first letter; addresses in answers would then lead nowhere.
fn mend_host(request: &mut Request<Incoming>, local: &str) {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    if local.get(1..).is_some_and(|cut| cut == host)
        && let Ok(whole) = HeaderValue::from_str(local)
    {
        request.headers_mut().insert(header::HOST, whole);
    }
}

/// The error that makes hyper close a connection without an answer.
#[derive(Debug, thiserror::Error)]
#[error("connection cut by a fault of the sandbox")]
struct Cut;

async fn handle<M: Marketplace>(
    request: Request<Incoming>,
    shared: Arc<Shared<M>>,
) -> Result<Response<Full<Bytes>>, Cut> {
    let (head, body) = request.into_parts();
    let body = match Limited::new(body, BODY_MAX).collect().await {
        Ok(body) => body.to_bytes(),
        Err(_) => return Ok(plain(StatusCode::PAYLOAD_TOO_LARGE, "the body is too large or was cut off")),
    };
    let request = Request::from_parts(head, body);
    let arrived = tokio::time::Instant::now();
    let reply = shared.with_world(|world, shared| world.receive(shared.clock.now(), &request));
    if let Some(why) = lock(&shared.broken).clone() {
        return Ok(plain(StatusCode::SERVICE_UNAVAILABLE, &why));
    }
    let Reply { id, answer, after, hang } = reply;
    let wait = if hang { HANG_MAX } else { shared.clock.on_the_wall(after) };
    let undelivered = Undelivered { shared: &shared, reply: Some(id) };
    if !wait.is_zero() {
        tokio::time::sleep_until(arrived + wait).await;
    }
    let answer = answer.ok_or(Cut)?;
    undelivered.delivered();
    Ok(answer.map(Full::new))
}

/// Tells the world, when it is dropped before the answer went out, that its client was gone.
struct Undelivered<'a, M: Marketplace> {
    shared: &'a Shared<M>,
    reply: Option<u64>,
}

impl<M: Marketplace> Undelivered<'_, M> {
    fn delivered(mut self) {
        self.reply = None;
    }
}

impl<M: Marketplace> Drop for Undelivered<'_, M> {
    fn drop(&mut self) {
        if let Some(reply) = self.reply {
            self.shared.with_world(|world, _| world.dropped(reply));
        }
    }
}

impl<M: Marketplace> Shared<M> {
    /// Works on the world and writes what it logs before anyone else sees the world again.
    fn with_world<T>(&self, work: impl FnOnce(&mut M, &Shared<M>) -> T) -> T {
        let mut world = lock(&self.world);
        let done = work(&mut world, self);
        let lines = world.take_log();
        if let Some(state) = lock(&self.state).as_mut().filter(|_| !lines.is_empty())
            && lock(&self.broken).is_none()
            && let Err(error) = state.append(&lines)
        {
            *lock(&self.broken) = Some(error.to_string());
        }
        done
    }
}

fn plain(status: StatusCode, why: &str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(json!({ "error": why }).to_string())));
    *response.status_mut() = status;
    response
}
