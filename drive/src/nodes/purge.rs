//! The end of what was in the trash. Rows, versions, references and quota go together, in batches, so that a folder of a
//! million files holds its owner's lock for milliseconds at a time. The bytes follow later (`blobs::sweep`).
//!
//! `trashed_at` 0 says: to be purged, and nothing brings it back. A step deletes what has that mark and no children, and
//! when there is less than a batch of those, it moves children of marked folders up to the root and marks them. So the
//! tree dissolves from the top without recursion, and any instance can continue after any crash. What was trashed on its
//! own below such a folder keeps its own time in the trash, and comes back to the root if it is restored.

use domain::{NodeId, UserId};
use sqlx::Row;

use super::parse;
use crate::database::{Tx, from_sql, retrying};
use crate::{Actor, Drive, Error, Result, clock, quota};

/// Rows of one transaction.
const BATCH: i64 = 500;

/// Transactions that the request itself waits for; the background loop does the rest.
const AT_ONCE: u32 = 20;

/// Owners whose trash one sweep looks at.
const OWNERS: i64 = 100;

/// Steps for one owner in one sweep, so that one huge trash does not keep the others waiting.
const STEPS: u32 = 400;

impl Drive {
    /// Ends something that is in the trash, for good. It is gone from the trash at once; a large folder gives its quota
    /// back over the next seconds or minutes.
    ///
    /// # Errors
    /// [`Error::NotFound`] for what is not in the trash.
    pub async fn purge(&self, actor: &Actor, id: &NodeId) -> Result<()> {
        let marked =
            sqlx::query("UPDATE nodes SET trashed_at = 0 WHERE id = $1 AND owner_id = $2 AND trashed_at > 1");
        let marked = {
            let mut tx = self.database().begin().await?;
            let marked = marked.bind(id.as_str()).bind(actor.user.as_str()).execute(&mut *tx).await?;
            tx.commit().await?;
            marked.rows_affected()
        };
        if marked == 0 {
            return Err(Error::NotFound);
        }
        if let Err(error) = self.purge_marked(&actor.user, AT_ONCE).await {
            // The decision lasts; the background loop carries it out.
            tracing::warn!(%error, "a purge is left to the background");
        }
        Ok(())
    }

    /// Purges what has been in the trash for its time, and finishes what was begun.
    pub(crate) async fn sweep_trash(&self) -> Result<()> {
        let before = self.now() - clock::millis(self.config().trash_retention);
        let owners = sqlx::query("SELECT DISTINCT owner_id FROM nodes WHERE trashed_at <= $1 LIMIT $2")
            .bind(before)
            .bind(OWNERS)
            .fetch_all(self.database().read())
            .await?;
        for row in &owners {
            let owner: UserId = parse(row.try_get(0)?)?;
            if let Err(error) = self.sweep_trash_of(&owner, before).await {
                tracing::warn!(%owner, %error, "a trash could not be swept");
            }
        }
        Ok(())
    }

    async fn sweep_trash_of(&self, owner: &UserId, before: i64) -> Result<()> {
        for _ in 0..STEPS {
            let marked = retrying(|| self.mark_expired(owner, before)).await?;
            self.purge_marked(owner, STEPS).await?;
            if marked < BATCH.unsigned_abs() {
                break;
            }
        }
        Ok(())
    }

    /// Marks a batch of what was in the trash for its time, and says how many those were.
    async fn mark_expired(&self, owner: &UserId, before: i64) -> Result<u64> {
        let mut tx = self.database().begin().await?;
        quota::lock(&mut tx, owner).await?;
        let marked = sqlx::query(
            "UPDATE nodes SET trashed_at = 0 WHERE id IN (SELECT id FROM nodes \
             WHERE owner_id = $1 AND trashed_at > 1 AND trashed_at <= $2 ORDER BY trashed_at LIMIT $3)",
        )
        .bind(owner.as_str())
        .bind(before)
        .bind(BATCH)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(marked.rows_affected())
    }

