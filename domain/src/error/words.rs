//! Inputs and reasons in plain English, for programs' logs and problem documents. What people read on pages is the pages'
//! own, in their language.

use std::fmt;

use super::{Field, Reason};

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Username => "the user name",
            Self::Email => "the mail address",
            Self::Login => "the user name or mail address",
            Self::Password => "the password",
            Self::PasswordAgain => "the repeated password",
            Self::Name => "the name",
            Self::Parent => "the folder",
            Self::Length => "the length",
            Self::Metadata => "the metadata",
            Self::Parts => "the list of parts",
            Self::Checksum => "the checksum",
            Self::Cursor => "the position in the list",
            Self::Limit => "the number of items",
            Self::SetupLink => "the setup link",
            Self::Quota => "the quota",
            Self::ShareCode => "the code of the share",
            Self::Expiry => "the time of expiry",
            Self::Registration => "who may register",
            Self::Retention => "the time that the trash keeps things",
            Self::Announcement => "the announcement",
            Self::Invitation => "the invitation",
            Self::Confirmation => "the repeated name",
        })
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong { limit } => return write!(f, "longer than {limit}"),
            Self::TooShort { limit } => return write!(f, "shorter than {limit}"),
            Self::Empty => "nothing was given",
            Self::Slash => "it has a slash in it",
            Self::ControlCharacter => "it has a control character in it, or one that hides or reorders text",
            Self::Reserved => "it is reserved",
            Self::Character => "it has a character in it that is not allowed",
            Self::Taken => "somebody has it already",
            Self::Different => "the two differ",
            Self::Common => "attackers try it first",
            Self::Malformed => "it cannot be read",
            Self::Unknown => "there is no such thing",
            Self::Expired => "it was used or has ended",
            Self::Contradiction => "it disagrees with what was said before",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::AppError;
    use super::*;

    #[test]
    fn an_error_is_a_sentence() {
        for (error, sentence) in [
            (
                AppError::invalid(Field::Name, Reason::TooLong { limit: 255 }),
                "the name is refused: longer than 255",
            ),
            (
                AppError::invalid(Field::Parent, Reason::Unknown),
                "the folder is refused: there is no such thing",
            ),
        ] {
            assert_eq!(error.to_string(), sentence);
        }
    }
}
