//! How often a secret that can be guessed may be tried: the password of a login, the code of a share. Kept in the database,
//! so that several instances count together; how much one address may try at all is the server's.
//!
//! A login is counted from wherever in the world, and as it was typed, not by whose it is: an answer must not tell whether
//! there is such an account, or that a user name and a mail address are the same person's. A share is counted for each
//! address, and all addresses together, so that many of them guess no faster than a few.

use std::time::Duration;

use domain::{Login, ShareId};
use sqlx::Row;

use crate::audit::{self, Entry};
use crate::clock::millis;
use crate::database::Tx;
use crate::{Client, Drive, Error, Result, random};

/// Tries until one succeeds.
const TRIES: i64 = 10;

/// Tries at the code of one share, from all addresses together, that were not right. Of 923,521 codes of four characters
/// half are tried in five days, by fifty addresses and more that all show in the audit log.
const TRIES_FROM_ANYWHERE: i64 = 500;

/// The time that they are counted in, and that it takes until there are as many again.
const WINDOW: Duration = Duration::from_secs(15 * 60);

/// What is guessed at.
pub(crate) struct Guess<'a> {
    /// What its row is called.
    key: String,
    /// How many tries there are.
    tries: i64,
    /// What the audit log says when they are used up.
    event: &'static str,
    subject: Option<&'a str>,
}

impl<'a> Guess<'a> {
    /// The password of a login. People type passwords where the user name belongs, so what was typed is not kept.
    pub(crate) fn password(login: &Login) -> Self {
        let key = random::hash_of_secret(&match login {
            Login::Username(key) => format!("name {key}"),
            Login::Email(key) => format!("mail {key}"),
        });
        Self { key, tries: TRIES, event: "session.throttle", subject: None }
    }

    /// The code of a share, from one address.
    pub(crate) fn share_code(share: &'a ShareId, client: &Client) -> Self {
        let key = random::hash_of_secret(&format!("share {share} {}", client.network_text()));
        Self { key, tries: TRIES, event: "share.throttle", subject: Some(share.as_str()) }
    }

    /// The code of a share, from anywhere.
    pub(crate) fn share_code_from_anywhere(share: &'a ShareId) -> Self {
        let key = random::hash_of_secret(&format!("share {share}"));
        Self { key, tries: TRIES_FROM_ANYWHERE, event: "share.throttle", subject: Some(share.as_str()) }
    }

    /// Gives all tries back to who has the secret.
    pub(crate) async fn forget(&self, tx: &mut Tx) -> Result<()> {
        sqlx::query("DELETE FROM tries WHERE login = $1").bind(&self.key).execute(&mut **tx).await?;
        Ok(())
    }

    /// Gives one try back, which was right.
    pub(crate) async fn give_back(&self, tx: &mut Tx) -> Result<()> {
        sqlx::query("UPDATE tries SET count = count - 1 WHERE login = $1 AND count > 0")
            .bind(&self.key)
            .execute(&mut **tx)
            .await?;
        Ok(())
    }
}

impl Drive {
    /// Takes a try, before the secret is looked at: of many that come at once no more are let through.
    ///
    /// # Errors
    /// [`Error::TooManyTries`].
    pub(crate) async fn take_try(&self, guess: &Guess<'_>, client: &Client) -> Result<()> {
        let now = self.now();
        let mut tx = self.database().begin().await?;
        let row = sqlx::query(
            "INSERT INTO tries (login, count, since) VALUES ($1, 1, $2) ON CONFLICT (login) DO UPDATE SET \
             count = CASE WHEN tries.since <= $3 THEN 1 ELSE tries.count + 1 END, \
             since = CASE WHEN tries.since <= $3 THEN $2 ELSE tries.since END RETURNING count, since",
        )
        .bind(&guess.key)
        .bind(now)
        .bind(now - millis(WINDOW))
        .fetch_one(&mut *tx)
        .await?;
        let (count, since): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
        if count == guess.tries + 1 {
            let entry =
                Entry { user: None, event: guess.event, subject: guess.subject, client: Some(client) };
            audit::record(&mut tx, now, &entry).await?;
        }
        tx.commit().await?;
        if count <= guess.tries {
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
