//! One body on its way from the client into segments and into the BLAKE3 tree, side by side.

use std::ops::ControlFlow;

use bytes::Bytes;
use domain::{Field, Reason, UploadKind};

use super::body::{Body, Next};
use super::checksum::{Checksum, Digester};
use super::hashing::{Hashing, Sums};
use super::lease::{Held, fence};
use super::row::State;
use super::sink::Sink;
use super::tree::Tree;
use crate::clock::millis;
use crate::database::to_sql;
use crate::{Drive, Error, Result, quota};

/// Bytes between two records of how far an upload is.
const CHECKPOINT: u64 = 64 << 20;

/// What an upload of unknown length reserves of the quota at a time, in bytes.
const STRIDE: u64 = 64 << 20;

/// How a body ended.
#[derive(Debug)]
pub(super) enum End {
    /// As announced.
    Clean,
    /// Before its end.
    Broken,
    /// Somebody newer has the upload.
    Superseded,
    /// Longer than announced.
    TooMuch,
    /// No room for more: [`Error::QuotaExceeded`], [`Error::TooLarge`].
    Refused(Error),
    /// The store did not take it.
    Failed(Error),
}

/// The state of one transfer.
pub(super) struct Transfer<'a> {
    drive: &'a Drive,
    held: &'a mut Held,
    sink: Sink,
    hashing: Hashing,
    /// To go back to when the checksum does not match.
    tree_before: Option<Tree>,
    checksum: Option<&'a Checksum>,
    /// Bytes of the upload handed to the store.
    offset: u64,
    /// What the client announced: bytes of the upload at the end of this body.
    announced: Option<u64>,
    checkpoint: Checkpoint,
}

/// What is recorded lags one step behind, since the newest bytes may be lost in the store's buffers with a crash.
#[derive(Default)]
struct Checkpoint {
    offset: u64,
    frontier: Option<Vec<u8>>,
}

impl<'a> Transfer<'a> {
    /// `checksum` is one that is only known to match at the end; the bytes are kept apart until then.
    pub(super) async fn new(
        drive: &'a Drive,
        held: &'a mut Held,
        content_length: Option<u64>,
        checksum: Option<&'a Checksum>,
    ) -> Self {
        let offset = held.offset();
        let tree = if held.is_complete() { None } else { drive.resume_tree(held).await };
        let digest = checksum.map(|checksum| Digester::new(checksum.algorithm));
        Self {
            drive,
            sink: Sink::new(drive, held, checksum.is_some()),
            tree_before: checksum.and_then(|_| tree.clone()),
            hashing: Hashing::new(Sums { tree, digest }),
            checksum,
            offset,
            announced: content_length.map(|length| offset.saturating_add(length)),
            checkpoint: Checkpoint { offset, frontier: None },
            held,
        }
    }

    /// Takes the whole body, or as much of it as possible.
    pub(super) async fn run(&mut self, body: &mut Body) -> End {
        loop {
            match body.next().await {
                Next::Frame(frame) => {
                    if let ControlFlow::Break(end) = self.take(frame).await {
                        return end;
                    }
                }
                Next::End if self.announced.is_some_and(|announced| self.offset < announced) => {
                    return End::Broken;
                }
                Next::End => return End::Clean,
                Next::Broken => return End::Broken,
                Next::Superseded => return End::Superseded,
            }
        }
    }

    /// Takes one frame, as far as there is room for it.
    pub(super) async fn take(&mut self, mut frame: Bytes) -> ControlFlow<End> {
        let (room, over) = self.room(frame.len() as u64).await;
        let cut = room < frame.len() as u64;
        if cut {
            frame.truncate(usize::try_from(room).unwrap_or(0));
        }
        if !frame.is_empty() {
            let length = frame.len() as u64;
            self.hashing.push(frame.clone()).await;
            if let Err(error) = self.sink.write(frame).await {
                return ControlFlow::Break(match error {
                    Error::Busy => End::Superseded,
                    error => End::Failed(error),
                });
            }
            self.offset += length;
            self.record_progress().await;
        }
        if cut { ControlFlow::Break(over) } else { ControlFlow::Continue(()) }
    }

    /// How many of `wanted` bytes may follow, and why not more.
    async fn room(&mut self, wanted: u64) -> (u64, End) {
        let end = self.held.upload.length.unwrap_or(u64::MAX).min(self.announced.unwrap_or(u64::MAX));
        let mut wanted = wanted.min(end.saturating_sub(self.offset));
        let mut over = End::TooMuch;
        if self.held.upload.length.is_some() {
            return (wanted, over);
        }
        let limit = self.drive.rules().max_file_size;
        if wanted > limit.saturating_sub(self.offset) {
            wanted = limit.saturating_sub(self.offset);
            over = End::Refused(Error::TooLarge { limit });
        }
        let target = self.offset + wanted;
        if target > self.held.upload.reserved
            && let Err(error) = self.drive.reserve_for(self.held, target, STRIDE).await
        {
            return (self.held.upload.reserved.saturating_sub(self.offset), End::Refused(error));
        }
        (wanted, over)
    }

