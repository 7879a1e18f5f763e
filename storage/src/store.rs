//! The contract of a blob store.

use std::ops::Range;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;

use crate::{Result, StorePath};

/// The bytes of a read, in order. An `Err` ends the stream: what was delivered before it is right, what follows is missing.
pub type ByteStream = BoxStream<'static, Result<Bytes>>;

/// What [`BlobStore::rename`] does when the target exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overwrite {
    /// Fail with [`ErrorKind::AlreadyExists`](crate::ErrorKind::AlreadyExists) and change nothing.
    Never,
    /// Replace the target atomically: a reader sees the old bytes or the new, never neither.
    Replace,
}

/// Whether a path is a run of bytes or holds other paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// Bytes.
    File,
    /// A directory; it exists as long as something was ever written below it.
    Directory,
}

/// What the store knows of one path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its whole path, from the store's base.
    pub path: StorePath,
    /// File or directory.
    pub kind: EntryKind,
    /// Bytes; 0 for a directory.
    pub length: u64,
    /// Unix milliseconds of the last change as the store keeps it; good for "older than a day", not for ordering.
    pub modified: i64,
}

/// One source of a [`BlobStore::concat`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Where its bytes are; all pieces and the target are in one directory.
    pub path: StorePath,
    /// Its length in bytes, greater than zero. It is what makes a repeated call able to tell how far the first one got.
    pub length: u64,
}

/// Whether the store can be used now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// Reads and writes can be expected to work.
    pub writable: bool,
    /// Reads can be expected to work (HDFS in safe mode reads but does not write).
    pub readable: bool,
    /// For the person who operates it, in English: which part is ill and why. Empty when well.
    pub detail: String,
}

/// How full the store is, in bytes as the store counts them (HDFS: replicas included).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// All the room there is.
    pub capacity: u64,
    /// Room taken, by whomever.
    pub used: u64,
    /// Room left to write.
    pub available: u64,
}

/// How the machines of a store are that is made of several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClusterState {
    /// Machines that hold bytes and answer.
    pub live_nodes: u64,
    /// Machines that hold bytes and do not answer any more.
    pub dead_nodes: u64,
    /// It reads and does not write: it is starting, too much is missing, or somebody wanted it so.
    pub safe_mode: bool,
    /// Pieces of files of which no copy is left.
    pub missing_blocks: u64,
    /// Pieces of files with fewer copies than there should be.
    pub under_replicated_blocks: u64,
}

/// Bytes on their way into one file.
///
/// Dropping a writer without [`finish`](Self::finish) or [`abort`](Self::abort) is what a crash does: what arrived may stay
/// behind as a shorter file, and [`BlobStore::seal`] tells how long it is.
#[async_trait]
pub trait BlobWriter: Send {
    /// Takes the next bytes. Waits while the store is slower than the caller, so that memory stays bounded.
    ///
    /// # Errors
    /// Anything the store reports; afterwards the writer is good only for [`abort`](Self::abort) or dropping.
    async fn write(&mut self, bytes: Bytes) -> Result<()>;

    /// Closes the file so that its bytes survive the loss of this process (and of the machine, as far as the backend
    /// can promise it) and returns the whole length of the file as the store reports it, in bytes.
    ///
    /// # Errors
    /// Anything the store reports; the outcome is then unknown and [`BlobStore::seal`] tells it.
    async fn finish(self: Box<Self>) -> Result<u64>;

    /// Gives the bytes up: a created file is removed; of an appended one the old bytes stay, and some of the new may.
    ///
    /// # Errors
    /// When the removal could not be carried out; the file is then an orphan for the sweeper.
    async fn abort(self: Box<Self>) -> Result<()>;
}

