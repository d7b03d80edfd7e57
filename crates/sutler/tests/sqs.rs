//! Notifications through a real queue: a local Amazon puts them into SQS, the engine takes them out, and a message is
//! removed only after what it tells is durable.
//!
//! The SQS is moto's, which `cargo xtask test` starts; `SUTLER_SQS` names its address. Without it a line says that these
//! tests did not run.

use async_trait::async_trait;
use bytes::Bytes;
use serde_json::{Value, json};
use std::{
    io::Write,
    sync::{
        Arc, Once,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};
use sutler::{
    Amazon, Engine, Host,
    channel::{Environment, Request, Response, Transport, TransportError},
    command::IntakeOutcome,
    ports::Reqwest,
    sandbox::{self, Market},
};
use sutler_sandbox::amazon::World;
use tokio::sync::Notify;

type Test = Result<(), Box<dyn std::error::Error>>;

/// The longest a test waits for the real queue, in real time.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where the local SQS is; none, and a line that says so, when there is none.
fn sqs() -> Option<String> {
    let url = std::env::var("SUTLER_SQS").ok().filter(|url| !url.is_empty());
    if url.is_none() {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| {
            // Past the harness's capture, which shows a line only of a test that fails.
            drop(writeln!(std::io::stderr(), "tests of the queue did not run: SUTLER_SQS is not set"));
        });
    }
    url
}

/// A queue of its own.
struct Queue {
    server: String,
    url: String,
    wire: Reqwest,
}

impl Queue {
    /// Messages that were received and not removed come again after `visible_after_s` seconds.
    async fn new(server: String, visible_after_s: u32) -> Result<Queue, Box<dyn std::error::Error>> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let mut queue = Queue { server, url: String::new(), wire: Reqwest::new()? };
        let name = format!("sutler-{}-{number}", std::process::id());
        let attributes = json!({"VisibilityTimeout": visible_after_s.to_string()});
        let made = queue.ask("CreateQueue", json!({"QueueName": name, "Attributes": attributes})).await?;
        queue.url = made["QueueUrl"].as_str().ok_or("no queue was made")?.to_owned();
        Ok(queue)
    }

    async fn ask(&self, action: &str, body: Value) -> Result<Value, Box<dyn std::error::Error>> {
        let request = http::Request::post(&self.server)
            .header("content-type", "application/x-amz-json-1.0")
            .header("x-amz-target", format!("AmazonSQS.{action}"))
            .header("authorization", "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0")
            .body(Bytes::from(body.to_string()))?;
        let answer = self.wire.send(request).await?;
        if !answer.status().is_success() {
            return Err(
                format!("{action}: {} {}", answer.status(), String::from_utf8_lossy(answer.body())).into()
            );
        }
        Ok(if answer.body().is_empty() { Value::Null } else { serde_json::from_slice(answer.body())? })
    }

    /// Messages in the queue: those that may be received, and those that were and are not removed.
    async fn held(&self) -> Result<(u32, u32), Box<dyn std::error::Error>> {
        let names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"];
        let told =
            self.ask("GetQueueAttributes", json!({"QueueUrl": self.url, "AttributeNames": names})).await?;
        let number = |name: &str| told["Attributes"][name].as_str().and_then(|n| n.parse().ok()).unwrap_or(0);
        Ok((number(names[0]), number(names[1])))
    }

    /// Waits until that many messages have come to the queue.
    async fn has(&self, messages: u32) -> Test {
        let from = Instant::now();
        loop {
            let (there, taken) = self.held().await?;
            if there + taken >= messages {
                return Ok(());
            }
            if from.elapsed() > PATIENCE {
                return Err(format!("{there} and {taken} messages came; {messages} were put").into());
            }
            tokio::task::yield_now().await;
        }
    }
}

/// A call to the market's control panel.
async fn control(market: &Market<World>, path: &str) -> Result<Value, Box<dyn std::error::Error>> {
    let request = http::Request::post(format!("{}/_sandbox/{path}", market.base_url())).body(Bytes::new())?;
    Ok(serde_json::from_slice(Reqwest::new()?.send(request).await?.body())?)
}

/// What the transport does with a call to the queue, or with a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gate {
    Open,
    /// Messages are received, and the process dies before it can do anything with them.
    DiesAfterReceiving,
    /// What came is stored, and the process dies before it can remove the messages.
    DiesBeforeRemoving,
    /// Searches fail, so that an order can be known only by a push.
    NoSearch,
}

/// A transport that holds a process still where it shall die.
#[derive(Debug)]
struct Gated {
    wire: Reqwest,
    gate: Gate,
    /// Rung when the process stands still.
    stands: Arc<Notify>,
    /// Was a message ever removed?
    removed: AtomicBool,
}

impl Gated {
    fn new(gate: Gate) -> sutler::Result<Arc<Gated>> {
        Ok(Arc::new(Gated {
            wire: Reqwest::new()?,
            gate,
            stands: Arc::default(),
            removed: AtomicBool::new(false),
        }))
    }

    async fn stand_still(&self) -> Result<Response, TransportError> {
        self.stands.notify_one();
        std::future::pending().await
    }
}

