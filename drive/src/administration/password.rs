//! An administrator gives somebody a new password, who has forgotten theirs.

use domain::{NewPassword, UserId};

use super::accounts::Change;
use super::lock_for;
use crate::database::retrying;
use crate::{Actor, Client, Drive, Result, sessions};

impl Drive {
    /// Sets the password of an account and ends its sessions. Its owner has to choose another one at the next sign-in,
    /// before anything else works, tokens included: an administrator who knows somebody's password must not be able to
    /// act as them for longer than that unnoticed.
    ///
    /// # Errors
    /// [`Error::Forbidden`](crate::Error::Forbidden) for the actor's own, which asks for the old one;
    /// [`Error::NotFound`](crate::Error::NotFound) when there is no such account, and for who is no administrator;
    /// [`Error::WeakPassword`](crate::Error::WeakPassword).
    pub async fn set_password(
        &self,
        actor: &Actor,
        user: &UserId,
        password: &NewPassword,
        client: &Client,
    ) -> Result<()> {
        let account = self.user(actor, user).await?;
        let hash = self.hash_chosen(password, &account.username, &account.email).await?;
        retrying(|| async {
            let mut tx = self.database().begin().await?;
            lock_for(&mut tx, actor, user).await?;
            let set = sqlx::query("UPDATE users SET password_hash = $2, must_change = 1 WHERE id = $1")
                .bind(user.as_str())
                .bind(&hash)
                .execute(&mut *tx)
                .await?;
            sessions::end_all(&mut tx, user, None).await?;
            // Whoever had the account for a minute may have made one.
            sqlx::query("DELETE FROM tokens WHERE user_id = $1")
                .bind(user.as_str())
                .execute(&mut *tx)
                .await?;
            self.recorded(tx, set.rows_affected(), actor, Change::new("account.password", user), client).await
        })
        .await
    }
}
