//! Bytes of one request on their way into segment files.
//!
//! A segment's row is written before its file is touched, and its length after the store has told it; so whatever
//! happens in between, the row says where to look. Nothing here is read, hashed or judged.

use bytes::Bytes;
use domain::{UploadId, UserId};
use storage::{BlobWriter, ErrorKind};

use super::lease::{Held, fence};
use super::row::{Closing, Segment, total};
use crate::database::Tx;
use crate::{Drive, Result};

/// Where the bytes of a request go.
pub(super) struct Sink {
    drive: Drive,
    owner: UserId,
    upload: UploadId,
    epoch: i64,
    /// The bytes count only if their checksum matches: they get segments of their own.
    unverified: bool,
    /// All segments of the upload, those before this request included.
    segments: Vec<Segment>,
    /// How many there were before this request.
    before: usize,
    /// Closed, but the database does not know it yet.
    unrecorded: Vec<usize>,
    open: Option<Open>,
}

/// The segment that is being written.
struct Open {
    writer: Box<dyn BlobWriter>,
    /// Its place in `segments`.
    index: usize,
    /// Bytes of its file, those of earlier requests included.
    length: u64,
}

impl Sink {
    pub(super) fn new(drive: &Drive, held: &Held, unverified: bool) -> Self {
        Self {
            drive: drive.clone(),
            owner: held.upload.owner.clone(),
            upload: held.upload.id.clone(),
            epoch: held.upload.epoch,
            unverified,
            segments: held.segments.clone(),
            before: held.segments.len(),
            unrecorded: Vec::new(),
            open: None,
        }
    }

    /// Writes the next bytes; full segments are closed on the way.
    ///
    /// # Errors
    /// The store's, or [`Error::Busy`](crate::Error::Busy) when somebody newer has the upload. Afterwards only [`close`](Self::close) and
    /// [`discard`](Self::discard) help.
    pub(super) async fn write(&mut self, mut bytes: Bytes) -> Result<()> {
        let limit = self.drive.store().segment_limit();
        while !bytes.is_empty() {
            if self.open.as_ref().is_some_and(|open| open.length >= limit) {
                self.finish().await?;
            }
            if self.open.is_none() {
                self.open = Some(self.begin(limit).await?);
            }
            let Some(open) = &mut self.open else { continue };
            let room = usize::try_from(limit - open.length).unwrap_or(usize::MAX);
            let now = bytes.split_to(room.min(bytes.len()));
            let length = now.len() as u64;
            open.writer.write(now).await?;
            open.length += length;
        }
        Ok(())
    }

    /// Goes on in the last segment where that is allowed, else begins one.
    async fn begin(&mut self, limit: u64) -> Result<Open> {
        let last = self.segments.iter().rposition(|segment| segment.closing != Closing::Void);
        if let Some((index, length)) = last.and_then(|index| Some((index, self.appendable(index, limit)?))) {
            return self.go_on(index, length).await;
        }
        let position = self.segments.last().map_or(0, |segment| segment.position + 1);
        let segment = Segment {
            position,
            path: Segment::path_of(&self.owner, &self.upload, position)?,
            start: total(&self.segments),
            length: None,
            kept: 0,
            closing: if self.unverified { Closing::Unverified } else { Closing::Open },
        };
        let mut tx = self.fenced().await?;
        self.record(&mut tx).await?;
        segment.insert(&mut tx, &self.upload).await?;
        tx.commit().await?;
        self.unrecorded.clear();
        let index = self.segments.len();
        self.segments.push(segment);
        let writer = self.drive.store().create(&self.segments[index].path).await?;
        Ok(Open { writer, index, length: 0 })
    }

    /// Appends to a segment of this length.
    async fn go_on(&mut self, index: usize, length: u64) -> Result<Open> {
        let mut tx = self.fenced().await?;
        let segment = &mut self.segments[index];
        (segment.length, segment.kept, segment.closing) = (None, length, Closing::Open);
        segment.update(&mut tx, &self.upload).await?;
        tx.commit().await?;
        match self.drive.store().append(&segment.path, length).await {
            Ok(writer) => Ok(Open { writer, index, length }),
            Err(error) => {
                if error.kind() == ErrorKind::Corrupt {
                    // Refused for its length before anything was written: it is what it was, and what is in the file
                    // beyond it is nobody's.
                    self.restore(index);
                }
                Err(error.into())
            }
        }
    }

