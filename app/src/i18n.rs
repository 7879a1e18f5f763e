//! The two languages of the pages, and how a page gets its sentences.
//!
//! [`texts!`] keeps both languages of a sentence side by side, so that one cannot exist without the other; the compiler
//! checks keys, and a sentence costs a pointer. Changing the language loads the page anew (a form that sets a cookie),
//! so sentences need not be reactive. Plural forms and dates are plain functions beside the sentences that need them.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Defines a struct of sentences and the table of each language.
///
/// ```ignore
/// texts! {
///     pub(crate) struct TrayTexts;
///     pause = "暂停" | "Pause",
///     left = "剩余 {time}" | "{time} left",
/// }
/// let t = TrayTexts::of(language);
/// fill(t.left, &[("time", "3 s")]);
/// ```
macro_rules! texts {
    ($visibility:vis struct $name:ident; $($key:ident = $chinese:literal | $english:literal,)+) => {
        #[derive(Debug)]
        $visibility struct $name { $($visibility $key: &'static str,)+ }

        impl $name {
            const CHINESE: Self = Self { $($key: $chinese,)+ };
            const ENGLISH: Self = Self { $($key: $english,)+ };

            /// The sentences of a language.
            $visibility const fn of(language: $crate::i18n::Language) -> &'static Self {
                match language {
                    $crate::i18n::Language::Chinese => &Self::CHINESE,
                    $crate::i18n::Language::English => &Self::ENGLISH,
                }
            }

            /// Key, Chinese and English of every sentence.
            #[cfg(test)]
            $visibility const ALL: &'static [(&'static str, &'static str, &'static str)] =
                &[$((stringify!($key), $chinese, $english),)+];
        }
    };
}

pub(crate) use texts;

mod errors;
mod sentences;

pub(crate) use errors::sentence;
pub(crate) use sentences::Texts;

/// A language of the pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Language {
    /// Simplified Chinese, `zh-CN`.
    #[serde(rename = "zh-CN")]
    Chinese,
    /// English, `en`: also for those who ask for a language that we do not have.
    #[default]
    #[serde(rename = "en")]
    English,
}

impl Language {
    /// Every language, in the order of the switch.
    pub const ALL: [Self; 2] = [Self::Chinese, Self::English];

    /// Its BCP 47 tag: the value of `<html lang>` and of the cookie.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }

    /// What its speakers call it.
    #[must_use]
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::Chinese => "简体中文",
            Self::English => "English",
        }
    }

    /// The language that serves a reader of `tag`, by its primary subtag; `None` if we have none.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next().unwrap_or("");
        if primary.eq_ignore_ascii_case("zh") {
            Some(Self::Chinese)
        } else if primary.eq_ignore_ascii_case("en") {
            Some(Self::English)
        } else {
            None
        }
    }

    /// Chooses by an `Accept-Language` header (RFC 9110 §12.5.4): the highest weight that we can serve, the first of
    /// equals; the default when there is none.
    #[must_use]
    pub fn accepted(header: &str) -> Self {
        let mut best: Option<(Self, f32)> = None;
        for range in header.split(',') {
            let (tag, parameters) = range.split_once(';').unwrap_or((range, ""));
            let weight = parameters
                .split(';')
                .find_map(|parameter| parameter.trim().strip_prefix("q="))
                .map_or(1.0, |text| text.trim().parse().unwrap_or(0.0));
            let Some(language) = Self::of_tag(tag) else { continue };
            if weight > 0.0 && best.is_none_or(|(_, highest)| weight > highest) {
                best = Some((language, weight));
            }
        }
        best.map_or_else(Self::default, |(language, _)| language)
    }
}

/// Puts values in the place of `{name}` in a sentence. A name the sentence does not have is left out.
pub(crate) fn fill(sentence: &str, values: &[(&str, &str)]) -> String {
    let mut text = String::with_capacity(sentence.len() + 16);
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let Some((name, after)) = after.split_once('}') else {
            text.push('{');
            rest = after;
            continue;
        };
        match values.iter().find(|(key, _)| *key == name) {
            Some((_, value)) => text.push_str(value),
            None => {
                text.push('{');
                text.push_str(name);
                text.push('}');
            }
        }
        rest = after;
    }
    text.push_str(rest);
    text
}

