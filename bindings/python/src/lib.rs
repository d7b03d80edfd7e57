//! The native part of the Python package: it carries JSON and decides nothing. Everything a user sees is Python, written
//! from the boundary or by hand over these few calls.

use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
mod foreign;
mod log;
mod table;

use foreign::{Held, Object};
use serde_json::{Value, json};
use std::future::Future;
use std::sync::{
    Arc, Mutex, OnceLock, PoisonError,
    atomic::{AtomicU64, Ordering},
};
use std::time::Duration;
use sutler_boundary::{
    ChannelSetup, Engine, Failure, Sandbox, SandboxSettings, calls, foreign::ForeignRule, pure, suite,
    tables::Chosen,
};
use table::Table;
use tokio::runtime::{Builder, Runtime};

/// How often a call that waits looks whether Python was interrupted.
const LOOK: Duration = Duration::from_millis(50);

/// Threads of ours: they do not outlive a fork, and neither does anything that was opened before it.
struct Threads {
    runtime: Runtime,
    process: u32,
    /// A thread of its own for what is told to Python: it must not wait behind rules and channels that do not return.
    telling: Mutex<std::sync::mpsc::Sender<Box<dyn FnOnce() + Send>>>,
}

impl Threads {
    /// Does something that wants the interpreter, soon and in order.
    fn tell(&self, act: impl FnOnce() + Send + 'static) {
        // The other end is never let go while this process lives.
        let _ = self.telling.lock().unwrap_or_else(PoisonError::into_inner).send(Box::new(act));
    }
}

fn threads() -> PyResult<&'static Threads> {
    static THREADS: OnceLock<Threads> = OnceLock::new();
    let threads = match THREADS.get() {
        Some(threads) => threads,
        None => {
            let runtime =
                Builder::new_multi_thread().worker_threads(2).enable_all().thread_name("sutler").build()?;
            let (telling, told) = std::sync::mpsc::channel::<Box<dyn FnOnce() + Send>>();
            std::thread::Builder::new()
                .name("sutler-tells".into())
                .spawn(move || told.into_iter().for_each(|act| act()))?;
            THREADS.get_or_init(|| Threads {
                runtime,
                process: std::process::id(),
                telling: Mutex::new(telling),
            })
        }
    };
    if threads.process != std::process::id() {
        return Err(PyRuntimeError::new_err(
            "sutler was used before this process was forked; open the engine after the fork (multiprocessing: use \"spawn\")",
        ));
    }
    Ok(threads)
}

/// `(true, JSON)` or `(false, JSON of the error)`: exceptions are made in Python, where their classes are.
type Given = (bool, String);

fn given(result: Result<Value, sutler_boundary::Failure>) -> Given {
    match result {
        Ok(value) => (true, value.to_string()),
        Err(failure) => (false, serde_json::to_string(&failure).unwrap_or_default()),
    }
}

fn told(result: sutler::Result<()>) -> Given {
    given(result.map(|()| Value::Null).map_err(Failure::from))
}

fn parsed(text: &str) -> PyResult<Value> {
    serde_json::from_str(text).map_err(|error| PyValueError::new_err(error.to_string()))
}

/// Waits for work without the interpreter, and looks now and then whether Python was interrupted. What was begun is asked to
/// end then, and is waited for as long as it takes: nothing is left half done.
fn wait<T: Send + 'static>(
    py: Python<'_>,
    work: impl Future<Output = T> + Send + 'static,
    interrupted: impl Fn() + Send + Sync,
) -> PyResult<T> {
    wait_telling(py, work, interrupted, |_| Ok(()))
}

/// The same, and something is done with the interpreter at each look. What it raises ends the wait as an interruption does.
fn wait_telling<T: Send + 'static>(
    py: Python<'_>,
    work: impl Future<Output = T> + Send + 'static,
    interrupted: impl Fn() + Send + Sync,
    mut tell: impl FnMut(Python<'_>) -> PyResult<()>,
) -> PyResult<T> {
    let (send, receive) = std::sync::mpsc::channel();
    threads()?.runtime.spawn(async move {
        let _ = send.send(work.await);
    });
    // Only to be lent to a closure that other threads could have called; nobody else has it.
    let receive = Mutex::new(receive);
    let mut raised = None;
    loop {
        let landed = py.detach(|| receive.lock().unwrap_or_else(PoisonError::into_inner).recv_timeout(LOOK));
        match landed {
            Ok(value) => return raised.map_or(Ok(value), Err),
            Err(std::sync::mpsc::RecvTimeoutError::Timeout) => {
                if let Err(error) = py.check_signals().and_then(|()| tell(py)) {
                    interrupted();
                    raised = Some(error);
                }
            }
            Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => {
                return Err(
                    raised.unwrap_or_else(|| PyRuntimeError::new_err("the call was dropped before it ended"))
                );
            }
        }
    }
}

