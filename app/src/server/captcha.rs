//! Captchas of the pages before sign-in: who is asked, in which browser, and what was answered.

use axum::http::{HeaderMap, header};
use domain::{Login, Registration};
use drive::{CaptchaAnswer, Solved};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

use super::Context;
use super::cookies::{cookie, set_session_cookie};

/// Holds the secret that ties challenges to a browser, before anybody is signed in there. It says nothing of anybody and goes
/// with the browser.
const COOKIE: &str = "hayloft_browser";

/// The secret of the browser that sent this.
#[must_use]
pub fn browser_secret(headers: &HeaderMap) -> Option<String> {
    let is_secret = |text: &&str| text.len() == 52 && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    cookie(headers, COOKIE).filter(is_secret).map(str::to_owned)
}

/// The same of the request that is being answered. To be asked for before anything is awaited.
pub(crate) fn browser_of_request() -> Option<String> {
    use_context::<axum::http::request::Parts>().and_then(|parts| browser_secret(&parts.headers))
}

/// What a form shows of a captcha.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Asked {
    /// The challenge; `None` when none is needed.
    pub(crate) id: Option<String>,
    /// Seconds to wait, where too many were asked for.
    pub(crate) wait: Option<u64>,
}

/// A challenge for who registers.
pub(crate) async fn ask_to_register() -> Asked {
    let Some(asking) = Asking::current() else { return Asked::default() };
    let drive = &asking.context.drive;
    let may_register = drive.rules().registration != Registration::Closed;
    if drive.config().captcha && may_register { asking.ask().await } else { Asked::default() }
}

/// A challenge for who signs in under this login, where signing in went wrong too often.
pub(crate) async fn ask_to_sign_in(login: String) -> Asked {
    let Some(asking) = Asking::current() else { return Asked::default() };
    let login = Login::parse(&login);
    match asking.context.drive.sign_in_needs_captcha(&login, &asking.context.client).await {
        Ok(true) => asking.ask().await,
        Ok(false) => Asked::default(),
        // The answer to the form says what is wrong.
        Err(error) => {
            tracing::warn!(%error, "whether a captcha is needed could not be found out");
            Asked::default()
        }
    }
}

/// What is at hand before anything is awaited.
struct Asking {
    context: Context,
    browser: Option<String>,
    options: Option<ResponseOptions>,
}

impl Asking {
    /// `None` for what a page of others includes as a picture or the like: it would use up what its reader's network may ask.
    fn current() -> Option<Self> {
        let context = Context::current().ok()?;
        let parts = use_context::<axum::http::request::Parts>();
        let fetched = parts.as_ref().and_then(|parts| parts.headers.get("sec-fetch-dest"));
        if fetched.is_some_and(|what| what != "document" && what != "empty") {
            return None;
        }
        Some(Self { context, browser: browser_of_request(), options: use_context() })
    }

    async fn ask(self) -> Asked {
        let Self { context, browser, options } = self;
        match context.drive.new_captcha(browser.as_deref(), &context.client).await {
            Ok(challenge) => {
                let cookie = set_session_cookie(COOKIE, &challenge.browser, context.secure);
                if let (Some(options), Some(cookie)) = (options, cookie) {
                    options.append_header(header::SET_COOKIE, cookie);
                }
                Asked { id: Some(challenge.id), wait: None }
            }
            Err(error) => Asked { id: None, wait: error.to_app_error().retry_after() },
        }
    }
}

/// What the form says of a captcha, if it says anything.
///
/// # Errors
/// That the answer is wrong.
pub(crate) async fn solved(
    context: &Context,
    browser: Option<&str>,
    id: Option<&str>,
    text: Option<&str>,
) -> Result<Option<Solved>, drive::Error> {
    match (id, text) {
        (Some(id), Some(text)) if context.drive.config().captcha => {
            let answer = CaptchaAnswer { id, browser: browser.unwrap_or_default(), text };
            context.drive.solve_captcha(&answer).await.map(Some)
        }
        _ => Ok(None),
    }
}
