//! How the whole site is.

use sqlx::Row;

use super::check;
use crate::database::from_sql;
use crate::{Actor, Drive, Health, Result};

/// Figures of the whole site, and how database and store are.
#[derive(Clone, Debug)]
pub struct Overview {
    /// Accounts.
    pub users: u64,
    /// Of these, locked ones.
    pub locked: u64,
    /// Files of everybody, trash included.
    pub files: u64,
    /// Folders of everybody, trash included, without the roots.
    pub folders: u64,
    /// What lies in the trash by itself: a folder counts once.
    pub trashed: u64,
    /// Bytes as people count them: every file, version and copy by its size.
    pub logical: u64,
    /// Bytes that the store holds once each, before its own copies.
    pub physical: u64,
    /// Uploads under way or interrupted.
    pub uploads: u64,
    /// Bytes promised to them.
    pub reserved: u64,
    /// How full the store is; `None` when it does not say.
    pub store: Option<storage::Usage>,
    /// Whether database and store work.
    pub health: Health,
}

impl Drive {
    /// How the whole site is. Counts every row of some tables: for a page that somebody looks at now and then.
    ///
    /// # Errors
    /// [`Error::NotFound`](crate::Error::NotFound) for who is no administrator.
    pub async fn overview(&self, actor: &Actor) -> Result<Overview> {
        check(actor)?;
        let row = sqlx::query(
            "SELECT (SELECT COUNT(*) FROM users), (SELECT COUNT(*) FROM users WHERE locked_at IS NOT NULL), \
             (SELECT COUNT(*) FROM nodes WHERE kind = 1), \
             (SELECT COUNT(*) FROM nodes WHERE kind = 0 AND parent_id IS NOT NULL), \
             (SELECT COUNT(*) FROM nodes WHERE trashed_at IS NOT NULL), \
             (SELECT CAST(COALESCE(SUM(used), 0) AS BIGINT) FROM users), \
             (SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM blobs), \
             (SELECT COUNT(*) FROM uploads WHERE state IN ('uploading', 'sealing', 'concat', 'rename')), \
             (SELECT CAST(COALESCE(SUM(reserved), 0) AS BIGINT) FROM users)",
        )
        .fetch_one(self.database().read())
        .await?;
        let number = |index: usize| -> Result<u64> { Ok(from_sql(row.try_get(index)?)) };
        let (health, usage) = tokio::join!(self.health(), self.store().usage());
        Ok(Overview {
            users: number(0)?,
            locked: number(1)?,
            files: number(2)?,
            folders: number(3)?,
            trashed: number(4)?,
            logical: number(5)?,
            physical: number(6)?,
            uploads: number(7)?,
            reserved: number(8)?,
            store: usage
                .inspect_err(|error| tracing::warn!(%error, "the store does not say how full it is"))
                .ok(),
            health,
        })
    }
}
