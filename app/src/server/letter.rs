//! What a form of a page that only the server renders leaves for the page that comes after it: where it was refused and
//! why, what had been typed, and what is shown once.
//!
//! It is to [documents](crate::documents) and [sheets](crate::sheets) what the [flash](crate::Flash) is to all pages,
//! and apart from it because the wasm holds the flash and all of its sentences. It travels in a cookie of its own that no
//! script can read and that lives for a page. A secret may be in it for one reason only: that it is shown once to the
//! person whose browser the cookie is in (a new token). What somebody typed as a password never is.

use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use data_encoding::BASE64URL_NOPAD;
use domain::AppError;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use serde::{Deserialize, Serialize};

use super::cookies::{LONGEST_VALUE, cookie, set_cookie};
use super::{Context, preferences_of};
use crate::i18n::sentence;
use crate::{Language, Preferences};

const COOKIE: &str = "hayloft_letter";
/// Seconds: as long as a flash.
const AGE: u32 = 60;

/// What a form leaves for the page that shows it again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Letter {
    /// Which form.
    form: String,
    /// The input that is to blame; empty when none is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    field: String,
    /// Why it was refused, in the language of who sent it; empty when it was not.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    text: String,
    /// Names and values: what had been typed, or what is shown once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    values: Vec<(String, String)>,
}

impl Letter {
    /// For this form.
    pub(crate) fn of(form: &str) -> Self {
        Self { form: form.to_owned(), ..Self::default() }
    }

    /// The same, saying that this input was refused.
    pub(crate) fn refusing(mut self, field: &str, text: impl Into<String>) -> Self {
        (self.field, self.text) = (field.to_owned(), text.into());
        self
    }

    /// The same with a value. What is empty need not travel.
    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        let value = value.into();
        if !value.is_empty() {
            self.values.push((name.to_owned(), value));
        }
        self
    }

    /// Why this input was refused, if it was.
    pub(crate) fn beside(&self, field: &str) -> Option<String> {
        (!self.text.is_empty() && self.field == field).then(|| self.text.clone())
    }

    /// Why the form was refused, if none of these inputs is to blame.
    pub(crate) fn above(&self, fields: &[&str]) -> Option<String> {
        (!self.text.is_empty() && !fields.contains(&self.field.as_str())).then(|| self.text.clone())
    }

    /// A value, if there is one.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.values.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether it says anything at all.
    pub(crate) fn is_refusal(&self) -> bool {
        !self.text.is_empty()
    }

    /// What was left for this form. It is there once: the cookie is taken back.
    pub(crate) fn take(form: &str) -> Option<Self> {
        let parts = use_context::<Parts>()?;
        let letter = read(&parts.headers).filter(|letter| letter.form == form)?;
        leave(set_cookie(COOKIE, "", 0, true, false));
        Some(letter)
    }

    /// Leaves it for the next page. What no cookie can hold goes without its longest values.
    pub(crate) fn send(self) {
        let secure = Context::current().is_ok_and(|context| context.secure);
        leave(self.cookie(secure));
    }

    /// The `Set-Cookie` value that does so.
    pub(crate) fn cookie(mut self, secure: bool) -> Option<HeaderValue> {
        let mut value = encode(&self);
        while value.len() > LONGEST_VALUE && !self.values.is_empty() {
            let longest = self.values.iter().enumerate().max_by_key(|(_, (_, value))| value.len());
            let index = longest.map_or(0, |(index, _)| index);
            self.values.remove(index);
            value = encode(&self);
        }
        set_cookie(COOKIE, &value, AGE, true, secure)
    }
}

fn encode(letter: &Letter) -> String {
    BASE64URL_NOPAD.encode(&serde_json::to_vec(letter).unwrap_or_default())
}

fn read(headers: &HeaderMap) -> Option<Letter> {
    let json = BASE64URL_NOPAD.decode(cookie(headers, COOKIE)?.as_bytes()).ok()?;
    serde_json::from_slice(&json).ok()
}

fn leave(cookie: Option<HeaderValue>) {
    if let (Some(options), Some(cookie)) = (use_context::<ResponseOptions>(), cookie) {
        options.append_header(header::SET_COOKIE, cookie);
    }
}

/// The language of who sent a form. To be asked for before anything is awaited.
pub(crate) fn language_of_request() -> Language {
    use_context::<Preferences>()
        .or_else(|| use_context::<Parts>().map(|parts| preferences_of(&parts.headers)))
        .unwrap_or_default()
        .language
}

/// A refused input of a form: which, and why.
#[derive(Debug)]
pub(crate) struct Blame {
    /// The name of the input; empty for the form as a whole.
    pub(crate) field: &'static str,
    /// In the language of who sent it.
    pub(crate) text: String,
    /// What a program is told.
    pub(crate) error: AppError,
}

impl Blame {
    /// What an error says by itself, at an input.
    pub(crate) fn of(language: Language, field: &'static str, error: AppError) -> Self {
        Self { field, text: sentence(language, &error.clone().into()), error }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_says_where_the_form_is_wrong() {
        let letter = Letter::of("password").refusing("old", "Wrong.").with("name", "x").with("empty", "");
        assert_eq!(letter.beside("old").as_deref(), Some("Wrong."));
        assert_eq!(letter.beside("password"), None);
        assert_eq!(letter.above(&["old", "password"]), None);
        assert_eq!(letter.above(&["password"]).as_deref(), Some("Wrong."));
        assert_eq!((letter.value("name"), letter.value("empty")), (Some("x"), None));
        assert_eq!(Letter::of("password").beside(""), None, "nothing was refused");
    }

    #[test]
    fn what_a_cookie_holds_comes_back() {
        let letter =
            Letter::of("profile").refusing("about", "太长；Path=/").with("about", "张三\n\"; Path=/");
        let mut headers = HeaderMap::new();
        let value = format!("other=1; {COOKIE}={}", encode(&letter));
        headers.insert(header::COOKIE, HeaderValue::from_str(&value).expect("a header"));
        assert_eq!(read(&headers), Some(letter));
        for wrong in ["hayloft_letter=x", "hayloft_letter=", ""] {
            headers.insert(header::COOKIE, HeaderValue::from_static(wrong));
            assert_eq!(read(&headers), None, "{wrong}");
        }
    }
}
