//! A person changes their own password. It takes the old one, whoever's session it is: a session that was left open
//! somewhere does not hand the account over.

use domain::{NewPassword, UserId};
use sqlx::Row;

use super::guessing::Guess;
use crate::audit::{self, Entry};
use crate::database::retrying;
use crate::{Client, Drive, Error, Result, sessions};

/// What somebody wants in the place of their password.
#[derive(Clone, Debug)]
pub struct PasswordChange {
    /// Whose password.
    pub user: UserId,
    /// What it is now, as it was typed.
    pub old: String,
    /// What it is to be.
    pub new: NewPassword,
    /// The session that goes on; all others end.
    pub session: Option<String>,
}

impl Drive {
    /// Changes a password and ends all sessions but the one it is changed in, which goes on with the epoch that it answers. What an administrator chose for the person
    /// is theirs from now on. After ten wrong tries within a quarter of an hour no more are looked at until that time is
    /// over.
    ///
    /// # Errors
    /// [`Error::WrongCredentials`] for another old one; [`Error::TooManyTries`]; [`Error::SamePassword`]; [`Error::WeakPassword`];
    /// [`Error::SignInRequired`] when the account is gone or locked.
    pub async fn change_password(&self, change: &PasswordChange, client: &Client) -> Result<i64> {
        let guess = Guess::own_password(&change.user);
        self.take_try(&guess, client).await?;
        let [stored, username, email] = self.stored_password(&change.user).await?;
        if !self.passwords().verify(&change.old, Some(stored.clone())).await? {
            let mut tx = self.database().begin().await?;
            self.record_password(&mut tx, change, "account.refuse", client).await?;
            tx.commit().await?;
            return Err(Error::WrongCredentials);
        }
        if change.new.expose() == change.old {
            return Err(Error::SamePassword);
        }
        let hash = self.hash_chosen(&change.new, &username, &email).await?;
        retrying(|| async {
            let mut tx = self.database().begin().await?;
            // Whoever changed it meanwhile has ended the session that this was sent in.
            let changed = sqlx::query(
                "UPDATE users SET password_hash = $2, must_change = 0 WHERE id = $1 AND password_hash = $3 \
                 AND locked_at IS NULL",
            )
            .bind(change.user.as_str())
            .bind(&hash)
            .bind(&stored)
            .execute(&mut *tx)
            .await?;
            if changed.rows_affected() == 0 {
                return Err(Error::SignInRequired);
            }
            let epoch = sessions::end_all(&mut tx, &change.user, change.session.as_deref()).await?;
            guess.forget(&mut tx).await?;
            self.record_password(&mut tx, change, "account.password", client).await?;
            tx.commit().await?;
            Ok(epoch)
        })
        .await
    }

    /// The hash, and what of the person a password must not be made of.
    async fn stored_password(&self, user: &UserId) -> Result<[String; 3]> {
        let row = sqlx::query(
            "SELECT password_hash, username, email FROM users WHERE id = $1 AND locked_at IS NULL",
        )
        .bind(user.as_str())
        .fetch_optional(self.database().read())
        .await?
        .ok_or(Error::SignInRequired)?;
        Ok([row.try_get(0)?, row.try_get(1)?, row.try_get(2)?])
    }

    async fn record_password(
        &self,
        tx: &mut crate::database::Tx,
        change: &PasswordChange,
        event: &'static str,
        client: &Client,
    ) -> Result<()> {
        let user = &change.user;
        let entry = Entry { user: Some(user), event, subject: Some(user.as_str()), client: Some(client) };
        audit::record(tx, self.now(), &entry).await
    }
}
