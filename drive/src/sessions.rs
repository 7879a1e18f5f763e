//! Sessions as the server's session layer keeps them. The table holds the hash of a session's id, so that whoever reads
//! it cannot use one; a session that was ended cannot be saved back to life.

use domain::UserId;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

use crate::accounts::unlocked;
use crate::database::Tx;
use crate::nodes::parse;
use crate::{Actor, Client, Drive, Error, Result, random};

/// `seen_at` is for people; writing it at every request would be a write for every read.
const SEEN_EVERY_MS: i64 = 60_000;

/// What is kept of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// What the session layer keeps in it; opaque here.
    pub data: Vec<u8>,
    /// Who is signed in.
    pub user: Option<UserId>,
    /// [`Actor::epoch`] of who signed in.
    pub epoch: i64,
    /// Unix milliseconds.
    pub expires_at: i64,
}

/// A session as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionInfo {
    /// What [`Drive::revoke_session`] takes. Not the id in the cookie.
    pub id: String,
    /// Address it began from.
    pub address: Option<String>,
    /// The browser it began in.
    pub agent: Option<String>,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Unix milliseconds of the last request, to the minute.
    pub seen_at: i64,
    /// Unix milliseconds.
    pub expires_at: i64,
}

impl SessionInfo {
    /// Whether it is the session of the cookie with this secret.
    #[must_use]
    pub fn is_of(&self, secret: &str) -> bool {
        self.id == random::hash_of_secret(secret)
    }
}

/// Ends all sessions of an account, but the one that is kept, and those that begin with what was proved before: a sign-in
/// that is under way. Answers the account's new epoch.
pub(crate) async fn end_all(tx: &mut Tx, user: &UserId, kept: Option<&str>) -> Result<i64> {
    let row = sqlx::query(
        "UPDATE users SET session_epoch = session_epoch + 1 WHERE id = $1 RETURNING session_epoch",
    )
    .bind(user.as_str())
    .fetch_optional(&mut **tx)
    .await?
    .ok_or(Error::NotFound)?;
    let epoch: i64 = row.try_get(0)?;
    sqlx::query("UPDATE sessions SET epoch = $2 WHERE user_id = $1 AND id = $3")
        .bind(user.as_str())
        .bind(epoch)
        .bind(kept.map(random::hash_of_secret))
        .execute(&mut **tx)
        .await?;
    sqlx::query("DELETE FROM sessions WHERE user_id = $1 AND epoch <> $2")
        .bind(user.as_str())
        .bind(epoch)
        .execute(&mut **tx)
        .await?;
    Ok(epoch)
}

