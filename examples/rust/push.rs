//! Pushes, mounted in axum: a marketplace tells of an order the moment it is placed, and it is read before the next pull.
//!
//! eBay's notifications are handed over in the same way. Amazon pushes into an SQS queue, which the engine empties by itself
//! (feature `sqs`).
//!
//!     cargo run -p sutler-examples --bin push

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::any,
};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use std::{net::SocketAddr, time::Duration};
use sutler::{Engine, Walmart, push::PushRequest};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// Hands over what came, byte for byte, and answers what the engine answers: 2xx only once it is durable.
async fn pushed(
    State(engine): State<Engine>,
    Path(channel): Path<String>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let request = PushRequest {
        method: method.to_string(),
        target: uri.to_string(),
        headers: headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
        body,
    };
    match engine.handle_push(channel, &request).await {
        Ok(reply) => {
            let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let content_type = reply.content_type.as_deref().unwrap_or("text/plain");
            (status, [(CONTENT_TYPE, content_type)], reply.body).into_response()
        }
        Err(error) => {
            eprintln!("{error}");
            // Anything but a 2xx, and it comes again.
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// What Walmart sends when an order is placed, with the user and password that the subscription was made with.
async fn push(to: SocketAddr, password: &str) -> std::io::Result<String> {
    let told = r#"{"source": {"eventType": "PO_CREATED", "eventId": "1"}, "payload": {"purchaseOrderId": "108000586390219"}}"#;
    let login = BASE64.encode(format!("sutler:{password}"));
    let (length, mut answer) = (told.len(), String::new());
    let mut wire = TcpStream::connect(to).await?;
    let head = format!("POST /hooks/us HTTP/1.1\r\nHost: {to}\r\nAuthorization: Basic {login}\r\n");
    let rest = format!("Content-Length: {length}\r\nConnection: close\r\n\r\n{told}");
    wire.write_all((head + &rest).as_bytes()).await?;
    wire.read_to_string(&mut answer).await?;
    Ok(answer.split(' ').nth(1).unwrap_or_default().to_owned())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // A marketplace without orders so far; one is placed a moment later.
    let market = sutler::sandbox::walmart().arrivals(60.0, 1).speed(10.0).start().await?;
    let walmart = Walmart::at(&market).pushes_by_password("sutler", "hush");
    let engine = Engine::open("memory:").channel("us", walmart).start().await?;
    engine.step().await?; // reads the lists; the next time is minutes away

    let app = Router::new().route("/hooks/{channel}", any(pushed)).with_state(engine.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let here = listener.local_addr()?;
    let server = tokio::spawn(async move { axum::serve(listener, app).await });
    println!("a forged push: {}", push(here, "guess").await?);
    println!("an authentic one: {}, once more: {}", push(here, "hush").await?, push(here, "hush").await?);
    while engine.orders().page().await?.orders.is_empty() {
        engine.step().await?;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let stored = engine.orders().page().await?.orders.len();
    println!("orders stored: {stored}, lists read: {}", engine.health().await?[0].pulls);
    server.abort();
    engine.close().await?;
    market.stop().await;
    Ok(())
}
