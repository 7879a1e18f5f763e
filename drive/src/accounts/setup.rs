//! The first administrator. There is no default password: whoever starts the server is given a secret, once, that makes
//! the first administrator's account and is useless as soon as there is one.

use domain::{Field, Reason, Role};
use sqlx::AnyConnection;

use super::NewAccount;
use crate::database::retrying;
use crate::{Actor, Client, Drive, Error, Result, random};

const SETTING: &str = "setup_link";

impl Drive {
    /// Makes an administrator, as the operator asks on the command line. A setup link ends with it.
    ///
    /// # Errors
    /// `Invalid { Username | Email, Taken }`.
    pub async fn create_administrator(&self, account: NewAccount) -> Result<Actor> {
        let hash = self.passwords().hash(&account.password).await?;
        retrying(|| async {
            let mut tx = self.database().begin().await?;
            sqlx::query("DELETE FROM settings WHERE name = $1").bind(SETTING).execute(&mut *tx).await?;
            let actor = self.insert_account(&mut tx, &account, &hash, Role::Administrator, None).await?;
            tx.commit().await?;
            Ok(actor)
        })
        .await
    }

    /// A new secret for the setup link while there is no administrator; the one before ends. Only its hash is kept.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn setup_link(&self) -> Result<Option<String>> {
        let mut tx = self.database().begin().await?;
        if has_administrator(&mut tx).await? {
            return Ok(None);
        }
        let secret = random::secret();
        sqlx::query(
            "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = $2",
        )
        .bind(SETTING)
        .bind(random::hash_of_secret(&secret))
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(Some(secret))
    }

    /// Whether [`redeem_setup`](Self::redeem_setup) would take this secret now.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn setup_is_valid(&self, secret: &str) -> Result<bool> {
        let mut connection = self.database().read().acquire().await?;
        let row = sqlx::query("SELECT 1 FROM settings WHERE name = $1 AND value = $2")
            .bind(SETTING)
            .bind(random::hash_of_secret(secret))
            .fetch_optional(&mut *connection)
            .await?;
        Ok(row.is_some() && !has_administrator(&mut connection).await?)
    }

    /// Makes the first administrator. Works once: of two at the same time, one finds the secret gone.
    ///
    /// # Errors
    /// `Invalid { SetupLink, Expired }`; `Invalid { Username | Email, Taken }`, after which the link still works.
    pub async fn redeem_setup(&self, secret: &str, account: NewAccount, client: &Client) -> Result<Actor> {
        let expired = || Error::invalid(Field::SetupLink, Reason::Expired);
        if !self.setup_is_valid(secret).await? {
            return Err(expired());
        }
        let hash = self.passwords().hash(&account.password).await?;
        retrying(|| async {
            let mut tx = self.database().begin().await?;
            let taken = sqlx::query("DELETE FROM settings WHERE name = $1 AND value = $2")
                .bind(SETTING)
                .bind(random::hash_of_secret(secret))
                .execute(&mut *tx)
                .await?;
            if taken.rows_affected() == 0 || has_administrator(&mut tx).await? {
                return Err(expired());
            }
            let actor =
                self.insert_account(&mut tx, &account, &hash, Role::Administrator, Some(client)).await?;
            tx.commit().await?;
            Ok(actor)
        })
        .await
    }
}

async fn has_administrator(connection: &mut AnyConnection) -> Result<bool> {
    let row = sqlx::query("SELECT 1 FROM users WHERE role = 'administrator' LIMIT 1")
        .fetch_optional(connection)
        .await?;
    Ok(row.is_some())
}
