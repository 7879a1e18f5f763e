//! The reference store: everything in memory, every rule of the contract, and faults on demand.
//!
//! It behaves like HDFS where backends may differ: a file is visible while it is written, a writer follows its file to
//! another name and leaves a closed shorter one when it is dropped, and a concatenation grows its first piece. It refuses to keep anything beyond the
//! life of the process.

mod faults;
mod nodes;
mod write;

use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt;

pub use faults::{Faults, Held, Operation, When};

use self::nodes::{Node, Nodes, file_mut, is_below, join, make_parents};
use self::write::MemoryWriter;
use crate::joining::{check_length, check_rename, check_request, missing, taken};
use crate::{
    BlobStore, BlobWriter, ByteStream, ClusterState, Entry, Error, ErrorKind, Health, Overwrite, Piece,
    Result, StorePath, Usage,
};

/// Reads come in frames of this many bytes, small enough that tests see several.
const FRAME: u64 = 64 * 1024;

/// What [`BlobStore::usage`] says there is room for.
const CAPACITY: u64 = 1 << 40;

/// A store in memory. Clones share the files and the faults.
#[derive(Clone, Debug)]
pub struct MemoryStore {
    nodes: Arc<Mutex<Nodes>>,
    faults: Faults,
    segment_limit: u64,
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl MemoryStore {
    /// An empty store whose files may grow without limit.
    #[must_use]
    pub fn new() -> Self {
        Self { nodes: Arc::default(), faults: Faults::default(), segment_limit: u64::MAX }
    }

    /// The same with another [`segment_limit`](BlobStore::segment_limit), in bytes, to see callers cut segments.
    #[must_use]
    pub fn with_segment_limit(mut self, bytes: u64) -> Self {
        self.segment_limit = bytes;
        self
    }

    /// The handle that makes this store fail.
    #[must_use]
    pub fn faults(&self) -> Faults {
        self.faults.clone()
    }

    /// Every file with its length, in the order of the paths: for tests that say what must be left.
    #[must_use]
    pub fn files(&self) -> Vec<(StorePath, u64)> {
        let nodes = self.nodes();
        nodes.iter().filter_map(|(path, node)| Some((path.clone(), node.file()?.len() as u64))).collect()
    }

    fn nodes(&self) -> MutexGuard<'_, Nodes> {
        self.nodes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn writer(&self, path: &StorePath, id: u64, created: bool) -> Box<dyn BlobWriter> {
        Box::new(MemoryWriter { store: self.clone(), path: path.clone(), id, created })
    }

    /// Runs `work` between the door and the lost answer.
    async fn guarded<T>(
        &self,
        operation: Operation,
        path: Option<&StorePath>,
        work: impl FnOnce(&mut Nodes) -> Result<T> + Send,
    ) -> Result<T>
    where
        T: Send,
    {
        let lost = self.faults.enter(operation, path).await?;
        let result = work(&mut self.nodes());
        lost.map_or(result, Err)
    }
}

#[async_trait]
impl BlobStore for MemoryStore {
    fn scheme(&self) -> &'static str {
        "memory"
    }

    fn segment_limit(&self) -> u64 {
        self.segment_limit
    }

    async fn create(&self, path: &StorePath) -> Result<Box<dyn BlobWriter>> {
        self.guarded(Operation::Create, Some(path), |nodes| {
            if nodes.contains_key(path) {
                return Err(taken(path, Overwrite::Never));
            }
            make_parents(nodes, path)?;
            let (id, node) = Node::new_file();
            nodes.insert(path.clone(), node);
            Ok(self.writer(path, id, true))
        })
        .await
    }

    async fn append(&self, path: &StorePath, expected: u64) -> Result<Box<dyn BlobWriter>> {
        self.guarded(Operation::Append, Some(path), |nodes| {
            let file = file_mut(nodes, path)?;
            if *file.written {
                return Err(Error::new(ErrorKind::Busy, "another writer holds the file").at(path));
            }
            check_length(path, file.bytes.len() as u64, expected)?;
            *file.written = true;
            Ok(self.writer(path, file.id, false))
        })
        .await
    }

    async fn seal(&self, path: &StorePath) -> Result<u64> {
        self.guarded(Operation::Seal, Some(path), |nodes| {
            let file = file_mut(nodes, path)?;
            if *file.written {
                return Err(Error::new(ErrorKind::Busy, "a writer holds the file").at(path));
            }
            Ok(file.bytes.len() as u64)
        })
        .await
    }

