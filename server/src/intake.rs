//! The bodies of uploads on their way in: counted, given up when a client falls silent, and drained when they are not
//! wanted.
//!
//! A server that answers while the client is still sending, and then closes, makes the client's system throw the answer
//! away (a reset). So what a handler leaves of a body is read and dropped for a while, until the client has seen the
//! refusal; only then the connection goes.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header;
use axum::middleware::Next;
use axum::response::Response;
use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use http_body_util::BodyExt;
use tokio::time::{Instant, Sleep, sleep};

/// A client that sends nothing for so long is taken for gone.
const SILENCE: Duration = Duration::from_secs(90);
/// How long a refused body is read on, and how much of it: a whole part of our own upload queue.
const DRAIN_TIME: Duration = Duration::from_secs(20);
const DRAIN_BYTES: usize = 160 << 20;

/// Wraps the request's body; for routes that take uploads.
pub(crate) async fn layer(request: Request, next: Next) -> Response {
    // A client that asks first has sent nothing yet; reading would make it begin.
    let asks = request.headers().contains_key(header::EXPECT);
    let request = request.map(|body| Body::new(Intake::new(body, asks)));
    next.run(request).await
}

struct Intake {
    inner: Option<Body>,
    asks: bool,
    deadline: Pin<Box<Sleep>>,
}

impl Intake {
    fn new(body: Body, asks: bool) -> Self {
        let inner = (!body.is_end_stream()).then_some(body);
        Self { inner, asks, deadline: Box::pin(sleep(SILENCE)) }
    }
}

impl HttpBody for Intake {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        let Some(inner) = this.inner.as_mut() else { return Poll::Ready(None) };
        this.asks = false;
        let Poll::Ready(frame) = Pin::new(inner).poll_frame(cx) else {
            ready!(this.deadline.as_mut().poll(cx));
            this.inner = None;
            return Poll::Ready(Some(Err(axum::Error::new(Silent))));
        };
        this.deadline.as_mut().reset(Instant::now() + SILENCE);
        match &frame {
            Some(Ok(frame)) => crate::metrics::count_received(frame.data_ref().map_or(0, Bytes::len)),
            Some(Err(_)) | None => this.inner = None,
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.as_ref().map_or_else(|| SizeHint::with_exact(0), HttpBody::size_hint)
    }
}

impl Drop for Intake {
    fn drop(&mut self) {
        let Some(body) = self.inner.take().filter(|body| !self.asks && !body.is_end_stream()) else { return };
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(drain(body));
        }
    }
}

/// Reads and drops what is left, within the limits. Returns the bytes that were dropped.
async fn drain(mut body: Body) -> usize {
    let mut dropped = 0;
    let reading = async {
        while dropped < DRAIN_BYTES {
            let Some(Ok(frame)) = body.frame().await else { break };
            dropped += frame.data_ref().map_or(0, Bytes::len);
        }
    };
    // Passing the deadline is one of the two ways in which this ends as planned.
    let _ = tokio::time::timeout(DRAIN_TIME, reading).await;
    dropped
}

#[derive(Debug, thiserror::Error)]
#[error("the client sent nothing for {} s", SILENCE.as_secs())]
struct Silent;

#[cfg(test)]
mod tests {
    use super::*;
    use futures::stream;

    #[tokio::test]
    async fn bytes_pass_unchanged() {
        let chunks =
            ["a", "", "bc"].map(|chunk| Ok::<_, std::io::Error>(Bytes::from_static(chunk.as_bytes())));
        let body = Body::new(Intake::new(Body::from_stream(stream::iter(chunks)), false));
        assert_eq!(body.collect().await.expect("a body").to_bytes(), "abc");
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_client_is_given_up() {
        let body = Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>());
        let mut body = Body::new(Intake::new(body, false));
        let error = body.frame().await.expect("an end").expect_err("an error");
        assert!(error.to_string().contains("nothing for 90 s"), "{error}");
        assert!(body.frame().await.is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn draining_is_bounded() {
        let endless = || stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from_static(&[0; 65536])));
        assert_eq!(drain(Body::from_stream(endless())).await, DRAIN_BYTES);
        let silent = stream::pending::<Result<Bytes, std::io::Error>>();
        assert_eq!(drain(Body::from_stream(silent)).await, 0, "time ends it");
    }

    #[tokio::test]
    async fn what_is_left_is_drained_unless_the_client_asked_first() {
        for (asks, drained) in [(false, true), (true, false)] {
            let (seen, mut polled) = tokio::sync::mpsc::unbounded_channel();
            let body = Body::from_stream(stream::unfold((0, seen), |(n, seen)| async move {
                let _ = seen.send(n);
                (n < 3).then_some((Ok::<_, std::io::Error>(Bytes::from_static(b"x")), (n + 1, seen)))
            }));
            drop(Intake::new(body, asks));
            let mut last = None;
            while let Some(n) = polled.recv().await {
                last = Some(n);
            }
            assert_eq!(last, drained.then_some(3));
        }
    }
}
