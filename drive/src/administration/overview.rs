//! How the whole site is.

use std::time::Duration;

use sqlx::Row;
use storage::ClusterState;

use super::check;
use crate::database::from_sql;
use crate::{Actor, Drive, Health, Result};

/// How long a page waits for what the store tells of itself.
const DEADLINE: Duration = Duration::from_secs(3);

/// How the machines of the store are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Machines {
    /// There is only the one that it is on.
    One,
    /// There are several, and they are so.
    Several(ClusterState),
    /// Nobody told in time.
    Unknown,
}

/// Figures of the whole site, and how database and store are.
#[derive(Clone, Debug)]
pub struct Overview {
    /// Accounts.
    pub users: u64,
    /// Of these, locked ones.
    pub locked: u64,
    /// Of the locked ones, those that are being deleted.
    pub deleting: u64,
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
    /// Of the uploads, those that somebody writes to now.
    pub writing: u64,
    /// How full the store is; `None` when it does not say so in time.
    pub store: Option<storage::Usage>,
    /// How its machines are.
    pub machines: Machines,
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
        self.survey().await
    }

    /// The same for the operator's own monitoring, which proves elsewhere that it may ask.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database). A store that does not answer is no error.
    pub async fn survey(&self) -> Result<Overview> {
        let row = sqlx::query(
            "SELECT (SELECT COUNT(*) FROM users), (SELECT COUNT(*) FROM users WHERE locked_at IS NOT NULL), \
             (SELECT COUNT(*) FROM nodes WHERE kind = 1), \
             (SELECT COUNT(*) FROM nodes WHERE kind = 0 AND (parent_id IS NOT NULL OR trashed_at IS NOT NULL)), \
             (SELECT COUNT(*) FROM nodes WHERE trashed_at IS NOT NULL), \
             (SELECT CAST(COALESCE(SUM(used), 0) AS BIGINT) FROM users), \
             (SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM blobs), \
             (SELECT COUNT(*) FROM uploads WHERE state IN ('uploading', 'sealing', 'concat', 'rename')), \
             (SELECT CAST(COALESCE(SUM(reserved), 0) AS BIGINT) FROM users), \
             (SELECT COUNT(*) FROM users WHERE deleted_at IS NOT NULL), \
             (SELECT COUNT(*) FROM uploads WHERE state IN ('uploading', 'sealing', 'concat', 'rename') \
             AND idle_epoch < epoch AND lease_until > $1)",
        )
        .bind(self.now())
        .fetch_one(self.database().read());
        let (row, health, store, machines) =
            tokio::join!(row, self.health(), self.store_usage(), self.machines());
        let row = row?;
        let number = |index: usize| -> Result<u64> { Ok(from_sql(row.try_get(index)?)) };
        Ok(Overview {
            users: number(0)?,
            locked: number(1)?,
            deleting: number(9)?,
            files: number(2)?,
            folders: number(3)?,
            trashed: number(4)?,
            logical: number(5)?,
            physical: number(6)?,
            uploads: number(7)?,
            reserved: number(8)?,
            writing: number(10)?,
            store,
            machines,
            health,
        })
    }

    async fn store_usage(&self) -> Option<storage::Usage> {
        let usage = tokio::time::timeout(DEADLINE, self.store().usage()).await;
        usage.ok()?.inspect_err(|error| tracing::warn!(%error, "the store does not say how full it is")).ok()
    }

    async fn machines(&self) -> Machines {
        match tokio::time::timeout(DEADLINE, self.store().cluster()).await {
            Ok(Ok(None)) => Machines::One,
            Ok(Ok(Some(state))) => Machines::Several(state),
            Ok(Err(error)) => {
                tracing::warn!(%error, "the store does not say how its machines are");
                Machines::Unknown
            }
            Err(_) => Machines::Unknown,
        }
    }
}
