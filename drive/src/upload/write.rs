//! A request that brings bytes.

use std::ops::ControlFlow;

use bytes::Bytes;
use domain::{Field, Reason, UploadId, UploadKind, UserId};
use futures::Stream;

use super::body::{Body, BodyError, HeldBody, Next, hold};
use super::checksum::Checksum;
use super::inspect::parts_of;
use super::lease::Held;
use super::row::{State, Upload};
use super::transfer::{End, Transfer};
use super::{UploadStatus, to_the_end};
use crate::{Actor, Drive, Error, Result};

/// What a request says of the bytes it brings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Write {
    /// Where they begin; must be where the upload stands.
    pub offset: u64,
    /// The upload's length, when it was not known at the beginning.
    pub length: Option<u64>,
    /// How many they are, when the client says so.
    pub content_length: Option<u64>,
    /// What they amount to. Without it, what arrives of a broken body is kept.
    pub checksum: Option<Checksum>,
}

impl Drive {
    /// Takes bytes. Whoever else writes to this upload is stopped first. Runs to its end even if the future is dropped.
    /// When these are the last bytes of a whole upload, the answer carries its node.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Gone`], [`Error::Forbidden`] (a final upload takes no bytes), [`Error::Busy`] (the
    /// former writer does not end, or a newer one came); [`Error::OffsetMismatch`]; [`Error::Interrupted`] when the body
    /// ends early or falls silent, `Invalid { Length }` when it is longer than announced (what fits is kept in both cases,
    /// unless under a checksum); [`Error::ChecksumMismatch`];
    /// [`Error::TooLarge`] and [`Error::QuotaExceeded`], before bytes flow where lengths are known; [`Error::NameTaken`]
    /// from publishing; the store's and the database's.
    pub async fn write_upload(
        &self,
        actor: &Actor,
        id: &UploadId,
        write: Write,
        body: impl Stream<Item = Result<Bytes, BodyError>> + Send + 'static,
    ) -> Result<UploadStatus> {
        let (drive, owner, id) = (self.clone(), actor.user.clone(), id.clone());
        to_the_end(async move { Box::pin(drive.write_claimed(&owner, &id, &write, body)).await }).await
    }

    async fn write_claimed(
        &self,
        owner: &UserId,
        id: &UploadId,
        write: &Write,
        body: impl Stream<Item = Result<Bytes, BodyError>> + Send + 'static,
    ) -> Result<UploadStatus> {
        // Claiming somebody else's upload would stop its writer: look first.
        Upload::load(&mut *self.database().read().acquire().await?, owner, id).await?;
        let claim = self.uploads().registry.claim(id).await?;
        if claim.superseded().is_cancelled() {
            return Err(Error::Busy);
        }
        let mut held = self.hold(owner, id, claim).await?;
        let body = Body::new(body, held.claim.superseded().clone(), held.lost.clone());
        let outcome = self.write_held(&mut held, write, body).await;
        self.let_go(&held.upload).await;
        outcome
    }

    async fn write_held(&self, held: &mut Held, write: &Write, mut body: Body) -> Result<UploadStatus> {
        check_offset(held, write.offset)?;
        check_end(held, write)?;
        self.set_length(held, write.length).await?;
        self.reserve_announced(held, write.content_length).await?;
        if held.upload.state == State::Uploading && held.upload.final_id.is_none() {
            self.receive(held, write, &mut body).await?;
        } else {
            match body.next().await {
                Next::End => {}
                Next::Frame(_) => return Err(Error::invalid(Field::Length, Reason::Contradiction)),
                Next::Broken => return Err(Error::Interrupted),
                Next::Superseded => return Err(Error::Busy),
            }
        }
        self.conclude(held).await
    }

    /// Publishes what is complete; answers how far the upload is.
    pub(super) async fn conclude(&self, held: &mut Held) -> Result<UploadStatus> {
        let whole = held.upload.kind == UploadKind::Whole && held.is_complete();
        if held.upload.state.is_publishing() || (whole && held.upload.state == State::Uploading) {
            Box::pin(self.publish(held)).await?;
        }
        self.standing(held).await
    }

