//! The world over a real socket: the same answers as in process, cuts, a state file that survives, and the refusals of
//! the server itself.
#![cfg(feature = "serve")]

use std::error::Error;
use std::net::SocketAddr;

use sutler_sandbox::clock::SandboxClock;
use sutler_sandbox::serve::{ServeError, ServeOptions, Serving, serve};
use sutler_sandbox::state::StateFile;
use sutler_sandbox::walmart::{Faults, Settings, World};
use sutler_sandbox::{Timestamp, amazon, ebay};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

type Tested = Result<(), Box<dyn Error>>;

const LOOPBACK: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);
const COMMON: &str =
    "WM_QOS.CORRELATION_ID: 1\r\nWM_SVC.NAME: x\r\nAccept: application/json\r\nHost: sandbox\r\n";

fn origin() -> Timestamp {
    chrono::DateTime::from_timestamp(1_795_420_800, 0).unwrap_or_default()
}

fn settings() -> Settings {
    Settings { orders: 10, latency_ms: (0, 0), ..Settings::new(5, origin()) }
}

async fn start(settings: Settings) -> Result<Serving<World>, ServeError> {
    let clock = SandboxClock::starting_now(settings.origin, 60.0);
    serve(LOOPBACK, World::new(settings), clock, ServeOptions::default()).await
}

