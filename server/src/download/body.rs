//! The answer's body for a selection of bytes: whole, one range, or `multipart/byteranges` (RFC 9110 §14.6), always with
//! a known length.

use std::fmt::Write as _;
use std::ops::Range;

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use drive::Content;
use futures::stream::{self, Stream, StreamExt, TryStreamExt};

use super::range::Selection;
use super::set;
use crate::problem::Problem;

/// The answer for this selection of the content.
///
/// # Errors
/// 416, or what the store says when the first bytes are asked for.
pub(super) async fn answer(content: &Content, selection: Selection, mime: &str) -> Result<Response, Problem> {
    match selection {
        Selection::Whole => one(content, 0..content.size, mime, StatusCode::OK).await,
        Selection::One(range) => {
            let content_range = content_range(&range, content.size);
            let mut answer = one(content, range, mime, StatusCode::PARTIAL_CONTENT).await?;
            set(answer.headers_mut(), header::CONTENT_RANGE, &content_range);
            Ok(answer)
        }
        Selection::Many(ranges) => Ok(many(content, ranges, mime)),
        Selection::Unsatisfiable => Err(unsatisfiable(content.size)),
    }
}

/// 416 for a file of so many bytes.
pub(super) fn unsatisfiable(size: u64) -> Problem {
    let detail = "the file has none of these bytes";
    let problem = Problem::protocol(StatusCode::RANGE_NOT_SATISFIABLE, "range-not-satisfiable", detail);
    match HeaderValue::from_str(&format!("bytes */{size}")) {
        Ok(size) => problem.with_header(header::CONTENT_RANGE, size),
        Err(_) => problem,
    }
}

async fn one(
    content: &Content,
    range: Range<u64>,
    mime: &str,
    status: StatusCode,
) -> Result<Response, Problem> {
    let length = range.end - range.start;
    let bytes = content.read(range).await?;
    let mut answer = (status, Body::from_stream(watched(bytes))).into_response();
    set(answer.headers_mut(), header::CONTENT_LENGTH, &length.to_string());
    set(answer.headers_mut(), header::CONTENT_TYPE, mime);
    Ok(answer)
}

fn many(content: &Content, ranges: Vec<Range<u64>>, mime: &str) -> Response {
    let boundary = data_encoding::HEXLOWER.encode(&rand::random::<[u8; 12]>());
    let plan = Plan::new(&ranges, content.size, mime, &boundary);
    let (length, closing) = (plan.length, plan.closing);
    let content = content.clone();
    // The next part is asked of the store when the one before it was sent.
    let parts = stream::iter(plan.heads.into_iter().zip(ranges)).then(move |(head, range)| {
        let content = content.clone();
        async move {
            let bytes = content.read(range).await.map_err(|error| failed(&error))?;
            let head = stream::once(async { Ok(Bytes::from(head)) });
            Ok::<_, axum::Error>(head.chain(watched(bytes)))
        }
    });
    let end = stream::once(async { Ok(Bytes::from(closing)) });
    let body = Body::from_stream(parts.try_flatten().chain(end));
    let mut answer = (StatusCode::PARTIAL_CONTENT, body).into_response();
    let kind = format!("multipart/byteranges; boundary={boundary}");
    set(answer.headers_mut(), header::CONTENT_TYPE, &kind);
    set(answer.headers_mut(), header::CONTENT_LENGTH, &length.to_string());
    answer
}

/// Counts what goes by and logs what breaks.
pub(crate) fn watched<E: Into<drive::Error> + 'static>(
    bytes: impl Stream<Item = Result<Bytes, E>> + Send + 'static,
) -> impl Stream<Item = Result<Bytes, axum::Error>> + Send + 'static {
    bytes.map(|frame| match frame {
        Ok(frame) => {
            crate::metrics::count_sent(frame.len());
            Ok(frame)
        }
        Err(error) => Err(failed(&error.into())),
    })
}

/// The head of the answer is long gone: the log and the reset are all that can be said.
fn failed(error: &drive::Error) -> axum::Error {
    crate::metrics::count_store_error(error);
    tracing::warn!(%error, "a download broke off");
    axum::Error::new(error.to_app_error())
}

fn content_range(range: &Range<u64>, size: u64) -> String {
    format!("bytes {}-{}/{size}", range.start, range.end - 1)
}

/// The text around the parts, made beforehand so that the length is known.
struct Plan {
    heads: Vec<String>,
    closing: String,
    length: u64,
}

impl Plan {
    fn new(ranges: &[Range<u64>], size: u64, mime: &str, boundary: &str) -> Self {
        let mut length = 0;
        let mut heads = Vec::with_capacity(ranges.len());
        for range in ranges {
            let mut head = String::new();
            let line_end = if heads.is_empty() { "" } else { "\r\n" };
            let content_range = content_range(range, size);
            // Writing to a String cannot fail.
            let _ = write!(
                head,
                "{line_end}--{boundary}\r\nContent-Type: {mime}\r\nContent-Range: {content_range}\r\n\r\n"
            );
            length += head.len() as u64 + (range.end - range.start);
            heads.push(head);
        }
        let closing = format!("\r\n--{boundary}--\r\n");
        length += closing.len() as u64;
        Self { heads, closing, length }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_planned_length_is_that_of_the_text() {
        let plan = Plan::new(&[0..3, 10..12], 20, "text/plain", "b");
        let body = format!("{}abc{}de{}", plan.heads[0], plan.heads[1], plan.closing);
        assert_eq!(
            body,
            "--b\r\nContent-Type: text/plain\r\nContent-Range: bytes 0-2/20\r\n\r\nabc\
             \r\n--b\r\nContent-Type: text/plain\r\nContent-Range: bytes 10-11/20\r\n\r\nde\r\n--b--\r\n"
        );
        assert_eq!(plan.length, body.len() as u64);
    }
}
