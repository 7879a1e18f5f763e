//! What a use case can end with, and its translation to what the outside sees.
//!
//! The causes of `Store`, `Database` and `Internal` are logged in [`Error::to_app_error`] and nowhere else.

use domain::{AppError, Field, Reason, ShareState};
use storage::ErrorKind;

use crate::database::errors;
use crate::{Strength, random};

/// A result of a use case.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Seconds after which a client may try again what the store or the database could not do.
const RETRY_AFTER: u64 = 5;

/// Seconds for a store in safe mode: HDFS leaves it 30 s after its DataNodes reported, at the earliest.
const RETRY_AFTER_SAFE_MODE: u64 = 15;

/// Seconds for a body that broke off: nothing here is wrong, so there is nothing to wait for.
const RETRY_AFTER_INTERRUPTION: u64 = 1;

/// An outcome other than success.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The session or token is unknown, revoked or expired, or its account is locked.
    #[error("not signed in")]
    SignInRequired,
    /// User name or password is wrong.
    #[error("wrong credentials")]
    WrongCredentials,
    /// An administrator chose the password; its owner has to choose another one before anything else.
    #[error("the password must be changed first")]
    MustChangePassword,
    /// The token may only read.
    #[error("the token may only read")]
    ReadOnlyToken,
    /// An uploaded picture is none, or none that can be looked at.
    #[error("not a picture")]
    NotAnImage,
    /// The chosen password is too easy to guess.
    #[error("the password is too easy to guess")]
    WeakPassword(Strength),
    /// A captcha has to be solved first.
    #[error("a captcha has to be solved first")]
    CaptchaRequired,
    /// The answer to a captcha is another one, or came too late.
    #[error("the captcha was not solved")]
    CaptchaWrong,
    /// The new password is the old one.
    #[error("the new password is the old one")]
    SamePassword,
    /// Known, but not allowed.
    #[error("forbidden")]
    Forbidden,
    /// The share opens with its code, and that was not given or is another one.
    #[error("the code of the share is missing or wrong")]
    CodeRequired,
    /// There is such a share, and it does not open.
    #[error("the share is {0:?}")]
    ShareClosed(ShareState),
    /// Nothing is there, or it is trashed, or it belongs to somebody else.
    #[error("not found")]
    NotFound,
    /// It was there and ended.
    #[error("gone")]
    Gone,
    /// An input is wrong.
    #[error("{field} is refused: {reason}")]
    Invalid {
        /// Which input.
        field: Field,
        /// Why.
        reason: Reason,
    },
    /// The folder holds something of that name.
    #[error("the name is taken")]
    NameTaken,
    /// The write begins elsewhere than the upload ends.
    #[error("the upload stands at {offset} bytes")]
    OffsetMismatch {
        /// Where the upload stands, in bytes.
        offset: u64,
    },
    /// The bytes differ from their checksum.
    #[error("checksum mismatch")]
    ChecksumMismatch,
    /// Another request holds it.
    #[error("busy")]
    Busy,
    /// The body of an upload ended before its end, or its sender fell silent. What arrived is kept, unless under a
    /// checksum; the same request from where the upload stands may go well.
    #[error("the body broke off")]
    Interrupted,
    /// Too many tries at a password.
    #[error("too many tries, wait {retry_after} s")]
    TooManyTries {
        /// Seconds to wait.
        retry_after: u64,
    },
    /// Larger than the service takes.
    #[error("larger than {limit} bytes")]
    TooLarge {
        /// The most that is taken, in bytes.
        limit: u64,
    },
    /// More than the account may use.
    #[error("quota exceeded, {available} bytes are left")]
    QuotaExceeded {
        /// What is left, in bytes.
        available: u64,
    },
    /// The blob store failed.
    #[error("store: {0}")]
    Store(#[from] storage::Error),
    /// The database failed.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// Something that cannot be happened: data that contradicts itself, a task that panicked.
    #[error("internal: {0}")]
    Internal(String),
}

impl Error {
    /// A refused input.
    #[must_use]
    pub const fn invalid(field: Field, reason: Reason) -> Self {
        Self::Invalid { field, reason }
    }

