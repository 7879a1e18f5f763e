//! The session as the pages use it: sign in, sign out.

use app::server::Session as PageSession;
use async_trait::async_trait;
use domain::AppError;
use drive::Actor;
use tower_sessions::{Expiry, Session};

use super::{EPOCH, REMEMBER, REMEMBERED, USER};

/// The session of one request.
#[derive(Debug)]
pub(crate) struct SessionHandle(pub(crate) Session);

#[async_trait]
impl PageSession for SessionHandle {
    async fn sign_in(&self, actor: &Actor, remember: bool) -> Result<(), AppError> {
        self.write(actor, remember).await.map_err(|error| refused(&error))
    }

    async fn sign_out(&self) -> Result<(), AppError> {
        if self.0.id().is_none() {
            return Ok(());
        }
        self.0.flush().await.map_err(|error| refused(&error))
    }

    fn id(&self) -> Option<String> {
        self.0.id().map(|id| id.to_string())
    }

    async fn renew(&self, epoch: i64) -> Result<(), AppError> {
        self.go_on(epoch).await.map_err(|error| refused(&error))
    }
}

impl SessionHandle {
    async fn write(&self, actor: &Actor, remember: bool) -> Result<(), tower_sessions::session::Error> {
        // The old row goes and a new id comes: whoever knew the old one knows nothing.
        self.0.cycle_id().await?;
        self.0.insert(USER, &actor.user).await?;
        self.0.insert(EPOCH, actor.epoch).await?;
        self.0.insert(REMEMBER, remember).await?;
        let expiry = if remember { Expiry::OnInactivity(REMEMBERED) } else { Expiry::OnSessionEnd };
        self.0.set_expiry(Some(expiry));
        // Not left to the layer: an answer that fails later must not leave somebody half signed in.
        self.0.save().await
    }

    async fn go_on(&self, epoch: i64) -> Result<(), tower_sessions::session::Error> {
        self.0.cycle_id().await?;
        self.0.insert(EPOCH, epoch).await?;
        // The layer forgets it between requests.
        if self.0.get::<bool>(REMEMBER).await? == Some(true) {
            self.0.set_expiry(Some(Expiry::OnInactivity(REMEMBERED)));
        }
        self.0.save().await
    }
}

fn refused(error: &tower_sessions::session::Error) -> AppError {
    tracing::error!(%error, "a session could not be written");
    AppError::Unavailable { retry_after: 5 }
}
