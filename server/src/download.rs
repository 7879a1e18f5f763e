//! `GET|HEAD /api/nodes/{id}/content`: the bytes of a file, all of them or ranges.
//!
//! Bytes pass from the store to the connection as they are, one frame after the other. A failure in the middle is an
//! error of the body, which resets the connection, so that a short file never looks complete.

mod body;
mod condition;
mod disposition;
mod range;

use std::ops::Range;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::{Node, is_inline_safe};
use drive::{Content, Drive, Portion};
use serde::Deserialize;

use crate::api::NodeRef;
use crate::problem::Problem;
use crate::session::Caller;
pub(crate) use body::watched;
use condition::{Validators, Verdict};
pub(crate) use disposition::{Disposition, content_disposition};
use range::Selection;

/// A page of ours that shows this file, or a person who opens it, runs nothing of it and loads nothing for it.
pub(crate) const SANDBOX: HeaderValue =
    HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; sandbox");
/// For a PDF that a browser gives to its viewer. Not `sandbox`: Chromium drops the policy of a PDF that it shows, older ones
/// and Safari show an empty page for it (ADR 19). Taken for anything else, it still runs and loads nothing; what Chromium
/// makes around a PDF itself is an object with a style.
const VIEWER: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
);
const PDF: &str = "application/pdf";
/// Kept by the browser of this person, asked for again with the tag.
pub(crate) const PRIVATE: HeaderValue = HeaderValue::from_static("private, no-cache");

/// How the file is wanted.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ContentQuery {
    /// Present (with any value): show it in the browser, if its type can do no harm there.
    inline: Option<String>,
    /// Present (with any value): the same, and a PDF is opened by the browser's own viewer.
    view: Option<String>,
}

impl ContentQuery {
    /// How it is to be shown.
    pub(crate) const fn shown(&self) -> Shown {
        match (&self.view, &self.inline) {
            (Some(_), _) => Shown::Viewed,
            (None, Some(_)) => Shown::Inline,
            (None, None) => Shown::Not,
        }
    }
}

/// How a file is to be shown in the browser, if its type can do no harm there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    /// Saved.
    Not,
    /// As a part of a page, or as one.
    Inline,
    /// As a page of its own. A PDF, too: a browser gives it to its viewer, which keeps script in it apart from every page.
    Viewed,
}

impl Shown {
    fn disposition(self, mime: &str) -> Disposition {
        let is_shown = match self {
            Self::Not => false,
            Self::Inline => is_inline_safe(mime),
            Self::Viewed => is_inline_safe(mime) || mime == PDF,
        };
        if is_shown { Disposition::Inline } else { Disposition::Attachment }
    }

    fn policy(self, mime: &str) -> HeaderValue {
        if self == Self::Viewed && mime == PDF { VIEWER } else { SANDBOX }
    }
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
    let subject =
        Subject { node: &content.node, etag: &content.etag, stored: content.stored, size: content.size };
    let wanted = Wanted { method: &method, headers: &headers, shown: query.shown(), now: drive.now() };
    let source = content.clone();
    answer(subject, wanted, |_| async move { Ok(source) }).await
}

/// What is known of a file before its bytes are opened.
pub(crate) struct Subject<'a> {
    pub(crate) node: &'a Node,
    /// Without quotes.
    pub(crate) etag: &'a str,
    /// Unix milliseconds since when the bytes are these.
    pub(crate) stored: i64,
    /// Bytes.
    pub(crate) size: u64,
}

/// How a file is wanted.
pub(crate) struct Wanted<'a> {
    pub(crate) method: &'a Method,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) shown: Shown,
    /// Unix milliseconds.
    pub(crate) now: i64,
}

/// Answers a request for a file. `open` gives the bytes, and is asked once the conditions and ranges of the request are known
/// to be met; it may refuse.
///
/// # Errors
/// 412, 416, what `open` refuses, or what the store says.
pub(crate) async fn answer<F, Opened>(
    subject: Subject<'_>,
    wanted: Wanted<'_>,
    open: F,
) -> Result<Response, Problem>
where
    F: FnOnce(Portion) -> Opened + Send,
    Opened: Future<Output = Result<Content, Problem>> + Send,
{
    let Wanted { method, headers, shown, .. } = wanted;
    let etag = format!("\"{}\"", subject.etag);
    let validators = Validators { etag: &etag, stored: subject.stored, now: wanted.now };
    let mut answer = match condition::evaluate(headers, &validators) {
        Verdict::Failed => {
            let detail = "the file is not what the request's conditions say";
            return Err(Problem::protocol(StatusCode::PRECONDITION_FAILED, "precondition-failed", detail));
        }
        Verdict::NotModified => StatusCode::NOT_MODIFIED.into_response(),
        Verdict::Proceed { ranges } => {
            let range = headers.get(header::RANGE).filter(|_| ranges).and_then(|value| value.to_str().ok());
            // §14.2: Range is defined for GET alone.
            let range = range.filter(|_| *method == Method::GET);
            let selection = range.map_or(Selection::Whole, |range| range::select(range, subject.size));
            let content = match portion(&selection, method) {
                Some(portion) => Some(open(portion).await?),
                None => None,
            };
            representation(&subject, content.as_ref(), selection, &wanted).await?
        }
    };
    let headers = answer.headers_mut();
    set(headers, header::ETAG, &etag);
    set(headers, header::LAST_MODIFIED, &httpdate::fmt_http_date(validators.last_modified()));
    headers.insert(header::CACHE_CONTROL, PRIVATE);
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    // On a 304 too: a cache puts its headers on what it has kept.
    headers.insert(header::CONTENT_SECURITY_POLICY, shown.policy(served_type(subject.node)));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    Ok(answer)
}

/// How much of the file is about to be fetched; `None` where that is refused anyway.
fn portion(selection: &Selection, method: &Method) -> Option<Portion> {
    let of = |ranges: &[Range<u64>]| {
        if ranges.iter().any(|range| range.start == 0) {
            return Portion::Beginning;
        }
        // Ranges that overlap were made one, so this is no more than the file has.
        Portion::Continuation(ranges.iter().map(|range| range.end - range.start).sum())
    };
    match selection {
        _ if *method == Method::HEAD => Some(Portion::Nothing),
        Selection::Whole => Some(Portion::Beginning),
        Selection::One(range) => Some(of(std::slice::from_ref(range))),
        Selection::Many(ranges) => Some(of(ranges)),
        Selection::Unsatisfiable => None,
    }
}

async fn representation(
    subject: &Subject<'_>,
    content: Option<&Content>,
    selection: Selection,
    wanted: &Wanted<'_>,
) -> Result<Response, Problem> {
    let mime = served_type(subject.node);
    // Without a charset browsers guess, and guess Latin for Chinese text.
    let kind = if mime == "text/plain" { "text/plain; charset=utf-8" } else { mime };
    let mut answer = match content {
        Some(content) if *wanted.method != Method::HEAD => body::answer(content, selection, kind).await?,
        None => return Err(body::unsatisfiable(subject.size)),
        Some(_) => {
            let mut answer = StatusCode::OK.into_response();
            set(answer.headers_mut(), header::CONTENT_LENGTH, &subject.size.to_string());
            set(answer.headers_mut(), header::CONTENT_TYPE, kind);
            answer
        }
    };
    let disposition = wanted.shown.disposition(mime);
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_DISPOSITION, content_disposition(disposition, &subject.node.name));
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
