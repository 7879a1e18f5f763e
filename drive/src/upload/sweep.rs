//! What nobody asks for: publishing what was interrupted, ending what expired, removing what was left behind. Safe on
//! several instances at once: every upload is taken by lease first, and files of one that lives are never touched.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use domain::{UploadId, UploadKind};
use storage::{Entry, EntryKind, StorePath};

use super::lease::Held;
use super::row::{State, Upload, columns};
use crate::clock::millis;
use crate::{Drive, Error, Result};

/// Uploads that one sweep takes up at most, of each sort.
const BATCH: i64 = 200;

/// Age of a file in staging before it can be an orphan: longer than any request.
const ORPHAN: Duration = Duration::from_secs(24 * 60 * 60);

/// Between two looks at all of staging.
const LOOK: Duration = Duration::from_secs(60 * 60);

/// How much earlier than a part that was just written another one of its file may expire.
const APART: Duration = Duration::from_secs(60 * 60);

/// When this process looked for orphans last, unix milliseconds.
#[derive(Debug, Default)]
pub(super) struct LastLook(AtomicI64);

impl Drive {
    /// One round of all of it.
    ///
    /// # Errors
    /// The database's. What goes wrong with one upload is logged, and the others are not kept waiting.
    pub(crate) async fn sweep_uploads(&self) -> Result<()> {
        self.resume_interrupted().await?;
        self.sweep_expired().await?;
        self.sweep_ended().await?;
        let last = &self.uploads().looked.0;
        if last.load(Ordering::Relaxed) + millis(LOOK) <= self.now() {
            last.store(self.now(), Ordering::Relaxed);
            self.sweep_orphans().await?;
        }
        Ok(())
    }

    /// A row that cannot be read is left to whoever reads the log; the others are not kept waiting for it. `$1` in the statement is how many, `$2` and so on are these times.
    async fn uploads_where(&self, statement: &'static str, times: &[i64]) -> Result<Vec<Upload>> {
        let query = times.iter().fold(sqlx::query(statement).bind(BATCH), |query, time| query.bind(*time));
        let rows = query.fetch_all(self.database().read()).await?;
        let read = |row| {
            Upload::read(row)
                .inspect_err(|error| tracing::error!(%error, "an upload's row cannot be read"))
                .ok()
        };
        Ok(rows.iter().filter_map(read).collect())
    }

    /// Puts an upload that failed behind those that were not tried yet: more of them than fit into one sweep must not
    /// keep the rest from ever being taken up.
    async fn postpone(&self, upload: &Upload) -> Result<()> {
        let mut tx = self.database().begin().await?;
        sqlx::query("UPDATE uploads SET updated_at = $2 WHERE id = $1")
            .bind(upload.id.as_str())
            .bind(self.now())
            .execute(&mut *tx)
            .await?;
        tx.commit().await
    }

    /// The parts of a file live as long as the one that was written last: a slow upload must not lose those that were
    /// complete first. Failing at it costs nothing, since the next request does it again.
    pub(super) async fn extend_group(&self, upload: &Upload) {
        let Some(group) = upload.metadata.group.as_deref() else { return };
        let work = async {
            let mut tx = self.database().begin().await?;
            // Not every row at every request: parts that are written side by side would wait for each other.
            sqlx::query(
                "UPDATE uploads SET expires_at = $3 WHERE owner_id = $1 AND part_group = $2 AND expires_at < $4 \
                 AND expires_at > $5 AND state = 'uploading' AND final_id IS NULL",
            )
            .bind(upload.owner.as_str())
            .bind(group)
            .bind(upload.expires_at)
            .bind(upload.expires_at - millis(APART))
            .bind(self.now())
            .execute(&mut *tx)
            .await?;
            tx.commit().await
        };
        if let Err(error) = work.await {
            tracing::debug!(%error, upload = %upload.id, "the other parts could not be given more time");
        }
    }

