//! Compares what the database says with what the store has, and counts that are kept with what they count.
//!
//! It may run beside servers at work: what looks wrong is asked for once more, and what may be on its way is left alone. Memory
//! does not grow with the number of blobs: they are looked at one directory after another.
//!
//! Repairing never deletes. Bytes that no row names are moved to `orphans/`, since the row may come back with a newer
//! backup of the database; then the next examination moves them to their place again.

mod blobs;
mod counts;

use domain::BlobId;
use storage::StorePath;

use crate::{Drive, Result};

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The database knows a blob whose bytes are not in the store. Files that refer to it cannot be read.
    Lost {
        /// The blob.
        blob: BlobId,
        /// Its bytes.
        size: u64,
        /// Whether they were found among the orphans; a repair moves them back.
        found: bool,
    },
    /// The bytes of a blob are more or fewer than they were.
    Length {
        /// The blob.
        blob: BlobId,
        /// Bytes by the database.
        recorded: u64,
        /// Bytes in the store.
        found: u64,
    },
    /// The store has bytes that no row names. A repair moves them to `orphans/`.
    Orphan {
        /// Where.
        path: StorePath,
        /// Bytes.
        length: u64,
    },
    /// Something in the directory of the blobs that Hayloft did not put there.
    Stranger {
        /// Where.
        path: StorePath,
    },
    /// The count of what refers to a blob is wrong: too high keeps bytes for ever, too low loses them.
    References {
        /// The blob.
        blob: BlobId,
        /// The count that is kept.
        recorded: i64,
        /// What refers to it.
        counted: i64,
    },
    /// What an account uses is not what its files come to.
    Used {
        /// User name of the account.
        username: String,
        /// Bytes that are kept.
        recorded: i64,
        /// Bytes of its files and versions.
        counted: i64,
    },
    /// Files that search or the lists by category would not find, or names that it would find without a file.
    Names {
        /// User name of the account.
        username: String,
        /// How many of them.
        count: u64,
    },
    /// What is promised to an account's uploads is not what they were promised.
    Reserved {
        /// User name of the account.
        username: String,
        /// Bytes that are kept.
        recorded: i64,
        /// Bytes promised to its uploads.
        counted: i64,
    },
}

/// What an examination came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Diagnosis {
    /// Blobs that were compared.
    pub blobs: u64,
    /// Accounts that were compared.
    pub accounts: u64,
    /// Findings.
    pub findings: u64,
    /// Of these, what was mended.
    pub mended: u64,
}

impl Diagnosis {
    fn count(&mut self, mended: bool) {
        self.findings += 1;
        self.mended += u64::from(mended);
    }
}

/// Takes each finding as it is made, and whether it was mended.
pub type Report<'a> = &'a mut (dyn FnMut(&Finding, bool) + Send);

impl Drive {
    /// Examines everything; with `repair`, mends what can be mended without deleting anything.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database), [`Error::Store`](crate::Error::Store): what was found until then was
    /// reported, and what was mended stays so.
    pub async fn examine(&self, repair: bool, report: Report<'_>) -> Result<Diagnosis> {
        let mut diagnosis = Diagnosis::default();
        self.examine_blobs(repair, report, &mut diagnosis).await?;
        self.examine_accounts(repair, report, &mut diagnosis).await?;
        Ok(diagnosis)
    }
}
