//! The synchronous half: one method per operation, to be called on the blocking pool.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use super::concat::intent_place;
use super::io_error;
use super::pieces::{Joined, PIECES};
use crate::joining::{check_length, missing, taken};
use crate::{Entry, EntryKind, Error, ErrorKind, Overwrite, Result, StorePath, Usage};

/// Bytes of the disk that are left to others. In the default installation the database is on the same disk, and without
/// room it could not even note that something was deleted.
pub(super) const RESERVE: u64 = 256 << 20;

/// The base directory.
#[derive(Debug)]
pub(super) struct Disk {
    base: PathBuf,
    reserve: u64,
}

/// Runs `work` on the blocking pool with a deadline. After the deadline the outcome is unknown.
pub(super) async fn blocking<T: Send + 'static>(
    deadline: Duration,
    path: Option<&StorePath>,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let result = match tokio::time::timeout(deadline, tokio::task::spawn_blocking(work)).await {
        Ok(Ok(result)) => result,
        Ok(Err(panic)) => {
            Err(Error::new(ErrorKind::Unavailable, "the file task ended early").caused_by(panic))
        }
        Err(_) => Err(Error::new(ErrorKind::Timeout, format!("the disk took longer than {deadline:?}"))),
    };
    match path {
        Some(path) => result.map_err(|error| if error.path().is_some() { error } else { error.at(path) }),
        None => result,
    }
}

impl Disk {
    pub(super) fn open(base: PathBuf) -> Result<Self> {
        Self::open_with(base, RESERVE)
    }