    async fn concat(&self, target: &StorePath, pieces: &[Piece]) -> Result<()> {
        check_request(target, pieces)?;
        self.guarded(Operation::Concat, Some(target), |nodes| {
            join(nodes, target, pieces, self.faults.take_concat_interruption())
        })
        .await
    }

    async fn rename(&self, from: &StorePath, to: &StorePath, overwrite: Overwrite) -> Result<()> {
        check_rename(from, to)?;
        self.guarded(Operation::Rename, Some(from), |nodes| {
            nodes.get(from).and_then(Node::file).ok_or_else(|| missing(from))?;
            match nodes.get(to) {
                Some(node) if overwrite == Overwrite::Never || node.file().is_none() => {
                    return Err(taken(to, overwrite));
                }
                _ => make_parents(nodes, to)?,
            }
            let node = nodes.remove(from).ok_or_else(|| missing(from))?;
            nodes.insert(to.clone(), node);
            Ok(())
        })
        .await
    }

    async fn read(&self, path: &StorePath, range: Range<u64>) -> Result<ByteStream> {
        let bytes = self
            .guarded(Operation::Read, Some(path), |nodes| {
                let bytes = nodes.get(path).and_then(Node::file).ok_or_else(|| missing(path))?;
                let length = bytes.len() as u64;
                let (start, end) = (range.start.min(length), range.end.min(length));
                // Both fit: they are at most the length of a buffer.
                Ok(Bytes::copy_from_slice(bytes.get(start as usize..end as usize).unwrap_or_default()))
            })
            .await?;
        let (faults, path) = (self.faults.clone(), path.clone());
        let frames = futures::stream::unfold(Some(bytes), move |rest| {
            let step = next_frame(rest, &faults, &path);
            async move { step }
        });
        Ok(frames.boxed())
    }

    async fn stat(&self, path: &StorePath) -> Result<Entry> {
        self.guarded(Operation::Stat, Some(path), |nodes| {
            nodes.get(path).map(|node| node.entry(path)).ok_or_else(|| missing(path))
        })
        .await
    }

    async fn list(&self, directory: &StorePath) -> Result<Vec<Entry>> {
        self.guarded(Operation::List, Some(directory), |nodes| {
            let inside = nodes.iter().filter(|(path, _)| path.parent().as_ref() == Some(directory));
            Ok(inside.map(|(path, node)| node.entry(path)).collect())
        })
        .await
    }

    async fn delete(&self, path: &StorePath) -> Result<bool> {
        self.guarded(Operation::Delete, Some(path), |nodes| {
            let existed = nodes.remove(path).is_some();
            nodes.retain(|other, _| !is_below(other, path));
            Ok(existed)
        })
        .await
    }

    async fn health(&self) -> Health {
        match self.faults.current_outage() {
            None => Health { writable: true, readable: true, detail: String::new() },
            Some(kind) => Health {
                writable: false,
                readable: kind == ErrorKind::SafeMode,
                detail: format!("a test ordered an outage: {}", kind.as_str()),
            },
        }
    }

    async fn usage(&self) -> Result<Usage> {
        self.guarded(Operation::Usage, None, |nodes| {
            let used = nodes.values().filter_map(Node::file).map(|bytes| bytes.len() as u64).sum();
            Ok(Usage { capacity: CAPACITY, used, available: CAPACITY.saturating_sub(used) })
        })
        .await
    }

    /// Fails as [`usage`](Self::usage) does.
    async fn cluster(&self) -> Result<Option<ClusterState>> {
        self.guarded(Operation::Usage, None, |_| Ok(self.faults.pretended_cluster())).await
    }
}

/// `None` as the state means that the stream has failed and is over.
fn next_frame(
    rest: Option<Bytes>,
    faults: &Faults,
    path: &StorePath,
) -> Option<(Result<Bytes>, Option<Bytes>)> {
    let mut rest = rest?;
    if rest.is_empty() {
        return None;
    }
    let (granted, broken) = faults.spend_reads(FRAME.min(rest.len() as u64));
    if broken && granted == 0 {
        return Some((Err(Error::new(ErrorKind::Unavailable, "the read broke off").at(path)), None));
    }
    let frame = rest.split_to(granted as usize);
    Some((Ok(frame), Some(rest)))
}
