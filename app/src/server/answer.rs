//! Answers of server functions.
//!
//! A form may come from script, which gets JSON with a status of its own, or from a browser without, which gets a
//! redirect to a page that tells the outcome. A form of a [sheet](crate::sheets) is sent by script that knows nothing of it: it
//! gets the address of that page, and the flash in its cookie. An error must carry its own status: Leptos makes it a 500 otherwise, and a
//! session is not saved on a 5xx.

use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use domain::AppError;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

use super::letter::{Blame, Letter};
use super::{Context, flash_cookie};
use crate::flash::Done;
use crate::{Failure, Flash, Form, Typed};

/// Answers a form. Without script: a redirect to `next`, or back to the page that the form is on, with the outcome in a
/// flash.
pub(crate) fn reply(outcome: Result<Done, AppError>) -> Result<Done, Failure> {
    match outcome {
        Ok(done) => Ok(tell(done)),
        Err(error) => fail(error, Flash::Failed),
    }
}

/// Answers a form that is shown again when it is refused, with what had been typed.
pub(crate) fn refuse(form: Form, typed: Typed, outcome: Result<Done, AppError>) -> Result<Done, Failure> {
    match outcome {
        Ok(done) => reply(Ok(done)),
        Err(error) => fail(error, |failure| Flash::Refused { form, failure, typed }),
    }
}

/// Answers a form of a page that only the server renders, which shows what is wrong at the input that is to blame.
pub(crate) fn hand_back(letter: Letter, blame: Blame) -> Result<Done, Failure> {
    let Blame { field, text, error } = blame;
    let audience = audience();
    if audience != Audience::Browser {
        set_status(&error);
    }
    if audience == Audience::Script {
        return Err(error.into());
    }
    letter.refusing(field, text).send();
    Ok(tell(Done::default()))
}

/// Answers a question of a page.
pub(crate) fn show<T>(outcome: Result<T, AppError>) -> Result<T, Failure> {
    if let Some(options) = use_context::<ResponseOptions>() {
        options.insert_header(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    outcome.map_err(|error| {
        set_status(&error);
        Failure::App(error)
    })
}

fn fail(error: AppError, flash: impl FnOnce(Failure) -> Flash) -> Result<Done, Failure> {
    match audience() {
        Audience::Script => {
            set_status(&error);
            Err(error.into())
        }
        Audience::Sheet => {
            set_status(&error);
            Ok(tell(Done::say(flash(error.into()))))
        }
        Audience::Browser => Ok(tell(Done::say(flash(error.into())))),
    }
}

/// Sets status and `Retry-After` of an error on the answer.
fn set_status(error: &AppError) {
    let Some(options) = use_context::<ResponseOptions>() else { return };
    if let Ok(status) = StatusCode::from_u16(error.status()) {
        options.set_status(status);
    }
    if let Some(seconds) = error.retry_after() {
        options.insert_header(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
}

/// Who reads an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Audience {
    /// A page that knows its form and shows the outcome itself.
    Script,
    /// A page that shows sheets: it asks for the next one, which tells the outcome.
    Sheet,
    /// A browser that sent the form by itself: it asks for a page.
    Browser,
}

fn audience() -> Audience {
    let Some(parts) = use_context::<Parts>() else { return Audience::Script };
    let accepted = text_of(&parts, header::ACCEPT);
    if accepted.contains("text/html") {
        Audience::Browser
    } else if accepted == Done::OF_SHEET {
        Audience::Sheet
    } else {
        Audience::Script
    }
}

/// Tells the outcome in the way of who asks, and gives back what is left to say in the body.
fn tell(done: Done) -> Done {
    let Some(options) = use_context::<ResponseOptions>() else { return done };
    let audience = audience();
    if audience == Audience::Script {
        return done;
    }
    let target = done.next.unwrap_or_else(page_of_sender);
    // A page that script goes to and that asks for no flash: who sent the form shows it.
    let path = target.split('?').next().unwrap_or_default();
    let is_folder = path == "/" || path.starts_with("/folder/");
    if audience == Audience::Sheet && is_folder {
        return Done { next: Some(target), flash: done.flash };
    }
    let secure = Context::current().is_ok_and(|context| context.secure);
    let flash = done.flash.map(super::tally::short);
    if let Some(cookie) = flash.and_then(|flash| flash_cookie(&flash, secure)) {
        options.append_header(header::SET_COOKIE, cookie);
    }
    if let (Audience::Browser, Ok(location)) = (audience, HeaderValue::from_str(&target)) {
        options.insert_header(header::LOCATION, location);
        options.set_status(StatusCode::SEE_OTHER);
    }
    Done::go(&target)
}

/// The page that a form is on. To be asked for before anything is awaited.
pub(crate) fn page_of_sender() -> String {
    use_context::<Parts>().map_or_else(|| "/".to_owned(), |parts| own_path(text_of(&parts, header::REFERER)))
}

fn text_of(parts: &Parts, name: HeaderName) -> &str {
    parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Path and query of the page that a form is on. Only these: a foreign `Referer` must not send the reader away.
#[must_use]
pub fn own_path(referer: &str) -> String {
    let after_scheme = referer.split_once("://").map_or("", |(_, rest)| rest);
    let path = after_scheme.find('/').map_or("/", |slash| &after_scheme[slash..]);
    ours(path)
}

/// A path as one that stays on our host: `//host` would be another, and browsers leave out tabs and line ends before they
/// look.
pub(super) fn ours(path: &str) -> String {
    let path = if path.contains(char::is_control) { "" } else { path };
    format!("/{}", path.trim_start_matches(['/', '\\']))
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn a_form_leads_back_to_a_page_of_ours_and_nowhere_else() {
        for (referer, path) in [
            ("http://127.0.0.1:3000/login?x=1", "/login?x=1"),
            ("https://files.example/", "/"),
            ("https://files.example", "/"),
            ("", "/"),
            ("nonsense", "/"),
            ("https://files.example//evil.example/", "/evil.example/"),
            ("https://files.example/\\evil.example", "/evil.example"),
            ("http://localhost:3000/folder/abc?sort=size", "/folder/abc?sort=size"),
            ("javascript:alert(1)", "/"),
        ] {
            assert_eq!(own_path(referer), path, "{referer}");
        }
    }
}
