//! The lease on an upload: one holder at a time over all instances, and the newest takes over.
//!
//! A holder owns an epoch. Whoever raises the epoch is the next holder; every change of the former one is tied to its own
//! epoch and fails from then on ([`fence`]). A holder looks at the epoch every second, closes its file when it was
//! raised, and says so (`idle_epoch`); for that the next one waits, but not for long: the store itself knows whether a
//! file is still being written.

use std::time::Duration;

use domain::{UploadId, UserId};
use sqlx::Row;
use tokio::time::Instant;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::registry::Claim;
use super::row::{Closing, Segment, State, Upload, columns, total};
use crate::clock::millis;
use crate::database::Tx;
use crate::{Drive, Error, Result};

/// How long a holder that says nothing is taken for alive.
const LEASE: Duration = Duration::from_secs(15);
/// How often a holder looks whether it still is one.
const LOOK: Duration = Duration::from_secs(1);
/// How often it says that it is alive; a multiple of [`LOOK`].
const RENEW: Duration = Duration::from_secs(5);
/// How long a new holder waits for the former one in another process: a few of its looks.
const PATIENCE: Duration = Duration::from_secs(4);
/// How often it asks meanwhile.
const ASK: Duration = Duration::from_millis(100);

/// An upload in our hands: nobody else changes it, and all of its segments are closed.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) upload: Upload,
    pub(super) segments: Vec<Segment>,
    pub(super) claim: Claim,
    /// Cancelled when another instance has taken over.
    pub(super) lost: CancellationToken,
    _keeper: DropGuard,
}

impl Held {
    /// Bytes that have lasted. All of a final upload's are there from the start.
    pub(super) fn offset(&self) -> u64 {
        match (self.upload.kind, self.upload.state) {
            (domain::UploadKind::Final, _) | (_, State::Done) => self.upload.length.unwrap_or(0),
            _ => total(&self.segments),
        }
    }

    /// Every byte of the stated length is there.
    pub(super) fn is_complete(&self) -> bool {
        self.upload.length == Some(self.offset())
    }
}

/// Fails unless `epoch` still is the upload's; keeps its row locked until the transaction ends.
///
/// # Errors
/// [`Error::Busy`]: somebody newer has it.
pub(super) async fn fence(tx: &mut Tx, id: &UploadId, epoch: i64) -> Result<()> {
    let fenced = sqlx::query("UPDATE uploads SET epoch = epoch WHERE id = $1 AND epoch = $2")
        .bind(id.as_str())
        .bind(epoch)
        .execute(&mut **tx)
        .await?;
    if fenced.rows_affected() == 1 { Ok(()) } else { Err(Error::Busy) }
}

impl Drive {
    /// Takes an upload over from whoever has it, and adopts the bytes of a writer that died.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Gone`] when it ended without a node; [`Error::Busy`] when its former holder does
    /// not let go; the store's, when it cannot tell what it has.
    pub(super) async fn hold(&self, owner: &UserId, id: &UploadId, claim: Claim) -> Result<Held> {
        let before = Upload::load(&mut *self.database().read().acquire().await?, owner, id).await?;
        self.refuse_ended(&before)?;
        let mut held = self.hold_as_it_is(&before, claim).await?;
        let outcome = match self.refuse_ended(&held.upload) {
            Ok(()) => self.settle(&mut held).await,
            refused => refused,
        };
        match outcome {
            Ok(()) => Ok(held),
            Err(error) => {
                self.let_go(&held.upload).await;
                Err(error)
            }
        }
    }

    /// The same without adopting anything, and whatever state it is in: to end it.
    pub(super) async fn hold_as_it_is(&self, before: &Upload, claim: Claim) -> Result<Held> {
        let mut tx = self.database().begin().await?;
        let row = sqlx::query(concat!(
            "UPDATE uploads SET epoch = epoch + 1, lease_until = $3 WHERE id = $1 AND epoch = $2 RETURNING ",
            columns!()
        ))
        .bind(before.id.as_str())
        .bind(before.epoch)
        .bind(self.now() + millis(LEASE))
        .fetch_optional(&mut *tx)
        .await?
        .ok_or(Error::Busy)?;
        let upload = Upload::read(&row)?;
        tx.commit().await?;
        let (keeper, lost) = self.keep(&upload);
        if !before.is_idle() && before.lease_until > self.now() {
            self.wait_for_holder(&before.id, before.epoch).await?;
        }
        let segments = Segment::load(&mut *self.database().read().acquire().await?, &before.id).await?;
        Ok(Held { upload, segments, claim, lost, _keeper: keeper })
    }

    /// An upload that ended without a node, or whose time is over although the sweeper has not come by yet. One that is
    /// being published has all of its bytes and may still end well.
    pub(super) fn refuse_ended(&self, upload: &Upload) -> Result<()> {
        let expired = upload.expires_at <= self.now() && upload.state == State::Uploading;
        if upload.state.is_over() || expired { Err(Error::Gone) } else { Ok(()) }
    }

