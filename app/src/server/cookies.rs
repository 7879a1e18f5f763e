//! The cookies of the pages: language, colours, and what one page tells the next. The session's cookie is not ours.

use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use data_encoding::BASE64URL_NOPAD;
use domain::{AppError, Field, Reason, ShareToken};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

use super::{Context, page_of_folder};
use crate::{Flash, Language, Preferences, Theme, View};

/// Holds [`Language::tag`].
const LANGUAGE_COOKIE: &str = "hayloft_language";
/// Holds [`Theme::name`].
const THEME_COOKIE: &str = "hayloft_theme";
/// Holds the id of the announcement that was read.
const ANNOUNCEMENT_COOKIE: &str = "hayloft_announcement";
/// Holds [`View::name`].
const VIEW_COOKIE: &str = "hayloft_view";
const FLASH_COOKIE: &str = "hayloft_flash";
/// Seconds: long enough for a redirect on a bad line, too short to surprise somebody tomorrow.
const FLASH_AGE: u32 = 60;
/// Holds the proof of a share.
const SHARE_COOKIE: &str = "hayloft_share";
/// Seconds for which a visitor is not asked again.
const SHARE_AGE: u32 = 24 * 60 * 60;
/// Seconds of a year: how long a choice of language or colours is remembered.
const PREFERENCE_AGE: u32 = 31_536_000;
/// Holds the page that somebody wanted who had to sign in first.
const NEXT_COOKIE: &str = "hayloft_next";
/// Seconds: enough to make an account or to look for a password.
const NEXT_AGE: u32 = 30 * 60;
/// Bytes that every browser keeps in one cookie (RFC 6265 §6.1), less room for its attributes.
pub(super) const LONGEST_VALUE: usize = 3800;

/// How the reader wants pages, by cookies first and `Accept-Language` second.
#[must_use]
pub fn preferences_of(headers: &HeaderMap) -> Preferences {
    let accepted = || {
        let header = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        Language::accepted(header.unwrap_or_default())
    };
    Preferences {
        language: cookie(headers, LANGUAGE_COOKIE).and_then(Language::of_tag).unwrap_or_else(accepted),
        theme: cookie(headers, THEME_COOKIE).map(Theme::of_name).unwrap_or_default(),
        view: cookie(headers, VIEW_COOKIE).map(View::of_name).unwrap_or_default(),
    }
}

/// The `Set-Cookie` value that makes the next page show `flash`; `None` if it does not fit into a cookie.
#[must_use]
pub fn flash_cookie(flash: &Flash, secure: bool) -> Option<HeaderValue> {
    let json = serde_json::to_vec(flash).ok()?;
    let value = BASE64URL_NOPAD.encode(&json);
    (value.len() <= LONGEST_VALUE).then(|| set_cookie(FLASH_COOKIE, &value, FLASH_AGE, true, secure))?
}

/// The proof that a visitor gave the code of the share whose address this request is for.
#[must_use]
pub fn share_proof(headers: &HeaderMap) -> Option<String> {
    cookie(headers, SHARE_COOKIE).map(str::to_owned)
}

/// The `Set-Cookie` value that remembers that a visitor gave the code of a share. Sent to the addresses of this share alone, so
/// that each share has its own, and nobody else's proof travels along.
#[must_use]
pub fn share_cookie(token: &ShareToken, proof: &str, secure: bool) -> Option<HeaderValue> {
    set_cookie_for(&format!("/s/{token}"), SHARE_COOKIE, proof, SHARE_AGE, true, secure)
}

/// What the page before left to say. It is said once: the cookie is taken back.
pub(crate) fn take_flash() -> Option<Flash> {
    let parts = use_context::<Parts>()?;
    let value = cookie(&parts.headers, FLASH_COOKIE)?;
    if let (Some(options), Some(expired)) =
        (use_context::<ResponseOptions>(), set_cookie(FLASH_COOKIE, "", 0, true, false))
    {
        options.append_header(header::SET_COOKIE, expired);
    }
    let json = BASE64URL_NOPAD.decode(value.as_bytes()).ok()?;
    serde_json::from_slice(&json).ok()
}

/// The `Set-Cookie` value that leads on to this path of ours when somebody has signed in; `None` for where they would go
/// anyway.
#[must_use]
pub fn next_cookie(path: &str, secure: bool) -> Option<HeaderValue> {
    let value = BASE64URL_NOPAD.encode(path.as_bytes());
    let fits = path != "/" && value.len() <= LONGEST_VALUE;
    fits.then(|| set_cookie(NEXT_COOKIE, &value, NEXT_AGE, true, secure))?
}

