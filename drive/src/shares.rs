//! Shares: links that open some files and folders of one person to people without an account.
//!
//! A share names nodes and holds nothing of them: what visitors see is what the nodes are when they look. It opens what is
//! at or below a node that it names, as long as nothing on the way up is in the trash, so trashing closes it at once and
//! restoring opens it again, in one row as ever.
//!
//! Visitors bring a [`ShareKey`]. Every use case of theirs asks the share anew; nothing is remembered between requests. The
//! shares of a locked account do not open.

mod change;
mod create;
mod download;
mod list;
mod open;
mod save;
mod visit;

use domain::{Field, Reason, ShareCode, ShareState};

pub use change::ShareChange;
pub use create::NewShare;
pub use download::{Portion, SharedContent};
pub use open::ShareKey;
pub use save::Saved;

use crate::{Error, Result, random};

/// What visitors are to be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodeChoice {
    /// Nothing.
    Public,
    /// A code that is drawn.
    Drawn,
    /// A code that its owner chose.
    Own(ShareCode),
}

impl CodeChoice {
    fn into_code(self) -> Option<ShareCode> {
        match self {
            Self::Public => None,
            Self::Drawn => Some(ShareCode::from_random(random::number())),
            Self::Own(code) => Some(code),
        }
    }
}

/// What decides whether a share opens, beside what it shares.
struct Limits {
    cancelled_at: Option<i64>,
    expires_at: Option<i64>,
    max_downloads: Option<i64>,
    downloads: i64,
}

impl Limits {
    /// The state for `items` things that are there. What cannot be undone is said first.
    fn state(&self, now: i64, items: u64) -> ShareState {
        if self.cancelled_at.is_some() {
            ShareState::Cancelled
        } else if self.expires_at.is_some_and(|expires| expires <= now) {
            ShareState::Expired
        } else if self.max_downloads.is_some_and(|most| self.downloads >= most) {
            ShareState::UsedUp
        } else if items == 0 {
            ShareState::Trashed
        } else {
            ShareState::Active
        }
    }
}

/// An expiry that lies ahead.
fn check_expiry(now: i64, expires: Option<i64>) -> Result<()> {
    match expires {
        Some(expires) if expires <= now => Err(Error::invalid(Field::Expiry, Reason::Malformed)),
        _ => Ok(()),
    }
}

/// A number of downloads that can be counted to; as SQL keeps it.
fn check_downloads(most: Option<u64>) -> Result<Option<i64>> {
    most.map(|most| i64::try_from(most).ok().filter(|most| *most > 0))
        .map(|most| most.ok_or(Error::invalid(Field::Limit, Reason::Malformed)))
        .transpose()
}
