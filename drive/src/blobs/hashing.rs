//! BLAKE3 of blobs that were published without one: those whose parts were not whole subtrees, so that their bytes have to
//! be read once more.

use domain::BlobId;
use futures::StreamExt;
use sqlx::Row;

use crate::nodes::parse;
use crate::{Drive, Error, Result, blobs};

/// Blobs of one sweep.
const BATCH: i64 = 32;

impl Drive {
    /// Hashes some blobs that have no BLAKE3 yet. By chance, so that those which cannot be read do not keep the others
    /// waiting, and several instances seldom take the same one; if they do, that costs a read, and both find the same.
    pub(crate) async fn hash_blobs(&self) -> Result<()> {
        let rows = sqlx::query(
            "SELECT id, size FROM blobs WHERE blake3 IS NULL AND refs > 0 ORDER BY RANDOM() LIMIT $1",
        )
        .bind(BATCH)
        .fetch_all(self.database().read())
        .await?;
        for row in &rows {
            let blob: &str = row.try_get(0)?;
            if let Err(error) = self.hash_blob(blob, crate::database::from_sql(row.try_get(1)?)).await {
                tracing::warn!(blob, %error, "a blob could not be hashed");
            }
        }
        Ok(())
    }

    async fn hash_blob(&self, blob: &str, size: u64) -> Result<()> {
        let blob: BlobId = parse(blob)?;
        let mut hasher = blake3::Hasher::new();
        if size > 0 {
            let mut bytes = self.store().read(&blobs::path(&blob)?, 0..size).await?;
            while let Some(frame) = bytes.next().await {
                // Frames are bounded by the store's contract to what takes well under a millisecond.
                hasher.update(&frame?);
                tokio::task::yield_now().await;
            }
        }
        if hasher.count() != size {
            return Err(Error::Internal(format!(
                "blob {blob} holds {} bytes instead of {size}",
                hasher.count()
            )));
        }
        let mut tx = self.database().begin().await?;
        sqlx::query("UPDATE blobs SET blake3 = $2 WHERE id = $1 AND blake3 IS NULL")
            .bind(blob.as_str())
            .bind(hasher.finalize().to_hex().as_str())
            .execute(&mut *tx)
            .await?;
        tx.commit().await
    }
}
