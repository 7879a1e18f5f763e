//! The end of accounts that an administrator deleted ([`delete_account`](Drive::delete_account)): uploads, files, versions,
//! trash and shares go in small transactions, and when nothing is left the account goes, and its name is free.
//!
//! Any instance may do any of it, several at once, and go on wherever another one stopped: what is left to do is what is
//! still there. What cannot be removed now is tried again with the next sweep and keeps nothing else waiting. Blobs are
//! not touched: they lose a reference, and those that nobody else refers to are swept as all others are.

use domain::{NodeId, UserId};
use sqlx::Row;
use storage::StorePath;

use crate::audit::{self, Entry};
use crate::database::retrying;
use crate::error::Chain;
use crate::nodes::parse;
use crate::{Drive, Error, Result, quota};

/// Accounts that are asked for at once.
const ACCOUNTS: i64 = 100;

/// Shares that one transaction deletes.
const SHARES: i64 = 200;

impl Drive {
    /// One round for every account that is being deleted.
    ///
    /// # Errors
    /// The database's. What goes wrong with one account is logged, and the others are not kept waiting.
    pub(crate) async fn end_accounts(&self) -> Result<()> {
        let mut last = String::new();
        loop {
            let rows = sqlx::query(
                "SELECT id, root_id FROM users WHERE deleted_at IS NOT NULL AND id > $1 ORDER BY id LIMIT $2",
            )
            .bind(&last)
            .bind(ACCOUNTS)
            .fetch_all(self.database().read())
            .await?;
            for row in &rows {
                last = row.try_get(0)?;
                if let Err(error) = self.end_account(&last, row.try_get(1)?).await {
                    tracing::warn!(user = last, error = %Chain(&error), "an account could not be deleted yet");
                }
            }
            if (rows.len() as i64) < ACCOUNTS {
                return Ok(());
            }
        }
    }

    async fn end_account(&self, user: &str, root: &str) -> Result<()> {
        let (user, root): (UserId, NodeId) = (parse(user)?, parse(root)?);
        // A store that is away keeps the uploads, and nothing else.
        let uploads = self.end_uploads_of(&user).await;
        let nodes = self.end_nodes_of(&user, &root).await;
        self.end_shares_of(&user).await?;
        if uploads? && nodes? {
            self.remove_staging_of(&user).await;
            retrying(|| self.forget_account(&user)).await?;
        }
        Ok(())
    }

    async fn end_shares_of(&self, user: &UserId) -> Result<()> {
        loop {
            let mut tx = self.database().begin().await?;
            let deleted = sqlx::query(
                "DELETE FROM shares WHERE id IN (SELECT id FROM shares WHERE owner_id = $1 LIMIT $2)",
            )
            .bind(user.as_str())
            .bind(SHARES)
            .execute(&mut *tx)
            .await?;
            tx.commit().await?;
            if deleted.rows_affected() < SHARES.unsigned_abs() {
                return Ok(());
            }
        }
    }

    /// The directory is empty by now. That it stays behind costs nothing.
    async fn remove_staging_of(&self, user: &UserId) {
        let Ok(path) = StorePath::parse(format!("staging/{user}")) else { return };
        if let Err(error) = self.store().delete(&path).await {
            tracing::debug!(%error, "the staging directory of a deleted account could not be removed");
        }
    }

    /// The account itself, if nothing but its root is left.
    async fn forget_account(&self, user: &UserId) -> Result<()> {
        let mut tx = self.database().begin().await?;
        match quota::lock_to_remove(&mut tx, user).await {
            // Another instance was faster.
            Err(Error::NotFound) => return Ok(()),
            locked => locked?,
        }
        let row = sqlx::query(
            "SELECT u.username FROM users u WHERE u.id = $1 AND u.deleted_at IS NOT NULL \
             AND NOT EXISTS (SELECT 1 FROM nodes n WHERE n.owner_id = u.id AND n.id <> u.root_id) \
             AND NOT EXISTS (SELECT 1 FROM uploads p WHERE p.owner_id = u.id)",
        )
        .bind(user.as_str())
        .fetch_optional(&mut *tx)
        .await?;
        let Some(row) = row else { return Ok(()) };
        let username: String = row.try_get(0)?;
        // The log speaks of the account for some time yet.
        sqlx::query("INSERT INTO former_users (id, username, ended_at) VALUES ($1, $2, $3)")
            .bind(user.as_str())
            .bind(&username)
            .bind(self.now())
            .execute(&mut *tx)
            .await?;
        for statement in ["DELETE FROM nodes WHERE owner_id = $1", "DELETE FROM users WHERE id = $1"] {
            sqlx::query(statement).bind(user.as_str()).execute(&mut *tx).await?;
        }
        let entry = Entry { user: None, event: "account.gone", subject: Some(user.as_str()), client: None };
        audit::record(&mut tx, self.now(), &entry).await?;
        tx.commit().await?;
        tracing::info!(%user, "a deleted account is gone");
        Ok(())
    }
}
