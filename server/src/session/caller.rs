//! Who asks: a bearer token or the session's cookie, turned into an [`Actor`]. Nothing else opens a drive.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use domain::{AppError, UserId};
use drive::{Actor, Drive};
use tower_sessions::Session;

use super::USER;
use crate::problem::Problem;
use crate::state::AppState;

/// The person a request speaks for. Its absence is a problem with status 401.
pub(crate) struct Caller(pub(crate) Actor);

impl FromRequestParts<AppState> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let session = parts.extensions.get::<Session>().cloned();
        Ok(Self(caller_of(&state.drive, &parts.headers, session.as_ref()).await?))
    }
}

/// The person of a bearer token, where there is one, else of the session.
///
/// # Errors
/// 401 without either or with one that is worth nothing; 503 when that cannot be found out.
async fn caller_of(drive: &Drive, headers: &HeaderMap, session: Option<&Session>) -> Result<Actor, Problem> {
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        // An attempt to be somebody by a token is never answered as somebody else by the cookie.
        let secret = value.to_str().ok().and_then(bearer).ok_or(AppError::SignInRequired)?;
        return Ok(drive.token_actor(secret).await?);
    }
    let session = session.ok_or(AppError::SignInRequired)?;
    actor_of(drive, session).await?.ok_or_else(|| AppError::SignInRequired.into())
}

/// The person who is signed in, if any.
///
/// # Errors
/// Only when that cannot be found out.
pub(crate) async fn actor_of(drive: &Drive, session: &Session) -> Result<Option<Actor>, Problem> {
    let user = session.get::<UserId>(USER).await.map_err(|error| {
        tracing::warn!(%error, "a session could not be read");
        Problem::from(AppError::Unavailable { retry_after: 5 })
    })?;
    let (Some(user), Some(id)) = (user, session.id()) else { return Ok(None) };
    match drive.session_actor(&user, &id.to_string()).await {
        Ok(actor) => Ok(Some(actor)),
        Err(drive::Error::SignInRequired) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, secret) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim())
}

#[cfg(test)]
mod tests {
    use super::bearer;

    #[test]
    fn only_bearer_is_read() {
        assert_eq!(bearer("Bearer hlt_x"), Some("hlt_x"));
        assert_eq!(bearer("bearer  hlt_x "), Some("hlt_x"));
        assert_eq!(bearer("Basic aGk="), None);
        assert_eq!(bearer("hlt_x"), None);
    }
}
