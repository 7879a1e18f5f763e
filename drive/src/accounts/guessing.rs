//! How often a password may be tried for one login, from wherever in the world. Kept in the database, so that several
//! instances count together; the limit per address is the server's.
//!
//! Counts what was typed and not whose it is: an answer must not tell whether there is such an account, or that a user name
//! and a mail address are the same person's.

use std::time::Duration;

use domain::Login;
use sqlx::Row;

use crate::audit::{self, Entry};
use crate::clock::millis;
use crate::database::Tx;
use crate::{Client, Drive, Error, Result, random};

/// Tries until one succeeds.
const TRIES: i64 = 10;

/// The time that they are counted in, and that it takes until there are as many again.
const WINDOW: Duration = Duration::from_secs(15 * 60);

impl Drive {
    /// Takes a try, before the password is looked at: of many that come at once no more are let through.
    ///
    /// # Errors
    /// [`Error::TooManyTries`].
    pub(super) async fn take_try(&self, login: &Login, client: &Client) -> Result<()> {
        let now = self.now();
        let mut tx = self.database().begin().await?;
        let row = sqlx::query(
            "INSERT INTO tries (login, count, since) VALUES ($1, 1, $2) ON CONFLICT (login) DO UPDATE SET \
             count = CASE WHEN tries.since <= $3 THEN 1 ELSE tries.count + 1 END, \
             since = CASE WHEN tries.since <= $3 THEN $2 ELSE tries.since END RETURNING count, since",
        )
        .bind(key(login))
        .bind(now)
        .bind(now - millis(WINDOW))
        .fetch_one(&mut *tx)
        .await?;
        let (count, since): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
        if count == TRIES + 1 {
            let entry = Entry { user: None, event: "session.throttle", subject: None, client: Some(client) };
            audit::record(&mut tx, now, &entry).await?;
        }
        tx.commit().await?;
        if count <= TRIES {
            return Ok(());
        }
        let left = (since + millis(WINDOW) - now).max(0).unsigned_abs();
        Err(Error::TooManyTries { retry_after: left.div_ceil(1000).max(1) })
    }

    /// Forgets tries that count no more.
    pub(crate) async fn sweep_tries(&self) -> Result<()> {
        let delete = "DELETE FROM tries WHERE login IN (SELECT login FROM tries WHERE since <= $1 LIMIT $2)";
        self.database().delete_in_batches(delete, self.now() - millis(WINDOW)).await
    }
}

/// Gives all tries back to who has the password.
pub(super) async fn forget_tries(tx: &mut Tx, login: &Login) -> Result<()> {
    sqlx::query("DELETE FROM tries WHERE login = $1").bind(key(login)).execute(&mut **tx).await?;
    Ok(())
}

/// People type passwords where the user name belongs, so what was typed is not kept.
fn key(login: &Login) -> String {
    random::hash_of_secret(&match login {
        Login::Username(key) => format!("name {key}"),
        Login::Email(key) => format!("mail {key}"),
    })
}
