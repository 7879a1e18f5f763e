//! The first administrator. There is no default password: whoever starts the server is given a secret that makes the
//! first administrator's account and is useless as soon as there is one.

use std::time::Duration;

use domain::{Field, Reason, Role};
use sqlx::{AnyConnection, Row};

use super::NewAccount;
use crate::clock::millis;
use crate::database::{Tx, retrying};
use crate::{Actor, Client, Drive, Error, Result, random};

/// What the names of the settings begin with that hold links: the hash of a secret follows, the value is when it was made.
const LINK: &str = "setup_link/";

/// A start ends the links of starts before it that are older than this. Several instances that are started together each
/// print one, and all of them work until one was used.
const TOGETHER: Duration = Duration::from_secs(3600);

/// The name of the setting of this secret.
fn name_of(secret: &str) -> String {
    format!("{LINK}{}", random::hash_of_secret(secret))
}

impl Drive {
    /// Makes an administrator, as the operator asks on the command line. A setup link ends with it.
    ///
    /// # Errors
    /// `Invalid { Username | Email, Taken }`; [`Error::WeakPassword`].
    pub async fn create_administrator(&self, account: NewAccount) -> Result<Actor> {
        let hash = self.hash_for(&account).await?;
        retrying(|| async {
            let mut tx = self.database().begin().await?;
            end_links(&mut tx).await?;
            let actor = self.insert_account(&mut tx, &account, &hash, Role::Administrator, None).await?;
            tx.commit().await?;
            Ok(actor)
        })
        .await
    }

    /// A new secret for a setup link while there is no administrator; those that are older than an hour end. Only its hash is
    /// kept.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn setup_link(&self) -> Result<Option<String>> {
        let mut tx = self.database().begin().await?;
        if has_administrator(&mut tx).await? {
            return Ok(None);
        }
        let secret = random::secret();
        let now = self.now();
        // CASE keeps the order: of other settings the value is no number.
        sqlx::query("DELETE FROM settings WHERE CASE WHEN name LIKE $1 THEN CAST(value AS BIGINT) <= $2 ELSE FALSE END")
            .bind(format!("{LINK}%"))
            .bind(now - millis(TOGETHER))
            .execute(&mut *tx)
            .await?;
        sqlx::query("INSERT INTO settings (name, value) VALUES ($1, $2)")
            .bind(name_of(&secret))
            .bind(now.to_string())
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
        let row = sqlx::query("SELECT 1 FROM settings WHERE name = $1")
            .bind(name_of(secret))
            .fetch_optional(&mut *connection)
            .await?;
        Ok(row.is_some() && !has_administrator(&mut connection).await?)
    }

    /// Makes the first administrator. Works once: of two at the same time, with the same secret or with two, one finds its
    /// secret gone.
    ///
    /// # Errors
    /// `Invalid { SetupLink, Expired }`; `Invalid { Username | Email, Taken }` and [`Error::WeakPassword`], after which the link still works.
    pub async fn redeem_setup(&self, secret: &str, account: NewAccount, client: &Client) -> Result<Actor> {
        let expired = || Error::invalid(Field::SetupLink, Reason::Expired);
        if !self.setup_is_valid(secret).await? {
            return Err(expired());
        }
        let hash = self.hash_for(&account).await?;
        retrying(|| async {
            let mut tx = self.database().begin().await?;
            let ended = end_links(&mut tx).await?;
            if !ended.contains(&name_of(secret)) || has_administrator(&mut tx).await? {
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

/// Ends all links; their names. Whoever comes second waits here for the first, and finds none.
async fn end_links(tx: &mut Tx) -> Result<Vec<String>> {
    let rows = sqlx::query("DELETE FROM settings WHERE name LIKE $1 RETURNING name")
        .bind(format!("{LINK}%"))
        .fetch_all(&mut **tx)
        .await?;
    Ok(rows.iter().map(|row| row.try_get(0)).collect::<sqlx::Result<_>>()?)
}

async fn has_administrator(connection: &mut AnyConnection) -> Result<bool> {
    let row = sqlx::query("SELECT 1 FROM users WHERE role = 'administrator' LIMIT 1")
        .fetch_optional(connection)
        .await?;
    Ok(row.is_some())
}
