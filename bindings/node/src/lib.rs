//! The native part of the Node package: it carries JSON and decides nothing. Everything a user sees is JavaScript, written
//! from the boundary or by hand over these few calls. Every promise is kept with JSON: `{"given": …}`, or `{"failed": …}` of
//! which the JavaScript part makes an error.

#![expect(missing_docs, reason = "the macros of napi write what they do not document")]

mod foreign;

use foreign::{Code, Object};
use napi::{
    Env,
    bindgen_prelude::{PromiseRaw, spawn_blocking},
};
use napi_derive::napi;
use serde_json::{Value, json};
use std::sync::{Arc, Weak};
use sutler_boundary::{
    ChannelSetup, Engine, Failure, Sandbox, SandboxSettings, calls, foreign::ForeignRule, pure, suite, wrong,
};
use tokio::sync::OnceCell;

fn answered<T: serde::Serialize>(result: std::result::Result<T, impl Into<Failure>>) -> String {
    match result {
        Ok(value) => json!({ "given": value }).to_string(),
        Err(error) => json!({ "failed": error.into() }).to_string(),
    }
}

/// An engine; none of it is open before `open` was awaited.
#[napi(js_name = "NativeEngine")]
pub struct NativeEngine {
    engine: Arc<OnceCell<Engine>>,
}

#[napi]
impl NativeEngine {
    #[napi(constructor)]
    pub fn new(env: Env) -> napi::Result<NativeEngine> {
        let engine = Arc::<OnceCell<Engine>>::default();
        // A worker that is terminated leaves what it ran behind: that ends, and lets its store go.
        let hook = |left: Weak<OnceCell<Engine>>| {
            if let Some(engine) = left.upgrade().as_deref().and_then(OnceCell::get) {
                engine.stop();
            }
        };
        env.add_env_cleanup_hook(Arc::downgrade(&engine), hook)?;
        Ok(NativeEngine { engine })
    }

    /// Opens the store at `url`.
    #[napi]
    pub async fn open(&self, url: String, tenant: Option<String>) -> String {
        let opened = self.engine.get_or_try_init(|| Engine::open(&url, tenant.as_deref())).await;
        answered(opened.map(|_| Value::Null))
    }

    /// Does a call by its name, with its arguments as JSON.
    #[napi]
    pub async fn call(&self, name: String, arguments: String) -> String {
        let Some(engine) = self.engine.get() else { return answered::<Value>(Err(unopened())) };
        match serde_json::from_str(&arguments) {
            Ok(arguments) => answered(calls::call(engine, &name, arguments).await),
            Err(error) => answered::<Value>(Err(wrong("engine.call", error.to_string()))),
        }
    }

    /// Adds a channel: its kind and its settings as JSON.
    #[napi]
    pub async fn add_channel(&self, name: String, kind: String, settings: String) -> String {
        let Some(engine) = self.engine.get() else { return answered::<Value>(Err(unopened())) };
        match ChannelSetup::read(&kind, &settings) {
            Ok(setup) => answered(engine.add_channel(name, setup).await),
            Err(error) => answered::<Value>(Err(error)),
        }
    }

    /// Adds a channel of the host's own: its profile as JSON, and its code.
    #[napi]
    pub fn add_own_channel<'env>(
        &self,
        env: &'env Env,
        name: String,
        profile: String,
        code: Code<'env>,
    ) -> napi::Result<PromiseRaw<'env, String>> {
        let (engine, host) = (self.engine.clone(), Arc::new(Object::new(&code)?));
        env.spawn_future(async move {
            let Some(engine) = engine.get() else { return Ok(answered::<Value>(Err(unopened()))) };
            let added = match ChannelSetup::own(&profile, host) {
                Ok(setup) => engine.add_channel(name, setup).await,
                Err(error) => Err(error),
            };
            Ok(answered(added))
        })
    }

    /// Adds a rule of the host's own.
    #[napi]
    pub fn add_rule<'env>(
        &self,
        env: &'env Env,
        name: String,
        version: String,
        code: Code<'env>,
    ) -> napi::Result<PromiseRaw<'env, String>> {
        let (engine, host) = (self.engine.clone(), Arc::new(Object::new(&code)?));
        env.spawn_future(async move {
            let Some(engine) = engine.get() else { return Ok(answered::<Value>(Err(unopened()))) };
            let added = match ForeignRule::new(&name, &version, host) {
                Ok(rule) => engine.add_rule(rule).await,
                Err(error) => Err(error),
            };
            Ok(answered(added))
        })
    }

    /// Asks a running engine to stop.
    #[napi]
    pub fn stop(&self) {
        if let Some(engine) = self.engine.get() {
            engine.stop();
        }
    }

    /// Gives the channels and the store back.
    #[napi]
    pub async fn close(&self) -> String {
        match self.engine.get() {
            Some(engine) => answered(engine.close().await),
            None => answered::<_>(Ok::<_, Failure>(Value::Null)),
        }
    }
}