    /// What the outside is told. Where there is a cause, it is logged here, so call this once per error.
    #[must_use]
    pub fn to_app_error(&self) -> AppError {
        match self {
            Self::SignInRequired => AppError::SignInRequired,
            Self::WrongCredentials => AppError::WrongCredentials,
            Self::MustChangePassword
            | Self::CaptchaRequired
            | Self::CaptchaWrong
            | Self::ReadOnlyToken
            | Self::Forbidden => AppError::Forbidden,
            Self::NotAnImage => AppError::invalid(Field::Metadata, Reason::Malformed),
            Self::WeakPassword(_) => AppError::invalid(Field::Password, Reason::Common),
            Self::SamePassword => AppError::invalid(Field::Password, Reason::Taken),
            Self::CodeRequired => AppError::CodeRequired,
            // What comes back when it is restored is not gone.
            Self::ShareClosed(ShareState::Trashed) | Self::NotFound => AppError::NotFound,
            Self::ShareClosed(_) => AppError::Gone,
            Self::Gone => AppError::Gone,
            Self::Invalid { field, reason } => AppError::invalid(*field, *reason),
            Self::NameTaken => AppError::NameTaken,
            Self::OffsetMismatch { offset } => AppError::OffsetMismatch { offset: *offset },
            Self::ChecksumMismatch => AppError::ChecksumMismatch,
            Self::Busy => AppError::Busy,
            Self::Interrupted => AppError::Unavailable { retry_after: RETRY_AFTER_INTERRUPTION },
            Self::TooManyTries { retry_after } => AppError::TooManyRequests { retry_after: *retry_after },
            Self::TooLarge { limit } => AppError::TooLarge { limit: *limit },
            Self::QuotaExceeded { available } => AppError::QuotaExceeded { available: *available },
            Self::Store(error) => store_outcome(error),
            Self::Database(error) if errors::is_unavailable(error) => {
                tracing::warn!(error = %Chain(error), "the database is unavailable");
                AppError::Unavailable { retry_after: RETRY_AFTER }
            }
            Self::Database(error) if errors::is_full(error) => {
                tracing::error!(error = %Chain(error), "the disk of the database is full");
                AppError::StoreFull
            }
            Self::Database(error) => incident(error),
            Self::Internal(_) => incident(self),
        }
    }
}

fn store_outcome(error: &storage::Error) -> AppError {
    match error.kind() {
        ErrorKind::SafeMode => {
            tracing::warn!(error = %Chain(error), "the store is in safe mode");
            AppError::StoreUnavailable { retry_after: RETRY_AFTER_SAFE_MODE }
        }
        ErrorKind::Unavailable | ErrorKind::Timeout | ErrorKind::Busy => {
            tracing::warn!(error = %Chain(error), "the store is unavailable");
            AppError::StoreUnavailable { retry_after: RETRY_AFTER }
        }
        ErrorKind::Full => {
            tracing::error!(error = %Chain(error), "the store is full");
            AppError::StoreFull
        }
        _ => incident(error),
    }
}

fn incident(error: &(dyn std::error::Error + 'static)) -> AppError {
    let incident = random::bits()[..5].iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    tracing::error!(incident, error = %Chain(error), "a request failed by a fault of ours");
    AppError::Internal { incident }
}

/// An error with all of its causes in one line.
pub(crate) struct Chain<'a>(pub(crate) &'a (dyn std::error::Error + 'static));

impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        let mut next = self.0.source();
        while let Some(cause) = next {
            write!(f, ": {cause}")?;
            next = cause.source();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_of_the_store_become_what_a_client_can_act_on() {
        let outcome = |kind| Error::Store(storage::Error::new(kind, "x")).to_app_error();
        assert_eq!(outcome(ErrorKind::Unavailable), AppError::StoreUnavailable { retry_after: RETRY_AFTER });
        assert_eq!(outcome(ErrorKind::Timeout), AppError::StoreUnavailable { retry_after: RETRY_AFTER });
        assert_eq!(
            outcome(ErrorKind::SafeMode),
            AppError::StoreUnavailable { retry_after: RETRY_AFTER_SAFE_MODE }
        );
        assert_eq!(outcome(ErrorKind::Full), AppError::StoreFull);
        assert!(matches!(outcome(ErrorKind::Denied), AppError::Internal { .. }));
        assert!(
            matches!(outcome(ErrorKind::NotFound), AppError::Internal { .. }),
            "a missing blob is our fault"
        );
    }

    #[test]
    fn a_lost_database_is_told_from_a_fault() {
        let lost = Error::Database(sqlx::Error::PoolTimedOut).to_app_error();
        assert_eq!(lost, AppError::Unavailable { retry_after: RETRY_AFTER });
        let AppError::Internal { incident } = Error::Database(sqlx::Error::RowNotFound).to_app_error() else {
            panic!("a missing row is a fault of ours");
        };
        assert_eq!(incident.len(), 10);
    }
}
