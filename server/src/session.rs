//! Sessions: the cookie, its lifetime, and what is kept in it. The rows are the drive's; see [`store`].
//!
//! A session is made at sign-in and not before, so a visitor who only looks costs no row. It ends after a day without a
//! request; "remember me" makes the cookie outlive the browser and both last a week.

mod caller;
mod handle;
mod store;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use tower_sessions::cookie::SameSite;
use tower_sessions::cookie::time::Duration;
use tower_sessions::{Expiry, Session, SessionManagerLayer};

pub(crate) use caller::{Caller, Standing, standing_of};
pub(crate) use handle::SessionHandle;
pub(crate) use store::DriveSessions;

use crate::client::Peer;
use crate::state::AppState;

/// The name of the cookie.
pub const COOKIE: &str = "hayloft_session";

/// Who is signed in: a `UserId`.
const USER: &str = "user";
/// [`drive::Actor::epoch`] of who signed in.
const EPOCH: &str = "epoch";
/// Whether the cookie outlives the browser.
const REMEMBER: &str = "remember";
/// When the session was last prolonged, in steps of [`STEP`].
const SEEN: &str = "seen";

const IDLE: Duration = Duration::hours(24);
const REMEMBERED: Duration = Duration::days(7);
/// A session is written once in so many seconds at most, however many requests come.
const STEP: i64 = 600;

/// The layer that reads the cookie and writes it back.
pub(crate) fn layer(state: &AppState) -> SessionManagerLayer<DriveSessions> {
    SessionManagerLayer::new(DriveSessions::new(state.drive.clone()))
        .with_name(COOKIE)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_secure(state.settings.is_https())
        .with_path("/")
        .with_expiry(Expiry::OnSessionEnd)
}

/// Lets a session that is made in this request keep where it was made from. Belongs outside of [`layer`].
pub(crate) async fn remember_client(
    State(_): State<AppState>,
    peer: Peer,
    request: Request,
    next: Next,
) -> Response {
    store::CLIENT.scope(peer.0, next.run(request)).await
}

/// Prolongs the session of somebody who is signed in, and keeps a remembered cookie a remembered one: the layer forgets
/// the expiry between requests. Belongs directly inside of [`layer`].
pub(crate) async fn prolong(session: Session, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    if let Err(error) = touch(&session).await {
        tracing::warn!(%error, "a session could not be prolonged");
    }
    response
}

async fn touch(session: &Session) -> Result<(), tower_sessions::session::Error> {
    if session.is_empty().await || session.get_value(USER).await?.is_none() {
        return Ok(());
    }
    let now = tower_sessions::cookie::time::OffsetDateTime::now_utc().unix_timestamp() / STEP;
    session.insert(SEEN, now).await?;
    if session.is_modified() && session.get::<bool>(REMEMBER).await? == Some(true) {
        session.set_expiry(Some(Expiry::OnInactivity(REMEMBERED)));
    }
    Ok(())
}
