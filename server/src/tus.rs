//! Uploads: tus 1.0.0 at `/api/uploads`, with creation (with upload, with deferred length), checksum, expiration,
//! termination and concatenation.
//!
//! Translates headers to the drive's words and back; what an upload is, and where its bytes go, the drive knows.

mod answer;
pub(crate) mod create;
mod header;
mod metadata;

use std::time::Instant;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{CONNECTION, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use domain::{AppError, UploadId};
use drive::{Actor, Drive, UploadStatus, Write};
use futures::{Stream, StreamExt};

use crate::metrics::RunningUpload;
use crate::problem::Problem;
use crate::session::Caller;
use crate::state::AppState;
use answer::{progress, standing, with_version};

/// Takes bytes.
#[utoipa::path(
    patch, path = "/api/uploads/{id}", tag = "uploads",
    params(
        ("id" = String, Path, description = "The upload"),
        ("Tus-Resumable" = String, Header, description = "1.0.0"),
        ("Upload-Offset" = u64, Header, description = "Where the body begins; has to be where the upload stands"),
        ("Upload-Length" = Option<u64>, Header, description = "Bytes in all, when that was deferred"),
        ("Upload-Checksum" = Option<String>, Header, description = "Algorithm and base64 digest of the body"),
    ),
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream"),
    responses(
        (status = 204, description = "Taken; Upload-Offset says how far, Hayloft-Node which file it became"),
        (status = 403, description = "A final upload takes no bytes", body = crate::problem::ProblemSchema, content_type = "application/problem+json"),
        (status = 404, description = "No such upload", body = crate::problem::ProblemSchema, content_type = "application/problem+json"),
        (status = 409, description = "The upload stands elsewhere", body = crate::problem::ProblemSchema, content_type = "application/problem+json"),
        (status = 410, description = "The upload expired", body = crate::problem::ProblemSchema, content_type = "application/problem+json"),
        (status = 415, description = "Not application/offset+octet-stream", body = crate::problem::ProblemSchema, content_type = "application/problem+json"),
        (status = 460, description = "The bytes do not match their checksum", body = crate::problem::ProblemSchema, content_type = "application/problem+json"),
        (status = 503, description = "The store is unreachable, or the body broke off; what arrived is kept", body = crate::problem::ProblemSchema, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn patch(
    State(state): State<AppState>,
    caller: Result<Caller, Problem>,
    id: Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let outcome = async {
        header::require_version(&headers)?;
        let Caller(actor) = caller?;
        let id = upload_id(&id)?;
        if !header::is_bytes(&headers) {
            return Err(unsupported_type());
        }
        let first = Write {
            offset: header::offset(&headers)?,
            length: header::length(&headers)?,
            content_length: header::content_length(&headers)?,
            checksum: header::checksum(&headers)?,
        };
        let status = write(&state.drive, &actor, &id, first, body).await?;
        Ok(progress(&status))
    };
    with_version(outcome.await)
}

/// How far an upload is.
#[utoipa::path(
    head, path = "/api/uploads/{id}", tag = "uploads",
    params(
        ("id" = String, Path, description = "The upload"),
        ("Tus-Resumable" = String, Header, description = "1.0.0"),
    ),
    responses(
        (status = 200, description = "Upload-Offset, Upload-Length or Upload-Defer-Length, Upload-Metadata, Upload-Concat, Upload-Expires"),
        (status = 404, description = "No such upload"),
        (status = 410, description = "The upload expired"),
    ),
)]
pub(crate) async fn head(
    State(drive): State<Drive>,
    caller: Result<Caller, Problem>,
    id: Path<String>,
    headers: HeaderMap,
) -> Response {
    let outcome = async {
        header::require_version(&headers)?;
        let Caller(actor) = caller?;
        Ok(standing(&drive.inspect_upload(&actor, &upload_id(&id)?).await?))
    };
    with_version(outcome.await)
}

/// Gives an upload up.
#[utoipa::path(
    delete, path = "/api/uploads/{id}", tag = "uploads",
    params(
        ("id" = String, Path, description = "The upload"),
        ("Tus-Resumable" = String, Header, description = "1.0.0"),
    ),
    responses(
        (status = 204, description = "Gone"),
        (status = 404, description = "No such upload", body = crate::problem::ProblemSchema, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn terminate(
    State(drive): State<Drive>,
    caller: Result<Caller, Problem>,
    id: Path<String>,
    headers: HeaderMap,
) -> Response {
    let outcome = async {
        header::require_version(&headers)?;
        let Caller(actor) = caller?;
        drive.cancel_upload(&actor, &upload_id(&id)?).await?;
        Ok(StatusCode::NO_CONTENT.into_response())
    };
    with_version(outcome.await)
}

/// PATCH, HEAD or DELETE for clients that can send only POST, by `X-HTTP-Method-Override`.
#[utoipa::path(
    post, path = "/api/uploads/{id}", tag = "uploads",
    params(
        ("id" = String, Path, description = "The upload"),
        ("X-HTTP-Method-Override" = String, Header, description = "PATCH, HEAD or DELETE"),
    ),
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream"),
    responses((status = 204, description = "As the method that is meant"), (status = 405, description = "No method is named")),
)]
pub(crate) async fn overridden(
    state: State<AppState>,
    caller: Result<Caller, Problem>,
    id: Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let method = headers.get(header::METHOD_OVERRIDE).map(|value| value.as_bytes().to_ascii_uppercase());
    let drive = State(state.drive.clone());
    match method.as_deref() {
        Some(b"PATCH") => patch(state, caller, id, headers, body).await,
        Some(b"DELETE") => terminate(drive, caller, id, headers).await,
        Some(b"HEAD") => head(drive, caller, id, headers).await,
        _ => with_version(Err(Problem::protocol(
            StatusCode::METHOD_NOT_ALLOWED,
            "method-not-allowed",
            "POST here needs X-HTTP-Method-Override: PATCH, HEAD or DELETE",
        ))),
    }
}

/// What the server can do.
#[utoipa::path(
    options, path = "/api/uploads", tag = "uploads",
    responses((status = 204, description = "Tus-Version, Tus-Extension, Tus-Max-Size, Tus-Checksum-Algorithm")),
)]
pub(crate) async fn options(State(drive): State<Drive>) -> Response {
    answer::abilities(drive.config().max_file_size)
}

