//! Connections: accepted up to a limit, given a deadline for the head of every request and for taking what is sent, and
//! ended in order.
//!
//! `axum::serve` does the same without deadlines, so a client that sends one letter a minute, or that asks for a file and
//! reads nothing of it, could hold a connection for ever. HTTP/1.1 only: HTTP/2 and TLS are a reverse proxy's.

mod limits;
mod places;

use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, Request};
use futures::FutureExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio_io_timeout::TimeoutStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

pub use self::limits::Limits;
use self::places::{Place, Places};

/// How long the head of a request may take, and how long a connection may be idle between two.
const HEAD_TIME: Duration = Duration::from_secs(60);
/// How long a connection that has said nothing is waited for at the end.
const FIRST_BYTE_TIME: Duration = Duration::from_secs(1);
/// Connections that are still taken at the end. More than the system lets wait for a listener of ours (1024).
const MOST_WAITING: usize = 2048;
/// Between two tries to accept when the system has no room for another connection.
const BREATH: Duration = Duration::from_millis(200);

/// Serves until the token is cancelled and the running requests have ended, or the grace period has.
pub async fn serve(listener: TcpListener, router: Router, limits: Limits, shutdown: CancellationToken) {
    let Limits { unread, grace, .. } = limits;
    let places = Places::new(limits);
    let connections = Connections { router, unread, shutdown, tasks: TaskTracker::new() };
    loop {
        let next = async {
            let room = places.room().await;
            (listener.accept().await, room)
        };
        let (accepted, room) = tokio::select! {
            next = next => next,
            () = connections.shutdown.cancelled() => break,
        };
        match accepted {
            Ok((stream, peer)) => match room.and_then(|room| places.take(room, peer.ip())) {
                Some(place) => connections.serve(stream, peer, place),
                None => tracing::debug!(%peer, "this address has all the connections that one may have"),
            },
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be accepted");
                tokio::time::sleep(BREATH).await;
            }
        }
    }
    for (stream, peer) in already_connected(listener) {
        let room = places.room().now_or_never().flatten();
        if let Some(place) = room.and_then(|room| places.take(room, peer.ip())) {
            connections.serve(stream, peer, place);
        }
    }
    connections.tasks.close();
    if tokio::time::timeout(grace, connections.tasks.wait()).await.is_err() {
        tracing::warn!("some requests did not end in time and were cut off");
    }
}

/// Stops listening, and answers whom the system has connected meanwhile. They would be reset with the listener, after a
/// proxy may have sent a part of a request that it cannot send again to another instance.
fn already_connected(listener: TcpListener) -> Vec<(TcpStream, SocketAddr)> {
    // The system's own word is needed: tokio may not have heard of them yet.
    let Ok(listener) = listener.into_std() else { return Vec::new() };
    std::iter::from_fn(|| listener.accept().ok())
        .take(MOST_WAITING)
        .filter_map(|(stream, peer)| {
            stream.set_nonblocking(true).ok()?;
            Some((TcpStream::from_std(stream).ok()?, peer))
        })
        .collect()
}

/// The connections of a listener, each in a task of its own.
struct Connections {
    router: Router,
    unread: Duration,
    shutdown: CancellationToken,
    tasks: TaskTracker,
}

impl Connections {
    /// Serves one connection, which keeps its place until it ends.
    fn serve(&self, stream: TcpStream, peer: SocketAddr, place: Place) {
        // Answers are written whole; waiting for more to send would only delay them.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY was refused");
        }
        let (router, unread, shutdown) = (self.router.clone(), self.unread, self.shutdown.clone());
        self.tasks.spawn(async move {
            if has_something_to_say(&stream, &shutdown).await {
                connection(stream, peer, unread, router, &shutdown).await;
            }
            drop(place);
        });
    }
}

/// Waits for the first byte of a connection. hyper closes one that has said nothing as soon as it is told to end, also when a
/// request is on its way; so whoever has just connected is given a moment.
async fn has_something_to_say(stream: &TcpStream, shutdown: &CancellationToken) -> bool {
    let ended = async {
        shutdown.cancelled().await;
        tokio::time::sleep(FIRST_BYTE_TIME).await;
    };
    tokio::select! {
        readable = tokio::time::timeout(HEAD_TIME, stream.readable()) => matches!(readable, Ok(Ok(()))),
        () = ended => false,
    }
}

/// One request after another, until the client has enough or `shutdown` wants the connection to end with the one that runs.
async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    unread: Duration,
    router: Router,
    shutdown: &CancellationToken,
) {
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
    let mut connection = pin!(connection);
    let outcome = tokio::select! {
        // In this order: what has arrived is read before anybody is told to end.
        biased;
        outcome = connection.as_mut() => outcome,
        () = shutdown.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    // Clients that go away and bodies that break off on purpose end here.
    if let Err(error) = outcome {
        tracing::debug!(%error, "a connection ended early");
    }
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
    async fn whoever_is_connected_when_the_end_comes_is_answered() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let mut waiting = Vec::new();
        for _ in 0..20 {
            let mut stream = TcpStream::connect(address).await.expect("the system accepts it for us");
            send(&mut stream, "a").await;
            waiting.push(stream);
        }
        let shutdown = CancellationToken::new();
        shutdown.cancel();
        let router = Router::new().fallback(|| async { "!" });
        let end = tokio::spawn(serve(listener, router, Limits::default(), shutdown));
        for stream in &mut waiting {
            answer(stream).await;
        }
        end.await.expect("an end, with none of the connections kept");
        assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
    }

    #[tokio::test]
    async fn requests_go_on_after_the_signal_for_as_long_as_they_are_given() {
        for (grace, ends_well) in [(Duration::from_secs(60), true), (Duration::from_millis(1), false)] {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let address = listener.local_addr().expect("an address");
            let (asked, mut begun) = tokio::sync::mpsc::unbounded_channel::<()>();
            let (allowed, may_end) = tokio::sync::watch::channel(false);
            let router = Router::new().fallback(move || {
                let (asked, mut may_end) = (asked.clone(), may_end.clone());
                async move {
                    let _ = asked.send(());
                    let _ = may_end.wait_for(|may| *may).await;
                    "!"
                }
            });
            let shutdown = CancellationToken::new();
            let limits = Limits { grace, ..Limits::default() };
            let end = tokio::spawn(serve(listener, router, limits, shutdown.clone()));
            let mut stream = TcpStream::connect(address).await.expect("a connection");
            send(&mut stream, "a").await;
            begun.recv().await.expect("the request is under way");
            shutdown.cancel();
            if ends_well {
                allowed.send(true).expect("somebody waits");
                answer(&mut stream).await;
            }
            end.await.expect("an end");
        }
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
