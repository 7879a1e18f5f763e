//! Who asks: a bearer token or the session's cookie, turned into an [`Actor`]. Nothing else opens a drive.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use domain::{AppError, UserId};
use drive::{Access, Actor, Drive};
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
        Ok(Self(caller_of(&state.drive, &parts.method, &parts.headers, session.as_ref()).await?))
    }
}

/// The person of a bearer token, where there is one, else of the session.
///
/// # Errors
/// 401 without either or with one that is worth nothing; 403 with a token that may only read, in a request that changes
/// something; 503 when that cannot be found out.
async fn caller_of(
    drive: &Drive,
    method: &Method,
    headers: &HeaderMap,
    session: Option<&Session>,
) -> Result<Actor, Problem> {
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        // An attempt to be somebody by a token is never answered as somebody else by the cookie.
        let secret = value.to_str().ok().and_then(bearer).ok_or(AppError::SignInRequired)?;
        return Ok(drive.token_actor(secret, needed(method)).await?);
    }
    let session = session.ok_or(AppError::SignInRequired)?;
    match standing_of(drive, session).await? {
        Standing::In(actor) => Ok(actor),
        Standing::MustChange(_) => Err(drive::Error::MustChangePassword.into()),
        Standing::Out => Err(AppError::SignInRequired.into()),
    }
}

/// Who somebody is by their session.
pub(crate) enum Standing {
    /// Nobody is signed in.
    Out,
    /// They have to choose a new password, and can do nothing before.
    MustChange(UserId),
    /// They may do what is theirs.
    In(Actor),
}

/// Who is signed in.
///
/// # Errors
/// Only when that cannot be found out.
pub(crate) async fn standing_of(drive: &Drive, session: &Session) -> Result<Standing, Problem> {
    let user = session.get::<UserId>(USER).await.map_err(|error| {
        tracing::warn!(%error, "a session could not be read");
        Problem::from(AppError::Unavailable { retry_after: 5 })
    })?;
    let (Some(user), Some(id)) = (user, session.id()) else { return Ok(Standing::Out) };
    match drive.session_actor(&user, &id.to_string()).await {
        Ok(actor) => Ok(Standing::In(actor)),
        Err(drive::Error::MustChangePassword) => Ok(Standing::MustChange(user)),
        Err(drive::Error::SignInRequired) => Ok(Standing::Out),
        Err(error) => Err(error.into()),
    }
}

/// What a request needs: whatever is not safe by its method (RFC 9110 §9.2.1) changes something. No route changes anything
/// on a GET, and a method that is overridden by a header is one that is not safe.
fn needed(method: &Method) -> Access {
    if method.is_safe() { Access::Read } else { Access::Write }
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