/// One request on its own connection: status and body, or 0 when the connection was cut.
async fn call(
    addr: SocketAddr,
    method: &str,
    path: &str,
    headers: &str,
    body: &str,
) -> std::io::Result<(u16, String)> {
    let mut stream = TcpStream::connect(addr).await?;
    let length = body.len();
    let text = format!(
        "{method} {path} HTTP/1.1\r\n{COMMON}{headers}Connection: close\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(text.as_bytes()).await?;
    let mut answer = String::new();
    // A cut connection may show as a reset or as a plain end.
    let _ = stream.read_to_string(&mut answer).await;
    let status = answer.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
    let body = answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default();
    Ok((status, body))
}

async fn token(addr: SocketAddr) -> Result<String, Box<dyn Error>> {
    let headers = "Authorization: Basic c2FuZGJveC1jbGllbnQ6c2FuZGJveC1zZWNyZXQ=\r\n\
                   Content-Type: application/x-www-form-urlencoded\r\n";
    let (status, body) = call(addr, "POST", "/v3/token", headers, "grant_type=client_credentials").await?;
    assert_eq!(status, 200, "{body}");
    let body: serde_json::Value = serde_json::from_str(&body)?;
    Ok(body["access_token"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn what_is_served_is_what_the_world_says() -> Tested {
    let serving = start(settings()).await?;
    let key = token(serving.addr).await?;
    let headers = format!("WM_SEC.ACCESS_TOKEN: {key}\r\n");
    let ids: Vec<String> = World::new(settings()).plan().into_iter().map(|entry| entry.id).collect();
    let mut twin = World::new(settings());
    for (method, path) in [
        ("GET", "/v3/orders/nothing".to_owned()),
        ("GET", format!("/v3/orders/{}", ids[0])),
        ("GET", "/_sandbox/plan".to_owned()),
        ("GET", "/_sandbox/on-hand".to_owned()),
        ("POST", format!("/v3/orders/{}/shipping", ids[0])),
    ] {
        let (status, body) = call(serving.addr, method, &path, &headers, "").await?;
        let mut request = http::Request::builder().method(method).uri(&path);
        for line in format!("{COMMON}{headers}").lines() {
            if let Some((name, value)) = line.split_once(": ") {
                request = request.header(name, value);
            }
        }
        // The twin has not issued that token, so what needs one is compared after it issued its own the same way.
        if path.starts_with("/v3/") {
            let served = serving.world.lock().map(|world| world.clone());
            let mut copy = served.map_err(|_| "poisoned")?;
            let now = copy.last_instant();
            let answer = copy.receive(now, &request.body(bytes::Bytes::new())?).answer.ok_or("no answer")?;
            assert_eq!(answer.status().as_u16(), status, "{path}");
            assert_eq!(std::str::from_utf8(answer.body())?, body, "{path}");
        } else {
            let answer =
                twin.receive(origin(), &request.body(bytes::Bytes::new())?).answer.ok_or("no answer")?;
            assert_eq!(
                (answer.status().as_u16(), std::str::from_utf8(answer.body())?),
                (status, body.as_str())
            );
        }
    }
    let ready: serde_json::Value = serde_json::from_str(&serving.ready_line())?;
    assert_eq!(ready["base_url"], format!("http://{}", serving.addr));
    assert_eq!((&ready["marketplace"], &ready["clock"]["speed"]), (&"walmart".into(), &60.0.into()));
    serving.stop().await;
    Ok(())
}

#[tokio::test]
async fn a_lost_answer_is_a_cut_connection() -> Tested {
    let faults = Faults { lost_before: 1000, hang: 0, ..Faults::default() };
    let serving = start(Settings { faults, ..settings() }).await?;
    assert_eq!(call(serving.addr, "GET", "/v3/orders", "", "").await?.0, 0);
    assert_eq!(
        call(serving.addr, "GET", "/_sandbox/plan", "", "").await?.0,
        200,
        "control calls have no faults"
    );
    serving.stop().await;
    Ok(())
}

#[tokio::test]
async fn a_hanging_answer_ends_when_the_client_gives_up() -> Tested {
    let faults = Faults { lost_before: 1000, hang: 1000, ..Faults::default() };
    let serving = start(Settings { faults, ..settings() }).await?;
    let mut stream = TcpStream::connect(serving.addr).await?;
    stream.write_all(format!("GET /v3/orders HTTP/1.1\r\n{COMMON}\r\n").as_bytes()).await?;
    let mut byte = [0_u8; 1];
    let waited = tokio::time::timeout(std::time::Duration::from_millis(200), stream.read(&mut byte)).await;
    assert!(waited.is_err(), "nothing comes, not even an end");
    drop(stream);
    serving.stop().await;
    Ok(())
}

#[tokio::test]
async fn the_state_file_carries_the_world_over() -> Tested {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("demo.db.sandbox");
    let mut acknowledged = String::new();
    let mut before = Vec::new();
    for run in 0..3 {
        let (world, state) =
            StateFile::open::<World>(&path, Settings { origin: Timestamp::UNIX_EPOCH, ..settings() })?;
        let origin = world.last_instant();
        let clock = SandboxClock::starting_now(origin, 60.0);
        let options = ServeOptions { state: Some(state), ..ServeOptions::default() };
        let serving = serve(LOOPBACK, world, clock, options).await?;
        let key = token(serving.addr).await?;
        let headers = format!("WM_SEC.ACCESS_TOKEN: {key}\r\n");
        let (_, placed) = call(serving.addr, "POST", "/_sandbox/orders", "", "").await?;
        let placed: serde_json::Value = serde_json::from_str(&placed)?;
        acknowledged = placed["id"].as_str().unwrap_or_default().to_owned();
        let place = format!("/v3/orders/{acknowledged}/acknowledge");
        assert_eq!(call(serving.addr, "POST", &place, &headers, "").await?.0, 200);
        let (_, effects) = call(serving.addr, "GET", "/_sandbox/effects", "", "").await?;
        let effects: serde_json::Value = serde_json::from_str(&effects)?;
        assert_eq!(effects["acknowledge"].as_object().map(serde_json::Map::len), Some(run + 1));
        assert_eq!(effects["requests"], (run + 1) * 2);
        before.push(clock.origin);
        serving.stop().await;
    }
    assert!(before.is_sorted() && before[0] < before[2], "time goes on: {before:?}");
    let (mut world, _state) = StateFile::open::<World>(&path, settings())?;
    let now = world.last_instant();
    assert_eq!(world.effects(now).acknowledge.get(&acknowledged), Some(&1));
    Ok(())
}

#[tokio::test]
async fn others_are_kept_out_unless_let_in() -> Tested {
    let everywhere: SocketAddr = "0.0.0.0:0".parse()?;
    let clock = SandboxClock::starting_now(origin(), 1.0);
    let refused = serve(everywhere, World::new(settings()), clock, ServeOptions::default()).await;
    assert!(matches!(refused, Err(ServeError::NotLoopback(_))));
    let options = ServeOptions { allow_non_loopback: true, ..ServeOptions::default() };
    serve(everywhere, World::new(settings()), clock, options).await?.stop().await;
    let stopped = SandboxClock { speed: 0.0, ..clock };
    let refused = serve(LOOPBACK, World::new(settings()), stopped, ServeOptions::default()).await;
    assert!(matches!(refused, Err(ServeError::Speed(_))));
    Ok(())
}

/// A queue that takes every message: the bodies it was sent, in their order.
async fn queue(listener: tokio::net::TcpListener, messages: usize) -> Vec<serde_json::Value> {
    let mut taken = Vec::new();
    while taken.len() < messages {
        let Ok((mut stream, _)) = listener.accept().await else { break };
        let mut bytes = Vec::new();
        let mut piece = [0_u8; 4096];
        let body = loop {
            let read = stream.read(&mut piece).await.unwrap_or(0);
            bytes.extend_from_slice(&piece[..read]);
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let body = text.split_once("\r\n\r\n").and_then(|(_, body)| serde_json::from_str(body).ok());
            if let Some(body) = body {
                assert!(text.to_ascii_lowercase().contains("x-amz-target: amazonsqs.sendmessage"), "{text}");
                break body;
            }
            if read == 0 {
                break serde_json::Value::Null;
            }
        };
        let answer =
            "HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.0\r\ncontent-length: 2\r\n\r\n{}";
        let _ = stream.write_all(answer.as_bytes()).await;
        taken.push(body);
    }
    taken
}

#[tokio::test]
async fn an_amazon_is_served_kept_and_tells_its_queue() -> Tested {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("amazon.sandbox");
    let listener = tokio::net::TcpListener::bind(LOOPBACK).await?;
    let url = format!("http://{}/123456789012/orders", listener.local_addr()?);
    let settings = amazon::Settings {
        orders: 10,
        latency_ms: (0, 0),
        sqs_queue_url: Some(url.clone()),
        ..amazon::Settings::new(5, origin())
    };
    let (world, state) = StateFile::open::<amazon::World>(&path, settings.clone())?;
    let clock = SandboxClock::starting_now(settings.origin, 60.0);
    let serving =
        serve(LOOPBACK, world, clock, ServeOptions { state: Some(state), ..ServeOptions::default() }).await?;
    let ready: serde_json::Value = serde_json::from_str(&serving.ready_line())?;
    assert_eq!((&ready["marketplace"], &ready["sqs_queue_url"]), (&"amazon".into(), &url.as_str().into()));
    assert_eq!(ready["marketplace_id"], "ATVPDKIKX0DER");
    // What a world of its own tells of by then; the orders that are pending come later.
    let told =
        amazon::World::new(settings.clone()).take_notifications(origin() + chrono::Duration::seconds(10));
    let messages =
        tokio::time::timeout(std::time::Duration::from_secs(20), queue(listener, told.len())).await?;
    assert!(!messages.is_empty() && messages.iter().all(|message| message["QueueUrl"] == url.as_str()));
    let bodies: Vec<&str> = messages.iter().filter_map(|message| message["MessageBody"].as_str()).collect();
    assert!(told.iter().all(|notification| bodies.contains(&notification.body.as_str())));
    let form = "grant_type=refresh_token&refresh_token=Atzr%7Csandbox-refresh-token&client_id=amzn1.application-oa2-client.sandbox\
                &client_secret=amzn1.oa2-cs.v1.sandbox";
    let headers = "Content-Type: application/x-www-form-urlencoded\r\n";
    let (status, body) = call(serving.addr, "POST", "/auth/o2/token", headers, form).await?;
    assert_eq!(status, 200, "{body}");
    let key: serde_json::Value = serde_json::from_str(&body)?;
    let headers = format!(
        "x-amz-access-token: {}\r\nContent-Type: application/json\r\n",
        key["access_token"].as_str().unwrap_or_default()
    );
    let (status, body) =
        call(serving.addr, "POST", "/feeds/2021-06-30/documents", &headers, "{\"contentType\":\"text/xml\"}")
            .await?;
    assert_eq!(status, 201, "{body}");
    let made: serde_json::Value = serde_json::from_str(&body)?;
    assert!(made["url"].as_str().is_some_and(|url| url.starts_with("http://sandbox/_documents/")), "{made}");
    serving.stop().await;
    let (mut world, _state) = StateFile::open::<amazon::World>(&path, settings)?;
    let left = world.take_notifications(world.last_instant());
    assert!(left.iter().all(|note| !bodies.contains(&note.body.as_str())), "what was taken stays taken");
    Ok(())
}

/// An endpoint that answers the challenge as it should and takes every message: the bodies of those, in their order.
async fn endpoint(
    listener: tokio::net::TcpListener,
    url: String,
    token: String,
    messages: usize,
) -> Vec<String> {
    let mut taken = Vec::new();
    while taken.len() < messages {
        let Ok((mut stream, _)) = listener.accept().await else { break };
        let mut bytes = Vec::new();
        let mut piece = [0_u8; 4096];
        let (head, body) = loop {
            let read = stream.read(&mut piece).await.unwrap_or(0);
            bytes.extend_from_slice(&piece[..read]);
            let text = String::from_utf8_lossy(&bytes).into_owned();
            if let Some((head, body)) = text.split_once("\r\n\r\n")
                && (head.starts_with("GET ") || serde_json::from_str::<serde_json::Value>(body).is_ok())
            {
                break (head.to_owned(), body.to_owned());
            }
            if read == 0 {
                break (String::new(), String::new());
            }
        };
        let code = head.split_once("challenge_code=").and_then(|(_, rest)| rest.split(' ').next());
        let answer = match code {
            Some(code) => {
                let hash =
                    ring::digest::digest(&ring::digest::SHA256, format!("{code}{token}{url}").as_bytes());
                let hex: String = hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
                format!("{{\"challengeResponse\":\"{hex}\"}}")
            }
            None => {
                assert!(head.to_ascii_lowercase().contains("x-ebay-signature: "), "{head}");
                taken.push(body);
                "{}".into()
            }
        };
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{answer}",
            answer.len()
        );
        let _ = stream.write_all(answer.as_bytes()).await;
    }
    taken
}

#[tokio::test]
async fn an_ebay_challenges_its_endpoint_and_then_tells_it() -> Tested {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("ebay.sandbox");
    let listener = tokio::net::TcpListener::bind(LOOPBACK).await?;
    let url = format!("http://{}/hook", listener.local_addr()?);
    let settings = ebay::Settings {
        arrivals_per_minute: 60.0,
        arrivals_max: 20,
        latency_ms: (0, 0),
        notification_endpoint: Some(url.clone()),
        ..ebay::Settings::new(5, origin())
    };
    let (world, state) = StateFile::open::<ebay::World>(&path, settings.clone())?;
    let clock = SandboxClock::starting_now(settings.origin, 60.0);
    let serving =
        serve(LOOPBACK, world, clock, ServeOptions { state: Some(state), ..ServeOptions::default() }).await?;
    let ready: serde_json::Value = serde_json::from_str(&serving.ready_line())?;
    assert_eq!(ready["marketplace"], "ebay");
    let heard = endpoint(listener, url, settings.verification_token.clone(), 3);
    let told = tokio::time::timeout(std::time::Duration::from_secs(20), heard).await?;
    assert!(told.iter().all(|body| body.contains("ORDER_CONFIRMATION")), "{told:?}");
    let form = "grant_type=refresh_token&refresh_token=v%5E1.1%23i%5E1%23r%5E1%23sandbox-refresh";
    let headers = "Authorization: Basic c2FuZGJveC1jbGllbnQ6c2FuZGJveC1zZWNyZXQ=\r\nContent-Type: application/x-www-form-urlencoded\r\n";
    let (status, body) = call(serving.addr, "POST", "/identity/v1/oauth2/token", headers, form).await?;
    assert_eq!(status, 200, "{body}");
    let token: serde_json::Value = serde_json::from_str(&body)?;
    let headers = format!("Authorization: Bearer {}\r\n", token["access_token"].as_str().unwrap_or_default());
    let key = ready["notification_key_url"].as_str().unwrap_or_default();
    let key = key.trim_start_matches(&format!("http://{}", serving.addr)).to_owned();
    let (status, body) = call(serving.addr, "GET", &key, &headers, "").await?;
    assert!(status == 200 && body.contains("-----BEGIN PUBLIC KEY-----"), "{body}");
    let (status, body) = call(serving.addr, "GET", "/sell/fulfillment/v1/order", &headers, "").await?;
    let orders: serde_json::Value = serde_json::from_str(&body)?;
    assert!(status == 200 && orders["total"].as_u64().is_some_and(|total| total >= 3), "{body}");
    serving.stop().await;
    let (mut world, _state) = StateFile::open::<ebay::World>(&path, settings)?;
    let left: Vec<_> =
        world.take_notifications(world.last_instant()).into_iter().map(|(_, body)| body).collect();
    let id = |body: &str| {
        body.split("\"notificationId\":\"").nth(1).map(|rest| rest.chars().take(25).collect::<String>())
    };
    let left: Vec<_> = left.iter().map(|body| id(&String::from_utf8_lossy(body))).collect();
    assert!(told.iter().all(|body| !left.contains(&id(body))), "what was taken stays taken");
    Ok(())
}
