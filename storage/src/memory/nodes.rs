//! What a store in memory consists of, and what happens to it without anybody waiting.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::BytesMut;

use crate::joining::{Progress, missing, progress};
use crate::{Entry, EntryKind, Error, ErrorKind, Piece, Result, StorePath};

/// Every path there is.
pub(super) type Nodes = BTreeMap<StorePath, Node>;

/// What is at a path.
#[derive(Debug)]
pub(super) struct Node {
    modified: i64,
    content: Content,
}

#[derive(Debug)]
pub(super) enum Content {
    Directory,
    File { id: u64, bytes: BytesMut, written: bool },
}

/// A file that may be changed.
pub(super) struct FileMut<'a> {
    /// What a writer knows it by, whatever its name is by then.
    pub(super) id: u64,
    pub(super) bytes: &'a mut BytesMut,
    pub(super) written: &'a mut bool,
    pub(super) modified: &'a mut i64,
}

impl Node {
    pub(super) fn directory() -> Self {
        Self { modified: now(), content: Content::Directory }
    }

    /// An empty one that is being written, and what its writer knows it by.
    pub(super) fn new_file() -> (u64, Self) {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        let content = Content::File { id, bytes: BytesMut::new(), written: true };
        (id, Self { modified: now(), content })
    }

    fn file_mut(&mut self) -> Option<FileMut<'_>> {
        let Self { modified, content: Content::File { id, bytes, written } } = self else { return None };
        Some(FileMut { id: *id, bytes, written, modified })
    }

    pub(super) fn file(&self) -> Option<&BytesMut> {
        match &self.content {
            Content::File { bytes, .. } => Some(bytes),
            Content::Directory => None,
        }
    }

    pub(super) fn entry(&self, path: &StorePath) -> Entry {
        let kind = if self.file().is_some() { EntryKind::File } else { EntryKind::Directory };
        let length = self.file().map_or(0, |bytes| bytes.len() as u64);
        Entry { path: path.clone(), kind, length, modified: self.modified }
    }
}

pub(super) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

pub(super) fn make_parents(nodes: &mut Nodes, path: &StorePath) -> Result<()> {
    let Some(parent) = path.parent() else { return Ok(()) };
    match nodes.get(&parent) {
        Some(node) if node.file().is_some() => {
            Err(Error::new(ErrorKind::Invalid, "a file stands where a directory is needed").at(&parent))
        }
        Some(_) => Ok(()),
        None => {
            make_parents(nodes, &parent)?;
            nodes.insert(parent, Node::directory());
            Ok(())
        }
    }
}

pub(super) fn file_mut<'a>(nodes: &'a mut Nodes, path: &StorePath) -> Result<FileMut<'a>> {
    nodes.get_mut(path).and_then(Node::file_mut).ok_or_else(|| missing(path))
}

/// The file that was made as `path` and is known as `id`, wherever it is now.
pub(super) fn written_mut<'a>(nodes: &'a mut Nodes, path: &StorePath, id: u64) -> Result<FileMut<'a>> {
    nodes.values_mut().filter_map(Node::file_mut).find(|file| file.id == id).ok_or_else(|| missing(path))
}

pub(super) fn is_below(path: &StorePath, directory: &StorePath) -> bool {
    path.as_str().strip_prefix(directory.as_str()).is_some_and(|rest| rest.starts_with('/'))
}

/// One step of a concatenation per piece, so that an ordered interruption leaves what HDFS would leave.
pub(super) fn join(
    nodes: &mut Nodes,
    target: &StorePath,
    pieces: &[Piece],
    stop_after: Option<usize>,
) -> Result<()> {
    let length =
        |nodes: &Nodes, path: &StorePath| nodes.get(path).and_then(Node::file).map(|b| b.len() as u64);
    let found: Vec<_> = pieces.iter().map(|piece| length(nodes, &piece.path)).collect();
    let interrupted = || Error::new(ErrorKind::Unavailable, "interrupted by a test").at(target);
    match progress((target, length(nodes, target)), pieces, &found)? {
        Progress::Complete => pieces.iter().for_each(|piece| drop(nodes.remove(&piece.path))),
        Progress::Joined(joined) => {
            let Some(first) = pieces.first() else { return Ok(()) };
            for (index, piece) in pieces.iter().enumerate().skip(joined) {
                if stop_after == Some(index) {
                    return Err(interrupted());
                }
                let moved = nodes.remove(&piece.path).ok_or_else(|| missing(&piece.path))?;
                let FileMut { bytes, .. } = file_mut(nodes, &first.path)?;
                bytes.extend_from_slice(moved.file().map_or(&[][..], |bytes| bytes));
            }
            if stop_after == Some(pieces.len()) {
                return Err(interrupted());
            }
            let whole = nodes.remove(&first.path).ok_or_else(|| missing(&first.path))?;
            nodes.insert(target.clone(), whole);
        }
    }
    Ok(())
}
