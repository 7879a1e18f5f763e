//! From the last byte to the node.
//!
//! `sealing`: count the pieces, compare the hash, choose the blob's id. `concat`: make one file of them and verify its
//! length (a single piece is verified at once and skips this state). `rename`: move it to where blobs are, then write blob, node, quota and the end of the upload in one
//! transaction. The state names the work that may have begun; each piece of work can be done again. So a crash anywhere
//! is continued by whoever holds the upload next: the client's next request, or the background.

use domain::{BlobId, NodeId, UploadKind};
use sqlx::Row;
use storage::{ErrorKind, Overwrite, Piece, StorePath};

use super::lease::{Held, fence};
use super::row::{Segment, State, Upload, total};
use super::steps::Step;
use crate::clock::millis;
use crate::database::{Tx, from_sql, retrying};
use crate::nodes::{NewFile, insert_file, live_folder, parse};
use crate::{Drive, Error, Result, blobs, quota, random};

/// How long a finished upload still answers with its node.
const REMEMBERED: std::time::Duration = std::time::Duration::from_secs(24 * 60 * 60);

impl Drive {
    /// Does what is left to do.
    ///
    /// # Errors
    /// [`Error::ChecksumMismatch`]: the upload has failed and its bytes are gone. [`Error::NameTaken`] under
    /// `Conflict::Fail` when the name was taken since the beginning, [`Error::QuotaExceeded`] and [`Error::TooLarge`] when
    /// the limits were lowered: the bytes are kept until
    /// the upload expires, and the next request tries again. Others: nothing is lost, the next holder continues.
    pub(super) async fn publish(&self, held: &mut Held) -> Result<()> {
        loop {
            match held.upload.state {
                State::Uploading => self.advance(&mut held.upload, State::Sealing).await?,
                State::Sealing => {
                    self.passed(Step::Received)?;
                    self.seal(&mut held.upload).await?;
                    self.passed(Step::Sealed)?;
                    if held.upload.state == State::Rename {
                        self.passed(Step::Concatenated)?;
                        self.passed(Step::Verified)?;
                    }
                }
                State::Concat => {
                    self.join(&mut held.upload).await?;
                    self.passed(Step::Verified)?;
                }
                State::Rename => {
                    self.move_blob(&held.upload).await?;
                    self.passed(Step::Renamed)?;
                    self.commit(&mut held.upload).await?;
                    self.passed(Step::Committed)?;
                }
                State::Done | State::Failed | State::Gone => return Ok(()),
            }
        }
    }

    async fn advance(&self, upload: &mut Upload, state: State) -> Result<()> {
        let mut tx = self.database().begin().await?;
        let advanced = sqlx::query(
            "UPDATE uploads SET state = $3, blob_id = $4, blake3 = $5, updated_at = $6 WHERE id = $1 AND epoch = $2",
        )
        .bind(upload.id.as_str())
        .bind(upload.epoch)
        .bind(state.as_str())
        .bind(upload.blob.as_ref().map(BlobId::as_str))
        .bind(upload.blake3.clone())
        .bind(self.now())
        .execute(&mut *tx)
        .await?;
        if advanced.rows_affected() == 0 {
            return Err(Error::Busy);
        }
        tx.commit().await?;
        upload.state = state;
        Ok(())
    }

    /// What the file is made of, empty ones included.
    async fn pieces(&self, upload: &Upload) -> Result<Vec<Segment>> {
        let mut connection = self.database().read().acquire().await?;
        match upload.kind {
            UploadKind::Final => Segment::load_of_final(&mut connection, &upload.id).await,
            _ => Segment::load(&mut connection, &upload.id).await,
        }
    }

