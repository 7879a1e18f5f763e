//! Who people are: user names, mail addresses, new passwords, roles.

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::Reason;

/// What an account may do beyond its own drive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Nothing.
    User,
    /// Everything under `/admin`.
    Administrator,
}

/// A user name: 4 to 20 characters (NFKC) out of the letters a to z, digits, `_`, `-`, Chinese characters, kana and Hangul.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Username(String);

impl Username {
    /// Parses what somebody wants to be called.
    ///
    /// # Errors
    /// The reason why that cannot be.
    pub fn parse(text: &str) -> Result<Self, Reason> {
        // NFKC: the full-width "ａ" of an input method is the "a" of everybody else.
        let name: String = text.trim().nfkc().collect();
        match name.chars().count() {
            0 => Err(Reason::Empty),
            1..=3 => Err(Reason::TooShort { limit: 4 }),
            21.. => Err(Reason::TooLong { limit: 20 }),
            _ if name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-') || is_east_asian(c)) =>
            {
                Ok(Self(name))
            }
            _ => Err(Reason::Character),
        }
    }

    /// The name as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What is equal for names that people would take for one another: case, and the signs that look alike (`0o`, `1il`, `_-`).
    #[must_use]
    pub fn unique_key(&self) -> String {
        self.0
            .to_lowercase()
            .chars()
            .map(|c| match c {
                '0' => 'o',
                '1' | 'i' => 'l',
                '-' => '_',
                other => other,
            })
            .collect()
    }
}

impl fmt::Display for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Han with 々 and 〇, kana with ー, and syllables of Hangul. What looks alike among them `drive` knows; the marks of voice and
/// repetition and the single jamo, which stand for nothing alone, are not among them.
const fn is_east_asian(c: char) -> bool {
    matches!(
        c,
        '\u{3005}'
            | '\u{3007}'
            | '\u{3041}'..='\u{3096}'
            | '\u{30A1}'..='\u{30FA}'
            | '\u{30FC}'
            | '\u{3400}'..='\u{4DBF}'
            | '\u{4E00}'..='\u{9FFF}'
            | '\u{AC00}'..='\u{D7A3}'
            | '\u{20000}'..='\u{323AF}'
    )
}

/// A mail address, as far as it can be judged without sending: one `@`, something before it, a domain after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// Parses an address.
    ///
    /// # Errors
    /// The reason why it cannot be one.
    pub fn parse(text: &str) -> Result<Self, Reason> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Reason::Empty);
        }
        // RFC 5321 §4.5.3.1.3: a path is 256 octets with its angle brackets.
        if text.len() > 254 {
            return Err(Reason::TooLong { limit: 254 });
        }
        let plain = |c: char| {
            !c.is_whitespace()
                && !c.is_control()
                && !matches!(c, '<' | '>' | ',' | ';' | ':' | '"' | '(' | ')' | '@')
        };
        match text.rsplit_once('@') {
            Some((local, host))
                if !local.is_empty()
                    && local.len() <= 64
                    && local.chars().all(plain)
                    && !host.is_empty()
                    && !host.starts_with(['.', '-'])
                    && !host.ends_with(['.', '-'])
                    && !host.contains("..")
                    && host.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-')) =>
            {
                Ok(Self(text.to_owned()))
            }
            _ => Err(Reason::Malformed),
        }
    }

    /// The address as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What is equal for the same mailbox: lower case.
    #[must_use]
    pub fn unique_key(&self) -> String {
        self.0.to_lowercase()
    }
}

/// What somebody types to sign in: a user name or a mail address, compared by its key. Never refused for its form, since
/// that would tell a guesser something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Login {
    /// By user name; holds the key.
    Username(String),
    /// By mail; holds the key.
    Email(String),
}

impl Login {
    /// Reads what was typed.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        if text.contains('@') {
            Self::Email(text.trim().to_lowercase())
        } else {
            let name: String = text.trim().nfkc().collect();
            Self::Username(Username(name).unique_key())
        }
    }
}

/// A password that somebody chose: 10 to 256 characters, not one that everybody tries. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct NewPassword(String);

