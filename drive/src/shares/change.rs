//! What the owner of a share may do with it: another code, another limit, an end.

use domain::{ShareId, ShareView};

use super::{CodeChoice, check_downloads, check_expiry};
use crate::audit::{self, Entry};
use crate::database::{Tx, retrying};
use crate::{Actor, Client, Drive, Error, Result, random};

/// What becomes different; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct ShareChange {
    /// What visitors are asked for from now on. Who gave the code before is asked again, also for the same code.
    pub code: Option<CodeChoice>,
    /// Until when it opens, unix milliseconds; `Some(None)`: always. What expired opens again.
    pub expires: Option<Option<i64>>,
    /// How often it may be downloaded in all; `Some(None)`: without limit.
    pub max_downloads: Option<Option<u64>>,
}

impl Drive {
    /// Changes a share that was not cancelled.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Gone`] when it was cancelled; `Invalid { Expiry }` for a time that is over; `Invalid {
    /// Limit }` for no download.
    pub async fn change_share(
        &self,
        actor: &Actor,
        id: &ShareId,
        change: ShareChange,
        client: &Client,
    ) -> Result<ShareView> {
        check_expiry(self.now(), change.expires.flatten())?;
        let most = check_downloads(change.max_downloads.flatten())?;
        let code = change.code.map(|choice| choice.into_code().map(|code| code.expose().to_owned()));
        let flag = |changed: bool| i64::from(changed);
        retrying(|| async {
            let mut tx = self.database().begin().await?;
            let changed = sqlx::query(
                "UPDATE shares SET code = CASE WHEN $3 = 1 THEN $4 ELSE code END, \
                 proof = CASE WHEN $3 = 1 THEN $5 ELSE proof END, \
                 expires_at = CASE WHEN $6 = 1 THEN $7 ELSE expires_at END, \
                 max_downloads = CASE WHEN $8 = 1 THEN $9 ELSE max_downloads END \
                 WHERE id = $1 AND owner_id = $2 AND cancelled_at IS NULL",
            )
            .bind(id.as_str())
            .bind(actor.user.as_str())
            .bind(flag(code.is_some()))
            .bind(code.clone().flatten())
            .bind(random::secret())
            .bind(flag(change.expires.is_some()))
            .bind(change.expires.flatten())
            .bind(flag(change.max_downloads.is_some()))
            .bind(most)
            .execute(&mut *tx)
            .await?;
            let view = self.share_of(&mut tx, &actor.user, id).await?;
            if changed.rows_affected() == 0 {
                return Err(Error::Gone);
            }
            self.record_share(&mut tx, actor, "share.change", id, client).await?;
            tx.commit().await?;
            Ok(view)
        })
        .await
    }

    /// Ends a share for good. A second time does no harm.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn cancel_share(&self, actor: &Actor, id: &ShareId, client: &Client) -> Result<ShareView> {
        retrying(|| async {
            let mut tx = self.database().begin().await?;
            let cancelled = sqlx::query(
                "UPDATE shares SET cancelled_at = $3 WHERE id = $1 AND owner_id = $2 AND cancelled_at IS NULL",
            )
            .bind(id.as_str())
            .bind(actor.user.as_str())
            .bind(self.now())
            .execute(&mut *tx)
            .await?;
            let view = self.share_of(&mut tx, &actor.user, id).await?;
            if cancelled.rows_affected() == 1 {
                self.record_share(&mut tx, actor, "share.cancel", id, client).await?;
            }
            tx.commit().await?;
            Ok(view)
        })
        .await
    }

    async fn record_share(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        event: &'static str,
        id: &ShareId,
        client: &Client,
    ) -> Result<()> {
        let entry =
            Entry { user: Some(&actor.user), event, subject: Some(id.as_str()), client: Some(client) };
        audit::record(tx, self.now(), &entry).await
    }
}
