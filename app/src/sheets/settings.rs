//! `/settings`: what somebody decides about their own account.

pub(crate) mod chosen;
pub(crate) mod password;
mod profile;
mod texts;
mod tokens;

use domain::AppError;
use leptos::prelude::*;

use super::parts::tabs;
use super::request::Request;
use super::{Content, SheetTexts, sessions};
use crate::Language;
pub(crate) use texts::SettingsTexts;

/// The sheet at a path below `/settings`.
///
/// # Errors
/// [`AppError::NotFound`] where nothing is.
pub(super) async fn content(path: &[&str], request: &Request) -> Result<Content, AppError> {
    match path {
        ["profile"] => profile::content(request).await,
        ["password"] => Ok(password::content(request)),
        ["tokens"] => tokens::content(request).await,
        ["sessions"] => sessions::content(request).await,
        _ => Err(AppError::NotFound),
    }
}

/// The links between these sheets.
pub(super) fn subjects(language: Language, here: &str) -> impl IntoView + use<> {
    let (t, s) = (SettingsTexts::of(language), SheetTexts::of(language));
    let pages = [
        ("/settings/profile", t.profile),
        ("/settings/password", t.password),
        ("/settings/sessions", s.sessions),
        ("/settings/tokens", t.tokens),
    ];
    tabs(t.settings, &pages, here)
}
