//! What is seen of a request: an id, a span, a line, a count. Never a query, a cookie, a token, a body or a file's name.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use data_encoding::HEXLOWER;
use tracing::Instrument;

/// The header by which a person who reports an error names the request.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Routes that are asked every few seconds by machines are not worth a line at `info`.
const QUIET: [&str; 3] = ["/health/live", "/health/ready", "/metrics"];

/// Wraps every request. The id is ours: one that a client sends could be made to look like another line of the log.
pub(crate) async fn request(request: Request, next: Next) -> Response {
    let id = HEXLOWER.encode(&rand::random::<[u8; 8]>());
    let route = request.extensions().get::<MatchedPath>().map_or("(none)", MatchedPath::as_str).to_owned();
    let method = method_label(request.method());
    let span = tracing::info_span!("request", id, method, route);
    let start = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let (took, status) = (start.elapsed(), response.status());
    let milliseconds = took.as_secs_f64() * 1000.0;
    if QUIET.contains(&route.as_str()) {
        span.in_scope(|| tracing::debug!(status = status.as_u16(), milliseconds, "answered"));
    } else {
        span.in_scope(|| tracing::info!(status = status.as_u16(), milliseconds, "answered"));
    }
    crate::metrics::count_request(method, route, status.as_u16(), took);
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// A label of few values: the method is whatever a client writes.
fn method_label(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PATCH" => "PATCH",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}