impl NewPassword {
    /// Takes a chosen password as it was typed; nothing is trimmed.
    ///
    /// # Errors
    /// The reason why it is refused.
    pub fn parse(text: &str) -> Result<Self, Reason> {
        match text.chars().count() {
            0 => Err(Reason::Empty),
            1..=9 => Err(Reason::TooShort { limit: 10 }),
            // Enough for any passphrase, and bounds the work of hashing.
            257.. => Err(Reason::TooLong { limit: 256 }),
            _ if is_common(text) => Err(Reason::Common),
            _ => Ok(Self(text.to_owned())),
        }
    }

    /// The password, for the hash function alone.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewPassword(..)")
    }
}

/// Few different characters, a run along the keyboard, or one of the long favourites.
fn is_common(text: &str) -> bool {
    const RUNS: [&str; 5] = [
        "01234567890123456789",
        "abcdefghijklmnopqrstuvwxyz",
        "qwertyuiopasdfghjklzxcvbnm",
        "1qaz2wsx3edc4rfv5tgb6yhn",
        "09876543210987654321",
    ];
    const FAVOURITES: [&str; 8] =
        ["password", "passw0rd", "qwerty", "iloveyou", "letmein", "welcome", "administrator", "changeme"];
    let lower = text.to_lowercase();
    let mut different: Vec<char> = lower.chars().collect();
    different.sort_unstable();
    different.dedup();
    let bare = lower.trim_matches(|c: char| c.is_ascii_digit() || c.is_ascii_punctuation());
    different.len() < 4 || RUNS.iter().any(|run| run.contains(&lower)) || FAVOURITES.contains(&bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_names() {
        for good in [
            "lin_wei",
            "张三丰爸",
            "a-b-c-d",
            "ｌｉｎｗｅｉ",
            "さくらい",
            "ギターの人",
            "佐々木二〇",
            "홍길동님",
            "ﾊﾞﾅﾅﾊﾟﾝ",
            "か\u{3099}くせい",
        ] {
            assert!(Username::parse(good).is_ok(), "{good}");
        }
        assert_eq!(Username::parse("abc"), Err(Reason::TooShort { limit: 4 }));
        assert_eq!(Username::parse(&"a".repeat(21)), Err(Reason::TooLong { limit: 20 }));
        for bad in [
            "a b c",
            "<script>",
            "аdmin",
            "user@x",
            "a\u{202E}bcd",
            "a\u{3099}bcd",
            "ヽヾゝゞ",
            "・・・・",
            "〆〆〆〆",
            "\u{1112}abc",
            "abc\u{3164}",
        ] {
            assert_eq!(Username::parse(bad), Err(Reason::Character), "{bad}");
        }
        let key = |text| Username::parse(text).expect(text).unique_key();
        assert_eq!(key("Admin-0"), key("admln_O"));
        assert_eq!(Login::parse(" Admin-0 "), Login::Username(key("admln_O")));
    }

    #[test]
    fn addresses() {
        for good in ["a@b.cn", "first.last+tag@例子.中国", "o'neil@localhost"] {
            assert!(Email::parse(good).is_ok(), "{good}");
        }
        for bad in ["a", "@b", "a@", "a@b@c", "a b@c", "a@b..c", "a@-b", "a\r\nBcc:x@y.z@b.c", "<a@b.c>"] {
            assert_eq!(Email::parse(bad), Err(Reason::Malformed), "{bad}");
        }
        assert_eq!(Email::parse("A@B.c").expect("mail").unique_key(), "a@b.c");
    }

    #[test]
    fn passwords() {
        assert!(NewPassword::parse("correct horse battery").is_ok());
        assert_eq!(NewPassword::parse("short"), Err(Reason::TooShort { limit: 10 }));
        assert_eq!(NewPassword::parse(&"ab1!".repeat(65)), Err(Reason::TooLong { limit: 256 }));
        for common in ["1234567890", "aaaaaaaaaaaa", "Password123!", "qwertyuiop", "1212121212"] {
            assert_eq!(NewPassword::parse(common), Err(Reason::Common), "{common}");
        }
        assert_eq!(format!("{:?}", NewPassword::parse("correct horse").expect("good")), "NewPassword(..)");
    }
}
