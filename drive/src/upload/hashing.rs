//! Hashing beside writing: frames are gathered and hashed on the blocking pool while the store takes the next ones.
//!
//! At most one batch is being hashed and at most one is gathered, so an upload holds two batches and never more.

use bytes::Bytes;
use tokio::task::JoinHandle;

use super::checksum::Digester;
use super::tree::Tree;

/// Bytes after which a batch goes to the blocking pool: the hand-over costs little beside hashing them.
const BATCH: usize = 256 << 10;

/// Frames of a batch at most: a small frame may hold on to a much larger buffer.
const FRAMES: usize = 32;

/// Bytes that are hashed where they are: some ten microseconds, less than the hand-over.
const SMALL: usize = 32 << 10;

/// What is computed over a body.
#[derive(Clone, Debug, Default)]
pub(super) struct Sums {
    /// Of the upload; `None` where the place in the file is not known.
    pub(super) tree: Option<Tree>,
    /// Of this request.
    pub(super) digest: Option<Digester>,
}

impl Sums {
    fn update(&mut self, frames: &[Bytes]) {
        for frame in frames {
            if let Some(tree) = &mut self.tree {
                tree.update(frame);
            }
            if let Some(digest) = &mut self.digest {
                digest.update(frame);
            }
        }
    }

    const fn is_idle(&self) -> bool {
        self.tree.is_none() && self.digest.is_none()
    }
}

/// The sums of a body that is being read.
#[derive(Debug)]
pub(super) struct Hashing {
    /// Meaningless while a job has them.
    sums: Box<Sums>,
    job: Option<JoinHandle<Box<Sums>>>,
    gathered: Vec<Bytes>,
    gathered_bytes: usize,
}

impl Hashing {
    pub(super) fn new(sums: Sums) -> Self {
        Self { sums: Box::new(sums), job: None, gathered: Vec::new(), gathered_bytes: 0 }
    }

    /// Takes the next frame; waits only when the batch before is not hashed yet.
    pub(super) async fn push(&mut self, frame: Bytes) {
        if self.job.is_none() && self.sums.is_idle() {
            return;
        }
        self.gathered_bytes += frame.len();
        self.gathered.push(frame);
        if self.gathered_bytes >= BATCH || self.gathered.len() >= FRAMES {
            self.flush().await;
        }
    }

    async fn flush(&mut self) {
        let frames = std::mem::take(&mut self.gathered);
        let bytes = std::mem::take(&mut self.gathered_bytes);
        let sums = self.here().await;
        if bytes <= SMALL {
            sums.update(&frames);
        } else {
            let mut sums = std::mem::take(&mut self.sums);
            self.job = Some(tokio::task::spawn_blocking(move || {
                sums.update(&frames);
                sums
            }));
        }
    }

    async fn here(&mut self) -> &mut Sums {
        if let Some(job) = &mut self.job {
            // A job that panicked or was cancelled at shutdown leaves no sums: the bytes count as not hashed, and are
            // hashed again from the last frontier where that matters.
            self.sums = job.await.unwrap_or_default();
            self.job = None;
        }
        &mut self.sums
    }

    /// The sums over everything pushed so far.
    pub(super) async fn settled(&mut self) -> &mut Sums {
        if !self.gathered.is_empty() {
            self.flush().await;
        }
        self.here().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::upload::checksum::{Checksum, ChecksumAlgorithm};
    use crate::upload::tree::Outline;

    #[tokio::test]
    async fn frames_of_any_size_are_summed_in_order() {
        let data: Bytes = (0..3_000_000_u32).map(|index| (index % 251) as u8).collect();
        let sums = Sums { tree: Tree::new(0), digest: Some(Digester::new(ChecksumAlgorithm::Blake3)) };
        let mut hashing = Hashing::new(sums);
        let mut rest = data.clone();
        for size in [1, 7, 200_000, 31, 1_000_000, 64, 5].into_iter().cycle() {
            if rest.is_empty() {
                break;
            }
            hashing.push(rest.split_to(size.min(rest.len()))).await;
        }
        let sums = hashing.settled().await;
        let hash = *blake3::hash(&data).as_bytes();
        let outline = sums.tree.as_ref().expect("tree").outline();
        assert_eq!(Outline::root([&outline]), Some(hash));
        let checksum = Checksum { algorithm: ChecksumAlgorithm::Blake3, digest: hash.to_vec() };
        assert!(sums.digest.take().expect("digest").matches(&checksum));
    }
}
