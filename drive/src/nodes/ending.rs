//! The end of a whole drive: everything in it is purged, whether in the trash or not, by the steps of [`purge`](super::purge).
//! The root stays until its account goes.

use domain::{NodeId, UserId};

use super::purge::{BATCH, STEPS};
use crate::database::retrying;
use crate::{Drive, Result, quota};

impl Drive {
    /// As much of it as one sweep does for one account, and whether nothing but the root is left. Safe on several instances
    /// at once, and wherever it was stopped before.
    pub(crate) async fn end_nodes_of(&self, owner: &UserId, root: &NodeId) -> Result<bool> {
        retrying(|| self.try_again(owner)).await?;
        for _ in 0..STEPS {
            // By turns: marked ones must not pile up among those that are looked for.
            let live = retrying(|| self.mark_live(owner, root)).await?;
            let trashed = retrying(|| self.mark_expired(owner, i64::MAX)).await?;
            self.purge_marked(owner, STEPS).await?;
            if live + trashed == 0 {
                break;
            }
        }
        let left = sqlx::query("SELECT 1 FROM nodes WHERE owner_id = $1 AND id <> $2 LIMIT 1")
            .bind(owner.as_str())
            .bind(root.as_str())
            .fetch_optional(self.database().read())
            .await?;
        Ok(left.is_none())
    }

    /// Marks a batch of what is in the root, and says how many those were.
    async fn mark_live(&self, owner: &UserId, root: &NodeId) -> Result<u64> {
        let mut tx = self.database().begin().await?;
        quota::lock_to_remove(&mut tx, owner).await?;
        let marked = sqlx::query(
            "UPDATE nodes SET trashed_at = 0 WHERE id IN (SELECT id FROM nodes \
             WHERE parent_id = $1 AND owner_id = $2 AND trashed_at IS NULL LIMIT $3)",
        )
        .bind(root.as_str())
        .bind(owner.as_str())
        .bind(BATCH)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(marked.rows_affected())
    }
}