#[async_trait]
impl Transport for Gated {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let target = request.headers().get("x-amz-target").and_then(|name| name.to_str().ok());
        let action = target.unwrap_or_default().rsplit('.').next().unwrap_or_default().to_owned();
        let is_search = request.uri().path() == "/orders/2026-01-01/orders";
        match (self.gate, action.as_str()) {
            (Gate::DiesBeforeRemoving, "DeleteMessageBatch") => return self.stand_still().await,
            (Gate::NoSearch, _) if is_search => {
                return Err(TransportError::not_sent("searches fail in this test"));
            }
            _ => {}
        }
        let answer = self.wire.send(request).await?;
        let brought =
            action == "ReceiveMessage" && String::from_utf8_lossy(answer.body()).contains("ReceiptHandle");
        if self.gate == Gate::DiesAfterReceiving && brought {
            return self.stand_still().await;
        }
        self.removed.fetch_or(action == "DeleteMessageBatch", Ordering::Relaxed);
        Ok(answer)
    }
}

async fn engine(
    path: &str,
    market: &Market<World>,
    queue: Option<&Queue>,
    transport: &Arc<Gated>,
) -> sutler::Result<Engine> {
    let amazon = Amazon::at(market).environment(Environment::Local);
    let amazon = match queue {
        Some(queue) => amazon.queue(&queue.url, "AKIATEST", "hush"),
        None => amazon,
    };
    Engine::open(path).channel("amazon", amazon).transport(transport.clone()).start().await
}

/// Steps until the order is stored.
async fn step_until_stored(engine: &Engine, id: &str) -> Test {
    let from = Instant::now();
    loop {
        engine.step().await?;
        if engine.order("amazon", id).await.is_ok() {
            return Ok(());
        }
        if from.elapsed() > PATIENCE {
            return Err(format!("order {id} never came: {:?}", engine.health().await?).into());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g11_an_order_told_of_by_the_queue_is_stored_before_the_next_pull() -> Test {
    let Some(server) = sqs() else { return Ok(()) };
    let queue = Queue::new(server, 30).await?;
    let market = sandbox::amazon().sqs_queue_url(&queue.url).start().await?;
    let dir = tempfile::tempdir()?;
    let path = dir.path().join("orders.db").display().to_string();
    let transport = Gated::new(Gate::Open)?;
    let engine = engine(&path, &market, Some(&queue), &transport).await?;
    engine.step().await?;
    let pulls = engine.health().await?[0].pulls;
    assert_eq!(pulls, 1, "the first pull finds nothing");
    let placed = control(&market, "orders").await?;
    let id = placed["id"].as_str().ok_or("no order")?;
    queue.has(1).await?;
    step_until_stored(&engine, id).await?;
    assert_eq!(engine.health().await?[0].pulls, pulls, "no pull brought it");
    assert!(transport.removed.load(Ordering::Relaxed));
    assert_eq!(queue.held().await?, (0, 0), "what is durable is removed");
    engine.close().await?;
    market.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g11_a_message_received_by_a_process_that_dies_comes_again() -> Test {
    let Some(server) = sqs() else { return Ok(()) };
    let queue = Queue::new(server, 1).await?;
    let market = sandbox::amazon().sqs_queue_url(&queue.url).start().await?;
    let dir = tempfile::tempdir()?;
    let path = dir.path().join("orders.db").display().to_string();
    let dying = Gated::new(Gate::DiesAfterReceiving)?;
    let first = engine(&path, &market, Some(&queue), &dying).await?;
    first.step().await?;
    let placed = control(&market, "orders").await?;
    let id = placed["id"].as_str().ok_or("no order")?.to_owned();
    queue.has(1).await?;
    tokio::select! {
        () = dying.stands.notified() => {}
        // Each step looks into the queue once.
        stepped = async { loop { if let Err(error) = first.step().await { break error; } } } => return Err(stepped.into()),
    }
    assert!(first.order("amazon", id.as_str()).await.is_err(), "nothing was stored yet");
    drop(first);
    let (there, taken) = queue.held().await?;
    assert_eq!(there + taken, 1, "and nothing removed");
    let heir = Gated::new(Gate::NoSearch)?;
    let second = engine(&path, &market, Some(&queue), &heir).await?;
    step_until_stored(&second, &id).await?;
    assert!(heir.removed.load(Ordering::Relaxed));
    assert_eq!(queue.held().await?, (0, 0));
    second.close().await?;
    market.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g11_what_a_message_told_is_durable_before_the_message_is_removed() -> Test {
    let Some(server) = sqs() else { return Ok(()) };
    let queue = Queue::new(server, 30).await?;
    let market = sandbox::amazon().sqs_queue_url(&queue.url).start().await?;
    let dir = tempfile::tempdir()?;
    let path = dir.path().join("orders.db").display().to_string();
    let dying = Gated::new(Gate::DiesBeforeRemoving)?;
    let first = engine(&path, &market, Some(&queue), &dying).await?;
    first.step().await?;
    let placed = control(&market, "orders").await?;
    assert!(placed["id"].is_string(), "{placed}");
    queue.has(1).await?;
    tokio::select! {
        () = dying.stands.notified() => {}
        stepped = async { loop { if let Err(error) = first.step().await { break error; } } } => return Err(stepped.into()),
    }
    drop(first);
    // The message is the only input there ever was.
    let outcome = Host::open(&path).await?.ticket(1).outcome().await?;
    assert!(!matches!(outcome, IntakeOutcome::Refused(_)), "{outcome:?}");
    let (there, taken) = queue.held().await?;
    assert_eq!(there + taken, 1, "the message was never removed, and comes again");
    market.stop().await;
    Ok(())
}
