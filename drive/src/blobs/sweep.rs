//! Removes the bytes of blobs that nothing has pointed at for some time.
//!
//! First the row is claimed by `refs = -1`, after which no reference can be taken; then the bytes go; then the row. An
//! instance that dies in between leaves a claimed row, and the next sweep of any instance does the same again, which is
//! safe, since deleting is idempotent and the claim is for good.

use domain::BlobId;
use futures::StreamExt;
use sqlx::Row;

use crate::nodes::parse;
use crate::{Drive, Result, blobs};

/// A download that runs when the last reference goes may take hours, and reads from the store as it goes.
const GRACE_MS: i64 = 6 * 60 * 60 * 1000;

/// Blobs of one round.
const BATCH: i64 = 100;

/// Removals at once: on HDFS each is a round trip.
const AT_ONCE: usize = 8;

/// Rounds of one sweep.
const ROUNDS: usize = 50;

impl Drive {
    /// Removes unused blobs. One that cannot be removed now is left for later; blobs are taken by chance, so that those do
    /// not fill every round.
    pub(crate) async fn sweep_blobs(&self) -> Result<()> {
        let before = self.now() - GRACE_MS;
        for _ in 0..ROUNDS {
            let claimed = self.claim_unused(before).await?;
            let count = claimed.len();
            let removed = futures::stream::iter(claimed)
                .map(|blob| self.remove(blob))
                .buffer_unordered(AT_ONCE)
                .filter(|removed| std::future::ready(*removed))
                .count()
                .await;
            if count < BATCH.unsigned_abs() as usize || removed == 0 {
                break;
            }
        }
        Ok(())
    }

    /// As they are written: one that cannot be read keeps none of the others waiting.
    async fn claim_unused(&self, before: i64) -> Result<Vec<String>> {
        let mut tx = self.database().begin().await?;
        let rows = sqlx::query(
            "UPDATE blobs SET refs = -1 WHERE id IN (SELECT id FROM blobs WHERE unused_at <= $1 AND refs <= 0 \
             ORDER BY RANDOM() LIMIT $2) AND refs <= 0 RETURNING id",
        )
        .bind(before)
        .bind(BATCH)
        .fetch_all(&mut *tx)
        .await?;
        tx.commit().await?;
        rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }

    /// `false` when it could not be removed, for a reason that is logged.
    async fn remove(&self, blob: String) -> bool {
        let outcome = self.remove_claimed(&blob).await;
        if let Err(error) = &outcome {
            tracing::warn!(blob, %error, "an unused blob could not be removed");
        }
        outcome.is_ok()
    }

    async fn remove_claimed(&self, blob: &str) -> Result<()> {
        let blob: BlobId = parse(blob)?;
        self.store().delete(&blobs::path(&blob)?).await?;
        let mut tx = self.database().begin().await?;
        sqlx::query("DELETE FROM blobs WHERE id = $1 AND refs = -1")
            .bind(blob.as_str())
            .execute(&mut *tx)
            .await?;
        tx.commit().await
    }
}