    /// Completes what a process began to publish and did not end.
    async fn resume_interrupted(&self) -> Result<()> {
        let interrupted = self
            .uploads_where(
                concat!(
                    "SELECT ",
                    columns!(),
                    " FROM uploads WHERE state IN ('sealing', 'concat', 'rename') AND failure IS NULL \
                     AND (idle_epoch >= epoch OR lease_until <= $2) ORDER BY updated_at LIMIT $1"
                ),
                &[self.now()],
            )
            .await?;
        for upload in interrupted {
            let Some(claim) = self.uploads().registry.claim_idle(&upload.id) else { continue };
            let work = async {
                let mut held = self.hold(&upload.owner, &upload.id, claim).await?;
                let outcome = self.publish(&mut held).await;
                self.let_go(&held.upload).await;
                outcome
            };
            match work.await {
                Ok(()) => tracing::info!(upload = %upload.id, "an interrupted upload was published"),
                Err(Error::Busy) => {}
                Err(error) => {
                    tracing::warn!(%error, upload = %upload.id, "an upload could not be published yet");
                    self.postpone(&upload).await?;
                }
            }
        }
        Ok(())
    }

    /// Ends uploads whose time is over. A file of which the store has all bytes is published instead, though nobody came to
    /// say so. What could not be told or done gets the same time once more: the store may have been away for long.
    async fn sweep_expired(&self) -> Result<()> {
        let expired = self
            .uploads_where(
                concat!(
                    "SELECT ",
                    columns!(),
                    " FROM uploads WHERE expires_at <= $2 AND state IN ('uploading', 'sealing', 'concat', 'rename') \
                     AND (state = 'uploading' OR failure IS NOT NULL OR expires_at <= $3) \
                     AND final_id IS NULL AND (idle_epoch >= epoch OR lease_until <= $2) ORDER BY updated_at LIMIT $1"
                ),
                &[self.now(), self.now() - millis(self.config().upload_expiry)],
            )
            .await?;
        for upload in expired {
            let Some(claim) = self.uploads().registry.claim_idle(&upload.id) else { continue };
            let work = async {
                let mut held = self.hold_as_it_is(&upload, claim).await?;
                // Somebody may have continued it since we looked.
                if held.upload.expires_at > self.now() || held.upload.state != upload.state {
                    self.let_go(&held.upload).await;
                    return Ok(());
                }
                let is_first_try = upload.expires_at > self.now() - millis(self.config().upload_expiry);
                match self.publish_if_whole(&mut held).await {
                    Ok(true) => {
                        tracing::info!(upload = %upload.id, "an upload was complete when its time was over");
                    }
                    Err(error) if is_first_try => {
                        self.let_go(&held.upload).await;
                        return Err(error);
                    }
                    outcome => {
                        if let Err(error) = outcome {
                            tracing::warn!(%error, upload = %upload.id, "an upload could not be published in all its time");
                        }
                        self.end(&mut held.upload, State::Gone).await?;
                        tracing::info!(upload = %upload.id, "an upload expired");
                        return Ok(());
                    }
                }
                self.let_go(&held.upload).await;
                Ok(())
            };
            match work.await {
                Ok(()) | Err(Error::Busy) => {}
                Err(error) => {
                    tracing::warn!(%error, upload = %upload.id, "an upload could not be ended yet");
                    self.postpone(&upload).await?;
                }
            }
        }
        Ok(())
    }

    /// Publishes a file that nobody has begun to publish and of which the store has all bytes; answers whether it was one.
    async fn publish_if_whole(&self, held: &mut Held) -> Result<bool> {
        let upload = &held.upload;
        if upload.state != State::Uploading || upload.kind != UploadKind::Whole || upload.length.is_none() {
            return Ok(false);
        }
        self.settle(held).await?;
        if held.is_complete() {
            self.publish(held).await?;
        }
        Ok(held.upload.state == State::Done)
    }