    async fn record_progress(&mut self) {
        if self.offset - self.checkpoint.offset < CHECKPOINT || self.checksum.is_some() {
            return;
        }
        let frontier = self.hashing.settled().await.tree.as_ref().map(Tree::frontier);
        let ripe = std::mem::replace(&mut self.checkpoint, Checkpoint { offset: self.offset, frontier });
        if ripe.frontier.is_some() {
            self.held.upload.frontier = ripe.frontier;
        }
        let upload = &self.held.upload;
        let work = async {
            let mut tx = self.drive.database().begin().await?;
            sqlx::query("UPDATE uploads SET received = $3, frontier = $4 WHERE id = $1 AND epoch = $2")
                .bind(upload.id.as_str())
                .bind(upload.epoch)
                .bind(to_sql(self.offset))
                .bind(upload.frontier.clone())
                .execute(&mut *tx)
                .await?;
            tx.commit().await
        };
        if let Err(error) = work.await {
            tracing::debug!(%error, upload = %upload.id, "progress could not be recorded");
        }
    }

    /// Closes what was written, holds it against the checksum, and records how far the upload is.
    ///
    /// # Errors
    /// What the body's end means to the client, when it was not clean.
    pub(super) async fn finish(mut self, end: End) -> Result<()> {
        let closed = self.sink.close(matches!(end, End::Failed(_))).await;
        let mut sums = std::mem::take(self.hashing.settled().await);
        let mut verdict = verdict(end, closed);
        if let Some(checksum) = self.checksum {
            if verdict.is_ok() && !sums.digest.take().is_some_and(|digest| digest.matches(checksum)) {
                verdict = Err(Error::ChecksumMismatch);
            }
            if verdict.is_ok() {
                self.sink.accept();
            } else {
                self.sink.discard().await;
                sums.tree = self.tree_before.take();
            }
        }
        self.record(sums.tree, verdict.is_ok()).await?;
        verdict
    }

    /// The next holder finds everything in the rows; when the file is complete, we go on to publish it.
    async fn record(mut self, tree: Option<Tree>, clean: bool) -> Result<()> {
        let upload = &mut self.held.upload;
        let offset = self.sink.offset();
        upload.received = offset.unwrap_or(upload.received);
        let complete = upload.length.is_some() && upload.length == offset;
        let tree = tree.filter(|tree| Some(tree.length()) == offset);
        if let Some(tree) = &tree {
            upload.frontier = Some(if complete { tree.outline().encode() } else { tree.frontier() });
        }
        let publish = clean && complete && upload.kind == UploadKind::Whole;
        if publish {
            upload.state = State::Sealing;
        } else {
            upload.idle_epoch = upload.epoch;
        }
        let now = self.drive.now();
        upload.expires_at = upload.expires_at.max(now + millis(self.drive.config().upload_expiry));
        let mut tx = self.drive.database().begin().await?;
        fence(&mut tx, &upload.id, upload.epoch).await?;
        self.sink.record(&mut tx).await?;
        sqlx::query(
            "UPDATE uploads SET received = $2, frontier = $3, state = $4, idle_epoch = $5, updated_at = $6, \
             expires_at = $7 WHERE id = $1",
        )
        .bind(upload.id.as_str())
        .bind(to_sql(upload.received))
        .bind(upload.frontier.clone())
        .bind(upload.state.as_str())
        .bind(upload.idle_epoch)
        .bind(now)
        .bind(upload.expires_at)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        self.drive.extend_group(upload).await;
        if let Some(tree) = tree.filter(|_| !complete) {
            self.drive.uploads().trees.keep(&upload.id, upload.epoch, tree);
        }
        self.held.segments = self.sink.into_segments();
        Ok(())
    }
}

/// What the end of a body means to the client.
fn verdict(end: End, closed: Result<()>) -> Result<()> {
    match end {
        End::Clean => closed,
        End::Broken => Err(Error::Interrupted),
        End::TooMuch => Err(Error::invalid(Field::Length, Reason::Contradiction)),
        End::Superseded => Err(Error::Busy),
        End::Refused(error) | End::Failed(error) => Err(error),
    }
}

impl Drive {
    /// Reserves quota for an upload up to `target` bytes in all, and `ahead` more when there is room.
    ///
    /// # Errors
    /// [`Error::QuotaExceeded`]; [`Error::Busy`].
    pub(super) async fn reserve_for(&self, held: &mut Held, target: u64, ahead: u64) -> Result<()> {
        let generous = target.saturating_add(ahead).min(self.rules().max_file_size).max(target);
        match self.reserve_exactly(held, generous).await {
            Err(Error::QuotaExceeded { .. }) if generous > target => self.reserve_exactly(held, target).await,
            outcome => outcome,
        }
    }

    /// Makes the reservation of an upload this many bytes, more or less than before.
    pub(super) async fn reserve_exactly(&self, held: &mut Held, target: u64) -> Result<()> {
        let upload = &mut held.upload;
        let mut tx = self.database().begin().await?;
        match target.checked_sub(upload.reserved) {
            Some(more) => quota::reserve(&mut tx, &upload.owner, more).await?,
            None => quota::release(&mut tx, &upload.owner, upload.reserved - target).await?,
        }
        let changed =
            sqlx::query("UPDATE uploads SET reserved = $3, length = $4 WHERE id = $1 AND epoch = $2")
                .bind(upload.id.as_str())
                .bind(upload.epoch)
                .bind(to_sql(target))
                .bind(upload.length.map(to_sql))
                .execute(&mut *tx)
                .await?;
        if changed.rows_affected() == 0 {
            return Err(Error::Busy);
        }
        tx.commit().await?;
        upload.reserved = target;
        Ok(())
    }
}
