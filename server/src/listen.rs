//! Connections: accepted up to a limit, given a deadline for the head of every request and for taking what is sent, and
//! ended in order.
//!
//! `axum::serve` does the same without deadlines, so a client that sends one letter a minute, or that asks for a file and
//! reads nothing of it, could hold a connection for ever. HTTP/1.1 only: HTTP/2 and TLS are a reverse proxy's.

mod limits;
mod places;

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio_io_timeout::TimeoutStream;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

pub use self::limits::Limits;
use self::places::{Place, Places};

/// How long the head of a request may take, and how long a connection may be idle between two.
const HEAD_TIME: Duration = Duration::from_secs(60);
/// How long requests may go on after the signal to end. What an upload sent until then is kept in any case.
const GRACE: Duration = Duration::from_secs(20);
/// Between two tries to accept when the system has no room for another connection.
const BREATH: Duration = Duration::from_millis(200);

/// Serves until the token is cancelled and the running requests have ended, or the grace period has.
pub async fn serve(listener: TcpListener, router: Router, limits: Limits, shutdown: CancellationToken) {
    let graceful = GracefulShutdown::new();
    let unread = limits.unread;
    let places = Places::new(limits);
    loop {
        let next = async {
            let room = places.room().await;
            (listener.accept().await, room)
        };
        let (accepted, room) = tokio::select! {
            next = next => next,
            () = shutdown.cancelled() => break,
        };
        match accepted {
            Ok((stream, peer)) => match room.and_then(|room| places.take(room, peer.ip())) {
                Some(place) => connection(stream, peer, place, unread, router.clone(), &graceful),
                None => tracing::debug!(%peer, "this address has all the connections that one may have"),
            },
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be accepted");
                tokio::time::sleep(BREATH).await;
            }
        }
    }
    drop(listener);
    if tokio::time::timeout(GRACE, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not end in time and were cut off");
    }
}

/// Serves one connection, which keeps its place until it ends.
fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    place: Place,
    unread: Duration,
    router: Router,
    graceful: &GracefulShutdown,
) {
    // Answers are written whole; waiting for more to send would only delay them.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY was refused");
    }
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(unread));
    let service = router.into_service::<Incoming>().map_request(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        request
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .serve_connection(TokioIo::new(Box::pin(stream)), TowerToHyperService::new(service));
    let connection = graceful.watch(connection);
    tokio::spawn(async move {
        // Clients that go away and bodies that break off on purpose end here.
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection ended early");
        }
        drop(place);
    });
}

/// The client went away before it was accepted; the listener is well.
fn is_of_one_connection(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    use axum::body::Body;
    use futures::stream;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    /// Asks for this path and reads the answer, whose body is the path's letter.
    async fn ask(stream: &mut TcpStream, path: &str) {
        send(stream, path).await;
        answer(stream).await;
    }

    async fn send(stream: &mut TcpStream, path: &str) {
        let request = format!("GET /{path} HTTP/1.1\r\nHost: x\r\n\r\n");
        stream.write_all(request.as_bytes()).await.expect("sent");
    }

    async fn answer(stream: &mut TcpStream) {
        let mut read = Vec::new();
        while !read.ends_with(b"\r\n\r\n!") {
            read.push(stream.read_u8().await.expect("an answer"));
        }
    }

    #[tokio::test]
    async fn whoever_finds_no_room_waits_until_somebody_leaves() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        let router = Router::new().fallback(move |request: Request| {
            log.lock().expect("the log").push(request.uri().path().to_owned());
            async { "!" }
        });
        let limits = Limits { connections: 1, ..Limits::default() };
        tokio::spawn(serve(listener, router, limits, CancellationToken::new()));
        let mut first = TcpStream::connect(address).await.expect("a connection");
        ask(&mut first, "a").await;
        let mut second = TcpStream::connect(address).await.expect("the system accepts it for us");
        send(&mut second, "b").await;
        for _ in 0..100 {
            ask(&mut first, "a").await;
        }
        assert!(seen.lock().expect("the log").iter().all(|path| path == "/a"));
        drop(first);
        answer(&mut second).await;
    }

    #[tokio::test]
    async fn whoever_reads_nothing_of_an_answer_loses_the_place() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let router = Router::new().fallback(|request: Request| async move {
            if request.uri().path() == "/endless" {
                let chunks = stream::repeat_with(|| Ok::<_, std::io::Error>(vec![0_u8; 65_536]));
                return Body::from_stream(chunks);
            }
            Body::from("!")
        });
        let limits = Limits { connections: 1, unread: Duration::from_millis(50), ..Limits::default() };
        tokio::spawn(serve(listener, router, limits, CancellationToken::new()));
        let mut idle = TcpStream::connect(address).await.expect("a connection");
        send(&mut idle, "endless").await;
        idle.read_u8().await.expect("the answer has begun");
        let mut next = TcpStream::connect(address).await.expect("the system accepts it for us");
        send(&mut next, "a").await;
        answer(&mut next).await;
    }
}
