//! Pushes, mounted in axum: a marketplace tells of an order the moment it is placed, and it is read before the next pull.
//!
//! Here the local eBay pushes to a route of its own; Walmart's webhooks are handed over in the same way. Amazon pushes into an
//! SQS queue, which the engine empties by itself (feature `sqs`).

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, Method, StatusCode, Uri, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::any,
};
use std::time::Duration;
use sutler::{Ebay, Engine, push::PushRequest};
use tokio::net::TcpListener;

/// Given to the marketplace with the endpoint, when it is registered there.
const TOKEN: &str = "a-verification-token-of-32-to-80-letters";

/// Hands over what came, byte for byte, and answers what the engine answers: 2xx only once it is durable.
async fn pushed(
    State(engine): State<Engine>,
    Path(channel): Path<String>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let text = |value: &axum::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let request = PushRequest {
        method: method.to_string(),
        target: uri.to_string(),
        headers: headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
        body,
    };
    match engine.handle_push(channel, &request).await {
        Ok(reply) => {
            let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let content_type = reply.content_type.unwrap_or("text/plain");
            (status, [(CONTENT_TYPE, content_type)], reply.body).into_response()
        }
        Err(error) => {
            eprintln!("{error}");
            // Anything but a 2xx, and it comes again.
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let endpoint = format!("http://{}/hooks/ebay", listener.local_addr()?);
    // A marketplace without orders so far; three arrive, six a minute, and each is told of.
    let market = sutler::sandbox::ebay()
        .arrivals(6.0, 3)
        .speed(10.0)
        .notification_endpoint(&endpoint, TOKEN)
        .start()
        .await?;
    let ebay = Ebay::at(&market).notifications(&endpoint, TOKEN);
    let engine = Engine::open("memory:").channel("ebay", ebay).start().await?;
    let app = Router::new().route("/hooks/{channel}", any(pushed)).with_state(engine.clone());
    let server = tokio::spawn(async move { axum::serve(listener, app).await });
    let running = tokio::spawn({
        let engine = engine.clone();
        async move { engine.run().await }
    });
    while engine.totals().await?.phases.iter().map(|(_, _, orders)| orders).sum::<u64>() < 3 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    println!("orders stored: 3, lists read: {}", engine.health().await?[0].pulls);
    engine.stop();
    running.await??;
    server.abort();
    market.stop().await;
    Ok(())
}
