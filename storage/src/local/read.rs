//! Bytes out of local files: large frames, the next one read while the caller sends the last.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::PathBuf;

use bytes::Bytes;
use futures::StreamExt;
use tokio::task::JoinHandle;

use super::disk::Disk;
use super::{DEADLINE, io_error};
use crate::joining::missing;
use crate::{ByteStream, EntryKind, Error, ErrorKind, Result, StorePath};

/// Bytes in one frame.
const FRAME: u64 = 512 * 1024;

/// What is still to be read.
pub(super) struct Source {
    /// The file being read and what is wanted of it, in bytes from where it stands.
    current: Option<(File, u64)>,
    /// The files after it: where each is, where to begin in it, how many bytes.
    parts: VecDeque<(PathBuf, u64, u64)>,
}

impl Source {
    pub(super) fn open(disk: &Disk, path: &StorePath, range: Range<u64>) -> Result<Self> {
        let entry = disk.stat(path)?;
        if entry.kind == EntryKind::Directory {
            return Err(missing(path));
        }
        let (start, end) = (range.start.min(entry.length), range.end.min(entry.length));
        if start >= end {
            return Ok(Self { current: None, parts: VecDeque::new() });
        }
        let parts = match disk.joined(path)? {
            None => VecDeque::from([(disk.locate(path), start, end - start)]),
            Some(joined) => joined
                .pieces_in(disk.base(), start, end)?
                .into_iter()
                .map(|(from, to, place)| {
                    let (first, last) = (start.max(from), end.min(to));
                    (place, first - from, last - first)
                })
                .collect(),
        };
        let mut source = Self { current: None, parts };
        source.advance()?;
        Ok(source)
    }

    /// Opens the next file; it stays open, so a file that is renamed or deleted meanwhile is read to its end.
    fn advance(&mut self) -> Result<()> {
        self.current = None;
        if let Some((place, start, length)) = self.parts.pop_front() {
            let mut file = File::open(place).map_err(io_error)?;
            if start > 0 {
                file.seek(SeekFrom::Start(start)).map_err(io_error)?;
            }
            self.current = Some((file, length));
        }
        Ok(())
    }

    fn next_frame(&mut self) -> Result<Option<Bytes>> {
        let Some((file, left)) = &mut self.current else { return Ok(None) };
        let wanted = FRAME.min(*left);
        // `read_to_end` into spare room does not zero it first.
        let mut frame = Vec::with_capacity(usize::try_from(wanted).unwrap_or(usize::MAX));
        let got = file.take(wanted).read_to_end(&mut frame).map_err(io_error)? as u64;
        if got < wanted {
            return Err(Error::new(ErrorKind::Corrupt, format!("the file ends {} bytes early", *left - got)));
        }
        *left -= got;
        if *left == 0 {
            self.advance()?;
        }
        Ok(Some(Bytes::from(frame)))
    }
}

type Ahead = JoinHandle<(Source, Result<Option<Bytes>>)>;

pub(super) fn stream(source: Source, path: StorePath) -> ByteStream {
    let first = read_ahead(source);
    let frames = futures::stream::unfold((Some(first), path), |(ahead, path)| async move {
        let ahead = ahead?;
        let failed = |error: Error, path: StorePath| Some((Err(error.at(&path)), (None, path)));
        match tokio::time::timeout(DEADLINE, ahead).await {
            Err(_) => failed(Error::new(ErrorKind::Timeout, "the disk hangs"), path),
            Ok(Err(panic)) => {
                let error = Error::new(ErrorKind::Unavailable, "the file task ended early").caused_by(panic);
                failed(error, path)
            }
            Ok(Ok((_, Err(error)))) => failed(error, path),
            Ok(Ok((_, Ok(None)))) => None,
            Ok(Ok((source, Ok(Some(frame))))) => Some((Ok(frame), (Some(read_ahead(source)), path))),
        }
    });
    frames.boxed()
}

fn read_ahead(mut source: Source) -> Ahead {
    tokio::task::spawn_blocking(move || {
        let frame = source.next_frame();
        (source, frame)
    })
}