    /// How far an upload is, whether or not it could be published.
    pub(super) async fn standing(&self, held: &Held) -> Result<UploadStatus> {
        let parts = match held.upload.kind {
            UploadKind::Final => {
                parts_of(&mut *self.database().read().acquire().await?, &held.upload.id).await?
            }
            _ => Vec::new(),
        };
        Ok(held.upload.status(held.offset(), parts))
    }

    /// Takes the length that a client tells late.
    async fn set_length(&self, held: &mut Held, length: Option<u64>) -> Result<()> {
        let contradiction = Error::invalid(Field::Length, Reason::Contradiction);
        match (length, held.upload.length) {
            (None, _) => Ok(()),
            (Some(told), Some(known)) if told == known => Ok(()),
            (Some(told), None) if told < held.offset() => Err(contradiction),
            (Some(_), Some(_)) => Err(contradiction),
            (Some(told), None) => {
                let limit = self.rules().max_file_size;
                if told > limit {
                    return Err(Error::TooLarge { limit });
                }
                held.upload.length = Some(told);
                let outcome = self.reserve_exactly(held, told).await;
                if outcome.is_err() {
                    held.upload.length = None;
                }
                outcome
            }
        }
    }

    /// Refuses before bytes flow what there is no room for.
    async fn reserve_announced(&self, held: &mut Held, content_length: Option<u64>) -> Result<()> {
        let (Some(content_length), None) = (content_length, held.upload.length) else { return Ok(()) };
        let end = held.offset().saturating_add(content_length);
        let limit = self.rules().max_file_size;
        if end > limit {
            return Err(Error::TooLarge { limit });
        }
        if end > held.upload.reserved { self.reserve_exactly(held, end).await } else { Ok(()) }
    }

    async fn receive(&self, held: &mut Held, write: &Write, body: &mut Body) -> Result<()> {
        let Some(checksum) = &write.checksum else {
            let mut transfer = Transfer::new(self, held, write.content_length, None).await;
            let end = transfer.run(body).await;
            return transfer.finish(end).await;
        };
        let Some((length, room)) = self.uploads().room.take(write.content_length) else {
            let mut transfer = Transfer::new(self, held, write.content_length, Some(checksum)).await;
            let end = transfer.run(body).await;
            return transfer.finish(end).await;
        };
        let HeldBody { bytes, room } = match hold(body, length, room).await {
            Ok(Some(held)) if held.bytes.len() == length => held,
            Ok(None) => return Err(Error::invalid(Field::Length, Reason::Contradiction)),
            Err(Next::Superseded) => return Err(Error::Busy),
            Ok(Some(_)) | Err(_) => return Err(Error::Interrupted),
        };
        if !matches(checksum, bytes.clone()).await? {
            return Err(Error::ChecksumMismatch);
        }
        let mut transfer = Transfer::new(self, held, write.content_length, None).await;
        let end = match transfer.take(bytes).await {
            ControlFlow::Continue(()) => End::Clean,
            ControlFlow::Break(end) => end,
        };
        let outcome = transfer.finish(end).await;
        drop(room);
        outcome
    }
}

fn check_offset(held: &Held, offset: u64) -> Result<()> {
    if held.upload.kind == UploadKind::Final {
        return Err(Error::Forbidden);
    }
    let stands = held.offset();
    if offset == stands { Ok(()) } else { Err(Error::OffsetMismatch { offset: stands }) }
}

/// Refuses more bytes than the length has room for, before a length that is told with them is kept: it is told once.
fn check_end(held: &Held, write: &Write) -> Result<()> {
    let (Some(length), Some(content_length)) = (write.length.or(held.upload.length), write.content_length)
    else {
        return Ok(());
    };
    let fits = held.offset().saturating_add(content_length) <= length;
    if fits { Ok(()) } else { Err(Error::invalid(Field::Length, Reason::Contradiction)) }
}

/// Up to 16 MiB of SHA-1 take some 10 ms: not on an async worker.
async fn matches(checksum: &Checksum, bytes: Bytes) -> Result<bool> {
    let checksum = checksum.clone();
    tokio::task::spawn_blocking(move || checksum.is_of(&bytes))
        .await
        .map_err(|error| Error::Internal(format!("hashing ended early: {error}")))
}
