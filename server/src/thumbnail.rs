//! `GET|HEAD /api/nodes/{id}/thumbnail`: the small picture of a file, if there is one.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use drive::{Drive, Thumbnail};

use crate::api::NodeRef;
use crate::download::{PRIVATE, SANDBOX};
use crate::problem::{Problem, ProblemSchema};
use crate::session::Caller;

/// A small picture of a file.
///
/// At most 320 pixels wide and high, made some seconds after the upload. `thumbnail` of the node says whether it is there.
#[utoipa::path(
    method(get, head), path = "/api/nodes/{id}/thumbnail", tag = "files", params(NodeRef),
    responses(
        (status = 200, description = "A JPEG or PNG", content_type = "image/jpeg"),
        (status = 304, description = "Unchanged"),
        (status = 404, description = "No such file, or there is no picture of it", body = ProblemSchema, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn thumbnail(
    State(drive): State<Drive>,
    Caller(actor): Caller,
    node: NodeRef,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    Ok(answer(drive.thumbnail(&actor, &node.of(&actor)?).await?, &headers))
}

/// The answer with the picture, or that it is the one that the browser has.
pub(crate) fn answer(thumbnail: Thumbnail, headers: &HeaderMap) -> Response {
    let etag = format!("\"{}\"", thumbnail.etag);
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let is_known =
        known.flat_map(|value| value.split(',')).any(|tag| tag.trim().trim_start_matches("W/") == etag);
    let mut answer =
        if is_known { StatusCode::NOT_MODIFIED.into_response() } else { thumbnail.bytes.into_response() };
    let headers = answer.headers_mut();
    if let (false, Ok(mime)) = (is_known, HeaderValue::from_str(&thumbnail.mime)) {
        headers.insert(header::CONTENT_TYPE, mime);
    }
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        headers.insert(header::ETAG, etag);
    }
    headers.insert(header::CACHE_CONTROL, PRIVATE);
    headers.insert(header::CONTENT_SECURITY_POLICY, SANDBOX);
    answer
}
