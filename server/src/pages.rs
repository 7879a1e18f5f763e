//! The pages: the one module that knows Leptos. It gives every page and server function what it needs to know of the
//! request, and renders the document.

use std::sync::{Arc, OnceLock};

use app::Failure;
use app::server::Context;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use leptos_axum::{AxumRouteListing, LeptosRoutes, file_and_error_handler_with_context};
use tower_sessions::Session;

use crate::client::Peer;
use crate::problem::Problem;
use crate::session::{SessionHandle, Standing, standing_of};
use crate::site;
use crate::state::{AppState, Settings};

/// What Leptos marks failures of server functions with.
const SERVER_FN_ERROR: &str = "serverfnerror";

/// Bytes of the longest failure.
const LONGEST_FAILURE: usize = 64 * 1024;

/// Pages and server functions, and what answers paths that nobody knows.
pub(crate) fn router(state: &AppState) -> Router<AppState> {
    let site = state.site.clone();
    Router::new()
        .leptos_routes(state, route_list(), move || app::server::shell(site.clone()))
        .fallback(unknown)
}

/// The routes of the app, asked for once in a process: while Leptos lists them, pages that are being rendered elsewhere
/// in the process hang for good (leptos#4773). Only tests have several routers.
fn route_list() -> Vec<AxumRouteListing> {
    static LIST: OnceLock<Vec<AxumRouteListing>> = OnceLock::new();
    LIST.get_or_init(app::server::routes).clone()
}

/// Puts what the pages need into the request. Leptos hands the extensions on.
pub(crate) async fn provide_context(
    State(state): State<AppState>,
    peer: Peer,
    session: Session,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let (actor, must_change) = match standing_of(&state.drive, &session).await? {
        Standing::Out => (None, None),
        Standing::MustChange(user) => (None, Some(user)),
        Standing::In(actor) => (Some(actor), None),
    };
    if must_change.is_some() && leads_on(&request) {
        return Ok(Redirect::to("/password").into_response());
    }
    let context = Context {
        actor,
        must_change,
        drive: state.drive.clone(),
        client: peer.0,
        session: Arc::new(SessionHandle(session)),
        secure: state.settings.is_https(),
        origin: origin(&state.settings, request.headers()),
    };
    let signed_in = context.actor.is_some() || context.must_change.is_some();
    request.extensions_mut().insert(context);
    let mut response = with_own_status(next.run(request).await).await;
    stay_here(response.headers_mut());
    // What one person saw must not be shown to the next one by a cache or the back button after signing out.
    let caching = response.headers_mut().entry(header::CACHE_CONTROL);
    caching.or_insert(HeaderValue::from_static(if signed_in { "no-store" } else { "no-cache" }));
    Ok(response)
}

/// Whether this asks for a page that somebody who has to choose a new password does not get. Their forms and questions are
/// answered as if nobody were signed in.
fn leads_on(request: &Request) -> bool {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    is_read && app::server::is_entered(request.uri().path())
}

/// Where links that are given to others lead: where the operator says that people reach us, or where this request did.
fn origin(settings: &Settings, headers: &HeaderMap) -> String {
    if let Some(url) = &settings.public_url {
        return url.origin().ascii_serialization();
    }
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    if host.is_empty() || !host.chars().all(is_host) { String::new() } else { format!("http://{host}") }
}

/// Leptos leads whoever sent a form that it cannot read back to the `Referer`, whoever's page that is, with the error in
/// the address. It stays a path of ours, without an error that nobody reads.
fn stay_here(headers: &mut HeaderMap) {
    let Some(location) = headers.get(header::LOCATION).and_then(|value| value.to_str().ok()) else { return };
    if location.starts_with('/') && !location.starts_with("//") {
        return;
    }
    let path = app::server::own_path(location);
    let path = path.split_once('?').map_or(&*path, |(path, _)| path);
    let path = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/"));
    headers.insert(header::LOCATION, path);
}

/// Leptos answers a form that it cannot read (a field is missing) as if that were a fault of ours. Every failure that the
/// app itself tells has a status of its own.
async fn with_own_status(response: Response) -> Response {
    if response.status() != StatusCode::INTERNAL_SERVER_ERROR
        || !response.headers().contains_key(SERVER_FN_ERROR)
    {
        return response;
    }
    let (mut head, body) = response.into_parts();
    let Ok(body) = to_bytes(body, LONGEST_FAILURE).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    if serde_json::from_slice::<Failure>(&body).is_ok_and(|failure| failure == Failure::Outdated) {
        head.status = StatusCode::from_u16(Failure::Outdated.status()).unwrap_or(StatusCode::BAD_REQUEST);
    }
    Response::from_parts(head, Body::from(body))
}

/// A public file, or the page that says that there is none.
async fn unknown(State(state): State<AppState>, request: Request) -> Response {
    // The page that may be rendered instead wants the whole request.
    let mut head = Request::new(Body::empty());
    *head.method_mut() = request.method().clone();
    *head.uri_mut() = request.uri().clone();
    *head.headers_mut() = request.headers().clone();
    if let Some(file) = site::public_file(&state.site, head).await {
        return file;
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")]).into_response();
    }
    let page = file_and_error_handler_with_context(|| {}, app::server::shell);
    page(request.uri().clone(), State(state), request).await
}
