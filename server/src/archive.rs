//! `GET|HEAD|POST /api/zip`: files and folders, with all below them, as one zip that is made while it is sent.
//!
//! Its length is not known beforehand and it cannot be continued. A failure in the middle is an error of the body, which
//! resets the connection, so that a part never looks whole.

use axum::body::{Body, Bytes};
use axum::extract::{RawQuery, State};
use axum::http::{HeaderValue, Method, header};
use axum::response::{IntoResponse, Response};
use domain::NodeId;
use drive::{Archive, Drive};
use futures::StreamExt;
use futures::stream;

use crate::api::node_of;
use crate::download::{Disposition, content_disposition, watched};
use crate::problem::{Problem, ProblemSchema};
use crate::session::Caller;

const ZIP: HeaderValue = HeaderValue::from_static("application/zip");

/// What is wanted.
#[derive(utoipa::IntoParams, utoipa::ToSchema)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "what the document says of the names that `chosen` reads")]
pub(crate) struct Chosen {
    /// 1 to 1000 files and folders; `root` is the whole drive.
    id: Vec<String>,
}

/// Files and folders as a zip.
///
/// Entries are stored, with Zip64 where it is needed and names in UTF-8. Names that some system cannot unpack are changed.
#[utoipa::path(
    method(get, head), path = "/api/zip", tag = "files", params(Chosen),
    responses(
        (status = 200, description = "The zip, of unknown length", content_type = "application/zip"),
        (status = 404, description = "One of them is not there", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 422, description = "None, or too many", body = ProblemSchema, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn zip(
    State(drive): State<Drive>,
    Caller(actor): Caller,
    method: Method,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let ids = chosen(query.unwrap_or_default().as_bytes());
    let ids = ids.iter().map(|id| node_of(id, &actor)).collect::<Result<Vec<_>, _>>()?;
    let archive = drive.open_archive(&actor, &ids).await?;
    if method == Method::HEAD { Ok(head(&archive.name)) } else { send(archive).await }
}

/// Files and folders as a zip, for more of them than an address can name.
#[utoipa::path(
    post, path = "/api/zip", tag = "files",
    request_body(content = Chosen, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "The zip, of unknown length", content_type = "application/zip"),
        (status = 404, description = "One of them is not there", body = ProblemSchema, content_type = "application/problem+json"),
        (status = 422, description = "None, or too many", body = ProblemSchema, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn zip_of_form(
    State(drive): State<Drive>,
    Caller(actor): Caller,
    body: Bytes,
) -> Result<Response, Problem> {
    let ids = chosen(&body).iter().map(|id| node_of(id, &actor)).collect::<Result<Vec<NodeId>, _>>()?;
    send(drive.open_archive(&actor, &ids).await?).await
}

/// What a query or a form chose: `id` once for each; pages also write `ids[]`, or `ids` with dots between them.
pub(crate) fn chosen(text: &[u8]) -> Vec<String> {
    let pairs = url::form_urlencoded::parse(text).filter(|(key, _)| matches!(&**key, "id" | "ids" | "ids[]"));
    let each =
        |value: &str| value.split('.').filter(|id| !id.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    pairs.flat_map(|(_, value)| each(&value)).collect()
}

/// The answer with the zip. It begins when the first bytes are there, so that a store that is down is said as such.
///
/// # Errors
/// What the drive says of those.
pub(crate) async fn send(archive: Archive) -> Result<Response, Problem> {
    let mut answer = head(&archive.name);
    let mut bytes = Box::pin(archive.into_bytes());
    let first = bytes.next().await.transpose()?;
    *answer.body_mut() = Body::from_stream(watched(stream::iter(first.map(Ok)).chain(bytes)));
    Ok(answer)
}

/// The answer without it.
pub(crate) fn head(name: &str) -> Response {
    let disposition = content_disposition(Disposition::Attachment, name);
    [(header::CONTENT_TYPE, ZIP), (header::CONTENT_DISPOSITION, disposition)].into_response()
}

#[cfg(test)]
mod tests {
    use super::chosen;

    #[test]
    fn several_are_chosen_in_several_ways() {
        for text in ["id=a&id=b", "ids%5B%5D=a&x=c&ids[]=b", "ids=a.b", "ids=.a..b.&after=z"] {
            assert_eq!(chosen(text.as_bytes()), ["a", "b"], "{text}");
        }
        assert!(chosen(b"").is_empty() && chosen(b"ids=&sort=name").is_empty());
    }
}
