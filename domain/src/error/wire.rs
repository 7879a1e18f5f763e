//! How an [`AppError`] is read back from JSON: as one flat shape that has room for every variant.
//!
//! The derived reading of tagged and flattened enums first buffers everything in a tree of its own; that code was a
//! twentieth of what a browser had to load.

use serde::Deserialize;

use super::{AppError, Field, Reason};

/// Every member that any variant has.
#[derive(Deserialize)]
pub(super) struct Wire {
    code: String,
    field: Option<Field>,
    reason: Option<String>,
    limit: Option<u64>,
    offset: Option<u64>,
    available: Option<u64>,
    retry_after: Option<u64>,
    incident: Option<String>,
}

/// The members do not make up an error.
const INCOMPLETE: &str = "not an error of this version";

impl TryFrom<Wire> for AppError {
    type Error = &'static str;

    fn try_from(wire: Wire) -> Result<Self, Self::Error> {
        let number = |value: Option<u64>| value.ok_or(INCOMPLETE);
        Ok(match wire.code.as_str() {
            "sign-in-required" => Self::SignInRequired,
            "wrong-credentials" => Self::WrongCredentials,
            "forbidden" => Self::Forbidden,
            "code-required" => Self::CodeRequired,
            "not-found" => Self::NotFound,
            "gone" => Self::Gone,
            "invalid" => Self::Invalid {
                field: wire.field.ok_or(INCOMPLETE)?,
                reason: reason(wire.reason.as_deref().unwrap_or_default(), wire.limit)?,
            },
            "name-taken" => Self::NameTaken,
            "offset-mismatch" => Self::OffsetMismatch { offset: number(wire.offset)? },
            "checksum-mismatch" => Self::ChecksumMismatch,
            "busy" => Self::Busy,
            "too-large" => Self::TooLarge { limit: number(wire.limit)? },
            "quota-exceeded" => Self::QuotaExceeded { available: number(wire.available)? },
            "too-many-requests" => Self::TooManyRequests { retry_after: number(wire.retry_after)? },
            "store-unavailable" => Self::StoreUnavailable { retry_after: number(wire.retry_after)? },
            "store-full" => Self::StoreFull,
            "unavailable" => Self::Unavailable { retry_after: number(wire.retry_after)? },
            "internal" => Self::Internal { incident: wire.incident.ok_or(INCOMPLETE)? },
            _ => return Err(INCOMPLETE),
        })
    }
}

fn reason(name: &str, limit: Option<u64>) -> Result<Reason, &'static str> {
    Ok(match name {
        "empty" => Reason::Empty,
        "too-long" => Reason::TooLong { limit: limit.ok_or(INCOMPLETE)? },
        "too-short" => Reason::TooShort { limit: limit.ok_or(INCOMPLETE)? },
        "slash" => Reason::Slash,
        "control-character" => Reason::ControlCharacter,
        "reserved" => Reason::Reserved,
        "character" => Reason::Character,
        "taken" => Reason::Taken,
        "different" => Reason::Different,
        "common" => Reason::Common,
        "malformed" => Reason::Malformed,
        "unknown" => Reason::Unknown,
        "expired" => Reason::Expired,
        "contradiction" => Reason::Contradiction,
        _ => return Err(INCOMPLETE),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One of each. The compiler asks for a new variant in the `match`, and who adds it there adds it to the list.
    fn every_error() -> Vec<AppError> {
        let reasons = [
            Reason::Empty,
            Reason::TooLong { limit: 1 },
            Reason::TooShort { limit: 2 },
            Reason::Slash,
            Reason::ControlCharacter,
            Reason::Reserved,
            Reason::Character,
            Reason::Taken,
            Reason::Different,
            Reason::Common,
            Reason::Malformed,
            Reason::Unknown,
            Reason::Expired,
            Reason::Contradiction,
        ];
        let mut errors = vec![
            AppError::SignInRequired,
            AppError::WrongCredentials,
            AppError::Forbidden,
            AppError::CodeRequired,
            AppError::NotFound,
            AppError::Gone,
            AppError::NameTaken,
            AppError::OffsetMismatch { offset: 3 },
            AppError::ChecksumMismatch,
            AppError::Busy,
            AppError::TooLarge { limit: 4 },
            AppError::QuotaExceeded { available: 5 },
            AppError::TooManyRequests { retry_after: 6 },
            AppError::StoreUnavailable { retry_after: 7 },
            AppError::StoreFull,
            AppError::Unavailable { retry_after: 8 },
            AppError::Internal { incident: "9".into() },
        ];
        errors.extend(reasons.map(|reason| AppError::invalid(Field::SetupLink, reason)));
        for error in &errors {
            match error {
                AppError::SignInRequired
                | AppError::WrongCredentials
                | AppError::Forbidden
                | AppError::CodeRequired
                | AppError::NotFound
                | AppError::Gone
                | AppError::Invalid { .. }
                | AppError::NameTaken
                | AppError::OffsetMismatch { .. }
                | AppError::ChecksumMismatch
                | AppError::Busy
                | AppError::TooLarge { .. }
                | AppError::QuotaExceeded { .. }
                | AppError::TooManyRequests { .. }
                | AppError::StoreUnavailable { .. }
                | AppError::StoreFull
                | AppError::Unavailable { .. }
                | AppError::Internal { .. } => {}
            }
        }
        errors
    }

    #[test]
    fn what_is_written_is_read_back() {
        for error in every_error() {
            let json = serde_json::to_string(&error).expect("json");
            assert_eq!(serde_json::from_str::<AppError>(&json).expect(&json), error, "{json}");
        }
    }

    #[test]
    fn members_of_a_problem_document_do_not_disturb() {
        let json = r#"{"type":"about:blank","status":507,"code":"quota-exceeded","available":5}"#;
        assert_eq!(
            serde_json::from_str::<AppError>(json).expect("error"),
            AppError::QuotaExceeded { available: 5 }
        );
    }

    #[test]
    fn what_is_not_whole_is_refused() {
        for json in [
            "{}",
            r#"{"code":"new-in-2027"}"#,
            r#"{"code":"invalid","reason":"empty"}"#,
            r#"{"code":"invalid","field":"name"}"#,
            r#"{"code":"invalid","field":"name","reason":"too-long"}"#,
            r#"{"code":"too-large"}"#,
        ] {
            assert!(serde_json::from_str::<AppError>(json).is_err(), "{json}");
        }
    }
}
