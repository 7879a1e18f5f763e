//! What a person or a program is told when something cannot be done: a closed list, each with its HTTP status.
//!
//! Causes never travel in it; they are logged once, under the incident id that [`AppError::Internal`] shows.

mod wire;
mod words;

use serde::{Deserialize, Serialize};

/// The input that an error is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Field {
    /// A user name.
    Username,
    /// A mail address.
    Email,
    /// User name or mail address at sign-in.
    Login,
    /// A new password.
    Password,
    /// The second typing of a new password.
    PasswordAgain,
    /// The name of a file or folder.
    Name,
    /// The folder something goes into.
    Parent,
    /// A length in bytes.
    Length,
    /// The `Upload-Metadata` header or one of its keys.
    Metadata,
    /// The list of partial uploads of a final one.
    Parts,
    /// A checksum.
    Checksum,
    /// A position in a list.
    Cursor,
    /// How many items.
    Limit,
    /// The one-time link that makes the first administrator.
    SetupLink,
    /// How many bytes an account may use.
    Quota,
    /// The code of a share (提取码).
    ShareCode,
    /// Until when a share opens.
    Expiry,
    /// Who may register.
    Registration,
    /// How long the trash keeps things.
    Retention,
    /// What everybody is told.
    Announcement,
    /// What makes an account where that takes an invitation.
    Invitation,
    /// The typing of a name that says that somebody means it.
    Confirmation,
}

/// Why a value is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "reason")]
pub enum Reason {
    /// Nothing was given.
    Empty,
    /// More than `limit` (bytes for names, characters elsewhere).
    TooLong {
        /// The most that is taken.
        limit: u64,
    },
    /// Fewer than `limit` characters.
    TooShort {
        /// The least that is taken.
        limit: u64,
    },
    /// A `/`.
    Slash,
    /// A control character, or one that hides or reorders text.
    ControlCharacter,
    /// `.` or `..`, or a name the system keeps for itself.
    Reserved,
    /// A character outside of what is allowed.
    Character,
    /// Somebody else has it.
    Taken,
    /// The two typings differ.
    Different,
    /// On the list of passwords that attackers try first.
    Common,
    /// Not of the form it must have.
    Malformed,
    /// It names something that is not there, or not of the kind that is needed.
    Unknown,
    /// It was used or it ended.
    Expired,
    /// It disagrees with what was said before.
    Contradiction,
}

/// An outcome other than success, as the outside sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case", tag = "code", try_from = "wire::Wire")]
pub enum AppError {
    /// Nobody is signed in.
    #[error("sign in first")]
    SignInRequired,
    /// User name or password is wrong; which of them is not said.
    #[error("the user name or the password is wrong")]
    WrongCredentials,
    /// Signed in, but not allowed.
    #[error("this is not allowed")]
    Forbidden,
    /// A share whose code was not given, or another one was.
    #[error("this share opens with its code, and that was not given or is another one")]
    CodeRequired,
    /// Nothing is there, or it belongs to somebody else.
    #[error("there is nothing here")]
    NotFound,
    /// It was there and ended (an expired upload, a cancelled share).
    #[error("this is gone")]
    Gone,
    /// An input is wrong.
    #[error("{field} is refused: {reason}")]
    Invalid {
        /// Which input.
        field: Field,
        /// Why.
        #[serde(flatten)]
        reason: Reason,
    },
    /// The folder holds something of that name.
    #[error("the name is taken in this folder")]
    NameTaken,
    /// The request's offset is not the upload's.
    #[error("the upload stands at {offset} bytes")]
    OffsetMismatch {
        /// Where the upload stands, in bytes.
        offset: u64,
    },
    /// The bytes are not those of the checksum.
    #[error("the bytes do not match their checksum and were discarded")]
    ChecksumMismatch,
    /// Somebody else is at it; it may end.
    #[error("another request is working on this; try again")]
    Busy,
    /// The file is larger than this server takes.
    #[error("larger than the {limit} bytes this server takes")]
    TooLarge {
        /// The most that is taken, in bytes.
        limit: u64,
    },
    /// The drive is full.
    #[error("the drive is full; {available} bytes are left")]
    QuotaExceeded {
        /// What is left, in bytes.
        available: u64,
    },
    /// Too many tries.
    #[error("too many tries; wait {retry_after} s")]
    TooManyRequests {
        /// Seconds to wait.
        retry_after: u64,
    },
    /// The blob store cannot be used now; nothing is lost.
    #[error("the store is unreachable; trying again helps")]
    StoreUnavailable {
        /// Seconds to wait before the next try.
        retry_after: u64,
    },
    /// The blob store has no room left, whatever the quota says.
    #[error("the store is full; its operator has to make room")]
    StoreFull,
    /// The database cannot be used now.
    #[error("the service is unavailable; trying again helps")]
    Unavailable {
        /// Seconds to wait before the next try.
        retry_after: u64,
    },
    /// A fault of ours. The log has its cause under this id.
    #[error("something went wrong here; tell the operator this number: {incident}")]
    Internal {
        /// What to look for in the log.
        incident: String,
    },
}

impl AppError {
    /// The HTTP status that says the same.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::SignInRequired | Self::WrongCredentials => 401,
            Self::Forbidden | Self::CodeRequired => 403,
            Self::NotFound => 404,
            Self::NameTaken | Self::OffsetMismatch { .. } => 409,
            Self::Gone => 410,
            Self::TooLarge { .. } => 413,
            Self::Invalid { .. } => 422,
            Self::Busy => 423,
            Self::TooManyRequests { .. } => 429,
            Self::ChecksumMismatch => 460,
            Self::Internal { .. } => 500,
            Self::StoreUnavailable { .. } | Self::Unavailable { .. } => 503,
            Self::QuotaExceeded { .. } | Self::StoreFull => 507,
        }
    }

    /// Seconds for a `Retry-After` header, where waiting helps.
    #[must_use]
    pub const fn retry_after(&self) -> Option<u64> {
        match self {
            Self::TooManyRequests { retry_after }
            | Self::StoreUnavailable { retry_after }
            | Self::Unavailable { retry_after } => Some(*retry_after),
            Self::Busy => Some(1),
            _ => None,
        }
    }

    /// A refused input.
    #[must_use]
    pub const fn invalid(field: Field, reason: Reason) -> Self {
        Self::Invalid { field, reason }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wire_form_names_code_field_and_reason() {
        let error = AppError::invalid(Field::Name, Reason::TooLong { limit: 255 });
        let json = serde_json::to_string(&error).expect("json");
        assert_eq!(json, r#"{"code":"invalid","field":"name","reason":"too-long","limit":255}"#);
        assert_eq!(serde_json::from_str::<AppError>(&json).expect("error"), error);
    }
}
