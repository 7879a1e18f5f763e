//! The bytes of shared files, and how often they were fetched.
//!
//! The rule: a request that begins at the first byte is a download, and counts. A request for later bytes continues one, and
//! does not, for the same file from the same address within a day. So a download that breaks off is continued although
//! the last download was taken meanwhile, and one that is fetched in many pieces counts once.
//!
//! Continuing cannot go round the limit. Each download that was counted gives its address as many bytes to continue with as
//! the file has; a request that wants more than is left of them counts as a download itself. So what leaves is at most
//! twice the file for each download that counted, and whoever has not downloaded continues nothing.

use std::time::Duration;

use domain::{Node, NodeId, ShareId, ShareState};

use super::open::ShareKey;
use crate::clock::millis;
use crate::database::{Tx, retrying, to_sql};
use crate::{Client, Content, Drive, Error, Result};

/// How long a download may be continued without counting again.
const CONTINUED: Duration = Duration::from_secs(24 * 60 * 60);

/// A shared file, of which nothing was downloaded yet.
#[derive(Clone, Debug)]
pub struct SharedContent {
    content: Content,
    share: ShareId,
}

/// How much of a file a request is about to fetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Portion {
    /// Nothing: it only asks what there is.
    Nothing,
    /// Bytes with the first one among them, or all of an empty file.
    Beginning,
    /// So many bytes, without the first one.
    Continuation(u64),
}

impl SharedContent {
    /// The file.
    #[must_use]
    pub const fn node(&self) -> &Node {
        &self.content.node
    }

    /// See [`Content::etag`].
    #[must_use]
    pub fn etag(&self) -> &str {
        &self.content.etag
    }

    /// See [`Content::stored`].
    #[must_use]
    pub const fn stored(&self) -> i64 {
        self.content.stored
    }

    /// Bytes.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.content.size
    }
}

impl Drive {
    /// Finds a shared file to read. A share that is used up is opened as well: see [`download_shared`](Self::download_shared).
    ///
    /// # Errors
    /// As [`shared_way`](Self::shared_way); [`Error::NotFound`] for a folder, too.
    pub async fn open_shared_content(&self, key: &ShareKey, node: &NodeId) -> Result<SharedContent> {
        let mut connection = self.database().read().acquire().await?;
        let share = self.enter_to_finish(&mut connection, key).await?;
        let node = share.node(&mut connection, node).await?;
        let content = self.content_of(&mut connection, &share.owner, node).await?;
        Ok(SharedContent { content, share: share.id })
    }

    /// Lets a portion of a shared file be read, and counts it by the rule of this module. Of downloads at the same time no
    /// more are let through than the limit allows.
    ///
    /// # Errors
    /// [`Error::ShareClosed`], also when it was closed since the file was found.
    pub async fn download_shared(
        &self,
        shared: SharedContent,
        portion: Portion,
        client: &Client,
    ) -> Result<Content> {
        retrying(|| async {
            let mut tx = self.database().begin().await?;
            self.admit(&mut tx, &shared, portion, client).await?;
            tx.commit().await
        })
        .await?;
        Ok(shared.content)
    }

    async fn admit(
        &self,
        tx: &mut Tx,
        shared: &SharedContent,
        portion: Portion,
        client: &Client,
    ) -> Result<()> {
        let continued = match portion {
            Portion::Nothing => shared.is_known(tx, self.now(), client).await?,
            Portion::Beginning => false,
            Portion::Continuation(bytes) => shared.continue_with(tx, self.now(), bytes, client).await?,
        };
        if continued {
            return Ok(());
        }
        if portion == Portion::Nothing {
            return self.has_download(tx, &shared.share).await;
        }
        self.count_download(tx, &shared.share).await?;
        // What counts as a new download although it is none brings what it takes itself.
        let taken = if let Portion::Continuation(bytes) = portion { bytes } else { 0 };
        let left = shared.content.size.saturating_sub(taken);
        shared.allow(tx, self.now(), left, client).await
    }

    /// Takes one download.
    ///
    /// # Errors
    /// [`Error::ShareClosed`].
    pub(crate) async fn count_download(&self, tx: &mut Tx, share: &ShareId) -> Result<()> {
        let counted = sqlx::query(
            "UPDATE shares SET downloads = downloads + 1 WHERE id = $1 AND cancelled_at IS NULL \
             AND (expires_at IS NULL OR expires_at > $2) AND (max_downloads IS NULL OR downloads < max_downloads)",
        )
        .bind(share.as_str())
        .bind(self.now())
        .execute(&mut **tx)
        .await?;
        if counted.rows_affected() == 1 { Ok(()) } else { Err(Error::ShareClosed(ShareState::UsedUp)) }
    }

    /// Whether [`count_download`](Self::count_download) would succeed.
    async fn has_download(&self, tx: &mut Tx, share: &ShareId) -> Result<()> {
        let row = sqlx::query(
            "SELECT 1 FROM shares WHERE id = $1 AND (max_downloads IS NULL OR downloads < max_downloads)",
        )
        .bind(share.as_str())
        .fetch_optional(&mut **tx)
        .await?;
        if row.is_some() { Ok(()) } else { Err(Error::ShareClosed(ShareState::UsedUp)) }
    }

    /// Forgets downloads that are over.
    pub(crate) async fn sweep_share_downloads(&self) -> Result<()> {
        let delete = "DELETE FROM share_downloads WHERE (share_id, blob_id, address) IN \
                      (SELECT share_id, blob_id, address FROM share_downloads WHERE expires_at <= $1 LIMIT $2)";
        self.database().delete_in_batches(delete, self.now()).await
    }
}

impl SharedContent {
    /// Whether this address downloads the file.
    async fn is_known(&self, tx: &mut Tx, now: i64, client: &Client) -> Result<bool> {
        let row = sqlx::query(
            "SELECT 1 FROM share_downloads WHERE share_id = $1 AND blob_id = $2 AND address = $3 AND expires_at > $4",
        )
        .bind(self.share.as_str())
        .bind(&self.content.etag)
        .bind(client.network_text())
        .bind(now)
        .fetch_optional(&mut **tx)
        .await?;
        Ok(row.is_some())
    }

    /// Takes bytes of what this address may continue with; `false` when it has not so many.
    async fn continue_with(&self, tx: &mut Tx, now: i64, bytes: u64, client: &Client) -> Result<bool> {
        let taken = sqlx::query(
            "UPDATE share_downloads SET bytes = bytes - $5 \
             WHERE share_id = $1 AND blob_id = $2 AND address = $3 AND expires_at > $4 AND bytes >= $5",
        )
        .bind(self.share.as_str())
        .bind(&self.content.etag)
        .bind(client.network_text())
        .bind(now)
        .bind(to_sql(bytes))
        .execute(&mut **tx)
        .await?;
        Ok(taken.rows_affected() == 1)
    }

    /// Gives this address so many more bytes to continue with.
    async fn allow(&self, tx: &mut Tx, now: i64, bytes: u64, client: &Client) -> Result<()> {
        sqlx::query(
            "INSERT INTO share_downloads (share_id, blob_id, address, bytes, expires_at) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (share_id, blob_id, address) DO UPDATE SET bytes = $4 + \
             CASE WHEN share_downloads.expires_at > $6 THEN share_downloads.bytes ELSE 0 END, expires_at = $5",
        )
        .bind(self.share.as_str())
        .bind(&self.content.etag)
        .bind(client.network_text())
        .bind(to_sql(bytes))
        .bind(now.saturating_add(millis(CONTINUED)))
        .bind(now)
        .execute(&mut **tx)
        .await?;
        Ok(())
    }
}
