//! `GET|HEAD /api/nodes/{id}/content`: the bytes of a file, all of them or ranges.
//!
//! Bytes pass from the store to the connection as they are, one frame after the other. A failure in the middle is an
//! error of the body, which resets the connection, so that a short file never looks complete.

mod body;
mod condition;
mod disposition;
mod range;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::{Node, is_inline_safe};
use drive::{Content, Drive};
use serde::Deserialize;

use crate::api::NodeRef;
use crate::problem::Problem;
use crate::session::Caller;
use condition::{Validators, Verdict};
use disposition::{Disposition, content_disposition};
use range::Selection;

/// A page of ours that shows this file, or a person who opens it, runs nothing of it and loads nothing for it.
const SANDBOX: HeaderValue =
    HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; sandbox");
/// Kept by the browser of this person, asked for again with the tag.
const PRIVATE: HeaderValue = HeaderValue::from_static("private, no-cache");

/// How the file is wanted.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ContentQuery {
    /// Present (with any value): show it in the browser, if its type can do no harm there.
    inline: Option<String>,
}

/// The bytes of a file.
///
/// Conditional requests, one range and several ranges as in RFC 9110.
#[utoipa::path(
    method(get, head), path = "/api/nodes/{id}/content", tag = "files",
    params(NodeRef, ContentQuery),
    responses(
        (status = 200, description = "The whole file", content_type = "application/octet-stream"),
        (status = 206, description = "The ranges asked for"),
        (status = 304, description = "Unchanged"),
        (status = 400, description = "The query cannot be read", body = crate::problem::ProblemSchema, content_type = "application/problem+json"),
        (status = 404, description = "No such file", body = crate::problem::ProblemSchema, content_type = "application/problem+json"),
        (status = 412, description = "It changed", body = crate::problem::ProblemSchema, content_type = "application/problem+json"),
        (status = 416, description = "No such bytes; Content-Range says how many there are", body = crate::problem::ProblemSchema, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn content(
    State(drive): State<Drive>,
    Caller(actor): Caller,
    node: NodeRef,
    query: Result<Query<ContentQuery>, QueryRejection>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Query(query) = query.map_err(|_| Problem::malformed("the query cannot be read"))?;
    let content = drive.open_content(&actor, &node.of(&actor)?).await?;
    let etag = format!("\"{}\"", content.etag);
    let validators = Validators { etag: &etag, stored: content.stored, now: drive.now() };
    let mut answer = match condition::evaluate(&headers, &validators) {
        Verdict::Failed => {
            let detail = "the file is not what the request's conditions say";
            return Err(Problem::protocol(StatusCode::PRECONDITION_FAILED, "precondition-failed", detail));
        }
        Verdict::NotModified => StatusCode::NOT_MODIFIED.into_response(),
        Verdict::Proceed { ranges } => {
            let range = headers.get(header::RANGE).filter(|_| ranges).and_then(|value| value.to_str().ok());
            // §14.2: Range is defined for GET alone.
            let range = range.filter(|_| method == Method::GET);
            let selection = range.map_or(Selection::Whole, |range| range::select(range, content.size));
            representation(&content, selection, &method, query.inline.is_some()).await?
        }
    };
    let headers = answer.headers_mut();
    set(headers, header::ETAG, &etag);
    set(headers, header::LAST_MODIFIED, &httpdate::fmt_http_date(validators.last_modified()));
    headers.insert(header::CACHE_CONTROL, PRIVATE);
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    // On a 304 too: a cache puts its headers on what it has kept.
    headers.insert(header::CONTENT_SECURITY_POLICY, SANDBOX);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    Ok(answer)
}

async fn representation(
    content: &Content,
    selection: Selection,
    method: &Method,
    inline: bool,
) -> Result<Response, Problem> {
    let mime = served_type(&content.node);
    // Without a charset browsers guess, and guess Latin for Chinese text.
    let kind = if mime == "text/plain" { "text/plain; charset=utf-8" } else { mime };
    let mut answer = if *method == Method::HEAD {
        let mut answer = StatusCode::OK.into_response();
        set(answer.headers_mut(), header::CONTENT_LENGTH, &content.size.to_string());
        set(answer.headers_mut(), header::CONTENT_TYPE, kind);
        answer
    } else {
        body::answer(content, selection, kind).await?
    };
    let disposition =
        if inline && is_inline_safe(mime) { Disposition::Inline } else { Disposition::Attachment };
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_DISPOSITION, content_disposition(disposition, &content.node.name));
    Ok(answer)
}

/// The media type that is sent. What a `<script>` or `<link>` of a page could run is sent as plain bytes, so that an
/// upload is never a script of our origin, whatever a page is made to contain.
fn served_type(node: &Node) -> &str {
    match node.mime.as_deref() {
        Some(mime) if !mime.contains("script") && !mime.contains("wasm") && mime != "text/css" => mime,
        _ => "application/octet-stream",
    }
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}
