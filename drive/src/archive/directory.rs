//! The directory of a zip, which comes after all entries and names them all again.
//!
//! Of a million entries that would be hundreds of megabytes. So what is known of each is kept short (a path by what it does
//! not share with the one before), and beyond a megabyte it is on disk, in a file that has no name and goes with this.

use std::io::Cursor;

use tokio::fs::File;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncSeekExt, AsyncWriteExt};

use super::format::Entry;
use crate::{Error, Result};

/// Bytes in memory.
const KEPT: usize = 1 << 20;

/// Bytes of a record before the path.
const HEAD: usize = 32;

/// What is known of the entries so far.
#[derive(Debug, Default)]
pub(super) struct Directory {
    kept: Vec<u8>,
    spilled: Option<File>,
    last: String,
    pub(super) count: u64,
}

impl Directory {
    /// Remembers an entry.
    ///
    /// # Errors
    /// [`Error::Internal`] when the disk takes no more.
    pub(super) async fn push(&mut self, entry: Entry) -> Result<()> {
        let shared = shared(&self.last, &entry.path);
        let rest = &entry.path.as_bytes()[shared..];
        let short = |length: usize| {
            u16::try_from(length).map_err(|_| Error::Internal("a path is too long".to_owned()))
        };
        self.kept.extend_from_slice(&entry.modified.to_le_bytes());
        self.kept.extend_from_slice(&entry.size.to_le_bytes());
        self.kept.extend_from_slice(&entry.offset.to_le_bytes());
        self.kept.extend_from_slice(&entry.crc.to_le_bytes());
        self.kept.extend_from_slice(&short(shared)?.to_le_bytes());
        self.kept.extend_from_slice(&short(rest.len())?.to_le_bytes());
        self.kept.extend_from_slice(rest);
        self.last = entry.path;
        self.count += 1;
        if self.kept.len() >= KEPT { self.spill().await.map_err(failed) } else { Ok(()) }
    }

    async fn spill(&mut self) -> std::io::Result<()> {
        if self.spilled.is_none() {
            let file =
                tokio::task::spawn_blocking(tempfile::tempfile).await.map_err(std::io::Error::other)??;
            self.spilled = Some(File::from_std(file));
        }
        if let Some(file) = &mut self.spilled {
            file.write_all(&self.kept).await?;
            self.kept.clear();
        }
        Ok(())
    }

    /// Reads them again, from the first.
    ///
    /// # Errors
    /// [`Error::Internal`] when the disk fails.
    pub(super) async fn read(self) -> Result<Entries> {
        let kept = Cursor::new(self.kept);
        let source: Source = match self.spilled {
            None => Box::new(kept),
            Some(mut file) => {
                file.flush().await.map_err(failed)?;
                file.rewind().await.map_err(failed)?;
                Box::new(tokio::io::BufReader::with_capacity(64 * 1024, file).chain(kept))
            }
        };
        Ok(Entries { source, left: self.count, path: Vec::new() })
    }
}

type Source = Box<dyn AsyncRead + Send + Unpin>;

/// The entries of a [`Directory`], in order.
pub(super) struct Entries {
    source: Source,
    left: u64,
    path: Vec<u8>,
}

impl Entries {
    /// The next one; `None` after the last.
    ///
    /// # Errors
    /// [`Error::Internal`] when the disk fails.
    pub(super) async fn next(&mut self) -> Result<Option<Entry>> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        self.entry().await.map(Some).map_err(failed)
    }

    async fn entry(&mut self) -> std::io::Result<Entry> {
        let mut head = [0; HEAD];
        self.source.read_exact(&mut head).await?;
        let mut head = &head[..];
        let modified = head.read_i64_le().await?;
        let size = head.read_u64_le().await?;
        let offset = head.read_u64_le().await?;
        let crc = head.read_u32_le().await?;
        let shared = usize::from(head.read_u16_le().await?);
        let rest = usize::from(head.read_u16_le().await?);
        self.path.resize(shared + rest, 0);
        self.source.read_exact(&mut self.path[shared..]).await?;
        let path = String::from_utf8(self.path.clone()).map_err(std::io::Error::other)?;
        Ok(Entry { path, modified, size, crc, offset })
    }
}

/// Bytes that two paths have in common at their beginning.
fn shared(one: &str, other: &str) -> usize {
    one.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count()
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err takes")]
fn failed(error: std::io::Error) -> Error {
    Error::Internal(format!("the directory of a zip could not be kept on disk: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn comes_back(count: u64) {
        let entry = |number: u64| Entry {
            // Names that share half a character.
            path: format!("目录/{}/文{number}", "子/".repeat(usize::try_from(number % 40).expect("small"))),
            modified: -1,
            size: number << 32,
            crc: 7,
            offset: u64::MAX - number,
        };
        let mut directory = Directory::default();
        for number in 0..count {
            directory.push(entry(number)).await.expect("kept");
            assert!(directory.kept.len() < KEPT, "memory is flat");
        }
        let mut entries = directory.read().await.expect("readable");
        for number in 0..count {
            assert_eq!(entries.next().await.expect("an entry"), Some(entry(number)));
        }
        assert_eq!(entries.next().await.expect("the end"), None);
    }

    #[tokio::test]
    async fn in_memory_and_beyond() {
        comes_back(0).await;
        comes_back(10).await;
        comes_back(30_000).await;
    }
}