/// Begins work that tells `done(ok, json)` from a thread of ours when it ends. Once the interpreter is going, nobody is told.
fn begin(work: impl Future<Output = Given> + Send + 'static, done: Py<PyAny>) -> PyResult<Pending> {
    let done = Held::new(done);
    let threads = threads()?;
    let task = threads.runtime.spawn(async move {
        let (ok, text) = work.await;
        // Whoever wants the interpreter may wait for it, and must not keep a thread of the runtime meanwhile.
        threads.tell(move || {
            done.with(|done| {
                if let Err(error) = done.call1((ok, text)) {
                    error.write_unraisable(done.py(), None);
                }
            });
        });
    });
    Ok(Pending { task: Mutex::new(Some(task)) })
}

/// What is of this process alone: in a child that was forked its threads are gone, and letting it go would wait for them.
struct Here<T> {
    it: Option<Arc<T>>,
    process: u32,
}

impl<T> Here<T> {
    fn new(it: T) -> Here<T> {
        Here { it: Some(Arc::new(it)), process: std::process::id() }
    }

    fn get(&self) -> PyResult<Arc<T>> {
        threads()?;
        self.it.clone().ok_or_else(|| PyRuntimeError::new_err("it was let go"))
    }
}

impl<T> Drop for Here<T> {
    fn drop(&mut self) {
        if self.process != std::process::id() {
            std::mem::forget(self.it.take());
        }
    }
}

/// Work that was begun.
#[pyclass(frozen, module = "sutler._native")]
struct Pending {
    task: Mutex<Option<tokio::task::JoinHandle<()>>>,
}

#[pymethods]
impl Pending {
    /// Drops it where it is, and returns when it is gone; what was sent and not answered is in doubt, and asked after later.
    fn cancel(&self, py: Python<'_>) -> PyResult<()> {
        let Some(task) = self.task.lock().unwrap_or_else(PoisonError::into_inner).take() else {
            return Ok(());
        };
        task.abort();
        wait(py, async move { drop(task.await) }, || {})
    }
}

/// An engine.
#[pyclass(frozen, module = "sutler._native", name = "Engine")]
struct NativeEngine {
    engine: Here<Engine>,
}

#[pymethods]
impl NativeEngine {
    /// Opens the store at `url`.
    #[staticmethod]
    fn open(py: Python<'_>, url: String, tenant: Option<String>) -> PyResult<(Option<NativeEngine>, String)> {
        let opened = wait(py, async move { Engine::open(&url, tenant.as_deref()).await }, || {})?;
        Ok(match opened {
            Ok(engine) => (Some(NativeEngine { engine: Here::new(engine) }), String::new()),
            Err(error) => (None, given(Err(error.into())).1),
        })
    }

    /// Does a call and waits for its answer.
    fn call(&self, py: Python<'_>, name: String, arguments: &str) -> PyResult<Given> {
        let arguments = parsed(arguments)?;
        let (engine, stopped) = (self.engine.get()?, self.engine.get()?);
        let works = matches!(name.as_str(), "run" | "step");
        let work = async move { given(calls::call(&engine, &name, arguments).await.map_err(Failure::from)) };
        wait(py, work, move || {
            if works {
                stopped.stop();
            }
        })
    }

    /// Begins a call, and tells `done(ok, json)` when it ends.
    fn begin(&self, name: String, arguments: &str, done: Py<PyAny>) -> PyResult<Pending> {
        let (engine, arguments) = (self.engine.get()?, parsed(arguments)?);
        begin(async move { given(calls::call(&engine, &name, arguments).await.map_err(Failure::from)) }, done)
    }

    /// Reads orders or lines into a table, and tells `progress(orders)` how many more were read, now and then.
    fn table(
        &self,
        py: Python<'_>,
        name: String,
        chosen: &str,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<(Option<Table>, String)> {
        let chosen: Chosen =
            serde_json::from_str(chosen).map_err(|error| PyValueError::new_err(error.to_string()))?;
        let (engine, counted) = (self.engine.get()?, Arc::new(AtomicU64::new(0)));
        let counting = counted.clone();
        let mut told = 0;
        let mut tell = |py: Python<'_>| {
            let now = counted.load(Ordering::Relaxed);
            let more = now - std::mem::replace(&mut told, now);
            match &progress {
                Some(progress) if more > 0 => progress.call1(py, (more,)).map(drop),
                _ => Ok(()),
            }
        };
        let work = async move { table::read(&engine, &name, &chosen, counting).await };
        let read = wait_telling(py, work, || {}, &mut tell)?;
        tell(py)?;
        Ok(match read {
            Ok(table) => (Some(table), String::new()),
            Err(error) => (None, given(Err(error.into())).1),
        })
    }

    /// Adds a channel: its kind and its settings as JSON.
    fn add_channel(&self, py: Python<'_>, name: String, kind: &str, settings: &str) -> PyResult<Given> {
        let (engine, setup) = (self.engine.get()?, ChannelSetup::read(kind, settings));
        wait(py, async move { told(async { engine.add_channel(name, setup?).await }.await) }, || {})
    }

