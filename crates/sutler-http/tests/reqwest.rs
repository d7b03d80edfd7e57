//! The transport over real sockets, against a server on this machine that says exactly what the test wants.
#![cfg(feature = "reqwest")]

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use std::{io::Write as _, net::SocketAddr};
use sutler_core::error::ErrorKind;
use sutler_http::{Request, Reqwest, ReqwestLimits, Response, Sent, Transport, TransportError};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// Reads one request up to the end of its body; none when the client is gone.
async fn request(socket: &mut TcpStream) -> Option<String> {
    let mut text = Vec::new();
    loop {
        let mut piece = [0; 4096];
        let read = socket.read(&mut piece).await.ok().filter(|read| *read > 0)?;
        text.extend_from_slice(&piece[..read]);
        let shown = String::from_utf8_lossy(&text);
        let Some((head, body)) = shown.split_once("\r\n\r\n") else { continue };
        let length = head
            .lines()
            .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ").map(str::to_owned));
        if body.len() >= length.map_or(0, |length| length.parse().expect("a length")) {
            return Some(shown.into_owned());
        }
    }
}

/// Serves `answers`, each over the connection it is asked on; an empty one closes it. Gives back what was asked, and over
/// how many connections.
async fn serve(listener: TcpListener, answers: Vec<Vec<u8>>) -> (Vec<String>, usize) {
    let (mut asked, mut connections) = (Vec::new(), 0);
    let mut answers = answers.into_iter().peekable();
    while answers.peek().is_some() {
        let (mut socket, _) = listener.accept().await.expect("a loopback connection");
        connections += 1;
        while answers.peek().is_some() {
            let Some(text) = request(&mut socket).await else { break };
            asked.push(text);
            let answer = answers.next().unwrap_or_default();
            if answer.is_empty() {
                break;
            }
            // A client that has read enough hangs up, which is no failure of the server.
            if socket.write_all(&answer).await.is_err() {
                break;
            }
        }
    }
    (asked, connections)
}

async fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a loopback port");
    let at = listener.local_addr().expect("bound");
    (listener, at)
}

fn get(at: SocketAddr) -> Request {
    http::Request::get(format!("http://{at}/v3/orders?name=jo")).body(Bytes::new()).expect("a plain request")
}

fn plain(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut answer =
        format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n{headers}\r\n", body.len()).into_bytes();
    answer.extend_from_slice(body);
    answer
}

/// One request, one answer, a body bound of 1,000 bytes.
async fn exchange(answer: Vec<u8>) -> Result<Response, TransportError> {
    let transport =
        Reqwest::with_limits(ReqwestLimits { body_bytes_max: 1000, ..Default::default() }).expect("TLS");
    let (listener, at) = listen().await;
    let (outcome, _) = tokio::join!(transport.send(get(at)), serve(listener, vec![answer]));
    outcome
}

#[tokio::test]
async fn an_answer_comes_back_whole_with_its_status_and_headers() {
    let answer = exchange(plain("418 Teapot", "x-left: 7\r\n", b"short and stout")).await.expect("an answer");
    assert_eq!(answer.status(), 418);
    assert_eq!(answer.headers()["x-left"], "7");
    assert_eq!(answer.body(), "short and stout");
}

#[tokio::test]
async fn a_body_in_many_pieces_is_joined() {
    let answer =
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n1\r\nf\r\n0\r\n\r\n"
            .to_vec();
    assert_eq!(exchange(answer).await.expect("an answer").body(), "abcdef");
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let answer =
        exchange(plain("302 Found", "location: http://127.0.0.1:1/\r\n", b"")).await.expect("an answer");
    assert_eq!(answer.status(), 302);
}