/// A place for opaque bytes.
///
/// Every call has a deadline of its own. Errors say whether trying again may help ([`Error::is_retryable`](crate::Error::is_retryable)).
/// Directories are made as needed and never have to be created.
#[async_trait]
pub trait BlobStore: Send + Sync + std::fmt::Debug + 'static {
    /// A short name for logs and pages: `memory`, `file`, `webhdfs`.
    fn scheme(&self) -> &'static str;

    /// The length up to which a file may grow by appending before the caller begins another one, in bytes. HDFS:
    /// whole blocks, so that a concatenated file has no small blocks in its middle. A store without blocks: [`u64::MAX`].
    fn segment_limit(&self) -> u64;

    /// Begins a new file of unknown length.
    ///
    /// # Errors
    /// `AlreadyExists` when the path is taken (possibly only reported by `write` or `finish`); `SafeMode`, `Full`, …
    async fn create(&self, path: &StorePath) -> Result<Box<dyn BlobWriter>>;

    /// Begins to write at the end of a file that was closed with `expected` bytes.
    ///
    /// # Errors
    /// `NotFound`; `Busy` while another writer holds it; `Corrupt` when it has another length: somebody else has been
    /// there, and nothing was written.
    async fn append(&self, path: &StorePath, expected: u64) -> Result<Box<dyn BlobWriter>>;

    /// Makes sure that nobody writes this file any more and that what is in it lasts, and returns its length in bytes.
    /// This is how bytes are adopted whose writer died.
    ///
    /// # Errors
    /// `NotFound` (there is no such file, and only then); `Busy` when a living writer still holds it at the deadline.
    async fn seal(&self, path: &StorePath) -> Result<u64>;

    /// Makes `target` out of the pieces in order, without copying bytes, and removes the pieces. Idempotent: after any
    /// crash or lost answer, the same call again completes what the first began, and answers `Ok` when it was complete.
    ///
    /// # Errors
    /// `NotFound` when a piece is missing, `AlreadyExists` when `target` exists with another length than the sum,
    /// `Corrupt` when a piece has another length than stated.
    async fn concat(&self, target: &StorePath, pieces: &[Piece]) -> Result<()>;

    /// Moves a file. The outcome is judged by what is there afterwards, so a repeated call after a lost answer is `Ok`
    /// only if the caller checks with [`stat`](Self::stat) first: a missing source is `NotFound`.
    ///
    /// # Errors
    /// `NotFound`; `AlreadyExists` under [`Overwrite::Never`].
    async fn rename(&self, from: &StorePath, to: &StorePath, overwrite: Overwrite) -> Result<()>;

    /// Reads `range` (bytes, end exclusive, clamped to the file's end; an empty range is an empty stream) in frames of
    /// bounded size. A store that delivers fewer bytes than the clamped range ends the stream with `Err`.
    ///
    /// # Errors
    /// `NotFound`, also for a directory.
    async fn read(&self, path: &StorePath, range: Range<u64>) -> Result<ByteStream>;

    /// What is at a path.
    ///
    /// # Errors
    /// `NotFound`.
    async fn stat(&self, path: &StorePath) -> Result<Entry>;

    /// What is directly in a directory, in no particular order; empty when there is no such directory.
    ///
    /// # Errors
    /// Anything the store reports.
    async fn list(&self, directory: &StorePath) -> Result<Vec<Entry>>;

    /// Removes a file, or a directory with all below it, for good. `false` when nothing was there.
    ///
    /// # Errors
    /// Anything the store reports.
    async fn delete(&self, path: &StorePath) -> Result<bool>;

    /// Whether the store works now; answers within a few seconds and never fails: being unreachable is an answer.
    async fn health(&self) -> Health;

    /// How full the store is.
    ///
    /// # Errors
    /// Anything the store reports.
    async fn usage(&self) -> Result<Usage>;

    /// How the machines of the store are; `None` for a store of one machine. Answers within a few seconds.
    ///
    /// # Errors
    /// When it cannot be told now; `Invalid` when this store never tells it.
    async fn cluster(&self) -> Result<Option<ClusterState>> {
        Ok(None)
    }
}
