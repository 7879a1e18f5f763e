//! `/s/…` for those who fetch and do not look: `curl` and `wget` get the file of a share, or what there is as JSON, where
//! browsers get a page; and the bytes of shared files for both.
//!
//! The link of a share with a code wants it as the password of HTTP Basic authentication (`curl -u :code`), which is neither
//! in addresses nor in logs. It is never asked for by a challenge: browsers have a form.

mod forms;

use app::server::share_proof;
use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, RawQuery, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, RequestExt};
use data_encoding::BASE64;
use domain::{AppError, Node, NodeId, NodeKind, ShareToken, SharedView};
use drive::{Client, Drive, ShareKey};
use serde::Deserialize;

use crate::api::ListQuery;
use crate::archive;
use crate::client::Peer;
use crate::download::{self, ContentQuery, Shown, Subject, Wanted};
use crate::problem::Problem;
use crate::state::AppState;
use crate::thumbnail;

/// The bytes of shared files, and the forms of the page.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/s/{token}/file/{id}", get(file))
        .route("/s/{token}/thumbnail/{id}", get(small))
        .route("/s/{token}/zip", get(zip))
        .route("/s/{token}/open", post(forms::open))
        .route("/s/{token}/save", post(forms::save))
}

/// A link that somebody put on a page of theirs is not for search engines to follow and to show.
const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");
const NOINDEX: HeaderValue = HeaderValue::from_static("noindex, nofollow");

/// A path below `/s/`. What is none names nothing.
#[derive(Deserialize)]
struct FilePath {
    token: String,
    id: String,
}

async fn file(
    State(drive): State<Drive>,
    peer: Peer,
    path: Path<FilePath>,
    query: Result<Query<ContentQuery>, QueryRejection>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    let shown = query.map_or(Shown::Not, |Query(query)| query.shown());
    let found = async {
        let key = key(&drive, &path.token, &headers, &peer.0).await?;
        let id = path.id.parse().map_err(|_| AppError::NotFound)?;
        content(&drive, &key, &id, &method, &headers, shown, &peer.0).await
    };
    found.await.unwrap_or_else(|problem| refused(problem, &path.token, &headers))
}

/// The small picture of a file.
async fn small(
    State(drive): State<Drive>,
    peer: Peer,
    path: Path<FilePath>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let key = key(&drive, &path.token, &headers, &peer.0).await?;
    let id = path.id.parse().map_err(|_| AppError::NotFound)?;
    Ok(thumbnail::answer(drive.shared_thumbnail(&key, &id).await?, &headers))
}

/// All that is shared as a zip, or what the query chooses of it.
async fn zip(
    State(drive): State<Drive>,
    peer: Peer,
    Path(token): Path<String>,
    RawQuery(query): RawQuery,
    method: Method,
    headers: HeaderMap,
) -> Response {
    let found = async {
        let key = key(&drive, &token, &headers, &peer.0).await?;
        let ids = archive::chosen(query.unwrap_or_default().as_bytes());
        let ids = ids.iter().map(|id| id.parse().map_err(|_| AppError::NotFound));
        let shared = drive.open_shared_archive(&key, &ids.collect::<Result<Vec<NodeId>, _>>()?).await?;
        if method == Method::HEAD {
            return Ok::<_, Problem>(archive::head(shared.name()));
        }
        archive::send(drive.download_shared_archive(shared).await?).await
    };
    found.await.unwrap_or_else(|problem| refused(problem, &token, &headers))
}

/// A person who follows a link is told by a page, which knows more of it.
fn refused(problem: Problem, token: &str, headers: &HeaderMap) -> Response {
    if !is_for_a_page(headers) || !is_of_the_share(problem.status()) {
        return problem.into_response();
    }
    let page = match token.parse::<ShareToken>() {
        Ok(token) => format!("/s/{token}"),
        Err(_) => "/s/".to_owned(),
    };
    (StatusCode::SEE_OTHER, [(header::LOCATION, page)]).into_response()
}

const fn is_of_the_share(status: StatusCode) -> bool {
    matches!(status, StatusCode::FORBIDDEN | StatusCode::NOT_FOUND | StatusCode::GONE)
}

/// Answers programs where browsers are shown a page: `/s/{token}`, and below it `folder/{id}` and `view/{id}`. Belongs before
/// the pages.
pub(crate) async fn for_programs(
    State(state): State<AppState>,
    peer: Peer,
    mut request: Request,
    next: Next,
) -> Response {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let Some(place) = Place::of(request.uri().path()).filter(|_| is_read) else {
        return next.run(request).await;
    };
    let mut answer = if is_for_a_page(request.headers()) {
        next.run(request).await
    } else {
        let query = request.extract_parts::<Query<ListQuery>>().await;
        let (head, _) = request.into_parts();
        let answer = place.answer(&state.drive, query, &head, &peer.0).await;
        answer.unwrap_or_else(IntoResponse::into_response)
    };
    answer.headers_mut().append(header::VARY, HeaderValue::from_static("Accept"));
    answer.headers_mut().insert(ROBOTS, NOINDEX);
    answer
}