impl Drive {
    /// Keeps a new session; `false` when the id is taken.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn session_create(&self, id: &str, session: &SessionRow, client: &Client) -> Result<bool> {
        let mut tx = self.database().begin().await?;
        let created = sqlx::query(
            "INSERT INTO sessions (id, user_id, data, address, agent, created_at, seen_at, expires_at, epoch) \
             VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8) ON CONFLICT (id) DO NOTHING",
        )
        .bind(random::hash_of_secret(id))
        .bind(session.user.as_ref().map(UserId::as_str))
        .bind(session.data.as_slice())
        .bind(client.address_text())
        .bind(client.agent_text())
        .bind(self.now())
        .bind(session.expires_at)
        .bind(session.epoch)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(created.rows_affected() == 1)
    }

    /// Keeps what changed in a session, but not its epoch. One that was ended meanwhile stays ended.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn session_save(&self, id: &str, session: &SessionRow) -> Result<()> {
        let mut tx = self.database().begin().await?;
        sqlx::query("UPDATE sessions SET user_id = $2, data = $3, expires_at = $4 WHERE id = $1")
            .bind(random::hash_of_secret(id))
            .bind(session.user.as_ref().map(UserId::as_str))
            .bind(session.data.as_slice())
            .bind(session.expires_at)
            .execute(&mut *tx)
            .await?;
        tx.commit().await
    }

    /// A session that did not expire.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn session_load(&self, id: &str) -> Result<Option<SessionRow>> {
        let row = sqlx::query(
            "SELECT data, user_id, expires_at, epoch FROM sessions WHERE id = $1 AND expires_at > $2",
        )
        .bind(random::hash_of_secret(id))
        .bind(self.now())
        .fetch_optional(self.database().read())
        .await?;
        row.map(|row| {
            Ok(SessionRow {
                data: row.try_get(0)?,
                user: row.try_get::<Option<&str>, _>(1)?.map(parse).transpose()?,
                expires_at: row.try_get(2)?,
                epoch: row.try_get(3)?,
            })
        })
        .transpose()
    }

    /// Ends a session.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn session_delete(&self, id: &str) -> Result<()> {
        let mut tx = self.database().begin().await?;
        sqlx::query("DELETE FROM sessions WHERE id = $1")
            .bind(random::hash_of_secret(id))
            .execute(&mut *tx)
            .await?;
        tx.commit().await
    }

    /// Who asks in a session that says it is `user`'s.
    ///
    /// # Errors
    /// [`Error::SignInRequired`] when the session is unknown, expired, revoked or another's, or the account locked;
    /// [`Error::MustChangePassword`] when it is theirs, and good for that alone.
    pub async fn session_actor(&self, user: &UserId, session_id: &str) -> Result<Actor> {
        let (hash, now) = (random::hash_of_secret(session_id), self.now());
        let row = sqlx::query(
            "SELECT u.id, u.role, u.root_id, u.locked_at, u.must_change, u.session_epoch, s.seen_at FROM sessions s \
             JOIN users u ON u.id = s.user_id AND u.session_epoch = s.epoch WHERE s.id = $1 AND s.user_id = $2 AND s.expires_at > $3",
        )
        .bind(&hash)
        .bind(user.as_str())
        .bind(now)
        .fetch_optional(self.database().read())
        .await?;
        let actor = unlocked(row.as_ref())?;
        if let Some(row) = row
            && row.try_get::<i64, _>(6)? < now - SEEN_EVERY_MS
        {
            let mut tx = self.database().begin().await?;
            sqlx::query("UPDATE sessions SET seen_at = $2 WHERE id = $1")
                .bind(&hash)
                .bind(now)
                .execute(&mut *tx)
                .await?;
            tx.commit().await?;
        }
        Ok(actor)
    }

    /// The actor's sessions that did not expire, the one seen last first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn sessions_of(&self, actor: &Actor) -> Result<Vec<SessionInfo>> {
        let mut connection = self.database().read().acquire().await?;
        sessions_of_user(&mut connection, &actor.user, self.now()).await
    }

    /// Ends one of the actor's sessions, by the id of [`SessionInfo`].
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is not one of theirs.
    pub async fn revoke_session(&self, actor: &Actor, id: &str) -> Result<()> {
        if id.contains('\0') {
            return Err(Error::NotFound);
        }
        let mut tx = self.database().begin().await?;
        let ended = sqlx::query("DELETE FROM sessions WHERE id = $1 AND user_id = $2")
            .bind(id)
            .bind(actor.user.as_str())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        if ended.rows_affected() == 1 { Ok(()) } else { Err(Error::NotFound) }
    }

    /// Forgets expired sessions.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn sessions_sweep(&self) -> Result<()> {
        let delete =
            "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE expires_at <= $1 LIMIT $2)";
        self.database().delete_in_batches(delete, self.now()).await
    }
}

/// The sessions of an account that did not expire, the one seen last first.
pub(crate) async fn sessions_of_user(
    connection: &mut AnyConnection,
    user: &UserId,
    now: i64,
) -> Result<Vec<SessionInfo>> {
    let rows = sqlx::query(
        "SELECT id, address, agent, created_at, seen_at, expires_at FROM sessions \
         WHERE user_id = $1 AND expires_at > $2 ORDER BY seen_at DESC, id LIMIT 1000",
    )
    .bind(user.as_str())
    .bind(now)
    .fetch_all(connection)
    .await?;
    rows.iter().map(info).collect()
}

fn info(row: &AnyRow) -> Result<SessionInfo> {
    Ok(SessionInfo {
        id: row.try_get(0)?,
        address: row.try_get(1)?,
        agent: row.try_get(2)?,
        created_at: row.try_get(3)?,
        seen_at: row.try_get(4)?,
        expires_at: row.try_get(5)?,
    })
}