    /// Back to what was acknowledged of a segment before this request.
    fn restore(&mut self, index: usize) {
        let segment = &mut self.segments[index];
        (segment.length, segment.closing) = (Some(segment.kept), Closing::Clean);
        self.unrecorded.push(index);
    }

    /// The length from which a segment may grow.
    fn appendable(&self, index: usize, limit: u64) -> Option<u64> {
        let segment = self.segments.get(index)?;
        let length = segment.length?;
        (!self.unverified && segment.closing == Closing::Clean && length < limit).then_some(length)
    }

    async fn fenced(&mut self) -> Result<Tx> {
        let mut tx = self.drive.database().begin().await?;
        fence(&mut tx, &self.upload, self.epoch).await?;
        Ok(tx)
    }

    /// Closes the segment that is open. On an error it stays open as far as the rows say.
    async fn finish(&mut self) -> Result<()> {
        let Some(Open { writer, index, length }) = self.open.take() else { return Ok(()) };
        let told = writer.finish().await?;
        let segment = &mut self.segments[index];
        if told != length {
            let text = format!("the file holds {told} bytes where {length} were written");
            let error = storage::Error::new(ErrorKind::Corrupt, text).at(&segment.path);
            if told > length {
                // Somebody else wrote there, against all rules. These bytes are nobody's: the client sends its own again.
                if segment.kept > 0 {
                    self.restore(index);
                } else {
                    segment.closing = Closing::Unverified;
                    self.unrecorded.push(index);
                }
            }
            return Err(error.into());
        }
        segment.length = Some(told);
        if !self.unverified {
            segment.closing = Closing::Clean;
            self.unrecorded.push(index);
        }
        Ok(())
    }

    /// Closes what is open, so that its bytes last. After a failed write the store is asked what it has.
    ///
    /// # Errors
    /// What went wrong at closing. [`offset`](Self::offset) tells how far the bytes reach all the same.
    pub(super) async fn close(&mut self, write_failed: bool) -> Result<()> {
        if write_failed {
            // Dropped, not aborted: what arrived is to stay.
            self.open = None;
        }
        let outcome = self.finish().await;
        for (index, segment) in self.segments.iter_mut().enumerate() {
            if segment.length.is_some() || segment.closing != Closing::Open {
                continue;
            }
            match self.drive.adopt(segment).await {
                Ok(()) => self.unrecorded.push(index),
                // The row stays open: whoever holds the upload next asks again.
                Err(error) => {
                    tracing::warn!(%error, upload = %self.upload, "a segment could not be closed");
                }
            }
        }
        outcome
    }

    /// The bytes of this request match their checksum and count from now on.
    pub(super) fn accept(&mut self) {
        for (index, segment) in self.segments.iter_mut().enumerate().skip(self.before) {
            segment.closing = Closing::Clean;
            self.unrecorded.push(index);
        }
    }

    /// Removes what this request wrote into segments of its own. What cannot be removed now is left to the next holder.
    pub(super) async fn discard(&mut self) {
        self.open = None;
        for (index, segment) in self.segments.iter_mut().enumerate().skip(self.before) {
            match self.drive.store().delete(&segment.path).await {
                Ok(_) => {
                    (segment.length, segment.closing) = (Some(0), Closing::Void);
                    self.unrecorded.push(index);
                }
                Err(error) => {
                    segment.length = None;
                    tracing::warn!(%error, upload = %self.upload, "refused bytes could not be removed yet");
                }
            }
        }
    }

    /// Writes down what was closed, as part of the caller's change.
    pub(super) async fn record(&mut self, tx: &mut Tx) -> Result<()> {
        for index in &self.unrecorded {
            self.segments[*index].update(tx, &self.upload).await?;
        }
        Ok(())
    }

    /// Bytes that lasted; `None` while the store has not told of every segment.
    pub(super) fn offset(&self) -> Option<u64> {
        self.segments.iter().map(|segment| segment.length).sum()
    }

    /// The segments as they are now.
    pub(super) fn into_segments(self) -> Vec<Segment> {
        self.segments
    }
}
