//! Hashing bytes that are in the store already: after a restart, or where the parts of a file do not fit the tree.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::{UploadId, UploadKind};
use futures::StreamExt;
use sqlx::Row;
use storage::{BlobStore, ErrorKind};

use super::hashing::{Hashing, Sums};
use super::lease::Held;
use super::row::{Segment, Upload, total};
use super::tree::{Outline, Tree};
use crate::{Drive, Error, Result};

/// Bytes that are read again so that an upload goes on being hashed: a second or so. More is left to the background.
const CATCH_UP: u64 = 256 << 20;

/// Bytes that are read again at the end of an upload while its client waits: a quarter of a second or so.
const AT_ONCE: u64 = 64 << 20;

/// Trees that are kept between the requests of an upload; a few KiB each.
const KEPT: usize = 512;

/// Trees of uploads between two requests, so that a client that sends small bodies does not cause reading back for each.
/// Only what this process wrote itself in the epoch before is taken from here.
#[derive(Clone, Debug, Default)]
pub(super) struct Trees(Arc<Mutex<HashMap<UploadId, (i64, Tree)>>>);

impl Trees {
    /// The tree that the holder of `epoch` left.
    fn take(&self, id: &UploadId, epoch: i64) -> Option<Tree> {
        let (left, tree) = self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(id)?;
        (left == epoch).then_some(tree)
    }

    pub(super) fn keep(&self, id: &UploadId, epoch: i64, tree: Tree) {
        let mut trees = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if trees.len() >= KEPT {
            // Any one: what is missing is read again.
            let any = trees.keys().next().cloned();
            any.and_then(|id| trees.remove(&id));
        }
        trees.insert(id.clone(), (epoch, tree));
    }
}

impl Drive {
    /// The BLAKE3 of the file: from what was computed while it came, else by reading it back if somebody claims to know
    /// it or if it is short. `None`: the background computes it later.
    pub(super) async fn hash_of(&self, upload: &Upload, pieces: &[Segment]) -> Result<Option<[u8; 32]>> {
        let length = total(pieces);
        let frontiers = match upload.kind {
            UploadKind::Final => self.frontiers_of_parts(upload).await?,
            _ => vec![upload.frontier.clone()],
        };
        let outlines: Option<Vec<Outline>> =
            frontiers.iter().map(|bytes| Outline::decode(bytes.as_deref()?)).collect();
        if let Some(outlines) = outlines
            && outlines.iter().map(Outline::length).sum::<u64>() == length
            && let Some(hash) = Outline::root(&outlines)
        {
            return Ok(Some(hash));
        }
        // Of the last byte at least its leaf is read again: a state cut off exactly at the end may have no hash.
        let before_the_end = length.saturating_sub(1);
        let begun = match upload.kind {
            UploadKind::Final => None,
            _ => upload.frontier.as_deref().and_then(|bytes| Tree::restore(bytes, 0, before_the_end)),
        };
        let Some(tree) = begun.or_else(|| Tree::new(0)) else { return Ok(None) };
        if upload.metadata.blake3.is_none() && length - tree.length() > AT_ONCE {
            return Ok(None);
        }
        let tree = read_back(self.store().as_ref(), pieces, tree).await?;
        Ok(Outline::root([&tree.outline()]))
    }

    /// Parts without bytes have nothing to say, and are left out.
    async fn frontiers_of_parts(&self, upload: &Upload) -> Result<Vec<Option<Vec<u8>>>> {
        let rows =
            sqlx::query("SELECT frontier FROM uploads WHERE final_id = $1 AND length > 0 ORDER BY position")
                .bind(upload.id.as_str())
                .fetch_all(self.database().read())
                .await?;
        Ok(rows.iter().map(|row| row.try_get(0)).collect::<sqlx::Result<_>>()?)
    }

    /// The tree over all bytes that have lasted; `None` where the place in the file is not known, or where catching up
    /// would cost too much or did not work: the upload goes on without.
    pub(super) async fn resume_tree(&self, held: &Held) -> Option<Tree> {
        let (upload, offset) = (&held.upload, held.offset());
        if let Some(tree) = self.uploads().trees.take(&upload.id, upload.epoch - 1)
            && tree.length() == offset
        {
            return Some(tree);
        }
        let start = match upload.kind {
            UploadKind::Whole => 0,
            UploadKind::Partial => upload.metadata.part_offset?,
            UploadKind::Final => return None,
        };
        let stored = upload.frontier.as_deref().and_then(|bytes| Tree::restore(bytes, start, offset));
        let tree = stored.or_else(|| Tree::new(start))?;
        if offset - tree.length() > CATCH_UP {
            return None;
        }
        match read_back(self.store().as_ref(), &held.segments, tree).await {
            Ok(tree) => Some(tree),
            Err(error) => {
                tracing::warn!(%error, upload = %upload.id, "hashing could not catch up");
                None
            }
        }
    }
}

/// Continues the tree over the rest of the segments.
///
/// # Errors
/// The store's; `Corrupt` when a segment holds fewer bytes than are recorded.
async fn read_back(store: &dyn BlobStore, segments: &[Segment], tree: Tree) -> Result<Tree> {
    let mut begin = 0;
    let mut position = tree.length();
    let mut hashing = Hashing::new(Sums { tree: Some(tree), digest: None });
    for segment in segments {
        let length = segment.length.unwrap_or(0);
        let end = begin + length;
        if end > position {
            let mut frames = store.read(&segment.path, position - begin..length).await?;
            while let Some(frame) = frames.next().await {
                let frame = frame?;
                position += frame.len() as u64;
                hashing.push(frame).await;
            }
        }
        if position < end {
            let error =
                storage::Error::new(ErrorKind::Corrupt, format!("{} bytes are missing", end - position));
            return Err(error.at(&segment.path).into());
        }
        begin = end;
    }
    let tree = hashing.settled().await.tree.take();
    tree.ok_or_else(|| Error::Internal("hashing was stopped".to_owned()))
}
