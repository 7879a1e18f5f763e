//! How far uploads are.

use domain::{UploadId, UploadKind, UploadView, UserId};
use sqlx::{AnyConnection, Row};

use super::row::{Segment, State, Upload, columns, total};
use super::{UploadStatus, to_the_end};
use crate::nodes::parse;
use crate::{Actor, Drive, Error, Result};

/// Unfinished uploads that are listed at most; the newest.
const LISTED: i64 = 1000;

impl Drive {
    /// Where an upload stands. Whoever writes to it is stopped first, so that the answer is true; what a dead writer left
    /// is adopted, and a publish that was interrupted is completed. A done upload answers with its node for as long as
    /// its row is kept, so that a client whose last answer was lost can learn of it.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Gone`] when it was cancelled, expired or failed; [`Error::Busy`] when the writer
    /// does not end; what publishing can end with, except a taken name or a limit that was lowered: that
    /// is told to whoever writes.
    pub async fn inspect_upload(&self, actor: &Actor, id: &UploadId) -> Result<UploadStatus> {
        let (drive, owner, id) = (self.clone(), actor.user.clone(), id.clone());
        to_the_end(async move { Box::pin(drive.inspect_claimed(&owner, &id)).await }).await
    }

    async fn inspect_claimed(&self, owner: &UserId, id: &UploadId) -> Result<UploadStatus> {
        // Claiming somebody else's upload would stop its writer: look first.
        Upload::load(&mut *self.database().read().acquire().await?, owner, id).await?;
        let claim = self.uploads().registry.claim(id).await?;
        if let Some(status) = self.status_at_rest(owner, id).await? {
            return Ok(status);
        }
        let mut held = self.hold(owner, id, claim).await?;
        let mut outcome = self.conclude(&mut held).await;
        if let Err(Error::NameTaken | Error::QuotaExceeded { .. } | Error::TooLarge { .. }) = outcome {
            outcome = self.standing(&held).await;
        }
        self.let_go(&held.upload).await;
        outcome
    }

    /// The answer when there is nothing to do: nobody holds it, everything is closed, nothing is to be published.
    async fn status_at_rest(&self, owner: &UserId, id: &UploadId) -> Result<Option<UploadStatus>> {
        let mut connection = self.database().read().acquire().await?;
        let upload = Upload::load(&mut connection, owner, id).await?;
        self.refuse_ended(&upload)?;
        if upload.state == State::Done {
            let parts = parts_of(&mut connection, id).await?;
            return Ok(Some(upload.status(upload.length.unwrap_or(0), parts)));
        }
        let segments = Segment::load(&mut connection, id).await?;
        let offset = total(&segments);
        let ready = upload.kind == UploadKind::Whole && upload.length == Some(offset);
        let at_rest = upload.is_idle()
            && upload.state == State::Uploading
            && !ready
            && segments.iter().all(|segment| segment.length.is_some());
        Ok(at_rest.then(|| upload.status(offset, Vec::new())))
    }

    /// The unfinished whole and partial uploads of a person, newest first, at most 1000. Offsets are those last recorded;
    /// nobody is disturbed.
    ///
    /// # Errors
    /// The database's.
    pub async fn unfinished_uploads(&self, actor: &Actor) -> Result<Vec<UploadView>> {
        let rows = sqlx::query(concat!(
            "SELECT ",
            columns!(),
            " FROM uploads WHERE owner_id = $1 AND state IN ('uploading', 'sealing', 'concat', 'rename') \
             AND kind <> 'final' AND final_id IS NULL AND expires_at > $2 ORDER BY created_at DESC, id LIMIT $3"
        ))
        .bind(actor.user.as_str())
        .bind(self.now())
        .bind(LISTED)
        .fetch_all(self.database().read())
        .await?;
        rows.iter().map(|row| Upload::read(row).map(view)).collect()
    }
}

fn view(upload: Upload) -> UploadView {
    let metadata = upload.metadata;
    UploadView {
        id: upload.id,
        kind: upload.kind,
        offset: upload.received,
        length: upload.length,
        name: metadata.name,
        parent: metadata.parent,
        last_modified: metadata.last_modified,
        group: metadata.group,
        part_offset: metadata.part_offset,
        total: metadata.total,
        expires: upload.expires_at,
    }
}

/// The partial uploads that a final one took, in order.
pub(super) async fn parts_of(connection: &mut AnyConnection, id: &UploadId) -> Result<Vec<UploadId>> {
    let rows = sqlx::query("SELECT id FROM uploads WHERE final_id = $1 ORDER BY position")
        .bind(id.as_str())
        .fetch_all(connection)
        .await?;
    rows.iter().map(|row| parse(row.try_get(0)?)).collect()
}
