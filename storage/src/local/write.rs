//! Bytes into a local file: large writes on the blocking pool, one under way while the next is collected.

use std::fs::{self, File};
use std::io::{IoSlice, Write};
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use tokio::task::JoinHandle;

use super::disk::{Disk, absent_is_fine, blocking, sync_directory};
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
    file: Arc<File>,
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
        Self::new(disk, path, file, None)
    }

    /// `length` is the one of the file before the first write.
    pub(super) fn appending(disk: Arc<Disk>, path: StorePath, file: File, length: u64) -> Self {
        Self::new(disk, path, file, Some(length))
    }

    fn new(disk: Arc<Disk>, path: StorePath, file: File, appended_to: Option<u64>) -> Self {
        Self {
            disk,
            path,
            file: Arc::new(file),
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
        let frames = std::mem::take(&mut self.pending);
        self.unflushed_bytes += std::mem::take(&mut self.pending_bytes);
        let file = Arc::clone(&self.file);
        self.writing = Some(tokio::task::spawn_blocking(move || write_all(&file, &frames)));
        if self.unflushed_bytes >= FLUSH_EVERY {
            // Waits while the disk is a whole flush behind: this is what bounds the dirty pages.
            wait(&mut self.flushing, &self.path).await?;
            self.unflushed_bytes = 0;
            let file = Arc::clone(&self.file);
            self.flushing = Some(tokio::task::spawn_blocking(move || file.sync_data()));
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
        let (file, disk, path) = (Arc::clone(&self.file), Arc::clone(&self.disk), self.path.clone());
        let expected = self.expected;
        blocking(DEADLINE, Some(&self.path), move || {
            file.sync_all().map_err(io_error)?;
            sync_directory(&disk.parent(&path))?;
            let length = file.metadata().map_err(io_error)?.len();
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

fn write_all(mut file: &File, frames: &[Bytes]) -> std::io::Result<()> {
    let mut slices: Vec<IoSlice<'_>> = frames.iter().map(|frame| IoSlice::new(frame)).collect();
    let mut rest = slices.as_mut_slice();
    IoSlice::advance_slices(&mut rest, 0);
    while !rest.is_empty() {
        match file.write_vectored(rest) {
            Ok(0) => return Err(std::io::ErrorKind::WriteZero.into()),
            Ok(written) => IoSlice::advance_slices(&mut rest, written),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
