//! Locking an account: its sessions and tokens stop working with the next request, its files stay.

use domain::{Role, UserId};

use crate::audit::{self, Entry};
use crate::{Actor, Drive, Error, Result};

impl Drive {
    /// Locks an account and ends its sessions. `reason` is shown to administrators.
    ///
    /// # Errors
    /// [`Error::Forbidden`] unless `actor` is an administrator, and for the actor's own account; [`Error::NotFound`].
    pub async fn lock_account(&self, actor: &Actor, user: &UserId, reason: &str) -> Result<()> {
        if actor.role != Role::Administrator || actor.user == *user {
            return Err(Error::Forbidden);
        }
        let now = self.now();
        let reason: String = reason.chars().filter(|c| !c.is_control()).take(500).collect();
        let mut tx = self.database().begin().await?;
        let locked = sqlx::query(
            "UPDATE users SET locked_at = COALESCE(locked_at, $2), locked_reason = $3 WHERE id = $1",
        )
        .bind(user.as_str())
        .bind(now)
        .bind(reason)
        .execute(&mut *tx)
        .await?;
        if locked.rows_affected() == 0 {
            return Err(Error::NotFound);
        }
        sqlx::query("DELETE FROM sessions WHERE user_id = $1").bind(user.as_str()).execute(&mut *tx).await?;
        let entry = Entry {
            user: Some(&actor.user),
            event: "account.lock",
            subject: Some(user.as_str()),
            client: None,
        };
        audit::record(&mut tx, now, &entry).await?;
        tx.commit().await
    }

    /// Lets a locked account sign in again.
    ///
    /// # Errors
    /// [`Error::Forbidden`] unless `actor` is an administrator; [`Error::NotFound`].
    pub async fn unlock_account(&self, actor: &Actor, user: &UserId) -> Result<()> {
        if actor.role != Role::Administrator {
            return Err(Error::Forbidden);
        }
        let mut tx = self.database().begin().await?;
        let unlocked = sqlx::query("UPDATE users SET locked_at = NULL, locked_reason = NULL WHERE id = $1")
            .bind(user.as_str())
            .execute(&mut *tx)
            .await?;
        if unlocked.rows_affected() == 0 {
            return Err(Error::NotFound);
        }
        let entry = Entry {
            user: Some(&actor.user),
            event: "account.unlock",
            subject: Some(user.as_str()),
            client: None,
        };
        audit::record(&mut tx, self.now(), &entry).await?;
        tx.commit().await
    }
}
