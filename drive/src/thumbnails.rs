//! Small pictures of files that are pictures: one for each blob, made in the background, kept in SQL (docs/adr/0015), gone with
//! the blob.
//!
//! A row of `thumbnails` says that one is wanted, was made, or cannot be. Whoever makes one takes its row for some minutes
//! first; who dies at it leaves it to the next, and a picture at which several died is given up. So any number of instances
//! may work at once, none stops at one bad file, and all can be done again.

mod draw;

use std::time::Duration;

use domain::{BlobId, Node, NodeId, UserId};
use futures::StreamExt;
use sqlx::{AnyConnection, Row};

use crate::clock::millis;
use crate::database::{from_sql, retrying, to_sql};
use crate::nodes::{live, parse};
use crate::shares::ShareKey;
use crate::{Actor, Drive, Error, Result, blobs};

use draw::Picture;

/// Bytes of the largest file that is looked at.
const LARGEST: u64 = 64 << 20;

/// How long one may take before somebody else tries.
const LEASE: Duration = Duration::from_secs(10 * 60);

/// After what was not the picture's fault.
const AGAIN: Duration = Duration::from_secs(60);

/// Tries that end without an outcome: by then it is the picture that ends the process.
const TRIES: i64 = 3;

/// Pictures of one sweep.
const BATCH: u32 = 500;

const MADE: i64 = 1;
const NONE: i64 = 2;

/// A small picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thumbnail {
    /// Differs whenever the picture does.
    pub etag: String,
    /// `image/jpeg` or `image/png`.
    pub mime: String,
    /// At most 32 KiB.
    pub bytes: Vec<u8>,
}

/// What is to be made.
struct Wanted {
    blob: BlobId,
    size: u64,
    tries: i64,
}

/// Asks for a picture of what a file has come to hold, if that may be one. By its media type alone: what it is, its bytes tell.
pub(crate) async fn want(connection: &mut AnyConnection, node: &NodeId) -> Result<()> {
    sqlx::query(
        "INSERT INTO thumbnails (blob_id, due_at) SELECT blob_id, 0 FROM nodes WHERE id = $1 AND blob_id IS NOT NULL \
         AND size BETWEEN 1 AND $2 AND mime IN ('image/jpeg', 'image/png', 'image/webp', 'image/gif') \
         ON CONFLICT (blob_id) DO NOTHING",
    )
    .bind(node.as_str())
    .bind(to_sql(LARGEST))
    .execute(connection)
    .await?;
    Ok(())
}

impl Drive {
    /// The small picture of a file.
    ///
    /// # Errors
    /// [`Error::NotFound`], also when there is none, or none yet.
    pub async fn thumbnail(&self, actor: &Actor, id: &NodeId) -> Result<Thumbnail> {
        let mut connection = self.database().read().acquire().await?;
        let node = live(&mut connection, &actor.user, id).await?;
        thumbnail_of(&mut connection, &actor.user, &node).await
    }

    /// The same for a file at or below a share. Counts as nothing.
    ///
    /// # Errors
    /// As [`shared_way`](Self::shared_way), and [`Error::NotFound`] when there is none.
    pub async fn shared_thumbnail(&self, key: &ShareKey, id: &NodeId) -> Result<Thumbnail> {
        let mut connection = self.database().read().acquire().await?;
        let share = self.enter(&mut connection, key).await?;
        let node = share.node(&mut connection, id).await?;
        thumbnail_of(&mut connection, &share.owner, &node).await
    }

