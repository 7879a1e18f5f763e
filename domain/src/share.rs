//! Shares: what opens some files and folders of a drive to people without an account, and what they are asked for.

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::name::is_invisible;
use crate::{Node, NodeKind, Reason, ShareId, ShareToken};

/// Characters of a code that is drawn: none looks like another, in any script that people write down or read out. 31⁴
/// codes of four characters are enough where the number of tries is limited.
const LETTERS: &[u8; 31] = b"23456789abcdefghjkmnpqrstuvwxyz";

/// Characters of a code that is drawn.
const DRAWN: usize = 4;

/// What a visitor is asked for beside the link (提取码): 4 to 32 characters without white space.
///
/// It is kept as it was given, so that its owner can copy it. It is compared by [`unique_key`](Self::unique_key): a code is
/// read out, written down and typed on telephones, which begin with a capital and may be set to full-width letters.
#[derive(Clone, PartialEq, Eq)]
pub struct ShareCode(String);

impl ShareCode {
    /// Takes a code that somebody chose, or that a visitor typed.
    ///
    /// # Errors
    /// The reason why it cannot be one.
    pub fn parse(text: &str) -> Result<Self, Reason> {
        let text = text.trim();
        match text.chars().count() {
            0 => Err(Reason::Empty),
            1..=3 => Err(Reason::TooShort { limit: 4 }),
            33.. => Err(Reason::TooLong { limit: 32 }),
            _ if text.chars().any(|c| c.is_control() || is_invisible(c)) => Err(Reason::ControlCharacter),
            _ if text.contains(char::is_whitespace) => Err(Reason::Character),
            _ => Ok(Self(text.to_owned())),
        }
    }

    /// The code of four characters for these random bits. Of 64 bits the remainder favours no code by more than 2⁻⁴⁴.
    #[must_use]
    pub fn from_random(mut bits: u64) -> Self {
        let mut code = String::with_capacity(DRAWN);
        for _ in 0..DRAWN {
            let letter = usize::try_from(bits % LETTERS.len() as u64).unwrap_or_default();
            code.push(char::from(LETTERS[letter]));
            bits /= LETTERS.len() as u64;
        }
        Self(code)
    }

    /// The code as it was given, to be stored and to be shown to its owner.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What is equal for codes that people would take for one.
    #[must_use]
    pub fn unique_key(&self) -> String {
        self.0.nfkc().collect::<String>().to_lowercase()
    }
}

impl fmt::Debug for ShareCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ShareCode(..)")
    }
}

/// Whether a share opens, and if not, why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ShareState {
    /// It opens.
    Active,
    /// Its time is over. Its owner may give it more.
    Expired,
    /// It was downloaded as often as it may be.
    UsedUp,
    /// Its owner ended it, for good.
    Cancelled,
    /// All that it shares is in the trash, or deleted. What is restored is shared again.
    Trashed,
}

/// A share as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShareView {
    /// What its owner calls it by. Opens nothing.
    pub id: ShareId,
    /// What opens it: the link is `/s/{token}`.
    pub token: ShareToken,
    /// The name of the first thing that it shares; of what is no longer there, its name when it was shared.
    pub title: String,
    /// What the first thing is.
    pub kind: NodeKind,
    /// Its media type; `None` for a folder.
    pub mime: Option<String>,
    /// How many things it shares that are there.
    pub items: u64,
    /// What visitors are asked for; `None`: nothing.
    pub code: Option<String>,
    /// Unix milliseconds.
    pub created: i64,
    /// Until when it opens, unix milliseconds; `None`: always.
    pub expires: Option<i64>,
    /// How often it may be downloaded; `None`: without limit.
    pub max_downloads: Option<u64>,
    /// How often its first page was opened by others.
    pub visits: u64,
    /// How often something of it was downloaded or saved.
    pub downloads: u64,
    /// Whether it opens.
    pub state: ShareState,
}

/// A share as its visitors see it. Nodes that are shared themselves have no parent here: where they are is not shared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedView {
    /// User name of whose it is.
    pub owner: String,
    /// What is shared and there, folders first.
    pub items: Vec<Node>,
    /// Until when it opens, unix milliseconds; `None`: always.
    pub expires: Option<i64>,
    /// How many downloads are left; `None`: without limit.
    pub downloads_left: Option<u64>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn codes_that_are_chosen() {
        for good in ["ab12", "  ab12\n", "芝麻开门", "p@ss;word", &"x".repeat(32)] {
            assert_eq!(ShareCode::parse(good).expect(good).expose(), good.trim());
        }
        for (bad, reason) in [
            (" ", Reason::Empty),
            ("abc", Reason::TooShort { limit: 4 }),
            (&"x".repeat(33), Reason::TooLong { limit: 32 }),
            ("ab 12", Reason::Character),
            ("ab\r\n12", Reason::ControlCharacter),
            ("ab\u{202E}12", Reason::ControlCharacter),
            ("ab\u{200B}12", Reason::ControlCharacter),
        ] {
            assert_eq!(ShareCode::parse(bad), Err(reason), "{bad:?}");
        }
        let key = |text| ShareCode::parse(text).expect(text).unique_key();
        assert_eq!(key("Ａb１２"), key("aB12"));
        assert_ne!(key("ab12"), key("ab13"));
        assert_eq!(format!("{:?}", ShareCode::parse("ab12").expect("good")), "ShareCode(..)");
    }

    proptest! {
        #[test]
        fn a_drawn_code_is_a_code_without_look_alikes(bits: u64) {
            let code = ShareCode::from_random(bits);
            prop_assert_eq!(ShareCode::parse(code.expose()), Ok(code.clone()));
            prop_assert_eq!(code.expose().len(), 4);
            prop_assert!(!code.expose().contains(['0', 'o', '1', 'l', 'i']));
            prop_assert_eq!(code.unique_key(), code.expose());
        }
    }
}
