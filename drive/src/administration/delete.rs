//! Deleting an account with all that is in it.

use domain::{Field, Reason, UserId, Username};
use sqlx::Row;

use super::{check, lock_for};
use crate::audit::{self, Entry};
use crate::database::retrying;
use crate::{Actor, Client, Drive, Error, Result, sessions};

impl Drive {
    /// Deletes an account for good. At once it is locked, its sessions and tokens are gone, its shares are closed and its
    /// uploads lose their writers; the background removes the rest, and the name is free when nothing is left.
    ///
    /// `confirmation` is the user name, typed by whoever means it. A second time does no harm.
    ///
    /// # Errors
    /// `Invalid { Confirmation, Different }`, and nothing changed; [`Error::Forbidden`] for the actor's own, so that an
    /// administrator is left; [`Error::NotFound`] when there is no such account, and for who is no administrator.
    pub async fn delete_account(
        &self,
        actor: &Actor,
        user: &UserId,
        confirmation: &str,
        client: &Client,
    ) -> Result<()> {
        check(actor)?;
        retrying(|| self.delete_account_once(actor, user, confirmation, client)).await?;
        self.wake_endings();
        Ok(())
    }

    async fn delete_account_once(
        &self,
        actor: &Actor,
        user: &UserId,
        confirmation: &str,
        client: &Client,
    ) -> Result<()> {
        let now = self.now();
        let mut tx = self.database().begin().await?;
        lock_for(&mut tx, actor, user).await?;
        // Changes first and looks then, so that nobody changes it in between.
        let marked = sqlx::query(
            "UPDATE users SET deleted_at = $2, deleted_used = used, locked_at = COALESCE(locked_at, $2) \
             WHERE id = $1 AND deleted_at IS NULL",
        )
        .bind(user.as_str())
        .bind(now)
        .execute(&mut *tx)
        .await?;
        let row = sqlx::query("SELECT username FROM users WHERE id = $1")
            .bind(user.as_str())
            .fetch_optional(&mut *tx)
            .await?
            .ok_or(Error::NotFound)?;
        let username: String = row.try_get(0)?;
        if Username::parse(confirmation).is_ok_and(|typed| typed.as_str() == username) {
            if marked.rows_affected() == 0 {
                return Ok(());
            }
        } else {
            return Err(Error::invalid(Field::Confirmation, Reason::Different));
        }
        sessions::end_all(&mut tx, user, None).await?;
        for statement in [
            "DELETE FROM tokens WHERE user_id = $1",
            // Whoever writes finds within a second that the upload is another's, and stops.
            "UPDATE uploads SET epoch = epoch + 1 WHERE owner_id = $1 AND state IN ('uploading', 'sealing', 'concat', 'rename')",
        ] {
            sqlx::query(statement).bind(user.as_str()).execute(&mut *tx).await?;
        }
        sqlx::query("UPDATE shares SET cancelled_at = $2 WHERE owner_id = $1 AND cancelled_at IS NULL")
            .bind(user.as_str())
            .bind(now)
            .execute(&mut *tx)
            .await?;
        let entry = Entry {
            user: Some(&actor.user),
            event: "account.delete",
            subject: Some(user.as_str()),
            client: Some(client),
        };
        audit::record(&mut tx, now, &entry).await?;
        tx.commit().await
    }
}
