//! Headers that tell browsers what pages and files of ours may not do, and the limit on guessing passwords.

use app::{Failure, Flash, Form, Typed};
use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::AppError;
use tower_http::csrf::{CsrfLayer, ProtectionError};

use crate::client::Peer;
use crate::problem::Problem;
use crate::state::{AppState, Settings};

/// For answers that are no page: they show nothing and load nothing, whatever a browser takes them for.
const NOTHING: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
const CHALLENGE: HeaderValue = HeaderValue::from_static("Bearer realm=\"Hayloft\"");
const HSTS: HeaderValue = HeaderValue::from_static("max-age=31536000; includeSubDomains");

const HEADERS: [(HeaderName, HeaderValue); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    // Forms without script find their way back by the Referer.
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ),
];

/// Adds the headers, where the handler did not choose its own.
pub(crate) async fn headers(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let status = response.status();
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(value);
    }
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(NOTHING);
    if status == StatusCode::UNAUTHORIZED {
        // RFC 9110 §11.6.1 wants a challenge of every 401; browsers show no dialog for this scheme.
        headers.entry(header::WWW_AUTHENTICATE).or_insert(CHALLENGE);
    }
    // Whatever is worth keeping says so itself.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if state.settings.is_https() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HSTS);
    }
    response
}

/// Refuses requests that a page of another site made a browser send. Clients that are no browser send neither `Origin`
/// nor `Sec-Fetch-Site` and pass; what they may do is decided by their token.
pub(crate) fn csrf(
    settings: &Settings,
) -> CsrfLayer<impl Fn(ProtectionError) -> Response + Clone + Send + Sync + 'static> {
    let mut layer = CsrfLayer::new();
    if let Some(url) = &settings.public_url {
        // A proxy may rewrite Host; the origin of the public URL is ours all the same.
        layer = layer.clone().add_trusted_origin(url.origin().ascii_serialization()).unwrap_or(layer);
    }
    layer.with_rejection_response(|_: ProtectionError| {
        let detail = "a page of another site sent this request; it was not carried out";
        Problem::protocol(StatusCode::FORBIDDEN, "cross-site", detail).into_response()
    })
}

/// Paths where a password or a secret can be guessed, and the form that each belongs to.
const GUARDED: [(&str, Form); 3] =
    [("/form/sign-in", Form::SignIn), ("/form/register", Form::Register), ("/form/set-up", Form::SetUp)];

/// Where the script of a page asks how hard a password is to guess.
const STRENGTH: &str = "/form/strength";

/// Counts tries per address and refuses when there were too many.
pub(crate) async fn limit_attempts(
    State(state): State<AppState>,
    peer: Peer,
    request: Request,
    next: Next,
) -> Response {
    // Not a try at anything, but work for the processor that anybody can ask for.
    if request.uri().path() == STRENGTH {
        return match state.questions.take(peer.0.address) {
            Ok(()) => next.run(request).await,
            Err(error) => Problem::from(error).into_response(),
        };
    }
    let guarded = GUARDED.iter().find(|(path, _)| *path == request.uri().path());
    let Some((_, form)) = guarded.filter(|_| *request.method() == Method::POST) else {
        return next.run(request).await;
    };
    match state.attempts.take(peer.0.address) {
        Ok(()) => next.run(request).await,
        Err(error) => {
            tracing::warn!(address = ?peer.0.address, "too many tries at a password");
            too_many(error, *form, request.headers(), state.settings.is_https())
        }
    }
}

/// As the pages expect it: with script an error in JSON, without script the form again.
fn too_many(error: AppError, form: Form, headers: &HeaderMap, secure: bool) -> Response {
    let wait = error.retry_after().unwrap_or(1);
    let failure = Failure::App(error);
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut answer = if accept.contains("text/html") {
        // The page that the form is on; a set-up link has its secret in the path.
        let referer = headers.get(header::REFERER).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let page = app::server::own_path(referer);
        let page = match form {
            // That of an invitation has its code in the query.
            Form::Register if page.starts_with("/register") => &page,
            Form::Register => "/register",
            Form::SetUp if page.starts_with("/setup/") => &page,
            _ => "/login",
        };
        let mut answer = (StatusCode::SEE_OTHER, [(header::LOCATION, page)]).into_response();
        let flash = Flash::Refused { form, failure, typed: Typed::default() };
        if let Some(cookie) = app::server::flash_cookie(&flash, secure) {
            answer.headers_mut().append(header::SET_COOKIE, cookie);
        }
        answer
    } else {
        (StatusCode::TOO_MANY_REQUESTS, Json(failure)).into_response()
    };
    answer.headers_mut().insert(header::RETRY_AFTER, wait.into());
    answer
}
