//! The bodies of forms and JSON: read before anything else happens, within a limit of size and of time. So a client that
//! sends a letter a minute holds a connection for a while, and nothing else of ours.
//!
//! The time is that of the client alone: what the handler does with a body that is there, takes as long as it takes.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http_body::Body as _;
use http_body_util::LengthLimitError;

use crate::problem::Problem;

/// Forms and JSON are small; what is large has a route without this limit.
const BYTES: usize = 64 * 1024;

/// How long such a body may take. Half a minute for 64 KiB is 17 kbit/s.
const TIME: Duration = Duration::from_secs(30);

/// Reads the request's body, or answers 413 or 408.
pub(crate) async fn layer(request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    match read(body).await {
        Ok(body) => next.run(Request::from_parts(head, body)).await,
        Err(problem) => problem.into_response(),
    }
}

async fn read(body: Body) -> Result<Body, Problem> {
    if body.is_end_stream() {
        return Ok(body);
    }
    // What says how long it is need not be read to be refused.
    if body.size_hint().lower() > BYTES as u64 {
        return Err(too_large());
    }
    match tokio::time::timeout(TIME, to_bytes(body, BYTES)).await {
        Ok(Ok(bytes)) => Ok(Body::from(bytes)),
        Ok(Err(error)) if is_too_large(&error) => Err(too_large()),
        // Nobody is left to read this.
        Ok(Err(_)) => Err(Problem::malformed("the body broke off")),
        Err(_) => {
            let detail = "the body of the request took too long";
            Err(Problem::protocol(StatusCode::REQUEST_TIMEOUT, "request-timeout", detail))
        }
    }
}

fn is_too_large(error: &axum::Error) -> bool {
    std::error::Error::source(error).is_some_and(|cause| cause.is::<LengthLimitError>())
}

fn too_large() -> Problem {
    Problem::protocol(StatusCode::PAYLOAD_TOO_LARGE, "body-too-large", "the body is larger than 64 KiB")
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::middleware::from_fn;
    use axum::routing::post;
    use bytes::Bytes;
    use futures::stream::{self, StreamExt};
    use tower::ServiceExt;

    async fn status(body: Body) -> u16 {
        let router = Router::new().route("/", post(|body: Bytes| async { body })).layer(from_fn(layer));
        let request = Request::post("/").body(body).expect("a request");
        router.oneshot(request).await.expect("infallible").status().as_u16()
    }

    fn chunk(length: usize) -> Result<Bytes, std::io::Error> {
        Ok(Bytes::from(vec![b'x'; length]))
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_late_large_or_cut_off_reaches_no_handler() {
        assert_eq!(status(Body::from("login=lin")).await, 200);
        assert_eq!(status(Body::empty()).await, 200);
        let slow = stream::iter([chunk(5)]).chain(stream::pending());
        assert_eq!(status(Body::from_stream(slow)).await, 408);
        let drops = stream::repeat_with(|| chunk(1)).then(|chunk| async {
            tokio::time::sleep(Duration::from_secs(10)).await;
            chunk
        });
        assert_eq!(status(Body::from_stream(drops)).await, 408, "a drop now and then buys no time");
        assert_eq!(status(Body::from(vec![b'x'; BYTES])).await, 200);
        assert_eq!(status(Body::from(vec![b'x'; BYTES + 1])).await, 413);
        assert_eq!(status(Body::from_stream(stream::repeat_with(|| chunk(1000)))).await, 413);
        let broken = stream::iter([chunk(5), Err(std::io::Error::other("reset"))]);
        assert_eq!(status(Body::from_stream(broken)).await, 400);
    }
}
