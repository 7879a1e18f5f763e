//! Every route and every layer, in order: a request passes the layers of [`router`] from the top of the list to the
//! bottom, and its answer from the bottom to the top.

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use domain::AppError;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;

use crate::problem::Problem;
use crate::state::AppState;
use crate::{
    api, avatar, captcha, compress, form_upload, health, intake, observe, pages, patience, security, session,
    shares, site, small_body, tus,
};

/// The whole service.
pub fn router(state: AppState) -> Router {
    // Bodies of any size, streamed; what a refusal leaves of them is drained.
    let streamed = api_uploads()
        .route("/upload", post(form_upload::upload))
        .route("/avatar", post(avatar::take))
        .layer(from_fn(intake::layer));
    let json = Router::from(api::routes())
        .method_not_allowed_fallback(method_not_allowed)
        .route("/api", any(unknown))
        .route("/api/{*path}", any(unknown));
    let pages = pages::router(&state).layer(
        ServiceBuilder::new()
            .layer(from_fn_with_state(state.clone(), security::limit_attempts))
            .layer(from_fn_with_state(state.clone(), shares::for_programs))
            .layer(from_fn_with_state(state.clone(), pages::provide_context)),
    );
    let pages = pages
        .route("/avatar/{version}", get(avatar::show))
        .route("/captcha/{id}", get(captcha::picture))
        .route("/captcha/{id}/sound", get(captcha::sound));
    // Outside of the handlers: server functions read their input without asking for a limit.
    let small = pages.merge(json).merge(shares::routes()).layer(from_fn(small_body::layer));
    let small = compress::pages(small);
    // Patience is outside of the sessions, which wait for the same database.
    let small = with_session(small, &state).layer(from_fn(patience::layer));
    small
        .merge(with_session(streamed, &state))
        .merge(site::router(&state.site))
        .merge(health::router())
        .layer(
            ServiceBuilder::new()
                .layer(from_fn(observe::request))
                .layer(from_fn_with_state(state.clone(), security::headers))
                .layer(CatchPanicLayer::custom(panicked)),
        )
        .with_state(state)
}

/// Routes that know who asks.
fn with_session(routes: Router<AppState>, state: &AppState) -> Router<AppState> {
    routes.layer(
        ServiceBuilder::new()
            .layer(from_fn(tus::name_version))
            .layer(security::csrf(&state.settings))
            .layer(from_fn_with_state(state.clone(), session::remember_client))
            .layer(session::layer(state))
            .layer(from_fn(session::prolong)),
    )
}

fn api_uploads() -> Router<AppState> {
    Router::from(api::uploads()).method_not_allowed_fallback(method_not_allowed)
}

async fn unknown() -> Problem {
    Problem::from(AppError::NotFound)
}

async fn method_not_allowed() -> Problem {
    Problem::protocol(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "this method means nothing here")
}

/// A panic is a bug of ours; the hook of the process logged where it was.
fn panicked(_: Box<dyn std::any::Any + Send + 'static>) -> Response {
    let incident = data_encoding::HEXLOWER.encode(&rand::random::<[u8; 5]>());
    tracing::error!(incident, "a request panicked");
    Problem::from(AppError::Internal { incident }).into_response()
}