#[tokio::test]
async fn a_connection_is_used_again_and_a_body_arrives() {
    let transport = Reqwest::new().expect("TLS");
    let (listener, at) = listen().await;
    let two = async {
        let mut post = get(at);
        *post.method_mut() = http::Method::POST;
        *post.body_mut() = Bytes::from_static(b"{\"quantity\":1}");
        assert!(transport.send(post).await.is_ok());
        assert!(transport.send(get(at)).await.is_ok());
    };
    let answer = plain("200 OK", "", b"{}");
    let ((), (asked, connections)) = tokio::join!(two, serve(listener, vec![answer.clone(), answer]));
    assert_eq!(connections, 1);
    assert!(asked[0].starts_with("POST /v3/orders?name=jo HTTP/1.1\r\n"), "{}", asked[0]);
    assert!(asked[0].ends_with("{\"quantity\":1}"), "{}", asked[0]);
    assert!(asked[1].contains("user-agent: sutler/"), "{}", asked[1]);
}

#[tokio::test]
async fn a_refused_connection_is_surely_not_sent() {
    let (listener, at) = listen().await;
    drop(listener);
    let error = Reqwest::new().expect("TLS").send(get(at)).await.expect_err("nobody listens");
    assert_eq!((error.sent, error.kind), (Sent::No, ErrorKind::Network));
    assert!(!error.message.contains("name=jo"), "{error}");
}

#[tokio::test]
async fn a_handshake_that_fails_is_surely_not_sent() {
    let (listener, at) = listen().await;
    let mut request = get(at);
    *request.uri_mut() = format!("https://{at}/").parse().expect("a URL");
    let no_tls = async {
        let (mut socket, _) = listener.accept().await.expect("a loopback connection");
        socket.write_all(b"HTTP/1.1 400 This is no TLS\r\n\r\n").await.expect("the client waits");
    };
    let transport = Reqwest::new().expect("TLS");
    let (outcome, ()) = tokio::join!(transport.send(request), no_tls);
    let error = outcome.expect_err("the server speaks no TLS");
    assert_eq!((error.sent, error.kind), (Sent::No, ErrorKind::Network));
}

#[tokio::test]
async fn a_connection_that_breaks_after_the_request_leaves_a_doubt() {
    for cut in [&b""[..], b"HTTP/1.1 20", b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf"] {
        let (listener, at) = listen().await;
        let cut_off = async {
            let (mut socket, _) = listener.accept().await.expect("a loopback connection");
            request(&mut socket).await.expect("a request");
            socket.write_all(cut).await.expect("the client waits");
        };
        let transport = Reqwest::new().expect("TLS");
        let (outcome, ()) = tokio::join!(transport.send(get(at)), cut_off);
        let error = outcome.expect_err("it was cut off");
        assert_eq!((error.sent, error.kind), (Sent::Maybe, ErrorKind::Network), "{error}");
        assert!(!error.message.contains("name=jo"), "{error}");
    }
}

#[tokio::test]
async fn a_body_of_the_bound_is_read_and_one_byte_more_is_refused() {
    assert_eq!(
        exchange(plain("200 OK", "", &[b'x'; 1000])).await.map(|answer| answer.body().len()),
        Ok(1000)
    );
    let told = exchange(plain("200 OK", "", &[b'x'; 1001])).await.expect_err("too long");
    assert_eq!((told.sent, told.kind), (Sent::Maybe, ErrorKind::Protocol));
    let untold = {
        let mut answer = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
        for _ in 0..11 {
            answer.extend_from_slice(b"64\r\n");
            answer.extend_from_slice(&[b'x'; 100]);
            answer.extend_from_slice(b"\r\n");
        }
        answer.extend_from_slice(b"0\r\n\r\n");
        exchange(answer).await.expect_err("too long")
    };
    assert_eq!(untold, told);
}

#[tokio::test]
async fn gzip_is_undone_and_a_bomb_stops_at_the_bound() {
    let packed = |body: &[u8]| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(body).expect("in memory");
        plain("200 OK", "content-encoding: gzip\r\n", &encoder.finish().expect("in memory"))
    };
    assert_eq!(exchange(packed(b"{\"list\":[]}")).await.expect("an answer").body(), "{\"list\":[]}");
    let bomb = packed(&vec![0; 900_000]);
    assert!(bomb.len() < 1100, "what travels is under the bound: {}", bomb.len());
    let error = exchange(bomb).await.expect_err("too long");
    assert_eq!(error, TransportError::too_large(1000));
}