    /// Makes what is wanted.
    ///
    /// # Errors
    /// When database or store fail: the next run goes on.
    pub(crate) async fn make_thumbnails(&self) -> Result<()> {
        for _ in 0..BATCH {
            let Some(wanted) = self.claim_thumbnail().await? else { return Ok(()) };
            if wanted.tries > TRIES {
                tracing::warn!(blob = %wanted.blob, "a picture ended whoever drew it, and is given up");
                self.keep_thumbnail(&wanted.blob, None).await?;
                continue;
            }
            match self.draw_thumbnail(&wanted).await {
                Ok(picture) => self.keep_thumbnail(&wanted.blob, picture).await?,
                Err(error) => {
                    self.postpone_thumbnail(&wanted.blob).await?;
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    /// Takes the one that waits longest.
    async fn claim_thumbnail(&self) -> Result<Option<Wanted>> {
        let now = self.now();
        let mut tx = self.database().begin().await?;
        let row = sqlx::query(
            "UPDATE thumbnails SET tries = tries + 1, due_at = $2 WHERE blob_id = (SELECT t.blob_id FROM thumbnails t \
             JOIN blobs b ON b.id = t.blob_id WHERE t.state = 0 AND t.due_at <= $1 AND b.refs > 0 \
             ORDER BY t.due_at LIMIT 1) AND state = 0 AND due_at <= $1 \
             RETURNING blob_id, tries, (SELECT b.size FROM blobs b WHERE b.id = blob_id)",
        )
        .bind(now)
        .bind(now.saturating_add(millis(LEASE)))
        .fetch_optional(&mut *tx)
        .await?;
        tx.commit().await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(Wanted {
            blob: parse(row.try_get(0)?)?,
            tries: row.try_get(1)?,
            size: from_sql(row.try_get(2)?),
        }))
    }

    /// `None` when it is no picture that can be drawn.
    ///
    /// # Errors
    /// When it cannot be read.
    async fn draw_thumbnail(&self, wanted: &Wanted) -> Result<Option<Picture>> {
        if wanted.size > LARGEST {
            return Ok(None);
        }
        let mut frames = self.store().read(&blobs::path(&wanted.blob)?, 0..wanted.size).await?;
        let mut bytes = Vec::with_capacity(usize::try_from(wanted.size).unwrap_or(0));
        while let Some(frame) = frames.next().await {
            bytes.extend_from_slice(&frame?);
        }
        match tokio::task::spawn_blocking(move || draw::draw(bytes)).await {
            Ok(picture) => Ok(picture),
            // A decoder that panics has met a picture that it cannot read.
            Err(error) => {
                tracing::warn!(blob = %wanted.blob, %error, "a picture could not be drawn");
                Ok(None)
            }
        }
    }

    async fn keep_thumbnail(&self, blob: &BlobId, picture: Option<Picture>) -> Result<()> {
        let (mime, bytes) = picture.map(|picture| (picture.mime, picture.bytes)).unzip();
        let state = if bytes.is_some() { MADE } else { NONE };
        retrying(|| async {
            let mut tx = self.database().begin().await?;
            // The blob first, as its deletion does, which takes its picture along.
            if state == MADE {
                sqlx::query("UPDATE blobs SET thumbnail = 1 WHERE id = $1")
                    .bind(blob.as_str())
                    .execute(&mut *tx)
                    .await?;
            }
            sqlx::query(
                "UPDATE thumbnails SET state = $2, mime = $3, bytes = $4 WHERE blob_id = $1 AND state = 0",
            )
            .bind(blob.as_str())
            .bind(state)
            .bind(mime)
            .bind(bytes.as_deref())
            .execute(&mut *tx)
            .await?;
            tx.commit().await
        })
        .await
    }

    /// The try does not count: the store was at fault.
    async fn postpone_thumbnail(&self, blob: &BlobId) -> Result<()> {
        let mut tx = self.database().begin().await?;
        sqlx::query("UPDATE thumbnails SET tries = tries - 1, due_at = $2 WHERE blob_id = $1 AND state = 0")
            .bind(blob.as_str())
            .bind(self.now().saturating_add(millis(AGAIN)))
            .execute(&mut *tx)
            .await?;
        tx.commit().await
    }
}

async fn thumbnail_of(connection: &mut AnyConnection, owner: &UserId, node: &Node) -> Result<Thumbnail> {
    let row = sqlx::query(
        "SELECT t.blob_id, t.mime, t.bytes FROM nodes n JOIN thumbnails t ON t.blob_id = n.blob_id \
         WHERE n.id = $1 AND n.owner_id = $2 AND t.state = 1",
    )
    .bind(node.id.as_str())
    .bind(owner.as_str())
    .fetch_optional(connection)
    .await?
    .ok_or(Error::NotFound)?;
    let blob: String = row.try_get(0)?;
    Ok(Thumbnail { etag: format!("{blob}-small"), mime: row.try_get(1)?, bytes: row.try_get(2)? })
}
