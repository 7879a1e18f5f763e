//! What administrators see of one account beside its row: how much there is, and where it is signed in. No names of files.

use domain::UserId;
use sqlx::Row;

use super::{check, lock};
use crate::audit::{self, Entry};
use crate::database::{from_sql, retrying};
use crate::sessions::{self, SessionInfo, sessions_of_user};
use crate::{Actor, Client, Drive, Error, Result};

/// Figures of one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserDetails {
    /// Files, trash included.
    pub files: u64,
    /// Folders, trash included, without the root.
    pub folders: u64,
    /// What lies in the trash by itself: a folder counts once.
    pub trashed: u64,
    /// Uploads under way or interrupted.
    pub uploads: u64,
    /// Shares, whatever became of them.
    pub shares: u64,
    /// Of these, those that are neither cancelled nor expired.
    pub open_shares: u64,
    /// API tokens.
    pub tokens: u64,
    /// When they signed in last, unix milliseconds, as far as the log goes back.
    pub signed_in_at: Option<i64>,
    /// Where they are signed in, the one seen last first.
    pub sessions: Vec<SessionInfo>,
}

impl Drive {
    /// Figures of an account, each by an index over what is its own.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none, and for who is no administrator.
    pub async fn user_details(&self, actor: &Actor, user: &UserId) -> Result<UserDetails> {
        check(actor)?;
        let now = self.now();
        let mut connection = self.database().read().acquire().await?;
        let row = sqlx::query(
            "SELECT (SELECT COUNT(*) FROM nodes WHERE owner_id = u.id AND kind = 1), \
             (SELECT COUNT(*) FROM nodes WHERE owner_id = u.id AND kind = 0), \
             (SELECT COUNT(*) FROM nodes WHERE owner_id = u.id AND trashed_at IS NOT NULL), \
             (SELECT COUNT(*) FROM uploads WHERE owner_id = u.id AND state IN ('uploading', 'sealing', 'concat', 'rename') \
             AND final_id IS NULL), \
             (SELECT COUNT(*) FROM shares WHERE owner_id = u.id), \
             (SELECT COUNT(*) FROM shares WHERE owner_id = u.id AND cancelled_at IS NULL \
             AND (expires_at IS NULL OR expires_at > $2)), \
             (SELECT COUNT(*) FROM tokens WHERE user_id = u.id), \
             (SELECT a.at FROM audit a WHERE a.user_id = u.id AND a.event = 'session.begin' ORDER BY a.at DESC LIMIT 1) \
             FROM users u WHERE u.id = $1",
        )
        .bind(user.as_str())
        .bind(now)
        .fetch_optional(&mut *connection)
        .await?
        .ok_or(Error::NotFound)?;
        let number = |index: usize| -> Result<u64> { Ok(from_sql(row.try_get(index)?)) };
        Ok(UserDetails {
            files: number(0)?,
            folders: number(1)?.saturating_sub(1),
            trashed: number(2)?,
            uploads: number(3)?,
            shares: number(4)?,
            open_shares: number(5)?,
            tokens: number(6)?,
            signed_in_at: row.try_get(7)?,
            sessions: sessions_of_user(&mut connection, user, now).await?,
        })
    }

    /// Signs an account out everywhere. Its tokens stay.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such account, and for who is no administrator.
    pub async fn end_sessions(&self, actor: &Actor, user: &UserId, client: &Client) -> Result<()> {
        retrying(|| async {
            let mut tx = self.database().begin().await?;
            lock(&mut tx, actor).await?;
            sessions::end_all(&mut tx, user, None).await?;
            let entry = Entry {
                user: Some(&actor.user),
                event: "account.sign-out",
                subject: Some(user.as_str()),
                client: Some(client),
            };
            audit::record(&mut tx, self.now(), &entry).await?;
            tx.commit().await
        })
        .await
    }
}
