//! Giving an upload up: by its owner, by time, by a wrong hash.

use domain::UploadId;
use storage::StorePath;

use super::publish::{delete_segments, reserved_by, whole_path};
use super::row::{Segment, State, Upload};
use super::to_the_end;
use crate::clock::millis;
use crate::{Actor, Drive, Error, Result, blobs, quota};

/// How long an upload that ended without a node says so, before nobody knows it any more.
const MOURNED: std::time::Duration = std::time::Duration::from_secs(24 * 60 * 60);

impl Drive {
    /// Gives an upload up: whoever writes to it is stopped, its bytes are removed, its quota is free again. Parts of a
    /// final upload go with it. One that became a file is forgotten, and the file stays.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Gone`] when it ended already without a file; [`Error::Busy`] for a part that a final
    /// upload has taken, and when a writer does not end. That bytes could not be removed now is no error: the sweeper
    /// tries again.
    pub async fn cancel_upload(&self, actor: &Actor, id: &UploadId) -> Result<()> {
        let (drive, owner, id) = (self.clone(), actor.user.clone(), id.clone());
        to_the_end(async move {
            // Claiming somebody else's upload would stop its writer: look first.
            Upload::load(&mut *drive.database().read().acquire().await?, &owner, &id).await?;
            let claim = drive.uploads().registry.claim(&id).await?;
            let before = Upload::load(&mut *drive.database().read().acquire().await?, &owner, &id).await?;
            match before.state {
                State::Done => return drive.forget(&before).await,
                State::Failed | State::Gone => return Err(Error::Gone),
                _ if before.final_id.is_some() => return Err(Error::Busy),
                _ => {}
            }
            let mut held = drive.hold_as_it_is(&before, claim).await?;
            let outcome = drive.end(&mut held.upload, State::Gone).await;
            drive.let_go(&held.upload).await;
            outcome
        })
        .await
    }

    /// Ends an upload in our hands, and its parts with it, without a node.
    ///
    /// # Errors
    /// [`Error::Busy`] when it is not in our hands any more; the database's.
    pub(super) async fn end(&self, upload: &mut Upload, state: State) -> Result<()> {
        let now = self.now();
        let mut tx = self.database().begin().await?;
        quota::lock_to_remove(&mut tx, &upload.owner).await?;
        let reserved = reserved_by(&mut tx, upload).await?;
        let ended = sqlx::query(
            "UPDATE uploads SET state = $3, idle_epoch = epoch, lease_until = 0 WHERE id = $1 AND epoch = $2 \
             AND state <> 'done'",
        )
        .bind(upload.id.as_str())
        .bind(upload.epoch)
        .bind(state.as_str())
        .execute(&mut *tx)
        .await?;
        if ended.rows_affected() == 0 {
            return Err(Error::Busy);
        }
        quota::release(&mut tx, &upload.owner, reserved).await?;
        sqlx::query(
            "UPDATE uploads SET state = $2, reserved = 0, frontier = NULL, updated_at = $3, expires_at = $4 \
             WHERE id = $1 OR final_id = $1",
        )
        .bind(upload.id.as_str())
        .bind(state.as_str())
        .bind(now)
        .bind(now + millis(MOURNED))
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        upload.state = state;
        upload.idle_epoch = upload.epoch;
        if let Err(error) = self.remove_bytes(upload).await {
            tracing::warn!(%error, upload = %upload.id, "the bytes of an ended upload could not be removed yet");
        }
        Ok(())
    }

    /// Removes all files of an upload that ended without a node, then forgets where they were.
    pub(super) async fn remove_bytes(&self, upload: &Upload) -> Result<()> {
        for path in self.files_of(upload).await? {
            self.store().delete(&path).await?;
        }
        let mut tx = self.database().begin().await?;
        delete_segments(&mut tx, upload).await?;
        tx.commit().await
    }

    async fn files_of(&self, upload: &Upload) -> Result<Vec<StorePath>> {
        let mut connection = self.database().read().acquire().await?;
        let mut segments = Segment::load(&mut connection, &upload.id).await?;
        segments.extend(Segment::load_of_final(&mut connection, &upload.id).await?);
        let mut paths = Vec::new();
        for segment in &segments {
            paths.extend(segment.places()?);
        }
        if let Some(blob) = &upload.blob {
            paths.push(whole_path(upload)?);
            paths.push(blobs::path(blob)?);
        }
        Ok(paths)
    }
}