    async fn purge_marked(&self, owner: &UserId, steps: u32) -> Result<()> {
        for _ in 0..steps {
            if !retrying(|| self.purge_step(owner)).await? {
                break;
            }
        }
        Ok(())
    }

    /// One batch; `false` when nothing was left to do.
    async fn purge_step(&self, owner: &UserId) -> Result<bool> {
        let mut tx = self.database().begin().await?;
        quota::lock(&mut tx, owner).await?;
        let chosen = choose(&mut tx, owner).await?;
        if chosen > 0 {
            let bytes = release_blobs(&mut tx, owner, self.now()).await?;
            delete(&mut tx, owner).await?;
            quota::free(&mut tx, owner, bytes).await?;
        }
        let flattened = if chosen < BATCH.unsigned_abs() { flatten(&mut tx, owner).await? } else { 0 };
        tx.commit().await?;
        Ok(chosen + flattened > 0)
    }
}

/// Marks what this batch deletes with 1: the statements that follow must speak of the same rows.
async fn choose(tx: &mut Tx, owner: &UserId) -> Result<u64> {
    let chosen = sqlx::query(
        "UPDATE nodes SET trashed_at = 1 WHERE id IN (SELECT z.id FROM nodes z WHERE z.owner_id = $1 \
         AND z.trashed_at = 0 AND NOT EXISTS (SELECT 1 FROM nodes c WHERE c.parent_id = z.id) LIMIT $2)",
    )
    .bind(owner.as_str())
    .bind(BATCH)
    .execute(&mut **tx)
    .await?;
    Ok(chosen.rows_affected())
}

/// Takes away the references of the chosen nodes and their versions; answers how many bytes those were.
async fn release_blobs(tx: &mut Tx, owner: &UserId, now: i64) -> Result<u64> {
    macro_rules! going {
        () => {
            "(SELECT n.blob_id, n.size FROM nodes n \
             WHERE n.owner_id = $1 AND n.trashed_at = 1 AND n.blob_id IS NOT NULL \
             UNION ALL SELECT v.blob_id, v.size FROM versions v JOIN nodes n ON n.id = v.node_id \
             WHERE n.owner_id = $1 AND n.trashed_at = 1) AS going"
        };
    }
    let row = sqlx::query(concat!("SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM ", going!()))
        .bind(owner.as_str())
        .fetch_one(&mut **tx)
        .await?;
    sqlx::query(concat!(
        "UPDATE blobs SET refs = refs - gone.count, \
         unused_at = CASE WHEN refs - gone.count <= 0 THEN $2 ELSE NULL END \
         FROM (SELECT blob_id, COUNT(*) AS count FROM ",
        going!(),
        " GROUP BY blob_id) AS gone WHERE blobs.id = gone.blob_id"
    ))
    .bind(owner.as_str())
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(from_sql(row.try_get(0)?))
}

async fn delete(tx: &mut Tx, owner: &UserId) -> Result<()> {
    sqlx::query(
        "DELETE FROM versions WHERE node_id IN (SELECT id FROM nodes WHERE owner_id = $1 AND trashed_at = 1)",
    )
    .bind(owner.as_str())
    .execute(&mut **tx)
    .await?;
    sqlx::query("DELETE FROM nodes WHERE owner_id = $1 AND trashed_at = 1")
        .bind(owner.as_str())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Moves children of marked folders up to the root, marked like them, or with their own time where they have one.
async fn flatten(tx: &mut Tx, owner: &UserId) -> Result<u64> {
    let moved = sqlx::query(
        "UPDATE nodes SET parent_id = (SELECT root_id FROM users WHERE id = $1), \
         trashed_at = COALESCE(trashed_at, 0) WHERE id IN (SELECT c.id FROM nodes z JOIN nodes c ON c.parent_id = z.id \
         WHERE z.owner_id = $1 AND z.trashed_at = 0 LIMIT $2)",
    )
    .bind(owner.as_str())
    .bind(BATCH)
    .execute(&mut **tx)
    .await?;
    Ok(moved.rows_affected())
}