/// The language of this page. The default outside of a page.
pub(crate) fn use_language() -> Language {
    use_context::<crate::Preferences>().unwrap_or_default().language
}

/// The sentences of this page.
pub(crate) fn use_texts() -> &'static Texts {
    Texts::of(use_language())
}

/// Checks of a table of sentences, for the tests of every module that has one: nothing is empty, both languages have the
/// same placeholders, and each is set as its readers are used to: Chinese with its own punctuation, with a space between
/// Han and Latin, and with one way to address the reader.
#[cfg(test)]
pub(crate) fn check_table(table: &[(&str, &str, &str)]) {
    let placeholders = |text: &str| -> Vec<String> {
        let mut names: Vec<String> = text
            .split('{')
            .skip(1)
            .filter_map(|part| part.split_once('}'))
            .map(|(name, _)| name.to_owned())
            .collect();
        names.sort();
        names
    };
    for (key, chinese, english) in table {
        assert!(!chinese.trim().is_empty() && !english.trim().is_empty(), "{key} is empty in a language");
        assert_eq!(placeholders(chinese), placeholders(english), "{key} has different placeholders");
        assert!(
            english.chars().all(|c| !('\u{4E00}'..='\u{9FFF}').contains(&c)),
            "{key} has Chinese in its English"
        );
        assert_eq!(badly_set(chinese), None, "{key}: {chinese}");
    }
}

/// What is wrong with how a Chinese sentence is set, if anything.
#[cfg(test)]
fn badly_set(chinese: &str) -> Option<&'static str> {
    let is_han = |c: char| ('\u{4E00}'..='\u{9FFF}').contains(&c);
    if chinese.contains('你') {
        return Some("readers are called 您, or nothing");
    }
    chinese.chars().zip(chinese.chars().skip(1)).find_map(|(one, next)| {
        if is_han(one) && ",.;:?!()\"".contains(next) {
            Some("half-width punctuation")
        } else if is_han(one) && next.is_ascii_alphanumeric() || one.is_ascii_alphanumeric() && is_han(next) {
            Some("no space between Han and Latin")
        } else {
            None
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_typesetting_is_seen() {
        for text in ["已上传3 项", "用 Hayloft上传", "空间不足,仅剩 3 B", "你好", "已过期(7 天)"]
        {
            assert!(badly_set(text).is_some(), "{text}");
        }
        assert_eq!(badly_set("7 天内自动登录，请输入“名称”（HTTP 413）。"), None);
    }

    #[test]
    fn the_language_is_the_best_we_have() {
        for (header, language) in [
            ("", Language::English),
            ("de,fr;q=0.8", Language::English),
            ("zh-CN,zh;q=0.9,en;q=0.8", Language::Chinese),
            ("zh_TW", Language::Chinese),
            ("en-GB,en;q=0.9,zh;q=0.8", Language::English),
            ("en;q=0.3, zh;q=0.7", Language::Chinese),
            ("zh;q=0, en;q=0.1", Language::English),
            ("de, zh;q=nonsense, en;q=0.2", Language::English),
        ] {
            assert_eq!(Language::accepted(header), language, "{header}");
        }
    }

    #[test]
    fn every_sentence_is_there_in_both_languages() {
        check_table(Texts::ALL);
    }

    #[test]
    fn placeholders_are_filled_once_and_values_are_left_alone() {
        assert_eq!(fill("{a} of {b}", &[("a", "{b}"), ("b", "2")]), "{b} of 2");
        assert_eq!(fill("{unknown} {", &[]), "{unknown} {");
    }

    #[test]
    fn tags_lead_back_to_their_language() {
        for language in Language::ALL {
            assert_eq!(Language::of_tag(language.tag()), Some(language));
        }
    }
}
