//! Bytes into a local file: large writes on the blocking pool, one under way while the next is collected.

use std::fs::{self, File};
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use tokio::task::JoinHandle;

use super::disk::{Disk, absent_is_fine, blocking, sync_directory};
use super::landing::Landing;
use super::{DEADLINE, io_error};
use crate::{BlobWriter, Error, ErrorKind, Result, StorePath};

/// Bytes that go to the disk in one call.
const BATCH: usize = 512 * 1024;
/// Frames in one call, however small: each may keep a larger buffer of its sender alive.
const BATCH_FRAMES: usize = 64;
/// Bytes after which a flush is begun, so that finishing a large file does not flush gigabytes.
const FLUSH_EVERY: usize = 64 * 1024 * 1024;

pub(super) struct LocalWriter {
    disk: Arc<Disk>,
    path: StorePath,
    landing: Arc<Landing>,
    created: bool,
    /// The length the file must have when all that was taken is written, in bytes.
    expected: u64,
    pending: Vec<Bytes>,
    pending_bytes: usize,
    unflushed_bytes: usize,
    writing: Option<JoinHandle<std::io::Result<()>>>,
    flushing: Option<JoinHandle<std::io::Result<()>>>,
}

impl LocalWriter {
    pub(super) fn created(disk: Arc<Disk>, path: StorePath, file: File) -> Self {
        Self::new(disk, path, Landing::new(file, 0), None)
    }

    /// `length` is the one of the file before the first write.
    pub(super) fn appending(disk: Arc<Disk>, path: StorePath, file: File, length: u64) -> Self {
        Self::new(disk, path, Landing::new(file, length), Some(length))
    }

    fn new(disk: Arc<Disk>, path: StorePath, landing: Arc<Landing>, appended_to: Option<u64>) -> Self {
        Self {
            disk,
            path,
            landing,
            created: appended_to.is_none(),
            expected: appended_to.unwrap_or(0),
            pending: Vec::new(),
            pending_bytes: 0,
            unflushed_bytes: 0,
            writing: None,
            flushing: None,
        }
    }

    /// Waits for the write under way and begins the next.
    async fn send_pending(&mut self) -> Result<()> {
        wait(&mut self.writing, &self.path).await?;
        let written = self.expected - self.pending_bytes as u64;
        let frames = std::mem::take(&mut self.pending);
        self.unflushed_bytes += std::mem::take(&mut self.pending_bytes);
        self.writing = Some(self.landing.write(frames));
        if self.unflushed_bytes >= FLUSH_EVERY {
            // Waits while the disk is a whole flush behind: this is what bounds the dirty pages.
            wait(&mut self.flushing, &self.path).await?;
            let disk = Arc::clone(&self.disk);
            blocking(DEADLINE, Some(&self.path), move || disk.has_room()).await?;
            self.unflushed_bytes = 0;
            self.flushing = Some(self.landing.flush(written));
        }
        Ok(())
    }
}

#[async_trait]
impl BlobWriter for LocalWriter {
    async fn write(&mut self, bytes: Bytes) -> Result<()> {
        self.pending_bytes += bytes.len();
        self.expected += bytes.len() as u64;
        self.pending.push(bytes);
        if self.pending_bytes >= BATCH || self.pending.len() >= BATCH_FRAMES {
            self.send_pending().await?;
        }
        Ok(())
    }

    async fn finish(mut self: Box<Self>) -> Result<u64> {
        self.send_pending().await?;
        wait(&mut self.writing, &self.path).await?;
        wait(&mut self.flushing, &self.path).await?;
        self.flushing = Some(self.landing.flush(self.expected));
        wait(&mut self.flushing, &self.path).await?;
        let (landing, disk, path) = (Arc::clone(&self.landing), Arc::clone(&self.disk), self.path.clone());
        let expected = self.expected;
        blocking(DEADLINE, Some(&self.path), move || {
            sync_directory(&disk.parent(&path))?;
            let length = landing.length().map_err(io_error)?;
            if length != expected {
                let detail = format!("{expected} bytes were written, the file has {length}");
                return Err(Error::new(ErrorKind::Corrupt, detail));
            }
            Ok(length)
        })
        .await
    }

    async fn abort(mut self: Box<Self>) -> Result<()> {
        // Its outcome does not matter, its end does: it must not write into a file that is gone and made anew.
        wait(&mut self.writing, &self.path).await.ok();
        if !self.created {
            return Ok(());
        }
        let place = self.disk.locate(&self.path);
        blocking(DEADLINE, Some(&self.path), move || absent_is_fine(fs::remove_file(place))).await
    }
}