    /// Removes bytes that could not be removed when their upload ended, and rows that nobody will ask for any more.
    async fn sweep_ended(&self) -> Result<()> {
        let unremoved = self
            .uploads_where(
                concat!(
                    "SELECT ",
                    columns!(),
                    " FROM uploads WHERE state IN ('failed', 'gone') AND expires_at > $2 AND final_id IS NULL AND id IN \
                     (SELECT COALESCE(u.final_id, u.id) FROM segments s JOIN uploads u ON u.id = s.upload_id) \
                     ORDER BY updated_at LIMIT $1"
                ),
                &[self.now()],
            )
            .await?;
        for upload in unremoved {
            if let Err(error) = self.remove_bytes(&upload).await {
                tracing::warn!(%error, upload = %upload.id, "the bytes of an ended upload could not be removed yet");
                self.postpone(&upload).await?;
            }
        }
        let forgotten = self
            .uploads_where(
                concat!(
                    "SELECT ",
                    columns!(),
                    " FROM uploads WHERE expires_at <= $2 AND state IN ('done', 'failed', 'gone') AND final_id IS NULL \
                     ORDER BY updated_at LIMIT $1"
                ),
                &[self.now()],
            )
            .await?;
        for upload in forgotten {
            if let Err(error) = self.forget(&upload).await {
                tracing::warn!(%error, upload = %upload.id, "an ended upload could not be forgotten yet");
                self.postpone(&upload).await?;
            }
        }
        Ok(())
    }

    /// Removes the rows of an upload that ended, and of its parts. They do not become `gone` where there is a file: the bytes
    /// of such uploads are removed, and these are the file's.
    pub(super) async fn forget(&self, upload: &Upload) -> Result<()> {
        if upload.state != State::Done {
            // Once more: a writer that was only slow may have left something since.
            self.remove_bytes(upload).await?;
        }
        let mut tx = self.database().begin().await?;
        for statement in ["DELETE FROM uploads WHERE final_id = $1", "DELETE FROM uploads WHERE id = $1"] {
            sqlx::query(statement).bind(upload.id.as_str()).execute(&mut *tx).await?;
        }
        tx.commit().await
    }

    /// Removes old files in staging that belong to no upload that lives.
    async fn sweep_orphans(&self) -> Result<()> {
        let staging = StorePath::parse("staging").map_err(|error| Error::Internal(error.to_string()))?;
        for entry in self.store().list(&staging).await? {
            if let Err(error) = self.sweep_staged(&entry).await {
                tracing::warn!(%error, path = %entry.path, "orphans could not be removed yet");
            }
        }
        Ok(())
    }

    /// The same in one directory of staging, or of one file beside these.
    async fn sweep_staged(&self, entry: &Entry) -> Result<()> {
        let old = self.now() - millis(ORPHAN);
        if entry.kind != EntryKind::Directory {
            // What a process left that died while it tried the store.
            if entry.path.name().starts_with("probe-") && entry.modified < old {
                self.store().delete(&entry.path).await?;
            }
            return Ok(());
        }
        let files = self.store().list(&entry.path).await?.into_iter().filter(|file| file.modified < old);
        let mut alive = HashMap::new();
        for file in files {
            if self.is_orphan(&file, &mut alive).await? && self.store().delete(&file.path).await? {
                tracing::info!(path = %file.path, size_bytes = file.length, "an orphan was removed from staging");
            }
        }
        Ok(())
    }

    /// Names that are not ours to read are not ours to remove.
    async fn is_orphan(&self, file: &Entry, alive: &mut HashMap<UploadId, bool>) -> Result<bool> {
        let name = file.path.name();
        let Ok(id) = name.split(['-', '.']).next().unwrap_or(name).parse::<UploadId>() else {
            return Ok(false);
        };
        if let Some(alive) = alive.get(&id) {
            return Ok(!alive);
        }
        let row =
            sqlx::query("SELECT 1 FROM uploads WHERE id = $1 AND state NOT IN ('done', 'failed', 'gone')")
                .bind(id.as_str())
                .fetch_optional(self.database().read())
                .await?;
        alive.insert(id, row.is_some());
        Ok(row.is_none())
    }
}
