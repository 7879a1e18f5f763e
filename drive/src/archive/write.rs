//! The bytes of a zip, one after the other.

use std::sync::Arc;

use bytes::Bytes;
use futures::channel::mpsc::{Sender, channel};
use futures::{SinkExt, Stream, StreamExt, stream};
use storage::{BlobStore, StorePath};

use super::Archive;
use super::directory::Directory;
use super::format::{Entry, put_end};
use super::walk::{Member, Walk};
use crate::{Error, Result};

/// Records are sent together until they are so many bytes.
const TOGETHER: usize = 32 * 1024;

impl Archive {
    /// The zip. Its length is not known beforehand. An `Err` ends it: what came is no whole zip, and
    /// what comes after is of no use.
    pub fn into_bytes(self) -> impl Stream<Item = Result<Bytes>> + Send + 'static {
        let (sender, receiver) = channel(1);
        // No task of its own: it runs as far as somebody reads, and ends with the reader.
        let work = stream::once(write(self, sender));
        let failures = work.filter_map(|outcome| std::future::ready(outcome.err().map(Err)));
        stream::select(receiver.map(Ok), failures)
    }
}

/// Why writing ended before its end.
enum End {
    Failed(Error),
    /// Nobody reads any more. That is no failure, and there is nobody to tell it to.
    Left,
}

impl<E: Into<Error>> From<E> for End {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

async fn write(archive: Archive, sender: Sender<Bytes>) -> Result<()> {
    let Archive { roots, owner, database, store, .. } = archive;
    let writer = Writer { out: Out::to(sender), store, directory: Directory::default() };
    match writer.write(Walk::new(database, owner, roots)).await {
        Ok(()) | Err(End::Left) => Ok(()),
        Err(End::Failed(error)) => Err(error),
    }
}

struct Writer {
    out: Out,
    store: Arc<dyn BlobStore>,
    directory: Directory,
}

impl Writer {
    async fn write(mut self, mut walk: Walk) -> Result<(), End> {
        while let Some(member) = walk.next().await? {
            self.put(member).await?;
        }
        let (count, start) = (self.directory.count, self.out.offset);
        let mut entries = self.directory.read().await?;
        while let Some(entry) = entries.next().await? {
            self.out.put(|out| entry.put_record(out)).await?;
        }
        let size = self.out.offset - start;
        self.out.put(|out| put_end(out, count, size, start)).await?;
        self.out.flush().await
    }

    async fn put(&mut self, member: Member) -> Result<(), End> {
        let Member { path, modified, bytes } = member;
        let size = bytes.as_ref().map_or(0, |(_, size)| *size);
        let mut entry = Entry { path, modified, size, crc: 0, offset: self.out.offset };
        self.out.put(|out| entry.put_head(out)).await?;
        if let Some((place, size)) = bytes.filter(|(_, size)| *size > 0) {
            entry.crc = self.pass(&place, size).await?;
            self.out.put(|out| entry.put_descriptor(out)).await?;
        }
        Ok(self.directory.push(entry).await?)
    }

    /// Passes the bytes of a file on; answers their CRC-32.
    async fn pass(&mut self, place: &StorePath, size: u64) -> Result<u32, End> {
        let mut frames = self.store.read(place, 0..size).await.map_err(Error::Store)?;
        let mut hasher = crc32fast::Hasher::new();
        let mut passed = 0;
        while let Some(frame) = frames.next().await {
            // Frames are bounded by the store's contract to what takes well under a millisecond.
            let frame = frame.map_err(Error::Store)?;
            hasher.update(&frame);
            passed += frame.len() as u64;
            self.out.send(frame).await?;
        }
        if passed != size {
            let text = format!("{place} holds {passed} bytes instead of {size}");
            return Err(End::Failed(Error::Internal(text)));
        }
        Ok(hasher.finalize())
    }
}

/// Where the bytes go, and how many went.
struct Out {
    sender: Sender<Bytes>,
    records: Vec<u8>,
    offset: u64,
}

impl Out {
    const fn to(sender: Sender<Bytes>) -> Self {
        Self { sender, records: Vec::new(), offset: 0 }
    }

    async fn put(&mut self, record: impl FnOnce(&mut Vec<u8>)) -> Result<(), End> {
        let before = self.records.len();
        record(&mut self.records);
        self.offset += (self.records.len() - before) as u64;
        if self.records.len() >= TOGETHER { self.flush().await } else { Ok(()) }
    }

    async fn send(&mut self, bytes: Bytes) -> Result<(), End> {
        self.flush().await?;
        self.offset += bytes.len() as u64;
        self.sender.send(bytes).await.map_err(|_| End::Left)
    }

    async fn flush(&mut self) -> Result<(), End> {
        if self.records.is_empty() {
            return Ok(());
        }
        let records = std::mem::take(&mut self.records);
        self.sender.send(Bytes::from(records)).await.map_err(|_| End::Left)
    }
}
