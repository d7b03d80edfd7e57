//! Delivers what a marketplace says unasked: plain HTTP/1.1 to the address its settings name.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Request, Response, Uri, header};
use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// How long one delivery may take on the wall, from connecting to the answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often a delivery is tried before it counts as lost, as pushes are.
const TRIES: usize = 3;

/// Why a push was not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotTaken {
    #[error("{0}: no plain http:// address with a host")]
    Address(Uri),
    #[error("no answer within {} seconds", PATIENCE.as_secs())]
    Slow,
    #[error(transparent)]
    Connect(#[from] std::io::Error),
    #[error(transparent)]
    Http(#[from] hyper::Error),
    #[error("answered with {0}")]
    Status(u16),
}

/// Delivers one push, trying a few times; returns the answer that took it.
pub(crate) async fn deliver(request: &Request<Bytes>) -> Result<Response<Bytes>, NotTaken> {
    let mut tried = Err(NotTaken::Slow);
    for _ in 0..TRIES {
        tried = match tokio::time::timeout(PATIENCE, once(request)).await {
            Ok(Err(NotTaken::Address(uri))) => return Err(NotTaken::Address(uri)),
            Ok(done) => done,
            Err(_) => Err(NotTaken::Slow),
        };
        if tried.is_ok() {
            break;
        }
    }
    tried
}

async fn once(request: &Request<Bytes>) -> Result<Response<Bytes>, NotTaken> {
    let uri = request.uri();
    let refuse = || NotTaken::Address(uri.clone());
    let authority = uri.authority().filter(|_| uri.scheme_str() == Some("http")).ok_or_else(refuse)?;
    let host = authority.host().trim_start_matches('[').trim_end_matches(']');
    let stream = TcpStream::connect((host, authority.port_u16().unwrap_or(80))).await?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let target = uri.path_and_query().map_or("/", |path| path.as_str());
    let mut sent = request.clone().map(Full::new);
    *sent.uri_mut() = target.parse().map_err(|_| refuse())?;
    if let Ok(host) = HeaderValue::from_str(authority.as_str()) {
        sent.headers_mut().insert(header::HOST, host);
    }
    let asked = async {
        let answer = sender.send_request(sent).await?;
        let status = answer.status();
        let (head, body) = answer.into_parts();
        // Read to its end, so that the other side sees a client that was interested.
        let body = body.collect().await?.to_bytes();
        if status.is_success() {
            Ok(Response::from_parts(head, body))
        } else {
            Err(NotTaken::Status(status.as_u16()))
        }
    };
    tokio::pin!(asked);
    // The connection has to be driven for the answer to come; when it ends first, what came over it says the rest.
    tokio::select! {
        biased;
        answered = &mut asked => return answered,
        _ = connection => {}
    }
    asked.await
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    fn push(uri: &str) -> Request<Bytes> {
        let built = Request::post(uri).header("x-kind", "order").body(Bytes::from_static(b"{\"a\":1}"));
        built.unwrap_or_default()
    }

    #[tokio::test]
    async fn a_push_is_tried_until_it_is_taken() -> Result<(), Box<dyn std::error::Error>> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let uri = format!("http://{}/queue?x=1", listener.local_addr()?);
        let server = tokio::spawn(async move {
            let mut heard = String::new();
            for status in ["500 Busy", "200 OK"] {
                let Ok((mut stream, _)) = listener.accept().await else { break };
                let mut bytes = vec![0; 4096];
                let mut read = 0;
                while !bytes[..read].ends_with(b"{\"a\":1}") {
                    read += stream.read(&mut bytes[read..]).await.unwrap_or(0);
                }
                heard = String::from_utf8_lossy(&bytes[..read]).into_owned();
                let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 2\r\n\r\nok");
                let _ = stream.write_all(answer.as_bytes()).await;
            }
            heard
        });
        deliver(&push(&uri)).await?;
        let heard = server.await?;
        assert!(
            heard.starts_with("POST /queue?x=1 HTTP/1.1\r\n") && heard.contains("x-kind: order"),
            "{heard}"
        );
        Ok(())
    }

    #[tokio::test]
    async fn an_address_that_is_none_is_named() {
        let refused = deliver(&push("https://sqs.us-east-1.amazonaws.com/1/q")).await;
        assert!(matches!(refused, Err(NotTaken::Address(_))), "{refused:?}");
    }
}