    /// Adds a channel of the host's own: its profile as JSON, and its code.
    fn add_own_channel(
        &self,
        py: Python<'_>,
        name: String,
        profile: &str,
        code: Py<PyAny>,
    ) -> PyResult<Given> {
        let (engine, setup) = (self.engine.get()?, ChannelSetup::own(profile, Arc::new(Object::new(code))));
        wait(py, async move { told(async { engine.add_channel(name, setup?).await }.await) }, || {})
    }

    /// Adds a rule of the host's own.
    fn add_rule(&self, py: Python<'_>, name: &str, version: &str, code: Py<PyAny>) -> PyResult<Given> {
        let (engine, rule) =
            (self.engine.get()?, ForeignRule::new(name, version, Arc::new(Object::new(code))));
        wait(py, async move { told(async { engine.add_rule(rule?).await }.await) }, || {})
    }

    /// Asks a running engine to stop. Returns at once.
    fn stop(&self) -> PyResult<()> {
        self.engine.get()?.stop();
        Ok(())
    }

    /// Gives the channels and the store back.
    fn close(&self, py: Python<'_>) -> PyResult<Given> {
        let engine = self.engine.get()?;
        wait(py, async move { told(engine.close().await) }, || {})
    }
}

/// Running local marketplaces.
#[pyclass(frozen, module = "sutler._native", name = "Sandbox")]
struct NativeSandbox {
    sandbox: Here<Sandbox>,
}

#[pymethods]
impl NativeSandbox {
    /// Starts them.
    #[staticmethod]
    #[expect(clippy::too_many_arguments, reason = "Python has named them")]
    #[pyo3(signature = (marketplaces, orders, arrivals_per_minute, arrivals_max, speed, seed, faults))]
    fn start(
        py: Python<'_>,
        marketplaces: Vec<String>,
        orders: u32,
        arrivals_per_minute: f64,
        arrivals_max: u32,
        speed: f64,
        seed: u64,
        faults: String,
    ) -> PyResult<(Option<NativeSandbox>, String)> {
        let arrivals = (arrivals_per_minute, arrivals_max);
        let settings = SandboxSettings { marketplaces, orders, arrivals, speed, seed, faults };
        let started = wait(py, async move { Sandbox::start(&settings).await }, || {})?;
        Ok(match started {
            Ok(sandbox) => (Some(NativeSandbox { sandbox: Here::new(sandbox) }), String::new()),
            Err(error) => (None, given(Err(error.into())).1),
        })
    }

    /// Where each is, as JSON.
    fn markets(&self, py: Python<'_>) -> PyResult<String> {
        let sandbox = self.sandbox.get()?;
        wait(py, async move { json!(sandbox.markets().await).to_string() }, || {})
    }

    /// What took effect at one.
    fn effects(&self, py: Python<'_>, marketplace: String) -> PyResult<Given> {
        let sandbox = self.sandbox.get()?;
        let work = async move {
            given(sandbox.effects(&marketplace).await.map(|effects| json!(effects)).map_err(Failure::from))
        };
        wait(py, work, || {})
    }

    /// Stops them, and waits until their ports are free.
    fn stop(&self, py: Python<'_>) -> PyResult<()> {
        let sandbox = self.sandbox.get()?;
        wait(py, async move { sandbox.stop().await }, || {})
    }
}

/// Reads one order's payload.
#[pyfunction]
fn normalize(marketplace: &str, payload: &str) -> Given {
    given(pure::normalize(marketplace, payload).map(|order| json!(order)).map_err(Failure::from))
}

/// Decides for an order's payload.
#[pyfunction]
#[pyo3(signature = (marketplace, payload, on_hand, policy, now_ms))]
fn decide(
    marketplace: &str,
    payload: &str,
    on_hand: std::collections::BTreeMap<String, i64>,
    policy: Option<&str>,
    now_ms: i64,
) -> Given {
    let decided = pure::decide(marketplace, payload, &on_hand, policy, now_ms);
    given(decided.map(|decision| json!(decision)).map_err(Failure::from))
}

/// Names of everything a channel must do.
#[pyfunction]
fn behaviours() -> Vec<&'static str> {
    suite::behaviours()
}

/// Holds channels of the host's own against one behaviour; answers why not, or nothing.
#[pyfunction]
fn hold(py: Python<'_>, behaviour: String, code: Py<PyAny>) -> PyResult<Option<String>> {
    let object = Arc::new(Object::new(code));
    let held = threads()?.runtime.spawn_blocking(move || suite::hold(&behaviour, object).err());
    wait(py, async move { held.await.unwrap_or_else(|error| Some(error.to_string())) }, || {})
}

#[pymodule]
mod _native {
    #[pymodule_export]
    use super::{NativeEngine, NativeSandbox, Pending, behaviours, decide, hold, normalize};
    #[pymodule_export]
    use crate::{
        foreign::{Reply, end},
        log::tell_log,
        table::Table,
    };
}
