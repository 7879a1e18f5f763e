//! `POST /api/uploads`: a new upload, whole, partial or final, with or without its first bytes.

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::{AppError, Field, Reason};
use drive::{Actor, NewUpload, NewUploadKind, Write};
use http_body::Body as _;
use http_body_util::BodyExt;

use super::answer::{Progress, created, with_version};
use super::header::{self, Concat};
use super::{interrupted, metadata, options, unsupported_type, write};
use crate::problem::Problem;
use crate::session::Caller;
use crate::state::AppState;

/// Makes an upload, and takes its first bytes when the request has some.
#[utoipa::path(
    post, path = "/api/uploads", tag = "uploads",
    params(
        ("Tus-Resumable" = String, Header, description = "1.0.0"),
        ("Upload-Length" = Option<u64>, Header, description = "Bytes in all"),
        ("Upload-Defer-Length" = Option<u8>, Header, description = "1 when the length comes later"),
        ("Upload-Metadata" = Option<String>, Header, description = "filename, filetype, parent, conflict, lastmodified, blake3; for parts also group, offset, total"),
        ("Upload-Concat" = Option<String>, Header, description = "partial, or final; and the URLs of its parts"),
        ("Upload-Checksum" = Option<String>, Header, description = "Of the body, when there is one"),
        ("X-HTTP-Method-Override" = Option<String>, Header, description = "OPTIONS, for clients that cannot send it"),
    ),
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream", description = "The first bytes; may be absent"),
    responses(
        (status = 201, description = "Made; a completed one says which file it became in Hayloft-Node"),
        (status = 204, description = "When OPTIONS is meant: what it answers"),
        (status = 400, description = "A header is missing or cannot be read", body = crate::problem::ProblemSchema, content_type = "application/problem+json"),
        (status = 409, description = "The name is taken, and the metadata says to fail then", body = crate::problem::ProblemSchema, content_type = "application/problem+json"),
        (status = 412, description = "Not tus 1.0.0", body = crate::problem::ProblemSchema, content_type = "application/problem+json"),
        (status = 413, description = "Larger than this server takes", body = crate::problem::ProblemSchema, content_type = "application/problem+json"),
        (status = 415, description = "A body that is not application/offset+octet-stream", body = crate::problem::ProblemSchema, content_type = "application/problem+json"),
        (status = 422, description = "The metadata, a length or a part is refused", body = crate::problem::ProblemSchema, content_type = "application/problem+json"),
        (status = 423, description = "A part is being written", body = crate::problem::ProblemSchema, content_type = "application/problem+json"),
        (status = 460, description = "The bytes do not match their checksum", body = crate::problem::ProblemSchema, content_type = "application/problem+json"),
        (status = 503, description = "Database or store cannot be reached, or the body broke off", body = crate::problem::ProblemSchema, content_type = "application/problem+json"),
        (status = 507, description = "The drive or the store is full", body = crate::problem::ProblemSchema, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn create(
    State(state): State<AppState>,
    caller: Result<Caller, Problem>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    if header::meant_method(&headers).as_deref() == Some(b"OPTIONS") {
        return options(State(state.drive)).await;
    }
    let outcome = async {
        header::require_version(&headers)?;
        let Caller(actor) = caller?;
        create_checked(&state, &actor, &headers, body).await
    };
    with_version(outcome.await)
}

async fn create_checked(
    state: &AppState,
    actor: &Actor,
    headers: &HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let kind = header::concat(headers)?;
    let length = match kind {
        Concat::Final(_) if headers.contains_key(header::UPLOAD_LENGTH) => {
            return Err(Problem::malformed(
                "a final upload is as long as its parts; leave Upload-Length out",
            ));
        }
        Concat::Final(_) => None,
        Concat::Whole | Concat::Partial => header::length_or_deferred(headers)?,
    };
    let raw_metadata = header::text(headers, &header::UPLOAD_METADATA)?.unwrap_or_default().to_owned();
    let metadata = metadata::parse(&raw_metadata)?;
    let first = first_write(&kind, headers, &body)?;
    let mut body = body;
    if length == Some(0) {
        // Complete as soon as it is made: nobody would look at the bytes.
        refuse_bytes(&mut body).await?;
        let checksum = first.as_ref().and_then(|first| first.checksum.as_ref());
        if checksum.is_some_and(|checksum| !checksum.is_of(b"")) {
            return Err(drive::Error::ChecksumMismatch.into());
        }
    }
    let kind = match kind {
        Concat::Whole => NewUploadKind::Whole,
        Concat::Partial => NewUploadKind::Partial,
        Concat::Final(parts) => {
            let raw = header::text(headers, &header::UPLOAD_CONCAT)?.unwrap_or_default().to_owned();
            NewUploadKind::Final { parts, raw }
        }
    };
    let status = state.drive.begin_upload(actor, NewUpload { kind, length, metadata, raw_metadata }).await?;
    let Some(first) = first else {
        return Ok(created(&state.settings, &status, Progress::Unsaid));
    };
    if status.node.is_some() {
        // The empty file: it was complete before its empty body was looked at.
        return Ok(created(&state.settings, &status, Progress::Said));
    }
    match write(&state.drive, actor, &status.id, first, body).await {
        Ok(status) => Ok(created(&state.settings, &status, Progress::Said)),
        Err(problem) => {
            // The client is not told where the upload is, so nobody could go on with it.
            if let Err(error) = state.drive.cancel_upload(actor, &status.id).await {
                tracing::debug!(%error, "an upload whose first bytes were refused stays until it expires");
            }
            Err(problem)
        }
    }
}

/// Holds a body to the length 0.
async fn refuse_bytes(body: &mut Body) -> Result<(), Problem> {
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| interrupted())?;
        if frame.data_ref().is_some_and(|bytes| !bytes.is_empty()) {
            return Err(AppError::invalid(Field::Length, Reason::Contradiction).into());
        }
    }
    Ok(())
}

/// The write that comes with a creation, if one does.
fn first_write(kind: &Concat, headers: &HeaderMap, body: &Body) -> Result<Option<Write>, Problem> {
    let content_length = header::content_length(headers)?;
    match (kind, header::is_bytes(headers)) {
        (Concat::Final(_), _) => Ok(None),
        (_, true) => {
            Ok(Some(Write { offset: 0, length: None, content_length, checksum: header::checksum(headers)? }))
        }
        // Without its content type a body is not bytes of the file; to ignore it would lose them silently.
        (_, false) if !body.is_end_stream() => Err(unsupported_type()),
        (_, false) => Ok(None),
    }
}
