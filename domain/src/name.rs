//! Names of files and folders.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Reason;

/// The name of a node: NFC, without white space at its ends, 1 to 255 bytes of UTF-8 (what Linux, HDFS and every sync
/// client can keep), no `/`, no control characters, no characters that reorder or hide text, not `.` or `..`.
///
/// Trailing dots stay: `draft...` is a name people give. Reserved names of Windows stay too; a download there is renamed
/// by the browser.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FileName(String);

/// Normalisation form C.
#[cfg(not(target_arch = "wasm32"))]
fn compose(text: &str) -> String {
    unicode_normalization::UnicodeNormalization::nfc(text).collect()
}

/// Normalisation form C. A browser brings the tables along; ours would be a fifth of the wasm. They may be of another
/// version of Unicode, but a name is composed once more where it is kept.
#[cfg(target_arch = "wasm32")]
fn compose(text: &str) -> String {
    js_sys::JsString::from(text).normalize("NFC").into()
}

/// UTF-8 bytes of the longest name.
const MAX_BYTES: usize = 255;

impl FileName {
    /// Parses what a person or a program calls a file.
    ///
    /// # Errors
    /// The reason why it cannot be a name.
    pub fn parse(text: &str) -> Result<Self, Reason> {
        let name = compose(text.trim());
        match name.as_str() {
            "" => Err(Reason::Empty),
            "." | ".." => Err(Reason::Reserved),
            _ if name.len() > MAX_BYTES => Err(Reason::TooLong { limit: MAX_BYTES as u64 }),
            _ if name.contains('/') => Err(Reason::Slash),
            _ if name.chars().any(|c| c.is_control() || is_invisible(c)) => Err(Reason::ControlCharacter),
            _ => Ok(Self(name)),
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What is equal for two names that one folder must not hold at once: lower case, NFC.
    #[must_use]
    pub fn unique_key(&self) -> String {
        compose(&self.0.to_lowercase())
    }

    /// The name before its extension and the extension with its dot: `("a.tar", ".gz")`, `(".bashrc", "")`.
    #[must_use]
    pub fn split_extension(&self) -> (&str, &str) {
        match self.0.rfind('.') {
            Some(dot) if dot > 0 && dot + 1 < self.0.len() => self.0.split_at(dot),
            _ => (&self.0, ""),
        }
    }

    /// This name with ` (n)` before its extension, shortened where it would grow too long: what a second `a.txt` is called.
    #[must_use]
    pub fn numbered(&self, n: u32) -> Self {
        let (stem, extension) = self.split_extension();
        let suffix = format!(" ({n})");
        // An extension too long to keep is no extension.
        let (stem, extension) = if suffix.len() + extension.len() >= MAX_BYTES {
            (self.0.as_str(), "")
        } else {
            (stem, extension)
        };
        let mut room = (MAX_BYTES - suffix.len() - extension.len()).min(stem.len());
        while !stem.is_char_boundary(room) {
            room -= 1;
        }
        Self(format!("{}{suffix}{extension}", stem[..room].trim_end()))
    }
}

/// Characters that make a name look like another one: directional marks and overrides, zero-width spaces, the byte order
/// mark, line and paragraph separators. The joiners U+200C and U+200D stay: Persian and emoji need them.
pub(crate) const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{061C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for FileName {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).map_err(|reason| format!("{reason:?}"))
    }
}

impl From<FileName> for String {
    fn from(name: FileName) -> Self {
        name.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn name(text: &str) -> FileName {
        FileName::parse(text).expect(text)
    }

    #[test]
    fn what_people_call_files_is_a_name() {
        for text in [
            "a",
            "毕业设计.docx",
            "👩‍👩‍👧.png",
            "draft...",
            "a b",
            "CON",
            "~$x",
            "%2F",
            "a\\b",
            "نمی‌خواهم",
            &"x".repeat(255),
        ] {
            assert_eq!(name(text).as_str(), text);
        }
        assert_eq!(name("  a \t").as_str(), "a");
        assert_eq!(name("e\u{301}").as_str(), "é");
    }

    #[test]
    fn what_cannot_be_a_name_says_why() {
        for (text, reason) in [
            ("", Reason::Empty),
            (" \n ", Reason::Empty),
            (".", Reason::Reserved),
            (" .. ", Reason::Reserved),
            ("a/b", Reason::Slash),
            ("../x", Reason::Slash),
            ("a\0b", Reason::ControlCharacter),
            ("a\nb", Reason::ControlCharacter),
            ("invoice\u{202E}gpj.exe", Reason::ControlCharacter),
            ("a\u{2066}b", Reason::ControlCharacter),
            ("a\u{200B}b", Reason::ControlCharacter),
            (&"文".repeat(100), Reason::TooLong { limit: 255 }),
        ] {
            assert_eq!(FileName::parse(text), Err(reason), "{text:?}");
        }
    }

    #[test]
    fn a_second_one_is_numbered_before_its_extension() {
        assert_eq!(name("a.txt").numbered(2).as_str(), "a (2).txt");
        assert_eq!(name(".bashrc").numbered(1).as_str(), ".bashrc (1)");
        assert_eq!(name("a.").numbered(1).as_str(), "a. (1)");
        let long = name(&format!("{}.txt", "文".repeat(83)));
        assert!(long.numbered(12).as_str().ends_with("文 (12).txt"));
    }

    proptest! {
        #[test]
        fn a_name_stays_a_name(text in ".{0,300}", n in 1u32..100_000) {
            if let Ok(name) = FileName::parse(&text) {
                prop_assert_eq!(FileName::parse(name.as_str()), Ok(name.clone()));
                let numbered = name.numbered(n);
                prop_assert_eq!(FileName::parse(numbered.as_str()), Ok(numbered.clone()));
                prop_assert_ne!(numbered.unique_key(), name.unique_key());
            }
        }
    }
}
