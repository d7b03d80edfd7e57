//! Python code that the engine calls. It is called from threads of ours that may wait for the interpreter, never from one that
//! drives the engine; and no longer once the interpreter is about to go, which [`end`] says.

use crate::threads;
use pyo3::prelude::*;
use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};
use std::time::Duration;
use sutler_boundary::{
    ErrorKind, Failure,
    foreign::{Answer, Foreign},
};
use tokio::sync::oneshot;

/// Is the interpreter about to go?
static ENDED: AtomicBool = AtomicBool::new(false);
/// How many threads of ours have it or wait for it.
static INSIDE: AtomicUsize = AtomicUsize::new(0);

/// Lets go of everything of Python's that other threads could still touch: called at the interpreter's exit, before it goes.
///
/// Code that has not returned by then must neither keep the process nor be ended by an interpreter that goes: the process ends
/// here, with 1, once it has said so.
#[pyfunction]
pub(crate) fn end(py: Python<'_>) -> PyResult<()> {
    ENDED.store(true, Ordering::SeqCst);
    let left = py.detach(|| {
        (0..500).all(|_| {
            let inside = INSIDE.load(Ordering::SeqCst) > 0;
            if inside {
                std::thread::sleep(Duration::from_millis(10));
            }
            inside
        })
    });
    if !left {
        return Ok(());
    }
    let sys = py.import("sys")?;
    sys.getattr("stderr")?.call_method1(
        "write",
        ("sutler: a rule or channel of this program is still at work 5 seconds after its end; the process ends without it\n",),
    )?;
    for stream in ["stdout", "stderr"] {
        sys.getattr(stream)?.call_method0("flush")?;
    }
    py.import("os")?.call_method1("_exit", (1,))?;
    Ok(())
}

/// Does something with the interpreter, unless it is gone or going.
fn inside<T>(act: impl FnOnce(Python<'_>) -> T) -> Option<T> {
    INSIDE.fetch_add(1, Ordering::SeqCst);
    let done = if ENDED.load(Ordering::SeqCst) { None } else { Python::try_attach(act) };
    INSIDE.fetch_sub(1, Ordering::SeqCst);
    done
}

/// An object of Python's that any thread may hold. The last one lets it go; where the interpreter is gone, it is left alone.
#[derive(Clone)]
pub(crate) struct Held(Arc<Kept>);

struct Kept(Option<Py<PyAny>>);

impl Held {
    pub(crate) fn new(object: Py<PyAny>) -> Held {
        Held(Arc::new(Kept(Some(object))))
    }

    /// Does something with it, unless the interpreter is gone or going.
    pub(crate) fn with<T>(&self, act: impl FnOnce(&Bound<'_, PyAny>) -> T) -> Option<T> {
        let object = self.0.0.as_ref()?;
        inside(|py| act(object.bind(py)))
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        let mut object = self.0.take();
        inside(|_| drop(object.take()));
        std::mem::forget(object);
    }
}

/// Where a call's answer goes: once, from any thread.
#[derive(Default)]
struct Slot {
    to: Option<oneshot::Sender<(bool, String)>>,
    /// What ends the code that is asked.
    cancel: Option<Held>,
    given_up: bool,
}

type Shared = Arc<Mutex<Slot>>;

fn open(slot: &Shared) -> MutexGuard<'_, Slot> {
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The same in Python's hands.
#[pyclass(frozen, module = "sutler._native")]
pub(crate) struct Reply(Shared);

#[pymethods]
impl Reply {
    /// The answer as JSON, or the error as JSON. Whatever comes after the first is not heard.
    fn give(&self, ok: bool, text: String) {
        let mut slot = open(&self.0);
        slot.cancel = None;
        if let Some(to) = slot.to.take() {
            let _ = to.send((ok, text));
        }
    }

    /// `cancel` is called when nobody waits for the answer any more: what is done later would be done behind our back.
    fn when_given_up(&self, cancel: Py<PyAny>) {
        let mut slot = open(&self.0);
        let cancel = Held::new(cancel);
        if slot.given_up {
            drop(slot);
            call(cancel);
        } else if slot.to.is_some() {
            slot.cancel = Some(cancel);
        }
    }
}

/// Calls it from a thread that may wait for the interpreter.
fn call(cancel: Held) {
    if let Ok(threads) = threads() {
        threads.tell(move || {
            cancel.with(|cancel| {
                if let Err(error) = cancel.call0() {
                    error.write_unraisable(cancel.py(), None);
                }
            });
        });
    }
}

/// Whoever waits for an answer. Where it goes away, what was asked is given up.
struct Waiting(Shared);

impl Drop for Waiting {
    fn drop(&mut self) {
        let mut slot = open(&self.0);
        slot.given_up = true;
        let cancel = slot.cancel.take();
        drop(slot);
        if let Some(cancel) = cancel {
            call(cancel);
        }
    }
}

/// Calls of one object that may have been given up and not returned. More are not begun: its code hangs, and would take the
/// threads of everybody else.
const UNRETURNED_MAX: usize = 32;

/// A call of plain code, until it returns.
struct Called(Arc<AtomicUsize>);

impl Drop for Called {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Python code by one function: `code(method, argument, reply)`, which replies at once or later.
pub(crate) struct Object {
    code: Held,
    unreturned: Arc<AtomicUsize>,
}

impl Object {
    pub(crate) fn new(code: Py<PyAny>) -> Object {
        Object { code: Held::new(code), unreturned: Arc::default() }
    }
}

fn unasked(kind: ErrorKind, why: impl std::fmt::Display) -> Answer {
    let failure = Failure { applied: "no".into(), ..Failure::unanswered(kind, why) };
    Box::pin(std::future::ready(Err(failure)))
}

impl Foreign for Object {
    fn call(&self, method: &str, argument: String) -> Answer {
        let (code, method) = (self.code.clone(), method.to_owned());
        let Ok(threads) = threads() else { return unasked(ErrorKind::Closed, "this process was forked") };
        let called = Called(self.unreturned.clone());
        let before = self.unreturned.fetch_add(1, Ordering::SeqCst);
        if before >= UNRETURNED_MAX {
            return unasked(
                ErrorKind::Remote,
                format!("{before} earlier calls have not returned; it is asked again once some have"),
            );
        }
        let (send, receive) = oneshot::channel();
        let slot = Shared::new(Mutex::new(Slot { to: Some(send), ..Slot::default() }));
        let waiting = Waiting(slot.clone());
        let asked = move || {
            let _called = called;
            let reply = Reply(slot);
            code.with(|code| {
                code.call1((method, argument, reply)).map(drop).map_err(|error| error.to_string())
            })
        };
        // It may wait for the interpreter, and for code that is not asynchronous.
        let called = threads.runtime.spawn_blocking(asked);
        Box::pin(async move {
            let _waiting = waiting;
            match called.await {
                Ok(Some(Ok(()))) => {}
                Ok(Some(Err(error))) => return Err(Failure::unanswered(ErrorKind::Remote, error)),
                Ok(None) => return Err(Failure::unanswered(ErrorKind::Closed, "the interpreter ends")),
                Err(error) => return Err(Failure::unanswered(ErrorKind::Remote, error)),
            }
            match receive.await {
                Ok((true, answer)) => Ok(answer),
                Ok((false, failure)) => Err(serde_json::from_str(&failure)
                    .unwrap_or_else(|_| Failure::unanswered(ErrorKind::Remote, &failure))),
                Err(_) => {
                    Err(Failure::unanswered(ErrorKind::Remote, "the call was dropped without an answer"))
                }
            }
        })
    }
}
