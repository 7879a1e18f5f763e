//! The steps of publishing, and a way for tests to stop after each of them as a crash would.

use std::sync::atomic::{AtomicU8, Ordering};

use storage::ErrorKind;

use crate::{Drive, Error, Result};

/// What has just happened when publishing is stopped by [`Drive::stop_publishing_after`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Step {
    /// All bytes are there and recorded.
    Received = 1,
    /// The hash is compared and the blob's id is chosen.
    Sealed,
    /// The pieces are one file.
    Concatenated,
    /// Its length is verified, which is recorded.
    Verified,
    /// It is where blobs are.
    Renamed,
    /// The rows are written and not committed.
    Committing,
    /// The node exists; nobody has been told.
    Committed,
}

impl Step {
    /// All of them, in order.
    pub const ALL: [Self; 7] = [
        Self::Received,
        Self::Sealed,
        Self::Concatenated,
        Self::Verified,
        Self::Renamed,
        Self::Committing,
        Self::Committed,
    ];
}

/// Where to stop; 0 is nowhere.
#[derive(Debug, Default)]
pub(super) struct Stop(AtomicU8);

impl Drive {
    /// For tests: from now on every publish in this drive ends after `step` with a store that is unavailable, and cleans
    /// nothing up, its lease included, like a process that was killed there.
    pub fn stop_publishing_after(&self, step: Option<Step>) {
        self.uploads().stop.0.store(step.map_or(0, |step| step as u8), Ordering::SeqCst);
    }

    pub(super) fn passed(&self, step: Step) -> Result<()> {
        if self.uploads().stop.0.load(Ordering::SeqCst) == step as u8 {
            let text = format!("stopped by a test after {step:?}");
            return Err(Error::Store(storage::Error::new(ErrorKind::Unavailable, text)));
        }
        Ok(())
    }

    /// Whether a test has this drive die in mid-publish, so that its lease stays behind.
    pub(super) fn is_stopped(&self) -> bool {
        self.uploads().stop.0.load(Ordering::SeqCst) != 0
    }
}