    async fn seal(&self, upload: &mut Upload) -> Result<()> {
        let pieces = self.pieces(upload).await?;
        let closed = pieces.iter().all(|piece| piece.length.is_some());
        if !closed || upload.length != Some(total(&pieces)) {
            return Err(Error::Internal(format!("the pieces of upload {} are not those it had", upload.id)));
        }
        let hash =
            self.hash_of(upload, &pieces).await?.map(|hash| blake3::Hash::from(hash).to_hex().to_string());
        if let (Some(claimed), Some(hash)) = (&upload.metadata.blake3, &hash)
            && !claimed.eq_ignore_ascii_case(hash)
        {
            self.end(upload, State::Failed).await?;
            return Err(Error::ChecksumMismatch);
        }
        for piece in pieces.iter().filter(|piece| piece.length == Some(0)) {
            self.store().delete(&piece.path).await?;
        }
        upload.blake3 = hash;
        upload.blob = Some(BlobId::from_random(random::bits()));
        let (pieces, path) = self.source(upload).await?;
        if pieces.len() == 1 {
            // Most files are one piece: a write of a state less for each of them.
            self.verify(upload, &path).await?;
            return self.advance(upload, State::Rename).await;
        }
        self.advance(upload, State::Concat).await
    }

    async fn verify(&self, upload: &Upload, path: &StorePath) -> Result<()> {
        let expected = upload.length.unwrap_or(0);
        let length = self.store().stat(path).await?.length;
        if length == expected {
            return Ok(());
        }
        let text = format!("{length} bytes where {expected} were received");
        Err(storage::Error::new(ErrorKind::Corrupt, text).at(path).into())
    }

    /// The pieces with bytes, and where the whole file is (to be).
    async fn source(&self, upload: &Upload) -> Result<(Vec<Piece>, StorePath)> {
        let pieces: Vec<Piece> = self
            .pieces(upload)
            .await?
            .into_iter()
            .filter_map(|piece| {
                Some(Piece { path: piece.path, length: piece.length.filter(|length| *length > 0)? })
            })
            .collect();
        let path = match pieces.as_slice() {
            [only] => only.path.clone(),
            _ => whole_path(upload)?,
        };
        Ok((pieces, path))
    }

    async fn join(&self, upload: &mut Upload) -> Result<()> {
        let (pieces, path) = self.source(upload).await?;
        match pieces.as_slice() {
            [] => self.make_empty(&path).await?,
            [_] => {}
            _ => self.store().concat(&path, &pieces).await?,
        }
        self.passed(Step::Concatenated)?;
        self.verify(upload, &path).await?;
        self.advance(upload, State::Rename).await
    }

    async fn make_empty(&self, path: &StorePath) -> Result<()> {
        let made = match self.store().create(path).await {
            Ok(writer) => writer.finish().await.map(drop),
            Err(error) => Err(error),
        };
        match made {
            // Left by an attempt before this one.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                Ok(self.store().seal(path).await.map(drop)?)
            }
            outcome => Ok(outcome?),
        }
    }

    async fn move_blob(&self, upload: &Upload) -> Result<()> {
        let (_, from) = self.source(upload).await?;
        let to = blobs::path(blob_of(upload)?)?;
        let error = match self.store().rename(&from, &to, Overwrite::Never).await {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        // The id is new and random: what is there with that name was moved there by an attempt before this one.
        if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::AlreadyExists)
            && let Ok(entry) = self.store().stat(&to).await
            && Some(entry.length) == upload.length
        {
            return Ok(());
        }
        Err(error.into())
    }

    async fn commit(&self, upload: &mut Upload) -> Result<()> {
        let committed = retrying(|| self.commit_once(upload)).await;
        if let Err(error @ (Error::NameTaken | Error::QuotaExceeded { .. } | Error::TooLarge { .. })) =
            &committed
        {
            self.remember_failure(upload, error).await?;
        }
        upload.node = Some(committed?);
        upload.state = State::Done;
        upload.idle_epoch = upload.epoch;
        tracing::info!(upload = %upload.id, size_bytes = upload.length, "published");
        Ok(())
    }

    async fn commit_once(&self, upload: &Upload) -> Result<NodeId> {
        let now = self.now();
        let length = upload.length.unwrap_or(0);
        let limit = self.rules().max_file_size;
        if length > limit {
            return Err(Error::TooLarge { limit });
        }
        let mut tx = self.database().begin().await?;
        quota::lock(&mut tx, &upload.owner).await?;
        fence(&mut tx, &upload.id, upload.epoch).await?;
        blobs::insert(&mut tx, now, blob_of(upload)?, length, upload.blake3.as_deref()).await?;
        let node = insert_node(&mut tx, now, upload).await?;
        let reserved = reserved_by(&mut tx, upload).await?;
        quota::spend(&mut tx, &upload.owner, reserved, length).await?;
        delete_segments(&mut tx, upload).await?;
        sqlx::query(
            "UPDATE uploads SET state = 'done', reserved = 0, received = length, frontier = NULL, failure = NULL, \
             node_id = $2, idle_epoch = epoch, lease_until = 0, updated_at = $3, expires_at = $4 \
             WHERE id = $1 OR final_id = $1",
        )
        .bind(upload.id.as_str())
        .bind(node.as_str())
        .bind(now)
        .bind(now + millis(REMEMBERED))
        .execute(&mut *tx)
        .await?;
        self.passed(Step::Committing)?;
        tx.commit().await?;
        Ok(node)
    }

    /// The bytes are there and the node cannot be: the background leaves it alone from now on.
    async fn remember_failure(&self, upload: &Upload, error: &Error) -> Result<()> {
        let failure = serde_json::to_string(&error.to_app_error()).unwrap_or_default();
        let mut tx = self.database().begin().await?;
        sqlx::query("UPDATE uploads SET failure = $3 WHERE id = $1 AND epoch = $2")
            .bind(upload.id.as_str())
            .bind(upload.epoch)
            .bind(failure)
            .execute(&mut *tx)
            .await?;
        tx.commit().await
    }
}

