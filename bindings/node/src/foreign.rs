//! JavaScript code that the engine calls: one function, which takes `{"method", "argument"}` and keeps its promise with
//! `{"given"}` or `{"failed"}`. It never throws, and if it did all the same, that is an answer too.

use napi::{Status, bindgen_prelude::*, threadsafe_function::ThreadsafeFunction};
use serde::Deserialize;
use serde_json::Value;
use std::sync::Arc;
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

impl Foreign for Object {
    fn call(&self, method: &str, argument: String) -> Answer {
        let code = self.0.clone();
        let asked = format!("{{\"method\":{},\"argument\":{argument}}}", Value::from(method));
        Box::pin(async move {
            let promise = code.call_async_catch(asked).await.map_err(failed)?;
            let answer = promise.await.map_err(failed)?;
            match serde_json::from_str(&answer).map_err(failed)? {
                Answered::Given(value) => Ok(value.to_string()),
                Answered::Failed(failure) => Err(failure),
            }
        })
    }
}
