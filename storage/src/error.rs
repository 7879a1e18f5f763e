//! What can go wrong in a store, as kinds a caller can act on.

use crate::StorePath;

/// A result of the store.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What a caller can act on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Nothing is there.
    NotFound,
    /// Something is there already.
    AlreadyExists,
    /// Another writer holds the file; it may let go.
    Busy,
    /// HDFS reads but does not write for now.
    SafeMode,
    /// No room: a full disk, a full cluster, a directory quota.
    Full,
    /// The store does not let this service user do that; an operator has to act.
    Denied,
    /// The store cannot be reached, or broke off, or answers that it is overloaded.
    Unavailable,
    /// The deadline passed. What was asked for may have happened.
    Timeout,
    /// Bytes are missing or lengths disagree.
    Corrupt,
    /// The request itself is wrong: a bug here or a store of an unknown kind.
    Invalid,
}

/// A failure of the store: the kind, the path it is about, and the cause for the log.
#[derive(Debug, thiserror::Error)]
#[error("{}{}: {detail}", .kind.as_str(), .path.as_ref().map(|path| format!(" at {path}")).unwrap_or_default())]
pub struct Error {
    kind: ErrorKind,
    path: Option<StorePath>,
    detail: String,
    #[source]
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl ErrorKind {
    /// The kind in words, for logs and metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotFound => "not found",
            Self::AlreadyExists => "already exists",
            Self::Busy => "busy",
            Self::SafeMode => "safe mode",
            Self::Full => "full",
            Self::Denied => "denied",
            Self::Unavailable => "unavailable",
            Self::Timeout => "timed out",
            Self::Corrupt => "corrupt",
            Self::Invalid => "invalid",
        }
    }
}

impl Error {
    /// A failure of this kind; `detail` is for the log, in English, without credentials.
    #[must_use]
    pub fn new(kind: ErrorKind, detail: impl Into<String>) -> Self {
        Self { kind, path: None, detail: detail.into(), source: None }
    }

    /// The same, about this path.
    #[must_use]
    pub fn at(mut self, path: &StorePath) -> Self {
        self.path = Some(path.clone());
        self
    }

    /// The same, with what caused it.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// What a caller can act on.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The path it is about, where there is one.
    #[must_use]
    pub const fn path(&self) -> Option<&StorePath> {
        self.path.as_ref()
    }

    /// Whether the same call may succeed later without anybody changing the request.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        matches!(
            self.kind,
            ErrorKind::Busy | ErrorKind::SafeMode | ErrorKind::Unavailable | ErrorKind::Timeout
        )
    }
}