/// Where somebody who has just signed in goes on. They are led there once: the cookie is taken back.
pub(crate) fn take_next() -> String {
    let parts = use_context::<Parts>();
    let Some(value) = parts.as_ref().and_then(|parts| cookie(&parts.headers, NEXT_COOKIE)) else {
        return "/".to_owned();
    };
    remember(set_cookie(NEXT_COOKIE, "", 0, true, false));
    let path = BASE64URL_NOPAD.decode(value.as_bytes()).ok().and_then(|path| String::from_utf8(path).ok());
    // What a browser sends may be anything.
    page_of_folder(&path.unwrap_or_default())
}

/// Remembers a language.
pub(crate) fn set_language(context: &Context, language: Language) {
    remember(set_cookie(LANGUAGE_COOKIE, language.tag(), PREFERENCE_AGE, true, context.secure));
}

/// Remembers colours.
pub(crate) fn set_theme(context: &Context, theme: Theme) {
    remember(set_cookie(THEME_COOKIE, theme.name(), PREFERENCE_AGE, true, context.secure));
}

/// Remembers that an announcement was read.
///
/// # Errors
/// `Invalid { Announcement }` for what is no id: it becomes part of a header.
pub(crate) fn dismiss(context: &Context, id: &str) -> Result<(), AppError> {
    if id.len() > 64 || !id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(AppError::invalid(Field::Announcement, Reason::Malformed));
    }
    remember(set_cookie(ANNOUNCEMENT_COOKIE, id, PREFERENCE_AGE, true, context.secure));
    Ok(())
}

/// Whether this browser dismissed the announcement of this id.
pub(crate) fn is_dismissed(headers: &HeaderMap, id: &str) -> bool {
    cookie(headers, ANNOUNCEMENT_COOKIE) == Some(id)
}

/// Remembers how folders are shown.
pub(crate) fn set_view(context: &Context, view: View) {
    remember(set_cookie(VIEW_COOKIE, view.name(), PREFERENCE_AGE, true, context.secure));
}

fn remember(cookie: Option<HeaderValue>) {
    if let (Some(options), Some(cookie)) = (use_context::<ResponseOptions>(), cookie) {
        options.append_header(header::SET_COOKIE, cookie);
    }
}

pub(super) fn set_cookie(
    name: &str,
    value: &str,
    age: u32,
    http_only: bool,
    secure: bool,
) -> Option<HeaderValue> {
    set_cookie_for("/", name, value, age, http_only, secure)
}

/// A cookie that goes with the browser.
pub(super) fn set_session_cookie(name: &str, value: &str, secure: bool) -> Option<HeaderValue> {
    let secure = if secure { "; Secure" } else { "" };
    HeaderValue::from_str(&format!("{name}={value}; Path=/; SameSite=Lax; HttpOnly{secure}")).ok()
}

fn set_cookie_for(
    path: &str,
    name: &str,
    value: &str,
    age: u32,
    http_only: bool,
    secure: bool,
) -> Option<HeaderValue> {
    let http_only = if http_only { "; HttpOnly" } else { "" };
    let secure = if secure { "; Secure" } else { "" };
    HeaderValue::from_str(&format!(
        "{name}={value}; Path={path}; Max-Age={age}; SameSite=Lax{http_only}{secure}"
    ))
    .ok()
}

pub(super) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Failure, Form, Typed};

    fn headers(pairs: &[(header::HeaderName, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.clone(), HeaderValue::from_str(value).expect("header")))
            .collect()
    }

    #[test]
    fn a_cookie_wins_over_the_browsers_language() {
        let both = headers(&[
            (header::COOKIE, "other=1; hayloft_language=en; hayloft_theme=dark; hayloft_view=grid"),
            (header::ACCEPT_LANGUAGE, "zh-CN"),
        ]);
        assert_eq!(
            preferences_of(&both),
            Preferences { language: Language::English, theme: Theme::Dark, view: View::Grid }
        );
        let one = headers(&[(header::ACCEPT_LANGUAGE, "zh-CN")]);
        assert_eq!(
            preferences_of(&one),
            Preferences { language: Language::Chinese, theme: Theme::Auto, view: View::List }
        );
    }

    #[test]
    fn a_flash_survives_its_cookie() {
        let flash = Flash::Refused {
            form: Form::Register,
            failure: Failure::App(AppError::NameTaken),
            typed: Typed { username: "张三; Path=/".into(), ..Typed::default() },
        };
        let header = flash_cookie(&flash, true).expect("cookie");
        let text = header.to_str().expect("ascii");
        assert!(text.contains("HttpOnly") && text.contains("Secure") && text.contains("SameSite=Lax"));
        let value = text.split([';', '=']).nth(1).expect("value");
        let json = BASE64URL_NOPAD.decode(value.as_bytes()).expect("base64");
        assert_eq!(serde_json::from_slice::<Flash>(&json).expect("flash"), flash);
    }

    #[test]
    fn what_no_cookie_can_hold_is_not_sent() {
        let flash = Flash::Restored { name: "x".repeat(4000) };
        assert_eq!(flash_cookie(&flash, false), None);
    }
}
