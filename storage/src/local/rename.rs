//! Giving a file another name, over whatever stands there or not at all.

use std::fs;
use std::io;
use std::path::Path;

use super::disk::{Disk, sync_directory};
use super::io_error;
use super::pieces::Joined;
use crate::joining::{missing, taken};
use crate::{EntryKind, Overwrite, Result, StorePath};

impl Disk {
    /// See [`BlobStore::rename`](crate::BlobStore::rename).
    pub(super) fn rename(&self, from: &StorePath, to: &StorePath, overwrite: Overwrite) -> Result<()> {
        let (source, target) = (self.locate(from), self.locate(to));
        if self.stat(from)?.kind == EntryKind::Directory {
            return Err(missing(from));
        }
        self.make_directories(&self.parent(to))?;
        let replaced = match fs::symlink_metadata(&target) {
            Ok(metadata) if metadata.is_dir() => return Err(taken(to, overwrite)),
            Ok(metadata) => Joined::at(&target, &metadata)?,
            Err(_) => None,
        };
        match overwrite {
            Overwrite::Never => rename_to_free_name(&source, &target, to)?,
            Overwrite::Replace => fs::rename(&source, &target).map_err(io_error)?,
        }
        sync_directory(&self.parent(to))?;
        sync_directory(&self.parent(from))?;
        // A crash before this line leaves pieces that no name leads to; they cost room and nothing else.
        replaced.map_or(Ok(()), |joined| joined.delete(self.base()))
    }
}

/// `rename(2)` replaces; a second name is only given when the name is free. Between the two calls the file has both
/// names, which a repeated call recognises.
fn rename_to_free_name(source: &Path, target: &Path, to: &StorePath) -> Result<()> {
    use std::os::unix::fs::MetadataExt;
    match fs::hard_link(source, target) {
        Ok(()) => fs::remove_file(source).map_err(io_error),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let identity = |place: &Path| fs::symlink_metadata(place).map(|found| (found.dev(), found.ino()));
            match (identity(source), identity(target)) {
                (Ok(one), Ok(other)) if one == other => fs::remove_file(source).map_err(io_error),
                _ => Err(taken(to, Overwrite::Never)),
            }
        }
        // File systems without links: look, then move. Two callers at once are kept apart by the caller's lease.
        Err(error)
            if matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::Unsupported) =>
        {
            match fs::symlink_metadata(target) {
                Ok(_) => Err(taken(to, Overwrite::Never)),
                Err(_) => fs::rename(source, target).map_err(io_error),
            }
        }
        Err(error) => Err(io_error(error)),
    }
}
