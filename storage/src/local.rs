//! A local directory as a store: the default, and what every file system that keeps POSIX promises can carry.
//!
//! ```text
//! <base>/<path>        a file, or a directory
//! <base>/<path>        a symbolic link `<id>.<length>`: a concatenated file, whose pieces are in …
//! <base>/~pieces/<id>/ … files named by the offset at which they begin
//! <base>/~lock         held while a concatenation is put together
//! ```
//!
//! `~` cannot occur in a [`StorePath`], so nothing of ours can be mistaken for a path. A concatenated file is a link and
//! not a directory so that it is *one name*, which `rename(2)` replaces atomically whatever stood there before.
//! Writers hold an advisory lock on their file, which ends with the process, so [`seal`](BlobStore::seal) knows.
//! It refuses to follow links that it did not make.

mod concat;
mod disk;
mod landing;
mod pieces;
mod read;
mod rename;
mod write;

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use self::disk::{Disk, blocking};
use crate::joining::{check_rename, check_request};
use crate::{
    BlobStore, BlobWriter, ByteStream, Entry, Error, ErrorKind, Health, Overwrite, Piece, Result, StorePath,
    Usage,
};

/// How long one step on the disk may take before it counts as hung: generous, since flushing a large file is one step.
const DEADLINE: Duration = Duration::from_secs(120);
/// The same for the question whether the store is well.
const HEALTH_DEADLINE: Duration = Duration::from_secs(5);
/// How long `seal` waits for a writer to let go, and how often it looks.
const SEAL_PATIENCE: Duration = Duration::from_secs(5);
const SEAL_PAUSE: Duration = Duration::from_millis(20);

/// A store in a local directory.
#[derive(Clone, Debug)]
pub struct LocalStore {
    disk: Arc<Disk>,
}

impl LocalStore {
    /// Opens the store in `directory`, which is made if it is missing.
    ///
    /// # Errors
    /// `Denied`, `Full`, … when it cannot be made; `Invalid` when something else is there.
    pub async fn open(directory: impl Into<PathBuf>) -> Result<Self> {
        let directory = directory.into();
        let disk = blocking(DEADLINE, None, move || Disk::open(directory)).await?;
        Ok(Self { disk: Arc::new(disk) })
    }

    /// The directory.
    #[must_use]
    pub fn directory(&self) -> &Path {
        self.disk.base()
    }

    async fn run<T: Send + 'static>(
        &self,
        path: &StorePath,
        work: impl FnOnce(&Disk, &StorePath) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (disk, subject) = (Arc::clone(&self.disk), path.clone());
        blocking(DEADLINE, Some(path), move || work(&disk, &subject)).await
    }
}

#[async_trait]
impl BlobStore for LocalStore {
    fn scheme(&self) -> &'static str {
        "file"
    }

    fn segment_limit(&self) -> u64 {
        u64::MAX
    }

    async fn create(&self, path: &StorePath) -> Result<Box<dyn BlobWriter>> {
        let file = self.run(path, Disk::create).await?;
        Ok(Box::new(write::LocalWriter::created(Arc::clone(&self.disk), path.clone(), file)))
    }

    async fn append(&self, path: &StorePath, expected: u64) -> Result<Box<dyn BlobWriter>> {
        let file = self.run(path, move |disk, path| disk.open_to_append(path, expected)).await?;
        Ok(Box::new(write::LocalWriter::appending(Arc::clone(&self.disk), path.clone(), file, expected)))
    }

    async fn seal(&self, path: &StorePath) -> Result<u64> {
        // A lock has no event to wait for. A writer that was dropped has at most one write under way.
        let mut looks = tokio::time::interval(SEAL_PAUSE);
        let last = tokio::time::Instant::now() + SEAL_PATIENCE;
        loop {
            let now = looks.tick().await;
            match self.run(path, Disk::seal).await {
                Err(error) if error.kind() == ErrorKind::Busy && now < last => {}
                other => return other,
            }
        }
    }

    async fn concat(&self, target: &StorePath, pieces: &[Piece]) -> Result<()> {
        let total = check_request(target, pieces)?;
        let pieces = pieces.to_vec();
        self.run(target, move |disk, target| concat::concat(disk, target, &pieces, total, &mut |_| Ok(())))
            .await
    }

    async fn rename(&self, from: &StorePath, to: &StorePath, overwrite: Overwrite) -> Result<()> {
        check_rename(from, to)?;
        let to = to.clone();
        self.run(from, move |disk, from| disk.rename(from, &to, overwrite)).await
    }

    async fn read(&self, path: &StorePath, range: Range<u64>) -> Result<ByteStream> {
        let source = self.run(path, move |disk, path| read::Source::open(disk, path, range)).await?;
        Ok(read::stream(source, path.clone()))
    }

    async fn stat(&self, path: &StorePath) -> Result<Entry> {
        self.run(path, Disk::stat).await
    }

    async fn list(&self, directory: &StorePath) -> Result<Vec<Entry>> {
        self.run(directory, Disk::list).await
    }

    async fn delete(&self, path: &StorePath) -> Result<bool> {
        self.run(path, Disk::delete).await
    }

    async fn health(&self) -> Health {
        let disk = Arc::clone(&self.disk);
        match blocking(HEALTH_DEADLINE, None, move || disk.check()).await {
            Ok(()) => Health { writable: true, readable: true, detail: String::new() },
            Err(error) => {
                let readable = matches!(error.kind(), ErrorKind::Denied | ErrorKind::Full);
                Health { writable: false, readable, detail: error.to_string() }
            }
        }
    }

    async fn usage(&self) -> Result<Usage> {
        let disk = Arc::clone(&self.disk);
        blocking(DEADLINE, None, move || disk.usage()).await
    }
}

/// What the operating system says, as a kind to act on.
fn io_error(error: std::io::Error) -> Error {
    use std::io::ErrorKind as Io;
    let kind = match error.kind() {
        Io::NotFound | Io::NotADirectory | Io::IsADirectory => ErrorKind::NotFound,
        Io::AlreadyExists => ErrorKind::AlreadyExists,
        Io::StorageFull | Io::QuotaExceeded | Io::FileTooLarge => ErrorKind::Full,
        Io::PermissionDenied | Io::ReadOnlyFilesystem => ErrorKind::Denied,
        Io::WouldBlock | Io::ResourceBusy => ErrorKind::Busy,
        Io::TimedOut => ErrorKind::Timeout,
        Io::InvalidInput | Io::InvalidFilename => ErrorKind::Invalid,
        Io::UnexpectedEof => ErrorKind::Corrupt,
        _ => ErrorKind::Unavailable,
    };
    Error::new(kind, error.to_string()).caused_by(error)
}
