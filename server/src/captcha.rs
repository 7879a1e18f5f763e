//! `/captcha/{id}`: picture and sound of a challenge, for the browser that was asked.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use domain::AppError;

use crate::client::Peer;
use crate::problem::Problem;
use crate::state::AppState;

/// The picture.
pub(crate) async fn picture(
    State(state): State<AppState>,
    peer: Peer,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let browser = asked(&state, &peer, &headers)?;
    Ok(file("image/png", state.drive.captcha_picture(&id, &browser).await?))
}

/// The sound.
pub(crate) async fn sound(
    State(state): State<AppState>,
    peer: Peer,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let browser = asked(&state, &peer, &headers)?;
    Ok(file("audio/wav", state.drive.captcha_sound(&id, &browser).await?))
}

/// The secret of the browser that asks. Drawing costs a processor something, so an address is drawn for so often and no more.
fn asked(state: &AppState, peer: &Peer, headers: &HeaderMap) -> Result<String, AppError> {
    let browser = app::server::browser_secret(headers).ok_or(AppError::NotFound)?;
    state.questions.take(peer.0.address)?;
    Ok(browser)
}

fn file(kind: &'static str, bytes: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, bytes).into_response()
}
