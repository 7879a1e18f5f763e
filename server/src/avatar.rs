//! `/avatar`: a person's picture, from the form of the settings and to the pages of who has it.

use app::server::{PictureRefused, picture_cookie};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::{Bytes, BytesMut};
use domain::AppError;
use drive::Drive;
use tokio::sync::Semaphore;

use crate::client::Peer;
use crate::form_upload::form::{self, Form};
use crate::problem::Problem;
use crate::session::Caller;
use crate::state::AppState;

/// Each picture has an address of its own, so a browser need not ask again.
const CACHING: HeaderValue = HeaderValue::from_static("private, max-age=31536000, immutable");

/// The picture of who asks, if it is still this one.
pub(crate) async fn show(
    State(drive): State<Drive>,
    Caller(actor): Caller,
    Path(version): Path<String>,
) -> Result<Response, Problem> {
    let image = drive.avatar(&actor, &version).await?;
    let kind = HeaderValue::from_static("image/png");
    Ok(([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, CACHING)], image).into_response())
}

/// Takes a form with the file `avatar` and leads back to the settings, which tell the outcome.
pub(crate) async fn take(
    State(state): State<AppState>,
    caller: Result<Caller, Problem>,
    peer: Peer,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let Caller(actor) = match caller {
        Ok(caller) => caller,
        Err(problem) if problem.status() == StatusCode::UNAUTHORIZED => return see("/login", None),
        // Who has to choose a new password is shown where.
        Err(problem)
            if problem.status() == StatusCode::FORBIDDEN && !headers.contains_key(header::AUTHORIZATION) =>
        {
            return see("/", None);
        }
        Err(problem) => return problem.into_response(),
    };
    // Each is in memory until it is drawn, and they are drawn one after another.
    static AT_ONCE: Semaphore = Semaphore::const_new(8);
    let Ok(_permit) = AT_ONCE.try_acquire() else {
        let busy = PictureRefused::Failed(AppError::Unavailable { retry_after: 5 });
        return see("/settings/profile", picture_cookie(&headers, Err(busy), state.settings.is_https()));
    };
    let outcome = match read(&headers, body).await {
        Ok(file) => state.drive.set_avatar(&actor, file, &peer.0).await.map_err(|error| match error {
            drive::Error::NotAnImage => PictureRefused::NotAnImage,
            error => PictureRefused::Failed(Problem::from(error).into_app_error()),
        }),
        Err(refused) => Err(refused),
    };
    see("/settings/profile", picture_cookie(&headers, outcome, state.settings.is_https()))
}

/// The file of the form, as far as one is taken.
async fn read(headers: &HeaderMap, body: Body) -> Result<Bytes, PictureRefused> {
    let broken = |error: multer::Error| {
        tracing::debug!(%error, "the form of a picture broke off or cannot be read");
        PictureRefused::Missing
    };
    let mut form = Form::new(headers, body).map_err(broken)?;
    while let Some(mut field) = form.next_field().await.map_err(broken)? {
        // A browser sends an empty file without a name when nothing was picked.
        if field.name() != Some("avatar") || field.file_name().is_none_or(str::is_empty) {
            form::skip(field).await.map_err(broken)?;
            continue;
        }
        let mut file = BytesMut::new();
        while let Some(chunk) = field.chunk().await.map_err(broken)? {
            if file.len() + chunk.len() > Drive::LARGEST_AVATAR {
                return Err(PictureRefused::TooLarge(Drive::LARGEST_AVATAR as u64));
            }
            file.extend_from_slice(&chunk);
        }
        return Ok(file.freeze());
    }
    Err(PictureRefused::Missing)
}

fn see(address: &'static str, cookie: Option<HeaderValue>) -> Response {
    let mut answer = (StatusCode::SEE_OTHER, [(header::LOCATION, address)]).into_response();
    if let Some(cookie) = cookie {
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
    answer
}