async fn wait(task: &mut Option<JoinHandle<std::io::Result<()>>>, path: &StorePath) -> Result<()> {
    let Some(running) = task.as_mut() else { return Ok(()) };
    let ended = tokio::time::timeout(DEADLINE, running).await;
    let result = match ended {
        Err(_) => return Err(Error::new(ErrorKind::Timeout, "the disk hangs").at(path)),
        Ok(Err(panic)) => {
            Err(Error::new(ErrorKind::Unavailable, "the file task ended early").caused_by(panic))
        }
        Ok(Ok(result)) => result.map_err(io_error),
    };
    *task = None;
    result.map_err(|error| error.at(path))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    fn broken(_: &File) -> std::io::Result<()> {
        Err(std::io::Error::other("EIO"))
    }

    async fn failing(
        disk: &Arc<Disk>,
        path: &StorePath,
        flush: fn(&File) -> std::io::Result<()>,
    ) -> Box<LocalWriter> {
        let mut writer = Box::new(LocalWriter::created(
            Arc::clone(disk),
            path.clone(),
            disk.create(path).expect("create"),
        ));
        writer.write(Bytes::from_static(b"lasting")).await.expect("write");
        assert_eq!(writer.finish().await.expect("finish"), 7);
        let file = disk.open_to_append(path, 7).expect("append");
        Box::new(LocalWriter::new(
            Arc::clone(disk),
            path.clone(),
            Landing::flushed_by(flush, file, 7),
            Some(7),
        ))
    }

    #[tokio::test]
    async fn bytes_that_could_not_be_flushed_are_not_found_later() {
        let directory = tempfile::tempdir().expect("tempdir");
        let disk = Arc::new(Disk::open(directory.path().to_owned()).expect("store"));
        let path = StorePath::parse("staging/ill").expect("path");
        let mut writer = failing(&disk, &path, broken).await;
        writer.write(Bytes::from_static(b" and lost")).await.expect("write");
        writer.finish().await.expect_err("the disk is ill");
        assert_eq!(disk.seal(&path).expect("the next flush succeeds"), 7);
        assert_eq!(fs::read(disk.locate(&path)).expect("read"), b"lasting");
    }

    #[tokio::test]
    async fn the_last_of_a_disk_is_left_to_others() {
        let directory = tempfile::tempdir().expect("tempdir");
        let path = StorePath::parse("staging/large").expect("path");
        let roomy = Disk::open_with(directory.path().to_owned(), 0).expect("store");
        drop(roomy.create(&path).expect("room"));
        let disk = Arc::new(Disk::open_with(directory.path().to_owned(), u64::MAX).expect("store"));
        let other = StorePath::parse("staging/other").expect("path");
        assert_eq!(disk.create(&other).expect_err("no room").kind(), ErrorKind::Full);
        assert_eq!(disk.open_to_append(&path, 0).expect_err("no room").kind(), ErrorKind::Full);
        // The disk fills while a large file is written.
        let file = roomy.open_to_append(&path, 0).expect("append");
        let mut writer = LocalWriter::appending(Arc::clone(&disk), path.clone(), file, 0);
        let frame = Bytes::from(vec![1; BATCH]);
        let mut outcome = Ok(());
        for _ in 0..2 * FLUSH_EVERY / BATCH {
            outcome = writer.write(frame.clone()).await;
            if outcome.is_err() {
                break;
            }
        }
        assert_eq!(outcome.expect_err("no room").kind(), ErrorKind::Full);
        assert!(disk.delete(&path).expect("deleting needs no room"));
    }

    #[tokio::test]
    async fn of_a_long_body_what_was_flushed_on_the_way_stays() {
        static FLUSHES: AtomicU32 = AtomicU32::new(0);
        let second_fails = |_: &File| match FLUSHES.fetch_add(1, Ordering::SeqCst) {
            0 => Ok(()),
            _ => Err(std::io::Error::other("EIO")),
        };
        let directory = tempfile::tempdir().expect("tempdir");
        let disk = Arc::new(Disk::open(directory.path().to_owned()).expect("store"));
        let path = StorePath::parse("staging/ill").expect("path");
        let mut writer = failing(&disk, &path, second_fails).await;
        let frame = Bytes::from(vec![1; BATCH]);
        let mut failed = false;
        while !failed {
            failed = writer.write(frame.clone()).await.is_err();
        }
        let landing = Arc::clone(&writer.landing);
        drop(writer);
        while Arc::strong_count(&landing) > 1 {
            tokio::task::yield_now().await;
        }
        drop(landing);
        let length = disk.seal(&path).expect("seal");
        assert!(length >= (FLUSH_EVERY - BATCH) as u64 && length < 2 * FLUSH_EVERY as u64, "{length}");
    }
}
