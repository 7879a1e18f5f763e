//! Passwords from forms: parsed, changed, and what is said at which input when that is refused.

use domain::{AppError, Field, NewPassword, Reason, UserId};
use drive::PasswordChange;

use super::account_form::{Refused, weak};
use super::letter::{Blame, Letter, language_of_request};
use super::{Context, hand_back, reply};
use crate::flash::Done;
use crate::sheets::SettingsTexts;
use crate::{Failure, Flash, Language};

/// The form that changes one's own password.
pub(crate) const CHANGE: &str = "change-password";
/// The form by which an administrator sets one.
pub(crate) const SET: &str = "set-password";

/// A chosen password that was typed twice.
///
/// # Errors
/// The first input that is wrong.
pub(crate) fn new_password(password: &str, again: &str) -> Result<NewPassword, AppError> {
    if password != again && !password.is_empty() {
        return Err(AppError::invalid(Field::PasswordAgain, Reason::Different));
    }
    NewPassword::parse(password).map_err(|reason| AppError::invalid(Field::Password, reason))
}

/// Changes the password of who is signed in, also of who may do nothing else yet, and gives their session a new id.
pub(crate) async fn change_own(old: String, password: &str, again: &str) -> Result<Done, Failure> {
    let language = language_of_request();
    let context = match Context::current() {
        Ok(context) => context,
        Err(error) => return reply(Err(error)),
    };
    match try_change(&context, language, old, password, again).await {
        Ok(()) => {
            let text = SettingsTexts::of(language).password_changed.to_owned();
            let next = if context.must_change.is_some() { "/" } else { "/settings/password" };
            reply(Ok(Done { next: Some(next.to_owned()), flash: Some(Flash::Said { text }) }))
        }
        Err(blame) => hand_back(Letter::of(CHANGE), blame),
    }
}

async fn try_change(
    context: &Context,
    language: Language,
    old: String,
    password: &str,
    again: &str,
) -> Result<(), Blame> {
    let t = SettingsTexts::of(language);
    let refuse = |field: &'static str, text: &str, error| Blame { field, text: text.to_owned(), error };
    let user = context.owner().map_err(|error| Blame::of(language, "", error))?;
    if old.is_empty() {
        return Err(refuse("old", t.old_password_empty, AppError::WrongCredentials));
    }
    let new = new_password(password, again).map_err(|error| at_input(language, error))?;
    let change = PasswordChange { user, old, new, session: context.session.id() };
    let changed = context.drive.change_password(&change, &context.client).await;
    let epoch = changed.map_err(|error| match error {
        drive::Error::WrongCredentials => refuse("old", t.old_password_wrong, AppError::WrongCredentials),
        drive::Error::SamePassword => refuse("password", t.password_same, error.to_app_error()),
        drive::Error::WeakPassword(strength) => weak(language, strength),
        other => at_input(language, other.to_app_error()),
    })?;
    context.session.renew(epoch).await.map_err(|error| Blame::of(language, "", error))
}

/// Sets somebody's password, as an administrator.
pub(crate) async fn set_of(id: &UserId, password: &str, again: &str) -> Result<Done, Failure> {
    let language = language_of_request();
    let outcome = async {
        let context = Context::current()?;
        let actor = context.actor()?;
        let new = new_password(password, again)?;
        let set = context.drive.set_password(actor, id, &new, &context.client).await;
        set?;
        Ok::<_, Refused>(context.drive.user(actor, id).await?)
    };
    match outcome.await {
        Ok(user) => reply(Ok(Done::say(Flash::AccountChanged { name: user.username }))),
        Err(Refused::Weak(strength)) => hand_back(Letter::of(SET), weak(language, strength)),
        Err(Refused::Captcha { .. }) => hand_back(Letter::of(SET), at_input(language, AppError::Forbidden)),
        Err(Refused::Plain(error)) => hand_back(Letter::of(SET), at_input(language, error)),
    }
}

/// An error at the input that it is about.
fn at_input(language: Language, error: AppError) -> Blame {
    let field = match &error {
        AppError::Invalid { field: Field::Password, .. } => "password",
        AppError::Invalid { field: Field::PasswordAgain, .. } => "again",
        _ => "",
    };
    Blame::of(language, field, error)
}
