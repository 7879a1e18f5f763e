//! What people tell of themselves, from a form, and what is said of a picture that came by its own route.

use axum::http::{HeaderMap, HeaderValue};
use domain::{AppError, ByteSize, Detail, Details, Field, Reason, TypedDetails};

use super::letter::{Blame, Letter, language_of_request};
use super::{Context, flash_cookie, hand_back, preferences_of, reply};
use crate::flash::Done;
use crate::i18n::fill;
use crate::sheets::SettingsTexts;
use crate::{Failure, Flash, Language};

/// The form of the details.
pub(crate) const PROFILE: &str = "profile";
/// The form of the picture.
pub(crate) const AVATAR: &str = "avatar";

/// Changes the details of who asks.
pub(crate) async fn save_profile(typed: TypedDetails<'_>) -> Result<Done, Failure> {
    let language = language_of_request();
    let t = SettingsTexts::of(language);
    let letter = Letter::of(PROFILE)
        .with("display_name", typed.display_name)
        .with("phone", typed.phone)
        .with("gender", typed.gender)
        .with("address", typed.address)
        .with("about", typed.about);
    let details = match Details::parse(typed) {
        Ok(details) => details,
        Err((detail, reason)) => return hand_back(letter, blame(t, detail, reason)),
    };
    let outcome = async {
        let context = Context::current()?;
        let set = context.drive.set_details(context.actor()?, &details, &context.client).await;
        set.map_err(|error| error.to_app_error())?;
        Ok(Done::say(Flash::Said { text: t.profile_saved.to_owned() }))
    };
    match outcome.await {
        Ok(done) => reply(Ok(done)),
        Err(error) => hand_back(letter, Blame::of(language, "", error)),
    }
}

/// Takes the picture of who asks away.
pub(crate) async fn remove_avatar() -> Result<Done, Failure> {
    let text = SettingsTexts::of(language_of_request()).avatar_removed.to_owned();
    let outcome = async {
        let context = Context::current()?;
        let removed = context.drive.remove_avatar(context.actor()?, &context.client).await;
        removed.map_err(|error| error.to_app_error())?;
        Ok(Done::say(Flash::Said { text }))
    };
    reply(outcome.await)
}

fn blame(t: &SettingsTexts, detail: Detail, reason: Reason) -> Blame {
    let (field, name) = match detail {
        Detail::DisplayName => ("display_name", t.display_name),
        Detail::Phone => ("phone", t.phone),
        Detail::Address => ("address", t.address),
        Detail::About => ("about", t.about),
    };
    let text = match reason {
        Reason::TooLong { limit } => fill(t.detail_long, &[("field", name), ("limit", &limit.to_string())]),
        Reason::Malformed => t.phone_malformed.to_owned(),
        _ => fill(t.detail_characters, &[("field", name)]),
    };
    Blame { field, text, error: AppError::invalid(Field::Metadata, reason) }
}

/// Why a picture was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PictureRefused {
    /// Nothing was chosen.
    Missing,
    /// More than so many bytes.
    TooLarge(u64),
    /// No picture, or none that is taken.
    NotAnImage,
    /// Something else.
    Failed(AppError),
}

/// The `Set-Cookie` value that makes the profile page say what became of a picture.
#[must_use]
pub fn picture_cookie(
    headers: &HeaderMap,
    outcome: Result<(), PictureRefused>,
    secure: bool,
) -> Option<HeaderValue> {
    let language: Language = preferences_of(headers).language;
    let t = SettingsTexts::of(language);
    let text = match outcome {
        Ok(()) => return flash_cookie(&Flash::Said { text: t.avatar_saved.to_owned() }, secure),
        Err(PictureRefused::Missing) => t.avatar_missing.to_owned(),
        Err(PictureRefused::TooLarge(limit)) => {
            fill(t.avatar_large, &[("limit", &ByteSize(limit).to_string())])
        }
        Err(PictureRefused::NotAnImage) => t.avatar_wrong.to_owned(),
        Err(PictureRefused::Failed(error)) => Blame::of(language, "", error).text,
    };
    Letter::of(AVATAR).refusing("avatar", text).cookie(secure)
}