/// Whether the answer is to be looked at: what a browser asks for by going there.
fn is_for_a_page(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepted.into_iter().any(|value| value.contains("text/html"))
}

/// What an address below `/s/` names.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    token: String,
    part: Part,
}

/// What of a share.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    All,
    Folder(String),
    /// A file that browsers look at.
    File(String),
}

impl Place {
    fn of(path: &str) -> Option<Self> {
        let mut segments = path.strip_prefix("/s/")?.trim_end_matches('/').split('/');
        let token = segments.next()?.to_owned();
        let part = match (segments.next(), segments.next(), segments.next()) {
            (None, ..) => Part::All,
            (Some("folder"), Some(id), None) => Part::Folder(id.to_owned()),
            (Some("view"), Some(id), None) => Part::File(id.to_owned()),
            _ => return None,
        };
        Some(Self { token, part })
    }

    async fn answer(
        &self,
        drive: &Drive,
        query: Result<Query<ListQuery>, QueryRejection>,
        head: &Parts,
        client: &Client,
    ) -> Result<Response, Problem> {
        let (method, headers) = (&head.method, &head.headers);
        let key = key(drive, &self.token, headers, client).await?;
        match &self.part {
            Part::All => {}
            Part::Folder(folder) => {
                let Query(query) = query.map_err(|_| Problem::malformed("the query cannot be read"))?;
                let folder = folder.parse().map_err(|_| AppError::NotFound)?;
                let page = drive.shared_children(&key, &folder, &query.options()?).await?;
                return Ok(Json(page).into_response());
            }
            Part::File(file) => {
                let file = file.parse().map_err(|_| AppError::NotFound)?;
                return content(drive, &key, &file, method, headers, Shown::Not, client).await;
            }
        }
        let shared = match drive.open_share(&key).await {
            Ok(shared) => shared,
            // What was begun may be finished, when nothing else is left to begin.
            Err(error @ drive::Error::ShareClosed(domain::ShareState::UsedUp)) => {
                let Some(file) = drive.only_shared_file(&key).await? else { return Err(error.into()) };
                return content(drive, &key, &file, method, headers, Shown::Not, client).await;
            }
            Err(error) => return Err(error.into()),
        };
        match only_file(&shared) {
            Some(file) => content(drive, &key, &file.id, method, headers, Shown::Not, client).await,
            None => {
                drive.count_visit(&key, None).await?;
                Ok(Json(shared).into_response())
            }
        }
    }
}

/// The file of a share that is nothing else.
fn only_file(shared: &SharedView) -> Option<&Node> {
    match shared.items.as_slice() {
        [node] if node.kind == NodeKind::File => Some(node),
        _ => None,
    }
}

async fn content(
    drive: &Drive,
    key: &ShareKey,
    id: &NodeId,
    method: &Method,
    headers: &HeaderMap,
    shown: Shown,
    client: &Client,
) -> Result<Response, Problem> {
    let shared = drive.open_shared_content(key, id).await?;
    let source = shared.clone();
    let subject =
        Subject { node: shared.node(), etag: shared.etag(), stored: shared.stored(), size: shared.size() };
    let wanted = Wanted { method, headers, shown, now: drive.now() };
    download::answer(subject, wanted, |portion| async move {
        Ok(drive.download_shared(source, portion, client).await?)
    })
    .await
}

/// What a visitor brings along: the token, and the proof of a cookie or of a code that came with the request.
async fn key(drive: &Drive, token: &str, headers: &HeaderMap, client: &Client) -> Result<ShareKey, Problem> {
    let token: ShareToken = token.parse().map_err(|_| AppError::NotFound)?;
    let proof = match code_of(headers) {
        Some(code) => Some(drive.unlock_share(&token, &code, client).await?),
        None => share_proof(headers),
    };
    Ok(ShareKey { token, proof })
}

/// The password of HTTP Basic authentication (RFC 7617); whose, does not matter.
fn code_of(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, credentials) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(BASE64.decode(credentials.trim().as_bytes()).ok()?).ok()?;
    text.split_once(':').map(|(_, password)| password.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places() {
        let place = |part| Some(Place { token: "abc".to_owned(), part });
        for (path, expected) in [
            ("/s/abc", place(Part::All)),
            ("/s/abc/", place(Part::All)),
            ("/s/abc/folder/x", place(Part::Folder("x".to_owned()))),
            ("/s/abc/view/x", place(Part::File("x".to_owned()))),
            ("/s/abc/view", None),
            ("/s/abc/folder", None),
            ("/s/abc/folder/x/y", None),
            ("/s/abc/file/x", None),
            ("/shares", None),
        ] {
            assert_eq!(Place::of(path), expected, "{path}");
        }
    }

    #[test]
    fn a_code_comes_as_a_password() {
        let code = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, value.parse().expect("a value"));
            code_of(&headers)
        };
        assert_eq!(code("Basic OmFiMTI=").as_deref(), Some("ab12"));
        assert_eq!(code("basic bGluOmE6Yg==").as_deref(), Some("a:b"));
        for other in ["Bearer hlt_x", "Basic", "Basic %%%", "Basic YWIxMg=="] {
            assert_eq!(code(other), None, "{other}");
        }
    }
}
