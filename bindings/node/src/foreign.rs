//! JavaScript code that the engine calls: one function, which takes `{"method", "argument"}` and keeps its promise with
//! `{"given"}` or `{"failed"}`. It never throws, and if it did all the same, that is an answer too. A question has an `id`; the
//! same `id` alone says that nobody waits for it any more.

use napi::{
    Status,
    bindgen_prelude::*,
    threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode},
};
use serde::Deserialize;
use serde_json::Value;
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};
use sutler_boundary::{
    ErrorKind, Failure,
    foreign::{Answer, Foreign},
};

/// What JavaScript gives.
pub(crate) type Code<'env> = Function<'env, String, Promise<String>>;

/// The same from any thread. It is weak: it keeps no process alive.
type Called = ThreadsafeFunction<String, Promise<String>, String, Status, false, true>;

pub(crate) struct Object(Arc<Called>);

impl Object {
    pub(crate) fn new(code: &Code<'_>) -> Result<Object> {
        Ok(Object(Arc::new(code.build_threadsafe_function().weak::<true>().build()?)))
    }
}

fn failed(message: impl std::fmt::Display) -> Failure {
    Failure::unanswered(ErrorKind::Remote, message)
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answered {
    Given(Value),
    Failed(Failure),
}

/// Whoever waits for an answer. Where it goes away before there is one, the code is told.
struct Waiting {
    code: Arc<Called>,
    id: Option<u64>,
}

impl Waiting {
    fn is_answered(&mut self) {
        self.id = None;
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some(id) = self.id {
            self.code.call(format!("{{\"id\":{id}}}"), ThreadsafeFunctionCallMode::NonBlocking);
        }
    }
}

static ASKED: AtomicU64 = AtomicU64::new(0);

impl Foreign for Object {
    fn call(&self, method: &str, argument: String) -> Answer {
        let code = self.0.clone();
        let id = ASKED.fetch_add(1, Ordering::Relaxed);
        let asked = format!("{{\"id\":{id},\"method\":{},\"argument\":{argument}}}", Value::from(method));
        let mut waiting = Waiting { code: code.clone(), id: Some(id) };
        Box::pin(async move {
            let promise = code.call_async_catch(asked).await.map_err(failed)?;
            let answer = promise.await;
            waiting.is_answered();
            let answer = answer.map_err(failed)?;
            match serde_json::from_str(&answer).map_err(failed)? {
                Answered::Given(value) => Ok(value.to_string()),
                Answered::Failed(failure) => Err(failure),
            }
        })
    }
}
