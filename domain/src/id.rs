//! Identifiers: 128 random bits, written as 26 lower-case base32 characters, the same in SQL, URLs and store paths.
//!
//! Random and not sequential, so that an id tells nothing about others; lower case, so that a case-insensitive file
//! system keeps them apart. This crate has no source of randomness: `drive` makes the bits.

use std::fmt;
use std::str::FromStr;

use data_encoding::{BASE32_NOPAD, DecodeError};
use serde::{Deserialize, Serialize};

const LENGTH: usize = 26;

/// The text is not an identifier.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier")]
pub struct InvalidId;

impl From<DecodeError> for InvalidId {
    fn from(_: DecodeError) -> Self {
        Self
    }
}

fn check(text: &str) -> Result<(), InvalidId> {
    // Decoding the upper-case form proves the alphabet; rejecting upper case keeps one spelling for one id.
    if text.len() != LENGTH || text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(InvalidId);
    }
    let bits = BASE32_NOPAD.decode(text.to_ascii_uppercase().as_bytes())?;
    if bits.len() == 16 { Ok(()) } else { Err(InvalidId) }
}

macro_rules! identifiers {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The identifier of these random bits.
            #[must_use]
            pub fn from_random(bits: [u8; 16]) -> Self {
                Self(BASE32_NOPAD.encode(&bits).to_ascii_lowercase())
            }

            /// Its 26 characters.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                check(text).map(|()| Self(text.to_owned()))
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(text: String) -> Result<Self, InvalidId> {
                check(&text).map(|()| Self(text))
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

identifiers! {
    /// A person with an account.
    UserId,
    /// A file or folder in somebody's drive.
    NodeId,
    /// Immutable bytes.
    BlobId,
    /// A tus upload resource.
    UploadId,
    /// An API token (its name, not its secret).
    TokenId,
    /// A share, as its owner calls it. Opens nothing.
    ShareId,
    /// What opens a share: the end of its link. Whoever knows it is let in, or asked for the code.
    ShareToken,
    /// An invitation, as administrators call it. Opens nothing.
    InvitationId,
    /// What makes an account where that takes an invitation: the end of its link.
    InvitationCode,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_back() {
        let id = NodeId::from_random([0xA5; 16]);
        assert_eq!(id.as_str().len(), LENGTH);
        assert_eq!(id.as_str().parse::<NodeId>(), Ok(id.clone()));
        assert_eq!(
            serde_json::from_str::<NodeId>(&serde_json::to_string(&id).expect("json")).expect("id"),
            id
        );
    }

    #[test]
    fn anything_else_is_refused() {
        let id = NodeId::from_random([7; 16]);
        for text in [
            "",
            "root",
            &id.as_str().to_uppercase(),
            &id.as_str()[1..],
            "../../../../../../../../etc",
            "0000000000000000000000000!",
        ] {
            assert!(text.parse::<NodeId>().is_err(), "{text}");
        }
    }
}
