//! A concatenated file on disk: a link that says `<id>.<length>`, and a directory of pieces named by offset.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::disk::{absent_is_fine, pieces_directory};
use super::io_error;
use crate::{Error, ErrorKind, Result};

/// Where the pieces of all concatenated files are, below the base.
pub(super) const PIECES: &str = "~pieces";

/// A concatenated file, as its link describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Joined {
    id: String,
    /// Bytes of all pieces together.
    pub(super) length: u64,
}

impl Joined {
    /// A new one that nobody else has.
    pub(super) fn new(length: u64) -> Self {
        Self { id: format!("{:032x}", rand::random::<u128>()), length }
    }

    /// Reads the link at `place`; `None` for what is no link of ours.
    pub(super) fn at(place: &Path, metadata: &fs::Metadata) -> Result<Option<Self>> {
        if !metadata.is_symlink() {
            return Ok(None);
        }
        match fs::read_link(place) {
            Ok(text) => Ok(text.to_str().and_then(Self::parse)),
            // Moved or replaced since it was seen.
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::InvalidInput) => {
                Ok(None)
            }
            Err(error) => Err(io_error(error)),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let (id, length) = text.split_once('.')?;
        let plain = id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        Some(Self { id: plain.then(|| id.to_owned())?, length: length.parse().ok()? })
    }

    /// Puts the link at `place`, which must be free.
    pub(super) fn link(&self, place: &Path) -> io::Result<()> {
        std::os::unix::fs::symlink(format!("{}.{}", self.id, self.length), place)
    }

    /// Where its pieces are.
    pub(super) fn directory(&self, base: &Path) -> PathBuf {
        pieces_directory(base).join(&self.id)
    }

    /// Where the piece that begins at `offset` is.
    pub(super) fn piece(&self, base: &Path, offset: u64) -> PathBuf {
        self.directory(base).join(format!("{offset:020}"))
    }

    /// The pieces that hold bytes of `start..end`, in order: where each begins, where it ends, and its place.
    pub(super) fn pieces_in(&self, base: &Path, start: u64, end: u64) -> Result<Vec<(u64, u64, PathBuf)>> {
        let directory = self.directory(base);
        let mut offsets = Vec::new();
        for name in fs::read_dir(&directory).map_err(io_error)? {
            let name = name.map_err(io_error)?.file_name();
            let offset = name.to_str().and_then(|text| text.parse::<u64>().ok());
            offsets.push(offset.ok_or_else(|| {
                Error::new(ErrorKind::Corrupt, format!("a stranger among the pieces: {}", name.display()))
            })?);
        }
        offsets.sort_unstable();
        let ends = offsets.iter().skip(1).copied().chain([self.length]);
        let pieces = offsets.iter().zip(ends).filter(|(from, to)| **from < end && *to > start);
        Ok(pieces.map(|(from, to)| (*from, to, self.piece(base, *from))).collect())
    }

    /// Removes the pieces, the link excluded.
    pub(super) fn delete(&self, base: &Path) -> Result<()> {
        absent_is_fine(fs::remove_dir_all(self.directory(base)))
    }
}