/// What this upload and its parts have been promised.
pub(super) async fn reserved_by(tx: &mut Tx, upload: &Upload) -> Result<u64> {
    let row = sqlx::query(
        "SELECT CAST(COALESCE(SUM(reserved), 0) AS BIGINT) FROM uploads WHERE id = $1 OR final_id = $1",
    )
    .bind(upload.id.as_str())
    .fetch_one(&mut **tx)
    .await?;
    Ok(from_sql(row.try_get(0)?))
}

/// Into the folder that was asked for, or into the root if that is gone by now: the bytes are worth more than the place.
async fn insert_node(tx: &mut Tx, now: i64, upload: &Upload) -> Result<NodeId> {
    let root = sqlx::query("SELECT root_id FROM users WHERE id = $1")
        .bind(upload.owner.as_str())
        .fetch_one(&mut **tx)
        .await?;
    let root: NodeId = parse(root.try_get(0)?)?;
    let parent = match &upload.metadata.parent {
        None => root,
        Some(wanted) => match live_folder(tx, &upload.owner, wanted).await {
            Ok(folder) => folder.id,
            Err(Error::NotFound | Error::Invalid { .. }) => root,
            Err(error) => return Err(error),
        },
    };
    let name = upload.metadata.name.as_ref();
    let file = NewFile {
        parent: &parent,
        name: name.ok_or_else(|| Error::Internal(format!("upload {} has no name", upload.id)))?,
        conflict: upload.metadata.conflict,
        blob: blob_of(upload)?,
        size: upload.length.unwrap_or(0),
        claimed_mime: upload.metadata.mime.as_deref(),
        modified_at: upload.metadata.last_modified.unwrap_or(now),
    };
    Ok(insert_file(tx, now, &upload.owner, &file).await?.id)
}

fn blob_of(upload: &Upload) -> Result<&BlobId> {
    upload.blob.as_ref().ok_or_else(|| Error::Internal(format!("upload {} has no blob", upload.id)))
}

/// Where the pieces become one file.
pub(super) fn whole_path(upload: &Upload) -> Result<StorePath> {
    StorePath::parse(format!("staging/{}/{}.whole", upload.owner, upload.id))
        .map_err(|error| Error::Internal(error.to_string()))
}

/// Forgets the pieces of an upload and of its parts.
pub(super) async fn delete_segments(tx: &mut Tx, upload: &Upload) -> Result<()> {
    sqlx::query(
        "DELETE FROM segments WHERE upload_id = $1 OR upload_id IN (SELECT id FROM uploads WHERE final_id = $1)",
    )
    .bind(upload.id.as_str())
    .execute(&mut **tx)
    .await?;
    Ok(())
}
