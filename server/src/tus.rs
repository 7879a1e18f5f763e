//! Uploads: tus 1.0.0 at `/api/uploads`, with creation (with upload, with deferred length), checksum, expiration,
//! termination and concatenation.
//!
//! Translates headers to the drive's words and back; what an upload is, and where its bytes go, the drive knows.

mod answer;
pub(crate) mod create;
mod header;
mod metadata;

use std::convert::Infallible;
use std::time::Instant;

use axum::body::Body;
use axum::extract::{FromRequestParts, Path, Request, State};
use axum::http::header::{ALLOW, CONNECTION, RETRY_AFTER};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
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
        (status = 400, description = "A header is missing or cannot be read", body = crate::problem::ProblemSchema, content_type = "application/problem+json"),
        (status = 403, description = "A final upload takes no bytes, or a page of another site sent this", body = crate::problem::ProblemSchema, content_type = "application/problem+json"),
        (status = 404, description = "No such upload", body = crate::problem::ProblemSchema, content_type = "application/problem+json"),
        (status = 409, description = "The upload stands elsewhere, or its name is taken", body = crate::problem::ProblemSchema, content_type = "application/problem+json"),
        (status = 410, description = "The upload expired", body = crate::problem::ProblemSchema, content_type = "application/problem+json"),
        (status = 412, description = "Not tus 1.0.0", body = crate::problem::ProblemSchema, content_type = "application/problem+json"),
        (status = 413, description = "Larger than this server takes", body = crate::problem::ProblemSchema, content_type = "application/problem+json"),
        (status = 415, description = "Not application/offset+octet-stream", body = crate::problem::ProblemSchema, content_type = "application/problem+json"),
        (status = 422, description = "More bytes than there should be", body = crate::problem::ProblemSchema, content_type = "application/problem+json"),
        (status = 423, description = "Another request is at it", body = crate::problem::ProblemSchema, content_type = "application/problem+json"),
        (status = 460, description = "The bytes do not match their checksum", body = crate::problem::ProblemSchema, content_type = "application/problem+json"),
        (status = 503, description = "Database or store cannot be reached, or the body broke off; what arrived is kept", body = crate::problem::ProblemSchema, content_type = "application/problem+json"),
        (status = 507, description = "The drive or the store is full", body = crate::problem::ProblemSchema, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn patch(
    State(state): State<AppState>,
    caller: Result<Caller, Problem>,
    id: UploadRef,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let outcome = async {
        header::require_version(&headers)?;
        let Caller(actor) = caller?;
        let id = id.parse()?;
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
        (status = 412, description = "Not tus 1.0.0"),
        (status = 423, description = "Another request is at it and does not end"),
        (status = 460, description = "The bytes were not those of the hash in the metadata"),
        (status = 507, description = "The store is full"),
    ),
)]
pub(crate) async fn head(
    State(drive): State<Drive>,
    caller: Result<Caller, Problem>,
    id: UploadRef,
    headers: HeaderMap,
) -> Response {
    let outcome = async {
        header::require_version(&headers)?;
        let Caller(actor) = caller?;
        Ok(standing(&drive.inspect_upload(&actor, &id.parse()?).await?))
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
        (status = 204, description = "Gone; a file that it became stays"),
        (status = 404, description = "No such upload", body = crate::problem::ProblemSchema, content_type = "application/problem+json"),
        (status = 410, description = "It ended before", body = crate::problem::ProblemSchema, content_type = "application/problem+json"),
        (status = 412, description = "Not tus 1.0.0", body = crate::problem::ProblemSchema, content_type = "application/problem+json"),
        (status = 423, description = "A final upload has taken this part, or its writer does not end", body = crate::problem::ProblemSchema, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn terminate(
    State(drive): State<Drive>,
    caller: Result<Caller, Problem>,
    id: UploadRef,
    headers: HeaderMap,
) -> Response {
    let outcome = async {
        header::require_version(&headers)?;
        let Caller(actor) = caller?;
        drive.cancel_upload(&actor, &id.parse()?).await?;
        Ok(StatusCode::NO_CONTENT.into_response())
    };
    with_version(outcome.await)
}

/// PATCH, HEAD, DELETE or OPTIONS for clients that can send only POST, by `X-HTTP-Method-Override`.
#[utoipa::path(
    post, path = "/api/uploads/{id}", tag = "uploads",
    params(
        ("id" = String, Path, description = "The upload"),
        ("X-HTTP-Method-Override" = String, Header, description = "PATCH, HEAD, DELETE or OPTIONS"),
    ),
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream"),
    responses(
        (status = 200, description = "To HEAD"),
        (status = 204, description = "To PATCH, DELETE and OPTIONS"),
        (status = "4XX", description = "As the method that is meant", body = crate::problem::ProblemSchema, content_type = "application/problem+json"),
        (status = 405, description = "No method is named; see Allow", body = crate::problem::ProblemSchema, content_type = "application/problem+json"),
        (status = 507, description = "As the method that is meant", body = crate::problem::ProblemSchema, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn overridden(
    state: State<AppState>,
    caller: Result<Caller, Problem>,
    id: UploadRef,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let drive = State(state.drive.clone());
    match header::meant_method(&headers).as_deref() {
        Some(b"PATCH") => patch(state, caller, id, headers, body).await,
        Some(b"DELETE") => terminate(drive, caller, id, headers).await,
        Some(b"HEAD") => head(drive, caller, id, headers).await,
        Some(b"OPTIONS") => options_of_one(drive).await,
        _ => with_version(Err(Problem::protocol(
            StatusCode::METHOD_NOT_ALLOWED,
            "method-not-allowed",
            "POST here needs X-HTTP-Method-Override: PATCH, HEAD, DELETE or OPTIONS",
        )
        .with_header(ALLOW, HeaderValue::from_static("DELETE, HEAD, OPTIONS, PATCH, POST")))),
    }
}

/// What the server can do.
#[utoipa::path(
    options, path = "/api/uploads", tag = "uploads", security(()),
    responses((status = 204, description = "Tus-Version, Tus-Extension, Tus-Max-Size, Tus-Checksum-Algorithm")),
)]
pub(crate) async fn options(State(drive): State<Drive>) -> Response {
    answer::abilities(drive.rules().max_file_size)
}

/// What the server can do, asked at an upload.
#[utoipa::path(
    options, path = "/api/uploads/{id}", tag = "uploads", security(()),
    params(("id" = String, Path, description = "The upload")),
    responses((status = 204, description = "As for the collection")),
)]
pub(crate) async fn options_of_one(State(drive): State<Drive>) -> Response {
    answer::abilities(drive.rules().max_file_size)
}

/// Names the version on what is answered for the handlers: by the guard against other sites, by a session that cannot be
/// read, to a method that means nothing. Belongs outside of them.
pub(crate) async fn name_version(request: Request, next: Next) -> Response {
    let is_ours = request.uri().path().starts_with("/api/uploads");
    let mut answer = next.run(request).await;
    if is_ours {
        answer.headers_mut().entry(header::TUS_RESUMABLE).or_insert(header::VERSION);
    }
    answer
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

fn refused(error: drive::Error) -> Problem {
    match error {
        drive::Error::Interrupted => interrupted(),
        error => error.into(),
    }
}

/// Clients take a 4xx for the end of an upload, and one whose sender fell silent is none: "a timeout SHOULD be handled by
/// closing the connection". Who still listens learns in addition that going on helps.
fn interrupted() -> Problem {
    let detail = "the body ended early or fell silent; ask for the offset and go on from there";
    Problem::protocol(StatusCode::SERVICE_UNAVAILABLE, "interrupted", detail)
        .with_header(RETRY_AFTER, HeaderValue::from_static("1"))
        .with_header(CONNECTION, HeaderValue::from_static("close"))
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

/// An upload in a path.
pub(crate) struct UploadRef(String);

impl UploadRef {
    /// # Errors
    /// 404: anything that is no identifier names nothing.
    fn parse(&self) -> Result<UploadId, Problem> {
        self.0.parse().map_err(|_| AppError::NotFound.into())
    }
}

impl FromRequestParts<AppState> for UploadRef {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        let id = Path::<String>::from_request_parts(parts, state).await;
        Ok(Self(id.map(|Path(id)| id).unwrap_or_default()))
    }
}

fn unsupported_type() -> Problem {
    Problem::protocol(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unsupported-media-type",
        "the body has to be application/offset+octet-stream",
    )
}