fn unopened() -> Failure {
    let unopened = Failure::from(wrong("engine", "the engine is not open"));
    Failure { kind: "closed".into(), ..unopened }
}

/// Running local marketplaces.
#[napi(js_name = "NativeSandbox")]
#[derive(Default)]
pub struct NativeSandbox {
    sandbox: Arc<tokio::sync::OnceCell<Sandbox>>,
}

#[napi]
impl NativeSandbox {
    #[napi(constructor)]
    pub fn new() -> NativeSandbox {
        NativeSandbox { sandbox: Arc::default() }
    }

    /// Starts them, by their settings as JSON.
    #[napi]
    pub async fn start(&self, settings: String) -> String {
        let settings: SandboxSettings = match serde_json::from_str(&settings) {
            Ok(settings) => settings,
            Err(error) => return answered::<Value>(Err(wrong("sandbox", error.to_string()))),
        };
        answered(self.sandbox.get_or_try_init(|| Sandbox::start(&settings)).await.map(|_| Value::Null))
    }

    /// Where each is.
    #[napi]
    pub async fn markets(&self) -> String {
        let markets = match self.sandbox.get() {
            Some(sandbox) => sandbox.markets().await,
            None => Vec::new(),
        };
        answered(Ok::<_, Failure>(markets))
    }

    /// What took effect at one.
    #[napi]
    pub async fn effects(&self, marketplace: String) -> String {
        match self.sandbox.get() {
            Some(sandbox) => answered(sandbox.effects(&marketplace).await),
            None => answered::<Value>(Err(wrong("sandbox.effects", "the sandbox is not running"))),
        }
    }

    /// Stops them, and waits until their ports are free.
    #[napi]
    pub async fn stop(&self) {
        if let Some(sandbox) = self.sandbox.get() {
            sandbox.stop().await;
        }
    }
}

/// Reads one order's payload.
#[napi]
pub fn normalize(marketplace: String, payload: String) -> String {
    answered(pure::normalize(&marketplace, &payload))
}

/// Decides for an order's payload.
#[napi]
pub fn decide(
    marketplace: String,
    payload: String,
    on_hand: String,
    policy: Option<String>,
    now_ms: f64,
) -> String {
    match serde_json::from_str(&on_hand) {
        Ok(on_hand) => {
            answered(pure::decide(&marketplace, &payload, &on_hand, policy.as_deref(), now_ms as i64))
        }
        Err(error) => answered::<Value>(Err(wrong("decide", error.to_string()))),
    }
}

/// Names of everything a channel must do.
#[napi]
pub fn behaviours() -> Vec<&'static str> {
    suite::behaviours()
}

/// Holds channels of the host's own against one behaviour; answers why not, or nothing.
#[napi]
pub fn hold<'env>(
    env: &'env Env,
    behaviour: String,
    code: Code<'env>,
) -> napi::Result<PromiseRaw<'env, Option<String>>> {
    let object = Arc::new(Object::new(&code)?);
    let held = spawn_blocking(move || suite::hold(&behaviour, object).err());
    env.spawn_future(async move { Ok(held.await.unwrap_or_else(|error| Some(error.to_string()))) })
}
