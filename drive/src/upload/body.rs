//! The body of a request, read with a limit on silence, and held in memory where a checksum has to be seen first.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::{Stream, StreamExt};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

/// A body that says nothing for so long has no sender any more. Shorter than what a DataNode waits for a writer.
const SILENCE: Duration = Duration::from_secs(45);

/// The largest body that is held in memory.
const LARGEST: u64 = 16 << 20;

/// All held bodies together.
const ALL: u64 = 64 << 20;

/// What is counted at once: a semaphore counts to 2^29 at least, so in KiB.
const UNIT: u64 = 1 << 10;

/// A body ended before its end.
#[derive(Debug, thiserror::Error)]
#[error("the body broke off: {0}")]
pub struct BodyError(#[source] Box<dyn std::error::Error + Send + Sync>);

impl BodyError {
    /// With its cause, for the log.
    pub fn new(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}

/// What came next.
#[derive(Debug)]
pub(super) enum Next {
    Frame(Bytes),
    End,
    /// The client is gone, or silent for too long.
    Broken,
    /// Somebody newer has the upload.
    Superseded,
}

/// The frames of a request.
pub(super) struct Body {
    frames: Pin<Box<dyn Stream<Item = Result<Bytes, BodyError>> + Send>>,
    superseded: CancellationToken,
    lost: CancellationToken,
}

impl Body {
    pub(super) fn new(
        frames: impl Stream<Item = Result<Bytes, BodyError>> + Send + 'static,
        superseded: CancellationToken,
        lost: CancellationToken,
    ) -> Self {
        Self { frames: Box::pin(frames), superseded, lost }
    }

    pub(super) async fn next(&mut self) -> Next {
        let frame = tokio::select! {
            biased;
            () = self.superseded.cancelled() => return Next::Superseded,
            () = self.lost.cancelled() => return Next::Superseded,
            frame = tokio::time::timeout(SILENCE, self.frames.next()) => frame,
        };
        match frame {
            Ok(Some(Ok(bytes))) => Next::Frame(bytes),
            Ok(None) => Next::End,
            Ok(Some(Err(error))) => {
                tracing::debug!(%error, "the client went away");
                Next::Broken
            }
            Err(_) => Next::Broken,
        }
    }
}

/// Room for bodies that are held in memory.
#[derive(Clone, Debug)]
pub(super) struct Room(Arc<Semaphore>);

impl Default for Room {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(usize::try_from(ALL / UNIT).unwrap_or(1))))
    }
}

/// A body in memory, and the room it takes.
#[derive(Debug)]
pub(super) struct HeldBody {
    pub(super) bytes: Bytes,
    pub(super) room: OwnedSemaphorePermit,
}

impl Room {
    /// Room for a body of that length, if it is known, small enough, and there is room now. Nobody waits: silent clients
    /// would keep others out, and there is another way (segments of their own).
    pub(super) fn take(&self, length: Option<u64>) -> Option<(usize, OwnedSemaphorePermit)> {
        let length = length.filter(|length| *length <= LARGEST)?;
        let units = u32::try_from(length.div_ceil(UNIT)).ok()?;
        let permit = Arc::clone(&self.0).try_acquire_many_owned(units).ok()?;
        Some((usize::try_from(length).ok()?, permit))
    }
}

/// Reads a whole body of at most `length` bytes. `Err` tells how it ended instead; `Ok(None)` means that it is longer.
pub(super) async fn hold(
    body: &mut Body,
    length: usize,
    room: OwnedSemaphorePermit,
) -> Result<Option<HeldBody>, Next> {
    let mut bytes = BytesMut::with_capacity(length);
    loop {
        match body.next().await {
            Next::Frame(frame) if frame.len() > length - bytes.len() => return Ok(None),
            Next::Frame(frame) => bytes.extend_from_slice(&frame),
            Next::End => return Ok(Some(HeldBody { bytes: bytes.freeze(), room })),
            other => return Err(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_silent_body_is_given_up_after_what_it_brought() {
        let frames =
            futures::stream::iter([Ok(Bytes::from_static(b"abc"))]).chain(futures::stream::pending());
        let mut body = Body::new(frames, CancellationToken::new(), CancellationToken::new());
        assert!(matches!(body.next().await, Next::Frame(frame) if frame == "abc"));
        assert!(matches!(body.next().await, Next::Broken));
    }

    #[test]
    fn room_is_bounded_and_given_back() {
        let room = Room::default();
        assert!(room.take(None).is_none());
        assert!(room.take(Some(LARGEST + 1)).is_none());
        let held: Vec<_> = std::iter::from_fn(|| room.take(Some(LARGEST))).collect();
        assert_eq!(held.len() as u64, ALL / LARGEST);
        assert!(room.take(Some(1)).is_none());
        assert!(room.take(Some(0)).is_some());
        drop(held);
        assert!(room.take(Some(1)).is_some());
    }
}
