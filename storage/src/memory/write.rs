//! Bytes into memory, with the ways in which that can go wrong.

use async_trait::async_trait;
use bytes::Bytes;

use super::nodes::{now, written_mut};
use super::{MemoryStore, Operation};
use crate::{BlobWriter, Error, ErrorKind, Result, StorePath};

pub(super) struct MemoryWriter {
    pub(super) store: MemoryStore,
    /// Where the file was when this writer began.
    pub(super) path: StorePath,
    pub(super) id: u64,
    pub(super) created: bool,
}

#[async_trait]
impl BlobWriter for MemoryWriter {
    async fn write(&mut self, bytes: Bytes) -> Result<()> {
        let (granted, broken) = self.store.faults.spend_writes(bytes.len() as u64);
        self.store
            .guarded(Operation::Write, Some(&self.path), |nodes| {
                let file = written_mut(nodes, &self.path, self.id)?;
                file.bytes.extend_from_slice(bytes.get(..granted as usize).unwrap_or_default());
                *file.modified = now();
                Ok(())
            })
            .await?;
        if broken {
            return Err(Error::new(ErrorKind::Unavailable, "the write broke off").at(&self.path));
        }
        Ok(())
    }

    async fn finish(self: Box<Self>) -> Result<u64> {
        self.store
            .guarded(Operation::Finish, Some(&self.path), |nodes| {
                let file = written_mut(nodes, &self.path, self.id)?;
                *file.written = false;
                Ok(file.bytes.len() as u64)
            })
            .await
    }

    async fn abort(self: Box<Self>) -> Result<()> {
        self.store
            .guarded(Operation::Abort, Some(&self.path), |nodes| {
                if self.created {
                    nodes.remove(&self.path);
                }
                Ok(())
            })
            .await
    }
}

/// Whatever way a writer ends, the file is closed: a store notices sooner or later that a writer is gone.
impl Drop for MemoryWriter {
    fn drop(&mut self) {
        if let Ok(file) = written_mut(&mut self.store.nodes(), &self.path, self.id) {
            *file.written = false;
        }
    }
}
