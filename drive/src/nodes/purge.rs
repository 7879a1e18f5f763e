//! The end of what was in the trash. Rows, versions, references and quota go together, in batches, so that a folder of a
//! million files holds its owner's lock for milliseconds at a time. The bytes follow later (`blobs::sweep`).
//!
//! `trashed_at` 0 says: to be purged, and nothing brings it back. A step deletes what has that mark and no children, and
//! when there is less than a batch of those, it moves children of marked folders up to the root and marks them. So the
//! tree dissolves from the top without recursion, and any instance can continue after any crash. What was trashed on its
//! own below such a folder keeps its own time in the trash, but has no place any more.
//!
//! When a batch fails by itself, it is halved, down to the row that cannot be deleted. That one is set aside (-1) until the
//! next sweep, and keeps nothing else waiting.

use domain::{ItemReport, NodeId, Outcome, UserId};
use sqlx::Row;

use super::bulk::check;
use super::{parse, register};
use crate::database::{Tx, errors, from_sql, retrying};
use crate::error::Chain;
use crate::{Actor, Drive, Error, Result, clock, quota};

/// Rows of one transaction.
pub(super) const BATCH: i64 = 500;

/// Transactions that the request itself waits for; the background loop does the rest.
const AT_ONCE: u32 = 20;

/// Owners that are asked for at once.
const OWNERS: i64 = 100;

/// Steps for one owner in one sweep, so that one huge trash does not keep the others waiting.
pub(super) const STEPS: u32 = 400;

impl Drive {
    /// Ends something that is in the trash, for good. It is gone from the trash at once; a large folder gives its quota
    /// back over the next seconds or minutes.
    ///
    /// # Errors
    /// [`Error::NotFound`] for what is not in the trash.
    pub async fn purge(&self, actor: &Actor, id: &NodeId) -> Result<()> {
        let reports = self.purge_all(actor, std::slice::from_ref(id)).await?;
        if reports.iter().all(ItemReport::is_done) { Ok(()) } else { Err(Error::NotFound) }
    }

    /// The same for several.
    ///
    /// # Errors
    /// `Invalid { Limit }` for none or more than 1000.
    pub async fn purge_all(&self, actor: &Actor, ids: &[NodeId]) -> Result<Vec<ItemReport>> {
        check(ids)?;
        let reports = retrying(|| self.mark_all(actor, ids)).await?;
        self.carry_out(&actor.user).await;
        Ok(reports)
    }

    /// Ends everything that is in the trash, as [`purge`](Self::purge) does; says how many items those were.
    ///
    /// # Errors
    /// When the database fails; what was marked until then is ended.
    pub async fn empty_trash(&self, actor: &Actor) -> Result<u64> {
        // What comes into the trash meanwhile was not in what the person saw.
        let (before, mut count) = (self.now(), 0);
        loop {
            let marked = retrying(|| self.mark_expired(&actor.user, before)).await?;
            count += marked;
            if marked < BATCH.unsigned_abs() {
                break;
            }
        }
        self.carry_out(&actor.user).await;
        Ok(count)
    }

    async fn mark_all(&self, actor: &Actor, ids: &[NodeId]) -> Result<Vec<ItemReport>> {
        let mut tx = self.database().begin().await?;
        quota::lock(&mut tx, &actor.user).await?;
        let mut reports = Vec::with_capacity(ids.len());
        for id in ids {
            let marked = sqlx::query(
                "UPDATE nodes SET trashed_at = 0 WHERE id = $1 AND owner_id = $2 AND trashed_at > 1",
            )
            .bind(id.as_str())
            .bind(actor.user.as_str())
            .execute(&mut *tx)
            .await?;
            let (outcome, error) = match marked.rows_affected() {
                0 => (Outcome::Refused, Some(Error::NotFound.to_app_error())),
                _ => (Outcome::Done, None),
            };
            reports.push(ItemReport { id: id.clone(), outcome, node: None, error });
        }
        tx.commit().await?;
        Ok(reports)
    }

    /// As much of a purge as a request waits for. The decision lasts: what fails here is left to the background.
    async fn carry_out(&self, owner: &UserId) {
        if let Err(error) = self.purge_marked(owner, AT_ONCE).await {
            tracing::warn!(error = %Chain(&error), "a purge is left to the background");
        }
    }

    /// Purges what has been in the trash for its time, and finishes what was begun.
    pub(crate) async fn sweep_trash(&self) -> Result<()> {
        // Without a time only what was deleted by hand is to be finished.
        let before = self.rules().trash_retention.map_or(1, |keeps| self.now() - clock::millis(keeps));
        let mut last = String::new();
        loop {
            let owners = sqlx::query(
                "SELECT DISTINCT owner_id FROM nodes WHERE trashed_at <= $1 AND owner_id > $2 ORDER BY owner_id LIMIT $3",
            )
            .bind(before.max(1))
            .bind(&last)
            .bind(OWNERS)
            .fetch_all(self.database().read())
            .await?;
            for row in &owners {
                last = row.try_get(0)?;
                if let Err(error) = self.sweep_trash_of(&last, before).await {
                    tracing::warn!(owner = last, error = %Chain(&error), "a trash could not be swept");
                }
            }
            if (owners.len() as i64) < OWNERS {
                return Ok(());
            }
        }
    }

