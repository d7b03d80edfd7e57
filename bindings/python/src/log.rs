//! What the engine says while it works, told to Python's `logging`: by a thread of its own, so that nothing of the engine waits
//! for the interpreter.

use crate::foreign::Held;
use pyo3::{exceptions::PyRuntimeError, prelude::*};
use std::{
    fmt::{Debug, Write as _},
    sync::{
        OnceLock,
        atomic::{AtomicU64, AtomicUsize, Ordering},
        mpsc::{SyncSender, sync_channel},
    },
};
use tracing::{
    Event, Level, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{Layer, layer::Context, layer::SubscriberExt};

/// Records that wait to be told; what comes beyond is counted and not kept.
const WAITING: usize = 10_000;

struct Record {
    level: u8,
    target: String,
    message: String,
}

/// As `logging` counts.
fn level(of: &Level) -> u8 {
    match *of {
        Level::ERROR => 40,
        Level::WARN => 30,
        Level::INFO => 20,
        Level::DEBUG => 10,
        Level::TRACE => 5,
    }
}

/// The lowest level that is told.
static LEAST: AtomicUsize = AtomicUsize::new(30);
static LOST: AtomicU64 = AtomicU64::new(0);

struct Told(SyncSender<Record>);

#[derive(Default)]
struct Words {
    message: String,
    fields: String,
}

impl Visit for Words {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let _ = if field.name() == "message" {
            write!(self.message, "{value:?}")
        } else {
            write!(self.fields, " {}={value:?}", field.name())
        };
    }
}

impl<S: Subscriber> Layer<S> for Told {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let level = level(event.metadata().level());
        if usize::from(level) < LEAST.load(Ordering::Relaxed) {
            return;
        }
        let mut words = Words::default();
        event.record(&mut words);
        let message = words.message + &words.fields;
        let record = Record { level, target: event.metadata().target().replace("::", "."), message };
        if self.0.try_send(record).is_err() {
            LOST.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Tells `told(level, target, message)` of everything at this level or above, from now on.
#[pyfunction]
pub(crate) fn tell_log(least: usize, told: Py<PyAny>) -> PyResult<()> {
    static TELLS: OnceLock<bool> = OnceLock::new();
    LEAST.store(least, Ordering::Relaxed);
    if *TELLS.get_or_init(|| begin(Held::new(told))) {
        return Ok(());
    }
    Err(PyRuntimeError::new_err("another part of this process takes what the engine says already"))
}

/// Starts the thread that tells; answers whether there is anything for it to hear.
fn begin(told: Held) -> bool {
    let (send, receive) = sync_channel::<Record>(WAITING);
    let tell = move || {
        while let Ok(record) = receive.recv() {
            let lost = LOST.swap(0, Ordering::Relaxed);
            let message = match lost {
                0 => record.message,
                lost => format!("{} ({lost} records before it were lost)", record.message),
            };
            let heard = told.with(|told| {
                if let Err(error) = told.call1((record.level, record.target, message)) {
                    error.write_unraisable(told.py(), None);
                }
            });
            // Where the interpreter is gone there is nobody to tell.
            if heard.is_none() {
                return;
            }
        }
    };
    let thread = std::thread::Builder::new().name("sutler-log".into()).spawn(tell);
    thread.is_ok()
        && tracing::subscriber::set_global_default(tracing_subscriber::registry().with(Told(send))).is_ok()
}
