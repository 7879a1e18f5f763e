//! `/captcha/{id}`: picture and sound of a challenge, for the browser that was asked.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use domain::AppError;
use drive::Drive;

use crate::problem::Problem;

/// The picture.
pub(crate) async fn picture(
    State(drive): State<Drive>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let browser = app::server::browser_secret(&headers).ok_or(AppError::NotFound)?;
    Ok(file("image/png", drive.captcha_picture(&id, &browser).await?))
}

/// The sound.
pub(crate) async fn sound(
    State(drive): State<Drive>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let browser = app::server::browser_secret(&headers).ok_or(AppError::NotFound)?;
    Ok(file("audio/wav", drive.captcha_sound(&id, &browser).await?))
}

fn file(kind: &'static str, bytes: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, bytes).into_response()
}