    async fn sweep_trash_of(&self, owner: &str, before: i64) -> Result<()> {
        let owner: UserId = parse(owner)?;
        retrying(|| self.try_again(&owner)).await?;
        for _ in 0..STEPS {
            let marked = retrying(|| self.mark_expired(&owner, before)).await?;
            self.purge_marked(&owner, STEPS).await?;
            if marked < BATCH.unsigned_abs() {
                break;
            }
        }
        Ok(())
    }

    /// Marks a batch of what was in the trash for its time, and says how many those were.
    pub(super) async fn mark_expired(&self, owner: &UserId, before: i64) -> Result<u64> {
        let mut tx = self.database().begin().await?;
        quota::lock_to_remove(&mut tx, owner).await?;
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

    /// Gives what was set aside another chance.
    pub(super) async fn try_again(&self, owner: &UserId) -> Result<()> {
        let mut tx = self.database().begin().await?;
        sqlx::query("UPDATE nodes SET trashed_at = 0 WHERE owner_id = $1 AND trashed_at = -1")
            .bind(owner.as_str())
            .execute(&mut *tx)
            .await?;
        tx.commit().await
    }

    pub(super) async fn purge_marked(&self, owner: &UserId, steps: u32) -> Result<()> {
        let mut batch = BATCH;
        for _ in 0..steps {
            match retrying(|| self.purge_step(owner, batch)).await {
                Ok(true) => batch = (batch * 2).min(BATCH),
                Ok(false) => break,
                // What is down for all rows is not the fault of one.
                Err(Error::Database(error)) if !errors::is_unavailable(&error) && batch > 1 => batch /= 2,
                Err(Error::Database(error)) if !errors::is_unavailable(&error) => {
                    self.set_aside(owner, &error).await?;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// One batch; `false` when nothing was left to do.
    async fn purge_step(&self, owner: &UserId, batch: i64) -> Result<bool> {
        let mut tx = self.database().begin().await?;
        quota::lock_to_remove(&mut tx, owner).await?;
        let chosen = choose(&mut tx, owner, 1, batch).await?;
        if chosen > 0 {
            let bytes = release_blobs(&mut tx, owner, self.now()).await?;
            delete(&mut tx, owner).await?;
            quota::free(&mut tx, owner, bytes).await?;
        }
        let flattened = if chosen < batch.unsigned_abs() { flatten(&mut tx, owner).await? } else { 0 };
        tx.commit().await?;
        Ok(chosen + flattened > 0)
    }

    /// Sets the row aside that a batch of one chooses.
    async fn set_aside(&self, owner: &UserId, why: &sqlx::Error) -> Result<()> {
        let mut tx = self.database().begin().await?;
        quota::lock_to_remove(&mut tx, owner).await?;
        choose(&mut tx, owner, -1, 1).await?;
        tx.commit().await?;
        tracing::warn!(%owner, error = %Chain(why), "something in the trash cannot be purged and is left for later");
        Ok(())
    }
}

/// Gives a batch of what can be deleted now another mark: 1 for what this transaction deletes, since the statements that
/// follow must speak of the same rows. A batch of one chooses the same row again; of more, any will do, and sorting all of
/// a huge trash for each batch would cost far more than the batch.
async fn choose(tx: &mut Tx, owner: &UserId, mark: i64, batch: i64) -> Result<u64> {
    macro_rules! statement {
        ($order:literal) => {
            concat!(
                "UPDATE nodes SET trashed_at = $2 WHERE id IN (SELECT z.id FROM nodes z WHERE z.owner_id = $1 \
                 AND z.trashed_at = 0 AND NOT EXISTS (SELECT 1 FROM nodes c WHERE c.parent_id = z.id) ",
                $order,
                "LIMIT $3)"
            )
        };
    }
    let statement = if batch == 1 { statement!("ORDER BY z.id ") } else { statement!("") };
    let chosen =
        sqlx::query(statement).bind(owner.as_str()).bind(mark).bind(batch).execute(&mut **tx).await?;
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
    register::strike_purged(tx, owner).await?;
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

/// Moves children of marked folders up to the root, marked like them; those that have a time of their own are in no folder
/// any more.
async fn flatten(tx: &mut Tx, owner: &UserId) -> Result<u64> {
    let moved = sqlx::query(
        "UPDATE nodes SET parent_id = CASE WHEN trashed_at > 1 THEN NULL ELSE (SELECT root_id FROM users WHERE id = $1) END, \
         trashed_at = COALESCE(trashed_at, 0) WHERE id IN (SELECT c.id FROM nodes z JOIN nodes c ON c.parent_id = z.id \
         WHERE z.owner_id = $1 AND z.trashed_at = 0 LIMIT $2)",
    )
    .bind(owner.as_str())
    .bind(BATCH)
    .execute(&mut **tx)
    .await?;
    Ok(moved.rows_affected())
}