    /// With so many bytes left to others.
    pub(super) fn open_with(base: PathBuf, reserve: u64) -> Result<Self> {
        fs::create_dir_all(&base).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => {
                Error::new(ErrorKind::Invalid, format!("{} is not a directory", base.display()))
            }
            _ => io_error(error),
        })?;
        Ok(Self { base, reserve })
    }

    /// Whether more may be written.
    ///
    /// # Errors
    /// `Full` when what is left of the disk is left to others.
    pub(super) fn has_room(&self) -> Result<()> {
        let Usage { available, .. } = self.usage()?;
        if available >= self.reserve {
            return Ok(());
        }
        let (left, reserve) = (available >> 20, self.reserve >> 20);
        Err(Error::new(
            ErrorKind::Full,
            format!("{left} MiB are left on the disk; the last {reserve} MiB are kept free"),
        ))
    }

    pub(super) fn base(&self) -> &Path {
        &self.base
    }

    pub(super) fn locate(&self, path: &StorePath) -> PathBuf {
        self.base.join(path.as_str())
    }

    /// The directory that holds the path's name.
    pub(super) fn parent(&self, path: &StorePath) -> PathBuf {
        path.parent().map_or_else(|| self.base.clone(), |parent| self.locate(&parent))
    }

    /// A new, locked, empty file.
    pub(super) fn create(&self, path: &StorePath) -> Result<File> {
        self.has_room()?;
        let place = self.locate(path);
        let make = || OpenOptions::new().write(true).create_new(true).open(&place);
        let file = match make() {
            // The directory is missing, or a deletion took it away since.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.make_directories(&self.parent(path))?;
                make()
            }
            other => other,
        };
        let file = file.map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => taken(path, Overwrite::Never),
            io::ErrorKind::NotADirectory => {
                Error::new(ErrorKind::Invalid, "a file is where a directory is needed")
            }
            _ => io_error(error),
        })?;
        lock(&file)?;
        Ok(file)
    }

    /// A file of this length, locked, at its end.
    pub(super) fn open_to_append(&self, path: &StorePath, expected: u64) -> Result<File> {
        self.has_room()?;
        self.plain_file(path)?;
        let file = OpenOptions::new().append(true).open(self.locate(path)).map_err(io_error)?;
        lock(&file)?;
        check_length(path, file.metadata().map_err(io_error)?.len(), expected)?;
        Ok(file)
    }

    /// Flushes the file and says how long it is; `Busy` while a writer holds it.
    pub(super) fn seal(&self, path: &StorePath) -> Result<u64> {
        if let Some(joined) = self.joined(path)? {
            return Ok(joined.length);
        }
        self.plain_file(path)?;
        let file = OpenOptions::new().append(true).open(self.locate(path)).map_err(io_error)?;
        lock(&file)?;
        file.sync_all().map_err(io_error)?;
        sync_directory(&self.parent(path))?;
        Ok(file.metadata().map_err(io_error)?.len())
    }

    pub(super) fn stat(&self, path: &StorePath) -> Result<Entry> {
        let place = self.locate(path);
        let metadata = fs::symlink_metadata(&place).map_err(io_error)?;
        entry(path.clone(), &place, &metadata)?.ok_or_else(|| missing(path))
    }

    pub(super) fn list(&self, directory: &StorePath) -> Result<Vec<Entry>> {
        let place = self.locate(directory);
        let names = match fs::read_dir(&place) {
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                return Ok(Vec::new());
            }
            other => other.map_err(io_error)?,
        };
        let mut entries = Vec::new();
        for name in names {
            let name = name.map_err(io_error)?;
            // What is not a store path is ours (`~…`) or a stranger's; neither is anybody's blob.
            let Some(path) = name.file_name().to_str().and_then(|text| directory.join(text).ok()) else {
                continue;
            };
            match name.metadata() {
                Ok(metadata) => entries.extend(entry(path, &name.path(), &metadata)?),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(io_error(error)),
            }
        }
        Ok(entries)
    }

    /// What an interrupted concatenation to this path has swallowed goes with it.
    pub(super) fn delete(&self, path: &StorePath) -> Result<bool> {
        let mut existed = false;
        for place in [intent_place(self, path), self.locate(path)] {
            match fs::symlink_metadata(&place) {
                Err(error)
                    if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {}
                found => {
                    self.delete_at(&place, &found.map_err(io_error)?)?;
                    existed = true;
                }
            }
        }
        Ok(existed)
    }

    /// Pieces go before the name that leads to them: after a crash the deletion can be repeated.
    fn delete_at(&self, place: &Path, metadata: &fs::Metadata) -> Result<()> {
        if metadata.is_dir() {
            for inside in fs::read_dir(place).map_err(io_error)? {
                let inside = inside.map_err(io_error)?;
                match inside.metadata() {
                    Ok(metadata) => self.delete_at(&inside.path(), &metadata)?,
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    Err(error) => return Err(io_error(error)),
                }
            }
            return absent_is_fine(fs::remove_dir(place));
        }
        // A rename that a power cut undid by half leaves the same link under two names: the pieces belong to the other.
        if metadata.nlink() <= 1
            && let Some(joined) = Joined::at(place, metadata)?
        {
            joined.delete(&self.base)?;
        }
        absent_is_fine(fs::remove_file(place))
    }

    /// The concatenated file at this path, `None` when something else or nothing is there.
    pub(super) fn joined(&self, path: &StorePath) -> Result<Option<Joined>> {
        let place = self.locate(path);
        match fs::symlink_metadata(&place) {
            Ok(metadata) => Joined::at(&place, &metadata),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                Ok(None)
            }
            Err(error) => Err(io_error(error)),
        }
    }

    /// The length of the plain file at this path.
    pub(super) fn plain_file(&self, path: &StorePath) -> Result<u64> {
        let metadata = fs::symlink_metadata(self.locate(path)).map_err(io_error)?;
        if metadata.is_file() {
            return Ok(metadata.len());
        }
        if metadata.is_symlink() {
            return Err(Error::new(ErrorKind::Invalid, "a concatenated file does not grow").at(path));
        }
        Err(missing(path))
    }

    /// Makes a directory and what is missing above it, and makes their names last.
    pub(super) fn make_directories(&self, directory: &Path) -> Result<()> {
        match fs::create_dir(directory) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotFound && directory != self.base => {
                let Some(above) = directory.parent() else { return Err(io_error(error)) };
                self.make_directories(above)?;
                return self.make_directories(directory);
            }
            Err(error) => return Err(io_error(error)),
        }
        directory.parent().map_or(Ok(()), sync_directory)
    }

    /// Whether the base directory is there and can be written.
    pub(super) fn check(&self) -> Result<()> {
        let metadata = fs::metadata(&self.base).map_err(io_error)?;
        if !metadata.is_dir() {
            return Err(Error::new(
                ErrorKind::Unavailable,
                format!("{} is no directory", self.base.display()),
            ));
        }
        rustix::fs::access(&self.base, rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK)
            .map_err(|errno| io_error(errno.into()))
    }

    pub(super) fn usage(&self) -> Result<Usage> {
        let room = rustix::fs::statvfs(&self.base).map_err(|errno| io_error(errno.into()))?;
        let bytes = |blocks: u64| blocks.saturating_mul(room.f_frsize);
        Ok(Usage {
            capacity: bytes(room.f_blocks),
            used: bytes(room.f_blocks.saturating_sub(room.f_bfree)),
            available: bytes(room.f_bavail),
        })
    }
}

/// What a directory entry means; `None` for what no store makes: sockets, links of strangers.
fn entry(path: StorePath, place: &Path, metadata: &fs::Metadata) -> Result<Option<Entry>> {
    let since =
        metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    let modified = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
    if metadata.is_dir() {
        return Ok(Some(Entry { path, kind: EntryKind::Directory, length: 0, modified }));
    }
    let length = match Joined::at(place, metadata)? {
        Some(joined) => joined.length,
        None if metadata.is_file() => metadata.len(),
        None => return Ok(None),
    };
    Ok(Some(Entry { path, kind: EntryKind::File, length, modified }))
}

/// Takes the writer's lock. It belongs to the open file, so it ends with the last handle and with the process.
fn lock(file: &File) -> Result<()> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(Error::new(ErrorKind::Busy, "a writer holds the file")),
        Err(TryLockError::Error(error)) => Err(io_error(error)),
    }
}

/// Makes the names in a directory last.
pub(super) fn sync_directory(directory: &Path) -> Result<()> {
    File::open(directory).and_then(|directory| directory.sync_all()).map_err(io_error)
}

pub(super) fn absent_is_fine(result: io::Result<()>) -> Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other.map_err(io_error),
    }
}

/// The directory of all pieces.
pub(super) fn pieces_directory(base: &Path) -> PathBuf {
    base.join(PIECES)
}
