//! What tus answers: the headers that tell a client where an upload stands.

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::UploadKind;
use drive::UploadStatus;

use super::header as tus;
use crate::problem::Problem;
use crate::state::Settings;

/// Whether a creation took bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// It did; `Upload-Offset` tells how many.
    Said,
    /// It did not.
    Unsaid,
}

/// Every answer but that to OPTIONS names the version, refusals too.
pub(super) fn with_version(outcome: Result<Response, Problem>) -> Response {
    let mut answer = outcome.unwrap_or_else(IntoResponse::into_response);
    answer.headers_mut().insert(tus::TUS_RESUMABLE, tus::VERSION);
    answer
}

/// 201 with the upload's place.
pub(super) fn created(settings: &Settings, status: &UploadStatus, said: Progress) -> Response {
    let path = format!("/api/uploads/{}", status.id);
    let location = match &settings.public_url {
        Some(url) => format!("{}{path}", url.as_str().trim_end_matches('/')),
        None => path,
    };
    let mut answer = StatusCode::CREATED.into_response();
    let headers = answer.headers_mut();
    set(headers, header::LOCATION, &location);
    if said == Progress::Said {
        headers.insert(tus::UPLOAD_OFFSET, status.offset.into());
    }
    expires(headers, status);
    node(headers, status);
    answer
}

/// 204 after bytes.
pub(super) fn progress(status: &UploadStatus) -> Response {
    let mut answer = StatusCode::NO_CONTENT.into_response();
    let headers = answer.headers_mut();
    headers.insert(tus::UPLOAD_OFFSET, status.offset.into());
    expires(headers, status);
    node(headers, status);
    answer
}

/// 200 to HEAD.
pub(super) fn standing(status: &UploadStatus) -> Response {
    let mut answer = StatusCode::OK.into_response();
    let headers = answer.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // "The response MUST NOT contain the Upload-Offset header" of a final upload whose concatenation is not done.
    if status.kind != UploadKind::Final || status.node.is_some() {
        headers.insert(tus::UPLOAD_OFFSET, status.offset.into());
    }
    match status.length {
        Some(length) => headers.insert(tus::UPLOAD_LENGTH, length.into()),
        None => headers.insert(tus::UPLOAD_DEFER_LENGTH, HeaderValue::from_static("1")),
    };
    if !status.raw_metadata.is_empty() {
        set(headers, tus::UPLOAD_METADATA, &status.raw_metadata);
    }
    match status.kind {
        UploadKind::Whole => {}
        UploadKind::Partial => set(headers, tus::UPLOAD_CONCAT, "partial"),
        UploadKind::Final => {
            let value = status.raw_parts.clone().unwrap_or_else(|| tus::final_of(&status.parts));
            set(headers, tus::UPLOAD_CONCAT, &value);
        }
    }
    expires(headers, status);
    node(headers, status);
    answer
}

/// 204 to OPTIONS.
pub(super) fn abilities(max_size: u64) -> Response {
    let mut answer = StatusCode::NO_CONTENT.into_response();
    let headers = answer.headers_mut();
    headers.insert(tus::TUS_RESUMABLE, tus::VERSION);
    headers.insert(tus::TUS_VERSION, tus::VERSION);
    headers.insert(tus::TUS_EXTENSION, tus::EXTENSIONS);
    headers.insert(tus::TUS_MAX_SIZE, max_size.into());
    headers.insert(tus::TUS_CHECKSUM_ALGORITHM, tus::CHECKSUM_ALGORITHMS);
    answer
}

fn expires(headers: &mut HeaderMap, status: &UploadStatus) {
    if let Some(value) = status.expires.and_then(tus::expires) {
        headers.insert(tus::UPLOAD_EXPIRES, value);
    }
}

fn node(headers: &mut HeaderMap, status: &UploadStatus) {
    if let Some(node) = &status.node {
        set(headers, tus::HAYLOFT_NODE, node.as_str());
    }
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}
