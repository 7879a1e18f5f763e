//! The end of all uploads of an account that is being deleted.

use domain::UserId;
use sqlx::Row;

use super::row::{State, Upload, columns};
use crate::error::Chain;
use crate::{Drive, Error, Result};

/// Uploads that are looked at together.
const BATCH: i64 = 200;

impl Drive {
    /// Gives every upload of the account up, removes its bytes and forgets it; says whether none is left. One that cannot be
    /// ended now keeps none of the others waiting.
    ///
    /// # Errors
    /// The database's. What goes wrong with one upload is logged.
    pub(crate) async fn end_uploads_of(&self, owner: &UserId) -> Result<bool> {
        let (mut after, mut all) = (String::new(), true);
        loop {
            // Parts of a final upload go with it.
            let rows = sqlx::query(concat!(
                "SELECT ",
                columns!(),
                " FROM uploads WHERE owner_id = $1 AND final_id IS NULL AND id > $2 ORDER BY id LIMIT $3"
            ))
            .bind(owner.as_str())
            .bind(&after)
            .bind(BATCH)
            .fetch_all(self.database().read())
            .await?;
            for row in &rows {
                after = row.try_get(0)?;
                let ended = match Upload::read(row) {
                    Ok(upload) => self.end_upload(&upload).await,
                    Err(error) => Err(error),
                };
                if let Err(error) = ended {
                    tracing::warn!(error = %Chain(&error), upload = after, "an upload of a deleted account could not be ended yet");
                    all = false;
                }
            }
            if (rows.len() as i64) < BATCH {
                return Ok(all);
            }
        }
    }

    async fn end_upload(&self, upload: &Upload) -> Result<()> {
        if !matches!(upload.state, State::Done | State::Failed | State::Gone) {
            let claim = self.uploads().registry.claim(&upload.id).await?;
            // Its writer may have gone on since it was read.
            let mut connection = self.database().read().acquire().await?;
            let before = match Upload::load(&mut connection, &upload.owner, &upload.id).await {
                // Another instance was faster.
                Err(Error::NotFound) => return Ok(()),
                before => before?,
            };
            drop(connection);
            let mut held = self.hold_as_it_is(&before, claim).await?;
            let outcome = self.end(&mut held.upload, State::Gone).await;
            self.let_go(&held.upload).await;
            outcome?;
            return self.forget(&held.upload).await;
        }
        self.forget(upload).await
    }
}
