//! What is searched for, and when a name has it. The server searches, so this is not in the wasm.

use unicode_normalization::UnicodeNormalization;

use crate::Reason;

/// Bytes of the longest search: those of a name.
const MAX_BYTES: usize = 255;

/// The form in which names and what is searched for are compared: case and width do not count (`ＡＢＣ` is `abc`), nor
/// whether an accent is a character of its own.
#[must_use]
pub fn search_key(text: &str) -> String {
    // Lower case may fall apart again: İ becomes i and a dot. And Σ has two, by what stands around it.
    text.nfkc().collect::<String>().to_lowercase().replace('ς', "σ").nfkc().collect()
}

/// Words that a name must have, in any order, each as a part of whatever is written there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchWords {
    /// The longest first: it is the rarest, most likely.
    words: Vec<String>,
}

impl SearchWords {
    /// Parses what somebody typed.
    ///
    /// # Errors
    /// [`Reason::Empty`] for white space alone; [`Reason::TooLong`] above 255 bytes; [`Reason::ControlCharacter`].
    pub fn parse(text: &str) -> Result<Self, Reason> {
        if text.trim().len() > MAX_BYTES {
            return Err(Reason::TooLong { limit: MAX_BYTES as u64 });
        }
        let key = search_key(text);
        let mut words: Vec<String> = key.split_whitespace().map(str::to_owned).collect();
        if words.iter().flat_map(|word| word.chars()).any(char::is_control) {
            return Err(Reason::ControlCharacter);
        }
        words.sort_by(|a, b| b.len().cmp(&a.len()).then(a.cmp(b)));
        words.dedup();
        if words.is_empty() { Err(Reason::Empty) } else { Ok(Self { words }) }
    }

    /// The words, the longest first; at least one.
    #[must_use]
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// Whether a name has them all; `key` is its [`search_key`].
    #[must_use]
    pub fn are_in(&self, key: &str) -> bool {
        self.words.iter().all(|word| key.contains(word.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn finds(typed: &str, name: &str) -> bool {
        SearchWords::parse(typed).expect(typed).are_in(&search_key(name))
    }

    #[test]
    fn parts_of_names_are_found_whatever_their_case_and_width() {
        for (typed, name) in [
            ("port", "Report.DOCX"),
            ("REPORT", "report.docx"),
            ("业", "毕业设计.docx"),
            ("设计", "毕业设计.docx"),
            ("abc１", "ＡＢＣ1.txt"),
            ("e\u{301}t\u{e9}", "ÉTÉ.jpg"),
            ("2023 holiday", "Holiday 2023-07.zip"),
            ("　报告　终", "最终报告.pdf"),
            ("100%", "100%_a.txt"),
            ("tanbul", "İSTANBUL.jpg"),
        ] {
            assert!(finds(typed, name), "{typed} in {name}");
        }
        assert!(!finds("2023 budget", "Holiday 2023-07.zip"));
        assert!(!finds("计设", "毕业设计.docx"));
        assert!(!finds("a_c", "abc"));
    }

    #[test]
    fn what_cannot_be_searched_for_says_why() {
        assert_eq!(SearchWords::parse(" \u{3000}\n"), Err(Reason::Empty));
        assert_eq!(SearchWords::parse("a\0b"), Err(Reason::ControlCharacter));
        assert_eq!(SearchWords::parse(&"x".repeat(256)), Err(Reason::TooLong { limit: 255 }));
    }

    proptest! {
        #[test]
        fn every_part_of_a_name_finds_it(name in "[^\\s\\p{C}]{1,40}", from in 0usize..40, length in 1usize..10) {
            let part: String = search_key(&name).chars().skip(from).take(length).collect();
            if let Ok(words) = SearchWords::parse(&part) {
                prop_assert!(words.are_in(&search_key(&name)));
            }
            prop_assert_eq!(search_key(&search_key(&name)), search_key(&name));
        }
    }
}