    async fn wait_for_holder(&self, id: &UploadId, epoch: i64) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            let idle = sqlx::query("SELECT idle_epoch FROM uploads WHERE id = $1")
                .bind(id.as_str())
                .fetch_optional(self.database().read())
                .await?;
            match idle.map(|row| row.try_get::<i64, _>(0)).transpose()? {
                Some(idle) if idle < epoch => tokio::time::sleep(ASK).await,
                _ => break,
            }
        }
        Ok(())
    }

    /// Looks after the lease until the guard is dropped.
    fn keep(&self, upload: &Upload) -> (DropGuard, CancellationToken) {
        let (stop, lost) = (CancellationToken::new(), CancellationToken::new());
        let (drive, id, epoch) = (self.clone(), upload.id.clone(), upload.epoch);
        let (ended, mine) = (stop.clone(), lost.clone());
        tokio::spawn(async move {
            let work = async {
                for look in 1_u64.. {
                    tokio::time::sleep(LOOK).await;
                    let renew = look.is_multiple_of(RENEW.as_secs() / LOOK.as_secs());
                    match drive.look_after(&id, epoch, renew).await {
                        Ok(true) => {}
                        Ok(false) => return mine.cancel(),
                        // The next look tells. If the database stays away, nothing can be recorded anyway.
                        Err(error) => {
                            tracing::debug!(%error, upload = %id, "the lease could not be looked at");
                        }
                    }
                }
            };
            tokio::select! { () = ended.cancelled() => {}, () = work => {} }
        });
        (stop.drop_guard(), lost)
    }

    /// Whether the epoch is still ours.
    async fn look_after(&self, id: &UploadId, epoch: i64, renew: bool) -> Result<bool> {
        if !renew {
            let row = sqlx::query("SELECT epoch FROM uploads WHERE id = $1")
                .bind(id.as_str())
                .fetch_optional(self.database().read())
                .await?;
            return Ok(row.map(|row| row.try_get::<i64, _>(0)).transpose()? == Some(epoch));
        }
        let now = self.now();
        let mut tx = self.database().begin().await?;
        let renewed = sqlx::query(
            "UPDATE uploads SET lease_until = $3, updated_at = $4, \
             expires_at = CASE WHEN expires_at > $5 THEN expires_at ELSE $5 END WHERE id = $1 AND epoch = $2",
        )
        .bind(id.as_str())
        .bind(epoch)
        .bind(now + millis(LEASE))
        .bind(now)
        .bind(now + millis(self.config().upload_expiry))
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(renewed.rows_affected() == 1)
    }

    /// Says that this holder's work is over, also when somebody else has raised the epoch meanwhile. A failure costs the
    /// next one a few seconds of waiting.
    pub(super) async fn let_go(&self, upload: &Upload) {
        if upload.is_idle() || self.is_stopped() {
            return;
        }
        let work = async {
            let mut tx = self.database().begin().await?;
            sqlx::query(
                "UPDATE uploads SET idle_epoch = CASE WHEN idle_epoch < $2 THEN $2 ELSE idle_epoch END, \
                 lease_until = CASE WHEN epoch = $2 THEN 0 ELSE lease_until END WHERE id = $1",
            )
            .bind(upload.id.as_str())
            .bind(upload.epoch)
            .execute(&mut *tx)
            .await?;
            tx.commit().await
        };
        if let Err(error) = work.await {
            tracing::debug!(%error, upload = %upload.id, "the lease could not be given back");
        }
    }

    /// Closes what a dead writer left open, as the store tells it.
    pub(super) async fn settle(&self, held: &mut Held) -> Result<()> {
        let mut changed = Vec::new();
        for segment in held.segments.iter_mut().filter(|segment| segment.length.is_none()) {
            if segment.closing == Closing::Unverified {
                self.store().delete(&segment.path).await?;
                (segment.length, segment.closing) = (Some(0), Closing::Void);
            } else {
                self.adopt(segment).await?;
            }
            let (position, length) = (segment.position, segment.length);
            tracing::info!(upload = %held.upload.id, segment = position, length_bytes = length, "adopted");
            changed.push(segment.clone());
        }
        if changed.is_empty() {
            return Ok(());
        }
        held.upload.received = total(&held.segments);
        let mut tx = self.database().begin().await?;
        fence(&mut tx, &held.upload.id, held.upload.epoch).await?;
        for segment in &changed {
            segment.update(&mut tx, &held.upload.id).await?;
        }
        sqlx::query("UPDATE uploads SET received = $2 WHERE id = $1")
            .bind(held.upload.id.as_str())
            .bind(crate::database::to_sql(held.upload.received))
            .execute(&mut *tx)
            .await?;
        tx.commit().await
    }
}