/// What the server can do, asked at an upload.
#[utoipa::path(
    options, path = "/api/uploads/{id}", tag = "uploads",
    params(("id" = String, Path, description = "The upload")),
    responses((status = 204, description = "As for the collection")),
)]
pub(crate) async fn options_of_one(State(drive): State<Drive>) -> Response {
    answer::abilities(drive.config().max_file_size)
}

/// Hands a body to the drive and counts what it took.
pub(crate) async fn write(
    drive: &Drive,
    actor: &Actor,
    id: &UploadId,
    write: Write,
    body: Body,
) -> Result<UploadStatus, Problem> {
    let _running = RunningUpload::begin();
    let (ended, last_byte) = tokio::sync::oneshot::channel();
    let status = drive.write_upload(actor, id, write, bytes_of(body, ended)).await.map_err(refused)?;
    if status.node.is_some()
        && let Ok(moment) = last_byte.await
    {
        crate::metrics::count_publish(Instant::duration_since(&Instant::now(), moment));
    }
    Ok(status)
}

/// Clients take a 4xx for the end of an upload, and one whose sender fell silent is none: "a timeout SHOULD be handled by
/// closing the connection". Who still listens learns in addition that going on helps.
fn refused(error: drive::Error) -> Problem {
    match error {
        drive::Error::Interrupted => {
            let detail = "the body ended early or fell silent; ask for the offset and go on from there";
            Problem::protocol(StatusCode::SERVICE_UNAVAILABLE, "interrupted", detail)
                .with_header(RETRY_AFTER, HeaderValue::from_static("1"))
                .with_header(CONNECTION, HeaderValue::from_static("close"))
        }
        error => error.into(),
    }
}

/// The body as the drive takes it. Sends the moment of its end.
fn bytes_of(
    body: Body,
    ended: tokio::sync::oneshot::Sender<Instant>,
) -> impl Stream<Item = Result<Bytes, drive::BodyError>> + Send + 'static {
    let mut ended = Some(ended);
    let end = futures::stream::poll_fn(move |_| {
        if let Some(ended) = ended.take() {
            // Nobody waits for it when the handler is gone.
            let _ = ended.send(Instant::now());
        }
        std::task::Poll::Ready(None)
    });
    body.into_data_stream().map(|chunk| chunk.map_err(drive::BodyError::new)).chain(end)
}

/// Anything that is no identifier names nothing.
fn upload_id(id: &str) -> Result<UploadId, Problem> {
    id.parse().map_err(|_| AppError::NotFound.into())
}

fn unsupported_type() -> Problem {
    Problem::protocol(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unsupported-media-type",
        "the body has to be application/offset+octet-stream",
    )
}
